//! Where a contact pressure is known, and what follows from it.

use super::model::ContactPlace;
use crate::run::Geometry;
use contact::rough::ContactFraction;
use contact::unilateral::{ContactSurface, Touch};
use fem::{Support, recover};
use mesh::{FacetBlock, nodes_of};

/// The state of the contact on an interface, or on a boundary that touches an obstacle or carries a
/// pressure.
#[derive(Clone, Debug)]
pub struct Contact {
    /// Name of the interface or boundary.
    pub name: String,
    /// Where it is.
    pub support: Support,
    /// Nodes (first side), each once, in increasing order.
    pub nodes: Vec<u32>,
    /// Contact pressure at the nodes \[Pa\], compression positive.
    pub pressure: Vec<f64>,
    /// Gap at the nodes \[m\].
    pub gap: Vec<f64>,
    /// Contact fraction at the nodes, 0 to 1: that of the law, else 1 where the bodies touch.
    pub fraction: Vec<f64>,
    /// Mean pressure over the area \[Pa\].
    pub mean_pressure: f64,
    /// Mean contact fraction over the area.
    pub mean_fraction: f64,
}

impl Contact {
    /// A boundary under a given pressure, which touches everywhere.
    pub fn pressed(geometry: &Geometry, place: &ContactPlace, pressure: f64) -> Self {
        let fraction = place.law.as_ref().map_or(1.0, |law| law.fraction(pressure));
        Self::uniform(geometry, place, pressure, fraction)
    }

    /// A contact of which nothing is known yet, as if it touched everywhere without pressure.
    pub fn touching(geometry: &Geometry, place: &ContactPlace) -> Self {
        Self::uniform(geometry, place, 0.0, 1.0)
    }

    fn uniform(geometry: &Geometry, place: &ContactPlace, pressure: f64, fraction: f64) -> Self {
        let nodes = nodes_of(sides(geometry, place.support).0);
        Contact {
            name: place.name.clone(),
            support: place.support,
            pressure: vec![pressure; nodes.len()],
            gap: vec![0.0; nodes.len()],
            fraction: vec![fraction; nodes.len()],
            nodes,
            mean_pressure: pressure,
            mean_fraction: fraction,
        }
    }

    /// The part of a solved contact that lies on `support`.
    pub fn solved(
        geometry: &Geometry,
        place: &ContactPlace,
        (surface, touch): (&ContactSurface, &[Touch]),
    ) -> Self {
        let (support, law) = (place.support, place.law.as_ref());
        let (here, across) = sides(geometry, support);
        let mut pairs: Vec<(u32, Option<u32>)> = Vec::new();
        for (b, block) in here.iter().enumerate() {
            let opposite = |k: usize| across.map(|across| across[b].nodes[k]);
            pairs.extend(block.nodes.iter().enumerate().map(|(k, &n)| (n, opposite(k))));
        }
        pairs.sort_unstable();
        pairs.dedup();
        // The nodes of a surface are sorted by their pairs.
        let find = |pair: &(u32, Option<u32>)| {
            let found = surface.nodes.binary_search_by(|n| (n.node, n.opposite).cmp(pair));
            found.expect("a surface has all pairs of its facets")
        };
        let places: Vec<usize> = pairs.iter().map(find).collect();
        let fraction = |k: usize| match law {
            Some(law) => law.fraction(touch[k].pressure),
            // Linear between corners, so that second-order shape functions stay within 0 and 1.
            None => match surface.nodes[k].corners() {
                [] => f64::from(u8::from(touch[k].active)),
                corners => corners
                    .iter()
                    .map(|&(corner, shape)| shape * f64::from(u8::from(touch[corner].active)))
                    .sum(),
            },
        };
        let contact = Contact {
            name: place.name.clone(),
            support,
            nodes: pairs.iter().map(|pair| pair.0).collect(),
            pressure: places.iter().map(|&k| touch[k].pressure).collect(),
            gap: places.iter().map(|&k| touch[k].gap).collect(),
            fraction: places.iter().map(|&k| fraction(k)).collect(),
            mean_pressure: 0.0,
            mean_fraction: 0.0,
        };
        contact.averaged(geometry)
    }

    /// The same contact with the contact fraction that `law` gives its pressure.
    pub fn under(&self, geometry: &Geometry, law: &ContactFraction) -> Self {
        let fraction = self.pressure.iter().map(|&p| law.fraction(p)).collect();
        let mean_pressure = self.mean_pressure;
        let contact = Contact { fraction, ..self.clone() }.averaged(geometry);
        Contact { mean_pressure, ..contact }
    }

    fn averaged(mut self, geometry: &Geometry) -> Self {
        let (facets, _) = sides(geometry, self.support);
        let (mesh, hypothesis) = (&geometry.mesh, geometry.hypothesis);
        let [pressure, fraction, area] =
            recover::integrate_facets(mesh, hypothesis, facets, |at| {
                let mut sums = [0.0, 0.0, 1.0];
                for (node, shape) in at.nodes.iter().zip(at.shape) {
                    if let Ok(k) = self.nodes.binary_search(node) {
                        sums[0] += shape * self.pressure[k];
                        sums[1] += shape * self.fraction[k];
                    }
                }
                sums
            });
        (self.mean_pressure, self.mean_fraction) = (pressure / area, fraction / area);
        self
    }

    /// Its facets (first side).
    pub fn facets<'g>(&self, geometry: &'g Geometry) -> &'g [FacetBlock] {
        sides(geometry, self.support).0
    }

    /// True where nothing touches, so that no current can pass.
    pub fn is_open(&self) -> bool {
        self.fraction.iter().all(|f| *f <= 0.0)
    }

    /// A value at every node of the mesh, zero away from this contact.
    pub fn at_all_nodes(&self, values: &[f64], count: usize) -> Vec<f64> {
        let mut all = vec![0.0; count];
        for (&node, &value) in self.nodes.iter().zip(values) {
            all[node as usize] = value;
        }
        all
    }
}

/// The facets of both sides; of a boundary the one that there is.
fn sides(geometry: &Geometry, support: Support) -> (&[FacetBlock], Option<&[FacetBlock]>) {
    match support {
        Support::Interface(i) => {
            let [here, across] = &geometry.mesh.interfaces[i].sides;
            (here, Some(across))
        }
        Support::Boundary(b) => (&geometry.mesh.boundaries[b].facets, None),
        Support::Region(_) => (&[], None),
    }
}
