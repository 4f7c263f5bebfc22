//! Strain without stress: swelling, plated volume, temperature.
//!
//!   sigma = C : (e - e0 I),    e0 = v / 3 + a (T - T0)
//!
//! so that the weak form gains the integral of -(3 lambda + 2 mu) e0 div v (in plane stress
//! -(2 lambda + 2 mu) e0 with the lambda of plane stress, in the plane only).
//!
//! v  change of volume per volume, 1, growth positive;   a  linear thermal expansion, 1/K
//! T  temperature, T0  that at which the body is free of stress, K
//!
//! Source: Timoshenko and Goodier, *Theory of Elasticity*, 3rd ed., section 153.

use crate::{Elastic, Reduction};
use fem::registry::{Entry, Kind, Parameter, ParameterError, Place, Presence, Range, Values};
use fem::{Law, Point, Real, Slot};

/// The stress -C : e0 I \[Pa\] of an eigenstrain.
#[derive(Clone, Copy, Debug)]
pub struct Eigenstress {
    elastic: Elastic,
    pressure: f64,
}

impl Eigenstress {
    /// From the linear strain e0 of a body of this elasticity.
    pub fn new(elastic: Elastic, strain: f64) -> Self {
        let directions = if elastic.reduction == Reduction::None { 3.0 } else { 2.0 };
        let pressure = (directions * elastic.lambda + 2.0 * elastic.mu) * strain;
        Eigenstress { elastic, pressure }
    }
}

impl Law for Eigenstress {
    fn slots(&self) -> &[Slot] {
        self.elastic.slots()
    }

    fn is_load(&self) -> bool {
        true
    }

    fn evaluate<S: Real>(&self, _: &Point, _: &[S], r: &mut [S]) {
        r.fill(S::from(0.0));
        for i in 0..3 {
            if self.elastic.reduction != Reduction::PlaneStress(i) {
                r[4 * i] = S::from(-self.pressure);
            }
        }
    }

    fn tangent_by_hand(&self, _: &Point, _: &[f64], t: &mut [f64]) -> bool {
        t.fill(0.0);
        true
    }
}

/// The linear strain e0 that the parameters of `eigenstrain` give at `temperature` \[K\].
///
/// # Errors
/// When a thermal expansion comes without the temperature at which there is no stress.
pub fn linear_strain(values: &Values, temperature: f64) -> Result<f64, ParameterError> {
    let swelling = values.number("volumetric").unwrap_or(0.0) / 3.0;
    let thermal =
        match (values.number("thermal_expansion"), values.number("stress_free_temperature")) {
            (Some(a), Some(free)) => a * (temperature - free),
            (None, _) => 0.0,
            (Some(_), None) => {
                let message = "missing: a thermal expansion needs it".to_owned();
                return Err(ParameterError { parameter: "stress_free_temperature", message });
            }
        };
    Ok(swelling + thermal)
}

/// `eigenstrain` in the case file. The term needs the elasticity of the same material:
/// [`Eigenstress::new`] with [`linear_strain`].
pub const ENTRY: Entry = Entry {
    name: "eigenstrain",
    places: &[Place::Material],
    parameters: &[
        Parameter {
            name: "volumetric",
            kind: Kind::Number { unit: "1", range: Range::Open(-1.0, 1.0) },
            presence: Presence::Optional,
            doc: "change of volume per volume, growth positive (swelling, plated volume)",
        },
        Parameter {
            name: "thermal_expansion",
            kind: Kind::Number { unit: "1/K", range: Range::Any },
            presence: Presence::Optional,
            doc: "linear thermal expansion a",
        },
        Parameter {
            name: "stress_free_temperature",
            kind: Kind::Number { unit: "K", range: Range::Positive },
            presence: Presence::Optional,
            doc: "temperature T0 at which there is no thermal strain",
        },
    ],
    doc: "strain without stress: sigma = C : (e - e0 I), e0 = volumetric / 3 + a (T - T0)",
    source: "Timoshenko and Goodier, Theory of Elasticity, 3rd ed., section 153",
    build: None,
};
