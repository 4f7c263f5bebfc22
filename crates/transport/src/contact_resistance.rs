//! Contact resistance between two conductors.
//!
//!   i = (phi_across - phi) / R
//!
//! R  area-specific resistance, ohm m2;   i  current density from the second into the first, A/m2
//!
//! Source: Holm, *Electric Contacts*, 4th ed., section 1 (definition).

use crate::{Electrode, LinearKinetics};
use fem::registry::{Entry, Kind, Parameter, Place, Presence, Range};

/// `contact_resistance` in the case file.
pub const ENTRY: Entry = Entry {
    name: "contact_resistance",
    places: &[Place::Interface],
    parameters: &[Parameter {
        name: "value",
        kind: Kind::Number { unit: "ohm m^2", range: Range::Positive },
        presence: Presence::Required,
        doc: "area-specific resistance R of the contact",
    }],
    doc: "contact resistance between two conductors: i = (phi_across - phi) / R",
    source: "Holm, Electric Contacts, 4th ed., section 1",
    build: Some(|values, environment| {
        let kinetics = LinearKinetics { charge_transfer_resistance: values.required("value") };
        Ok(Box::new(Electrode::new(kinetics, values, environment)))
    }),
};
