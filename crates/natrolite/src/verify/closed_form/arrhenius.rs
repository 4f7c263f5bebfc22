//! Conductivity against temperature from two measured points.

use super::{FARADAY, GAS_CONSTANT};

/// What is proportional to `exp(-Ea / kB T)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArrheniusForm {
    /// The conductivity itself.
    Sigma,
    /// The conductivity times the absolute temperature (Nernst-Einstein hopping).
    SigmaT,
}

/// An Arrhenius law through one point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrhenius {
    /// Form of the law.
    pub form: ArrheniusForm,
    /// Activation energy, eV.
    pub activation_energy: f64,
    /// Temperature of the point, K.
    pub temperature: f64,
    /// Conductivity at that temperature, S/m.
    pub conductivity: f64,
}

impl Arrhenius {
    /// The law through two points `(T, sigma)` in (K, S/m), of two different temperatures:
    /// `Ea = kB ln(s2 / s1) / (1/T1 - 1/T2)` with `s = sigma` or `sigma T`.
    pub fn through(form: ArrheniusForm, first: (f64, f64), second: (f64, f64)) -> Self {
        let scaled = |(temperature, conductivity): (f64, f64)| match form {
            ArrheniusForm::Sigma => conductivity,
            ArrheniusForm::SigmaT => conductivity * temperature,
        };
        let boltzmann = GAS_CONSTANT / FARADAY; // eV/K
        let activation_energy =
            boltzmann * (scaled(second) / scaled(first)).ln() / (1.0 / first.0 - 1.0 / second.0);
        Self { form, activation_energy, temperature: first.0, conductivity: first.1 }
    }

    /// Conductivity (S/m) at `temperature` (K).
    pub fn at(&self, temperature: f64) -> f64 {
        let exponent = self.activation_energy * FARADAY / GAS_CONSTANT
            * (1.0 / self.temperature - 1.0 / temperature);
        let prefactor = match self.form {
            ArrheniusForm::Sigma => 1.0,
            ArrheniusForm::SigmaT => self.temperature / temperature,
        };
        self.conductivity * prefactor * exponent.exp()
    }
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    /// Na3PS4, cast-annealed cathode paper: 1.43e-4 S/cm at 25 C, 3.45e-4 S/cm at 60 C.
    const POINTS: [(f64, f64); 2] = [(298.15, 1.43e-2), (333.15, 3.45e-2)];

    #[test]
    fn sodium_thiophosphate_between_25_and_60_degrees() {
        for (form, energy) in [(ArrheniusForm::Sigma, 0.215), (ArrheniusForm::SigmaT, 0.243)] {
            let law = Arrhenius::through(form, POINTS[0], POINTS[1]);
            assert!((law.activation_energy - energy).abs() < 5e-4, "{}", law.activation_energy);
            assert_close(law.at(333.15), 3.45e-2, 1e-14);
            // 2.14e-4 S/cm at 40 C in both forms.
            assert!((law.at(313.15) - 2.14e-2).abs() < 5e-5, "{}", law.at(313.15));
        }
    }
}
