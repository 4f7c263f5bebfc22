//! Who owns which node and which unknown.

use crate::run::model::{Role, Surface};
use algebra::IndexMap;
use fem::Space;
use mesh::{Mesh, nodes_of};
use std::ops::Range;

/// Who owns what, and how it is numbered among all ranks.
pub struct Owned {
    /// The owner of each.
    pub by: Vec<u32>,
    /// Number of each among all ranks: what rank 0 owns first, each rank's in their order.
    pub number: Vec<u32>,
    /// Where the numbers of each rank begin, and where the last ones end.
    starts: Vec<u32>,
}

impl Owned {
    /// What each of so many ranks owns.
    pub fn new(by: Vec<u32>, ranks: usize) -> Self {
        let mut starts = vec![0; ranks + 1];
        by.iter().for_each(|&owner| starts[owner as usize + 1] += 1);
        for rank in 0..ranks {
            starts[rank + 1] += starts[rank];
        }
        let mut next = starts.clone();
        let number = |&owner: &u32| {
            let next = &mut next[owner as usize];
            *next += 1;
            *next - 1
        };
        Owned { number: by.iter().map(number).collect(), by, starts }
    }

    /// The numbers of a rank.
    pub fn range(&self, rank: u32) -> Range<u64> {
        let [start, end] = [0, 1].map(|k| self.starts[rank as usize + k]);
        u64::from(start)..u64::from(end)
    }

    /// The numbers among all ranks of some of them.
    pub fn numbers(&self, here: &[u32]) -> Vec<u32> {
        here.iter().map(|&k| self.number[k as usize]).collect()
    }

    /// Which of some of them are of `rank`.
    pub fn of_rank(&self, here: &[u32], rank: u32) -> Vec<bool> {
        here.iter().map(|&k| self.by[k as usize] == rank).collect()
    }

    /// Puts those of `rank` among `here`, rising numbers of the whole, before copies of others. Returns the
    /// new place of each, and what these are among all ranks.
    pub fn map(&self, here: &[u32], rank: u32) -> (Vec<u32>, IndexMap) {
        let owned = self.range(rank);
        let count = (owned.end - owned.start) as usize;
        let mut ghosts = Vec::new();
        let place = |&global: &u32| {
            let number = u64::from(self.number[global as usize]);
            if owned.contains(&number) {
                return (number - owned.start) as u32;
            }
            ghosts.push(number);
            (count + ghosts.len() - 1) as u32
        };
        let places = here.iter().map(place).collect();
        (places, IndexMap::new(owned, ghosts))
    }
}

/// Owners of what a space has.
pub struct Owners {
    /// The free unknowns.
    pub free: Owned,
    /// On which rank each prescribed unknown counts.
    pub prescribed: Vec<u32>,
}

impl Owners {
    /// Unknowns go with their nodes; what no node has, with rank 0.
    pub fn of(space: &Space, nodes: &Owned, ranks: usize) -> Self {
        let mut of_all = vec![0; space.total()];
        for field in 0..space.fields().len() {
            for (node, &owner) in nodes.by.iter().enumerate() {
                let dofs = space.dofs(field, node as u32);
                dofs.iter().for_each(|&dof| of_all[dof as usize] = owner);
            }
        }
        let prescribed = of_all.split_off(space.free());
        Owners { free: Owned::new(of_all, ranks), prescribed }
    }

    /// The same, and the potential of a whole body with the rank that has most of the nodes around it.
    pub fn with_bodies(
        mesh: &Mesh,
        (space, surfaces): (&Space, &[Surface]),
        nodes: &Owned,
        ranks: usize,
    ) -> Self {
        let Owners { free: Owned { by: mut of_free, .. }, prescribed } =
            Self::of(space, nodes, ranks);
        for surface in surfaces {
            let Some(whole) = whole_at(surface) else { continue };
            if let Some(of) = of_free.get_mut(space.whole_dof(whole) as usize) {
                *of = most_of(&nodes_of(surface.facets(mesh)), &nodes.by, ranks);
            }
        }
        Owners { free: Owned::new(of_free, ranks), prescribed }
    }

    /// The nodes with unknowns of another owner than their own, with that owner: those tied to a whole
    /// body, or joined with others.
    pub fn beyond_nodes(&self, space: &Space, nodes: &Owned) -> Vec<[u32; 2]> {
        let mut beyond = Vec::new();
        for field in 0..space.fields().len() {
            for (node, &owner) in (0u32..).zip(&nodes.by) {
                let owners = space.dofs(field, node).iter();
                let owners = owners.filter_map(|&dof| self.free.by.get(dof as usize));
                beyond.extend(owners.filter(|&&of| of != owner).map(|&of| [node, of]));
            }
        }
        beyond
    }
}

/// The whole-body unknown that a surface reads or is tied to.
pub fn whole_at(surface: &Surface) -> Option<usize> {
    match surface.role {
        Role::Kinetics { metal, .. } => metal,
        Role::Equipotential { whole, .. } => Some(whole),
        Role::Potential(_) | Role::UniformCurrent(_) => None,
    }
}

/// The rank that owns most of `nodes`, the first of several.
fn most_of(nodes: &[u32], of_node: &[u32], ranks: usize) -> u32 {
    let mut counts = vec![0usize; ranks];
    nodes.iter().for_each(|&n| counts[of_node[n as usize] as usize] += 1);
    (0..ranks).rev().max_by_key(|&rank| counts[rank]).unwrap_or(0) as u32
}
