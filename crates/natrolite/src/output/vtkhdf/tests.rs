use super::*;
use crate::results::{Symmetry, sample};
use hdf5::types::VarLenUnicode;
use mesh::{Block, CellKind, Mesh, reference};

fn write(results: &Results, compression: u8) -> (tempfile::TempDir, File) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("result.vtkhdf");
    write_vtkhdf(results, &path, compression).unwrap();
    let file = File::open(&path).unwrap();
    (folder, file)
}

fn attribute(place: &hdf5::Location, name: &str) -> String {
    place.attr(name).unwrap().read_scalar::<VarLenUnicode>().unwrap().to_string()
}

fn text(file: &File, name: &str) -> String {
    file.dataset(name).unwrap().read_scalar::<VarLenUnicode>().unwrap().to_string()
}

#[test]
fn the_grid_reads_back() {
    let results = sample::hemisphere();
    let (_folder, file) = write(&results, 4);
    let grid = file.group("VTKHDF").unwrap();
    assert_eq!(grid.attr("Version").unwrap().read_raw::<i64>().unwrap(), [1, 0]);
    let kind = grid.attr("Type").unwrap();
    assert_eq!(kind.read_scalar::<FixedAscii<16>>().unwrap().as_str(), "UnstructuredGrid");
    let count = |name: &str| grid.dataset(name).unwrap().read_raw::<i64>().unwrap();
    // 8 x 6 cells with (2 * 8 + 1) (2 * 6 + 1) nodes.
    assert_eq!(count("NumberOfPoints"), [221]);
    assert_eq!(count("NumberOfCells"), [48]);
    assert_eq!(count("NumberOfConnectivityIds"), [432]);
    let offsets = count("Offsets");
    assert_eq!((offsets.len(), offsets[0], offsets[1], offsets[48]), (49, 0, 9, 432));
    let types = grid.dataset("Types").unwrap().read_raw::<u8>().unwrap();
    assert_eq!(types, [28; 48]);
    let nodes = results.mesh.blocks[0].nodes.iter().map(|&n| i64::from(n)).collect::<Vec<_>>();
    assert_eq!(count("Connectivity"), nodes);
    for name in ["Connectivity", "Offsets"] {
        assert_eq!(grid.dataset(name).unwrap().dtype().unwrap().size(), 4, "{name}");
    }

    let points = grid.dataset("Points").unwrap();
    assert_eq!(points.shape(), [221, 3]);
    assert_eq!(points.read_raw::<f64>().unwrap(), results.mesh.points.as_flattened());
    assert_eq!(attribute(&points, "unit"), "m");

    let data = grid.group("PointData").unwrap();
    assert_eq!(attribute(&data, "Scalars"), "potential");
    assert_eq!(attribute(&data, "Vectors"), "current_density");
    let potential = data.dataset("potential").unwrap();
    assert_eq!(potential.read_raw::<f64>().unwrap(), results.fields[0].values);
    assert_eq!(attribute(&potential, "unit"), "V");
    let current = data.dataset("current_density").unwrap();
    assert_eq!(current.shape(), [221, 3]);
    assert_eq!(current.read_raw::<f64>().unwrap(), results.fields[1].values);
    assert_eq!(attribute(&current, "unit"), "A/m^2");

    let region = grid.dataset("CellData/region").unwrap();
    assert_eq!(region.read_raw::<i32>().unwrap(), [0; 48]);
    let names = region.attr("names").unwrap().read_raw::<VarLenUnicode>().unwrap();
    assert_eq!(names[0].as_str(), "electrolyte");
}

#[test]
fn case_profiles_summary_and_log_stand_beside_the_grid() {
    let mut results = sample::hemisphere();
    results.profiles[0].line = Some(vec!["x"; 13]);
    results.log = "a\0b".into();
    let (_folder, file) = write(&results, 0);
    assert_eq!(text(&file, "case/text"), "title = \"µ\"\n");
    assert_eq!(text(&file, "case/resolved"), "temperature = 298.15\n");
    assert_eq!(text(&file, "log"), "a\u{2400}b");

    let ratio = file.dataset("profiles/anode/current_ratio").unwrap();
    let ratio_values = ratio.read_raw::<f64>().unwrap();
    assert_eq!((ratio_values.len(), ratio_values[0]), (13, 1.5));
    assert_eq!(attribute(&ratio, "unit"), "1");
    let lines = file.dataset("profiles/anode/line").unwrap().read_raw::<VarLenUnicode>().unwrap();
    assert!(lines.len() == 13 && lines.iter().all(|l| l.as_str() == "x"));

    let peak = file.dataset("summary/peak_factor.anode").unwrap();
    assert_eq!(peak.read_scalar::<f64>().unwrap(), 1.5);
    assert_eq!(attribute(&peak, "unit"), "1");
    assert!(text(&file, "summary/json").contains("\"peak_factor.anode\": {"));
}

#[test]
fn what_differs_between_runs_is_an_attribute_of_run_only() {
    let results = sample::hemisphere();
    let mut other = results.clone();
    other.summary.threads = 7;
    other.summary.seconds.solve = 3.0;
    other.summary.peak_memory_bytes = None;
    let (_a, a) = write(&results, 4);
    let (_b, b) = write(&other, 4);
    assert_eq!(text(&a, "summary/json"), text(&b, "summary/json"));
    assert!(!text(&a, "summary/json").contains("seconds"));
    let run = b.group("run").unwrap();
    assert_eq!(run.attr("threads").unwrap().read_scalar::<u64>().unwrap(), 7);
    assert_eq!(run.attr("seconds_solve").unwrap().read_scalar::<f64>().unwrap(), 3.0);
    assert!(run.attr("peak_memory_bytes").is_err());
    assert_eq!(run.member_names().unwrap(), Vec::<String>::new());
}

/// A mesh with one block of each kind of cell, each cell in its reference position.
fn every_kind() -> Mesh {
    let mut mesh = Mesh { dimension: 3, axes: [0, 1], ..Mesh::default() };
    for (k, kind) in CellKind::ALL.into_iter().enumerate() {
        let first = mesh.points.len() as u32;
        let shift = 3.0 * k as f64;
        mesh.points.extend(reference::nodes(kind).iter().map(|x| [x[0] + shift, x[1], x[2]]));
        let nodes = (first..mesh.points.len() as u32).collect();
        mesh.regions.push(kind.name().into());
        mesh.blocks.push(Block { kind, region: k as u32, nodes });
    }
    mesh
}

#[test]
fn mixed_meshes_keep_their_kinds_and_regions() {
    let results = sample::on(every_kind(), Symmetry::ThreeDimensional);
    let (_folder, file) = write(&results, 9);
    let types = file.dataset("VTKHDF/Types").unwrap().read_raw::<u8>().unwrap();
    assert_eq!(types, [3, 21, 5, 22, 9, 23, 28, 10, 24, 12, 25, 29, 13, 26, 32]);
    let offsets = file.dataset("VTKHDF/Offsets").unwrap().read_raw::<i64>().unwrap();
    assert_eq!(offsets, [0, 2, 5, 8, 14, 18, 26, 35, 39, 49, 57, 77, 104, 110, 125, 143]);
    let region = file.dataset("VTKHDF/CellData/region").unwrap().read_raw::<i32>().unwrap();
    assert_eq!(region, (0..15).collect::<Vec<_>>());
}

#[test]
fn arrays_longer_than_a_chunk_arrive_whole() {
    // 2 * 120 * 300 cells: more connectivity and offsets than one chunk of each.
    let results = sample::on(sample::hemisphere_section(120, 300), Symmetry::Axisymmetric);
    assert!(results.mesh.points.len() > 4 * CHUNK);
    let size = |level: u8| {
        let (folder, file) = write(&results, level);
        let read = |name: &str| file.dataset(name).unwrap().read_raw::<f64>().unwrap();
        assert_eq!(read("VTKHDF/PointData/potential"), results.fields[0].values);
        assert_eq!(read("VTKHDF/PointData/current_density"), results.fields[1].values);
        assert_eq!(read("VTKHDF/Points"), results.mesh.points.as_flattened());
        let nodes = file.dataset("VTKHDF/Connectivity").unwrap().read_raw::<u32>().unwrap();
        assert_eq!(nodes, results.mesh.blocks[0].nodes);
        let offsets = file.dataset("VTKHDF/Offsets").unwrap().read_raw::<i64>().unwrap();
        assert!(offsets.iter().enumerate().all(|(k, &o)| o == 9 * k as i64));
        folder.path().join("result.vtkhdf").metadata().unwrap().len()
    };
    assert!(size(1) < size(0) / 2);
}

#[test]
fn an_empty_field_list_and_empty_profiles_are_no_error() {
    let mut results = sample::hemisphere();
    results.fields.clear();
    results.profiles[0].columns[0].values.clear();
    let (_folder, file) = write(&results, 4);
    assert_eq!(file.dataset("profiles/anode/x").unwrap().shape(), [0]);
    assert_eq!(file.group("VTKHDF/PointData").unwrap().member_names().unwrap().len(), 0);
}

#[test]
fn a_folder_that_is_not_there_is_an_error_with_the_path() {
    let error = write_vtkhdf(&sample::hemisphere(), Path::new("/nowhere/a.vtkhdf"), 0).unwrap_err();
    assert!(error.to_string().starts_with("cannot write /nowhere/a.vtkhdf: "), "{error}");
    assert_eq!(error.exit_code(), 4);
}

#[test]
fn ids_are_long_only_where_they_must_be() {
    use super::{Id, are_short};
    let most = i32::MAX as usize;
    assert!(are_short(&[[most, 1, 1], [1, 1, most]]));
    assert!(!are_short(&[[1, 1, 1], [1, 1, most + 1]]), "ids");
    assert!(!are_short(&[[most + 1, 1, 1]]), "points");
    assert_eq!((i32::of(most), i64::of(1 << 40)), (i32::MAX, 1 << 40));
}
