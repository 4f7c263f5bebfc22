//! From the placed laws to displacement, stress and contact.

use super::finish::{About, Nodal, finish};
use super::model::MechanicalModel;
use super::quantities::largest_von_mises;
use super::{Mechanics, StressState};
use crate::case::Case;
use crate::run::solve::{is_simplex, method};
use crate::run::{Geometry, Observer, RunError};
use algebra::{
    Lattice, LinearSolver, LinearWork, Metered, Method, NewtonInfo, NewtonParameters, choose,
    is_direct, newton,
};
use contact::unilateral::{self, Change, Outcome, Reduction, Settled};
use contact::{DISPLACEMENT, amg_problem};
use fem::{NodePlaces, System};
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

/// Solves the placed laws, which took `setup` to place, or takes what `observer` has of an earlier run.
///
/// # Errors
/// When there is no equilibrium.
pub fn solve(
    case: &Case,
    geometry: &Geometry,
    mut model: MechanicalModel<'_>,
    (matrix, setup): (String, Duration),
    observer: &mut dyn Observer,
) -> Result<Mechanics, RunError> {
    let reduction = model.reduction()?;
    let dofs = model.system.space().free();
    let bounds = reduction.as_ref().map(|r| r.change.bounds());
    let found = observer.first_stress(&|found| found.fits(dofs, bounds));
    let is_new = found.is_none();
    let found = found.map(|found| Ok((found.attempt(), Vec::new())));
    let solve = || {
        with_fallback(case, dofs, |method, is_second| {
            if is_second {
                model.system.store_matrix();
            }
            let mut solver = solver_for(&model, geometry, method);
            let contact = reduction.as_ref().map(|r| (&r.change, r.nearest(&model.surfaces)));
            let is_linear = model.compliant.is_empty();
            let equations = Equations { system: &mut model.system, contact, is_linear };
            Ok(attempt(case, equations, solver.name() == DIRECT, &mut solver))
        })
    };
    let (attempt, mut messages) = found.unwrap_or_else(solve)?;
    let solved = attempt.solved?;
    if is_new && observer.wants_stress() {
        let state = StressState::of(&solved, solved.u.clone());
        state.iter().for_each(|state| observer.keep_stress(state));
    }
    let Equilibrium { u, settled, linear } = solved;
    let all = model.system.all_unknowns(&u);
    let outcome = outcome(&model, reduction.as_ref(), settled, &all);
    let solution = Solution { u, outcome, linear, solver: attempt.name, work: attempt.work };
    messages.extend(solution.complaint(&model));
    let nodal = Nodal::of(&model.system, &model.stress, &solution.u);
    let (mesh, stress) = (&geometry.mesh, &nodal.stress);
    let largest = largest_von_mises(mesh, stress, |_| true);
    let about = About { dofs, matrix, setup, messages };
    Ok(finish(geometry, &model, solution, (nodal, largest), about))
}

/// What an active set came to on the surfaces of the whole; `all` are its unknowns.
pub fn outcome(
    model: &MechanicalModel<'_>,
    reduction: Option<&Reduction>,
    settled: Option<Settled>,
    all: &[f64],
) -> Option<Outcome> {
    let (reduction, settled) = reduction.zip(settled)?;
    Some(settled.outcome((model.system.space(), all), &model.surfaces, reduction))
}

/// The equations as they are solved on one rank or on several.
pub struct Equations<'e, 'm> {
    /// Without contact.
    pub system: &'e mut System<'m>,
    /// With contact, the change of unknowns and the first active set.
    pub contact: Option<(&'e Change, Vec<bool>)>,
    /// True without compliant interfaces.
    pub is_linear: bool,
}

/// What came of a linear solver.
pub struct Attempt {
    /// Its name.
    pub name: &'static str,
    /// True when it factorises.
    pub is_direct: bool,
    /// What its solves took.
    pub work: LinearWork,
    /// What it led to.
    pub solved: Result<Equilibrium, RunError>,
}

/// Solves `equations` by `solver`.
pub fn attempt(
    case: &Case,
    equations: Equations<'_, '_>,
    is_direct: bool,
    solver: &mut Metered<'_>,
) -> Attempt {
    let solved = equilibrium(case, equations, solver);
    Attempt { name: solver.name(), is_direct, work: solver.work().clone(), solved }
}

/// The first attempt; where it fails with multigrid, and nothing else was asked for, a second one with the
/// direct solver. Also what is to be said about that.
///
/// # Errors
/// Those of `attempt`.
pub fn with_fallback(
    case: &Case,
    dofs: usize,
    mut attempt: impl FnMut(Method, bool) -> Result<Attempt, RunError>,
) -> Result<(Attempt, Vec<String>), RunError> {
    let first = attempt(method(case), false)?;
    match failure(&first.solved) {
        Some(why) if method(case) == Method::Auto && !first.is_direct && dofs <= DIRECT_LIMIT => {
            let message = format!("multigrid failed ({why}); the direct solver is taken instead");
            Ok((attempt(Method::Cholesky, true)?, vec![message]))
        }
        _ => Ok((first, Vec::new())),
    }
}

/// The solution of the whole.
pub struct Solution {
    /// The free unknowns.
    pub u: Vec<f64>,
    /// With contact, the active set.
    pub outcome: Option<Outcome>,
    /// Without, what Newton's method did.
    pub linear: Option<NewtonInfo>,
    /// Name of the linear solver.
    pub solver: &'static str,
    /// What it took.
    pub work: LinearWork,
}

impl Solution {
    /// True for a solution to the tolerance.
    pub fn converged(&self) -> bool {
        match (&self.outcome, &self.linear) {
            (Some(outcome), _) => outcome.converged,
            (None, Some(info)) => info.converged,
            (None, None) => true,
        }
    }

    /// Why it is none.
    pub fn complaint(&self, model: &MechanicalModel<'_>) -> Option<String> {
        (!self.converged()).then(|| undecided(model, self.outcome.as_ref()))
    }
}

/// What solves the equations, and how it went: with contact the active set, else Newton's method.
pub struct Equilibrium {
    /// The free unknowns.
    pub u: Vec<f64>,
    /// With contact.
    pub settled: Option<Settled>,
    /// Without.
    pub linear: Option<NewtonInfo>,
}

fn equilibrium(
    case: &Case,
    equations: Equations<'_, '_>,
    solver: &mut dyn LinearSolver,
) -> Result<Equilibrium, RunError> {
    let Equations { system, contact, is_linear } = equations;
    if let Some((change, first)) = contact {
        let mut settled = unilateral::settle(system, change, first, solver, MAX_STEPS)?;
        let u = std::mem::take(&mut settled.u);
        return Ok(Equilibrium { u, settled: Some(settled), linear: None });
    }
    let mut u = vec![0.0; system.space().free()];
    let defaults = NewtonParameters::default();
    // Without compliant interfaces the equations are linear: one step, as sharp as the end asks for.
    let forcing = if is_linear { 0.3 * case.solver.newton_rtol } else { defaults.forcing };
    let parameters = NewtonParameters {
        rtol: case.solver.newton_rtol,
        max_iterations: case.solver.newton_max_iterations,
        linear_rtol: case.solver.linear_rtol.min(forcing),
        forcing,
    };
    let info = newton(system, solver, &mut u, &parameters, &mut |_| {})?;
    Ok(Equilibrium { u, settled: None, linear: Some(info) })
}

/// Why the linear solver gave up.
fn failure(solved: &Result<Equilibrium, RunError>) -> Option<String> {
    match solved {
        Ok(solved) => solved.linear.as_ref()?.failure.as_ref().map(ToString::to_string),
        Err(RunError::Contact(error)) => Some(error.to_string()),
        Err(error) => Some(error.to_string()),
    }
}

/// A linear solver that knows the rigid motions, and the lattice of a built-in mesh.
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
        let mut free = amg_problem(mesh, geometry.hypothesis, space, with_corners);
        // The two sides of a stiff interface have to stay together.
        if model.compliant.is_empty() {
            let masters = NodePlaces::new(space, DISPLACEMENT).masters();
            let renumbered = |lattice: &Lattice| lattice.renumbered(|n| Some(masters[n as usize]));
            free.lattice = geometry.lattice.as_deref().map(renumbered);
        }
        unilateral::amg_problem(&model.system, &model.surfaces, free)
    };
    Metered::new(choose(space.free(), mesh.dimension, method, problem))
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

#[cfg(test)]
mod tests {
    use crate::run::mechanics::solve_mechanics;
    use crate::run::{Geometry, Silent};
    use std::path::Path;

    /// A disc in the face of a solid electrolyte that is pressed on a metal by a platen.
    fn pressed(symmetry: &str, order: usize, interface: &str) -> String {
        format!(
            "temperature = \"298.15 K\"\n[mesh.defect]\nsymmetry = \"{symmetry}\"\nshape = \"disc\"\n\
             radius = \"10 um\"\nrim_size = \"1 um\"\nanode_thickness = \"20 um\"\n\
             [discretization]\norder = {order}\n[solver]\nlinear = {{ method = \"cg\" }}\n\
             [material.hard]\nohm = {{ conductivity = \"1 S/m\" }}\nelastic = {{ young = \"30 GPa\", poisson = 0.3 }}\n\
             [material.soft]\nohm = {{ conductivity = \"1 S/m\" }}\nelastic = {{ young = \"30 kPa\", poisson = 0.34 }}\n\
             [region]\nelectrolyte = \"hard\"\nanode = \"soft\"\n\
             [interface.anode]\nbetween = [\"electrolyte\", \"anode\"]\n{interface}\n\
             [boundary.collector]\nplaten = {{ pressure = \"1 Pa\" }}\npotential = \"0 V\"\n\
             [boundary.counter]\nroller = true\ncurrent = {{ density = \"1 A/m^2\" }}\n"
        )
    }

    /// Two bodies, a million times as hard the one as the other, that touch or are joined.
    #[test]
    fn the_lattices_of_two_bodies_take_two_thirds_of_the_iterations() {
        let joined = "butler_volmer = { exchange_current_density = \"1 A/m^2\" }";
        let touch = "butler_volmer = { exchange_current_density = \"1 A/m^2\" }\n\
                     contact = { law = \"unilateral\" }";
        let cases = [
            ("quarter", 1, touch),
            ("quarter", 2, touch),
            ("quarter", 1, joined),
            // Without a matrix.
            ("quarter", 2, joined),
            ("full", 1, touch),
            ("axisymmetric", 1, touch),
            ("planar", 2, touch),
        ];
        for (symmetry, order, law) in cases {
            let text = pressed(symmetry, order, law);
            let case = crate::case::read(Path::new("a.toml"), &text, &[], crate::registry::laws());
            let case = case.expect("a case");
            let refinement = if symmetry == "quarter" { 2 - order as u32 } else { 1 };
            let mut geometry = Geometry::of(&case, refinement).expect("a mesh");
            let mut found = Vec::new();
            for lattice in [geometry.lattice.clone(), None] {
                geometry.lattice = lattice;
                let mechanics = solve_mechanics(&case, &geometry, &mut Silent).expect("a solution");
                found.push(mechanics.expect("there is a stress"));
            }
            let [with, without] = &found[..] else { unreachable!("there are two") };
            assert_eq!(with.linear.name, "cg with geometric and algebraic multigrid");
            let [a, b] = [with, without].map(|mechanics| mechanics.linear.iterations);
            println!("{symmetry}, order {order}, {law}: {a} instead of {b}");
            assert!(3 * a <= 2 * b, "{symmetry}, order {order}, {law}: {a} instead of {b}");
            let largest = |u: &[[f64; 3]]| u.iter().flatten().fold(0.0f64, |m, v| m.max(v.abs()));
            let size = largest(&without.displacement);
            for (u, v) in with.displacement.iter().zip(&without.displacement) {
                let apart = std::array::from_fn(|k| u[k] - v[k]);
                assert!(largest(&[apart]) < 1e-8 * size, "{u:?} {v:?}");
            }
        }
    }
}
