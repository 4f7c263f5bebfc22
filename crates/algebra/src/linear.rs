//! The face of every solver of A x = b.

use crate::{Csr, Operator};
use thiserror::Error;

/// A solver of A x = b for a symmetric positive definite operator; some need its entries.
///
/// [`LinearSolver::prepare`] is called when the values of A have changed. A solver keeps what depends
/// on the pattern alone (an ordering, a symbolic factorisation), and an iterative one may keep its
/// preconditioner, as long as that serves.
pub trait LinearSolver {
    /// The name shown to the user.
    fn name(&self) -> &'static str;

    /// Makes the solver ready for the present values of `a`.
    fn prepare(&mut self, a: &dyn Operator) -> Result<(), LinearError>;

    /// The same for an operator that may from now on store its entries as suits the solver.
    fn prepare_in_place(&mut self, a: &mut dyn Operator) -> Result<(), LinearError> {
        self.prepare(a)
    }

    /// Solves A x = b to |b - A x| <= rtol |b|; `x` holds the first guess and receives the solution.
    ///
    /// `a` is the matrix last given to [`LinearSolver::prepare`]. A direct solver ignores `rtol` and
    /// the guess.
    fn solve(
        &mut self,
        a: &dyn Operator,
        b: &[f64],
        x: &mut [f64],
        rtol: f64,
    ) -> Result<LinearInfo, LinearError>;

    /// True where [`LinearSolver::solve`] costs little beside [`LinearSolver::prepare`] and serves for a matrix
    /// near the one prepared: a factor is kept.
    fn keeps_factor(&self) -> bool {
        false
    }

    /// Bytes that one iteration reads and writes, counted from what is stored; `None` for a direct
    /// solver and before [`LinearSolver::prepare`].
    fn iteration_bytes(&self, _a: &dyn Operator) -> Option<u64> {
        None
    }
}

/// What a solve took and left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearInfo {
    /// Iterations of a Krylov method; 1 for a direct solver.
    pub iterations: usize,
    /// |b - A x| / |b|, 0 for b = 0.
    pub residual: f64,
}

/// Why A x = b was not solved.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum LinearError {
    /// A pivot, or d . A d in conjugate gradients, is not positive.
    #[error(
        "the matrix is not positive definite: {where_}; is a reference potential or support missing?"
    )]
    NotPositiveDefinite {
        /// Row of the pivot, if one can be named.
        row: Option<usize>,
        /// Where it showed, in words.
        where_: String,
    },
    /// The matrix is singular to working precision.
    #[error(
        "the matrix is singular to working precision: {where_}; is a reference potential or support missing?"
    )]
    Singular {
        /// Row of the pivot, if one can be named.
        row: Option<usize>,
        /// Where it showed, in words.
        where_: String,
    },
    /// An iterative solver stopped before it reached the tolerance.
    #[error(
        "no convergence in {iterations} iterations: relative residual {residual:.1e}, wanted {wanted:.1e}"
    )]
    NotConverged {
        /// Iterations done.
        iterations: usize,
        /// |b - A x| / |b|.
        residual: f64,
        /// The tolerance.
        wanted: f64,
    },
    /// The matrix or the right-hand side has an infinite or undefined entry.
    #[error("{what} has an entry that is not finite in row {row}")]
    NotFinite {
        /// "the matrix" or "the right-hand side".
        what: &'static str,
        /// First such row.
        row: usize,
    },
    /// The matrix is not square, or a vector has the wrong length.
    #[error("{what}: got {got}, wanted {wanted}")]
    Size {
        /// What has the wrong size.
        what: &'static str,
        /// Its size.
        got: usize,
        /// The size it must have.
        wanted: usize,
    },
    /// The solver works on entries, and the operator has none.
    #[error("{solver} needs a stored matrix, and this operator has none")]
    NoEntries {
        /// Name of the solver.
        solver: &'static str,
    },
    /// Something that the solver calls failed, and said why.
    #[error("{solver} failed: {message}")]
    Failed {
        /// Name of the solver.
        solver: &'static str,
        /// What it said.
        message: String,
    },
    /// [`LinearSolver::solve`] was called for a matrix that was not prepared.
    #[error("solve was called before prepare for this matrix")]
    NotPrepared,
    /// Memory ran out, or the problem is too large for the solver's integers.
    #[error("{what} failed for {rows} rows: out of memory, or too large for a direct solver")]
    TooLarge {
        /// The step that failed.
        what: &'static str,
        /// Number of rows.
        rows: usize,
    },
}

/// The entries of `a`, which `solver` works on.
pub(crate) fn entries_of<'a>(
    a: &'a dyn Operator,
    solver: &'static str,
) -> Result<&'a Csr, LinearError> {
    a.matrix().ok_or(LinearError::NoEntries { solver })
}

/// Refuses matrices that are not square or not finite.
pub(crate) fn check_matrix(a: &Csr) -> Result<(), LinearError> {
    if a.ncols() != a.nrows() {
        let what = "number of columns of a square matrix";
        return Err(LinearError::Size { what, got: a.ncols(), wanted: a.nrows() });
    }
    match a.values().iter().position(|v| !v.is_finite()) {
        None => Ok(()),
        Some(entry) => {
            let row = a.row_start().partition_point(|&start| start <= entry) - 1;
            Err(LinearError::NotFinite { what: "the matrix", row })
        }
    }
}

/// Refuses vectors of the wrong length and right-hand sides that are not finite.
pub(crate) fn check_vectors(n: usize, b: &[f64], x: &[f64]) -> Result<(), LinearError> {
    for (what, got) in [("length of the right-hand side", b.len()), ("length of x", x.len())] {
        if got != n {
            return Err(LinearError::Size { what, got, wanted: n });
        }
    }
    match b.iter().position(|v| !v.is_finite()) {
        None => Ok(()),
        Some(row) => Err(LinearError::NotFinite { what: "the right-hand side", row }),
    }
}
