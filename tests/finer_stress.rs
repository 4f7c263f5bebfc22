//! The stress side on meshes that ranks refine after they were dealt: the same as on one rank. Here ranks are threads,
//! as in `ranks.rs`.

#[path = "common/bonded.rs"]
mod bonded;
#[path = "common/bricks.rs"]
mod bricks;
#[path = "common/near.rs"]
mod near;
#[path = "common/on_ranks.rs"]
mod on_ranks;
#[path = "common/thread_ranks.rs"]
mod thread_ranks;

use algebra::comm::on_threads;
use bonded::{BONDED, MATERIALS};
use natrolite::case::{Case, read_file};
use natrolite::run::ranks::solve_refined;
use natrolite::run::{Observer, StressState, solve_refined as solve_alone};
use near::assert_near;
use on_ranks::{check_finer, compare, config, set};
use thread_ranks::Threads;

/// A case of this text, with a file of `meshes/` for `FILE`.
fn case_of(text: &str, values: &[&str]) -> Case {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("case.toml");
    let file = config("../meshes/filled_pore.msh");
    let text = text.replace("FILE", file.to_str().expect("a name"));
    std::fs::write(&path, text).expect("written");
    read_file(&path, &set(values)).expect("a case")
}

#[test]
fn joined_sides_and_a_platen() {
    let text = format!("{BONDED}{MATERIALS}");
    check_finer(&case_of(&text, &[]), "bonded", (1, 100));
    check_finer(&case_of(&text, &["discretization.order=1"]), "bonded, linear", (2, 100));
}

#[test]
fn stress_alone_with_a_platen_that_is_moved() {
    let text = format!("{BONDED}{MATERIALS}");
    let text = text.replace("potential = \"0 V\"\n", "");
    let text = text.replace("current = { density = \"0.5 mA/cm^2\" }\n", "");
    let text = text.replace("pressure = \"10 MPa\"", "displacement = \"1 nm\"");
    let interface = "[interface.contact]\nbetween = [\"electrolyte\", \"metal\"]\n\
                     butler_volmer = { exchange_current_density = \"1.3 mA/cm^2\" }\n";
    let text = text.replace(interface, "");
    check_finer(&case_of(&text, &["discretization.order=1"]), "moved", (1, 100));
}

#[test]
fn a_compliant_interface() {
    let law = "contact = { law = \"compliant\", pressure = \"1 MPa\", length = \"0.5 um\" }\n\
               contact_fraction = { law = \"persson\", effective_modulus = \"3.95 GPa\", rms_slope = 0.05 }\n";
    let text = BONDED.replace("butler_volmer", &format!("{law}butler_volmer"));
    // The sides push each other apart.
    let text = text.replace("platen = { pressure = \"10 MPa\" }", "fixed = true");
    let text = format!("{text}{MATERIALS}");
    // Newton's method ends where rounding does.
    let values = ["discretization.order=1", "solver.newton.rtol=1e-13"];
    check_finer(&case_of(&text, &values), "compliant", (1, 100));
}

/// A pore that carries a pressure, which its kinetics read, on a built-in mesh.
const PORE: &str = r#"
[mesh.defect]
symmetry = "quarter"
shape = "hemisphere"
radius = "10 um"
rim_size = "8 um"
[region]
electrolyte = "NAS"
[boundary.anode]
roller = true
butler_volmer = { exchange_current_density = "1.3 mA/cm^2", electrode_potential = "0 V" }
[boundary.pore]
pressure = "5 MPa"
contact_fraction = { law = "plastic", form = "saturated", hardness = "20 MPa" }
butler_volmer = { exchange_current_density = "1.3 mA/cm^2", electrode_potential = "0 V" }
[boundary.counter]
current = { density = "0.5 mA/cm^2" }
platen = { force = "0.05 N" }
"#;

#[test]
fn a_pore_under_a_given_pressure() {
    let text = format!("{PORE}{MATERIALS}");
    check_finer(&case_of(&text, &["discretization.order=1"]), "pore", (1, 30));
}

/// A case of `configs/`.
fn config_with(name: &str, values: &[&str]) -> Case {
    read_file(&config(name), &set(values)).expect("a case")
}

/// Keeps the stress side, or begins with one.
#[derive(Default)]
struct Keeping {
    kept: Option<StressState>,
    first: Option<StressState>,
}

impl Observer for Keeping {
    fn phase(&mut self, _: &str) {}
    fn iteration(&mut self, _: usize, _: f64) {}
    fn warn(&mut self, _: &str) {}
    fn first_stress(&mut self, fits: &dyn Fn(&StressState) -> bool) -> Option<StressState> {
        self.first.take().filter(fits)
    }
    fn wants_stress(&mut self) -> bool {
        true
    }
    fn keep_stress(&mut self, state: &StressState) {
        self.kept = Some(state.clone());
    }
}

#[test]
fn a_stress_side_that_was_kept_serves_another_number_of_ranks() {
    let case = config_with("contact_quarter.toml", &["mesh.defect.rim_size=\"5 um\""]);
    let mut alone = Keeping::default();
    let one = solve_alone(&case, 1, &mut alone).expect("solved");
    let kept = alone.kept.expect("kept");
    let wanted = &one.summary.mechanics.as_ref().expect("there is stress").exchanged;
    let run = |ranks: usize, first: &StressState| {
        let mut all = on_threads(ranks, |comm| {
            let first = (comm.rank() == 0).then(|| first.clone());
            let mut observer = Keeping { kept: None, first };
            let engine = Threads { comm, cells_each: 40 };
            let (_, solved) = solve_refined(&case, 1, &engine, &mut observer).expect("solved");
            (solved.results, observer.kept)
        });
        let (results, kept) = all.swap_remove(0);
        (results.expect("rank 0 has them"), kept)
    };
    // What does not fit is solved anew, and kept.
    let nothing = StressState { unknowns: Vec::new(), contact: None, newton: (0, 0.0) };
    let (_, of_two) = run(2, &nothing);
    let of_two = of_two.expect("kept");
    assert_near(&kept.unknowns, &of_two.unknowns, 1e-8, "displacements and platens");
    let [a, b] = [&kept, &of_two].map(|state| state.contact.as_ref().expect("there is contact"));
    assert!(a.active.len() > 50 && a.active == b.active && a.exchanged == b.exchanged);
    let (again, kept) = run(3, &of_two);
    assert!(kept.is_none(), "nothing is solved again");
    let mechanics = again.summary.mechanics.as_ref().expect("there is stress");
    assert_eq!((&mechanics.solver[..], &mechanics.exchanged), ("an earlier run", wanted));
    compare(&one, &again, "from two ranks on three");
}

#[test]
fn a_void_that_closes() {
    let rim = "mesh.defect.rim_size=\"4 um\"";
    check_finer(&config_with("contact_quarter.toml", &[rim]), "a void", (1, 100));
}

#[test]
fn a_curved_surface_that_may_part() {
    let law = "contact = { gap = { formula = \"1*nm + 0.1*nm*cos(x/(3*um))\" } }\n";
    let text = BONDED.replace("butler_volmer", &format!("{law}butler_volmer"));
    let text = text.replace("platen", "fixed = [\"x\", \"y\"]\nplaten");
    let text = format!("{text}{MATERIALS}");
    check_finer(&case_of(&text, &["discretization.order=1"]), "parting", (1, 100));
    check_finer(&case_of(&text, &[]), "parting, second order", (1, 100));
}

/// A body that may leave an obstacle, bonded to one that the obstacle does not reach: what is joined to a gap moves
/// with it.
#[test]
fn a_body_joined_to_one_that_may_part() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("case.toml");
    std::fs::write(folder.path().join("bricks.msh"), bricks::two_bricks(3)).expect("written");
    let text = r#"
[mesh]
file = "bricks.msh"
unit = "um"
[region]
left = "NAS"
right = "sodium"
[boundary.bottom]
contact = { obstacle = { sphere = { radius = "0.2 mm" } } }
[boundary.top]
fixed = ["x", "y"]
platen = { pressure = "10 MPa" }
"#;
    std::fs::write(&path, format!("{text}{MATERIALS}")).expect("written");
    for order in ["discretization.order=1", "discretization.order=2"] {
        check_finer(&read_file(&path, &set(&[order])).expect("a case"), order, (1, 18));
    }
}

#[test]
fn an_obstacle_under_a_platen() {
    let quarter = "mesh.defect.symmetry=\"quarter\"";
    let size = ["mesh.defect.width=\"100 um\"", "mesh.defect.thickness=\"50 um\""];
    let rim = "mesh.defect.rim_size=\"8 um\"";
    let linear = [quarter, size[0], size[1], rim, "discretization.order=1"];
    check_finer(&config_with("pellet_force.toml", &linear), "a pellet", (1, 40));
    let ball = "boundary.anode.contact.obstacle={sphere={radius=\"5 mm\"}}";
    let ball = [&linear[..], &[ball]].concat();
    check_finer(&config_with("pellet_force.toml", &ball), "a ball", (1, 40));
}
