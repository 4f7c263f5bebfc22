//! Meshes: points, cells, names.
//!
//! A [`Mesh`] is a set of points, cells grouped in [`Block`]s of one kind and one region, named
//! [`Boundary`] facets, and [`Interface`]s at which two regions touch without sharing nodes. Nothing
//! here knows a field, a law or a file: meshes come from the built-in defects or from the bytes of a
//! Gmsh file.

mod brick;
mod cell;
pub mod defect;
mod mesh;
pub mod reference;

pub use brick::brick;
pub use cell::CellKind;
pub use mesh::{Block, Boundary, FacetBlock, Interface, Mesh};
