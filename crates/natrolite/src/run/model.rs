//! The laws of a case placed on its mesh.

use super::Contact;
use super::conduction::along_axes;
use super::geometry::Geometry;
use super::reference::Rest;
use crate::case::{Case, CaseError, Diagnostic, Diagnostics, LawUse};
use fem::registry::{ContactSlots, Environment, ParameterError};
use fem::{
    Constraints, Field, Hypothesis, Placement, Point, Slot, Space, Support, System, Unknown,
    recover,
};
use mesh::{FacetBlock, Mesh, nodes_of};
use transport::{POTENTIAL, SurfaceCurrent, conductivity_at};

/// What happens on a surface.
#[derive(Clone, Debug)]
pub enum Role {
    /// Current and overpotential are related by a law, placed as number `placement`, between the
    /// electrolyte and a metal: a whole-body unknown, or the other side of an interface.
    Kinetics {
        /// The law.
        law: LawUse,
        /// Its number in the system.
        placement: usize,
        /// The whole-body unknown of the metal; `None` on an interface.
        metal: Option<usize>,
    },
    /// The potential is given \[V\].
    Potential(f64),
    /// The current density into the body is given \[A/m2\].
    UniformCurrent(f64),
    /// One unknown potential, with a given current into what is meshed \[A\].
    Equipotential {
        /// The whole-body unknown.
        whole: usize,
        /// Current into what is meshed \[A\].
        current: f64,
    },
}

/// A boundary or interface with a law.
#[derive(Clone, Debug)]
pub struct Surface {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub support: Support,
    /// What happens there.
    pub role: Role,
}

impl Surface {
    /// The facets; on an interface those of the first side.
    pub fn facets<'m>(&self, mesh: &'m Mesh) -> &'m [FacetBlock] {
        match self.support {
            Support::Boundary(b) => &mesh.boundaries[b].facets,
            Support::Interface(i) => &mesh.interfaces[i].sides[0],
            Support::Region(_) => &[],
        }
    }

    /// True when the current through it follows from the reactions of the body alone.
    pub fn needs_reactions(&self) -> bool {
        matches!(self.role, Role::Potential(_) | Role::Equipotential { .. })
    }

    /// The facets opposite, on an interface; else the facets themselves.
    pub fn opposite<'m>(&self, mesh: &'m Mesh) -> &'m [FacetBlock] {
        match self.support {
            Support::Interface(i) => &mesh.interfaces[i].sides[1],
            _ => self.facets(mesh),
        }
    }
}

/// The equations of a case and what its surfaces are.
pub struct Model<'m> {
    /// Mesh and symmetry.
    pub geometry: &'m Geometry,
    /// The equations.
    pub system: System<'m>,
    /// Boundaries and interfaces with a law.
    pub surfaces: Vec<Surface>,
    /// Number in the system of the conduction law of each region.
    pub conduction: Vec<usize>,
    /// Conductivity of each region \[S/m\].
    pub conductivity: Vec<[[f64; 3]; 3]>,
}

/// Mean of the principal values \[S/m\].
pub fn mean_conductivity(s: &[[f64; 3]; 3]) -> f64 {
    (s[0][0] + s[1][1] + s[2][2]) / 3.0
}

/// The resistance d(overpotential)/d(current density) of a kinetics law at equilibrium, film
/// included \[ohm m2\]: R T / (F i0 (aa + ac)) + R_film for Butler-Volmer. `None` for other laws.
pub fn linear_resistance(law: &LawUse, temperature: f64) -> Option<f64> {
    if !transport::is_kinetics(law.entry) {
        return None;
    }
    let slots = vec![Slot::value(POTENTIAL), Slot::whole(0)];
    let term =
        law.entry.build?(&law.values, &Environment { temperature, slots, contact: None }).ok()?;
    let equilibrium = law.values.number("equilibrium_potential").unwrap_or(0.0);
    let mut tangent = [0.0; 4];
    term.tangent(&[Point::default()], &[0.0, equilibrium], &mut tangent);
    (tangent[0] > 0.0).then(|| 1.0 / tangent[0])
}

impl<'m> Model<'m> {
    /// Places the laws of `case` on the mesh.
    ///
    /// # Errors
    /// Boundaries that contradict each other, and bodies without a reference potential.
    ///
    /// `contacts` are the places where the contact is solved; kinetics there read it.
    pub fn new(
        case: &Case,
        geometry: &'m Geometry,
        contacts: &[Contact],
    ) -> Result<Self, CaseError> {
        let mut draft = Draft {
            case,
            geometry,
            contacts,
            fields: vec![Field::scalar("potential")],
            placements: Vec::new(),
            whole: Vec::new(),
            constraints: Constraints::default(),
            loads: Vec::new(),
            surfaces: Vec::new(),
            errors: Diagnostics::default(),
        };
        let (conduction, conductivity) = draft.place_materials();
        draft.place_boundaries();
        draft.place_interfaces();
        draft.prescribe_contacts();
        let open = |s: &Surface| contacts.iter().any(|c| c.name == s.name && c.is_open());
        super::reference::check(case, geometry, &draft.surfaces, &open, &mut draft.errors);
        if !draft.errors.is_empty() {
            return draft.errors.into_result(None);
        }
        let space =
            Space::new(draft.fields, draft.whole, geometry.mesh.points.len(), &draft.constraints)
                .map_err(|error| Diagnostic::new(error.to_string(), &case.origin()))?;
        let mut system =
            System::new(&geometry.mesh, geometry.hypothesis, space, draft.placements, draft.loads);
        let rest = rest_of(case, geometry, &draft.surfaces, system.space());
        system.measure_from(rest);
        let surfaces = draft.surfaces;
        Ok(Model { geometry, system, surfaces, conduction, conductivity })
    }

    /// The surface called `name`.
    pub fn surface(&self, name: &str) -> Option<&Surface> {
        self.surfaces.iter().find(|s| s.name == name)
    }
}

/// The state at zero current, from which the unknowns are measured.
fn rest_of(case: &Case, geometry: &Geometry, surfaces: &[Surface], space: &Space) -> Vec<f64> {
    let mesh = &geometry.mesh;
    let rest = Rest::new(case, mesh, surfaces);
    let mut values = vec![0.0; space.total()];
    for node in 0..mesh.points.len() as u32 {
        values[space.dof(POTENTIAL, node) as usize] = rest.at_node(node);
    }
    for surface in surfaces {
        if let Role::Kinetics { metal: Some(whole), .. } = surface.role {
            values[space.whole_dof(whole) as usize] = rest.at_surface(surface, mesh);
        }
    }
    values
}

/// A model in the making.
struct Draft<'a, 'm> {
    case: &'a Case,
    geometry: &'m Geometry,
    contacts: &'a [Contact],
    fields: Vec<Field>,
    placements: Vec<Placement>,
    whole: Vec<String>,
    constraints: Constraints,
    loads: Vec<(usize, f64)>,
    surfaces: Vec<Surface>,
    errors: Diagnostics,
}

impl Draft<'_, '_> {
    fn place_materials(&mut self) -> (Vec<usize>, Vec<[[f64; 3]; 3]>) {
        let (case, mesh) = (self.case, &self.geometry.mesh);
        let (mut conduction, mut conductivity) = (Vec::new(), Vec::new());
        for (index, name) in mesh.regions.iter().enumerate() {
            let Some(region) = case.regions.iter().find(|r| r.name == *name) else { continue };
            let Some(ohm) = case.materials[region.material].law("ohm") else { continue };
            match conductivity_at(&ohm.values, case.temperature) {
                Ok(given) => {
                    let tensor = along_axes(self.geometry, &given);
                    let term = Box::new(transport::Ohm { conductivity: tensor });
                    conduction.push(self.placements.len());
                    conductivity.push(tensor);
                    self.placements
                        .push(Placement { term, support: Support::Region(index as u32) });
                }
                Err(error) => self.refuse(ohm, &error),
            }
        }
        (conduction, conductivity)
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
                let metal = self.whole.len();
                self.whole.push(boundary.name.clone());
                match current {
                    Some(current) => {
                        let total = self.current_into_mesh(current, support);
                        self.loads.push((metal, total));
                    }
                    None => {
                        let value = law.values.number("electrode_potential").unwrap_or(0.0);
                        self.constraints.fixed.push((Unknown::Whole(metal), value));
                    }
                }
                self.place_kinetics(&boundary.name, law, support, Slot::whole(metal), Some(metal))
            } else if let Some(law) = boundary.law("potential") {
                let value = law.values.required("value");
                for node in nodes_of(&mesh.boundaries[index].facets) {
                    let unknown = Unknown::scalar(POTENTIAL, node);
                    self.constraints.fixed.push((unknown, value));
                }
                Some(Role::Potential(value))
            } else if let Some(law) = current {
                let total = self.current_into_mesh(law, support);
                if law.values.choice("distribution") == Some("equipotential") {
                    let whole = self.whole.len();
                    self.whole.push(boundary.name.clone());
                    for node in nodes_of(&mesh.boundaries[index].facets) {
                        self.constraints.tied.push((Unknown::scalar(POTENTIAL, node), whole));
                    }
                    self.loads.push((whole, total));
                    Some(Role::Equipotential { whole, current: total })
                } else {
                    let density = total / self.area(support);
                    let term = Box::new(SurfaceCurrent { density });
                    self.placements.push(Placement { term, support });
                    Some(Role::UniformCurrent(density))
                }
            } else {
                None
            };
            let name = boundary.name.clone();
            self.surfaces.extend(role.map(|role| Surface { name, support, role }));
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
                let name = interface.name.clone();
                self.surfaces.extend(role.map(|role| Surface { name, support, role }));
            }
        }
    }

    /// Gives the contact fraction and the contact pressure as fields, two for each contact, because
    /// contacts may meet at a node.
    fn prescribe_contacts(&mut self) {
        let count = self.geometry.mesh.points.len();
        for contact in self.contacts {
            for (name, values) in
                [("contact_fraction", &contact.fraction), ("contact_pressure", &contact.pressure)]
            {
                let values = contact.at_all_nodes(values, count);
                self.constraints.prescribe(self.fields.len(), &values);
                self.fields.push(Field::scalar(name));
            }
        }
    }

    /// Where a law on the surface called `name` reads the state of the contact.
    fn contact_slots(&self, name: &str) -> Option<ContactSlots> {
        let k = self.contacts.iter().position(|contact| contact.name == name)?;
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
                let placement = self.placements.len();
                self.placements.push(Placement { term, support });
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
        let planar = self.geometry.hypothesis == Hypothesis::Planar;
        if law.values.number("total").is_some() && law.per_depth != planar {
            let (got, wanted) = if planar { ("A", "A/m") } else { ("A/m", "A") };
            let message = format!("`current.total` is given in {got}");
            let error = Diagnostic::new(message, law.origin_of("total"));
            self.errors.push(error.wanted(format!("a total in {wanted}, as the mesh is")));
        }
        match (law.values.number("density"), law.values.number("total")) {
            (Some(density), _) => density * self.area(support),
            (None, Some(total)) => total / self.geometry.multiplicity,
            (None, None) => 0.0,
        }
    }

    /// Area of a boundary as it is meshed \[m2\].
    fn area(&self, support: Support) -> f64 {
        let Support::Boundary(b) = support else { return 0.0 };
        let facets = &self.geometry.mesh.boundaries[b].facets;
        recover::integrate_facets(&self.geometry.mesh, self.geometry.hypothesis, facets, |_| [1.0])
            [0]
    }
}
