//! What a Krylov method needs to know of A.

use crate::Csr;

/// A square linear operator on vectors of [`Operator::len`] entries.
pub trait Operator: Sync {
    /// Number of rows.
    fn len(&self) -> usize;

    /// y = A x.
    fn apply(&self, x: &[f64], y: &mut [f64]);

    /// The entries, if they are stored: direct solvers and algebraic multigrid need them.
    fn matrix(&self) -> Option<&Csr> {
        None
    }

    /// True if there are no rows.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Operator for Csr {
    fn len(&self) -> usize {
        self.nrows()
    }

    fn apply(&self, x: &[f64], y: &mut [f64]) {
        Csr::apply(self, x, y);
    }

    fn matrix(&self) -> Option<&Csr> {
        Some(self)
    }
}
