//! From laws at points to operators on meshes.

mod geometry;
mod law;
pub mod quadrature;
mod real;
pub mod registry;
mod space;

pub use geometry::{Hypothesis, Tables};
pub use law::{At, Law, Of, Point, Slot, Term, width};
pub use real::{Dual, Real};
pub use space::{Constraints, Field, Space, SpaceError, Unknown};
