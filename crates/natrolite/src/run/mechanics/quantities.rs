//! The numbers and fields of the stress side, under the names that the manual gives them.

use super::Mechanics;
use crate::results::{Field, Named, Quantity};
use crate::run::Geometry;
use contact::stress::von_mises;
use fem::Hypothesis;

impl Mechanics {
    /// Adds the quantities of the stress side.
    pub fn add_quantities(&self, geometry: &Geometry, out: &mut Named<Quantity>) {
        let mesh = &geometry.mesh;
        let mut add = |name: String, value: f64, unit: &str| {
            out.push(name, Quantity { value, unit: unit.into(), error_estimate: None });
        };
        for contact in &self.contacts {
            let i = &contact.name;
            let largest = |values: &[f64]| values.iter().copied().fold(f64::MIN, f64::max);
            add(format!("contact_fraction.{i}"), contact.mean_fraction, "1");
            add(format!("max_contact_pressure.{i}"), largest(&contact.pressure), "Pa");
            add(format!("mean_contact_pressure.{i}"), contact.mean_pressure, "Pa");
            add(format!("max_gap.{i}"), largest(&contact.gap), "m");
        }
        let unit = if geometry.hypothesis == Hypothesis::Planar { "N/m" } else { "N" };
        for (name, force) in &self.forces {
            add(format!("normal_force.{name}"), geometry.multiplicity * force, unit);
        }
        for (region, name) in mesh.regions.iter().enumerate() {
            let blocks = mesh.blocks.iter().filter(|block| block.region as usize == region);
            let nodes = blocks.flat_map(|block| &block.nodes);
            let at = |&node: &u32| von_mises(&self.stress[node as usize]);
            add(format!("max_von_mises.{name}"), nodes.map(at).fold(0.0, f64::max), "Pa");
        }
        add("force_balance_error".into(), self.balance.force, "1");
    }

    /// Displacement, stress and von Mises stress at the nodes.
    pub fn fields(&self) -> Vec<Field> {
        let six = |s: &[[f64; 3]; 3]| [s[0][0], s[1][1], s[2][2], s[0][1], s[1][2], s[0][2]];
        vec![
            Field {
                name: "displacement".into(),
                unit: "m",
                components: 3,
                values: self.displacement.iter().flatten().copied().collect(),
            },
            Field {
                name: "stress".into(),
                unit: "Pa",
                components: 6,
                values: self.stress.iter().flat_map(six).collect(),
            },
            Field {
                name: "von_mises".into(),
                unit: "Pa",
                components: 1,
                values: self.stress.iter().map(von_mises).collect(),
            },
        ]
    }
}
