//! From laws at points to operators on meshes.

mod action;
mod affine;
mod assembly;
mod corners;
mod dilatation;
mod geometry;
mod jacobian;
mod lanes;
mod law;
mod local;
mod placement;
pub mod quadrature;
mod real;
pub mod recover;
pub mod registry;
mod rows;
mod shape;
mod smooth;
mod space;
mod sum;
mod surface_term;
mod system;
mod values;

pub use action::{Action, MustStore, NodePlaces};
pub use corners::interpolation_from_corners;
pub use geometry::{Hypothesis, Tables};
pub use lanes::{LANES, Lanes};
pub use law::{At, Law, Of, Point, Slot, Term, width};
pub use local::{linear_matrix, load_vector};
pub use placement::{Placement, Support};
pub use real::{Dual, Real};
pub use smooth::nodal_coefficients;
pub use space::{Constraints, Field, Space, SpaceError, Unknown};
pub use surface_term::{SurfaceMemory, SurfaceTerm};
pub use system::System;
