//! What linear solves cost.

use crate::{LinearError, LinearInfo, LinearSolver, Operator};
use std::time::{Duration, Instant};

/// What the solves of one problem took.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LinearWork {
    /// Name of the solver.
    pub name: &'static str,
    /// Rows of the last matrix.
    pub rows: usize,
    /// Number of solves.
    pub solves: usize,
    /// Iterations of all solves that succeeded; a direct solver counts 1 for each.
    pub iterations: usize,
    /// Bytes that one iteration of the last solve moves, see [`LinearSolver::iteration_bytes`].
    pub iteration_bytes: Option<u64>,
    /// Time in [`LinearSolver::prepare`]: factorisations, set-up of preconditioners, new values.
    pub prepare: Duration,
    /// Time in [`LinearSolver::solve`]; a hierarchy that is built anew within a solve counts here.
    pub solve: Duration,
}

/// A solver that notes what it costs.
pub struct Metered<'s> {
    solver: Box<dyn LinearSolver + Send + 's>,
    work: LinearWork,
}

impl<'s> Metered<'s> {
    /// The same solver, with nothing noted yet.
    pub fn new(solver: Box<dyn LinearSolver + Send + 's>) -> Self {
        let work = LinearWork { name: solver.name(), ..LinearWork::default() };
        Self { solver, work }
    }

    /// What was noted so far.
    pub fn work(&self) -> &LinearWork {
        &self.work
    }
}

impl LinearSolver for Metered<'_> {
    fn name(&self) -> &'static str {
        self.solver.name()
    }

    fn keeps_factor(&self) -> bool {
        self.solver.keeps_factor()
    }

    fn prepare(&mut self, a: &dyn Operator) -> Result<(), LinearError> {
        let start = Instant::now();
        let result = self.solver.prepare(a);
        self.work.prepare += start.elapsed();
        // Only the matrix tells some solvers what suits it.
        self.work.name = self.solver.name();
        result
    }

    fn prepare_in_place(&mut self, a: &mut dyn Operator) -> Result<(), LinearError> {
        let start = Instant::now();
        let result = self.solver.prepare_in_place(a);
        self.work.prepare += start.elapsed();
        result
    }

    fn solve(
        &mut self,
        a: &dyn Operator,
        b: &[f64],
        x: &mut [f64],
        rtol: f64,
    ) -> Result<LinearInfo, LinearError> {
        let start = Instant::now();
        let result = self.solver.solve(a, b, x, rtol);
        self.work.solve += start.elapsed();
        self.work.solves += 1;
        self.work.rows = a.len();
        self.work.iterations += result.as_ref().map_or(0, |info| info.iterations);
        self.work.iteration_bytes = self.solver.iteration_bytes(a);
        result
    }

    fn iteration_bytes(&self, a: &dyn Operator) -> Option<u64> {
        self.solver.iteration_bytes(a)
    }
}
