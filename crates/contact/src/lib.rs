//! What the stack pressure does: elastic bodies that touch, or do not.
//!
//! The unknown is the displacement u \[m\], a vector field of its own space; strains are small. Stress
//! is positive in tension, pressure in compression. Nothing here knows a file, a unit as text, or the
//! electric side.

pub mod compliant;
pub mod eigenstrain;
pub mod elastic;
pub mod load;
pub mod rigid;
pub mod rough;
pub mod stress;
pub mod support;
pub mod unilateral;

pub use compliant::{Compliant, Separation};
pub use eigenstrain::{Eigenstress, linear_strain};
pub use elastic::{Elastic, Reduction};
pub use load::{Pressure, Traction};
pub use rigid::{amg_problem, amg_problem_of_size, extent};
pub use support::{Platen, SupportError, fix, flat_direction, platen, roller, support_axis};

use fem::registry::Entry;

/// Index of the displacement among the fields of the space of mechanics.
pub const DISPLACEMENT: usize = 0;

/// Every law of this crate, in the order of the manual.
pub const LAWS: &[&Entry] = &[
    &elastic::ENTRY,
    &eigenstrain::ENTRY,
    &load::PRESSURE,
    &load::TRACTION,
    &support::FIXED,
    &support::ROLLER,
    &support::PLATEN,
    &unilateral::CONTACT,
    &rough::CONTACT_FRACTION,
    &rough::CONTACT_CONDUCTANCE,
];
