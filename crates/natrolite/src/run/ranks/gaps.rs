//! How far a part has to reach where gaps are unknowns.
//!
//! The equation of a gap is made from those of the displacements that depend on it, and the displacements in a row of
//! the matrix depend on gaps in turn. At a pair of first order a displacement depends on the gap there; at a middle
//! node of second order on the gaps at the corners of its facet and at the middles around these: two steps from facet
//! to facet. So a part has all around what is two steps from its nodes, and all around what is two
//! steps from the surfaces that this touches: there the normals, the areas and the conditions are those of the whole.

use fem::Support;
use mesh::{FacetBlock, Mesh, Wanted, nodes_of};

/// From node to node, or from facet to facet.
const STEPS: usize = 2;

/// What hangs together on surfaces that may touch.
pub struct Gaps {
    /// Nodes within one step: pairs, or with cells of second order facets with what is opposite.
    groups: Vec<Vec<u32>>,
    /// Nodes of the surfaces.
    is_on: Vec<bool>,
}

impl Gaps {
    /// On a mesh, or on a part of it; `touching` are the surfaces.
    pub fn new(mesh: &Mesh, touching: &[Support]) -> Self {
        let is_linear = mesh.blocks.iter().all(|block| block.kind.order() == 1);
        let (mut groups, mut is_on) = (Vec::new(), vec![false; mesh.points.len()]);
        for &support in touching {
            let sides: Vec<_> = match support {
                Support::Interface(interface) => mesh.interfaces[interface].sides.iter().collect(),
                Support::Boundary(boundary) => vec![&mesh.boundaries[boundary].facets],
                Support::Region(_) => Vec::new(),
            };
            let nodes = sides.iter().flat_map(|side| nodes_of(side));
            nodes.for_each(|node| is_on[node as usize] = true);
            for (b, block) in sides[0].iter().enumerate() {
                let step = if is_linear { 1 } else { block.kind.node_count() };
                for first in (0..block.nodes.len()).step_by(step) {
                    let here =
                        |side: &&Vec<FacetBlock>| side[b].nodes[first..first + step].to_vec();
                    groups.push(sides.iter().flat_map(here).collect());
                }
            }
        }
        groups.sort_unstable();
        groups.dedup();
        Gaps { groups, is_on }
    }

    /// Adds what the parts of all ranks need besides.
    pub fn want(&self, mesh: &Mesh, wanted: &mut Wanted<'_>) {
        if self.groups.is_empty() {
            return;
        }
        (0..STEPS).for_each(|_| wanted.widen(&self.groups));
        let touched = wanted.having(mesh, &self.is_on);
        wanted.add(touched);
        (0..STEPS).for_each(|_| wanted.widen(&self.groups));
    }

    /// The same for one part of a mesh, of which these nodes are `wanted`.
    pub fn widen(&self, mesh: &Mesh, wanted: &mut [bool]) {
        if self.groups.is_empty() {
            return;
        }
        (0..STEPS).for_each(|_| self.step(wanted));
        let mut touched = vec![false; wanted.len()];
        for cell in mesh.blocks.iter().flat_map(|block| block.cells()) {
            if cell.iter().any(|&node| wanted[node as usize]) {
                cell.iter().for_each(|&node| touched[node as usize] = self.is_on[node as usize]);
            }
        }
        wanted.iter_mut().zip(touched).for_each(|(wanted, touched)| *wanted |= touched);
        (0..STEPS).for_each(|_| self.step(wanted));
    }

    fn step(&self, wanted: &mut [bool]) {
        let is_wanted = |group: &&Vec<u32>| group.iter().any(|&node| wanted[node as usize]);
        let wider: Vec<&Vec<u32>> = self.groups.iter().filter(is_wanted).collect();
        wider.into_iter().flatten().for_each(|&node| wanted[node as usize] = true);
    }
}
