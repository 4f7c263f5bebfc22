//! Meshes: points, cells, names.
//!
//! A [`Mesh`] is a set of points, cells grouped in [`Block`]s of one kind and one region, named
//! [`Boundary`] facets, and [`Interface`]s at which two regions touch without sharing nodes. Nothing
//! here knows a field, a law or a file: meshes come from the built-in defects or from the bytes of a
//! Gmsh file.

mod brick;
mod cell;
mod connectivity;
pub mod defect;
mod error;
mod facets;
mod gmsh;
mod graph;
pub mod measure;
mod mesh;
mod part;
mod parts;
mod pattern;
mod points;
pub mod quality;
pub mod reference;
mod renumber;
mod split;
mod straight;
mod subdivide;
#[cfg(test)]
mod tests;
mod weights;

pub use brick::brick;
pub use cell::CellKind;
pub use connectivity::{Bodies, bodies};
pub use error::{MeshError, Position};
pub use gmsh::read_gmsh;
pub use graph::{CornerGraph, CornerGraphs};
pub use mesh::{
    Block, Boundary, FacetBlock, Interface, InternalSurface, Mesh, SharedFacetBlock, nodes_of,
};
pub use part::Part;
pub use parts::{Parts, Wanted};
pub use straight::is_straight;
pub use subdivide::{Between, Origins};
pub use weights::Halving;
