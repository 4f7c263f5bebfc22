//! Where the current goes: conduction in the bulk, charge transfer at interfaces.
//!
//! Potentials are ionic in the electrolyte and electronic in the metal. A current density through an
//! interface is anodic (stripping) when positive: it flows from the metal into the electrolyte.
//! Nothing here knows a file, a unit as text or a solver.

pub mod butler_volmer;
mod constants;
pub mod contact_resistance;
pub mod control;
pub mod kinetics;
pub mod linear_kinetics;
pub mod measures;
pub mod ohm;
pub mod tafel;

pub use butler_volmer::ButlerVolmer;
pub use constants::{FARADAY, GAS_CONSTANT};
pub use control::SurfaceCurrent;
pub use kinetics::{Electrode, Kinetics};
pub use linear_kinetics::LinearKinetics;
pub use ohm::{Ohm, conductivity_at};
pub use tafel::{Branch, Tafel};

use fem::registry::Entry;

/// Index of the potential among the fields of a space.
pub const POTENTIAL: usize = 0;

/// Every law of this crate, in the order of the manual.
pub const LAWS: &[&Entry] = &[
    &ohm::ENTRY,
    &butler_volmer::ENTRY,
    &linear_kinetics::ENTRY,
    &tafel::ENTRY,
    &contact_resistance::ENTRY,
    &control::POTENTIAL,
    &control::CURRENT,
];

/// True for the laws that relate a current density to an overpotential.
pub fn is_kinetics(entry: &Entry) -> bool {
    [butler_volmer::ENTRY.name, linear_kinetics::ENTRY.name, tafel::ENTRY.name]
        .contains(&entry.name)
}
