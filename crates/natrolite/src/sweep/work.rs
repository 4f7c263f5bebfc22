//! Solving the points: workers take the chunks in their order, and share what points have in common.

use super::Points;
use super::plan::{Chunk, Plan, in_one_line};
use super::shelf::Shelf;
use super::table::{PointStatus, Row};
use crate::case::Case;
use crate::results::{Named, Quantity};
use crate::run::{
    Geometry, Mechanics, PointResults, RunError, Silent, estimate_errors, solve_mechanics,
    solve_point,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};

/// The mesh of a point and its uniformly finer ones, or why there is none.
type Meshes = Result<Vec<Geometry>, String>;
/// The stress side on each of the meshes.
type Stress = Result<Vec<Option<Mechanics>>, String>;

/// What workers share.
struct Work<'a> {
    points: &'a Points,
    plan: &'a Plan,
    /// For each point whether its row is known already.
    done: &'a [bool],
    refinements: u32,
    meshes: Shelf<Meshes>,
    stress: Shelf<Stress>,
}

/// Solves the points of `plan` that are not `done` on `threads` threads, each on `refinements` finer
/// meshes too, and hands each row to `record` as soon as it is there, in no fixed order.
///
/// What a row holds does not depend on the number of threads, nor on which points were done before.
///
/// # Errors
/// The first that `record` returns; no further points are begun then.
pub fn solve_points<E>(
    points: &Points,
    plan: &Plan,
    done: &[bool],
    (threads, refinements): (usize, u32),
    record: &mut dyn FnMut(usize, Row) -> Result<(), E>,
) -> Result<(), E> {
    let shared = || plan.chunks.iter().map(|chunk| chunk.shared);
    let work = Work {
        points,
        plan,
        done,
        refinements,
        meshes: Shelf::new(shared().map(|s| s.mesh)),
        stress: Shelf::new(shared().map(|s| s.mechanics)),
    };
    let workers = threads.min(plan.chunks.len()).max(1);
    let next = AtomicUsize::new(0);
    let (sender, receiver) = channel();
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let (work, next, sender) = (&work, &next, sender.clone());
            scope.spawn(move || work.run(next, threads / workers, &sender));
        }
        drop(sender);
        for (index, row) in receiver {
            // Workers notice that nobody listens any more and stop.
            record(index, row)?;
        }
        Ok(())
    })
}

impl Work<'_> {
    /// Takes chunk after chunk until there are no more.
    fn run(&self, next: &AtomicUsize, threads: usize, rows: &Sender<(usize, Row)>) {
        // Small systems are solved on one thread each: cutting them up costs more than it gives.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.max(1)).build();
        while let Some(chunk) = self.plan.chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
            if chunk.points.iter().any(|&point| !self.done[point]) {
                let (meshes, stress) = (self.meshes_of(chunk), self.stress_of(chunk));
                let solve = || self.solve_chunk(chunk, &meshes, &stress, rows);
                let listened = match &pool {
                    Ok(pool) => pool.install(solve),
                    // The system gives no more threads; those that there are do it too.
                    Err(_) => solve(),
                };
                if !listened {
                    return;
                }
            }
            self.meshes.release(chunk.shared.mesh);
            self.stress.release(chunk.shared.mechanics);
        }
    }

    /// The case of a point on the mesh that it shares.
    fn case(&self, chunk: &Chunk, point: usize) -> Result<Case, String> {
        let rim_size = self.plan.rim_sizes[chunk.shared.mesh];
        self.points.case(point, rim_size).map_err(|error| in_one_line(&error))
    }

    fn meshes_of(&self, chunk: &Chunk) -> Arc<Meshes> {
        self.meshes.get(chunk.shared.mesh, || {
            let case = self.case(chunk, chunk.points[0])?;
            let levels = (0..=self.refinements).map(|level| Geometry::of(&case, level));
            levels.collect::<Result<Vec<_>, _>>().map_err(|error| in_one_line(&error))
        })
    }

    fn stress_of(&self, chunk: &Chunk) -> Arc<Stress> {
        let meshes = self.meshes_of(chunk);
        self.stress.get(chunk.shared.mechanics, || {
            let case = self.case(chunk, chunk.points[0])?;
            let solve = |mesh| solve_mechanics(&case, mesh, &mut Silent);
            let meshes = meshes.as_ref().as_ref().map_err(Clone::clone)?;
            meshes.iter().map(solve).collect::<Result<Vec<_>, _>>().map_err(|e| reason(&e))
        })
    }

    /// Solves the points of a chunk; false when nobody listens any more.
    fn solve_chunk(
        &self,
        chunk: &Chunk,
        meshes: &Meshes,
        stress: &Stress,
        rows: &Sender<(usize, Row)>,
    ) -> bool {
        for &point in chunk.points.iter().filter(|&&point| !self.done[point]) {
            let row = match (meshes, stress) {
                (Err(reason), _) | (_, Err(reason)) => Row::failed(reason.clone()),
                (Ok(meshes), Ok(stress)) => {
                    self.solve_point(chunk, point, meshes, stress).unwrap_or_else(Row::failed)
                }
            };
            if rows.send((point, row)).is_err() {
                return false;
            }
        }
        true
    }

    fn solve_point(
        &self,
        chunk: &Chunk,
        point: usize,
        meshes: &[Geometry],
        stress: &[Option<Mechanics>],
    ) -> Result<Row, String> {
        let case = self.case(chunk, point)?;
        let mut runs: Vec<Named<Quantity>> = Vec::new();
        let (mut converged, mut messages) = (true, Vec::new());
        for (mesh, stress) in meshes.iter().zip(stress) {
            let own = stress.as_ref().and_then(|s| s.with_fractions_of(&case, mesh));
            let stress = own.as_ref().or(stress.as_ref());
            let results: PointResults =
                solve_point(&case, mesh, stress).map_err(|error| reason(&error))?;
            (converged, messages) = (results.converged, results.messages);
            runs.push(results.quantities);
            if !converged {
                break;
            }
        }
        let has_estimates = runs.len() > 1;
        let Named(quantities) = estimate_errors(&runs).unwrap_or_default();
        let error = |q: &Quantity| q.error_estimate.unwrap_or(f64::NAN);
        Ok(Row {
            status: if converged { PointStatus::Converged } else { PointStatus::NotConverged },
            rim_size: meshes[0].rim_size,
            values: quantities.iter().map(|(_, q)| q.value).collect(),
            errors: quantities.iter().filter(|_| has_estimates).map(|(_, q)| error(q)).collect(),
            layout: Arc::new(quantities.into_iter().map(|(name, q)| (name, q.unit)).collect()),
            reason: if converged { String::new() } else { messages.join("; ") },
        })
    }
}

/// Why a point failed, on one line.
fn reason(error: &RunError) -> String {
    match error {
        RunError::Case(error) => in_one_line(error),
        other => other.to_string(),
    }
}
