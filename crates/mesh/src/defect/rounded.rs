//! The section around a pore with a rounded rim: a strip between the pore's profile and the top.
//!
//! The profile (pole, wall, fillet, plane z = 0) is the lower side of the lattice. The line that
//! starts at its point (r0, z0) is r = r0 + D(r0) f(h), z = z0 + (thickness - z0) h with 0 <= h <= 1
//! and f(h) = (1 - exp(-k h)) / (1 - exp(-k)). D rises from zero on the axis to its largest value at
//! the mouth and falls to zero at the side, with a slope above -1, so that r and z never fold; k
//! makes the line at the mouth start at 45 degrees, half way between wall and plane.

use super::grading::{knots, subdivide};
use super::section::Section;
use super::tensor::CAP;
use super::{Defect, Lattice, Shape};
use std::f64::consts::{FRAC_PI_2, PI};

/// Largest angle of a cell on an arc.
const ANGLE_CAP: f64 = PI / 16.0;
/// Largest displacement of a line as a fraction of the room beside the mouth.
const LEAN: f64 = 0.4;

/// A stretch of the profile, passed for t in \[0, 1\].
#[derive(Clone, Copy, Debug)]
enum Stretch {
    Line {
        from: [f64; 2],
        to: [f64; 2],
    },
    /// (centre_r + radii_r sin angle, centre_z + radii_z cos angle).
    Arc {
        centre: [f64; 2],
        radii: [f64; 2],
        from: f64,
        to: f64,
        ends: [[f64; 2]; 2],
    },
}

impl Stretch {
    fn at(&self, t: f64) -> [f64; 2] {
        match *self {
            Stretch::Line { from, to } => std::array::from_fn(|k| (1.0 - t) * from[k] + t * to[k]),
            Stretch::Arc { ends, .. } if t == 0.0 => ends[0],
            Stretch::Arc { ends, .. } if t == 1.0 => ends[1],
            Stretch::Arc { centre, radii, from, to, .. } => {
                let (s, c) = ((1.0 - t) * from + t * to).sin_cos();
                [centre[0] + radii[0] * s, centre[1] + radii[1] * c]
            }
        }
    }

    /// Length per unit of t.
    fn speed(&self, t: f64) -> f64 {
        match *self {
            Stretch::Line { from, to } => (to[0] - from[0]).hypot(to[1] - from[1]),
            Stretch::Arc { radii, from, to, .. } => {
                let (s, c) = ((1.0 - t) * from + t * to).sin_cos();
                (radii[0] * c).hypot(radii[1] * s) * (to - from).abs()
            }
        }
    }

    /// Largest step of t that resolves the curvature.
    fn step(&self, t: f64) -> f64 {
        match *self {
            Stretch::Line { .. } => 1.0,
            Stretch::Arc { radii: [a, b], from, to, .. } => {
                let u = (1.0 - t) * from + t * to;
                let (s, c) = u.sin_cos();
                let bend = c.abs().hypot(b / a * s).min(s.abs().hypot(a / b * c));
                ANGLE_CAP.min(0.5 * bend) / (to - from).abs()
            }
        }
    }
}

/// The profile of a pore with a fillet.
#[derive(Clone, Debug)]
pub(super) struct Rounded {
    /// From the pole to the mouth; the last one is the fillet.
    wall: Vec<Stretch>,
    mouth: f64,
    /// Radius of the fillet.
    fillet: f64,
    /// Radius of the sharp pore.
    radius: f64,
}

impl Rounded {
    /// The profile of a checked defect with a fillet that is not a disc.
    pub(super) fn new(defect: &Defect) -> Rounded {
        let (a, b, fillet) = (defect.radius, defect.depth(), defect.rim_radius);
        let (mut wall, touch, start, mouth);
        if let Shape::Cylinder { .. } = defect.shape {
            (touch, start, mouth) = ([a, fillet], -FRAC_PI_2, a + fillet);
            wall = vec![
                Stretch::Line { from: [0.0, b], to: [a, b] },
                Stretch::Line { from: [a, b], to: touch },
            ];
        } else {
            // Height of the centre of a circle that touches the ellipse from outside at angle u,
            // less the fillet's radius: positive at the pole, negative at the equator.
            let normal = |u: f64| {
                let (s, c) = u.sin_cos();
                let length = (b * s).hypot(a * c);
                [b * s / length, a * c / length]
            };
            let (mut low, mut high) = (0.0, FRAC_PI_2);
            for _ in 0..60 {
                let u: f64 = 0.5 * (low + high);
                if b * u.cos() + fillet * normal(u)[1] > fillet { low = u } else { high = u }
            }
            let u = 0.5 * (low + high);
            let n = normal(u);
            mouth = a * u.sin() + fillet * n[0];
            touch = [mouth - fillet * n[0], fillet - fillet * n[1]];
            // The fillet is seen from its centre in the direction opposite to the normal.
            start = (-n[0]).atan2(-n[1]);
            let ends = [[0.0, b], touch];
            wall = vec![Stretch::Arc { centre: [0.0; 2], radii: [a, b], from: 0.0, to: u, ends }];
        }
        wall.push(Stretch::Arc {
            centre: [mouth, fillet],
            radii: [fillet; 2],
            from: start,
            to: -PI,
            ends: [touch, [mouth, 0.0]],
        });
        Rounded { wall, mouth, fillet, radius: a }
    }

    /// Radius at which the fillet reaches z = 0 \[m\].
    pub(super) fn mouth(&self) -> f64 {
        self.mouth
    }

    /// The electrolyte around the pore.
    pub(super) fn section(&self, lattice: &Lattice) -> Section {
        let Lattice { width, thickness, grading, order, halvings, .. } = *lattice;
        let parts = order * halvings;
        let mouth = self.mouth;
        let plane = Stretch::Line { from: [mouth, 0.0], to: [width, 0.0] };
        let mut profile: Vec<[f64; 2]> = Vec::new();
        let corner = self.wall[0].at(1.0);
        for stretch in self.wall.iter().chain([&plane]) {
            let t = knots(0.0, 1.0, |t| {
                let p = stretch.at(t);
                let to_rim = ((p[0] - mouth).hypot(p[1] - self.fillet) - self.fillet).max(0.0);
                let distance = match self.wall.len() {
                    // The edge at the foot of a cylinder's wall is singular too.
                    3 => to_rim.min((p[0] - corner[0]).hypot(p[1] - corner[1])),
                    _ => to_rim,
                };
                let cap = CAP * (width - mouth).max(self.radius);
                (grading.size(distance, cap) / stretch.speed(t)).min(stretch.step(t))
            });
            let fine = subdivide(&t, parts);
            profile.extend(fine[usize::from(!profile.is_empty())..].iter().map(|&t| stretch.at(t)));
        }
        let room = width - mouth;
        let lean = thickness.min(LEAN * room);
        let k = saturation(thickness / lean);
        let f = |h: f64| if k == 0.0 { h } else { (-k * h).exp_m1() / (-k).exp_m1() };
        let h = knots(0.0, 1.0, |h| grading.size(h * thickness, CAP * thickness) / thickness);
        Section::new(order, &profile, &subdivide(&h, parts), |[r, z], h| {
            let shift = if r < mouth { lean * (r / mouth) } else { lean * ((width - r) / room) };
            [r + shift * f(h), (1.0 - h) * z + h * thickness]
        })
    }
}

/// The k >= 0 for which k / (1 - exp(-k)) = `slope` >= 1.
fn saturation(slope: f64) -> f64 {
    if slope <= 1.0 + 1e-9 {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, slope);
    for _ in 0..60 {
        let k: f64 = 0.5 * (low + high);
        if k / -(-k).exp_m1() < slope { low = k } else { high = k }
    }
    0.5 * (low + high)
}
