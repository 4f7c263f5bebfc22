//! The built-in geometries: a block of electrolyte with one defect at the anode face.
//!
//! z points from the anode (z = 0) through the electrolyte (0 < z < thickness). The defect's axis is
//! r = 0 (x = 0 in planar symmetry). With an [`Anode`] the metal fills -thickness < z < 0.

mod build;
mod error;
mod grading;
mod numbering;
mod ogrid;
mod pieces;
mod revolution;
mod rim_size;
mod rounded;
mod section;
mod sweep;
mod tensor;
#[cfg(test)]
mod tests;

use build::Lattice;
pub use build::{Blueprint, bound_nodes, build};
pub use error::DefectError;
pub use pieces::Halved;
pub use rim_size::default_rim_size;

/// How the three-dimensional cell is reduced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symmetry {
    /// Plane section, x in \[0, width\], per metre of depth; the defect is a slit, a half-cylinder, ...
    Planar,
    /// Section r in \[0, width\] turned about r = 0.
    Axisymmetric,
    /// A quarter of the box, x and y in \[0, width\].
    Quarter,
    /// The whole box, x and y in \[-width, width\].
    Full,
}

/// The shape of the defect in the electrolyte.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// A flat insulating patch at z = 0.
    Disc,
    /// A half-ball.
    Hemisphere,
    /// Half an ellipsoid of revolution with this depth into the electrolyte \[m\].
    Spheroid {
        /// Semi-axis along z \[m\].
        depth: f64,
    },
    /// A flat-topped hole with this depth into the electrolyte \[m\].
    Cylinder {
        /// Height of the wall \[m\].
        depth: f64,
    },
}

/// Where the nodes of a mesh are on the lattice that it was made on: section points along two directions, and
/// rays about the axis. Those of the metal, which has a lattice of its own, begin at another line of the second
/// direction.
#[derive(Clone, Debug, PartialEq)]
pub struct LatticePoints {
    /// Section points along the first direction.
    pub across: usize,
    /// The first j of the metal: no j of the electrolyte is as large.
    pub second: usize,
    /// Rays; 1 for a mesh that is a section.
    pub rays: usize,
    /// True if the ray after the last is the first.
    pub closed: bool,
    /// (j * across + i) * rays + k for each node, at section point (i, j) on ray k. With more than one ray
    /// i = 0 is the axis, whose nodes are on ray 0.
    pub points: Vec<u32>,
}

/// The metal below the electrolyte.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anode {
    /// Its thickness \[m\].
    pub thickness: f64,
    /// Depth of the void in the metal under a disc \[m\]; zero: the faces coincide.
    pub gap: f64,
}

/// A built-in geometry.
#[derive(Clone, Debug, PartialEq)]
pub struct Defect {
    /// Reduction of the cell.
    pub symmetry: Symmetry,
    /// Shape of the defect.
    pub shape: Shape,
    /// Radius (half-width in planar symmetry) of the defect at z = 0 before rounding \[m\].
    pub radius: f64,
    /// Radius of the fillet where the wall meets z = 0 \[m\]; zero for a sharp edge.
    pub rim_radius: f64,
    /// Extent from the axis \[m\].
    pub width: f64,
    /// Thickness of the electrolyte \[m\].
    pub thickness: f64,
    /// The metal, when it is meshed.
    pub anode: Option<Anode>,
    /// Size of the cells at the rim \[m\].
    pub rim_size: f64,
    /// Order of the cells, 1 or 2.
    pub order: usize,
    /// How many times every cell is halved in each direction.
    pub refinement: u32,
}

impl Defect {
    /// Depth of the defect into the electrolyte \[m\].
    pub fn depth(&self) -> f64 {
        match self.shape {
            Shape::Disc => 0.0,
            Shape::Hemisphere => self.radius,
            Shape::Spheroid { depth } | Shape::Cylinder { depth } => depth,
        }
    }
}
