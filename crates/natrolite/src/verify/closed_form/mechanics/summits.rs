//! Greenwood and Williamson's contact of independent summits by quadrature.
//!
//!   f = pi eta beta s F_1(d),    p = 4/3 eta E* beta^(1/2) s^(3/2) F_(3/2)(d)
//!   F_n(d) = int_d^inf (x - d)^n phi(x) dx
//!
//! eta summits per m2 of radius beta \[m\], heights of the scale s \[m\]; d separation over s. Source:
//! Greenwood and Williamson, Proc. R. Soc. Lond. A 295 (1966) 300.

use super::super::gauss::gauss_legendre;
use std::f64::consts::PI;

/// Contact fraction (1) and pressure (Pa) of summits with Gaussian heights at the separation d (in s).
///
/// `x = d + t^2` makes the integrands smooth; 60 points per unit of t carry them to 1e-14.
pub fn gaussian_summits(eta: f64, beta: f64, s: f64, modulus: f64, d: f64) -> (f64, f64) {
    let rule = gauss_legendre(20);
    // exp(-x^2/2) is below 1e-30 of its largest value from 12 s onwards.
    let end = (12.0_f64.max(d + 12.0) - d).sqrt();
    let pieces = 3 * end.ceil() as u32;
    let (mut area, mut load) = (0.0, 0.0);
    for k in 0..pieces {
        for &(at, weight) in &rule {
            let t = end * (f64::from(k) + at) / f64::from(pieces);
            let x = d + t * t;
            let density = (-0.5 * x * x).exp() / (2.0 * PI).sqrt();
            let w = weight * end / f64::from(pieces) * 2.0 * t * density;
            area += w * t.powi(2);
            load += w * t.powi(3);
        }
    }
    let fraction = PI * eta * beta * s * area;
    (fraction, 4.0 / 3.0 * eta * modulus * beta.sqrt() * s.powf(1.5) * load)
}

/// Contact fraction (1) of summits with exponential heights under the pressure p \[Pa\],
/// `f = sqrt(pi beta / s) p / E*`: both integrals are powers of e^-d, F_1 = e^-d and
/// F_(3/2) = 3/4 sqrt(pi) e^-d.
pub fn exponential_summits_fraction(beta: f64, s: f64, modulus: f64, pressure: f64) -> f64 {
    (PI * beta / s).sqrt() * pressure / modulus
}

#[cfg(test)]
mod tests {
    use super::super::super::assert_close;
    use super::*;

    #[test]
    fn integrals_at_zero_separation() {
        // F_1(0) = 1 / sqrt(2 pi); F_(3/2)(0) = 2^(1/4) Gamma(5/4) / sqrt(2 pi).
        let (f, p) = gaussian_summits(1.0, 1.0, 1.0, 1.0, 0.0);
        assert_close(f, PI / (2.0 * PI).sqrt(), 1e-12);
        let load = 2f64.powf(0.25) * 0.906_402_477_055_477 / (2.0 * PI).sqrt();
        assert_close(p, 4.0 / 3.0 * load, 1e-12);
    }

    #[test]
    fn tabulated_integrals() {
        // F_1(d) = phi(d) - d Q(d) with Q(2) = 0.0227501319, Abramowitz and Stegun, table 26.1.
        let (f, _) = gaussian_summits(1.0, 1.0, 1.0, 1.0, 2.0);
        assert_close(f / PI, 0.053_990_966_513_2 - 2.0 * 0.022_750_131_948_2, 1e-9);
    }
}
