use super::*;
use crate::output::{read_results, write_summary};
use crate::results::sample;
use algebra::comm::on_threads;
use hdf5::File;
use mesh::Mesh;

/// What the rank `rank` has when cell k belongs to rank `owner(k)`.
fn piece_of(results: &Results, owner: impl Fn(usize) -> usize, rank: usize) -> Piece {
    let mesh = &results.mesh;
    let part = mesh.with_cells((0..mesh.cell_count()).map(|cell| owner(cell) == rank).collect());
    let fields = results.fields.iter().map(|field| {
        let at = |&node: &u32| {
            let first = node as usize * field.components;
            field.values[first..first + field.components].iter().copied()
        };
        crate::results::Field { values: part.nodes.iter().flat_map(at).collect(), ..field.clone() }
    });
    let fields = fields.collect();
    Piece { fields, mesh: part.mesh, nodes: part.nodes, cells: part.cells }
}

/// A folder with a result of four ranks, of which the second has no cell.
fn write_four(results: &Results, compression: u8) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("result.vtkhdf");
    on_threads(4, |comm| {
        let piece = piece_of(results, |cell| [3, 0, 2][cell % 3], comm.rank());
        let to = (comm.rank() == 0).then_some((results, path.as_path(), compression));
        write_vtkhdf_of_ranks(comm, &piece, to).unwrap();
    });
    write_summary(&results.summary, folder.path()).unwrap();
    folder
}

#[test]
fn pieces_are_put_together_again() {
    let results = sample::hemisphere();
    for compression in [0, 4] {
        let folder = write_four(&results, compression);
        let file = File::open(folder.path().join("result.vtkhdf")).unwrap();
        let numbers = |name: &str| file.dataset(name).unwrap().read_raw::<i64>().unwrap();
        assert_eq!(numbers("VTKHDF/NumberOfCells"), [16, 0, 16, 16]);
        // Each piece begins anew, and the empty one has but its end.
        let offsets = numbers("VTKHDF/Offsets");
        assert_eq!((offsets.len(), &offsets[16..20]), (52, &[144, 0, 0, 9][..]));
        let pieces = file.dataset("VTKHDF/CellData/piece").unwrap().read_raw::<i32>().unwrap();
        assert_eq!((pieces[15], pieces[16], pieces[47]), (0, 2, 3));
        assert_eq!(numbers("VTKHDF/CellData/GlobalCellIds")[..3], [1, 4, 7]);
        drop(file);
        let read = read_results(folder.path()).unwrap();
        assert_eq!(read.mesh.points, results.mesh.points);
        assert_eq!(format!("{:?}", read.mesh.blocks), format!("{:?}", results.mesh.blocks));
        assert_eq!(read.field("potential"), results.field("potential"));
        assert_eq!(read.field("current_density"), results.field("current_density"));
    }
}

#[test]
fn facets_of_an_excerpt_have_the_numbers_of_the_whole() {
    let results = sample::hemisphere();
    let part = results.mesh.with_all_facets(vec![false; results.mesh.cell_count()]);
    assert!(part.nodes.len() < results.mesh.points.len());
    let mut excerpt = results.clone();
    excerpt.mesh = part.mesh;
    excerpt.part_of =
        Some(crate::results::PartOf { nodes: part.nodes, cells: part.cells, histogram: None });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("result.vtkhdf");
    on_threads(2, |comm| {
        let piece = piece_of(&results, |cell| cell % 2, comm.rank());
        let to = (comm.rank() == 0).then_some((&excerpt, path.as_path(), 4));
        write_vtkhdf_of_ranks(comm, &piece, to).unwrap();
    });
    write_summary(&results.summary, folder.path()).unwrap();
    let read = read_results(folder.path()).unwrap();
    assert_eq!(format!("{:?}", read.mesh), format!("{:?}", results.mesh));
}

/// Rows fill chunks across pieces and sections, compressed or not.
#[test]
fn long_pieces_follow_each_other_without_gaps() {
    let sizes = [SECTION + CHUNK / 2, 10, CHUNK, 2 * CHUNK + 1];
    let results = sample::hemisphere();
    let number = |rank: usize, k: usize| (1000 * k + rank) as f64;
    for compression in [0, 1] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("result.vtkhdf");
        on_threads(4, |comm| {
            let rank = comm.rank();
            let points = (0..sizes[rank]).map(|k| [number(rank, k), 0.5, -1.0]).collect();
            let mesh = Mesh { points, regions: vec!["a".into()], ..Mesh::default() };
            let nodes = (0..sizes[rank] as u32).collect();
            let piece = Piece { mesh, nodes, cells: Vec::new(), fields: Vec::new() };
            let to = (rank == 0).then_some((&results, path.as_path(), compression));
            write_vtkhdf_of_ranks(comm, &piece, to).unwrap();
        });
        let file = File::open(&path).unwrap();
        let points = file.dataset("VTKHDF/Points").unwrap().read_raw::<f64>().unwrap();
        let all = (0..4).flat_map(|rank| (0..sizes[rank]).map(move |k| (rank, k)));
        let wanted: Vec<f64> = all.flat_map(|(rank, k)| [number(rank, k), 0.5, -1.0]).collect();
        assert!(points == wanted, "compression {compression}");
    }
}

#[test]
fn a_file_that_cannot_be_made_keeps_no_rank_waiting() {
    let results = sample::hemisphere();
    let written = on_threads(3, |comm| {
        let piece = piece_of(&results, |cell| cell % 3, comm.rank());
        let to = (comm.rank() == 0).then_some((&results, Path::new("/nowhere/a.vtkhdf"), 4));
        let written = write_vtkhdf_of_ranks(comm, &piece, to).map_err(|error| error.to_string());
        // They still speak of the same thing.
        assert!(comm.all(true));
        written
    });
    let error = written[0].as_ref().unwrap_err();
    assert!(error.starts_with("cannot write /nowhere/a.vtkhdf: "), "{error}");
    assert!(written[1..].iter().all(Result::is_ok));
}

#[test]
fn damaged_pieces_are_errors() {
    let spoil = |name: &str, place: usize, value: i64| {
        let folder = write_four(&sample::hemisphere(), 0);
        let file = File::open_rw(folder.path().join("result.vtkhdf")).unwrap();
        let dataset = file.dataset(&format!("VTKHDF/{name}")).unwrap();
        let mut numbers = dataset.read_raw::<i64>().unwrap();
        numbers[place] = value;
        dataset.write_raw(&numbers).unwrap();
        drop((dataset, file));
        read_results(folder.path()).unwrap_err().to_string()
    };
    for (name, place, value, wanted) in [
        ("PointData/GlobalPointIds", 3, 1 << 40, "GlobalPointIds` does not number the whole"),
        ("PointData/GlobalPointIds", 3, 222, "GlobalPointIds` does not number the whole"),
        ("CellData/GlobalCellIds", 0, 4, "GlobalCellIds` does not number the whole"),
        ("NumberOfCells", 1, 1, "GlobalCellIds` does not number the whole"),
        ("NumberOfPoints", 0, -1, "`NumberOfPoints` is negative"),
        ("NumberOfConnectivityIds", 2, 0, "the cells do not fit their pieces"),
        ("Connectivity", 0, 10_000, "`Connectivity` names nodes that do not exist"),
    ] {
        let error = spoil(name, place, value);
        assert!(error.contains(wanted), "{name}: {error}");
    }
}
