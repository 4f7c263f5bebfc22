//! Small meshes written out here, and what must be said about broken ones.

mod broken;
mod files;
mod write;

use crate::measure::{Extent, measures};
use crate::{CellKind, Mesh, MeshError, quality, read_gmsh, reference};
use write::{Content, Element};

/// A file of these bytes.
pub(crate) fn read(mut bytes: &[u8], metres_per_unit: f64) -> Result<Mesh, MeshError> {
    let length = bytes.len() as u64;
    read_gmsh(&mut bytes, length, metres_per_unit)
}

fn element(number: i32, code: i32, group: i32, nodes: &[i32]) -> Element {
    let dimension = match code {
        15 => 0,
        1 | 8 => 1,
        2 | 3 | 9 | 10 | 16 => 2,
        _ => 3,
    };
    Element { number, code, dimension, group, entity: group, nodes: nodes.to_vec() }
}

/// Two unit squares side by side, their left side and the edge between them; sparse numbers, a node
/// without a cell, a point, a region and a curve without a name.
fn two_squares() -> Content {
    let node = |tag: i32, x: f64, y: f64| (tag, [x, y, 0.0]);
    Content {
        names: vec![(1, 1, "left"), (2, 2, "first square"), (1, 3, "middle")],
        nodes: vec![
            node(7, 0.0, 0.0),
            node(2, 1.0, 0.0),
            node(3, 2.0, 0.0),
            node(8, 5.0, 5.0),
            node(900_000, 0.0, 1.0),
            node(5, 1.0, 1.0),
            node(6, 2.0, 1.0),
        ],
        elements: vec![
            element(1, 15, 0, &[7]),
            element(2, 1, 1, &[7, 900_000]),
            element(3, 1, 3, &[5, 2]),
            element(4, 1, 0, &[2, 3]),
            element(10, 3, 2, &[7, 2, 5, 900_000]),
            element(11, 3, 17, &[2, 3, 6, 5]),
            element(12, 1, 18, &[6, 5]),
        ],
    }
}

#[test]
fn every_format_gives_the_same_mesh() {
    for (format, bytes) in write::all(&two_squares()) {
        let mesh = read(&bytes, 1e-6).unwrap_or_else(|e| panic!("{format}: {e}"));
        assert_eq!((mesh.dimension, mesh.axes), (2, [0, 1]), "{format}");
        let x = [[0, 0], [1, 0], [2, 0], [0, 1], [1, 1], [2, 1]];
        assert_eq!(mesh.points, x.map(|[x, y]| [f64::from(x) * 1e-6, f64::from(y) * 1e-6, 0.0]));
        assert_eq!(mesh.regions, ["first square", "region_17"]);
        assert_eq!(mesh.blocks.iter().map(|b| b.region).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(mesh.blocks[0].nodes, [0, 1, 4, 3]);
        assert_eq!(mesh.blocks[1].nodes, [1, 2, 5, 4]);
        let names: Vec<_> = mesh.boundaries.iter().map(|b| b.name.as_str()).collect();
        assert_eq!(names, ["left", "boundary_18"]);
        // Outwards, whatever the direction in the file.
        let left = &mesh.boundaries[0].facets[0];
        assert_eq!((&left.nodes[..], &left.cells[..]), (&[3, 0][..], &[0][..]));
        assert_eq!(mesh.internal[0].name, "middle");
        let middle = &mesh.internal[0].facets[0];
        assert_eq!((&middle.nodes[..], &middle.cells[..]), (&[1, 4][..], &[[0, 1]][..]));
    }
}

/// One cell with its nodes at the reference positions, in Gmsh's order.
fn single_cell(code: i32) -> Content {
    let kind = super::element::kind(code).unwrap();
    let positions = reference::nodes(kind);
    let mut tags = vec![0; positions.len()];
    for i in 0..tags.len() {
        let place = super::element::order(kind).map_or(i, |o| o[i] as usize);
        tags[place] = i as i32 + 1;
    }
    Content {
        names: vec![],
        nodes: positions.iter().enumerate().map(|(i, &x)| (i as i32 + 1, x)).collect(),
        elements: vec![element(1, code, 1, &tags)],
    }
}

#[test]
fn every_kind_is_read_in_every_format() {
    for code in [2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16, 17, 18] {
        let kind = super::element::kind(code).unwrap();
        for (format, bytes) in write::all(&single_cell(code)) {
            let mesh = read(&bytes, 1.0).unwrap_or_else(|e| panic!("{format} {kind:?}: {e}"));
            let all: Vec<u32> = (0..kind.node_count() as u32).collect();
            assert_eq!((mesh.blocks[0].kind, &mesh.blocks[0].nodes), (kind, &all), "{format}");
        }
    }
}

/// Lines of plain whole numbers are read at once, others number by number.
#[test]
fn blanks_and_signs_change_nothing() {
    for code in [2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16, 17, 18] {
        for version in [write::version2, write::version4] {
            let text = String::from_utf8(version(&single_cell(code), write::Text)).unwrap();
            // Room at the end, so that the last element has a plain line, too.
            let plain = text.clone() + "$Comments\nnothing\n$EndComments\n";
            let odd = plain.replace(' ', "  ").replace("  0  8\n", " 0 8\n");
            let [plain, odd] = [plain, odd].map(|text| read(text.as_bytes(), 1.0).unwrap());
            assert_eq!(plain.blocks[0].nodes, odd.blocks[0].nodes, "{code}");
            assert_eq!(plain.points, odd.points, "{code}");
        }
    }
    // A negative group: the entity is turned round in it.
    let text = String::from_utf8(write::version2(&single_cell(4), write::Text)).unwrap();
    let turned = text.replacen("1 4 2 1 1", "1 4 2 -1 1", 1);
    assert_ne!(text, turned);
    let [one, other] = [text, turned].map(|text| read(text.as_bytes(), 1.0).unwrap());
    assert_eq!(one.regions, other.regions);
    assert_eq!(one.blocks[0].nodes, other.blocks[0].nodes);
}

#[test]
fn cells_seen_from_behind_are_turned() {
    for code in [2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16, 17, 18] {
        let mut content = single_cell(code);
        content.nodes.iter_mut().for_each(|n| n.1[0] = -n.1[0]);
        let mesh = read(&write::version2(&content, write::Text), 1.0).unwrap();
        assert!(quality::minimum(&mesh) > 0.5, "{code}");
        let kind = mesh.blocks[0].kind;
        let size = match kind.linear() {
            CellKind::Triangle3 => 0.5,
            CellKind::Tetrahedron4 => 1.0 / 6.0,
            CellKind::Prism6 => 1.0,
            _ => 2f64.powi(kind.dimension() as i32),
        };
        let got = measures(&mesh, Extent::AsMeshed).regions[0];
        assert!((got - size).abs() < 1e-14, "{kind:?}: {got} for {size}");
    }
}

/// The squares in the x-z plane.
fn upright() -> Mesh {
    let mut content = two_squares();
    content.nodes.iter_mut().for_each(|n| n.1 = [n.1[0], 3.0, n.1[1]]);
    read(&write::version2(&content, write::Text), 1.0).unwrap()
}

#[test]
fn a_mesh_in_the_xz_plane() {
    let mesh = upright();
    assert_eq!(mesh.axes, [0, 2]);
    assert_eq!(mesh.points[5], [2.0, 3.0, 1.0]);
    assert_eq!(mesh.blocks[0].nodes, [0, 1, 4, 3]);
    assert_eq!(quality::minimum(&mesh), 1.0);
}

#[test]
fn a_facet_in_two_groups_is_in_both_boundaries() {
    let mut content = two_squares();
    let mut again = content.elements[1].clone();
    (again.number, again.group) = (20, 18);
    content.elements.push(again);
    for (format, bytes) in write::all(&content) {
        let mesh = read(&bytes, 1.0).unwrap();
        let counts: Vec<_> = mesh.boundaries.iter().map(|b| b.facets[0].len()).collect();
        assert_eq!(counts, [1, 2], "{format}");
    }
}

/// A disk that fails after some bytes.
struct Failing(usize);

impl std::io::Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.0 == 0 {
            return Err(std::io::Error::other("the disk is on fire"));
        }
        let count = buffer.len().min(self.0);
        let text = b"$MeshFormat\n2.2 0 8\n";
        buffer[..count].copy_from_slice(&text[..count]);
        self.0 -= count;
        Ok(count)
    }
}

#[test]
fn a_file_that_cannot_be_read_to_its_end_says_why() {
    let error = read_gmsh(&mut Failing(20), 1000, 1.0).unwrap_err();
    assert_eq!(error.to_string(), "cannot be read: the disk is on fire");
}

#[test]
fn a_file_that_is_shorter_than_it_was_is_truncated() {
    let bytes = write::version2(&two_squares(), write::Text);
    for cut in 1..bytes.len() - 2 {
        let error = read_gmsh(&mut &bytes[..cut], bytes.len() as u64, 1.0);
        assert!(error.is_err(), "{cut} of {} bytes", bytes.len());
    }
}
