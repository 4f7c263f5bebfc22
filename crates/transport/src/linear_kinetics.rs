//! Linearised kinetics: charge transfer as a resistance.
//!
//!   i = eta / Rct
//!
//! Rct  charge-transfer resistance, ohm m2;   eta  overpotential, V (see [`crate::Electrode`])
//!
//! Valid for |eta| well below R T / F. Source: Newman and Thomas-Alyea, *Electrochemical Systems*,
//! 3rd ed., section 18.3.

use crate::kinetics::{
    ELECTRODE_POTENTIAL, EQUILIBRIUM_POTENTIAL, FILM_RESISTANCE, PARTIAL_MOLAR_VOLUME,
};
use crate::{Electrode, Kinetics};
use fem::Real;
use fem::registry::{Entry, Kind, Parameter, Place, Presence, Range};

/// See the [module](self).
#[derive(Clone, Copy, Debug)]
pub struct LinearKinetics {
    /// Rct \[ohm m2\].
    pub charge_transfer_resistance: f64,
}

impl Kinetics for LinearKinetics {
    #[inline(always)]
    fn current<S: Real>(&self, eta: S) -> S {
        eta * (1.0 / self.charge_transfer_resistance)
    }

    fn bound(&self, i: f64) -> f64 {
        i * self.charge_transfer_resistance
    }
}

/// `linear_kinetics` in the case file.
pub const ENTRY: Entry = Entry {
    name: "linear_kinetics",
    places: &[Place::Boundary, Place::Interface],
    parameters: &[
        Parameter {
            name: "charge_transfer_resistance",
            kind: Kind::Number { unit: "ohm m^2", range: Range::Positive },
            presence: Presence::Required,
            doc: "charge-transfer resistance Rct of a unit of area",
        },
        ELECTRODE_POTENTIAL,
        EQUILIBRIUM_POTENTIAL,
        FILM_RESISTANCE,
        PARTIAL_MOLAR_VOLUME,
    ],
    doc: "linearised charge transfer: i = eta / Rct, eta = phi_metal - phi - U - R i",
    source: "Newman and Thomas-Alyea, Electrochemical Systems, 3rd ed., section 18.3",
    build: Some(|values, environment| {
        let kinetics = LinearKinetics {
            charge_transfer_resistance: values.required("charge_transfer_resistance"),
        };
        Ok(Box::new(Electrode::new(kinetics, values, environment)))
    }),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinetics::tests::electrode;

    #[test]
    fn film_adds_to_the_resistance() {
        let e = electrode(LinearKinetics { charge_transfer_resistance: 2e-3 }, 3e-3);
        assert!((e.current(0.01) - 2.0).abs() < 1e-12);
    }
}
