//! A rigid punch with a flat face and sharp edges on an elastic half-space.

use std::f64::consts::PI;

/// Pressure over its mean F / (pi a^2) under a round punch, `1 / (2 sqrt(1 - (r/a)^2))` (1), that is
/// `p = F / (2 pi a sqrt(a^2 - r^2))`. Source: Johnson, *Contact Mechanics*, eq. 3.34.
pub fn flat_punch_pressure_ratio(radius_ratio: f64) -> f64 {
    0.5 / (1.0 - radius_ratio * radius_ratio).sqrt()
}

/// Pressure over its mean P / (2 a) under a long strip, `2 / (pi sqrt(1 - (x/a)^2))` (1), that is
/// `p = P / (pi sqrt(a^2 - x^2))`. Source: Johnson, eq. 2.64.
pub fn strip_punch_pressure_ratio(position: f64) -> f64 {
    2.0 / (PI * (1.0 - position * position).sqrt())
}

#[cfg(test)]
mod tests {
    use super::super::super::assert_close;
    use super::*;

    #[test]
    fn pressures_carry_the_force() {
        // r/a = sin t takes the singularity away: the mean over the face is 1.
        let n = 1000;
        let step = 0.5 * PI / f64::from(n);
        let (mut round, mut strip) = (0.0, 0.0);
        for k in 0..n {
            let (sin, cos) = ((f64::from(k) + 0.5) * step).sin_cos();
            round += step * cos * 2.0 * sin * flat_punch_pressure_ratio(sin);
            strip += step * cos * strip_punch_pressure_ratio(sin);
        }
        assert_close(round, 1.0, 1e-6);
        assert_close(strip, 1.0, 1e-6);
    }
}
