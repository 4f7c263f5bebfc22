use super::*;
use crate::{Block, CellKind, InternalSurface, SharedFacetBlock, bodies};

/// Unit squares on an n x m grid with the given regions (row by row from below), and all facets
/// between regions a < b as the surface "ab".
fn squares(n: usize, regions: &[u32]) -> Mesh {
    let rows = regions.len() / n;
    let node = |i: usize, j: usize| (j * (n + 1) + i) as u32;
    let mut mesh = Mesh { dimension: 2, axes: [0, 1], ..Mesh::default() };
    for j in 0..=rows {
        mesh.points.extend((0..=n).map(|i| [i as f64, j as f64, 0.0]));
    }
    let count = 1 + *regions.iter().max().unwrap();
    mesh.regions = (0..count).map(|r| char::from(b'a' + r as u8).to_string()).collect();
    for region in 0..count {
        let mut nodes = Vec::new();
        for (c, _) in regions.iter().enumerate().filter(|(_, r)| **r == region) {
            let (i, j) = (c % n, c / n);
            nodes.extend([node(i, j), node(i + 1, j), node(i + 1, j + 1), node(i, j + 1)]);
        }
        mesh.blocks.push(Block { kind: CellKind::Quadrilateral4, region, nodes });
    }
    let facets = sorted_facets(&mesh.blocks, |_| true, |_| true);
    let cells = CellIndex::new(&mesh.blocks);
    let mut internal: Vec<InternalSurface> = Vec::new();
    for pair in facets.chunk_by(|a, b| a.key == b.key).filter(|same| same.len() == 2) {
        let owners = [pair[0].cell, pair[1].cell];
        let [a, b] = owners.map(|c| cells.block(c).region);
        if a == b {
            continue;
        }
        let name = format!("{}{}", mesh.regions[a as usize], mesh.regions[b as usize]);
        let at = internal.iter().position(|s| s.name == name).unwrap_or_else(|| {
            let empty = SharedFacetBlock { kind: CellKind::Line2, nodes: vec![], cells: vec![] };
            internal.push(InternalSurface { name, facets: vec![empty] });
            internal.len() - 1
        });
        internal[at].facets[0].nodes.extend(cells.facet(pair[0].cell, pair[0].local).1);
        internal[at].facets[0].cells.push(owners);
    }
    mesh.internal = internal;
    assert_consistent(&mesh);
    mesh
}

#[test]
fn two_regions_of_second_order() {
    let mut mesh = two_regions();
    let before = mesh.clone();
    assert_eq!(bodies(&mesh).count, 1);
    let old_length = measures(&mesh, Extent::AsMeshed).internal[0];
    mesh.split("anode", ["electrolyte", "metal"]).unwrap();
    assert_consistent(&mesh);
    // Four facets of three nodes: nine nodes are doubled.
    assert_eq!(mesh.points.len(), before.points.len() + 9);
    assert_eq!(outer_facet_count(&mesh), outer_facet_count(&before) + 8);
    assert!(mesh.internal.is_empty());
    assert_eq!(measures(&mesh, Extent::AsMeshed).interfaces, [old_length]);
    assert_eq!(mesh.interface("anode").unwrap().regions, [1, 0]);
    // The electrolyte, named first, keeps the numbers.
    assert_eq!(mesh.blocks[1].nodes, before.blocks[1].nodes);
    let separate = bodies(&mesh);
    assert_eq!(separate.count, 2);
    assert_eq!(separate.first_nodes().len(), 2);
    assert_eq!(separate.of_node[separate.first_nodes()[1] as usize], 1);
    assert_eq!(bodies(&mesh).coupled(&mesh, &[0]).count, 1);
}

#[test]
fn the_normal_points_from_the_first_region_into_the_second() {
    for (between, sign) in [(["electrolyte", "metal"], -1.0), (["metal", "electrolyte"], 1.0)] {
        let mut mesh = two_regions();
        mesh.split("anode", between).unwrap();
        // The electrolyte is above; the normal is to the right of the direction of travel.
        for facet in mesh.interfaces[0].sides[0][0].facets() {
            let [a, b] = [facet[0], facet[1]].map(|n| mesh.points[n as usize]);
            assert!(sign * -(b[0] - a[0]) > 0.0);
        }
    }
}

#[test]
fn three_bodies_that_meet_in_a_point_in_any_order() {
    // The point (1, 1) is where a, b and c meet.
    let surfaces = [["a", "b"], ["a", "c"], ["b", "c"]];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1]] {
        let mut mesh = squares(2, &[0, 0, 1, 2]);
        assert_eq!(mesh.points.len(), 9);
        for &s in &order {
            let [a, b] = surfaces[s];
            mesh.split(&format!("{a}{b}"), [b, a]).unwrap();
            assert_consistent(&mesh);
        }
        // a has 6 nodes, b and c have 4 each.
        assert_eq!(mesh.points.len(), 14, "{order:?}");
        assert_eq!(bodies(&mesh).count, 3);
        assert_eq!(outer_facet_count(&mesh), 6 + 4 + 4);
        let at_centre = mesh.points.iter().filter(|x| **x == [1.0, 1.0, 0.0]).count();
        assert_eq!(at_centre, 3);
    }
}

#[test]
fn the_tip_of_a_surface_inside_stays_shared() {
    // b is below on the left; a goes around it, and only the upper side of b is an interface.
    let mut mesh = squares(3, &[1, 0, 0, 0, 0, 0]);
    let top = mesh.internal[0].facets[0]
        .nodes
        .chunks(2)
        .position(|f| f.iter().all(|&n| mesh.points[n as usize][1] == 1.0));
    let top = top.unwrap();
    let all = mesh.internal[0].facets[0].clone();
    mesh.internal[0].facets[0].nodes = all.nodes[2 * top..][..2].to_vec();
    mesh.internal[0].facets[0].cells = vec![all.cells[top]];
    mesh.split("ab", ["a", "b"]).unwrap();
    assert_consistent(&mesh);
    // (0, 1) is on the outside and doubled, (1, 1) is the tip.
    assert_eq!(mesh.points.len(), 13);
    assert_eq!(mesh.points[12], [0.0, 1.0, 0.0]);
    assert_eq!(bodies(&mesh).count, 1);
}

#[test]
fn regions_that_touch_in_a_point_come_apart() {
    // A chequer board: around (1, 1) no cells share a facet that is not on an interface.
    let mut mesh = squares(2, &[0, 1, 1, 0]);
    mesh.split("ab", ["a", "b"]).unwrap();
    assert_consistent(&mesh);
    assert_eq!((mesh.points.len(), bodies(&mesh).count), (16, 4));
}

#[test]
fn what_cannot_be_split() {
    let mut mesh = squares(3, &[0, 1, 2]);
    let mut message = |name, between| mesh.split(name, between).unwrap_err().to_string();
    assert_eq!(
        message("anode", ["a", "b"]),
        "no internal surface is called \"anode\": the mesh has \"ab\", \"bc\""
    );
    assert_eq!(
        message("ab", ["a", "metal"]),
        "no region is called \"metal\": the mesh has \"a\", \"b\", \"c\""
    );
    assert_eq!(
        message("ab", ["b", "b"]),
        "interface \"ab\" is between region \"b\" and itself: wanted two regions"
    );
    assert_eq!(
        message("ab", ["b", "c"]),
        "surface \"ab\" at (1.0000e0, 5.0000e-1, 0.0000e0) m lies between regions [\"a\", \"b\"]: \
         wanted it to lie between [\"b\", \"c\"]"
    );
    assert_eq!(mesh.internal.len(), 2);
    let mut empty = pore_quarter();
    assert_eq!(
        empty.split("x", ["a", "b"]).unwrap_err().to_string(),
        "no internal surface is called \"x\": the mesh has none"
    );
}

#[test]
fn hexahedra_and_prisms_of_second_order() {
    // The plane x = 0 between the cubes: two quadrilaterals of nine nodes over each other, 15 nodes.
    let mut mesh = mixed();
    let facets = sorted_facets(&mesh.blocks, |_| true, |_| true);
    let cells = CellIndex::new(&mesh.blocks);
    let mut block =
        SharedFacetBlock { kind: CellKind::Quadrilateral9, nodes: vec![], cells: vec![] };
    for pair in facets.chunk_by(|a, b| a.key == b.key).filter(|same| same.len() == 2) {
        if cells.block(pair[0].cell).region != cells.block(pair[1].cell).region {
            block.nodes.extend(cells.facet(pair[0].cell, pair[0].local).1);
            block.cells.push([pair[0].cell, pair[1].cell]);
        }
    }
    assert_eq!(block.cells.len(), 2);
    mesh.internal = vec![InternalSurface { name: "plane".into(), facets: vec![block] }];
    assert_consistent(&mesh);
    let before = mesh.points.len();
    mesh.split("plane", ["hexahedra", "prisms"]).unwrap();
    assert_consistent(&mesh);
    assert_eq!((mesh.points.len(), bodies(&mesh).count), (before + 15, 2));
    assert!((measures(&mesh, Extent::AsMeshed).interfaces[0] - 1.0).abs() < 1e-10);
    let fine = mesh.refined().unwrap();
    assert_consistent(&fine);
    assert_same_measures(&mesh, &fine, 1e-13);
    assert_eq!(fine.interfaces[0].sides[1][0].len(), 8);
    assert_eq!(bodies(&fine).count, 2);
    assert_consistent(&fine.with_order(1).unwrap());
}
