//! The surfaces with laws as a mesh of their own, for points that look at nothing else.

use super::NOWHERE;
use crate::case::{Case, CaseError};
use crate::run::{Contact, Geometry, Model, Surface};
use fem::Support;
use mesh::{Bodies, Boundary, FacetBlock, Interface, Mesh};

/// A mesh without cells: facets of surfaces with laws, and their nodes.
pub struct OnSurfaces {
    geometry: Geometry,
    bodies: Bodies,
    /// For each surface the region that it bounds.
    beside: Vec<Option<u32>>,
    /// For each node its number in the whole mesh, rising.
    nodes: Vec<u32>,
}

impl OnSurfaces {
    /// The surfaces of `model`.
    pub fn of(model: &Model<'_>) -> OnSurfaces {
        let whole = &model.geometry.mesh;
        let sides = model.surfaces.iter().flat_map(|s| [s.facets(whole), s.opposite(whole)]);
        let mut nodes: Vec<u32> = sides.flat_map(mesh::nodes_of).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let has_law = |support| model.surfaces.iter().any(|s: &Surface| s.support == support);
        let take = |support: Support, facets: &[FacetBlock]| match has_law(support) {
            true => facets.iter().map(|block| renumbered(block, &nodes)).collect(),
            false => Vec::new(),
        };
        let boundaries = whole
            .boundaries
            .iter()
            .enumerate()
            .map(|(k, b)| Boundary { facets: take(Support::Boundary(k), &b.facets), ..b.clone() });
        let interfaces = whole.interfaces.iter().enumerate().map(|(k, i)| Interface {
            sides: i.sides.each_ref().map(|side| take(Support::Interface(k), side)),
            ..i.clone()
        });
        let mesh = Mesh {
            dimension: whole.dimension,
            axes: whole.axes,
            points: nodes.iter().map(|&node| whole.points[node as usize]).collect(),
            regions: whole.regions.clone(),
            boundaries: boundaries.collect(),
            interfaces: interfaces.collect(),
            ..Mesh::default()
        };
        let Geometry { hypothesis, multiplicity, rim_size, has_axis, .. } = *model.geometry;
        let of_node = nodes.iter().map(|&node| model.bodies.of_node[node as usize]).collect();
        OnSurfaces {
            geometry: Geometry {
                mesh,
                hypothesis,
                multiplicity,
                rim_size,
                has_axis,
                lattice: None,
            },
            bodies: Bodies { count: model.bodies.count, of_node },
            beside: model.beside.clone(),
            nodes,
        }
    }

    /// The laws of `case` on the surfaces.
    ///
    /// # Errors
    /// As [`Model::new`].
    pub fn model(&self, case: &Case, contacts: &[Contact]) -> Result<Model<'_>, CaseError> {
        let mut model = Model::with_bodies(case, &self.geometry, self.bodies.clone(), contacts)?;
        model.beside.clone_from(&self.beside);
        Ok(model)
    }

    /// Contacts of the whole mesh with the nodes of this one.
    pub fn contacts(&self, contacts: &[Contact]) -> Vec<Contact> {
        let here = |contact: &Contact| {
            let place = |node: &u32| self.nodes.binary_search(node).ok().map(|k| k as u32);
            let pick = |values: &[f64]| -> Vec<f64> {
                let pairs = contact.nodes.iter().zip(values);
                pairs.filter(|(node, _)| place(node).is_some()).map(|(_, value)| *value).collect()
            };
            Contact {
                nodes: contact.nodes.iter().filter_map(place).collect(),
                pressure: pick(&contact.pressure),
                gap: pick(&contact.gap),
                fraction: pick(&contact.fraction),
                ..contact.clone()
            }
        };
        contacts.iter().map(here).collect()
    }

    /// For each free unknown of `whole` its number in `own`, the model on the surfaces; [`NOWHERE`] for
    /// those inside.
    pub fn numbers(&self, whole: &Model<'_>, own: &Model<'_>) -> Vec<u32> {
        let (from, to) = (whole.system.space(), own.system.space());
        let mut numbers = vec![NOWHERE; from.total()];
        for (k, &node) in self.nodes.iter().enumerate() {
            let dof = from.dof(transport::POTENTIAL, node);
            numbers[dof as usize] = to.dof(transport::POTENTIAL, k as u32);
        }
        for w in 0..from.whole().len() {
            numbers[from.whole_dof(w) as usize] = to.whole_dof(w);
        }
        numbers.truncate(from.free());
        numbers
    }
}

fn renumbered(block: &FacetBlock, nodes: &[u32]) -> FacetBlock {
    let number = |node: &u32| nodes.binary_search(node).map_or(0, |k| k as u32);
    FacetBlock { nodes: block.nodes.iter().map(number).collect(), ..block.clone() }
}
