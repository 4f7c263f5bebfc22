//! Where the unknowns of a vector field stand in vectors of nodes.

use crate::Space;

/// The places of the free unknowns of a vector field: component c of node i is place i * block + c. A
/// whole-body unknown is a node of its own, after those of the mesh, that moves along the axis of what is
/// tied to it.
#[derive(Clone, Debug)]
pub struct NodePlaces {
    /// Components of a node.
    pub block: usize,
    /// Nodes of the mesh; whole bodies follow.
    pub nodes: usize,
    /// The place of each free unknown; `u32::MAX` for those that are not of this field.
    pub places: Vec<u32>,
    /// The unknown at each place of the nodes of the mesh, free or prescribed.
    pub dofs: Vec<u32>,
    /// Number of whole bodies.
    pub whole: usize,
}

/// What stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An unknown.
    Own,
    /// A prescribed value, or nothing.
    Fixed,
    /// What moves with another place.
    Tied(u32),
}

impl NodePlaces {
    /// Of the vector `field`.
    pub fn new(space: &Space, field: usize) -> Self {
        let block = space.fields()[field].axes.len().max(1);
        let dofs = space.field_dofs(field).to_vec();
        let nodes = dofs.len() / block;
        let mut places = vec![u32::MAX; space.free()];
        for (k, &dof) in dofs.iter().enumerate() {
            if let Some(place) = places.get_mut(dof as usize).filter(|p| **p == u32::MAX) {
                *place = k as u32;
            }
        }
        for whole in 0..space.whole().len() {
            if let Some(place) = places.get_mut(space.whole_dof(whole) as usize) {
                let component = if *place == u32::MAX { 0 } else { *place as usize % block };
                *place = ((nodes + whole) * block + component) as u32;
            }
        }
        NodePlaces { block, nodes, places, dofs, whole: space.whole().len() }
    }

    /// Nodes of the mesh and whole bodies.
    pub fn len(&self) -> usize {
        self.nodes + self.whole
    }

    /// True without nodes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What stands at each place of nodes and whole bodies.
    pub(super) fn kinds(&self) -> Vec<Kind> {
        let first_whole = (self.nodes * self.block) as u32;
        let mut kinds: Vec<Kind> = (self.dofs.iter().zip(0u32..))
            .map(|(&dof, k)| match self.places.get(dof as usize) {
                Some(&place) if place == k => Kind::Own,
                // The copy of an unknown of another node is not met: its cells know that node.
                _ => Kind::Fixed,
            })
            .collect();
        self.tied().for_each(|[place, whole]| kinds[place as usize] = Kind::Tied(whole));
        kinds.resize(self.len() * self.block, Kind::Fixed);
        for &place in self.places.iter().filter(|&&p| p >= first_whole && p != u32::MAX) {
            kinds[place as usize] = Kind::Own;
        }
        kinds
    }

    /// Places of the nodes of the mesh that move with a whole body, and the place of that.
    pub fn tied(&self) -> impl Iterator<Item = [u32; 2]> + '_ {
        let first_whole = (self.nodes * self.block) as u32;
        let owners = self.dofs.iter().map(|&dof| self.places.get(dof as usize).copied());
        let tied = (0u32..).zip(owners).filter_map(|(place, owner)| Some([place, owner?]));
        tied.filter(move |&[_, owner]| owner >= first_whole && owner != u32::MAX)
    }

    /// The node whose unknowns each node of the mesh has: its own, or the one it is joined to.
    pub fn masters(&self) -> Vec<u32> {
        let of = |node: usize| {
            let dofs = &self.dofs[node * self.block..(node + 1) * self.block];
            let places = dofs.iter().filter_map(|&dof| self.places.get(dof as usize));
            let nodes = places.map(|place| place / self.block as u32);
            nodes.filter(|&n| (n as usize) < self.nodes).min().unwrap_or(node as u32)
        };
        (0..self.nodes).map(of).collect()
    }
}
