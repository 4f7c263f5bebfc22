//! Elastic contact of a wavy surface: waves along one direction and a grid of summits.

use std::f64::consts::PI;

/// Mean pressure p* = pi E* a / l \[Pa\] that closes waves of the amplitude a and length l \[m\].
///
/// Source: Westergaard, J. Appl. Mech. 6 (1939) A49; Johnson, *Contact Mechanics*, eq. 13.5.
pub fn wave_full_pressure(modulus: f64, amplitude: f64, length: f64) -> f64 {
    PI * modulus * amplitude / length
}

/// Mean pressure over p* (1) at which the fraction f of the waves touches, `sin^2(pi f / 2)`.
///
/// Source: Johnson, eq. 13.7.
pub fn wave_pressure_ratio(fraction: f64) -> f64 {
    (0.5 * PI * fraction).sin().powi(2)
}

/// Mean pressure p* = sqrt(2) pi E* a / l \[Pa\] that closes the surface a cos(2 pi x / l)
/// cos(2 pi y / l), which has two summits per l^2.
///
/// Source: Johnson, Greenwood and Higginson, Int. J. Mech. Sci. 27 (1985) 383.
pub fn grid_full_pressure(modulus: f64, amplitude: f64, length: f64) -> f64 {
    2f64.sqrt() * PI * modulus * amplitude / length
}

/// Contact fraction (1) of the grid under a light load, `pi (3 p / (8 pi p*))^(2/3)`: each summit is a
/// ball after Hertz.
pub fn grid_light_fraction(pressure_ratio: f64) -> f64 {
    PI * (3.0 * pressure_ratio / (8.0 * PI)).powf(2.0 / 3.0)
}

/// Fraction (1) of the grid that is still open shortly before full contact,
/// `3 / (2 pi) (1 - p / p*)`: each hollow is a crack that closes smoothly.
pub fn grid_hollow_fraction(pressure_ratio: f64) -> f64 {
    1.5 / PI * (1.0 - pressure_ratio)
}

/// p / p* (1) of the grid at the contact fraction f when the true height around a summit, averaged over
/// the angle, takes the place of the parabola: with x = 2 sqrt(pi f),
/// `p / p* = (x / pi)^2 (sin x / x^2 - cos x / x)`.
///
/// Around a summit the mean height is J0(k r), k = 2 sqrt(2) pi / l, and f = 2 pi r^2 / l^2. Sneddon's
/// punch (Int. J. Engng Sci. 3 (1965) 47) of the profile a (1 - J0(k r)) carries
/// 2 E* a k r^2 j1(k r). Summits still do not see each other: f well below 1.
pub fn grid_light_ratio(fraction: f64) -> f64 {
    let x = 2.0 * (PI * fraction).sqrt();
    (x / PI).powi(2) * (x.sin() / (x * x) - x.cos() / x)
}

/// p / p* (1) of the grid when the fraction `open` of it is not closed, with the mean pressure around
/// the bottom of a hollow, p - p* J0(k r), in place of the parabola: `sin x / x`,
/// x = 2 sqrt(pi `open`).
///
/// The crack closes smoothly where the integral of r (p* J0(k r) - p) / sqrt(b^2 - r^2) over it is
/// zero, which is p* sin(k b) / k - p b (Sneddon, Proc. R. Soc. Lond. A 187 (1946) 229).
pub fn grid_almost_full_ratio(open: f64) -> f64 {
    let x = 2.0 * (PI * open).sqrt();
    if x == 0.0 { 1.0 } else { x.sin() / x }
}

#[cfg(test)]
mod tests {
    use super::super::super::assert_close;
    use super::super::Hertz;
    use super::*;

    #[test]
    fn waves_of_ten_micrometres() {
        let full = wave_full_pressure(4_756_921_320.521_358, 1e-7, 1e-5);
        assert_close(full, 149_443_090.742_545_5, 1e-13);
        assert_close(wave_pressure_ratio(0.3), 0.206_107_373_853_763_4, 1e-14);
        assert_close(wave_pressure_ratio(1.0), 1.0, 1e-15);
    }

    #[test]
    fn a_light_load_is_carried_by_two_balls_per_cell() {
        // Near a summit the height falls by a (2 pi / l)^2 r^2 / 2.
        let (modulus, amplitude, length) = (3.0, 1e-3, 2.0);
        let radius = (length / (2.0 * PI)).powi(2) / amplitude;
        let pressure = 1e-6 * grid_full_pressure(modulus, amplitude, length);
        let spot = Hertz::ball(modulus, radius, 0.5 * pressure * length * length).radius;
        let fraction = 2.0 * PI * spot * spot / (length * length);
        assert_close(grid_light_fraction(1e-6), fraction, 1e-13);
    }

    #[test]
    fn mean_heights_have_the_limits_of_parabolas() {
        for f in [1e-6, 1e-5] {
            assert_close(grid_light_fraction(grid_light_ratio(f)), f, 5.0 * f);
            assert_close(grid_hollow_fraction(grid_almost_full_ratio(f)), f, 5.0 * f);
        }
    }
}
