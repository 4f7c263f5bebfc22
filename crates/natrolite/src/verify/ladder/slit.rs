//! A flat insulating slit on the anode: primary, and with linear kinetics.

use super::super::cell::{CURRENT, Cell, KAPPA, RADIUS, linear_kinetics, potential};
use super::super::closed_form::{
    InsulatingSlit, primary_slit_current_ratio, primary_slit_potential,
};
use super::super::row::{Comparison, Problem, Row};
use super::{worst, worst_of};

const SHAPE: (&str, &str) = ("planar", "disc");
/// Width and thickness over the half-width of the slit. The side reflects the slit at every two widths;
/// far away its field is (2 c0 Wa / pi) a^2 / x^2, so that its images add
/// (pi / 6) c0 Wa (a / width)^2 at the slit. Wider domains lose the extra resistance in rounding.
fn extent(wagner: f64) -> f64 {
    200.0 * wagner.sqrt().max(1.0)
}

const MUSKHELISHVILI: &str =
    "|x| / sqrt(x^2 - a^2) and (i/kappa) sqrt(a^2 - x^2), Lamb, Hydrodynamics, art. 71";
const INTEGRAL_EQUATION: &str =
    "integral equation of the Robin problem, line sources (Abramowitz and Stegun, 5.2)";

fn primary() -> Problem {
    let rows = vec![
        Row::new(
            "slit.primary.current",
            "current_ratio at all nodes, 1.02 <= x/a <= 5",
            1e-4,
            "inverse square root at the edge: cells of 1e-5 a there; the domain of 200 a shifts it by 1e-5",
            MUSKHELISHVILI,
        ),
        Row::new(
            "slit.primary.potential",
            "potential on the slit, x/a <= 0.98, over its largest value",
            3e-5,
            "the domain of 200 a shifts it by (pi^2/24) (a/width)^2 = 1e-5",
            MUSKHELISHVILI,
        ),
    ];
    Problem::new(rows, || {
        let mut cell = Cell::new(SHAPE, extent(0.0), potential("anode", 0.0));
        cell.rim_size = Some(1e-5);
        let solved = cell.solve()?;
        let current = solved.profile("anode", "current_ratio")?.into_iter();
        let current = current.filter(|(x, _)| (1.02..=5.0).contains(x));
        let expected = |x: f64| primary_slit_potential(CURRENT, KAPPA, RADIUS, RADIUS * x.min(1.0));
        let slit = solved.field("pore", "potential")?.into_iter().filter(|(x, _)| x[0] <= 0.98);
        Ok(vec![
            worst(current.map(|(x, ratio)| (primary_slit_current_ratio(x), ratio)))?,
            worst_of(expected(0.0), slit.map(|(x, phi)| (expected(x[0]), phi[0])))?,
        ])
    })
}

fn kinetics(wagner: f64) -> Problem {
    let name = |what: &str| format!("slit.kinetics.{what}.wa_{wagner}");
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
            format!("extra area-specific resistance over 2 a n Rct: c0, Wa = {wagner}"),
            5e-5,
            "the domain of 200 sqrt(max(1, Wa)) a shifts it by (pi/6) c0 Wa (a/width)^2 < 3e-5",
            INTEGRAL_EQUATION,
        ),
        Row::new(
            name("profile"),
            format!("current_ratio at all nodes, 1 <= x/a <= 5, Wa = {wagner}"),
            1e-4,
            because,
            INTEGRAL_EQUATION,
        ),
    ];
    Problem::new(rows, move || {
        let slit = InsulatingSlit::solve(wagner)
            .ok_or("the closed form does not cover this Wagner number")?;
        let width = extent(wagner);
        let solved = Cell::new(SHAPE, width, linear_kinetics("anode", wagner)).solve()?;
        let rct = wagner * RADIUS / KAPPA;
        let flat = width * RADIUS / KAPPA + rct;
        let extra = solved.quantity("area_specific_resistance")? - flat;
        let current = solved.profile("anode", "current_ratio")?.into_iter();
        let current = current.filter(|(x, _)| *x <= 5.0);
        Ok(vec![
            Comparison::relative(slit.peak_factor(), solved.quantity("peak_factor.anode")?),
            Comparison::relative(slit.mean_potential(), extra * width / rct),
            worst(current.map(|(x, ratio)| (slit.current_ratio(x.max(1.0)), ratio)))?,
        ])
    })
}

/// The primary slit, and seven Wagner numbers.
pub(super) fn problems() -> Vec<Problem> {
    let wagner = [0.03, 0.1, 0.37, 1.0, 3.3, 10.0, 40.0];
    std::iter::once(primary()).chain(wagner.into_iter().map(kinetics)).collect()
}
