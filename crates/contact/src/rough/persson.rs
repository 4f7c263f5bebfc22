//! Elastic contact of self-affine surfaces after Persson.
//!
//!   f = erf( sqrt(pi)/2 k p / (E* h') ),      f -> k p / (E* h') at small p
//!
//! p   nominal contact pressure, Pa
//! E*  effective modulus, Pa: 1/E* = (1 - nu1^2)/E1 + (1 - nu2^2)/E2
//! h'  root mean square slope of the combined surface, 1
//! k   area coefficient, 1
//!
//! Persson's theory has k = sqrt(8/pi) = 1.596, so that f = erf(sqrt(2) p / (E* h')). Bush, Gibson and
//! Thomas find k = sqrt(2 pi) = 2.507, numerical solutions lie between.
//! Sources: Persson, J. Chem. Phys. 115 (2001) 3840; Bush, Gibson and Thomas, Wear 35 (1975) 87.

use super::error_function::erf;
use fem::Real;
use std::f64::consts::{FRAC_2_SQRT_PI, PI};

/// See the [module](self).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Persson {
    /// E* \[Pa\].
    pub effective_modulus: f64,
    /// h' \[1\].
    pub rms_slope: f64,
    /// k \[1\].
    pub area_coefficient: f64,
}

impl Persson {
    /// f at a contact pressure p \[Pa\] of zero or more.
    pub fn fraction<S: Real>(&self, pressure: S) -> S {
        let scale =
            0.5 * PI.sqrt() * self.area_coefficient / self.rms_slope / self.effective_modulus;
        pressure.map(|p| {
            let x = scale * p;
            (erf(x), FRAC_2_SQRT_PI * (-x * x).exp() * scale)
        })
    }
}
