//! Conjugate gradients with algebraic multigrid, which outlives changes of the values.

use crate::amg::{Amg, AmgParameters, AmgProblem, Cycle, InPlaces};
use crate::cg::{CgParameters, cg};
use crate::linear::{check_matrix, check_vectors};
use crate::{Csr, LinearError, LinearInfo, LinearSolver, Operator};

/// Conjugate gradients preconditioned by [`Amg`].
///
/// The hierarchy is kept when the values change: in Newton's method only the interface does. It is built
/// anew when the iterations per digit have grown by half since it was built, at once when a solve takes
/// twice as many as that, when the size changes, and on [`AmgCg::rebuild`].
pub struct AmgCg {
    parameters: AmgParameters,
    problem: AmgProblem,
    max_iterations: usize,
    hierarchy: Option<Hierarchy>,
}

struct Hierarchy {
    amg: Amg,
    rows: usize,
    /// Entries; none of an operator that has none, and does not change.
    nnz: Option<usize>,
    /// Iterations per digit of the first solve after it was built.
    fresh: Option<f64>,
    worn: bool,
}

impl Default for AmgCg {
    fn default() -> Self {
        Self::new(AmgParameters::default())
    }
}

impl AmgCg {
    /// A solver without a matrix.
    pub fn new(parameters: AmgParameters) -> Self {
        Self { parameters, problem: AmgProblem::default(), max_iterations: 1000, hierarchy: None }
    }

    /// The same solver for a matrix whose rows stand for `problem`.
    pub fn for_problem(self, problem: AmgProblem) -> Self {
        Self { problem, hierarchy: None, ..self }
    }

    /// Builds a new hierarchy at the next [`LinearSolver::prepare`].
    pub fn rebuild(&mut self) {
        self.hierarchy = None;
    }

    /// The present hierarchy.
    pub fn amg(&self) -> Option<&Amg> {
        self.hierarchy.as_ref().map(|h| &h.amg)
    }

    fn build(&mut self, a: &dyn Operator) -> Result<&mut Hierarchy, LinearError> {
        let (problem, p) = (&self.problem, &self.parameters);
        let amg = match (a.matrix(), a.split(), a.by_nodes()) {
            (Some(a), ..) => Amg::new(a, problem, p)?,
            (_, Some(split), _) => Amg::again(split, problem, p)?,
            (.., Some(nodes)) => Amg::by_nodes(nodes, a.len(), problem, p)?,
            _ => return Err(LinearError::NoEntries { solver: self.name() }),
        };
        Ok(self.keep(amg, a))
    }

    fn keep(&mut self, amg: Amg, a: &dyn Operator) -> &mut Hierarchy {
        let nnz = a.matrix().map(Csr::nnz);
        self.hierarchy.insert(Hierarchy { amg, rows: a.len(), nnz, fresh: None, worn: false })
    }

    /// The hierarchy, if it serves for the present values of `a`.
    fn present(&mut self, a: &dyn Operator) -> Option<&mut Hierarchy> {
        let nnz = a.matrix().map(Csr::nnz);
        self.hierarchy.as_mut().filter(|h| !h.worn && h.rows == a.len() && h.nnz == nnz)
    }
}

/// Conjugate gradients, where they can in the order of the slices from beginning to end.
fn run(
    amg: &Amg,
    a: &dyn Operator,
    b: &[f64],
    x: &mut [f64],
    p: &CgParameters,
) -> Result<LinearInfo, LinearError> {
    let Some(split) = a.split() else { return cg(a, amg, b, x, p) };
    check_vectors(a.len(), b, x)?;
    let operator = InPlaces(split);
    let (b, mut y) = (split.to_places(b), split.to_places(x));
    let places = operator.len();
    let result = cg(&operator, &Cycle(amg, split), &b[..places], &mut y[..places], p);
    split.to_rows(&y, x);
    result
}

/// Vectors in double precision that [`cg`] reads and writes in one iteration beside those of the
/// product and the cycle: r . z (2), d = z + b d (3), d . A d (2), x and r in one pass (6).
const VECTORS: u64 = 13;

impl LinearSolver for AmgCg {
    fn name(&self) -> &'static str {
        match self.problem.lattice {
            Some(_) => "cg with geometric and algebraic multigrid",
            None => "cg with algebraic multigrid",
        }
    }

    fn prepare(&mut self, a: &dyn Operator) -> Result<(), LinearError> {
        let matrix = a.matrix();
        matrix.map_or(Ok(()), check_matrix)?;
        match (self.present(a), matrix, a.split()) {
            (Some(h), Some(a), _) => h.amg.refresh(a),
            (Some(_), None, Some(split)) => split.check_diagonal(),
            (Some(_), None, None) => Ok(()),
            (None, ..) => self.build(a).map(|_| ()),
        }
    }

    fn prepare_in_place(&mut self, a: &mut dyn Operator) -> Result<(), LinearError> {
        if !a.can_split() || self.present(a).is_some() {
            return self.prepare(a);
        }
        self.hierarchy = None;
        match Amg::in_place(a, &self.problem, &self.parameters)? {
            Some(amg) => {
                self.keep(amg, a);
                Ok(())
            }
            None => self.prepare(a),
        }
    }

    fn solve(
        &mut self,
        a: &dyn Operator,
        b: &[f64],
        x: &mut [f64],
        rtol: f64,
    ) -> Result<LinearInfo, LinearError> {
        let max_iterations = self.max_iterations;
        let h = self.hierarchy.as_mut().filter(|h| h.rows == a.len());
        let h = h.ok_or(LinearError::NotPrepared)?;
        // The first iterations bring the least: as if one digit more were asked for.
        let digits = 1.0 - rtol.clamp(1e-16, 0.1).log10();
        let patience = match h.fresh {
            Some(fresh) => ((2.0 * fresh * digits) as usize + 5).min(max_iterations),
            None => max_iterations,
        };
        let first = run(&h.amg, a, b, x, &CgParameters { rtol, max_iterations: patience });
        let info = match first {
            Err(LinearError::NotConverged { iterations, .. }) if h.fresh.is_some() => {
                let h = self.build(a)?;
                let again = run(&h.amg, a, b, x, &CgParameters { rtol, max_iterations })?;
                h.fresh = Some((again.iterations as f64 / digits).max(0.5));
                return Ok(LinearInfo { iterations: iterations + again.iterations, ..again });
            }
            other => other?,
        };
        log::debug!("cg: {} iterations to {rtol:.1e}", info.iterations);
        let rate = info.iterations as f64 / digits;
        match h.fresh {
            None => h.fresh = Some(rate.max(0.5)),
            Some(fresh) => h.worn = rate > 1.5 * fresh + 0.5,
        }
        Ok(info)
    }

    fn iteration_bytes(&self, a: &dyn Operator) -> Option<u64> {
        let cycle = self.amg()?.cycle_bytes() as u64;
        Some(a.product_bytes() + cycle + 8 * VECTORS * a.len() as u64)
    }
}
