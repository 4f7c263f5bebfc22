//! Every error, with its message; and that no damage makes the reader panic.

use super::read;
use super::write::{self, Content, Text};
use super::{element, single_cell, two_squares};

fn message(bytes: &[u8]) -> String {
    match read(bytes, 1e-6) {
        Ok(_) => "no error".into(),
        Err(e) => e.to_string(),
    }
}

/// The message about two squares after a change.
fn changed(change: impl Fn(&mut Content)) -> String {
    let mut content = two_squares();
    change(&mut content);
    message(&write::version2(&content, Text))
}

/// The message about the text of two squares with one piece replaced.
fn replaced(version: fn(&Content, write::Encoding) -> Vec<u8>, from: &str, to: &str) -> String {
    let text = String::from_utf8(version(&two_squares(), Text)).unwrap();
    assert!(text.contains(from), "{from:?} is not in {text}");
    message(text.replacen(from, to, 1).as_bytes())
}

#[test]
fn files_that_are_not_gmsh() {
    assert_eq!(message(b""), "not a Gmsh mesh: it must begin with $MeshFormat, found \"\"");
    assert_eq!(
        message(b"SetFactory(\"OpenCASCADE\");"),
        "not a Gmsh mesh: it must begin with $MeshFormat, found \"SetFactory(\\\"OpenCASCADE\\\");\""
    );
    for version in ["4.0", "1"] {
        assert_eq!(
            replaced(write::version2, "2.2", version),
            format!("Gmsh format {version} is not supported: save as version 2.2 or 4.1")
        );
    }
    assert_eq!(
        replaced(write::version2, "2.2 0 8", "2.2 2 8"),
        "$MeshFormat: wanted 0 (text) or 1 (binary) after the version, got \"2.2 2 8\""
    );
    assert_eq!(
        replaced(write::version4, "4.1 0 8", "4.1 0 4"),
        "$MeshFormat: wanted 8 bytes for floating-point numbers and sizes, got \"4.1 0 4\""
    );
    assert_eq!(
        message(b"$MeshFormat\n2.2 1 8\n\x07\x00\x00\x00\n$EndMeshFormat\n"),
        "$MeshFormat: wanted the integer 1 in binary, got \"0x7\""
    );
    assert_eq!(
        read(b"", 0.0).unwrap_err().to_string(),
        "the length of the mesh's unit must be positive and finite, got 0 m"
    );
}

#[test]
fn files_cut_short() {
    let text = write::version2(&two_squares(), Text);
    let at = |what: &str| String::from_utf8_lossy(&text).find(what).unwrap();
    assert_eq!(
        message(&text[..at("10 3 2")]),
        "the file ends inside $Elements: it is truncated or its counts are wrong"
    );
    assert_eq!(
        message(&text[..at("900000 0e0")]),
        "the file ends inside $Nodes: it is truncated or its counts are wrong"
    );
    assert_eq!(message(&text[..at("$Elements")]), "the file has no $Elements");
    let names = at("$PhysicalNames");
    assert_eq!(message(&text[..names]), "the file has no $Nodes");
    assert_eq!(
        message(&[&text[..names], b"$Comments\nnothing"].concat()),
        "the file ends inside $Comments: it is truncated or its counts are wrong"
    );
}

#[test]
fn counts_that_lie() {
    assert_eq!(
        replaced(write::version2, "$Nodes\n7\n", "$Nodes\n900000000000\n"),
        "$Nodes announces 900000000000 entries, but only 277 bytes follow"
    );
    assert_eq!(
        replaced(write::version2, "$Nodes\n7\n", "$Nodes\n6\n"),
        "$Nodes, line 18: wanted the end of the section, got \"6 2e0 1e0 0e0\""
    );
    assert_eq!(
        replaced(write::version2, "$Nodes\n7\n", "$Nodes\n-7\n"),
        "$Nodes, line 11: wanted a count >= 0, got \"-7\""
    );
    assert_eq!(
        replaced(write::version2, "$Elements\n7\n", "$Elements\n8\n"),
        "$Elements, line 31: wanted an integer, got \"$EndElements\""
    );
    assert_eq!(
        replaced(write::version4, "$Elements\n7 7 ", "$Elements\n7 8 "),
        "$Elements announces 8 entries, but its blocks hold 7"
    );
    assert_eq!(
        replaced(write::version4, "$Nodes\n1 7 ", "$Nodes\n1 6 "),
        "$Nodes announces 6 entries, but its blocks hold 7"
    );
    let mut binary = write::version2(&two_squares(), write::Little);
    let at = binary.windows(12).position(|w| w == b"$Elements\n7\n").unwrap() + 12;
    binary[at + 4] = 9;
    assert_eq!(message(&binary), "$Elements announces 7 entries, but its blocks hold 9");
}

#[test]
fn numbers_that_are_none() {
    assert_eq!(
        replaced(write::version2, "2 1e0 0e0", "2 1,0 0e0"),
        "$Nodes, line 13: wanted a number, got \"1,0\""
    );
    assert_eq!(
        replaced(write::version2, "2 1e0 0e0", "2 nan 0e0"),
        "node 2 has coordinates that are not finite"
    );
    assert_eq!(
        replaced(write::version2, "2 1e0 0e0", "-2 1e0 0e0"),
        "$Nodes, line 13: wanted a positive number, got \"-2\""
    );
    assert_eq!(
        replaced(write::version2, "\"left\"", "left"),
        "$PhysicalNames, line 6: wanted a name in double quotes, got \"left\""
    );
}

#[test]
fn more_than_a_file_can_mean() {
    assert_eq!(
        replaced(write::version2, "2 1e0 0e0", "99999999999 1e0 0e0"),
        "$Nodes, line 13: wanted a 32-bit integer, got \"99999999999\""
    );
    assert_eq!(
        replaced(
            write::version4,
            "2 0e0 0e0 0e0 0e0 0e0 0e0 1 2",
            "2 0e0 0e0 0e0 0e0 0e0 0e0 300 2"
        ),
        "$Entities, line 16: wanted at most 256 groups per entity, got \"300\""
    );
    assert_eq!(
        replaced(write::version4, "$Nodes\n1 7", "$Nodes\n1 -7"),
        "$Nodes, line 21: wanted a count or number >= 0, got \"-7\""
    );
    let mut bytes = write::version2(&two_squares(), Text);
    let at = bytes.windows(4).position(|w| w == b"left").unwrap();
    bytes[at] = 0xff;
    assert_eq!(
        message(&bytes),
        "$PhysicalNames, line 6: wanted a name in UTF-8, got \"\u{fffd}eft\""
    );
}

#[test]
fn faces_with_and_without_a_centre_do_not_fit() {
    // Element 1 has 27 nodes; another has 20 of its own.
    let mut content = single_cell(12);
    let other = single_cell(17);
    content.nodes.extend(other.nodes.iter().map(|&(tag, x)| (tag + 50, x.map(|x| x + 9.0))));
    let nodes: Vec<i32> = other.elements[0].nodes.iter().map(|n| n + 50).collect();
    content.elements.push(element(2, 17, 1, &nodes));
    assert_eq!(
        message(&write::version2(&content, Text)),
        "the mesh mixes hexahedron (27 nodes) and hexahedron (20 nodes): wanted one order throughout"
    );
}

#[test]
fn sections_out_of_place() {
    let text = String::from_utf8(write::version2(&two_squares(), Text)).unwrap();
    let (nodes, elements) = (text.find("$Nodes").unwrap(), text.find("$Elements").unwrap());
    let turned = [&text[..nodes], &text[elements..], &text[nodes..elements]].concat();
    assert_eq!(message(turned.as_bytes()), "$Nodes comes after $Elements: it must come before");
    assert_eq!(
        replaced(write::version2, "$Nodes", "$PartitionedEntities\n$Nodes"),
        "the mesh is partitioned: save it without partitions"
    );
    assert_eq!(
        replaced(write::version2, "$Nodes", "7\n$Nodes"),
        "$PhysicalNames, line 10: wanted the beginning of a section, $..., got \"7\""
    );
}

#[test]
fn nodes_and_elements_that_do_not_fit() {
    assert_eq!(changed(|c| c.nodes[1].0 = 7), "node 7 occurs twice in $Nodes");
    assert_eq!(
        changed(|c| c.elements[4].nodes[1] = 44),
        "element 10 refers to node 44, which $Nodes does not contain"
    );
    let wanted =
        "wanted triangles, quadrilaterals, tetrahedra, hexahedra or prisms of order 1 or 2";
    for (code, name) in [(7, "pyramid"), (21, "order 3 or more"), (555, "unknown")] {
        assert_eq!(
            changed(|c| c.elements[4].code = code),
            format!("element 10 is of Gmsh type {code} ({name}): {wanted}")
        );
    }
    assert_eq!(
        replaced(write::version4, "2 17 3 1 11", "2 16 3 1 11"),
        "elements of 2-dimensional entity 16, which $Entities does not contain"
    );
    assert_eq!(
        changed(|c| c.elements.truncate(4)),
        "the mesh has cells of dimension 1 at most: wanted 2 or 3 (once there are physical groups, \
         Gmsh saves only cells that belong to one)"
    );
}

#[test]
fn groups_that_are_missing_or_ambiguous() {
    let none = |c: &mut Content| c.elements.iter_mut().for_each(|e| e.group = 0);
    let mut content = two_squares();
    none(&mut content);
    for (format, bytes) in write::all(&content) {
        assert_eq!(
            message(&bytes),
            "the mesh has no physical groups, so nothing in it has a name: in the .geo file write \
             Physical Surface(\"electrolyte\") = {1}; (Volume in 3-D) for each region and Physical \
             Curve(\"anode\") = {2}; (Surface in 3-D) for each boundary, or in Gmsh use Modules > \
             Geometry > Physical groups > Add; then save again",
            "{format}"
        );
    }
    assert_eq!(
        changed(|c| c.elements[5].group = 0),
        "1 cells belong to no physical group, the first is element 11 at (1.5000e-6, 5.0000e-7, \
         0.0000e0) m: every cell needs a region"
    );
    assert_eq!(
        changed(|c| c.names.push((2, 17, "first square"))),
        "two physical groups of dimension 2 are called \"first square\": 2 and 17"
    );
    assert_eq!(changed(|c| c.names.push((1, 18, "boundary_18"))), "no error");
    let mut twice = two_squares();
    twice.elements.push(element(30, 3, 17, &twice.elements[4].nodes));
    assert_eq!(
        message(&write::version2(&twice, Text)),
        "elements 10 and 30 are the same cell, in region [\"first square\", \"region_17\"]: a cell \
         must belong to one physical group"
    );
}

#[test]
fn cells_that_are_wrong() {
    let mut mixed = two_squares();
    mixed.elements[1].code = 8;
    mixed.elements[1].nodes.push(2);
    assert_eq!(
        message(&write::version2(&mixed, Text)),
        "the mesh mixes quadrilateral (4 nodes) and line (3 nodes): wanted one order throughout"
    );
    assert_eq!(
        changed(|c| c.nodes[0].1[2] = 1.0),
        "a two-dimensional mesh must lie in the x-y or the x-z plane, but x, y and z extend over \
         [2e-6, 1e-6, 1e-6] m"
    );
    // Node 5 of the two squares is drawn across the first one's diagonal.
    assert_eq!(
        changed(|c| c.nodes[5].1 = [0.25, 0.25, 0.0]),
        "element 10 of region \"first square\" at (3.1250e-7, 3.1250e-7, 0.0000e0) m is inverted or \
         degenerate: its scaled Jacobian is -8.000e-1, wanted > 0 (1 of 1 cells of its kind there)"
    );
    let mut tetrahedron = single_cell(4);
    tetrahedron.nodes[3].1[2] = 0.0;
    assert_eq!(
        message(&write::version2(&tetrahedron, Text)),
        "element 1 of region \"region_1\" at (2.5000e-7, 2.5000e-7, 0.0000e0) m is inverted or \
         degenerate: its scaled Jacobian is 0.000e0, wanted > 0 (1 of 1 cells of its kind there)"
    );
}

#[test]
fn facets_that_belong_nowhere() {
    assert_eq!(
        changed(|c| c.elements[1].nodes[0] = 3),
        "element 2 of \"left\" at (1.0000e-6, 5.0000e-7, 0.0000e0) m is not a facet of any cell"
    );
    let mut three = two_squares();
    three.nodes.push((20, [1.5, 2.0, 0.0]));
    three.elements.push(element(30, 2, 17, &[2, 20, 5]));
    assert_eq!(
        message(&write::version2(&three, Text)),
        "element 3 of \"middle\" at (1.0000e-6, 5.0000e-7, 0.0000e0) m is a facet of more than two \
         cells"
    );
}

/// Marsaglia's xorshift64.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

#[test]
fn damage_is_an_error_or_another_mesh_but_never_a_panic() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for (format, bytes) in write::all(&two_squares()) {
        let mut refused = 0;
        for _ in 0..1000 {
            let mut damaged = bytes.clone();
            for _ in 0..1 + random.below(4) {
                let at = random.below(damaged.len());
                match random.below(4) {
                    0 => damaged.truncate(at + 1),
                    1 => drop(damaged.remove(at)),
                    2 => damaged[at] ^= 1 << random.below(8),
                    _ => damaged[at] = b"0123456789-e$\n\0\xff"[random.below(16)],
                }
                if damaged.len() < 2 {
                    break;
                }
            }
            refused += usize::from(read(&damaged, 1.0).is_err());
        }
        assert!((300..=1000).contains(&refused), "{format}: {refused} of 1000 refused");
    }
}
