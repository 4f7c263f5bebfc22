//! What the user reads when a case and its mesh file do not fit, or the file is broken: each case below must
//! give exactly the text in `tests/messages/meshes/<name>.txt`, where `DIR` is the folder of the case.
//! With NATROLITE_UPDATE set the texts are rewritten; read the difference before committing it.

use natrolite::case::read_file;
use natrolite::run::{Geometry, Model};
use std::fs;
use std::path::Path;

/// A unit square of two triangles with names for all but its upright sides.
const SQUARE: &str = "\
$MeshFormat
2.2 0 8
$EndMeshFormat
$PhysicalNames
3
1 1 \"bottom\"
1 2 \"top\"
2 3 \"body\"
$EndPhysicalNames
$Nodes
4
1 0 0 0
2 1 0 0
3 1 1 0
4 0 1 0
$EndNodes
$Elements
4
1 1 2 1 1 1 2
2 1 2 2 2 3 4
3 2 2 3 3 1 2 3
4 2 2 3 3 1 3 4
$EndElements
";

const SQUARE_CASE: &str = "\
[mesh]
file = \"mesh.msh\"
unit = \"um\"
[region]
body = \"Na3SbS4\"
[boundary.bottom]
potential = \"0 V\"
[boundary.top]
current = { density = \"1 mA/cm^2\" }
";

const TWO_REGIONS_CASE: &str = "\
[mesh]
file = \"mesh.msh\"
unit = \"um\"
[region]
electrolyte = \"Na3SbS4\"
metal = \"Na\"
[interface.anode]
between = [\"electrolyte\", \"metal\"]
contact_resistance = \"5 ohm cm^2\"
[boundary.collector]
potential = \"0 V\"
[boundary.counter]
current = { density = \"1 mA/cm^2\" }
";

/// What the user reads for a case beside a mesh file; `None` when it is accepted.
fn message(case: &str, mesh: Option<&[u8]>) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("case.toml");
    fs::write(&path, case).expect("written");
    if let Some(mesh) = mesh {
        fs::write(folder.path().join("mesh.msh"), mesh).expect("written");
    }
    let built = read_file(&path, &[]).and_then(|case| {
        let geometry = Geometry::of(&case, 0)?;
        Model::new(&case, &geometry, &[]).map(|_| ())
    });
    let text = built.err()?.render(false);
    Some(text.replace(&folder.path().display().to_string(), "DIR"))
}

/// `text` with one part, which it must have, replaced.
fn edit(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from:?} is not in\n{text}");
    text.replacen(from, to, 1)
}

/// Names, cases and mesh files.
fn wrong() -> Vec<(&'static str, String, Option<Vec<u8>>)> {
    let meshes = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../meshes");
    let file = |name: &str| fs::read(meshes.join(name)).expect("meshes has it");
    let (two, quarter) = (file("two_regions.msh"), file("pore_quarter.msh"));
    let mut out: Vec<(&'static str, String, Option<Vec<u8>>)> = Vec::new();
    // The case is wrong for a good mesh.
    let for_square = [
        ("boundary_lacking", "[boundary.top]", "[boundary.topp]"),
        ("region_lacking", "body = \"Na3SbS4\"", "body = \"Na3SbS4\"\nelectrolyte = \"Na3SbS4\""),
        ("region_without_material", "body = ", "boddy = "),
    ];
    for (name, from, to) in for_square {
        out.push((name, edit(SQUARE_CASE, from, to), Some(SQUARE.into())));
    }
    let for_two = [
        ("interface_lacking", "[interface.anode]", "[interface.anod]"),
        ("interface_is_boundary", "[interface.anode]", "[interface.counter]"),
        (
            "interface_between_wrong",
            "[\"electrolyte\", \"metal\"]",
            "[\"electrolyte\", \"metall\"]",
        ),
        (
            "boundary_is_interface",
            "[interface.anode]\nbetween = [\"electrolyte\", \"metal\"]\ncontact_resistance = \"5 ohm cm^2\"",
            "[boundary.anode]\npotential = \"0 V\"",
        ),
    ];
    for (name, from, to) in for_two {
        out.push((name, edit(TWO_REGIONS_CASE, from, to), Some(two.clone())));
    }
    let symmetric =
        edit(SQUARE_CASE, "unit = \"um\"", "unit = \"um\"\nsymmetry = \"axisymmetric\"");
    out.push((
        "symmetry_in_three_dimensions",
        edit(&symmetric, "body", "electrolyte"),
        Some(quarter.clone()),
    ));
    let left = edit(&edit(SQUARE, "1 0 0 0", "1 -0.5 0 0"), "4 0 1 0", "4 -0.5 1 0");
    out.push(("negative_radius", symmetric, Some(left.into())));
    // A second square away from the first.
    let nodes = "4 0 1 0\n5 5 0 0\n6 6 0 0\n7 6 1 0\n";
    let island = [
        ("3\n1 1", "4\n1 1"),
        ("2 3 \"body\"", "2 3 \"body\"\n2 4 \"island\""),
        ("$Nodes\n4", "$Nodes\n7"),
        ("4 0 1 0\n", nodes),
        ("$Elements\n4", "$Elements\n5"),
        ("$EndElements", "5 2 2 4 4 5 6 7\n$EndElements"),
    ];
    let two_bodies =
        island.iter().fold(SQUARE.to_owned(), |text, (from, to)| edit(&text, from, to));
    let case = edit(SQUARE_CASE, "[boundary.bottom]", "island = \"Na\"\n[boundary.bottom]");
    out.push(("no_reference", case, Some(two_bodies.into())));
    // The mesh is wrong.
    out.push(("file_missing", SQUARE_CASE.into(), None));
    let edits = [
        ("degenerate_cell", "3 1 1 0", "3 2 0 0"),
        ("coordinate_not_finite", "3 1 1 0", "3 nan 1 0"),
        ("unknown_element", "4 2 2 3 3 1 3 4", "4 99 2 3 3 1 3 4"),
        ("unknown_node", "4 2 2 3 3 1 3 4", "4 2 2 3 3 1 3 5"),
        ("facet_without_cell", "2 1 2 2 2 3 4", "2 1 2 2 2 2 4"),
        ("version_unknown", "2.2 0 8", "3.0 0 8"),
        ("names_missing", "2 3 \"body\"", "2 4 \"body\""),
        ("count_too_large", "$Nodes\n4", "$Nodes\n999999999999"),
    ];
    for (name, from, to) in edits {
        out.push((name, SQUARE_CASE.into(), Some(edit(SQUARE, from, to).into())));
    }
    let start = SQUARE.find("$PhysicalNames").expect("it has names");
    let end = SQUARE.find("$Nodes").expect("it has nodes");
    let mut nameless = format!("{}{}", &SQUARE[..start], &SQUARE[end..]);
    for tags in ["2 1 1", "2 2 2", "2 3 3", "2 3 3"] {
        nameless = edit(&nameless, &format!(" {tags} "), " 0 ");
    }
    out.push(("no_physical_groups", SQUARE_CASE.into(), Some(nameless.into())));
    let crossed = edit(SQUARE, "3 2 2 3 3 1 2 3\n4 2 2 3 3 1 3 4", "3 3 2 3 3 1 3 2 4");
    out.push((
        "inverted_cell",
        SQUARE_CASE.into(),
        Some(edit(&crossed, "$Elements\n4", "$Elements\n3").into()),
    ));
    out.push(("truncated_text", SQUARE_CASE.into(), Some(SQUARE.as_bytes()[..150].into())));
    out.push(("truncated_binary", SQUARE_CASE.into(), Some(quarter[..quarter.len() / 2].into())));
    out.push((
        "not_a_mesh",
        SQUARE_CASE.into(),
        Some(b"solid cube\nfacet normal 0 0 1\n".to_vec()),
    ));
    out.push(("empty_file", SQUARE_CASE.into(), Some(Vec::new())));
    out
}

#[test]
fn the_square_is_good() {
    assert_eq!(message(SQUARE_CASE, Some(SQUARE.as_bytes())), None);
}

#[test]
fn wrong_meshes_give_their_messages() {
    let update = std::env::var_os("NATROLITE_UPDATE").is_some();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/messages/meshes");
    let mut different = Vec::new();
    let cases = wrong();
    for (name, case, mesh) in &cases {
        let Some(got) = message(case, mesh.as_deref()) else { panic!("{name} was accepted") };
        let expected = folder.join(format!("{name}.txt"));
        if update {
            fs::create_dir_all(&folder).expect("made");
            fs::write(&expected, &got).expect("written");
        } else if fs::read_to_string(&expected).unwrap_or_default() != got {
            different.push(format!("{name}:\n{got}"));
        }
    }
    assert!(different.is_empty(), "these messages differ:\n{}", different.join("\n"));
    let mut kept = fs::read_dir(&folder).expect("the texts").count();
    kept -= cases.len();
    assert_eq!(kept, 0, "texts without a case");
}
