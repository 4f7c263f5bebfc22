//! Hertz's contact of smooth, curved bodies.

use std::f64::consts::PI;

/// The contact of a ball or a cylinder with a flat body.
#[derive(Clone, Copy, Debug)]
pub struct Hertz {
    /// Radius of the contact of a ball, half its width for a cylinder \[m\].
    pub radius: f64,
    /// Largest pressure p0 \[Pa\].
    pub peak: f64,
}

impl Hertz {
    /// A ball of the radius R \[m\] under the force F \[N\]: `a^3 = 3 F R / (4 E*)`,
    /// `p0 = 3 F / (2 pi a^2)`. Source: Johnson, *Contact Mechanics*, eq. 4.22 and 4.24.
    pub fn ball(modulus: f64, radius: f64, force: f64) -> Hertz {
        let a = (0.75 * force * radius / modulus).cbrt();
        Hertz { radius: a, peak: 1.5 * force / (PI * a * a) }
    }

    /// A cylinder of the radius R \[m\] under the force P per length \[N/m\]:
    /// `b^2 = 4 P R / (pi E*)`, `p0 = 2 P / (pi b)`. Source: Johnson, eq. 4.43 and 4.45.
    pub fn cylinder(modulus: f64, radius: f64, force: f64) -> Hertz {
        let b = (4.0 * force * radius / (PI * modulus)).sqrt();
        Hertz { radius: b, peak: 2.0 * force / (PI * b) }
    }
}

/// `p / p0 = sqrt(1 - (r/a)^2)` (1), for both; zero outside.
pub fn hertz_pressure_ratio(radius_ratio: f64) -> f64 {
    (1.0 - radius_ratio * radius_ratio).max(0.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::super::super::assert_close;
    use super::*;

    #[test]
    fn two_elastic_bodies() {
        // E 20 GPa, nu 0.3 on E 5 GPa, nu 0.42; R = 10 um.
        let modulus = 1.0 / (0.91 / 20e9 + (1.0 - 0.42 * 0.42) / 5e9);
        let ball = Hertz::ball(modulus, 1e-5, 1e-3);
        assert_close(ball.radius, 1.163_889_539_712_224e-6, 1e-13);
        assert_close(ball.peak, 352_466_508.340_121_5, 1e-13);
        let cylinder = Hertz::cylinder(modulus, 1e-5, 100.0);
        assert_close(cylinder.radius, 5.173_590_794_547_109e-7, 1e-13);
        assert_close(cylinder.peak, 123_051_821.771_170_9, 1e-13);
        assert_eq!(hertz_pressure_ratio(0.6), 0.8);
    }
}
