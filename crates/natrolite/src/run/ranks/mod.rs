//! The current of one case on several ranks.
//!
//! Every rank reads or makes the whole mesh, finds out with the others who owns which node, keeps the
//! part around its own nodes and drops the rest. On its part the laws, the assembly and Newton's method
//! are those of any run; what adds up over unknowns does so over the ranks. Rank 0 alone keeps the
//! whole mesh, because it makes the results from the solution that is collected there.

mod engine;
mod owners;
mod share;

pub use engine::Engine;

use super::current::Current;
use super::model::Model;
use super::{Geometry, Log, Observer, RunError, find, on_finer_meshes, solve};
use crate::case::{Case, CaseError, Diagnostic};
use crate::results::{Results, Status};
use algebra::Comm;
use share::Share;
use std::time::Instant;

/// Refuses what one rank can do and several cannot, at its place in the case.
///
/// # Errors
/// For mechanics.
pub fn check_case(case: &Case) -> Result<(), CaseError> {
    let physics = case.physics();
    if physics.mechanics {
        let message = "the stack pressure is solved on one rank only";
        let error = Diagnostic::new(message, &case.origin());
        return Err(error.wanted("a run without `mpirun`, or a case without mechanics").into());
    }
    Ok(())
}

/// Solves `case` on the ranks of `engine`, which all call this together, on its mesh and on `refinements`
/// uniformly finer ones. Rank 0 gets the results.
///
/// # Errors
/// As [`super::solve_case`], on all ranks alike.
///
/// # Panics
/// For a case that [`check_case`] refuses.
pub fn solve_on_ranks(
    case: &Case,
    refinements: u32,
    engine: &dyn Engine,
    observer: &mut dyn Observer,
) -> Result<Option<Results>, RunError> {
    assert!(check_case(case).is_ok(), "checked before");
    on_finer_meshes(refinements, |refinement| solve_refined(case, refinement, engine, observer))
}

/// The same on the mesh refined uniformly `refinement` times, and on no other; the status is known to all
/// ranks.
///
/// # Errors
/// As [`solve_on_ranks`].
pub fn solve_refined(
    case: &Case,
    refinement: u32,
    engine: &dyn Engine,
    observer: &mut dyn Observer,
) -> Result<(Status, Option<Results>), RunError> {
    let start = Instant::now();
    observer.phase("mesh");
    let whole = agreed(engine.comm(), Geometry::of(case, refinement).map_err(RunError::from))?;
    let meshed = start.elapsed();
    observer.phase("partition");
    let share = Share::of(case, &whole, engine)?;
    // From here on the whole is on rank 0 only.
    let whole = (engine.comm().rank() == 0).then_some(whole);
    let solution = share.solve(case, engine, observer)?;
    let status = Status::of(solution.newton.converged);
    let (Some(geometry), Some(free)) = (whole, solution.free) else { return Ok((status, None)) };
    let mut log = Log { text: String::new(), observer };
    let model = Model::new(case, &geometry, &[])?;
    log.observer.linear(&solution.linear);
    let outcome = solve::finish(&model, free, solution.newton, solution.linear);
    let current = Current::new(model, outcome, solution.setup, &mut log);
    let log = log.text;
    let mut found = find(case, &geometry, Some(&current), None, (start, meshed), log);
    drop(current);
    found.summary.ranks = Some(solution.ranks);
    Ok((status, Some(found.on_mesh(case, geometry))))
}

/// The result of a rank, if all of them succeeded: a file, say, may be missing on one machine.
fn agreed<T>(comm: &dyn Comm, result: Result<T, RunError>) -> Result<T, RunError> {
    match (comm.all(result.is_ok()), result) {
        (false, Ok(_)) => Err(RunError::Elsewhere),
        (_, result) => result,
    }
}
