//! A hemisphere lined with sodium that protrudes into the electrolyte, on an equipotential plane.

use super::super::cell::{Cell, linear_kinetics, potential};
use super::super::closed_form::{bump_current_ratio, bump_plane_current_ratio};
use super::super::row::{Comparison, Problem, Row};
use super::worst_of;

const SOURCE: &str = "i/i_inf = 3 cos(theta) / (1 + 2 Wa); Carslaw and Jaeger, sec. 16.4";
/// Width and thickness over the radius.
const EXTENT: f64 = 50.0;

fn problem(wagner: f64) -> Problem {
    let name = |what: &str| format!("bump.{what}.wa_{wagner}");
    let rows = vec![
        Row::new(
            name("tip"),
            format!("peak_factor.pore at the tip, Wa = {wagner}"),
            1e-4,
            "nodal flux where the facets shrink to the axis; the domain of 50 a shifts it by 1.4e-5 at most",
            SOURCE,
        ),
        Row::new(
            name("wall"),
            format!("current_ratio at all nodes of the wall over that of the tip, Wa = {wagner}"),
            1e-4,
            "consistent nodal flux; the domain of 50 a shifts it by 1.4e-5 at most",
            SOURCE,
        ),
        Row::new(
            name("plane"),
            format!("current_ratio at all nodes of the plane, 1.1 <= r/a <= 5, Wa = {wagner}"),
            5e-5,
            "the domain of 50 a shifts it by 1.4e-5 at most",
            SOURCE,
        ),
    ];
    Problem::new(rows, move || {
        let pore = match wagner {
            0.0 => potential("pore", 0.0),
            wagner => linear_kinetics("pore", wagner),
        };
        // The cell overpotential is not compared: there are two electrodes at 0 V.
        let text = potential("anode", 0.0) + &pore;
        let solved = Cell::new(("axisymmetric", "hemisphere"), EXTENT, text).solve()?;
        let tip = bump_current_ratio(wagner, 1.0);
        let wall = solved.profile("pore", "current_ratio")?.into_iter();
        let wall = wall.map(|(r, ratio)| {
            let cosine = (1.0 - r.min(1.0).powi(2)).sqrt();
            (bump_current_ratio(wagner, cosine), ratio)
        });
        let plane = solved.profile("anode", "current_ratio")?.into_iter();
        let plane = plane
            .filter(|(r, _)| (1.1..=5.0).contains(r))
            .map(|(r, ratio)| (bump_plane_current_ratio(wagner, r), ratio));
        let peak = solved.quantity("peak_factor.pore")?;
        Ok(vec![Comparison::relative(tip, peak), worst_of(tip, wall)?, worst_of(1.0, plane)?])
    })
}

/// Primary, and with an interface resistance.
pub(super) fn problems() -> Vec<Problem> {
    [0.0, 0.05, 0.5, 5.0].into_iter().map(problem).collect()
}
