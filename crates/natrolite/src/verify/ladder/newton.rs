//! Newton's method from the state at zero current, over every magnitude that a user may type.

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
/// Powers of ten of the applied current density \[mA/cm2\]; the first is small against the drop over
/// slow kinetics.
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

/// The largest balance error of each applied current and the largest number of iterations.
fn extremes(drive: Drive, applied: &[i32]) -> Result<(Vec<f64>, usize), String> {
    let (mut balances, mut iterations) = (vec![0.0; applied.len()], 0);
    for exchange in EXCHANGE {
        for (balance, &applied) in balances.iter_mut().zip(applied) {
            let solved = run(drive, exchange, applied)?;
            *balance = f64::max(*balance, solved.quantity("current_balance_error")?);
            iterations = iterations.max(solved.0.summary.newton.iterations);
        }
    }
    Ok((balances, iterations))
}

fn balance(name: &str, about: &str, tolerance: f64, because: &str) -> Row {
    Row::new(
        format!("newton.{name}.balance"),
        format!("largest current_balance_error, {about}, i0 from 1e-8 to 1e4 mA/cm2"),
        tolerance,
        because,
        "charge is conserved",
    )
}

fn iterations(name: &str, about: &str) -> Row {
    Row::new(
        format!("newton.{name}.iterations"),
        format!("largest number of iterations, {about}, i0 from 1e-8 to 1e4 mA/cm2"),
        LIMIT,
        "the default of solver.newton.max_iterations",
        "the energy is convex, Nocedal and Wright, sec. 3.2",
    )
}

const PROMISE: &str = "what the program promises by default";
/// With i0 = 1e-8 mA/cm2 and 1e-3 mA/cm2 the electrolyte is 0.6 V below its metal, and the potential
/// falls by 6 uV over the whole cell, so that rounding of the 0.6 V is 1e-11 of that.
const ROUNDING: &str = "rounding of 0.6 V across the kinetics against a drop of 6 uV over 30 cells";

/// A given current, uniform or with kinetics on both electrodes.
fn galvanostatic(drive: Drive, name: &'static str, about: &'static str) -> Problem {
    let rows = vec![
        balance(&format!("{name}.small"), &format!("{about} of 1e-3 mA/cm2"), 1e-9, ROUNDING),
        balance(&format!("{name}.medium"), &format!("{about} of 1 mA/cm2"), 1e-10, PROMISE),
        balance(&format!("{name}.large"), &format!("{about} of 1e3 mA/cm2"), 1e-10, PROMISE),
        iterations(name, &format!("{about} of 1e-3 to 1e3 mA/cm2")),
    ];
    Problem::new(rows, move || {
        let (balances, iterations) = extremes(drive, &APPLIED)?;
        let balances = balances.into_iter().map(|b| Comparison::absolute(0.0, b));
        Ok(balances.chain([Comparison::absolute(0.0, iterations as f64)]).collect())
    })
}

/// The three families.
pub(super) fn problems() -> Vec<Problem> {
    let about = "1 V between electrode and counter";
    let rows = vec![balance("potential", about, 1e-10, PROMISE), iterations("potential", about)];
    let potential = Problem::new(rows, || {
        // The current is not given: any single one stands for all.
        let (balances, iterations) = extremes(Drive::Potential, &[0])?;
        Ok(vec![
            Comparison::absolute(0.0, balances[0]),
            Comparison::absolute(0.0, iterations as f64),
        ])
    });
    vec![
        galvanostatic(Drive::Uniform, "uniform", "uniform current"),
        galvanostatic(Drive::BothKinetics, "both", "kinetics on both electrodes, current"),
        potential,
    ]
}
