//! What rank 0 keeps of the whole mesh.

use super::owners::{Owned, Owners};
use crate::case::Case;
use crate::figure::shown_cells;
use crate::results::{MeshSummary, PartOf};
use crate::run::laws::Laws;
use crate::run::model::Surface;
use crate::run::{Geometry, summarize};
use fem::Space;
use mesh::{Bodies, Mesh, nodes_of, quality};

/// The surfaces of a mesh and the cuts that figures show: what quantities, profiles, surface fields and
/// figures are made from.
pub struct Excerpt {
    /// The part and its place in the whole; none where it is all of the mesh.
    pub part: Option<(Geometry, PartOf)>,
    /// The bodies of the whole.
    pub bodies: Bodies,
    /// Numbers among all ranks of its free unknowns, in their order.
    pub unknowns: Vec<u64>,
    /// Numbers among all ranks of its nodes.
    pub nodes: Vec<u64>,
    /// Counts, quality and measures of the whole.
    pub summary: MeshSummary,
}

impl Excerpt {
    /// Cuts it out, or takes all for `is_all`, and measures the whole.
    pub fn of(
        case: &Case,
        (whole, is_all): (&Geometry, bool),
        (laws, bodies): (&Laws, &Bodies),
        (space, owners): (&Space, &Owners),
        owned: &Owned,
    ) -> Self {
        let mesh = &whole.mesh;
        let summary = summarize(whole);
        let numbers = |of: &[u32]| of.iter().map(|&k| u64::from(k)).collect();
        if is_all {
            let (unknowns, nodes) = (numbers(&owners.free.number), numbers(&owned.number));
            return Excerpt { part: None, bodies: bodies.clone(), unknowns, nodes, summary };
        }
        let part = mesh.with_all_facets(wanted_cells(whole, &laws.surfaces));
        // What a model of the excerpt numbers has the same order.
        let (here, in_whole) = space.on_nodes(&part.nodes);
        let number = |&global: &u32| u64::from(owners.free.number[global as usize]);
        let unknowns = in_whole[..here.free()].iter().map(number).collect();
        let of_node = part.nodes.iter().map(|&node| bodies.of_node[node as usize]).collect();
        let bodies = Bodies { count: bodies.count, of_node };
        let number = |&node: &u32| u64::from(owned.number[node as usize]);
        let nodes = part.nodes.iter().map(number).collect();
        let histogram = match case.output.report {
            true => quality::assess(mesh).map(|quality| quality.histogram),
            false => None,
        };
        let part_of = PartOf { nodes: part.nodes, cells: part.cells, histogram };
        let geometry = Geometry { mesh: part.mesh, ..*whole };
        Excerpt { part: Some((geometry, part_of)), bodies, unknowns, nodes, summary }
    }
}

/// The cells that figures show; all around surfaces on which currents are reactions of the body; and, so
/// that the mesh reaches as far as the whole, those at its outermost points. Cells that own facets of named
/// surfaces need no flag.
fn wanted_cells(whole: &Geometry, surfaces: &[Surface]) -> Vec<bool> {
    let mesh = &whole.mesh;
    let mut wanted = vec![false; mesh.points.len()];
    for surface in surfaces.iter().filter(|surface| surface.needs_reactions()) {
        nodes_of(surface.facets(mesh)).iter().for_each(|&n| wanted[n as usize] = true);
    }
    outermost(mesh).for_each(|node| wanted[node] = true);
    let touches = |nodes: &[u32]| nodes.iter().any(|&n| wanted[n as usize]);
    let cells = mesh.blocks.iter().flat_map(|block| block.cells());
    let mut cells: Vec<bool> = cells.map(touches).collect();
    let shown = shown_cells(mesh, whole.symmetry());
    cells.iter_mut().zip(shown).for_each(|(cell, shown)| *cell |= shown);
    cells
}

/// The nodes with the smallest and the largest coordinate along each axis.
fn outermost(mesh: &Mesh) -> impl Iterator<Item = usize> {
    let along = |axis: usize| {
        let at = |node: &usize| mesh.points[*node][axis];
        let by = |a: &usize, b: &usize| at(a).total_cmp(&at(b));
        let nodes = || 0..mesh.points.len();
        nodes().min_by(by).into_iter().chain(nodes().max_by(by))
    };
    (0..3).flat_map(along).collect::<Vec<_>>().into_iter()
}
