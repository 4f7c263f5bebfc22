//! How points are solved; what comes out is compared with full runs elsewhere.

use super::*;
use crate::run::point::condense;
use std::path::Path;

/// A pore of 10 µm; `anode` and `counter` are the laws there.
fn pore(anode: &str, counter: &str) -> Case {
    let text = format!(
        "temperature = \"298.15 K\"\n[mesh.defect]\nsymmetry = \"axisymmetric\"\n\
         shape = \"hemisphere\"\nradius = \"10 um\"\nrim_size = \"0.6 um\"\n\
         [material.NPS]\nohm = {{ conductivity = \"0.1 mS/cm\" }}\n\
         [region]\nelectrolyte = \"NPS\"\n[boundary.anode]\n{anode}\n[boundary.counter]\n{counter}\n"
    );
    let case = crate::case::read(Path::new("a.toml"), &text, &[], crate::registry::laws());
    case.expect("a case")
}

/// Solves cases one after the other, each from the solution of the one before: Newton's residuals of each, and what the
/// last one leaves.
fn solve_all(cases: &[Case]) -> (Vec<Vec<f64>>, Neighbours) {
    let geometry = Geometry::of(&cases[0], 0).expect("a mesh");
    let condensed = condense(&cases[0], &geometry, 1000).expect("few unknowns");
    let (mut start, mut neighbours) = (Vec::new(), Neighbours::default());
    let (mut outcome, mut currents) = Default::default();
    let mut residuals = Vec::new();
    for (k, case) in cases.iter().enumerate() {
        let model = condensed.model(case, &geometry, &[]).expect("a model");
        assert!(condensed.fits(&model));
        let step = Step { case, number: 1 + k, moved: None };
        let memory = (&mut outcome, &mut currents);
        condensed.solve(&step, &model, &mut start, &mut neighbours, memory).expect("a solution");
        let Outcome { newton, .. } = &outcome;
        assert!(newton.converged);
        residuals.push(newton.residuals.clone());
    }
    (residuals, neighbours)
}

fn kinetics_of(milliamperes: f64) -> String {
    format!("butler_volmer = {{ exchange_current_density = \"{milliamperes} mA/cm^2\"")
}

#[test]
fn a_run_of_points_begins_at_the_potential_where_currents_balance() {
    let anode = kinetics_of(0.2) + ", electrode_potential = \"0 V\" }";
    let (residuals, neighbours) =
        solve_all(&[pore(&anode, "current = { density = \"2 mA/cm^2\" }")]);
    // The potential at rest is 0.1 V away, where all of the current is missing.
    assert!(residuals[0][0] < 0.9 && residuals[0].len() < 10, "{residuals:?}");
    assert!(
        neighbours.by_modes && neighbours.solver.kept(neighbours.equations.size.len()).is_none()
    );
}

#[test]
fn modes_serve_an_electrode_that_floats() {
    let case = |milliamperes: f64| {
        let anode = kinetics_of(milliamperes) + " }\ncurrent = { density = \"-1 mA/cm^2\" }";
        pore(&anode, "potential = \"0 V\"")
    };
    let (residuals, neighbours) = solve_all(&[case(1.0), case(1.4)]);
    // The unknown of the electrode has no conduction, and no size of it.
    assert!(neighbours.sizes.common.is_some() && neighbours.by_modes);
    assert!(residuals[1].len() <= 8, "{residuals:?}");
}

#[test]
fn currents_balance_at_once_where_fast_kinetics_float() {
    // Both sides of the law move: the sum of the currents is linear, whatever its slope.
    let anode = kinetics_of(1000.0) + " }\ncurrent = { density = \"-1 mA/cm^2\" }";
    let case = pore(&anode, "potential = \"0 V\"");
    let geometry = Geometry::of(&case, 0).expect("a mesh");
    let condensed = condense(&case, &geometry, 1000).expect("few unknowns");
    let model = condensed.model(&case, &geometry, &[]).expect("a model");
    let conductivity = 0.01;
    let mut memory = EquationsMemory::default();
    memory.size = vec![conductivity; condensed.kept()];
    condensed.drive(&model, &|_| conductivity).constant(&condensed, &mut memory.constant);
    let mut equations = SurfaceEquations::new(&condensed, &model, &mut memory);
    let mut u = vec![0.0; condensed.kept()];
    assert!(equations.level(&mut u));
    let mut r = vec![0.0; u.len()];
    equations.residual(&u, &mut r).expect("finite");
    // 10 A/m2 through a disc of five radii without the mouth.
    let current = 10.0 * std::f64::consts::PI * (50e-6_f64.powi(2) - 10e-6_f64.powi(2));
    assert!(r.iter().sum::<f64>().abs() < 1e-9 * current, "{r:?}");
    assert!(u.iter().all(|x| *x == u[0]) && u[0] != 0.0, "{u:?}");
}

#[test]
fn steps_serve_where_they_leave_little_or_there_was_little_to_leave() {
    let info = |stop: Stop, residuals: &[f64]| NewtonInfo {
        stop,
        iterations: residuals.len() - 1,
        residuals: residuals.to_vec(),
        ..NewtonInfo::default()
    };
    let serves = |stop, residuals: &[f64]| serve(&info(stop, residuals), 1e-12);
    assert!(serves(Stop::Tolerance, &[1e-6, 1e-9, 1e-13]));
    assert!(!serves(Stop::Tolerance, &[1e-6, 5e-7, 2e-7]));
    assert!(serves(Stop::Rounding, &[1e-9, 8e-10, 6e-10]), "rounding is left");
    assert!(serves(Stop::Tolerance, &[9e-11, 8e-11]), "it was all but solved");
}
