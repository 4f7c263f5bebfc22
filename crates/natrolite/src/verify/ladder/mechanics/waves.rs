//! A wavy surface pressed flat: one body on a rigid wave, and two bodies with a gap.

use super::super::super::closed_form::mechanics::{
    effective_modulus, wave_full_pressure, wave_pressure_ratio,
};
use super::super::super::row::{Comparison, Problem, Row};
use super::bodies::two_bodies;
use super::line::Line;
use super::lower;
use super::problem::{Elasticity, boundary, text};
use contact::unilateral::{ContactSurface, Obstacle, Outcome};
use contact::{Pressure, Reduction};
use fem::Hypothesis;
use mesh::{CellKind, Mesh, brick};
use std::f64::consts::PI;

const LENGTH: f64 = 10.0;
const AMPLITUDE: f64 = 0.01;
const YOUNG: f64 = 1000.0;
const POISSON: f64 = 0.3;
const SOURCE: &str = "Westergaard (1939); Johnson, Contact Mechanics, eq. 13.5 to 13.7";

/// Across half a wave, finer at the crest.
fn across(t: f64) -> f64 {
    0.5 * LENGTH * t * (0.4 + 0.6 * t)
}

/// One and a half waves deep, finer at the surface.
fn depth(t: f64) -> f64 {
    1.5 * LENGTH * t * (0.1 + 0.9 * t * t)
}

/// The fraction in contact: with s = pi x / l, (p / cos s)^2 falls linearly with sin^2 s to zero at the
/// edge (Johnson, eq. 13.6). The two corners next to the edge are left out.
fn fraction(mesh: &Mesh, surface: &ContactSurface, outcome: &Outcome) -> Result<f64, String> {
    let mut inside: Vec<(f64, f64)> = (surface.nodes.iter().zip(&outcome.touch[0]))
        .filter(|(node, touch)| node.is_corner() && touch.active)
        .map(|(node, touch)| {
            let (sin, cos) = (PI * mesh.points[node.node as usize][0] / LENGTH).sin_cos();
            (sin * sin, (touch.pressure / cos).powi(2))
        })
        .collect();
    inside.sort_by(|a, b| a.0.total_cmp(&b.0));
    inside.truncate(inside.len().saturating_sub(2));
    let edge = Line::through(&inside)?.zero();
    Ok(2.0 / PI * edge.clamp(0.0, 1.0).sqrt().asin())
}

fn complementarity(name: String) -> Row {
    Row::new(
        name,
        "largest of abs(p g), -p and -g, each over its largest",
        1e-10,
        "rounding",
        SOURCE,
    )
}

/// An elastic body on a rigid wave.
fn on_an_obstacle(wanted: f64) -> Problem {
    let rows = vec![
        Row::new(
            format!("contact.waves.f_{wanted}"),
            "fraction in contact of a wavy surface under the mean pressure p* sin^2(pi f / 2)",
            1e-2,
            "the edge of the contact within a tenth of a cell, 64 cells to half a wave",
            SOURCE,
        ),
        complementarity(format!("contact.waves.complementarity.f_{wanted}")),
    ];
    Problem::new(rows, move || {
        let full = wave_full_pressure(effective_modulus(YOUNG, POISSON, 1), AMPLITUDE, LENGTH);
        let mesh =
            brick(CellKind::Quadrilateral9, 64, |[x, _, z]| [across(x), 0.0, -depth(1.0 - z)]);
        let wave = Obstacle::Sinusoid {
            crest: [0.0; 3],
            normal: [0.0, 0.0, -1.0],
            direction: [1.0, 0.0, 0.0],
            amplitude: AMPLITUDE,
            wavelength: LENGTH,
        };
        let top = boundary(&mesh, "z1")?;
        let surfaces =
            [ContactSurface::obstacle(&mesh, Hypothesis::Planar, top, &wave).map_err(text)?];
        let (_, outcome) = Elasticity::new(&mesh, Hypothesis::Planar)
            .material(YOUNG, POISSON, Reduction::None)?
            .rollers(&["x0", "x1"])?
            .on("z0", Pressure { pressure: full * wave_pressure_ratio(wanted) })?
            .touch(&surfaces)?;
        Ok(vec![
            Comparison::relative(wanted, fraction(&mesh, &surfaces[0], &outcome)?),
            Comparison::absolute(0.0, outcome.complementarity),
        ])
    })
}

/// Two elastic bodies with flat sides and a wavy gap.
fn two_elastic(kind: CellKind) -> Problem {
    let name = |what: &str| format!("contact.waves.{what}.{}", lower(kind));
    let rows = vec![
        Row::new(
            name("two_bodies"),
            "fraction in contact of two elastic bodies with a wavy gap, f = 0.4",
            1e-2,
            "the edge of the contact within a quarter of a cell, 48 cells to half a wave",
            SOURCE,
        ),
        complementarity(name("complementarity")),
    ];
    Problem::new(rows, move || {
        let full = wave_full_pressure(effective_modulus(YOUNG, POISSON, 2), AMPLITUDE, LENGTH);
        let mesh = two_bodies(kind, 48, |[x, _, z]| {
            let z = 2.0 * z - 1.0;
            [across(x), 0.0, z.signum() * depth(z.abs())]
        })?;
        let gap = |x: [f64; 3]| AMPLITUDE * (1.0 - (2.0 * PI * x[0] / LENGTH).cos());
        let surfaces =
            [ContactSurface::interface(&mesh, Hypothesis::Planar, 0, gap).map_err(text)?];
        let (_, outcome) = Elasticity::new(&mesh, Hypothesis::Planar)
            .material(YOUNG, POISSON, Reduction::None)?
            .rollers(&["x0", "x1", "z0"])?
            .on("z1", Pressure { pressure: full * wave_pressure_ratio(0.4) })?
            .touch(&surfaces)?;
        Ok(vec![
            Comparison::relative(0.4, fraction(&mesh, &surfaces[0], &outcome)?),
            Comparison::absolute(0.0, outcome.complementarity),
        ])
    })
}

/// Ten loads on an obstacle, and every order with two bodies.
pub(super) fn problems() -> Vec<Problem> {
    use CellKind::*;
    let loads = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95].map(on_an_obstacle);
    let bodies = [Quadrilateral4, Quadrilateral8, Triangle6].map(two_elastic);
    loads.into_iter().chain(bodies).collect()
}
