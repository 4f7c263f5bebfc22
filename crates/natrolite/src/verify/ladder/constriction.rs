//! A disc of contact in an insulating plane: flux tube, and Newman's disc electrode.

use super::super::cell::{Cell, KAPPA, RADIUS, Solved, linear_kinetics, potential};
use super::super::closed_form::{
    DiscElectrode, disc_electrode_primary_current_ratio, flux_tube_factor,
};
use super::super::row::{Comparison, Problem, Row};
use super::worst;
use std::f64::consts::PI;

const SHAPE: (&str, &str) = ("axisymmetric", "disc");

/// Resistance beyond that of the cylinder, times 4 kappa a.
fn constriction(solved: &Solved, cell: &Cell) -> Result<f64, String> {
    let flat = cell.thickness * RADIUS / KAPPA;
    let extra = solved.quantity("area_specific_resistance")? - flat;
    Ok(4.0 * KAPPA * RADIUS * extra / (PI * (cell.width * RADIUS).powi(2)))
}

fn flux_tube(e: f64) -> Problem {
    let rows = vec![Row::new(
        format!("constriction.flux_tube.e_{e}"),
        format!("constriction resistance times 4 kappa a, a/b = {e}"),
        2e-5,
        "inverse square root at the rim: error of the resistance proportional to its cells of 1e-5 a",
        "mixed problem in the cylinder, after Sneddon (1966), sec. 5.3; Yovanovich's series to 1e-4",
    )];
    Problem::new(rows, move || {
        let mut cell = Cell::new(SHAPE, 1.0 / e, potential("pore", 0.0));
        cell.thickness = 4.0 / e;
        cell.rim_size = Some(1e-5);
        let expected = flux_tube_factor(e).ok_or("the closed form does not cover this ratio")?;
        let solved = cell.solve()?;
        Ok(vec![Comparison::relative(expected, constriction(&solved, &cell)?)])
    })
}

/// Cylinder of 50 a, twice as thick: its wall takes 1.409 a/b off the constriction, whatever the distribution on the
/// disc, but for (a/b)^3 = 8e-6.
const EXTENT: f64 = 50.0;

fn wall_correction() -> Result<f64, String> {
    let factor = flux_tube_factor(1.0 / EXTENT).ok_or("the closed form misses the cylinder")?;
    Ok(1.0 - factor)
}

fn newman_primary() -> Problem {
    let rows = vec![
        Row::new(
            "newman.primary.resistance",
            "resistance times 4 kappa a, side wall accounted for",
            1e-5,
            "(a/b)^3 = 8e-6, and cells of 1e-5 a at the rim",
            "R = 1 / (4 kappa a), Newman, J. Electrochem. Soc. 113 (1966) 501",
        ),
        Row::new(
            "newman.primary.current",
            "current density over its mean at all nodes, r/a <= 0.98",
            1.5e-4,
            "inverse square root at the rim: cells of 1e-5 a there",
            "0.5 / sqrt(1 - r^2/a^2), Newman, J. Electrochem. Soc. 113 (1966) 501",
        ),
    ];
    Problem::new(rows, || {
        let mut cell = Cell::new(SHAPE, EXTENT, potential("pore", 0.0));
        cell.thickness = 2.0 * EXTENT;
        cell.rim_size = Some(1e-5);
        let solved = cell.solve()?;
        let mean = solved.quantity("mean_current_density.pore")?;
        let disc = solved.profile("pore", "current_density")?.into_iter();
        let disc = disc
            .filter(|(r, _)| *r <= 0.98)
            .map(|(r, i)| (disc_electrode_primary_current_ratio(r), i / mean));
        let resistance = constriction(&solved, &cell)? + wall_correction()?;
        Ok(vec![Comparison::relative(1.0, resistance), worst(disc)?])
    })
}

fn newman_secondary(wagner: f64) -> Problem {
    let source = "Newman, J. Electrochem. Soc. 113 (1966) 1235, by an integral equation";
    let rows = vec![
        Row::new(
            format!("newman.secondary.resistance.wa_{wagner}"),
            format!("resistance times 4 kappa a, kinetics included, Wa = {wagner}"),
            1e-5,
            "(a/b)^3 = 8e-6",
            source,
        ),
        Row::new(
            format!("newman.secondary.rim.wa_{wagner}"),
            format!("current density at the rim over its mean, Wa = {wagner}"),
            1e-4,
            "default cell size at the rim, made for four digits",
            source,
        ),
    ];
    Problem::new(rows, move || {
        let disc = DiscElectrode::solve(wagner)
            .ok_or("the closed form does not cover this Wagner number")?;
        let mut cell = Cell::new(SHAPE, EXTENT, linear_kinetics("pore", wagner));
        cell.thickness = 2.0 * EXTENT;
        let solved = cell.solve()?;
        let resistance = constriction(&solved, &cell)? + wall_correction()?;
        let rim = solved.quantity("max_current_density.pore")?
            / solved.quantity("mean_current_density.pore")?;
        Ok(vec![
            Comparison::relative(4.0 * disc.resistance_ratio(), resistance),
            Comparison::relative(disc.current_ratio(1.0), rim),
        ])
    })
}

/// Spots of several sizes in a tube, Newman's disc primary and secondary.
pub(super) fn problems() -> Vec<Problem> {
    let tubes = [0.1, 0.3, 0.5, 0.7].into_iter().map(flux_tube);
    let secondary = [0.1, 1.0, 10.0].into_iter().map(newman_secondary);
    tubes.chain([newman_primary()]).chain(secondary).collect()
}
