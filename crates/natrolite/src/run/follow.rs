//! A model that follows from point to point of a sweep, with as little work as a value takes.

use super::conduction::along_axes;
use super::laws::{fits_symmetry, uniform_density};
use super::model::{Model, Role};
use crate::case::{Case, LawNumber, LawUse};
use fem::registry::{Environment, Place};
use fem::{Slot, Term};
use transport::{Ohm, conductivity_at};

/// Values of kinetics that the state at zero current depends on.
const AT_REST: [&str; 2] = ["electrode_potential", "equilibrium_potential"];

impl Model<'_> {
    /// Takes in the values of another case, which has the same laws in the same places. False where more
    /// than conductivities, and parameters of kinetics differ, or a value is wrong:
    /// [`Model::place_again`] must then be called.
    ///
    /// It is meant for models without a contact.
    pub fn follow(&mut self, case: &Case) -> bool {
        self.temperature == case.temperature
            && self.follow_conductivities(case)
            && (0..self.surfaces.len()).all(|index| self.follow_surface(case, index))
    }

    /// The same where these numbers differ, and nothing else, from the case whose values it has.
    pub fn follow_numbers(&mut self, case: &Case, moved: &[LawNumber]) -> bool {
        moved.iter().all(|number| {
            let (place, at) = number.place();
            let name = match place {
                Place::Material => return self.follow_conductivities(case),
                Place::Boundary => &case.boundaries[at].name,
                Place::Interface => &case.interfaces[at].name,
            };
            match self.surfaces.iter().position(|surface| *surface.name == **name) {
                Some(index) => self.follow_number(case, index, number),
                // What is nowhere on the mesh.
                None => true,
            }
        })
    }

    fn follow_conductivities(&mut self, case: &Case) -> bool {
        let regions = self.geometry.mesh.regions.iter();
        let laws = regions.filter_map(|name| {
            let region = case.regions.iter().find(|region| region.name == *name)?;
            case.materials[region.material].law("ohm")
        });
        for (k, ohm) in laws.enumerate() {
            let Ok(given) = conductivity_at(&ohm.values, case.temperature) else { return false };
            let conductivity = along_axes(self.geometry, &given);
            let Some(own) = self.conductivity.get_mut(k) else { return false };
            if *own != conductivity {
                *own = conductivity;
                self.system.replace(self.conduction[k], Box::new(Ohm { conductivity }));
            }
        }
        true
    }

    /// Takes in another value of a number on a surface.
    fn follow_number(&mut self, case: &Case, index: usize, number: &LawNumber) -> bool {
        let (new, parameter) = (number.law(case), number.parameter());
        match &mut self.surfaces[index].role {
            Role::Kinetics { law, placement, .. } if law.entry.name == new.entry.name => {
                if AT_REST.contains(&parameter) {
                    return false;
                }
                let slots = self.system.term(*placement).slots();
                let Some(term) = build(new, case.temperature, slots) else { return false };
                if let Some(value) = new.values.get(parameter) {
                    law.values.insert(parameter, value.clone());
                }
                self.system.replace(*placement, term);
                true
            }
            _ => self.follow_surface(case, index),
        }
    }

    fn follow_surface(&mut self, case: &Case, index: usize) -> bool {
        let surface = &mut self.surfaces[index];
        let boundary = case.boundaries.iter().find(|b| *b.name == *surface.name);
        let current = boundary.and_then(|b| b.law("current"));
        match &mut surface.role {
            Role::Kinetics { law, placement, .. } => {
                let new: Option<&LawUse> = match boundary {
                    Some(boundary) => boundary.kinetics(),
                    None => {
                        let interfaces = &mut case.interfaces.iter();
                        interfaces.find(|i| *i.name == *surface.name).and_then(|i| i.electric())
                    }
                };
                let Some(new) = new.filter(|_| current.is_none()) else { return false };
                if new.values == law.values {
                    return true;
                }
                let is_as_before = |name: &&str| new.values.number(name) == law.values.number(name);
                if !AT_REST.iter().all(is_as_before) {
                    return false;
                }
                let slots = self.system.term(*placement).slots();
                let Some(term) = build(new, case.temperature, slots) else { return false };
                law.values.clone_from(&new.values);
                self.system.replace(*placement, term);
                true
            }
            // A total for each metre where it does not belong is for others to refuse.
            Role::UniformCurrent(density) => current.is_some_and(|law| {
                fits_symmetry(law, self.geometry)
                    && *density == uniform_density(law, self.points[index].area(), self.geometry)
            }),
            Role::Potential(value) => {
                let law = boundary.and_then(|b| b.law("potential"));
                law.is_some_and(|law| law.values.number("value") == Some(*value))
            }
            Role::Equipotential { .. } => false,
        }
    }
}

/// The term of a law of kinetics without a contact, which reads `slots`; none where its values do not go together.
fn build(law: &LawUse, temperature: f64, slots: &[Slot]) -> Option<Box<dyn Term>> {
    let environment = Environment { temperature, slots: slots.to_vec(), contact: None };
    law.entry.build?(&law.values, &environment).ok()
}
