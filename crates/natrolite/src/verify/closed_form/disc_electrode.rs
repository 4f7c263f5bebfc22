//! Newman's disc electrode in an insulating plane, primary and with linear kinetics.

use std::f64::consts::{FRAC_PI_2, PI};

use super::dense::solve_dense;
use super::insulating_disc::abel;
use super::panels::Panels;

/// Primary resistance `1 / (4 kappa a)` (ohm) of a disc of radius `a` (m) in an insulating plane,
/// to a counter electrode at infinity, conductivity `kappa` (S/m).
///
/// Source: J. Newman, J. Electrochem. Soc. 113 (1966) 501.
pub fn disc_electrode_primary_resistance(kappa: f64, a: f64) -> f64 {
    1.0 / (4.0 * kappa * a)
}

/// Primary `i / i_mean = 0.5 / sqrt(1 - (r/a)^2)` (1) on the disc, `radius_ratio = r / a < 1`;
/// infinite at the rim, NaN beyond. Source: Newman (1966).
pub fn disc_electrode_primary_current_ratio(radius_ratio: f64) -> f64 {
    0.5 / (1.0 - radius_ratio * radius_ratio).sqrt()
}

/// Secondary current distribution on a disc electrode of radius `a` in an insulating plane with
/// linear kinetics, `i Rct = V - phi`.
///
/// The parameter is `Wa = kappa Rct / a = 1 / J`, J Newman's `F i0 a (aa + ac) / (R T kappa)`.
/// With lengths in `a`, `kappa V = a`, and the current density's Hankel transform
/// written as `(2 / (pi k)) * integral from 0 to 1 of chi(s) sin(k s) ds`, for 0 < t < 1
///
/// `integral from 0 to 1 of chi(s) [(Wa / pi) ln((t+s)/|t-s|) + min(s, t)] ds = t`
///
/// (Abel's transformation of `Wa i + phi = V`), solved as for
/// [`InsulatingDisc`](super::InsulatingDisc). Problem: Newman, J. Electrochem. Soc. 113 (1966)
/// 1235. Relative error of the resistance below 1e-9 for `1e-3 <= Wa <= 1e4`; of the current density
/// about 1e-7 for `Wa >= 1e-2` and 5e-6 at 1e-3, where the rim layer is thin.
#[derive(Debug, Clone)]
pub struct DiscElectrode {
    panels: Panels,
    density: Vec<f64>,
}

impl DiscElectrode {
    /// Solves the problem; `None` unless `1e-3 <= wagner <= 1e6`.
    pub fn solve(wagner: f64) -> Option<Self> {
        if !(1e-3..=1e6).contains(&wagner) {
            return None;
        }
        let panels = Panels::graded(FRAC_PI_2, 1e-4 * wagner.sqrt().min(1.0));
        let matrix = panels.matrix(|phi, d| {
            let difference = 2.0 * (phi + 0.5 * d).sin() * (0.5 * d).sin();
            let (target, source) = (phi.cos(), (phi + d).cos());
            let logarithm = ((target + source) / difference.abs()).ln();
            wagner / PI * logarithm + target.min(source)
        });
        let right_hand_side = panels.nodes.iter().map(|phi| phi.cos()).collect();
        let density = solve_dense(matrix, right_hand_side)?;
        Some(Self { panels, density })
    }

    /// Total current over `kappa a V` (1).
    fn total_current(&self) -> f64 {
        4.0 * self.panels.integrate(&self.density, f64::cos)
    }

    /// Resistance times `kappa a`, kinetics included (1): 1/4 for small Wa, `Wa / pi + 8 / (3 pi^2)`
    /// for large Wa.
    pub fn resistance_ratio(&self) -> f64 {
        1.0 / self.total_current()
    }

    /// `i / i_mean` on the disc at `r = radius_ratio a`, rim included (1); NaN elsewhere.
    pub fn current_ratio(&self, radius_ratio: f64) -> f64 {
        if !(0.0..=1.0).contains(&radius_ratio) {
            return f64::NAN;
        }
        let current = if radius_ratio == 1.0 {
            self.panels.interpolate(&self.density, 0.0)
        } else {
            abel(&self.panels, &self.density, radius_ratio)
        };
        current * PI / self.total_current()
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::FRAC_2_PI;

    use super::super::assert_close;
    use super::*;

    fn electrode(wagner: f64) -> DiscElectrode {
        DiscElectrode::solve(wagner).expect("in range")
    }

    #[test]
    fn tends_to_the_primary_disc() {
        // The correction is of the order Wa ln Wa.
        let disc = electrode(1e-3);
        assert_close(disc.resistance_ratio(), 0.25, 6e-3);
        for r in [0.0, 0.3, 0.7] {
            let primary = disc_electrode_primary_current_ratio(r);
            assert_close(disc.current_ratio(r), primary, 8e-3);
        }
    }

    #[test]
    fn tends_to_uniform_current_for_slow_kinetics() {
        // A uniform current density gives the mean potential 8 i a / (3 pi kappa).
        let wagner = 1e3;
        let uniform = wagner / PI + 2.0 / PI * 4.0 / (3.0 * PI);
        assert_close(electrode(wagner).resistance_ratio(), uniform, 2e-8);
        // Potential of a uniform disc: i a / kappa at the centre, 2 i a / (pi kappa) at the rim.
        let difference =
            electrode(wagner).current_ratio(1.0) - electrode(wagner).current_ratio(0.0);
        assert_close(difference, (1.0 - FRAC_2_PI) / wagner, 1e-3);
    }

    /// Newman's own method: `phi = sum of B_n P_2n(eta) M_2n(xi)` in oblate spheroidal coordinates,
    /// `M'_2n(0) = -(2/pi) (2^n n!)^4 / ((2n)!)^2`, and Galerkin's condition with `eta P_2m`.
    fn resistance_by_spheroidal_harmonics(wagner: f64, terms: usize) -> f64 {
        let rule = super::super::gauss::gauss_legendre(4 * terms);
        let even_legendre = |eta: f64| {
            let mut values = vec![1.0, eta];
            for k in 2..2 * terms {
                let degree = k as f64;
                let next =
                    (2.0 * degree - 1.0) * eta * values[k - 1] - (degree - 1.0) * values[k - 2];
                values.push(next / degree);
            }
            values.into_iter().step_by(2).collect::<Vec<f64>>()
        };
        let mut rows = vec![vec![0.0; terms]; terms];
        let mut right_hand_side = vec![0.0; terms];
        for (eta, weight) in rule {
            let p = even_legendre(eta);
            for m in 0..terms {
                right_hand_side[m] += weight * eta * p[m];
                for n in 0..terms {
                    rows[m][n] += weight * eta * p[m] * p[n];
                }
            }
        }
        let mut slope = FRAC_2_PI;
        for (m, row) in rows.iter_mut().enumerate() {
            row[m] += wagner * slope / (4.0 * m as f64 + 1.0);
            let next = m as f64 + 1.0;
            slope *= (2.0 * next / (2.0 * next - 1.0)).powi(2);
        }
        let b = solve_dense(rows, right_hand_side).expect("regular");
        1.0 / (4.0 * b[0])
    }

    #[test]
    fn agrees_with_newmans_spheroidal_harmonics() {
        for (wagner, tolerance) in [(0.1, 1e-6), (1.0, 1e-8), (10.0, 1e-9)] {
            let known = resistance_by_spheroidal_harmonics(wagner, 40);
            assert_close(electrode(wagner).resistance_ratio(), known, tolerance);
        }
    }
}
