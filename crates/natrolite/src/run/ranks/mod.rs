//! One case on several ranks.
//!
//! Rank 0 reads or makes the mesh. It finds out with the others who owns which node, gives each of them the part
//! around its own nodes and drops the rest. On its part the laws, the assembly and Newton's method
//! are those of any run; what adds up over unknowns does so over the ranks. Of the fields each rank has a
//! piece, to be written by [`crate::output::write_data_of_ranks`]. Rank 0 makes all other results, from an excerpt
//! of the mesh that it cut out before, and from the values that the ranks have there.
//!
//! Stress comes first, and of a case with stress rank 0 keeps the whole mesh and has all of the fields.

mod deal;
mod engine;
mod excerpt;
mod gaps;
mod kept;
mod mechanics;
mod owners;
mod packed_mesh;
mod partition;
mod pieces;
mod share;
mod unknowns;
mod words;

pub use engine::Engine;

use super::current::Current;
use super::model::Model;
use super::{
    Geometry, Log, Mechanics, Observer, RunError, find, on_finer_meshes, peak_memory, solve,
};
use crate::case::Case;
use crate::results::{Piece, Results, Status};
use algebra::Comm;
use deal::deal;
use mechanics::Stress;
use share::Share;
use std::time::{Duration, Instant};

/// What a rank has of a run.
pub struct RankResults {
    /// On rank 0 the results; those of several ranks on an excerpt of the mesh, where that is in space.
    pub results: Option<Results>,
    /// What this rank has of the fields; none for a single rank, whose results have all of them.
    pub piece: Option<Piece>,
}

/// Solves `case` on the ranks of `engine`, which all call this together, on its mesh and on `refinements`
/// uniformly finer ones.
///
/// # Errors
/// As [`super::solve_case`], on all ranks alike.
pub fn solve_on_ranks(
    case: &Case,
    refinements: u32,
    engine: &dyn Engine,
    observer: &mut dyn Observer,
) -> Result<RankResults, RunError> {
    let mut piece = None;
    let results = on_finer_meshes(refinements, |refinement| {
        drop(piece.take());
        let (status, solved) = solve_refined(case, refinement, engine, observer)?;
        piece = solved.piece;
        Ok((status, solved.results))
    })?;
    Ok(RankResults { results, piece })
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
) -> Result<(Status, RankResults), RunError> {
    let start = Instant::now();
    observer.phase("mesh");
    let first = engine.comm().rank() == 0;
    let own = first.then(|| Geometry::of(case, refinement)).transpose();
    let mut whole = agreed(engine.comm(), own.map_err(RunError::from))?;
    let meshed = start.elapsed();
    let mut stress = None;
    if case.physics().mechanics {
        let all = deal(engine.comm(), whole.map(|whole| move |_| whole.clone()));
        stress = mechanics::solve_mechanics(case, &all, engine, observer)?;
        if !case.physics().current {
            return Ok(stress_alone(case, all, stress, (start, meshed), observer));
        }
        whole = first.then_some(all);
    }
    observer.phase("partition");
    let parting = Instant::now();
    let contacts = stress.as_ref().map_or(&[][..], |stress| &stress.contacts);
    let names: Vec<&str> = contacts.iter().map(|contact| &*contact.name).collect();
    let (share, excerpt) = Share::of(case, whole.as_ref(), contacts, engine)?;
    let parted = parting.elapsed();
    // From here on the whole is nowhere, unless it is small and the excerpt.
    let kept = whole.filter(|_| excerpt.as_ref().is_some_and(|e| e.part.is_none()));
    let solution = share.solve(case, (&names, excerpt.as_ref()), engine, observer)?;
    let settled = stress.as_ref().is_none_or(|stress| stress.converged);
    let status = Status::of(settled && solution.newton.converged);
    // Of stress rank 0 has everything.
    let piece = solution.piece.filter(|_| stress.is_none());
    let Some(excerpt) = excerpt else {
        // What only rank 0 does may fail there.
        agreed(engine.comm(), Ok(()))?;
        return Ok((status, RankResults { results: None, piece }));
    };
    let (geometry, part_of) = match (excerpt.part, kept) {
        (Some((part, place)), _) => (part, Some(place)),
        (None, whole) => (whole.expect("it was kept"), None),
    };
    let mut log = Log { text: String::new(), observer };
    let (mechanics, earlier) = stress.map_or((None, None), |s| (s.mechanics, Some(s.ranks)));
    mechanics.iter().flat_map(|m| &m.messages).for_each(|message| log.warn(message));
    let contacts = mechanics.as_ref().map_or(&[][..], |m| &m.contacts);
    let model = Model::with_bodies(case, &geometry, excerpt.bodies, contacts);
    let model = agreed(engine.comm(), model.map_err(RunError::from))?;
    log.observer.linear(&solution.linear);
    let mut outcome = solve::finish(&model, solution.free, solution.newton, solution.linear);
    outcome.worst = solution.worst;
    let current = Current::new(model, outcome, parted + solution.setup, &mut log);
    current.log_residuals(&mut log);
    let log = log.text;
    let dofs = solution.unknowns + mechanics.as_ref().map_or(0, |m| m.dofs);
    let stresses = mechanics.as_ref().map(Mechanics::fields);
    let mut found = find(case, &geometry, Some(&current), mechanics, (start, meshed), log);
    drop(current);
    found.fields = solution.fields;
    found.fields.extend(stresses.into_iter().flatten());
    found.summary.mesh = excerpt.summary;
    found.summary.dofs = dofs;
    found.summary.ranks = Some(solution.ranks.after(earlier));
    let mut results = found.on_mesh(case, geometry);
    results.part_of = part_of;
    Ok((status, RankResults { results: Some(results), piece }))
}

/// What there is of a case without current.
fn stress_alone(
    case: &Case,
    whole: Geometry,
    stress: Option<Stress>,
    times: (Instant, Duration),
    observer: &mut dyn Observer,
) -> (Status, RankResults) {
    let status = Status::of(stress.as_ref().is_none_or(|stress| stress.converged));
    let mut results = None;
    if let Some(Stress { mechanics: Some(mechanics), ranks, .. }) = stress {
        let mut log = Log { text: String::new(), observer };
        mechanics.messages.iter().for_each(|message| log.warn(message));
        let log = log.text;
        let mut found = find(case, &whole, None, Some(mechanics), times, log);
        found.summary.ranks = Some(ranks);
        results = Some(found.on_mesh(case, whole));
    }
    (status, RankResults { results, piece: None })
}

/// Largest resident memory of any rank so far \[byte\], where the system tells. All ranks call this together.
pub fn largest_memory(comm: &dyn Comm) -> Option<u64> {
    let all = comm.gather_all(&[peak_memory().unwrap_or(0)]);
    all.into_iter().flatten().max().filter(|&bytes| bytes > 0)
}

/// The result of a rank, if all of them succeeded: a file, say, may be missing on one machine.
fn agreed<T>(comm: &dyn Comm, result: Result<T, RunError>) -> Result<T, RunError> {
    match (comm.all(result.is_ok()), result) {
        (false, Ok(_)) => Err(RunError::Elsewhere),
        (_, result) => result,
    }
}
