//! Constriction resistance of contact spots.

use std::f64::consts::{FRAC_2_PI, PI};

use super::dense::solve_dense;
use super::gauss::gauss_legendre;
use super::modified_bessel::{scaled_bessel_i, scaled_bessel_k1};

/// Holm's resistance `1 / (4 kappa a)` (ohm) of one circular spot of radius `a` (m) on a
/// half-space of conductivity `kappa` (S/m), one side.
///
/// Source: Holm, Electric Contacts (4th ed.), sec. 4.
pub fn holm_spot_resistance(kappa: f64, a: f64) -> f64 {
    1.0 / (4.0 * kappa * a)
}

/// Resistance (ohm) of a cluster of `count` spots of radius `a` (m) spread over a circle of
/// radius `cluster_radius` (m), one side: `1 / (4 kappa n a) + 1 / (4 kappa r_cluster)`.
///
/// An approximation for many well separated spots. Source: Greenwood, Br. J. Appl. Phys. 17
/// (1966) 1621.
pub fn holm_cluster_resistance(kappa: f64, a: f64, count: f64, cluster_radius: f64) -> f64 {
    1.0 / (4.0 * kappa * count * a) + 1.0 / (4.0 * kappa * cluster_radius)
}

/// Constriction factor `psi` (1) of an isothermal spot in a flux tube by a series in
/// `e = a / b`: `1 - 1.40978 e + 0.34406 e^3 + 0.04305 e^5 + 0.02271 e^7`, for `e <= 0.5`.
///
/// The resistance is `psi / (4 kappa a)`, one side. Source: the correlation of Negus and Yovanovich (1984)
/// as usually quoted; agrees with [`flux_tube_factor`] to 1e-4.
pub fn flux_tube_series(e: f64) -> f64 {
    let q = e * e;
    1.0 + e * (-1.40978 + q * (0.34406 + q * (0.04305 + q * 0.02271)))
}

/// Constriction factor `psi` (1) of an isothermal spot of radius `a` at the end of an insulated
/// half-infinite cylinder of radius `b`, numerically exact (1e-9); `None` unless `0 < e <= 0.95`,
/// `e = a / b`.
///
/// The resistance beyond that of the cylinder itself is `psi / (4 kappa a)`. With the flux density
/// on the spot as Abel transform of chi, the mixed problem in the cylinder is (lengths in b)
///
/// `(pi/2) chi(t) + integral from 0 to e of chi(s) k(t, s) ds = 1`, `psi = 2 e / (pi integral of chi)`,
///
/// `k = (2/pi) * integral over y > 0 of (K1/I1)(y) cosh(ys) [cosh(yt) - 2 I1(y)/y] dy - 2 sqrt(1 - s^2)`:
/// the half-space, the wall's reflection, and the reference to the mean potential. Derivation after
/// Sneddon, Mixed Boundary Value Problems in Potential Theory (1966), sec. 5.3.
pub fn flux_tube_factor(e: f64) -> Option<f64> {
    if !(e > 0.0 && e <= 0.95) {
        return None;
    }
    let modes = wall_modes(e);
    let nodes: Vec<(f64, f64)> = gauss_legendre(24).iter().map(|(x, w)| (e * x, e * w)).collect();
    let mut rows = Vec::with_capacity(nodes.len());
    for (i, &(t, _)) in nodes.iter().enumerate() {
        let mut row: Vec<f64> = nodes.iter().map(|&(s, w)| w * kernel(&modes, t, s)).collect();
        row[i] += 0.5 * PI;
        rows.push(row);
    }
    let chi = solve_dense(rows, vec![1.0; nodes.len()])?;
    let flux: f64 = chi.iter().zip(&nodes).map(|(c, (_, w))| c * w).sum();
    Some(FRAC_2_PI * e / flux)
}

/// Quadrature over y: (y, weight times exp(y) K1(y) / (exp(-y) I1(y)), exp(-y) 2 I1(y)/y).
fn wall_modes(e: f64) -> Vec<(f64, f64, f64)> {
    let rule = gauss_legendre(16);
    let mut modes = Vec::new();
    let (mut left, mut width) = (0.0, 0.5);
    while left < 40.0 / (1.0 - e) {
        for (x, w) in &rule {
            let y = left + width * x;
            let i1 = scaled_bessel_i(1, y);
            modes.push((y, w * width * scaled_bessel_k1(y) / i1, 2.0 * i1 / y));
        }
        left += width;
        width *= 1.3;
    }
    modes
}

fn kernel(modes: &[(f64, f64, f64)], t: f64, s: f64) -> f64 {
    // exp(-y x) cosh(y x): the hyperbolic functions without their growth.
    let cosh = |y: f64, x: f64| 0.5 * (1.0 + (-2.0 * y * x).exp());
    let sum: f64 = modes
        .iter()
        .map(|&(y, strength, mean)| {
            let reflected = (-y * (2.0 - s - t)).exp() * cosh(y, t);
            let average = (-y * (1.0 - s)).exp() * mean;
            strength * cosh(y, s) * (reflected - average)
        })
        .sum();
    FRAC_2_PI * sum - 2.0 * (1.0 - s * s).sqrt()
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    #[test]
    fn flux_tube_agrees_with_the_series_and_with_another_code() {
        // 0.5865 at e = 0.3 and 0.3396 at e = 0.5: a separate numerical solution, 1e-4.
        for (e, known) in [(0.3, 0.5865), (0.5, 0.3396)] {
            let psi = flux_tube_factor(e).expect("in range");
            assert!((psi - known).abs() < 1e-4, "{e}: {psi}");
            assert!((psi - flux_tube_series(e)).abs() < 1e-4);
        }
        // The first coefficient of Roess's expansion, 1.40925 (Holm, Electric Contacts, sec. 5);
        // the correlation's 1.40978 is a fit up to e = 0.5.
        let slope = (1.0 - flux_tube_factor(1e-3).expect("in range")) / 1e-3;
        assert!((slope - 1.409_25).abs() < 1e-5, "{slope}");
        assert_eq!(flux_tube_factor(0.99), None);
    }

    #[test]
    fn a_cluster_of_one_spot_as_wide_as_itself_counts_twice() {
        assert_close(
            holm_cluster_resistance(0.09, 1e-6, 1.0, 1e-6),
            2.0 * holm_spot_resistance(0.09, 1e-6),
            1e-15,
        );
        assert_close(holm_spot_resistance(0.09, 1e-6), 2.777_777_777_8e6, 1e-10);
    }
}
