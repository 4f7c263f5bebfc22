//! Which cells of a mesh in space figures show.

use super::cut_above;
use super::section::Section;
use crate::results::Symmetry;
use mesh::Mesh;

/// For each cell whether a figure of a run may show it: those that meet one of the planes in which a mesh in
/// space is cut. Beyond them, figures need the facets of boundaries and interfaces and the points
/// where the mesh ends.
pub(crate) fn shown_cells(mesh: &Mesh, symmetry: Symmetry) -> Vec<bool> {
    let upright = Section::of(mesh, symmetry);
    let above = cut_above::section(mesh);
    let sections: Vec<Section> = upright.into_iter().chain(above).collect();
    let everywhere = [[f64::NEG_INFINITY; 2], [f64::INFINITY; 2]];
    let is_shown =
        |nodes: &[u32]| sections.iter().any(|section| section.is_visible(mesh, nodes, everywhere));
    mesh.blocks.iter().flat_map(|block| block.cells()).map(is_shown).collect()
}
