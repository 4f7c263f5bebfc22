//! From the laws of a case to what is placed on its mesh.

use super::Contact;
use super::conduction::along_axes;
use super::geometry::Geometry;
use super::model::{Role, Surface};
use crate::case::{Case, CaseError, Diagnostic, Diagnostics, LawUse};
use fem::registry::{ContactSlots, Environment, ParameterError};
use fem::{Constraints, Field, Hypothesis, Placement, Slot, Support, Unknown};
use mesh::{Bodies, nodes_of};
use transport::{POTENTIAL, SurfaceCurrent, conductivity_at};

/// What a case puts on its mesh.
#[derive(Default)]
pub struct Laws {
    pub fields: Vec<Field>,
    pub placements: Vec<Placement>,
    /// Names of the whole-body unknowns.
    pub whole: Vec<String>,
    pub constraints: Constraints,
    /// Given currents into whole-body unknowns \[A\].
    pub loads: Vec<(usize, f64)>,
    pub surfaces: Vec<Surface>,
    /// Number among the placements of the conduction law of each region.
    pub conduction: Vec<usize>,
    /// Conductivity of each region \[S/m\].
    pub conductivity: Vec<[[f64; 3]; 3]>,
}

impl Laws {
    /// The laws of `case`; kinetics at `contacts` read their state. `area` tells that of a boundary as it
    /// is meshed \[m2\].
    ///
    /// # Errors
    /// Laws with values that do not go together, and bodies without a reference potential.
    pub fn of(
        case: &Case,
        geometry: &Geometry,
        bodies: &Bodies,
        contacts: &[Contact],
        area: &dyn Fn(Support) -> f64,
    ) -> Result<Laws, CaseError> {
        let names: Vec<&str> = contacts.iter().map(|contact| &*contact.name).collect();
        let mut draft = Draft::new(case, geometry, &names, area);
        draft.prescribe_contacts(contacts);
        let open = |s: &Surface| contacts.iter().any(|c| *c.name == *s.name && c.is_open());
        let mesh = (&geometry.mesh, bodies);
        super::reference::check(case, mesh, &draft.laws.surfaces, &open, &mut draft.errors);
        draft.finish()
    }

    /// The same on a part of the mesh that has all of its names: `contacts` are the names of those, and `area`
    /// tells the areas in the whole. Constrained is what has facets here; whether bodies have a reference potential is
    /// not known.
    ///
    /// # Errors
    /// Laws with values that do not go together.
    pub fn on_part(
        case: &Case,
        part: &Geometry,
        contacts: &[&str],
        area: &dyn Fn(Support) -> f64,
    ) -> Result<Laws, CaseError> {
        Draft::new(case, part, contacts, area).finish()
    }
}

/// Laws in the making.
struct Draft<'a> {
    case: &'a Case,
    geometry: &'a Geometry,
    /// Names of the contacts.
    contacts: &'a [&'a str],
    area: &'a dyn Fn(Support) -> f64,
    laws: Laws,
    errors: Diagnostics,
}

impl<'a> Draft<'a> {
    fn new(
        case: &'a Case,
        geometry: &'a Geometry,
        contacts: &'a [&'a str],
        area: &'a dyn Fn(Support) -> f64,
    ) -> Self {
        let mut fields = vec![Field::scalar("potential")];
        for _ in contacts {
            fields.extend(["contact_fraction", "contact_pressure"].map(Field::scalar));
        }
        let laws = Laws { fields, ..Laws::default() };
        let mut draft =
            Draft { case, geometry, contacts, area, laws, errors: Diagnostics::default() };
        draft.place_materials();
        draft.place_boundaries();
        draft.place_interfaces();
        draft
    }

    fn finish(self) -> Result<Laws, CaseError> {
        if self.errors.is_empty() { Ok(self.laws) } else { self.errors.into_result(None) }
    }
}

impl Draft<'_> {
    fn place_materials(&mut self) {
        let (case, mesh) = (self.case, &self.geometry.mesh);
        for (index, name) in mesh.regions.iter().enumerate() {
            let Some(region) = case.regions.iter().find(|r| r.name == *name) else { continue };
            let Some(ohm) = case.materials[region.material].law("ohm") else { continue };
            match conductivity_at(&ohm.values, case.temperature) {
                Ok(given) => {
                    let tensor = along_axes(self.geometry, &given);
                    let term = Box::new(transport::Ohm { conductivity: tensor });
                    self.laws.conduction.push(self.laws.placements.len());
                    self.laws.conductivity.push(tensor);
                    self.laws
                        .placements
                        .push(Placement { term, support: Support::Region(index as u32) });
                }
                Err(error) => self.refuse(ohm, &error),
            }
        }
    }

    fn refuse(&mut self, law: &LawUse, error: &ParameterError) {
        let message = format!("{}.{}: {}", law.entry.name, error.parameter, error.message);
        self.errors.push(Diagnostic::new(message, law.origin_of(error.parameter)));
    }

    fn place_boundaries(&mut self) {
        let (case, mesh) = (self.case, &self.geometry.mesh);
        for boundary in &case.boundaries {
            let Some(index) = mesh.boundaries.iter().position(|b| b.name == boundary.name) else {
                continue;
            };
            let support = Support::Boundary(index);
            let current = boundary.law("current");
            let role = if let Some(law) = boundary.kinetics() {
                let metal = self.laws.whole.len();
                self.laws.whole.push(boundary.name.clone());
                match current {
                    Some(current) => {
                        let total = self.current_into_mesh(current, support);
                        self.laws.loads.push((metal, total));
                    }
                    None => {
                        let value = law.values.number("electrode_potential").unwrap_or(0.0);
                        self.laws.constraints.fixed.push((Unknown::Whole(metal), value));
                    }
                }
                self.place_kinetics(&boundary.name, law, support, Slot::whole(metal), Some(metal))
            } else if let Some(law) = boundary.law("potential") {
                let value = law.values.required("value");
                for node in nodes_of(&mesh.boundaries[index].facets) {
                    let unknown = Unknown::scalar(POTENTIAL, node);
                    self.laws.constraints.fixed.push((unknown, value));
                }
                Some(Role::Potential(value))
            } else if let Some(law) = current {
                let total = self.current_into_mesh(law, support);
                if law.values.choice("distribution") == Some("equipotential") {
                    let whole = self.laws.whole.len();
                    self.laws.whole.push(boundary.name.clone());
                    for node in nodes_of(&mesh.boundaries[index].facets) {
                        self.laws.constraints.tied.push((Unknown::scalar(POTENTIAL, node), whole));
                    }
                    self.laws.loads.push((whole, total));
                    Some(Role::Equipotential { whole, current: total })
                } else {
                    let density = uniform_density(law, (self.area)(support), self.geometry);
                    let term = Box::new(SurfaceCurrent { density });
                    self.laws.placements.push(Placement { term, support });
                    Some(Role::UniformCurrent(density))
                }
            } else {
                None
            };
            let name = boundary.name.as_str().into();
            self.laws.surfaces.extend(role.map(|role| Surface { name, support, role }));
        }
    }

    fn place_interfaces(&mut self) {
        let (case, mesh) = (self.case, &self.geometry.mesh);
        for interface in &case.interfaces {
            let Some(index) = mesh.interfaces.iter().position(|i| i.name == interface.name) else {
                continue;
            };
            let support = Support::Interface(index);
            if let Some(law) = interface.electric() {
                let role = self.place_kinetics(
                    &interface.name,
                    law,
                    support,
                    Slot::across(POTENTIAL),
                    None,
                );
                let name = interface.name.as_str().into();
                self.laws.surfaces.extend(role.map(|role| Surface { name, support, role }));
            }
        }
    }

    /// Gives the contact fraction and the contact pressure as fields, two for each contact, because
    /// contacts may meet at a node.
    fn prescribe_contacts(&mut self, contacts: &[Contact]) {
        let count = self.geometry.mesh.points.len();
        for (k, contact) in contacts.iter().enumerate() {
            let [fraction, pressure] = [1, 2].map(|field| POTENTIAL + 2 * k + field);
            for (field, values) in [(fraction, &contact.fraction), (pressure, &contact.pressure)] {
                let values = contact.at_all_nodes(values, count);
                self.laws.constraints.prescribe(field, &values);
            }
        }
    }

    /// Where a law on the surface called `name` reads the state of the contact.
    fn contact_slots(&self, name: &str) -> Option<ContactSlots> {
        let k = self.contacts.iter().position(|contact| *contact == name)?;
        let fraction = Slot::value(POTENTIAL + 1 + 2 * k);
        Some(ContactSlots { fraction, pressure: Slot::value(POTENTIAL + 2 + 2 * k) })
    }

    fn place_kinetics(
        &mut self,
        name: &str,
        law: &LawUse,
        support: Support,
        metal_slot: Slot,
        metal: Option<usize>,
    ) -> Option<Role> {
        let environment = Environment {
            temperature: self.case.temperature,
            slots: vec![Slot::value(POTENTIAL), metal_slot],
            contact: self.contact_slots(name),
        };
        match law.entry.build?(&law.values, &environment) {
            Ok(term) => {
                let placement = self.laws.placements.len();
                self.laws.placements.push(Placement { term, support });
                Some(Role::Kinetics { law: law.clone(), placement, metal })
            }
            Err(error) => {
                self.refuse(law, &error);
                None
            }
        }
    }

    /// The given current \[A\] into what is meshed; positive into the body.
    fn current_into_mesh(&mut self, law: &LawUse, support: Support) -> f64 {
        if !fits_symmetry(law, self.geometry) {
            let planar = self.geometry.hypothesis == Hypothesis::Planar;
            let (got, wanted) = if planar { ("A", "A/m") } else { ("A/m", "A") };
            let message = format!("`current.total` is given in {got}");
            let error = Diagnostic::new(message, law.origin_of("total"));
            self.errors.push(error.wanted(format!("a total in {wanted}, as the mesh is")));
        }
        total_into_mesh(law, (self.area)(support), self.geometry)
    }
}

/// False for a given total that is not one for each metre in planar symmetry, or is one elsewhere.
pub fn fits_symmetry(law: &LawUse, geometry: &Geometry) -> bool {
    let planar = geometry.hypothesis == Hypothesis::Planar;
    law.values.number("total").is_none() || law.per_depth == planar
}

/// The given current \[A\] into what is meshed, through an `area` \[m2\]; positive into the body.
fn total_into_mesh(law: &LawUse, area: f64, geometry: &Geometry) -> f64 {
    match (law.values.number("density"), law.values.number("total")) {
        (Some(density), _) => density * area,
        (None, Some(total)) => total / geometry.multiplicity,
        (None, None) => 0.0,
    }
}

/// The same as a density \[A/m2\].
pub fn uniform_density(law: &LawUse, area: f64, geometry: &Geometry) -> f64 {
    total_into_mesh(law, area, geometry) / area
}
