//! Pressure in the overpotential: eta gains Omega p / F.

use super::super::cell::solve;
use super::super::row::{Comparison, Problem, Row};
use transport::FARADAY;

/// Partial molar volume of sodium \[m3/mol\].
const OMEGA: f64 = 23.68e-6;

const SOURCE: &str = "Monroe and Newman, J. Electrochem. Soc. 152 (2005) A396: Omega p / F";

/// A hemispherical pore of 10 um at 0.51 mA/cm2 with the contact pressure given on the anode.
fn pore(conductivity: f64, pressure: f64, omega: f64) -> String {
    format!(
        "temperature = \"298.15 K\"\n[mesh.defect]\nsymmetry = \"axisymmetric\"\n\
         shape = \"hemisphere\"\nradius = \"10 um\"\nrim_size = \"0.5 um\"\n\
         [material.SE]\nohm = {{ conductivity = \"{conductivity} mS/cm\" }}\n\
         elastic = {{ young = \"15 GPa\", poisson = 0.41 }}\n\
         [region]\nelectrolyte = \"SE\"\n[boundary.anode]\npressure = \"{pressure} MPa\"\n\
         butler_volmer = {{ exchange_current_density = \"1.3 mA/cm^2\", \
         electrode_potential = \"0 V\", partial_molar_volume = \"{omega:e} m^3/mol\" }}\n\
         [boundary.counter]\nroller = true\ncurrent = {{ density = \"0.51 mA/cm^2\" }}\n"
    )
}

/// Uniform pressure moves the potential and nothing else.
fn uniform(name: &'static str, conductivity: f64, pressure: f64) -> Problem {
    let about = format!("pore, {conductivity} mS/cm, uniform {pressure} MPa, with less without");
    let rows = vec![
        Row::new(
            format!("stress.uniform.{name}.{pressure}_mpa.overpotential"),
            format!("cell_overpotential [V]: {about}"),
            1e-9,
            "Newton's tolerance",
            SOURCE,
        ),
        Row::new(
            format!("stress.uniform.{name}.{pressure}_mpa.peak"),
            format!("peak_factor.anode: {about}"),
            1e-9,
            "Newton's tolerance",
            "a potential that is the same everywhere changes no current",
        ),
    ];
    Problem::new(rows, move || {
        let (with, without) = (
            solve(&pore(conductivity, pressure, OMEGA))?,
            solve(&pore(conductivity, pressure, 0.0))?,
        );
        let change =
            with.quantity("cell_overpotential")? - without.quantity("cell_overpotential")?;
        let peak = |of: &super::super::cell::Solved| of.quantity("peak_factor.anode");
        Ok(vec![
            Comparison::relative(OMEGA * pressure * 1e6 / FARADAY, change),
            Comparison::relative(peak(&without)?, peak(&with)?),
        ])
    })
}

/// A fifth of the face (the slit) under another pressure than the rest, in an electrolyte of hardly any
/// resistance: two resistances in parallel with a voltage between them.
fn step() -> Problem {
    let row = |part: &str| {
        Row::new(
            format!("stress.step.{part}"),
            format!(
                "mean_current_density.{part} [A/m2]: 30 MPa on a fifth of the face, 10 on the rest"
            ),
            1e-5,
            "resistance of the electrolyte left over, 2.5e-6 of the charge transfer's",
            "two resistances Rct / A in parallel, Omega (p1 - p2) / F between them",
        )
    };
    Problem::new(vec![row("pore"), row("anode")], || {
        let face = |name: &str, pressure: f64| {
            format!(
                "[boundary.{name}]\npressure = \"{pressure} MPa\"\nlinear_kinetics = {{ \
                 charge_transfer_resistance = \"20 ohm cm^2\", electrode_potential = \"0 V\", \
                 partial_molar_volume = \"{OMEGA:e} m^3/mol\" }}\n"
            )
        };
        let solved = solve(&format!(
            "[mesh.defect]\nsymmetry = \"planar\"\nshape = \"disc\"\nradius = \"10 um\"\n\
             rim_size = \"1 um\"\n[material.SE]\nohm = {{ conductivity = \"1e4 S/m\" }}\n\
             elastic = {{ young = \"15 GPa\", poisson = 0.3 }}\n[region]\nelectrolyte = \"SE\"\n\
             {}{}[boundary.counter]\nroller = true\ncurrent = {{ density = \"0.5 mA/cm^2\" }}\n",
            face("pore", 30.0),
            face("anode", 10.0)
        ))?;
        // Plating densities: the mean is the applied one, the difference what the voltage drives.
        let difference = OMEGA * 20e6 / FARADAY / 20e-4;
        let (part, mean) = (0.2, 5.0);
        let got = |name: &str| solved.quantity(&format!("mean_current_density.{name}"));
        Ok(vec![
            Comparison::relative(mean - (1.0 - part) * difference, got("pore")?),
            Comparison::relative(mean + part * difference, got("anode")?),
        ])
    })
}

/// Two electrolytes at two pressures, and a step of the pressure.
pub(super) fn problems() -> Vec<Problem> {
    let mut problems = vec![step()];
    for (name, conductivity) in [("nas", 0.9), ("nps", 0.1)] {
        problems.extend([10.0, 250.0].map(|pressure| uniform(name, conductivity, pressure)));
    }
    problems
}
