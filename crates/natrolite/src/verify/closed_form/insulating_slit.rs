//! An insulating slit on an electrode plane with linear kinetics, at any Wagner number.

use std::f64::consts::PI;

use super::auxiliary_function::auxiliary_g;
use super::dense::solve_dense;
use super::panels::Panels;

/// The current around an insulating strip `|x| < a` on the plane `z = 0` of a half-space whose
/// remaining plane has linear kinetics; two-dimensional, otherwise as
/// [`InsulatingDisc`](super::InsulatingDisc).
///
/// With lengths in `a` and `g = phi / (i_inf Rct)` on the strip,
///
/// `g(x) = 1 + (1 / (pi Wa)) * integral from -1 to 1 of g(y) G(|x - y| / Wa) dy`,
///
/// where `G(z) = integral of cos(u) / (u + z) du` over u > 0 is the potential of a line source
/// (Fourier transform of the Robin problem); solved by collocation on panels graded to the edge.
/// Relative error below 1e-9 for `1e-2 <= Wa <= 1e4`, 2e-8 at 1e-3; a solve takes some ten
/// milliseconds.
#[derive(Debug, Clone)]
pub struct InsulatingSlit {
    wagner: f64,
    panels: Panels,
    /// g at the distances of the panels from the edge.
    density: Vec<f64>,
}

impl InsulatingSlit {
    /// Solves the problem; `None` unless `1e-3 <= wagner <= 1e6`.
    pub fn solve(wagner: f64) -> Option<Self> {
        if !(1e-3..=1e6).contains(&wagner) {
            return None;
        }
        let panels = Panels::graded(1.0, 1e-7 * wagner.min(1.0));
        let mut matrix = panels.matrix(|s, d| {
            -(auxiliary_g(d.abs() / wagner) + auxiliary_g((2.0 - 2.0 * s - d) / wagner))
                / (PI * wagner)
        });
        for (i, row) in matrix.iter_mut().enumerate() {
            row[i] += 1.0;
        }
        let right_hand_side = vec![1.0; panels.nodes.len()];
        let density = solve_dense(matrix, right_hand_side)?;
        Some(Self { wagner, panels, density })
    }

    /// Peak factor `i / i_inf` at the edge, `|x| = a` (1).
    pub fn peak_factor(&self) -> f64 {
        self.panels.interpolate(&self.density, 0.0)
    }

    /// `c0`: mean potential on the slit over `i_inf Rct` (1).
    ///
    /// By reciprocity `n` distant slits per length add `2 a n Rct c0` to the area-specific
    /// resistance. Limits: 1 for large Wa, `pi / (4 Wa)` for small Wa.
    pub fn mean_potential(&self) -> f64 {
        self.panels.integrate(&self.density, |_| 1.0)
    }

    /// Potential over `i_inf Rct` on the slit at `x = position a`, `|position| <= 1` (1); NaN
    /// elsewhere. At the edge it equals the peak factor.
    pub fn potential(&self, position: f64) -> f64 {
        if position.is_nan() || position.abs() > 1.0 {
            return f64::NAN;
        }
        self.panels.interpolate(&self.density, 1.0 - position.abs())
    }

    /// `i / i_inf` on the plane at `x = position a` (1): 0 on the slit, the peak factor at its
    /// edge.
    pub fn current_ratio(&self, position: f64) -> f64 {
        let x = position.abs();
        if x.is_nan() || x < 1.0 {
            return if x.is_nan() { f64::NAN } else { 0.0 };
        }
        if x == 1.0 {
            return self.peak_factor();
        }
        let integral = self.panels.integrate(&self.density, |s| {
            auxiliary_g((x - 1.0 + s) / self.wagner) + auxiliary_g((x + 1.0 - s) / self.wagner)
        });
        1.0 + integral / (PI * self.wagner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    fn slit(wagner: f64) -> InsulatingSlit {
        InsulatingSlit::solve(wagner).expect("in range")
    }

    #[test]
    fn agrees_with_published_digits() {
        // Spectral expansion and orthogonal-coordinate finite elements, four and five digits.
        for (wagner, peak, mean) in
            [(0.1, 4.274, 10.021), (1.0, 1.8026, 2.2406), (10.0, 1.1656, 1.2009)]
        {
            assert_close(slit(wagner).peak_factor(), peak, 2e-4);
            assert_close(slit(wagner).mean_potential(), mean, 1e-4);
        }
    }
}
