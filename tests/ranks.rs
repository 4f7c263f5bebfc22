//! Runs that are spread over ranks give what a run on one rank gives. Here ranks are threads, parts are
//! slices of the numbering, and one rank's factorisation solves for all: what is tested is what the
//! program does itself, and what needs no MPI.

#[path = "common/near.rs"]
mod near;
#[path = "common/on_ranks.rs"]
mod on_ranks;
#[path = "common/thread_ranks.rs"]
mod thread_ranks;

use algebra::comm::on_threads;
use algebra::{AmgProblem, Comm, Halo, LinearSolver};
use mesh::CornerGraph;
use natrolite::case::read_file;
use natrolite::results::Results;
use natrolite::run::ranks::{Engine, solve_on_ranks, solve_refined};
use natrolite::run::{
    Geometry, Observer, RunError, Silent, solve_case, solve_refined as solve_alone,
};
use near::assert_near;
use on_ranks::{
    assert_same_mesh, check_finer, compare, compare_fields, config, set, solve_and_write,
    written_alone,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use thread_ranks::Threads;

/// Ranks that count the words they get from others until the first solver is made.
struct Counted<'a> {
    comm: &'a dyn Comm,
    received: AtomicUsize,
    /// Corners of the mesh that was dealt, and what those of this rank weigh.
    corners: AtomicUsize,
    weight: AtomicUsize,
}

impl<'a> Counted<'a> {
    fn new(comm: &'a dyn Comm) -> Self {
        let [received, corners, weight] = Default::default();
        Counted { comm, received, corners, weight }
    }
}

impl Comm for Counted<'_> {
    fn rank(&self) -> usize {
        self.comm.rank()
    }

    fn size(&self) -> usize {
        self.comm.size()
    }

    fn exchange(&self, words: Vec<Vec<u64>>) -> Vec<Vec<u64>> {
        let received = self.comm.exchange(words);
        let others = received.iter().enumerate().filter(|(from, _)| *from != self.rank());
        self.received.fetch_add(others.map(|(_, words)| words.len()).sum(), Ordering::Relaxed);
        received
    }
}

/// Says how many these were, in place of a solver.
struct Counting<'a>(Counted<'a>);

impl Engine for Counting<'_> {
    fn comm(&self) -> &dyn Comm {
        &self.0
    }

    fn name(&self) -> String {
        "counting".into()
    }

    fn partition(&self, all: usize, graph: &CornerGraph) -> Result<Vec<u32>, String> {
        assert!(graph.start.len() - 1 <= all.div_ceil(self.0.size()));
        self.0.corners.store(all, Ordering::Relaxed);
        if let Some(weights) = &graph.weights {
            let sum = weights.iter().map(|&weight| weight as usize).sum();
            self.0.weight.store(sum, Ordering::Relaxed);
        }
        Ok(vec![self.0.rank() as u32; graph.start.len() - 1])
    }

    fn cells_each(&self) -> usize {
        100
    }

    fn solver<'e>(
        &'e self,
        _: Halo,
        _: bool,
        _: AmgProblem,
    ) -> Result<Box<dyn LinearSolver + Send + 'e>, String> {
        Err(self.0.received.load(Ordering::Relaxed).to_string())
    }

    fn mechanics_solver<'e>(
        &'e self,
        halo: Halo,
        is_direct: bool,
        problem: AmgProblem,
    ) -> Result<Box<dyn LinearSolver + Send + 'e>, String> {
        self.solver(halo, is_direct, problem)
    }
}

/// On eight ranks none but the first gets more than three quarters of what a mesh has in coordinates and cells,
/// graph and numbers of unknowns included.
fn check_that_parts_are_small(name: &str, values: &[&str]) {
    let case = read_file(&config(name), &set(values)).expect("a case");
    let mesh = Geometry::of(&case, 0).expect("a mesh").mesh;
    let nodes: usize = mesh.blocks.iter().map(|block| block.nodes.len()).sum();
    let whole = 3 * mesh.points.len() + nodes / 2;
    let received = on_threads(8, |comm| {
        let counting = Counting(Counted::new(comm));
        match solve_on_ranks(&case, 0, &counting, &mut Silent) {
            Err(RunError::Engine(count)) => {
                // Nothing is refined: all corners weigh the same.
                assert_eq!(counting.0.weight.load(Ordering::Relaxed), 0);
                count.parse::<usize>().expect("a number")
            }
            other => panic!("{:?}", other.map(|_| ())),
        }
    });
    for received in &received[1..] {
        assert!((100..whole / 4 * 3).contains(received), "{name}: {received} of {whole} words");
    }
}

/// The mesh that is dealt has less than a quarter of the corners of the one that is solved on, and ranks get less than
/// this fraction of what that has, questions and answers included.
fn check_that_fine_meshes_are_nowhere(name: &str, values: &[&str], fraction: f64) {
    let case = read_file(&config(name), &set(values)).expect("a case");
    let mesh = Geometry::of(&case, 1).expect("a mesh").mesh;
    let nodes: usize = mesh.blocks.iter().map(|block| block.nodes.len()).sum();
    let whole = 3 * mesh.points.len() + nodes / 2;
    let got = on_threads(2, |comm| {
        let counting = Counting(Counted::new(comm));
        match solve_refined(&case, 1, &counting, &mut Silent) {
            Err(RunError::Engine(count)) => {
                let received = count.parse::<usize>().expect("a number");
                let load = |count: &AtomicUsize| count.load(Ordering::Relaxed);
                (received, load(&counting.0.corners), load(&counting.0.weight))
            }
            other => panic!("{:?}", other.map(|_| ())),
        }
    });
    // A corner weighs what comes of it.
    assert_eq!(got.iter().map(|got| got.2).sum::<usize>(), mesh.points.len(), "{name}");
    for (received, corners, _) in got {
        assert!((10..mesh.corners().len() / 4).contains(&corners), "{name}: {corners} corners");
        let most = (fraction * whole as f64) as usize;
        assert!((1000..most).contains(&received), "{name}: {received} of {whole} words");
    }
}

#[test]
fn a_fine_mesh_is_nowhere_as_a_whole() {
    let rim = ["mesh.defect.rim_size=\"1 um\""];
    check_that_fine_meshes_are_nowhere("nps_pore_quarter.toml", &rim, 0.3);
    // So few cells that most are next to those of another rank.
    check_that_fine_meshes_are_nowhere("gmsh_pore_quarter.toml", &[], 1.0);
}

#[test]
fn no_rank_but_the_first_holds_the_whole() {
    check_that_parts_are_small("nas_pore.toml", &["mesh.defect.rim_size=\"2 nm\""]);
    check_that_parts_are_small("uniaxial_traction.toml", &["mesh.defect.rim_size=\"0.1 um\""]);
    check_that_parts_are_small("nas_pore_pressed.toml", &["mesh.defect.rim_size=\"2 nm\""]);
}

/// Runs a case on 1 to 3 ranks.
fn check(name: &str, values: &[&str]) {
    let case = read_file(&config(name), &set(values)).expect("a case");
    let one = solve_case(&case, 0, &mut Silent).expect("solved");
    let alone = written_alone(&one);
    for ranks in 1..=3 {
        let what = format!("{name} on {ranks} ranks");
        let [many, read] =
            solve_and_write(&case, (0, 100), (ranks, if ranks == 2 { 0 } else { 4 }));
        compare(&one, &many, &what);
        compare(&alone, &read, &what);
        compare_fields(&alone, &read, &what);
        assert_same_mesh(&alone, &read, &what);
        let is_part = ranks > 1 && one.mesh.dimension == 3;
        assert_eq!(many.part_of.is_some(), is_part, "{what}");
        let about = many.summary.ranks.as_ref().expect("told");
        assert_eq!((about.count, about.most_ghosts > 0), (ranks, ranks > 1));
        assert!(about.imbalance >= 1.0 && about.imbalance < 2.0, "{about:?}");
        let norms = one.summary.newton.residuals.iter().zip(&many.summary.newton.residuals);
        // Rounding apart, it is the same iteration.
        for (a, b) in norms.filter(|(a, _)| **a > 1e-6) {
            assert!((a - b).abs() <= 1e-6 * a, "{name} on {ranks} ranks: {a:e} {b:e}");
        }
    }
}

/// The same of a case of `configs/`.
fn check_finer_config(name: &str, values: &[&str], refined: (u32, usize)) {
    let case = read_file(&config(name), &set(values)).expect("a case");
    check_finer(&case, &format!("{name} {values:?}"), refined);
}

#[test]
fn ranks_refine_their_parts() {
    let quarter = ["mesh.defect.symmetry=\"quarter\"", "mesh.defect.rim_size=\"3 um\""];
    check_finer_config("nas_pore.toml", &quarter, (1, 100));
    let linear = [quarter[0], quarter[1], "discretization.order=1"];
    check_finer_config("meshed_anode.toml", &linear, (1, 100));
    check_finer_config("equipotential_counter.toml", &linear, (1, 100));
    check_finer_config("gmsh_pore_quarter.toml", &[], (1, 100));
}

#[test]
fn ranks_refine_their_parts_several_times() {
    let linear = [
        "mesh.defect.symmetry=\"quarter\"",
        "mesh.defect.rim_size=\"6 um\"",
        "discretization.order=1",
    ];
    check_finer_config("nas_pore.toml", &linear, (2, 100));
}

/// A pore that metal fills: kinetics where they meet, in a file of tetrahedra.
const FILLED_PORE: &str = r#"
[mesh]
file = "FILE"
unit = "um"
[region]
electrolyte = "Na3PS4"
metal = "Na"
[interface.contact]
between = ["electrolyte", "metal"]
butler_volmer = { exchange_current_density = "1.3 mA/cm^2" }
[boundary.collector]
potential = "0 V"
[boundary.counter]
current = { density = "0.5 mA/cm^2" }
"#;

#[test]
fn ranks_refine_both_sides_of_an_interface_of_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("case.toml");
    let file = config("../meshes/filled_pore.msh");
    let text = FILLED_PORE.replace("FILE", file.to_str().expect("a name"));
    std::fs::write(&path, text).expect("written");
    let of = |values: &[&str]| read_file(&path, &set(values)).expect("a case");
    check_finer(&of(&[]), "a filled pore", (1, 100));
    check_finer(&of(&["discretization.order=1"]), "a filled pore of first order", (2, 100));
}

/// Keeps the last iterate.
#[derive(Default)]
struct Keeping(Vec<f64>);

impl Observer for Keeping {
    fn phase(&mut self, _: &str) {}
    fn iteration(&mut self, _: usize, _: f64) {}
    fn warn(&mut self, _: &str) {}
    fn wants_iterate(&mut self) -> bool {
        true
    }
    fn keep_iterate(&mut self, _: usize, unknowns: &[f64]) {
        self.0 = unknowns.to_vec();
    }
}

#[test]
fn iterates_of_meshes_that_ranks_refine_serve_any_number_of_ranks() {
    let quarter = ["mesh.defect.symmetry=\"quarter\"", "mesh.defect.rim_size=\"3 um\""];
    // An electrode whose one potential is an unknown, after all others; and none.
    let floating = read_file(&config("equipotential_counter.toml"), &set(&quarter));
    let file = read_file(&config("gmsh_pore_quarter.toml"), &[]);
    for case in [floating.expect("a case"), file.expect("a case")] {
        let mut alone = Keeping::default();
        solve_alone(&case, 1, &mut alone).expect("solved");
        let kept = on_threads(3, |comm| {
            let mut kept = Keeping::default();
            solve_refined(&case, 1, &Threads { comm, cells_each: 100 }, &mut kept).expect("solved");
            kept.0
        });
        assert!(alone.0.len() > 1000 && kept[1].is_empty() && kept[2].is_empty());
        assert_near(&alone.0, &kept[0], 1e-8, "the last iterate");
    }
}

#[test]
fn a_pore_with_kinetics() {
    check("nas_pore.toml", &[]);
}

#[test]
fn kinetics_at_an_interface_with_a_meshed_metal() {
    check("contact_resistance.toml", &[]);
    check("meshed_anode.toml", &[]);
}

#[test]
fn a_mesh_file_in_space() {
    check("gmsh_pore_quarter.toml", &[]);
}

#[test]
fn an_electrode_that_floats_as_a_whole() {
    check("equipotential_counter.toml", &[]);
    check("symmetric_cell_nas.toml", &[]);
}

#[test]
fn finer_meshes_give_estimates_of_errors() {
    let case = read_file(&config("nas_pore.toml"), &[]).expect("a case");
    let one = solve_case(&case, 2, &mut Silent).expect("solved");
    let mut all = on_threads(2, |comm| {
        solve_on_ranks(&case, 2, &Threads { comm, cells_each: 100 }, &mut Silent)
            .expect("solved")
            .results
    });
    let many = all.swap_remove(0).expect("rank 0 has them");
    compare_fields(&one, &many, "refined");
    compare(&one, &many, "refined");
    let estimate = |results: &Results| {
        let peak = results.summary.quantities.get("peak_factor.anode").expect("a quantity");
        peak.error_estimate.expect("three meshes")
    };
    assert!((estimate(&one) / estimate(&many) - 1.0).abs() < 1e-3);
}

#[test]
fn what_does_not_converge_says_where() {
    let values = ["solver.newton.max_iterations=1", "solver.newton.rtol=1e-14"];
    let case = read_file(&config("nas_pore.toml"), &set(&values)).expect("a case");
    let one = solve_case(&case, 0, &mut Silent).expect("results all the same");
    let mut all = on_threads(2, |comm| {
        let solved = solve_on_ranks(&case, 0, &Threads { comm, cells_each: 100 }, &mut Silent);
        solved.expect("results all the same").results
    });
    let many = all.swap_remove(0).expect("rank 0 has them");
    assert!(one.log.lines().next().is_some_and(|line| line.contains("largest at")), "{}", one.log);
    assert_eq!(one.log.lines().next(), many.log.lines().next());
    assert_eq!(one.summary.status, many.summary.status);
}

#[test]
fn errors_are_found_on_all_ranks() {
    let case = read_file(&config("nas_pore.toml"), &[]).expect("a case");
    struct Broken<'a>(Threads<'a>);
    impl Engine for Broken<'_> {
        fn comm(&self) -> &dyn Comm {
            self.0.comm
        }
        fn name(&self) -> String {
            self.0.name()
        }
        fn partition(&self, _: usize, _: &CornerGraph) -> Result<Vec<u32>, String> {
            Err("no partitioner".into())
        }
        fn solver<'e>(
            &'e self,
            _: Halo,
            _: bool,
            _: AmgProblem,
        ) -> Result<Box<dyn LinearSolver + Send + 'e>, String> {
            Err("no solver".into())
        }
        fn mechanics_solver<'e>(
            &'e self,
            _: Halo,
            _: bool,
            _: AmgProblem,
        ) -> Result<Box<dyn LinearSolver + Send + 'e>, String> {
            Err("no solver".into())
        }
    }
    for (ranks, wanted) in [(1, "no solver"), (2, "no partitioner")] {
        let failures = on_threads(ranks, |comm| {
            match solve_on_ranks(&case, 0, &Broken(Threads { comm, cells_each: 100 }), &mut Silent)
            {
                Err(RunError::Engine(message)) => message,
                other => panic!("{:?}", other.map(|_| ())),
            }
        });
        assert_eq!(failures, vec![wanted; ranks]);
    }
}

#[test]
fn a_pore_under_pressure() {
    check("nas_pore_pressed.toml", &[]);
}

#[test]
fn contact_in_space_and_under_an_obstacle() {
    check("contact_quarter.toml", &[]);
    check("hertz_sphere.toml", &[]);
}

#[test]
fn a_compliant_interface_and_a_platen() {
    check("compliant_interface.toml", &[]);
    check("pellet_force.toml", &[]);
}

#[test]
fn stress_without_current() {
    check("uniaxial_traction.toml", &[]);
}

#[test]
fn a_body_that_is_not_held_ends_all_ranks_and_is_named_once() {
    let text = std::fs::read_to_string(config("nas_pore_pressed.toml")).expect("a case");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("case.toml");
    std::fs::write(&file, text.replace("roller  = true", "")).expect("written");
    let case = read_file(&file, &[]).expect("a case");
    let said = on_threads(2, |comm| {
        let solved = solve_on_ranks(&case, 0, &Threads { comm, cells_each: 100 }, &mut Silent);
        solved.map(|_| ()).expect_err("it is not held").to_string()
    });
    assert!(said[0].contains("region `electrolyte` can move along the axis (z)"), "{}", said[0]);
    assert_eq!(said[1], "another rank failed");
}
