//! The numbers and fields of the stress side, under the names that the manual gives them.

use super::Mechanics;
use crate::results::{Field, Named, Quantity};
use crate::run::Geometry;
use contact::stress::von_mises;
use fem::Hypothesis;
use mesh::Mesh;

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
        for (name, largest) in mesh.regions.iter().zip(&self.largest_von_mises) {
            add(format!("max_von_mises.{name}"), *largest, "Pa");
        }
        add("force_balance_error".into(), self.balance.force, "1");
    }

    /// Displacement, stress and von Mises stress at the nodes.
    pub fn fields(&self) -> Vec<Field> {
        fields_of(&self.displacement, &self.stress)
    }
}

/// Displacement \[m\], stress and von Mises stress \[Pa\] as fields.
pub fn fields_of(displacement: &[[f64; 3]], stress: &[[[f64; 3]; 3]]) -> Vec<Field> {
    let six = |s: &[[f64; 3]; 3]| [s[0][0], s[1][1], s[2][2], s[0][1], s[1][2], s[0][2]];
    vec![
        Field {
            name: "displacement".into(),
            unit: "m",
            components: 3,
            values: displacement.iter().flatten().copied().collect(),
        },
        Field {
            name: "stress".into(),
            unit: "Pa",
            components: 6,
            values: stress.iter().flat_map(six).collect(),
        },
        Field {
            name: "von_mises".into(),
            unit: "Pa",
            components: 1,
            values: stress.iter().map(von_mises).collect(),
        },
    ]
}

/// The largest von Mises stress \[Pa\] of each region, at the nodes for which `counts`.
pub fn largest_von_mises(
    mesh: &Mesh,
    stress: &[[[f64; 3]; 3]],
    counts: impl Fn(u32) -> bool,
) -> Vec<f64> {
    let mut largest = vec![0.0f64; mesh.regions.len()];
    for block in &mesh.blocks {
        let largest = &mut largest[block.region as usize];
        for &node in block.nodes.iter().filter(|&&node| counts(node)) {
            *largest = largest.max(von_mises(&stress[node as usize]));
        }
    }
    largest
}
