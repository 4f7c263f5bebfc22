//! The laws on the whole, as rank 0 has them, and how their unknowns are shared out.

use super::current::{CurrentShare, area_of};
use super::gaps::want_gaps;
use super::mechanics::{ContactShare, StressShare};
use super::owners::{Owned, Owners, whole_at};
use super::unknowns::{Level, Unknowns};
use crate::case::{Case, CaseError, Diagnostic};
use crate::run::laws::Laws;
use crate::run::mechanics::model::MechanicalModel;
use crate::run::model::{Surface, points_of, rest_of};
use crate::run::solve::method;
use crate::run::uniform::Groups;
use crate::run::{Contact, Geometry, RunError};
use contact::unilateral::{Reduction, nearest};
use contact::{amg_problem, extent};
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
    reduction: Option<Reduction>,
}

impl<'w> PlacedStress<'w> {
    /// Places the laws.
    ///
    /// # Errors
    /// When they do not fit the mesh, or a body is not held.
    pub fn new(case: &Case, whole: &'w Geometry) -> Result<Self, RunError> {
        let model = MechanicalModel::new(case, whole)?;
        let reduction = model.reduction()?;
        Ok(PlacedStress { model, reduction })
    }

    /// The contacts, of which nothing is known yet.
    pub fn touching(&self, whole: &Geometry) -> Vec<Contact> {
        self.model.contacts.iter().map(|place| Contact::touching(whole, place)).collect()
    }

    /// Finds the owners of its unknowns, and says what these want.
    pub fn part(
        &self,
        case: &Case,
        whole: &Geometry,
        (nodes, ranks): (&Owned, usize),
        wanted: &mut Wanted<'_>,
    ) -> PartedStress<'_> {
        let (mesh, space) = (&whole.mesh, self.model.system.space());
        let owners = Owners::of(space, nodes, ranks);
        wanted.add(owners.beyond_nodes(space, nodes));
        let (mut first, mut motions) = (Vec::new(), Vec::new());
        if let Some(reduction) = &self.reduction {
            want_gaps(wanted, (mesh, space), reduction, &owners);
            first = nearest(&self.model.surfaces, reduction);
            if !algebra::is_direct(space.free(), mesh.dimension, method(case)) {
                motions = self.motions_of_gaps(whole, reduction);
            }
        }
        let model = &self.model;
        let size = extent(mesh);
        PartedStress { model, reduction: self.reduction.as_ref(), owners, size, first, motions }
    }

    /// What each rigid motion does to each gap that is an unknown: needs the surface, not a part of it.
    fn motions_of_gaps(&self, whole: &Geometry, reduction: &Reduction) -> Vec<Vec<f64>> {
        let space = self.model.system.space();
        let problem = amg_problem(&whole.mesh, whole.hypothesis, space, false);
        let at_gaps = |motion: Vec<f64>| {
            let all = reduction.contract(&self.model.surfaces, &motion);
            reduction.replaced().map(|(y, _)| all[y as usize]).collect()
        };
        problem.near_null.into_iter().map(at_gaps).collect()
    }
}

/// The stress side, shared out.
pub struct PartedStress<'p> {
    model: &'p MechanicalModel<'p>,
    reduction: Option<&'p Reduction>,
    owners: Owners,
    /// Largest coordinate of the whole \[m\].
    size: f64,
    /// The first active set.
    first: Vec<bool>,
    /// Motions of the gaps, in the order of [`Reduction::replaced`].
    motions: Vec<Vec<f64>>,
}

impl<'p> PartedStress<'p> {
    /// The share of one rank.
    pub fn share(&self, (nodes, rank): To<'_>) -> StressShare {
        let space = self.space();
        let unknowns = Unknowns::of(nodes, space, (&self.owners, None), rank);
        let contact = self.reduction.map(|reduction| {
            let (owned, first) = (unknowns.map.owned_len(), self.owners.free.range(rank).start);
            let mut gaps = Vec::new();
            let mut motions = vec![Vec::new(); self.motions.len()];
            for (k, (y, _)) in reduction.replaced().enumerate() {
                if self.owners.free.by[y as usize] == rank {
                    gaps.push((u64::from(self.owners.free.number[y as usize]) - first) as u32);
                    let all = motions.iter_mut().zip(&self.motions);
                    all.for_each(|(here, all)| here.push(all[k]));
                }
            }
            debug_assert!(gaps.iter().all(|&gap| (gap as usize) < owned));
            let change = reduction.part(&unknowns.in_whole);
            ContactShare { change, first: self.first.clone(), gaps, motions }
        });
        StressShare {
            unknowns,
            whole: space.whole().to_vec(),
            loads: self.model.whole_loads.clone(),
            apart: self.model.apart.clone(),
            size: self.size,
            contact,
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
