//! Primary current around insulating defects on an equipotential electrode plane.

use std::f64::consts::FRAC_2_PI;

/// `i / i_inf = 1 + a^3 / (2 r^3)` (1) on the plane outside an insulating hemisphere of radius
/// `a`; `radius_ratio = r / a >= 1`, NaN inside.
///
/// Half-space, `phi = 0` on the plane. `phi = (i_inf z / kappa) (1 + a^3 / (2 R^3))` is the flow
/// around a sphere (Lamb, Hydrodynamics, art. 92), which its symmetry plane cuts at `phi = 0`.
pub fn hemisphere_current_ratio(radius_ratio: f64) -> f64 {
    if radius_ratio >= 1.0 { 1.0 + 0.5 / radius_ratio.powi(3) } else { f64::NAN }
}

/// `i / i_inf = 1 + a^2 / x^2` (1) on the plane outside an insulating half-cylinder of radius `a`;
/// `position = x / a`, `|position| >= 1`, NaN inside.
///
/// Half-space, two-dimensional, `phi = 0` on the plane; flow around a cylinder (Lamb, art. 68).
pub fn half_cylinder_current_ratio(position: f64) -> f64 {
    if position.abs() >= 1.0 { 1.0 + 1.0 / (position * position) } else { f64::NAN }
}

/// `i / i_inf = 1 + (2/pi) [a / sqrt(r^2 - a^2) - asin(a / r)]` (1) on the plane outside a thin
/// insulating disc; `radius_ratio = r / a`: infinite at 1, NaN inside.
///
/// Half-space, `phi = 0` on the plane. Derivation: the dual integral equations of the disc
/// (Sneddon, Mixed Boundary Value Problems in Potential Theory, sec. 3.3) with
/// `A(k) = (2/pi) (i_inf / kappa) (sin k - k cos k) / k^2`; the excess integrates to `pi a^2 i_inf`.
pub fn primary_disc_current_ratio(radius_ratio: f64) -> f64 {
    let root = ((radius_ratio - 1.0) * (radius_ratio + 1.0)).sqrt();
    1.0 + FRAC_2_PI * (1.0 / root - (1.0 / radius_ratio).asin())
}

/// Potential (V) on the insulating disc, `(2/pi) (i_inf / kappa) sqrt(a^2 - r^2)`; `i_inf`
/// (A/m^2), `kappa` (S/m), `a` and `r <= a` (m), NaN beyond. See [`primary_disc_current_ratio`].
pub fn primary_disc_potential(i_inf: f64, kappa: f64, a: f64, r: f64) -> f64 {
    FRAC_2_PI * i_inf / kappa * (a * a - r * r).sqrt()
}

/// `i / i_inf = |x| / sqrt(x^2 - a^2)` (1) on the plane outside a thin insulating slit `|x| < a`;
/// `position = x / a`: infinite at 1, NaN inside.
///
/// Half-space, two-dimensional, `phi = 0` on the plane: `phi = (i_inf / kappa) Im sqrt(w^2 - a^2)`
/// with `w = x + i z` (Muskhelishvili's crack, or Lamb, art. 71).
pub fn primary_slit_current_ratio(position: f64) -> f64 {
    position.abs() / ((position - 1.0) * (position + 1.0)).sqrt()
}

/// Potential (V) on the insulating slit, `(i_inf / kappa) sqrt(a^2 - x^2)`; `i_inf` (A/m^2),
/// `kappa` (S/m), `a` and `|x| <= a` (m), NaN beyond. See [`primary_slit_current_ratio`].
pub fn primary_slit_potential(i_inf: f64, kappa: f64, a: f64, x: f64) -> f64 {
    i_inf / kappa * (a * a - x * x).sqrt()
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::super::gauss::gauss_legendre;
    use super::*;
    use std::f64::consts::PI;

    /// `integral from 1 to infinity of (ratio(r) - 1) measure(r) dr` with `r = 1 / sin(t)`.
    fn excess(ratio: fn(f64) -> f64, measure: fn(f64) -> f64) -> f64 {
        let mut sum = 0.0;
        for (x, w) in gauss_legendre(60) {
            let t = 0.5 * PI * x;
            let r = 1.0 / t.sin();
            sum += 0.5 * PI * w * (ratio(r) - 1.0) * measure(r) * t.cos() / t.sin().powi(2);
        }
        sum
    }

    #[test]
    fn the_plane_takes_over_the_current_of_the_covered_area() {
        let around = |r: f64| 2.0 * PI * r;
        assert_close(excess(hemisphere_current_ratio, around), PI, 1e-7);
        assert_close(excess(primary_disc_current_ratio, around), PI, 1e-8);
        assert_close(excess(half_cylinder_current_ratio, |_| 1.0), 1.0, 1e-10);
        assert_close(excess(primary_slit_current_ratio, |_| 1.0), 1.0, 1e-8);
    }

    #[test]
    fn reciprocity_gives_the_constriction_coefficients() {
        // Mean potential on the defect: 4 i a / (3 pi kappa) on the disc, pi i a / (4 kappa) on the slit.
        let mean = |weight: fn(f64) -> f64, phi: fn(f64, f64, f64, f64) -> f64| -> f64 {
            let points = gauss_legendre(40).into_iter();
            points
                .map(|(x, w)| (x.asin(), w, x))
                .map(|(_, w, x)| {
                    let s = (0.5 * PI * x).sin(); // position; the measure removes the root
                    0.5 * PI * w * (0.5 * PI * x).cos() * weight(s) * phi(5.1, 0.09, 1e-5, 1e-5 * s)
                })
                .sum()
        };
        let scale = 5.1 * 1e-5 / 0.09;
        assert_close(mean(|r| 2.0 * r, primary_disc_potential), 4.0 / (3.0 * PI) * scale, 1e-12);
        assert_close(mean(|_| 1.0, primary_slit_potential), 0.25 * PI * scale, 1e-12);
    }

    #[test]
    fn inside_the_defect_there_is_no_plane() {
        for ratio in [
            hemisphere_current_ratio,
            half_cylinder_current_ratio,
            primary_disc_current_ratio,
            primary_slit_current_ratio,
        ] {
            assert!(ratio(0.5).is_nan());
        }
    }
}
