//! A thin penny-shaped gap closes under pressure.

use super::super::super::closed_form::mechanics::penny_closing_pressure;
use super::super::super::row::{Comparison, Problem, Row};
use super::bodies::two_bodies;
use super::problem::{Elasticity, text};
use contact::unilateral::ContactSurface;
use contact::{Pressure, Reduction};
use fem::Hypothesis;
use mesh::CellKind;

const YOUNG: f64 = 1000.0;
const POISSON: f64 = 0.3;
/// Radius and height of the gap \[m\].
const RADIUS: f64 = 1.0;
const HEIGHT: f64 = 1e-3;
const SOURCE: &str = "Sneddon, Proc. R. Soc. Lond. A 187 (1946) 229";

/// Two cylinders of twelve radii, finer towards the rim of the gap.
fn mesh() -> Result<mesh::Mesh, String> {
    let graded = |s: f64| s * (0.05 + 0.95 * s);
    two_bodies(CellKind::Quadrilateral9, 60, |[x, _, z]| {
        let (s, z) = (2.0 * x - 1.0, 2.0 * z - 1.0);
        let r = if s <= 0.0 { 1.0 - graded(-s) } else { 1.0 + 11.0 * graded(s) };
        let depth = 12.0 * z.abs() * (0.005 + 0.995 * z.abs());
        [RADIUS * r, 0.0, RADIUS * z.signum() * depth]
    })
}

/// What is left of an ellipsoidal gap at its centre under the pressure `load` times the closing one.
fn problem(load: f64) -> Problem {
    let rows = vec![
        Row::new(
            format!("contact.penny.load_{load}"),
            "height left of an ellipsoidal gap at its centre, over the initial one",
            5e-3,
            "cells of a thousandth of the radius at the rim; cylinders of 12 radii shift it by 6e-4",
            SOURCE,
        ),
        Row::new(
            format!("contact.penny.complementarity.load_{load}"),
            "largest of abs(p g), -p and -g, each over its largest",
            1e-10,
            "rounding",
            SOURCE,
        ),
    ];
    Problem::new(rows, move || {
        let closing = penny_closing_pressure(YOUNG, POISSON, RADIUS, HEIGHT);
        let mesh = mesh()?;
        let gap = |x: [f64; 3]| HEIGHT * (1.0 - (x[0] / RADIUS).powi(2)).max(0.0).sqrt();
        let surfaces =
            [ContactSurface::interface(&mesh, Hypothesis::Axisymmetric, 0, gap).map_err(text)?];
        let (_, outcome) = Elasticity::new(&mesh, Hypothesis::Axisymmetric)
            .material(YOUNG, POISSON, Reduction::None)?
            .rollers(&["z0"])?
            .on("z1", Pressure { pressure: load * closing })?
            .touch(&surfaces)?;
        let nodes = surfaces[0].nodes.iter().zip(&outcome.touch[0]);
        let on_axis = nodes.filter(|(n, _)| mesh.points[n.node as usize][0] == 0.0);
        let centre = on_axis.map(|(_, touch)| touch.mean_gap / HEIGHT).next();
        let centre = centre.ok_or("no node on the axis")?;
        Ok(vec![
            Comparison::absolute((1.0 - load).max(0.0), centre),
            Comparison::absolute(0.0, outcome.complementarity),
        ])
    })
}

/// A gap that keeps its shape, and one that closes all at once.
pub(super) fn problems() -> Vec<Problem> {
    [0.25, 0.5, 0.9, 1.1].map(problem).into()
}
