//! Runs on ranks that are threads, compared with the same run alone.

use crate::near::{assert_gaps, assert_near, assert_quantity};
use crate::thread_ranks::Threads;
use algebra::comm::on_threads;
use natrolite::case::Case;
use natrolite::output::{read_results, write_data, write_solved, write_summary};
use natrolite::results::{MeshSummary, Results};
use natrolite::run::ranks::solve_on_ranks;
use natrolite::run::{Geometry, Silent, solve_case};
use std::path::Path;

pub fn config(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs").join(name)
}

pub fn set(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

/// The results of `ranks` threads: as rank 0 has them, and as they are read from the file to which each rank
/// adds its piece.
pub fn solve_and_write(
    case: &Case,
    (refinement, cells_each): (u32, usize),
    (ranks, compression): (usize, u8),
) -> [Results; 2] {
    let folder = tempfile::tempdir().expect("a folder");
    let mut all = on_threads(ranks, |comm| {
        let engine = Threads { comm, cells_each };
        let solved = solve_on_ranks(case, refinement, &engine, &mut Silent).expect("solved");
        write_solved(comm, &solved, Some((folder.path(), compression))).expect("written");
        solved.results
    });
    assert!(all[1..].iter().all(Option::is_none));
    let results = all.swap_remove(0).expect("rank 0 has them");
    write_summary(&results.summary, folder.path()).expect("written");
    let read = read_results(folder.path()).expect("its own file");
    [results, read]
}

/// The same run alone, as read from its file.
pub fn written_alone(results: &Results) -> Results {
    let folder = tempfile::tempdir().expect("a folder");
    write_data(results, folder.path(), 4).expect("written");
    write_summary(&results.summary, folder.path()).expect("written");
    read_results(folder.path()).expect("its own file")
}

/// The same nodes, cells and facets under the same numbers.
pub fn assert_same_mesh(one: &Results, many: &Results, what: &str) {
    assert_eq!(one.mesh.points, many.mesh.points, "{what}");
    // Everything is plain data.
    assert_eq!(format!("{:?}", one.mesh), format!("{:?}", many.mesh), "{what}");
    assert_eq!(one.symmetry, many.symmetry, "{what}");
}

/// Counts and quality are the same; measures are sums over the ranks, and may differ by rounding.
pub fn compare_meshes(one: &MeshSummary, many: &MeshSummary, what: &str) {
    let about = |mesh: &MeshSummary| (mesh.cells, mesh.nodes, mesh.min_quality, mesh.rim_size);
    assert_eq!(about(one), about(many), "{what}");
    for (one, many) in [(&one.regions, &many.regions), (&one.boundaries, &many.boundaries)] {
        assert_eq!(one.0.len(), many.0.len(), "{what}");
        for ((name, a), (other, b)) in one.0.iter().zip(&many.0) {
            assert_eq!(name, other, "{what}");
            assert!((a.measure - b.measure).abs() <= 1e-13 * a.measure, "{what}: {a:?} {b:?}");
        }
    }
}

/// Quantities to 1e-10 of their value, profiles and fields on surfaces to 1e-10 of their largest.
pub fn compare(one: &Results, many: &Results, what: &str) {
    for (name, wanted) in one.summary.quantities.iter() {
        let got = many.summary.quantities.get(name).unwrap_or_else(|| panic!("{what}: {name}"));
        assert_quantity(name, wanted.value, got.value, what);
    }
    compare_meshes(&one.summary.mesh, &many.summary.mesh, what);
    assert_eq!(one.summary.dofs, many.summary.dofs, "{what}");
    assert_eq!(one.profiles.len(), many.profiles.len(), "{what}");
    for (a, b) in one.profiles.iter().zip(&many.profiles) {
        assert_eq!((&a.name, a.suffix, &a.line), (&b.name, b.suffix, &b.line), "{what}");
        assert_eq!(a.columns.len(), b.columns.len(), "{what}");
        for (a, b) in a.columns.iter().zip(&b.columns) {
            let what = format!("{what}: {}", a.name);
            match a.name {
                "gap" => assert_gaps(&a.values, &b.values, &what),
                _ => assert_near(&a.values, &b.values, 1e-10, &what),
            }
        }
    }
    assert_eq!(one.surface_fields.len(), many.surface_fields.len(), "{what}");
    for (a, b) in one.surface_fields.iter().zip(&many.surface_fields) {
        assert_eq!((&a.surface, a.name), (&b.surface, b.name), "{what}");
        let what = format!("{what}: {} of {}", a.name, a.surface);
        match a.name {
            "gap" => assert_gaps(&a.values, &b.values, &what),
            _ => assert_near(&a.values, &b.values, 1e-10, &what),
        }
    }
}

/// The fields of whole meshes to 1e-8 of their largest.
pub fn compare_fields(one: &Results, many: &Results, what: &str) {
    assert_eq!(one.fields.len(), many.fields.len(), "{what}");
    for (a, b) in one.fields.iter().zip(&many.fields) {
        assert_eq!((&a.name, a.unit, a.components), (&b.name, b.unit, b.components), "{what}");
        assert_near(&a.values, &b.values, 1e-8, &format!("{what}: {}", a.name));
    }
}

/// Runs a case on a mesh that 2 and 3 ranks refine after it was dealt, so many times and with these cells each, and
/// compares with one rank: the same nodes, cells and facets, under the same numbers.
pub fn check_finer(case: &Case, what: &str, (refinement, cells_each): (u32, usize)) {
    let one = solve_case(case, refinement, &mut Silent).expect("solved");
    let alone = written_alone(&one);
    for ranks in [2, 3] {
        let (dealt, level) =
            Geometry::first_of(case, refinement, Some(ranks * cells_each)).expect("a mesh");
        assert_eq!(level, 0, "{what}: {} cells are dealt", dealt.mesh.cell_count());
        let what = format!("{what} refined {refinement} times on {ranks} ranks");
        let [many, read] = solve_and_write(case, (refinement, cells_each), (ranks, 4));
        compare(&one, &many, &what);
        compare(&alone, &read, &what);
        compare_fields(&alone, &read, &what);
        assert_same_mesh(&alone, &read, &what);
        let histogram = |results: &Results| results.part_of.as_ref().and_then(|p| p.histogram);
        let counted: usize = histogram(&many).expect("a part").iter().sum();
        assert_eq!(counted, one.summary.mesh.cells, "{what}");
        let about = many.summary.ranks.as_ref().expect("told");
        assert!(about.imbalance < 2.0, "{what}: {about:?}");
    }
}
