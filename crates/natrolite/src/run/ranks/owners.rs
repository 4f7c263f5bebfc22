//! Who owns which node and which unknown.

use super::Engine;
use crate::run::RunError;
use crate::run::model::{Role, Surface};
use fem::Space;
use mesh::{Mesh, nodes_of};
use std::ops::Range;

/// Owners, the same on all ranks.
pub struct Owners {
    /// Of the nodes.
    pub of_node: Vec<u32>,
    /// Of the free unknowns.
    pub of_unknown: Vec<u32>,
    /// Number of each free unknown among all ranks: those of rank 0 first, each rank's in their order.
    pub number: Vec<u32>,
    /// The numbers of this rank.
    pub owned: Range<u32>,
    /// Number of each node among all ranks, in the same way.
    pub number_of_node: Vec<u32>,
    /// The numbers of nodes of this rank.
    pub owned_nodes: Range<u32>,
}

impl Owners {
    /// Parts the corners of cells by the engine's partitioner; other nodes go with a corner near by,
    /// unknowns with their nodes, and the potential of a whole body with most of the nodes around it.
    ///
    /// # Errors
    /// When the engine finds no partition.
    pub fn of(
        mesh: &Mesh,
        space: &Space,
        surfaces: &[Surface],
        engine: &dyn Engine,
    ) -> Result<Self, RunError> {
        let of_node = owners_of_nodes(mesh, engine)?;
        let mut of_unknown = vec![0; space.free()];
        for field in 0..space.fields().len() {
            for (node, &owner) in of_node.iter().enumerate() {
                for &dof in space.dofs(field, node as u32) {
                    if let Some(of) = of_unknown.get_mut(dof as usize) {
                        *of = owner;
                    }
                }
            }
        }
        let ranks = engine.comm().size();
        for surface in surfaces {
            let Some(whole) = whole_at(surface) else { continue };
            if let Some(of) = of_unknown.get_mut(space.whole_dof(whole) as usize) {
                *of = most_of(&nodes_of(surface.facets(mesh)), &of_node, ranks);
            }
        }
        let rank = engine.comm().rank();
        let (number, owned) = number_by_owner(&of_unknown, ranks, rank);
        let (number_of_node, owned_nodes) = number_by_owner(&of_node, ranks, rank);
        Ok(Owners { of_node, of_unknown, number, owned, number_of_node, owned_nodes })
    }
}

/// Numbers what ranks own: what rank 0 owns first, each rank's in their order. Also the numbers of `rank`.
fn number_by_owner(owners: &[u32], ranks: usize, rank: usize) -> (Vec<u32>, Range<u32>) {
    let mut starts = vec![0; ranks + 1];
    owners.iter().for_each(|&owner| starts[owner as usize + 1] += 1);
    for rank in 0..ranks {
        starts[rank + 1] += starts[rank];
    }
    let owned = starts[rank]..starts[rank + 1];
    let mut next = starts;
    let number = |&owner: &u32| {
        let next = &mut next[owner as usize];
        *next += 1;
        *next - 1
    };
    (owners.iter().map(number).collect(), owned)
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

fn owners_of_nodes(mesh: &Mesh, engine: &dyn Engine) -> Result<Vec<u32>, RunError> {
    let comm = engine.comm();
    let (rank, ranks) = (comm.rank(), comm.size());
    if ranks == 1 {
        return Ok(vec![0; mesh.points.len()]);
    }
    let corners = mesh.corners();
    let cut = |rank: usize| (corners.len() as u128 * rank as u128 / ranks as u128) as usize;
    let graph = mesh.corner_graph(&corners, cut(rank)..cut(rank + 1));
    let parts = engine.partition(corners.len(), &graph).map_err(RunError::Engine)?;
    drop(graph);
    let words: Vec<u64> = parts.into_iter().map(u64::from).collect();
    let mut of_node = vec![0; mesh.points.len()];
    for (&corner, owner) in corners.iter().zip(comm.gather_all(&words).into_iter().flatten()) {
        of_node[corner as usize] = owner as u32;
    }
    let near = mesh.corner_of_nodes();
    Ok(near.into_iter().map(|corner| of_node[corner as usize]).collect())
}
