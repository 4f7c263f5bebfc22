//! What rank 0 keeps of the whole mesh.

use super::owners::{Owned, Owners};
use super::share::of_nodes;
use crate::case::Case;
use crate::figure::shown_cells;
use crate::results::{MeshSummary, PartOf, Symmetry};
use crate::run::model::Surface;
use crate::run::{Geometry, summarize};
use fem::Space;
use mesh::{Bodies, Mesh, Part, nodes_of, quality};

/// The surfaces of a mesh and the cuts that figures show: what quantities, profiles, surface fields and
/// figures are made from.
pub struct Excerpt {
    /// Its mesh.
    pub geometry: Geometry,
    /// Its place in the whole; none where it is all of that.
    pub part_of: Option<PartOf>,
    /// The bodies of the whole, where there is a current.
    pub bodies: Option<Bodies>,
    /// Numbers among all ranks of the free unknowns of the current, in their order.
    pub unknowns: Vec<u64>,
    /// The same of the stress side.
    pub displacements: Vec<u64>,
    /// Numbers among all ranks of its nodes.
    pub nodes: Vec<u64>,
    /// As [`super::share::Share::opposite`].
    pub opposite: Vec<u32>,
    /// Counts, quality and measures of the whole.
    pub summary: MeshSummary,
}

/// An excerpt in the making, while the whole is there.
pub struct Selected {
    /// None for the whole.
    part: Option<Part>,
    histogram: Option<[usize; 10]>,
    nodes: Vec<u64>,
    opposite: Vec<u32>,
    summary: MeshSummary,
    /// As [`Excerpt::bodies`].
    pub bodies: Option<Bodies>,
    /// As [`Excerpt::unknowns`].
    pub unknowns: Vec<u64>,
    /// As [`Excerpt::displacements`].
    pub displacements: Vec<u64>,
}

impl Selected {
    /// Cuts it out of the whole, which may be refined later, and measures that: a mesh in two dimensions is small, and figures show all of it; a
    /// single rank has to write all of it. `surfaces` are those with electric laws; `opposite` is as [`Excerpt::opposite`].
    pub fn of(
        case: &Case,
        (whole, ranks, is_refined): (&Geometry, usize, bool),
        surfaces: &[Surface],
        (owned, opposite): (&Owned, &[u32]),
    ) -> Self {
        let mesh = &whole.mesh;
        let part = (mesh.dimension == 3 && ranks > 1)
            .then(|| wanted_cells(mesh, whole.symmetry(), surfaces, is_refined));
        let part = part.map(|wanted| mesh.with_all_facets(wanted));
        let number = |&node: &u32| u64::from(owned.number[node as usize]);
        let nodes = match &part {
            Some(part) => part.nodes.iter().map(number).collect(),
            None => owned.number.iter().map(|&number| number.into()).collect(),
        };
        let opposite = part.as_ref().map(|part| of_nodes(opposite, &part.nodes));
        let asks = case.output.report && part.is_some();
        let histogram = asks.then(|| quality::assess(mesh).map(|quality| quality.histogram));
        Selected {
            part,
            histogram: histogram.flatten(),
            nodes,
            opposite: opposite.unwrap_or_default(),
            summary: summarize(whole),
            bodies: None,
            unknowns: Vec::new(),
            displacements: Vec::new(),
        }
    }

    /// Numbers among all ranks of the free unknowns that it has of a space, in the order in which a model of
    /// the excerpt numbers them.
    pub fn numbers(&self, space: &Space, owners: &Owners) -> Vec<u64> {
        let number = |&global: &u32| u64::from(owners.free.number[global as usize]);
        match &self.part {
            Some(part) => {
                let (here, in_whole) = space.on_nodes(&part.nodes);
                in_whole[..here.free()].iter().map(number).collect()
            }
            None => owners.free.number.iter().map(|&number| number.into()).collect(),
        }
    }

    /// The bodies of the whole at its nodes.
    pub fn bodies_of(&self, bodies: &Bodies) -> Bodies {
        let Some(part) = &self.part else { return bodies.clone() };
        let of_node = part.nodes.iter().map(|&node| bodies.of_node[node as usize]).collect();
        Bodies { count: bodies.count, of_node }
    }

    /// The excerpt, in place of the whole.
    pub fn take(self, whole: Geometry) -> Excerpt {
        let Selected { part, histogram, nodes, opposite, summary, .. } = self;
        let (bodies, unknowns, displacements) = (self.bodies, self.unknowns, self.displacements);
        let (geometry, part_of) = match part {
            Some(Part { mesh, nodes, cells }) => {
                (Geometry { mesh, ..whole }, Some(PartOf { nodes, cells, histogram }))
            }
            None => (whole, None),
        };
        Excerpt { geometry, part_of, bodies, unknowns, displacements, nodes, opposite, summary }
    }
}

/// The cells that figures show; all around surfaces on which currents are reactions of the body; and, so
/// that the mesh reaches as far as the whole, those at its outermost points. Cells that own facets of named
/// surfaces need no flag.
///
/// Of a mesh that `is_refined` later the cells around these come, too: where lines are bent, a finer cell may be seen
/// when the one that it is made from is not.
pub fn wanted_cells(
    mesh: &Mesh,
    symmetry: Symmetry,
    surfaces: &[Surface],
    is_refined: bool,
) -> Vec<bool> {
    let mut wanted = vec![false; mesh.points.len()];
    for surface in surfaces.iter().filter(|surface| surface.needs_reactions()) {
        nodes_of(surface.facets(mesh)).iter().for_each(|&n| wanted[n as usize] = true);
    }
    outermost(mesh).for_each(|node| wanted[node] = true);
    let touches = |nodes: &[u32]| nodes.iter().any(|&n| wanted[n as usize]);
    let cells = mesh.blocks.iter().flat_map(|block| block.cells());
    let mut cells: Vec<bool> = cells.map(touches).collect();
    let shown = shown_cells(mesh, symmetry);
    cells.iter_mut().zip(shown).for_each(|(cell, shown)| *cell |= shown);
    if is_refined {
        let all = || mesh.blocks.iter().flat_map(|block| block.cells());
        let seen = all().zip(&cells).filter(|(_, seen)| **seen).flat_map(|(nodes, _)| nodes);
        seen.for_each(|&node| wanted[node as usize] = true);
        let touches = |nodes: &[u32]| nodes.iter().any(|&n| wanted[n as usize]);
        cells = all().map(touches).collect();
    }
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
