//! The stress side of a case: from its loads to displacement, stress, contact pressure and gap.
//!
//! It is solved before the electric side, which reads the contact fraction and the contact pressure
//! that follow; small displacements do not change where the current flows.

mod balance;
mod boundaries;
mod contacts;
pub(super) mod finish;
mod gap;
pub(super) mod held;
mod interfaces;
pub(super) mod model;
pub(super) mod quantities;
pub(super) mod solve;
mod state;
mod support;
pub(super) mod terms;

pub use contacts::Contact;
pub use state::StressState;

use super::{Geometry, Observer, RunError};
use crate::case::{Case, CaseError};
use crate::results::MechanicsSummary;
use algebra::LinearWork;
use balance::Balance;
use fem::Support;
use std::time::{Duration, Instant};

/// What follows from the loads.
#[derive(Clone, Debug)]
pub struct Mechanics {
    /// At each node \[m\].
    pub displacement: Vec<[f64; 3]>,
    /// At each node \[Pa\], tension positive.
    pub stress: Vec<[[f64; 3]; 3]>,
    /// Largest von Mises stress of each region \[Pa\].
    pub largest_von_mises: Vec<f64>,
    /// Interfaces and boundaries on which a contact pressure is known.
    pub contacts: Vec<Contact>,
    /// Normal force on each boundary that is held or carries a pressure, by name, on what is meshed
    /// \[N\], compression positive.
    pub forces: Vec<(String, f64)>,
    /// How the loads and supports balance.
    pub balance: Balance,
    /// Free unknowns.
    pub dofs: usize,
    /// How it was solved.
    pub summary: MechanicsSummary,
    /// False when the equations were not solved to their tolerance.
    pub converged: bool,
    /// From the mesh to the equations.
    pub setup: Duration,
    /// What the linear solves took.
    pub linear: LinearWork,
    /// What the solver wants to be known, a line each.
    pub messages: Vec<String>,
}

impl Mechanics {
    /// The contact called `name`.
    pub fn contact(&self, name: &str) -> Option<&Contact> {
        self.contacts.iter().find(|contact| contact.name == name)
    }

    /// The same stress with the contact fractions that the laws of `case` give its pressures; nothing when
    /// the case has no such law. The fraction follows the pressure and does not act on it.
    pub fn with_fractions_of(&self, case: &Case, geometry: &Geometry) -> Option<Mechanics> {
        let law = |contact: &Contact| {
            let boundary = case.boundaries.iter().find(|b| b.name == contact.name);
            let interface = case.interfaces.iter().find(|i| i.name == contact.name);
            let laws = match contact.support {
                Support::Interface(_) => interface.map(|i| &i.laws),
                _ => boundary.map(|b| &b.laws),
            };
            model::fraction_of(laws?)
        };
        let laws: Vec<_> = self.contacts.iter().map(law).collect();
        if laws.iter().all(Option::is_none) {
            return None;
        }
        let mut mechanics = self.clone();
        for (contact, law) in mechanics.contacts.iter_mut().zip(&laws) {
            if let Some(law) = law {
                *contact = contact.under(geometry, law);
            }
        }
        Some(mechanics)
    }
}

/// Solves the stress side of `case`; nothing when it has none.
///
/// # Errors
/// When the laws do not fit the mesh, a body is not held, or there is no equilibrium.
pub fn solve_mechanics(
    case: &Case,
    geometry: &Geometry,
    observer: &mut dyn Observer,
) -> Result<Option<Mechanics>, RunError> {
    if !case.physics().mechanics {
        return Ok(None);
    }
    observer.phase("mechanics");
    let start = Instant::now();
    let mut model = model::MechanicalModel::new(case, geometry)?;
    let matrix = solve::choose_form(case, geometry, &mut model);
    model.system.assemble();
    log::info!(
        "mechanics: {} free unknowns, {} surfaces that may touch, matrix {matrix}",
        model.system.space().free(),
        model.surfaces.len()
    );
    let mechanics = solve::solve(case, geometry, model, (matrix, start.elapsed()), observer)?;
    observer.linear(&mechanics.linear);
    Ok(Some(mechanics))
}

/// The stress side placed but not solved.
pub struct Unsolved {
    /// Free unknowns.
    pub dofs: usize,
    /// The contacts, as if all of them touched without pressure.
    pub contacts: Vec<Contact>,
}

/// Places the laws of mechanics, to find what is wrong with them.
///
/// # Errors
/// When the laws do not fit the mesh or a body is not held.
pub fn place_mechanics(case: &Case, geometry: &Geometry) -> Result<Option<Unsolved>, CaseError> {
    if !case.physics().mechanics {
        return Ok(None);
    }
    let model = model::MechanicalModel::new(case, geometry)?;
    let touching = |place: &model::ContactPlace| Contact::touching(geometry, place);
    let contacts = model.contacts.iter().map(touching).collect();
    Ok(Some(Unsolved { dofs: model.system.space().free(), contacts }))
}
