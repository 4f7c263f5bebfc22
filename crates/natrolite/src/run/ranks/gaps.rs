//! How far a part has to reach where gaps are unknowns.
//!
//! The equation of a gap is made from those of the displacements that depend on it, and the displacements in a row of
//! the matrix depend on gaps in turn. At a pair of first order a displacement depends on the gap there; at a middle
//! node of second order on the gaps at the corners of its facet and at the middles around these: two steps from facet
//! to facet. So a part has all around what is two steps from its nodes, and all around what is two
//! steps from the surfaces that this touches: there the normals, the areas and the conditions are those of the whole.
//! What is opposite a node of these surfaces at any interface belongs to them: it may be joined, and move with the gap.

use fem::Support;
use mesh::{FacetBlock, Mesh, Wanted, nodes_of};

/// From node to node, or from facet to facet.
const STEPS: usize = 2;

/// What hangs together on surfaces that may touch.
pub struct Gaps {
    /// Nodes within one step: those opposite each other, or with cells of second order facets with what is opposite.
    groups: Vec<Vec<u32>>,
    /// Nodes of the surfaces, and what is opposite these.
    is_on: Vec<bool>,
}

impl Gaps {
    /// On a mesh, or on a part of it; `touching` are the surfaces.
    pub fn new(mesh: &Mesh, touching: &[Support]) -> Self {
        if touching.is_empty() {
            return Gaps { groups: Vec::new(), is_on: Vec::new() };
        }
        let is_linear = mesh.blocks.iter().all(|block| block.kind.order() == 1);
        let (mut groups, mut is_on) = (Vec::<Vec<u32>>::new(), vec![false; mesh.points.len()]);
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
        let sets = Sets::of(mesh, &is_on);
        for group in &mut groups {
            *group = group.iter().flat_map(|&node| sets.around(node)).collect();
            group.sort_unstable();
            group.dedup();
        }
        groups.sort_unstable();
        groups.dedup();
        sets.nodes.iter().for_each(|&[_, node]| is_on[node as usize] = true);
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

/// The sets of nodes opposite each other, step by step, of which one is on a surface that may touch.
struct Sets {
    /// The first of the set of each node.
    first: Vec<u32>,
    /// The first of a set and a node of it, sorted.
    nodes: Vec<[u32; 2]>,
}

impl Sets {
    fn of(mesh: &Mesh, is_on: &[bool]) -> Self {
        let first = mesh.first_opposite();
        let mut touches = vec![false; first.len()];
        let on = first.iter().zip(is_on).filter(|(_, is_on)| **is_on);
        on.for_each(|(&first, _)| touches[first as usize] = true);
        let pairs = first.iter().zip(0..).map(|(&first, node)| [first, node]);
        let mut nodes: Vec<[u32; 2]> =
            pairs.filter(|[first, _]| touches[*first as usize]).collect();
        nodes.sort_unstable();
        Sets { first, nodes }
    }

    /// The nodes of the set of one that is on a surface.
    fn around(&self, node: u32) -> impl Iterator<Item = u32> {
        let first = self.first[node as usize];
        let begin = self.nodes.partition_point(|pair| pair[0] < first);
        let set = self.nodes[begin..].iter().take_while(move |pair| pair[0] == first);
        set.map(|pair| pair[1])
    }
}

#[cfg(test)]
#[path = "../../../../../tests/common/bricks.rs"]
mod bricks;

#[cfg(test)]
mod tests {
    use super::*;

    /// A body that may leave an obstacle is joined to one that is not above it.
    #[test]
    fn what_is_joined_to_a_gap_belongs_to_it() {
        let text = bricks::two_bricks(2);
        let mut mesh = mesh::read_gmsh(&mut text.as_bytes(), text.len() as u64, 1e-6).unwrap();
        mesh.split("joint", ["left", "right"]).unwrap();
        let bottom = mesh.boundaries.iter().position(|b| b.name == "bottom").unwrap();
        let gaps = Gaps::new(&mesh, &[Support::Boundary(bottom)]);
        let [left, right] = mesh.interfaces[0].sides.each_ref().map(|side| nodes_of(side));
        let on = |nodes: &[u32]| nodes.iter().filter(|&&n| gaps.is_on[n as usize]).count();
        assert_eq!([on(&left), on(&right)], [3, 3]);
        assert_eq!(gaps.groups.iter().filter(|group| group.len() == 2).count(), 3);
        assert_eq!(gaps.groups.len(), 9);

        // From a node of the body beside, next to the joint, everything at the joint is reached.
        let beside = |x: &[f64; 3]| x[0] > 14e-6 && x[0] < 16e-6 && x[1] < 1e-6 && x[2] < 1e-6;
        let mut wanted: Vec<bool> = mesh.points.iter().map(beside).collect();
        assert_eq!(wanted.iter().filter(|w| **w).count(), 1);
        gaps.widen(&mesh, &mut wanted);
        let joined = |&&n: &&u32| gaps.is_on[n as usize] && wanted[n as usize];
        assert_eq!([&left, &right].map(|side| side.iter().filter(joined).count()), [2, 2]);
    }
}
