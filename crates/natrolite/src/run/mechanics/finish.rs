//! What follows from a solution.

use super::Mechanics;
use super::balance::{Balance, Resultant};
use super::contacts::Contact;
use super::model::{ContactPlace, Known, MechanicalModel};
use super::solve::Solution;
use crate::results::MechanicsSummary;
use crate::run::Geometry;
use contact::DISPLACEMENT;
use contact::stress::{nodal_reactions, nodal_stress};
use contact::unilateral::{ContactSurface, Outcome, Touch};
use fem::System;
use std::time::Duration;

/// What is found at the nodes of a mesh, or of a part of it.
pub struct Nodal {
    /// Stress \[Pa\], tension positive.
    pub stress: Vec<[[f64; 3]; 3]>,
    /// The force that enters the body \[N\].
    pub reactions: Vec<[f64; 3]>,
}

impl Nodal {
    /// From the free unknowns `u`; `stress` names the terms that make stress, as
    /// [`MechanicalModel::stress`]. At a node of which all cells are there it is that of the whole.
    pub fn of(system: &System<'_>, stress: &[(u32, usize)], u: &[f64]) -> Self {
        let reactions = nodal_reactions(system, u);
        Nodal { stress: nodal_stress(system, stress, u), reactions }
    }
}

/// How a solution was found.
pub struct About {
    /// Free unknowns.
    pub dofs: usize,
    /// How the matrix was stored.
    pub matrix: String,
    /// Time to the equations.
    pub setup: Duration,
    /// What the solver wants to be known.
    pub messages: Vec<String>,
}

/// What follows from a solution, from what was found at the nodes, and from the largest von Mises stress of each
/// region \[Pa\]. The mesh may be a part of the whole that has all of its surfaces.
pub fn finish(
    geometry: &Geometry,
    model: &MechanicalModel<'_>,
    solution: Solution,
    (Nodal { stress, reactions }, largest_von_mises): (Nodal, Vec<f64>),
    About { dofs, matrix, setup, messages }: About,
) -> Mechanics {
    let mesh = &geometry.mesh;
    let converged = solution.converged();
    let Solution { u, outcome, linear, solver, work } = solution;
    let system = &model.system;
    let all = system.all_unknowns(&u);
    let displacement = system.space().nodal_vectors(DISPLACEMENT, &all);
    let contacts = contacts(geometry, model, &displacement, outcome.as_ref());
    let touching: Vec<u32> = (model.surfaces.iter().flat_map(|s| &s.nodes))
        .flat_map(|n| std::iter::once(n.node).chain(n.opposite))
        .collect();
    let loads: Vec<Resultant> = model.resultants(geometry);
    let balance = Balance::new(geometry, system, (loads, &touching), &reactions);
    let name = |b: usize| mesh.boundaries[b].name.clone();
    let forces = model.normal_forces(geometry, &reactions);
    let forces = forces.into_iter().map(|(b, force)| (name(b), force)).collect();
    let summary = MechanicsSummary {
        dofs,
        solver: solver.into(),
        matrix,
        steps: match (&outcome, &linear) {
            (Some(outcome), _) => outcome.exchanged.len(),
            (None, info) => info.as_ref().map_or(0, |info| info.iterations),
        },
        exchanged: outcome.as_ref().map_or_else(Vec::new, |o| o.exchanged.clone()),
        active: outcome.as_ref().map_or(0, |o| {
            let corners = model.surfaces.iter().zip(&o.touch);
            corners
                .flat_map(|(s, touch)| s.nodes.iter().zip(touch))
                .filter(|(node, touch)| node.is_corner() && touch.active)
                .count()
        }),
        residual: match (&outcome, &linear) {
            (Some(outcome), _) => outcome.residual,
            (None, info) => info.as_ref().and_then(|i| i.residuals.last().copied()).unwrap_or(0.0),
        },
        complementarity: outcome.as_ref().map(|o| o.complementarity.abs()),
        moment_balance_error: balance.moment,
    };
    Mechanics {
        displacement,
        stress,
        largest_von_mises,
        contacts,
        forces,
        balance,
        dofs,
        summary,
        converged,
        setup,
        linear: work,
        messages,
    }
}

/// The gaps at the nodes of an interface \[m\].
fn separations<'a>(
    surface: &'a ContactSurface,
    displacement: &'a [[f64; 3]],
) -> impl Iterator<Item = f64> + 'a {
    surface.nodes.iter().map(move |node| {
        let at = |n: u32| displacement[n as usize];
        let (here, across) = (at(node.node), at(node.opposite.unwrap_or(node.node)));
        let jump: f64 = (0..3).map(|k| node.normal[k] * (across[k] - here[k])).sum();
        node.initial_gap + jump
    })
}

fn contacts(
    geometry: &Geometry,
    model: &MechanicalModel<'_>,
    displacement: &[[f64; 3]],
    outcome: Option<&Outcome>,
) -> Vec<Contact> {
    let of = |place: &ContactPlace| match place.known {
        Known::Pressure(pressure) => Some(Contact::pressed(geometry, place, pressure)),
        Known::Surface(k) => {
            let solved = (&model.surfaces[k], &outcome?.touch[k][..]);
            Some(Contact::solved(geometry, place, solved))
        }
        Known::Compliant(k) => {
            let (surface, law) = &model.compliant[k];
            let touch = separations(surface, displacement).map(|gap| {
                let pressure = law.pressure_at(gap);
                Touch { gap, mean_gap: gap, pressure, active: true }
            });
            Some(Contact::solved(geometry, place, (surface, &touch.collect::<Vec<_>>())))
        }
    };
    model.contacts.iter().filter_map(of).collect()
}
