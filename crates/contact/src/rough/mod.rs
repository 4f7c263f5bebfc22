//! Rough contact: how much of a nominal contact really touches, and what passes there.
//!
//! f  contact fraction, the real over the nominal area of contact, 1
//! p  nominal contact pressure, Pa, compression positive
//!
//! Every law has f = 0 at p <= 0, rises with p, and stays at or below 1.

pub mod conductance;
mod error_function;
pub mod fraction;
pub mod greenwood_williamson;
pub mod persson;
pub mod plastic;
mod summit_integrals;
pub mod table;

pub use conductance::{
    ContactConductance, CooperMikicYovanovich, Spots, holm_cluster_resistance, holm_spot_radius,
};
pub use fraction::ContactFraction;
pub use greenwood_williamson::{GreenwoodWilliamson, Heights};
pub use persson::Persson;
pub use plastic::{Plastic, PlasticForm};
pub use table::FractionTable;

pub use conductance::ENTRY as CONTACT_CONDUCTANCE;
pub use fraction::ENTRY as CONTACT_FRACTION;

use fem::registry::{ParameterError, Values};

/// The number `name`, which the choice `law` needs.
///
/// # Errors
/// When it is not given.
fn needed(values: &Values, law: &str, name: &'static str) -> Result<f64, ParameterError> {
    values.number(name).ok_or_else(|| ParameterError {
        parameter: name,
        message: format!("missing: law = \"{law}\" needs it"),
    })
}

/// Refuses parameters that are of another law than `law`.
///
/// # Errors
/// With the first of `names` that is given.
fn refuse_foreign(
    values: &Values,
    law: &str,
    names: &[&'static str],
) -> Result<(), ParameterError> {
    match names.iter().find(|name| values.get(name).is_some()) {
        None => Ok(()),
        Some(parameter) => {
            let message = format!("law = \"{law}\" does not use it: leave it out");
            Err(ParameterError { parameter, message })
        }
    }
}
