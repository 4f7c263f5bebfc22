//! The case: text with units becomes a checked description in SI units. Names are still text; the
//! mesh decides later whether they exist.

mod describe;
pub mod diagnostic;
mod direction;
mod expect;
mod field;
mod fields;
mod geometry;
mod key;
mod law;
mod library;
mod material;
mod mechanics;
mod place;
mod points_file;
mod read;
mod resolve;
pub mod set;
pub mod source;
mod sweep;
#[cfg(test)]
mod tests;
pub mod tree;
mod value;
mod vary;

pub use describe::{describe_law, describe_tensor, describe_values};
pub use diagnostic::{CaseError, Diagnostic, Diagnostics, nearest};
pub use expect::{Expectation, Of, QUANTITIES, Quantity, quantity_called, quantity_in_words};
pub use field::{CASE, Field, FieldKind, LINEAR_METHODS, NAMED_TABLES};
pub use geometry::{DefectSource, FileSource, MeshSource};
pub use law::{Depth, LawUse, NumberRead, Registry, at, example, example_value, sole_parameter};
pub use library::Inherited;
pub use material::{Material, MaterialOrigin};
pub use place::{BoundaryUse, InterfaceUse};
pub use points_file::read_points_file;
pub use read::{read, read_file};
pub use source::{Origin, Source};
pub use sweep::{Axis, AxisValue, Sweep, SweepMode, written};
pub use tree::Node;
pub use value::describe_range;
pub use vary::{LawNumber, Step};

use crate::registry::is_mechanical;
use std::path::PathBuf;
use std::sync::Arc;

/// A case in SI units, checked as far as that is possible without its mesh.
#[derive(Clone, Debug)]
pub struct Case {
    /// The case file.
    pub path: PathBuf,
    /// Its text, as typed.
    pub source: Arc<Source>,
    /// The tree that was read: the text with the arguments of `--set` applied.
    pub tree: Node,
    /// What the case is about; the name of the file when it does not say.
    pub title: String,
    /// Temperature of the whole cell \[K\].
    pub temperature: f64,
    /// Where the mesh comes from.
    pub mesh: MeshSource,
    /// Order of shape functions and geometry, 1 or 2.
    pub order: usize,
    /// True when there is no stress across the plane of a planar case; else there is no strain.
    pub plane_stress: bool,
    /// The materials that regions use.
    pub materials: Vec<Material>,
    /// The material of each region that the case names.
    pub regions: Vec<RegionUse>,
    /// Laws on boundaries.
    pub boundaries: Vec<BoundaryUse>,
    /// Laws on interfaces.
    pub interfaces: Vec<InterfaceUse>,
    /// How the equations are solved.
    pub solver: SolverOptions,
    /// What is written.
    pub output: OutputOptions,
    /// What the run must give.
    pub expect: Vec<Expectation>,
    /// What `natrolite sweep` varies.
    pub sweep: Option<Sweep>,
}

/// The material of a region.
#[derive(Clone, Debug)]
pub struct RegionUse {
    /// Name of the region.
    pub name: String,
    /// Index among [`Case::materials`].
    pub material: usize,
    /// Where the region was named.
    pub origin: Origin,
}

/// `[solver]`.
#[derive(Clone, Debug, PartialEq)]
pub struct SolverOptions {
    /// Newton's method stops when the residual is this fraction of its scale.
    pub newton_rtol: f64,
    /// Newton's method gives up after this many iterations.
    pub newton_max_iterations: usize,
    /// One of [`LINEAR_METHODS`].
    pub linear_method: &'static str,
    /// An iterative linear solver stops at this fraction of the right-hand side.
    pub linear_rtol: f64,
    /// Options for PETSc.
    pub petsc: Option<String>,
}

/// `[output]`.
#[derive(Clone, Debug)]
pub struct OutputOptions {
    /// The counter electrode's boundary, when the case names it, and where.
    pub counter: Option<(String, Origin)>,
    /// Level of compression, 0 to 9.
    pub compression: u8,
    /// Whether the page is written.
    pub report: bool,
    /// Distances at which profiles are evaluated too \[m\].
    pub profile_at: Vec<f64>,
}

/// What a case solves for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Physics {
    /// The current: an electric law acts on a boundary or interface, or no law does at all.
    pub current: bool,
    /// The stress: a law of mechanics acts on a boundary or interface, or a material swells.
    pub mechanics: bool,
}

impl Physics {
    /// From the laws that are placed.
    fn of(materials: &[Material], boundaries: &[BoundaryUse], interfaces: &[InterfaceUse]) -> Self {
        let places = boundaries.iter().map(|b| &b.laws).chain(interfaces.iter().map(|i| &i.laws));
        let mut laws = places.flatten();
        let swells = materials.iter().any(|m| m.law("eigenstrain").is_some());
        let mechanics = swells || laws.clone().any(|law| is_mechanical(law.entry));
        let current = !mechanics || laws.any(|law| !is_mechanical(law.entry));
        Physics { current, mechanics }
    }
}

impl Case {
    /// The counter electrode's boundary: the one that carries `current`, else the one that
    /// `[output] counter` names.
    pub fn counter(&self) -> Option<&str> {
        let mut driven = self.boundaries.iter().filter(|b| b.law("current").is_some());
        match (driven.next(), driven.next()) {
            (Some(boundary), None) => Some(&boundary.name),
            _ => self.output.counter.as_ref().map(|(name, _)| name.as_str()),
        }
    }

    /// What is to be solved for.
    pub fn physics(&self) -> Physics {
        Physics::of(&self.materials, &self.boundaries, &self.interfaces)
    }

    /// Radius of the built-in defect \[m\]; `None` for a mesh file.
    pub fn defect_radius(&self) -> Option<f64> {
        match &self.mesh {
            MeshSource::Defect(defect) => Some(defect.radius()),
            MeshSource::File(_) => None,
        }
    }

    /// The case file as a whole, for errors that no line is to blame for.
    pub fn origin(&self) -> Origin {
        Origin::whole(&self.source)
    }
}
