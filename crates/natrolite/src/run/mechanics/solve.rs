//! From the placed laws to displacement, stress and contact.

use super::Mechanics;
use super::balance::{Balance, Resultant};
use super::contacts::Contact;
use super::model::{ContactPlace, Known, MechanicalModel};
use crate::case::Case;
use crate::results::MechanicsSummary;
use crate::run::solve::{is_simplex, method};
use crate::run::{Geometry, RunError};
use algebra::{
    LinearSolver, Metered, Method, NewtonInfo, NewtonParameters, choose, is_direct, newton,
};
use contact::stress::{nodal_reactions, nodal_stress};
use contact::unilateral::{self, ContactSurface, Outcome, Touch};
use contact::{DISPLACEMENT, amg_problem};
use std::time::Duration;

/// Most changes of the active set; each is a linear solve, and a dozen are usual.
const MAX_STEPS: usize = 200;

/// Name of the direct solver.
const DIRECT: &str = "cholesky";
/// Largest problem for which the direct solver steps in where multigrid fails, as it may on cells stretched
/// a thousandfold.
const DIRECT_LIMIT: usize = 200_000;

/// Stores no matrix where multigrid can do without. What is stored, and why, in words.
pub fn choose_form(case: &Case, geometry: &Geometry, model: &mut MechanicalModel<'_>) -> String {
    let rows = model.system.space().free();
    if is_direct(rows, geometry.mesh.dimension, method(case)) {
        return "stored: it is factored".into();
    }
    if !model.surfaces.is_empty() {
        return "stored: contact changes the unknowns".into();
    }
    match model.system.store_no_matrix() {
        Ok(()) => "not stored".into(),
        Err(why) => format!("stored: {why}"),
    }
}

/// Solves the placed laws, which took `setup` to place.
///
/// # Errors
/// When there is no equilibrium.
pub fn solve(
    case: &Case,
    geometry: &Geometry,
    mut model: MechanicalModel<'_>,
    matrix: String,
    setup: Duration,
) -> Result<Mechanics, RunError> {
    let mesh = &geometry.mesh;
    let dofs = model.system.space().free();
    let mut messages = Vec::new();
    let mut solver = solver_for(&model, geometry, method(case));
    let mut solved = equilibrium(case, &mut model, &mut solver);
    if let Some(why) = failure(&solved)
        && method(case) == Method::Auto
        && solver.name() != DIRECT
        && dofs <= DIRECT_LIMIT
    {
        messages.push(format!("multigrid failed ({why}); the direct solver is taken instead"));
        model.system.store_matrix();
        solver = solver_for(&model, geometry, Method::Cholesky);
        solved = equilibrium(case, &mut model, &mut solver);
    }
    let Equilibrium { u, outcome, linear } = solved?;
    let converged = match (&outcome, &linear) {
        (Some(outcome), _) => outcome.converged,
        (None, Some(info)) => info.converged,
        (None, None) => true,
    };
    if !converged {
        messages.push(undecided(&model, outcome.as_ref()));
    }
    let system = &model.system;
    let all = system.all_unknowns(&u);
    let displacement = system.space().nodal_vectors(DISPLACEMENT, &all);
    let contacts = contacts(geometry, &model, &displacement, outcome.as_ref());
    let reactions = nodal_reactions(system, &u);
    let touching: Vec<u32> = (model.surfaces.iter().flat_map(|s| &s.nodes))
        .flat_map(|n| std::iter::once(n.node).chain(n.opposite))
        .collect();
    let loads: Vec<Resultant> = model.resultants(geometry);
    let balance = Balance::new(geometry, system, (loads, &touching), &reactions);
    let name = |b: usize| mesh.boundaries[b].name.clone();
    let forces = model.normal_forces(geometry, &reactions);
    let forces = forces.into_iter().map(|(b, force)| (name(b), force)).collect();
    let stress = nodal_stress(system, &model.stress, &u);
    let summary = MechanicsSummary {
        dofs,
        solver: solver.name().into(),
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
    Ok(Mechanics {
        displacement,
        stress,
        contacts,
        forces,
        balance,
        dofs,
        summary,
        converged,
        setup,
        linear: solver.work().clone(),
        messages,
    })
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

/// What solves the equations, and how it went: with contact the active set, else Newton's method.
struct Equilibrium {
    u: Vec<f64>,
    outcome: Option<Outcome>,
    linear: Option<NewtonInfo>,
}

fn equilibrium(
    case: &Case,
    model: &mut MechanicalModel<'_>,
    solver: &mut dyn LinearSolver,
) -> Result<Equilibrium, RunError> {
    if !model.surfaces.is_empty() {
        let surfaces = &model.surfaces;
        let mut outcome = unilateral::solve(&mut model.system, surfaces, solver, MAX_STEPS)?;
        let u = std::mem::take(&mut outcome.u);
        return Ok(Equilibrium { u, outcome: Some(outcome), linear: None });
    }
    let mut u = vec![0.0; model.system.space().free()];
    let defaults = NewtonParameters::default();
    // Without compliant interfaces the equations are linear: one step, as sharp as the end asks for.
    let forcing =
        if model.compliant.is_empty() { 0.3 * case.solver.newton_rtol } else { defaults.forcing };
    let parameters = NewtonParameters {
        rtol: case.solver.newton_rtol,
        max_iterations: case.solver.newton_max_iterations,
        linear_rtol: case.solver.linear_rtol.min(forcing),
        forcing,
    };
    let info = newton(&mut model.system, solver, &mut u, &parameters, &mut |_| {})?;
    Ok(Equilibrium { u, outcome: None, linear: Some(info) })
}

/// Why the linear solver gave up.
fn failure(solved: &Result<Equilibrium, RunError>) -> Option<String> {
    match solved {
        Ok(solved) => solved.linear.as_ref()?.failure.as_ref().map(ToString::to_string),
        Err(RunError::Contact(error)) => Some(error.to_string()),
        Err(error) => Some(error.to_string()),
    }
}

/// A linear solver that knows the rigid motions.
fn solver_for(
    model: &MechanicalModel<'_>,
    geometry: &Geometry,
    method: Method,
) -> Metered<'static> {
    let (mesh, space) = (&geometry.mesh, model.system.space());
    let problem = || {
        // Where no matrix is stored the system itself goes from second to first order.
        let with_corners = model.system.stores_matrix()
            && mesh.blocks.iter().all(is_simplex)
            && model.surfaces.is_empty();
        let free = amg_problem(mesh, geometry.hypothesis, space, with_corners);
        unilateral::amg_problem(&model.system, &model.surfaces, free)
    };
    Metered::new(choose(space.free(), mesh.dimension, method, problem))
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

/// Which nodes keep changing between open and closed.
fn undecided(model: &MechanicalModel<'_>, outcome: Option<&Outcome>) -> String {
    let Some(outcome) = outcome else {
        return "the stress was not solved to its tolerance".to_owned();
    };
    let points = &model.system.mesh().points;
    let places: Vec<String> = outcome
        .undecided
        .iter()
        .take(5)
        .map(|&(surface, k)| {
            let surface = &model.surfaces[surface];
            let x = points[surface.nodes[k].node as usize];
            let [x, y, z] = x.map(|x| crate::units::display(x, "m"));
            format!("({x}, {y}, {z}) on `{}`", surface.name)
        })
        .collect();
    format!(
        "the contact did not settle in {MAX_STEPS} steps: {} nodes still change, among them {}",
        outcome.undecided.len(),
        places.join(", ")
    )
}
