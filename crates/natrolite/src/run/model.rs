//! The laws of a case placed on its mesh.

use super::Contact;
use super::geometry::Geometry;
use super::laws::Laws;
use super::reference::Rest;
use crate::case::{Case, CaseError, Diagnostic, LawUse};
use fem::recover::FacetPoints;
use fem::registry::Environment;
use fem::{Field, Point, Slot, Space, Support, System, Term, Unknown};
use mesh::{Bodies, FacetBlock, Mesh, bodies};
use std::cell::RefCell;
use std::sync::Arc;
use transport::POTENTIAL;

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
    /// Its name, which quantities of many points share.
    pub name: Arc<str>,
    /// Where it is.
    pub support: Support,
    /// What happens there.
    pub role: Role,
}

impl Surface {
    /// The facets; on an interface those of the first side.
    pub fn facets<'m>(&self, mesh: &'m Mesh) -> &'m [FacetBlock] {
        facets_of(mesh, self.support)
    }

    /// True when it has the same name and place, and a law of the same kind.
    fn resembles(&self, other: &Surface) -> bool {
        let kind = |role: &Role| match role {
            Role::Kinetics { placement, metal, .. } => (0, *placement, *metal),
            Role::Potential(_) => (1, 0, None),
            Role::UniformCurrent(_) => (2, 0, None),
            Role::Equipotential { whole, .. } => (3, *whole, None),
        };
        (&self.name, self.support, kind(&self.role))
            == (&other.name, other.support, kind(&other.role))
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
    /// The bodies of the mesh, interfaces apart.
    pub bodies: Bodies,
    /// For each surface its points of quadrature.
    pub(super) points: Vec<FacetPoints>,
    /// For each surface the region that it bounds.
    pub beside: Vec<Option<u32>>,
    /// The equations.
    pub system: System<'m>,
    /// Boundaries and interfaces with a law.
    pub surfaces: Vec<Surface>,
    /// Number in the system of the conduction law of each region.
    pub conduction: Vec<usize>,
    /// Conductivity of each region \[S/m\].
    pub conductivity: Vec<[[f64; 3]; 3]>,
    /// Of the laws \[K\].
    pub temperature: f64,
    /// Unknowns of nodes that equal a whole-body unknown.
    pub(super) tied: Vec<(Unknown, usize)>,
}

/// The points of quadrature of a surface.
pub fn points_of(geometry: &Geometry, support: Support) -> FacetPoints {
    let facets = facets_of(&geometry.mesh, support);
    FacetPoints::new(&geometry.mesh, geometry.hypothesis, facets)
}

/// The facets of a boundary, or of the first side of an interface.
pub fn facets_of(mesh: &Mesh, support: Support) -> &[FacetBlock] {
    match support {
        Support::Boundary(b) => &mesh.boundaries[b].facets,
        Support::Interface(i) => &mesh.interfaces[i].sides[0],
        Support::Region(_) => &[],
    }
}

/// The region of the cell that owns the first facet.
fn region_beside(mesh: &Mesh, surface: &Surface) -> Option<u32> {
    let cell = *surface.facets(mesh).first()?.cells.first()?;
    let mut first = 0;
    let block = mesh.blocks.iter().find(|block| {
        first += block.len();
        (cell as usize) < first
    })?;
    Some(block.region)
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
    resistance_at_rest(&*term, law)
}

/// The same of the term that was made of the law, which reads two potentials.
pub fn resistance_at_rest(term: &dyn Term, law: &LawUse) -> Option<f64> {
    if !transport::is_kinetics(law.entry) {
        return None;
    }
    let equilibrium = law.values.number("equilibrium_potential").unwrap_or(0.0);
    let mut tangent = [0.0; 4];
    term.tangent(&[Point::default()], &[0.0, equilibrium], &mut tangent);
    (tangent[0] > 0.0).then(|| 1.0 / tangent[0])
}

impl<'m> Model<'m> {
    /// Places the laws of `case` on the mesh.
    ///
    /// `contacts` are the places where the contact is solved; kinetics there read it.
    ///
    /// # Errors
    /// Boundaries that contradict each other, and bodies without a reference potential.
    pub fn new(
        case: &Case,
        geometry: &'m Geometry,
        contacts: &[Contact],
    ) -> Result<Self, CaseError> {
        Self::with_bodies(case, geometry, bodies(&geometry.mesh), contacts)
    }

    /// The same where the bodies of the mesh are known.
    ///
    /// # Errors
    /// As [`Model::new`].
    pub fn with_bodies(
        case: &Case,
        geometry: &'m Geometry,
        bodies: Bodies,
        contacts: &[Contact],
    ) -> Result<Self, CaseError> {
        let (mesh, hypothesis) = (&geometry.mesh, geometry.hypothesis);
        // What an area was asked of is kept.
        let known = RefCell::new(Vec::new());
        let area = |support| {
            let points = points_of(geometry, support);
            let area = points.area();
            known.borrow_mut().push((support, points));
            area
        };
        let laws = Laws::of(case, geometry, &bodies, contacts, &area)?;
        let mut known = known.into_inner();
        let mut points = |support| match known.iter().position(|(of, _)| *of == support) {
            Some(k) => known.swap_remove(k).1,
            None => points_of(geometry, support),
        };
        let space = Space::new(laws.fields, laws.whole, mesh.points.len(), &laws.constraints)
            .map_err(|error| Diagnostic::new(error.to_string(), &case.origin()))?;
        let system = System::new(mesh, hypothesis, space, laws.placements, laws.loads);
        let mut model = Model {
            geometry,
            bodies,
            points: laws.surfaces.iter().map(|s| points(s.support)).collect(),
            beside: laws.surfaces.iter().map(|s| region_beside(mesh, s)).collect(),
            system,
            surfaces: laws.surfaces,
            conduction: laws.conduction,
            conductivity: laws.conductivity,
            temperature: case.temperature,
            tied: laws.constraints.tied,
        };
        model.measure_from_rest(case);
        Ok(model)
    }

    /// Places the laws of another case instead. False when it has other laws, not only other values; the
    /// model is then good for nothing.
    ///
    /// # Errors
    /// As [`Model::new`].
    pub fn place_again(&mut self, case: &Case, contacts: &[Contact]) -> Result<bool, CaseError> {
        let area = |support| {
            let known = self.surfaces.iter().zip(&self.points);
            known.filter(|(s, _)| s.support == support).map(|(_, points)| points.area()).sum()
        };
        let laws = Laws::of(case, self.geometry, &self.bodies, contacts, &area)?;
        let space = self.system.space();
        let names = |fields: &[Field]| fields.iter().map(|f| f.name).collect::<Vec<_>>();
        let is_same = laws.whole == space.whole()
            && names(&laws.fields) == names(space.fields())
            && laws.constraints.tied == self.tied
            && laws.surfaces.len() == self.surfaces.len()
            && laws.surfaces.iter().zip(&self.surfaces).all(|(new, old)| new.resembles(old));
        let fixed = &laws.constraints.fixed;
        if !is_same || !self.system.place_again(laws.placements, fixed, laws.loads) {
            return Ok(false);
        }
        self.surfaces = laws.surfaces;
        self.conduction = laws.conduction;
        self.conductivity = laws.conductivity;
        self.temperature = case.temperature;
        self.measure_from_rest(case);
        Ok(true)
    }

    /// Measures the unknowns from the state at zero current.
    fn measure_from_rest(&mut self, case: &Case) {
        let (mesh, space) = (&self.geometry.mesh, self.system.space());
        let rest = rest_of(case, (mesh, &self.bodies), &self.surfaces, space);
        self.system.measure_from(rest);
    }

    /// The potential at zero current of what a surface touches; of its metal when it has kinetics with a metal of its
    /// own \[V\].
    pub fn at_rest(&self, surface: &Surface) -> f64 {
        let (space, rest) = (self.system.space(), self.system.rest());
        let node = surface.facets(&self.geometry.mesh).iter().find_map(|b| b.nodes.first());
        match (&surface.role, node) {
            (Role::Kinetics { metal: Some(whole), .. }, _) => {
                rest[space.whole_dof(*whole) as usize]
            }
            (_, Some(node)) => rest[space.dof(POTENTIAL, *node) as usize],
            (_, None) => 0.0,
        }
    }

    /// The points of quadrature of one of the surfaces.
    pub fn points(&self, surface: &Surface) -> &FacetPoints {
        let k = self.surfaces.iter().position(|s| s.support == surface.support);
        &self.points[k.expect("it is a surface of the model")]
    }

    /// The region that one of the surfaces bounds; on an interface that of its first side.
    pub fn region_beside(&self, surface: &Surface) -> Option<usize> {
        let k = self.surfaces.iter().position(|s| s.support == surface.support)?;
        self.beside[k].map(|region| region as usize)
    }

    /// The surface called `name`.
    pub fn surface(&self, name: &str) -> Option<&Surface> {
        self.surfaces.iter().find(|s| *s.name == *name)
    }
}

/// The state at zero current, from which the unknowns are measured.
pub fn rest_of(
    case: &Case,
    (mesh, bodies): (&Mesh, &Bodies),
    surfaces: &[Surface],
    space: &Space,
) -> Vec<f64> {
    let rest = Rest::new(case, mesh, bodies, surfaces);
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
