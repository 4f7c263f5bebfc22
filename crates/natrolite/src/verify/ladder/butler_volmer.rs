//! Full Butler-Volmer kinetics around a pore, against two other programs.

use super::super::cell::solve;
use super::super::row::{Comparison, Problem, Row};

/// The numbers agree between NGSolve 6.2.2608 (curved triangles, order 8) and scikit-fem 12.0.2
/// (quadrilaterals, order 7) to the digits given, on meshes of their own graded to the rim.
const TWO_CODES: &str = "NGSolve (order 8) and scikit-fem (order 7), independent meshes";
/// As above to five digits; the others are of the first program.
const ONE_CODE: &str = "NGSolve (order 6), second-order programs agree";

/// What is known about a pore of 10 um in a cell of 50 um; i0 = 1.3 mA/cm2, 298.15 K.
struct Known {
    name: &'static str,
    symmetry: &'static str,
    shape: &'static str,
    /// Conductivity \[mS/cm\].
    conductivity: f64,
    /// Applied current density \[mA/cm2\].
    current: f64,
    /// Largest current density over the applied one.
    peak: f64,
    /// Mean potential at the counter \[V\].
    overpotential: f64,
    /// Tolerances of the two.
    tolerances: [f64; 2],
    source: &'static str,
}

const KNOWN: [Known; 4] = [
    Known {
        name: "nas_hemisphere",
        symmetry: "axisymmetric",
        shape: "hemisphere",
        conductivity: 0.9,
        current: 0.51,
        peak: 1.052_751_625_64,
        overpotential: 0.013_285_418_796_765,
        tolerances: [1e-5, 1e-6],
        source: TWO_CODES,
    },
    Known {
        name: "nps_hemisphere",
        symmetry: "axisymmetric",
        shape: "hemisphere",
        conductivity: 0.1,
        current: 0.51,
        peak: 1.117_808_146_49,
        overpotential: 0.036_143_354_551_826,
        tolerances: [1e-5, 1e-6],
        source: TWO_CODES,
    },
    Known {
        name: "nps_disc",
        symmetry: "axisymmetric",
        shape: "disc",
        conductivity: 0.1,
        current: 0.51,
        peak: 1.244_051_659_55,
        overpotential: 0.036_055_461_756_943,
        tolerances: [1e-5, 1e-6],
        source: TWO_CODES,
    },
    Known {
        name: "nps_quarter",
        symmetry: "quarter",
        shape: "hemisphere",
        conductivity: 0.1,
        current: 1.3,
        peak: 1.118_987_591,
        overpotential: 0.090_902_053_476_583,
        tolerances: [1e-4, 1e-5],
        source: ONE_CODE,
    },
];

fn problem(known: &'static Known) -> Problem {
    let Known { name, symmetry, shape, conductivity, current, .. } = *known;
    let about = format!("{shape}, {symmetry}, {conductivity} mS/cm, {current} mA/cm2");
    let rows = vec![
        Row::new(
            format!("butler_volmer.{name}.peak"),
            format!("peak_factor.anode: {about}"),
            known.tolerances[0],
            "default cell size at the rim, made for four digits",
            known.source,
        ),
        Row::new(
            format!("butler_volmer.{name}.overpotential"),
            format!("cell_overpotential [V]: {about}"),
            known.tolerances[1],
            "converges twice as fast as the field",
            known.source,
        ),
    ];
    Problem::new(rows, move || {
        let solved = solve(&format!(
            "temperature = \"298.15 K\"\n[mesh.defect]\nsymmetry = \"{symmetry}\"\n\
             shape = \"{shape}\"\nradius = \"10 um\"\nwidth = \"50 um\"\nthickness = \"50 um\"\n\
             [material.SE]\nohm = {{ conductivity = \"{conductivity} mS/cm\" }}\n\
             [region]\nelectrolyte = \"SE\"\n[boundary.anode]\nbutler_volmer = {{ \
             exchange_current_density = \"1.3 mA/cm^2\", anodic_transfer = 0.5, \
             cathodic_transfer = 0.5, electrode_potential = \"0 V\" }}\n\
             [boundary.counter]\ncurrent = {{ density = \"{current} mA/cm^2\" }}\n"
        ))?;
        Ok(vec![
            Comparison::relative(known.peak, solved.quantity("peak_factor.anode")?),
            Comparison::relative(known.overpotential, solved.quantity("cell_overpotential")?),
        ])
    })
}

/// Sodium thioantimonate and thiophosphate.
pub(super) fn problems() -> Vec<Problem> {
    KNOWN.iter().map(problem).collect()
}
