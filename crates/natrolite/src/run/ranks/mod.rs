//! One case on several ranks.
//!
//! Every rank reads or makes the whole mesh, finds out with the others who owns which node, keeps the
//! part around its own nodes and drops the rest. On its part the laws, the assembly and Newton's method
//! are those of any run; what adds up over unknowns does so over the ranks. Rank 0 alone keeps the
//! whole mesh, because it makes the results from the solution that is collected there.

mod engine;
mod mechanics;
mod owners;
mod share;

pub use engine::Engine;

use super::current::Current;
use super::model::Model;
use super::{Geometry, Log, Observer, RunError, find, on_finer_meshes, solve};
use crate::case::Case;
use crate::results::{Results, Status};
use algebra::Comm;
use share::{Share, Solution};
use std::time::Instant;

/// Solves `case` on the ranks of `engine`, which all call this together, on its mesh and on `refinements`
/// uniformly finer ones. Rank 0 gets the results.
///
/// # Errors
/// As [`super::solve_case`], on all ranks alike.
pub fn solve_on_ranks(
    case: &Case,
    refinements: u32,
    engine: &dyn Engine,
    observer: &mut dyn Observer,
) -> Result<Option<Results>, RunError> {
    on_finer_meshes(refinements, |refinement| solve_refined(case, refinement, engine, observer))
}

fn solve_refined(
    case: &Case,
    refinement: u32,
    engine: &dyn Engine,
    observer: &mut dyn Observer,
) -> Result<(Status, Option<Results>), RunError> {
    let start = Instant::now();
    observer.phase("mesh");
    let whole = agreed(engine.comm(), Geometry::of(case, refinement).map_err(RunError::from))?;
    let meshed = start.elapsed();
    let stress = mechanics::solve_mechanics(case, &whole, engine, observer)?;
    let contacts = stress.as_ref().map_or(&[][..], |stress| &stress.contacts);
    let share = match case.physics().current {
        true => {
            observer.phase("partition");
            Some(Share::of(case, &whole, contacts, engine)?)
        }
        false => None,
    };
    // From here on the whole is on rank 0 only.
    let whole = (engine.comm().rank() == 0).then_some(whole);
    let solution = share.map(|share| share.solve(case, engine, observer)).transpose()?;
    let converged = stress.as_ref().is_none_or(|stress| stress.converged)
        && solution.as_ref().is_none_or(|solution| solution.newton.converged);
    let status = Status::of(converged);
    let Some(geometry) = whole else { return Ok((status, None)) };
    let mut log = Log { text: String::new(), observer };
    let (mechanics, mut ranks) = match stress {
        Some(stress) => (stress.mechanics, Some(stress.ranks)),
        None => (None, None),
    };
    for message in mechanics.iter().flat_map(|m| &m.messages) {
        log.warn(message);
    }
    let mut current = None;
    if let Some(Solution { free: Some(free), newton, linear, setup, ranks: spread }) = solution {
        let contacts = mechanics.as_ref().map_or(&[][..], |m| &m.contacts);
        let model = Model::new(case, &geometry, contacts)?;
        log.observer.linear(&linear);
        let outcome = solve::finish(&model, free, newton, linear);
        current = Some(Current::new(model, outcome, setup, &mut log));
        ranks = Some(spread.after(ranks));
    }
    let log = log.text;
    let mut found = find(case, &geometry, current.as_ref(), mechanics, (start, meshed), log);
    drop(current);
    found.summary.ranks = ranks;
    Ok((status, Some(found.on_mesh(case, geometry))))
}

/// The result of a rank, if all of them succeeded: a file, say, may be missing on one machine.
fn agreed<T>(comm: &dyn Comm, result: Result<T, RunError>) -> Result<T, RunError> {
    match (comm.all(result.is_ok()), result) {
        (false, Ok(_)) => Err(RunError::Elsewhere),
        (_, result) => result,
    }
}
