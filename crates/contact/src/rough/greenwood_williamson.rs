//! Elastic contact of independent summits after Greenwood and Williamson.
//!
//!   f = pi eta beta s F_1(d),     p = 4/3 eta E* beta^(1/2) s^(3/2) F_(3/2)(d)
//!   F_n(d) = int_d^inf (x - d)^n phi(x) dx
//!
//! p     nominal contact pressure, Pa
//! eta   summits per area, 1/m2
//! beta  radius of the summits, m
//! s     scale of the heights of the summits, m: their standard deviation
//! E*    effective modulus, Pa: 1/E* = (1 - nu1^2)/E1 + (1 - nu2^2)/E2
//! d     separation over s;   phi  density of the heights over s
//!
//! With exponential heights, phi = exp(-x), f is exactly linear: f = sqrt(pi beta / s) p / E*. With
//! Gaussian heights d is found for each p. Valid for f well below 1, where summits do not meet; cut at
//! 1. Source: Greenwood and Williamson, Proc. R. Soc. Lond. A 295 (1966) 300, eq. 9 to 14.

use super::summit_integrals::{exponent, scaled, separation};
use fem::Real;
use std::f64::consts::PI;

/// Distribution of the heights of the summits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heights {
    /// phi = exp(-x), x > 0: the tail of most surfaces.
    Exponential,
    /// phi = exp(-x^2/2) / sqrt(2 pi).
    Gaussian,
}

/// See the [module](self).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GreenwoodWilliamson {
    /// eta \[1/m2\].
    pub summit_density: f64,
    /// beta \[m\].
    pub summit_radius: f64,
    /// s \[m\].
    pub summit_height: f64,
    /// E* \[Pa\].
    pub effective_modulus: f64,
    /// phi.
    pub heights: Heights,
}

impl GreenwoodWilliamson {
    /// f at a contact pressure p \[Pa\] of zero or more, not cut at 1.
    pub fn fraction<S: Real>(&self, pressure: S) -> S {
        if self.heights == Heights::Exponential {
            let ratio = self.summit_radius / self.summit_height;
            return pressure * ((PI * ratio).sqrt() / self.effective_modulus);
        }
        pressure.map(|p| {
            // The slope grows without bound, though slowly, as p falls to 0: that of a tiny load is taken.
            let load = (p / self.pressure_scale()).max(f64::MIN_POSITIVE);
            let d = separation(load);
            let area = PI * self.summit_density * self.summit_radius * self.summit_height;
            // dF_1/dd = -F_0 and dF_(3/2)/dd = -3/2 F_(1/2).
            let slope = area * scaled(0.0, d) / (1.5 * self.pressure_scale() * scaled(0.5, d));
            let f = if p > 0.0 { area * scaled(1.0, d) * exponent(d).exp() } else { 0.0 };
            (f, slope)
        })
    }

    /// p / F_(3/2) \[Pa\].
    fn pressure_scale(&self) -> f64 {
        let s = self.summit_height;
        4.0 / 3.0
            * self.summit_density
            * self.effective_modulus
            * self.summit_radius.sqrt()
            * s
            * s.sqrt()
    }
}
