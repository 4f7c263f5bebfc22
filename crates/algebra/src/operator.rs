//! What a Krylov method needs to know of A.

use crate::{Blocks, Csr, Split};
use std::sync::Arc;

/// A square linear operator on vectors of [`Operator::len`] entries.
pub trait Operator: Sync {
    /// Number of rows.
    fn len(&self) -> usize;

    /// y = A x. `x` may be longer than the number of rows, and must be at least [`Operator::room`].
    fn apply(&self, x: &[f64], y: &mut [f64]);

    /// Length that a vector must have to be multiplied.
    fn room(&self) -> usize {
        self.len()
    }

    /// eps |A| |x|, the size of the rounding errors in A x, row by row; an estimate where the entries
    /// are not stored.
    fn rounding(&self, x: &[f64]) -> Vec<f64>;

    /// Bytes that one product moves: what is stored once, x and y once.
    fn product_bytes(&self) -> u64;

    /// The entries, if they are stored: direct solvers need them.
    fn matrix(&self) -> Option<&Csr> {
        None
    }

    /// True when [`Operator::store_split`] would do something.
    fn can_split(&self) -> bool {
        false
    }

    /// Stores the entries as `make` makes them of compressed rows, in the place of these.
    fn store_split(&mut self, _make: Box<dyn FnOnce(Csr) -> Split + '_>) {}

    /// The entries in two parts, where they are stored so.
    fn split(&self) -> Option<&Split> {
        None
    }

    /// What multigrid needs of an operator without stored entries.
    fn by_nodes(&self) -> Option<&dyn ByNodes> {
        None
    }

    /// True if there are no rows.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// An operator on vectors of nodes, with a fixed number of components at each: what multigrid needs
/// where the entries of A are not stored.
///
/// Component c of node i stands at i * block + c; where that is none of the unknowns, the operator reads
/// zero and writes zero.
pub trait ByNodes: Sync {
    /// The finest levels. The operator must not change as long as a hierarchy made from them is used.
    fn levels(&self) -> FinestLevels;

    /// Of each pair of nodes the sum of the diagonal entries of their block of A, as a matrix of blocks 1 x 1 with
    /// sorted columns: what says along which lines of a lattice nodes are coupled. None where all entries are stored, or
    /// the second level is always that of [`ByNodes::levels`].
    fn couplings(&self) -> Option<Blocks<f64>> {
        None
    }

    /// The finest level, and P^T A P for an interpolation P in blocks between places of unknowns; only asked where there
    /// are [`ByNodes::couplings`].
    ///
    /// # Panics
    /// Where there are none.
    fn levels_with(&self, _prolongation: Blocks<f32>) -> Unstored {
        unreachable!("there are no couplings")
    }
}

/// See [`ByNodes::levels`].
pub enum FinestLevels {
    /// All entries, by nodes, with a positive diagonal everywhere. What follows is left to multigrid.
    Matrix(Arc<Blocks<f64>>),
    /// A level whose entries are never stored with the one below it, and the node that each node of that is.
    Product(Box<Unstored>, Vec<u32>),
}

impl FinestLevels {
    /// Number of nodes.
    pub fn nodes(&self) -> usize {
        match self {
            Self::Matrix(a) => a.start.len() - 1,
            Self::Product(a, _) => a.nodes(),
        }
    }
}

/// A level of multigrid whose entries are not stored.
pub struct Unstored {
    /// The block of each node on the diagonal, column by column; positive definite.
    pub diagonal: Vec<f64>,
    /// Makes `scale` A in single precision.
    pub single: Box<dyn FnOnce(f64) -> Box<dyn SingleProduct>>,
    /// Interpolation from the nodes of the level below.
    pub prolongation: Blocks<f32>,
    /// A on the level below. A diagonal entry that is zero belongs to nothing, and the others are positive.
    pub below: Blocks<f64>,
}

impl Unstored {
    /// Number of nodes.
    pub fn nodes(&self) -> usize {
        self.prolongation.start.len() - 1
    }
}

/// Products in single precision, on vectors of nodes.
pub trait SingleProduct: Send + Sync {
    /// y = A x.
    fn apply(&self, x: &[f32], y: &mut [f32]);

    /// Bytes that a product reads beside x and y.
    fn bytes(&self) -> usize;
}

impl Operator for Csr {
    fn len(&self) -> usize {
        self.nrows()
    }

    fn apply(&self, x: &[f64], y: &mut [f64]) {
        Csr::apply(self, x, y);
    }

    fn rounding(&self, x: &[f64]) -> Vec<f64> {
        let entry = |i| {
            let (columns, values) = self.row(i);
            columns.iter().zip(values).map(|(&j, v)| (v * x[j as usize]).abs()).sum::<f64>()
        };
        (0..self.nrows()).map(|i| f64::EPSILON * entry(i)).collect()
    }

    /// Values and columns, the start of each row, x and y.
    fn product_bytes(&self) -> u64 {
        (12 * self.nnz() + 8 * (self.nrows() + 1) + 8 * (self.ncols() + self.nrows())) as u64
    }

    fn matrix(&self) -> Option<&Csr> {
        Some(self)
    }
}
