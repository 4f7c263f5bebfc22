//! Tafel kinetics: one branch of charge transfer alone.
//!
//!   cathodic branch (plating):   i = -i0 exp(-a F eta / R T)
//!   anodic branch (stripping):   i =  i0 exp( a F eta / R T)
//!
//! i0   exchange current density, A/m2;   a  transfer coefficient of the branch, 1
//! eta  overpotential, V (see [`crate::Electrode`])
//!
//! Valid for |eta| well above R T / F in the branch's direction. There is no equilibrium: at eta = 0
//! the current is i0. Source: Newman and Thomas-Alyea, *Electrochemical Systems*, 3rd ed., eq. 8.28.

use crate::kinetics::{
    ELECTRODE_POTENTIAL, EQUILIBRIUM_POTENTIAL, EXCHANGE_CURRENT_DENSITY, FILM_RESISTANCE,
    PARTIAL_MOLAR_VOLUME,
};
use crate::{Electrode, FARADAY, GAS_CONSTANT, Kinetics};
use fem::Real;
use fem::registry::{Entry, Kind, Parameter, Place, Presence, Range};

/// The direction of the current.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branch {
    /// Plating: i < 0.
    Cathodic,
    /// Stripping: i > 0.
    Anodic,
}

/// See the [module](self).
#[derive(Clone, Copy, Debug)]
pub struct Tafel {
    /// i0 with the sign of the branch \[A/m2\].
    signed_i0: f64,
    /// a F / R T with the sign of the branch \[1/V\].
    rate: f64,
}

impl Tafel {
    /// From i0 \[A/m2\], the transfer coefficient and the temperature \[K\].
    pub fn new(branch: Branch, i0: f64, transfer: f64, temperature: f64) -> Self {
        let sign = if branch == Branch::Anodic { 1.0 } else { -1.0 };
        let rate = sign * transfer * FARADAY / (GAS_CONSTANT * temperature);
        Tafel { signed_i0: sign * i0, rate }
    }
}

impl Kinetics for Tafel {
    #[inline(always)]
    fn current<S: Real>(&self, eta: S) -> S {
        (eta * self.rate).exp() * self.signed_i0
    }

    fn bound(&self, i: f64) -> f64 {
        (1.0 + i.abs() / self.signed_i0.abs()).ln() / self.rate.abs() * i.signum()
    }
}

/// `tafel` in the case file.
pub const ENTRY: Entry = Entry {
    name: "tafel",
    places: &[Place::Boundary, Place::Interface],
    parameters: &[
        EXCHANGE_CURRENT_DENSITY,
        Parameter {
            name: "transfer",
            kind: Kind::Number { unit: "1", range: Range::Positive },
            presence: Presence::Default("0.5"),
            doc: "transfer coefficient a of the branch",
        },
        Parameter {
            name: "branch",
            kind: Kind::Choice(&["cathodic", "anodic"]),
            presence: Presence::Default("cathodic"),
            doc: "cathodic for plating, anodic for stripping",
        },
        ELECTRODE_POTENTIAL,
        EQUILIBRIUM_POTENTIAL,
        FILM_RESISTANCE,
        PARTIAL_MOLAR_VOLUME,
    ],
    doc: "Tafel kinetics, one branch alone: i = -i0 exp(-a F eta/RT) (cathodic) or \
          i0 exp(a F eta/RT) (anodic), eta = phi_metal - phi - U - R i",
    source: "Newman and Thomas-Alyea, Electrochemical Systems, 3rd ed., eq. 8.28",
    build: Some(|values, environment| {
        let branch = match values.choice("branch") {
            Some("anodic") => Branch::Anodic,
            _ => Branch::Cathodic,
        };
        let kinetics = Tafel::new(
            branch,
            values.required("exchange_current_density"),
            values.required("transfer"),
            environment.temperature,
        );
        Ok(Box::new(Electrode::new(kinetics, values, environment)))
    }),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ButlerVolmer;
    use crate::kinetics::tests::electrode;

    #[test]
    fn is_the_limit_of_butler_volmer() {
        let eta = -0.6;
        let tafel = Tafel::new(Branch::Cathodic, 13.0, 0.5, 298.15).current(eta);
        let both = ButlerVolmer::new(13.0, 0.5, 0.5, 298.15).current(eta);
        assert!((tafel / both - 1.0).abs() < 1e-9);
        assert!(tafel < 0.0);
    }

    #[test]
    fn film_equation_has_a_root_without_equilibrium() {
        let e = electrode(Tafel::new(Branch::Cathodic, 13.0, 0.5, 298.15), 2e-3);
        for jump in [-3.0, -0.1, 0.0, 0.2] {
            let i = e.current(jump);
            let back = e.kinetics.current(jump - 2e-3 * i);
            assert!((back / i - 1.0).abs() < 1e-9, "{jump}: {i} {back}");
        }
    }
}
