//! The electric side of a case: from its laws to potential and current.

use super::condensed::{Condensed, Neighbours};
use super::extrapolation::Extrapolation;
use super::model::{Model, Role, Surface};
use super::quantities::Solved;
use super::solve::{self, Outcome};
use super::surfaces::{Currents, SurfaceCurrent, current_through};
use super::{Geometry, Log, Mechanics, RunError};
use crate::case::{Case, Step};
use crate::results::{Field, LinearSolverSummary, NewtonSummary};
use fem::{Hypothesis, Term, recover};
use mesh::Mesh;
use std::time::{Duration, Instant};
use transport::Ohm;

/// The solved electric side.
pub struct Current<'m> {
    /// The equations.
    pub model: Model<'m>,
    /// Their solution.
    pub outcome: Outcome,
    /// The current through each surface of the model.
    pub currents: Vec<SurfaceCurrent>,
    /// From the mesh to the equations.
    pub setup: Duration,
}

/// Solves the electric side; kinetics at a contact read its state from `mechanics`.
///
/// # Errors
/// When the case does not fit its mesh, or the linear solver fails.
pub fn solve_current<'m>(
    case: &Case,
    geometry: &'m Geometry,
    mechanics: Option<&Mechanics>,
    log: &mut Log<'_>,
) -> Result<Current<'m>, RunError> {
    let start = Instant::now();
    log.observer.phase("setup");
    let mut model = Model::new(case, geometry, mechanics.map_or(&[], |m| &m.contacts))?;
    model.system.assemble();
    let setup = start.elapsed();
    let space = model.system.space();
    log::info!(
        "current: {} free unknowns, {} of them potentials of whole bodies; {} surfaces with laws",
        space.free(),
        (0..space.whole().len()).filter(|&w| (space.whole_dof(w) as usize) < space.free()).count(),
        model.surfaces.len()
    );
    log.observer.phase("solve");
    let outcome = solve::solve(case, &mut model, log.observer)?;
    log.observer.linear(&outcome.linear);
    let current = Current::new(model, outcome, setup, log);
    current.log_residuals(log);
    Ok(current)
}

/// Where a point of a sweep begins: what those before it left.
#[derive(Default)]
pub struct Start<'m> {
    /// Of the deviations of the unknowns that are left when the bulk is condensed.
    solutions: Extrapolation,
    /// The start, which becomes the solution.
    deviations: Vec<f64>,
    neighbours: Neighbours,
    /// The point before.
    point: Option<Box<CondensedPoint<'m>>>,
}

/// A point that was solved by what was condensed.
pub struct CondensedPoint<'m> {
    /// Number of its case.
    number: usize,
    /// The equations, which fit what was condensed.
    model: Model<'m>,
    outcome: Outcome,
    currents: Currents,
}

impl<'m> CondensedPoint<'m> {
    /// Not solved yet.
    fn new(model: Model<'m>) -> Self {
        let (outcome, currents) = Default::default();
        CondensedPoint { number: 0, model, outcome, currents }
    }

    /// What quantities are made from.
    pub fn solved<'a>(&'a self, case: &'a Case) -> Solved<'a, 'm> {
        let (model, solution) = (&self.model, &self.outcome.solution);
        Solved { case, model, solution, currents: &self.currents.through }
    }
}

impl Start<'_> {
    /// Begins a run of points, which must not depend on what was solved before: what is left are the equations, which
    /// follow, and memory.
    pub fn begin(&mut self) {
        self.solutions.clear();
        self.neighbours.part();
    }

    /// Forgets a solution that is none.
    pub fn forget(&mut self) {
        self.solutions.clear();
    }
}

/// Solves the electric side by what was condensed; see [`Condensed::solve`]. `None` where that does not serve, or does
/// not converge.
///
/// # Errors
/// As [`solve_current`].
pub fn solve_condensed<'s, 'm>(
    step: &Step<'_>,
    geometry: &'m Geometry,
    mechanics: Option<&Mechanics>,
    (condensed, start): (&'m Condensed, &'s mut Start<'m>),
) -> Result<Option<&'s CondensedPoint<'m>>, RunError> {
    let case = step.case;
    let contacts = condensed.contacts(mechanics.map_or(&[][..], |m| &m.contacts));
    let mut point = start.point.take();
    if let Some(before) = &mut point {
        let moved = step.moved.filter(|_| before.number + 1 == step.number);
        let follows = contacts.is_empty()
            && match moved {
                Some(moved) => before.model.follow_numbers(case, moved),
                None => before.model.follow(case),
            };
        if !follows && !before.model.place_again(case, &contacts)? {
            point = None;
        }
    }
    let mut point = match point {
        Some(point) => point,
        None => {
            let model = condensed.model(case, geometry, &contacts)?;
            if !condensed.fits(&model) {
                return Ok(None);
            }
            Box::new(CondensedPoint::new(model))
        }
    };
    let Start { solutions, deviations, neighbours, .. } = start;
    solutions.expect(deviations);
    let CondensedPoint { model, outcome, currents, .. } = &mut *point;
    let solved = condensed.solve(step, model, deviations, neighbours, (outcome, currents));
    // What fails is left to a full run, which says why in its own words.
    if solved.is_err() || !point.outcome.newton.converged {
        start.forget();
        return Ok(None);
    }
    solutions.push(deviations);
    point.number = step.number;
    Ok(Some(start.point.insert(point)))
}

impl<'m> Current<'m> {
    /// What follows from a solution; says so when it is not one.
    pub fn new(model: Model<'m>, outcome: Outcome, setup: Duration, log: &mut Log<'_>) -> Self {
        let newton = &outcome.newton;
        if !newton.converged {
            let place = outcome.worst.as_deref().unwrap_or("an unknown place");
            let why = match &newton.failure {
                Some(failure) => format!("the linear solver failed ({failure}) after"),
                None => "Newton's method did not converge in".to_owned(),
            };
            log.warn(&format!(
                "{why} {} iteration{}; the residual is largest at {place}",
                newton.iterations,
                if newton.iterations == 1 { "" } else { "s" }
            ));
        }
        let reactions = if model.surfaces.iter().any(Surface::needs_reactions) {
            model.system.nodal_residual(&outcome.free)
        } else {
            Vec::new()
        };
        let through = |surface: &Surface| {
            let solution = &outcome.solution;
            let law = match surface.role {
                Role::Kinetics { placement, .. } => {
                    let mut term = model.system.surface_term(placement);
                    let mut residual = vec![0.0; solution.all.len()];
                    term.add_residual(&solution.deviations, &mut residual);
                    Some((term, residual))
                }
                _ => None,
            };
            let law = law.as_ref().map(|(term, residual)| (term, &residual[..]));
            current_through(&model, surface, solution, (&reactions, law))
        };
        let currents = model.surfaces.iter().map(through).collect();
        Current { model, outcome, currents, setup }
    }

    /// What Newton's method did, line by line.
    pub fn log_residuals(&self, log: &mut Log<'_>) {
        for (k, residual) in self.outcome.newton.residuals.iter().enumerate() {
            log.line(&format!("newton {k}: residual {residual:.3e}"));
        }
    }

    /// What quantities and profiles are made from.
    pub fn solved<'a>(&'a self, case: &'a Case) -> Solved<'a, 'm> {
        let (model, solution) = (&self.model, &self.outcome.solution);
        Solved { case, model, solution, currents: &self.currents }
    }

    /// What Newton's method and the linear solver did.
    pub fn summaries(&self) -> (NewtonSummary, LinearSolverSummary) {
        let newton = &self.outcome.newton;
        let (iterations, residuals) = (newton.iterations, newton.residuals.clone());
        let linear = newton.linear_iterations.clone();
        (
            NewtonSummary { iterations, residuals },
            LinearSolverSummary { name: self.outcome.linear.name.into(), iterations: linear },
        )
    }

    /// Potential and current density at the nodes.
    pub fn fields(&self) -> Vec<Field> {
        let (model, solution) = (&self.model, &self.outcome.solution);
        let (mesh, hypothesis) = (&model.geometry.mesh, model.geometry.hypothesis);
        let potential = solution.potential.clone();
        fields_of((mesh, hypothesis), &model.conductivity, potential, &solution.psi)
    }
}

/// Potential and current density at the nodes, from the potential and how far it is from that at zero
/// current \[V\]; `conductivity` is that of each region \[S/m\].
pub fn fields_of(
    (mesh, hypothesis): (&Mesh, Hypothesis),
    conductivity: &[[[f64; 3]; 3]],
    potential: Vec<f64>,
    deviation: &[f64],
) -> Vec<Field> {
    let laws: Vec<Ohm> = conductivity.iter().map(|&conductivity| Ohm { conductivity }).collect();
    let laws: Vec<(u32, &dyn Term)> =
        (0_u32..).zip(&laws).map(|(region, law)| (region, law as &dyn Term)).collect();
    let flux = recover::nodal_flux(mesh, hypothesis, &laws, deviation);
    let mut current = flux.into_flattened();
    current.iter_mut().for_each(|component| *component = -*component);
    vec![
        Field { name: "potential".into(), unit: "V", components: 1, values: potential },
        Field { name: "current_density".into(), unit: "A/m^2", components: 3, values: current },
    ]
}
