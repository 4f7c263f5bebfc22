//! A sphere in a uniform field: its equator lies on the anode's plane, which is an equipotential.

use super::super::cell::{CURRENT, Cell, KAPPA, RADIUS, potential};
use super::super::closed_form::{
    maxwell_dilute_conductivity_ratio, sphere_tangential_current_ratio,
};
use super::super::row::{Comparison, Problem, Row};
use super::worst_of;

/// Width and thickness over the radius.
const EXTENT: f64 = 50.0;

/// An insulating sphere.
pub(super) fn problems() -> Vec<Problem> {
    let rows = vec![
        Row::new(
            "sphere.potential",
            "potential on the wall over that of the pole, 1.5 i a / kappa",
            3e-5,
            "the domain of 50 a shifts it by 7e-6",
            "phi = (i z / kappa) (1 + a^3/2r^3), Carslaw and Jaeger, sec. 16.4",
        ),
        Row::new(
            "sphere.tangential",
            "current density along the wall, 1.5 sin(theta)",
            1e-3,
            "gradients averaged at nodes: one order below the potential",
            "Carslaw and Jaeger, Conduction of Heat in Solids, sec. 16.4",
        ),
        Row::new(
            "sphere.maxwell",
            "extra area-specific resistance times kappa (width/a)^2 / a",
            3e-5,
            "the domain of 50 a shifts it by 7e-6",
            "sigma = sigma0 (1 - 1.5 f), Maxwell, Treatise, art. 314",
        ),
    ];
    let problem = Problem::new(rows, || {
        let cell = Cell::new(("axisymmetric", "hemisphere"), EXTENT, potential("anode", 0.0));
        let solved = cell.solve()?;
        let pole = 1.5 * CURRENT * RADIUS / KAPPA;
        let wall = solved.field("pore", "potential")?.into_iter();
        let along = solved.field("pore", "current_density")?.into_iter().map(|(x, j)| {
            let size = (j[0] * j[0] + j[1] * j[1] + j[2] * j[2]).sqrt() / CURRENT;
            (sphere_tangential_current_ratio(0.0, 0.0, x[0].min(1.0)), size)
        });
        // One sphere of volume 4/3 pi a^3 in a cylinder of twice the thickness.
        let fraction = 2.0 / 3.0 / EXTENT.powi(3);
        let flat = EXTENT * RADIUS / KAPPA;
        let expected = flat * (1.0 / maxwell_dilute_conductivity_ratio(0.0, 0.0, fraction) - 1.0);
        let extra = solved.quantity("area_specific_resistance")? - flat;
        let unit = RADIUS / KAPPA / (EXTENT * EXTENT);
        Ok(vec![
            worst_of(pole, wall.map(|(x, phi)| (pole * x[2], phi[0])))?,
            worst_of(1.5, along)?,
            Comparison::relative(expected / unit, extra / unit),
        ])
    });
    vec![problem]
}
