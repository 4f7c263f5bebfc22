//! Newton's method from its own start, over every magnitude that a user may type.

use super::super::cell::{Solved, solve};
use super::super::row::{Comparison, Problem, Row};

/// How the cell is driven.
#[derive(Clone, Copy)]
enum Drive {
    /// Uniform current density.
    Uniform,
    /// Kinetics on both electrodes.
    BothKinetics,
    /// A potential of 1 V.
    Potential,
}

/// Powers of ten of the exchange current density \[mA/cm2\].
const EXCHANGE: [i32; 7] = [-8, -6, -4, -2, 0, 2, 4];
/// Powers of ten of the applied current density \[mA/cm2\].
const APPLIED: [i32; 3] = [-3, 0, 3];
/// Newton's method may take as many steps as a case allows by default.
const LIMIT: f64 = 50.0;

fn run(drive: Drive, exchange: i32, applied: i32) -> Result<Solved, String> {
    let kinetics = |more: &str| {
        format!("butler_volmer = {{ exchange_current_density = \"1e{exchange} mA/cm^2\"{more} }}\n")
    };
    let current = format!("current = {{ density = \"1e{applied} mA/cm^2\" }}\n");
    let counter = match drive {
        Drive::Uniform => current,
        Drive::BothKinetics => kinetics("") + &current,
        Drive::Potential => "potential = \"1 V\"\n[output]\ncounter = \"counter\"\n".to_owned(),
    };
    let anode = kinetics(", electrode_potential = \"0 V\"");
    solve(&format!(
        "temperature = \"298.15 K\"\n[mesh.defect]\nsymmetry = \"axisymmetric\"\n\
         shape = \"hemisphere\"\nradius = \"10 um\"\nrim_size = \"0.5 um\"\n\
         [material.SE]\nohm = {{ conductivity = \"0.9 mS/cm\" }}\n\
         [region]\nelectrolyte = \"SE\"\n[boundary.anode]\n{anode}[boundary.counter]\n{counter}"
    ))
    .map_err(|error| format!("i0 = 1e{exchange}, i = 1e{applied} mA/cm2: {error}"))
}

/// Rows of a family: `drive` with each of the applied currents (powers of ten, mA/cm2) and each
/// exchange current density.
fn problem(
    drive: Drive,
    applied: &'static [i32],
    name: &'static str,
    about: &'static str,
) -> Problem {
    let row = |quantity: &str, what: &str, tolerance, because: &str, source| {
        Row::new(
            format!("newton.{name}.{quantity}"),
            format!("{what}, {about}"),
            tolerance,
            because,
            source,
        )
    };
    let rows = vec![
        row(
            "balance",
            "largest current_balance_error",
            1e-10,
            "what the program promises by default",
            "charge is conserved",
        ),
        row(
            "iterations",
            "largest number of iterations",
            LIMIT,
            "the default of solver.newton.max_iterations",
            "the energy is convex, Nocedal and Wright, sec. 3.2",
        ),
    ];
    Problem::new(rows, move || {
        let (mut balance, mut iterations) = (0.0, 0);
        for exchange in EXCHANGE {
            for &applied in applied {
                let solved = run(drive, exchange, applied)?;
                balance = f64::max(balance, solved.quantity("current_balance_error")?);
                iterations = iterations.max(solved.0.summary.newton.iterations);
            }
        }
        Ok(vec![Comparison::absolute(0.0, balance), Comparison::absolute(0.0, iterations as f64)])
    })
}

/// The three families.
pub(super) fn problems() -> Vec<Problem> {
    vec![
        problem(
            Drive::Uniform,
            &APPLIED,
            "uniform",
            "uniform current, i0 from 1e-8 to 1e4, i from 1e-3 to 1e3 mA/cm2",
        ),
        problem(
            Drive::BothKinetics,
            &APPLIED,
            "both",
            "kinetics on both electrodes, i0 from 1e-8 to 1e4, i from 1e-3 to 1e3 mA/cm2",
        ),
        // The current is not given: a single one stands for all.
        problem(Drive::Potential, &[0], "potential", "1 V applied, i0 from 1e-8 to 1e4 mA/cm2"),
    ]
}
