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
    bodies: Option<Bodies>,
}

impl Kept {
    /// Takes an excerpt apart, into this and the part that it is; `owner` tells that of a node by its number among
    /// all ranks.
    pub fn of(excerpt: Excerpt, owner: &dyn Fn(u32) -> u32) -> (Patch, Kept) {
        let Excerpt { geometry, part_of, bodies, nodes: numbers, opposite, .. } = excerpt;
        let PartOf { nodes, cells, .. } = part_of.expect("a part of a mesh in space");
        let part = Part { mesh: geometry.mesh, nodes, cells };
        let numbers = numbers.into_iter().map(|number| number as u32).collect();
        (Patch::dealt((part, numbers), &opposite, owner), Kept { bodies })
    }

    /// The excerpt of the finest mesh, from its part and the numbers among all ranks of its nodes, of the unknowns of the
    /// current and of the stress side;
    /// `geometry` is that of another part.
    pub fn refined(
        self,
        geometry: &Geometry,
        patch: Patch,
        (nodes, unknowns, displacements): (Vec<u64>, Vec<u64>, Vec<u64>),
        (case, measured): (&Case, &Measured),
    ) -> Excerpt {
        let Patch { part, root, .. } = patch;
        let bodies = self.bodies.map(|Bodies { count, of_node }| {
            let of_node = root.iter().map(|&node| of_node[node as usize]).collect();
            Bodies { count, of_node }
        });
        let histogram = measured.histogram.filter(|_| case.output.report);
        Excerpt {
            geometry: Geometry { mesh: part.mesh, lattice: None, ..*geometry },
            part_of: Some(PartOf { nodes: part.nodes, cells: part.cells, histogram }),
            bodies,
            unknowns,
            displacements,
            nodes,
            opposite: Vec::new(),
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
