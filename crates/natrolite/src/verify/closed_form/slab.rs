//! A slab of electrolyte between two electrodes with Butler-Volmer kinetics.

use super::{FARADAY, GAS_CONSTANT};

/// Linearised charge-transfer resistance `Rct = R T / (F i0 (aa + ac))` (ohm m^2).
///
/// `i0` exchange current density (A/m^2), `temperature` (K), `aa` and `ac` the anodic and cathodic transfer
/// coefficients (1). Source: Newman and Thomas-Alyea, Electrochemical Systems (3rd ed.), eq. 8.24.
pub fn charge_transfer_resistance(i0: f64, temperature: f64, aa: f64, ac: f64) -> f64 {
    GAS_CONSTANT * temperature / (FARADAY * i0 * (aa + ac))
}

/// Overpotential `eta` (V) at which `i0 [exp(aa F eta / RT) - exp(-ac F eta / RT)] = i`.
///
/// `i` is positive for the anodic direction (A/m^2), `i0 > 0` (A/m^2), `temperature > 0` (K),
/// `aa, ac > 0`. Newton's method on the logarithm of the larger branch, which is close to linear, kept inside a bracket; accurate to rounding. NaN
/// when an argument is outside these ranges. The law: Newman and Thomas-Alyea, eq. 8.22.
pub fn butler_volmer_overpotential(i: f64, i0: f64, temperature: f64, aa: f64, ac: f64) -> f64 {
    let valid = [i0, temperature, aa, ac].iter().all(|v| *v > 0.0 && v.is_finite());
    if !valid || !i.is_finite() {
        return f64::NAN;
    }
    if i < 0.0 {
        return -butler_volmer_overpotential(-i, i0, temperature, ac, aa);
    }
    let ratio = i / i0;
    // exp(aa x) = ratio + exp(-ac x) lies between ratio and ratio + 1.
    let (mut low, mut high) = (ratio.ln().max(0.0) / aa, ratio.ln_1p() / aa);
    let mut x = high;
    for _ in 0..200 {
        let residual = (aa * x).exp_m1() - (-ac * x).exp_m1() - ratio;
        if residual > 0.0 {
            high = x;
        } else {
            low = x;
        }
        let slope = aa * (aa * x).exp() + ac * (-ac * x).exp();
        let mut next = x - residual / slope;
        if !(low..=high).contains(&next) {
            next = 0.5 * (low + high);
        }
        let step = (next - x).abs();
        x = next;
        if step <= 1e-16 * x.abs() {
            break;
        }
    }
    x * GAS_CONSTANT * temperature / FARADAY
}

/// Voltage (V) of a slab of thickness `thickness` (m) and conductivity `kappa` (S/m) between two
/// equal electrodes at the current density `i` (A/m^2): `i L / kappa + eta(i) - eta(-i)`.
///
/// One electrode strips, the other plates; see [`butler_volmer_overpotential`] for the rest.
pub fn slab_voltage(
    i: f64,
    thickness: f64,
    kappa: f64,
    i0: f64,
    temperature: f64,
    (aa, ac): (f64, f64),
) -> f64 {
    let stripping = butler_volmer_overpotential(i, i0, temperature, aa, ac);
    let plating = butler_volmer_overpotential(-i, i0, temperature, aa, ac);
    i * thickness / kappa + stripping - plating
}

/// [`slab_voltage`] for transfer coefficients 1/2: `i L / kappa + 2 (2 R T / F) asinh(i / 2 i0)` (V).
pub fn symmetric_slab_voltage(
    i: f64,
    thickness: f64,
    kappa: f64,
    i0: f64,
    temperature: f64,
) -> f64 {
    let thermal = GAS_CONSTANT * temperature / FARADAY;
    i * thickness / kappa + 4.0 * thermal * (i / (2.0 * i0)).asinh()
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    #[test]
    fn general_coefficients_reduce_to_the_inverse_hyperbolic_sine() {
        for i in [1e-9, 0.3, 5.1, 13.0, 1e4, -5.1] {
            let general = slab_voltage(i, 5e-5, 0.09, 13.0, 298.15, (0.5, 0.5));
            assert_close(general, symmetric_slab_voltage(i, 5e-5, 0.09, 13.0, 298.15), 1e-14);
        }
    }

    #[test]
    fn the_overpotential_satisfies_the_law() {
        let f = FARADAY / (GAS_CONSTANT * 333.15);
        for (i, aa, ac) in [(20.0, 0.3, 0.7), (-20.0, 0.3, 0.7), (1e8, 0.2, 1.1), (-1e-6, 0.9, 0.4)]
        {
            let eta = butler_volmer_overpotential(i, 13.0, 333.15, aa, ac);
            let law = 13.0 * ((aa * f * eta).exp_m1() - (-ac * f * eta).exp_m1());
            assert_close(law, i, 1e-12);
        }
    }

    #[test]
    fn a_tafel_slope_is_two_decades_per_twice_the_logarithm() {
        // eta -> (R T / aa F) ln(i / i0): 59.16 mV per decade over aa at 298.15 K.
        let eta = |i| butler_volmer_overpotential(i, 1.0, 298.15, 0.5, 0.5);
        assert_close(eta(1e8) - eta(1e7), 0.059_159 / 0.5, 1e-5);
    }

    #[test]
    fn kinetics_of_the_symmetric_cell_with_the_published_exchange_current() {
        // 0.51 mA/cm2 with i0 = 1.3 mA/cm2 at 298.15 K: 20 mV; RT/(F i0) = 19.76 ohm cm2.
        assert_close(symmetric_slab_voltage(5.1, 0.0, 1.0, 13.0, 298.15), 0.020_026, 1e-3);
        assert_close(charge_transfer_resistance(13.0, 298.15, 0.5, 0.5), 19.76e-4, 1e-3);
    }

    #[test]
    fn refuses_what_has_no_meaning() {
        assert!(butler_volmer_overpotential(1.0, 0.0, 298.15, 0.5, 0.5).is_nan());
        assert!(butler_volmer_overpotential(f64::INFINITY, 1.0, 298.15, 0.5, 0.5).is_nan());
    }
}
