//! A flat insulating disc on the anode: primary, and with linear kinetics.

use super::super::cell::{CURRENT, Cell, KAPPA, RADIUS, linear_kinetics, potential};
use super::super::closed_form::{
    InsulatingDisc, primary_disc_current_ratio, primary_disc_potential,
};
use super::super::row::{Comparison, Problem, Row};
use super::{worst, worst_of};

const SHAPE: (&str, &str) = ("axisymmetric", "disc");
/// Width and thickness over the radius.
const EXTENT: f64 = 50.0;
const SNEDDON: &str = "Sneddon, Mixed Boundary Value Problems in Potential Theory (1966), sec. 3.3";
const INTEGRAL_EQUATION: &str =
    "Abel-transformed integral equation in a cylinder, after Sneddon (1966), ch. 4";

fn primary() -> Problem {
    let rows = vec![
        Row::new(
            "disc.primary.current",
            "current_ratio at all nodes, 1.02 <= r/a <= 5",
            1e-4,
            "inverse square root at the rim: cells of 1e-5 a there",
            SNEDDON,
        ),
        Row::new(
            "disc.primary.potential",
            "potential on the disc, r/a <= 0.98, over its largest value",
            4e-5,
            "cells of 0.16 a at the axis: 2e-5 there, 2e-6 when halved; the domain of 50 a shifts it by 3e-6",
            SNEDDON,
        ),
    ];
    Problem::new(rows, || {
        let mut cell = Cell::new(SHAPE, EXTENT, potential("anode", 0.0));
        cell.rim_size = Some(1e-5);
        let solved = cell.solve()?;
        let current = solved.profile("anode", "current_ratio")?.into_iter();
        let current = current.filter(|(r, _)| (1.02..=5.0).contains(r));
        let expected = |r: f64| primary_disc_potential(CURRENT, KAPPA, RADIUS, RADIUS * r.min(1.0));
        let disc = solved.field("pore", "potential")?.into_iter().filter(|(x, _)| x[0] <= 0.98);
        Ok(vec![
            worst(current.map(|(r, ratio)| (primary_disc_current_ratio(r), ratio)))?,
            worst_of(expected(0.0), disc.map(|(x, phi)| (expected(x[0]), phi[0])))?,
        ])
    })
}

fn kinetics(wagner: f64) -> Problem {
    let name = |what: &str| format!("disc.kinetics.{what}.wa_{wagner}");
    let because = "default cell size at the rim, made for four digits";
    let rows = vec![
        Row::new(
            name("peak"),
            format!("peak_factor.anode, Wa = {wagner}"),
            1e-4,
            because,
            INTEGRAL_EQUATION,
        ),
        Row::new(
            name("resistance"),
            format!("extra area-specific resistance over n pi a^2 Rct: c0, Wa = {wagner}"),
            1e-5,
            "converges twice as fast as the field; the top at 50 a shifts it by less than 1e-8",
            INTEGRAL_EQUATION,
        ),
        Row::new(
            name("profile"),
            format!("current_ratio at all nodes, 1 <= r/a <= 5, Wa = {wagner}"),
            1e-4,
            because,
            INTEGRAL_EQUATION,
        ),
    ];
    Problem::new(rows, move || {
        let disc = InsulatingDisc::solve_in_cylinder(wagner, EXTENT)
            .ok_or("the closed form does not cover this Wagner number")?;
        let solved = Cell::new(SHAPE, EXTENT, linear_kinetics("anode", wagner)).solve()?;
        let rct = wagner * RADIUS / KAPPA;
        let flat = EXTENT * RADIUS / KAPPA + rct;
        let extra = solved.quantity("area_specific_resistance")? - flat;
        let current = solved.profile("anode", "current_ratio")?.into_iter();
        let current = current.filter(|(r, _)| *r <= 5.0);
        Ok(vec![
            Comparison::relative(disc.peak_factor(), solved.quantity("peak_factor.anode")?),
            Comparison::relative(disc.mean_potential(), extra * EXTENT * EXTENT / rct),
            worst(current.map(|(r, ratio)| (disc.current_ratio(r.max(1.0)), ratio)))?,
        ])
    })
}

/// The primary disc, and seven Wagner numbers.
pub(super) fn problems() -> Vec<Problem> {
    let wagner = [0.03, 0.1, 0.37, 1.0, 3.3, 10.0, 40.0];
    std::iter::once(primary()).chain(wagner.into_iter().map(kinetics)).collect()
}
