//! The section around a spheroid with a sharp rim: straight lines from the wall to the box.
//!
//! The line that starts at (a sin u, b cos u) has the direction (sin u, cos u). The points at equal
//! distance t from the wall form the ellipse with semi-axes a + t and b + t; these ellipses do not
//! touch, so that the lines do not cross, however flat or tall the spheroid is.

use super::Lattice;
use super::grading::{join, knots, subdivide};
use super::section::Section;
use super::tensor::CAP;
use std::f64::consts::{FRAC_PI_2, PI};

/// Largest angle of a cell on the wall.
const ANGLE_CAP: f64 = PI / 16.0;
/// Largest relative change of the wall's metric from one cell to the next.
const CURVATURE_CAP: f64 = 0.5;

/// Sine and cosine, exact at both ends of \[0, pi/2\].
fn sin_cos(u: f64) -> (f64, f64) {
    if u == FRAC_PI_2 { (1.0, 0.0) } else { u.sin_cos() }
}

/// The angle whose line ends in the corner of the box.
fn corner(a: f64, b: f64, width: f64, thickness: f64) -> f64 {
    let (mut low, mut high) = (0.0, FRAC_PI_2);
    for _ in 0..60 {
        let u = 0.5 * (low + high);
        let (s, c) = sin_cos(u);
        if width / s - a > thickness / c - b { low = u } else { high = u }
    }
    0.5 * (low + high)
}

/// The electrolyte around a spheroid with the semi-axes `a` along r and `b` along z.
pub(super) fn electrolyte(a: f64, b: f64, lattice: &Lattice) -> Section {
    let Lattice { width, thickness, grading, order, halvings, .. } = *lattice;
    let parts = order * halvings;
    let size = |u: f64| {
        let (s, c) = sin_cos(u);
        let chord = (a * (1.0 - s)).hypot(b * c);
        let speed = (a * c).hypot(b * s);
        let bend = (FRAC_PI_2 - u).hypot(b / a).min(u.hypot(a / b));
        grading.size(chord, f64::INFINITY)
            / speed
                .max(f64::MIN_POSITIVE)
                .max(grading.size(chord, f64::INFINITY) / ANGLE_CAP.min(CURVATURE_CAP * bend))
    };
    let corner = corner(a, b, width, thickness);
    let mut u = knots(0.0, corner, size);
    let top = (u.len() - 1) * parts;
    join(&mut u, &knots(corner, FRAC_PI_2, size));
    let u = subdivide(&u, parts);
    let lines: Vec<[[f64; 2]; 2]> = u
        .iter()
        .enumerate()
        .map(|(k, &u)| {
            let (s, c) = sin_cos(u);
            let end = match k.cmp(&top) {
                std::cmp::Ordering::Less => [a * s + (thickness - b * c) / c * s, thickness],
                std::cmp::Ordering::Equal => [width, thickness],
                std::cmp::Ordering::Greater => [width, b * c + (width - a * s) / s * c],
            };
            [[a * s, b * c], end]
        })
        .collect();
    let length = width - a;
    let v = knots(0.0, 1.0, |v| grading.size(v * length, CAP * length) / length);
    Section::new(order, &lines, &subdivide(&v, parts), |[wall, end], v| {
        std::array::from_fn(|k| (1.0 - v) * wall[k] + v * end[k])
    })
}
