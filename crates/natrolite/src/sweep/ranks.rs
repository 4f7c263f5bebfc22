//! The points of a sweep on several ranks: groups of ranks solve, and tell the first rank.

use super::Points;
use super::journal::{rows_as_text, rows_of_text};
use super::plan::{Plan, in_one_line};
use super::table::{Row, values_and_errors};
use super::work::{Crew, Method, Rows, reason, solve_points};
use crate::case::MeshSource;
use crate::failure::Failure;
use crate::launch::Ranks;
use crate::results::{Named, Results, Status};
use crate::run::ranks::solve_on_ranks;
use crate::run::{Silent, solve_case};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// The first word of a rank's last message.
const END: &str = "end";

/// Solves the points of `plan` that are not `done`, on groups of `group_size` consecutive ranks of `world`.
///
/// All ranks call it together; the first one hands the rows to `record`, in no fixed order. A group of one
/// rank solves chunks of points as a process without a launcher does, with condensed bulk and threads of
/// its own; one of several solves point after point as a run on ranks.
///
/// # Errors
/// When MPI or `record` fails: of the latter the other ranks know nothing, see [`Ranks::end_for`].
pub fn solve_points_on_ranks(
    points: &Points,
    plan: &Plan,
    done: &[bool],
    (threads, refinements): (usize, u32),
    (world, group_size): (&Ranks, usize),
    record: &mut dyn FnMut(Rows) -> Result<(), Failure>,
) -> Result<Method, Failure> {
    let (rank, ranks) = (world.rank() / group_size, world.size().div_ceil(group_size));
    let crew = Crew { threads, refinements, rank, ranks };
    let group = world.split(rank as u32)?;
    let mut post = Post { world, others: ranks - 1, method: Method::default() };
    let mut deliver = |rows: Rows| match (world.rank(), rows.is_empty()) {
        (0, true) => post.receive(record),
        (0, false) => record(rows).and_then(|()| post.receive(record)),
        (_, true) => Ok(()),
        (_, false) => world.send_to_first(&rows_as_text(rows.iter().map(|(k, row)| (*k, row)))),
    };
    let method = match group_size {
        1 => solve_points(points, plan, done, crew, &mut deliver)?,
        _ => solve_in_group((points, plan, done), crew, &group, &mut deliver)?,
    };
    if world.rank() == 0 {
        while post.others > 0 {
            post.receive(record)?;
            std::thread::sleep(Duration::from_millis(1));
        }
        post.add(method.counts());
    } else if group.rank() == 0 {
        let [condensed, full, kept] = method.counts();
        world.send_to_first(&format!("{END} {condensed} {full} {kept}"))?;
    }
    world.wait()?;
    Ok(post.method)
}

/// What arrives at the first rank.
struct Post<'w> {
    world: &'w Ranks,
    /// Groups that are still at work.
    others: usize,
    /// How they and this one solved points.
    method: Method,
}

impl Post<'_> {
    /// Takes all that is there.
    fn receive(
        &mut self,
        record: &mut dyn FnMut(Rows) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        while let Some(text) = self.world.poll()? {
            let words: Vec<&str> = text.split(' ').collect();
            if let [END, condensed, full, kept] = words[..] {
                self.others -= 1;
                self.add([condensed, full, kept].map(|count| count.parse().unwrap_or(0)));
            } else {
                let broken = || Failure::System("a message between ranks is broken".into());
                record(rows_of_text(&text).ok_or_else(broken)?)?;
            }
        }
        Ok(())
    }

    fn add(&self, [condensed, full, kept]: [usize; 3]) {
        self.method.condensed.fetch_add(condensed, Ordering::Relaxed);
        self.method.full.fetch_add(full, Ordering::Relaxed);
        self.method.kept.fetch_max(kept, Ordering::Relaxed);
    }
}

/// All ranks of a group solve each of its points together.
fn solve_in_group(
    (points, plan, done): (&Points, &Plan, &[bool]),
    crew: Crew,
    group: &Ranks,
    deliver: &mut dyn FnMut(Rows) -> Result<(), Failure>,
) -> Result<Method, Failure> {
    let method = Method::default();
    for chunk in plan.chunks.iter().skip(crew.rank).step_by(crew.ranks) {
        // Points on one mesh have one size of cells at the rim, as where the mesh is shared.
        let rim_size = plan.rim_sizes[chunk.shared.mesh];
        for &point in chunk.points.iter().filter(|&&point| !done[point]) {
            let row = solve_point(points, (point, rim_size), crew.refinements, group);
            method.full.fetch_add(1, Ordering::Relaxed);
            let row = row.unwrap_or_else(|reason| Some(Row::failed(reason)));
            if let Some(row) = row.filter(|_| group.rank() == 0) {
                deliver(vec![(point, row)])?;
            }
            deliver(Rows::new())?;
        }
    }
    Ok(method)
}

/// The row of a point; nothing on ranks other than the first of the group.
fn solve_point(
    points: &Points,
    (point, rim_size): (usize, Option<f64>),
    refinements: u32,
    group: &Ranks,
) -> Result<Option<Row>, String> {
    let case = points.case(point, rim_size).map_err(|error| in_one_line(&error))?;
    let engine = group.engine_for(&case).map_err(|failure| failure.to_string())?;
    let solved = match engine {
        Some(engine) => {
            let solved = solve_on_ranks(&case, refinements, engine, &mut Silent);
            solved.map(|solved| solved.results)
        }
        None => solve_case(&case, refinements, &mut Silent).map(Some),
    };
    // That of the first mesh, not of the finer ones.
    let rim_size = match &case.mesh {
        MeshSource::Defect(defect) => defect.rim_size,
        MeshSource::File(_) => None,
    };
    Ok(solved.map_err(|error| reason(&error))?.map(|results| row_of(results, rim_size)))
}

fn row_of(results: Results, rim_size: Option<f64>) -> Row {
    let Named(quantities) = results.summary.quantities;
    let has_estimates = quantities.iter().any(|(_, q)| q.error_estimate.is_some());
    let units = quantities.iter().map(|(name, q)| (name.clone(), q.unit.clone()));
    let layout = Arc::new(units.collect());
    let reason = (results.summary.status != Status::Converged)
        .then(|| results.log.lines().next().unwrap_or_default().to_owned());
    let (values, mut errors) = values_and_errors(&quantities);
    if !has_estimates {
        errors.clear();
    }
    Row::of((layout, values, errors), rim_size, reason)
}
