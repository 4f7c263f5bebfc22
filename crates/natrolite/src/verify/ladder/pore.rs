//! Primary current around insulating pores.

use super::super::cell::{Cell, potential};
use super::super::closed_form::{half_cylinder_current_ratio, hemisphere_current_ratio};
use super::super::row::{Comparison, Problem, Row};
use super::worst;

/// Width and thickness over the radius: the side reflects the pore at every two widths, and the fields
/// a^2 / x^2 of these images add up to (pi^2 / 12) (a / width)^2 at the pore.
const HALF_CYLINDER_WIDTH: f64 = 200.0;

/// Hemisphere and half-cylinder.
pub(super) fn problems() -> Vec<Problem> {
    let hemisphere = Problem::new(
        vec![
            Row::new(
                "pore.hemisphere.rim",
                "current_ratio at the rim, 3/2",
                3e-5,
                "the domain of 50 a shifts it by 7e-6; cells of 0.005 a at the rim",
                "i/i_inf = 1 + a^3/2r^3, Lamb, Hydrodynamics, art. 92",
            ),
            Row::new(
                "pore.hemisphere.profile",
                "current_ratio at all nodes, 1 <= r/a <= 5",
                5e-5,
                "consistent nodal flux between growing cells",
                "i/i_inf = 1 + a^3/2r^3, Lamb, Hydrodynamics, art. 92",
            ),
        ],
        || {
            let cell = Cell::new(("axisymmetric", "hemisphere"), 50.0, potential("anode", 0.0));
            let solved = cell.solve()?;
            let near = solved.profile("anode", "current_ratio")?.into_iter();
            let pairs = near.filter(|(r, _)| *r <= 5.0);
            Ok(vec![
                Comparison::relative(1.5, solved.quantity("peak_factor.anode")?),
                worst(pairs.map(|(r, ratio)| (hemisphere_current_ratio(r.max(1.0)), ratio)))?,
            ])
        },
    );
    let half_cylinder = Problem::new(
        vec![
            Row::new(
                "pore.half_cylinder.rim",
                "current_ratio at the rim, 2",
                5e-5,
                "the domain of 200 a shifts it by (pi^2/12) (a/width)^2 = 2e-5",
                "i/i_inf = 1 + a^2/x^2, Lamb, Hydrodynamics, art. 68",
            ),
            Row::new(
                "pore.half_cylinder.profile",
                "current_ratio at all nodes, 1 <= x/a <= 5",
                5e-5,
                "consistent nodal flux between growing cells",
                "i/i_inf = 1 + a^2/x^2, Lamb, Hydrodynamics, art. 68",
            ),
        ],
        || {
            let shape = ("planar", "hemisphere");
            let solved = Cell::new(shape, HALF_CYLINDER_WIDTH, potential("anode", 0.0)).solve()?;
            let near = solved.profile("anode", "current_ratio")?.into_iter();
            let pairs = near.filter(|(x, _)| *x <= 5.0);
            Ok(vec![
                Comparison::relative(2.0, solved.quantity("peak_factor.anode")?),
                worst(pairs.map(|(x, ratio)| (half_cylinder_current_ratio(x.max(1.0)), ratio)))?,
            ])
        },
    );
    vec![hemisphere, half_cylinder]
}
