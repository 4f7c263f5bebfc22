//! One case on several ranks.
//!
//! Rank 0 reads or makes the mesh. It finds out with the others who owns which node, gives each of them the part
//! around its own nodes and drops the rest. Where the mesh is to be refined, that is a coarse one, and each rank
//! refines its part. On its part the laws, the assembly and Newton's method
//! are those of any run; what adds up over unknowns does so over the ranks. Of the fields each rank has a
//! piece, to be written by [`crate::output::write_data_of_ranks`]. Rank 0 makes all other results, from an excerpt
//! of the mesh that it cut out before, and from the values that the ranks have there.
//!
//! Stress comes first. Then rank 0 tells the others what it found of the contacts.

mod bounds;
mod contacts;
mod current;
mod deal;
mod engine;
mod excerpt;
mod finer;
mod gaps;
mod kept;
mod mechanics;
mod owners;
mod packed_mesh;
mod partition;
mod pieces;
mod placed;
mod share;
mod unknowns;
mod words;

pub use engine::Engine;

use super::current::Current;
use super::laws::Laws;
use super::model::{Model, points_of};
use super::size::check_finest;
use super::{Geometry, Log, Observer, RunError, find, on_finer_meshes, peak_memory, solve};
use crate::case::Case;
use crate::results::{Field, Piece, Results, Status};
use algebra::Comm;
use contacts::{ContactState, tell_contacts};
use excerpt::Excerpt;
use finer::Dealt;
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
    let comm = engine.comm();
    let check = || check_finest(case, refinements, comm.size()).map_err(RunError::from);
    agreed(comm, if comm.rank() == 0 { check() } else { Ok(()) })?;
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
    let enough = finer::enough(engine);
    let own = first.then(|| Geometry::first_of(case, refinement, enough)).transpose();
    let (whole, level) = agreed(engine.comm(), own.map_err(RunError::from))?.unzip();
    let dealt = Dealt::tell(engine.comm(), whole.as_ref().map(|whole| &whole.mesh).zip(level));
    let meshed = start.elapsed();
    observer.phase("partition");
    let parting = Instant::now();
    let shares = Share::of(case, (whole, refinement - dealt.level), engine)?;
    let (Share { mut part, cut, stress, current, .. }, excerpt) =
        finer::refine(case, (dealt, refinement), shares, engine.comm())?;
    let (on, place) = ((&part, &cut), excerpt.as_ref());
    let times = Times { start, meshed, parted: parting.elapsed() };
    let mut stress =
        stress.map(|share| share.solve(case, on, place, engine, observer)).transpose()?;
    let mut current = match current {
        Some(share) => {
            let told = settle_contacts(case, (&share.contacts, place), &stress, &cut, engine)?;
            let found = part.find_lattice(case, refinement, cut.nodes());
            agreed(engine.comm(), found.map_err(RunError::from))?;
            Some(share.solve(case, (&part, &told), place, engine, observer)?)
        }
        None => None,
    };
    let settled = stress.as_ref().is_none_or(|stress| stress.converged);
    let status = Status::of(settled && current.as_ref().is_none_or(|c| c.newton.converged));
    let mut fields = current.as_mut().map_or_else(Vec::new, |c| std::mem::take(&mut c.fields));
    fields.extend(stress.iter_mut().flat_map(|stress| std::mem::take(&mut stress.fields)));
    let (piece, fields) = match engine.comm().size() {
        1 => (None, fields),
        _ => {
            let nodes = place.map_or(&[][..], |excerpt| &excerpt.nodes);
            let (piece, fields) = cut.complete(engine.comm(), part.mesh, fields, nodes);
            (Some(piece), fields)
        }
    };
    let results = excerpt.map(|e| results_on(e, case, (stress, current), fields, times, observer));
    // What only rank 0 does may fail there.
    let results = agreed(engine.comm(), results.transpose())?;
    Ok((status, RankResults { results, piece }))
}

/// What the current reads of the contacts that were solved, on all ranks; rank 0 finds out whether bodies
/// still have a reference potential.
fn settle_contacts(
    case: &Case,
    (names, excerpt): (&[String], Option<&Excerpt>),
    stress: &Option<Stress>,
    cut: &pieces::Cut,
    engine: &dyn Engine,
) -> Result<Vec<ContactState>, RunError> {
    let Some(stress) = stress else { return Ok(Vec::new()) };
    let found = stress.mechanics.as_ref().map_or(&[][..], |mechanics| &mechanics.contacts);
    let check = |excerpt: &Excerpt| -> Result<(), RunError> {
        let geometry = &excerpt.geometry;
        let area = |support| points_of(geometry, support).area();
        let bodies = excerpt.bodies.as_ref().expect("a current has bodies");
        Laws::of(case, geometry, bodies, found, &area)?;
        Ok(())
    };
    agreed(engine.comm(), excerpt.map_or(Ok(()), check))?;
    let in_whole = excerpt.and_then(|excerpt| excerpt.part_of.as_ref());
    let found = (found, in_whole.map(|part_of| &part_of.nodes[..]));
    Ok(tell_contacts(engine.comm(), names.len(), found, cut.nodes()))
}

/// When things were done.
struct Times {
    start: Instant,
    /// Until the mesh was there.
    meshed: Duration,
    /// From there until all ranks had their parts.
    parted: Duration,
}

/// What rank 0 makes of what was found at the excerpt.
fn results_on(
    excerpt: Excerpt,
    case: &Case,
    (stress, solution): (Option<Stress>, Option<current::Solution>),
    fields: Vec<Field>,
    Times { start, meshed, parted }: Times,
    observer: &mut dyn Observer,
) -> Result<Results, RunError> {
    let Excerpt { geometry, part_of, bodies, summary, .. } = excerpt;
    let mut log = Log { text: String::new(), observer };
    let (mut mechanics, earlier) = stress.map_or((None, None), |s| (s.mechanics, Some(s.ranks)));
    mechanics.iter().flat_map(|m| &m.messages).for_each(|message| log.warn(message));
    let mut dofs = mechanics.as_ref().map_or(0, |m| m.dofs);
    let mut ranks = None;
    let current = match solution {
        Some(solution) => {
            let contacts = mechanics.as_ref().map_or(&[][..], |m| &m.contacts);
            let bodies = bodies.expect("a current has bodies");
            let model = Model::with_bodies(case, &geometry, bodies, contacts)?;
            log.observer.linear(&solution.linear);
            let mut outcome =
                solve::finish(&model, solution.free, solution.newton, solution.linear);
            outcome.worst = solution.worst;
            let current = Current::new(model, outcome, parted + solution.setup, &mut log);
            current.log_residuals(&mut log);
            dofs += solution.unknowns;
            ranks = Some(solution.ranks.after(earlier));
            Some(current)
        }
        None => {
            mechanics.iter_mut().for_each(|mechanics| mechanics.setup += parted);
            ranks = ranks.or(earlier);
            None
        }
    };
    let log = log.text;
    let mut found = find(case, &geometry, current.as_ref(), mechanics, (start, meshed), log);
    drop(current);
    found.fields = fields;
    found.summary.mesh = summary;
    found.summary.dofs = dofs;
    found.summary.ranks = ranks;
    let mut results = found.on_mesh(case, geometry);
    results.part_of = part_of;
    Ok(results)
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
