//! A thin penny-shaped gap in an infinite body, between two bodies of the same constants.
//!
//! Source: Sneddon, Proc. R. Soc. Lond. A 187 (1946) 229.

use std::f64::consts::PI;

/// Opening \[m\] at its centre of a crack of the radius a \[m\] under the uniform tension p \[Pa\],
/// `8 (1 - nu^2) p a / (pi E)`; elsewhere times sqrt(1 - (r/a)^2).
pub fn penny_opening(young: f64, poisson: f64, radius: f64, tension: f64) -> f64 {
    8.0 * (1.0 - poisson * poisson) * tension * radius / (PI * young)
}

/// Pressure \[Pa\] that closes a gap of the height `depth` sqrt(1 - (r/a)^2) all at once, `depth` and
/// a in m.
pub fn penny_closing_pressure(young: f64, poisson: f64, radius: f64, depth: f64) -> f64 {
    depth / penny_opening(young, poisson, radius, 1.0)
}

#[cfg(test)]
mod tests {
    use super::super::super::assert_close;
    use super::*;

    #[test]
    fn an_opening_closes_under_the_pressure_that_made_it() {
        // E = 1000, nu = 0.3, a = 1, p = 1: 8 * 0.91 / (1000 pi).
        let opening = penny_opening(1000.0, 0.3, 1.0, 1.0);
        assert_close(opening, 2.317_295_971_418e-3, 1e-12);
        assert_close(penny_closing_pressure(1000.0, 0.3, 1.0, opening), 1.0, 1e-14);
    }
}
