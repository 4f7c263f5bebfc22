//! Rigid obstacles.

use std::f64::consts::PI;

/// A rigid body that does not move. Its gap to a point is positive outside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Obstacle {
    /// A half-space; `normal` (unit) points out of it.
    Plane {
        /// A point of its surface \[m\].
        point: [f64; 3],
        /// Unit normal out of the obstacle.
        normal: [f64; 3],
    },
    /// A ball; in plane strain a cylinder across the plane.
    Sphere {
        /// Centre \[m\].
        centre: [f64; 3],
        /// Radius \[m\].
        radius: f64,
    },
    /// A circular cylinder without ends.
    Cylinder {
        /// A point of its axis \[m\].
        centre: [f64; 3],
        /// Unit vector along its axis.
        axis: [f64; 3],
        /// Radius \[m\].
        radius: f64,
    },
    /// A wavy half-space: height a (cos(2 pi s / l) - 1) over the plane through its crests, s the
    /// distance from `crest` along `direction`. The gap is measured along `normal`, which holds for
    /// slopes 2 pi a / l that are small against one.
    Sinusoid {
        /// A point on a crest \[m\].
        crest: [f64; 3],
        /// Unit normal out of the obstacle.
        normal: [f64; 3],
        /// Unit vector across the crests.
        direction: [f64; 3],
        /// Amplitude a, half the height from valley to crest \[m\].
        amplitude: f64,
        /// Wavelength l \[m\].
        wavelength: f64,
    },
}

impl Obstacle {
    /// The gap \[m\] at a point, and the unit vector along which it opens.
    pub fn gap(&self, x: [f64; 3]) -> (f64, [f64; 3]) {
        match *self {
            Obstacle::Plane { point, normal } => (dot(subtract(x, point), normal), normal),
            Obstacle::Sphere { centre, radius } => from_centre(subtract(x, centre), radius),
            Obstacle::Cylinder { centre, axis, radius } => {
                let d = subtract(x, centre);
                let along = dot(d, axis);
                from_centre(subtract(d, axis.map(|a| a * along)), radius)
            }
            Obstacle::Sinusoid { crest, normal, direction, amplitude, wavelength } => {
                let d = subtract(x, crest);
                let depth = amplitude * (1.0 - (2.0 * PI * dot(d, direction) / wavelength).cos());
                (dot(d, normal) + depth, normal)
            }
        }
    }
}

fn from_centre(d: [f64; 3], radius: f64) -> (f64, [f64; 3]) {
    let distance = dot(d, d).sqrt();
    (distance - radius, d.map(|d| d / distance))
}

fn subtract(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_by_hand() {
        let z = [0.0, 0.0, 1.0];
        let plane = Obstacle::Plane { point: [0.0, 0.0, 1.0], normal: z };
        assert_eq!(plane.gap([5.0, 5.0, 3.0]), (2.0, z));
        let sphere = Obstacle::Sphere { centre: [0.0; 3], radius: 2.0 };
        assert_eq!(sphere.gap([3.0, 0.0, 4.0]), (3.0, [0.6, 0.0, 0.8]));
        let cylinder = Obstacle::Cylinder { centre: [0.0; 3], axis: [0.0, 1.0, 0.0], radius: 2.0 };
        assert_eq!(cylinder.gap([3.0, 7.0, 4.0]), (3.0, [0.6, 0.0, 0.8]));
        let wave = Obstacle::Sinusoid {
            crest: [0.0; 3],
            normal: z,
            direction: [1.0, 0.0, 0.0],
            amplitude: 0.1,
            wavelength: 2.0,
        };
        assert!((wave.gap([1.0, 0.0, 0.3]).0 - 0.5).abs() < 1e-15);
        assert!((wave.gap([2.0, 0.0, 0.3]).0 - 0.3).abs() < 1e-15);
    }
}
