//! A flat cell: the same kinetics on the disc as around it, so that the anode's face is whole.

use super::super::cell::{Solved, solve};
use super::super::closed_form::{butler_volmer_overpotential, slab_voltage};
use super::super::row::{Comparison, Problem, Row};
use super::worst;

/// Temperature \[K\].
const TEMPERATURE: f64 = 298.15;
const SOURCE: &str = "V = iL/kappa + eta(i) - eta(-i), Newman and Thomas-Alyea, eq. 8.22";

/// Kinetics with these transfer coefficients, to which a potential or a current is added.
fn kinetics([anodic, cathodic]: [f64; 2], more: &str) -> String {
    format!(
        "butler_volmer = {{ exchange_current_density = \"1.3 mA/cm^2\", anodic_transfer = {anodic}, \
         cathodic_transfer = {cathodic}{more} }}\n"
    )
}

/// Thickness 50 um, 0.9 mS/cm, 0.51 mA/cm2; kinetics on both faces.
fn cell(symmetry: &str, transfer: [f64; 2]) -> Result<Solved, String> {
    let anode = kinetics(transfer, ", electrode_potential = \"0 V\"");
    let counter = kinetics(transfer, "");
    solve(&format!(
        "temperature = \"{TEMPERATURE} K\"\n[mesh.defect]\nsymmetry = \"{symmetry}\"\n\
         shape = \"disc\"\nradius = \"10 um\"\nwidth = \"50 um\"\nthickness = \"50 um\"\n\
         rim_size = \"2 um\"\n[material.SE]\nohm = {{ conductivity = \"0.9 mS/cm\" }}\n\
         [region]\nelectrolyte = \"SE\"\n[boundary.anode]\n{anode}[boundary.pore]\n{anode}\
         [boundary.counter]\n{counter}current = {{ density = \"0.51 mA/cm^2\" }}\n"
    ))
}

fn problem(symmetry: &'static str, transfer: [f64; 2]) -> Problem {
    let [anodic, cathodic] = transfer;
    let name = |what: &str| format!("slab.{what}.{symmetry}.aa_{anodic}_ac_{cathodic}");
    let because = "linear in z: rounding, and Newton's tolerance";
    let rows = vec![
        Row::new(
            name("voltage"),
            "cell_overpotential, kinetics on both faces",
            1e-11,
            because,
            SOURCE,
        ),
        Row::new(name("anode"), "overpotential at every node of the anode", 1e-11, because, SOURCE),
    ];
    Problem::new(rows, move || {
        let solved = cell(symmetry, transfer)?;
        let voltage = slab_voltage(5.1, 5e-5, 0.09, 13.0, TEMPERATURE, (anodic, cathodic));
        let plating = butler_volmer_overpotential(-5.1, 13.0, TEMPERATURE, anodic, cathodic);
        let eta = solved.profile("anode", "overpotential")?;
        Ok(vec![
            Comparison::relative(voltage, solved.quantity("cell_overpotential")?),
            worst(eta.into_iter().map(|(_, eta)| (plating, eta)))?,
        ])
    })
}

/// Both plane symmetries, equal and different transfer coefficients.
pub(super) fn problems() -> Vec<Problem> {
    vec![
        problem("planar", [0.5, 0.5]),
        problem("axisymmetric", [0.5, 0.5]),
        problem("planar", [0.3, 0.7]),
        problem("axisymmetric", [0.8, 0.4]),
    ]
}
