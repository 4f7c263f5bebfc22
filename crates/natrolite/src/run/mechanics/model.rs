//! The laws of mechanics placed on the mesh.

use super::balance::Resultant;
use super::support::{Condition, conditions, loose_motion};
use crate::case::{Case, CaseError, Diagnostic, Diagnostics, LawUse, Origin};
use crate::run::Geometry;
use contact::rough::ContactFraction;
use contact::unilateral::{self, ContactError, ContactSurface, Reduction};
use contact::{
    Compliant, Eigenstress, Elastic, Platen, Pressure, Reduction as Plane, SupportError, Traction,
    fix, flat_direction, linear_strain, platen, roller, support_axis,
};
use fem::{Constraints, Field, Hypothesis, Placement, Space, Support, System, Term, recover};
use mesh::{Boundary, bodies};

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
enum Load {
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
    loads: Vec<(usize, Load)>,
    pub(super) stress: Vec<(u32, usize)>,
    pub(super) held: Vec<(usize, usize, f64)>,
    pub(super) surfaces: Vec<ContactSurface>,
    pub(super) compliant: Vec<(ContactSurface, Compliant)>,
    pub(super) apart: Vec<f64>,
    pub(super) contacts: Vec<ContactPlace>,
    /// Interfaces without a jump.
    pub(super) joined: Vec<usize>,
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

    fn place_boundaries(&mut self) {
        let (case, mesh) = (self.case, &self.geometry.mesh);
        if self.geometry.hypothesis == Hypothesis::Axisymmetric {
            support_axis(mesh, &self.field, &mut self.constraints);
        }
        for (index, boundary) in mesh.boundaries.iter().enumerate() {
            let used = case.boundaries.iter().find(|b| b.name == boundary.name);
            let laws = used.map_or(&[][..], |used| &used.laws[..]);
            let mechanical: Vec<&LawUse> =
                laws.iter().filter(|law| crate::registry::is_mechanical(law.entry)).collect();
            if mechanical.is_empty() && case.mesh.rolls_by_itself(&boundary.name) {
                let origin = case.origin();
                let held = roller(mesh, &self.field, boundary, &mut self.constraints);
                self.report(held, &origin);
            }
            for law in mechanical {
                self.place_on_boundary(law, (index, boundary), laws);
            }
        }
    }

    fn place_on_boundary(
        &mut self,
        law: &LawUse,
        (index, boundary): (usize, &Boundary),
        laws: &[LawUse],
    ) {
        let (geometry, mesh) = (self.geometry, &self.geometry.mesh);
        let support = Support::Boundary(index);
        if let "fixed" | "roller" | "platen" = law.entry.name
            && let Ok((axis, sign)) = flat_direction(mesh, boundary)
            && law.values.axes("value").is_none_or(|axes| axes[axis])
            && !self.held.iter().any(|held| held.0 == index)
        {
            self.held.push((index, axis, sign));
        }
        match law.entry.name {
            "pressure" => {
                let pressure = law.values.required("value");
                self.place_load(law, support);
                self.loads.push((index, Load::Pressure(pressure)));
                let law = fraction_of(laws);
                if law.is_some() || laws.iter().any(|l| transport::is_kinetics(l.entry)) {
                    let (name, known) = (boundary.name.clone(), Known::Pressure(pressure));
                    self.contacts.push(ContactPlace { name, support, law, known });
                }
            }
            "traction" => {
                let traction = law.values.vector("value").unwrap_or_default();
                self.place_load(law, support);
                self.loads.push((index, Load::Traction(traction)));
            }
            "fixed" => {
                let axes = law.values.axes("value").unwrap_or_default();
                let axes: Vec<usize> = (0..3).filter(|&k| axes[k]).collect();
                fix(&self.field, boundary, &axes, &mut self.constraints);
            }
            "roller" => {
                let held = roller(mesh, &self.field, boundary, &mut self.constraints);
                self.report(held, &law.origin);
            }
            "platen" => self.place_platen(law, (index, boundary)),
            "contact" => {
                let Some(group) = law.values.group("obstacle") else { return };
                let Some(direction) = self.report(flat_direction(mesh, boundary), &law.origin)
                else {
                    return;
                };
                let nearest = nearest_to_axis(geometry, boundary, direction.0);
                let surface = unilateral::obstacle(group, direction, nearest)
                    .map_err(|error| error.to_string())
                    .and_then(|obstacle| {
                        ContactSurface::obstacle(mesh, geometry.hypothesis, index, &obstacle)
                            .map_err(|error| describe(&error))
                    });
                match surface {
                    Ok(surface) => {
                        let known = Known::Surface(self.surfaces.len());
                        self.surfaces.push(surface);
                        let (name, law) = (boundary.name.clone(), fraction_of(laws));
                        self.contacts.push(ContactPlace { name, support, law, known });
                    }
                    Err(message) => {
                        let origin = law.origin_of("obstacle");
                        self.errors.push(Diagnostic::new(message, origin));
                    }
                }
            }
            _ => {}
        }
    }

    /// Places a pressure or a traction.
    pub(super) fn place_load(&mut self, law: &LawUse, support: Support) {
        let term: Box<dyn Term> = match law.entry.name {
            "pressure" => Box::new(Pressure { pressure: law.values.required("value") }),
            "traction" => {
                Box::new(Traction { traction: law.values.vector("value").unwrap_or_default() })
            }
            _ => return,
        };
        self.placements.push(Placement { term, support });
    }

    fn place_platen(&mut self, law: &LawUse, (index, boundary): (usize, &Boundary)) {
        let (geometry, mesh) = (self.geometry, &self.geometry.mesh);
        let [area] = recover::integrate_facets(
            mesh,
            geometry.hypothesis,
            &mesh.boundaries[index].facets,
            |_| [1.0],
        );
        let planar = geometry.hypothesis == Hypothesis::Planar;
        if law.values.number("force").is_some() && law.per_depth != planar {
            let (got, wanted) = if planar { ("N", "N/m") } else { ("N/m", "N") };
            let message = format!("`platen.force` is given in {got}");
            let error = Diagnostic::new(message, law.origin_of("force"));
            self.errors.push(error.wanted(format!("a force in {wanted}, as the mesh is")));
        }
        let number = |name: &str| law.values.number(name);
        let given = match (number("force"), number("pressure"), number("displacement")) {
            (Some(force), ..) => Platen::Force(force / geometry.multiplicity),
            (_, Some(pressure), _) => Platen::Force(pressure * area),
            (.., displacement) => Platen::Displacement(displacement.unwrap_or(0.0)),
        };
        let whole = self.whole.len();
        self.whole.push(boundary.name.clone());
        let placed = platen(mesh, &self.field, boundary, given, whole, &mut self.constraints);
        let load = self.report(placed, &law.origin).flatten();
        self.whole_loads.extend(load);
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

    fn report<T>(&mut self, result: Result<T, SupportError>, origin: &Origin) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.errors.push(Diagnostic::new(error.to_string(), origin));
                None
            }
        }
    }
}

/// The point of a flat boundary on the axis x = y = 0, or the nearest node to it.
fn nearest_to_axis(geometry: &Geometry, boundary: &Boundary, across: usize) -> [f64; 3] {
    let points = mesh::nodes_of(&boundary.facets);
    let first = points.first().map_or([0.0; 3], |&n| geometry.mesh.points[n as usize]);
    let mut x = [0.0; 3];
    x[across] = first[across];
    if geometry.mesh.dimension == 2 {
        let out = 3 - geometry.mesh.axes[0] - geometry.mesh.axes[1];
        x[out] = first[out];
    }
    x
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
