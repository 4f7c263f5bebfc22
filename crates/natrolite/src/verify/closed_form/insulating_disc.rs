//! An insulating disc on an electrode plane with linear kinetics, at any Wagner number.

use std::f64::consts::{FRAC_2_PI, FRAC_PI_2, PI};

use super::auxiliary_function::auxiliary_g;
use super::dense::solve_dense;
use super::gauss::gauss_legendre;
use super::modified_bessel::{bessel_k1_over_i1, scaled_bessel_i};
use super::panels::Panels;

/// The current around an insulating disc of radius `a` on the plane `z = 0` of a half-space whose
/// remaining plane has linear kinetics: `kappa dphi/dz = phi / Rct` for `r > a`, 0 for `r < a`,
/// and a uniform current density `i_inf` far away.
///
/// Lengths are in `a`, and `Wa = kappa Rct / a`. With `g = phi / (i_inf Rct)` on the disc and its
/// Hankel transform written as `(2 / (pi k)) * integral from 0 to 1 of chi(s) sin(k s) ds`, the
/// mixed boundary value problem becomes, after Abel's transformation, for 0 < t < 1
///
/// `(1/pi) * integral from 0 to 1 of chi(s) [G((t-s)/Wa) - G((t+s)/Wa)] ds = t`
///
/// where `G(z) = integral of cos(u) / (u + |z|) du` over u > 0. `chi sqrt(1 - s^2)` is the unknown that is
/// solved for, on panels graded to the rim. Derivation in the manner of Sneddon, Mixed Boundary
/// Value Problems in Potential Theory (1966), chapter 4. Relative error about 1e-8
/// for `1e-3 <= Wa <= 1e4`; a solve takes some ten milliseconds.
#[derive(Debug, Clone)]
pub struct InsulatingDisc {
    wagner: f64,
    panels: Panels,
    /// chi(t) sqrt(1 - t^2) at the angles phi of the panels, t = cos(phi); the rim is phi = 0.
    density: Vec<f64>,
    wall: Option<SideWall>,
}

/// The kernel's correction for an insulating side wall: nodes y (1/a) and their weights.
#[derive(Debug, Clone)]
struct SideWall {
    radius: f64,
    modes: Vec<(f64, f64)>,
}

impl InsulatingDisc {
    /// Solves the problem in the half-space; `None` unless `1e-3 <= wagner <= 1e6`.
    pub fn solve(wagner: f64) -> Option<Self> {
        Self::solve_with(wagner, None)
    }

    /// Solves the problem in a cylinder of radius `radius_ratio` times `a`, insulated at its side
    /// and infinitely long, so that `i_inf` is the mean current density through it.
    ///
    /// A uniform current density applied at height H instead of infinity changes the result by
    /// about `exp(-7.66 H / (radius_ratio a))` of the side wall's effect, 5e-4 of it at H = R.
    /// The wall adds `(2 / pi) (K1 / I1)(y R)` modes `I0(y r) [y cos(y z) + sin(y z) / Wa]`.
    /// `None` unless `1e-3 <= wagner <= 1e6` and `radius_ratio >= 1.2`.
    pub fn solve_in_cylinder(wagner: f64, radius_ratio: f64) -> Option<Self> {
        let resolved = radius_ratio >= 1.2 && radius_ratio.is_finite();
        if !resolved || !(1e-3..=1e6).contains(&wagner) {
            return None;
        }
        Self::solve_with(wagner, Some(SideWall::new(wagner, radius_ratio)))
    }

    fn solve_with(wagner: f64, wall: Option<SideWall>) -> Option<Self> {
        if !(1e-3..=1e6).contains(&wagner) {
            return None;
        }
        let panels = Panels::graded(FRAC_PI_2, 1e-4 * wagner.sqrt().min(1.0));
        let mut matrix = panels.matrix(|phi, d| {
            let difference = 2.0 * (phi + 0.5 * d).sin() * (0.5 * d).sin();
            let sum = phi.cos() + (phi + d).cos();
            (auxiliary_g(difference.abs() / wagner) - auxiliary_g(sum / wagner)) / PI
        });
        if let Some(wall) = &wall {
            wall.add_to(&mut matrix, &panels, wagner);
        }
        let right_hand_side = panels.nodes.iter().map(|phi| phi.cos()).collect();
        let density = solve_dense(matrix, right_hand_side)?;
        Some(Self { wagner, panels, density, wall })
    }

    /// Peak factor `i / i_inf` at the rim, `r = a`, where the current density is largest (1).
    ///
    /// Tends to `1 + 2 / (pi Wa)` for large Wa and grows without bound for small Wa.
    pub fn peak_factor(&self) -> f64 {
        self.panels.interpolate(&self.density, 0.0)
    }

    /// `c0`: mean potential on the disc over `i_inf Rct` (1).
    ///
    /// By reciprocity `n` distant discs per area add `n pi a^2 Rct c0` to the area-specific
    /// resistance. Limits: 1 for large Wa, `4 / (3 pi Wa)` for small Wa. In a cylinder of radius R
    /// the extra area-specific resistance is exactly `(a / R)^2 Rct c0`.
    pub fn mean_potential(&self) -> f64 {
        2.0 * FRAC_2_PI * self.panels.integrate(&self.density, f64::cos)
    }

    /// Potential over `i_inf Rct` on the disc at `r = radius_ratio a`, `0 <= radius_ratio <= 1`
    /// (1); NaN elsewhere. At the rim it equals the peak factor.
    pub fn potential(&self, radius_ratio: f64) -> f64 {
        if !(0.0..=1.0).contains(&radius_ratio) {
            return f64::NAN;
        }
        abel(&self.panels, &self.density, radius_ratio)
    }

    /// `i / i_inf` on the plane at `r = radius_ratio a` (1): 0 for `radius_ratio < 1`, the peak
    /// factor at 1; NaN for a negative ratio and beyond a side wall.
    ///
    /// `1 + (2 / (pi Wa)) * integral over v > 0 of F(cosh(v) r / a)`, F(t) the left-hand side of
    /// the integral equation continued to t > 1.
    pub fn current_ratio(&self, radius_ratio: f64) -> f64 {
        let last = self.wall.as_ref().map_or(f64::MAX, |wall| wall.radius);
        if !(0.0..=last).contains(&radius_ratio) {
            return f64::NAN;
        }
        if radius_ratio < 1.0 {
            return 0.0;
        }
        if radius_ratio == 1.0 {
            return self.peak_factor();
        }
        let rule = gauss_legendre(12);
        let (mut sum, mut left) = (0.0, 0.0);
        let mut width = 0.1 * (radius_ratio - 1.0).max(self.wagner).sqrt().min(1.0);
        loop {
            let mut part = 0.0;
            for (x, w) in &rule {
                let half = (0.5 * (left + width * x)).sinh();
                let beyond_rim = radius_ratio - 1.0 + 2.0 * radius_ratio * half * half;
                part += w * width * self.continued(beyond_rim);
            }
            sum += part;
            left += width;
            width = (1.6 * width).min(0.6);
            if part.abs() < 1e-12 * sum.abs() || left > 60.0 {
                break;
            }
        }
        let wall = self.wall.as_ref().map_or(0.0, |wall| {
            wall.potential(&self.panels, &self.density, radius_ratio) / self.wagner
        });
        1.0 + FRAC_2_PI * sum / self.wagner + wall
    }

    /// F(t) of the half-space at `t = 1 + beyond_rim`.
    fn continued(&self, beyond_rim: f64) -> f64 {
        let integral = self.panels.integrate(&self.density, |phi| {
            let half = (0.5 * phi).sin();
            let difference = beyond_rim + 2.0 * half * half;
            let sum = 2.0 + beyond_rim - 2.0 * half * half;
            auxiliary_g(difference / self.wagner) - auxiliary_g(sum / self.wagner)
        });
        integral / PI
    }
}

/// `(2/pi) * integral from r to 1 of chi(t) / sqrt(t^2 - r^2) dt` for a density
/// `chi(t) sqrt(1 - t^2)` given over `phi = acos(t)`: the field of which chi is the transform.
///
/// The substitution `sin(phi) = sqrt(1 - r^2) sin(alpha)` removes both square roots.
pub(super) fn abel(panels: &Panels, density: &[f64], r: f64) -> f64 {
    let rule = gauss_legendre(20);
    let chord = ((1.0 - r) * (1.0 + r)).sqrt();
    let (mut sum, mut right) = (0.0, FRAC_PI_2);
    loop {
        let left = if right < 1e-7 { 0.0 } else { 0.5 * right };
        for (x, w) in &rule {
            let alpha = left + (right - left) * x;
            let t = alpha.cos().hypot(r * alpha.sin());
            let phi = (chord * alpha.sin()).atan2(t);
            sum += w * (right - left) * panels.interpolate(density, phi) / t;
        }
        if left == 0.0 {
            return FRAC_2_PI * sum;
        }
        right = left;
    }
}

impl SideWall {
    fn new(wagner: f64, radius: f64) -> Self {
        let rule = gauss_legendre(16);
        let biot = 1.0 / wagner;
        let mut modes = Vec::new();
        let (mut left, mut width) = (0.0, 0.25 * biot.min(1.0 / radius));
        // Beyond this the modes have decayed like exp(-2 y (R - 1)).
        let last = 24.0 / (radius - 1.0);
        while left < last {
            for (x, w) in &rule {
                let y = left + width * x;
                let strength = bessel_k1_over_i1(y * radius) / (y * y + biot * biot);
                modes.push((y, w * width * strength * FRAC_2_PI * FRAC_2_PI));
            }
            left += width;
            width = (1.7 * width).min(2.0 / radius);
        }
        Self { radius, modes }
    }

    /// Subtracts `1 / Wa` times the Abel transform of the wall's part of the potential.
    fn add_to(&self, matrix: &mut [Vec<f64>], panels: &Panels, wagner: f64) {
        for &(y, strength) in &self.modes {
            let shape: Vec<f64> = panels.nodes.iter().map(|phi| (y * phi.cos()).sinh()).collect();
            for (row, target) in matrix.iter_mut().zip(&shape) {
                let scale = strength * target / wagner;
                for ((entry, weight), source) in row.iter_mut().zip(&panels.weights).zip(&shape) {
                    *entry -= scale * weight * source;
                }
            }
        }
    }

    /// The wall's part of the potential over `i_inf a / kappa` on the plane at `r`.
    fn potential(&self, panels: &Panels, density: &[f64], r: f64) -> f64 {
        let mode = |&(y, strength): &(f64, f64)| {
            let amplitude = panels.integrate(density, |phi| (y * phi.cos()).sinh());
            strength * y * amplitude * (y * r).exp() * scaled_bessel_i(0, y * r)
        };
        self.modes.iter().map(mode).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    fn disc(wagner: f64) -> InsulatingDisc {
        InsulatingDisc::solve(wagner).expect("in range")
    }

    #[test]
    fn agrees_with_published_digits() {
        // Spectral expansion and orthogonal-coordinate finite elements, four and five digits.
        for (wagner, peak, mean) in
            [(0.1, 2.860, 5.9155), (1.0, 1.3785, 1.6235), (10.0, 1.0548, 1.0767)]
        {
            assert_close(disc(wagner).peak_factor(), peak, 2e-4);
            assert_close(disc(wagner).mean_potential(), mean, 1e-4);
        }
    }

    #[test]
    fn the_slow_and_fast_limits_hold() {
        // Peak 1 + 2 / (pi Wa) and c0 1 + 8 / (3 pi Wa): potentials of a uniformly charged disc.
        let slow = disc(1e4);
        assert!((slow.peak_factor() - 1.0 - 2.0 / (PI * 1e4)).abs() < 1e-7);
        assert!((slow.mean_potential() - 1.0 - 8.0 / (3.0 * PI * 1e4)).abs() < 1e-7);
        // c0 Wa -> 4 / (3 pi); the correction is of the order Wa ln Wa.
        assert_close(disc(1e-3).mean_potential() * 1e-3, 4.0 / (3.0 * PI), 1e-2);
    }

    #[test]
    fn profile_of_a_ten_micrometre_disc_under_sodium_thioantimonate() {
        // kappa 0.9 mS/cm, i0 1.3 mA/cm2, 298.15 K: Wa 17.79; spectral Hankel expansion.
        let rct = super::super::charge_transfer_resistance(13.0, 298.15, 0.5, 0.5);
        let disc = disc(0.09 * rct / 1e-5);
        let known = [(1.0, 1.0323), (1.1, 1.0262), (1.5, 1.0165), (2.0, 1.0112), (5.0, 1.0032)];
        for (r, ratio) in known {
            assert!((disc.current_ratio(r) - ratio).abs() < 6e-5, "{r}: {}", disc.current_ratio(r));
        }
    }

    /// `integral from 1 to end of (i / i_inf - 1) 2 r dr`, r = 1 + x^2 near the rim.
    fn excess(disc: &InsulatingDisc, end: f64) -> f64 {
        let rule = gauss_legendre(12);
        let (mut sum, mut left, mut width) = (0.0, 0.0, 0.05);
        let last = (end - 1.0).sqrt();
        while left < last {
            let right = f64::min(left + width, last);
            for (x, w) in &rule {
                let at = left + (right - left) * x;
                let r = 1.0 + at * at;
                sum += w * (right - left) * 2.0 * at * (disc.current_ratio(r) - 1.0) * 2.0 * r;
            }
            left = right;
            width *= 1.8;
        }
        sum
    }

    #[test]
    fn the_plane_takes_over_the_current_of_the_disc() {
        // Half-space: beyond r the excess falls like 1/r^3, its integral like c / r.
        let open = disc(0.1);
        let (near, far) = (excess(&open, 100.0), excess(&open, 200.0));
        assert_close(2.0 * far - near, 1.0, 1e-5);
        // Cylinder: everything up to the wall.
        for (wagner, radius) in [(0.05, 5.0), (1.0, 1.5), (20.0, 50.0)] {
            let disc = InsulatingDisc::solve_in_cylinder(wagner, radius).expect("in range");
            assert_close(excess(&disc, radius), 1.0, 1e-7);
        }
    }

    #[test]
    fn the_two_sides_of_the_rim_meet() {
        for wagner in [0.01, 1.0, 100.0] {
            let disc = disc(wagner);
            // phi and with it i is continuous but for s ln s at the distance s.
            assert_close(disc.current_ratio(1.0 + 1e-10), disc.peak_factor(), 1e-6);
            assert_close(disc.potential(1.0 - 1e-10), disc.peak_factor(), 1e-6);
            assert_eq!(disc.current_ratio(0.99), 0.0);
        }
    }

    #[test]
    fn a_distant_wall_does_not_matter_and_a_near_one_adds_the_covered_share() {
        let far = InsulatingDisc::solve_in_cylinder(1.0, 1e3).expect("in range");
        assert_close(far.peak_factor(), disc(1.0).peak_factor(), 2e-6);
        // Slow kinetics: the open share of the plane carries everything, 1 / (1 - 1/25).
        let near = InsulatingDisc::solve_in_cylinder(1e5, 5.0).expect("in range");
        assert_close(near.current_ratio(3.0), 25.0 / 24.0, 1e-4);
    }

    #[test]
    fn refuses_what_it_cannot_resolve() {
        assert!(InsulatingDisc::solve(0.0).is_none());
        assert!(InsulatingDisc::solve(f64::NAN).is_none());
        assert!(InsulatingDisc::solve_in_cylinder(1.0, 1.0).is_none());
        assert!(InsulatingDisc::solve_in_cylinder(-1.0, 5.0).is_none());
        let walled = InsulatingDisc::solve_in_cylinder(1.0, 5.0).expect("in range");
        assert!(walled.current_ratio(5.1).is_nan());
        assert!(disc(1.0).potential(1.5).is_nan());
    }
}
