//! Solving the points: workers take the chunks in their order, and share what points have in common.

use super::plan::{Chunk, Plan, in_one_line};
use super::shelf::Shelf;
use super::table::{PointStatus, Row, values_and_errors};
use super::{Cases, Points};
use crate::case::Case;
use crate::run::{
    Condensed, Geometry, Mechanics, Names, RunError, Silent, Start, Values, check_finest, condense,
    estimate_errors, solve_mechanics, solve_point,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// The mesh of a point and its uniformly finer ones, or why there is none.
type Meshes = Result<Vec<Geometry>, String>;
/// The stress side on each of the meshes.
type Stress = Result<Vec<Option<Mechanics>>, String>;
/// What is left of the electric side on each of the meshes, where the bulk is condensed.
type Bulk = Vec<Option<Condensed>>;

/// What workers share.
struct Work<'a> {
    points: &'a Points,
    plan: &'a Plan,
    /// For each point whether its row is known already.
    done: &'a [bool],
    refinements: u32,
    ranks: usize,
    meshes: Shelf<Meshes>,
    stress: Shelf<Stress>,
    bulk: Shelf<Bulk>,
    method: Method,
}

/// How points were solved.
#[derive(Debug, Default)]
pub struct Method {
    /// Points whose bulk was condensed.
    pub condensed: AtomicUsize,
    /// Points that were solved by full runs.
    pub full: AtomicUsize,
    /// Most unknowns that were left where the bulk was condensed.
    pub kept: AtomicUsize,
}

impl Method {
    /// Points condensed and in full, and most unknowns left.
    pub fn counts(&self) -> [usize; 3] {
        [&self.condensed, &self.full, &self.kept].map(|count| count.load(Ordering::Relaxed))
    }
}

/// Points that a worker solves in this time are handed on together.
const TOGETHER: Duration = Duration::from_millis(5);

/// Rows of points, with their indices.
pub type Rows = Vec<(usize, Row)>;

/// Who solves the points.
#[derive(Clone, Copy, Debug)]
pub struct Crew {
    /// Threads of this process.
    pub threads: usize,
    /// Uniformly finer meshes on which each point is solved, too.
    pub refinements: u32,
    /// Number of this process among those that share the chunks out; chunk k is for number k modulo their
    /// number.
    pub rank: usize,
    /// Number of these processes.
    pub ranks: usize,
}

impl Crew {
    /// One process.
    pub fn alone(threads: usize, refinements: u32) -> Self {
        Crew { threads, refinements, rank: 0, ranks: 1 }
    }
}

/// Solves this process's share of the points of `plan` that are not `done`, and hands the rows to
/// `record`, in no fixed order: as soon as they are there, but several that come within 5 ms together. Of
/// several processes, each calls it with no rows, too, when none came for a millisecond.
///
/// What a row holds does not depend on the number of threads, nor on which points were done before.
/// Returns how the points were solved.
///
/// # Errors
/// The first that `record` returns; no further points are begun then.
pub fn solve_points<E>(
    points: &Points,
    plan: &Plan,
    done: &[bool],
    crew: Crew,
    record: &mut dyn FnMut(Rows) -> Result<(), E>,
) -> Result<Method, E> {
    let Crew { threads, refinements, rank, ranks } = crew;
    let chunks = || plan.chunks.iter().skip(rank).step_by(ranks);
    let shared = || chunks().map(|chunk| chunk.shared);
    let work = Work {
        points,
        plan,
        done,
        refinements,
        ranks,
        meshes: Shelf::new(shared().map(|s| s.mesh)),
        stress: Shelf::new(shared().map(|s| s.mechanics)),
        bulk: Shelf::new(shared().map(|s| s.conduction)),
        method: Method::default(),
    };
    let workers = threads.min(chunks().count()).max(1);
    let next = AtomicUsize::new(rank);
    let (sender, receiver) = channel();
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let (work, next, sender) = (&work, &next, sender.clone());
            scope.spawn(move || work.run(next, threads / workers, &sender));
        }
        drop(sender);
        loop {
            let wait = if ranks > 1 { Duration::from_millis(1) } else { Duration::MAX };
            // When this ends early, workers notice that nobody listens any more and stop.
            match receiver.recv_timeout(wait) {
                Ok(rows) => record(rows)?,
                Err(RecvTimeoutError::Timeout) => record(Rows::new())?,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    })?;
    Ok(work.method)
}

/// What a worker keeps from point to point.
struct Worker<'a> {
    cases: Cases<'a>,
    /// Of the last row: mostly those of the next.
    names: Names,
    out: Out<'a>,
}

/// Rows on their way.
struct Out<'a> {
    rows: Rows,
    /// When the last were handed on.
    since: Instant,
    sender: &'a Sender<Rows>,
}

impl Out<'_> {
    /// Takes the row of a point; false when nobody listens any more.
    fn push(&mut self, point: usize, row: Row) -> bool {
        self.rows.push((point, row));
        self.since.elapsed() < TOGETHER || self.send()
    }

    fn send(&mut self) -> bool {
        self.since = Instant::now();
        self.rows.is_empty() || self.sender.send(std::mem::take(&mut self.rows)).is_ok()
    }
}

impl Work<'_> {
    /// Takes chunk after chunk until there are no more, on a pool of its own.
    fn run(&self, next: &AtomicUsize, threads: usize, rows: &Sender<Rows>) {
        // Small systems are solved on one thread each: cutting them up costs more than it gives. All work
        // belongs into this pool: the thread that listens is one of the other pool's.
        match rayon::ThreadPoolBuilder::new().num_threads(threads.max(1)).build() {
            Ok(pool) => pool.install(|| self.take(next, rows)),
            // The system gives no more threads; those that there are do it too.
            Err(_) => self.take(next, rows),
        }
    }

    fn take(&self, next: &AtomicUsize, rows: &Sender<Rows>) {
        let (cases, names) = (Cases::new(self.points), Names::default());
        let out = Out { rows: Vec::new(), since: Instant::now(), sender: rows };
        let mut worker = Worker { cases, names, out };
        let take = || self.plan.chunks.get(next.fetch_add(self.ranks, Ordering::Relaxed));
        let mut chunk = take();
        while let Some(first) = chunk {
            if self.is_done(first) {
                self.release(first);
                chunk = take();
                continue;
            }
            match self.solve_alike(first, &take, &mut worker) {
                Some(other) => chunk = other,
                None => return,
            }
        }
    }

    /// Solves a chunk and those taken after it, as long as they share all that it does; then the first other one.
    /// `None` when nobody listens any more.
    fn solve_alike<'c>(
        &self,
        first: &'c Chunk,
        take: &dyn Fn() -> Option<&'c Chunk>,
        worker: &mut Worker<'_>,
    ) -> Option<Option<&'c Chunk>> {
        let (meshes, stress) = (self.meshes_of(first), self.stress_of(first));
        let bulk = self.bulk_of(first, &meshes);
        let mut starts: Vec<Start<'_>> = bulk.iter().map(|_| Start::default()).collect();
        let mut chunk = first;
        loop {
            let shared = (&*meshes, &*stress, &*bulk);
            // The next chunk may begin with a mesh that takes long.
            if !self.solve_chunk(chunk, shared, &mut starts, worker) || !worker.out.send() {
                return None;
            }
            self.release(chunk);
            match take() {
                Some(next) if next.shared == first.shared && !self.is_done(next) => chunk = next,
                other => return Some(other),
            }
        }
    }

    /// True where all points of a chunk are known.
    fn is_done(&self, chunk: &Chunk) -> bool {
        chunk.points.iter().all(|&point| self.done[point])
    }

    /// What a chunk shares is no longer wanted for it.
    fn release(&self, chunk: &Chunk) {
        self.meshes.release(chunk.shared.mesh);
        self.stress.release(chunk.shared.mechanics);
        self.bulk.release(chunk.shared.conduction);
    }

    /// The case of a point on the mesh that it shares.
    fn case(&self, chunk: &Chunk, point: usize) -> Result<Case, String> {
        let rim_size = self.plan.rim_sizes[chunk.shared.mesh];
        self.points.case(point, rim_size).map_err(|error| in_one_line(&error))
    }

    fn meshes_of(&self, chunk: &Chunk) -> Arc<Meshes> {
        self.meshes.get(chunk.shared.mesh, || {
            let case = self.case(chunk, chunk.points[0])?;
            check_finest(&case, self.refinements, 1).map_err(|error| in_one_line(&error))?;
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

    fn bulk_of(&self, chunk: &Chunk, meshes: &Meshes) -> Arc<Bulk> {
        let k = chunk.shared.conduction;
        self.bulk.get(k, || {
            let (Ok(case), Ok(meshes)) = (self.case(chunk, chunk.points[0]), meshes) else {
                return Vec::new();
            };
            let condense = |mesh| condense(&case, mesh, self.plan.conduction[k]);
            let bulk: Bulk = meshes.iter().map(condense).collect();
            let kept = bulk.iter().flatten().map(Condensed::kept).max().unwrap_or(0);
            self.method.kept.fetch_max(kept, Ordering::Relaxed);
            bulk
        })
    }

    /// Solves the points of a chunk that are not done; false when nobody listens any more. `starts` holds what a chunk
    /// like it has left.
    fn solve_chunk<'m>(
        &self,
        chunk: &Chunk,
        (meshes, stress, bulk): (&'m Meshes, &Stress, &'m Bulk),
        starts: &mut [Start<'m>],
        worker: &mut Worker<'_>,
    ) -> bool {
        let is_missing = |point: &usize| !self.done[*point];
        let end = chunk.points.iter().rposition(is_missing).map_or(0, |last| last + 1);
        // Where the bulk is condensed, a point starts from the solution of the one before it, be that
        // done or not.
        let follows = bulk.iter().any(Option::is_some);
        starts.iter_mut().for_each(Start::begin);
        for point in chunk.points[..end].iter().filter(|point| follows || is_missing(point)) {
            let row = match (meshes, stress) {
                (Err(reason), _) | (_, Err(reason)) => Row::failed(reason.clone()),
                (Ok(meshes), Ok(stress)) => {
                    let shared = (&meshes[..], &stress[..], bulk);
                    self.solve_point(worker, *point, shared, starts).unwrap_or_else(Row::failed)
                }
            };
            if row.status != PointStatus::Converged {
                starts.iter_mut().for_each(Start::forget);
            }
            if is_missing(point) && !worker.out.push(*point, row) {
                return false;
            }
        }
        true
    }

    fn solve_point<'m>(
        &self,
        worker: &mut Worker<'_>,
        point: usize,
        (meshes, stress, bulk): (&'m [Geometry], &[Option<Mechanics>], &'m Bulk),
        starts: &mut [Start<'m>],
    ) -> Result<Row, String> {
        worker.cases.go_to(point).map_err(|error| in_one_line(&error))?;
        let step = worker.cases.step();
        let mut runs: Vec<Values> = Vec::with_capacity(meshes.len());
        let (mut converged, mut condensed, mut messages) = (true, false, Vec::new());
        let levels = meshes.iter().zip(stress).zip(bulk.iter().zip(starts));
        for ((mesh, stress), (bulk, start)) in levels {
            let own = stress.as_ref().and_then(|s| s.with_fractions_of(step.case, mesh));
            let stress = own.as_ref().or(stress.as_ref());
            let bulk = bulk.as_ref().map(|bulk| (bulk, start));
            let results = solve_point(&step, mesh, stress, bulk, &mut worker.names);
            let results = results.map_err(|error| reason(&error))?;
            (converged, condensed) = (results.converged, results.condensed);
            messages = results.messages;
            runs.push(results.quantities);
            if !converged {
                break;
            }
        }
        let count = if condensed { &self.method.condensed } else { &self.method.full };
        if !self.done[point] {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let reason = (!converged).then(|| messages.join("; "));
        let rim_size = meshes[0].rim_size;
        let layout = runs.last().map_or_else(Arc::default, |last| Arc::clone(&last.layout));
        let (values, errors) = match &mut runs[..] {
            [one] => (std::mem::take(&mut one.values), Vec::new()),
            several => {
                let several: Vec<_> = several.iter().map(Values::named).collect();
                values_and_errors(&estimate_errors(&several).unwrap_or_default().0)
            }
        };
        Ok(Row::of((layout, values, errors), rim_size, reason))
    }
}

/// Why a point failed, on one line.
pub fn reason(error: &RunError) -> String {
    match error {
        RunError::Case(error) => in_one_line(error),
        other => other.to_string(),
    }
}
