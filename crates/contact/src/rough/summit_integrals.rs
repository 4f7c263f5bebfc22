//! The integrals of Greenwood and Williamson over Gaussian heights.
//!
//!   F_n(d) = (2 pi)^(-1/2) int_d^inf (x - d)^n exp(-x^2/2) dx
//!
//! They are kept as F_n = scaled(n, d) exp(exponent(d)), with exponent = -d^2/2 at d > 0, so that a
//! light load (large d) does not underflow.

use std::f64::consts::PI;

/// The exponent that [`scaled`] leaves out.
pub(super) fn exponent(d: f64) -> f64 {
    if d > 0.0 { -0.5 * d * d } else { 0.0 }
}

/// F_n(d) over exp(exponent(d)); relative error below 1e-12 for n in 0, 1/2, 1, 3/2.
pub(super) fn scaled(n: f64, d: f64) -> f64 {
    let sum = if d < -10.0 { around_the_mean(n, d) } else { above_the_plane(n, d) };
    sum / (2.0 * PI).sqrt()
}

/// All summits touch: the trapezoidal rule in x, which is exact for a Gaussian but for rounding.
fn around_the_mean(n: f64, d: f64) -> f64 {
    const STEP: f64 = 0.5;
    let at = |x: f64| (x - d).powf(n) * (-0.5 * x * x).exp();
    STEP * (-18..=18).map(|k| at(STEP * f64::from(k))).sum::<f64>()
}

/// The double exponential rule for a half line: y = x - d = exp(u - exp(-u)).
///
/// Source: Takahasi and Mori, Publ. RIMS 9 (1974) 721.
fn above_the_plane(n: f64, d: f64) -> f64 {
    const STEP: f64 = 1.0 / 24.0;
    let at = |u: f64| {
        let e = (-u).exp();
        let ln_y = u - e;
        let y = ln_y.exp();
        let density = if d > 0.0 { -d * y - 0.5 * y * y } else { -0.5 * (d + y) * (d + y) };
        ((n + 1.0) * ln_y + density).exp() * (1.0 + e)
    };
    STEP * (-110..=96).map(|k| at(STEP * f64::from(k))).sum::<f64>()
}

/// The separation d at which F_(3/2)(d) is `load`, a positive number.
///
/// ln F_(3/2) is concave and decreasing, so that Newton's method from any d beyond the root comes down
/// to it without overshooting.
pub(super) fn separation(load: f64) -> f64 {
    let target = load.ln();
    let at_zero = scaled(1.5, 0.0).ln();
    // F(d) <= F(0) exp(-d^2/2) for d >= 0; below, the root is on the other side of d = 0.
    let mut d = if target < at_zero { (2.0 * (at_zero - target)).sqrt() } else { 0.0 };
    for _ in 0..200 {
        let value = scaled(1.5, d);
        let slope = 1.5 * scaled(0.5, d) / value;
        let step = (value.ln() + exponent(d) - target) / slope;
        d += step;
        if step.abs() <= 4.0 * f64::EPSILON * (1.0 + d.abs()) {
            break;
        }
    }
    d
}

#[cfg(test)]
mod tests {
    use super::super::error_function::erf;
    use super::*;

    fn integral(n: f64, d: f64) -> f64 {
        scaled(n, d) * exponent(d).exp()
    }

    #[test]
    fn agree_with_closed_forms() {
        // F_0 = (1 - erf(d/sqrt 2))/2, F_1 = phi - d F_0; F_(3/2)(0) = 2^(1/4) Gamma(5/4)/sqrt(2 pi),
        // F_(1/2)(0) = 2^(-1/4) Gamma(3/4)/sqrt(2 pi).
        for d in [-12.0, -9.9, -3.0, -0.5, 0.0, 0.5, 2.0] {
            let zero = 0.5 * (1.0 - erf(d / 2f64.sqrt()));
            let one = (-0.5 * d * d).exp() / (2.0 * PI).sqrt() - d * zero;
            assert!((integral(0.0, d) / zero - 1.0).abs() < 1e-12, "{d}");
            assert!((integral(1.0, d) / one - 1.0).abs() < 1e-12, "{d}");
        }
        let gamma = [1.225_416_702_465_177_7, 0.906_402_477_055_477];
        let half = 2f64.powf(-0.25) * gamma[0] / (2.0 * PI).sqrt();
        let three_halves = 2f64.powf(0.25) * gamma[1] / (2.0 * PI).sqrt();
        assert!((integral(0.5, 0.0) / half - 1.0).abs() < 1e-12);
        assert!((integral(1.5, 0.0) / three_halves - 1.0).abs() < 1e-12);
        // The two rules meet at d = -10.
        for n in [0.5, 1.0, 1.5] {
            let (a, b) = (around_the_mean(n, -10.0), above_the_plane(n, -10.0));
            assert!((a / b - 1.0).abs() < 1e-12, "{n}: {a} {b}");
        }
    }

    #[test]
    fn separation_is_found_over_all_loads() {
        for load in [f64::MIN_POSITIVE, 1e-100, 1e-9, 0.1, 0.43, 0.5, 31.0, 1e9, 1e200] {
            let d = separation(load);
            let back = scaled(1.5, d).ln() + exponent(d);
            assert!((back - load.ln()).abs() < 1e-12 * (1.0 + load.ln().abs()), "{load}: {d}");
        }
    }
}
