//! From laws at points to operators on meshes.

mod law;
mod real;
pub mod registry;

pub use law::{At, Law, Of, Point, Slot, Term, width};
pub use real::{Dual, Real};
