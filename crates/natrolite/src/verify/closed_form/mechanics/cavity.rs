//! A spherical cavity under a uniform uniaxial stress T along z, in an infinite body.
//!
//! Source: Goodier, Trans. ASME 55 (1933) 39; Timoshenko and Goodier, *Theory of Elasticity*, 3rd ed.,
//! section 137.

/// `sigma_zz / T = (27 - 15 nu) / (2 (7 - 5 nu))` (1) on the equator of the cavity.
pub fn cavity_equator(poisson: f64) -> f64 {
    (27.0 - 15.0 * poisson) / (14.0 - 10.0 * poisson)
}

/// Hoop stress along the equator, `sigma_tt / T = (15 nu - 3) / (2 (7 - 5 nu))` (1).
pub fn cavity_hoop(poisson: f64) -> f64 {
    (15.0 * poisson - 3.0) / (14.0 - 10.0 * poisson)
}

/// `sigma_xx / T = sigma_yy / T = -(3 + 15 nu) / (2 (7 - 5 nu))` (1) at the pole.
pub fn cavity_pole(poisson: f64) -> f64 {
    -(3.0 + 15.0 * poisson) / (14.0 - 10.0 * poisson)
}

#[cfg(test)]
mod tests {
    use super::super::super::assert_close;
    use super::*;

    #[test]
    fn values_at_three_tenths_and_without_volume_change() {
        assert_close(cavity_equator(0.3), 2.045_454_545_454_545, 1e-14);
        assert_close(cavity_hoop(0.3), 0.136_363_636_363_636_3, 1e-14);
        assert_close(cavity_pole(0.3), -0.681_818_181_818_181_8, 1e-14);
        // Incompressible: 13/6, 1/2 and -7/6.
        assert_close(cavity_equator(0.5), 13.0 / 6.0, 1e-14);
        assert_close(cavity_hoop(0.5), 0.5, 1e-14);
        assert_close(cavity_pole(0.5), -7.0 / 6.0, 1e-14);
    }
}
