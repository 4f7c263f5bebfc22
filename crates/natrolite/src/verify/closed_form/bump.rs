//! A hemisphere lined with sodium that protrudes into the electrolyte.

/// `i / i_inf = 3 cos(theta) / (1 + 2 Wa)` (1) on the wall of a conducting hemisphere of radius
/// `a` on an equipotential plane; `cos_theta` the cosine of the angle from the z axis, in [0, 1].
///
/// The wall has the interface resistance of `wagner = Wa = kappa Rct / a` (linear kinetics), the
/// plane `phi = 0` has none; half-space. Derivation: `phi = (i_inf / kappa) z (1 - C a^3 / r^3)` with
/// `C = (1 - Wa) / (1 + 2 Wa)` satisfies `kappa dphi/dr = phi / Rct` on the sphere.
pub fn bump_current_ratio(wagner: f64, cos_theta: f64) -> f64 {
    3.0 * cos_theta / (1.0 + 2.0 * wagner)
}

/// `i / i_inf = 1 - C (a / r)^3` (1) on the plane around the bump of [`bump_current_ratio`],
/// `C = (1 - Wa) / (1 + 2 Wa)`; `radius_ratio = r / a >= 1`, NaN inside. `1 - (a/r)^3` at Wa = 0.
pub fn bump_plane_current_ratio(wagner: f64, radius_ratio: f64) -> f64 {
    if radius_ratio < 1.0 {
        return f64::NAN;
    }
    1.0 - (1.0 - wagner) / (1.0 + 2.0 * wagner) / radius_ratio.powi(3)
}

#[cfg(test)]
mod tests {
    use super::super::{assert_close, hemisphere_current_ratio};
    use super::*;

    #[test]
    fn the_current_of_bump_and_plane_is_the_applied_one() {
        // Per pi a^2: the wall takes the integral of j cos(theta), the plane has the excess
        // 2 * integral over r > 1 of (ratio - 1) r dr; both replace the area that is covered.
        for wagner in [0.0, 0.5, 1.0, 20.0] {
            let wall = bump_current_ratio(wagner, 1.0);
            let plane = 2.0 * (bump_plane_current_ratio(wagner, 1.0) - 1.0);
            assert_close(wall + plane, 1.0, 1e-14);
        }
    }

    #[test]
    fn limits_are_the_primary_bump_and_the_insulating_pore() {
        assert_close(bump_current_ratio(0.0, 0.5), 1.5, 1e-15);
        assert!(bump_plane_current_ratio(0.0, 1.0).abs() < 1e-15);
        assert_close(bump_plane_current_ratio(1e12, 1.7), hemisphere_current_ratio(1.7), 1e-11);
    }
}
