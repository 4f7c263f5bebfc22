//! The laws of mechanics placed on the mesh.

use super::balance::Resultant;
use super::support::{Condition, conditions, loose_motion};
use crate::case::{Case, CaseError, Diagnostic, Diagnostics, LawUse, Origin};
use crate::run::Geometry;
use contact::rough::ContactFraction;
use contact::unilateral::{ContactError, ContactSurface, Reduction};
use contact::{Compliant, Eigenstress, Elastic, Reduction as Plane, SupportError, linear_strain};
use fem::{Constraints, Field, Hypothesis, Placement, Space, Support, System, recover};
use mesh::bodies;

/// Where a contact pressure is known.
pub struct ContactPlace {
    /// Name of the interface or boundary.
    pub name: String,
    /// Where it is.
    pub support: Support,
    /// Contact fraction against pressure, when the case gives it.
    pub law: Option<ContactFraction>,
    /// How the pressure is known.
    pub known: Known,
}

/// How a contact pressure is known.
#[derive(Clone, Copy, Debug)]
pub enum Known {
    /// It is given \[Pa\].
    Pressure(f64),
    /// From the contact surface of this number.
    Surface(usize),
    /// From the compliant interface of this number.
    Compliant(usize),
}

/// A force per area on a boundary.
pub(super) enum Load {
    /// Normal, compression positive \[Pa\].
    Pressure(f64),
    /// Along x, y, z \[Pa\].
    Traction([f64; 3]),
}

/// The equations of the stress side.
pub struct MechanicalModel<'m> {
    /// The equations, without contact.
    pub system: System<'m>,
    /// Where contact may occur.
    pub surfaces: Vec<ContactSurface>,
    /// Interfaces on which the pressure follows from the separation.
    pub compliant: Vec<(ContactSurface, Compliant)>,
    /// How far apart the mesh leaves the sides of each of these \[m\].
    pub apart: Vec<f64>,
    /// Where a contact pressure is known.
    pub contacts: Vec<ContactPlace>,
    /// Given forces on whole-body unknowns \[N\].
    pub whole_loads: Vec<(usize, f64)>,
    /// Region and number in the system of each term that makes stress.
    pub stress: Vec<(u32, usize)>,
    /// Flat boundaries that are held or pushed: number, axis across which they lie, sign of the outward
    /// normal.
    pub held: Vec<(usize, usize, f64)>,
    loads: Vec<(usize, Load)>,
}

impl<'m> MechanicalModel<'m> {
    /// Places the laws of `case` on the mesh.
    ///
    /// # Errors
    /// Laws that do not fit the mesh, gaps that are negative, and bodies that are not held.
    pub fn new(case: &Case, geometry: &'m Geometry) -> Result<Self, CaseError> {
        let mut draft = Draft::new(case, geometry);
        draft.check_support();
        Self::of(case, draft)
    }

    /// The same on a part of the mesh that has all of its surfaces; whether bodies are held is not asked again.
    ///
    /// # Errors
    /// As [`MechanicalModel::new`].
    pub fn on_surfaces(case: &Case, part: &'m Geometry) -> Result<Self, CaseError> {
        Self::of(case, Draft::new(case, part))
    }

    fn of(case: &Case, draft: Draft<'_, 'm>) -> Result<Self, CaseError> {
        let geometry = draft.geometry;
        if !draft.errors.is_empty() {
            return draft.errors.into_result(None);
        }
        let mesh = &geometry.mesh;
        let space =
            Space::new(vec![draft.field], draft.whole, mesh.points.len(), &draft.constraints)
                .map_err(|error| Diagnostic::new(error.to_string(), &case.origin()))?;
        let (placements, loads) = (draft.placements, draft.whole_loads);
        let system = System::new(mesh, geometry.hypothesis, space, placements, loads.clone());
        Ok(MechanicalModel {
            system,
            surfaces: draft.surfaces,
            compliant: draft.compliant,
            apart: draft.apart,
            contacts: draft.contacts,
            whole_loads: loads,
            stress: draft.stress,
            held: draft.held,
            loads: draft.loads,
        })
    }

    /// The boundaries and interfaces on which bodies may touch, and gaps are unknowns.
    pub fn unilateral(&self) -> Vec<Support> {
        let places = self.contacts.iter();
        let places = places.filter(|place| matches!(place.known, Known::Surface(_)));
        places.map(|place| place.support).collect()
    }

    /// The gaps as unknowns; none without surfaces that may touch.
    ///
    /// # Errors
    /// [`ContactError::Shared`].
    pub fn reduction(&self) -> Result<Option<Reduction>, ContactError> {
        let (mesh, space) = (self.system.mesh(), self.system.space());
        let some = (!self.surfaces.is_empty()).then_some(&self.surfaces);
        some.map(|surfaces| Reduction::new(mesh, space, surfaces)).transpose()
    }

    /// The normal force \[N\] with which each boundary that is held or carries a pressure presses on the
    /// body, compression positive, from the reactions at the nodes.
    pub fn normal_forces(&self, geometry: &Geometry, reactions: &[[f64; 3]]) -> Vec<(usize, f64)> {
        let (mesh, hypothesis) = (&geometry.mesh, geometry.hypothesis);
        // What enters at a node of two boundaries in one plane is shared by their areas around it.
        let areas = |&(boundary, ..): &(usize, usize, f64)| {
            recover::nodal_areas(mesh, hypothesis, &mesh.boundaries[boundary].facets)
        };
        let areas: Vec<Vec<(u32, f64)>> = self.held.iter().map(areas).collect();
        let mut total = vec![[0.0; 3]; mesh.points.len()];
        for ((_, axis, _), areas) in self.held.iter().zip(&areas) {
            areas.iter().for_each(|&(node, area)| total[node as usize][*axis] += area);
        }
        let held = self.held.iter().zip(&areas).map(|(&(boundary, axis, sign), areas)| {
            let share = |&(node, area): &(u32, f64)| match total[node as usize][axis] {
                // On the axis of symmetry the corner of a facet has no area of its own.
                0.0 => reactions[node as usize][axis],
                total => reactions[node as usize][axis] * area / total,
            };
            (boundary, -sign * areas.iter().map(share).sum::<f64>())
        });
        let pressed = self.loads.iter().map(|&(boundary, ref load)| {
            let facets = &mesh.boundaries[boundary].facets;
            let [force] = recover::integrate_facets(mesh, hypothesis, facets, |at| match load {
                Load::Pressure(p) => [*p],
                Load::Traction(t) => [-(0..3).map(|k| t[k] * at.point.normal[k]).sum::<f64>()],
            });
            (boundary, force)
        });
        held.chain(pressed).collect()
    }

    /// Force and moment of each pressure and traction; those of platens are reactions of what is tied.
    pub fn resultants(&self, geometry: &Geometry) -> Vec<Resultant> {
        let (mesh, hypothesis) = (&geometry.mesh, geometry.hypothesis);
        let of = |(boundary, load): &(usize, Load)| {
            let facets = &mesh.boundaries[*boundary].facets;
            let [a, b, c, d, e, f] = recover::integrate_facets(mesh, hypothesis, facets, |at| {
                let traction = match load {
                    Load::Pressure(p) => at.point.normal.map(|n| -p * n),
                    Load::Traction(t) => *t,
                };
                let Resultant { force: [a, b, c], moment: [d, e, f] } =
                    Resultant::of(traction, at.point.x);
                [a, b, c, d, e, f]
            });
            Resultant { force: [a, b, c], moment: [d, e, f] }
        };
        self.loads.iter().map(of).collect()
    }
}

/// A model in the making.
pub(super) struct Draft<'a, 'm> {
    pub(super) case: &'a Case,
    pub(super) geometry: &'m Geometry,
    pub(super) field: Field,
    pub(super) placements: Vec<Placement>,
    pub(super) whole: Vec<String>,
    pub(super) constraints: Constraints,
    pub(super) whole_loads: Vec<(usize, f64)>,
    pub(super) loads: Vec<(usize, Load)>,
    pub(super) stress: Vec<(u32, usize)>,
    pub(super) held: Vec<(usize, usize, f64)>,
    pub(super) surfaces: Vec<ContactSurface>,
    pub(super) compliant: Vec<(ContactSurface, Compliant)>,
    pub(super) apart: Vec<f64>,
    pub(super) contacts: Vec<ContactPlace>,
    /// Interfaces without a jump.
    pub(super) joined: Vec<usize>,
    /// True on a part of a mesh, where boundaries may have no facets.
    pub(super) is_part: bool,
    /// Areas of the boundaries of the whole \[m2\], where they are not those here.
    pub(super) areas: Option<&'a [f64]>,
    pub(super) errors: Diagnostics,
}

impl<'a, 'm> Draft<'a, 'm> {
    /// Places all laws.
    fn new(case: &'a Case, geometry: &'m Geometry) -> Self {
        let mut draft = Draft::empty(case, geometry);
        draft.place_materials();
        draft.place_boundaries();
        draft.place_interfaces();
        draft
    }

    /// Places none.
    pub(super) fn empty(case: &'a Case, geometry: &'m Geometry) -> Self {
        Draft {
            case,
            geometry,
            field: Field::vector("displacement", &geometry.mesh),
            placements: Vec::new(),
            whole: Vec::new(),
            constraints: Constraints::default(),
            whole_loads: Vec::new(),
            loads: Vec::new(),
            stress: Vec::new(),
            held: Vec::new(),
            surfaces: Vec::new(),
            compliant: Vec::new(),
            apart: Vec::new(),
            contacts: Vec::new(),
            joined: Vec::new(),
            is_part: false,
            areas: None,
            errors: Diagnostics::default(),
        }
    }
}

impl Draft<'_, '_> {
    pub(super) fn place_materials(&mut self) {
        let (case, mesh) = (self.case, &self.geometry.mesh);
        let reduction = match (case.plane_stress, mesh.axes) {
            (true, [a, b]) if mesh.dimension == 2 => Plane::PlaneStress(3 - a - b),
            _ => Plane::None,
        };
        if case.plane_stress && self.geometry.hypothesis != Hypothesis::Planar {
            let message = "`discretization.plane` is for planar symmetry";
            self.errors.push(Diagnostic::new(message, &case.origin()));
        }
        for (index, name) in mesh.regions.iter().enumerate() {
            let Some(region) = case.regions.iter().find(|r| r.name == *name) else { continue };
            let material = &case.materials[region.material];
            let Some(law) = material.law("elastic") else { continue };
            let given = |name| law.values.required(name);
            let elastic = match Elastic::new(given("young"), given("poisson"), reduction) {
                Ok(elastic) => elastic,
                Err(error) => {
                    let message = format!("elastic.{}: {}", error.parameter, error.message);
                    self.errors.push(Diagnostic::new(message, law.origin_of(error.parameter)));
                    continue;
                }
            };
            let support = Support::Region(index as u32);
            self.stress.push((index as u32, self.placements.len()));
            self.placements.push(Placement { term: Box::new(elastic), support });
            let Some(swelling) = material.law("eigenstrain") else { continue };
            if let Ok(strain) = linear_strain(&swelling.values, case.temperature) {
                self.stress.push((index as u32, self.placements.len()));
                let term = Box::new(Eigenstress::new(elastic, strain));
                self.placements.push(Placement { term, support });
            }
        }
    }

    /// Reports a body that can move although everything touches.
    fn check_support(&mut self) {
        let mesh = &self.geometry.mesh;
        if !self.errors.is_empty() {
            return;
        }
        let mut held = conditions(&self.constraints, &self.field.axes);
        let compliant = self.compliant.iter().map(|(surface, _)| surface);
        for node in self.surfaces.iter().chain(compliant).flat_map(|s| &s.nodes) {
            let mut nodes = vec![(node.node, node.normal)];
            nodes.extend(node.opposite.map(|other| (other, node.normal.map(|n| -n))));
            held.push(Condition { nodes, platen: None });
        }
        let all = bodies(mesh).coupled(mesh, &self.joined);
        let whole = self.whole.len();
        if let Some(motion) = loose_motion(mesh, self.geometry.hypothesis, &all, whole, &held) {
            let message = format!("a body is not held: {motion}");
            let error = Diagnostic::new(message, &self.case.origin());
            self.errors.push(error.wanted(
                "a support against it: `fixed`, `roller`, `platen` with a displacement, or `contact`",
            ));
        }
    }

    pub(super) fn report<T>(
        &mut self,
        result: Result<T, SupportError>,
        origin: &Origin,
    ) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.errors.push(Diagnostic::new(error.to_string(), origin));
                None
            }
        }
    }
}

/// The law of the contact fraction, when there is one.
pub(super) fn fraction_of(laws: &[LawUse]) -> Option<ContactFraction> {
    let law = laws.iter().find(|law| law.entry.name == "contact_fraction")?;
    // Checked when the case was read.
    ContactFraction::from_values(&law.values).ok()
}

/// An error of the contact with lengths as people write them.
pub(super) fn describe(error: &ContactError) -> String {
    match error {
        ContactError::Overlap { surface, gap, at } => overlap(surface, *gap, at),
        other => other.to_string(),
    }
}

/// Where bodies overlap before they are loaded.
pub(super) fn overlap(surface: &str, gap: f64, at: &[f64; 3]) -> String {
    let [x, y, z] = at.map(|x| crate::units::display(x, "m"));
    let gap = crate::units::display(gap, "m");
    format!("the initial gap on `{surface}` is negative: {gap} at ({x}, {y}, {z})")
}
