//! Hertz: a rigid ball and a rigid cylinder on an elastic half-space.

use super::super::super::closed_form::mechanics::{Hertz, effective_modulus, hertz_pressure_ratio};
use super::super::super::row::{Comparison, Problem, Row};
use super::half_space::{CONTACT, POISSON, Pressed, YOUNG, balances, block, press};
use super::line::Line;
use super::{lower, worst_of};
use contact::unilateral::Obstacle;
use fem::Hypothesis;
use mesh::{CellKind, brick};
use std::f64::consts::PI;

/// Radius of ball and cylinder \[m\].
const RADIUS: f64 = 1.0;
const BALL: Obstacle = Obstacle::Sphere { centre: [0.0, 0.0, RADIUS], radius: RADIUS };
const BALL_SOURCE: &str = "Hertz; Johnson, Contact Mechanics, eq. 4.22 to 4.24";
const CYLINDER_SOURCE: &str = "Hertz; Johnson, Contact Mechanics, eq. 4.43 to 4.45";

/// The force that makes a contact of the radius [`CONTACT`], on what is meshed, and what Hertz says.
fn load(hypothesis: Hypothesis) -> (f64, Hertz) {
    let modulus = effective_modulus(YOUNG, POISSON, 1);
    if hypothesis == Hypothesis::Planar {
        let force = PI * modulus * CONTACT.powi(2) / (4.0 * RADIUS);
        (0.5 * force, Hertz::cylinder(modulus, RADIUS, force))
    } else {
        let force = 4.0 / 3.0 * modulus * CONTACT.powi(3) / RADIUS;
        let part = if hypothesis == Hypothesis::Spatial { 0.25 } else { 1.0 };
        (part * force, Hertz::ball(modulus, RADIUS, force))
    }
}

/// Largest pressure and radius of the contact: p^2 falls linearly with r^2 to zero at the edge. The two
/// corners next to the edge, whose patches it cuts, are left out.
fn peak_and_edge(pressed: &Pressed) -> Result<(f64, f64), String> {
    let inner = pressed.profile.len().saturating_sub(2);
    let squares = pressed.profile[..inner].iter().map(|(r, p)| (r * r, p * p));
    let line = Line::through(&squares.collect::<Vec<_>>())?;
    Ok((line.top.sqrt(), line.zero().sqrt()))
}

/// Peak and radius on one mesh.
fn problem(
    name: &str,
    kind: CellKind,
    hypothesis: Hypothesis,
    per_radius: usize,
    tolerances: [f64; 2],
    source: &'static str,
) -> Problem {
    let cells = format!("{per_radius} cells a radius");
    let row = |what: &str, about: &str, tolerance, because: &str| {
        let name = format!("contact.{name}.{what}.{}.cells_{per_radius}", lower(kind));
        Row::new(name, format!("{about}, {cells}"), tolerance, because, source)
    };
    let size = format!("{cells}; the block is 30 radii wide and deep");
    let mut rows = vec![
        row("peak", "largest pressure p0 [Pa]", tolerances[0], &size),
        row("radius", "radius of the contact or half its width [m]", tolerances[1], &size),
    ];
    rows.extend(balances(row));
    Problem::new(rows, move || {
        let mesh = block(kind, 4 * per_radius);
        let (force, exact) = load(hypothesis);
        let pressed = press(&mesh, hypothesis, "z1", &BALL, force)?;
        let (peak, edge) = peak_and_edge(&pressed)?;
        Ok(vec![
            Comparison::relative(exact.peak, peak),
            Comparison::relative(exact.radius, edge),
            pressed.balance,
            pressed.complementarity,
        ])
    })
}

/// The pressure of the ball in space, at every corner within 0.7 radii: nothing oscillates.
fn in_space(kind: CellKind, tolerance: f64) -> Problem {
    let rows = vec![
        Row::new(
            format!("contact.hertz_ball.space.{}", lower(kind)),
            "pressure over p0 at every corner within 0.7 radii of a quarter in space",
            tolerance,
            "5 cells a radius: the edge of the contact lies within a fifth of it",
            BALL_SOURCE,
        ),
        Row::new(
            format!("contact.hertz_ball.space_force.{}", lower(kind)),
            "contact force [N] against the applied one, a quarter in space",
            1e-9,
            "rounding: stiffness times the motion of the block, large in the flat cells at its side",
            BALL_SOURCE,
        ),
    ];
    Problem::new(rows, move || {
        let (near, size) = (1.5 * CONTACT, 30.0 * CONTACT);
        let graded = |t: f64| {
            if t <= 0.6 { near * t / 0.6 } else { near * (size / near).powf((t - 0.6) / 0.4) }
        };
        let mesh = brick(kind, 12, |[x, y, z]| [graded(x), graded(y), -graded(1.0 - z)]);
        let (force, exact) = load(Hypothesis::Spatial);
        let pressed = press(&mesh, Hypothesis::Spatial, "z1", &BALL, force)?;
        let inner = pressed.profile.iter().filter(|(r, _)| *r < 0.7 * CONTACT);
        let pairs = inner.map(|(r, p)| (hertz_pressure_ratio(r / exact.radius), p / exact.peak));
        Ok(vec![worst_of(1.0, pairs)?, pressed.balance])
    })
}

/// Three meshes each, the other kinds of cells on the finest, and the ball in space.
pub(super) fn problems() -> Vec<Problem> {
    use CellKind::*;
    let (ball, cylinder) = (Hypothesis::Axisymmetric, Hypothesis::Planar);
    let ball =
        |kind, cells, tolerances| problem("hertz_ball", kind, ball, cells, tolerances, BALL_SOURCE);
    let cylinder = |kind, cells, tolerances| {
        problem("hertz_cylinder", kind, cylinder, cells, tolerances, CYLINDER_SOURCE)
    };
    vec![
        ball(Quadrilateral9, 5, [2e-2, 2e-2]),
        ball(Quadrilateral9, 10, [5e-3, 1e-2]),
        ball(Quadrilateral9, 20, [5e-3, 5e-3]),
        ball(Quadrilateral4, 20, [5e-3, 5e-3]),
        ball(Triangle6, 20, [5e-3, 5e-3]),
        cylinder(Quadrilateral9, 5, [2e-2, 2e-2]),
        cylinder(Quadrilateral9, 10, [5e-3, 1e-2]),
        cylinder(Quadrilateral9, 20, [5e-3, 5e-3]),
        cylinder(Quadrilateral4, 20, [5e-3, 5e-3]),
        in_space(Hexahedron20, 2e-2),
    ]
}
