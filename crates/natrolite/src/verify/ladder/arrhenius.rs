//! Conductivity against temperature, seen as the resistance of a slab.

use super::super::cell::solve;
use super::super::closed_form::{Arrhenius, ArrheniusForm};
use super::super::row::{Comparison, Problem, Row};

/// Na3PS4 at 25 and 60 degC: (K, S/m).
const POINTS: [(f64, f64); 2] = [(298.15, 1.43e-2), (333.15, 3.45e-2)];
const SOURCE: &str = "Na3PS4 of cast-annealed cathodes, 0.143 mS/cm at 25 degC and 0.345 mS/cm at 60 degC; \
                      Tilley, Defects in Solids, sec. 6.3";

/// Conductivity \[S/m\] that a slab of 694 um between equipotential faces shows.
fn conductivity(law: &str, celsius: f64) -> Result<f64, String> {
    let solved = solve(&format!(
        "temperature = \"{celsius} degC\"\n[mesh.defect]\nsymmetry = \"planar\"\nshape = \"disc\"\n\
         radius = \"100 um\"\nwidth = \"694 um\"\nthickness = \"694 um\"\nrim_size = \"50 um\"\n\
         [material.NPS]\n{law}\n[region]\nelectrolyte = \"NPS\"\n\
         [boundary.anode]\npotential = \"0 V\"\n[boundary.pore]\npotential = \"0 V\"\n\
         [boundary.counter]\ncurrent = {{ density = \"0.095 mA/cm^2\" }}\n\
         [output]\ncounter = \"counter\"\n"
    ))?;
    Ok(6.94e-4 / solved.quantity("area_specific_resistance")?)
}

/// Two points in both forms, and an activation energy.
pub(super) fn problems() -> Vec<Problem> {
    let mut problems = Vec::new();
    let forms = [
        (ArrheniusForm::Sigma, "sigma", "0.215 eV"),
        (ArrheniusForm::SigmaT, "sigma_T", "0.243 eV"),
    ];
    for (form, word, energy) in forms {
        for celsius in [25.0, 40.0, 60.0] {
            let rows = vec![Row::new(
                format!("arrhenius.points.{word}.{celsius}_degc"),
                format!("conductivity [S/m] at {celsius} degC through two points"),
                1e-11,
                "an exact formula and a field linear in z: rounding",
                SOURCE,
            )];
            problems.push(Problem::new(rows, move || {
                let law = format!(
                    "ohm.arrhenius = {{ points = [[\"25 degC\", \"0.143 mS/cm\"], \
                     [\"60 degC\", \"0.345 mS/cm\"]], form = \"{word}\" }}"
                );
                let expected = Arrhenius::through(form, POINTS[0], POINTS[1]);
                let got = conductivity(&law, celsius)?;
                Ok(vec![Comparison::relative(expected.at(celsius + 273.15), got)])
            }));
        }
        let rows = vec![Row::new(
            format!("arrhenius.energy.{word}"),
            format!("conductivity [S/m] at 60 degC from {energy} and the value at 25 degC"),
            2.1e-3,
            "the energy has three digits: 0.5 meV / kB (1/298.15 K - 1/333.15 K)",
            SOURCE,
        )];
        problems.push(Problem::new(rows, move || {
            let law = format!(
                "[material.NPS.ohm]\nconductivity = \"0.143 mS/cm\"\narrhenius = {{ \
                 activation_energy = \"{energy}\", reference_temperature = \"25 degC\", \
                 form = \"{word}\" }}"
            );
            Ok(vec![Comparison::relative(POINTS[1].1, conductivity(&law, 60.0)?)])
        }));
    }
    problems
}
