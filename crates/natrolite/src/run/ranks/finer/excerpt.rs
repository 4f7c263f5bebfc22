//! What rank 0 keeps of a mesh that is nowhere as a whole.

use super::measured::Measured;
use super::patch::Patch;
use crate::case::Case;
use crate::results::{PartOf, Symmetry};
use crate::run::Geometry;
use crate::run::model::Surface;
use crate::run::ranks::excerpt::{Excerpt, wanted_cells};
use mesh::{Bodies, Part};

/// What stays the same of an excerpt on finer meshes.
pub struct Kept {
    bodies: Bodies,
}

impl Kept {
    /// Takes an excerpt apart, into this and the part that it is; `owner` tells that of a node by its number among
    /// all ranks.
    pub fn of(excerpt: Excerpt, owner: &dyn Fn(u32) -> u32) -> (Patch, Kept) {
        let Excerpt { geometry, part_of, bodies, nodes: numbers, .. } = excerpt;
        let PartOf { nodes, cells, .. } = part_of.expect("a part of a mesh in space");
        let part = Part { mesh: geometry.mesh, nodes, cells };
        let bodies = bodies.expect("a current has bodies");
        let numbers = numbers.into_iter().map(|number| number as u32).collect();
        (Patch::dealt((part, numbers), owner), Kept { bodies })
    }

    /// The excerpt of the finest mesh, from its part and the numbers among all ranks of its nodes and unknowns;
    /// `geometry` is that of another part.
    pub fn refined(
        self,
        geometry: &Geometry,
        patch: Patch,
        (nodes, unknowns): (Vec<u64>, Vec<u64>),
        (case, measured): (&Case, &Measured),
    ) -> Excerpt {
        let Patch { part, root, .. } = patch;
        let of_node = root.iter().map(|&node| self.bodies.of_node[node as usize]).collect();
        let histogram = measured.histogram.filter(|_| case.output.report);
        Excerpt {
            geometry: Geometry { mesh: part.mesh, lattice: None, ..*geometry },
            part_of: Some(PartOf { nodes: part.nodes, cells: part.cells, histogram }),
            bodies: Some(Bodies { count: self.bodies.count, of_node }),
            unknowns,
            displacements: Vec::new(),
            nodes,
            summary: measured.summary.clone(),
        }
    }
}

/// Drops what only the coarser cells of an excerpt reached; it may be refined again.
pub fn thin(fine: Patch, symmetry: Symmetry, surfaces: &[Surface], is_refined: bool) -> Patch {
    let cells = wanted_cells(&fine.part.mesh, symmetry, surfaces, is_refined);
    let part = fine.part.with_all_facets(cells);
    fine.cut(part)
}
