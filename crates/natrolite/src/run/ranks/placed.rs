//! The laws on the whole, as rank 0 has them, and how their unknowns are shared out.

use super::current::{CurrentShare, area_of};
use super::gaps::Gaps;
use super::mechanics::StressShare;
use super::owners::{Owned, Owners, whole_at};
use super::unknowns::{Level, Unknowns};
use crate::case::{Case, CaseError, Diagnostic};
use crate::run::laws::Laws;
use crate::run::mechanics::model::MechanicalModel;
use crate::run::model::{Surface, points_of, rest_of};
use crate::run::uniform::Groups;
use crate::run::{Contact, Geometry, RunError};
use contact::extent;
use fem::{Space, Support};
use mesh::{Bodies, Mesh, Wanted, bodies, nodes_of};

/// The nodes of a part, rising, and the rank that it is for.
type To<'a> = (&'a [u32], u32);

/// The current.
pub struct PlacedCurrent {
    bodies: Bodies,
    surfaces: Vec<Surface>,
    space: Space,
    /// What each unknown is measured from, and goes with.
    levels: Vec<Level>,
    /// Areas of the boundaries \[m2\].
    areas: Vec<f64>,
    /// Names of the contacts.
    contacts: Vec<String>,
}

impl PlacedCurrent {
    /// Places the laws; what touches at `contacts` may turn out otherwise.
    ///
    /// # Errors
    /// When the case does not fit its mesh.
    pub fn new(case: &Case, whole: &Geometry, contacts: &[Contact]) -> Result<Self, CaseError> {
        let mesh = &whole.mesh;
        let bodies = bodies(mesh);
        let area = |boundary| points_of(whole, Support::Boundary(boundary)).area();
        let areas: Vec<f64> = (0..mesh.boundaries.len()).map(area).collect();
        let laws = Laws::of(case, whole, &bodies, contacts, &|s| area_of(&areas, s))?;
        let (fields, names) = (laws.fields.clone(), laws.whole.clone());
        let space = Space::new(fields, names, mesh.points.len(), &laws.constraints)
            .map_err(|error| Diagnostic::new(error.to_string(), &case.origin()))?;
        let groups = Groups::new(&space, &bodies, &laws.constraints.tied);
        let rest = rest_of(case, (mesh, &bodies), &laws.surfaces, &space);
        let groups = groups.numbers().iter().copied().chain(std::iter::repeat(Groups::NONE));
        let levels = rest.into_iter().zip(groups).map(|(rest, group)| Level { rest, group });
        let levels = levels.collect();
        let contacts = contacts.iter().map(|contact| contact.name.clone()).collect();
        Ok(PlacedCurrent { bodies, surfaces: laws.surfaces, space, levels, areas, contacts })
    }

    /// Finds the owners of its unknowns, and says what these want.
    pub fn part(
        &self,
        mesh: &Mesh,
        (nodes, ranks): (&Owned, usize),
        wanted: &mut Wanted<'_>,
    ) -> PartedCurrent<'_> {
        let surfaces = &self.surfaces[..];
        let owners = Owners::with_bodies(mesh, (&self.space, surfaces), nodes, ranks);
        wanted.add(owners.beyond_nodes(&self.space, nodes));
        // The owner of the potential of a body holds everything along its surface, which keeps that row
        // complete.
        for surface in surfaces {
            let Some(whole) = whole_at(surface) else { continue };
            if let Some(&owner) = owners.free.by.get(self.space.whole_dof(whole) as usize) {
                let around = nodes_of(surface.facets(mesh));
                wanted.add(around.into_iter().map(|node| [node, owner]));
            }
        }
        PartedCurrent { placed: self, owners }
    }
}

/// The current, shared out.
pub struct PartedCurrent<'p> {
    placed: &'p PlacedCurrent,
    owners: Owners,
}

impl<'p> PartedCurrent<'p> {
    /// The share of one rank.
    pub fn share(&self, (nodes, rank): To<'_>) -> CurrentShare {
        let PlacedCurrent { space, levels, areas, contacts, .. } = self.placed;
        CurrentShare {
            unknowns: Unknowns::of(nodes, space, (&self.owners, Some(levels)), rank),
            areas: areas.clone(),
            contacts: contacts.clone(),
        }
    }

    /// Boundaries and interfaces with a law.
    pub fn surfaces(&self) -> &'p [Surface] {
        &self.placed.surfaces
    }

    /// The numbering of the whole.
    pub fn space(&self) -> &'p Space {
        &self.placed.space
    }

    /// The owners of its unknowns.
    pub fn owners(&self) -> &Owners {
        &self.owners
    }

    /// The bodies of the whole.
    pub fn bodies(&self) -> &'p Bodies {
        &self.placed.bodies
    }
}

/// The stress side.
pub struct PlacedStress<'w> {
    model: MechanicalModel<'w>,
}

impl<'w> PlacedStress<'w> {
    /// Places the laws.
    ///
    /// # Errors
    /// When they do not fit the mesh, or a body is not held.
    pub fn new(case: &Case, whole: &'w Geometry) -> Result<Self, RunError> {
        let model = MechanicalModel::new(case, whole)?;
        // Each rank changes its unknowns by itself; whether that is possible is found out here.
        model.reduction()?;
        Ok(PlacedStress { model })
    }

    /// The contacts, of which nothing is known yet.
    pub fn touching(&self, whole: &Geometry) -> Vec<Contact> {
        self.model.contacts.iter().map(|place| Contact::touching(whole, place)).collect()
    }

    /// Finds the owners of its unknowns, and says what these want.
    pub fn part(
        &self,
        mesh: &Mesh,
        (nodes, ranks): (&Owned, usize),
        wanted: &mut Wanted<'_>,
    ) -> PartedStress<'_> {
        let space = self.model.system.space();
        let owners = Owners::of(space, nodes, ranks);
        wanted.add(owners.beyond_nodes(space, nodes));
        let unilateral = self.model.unilateral();
        Gaps::new(mesh, &unilateral).want(mesh, wanted);
        PartedStress { model: &self.model, owners, size: extent(mesh), unilateral }
    }
}

/// The stress side, shared out.
pub struct PartedStress<'p> {
    model: &'p MechanicalModel<'p>,
    owners: Owners,
    /// Largest coordinate of the whole \[m\].
    size: f64,
    /// Where bodies may touch.
    unilateral: Vec<Support>,
}

impl<'p> PartedStress<'p> {
    /// The share of one rank.
    pub fn share(&self, (nodes, rank): To<'_>) -> StressShare {
        let space = self.space();
        StressShare {
            unknowns: Unknowns::of(nodes, space, (&self.owners, None), rank),
            whole: space.whole().to_vec(),
            loads: self.model.whole_loads.clone(),
            apart: self.model.apart.clone(),
            size: self.size,
            unilateral: self.unilateral.clone(),
        }
    }

    /// The numbering of the whole.
    pub fn space(&self) -> &'p Space {
        self.model.system.space()
    }

    /// The owners of its unknowns.
    pub fn owners(&self) -> &Owners {
        &self.owners
    }
}
