//! Secondary current of one Fourier mode.

/// Amplitude (A/m^2) of the current density on a plane electrode whose equilibrium potential
/// varies by `amplitude cos(k x)` (V): `i_k = dU / (Rct + 1 / (kappa k tanh(k L)))`.
///
/// `rct` charge-transfer resistance (ohm m^2), `kappa` conductivity (S/m), `k` wave number (1/m),
/// `thickness` L of the electrolyte (m), insulated at `z = L`. Derivation: `phi = A cos(k x) cosh(k (L - z))`, and the
/// current density `-kappa dphi/dz` out of the electrode equals `(dU - phi) / Rct` there. Exact
/// for linear kinetics.
pub fn fourier_mode_current(amplitude: f64, rct: f64, kappa: f64, k: f64, thickness: f64) -> f64 {
    amplitude / (rct + 1.0 / (kappa * k * (k * thickness).tanh()))
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    #[test]
    fn satisfies_the_condition_on_the_electrode() {
        let (rct, kappa, k, thickness): (f64, f64, f64, f64) = (2e-3, 0.09, 3e4, 5e-5);
        let i = fourier_mode_current(1e-3, rct, kappa, k, thickness);
        // A from -kappa dphi/dz = kappa k A sinh(k L) = i, then i Rct + A cosh(k L) = dU.
        let a = i / (kappa * k * (k * thickness).sinh());
        assert_close(i * rct + a * (k * thickness).cosh(), 1e-3, 1e-14);
    }

    #[test]
    fn has_the_thin_and_thick_limits() {
        assert_close(fourier_mode_current(1.0, 2.0, 3.0, 1e3, 1.0), 1.0 / (2.0 + 1.0 / 3e3), 1e-14);
        assert_close(fourier_mode_current(1.0, 0.0, 3.0, 1e-4, 1.0), 3e-8, 1e-7);
    }
}
