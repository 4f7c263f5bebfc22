//! A level of multigrid, and what it costs.

use super::blocks::View;
use super::diagonal::Divisor;
use super::order::Order;
use super::smoother::{Chebyshev, Smoothed};
use super::stored::Stored;
use crate::{Csr, LinearError};

/// A level that has a coarser one below it.
pub(super) struct Level {
    /// Number of unknowns.
    pub unknowns: usize,
    /// None where it is part of a [`Split`].
    pub matrix: Option<Smoothed>,
    pub size: Size,
    pub smoother: Chebyshev,
    pub prolongation: Stored,
    pub restriction: Stored,
}

/// How large the matrix of a level is.
#[derive(Clone, Copy)]
pub(super) struct Size {
    pub rows: usize,
    pub shape: [usize; 2],
    pub entries: usize,
    /// What a product reads.
    bytes: usize,
}

impl Size {
    pub fn of(a: &Stored) -> Self {
        Size { rows: a.nrows(), shape: a.shape(), entries: a.entries(), bytes: a.bytes() }
    }
}

impl Level {
    /// Length of the vectors of the cycle.
    pub fn places(&self) -> usize {
        self.size.rows * self.size.shape[0]
    }

    /// The same for the level below.
    pub fn places_below(&self) -> usize {
        self.restriction.nrows() * self.restriction.shape()[0]
    }

    /// Bytes that one cycle reads and writes: the matrix for each product, both interpolations, and
    /// the vectors, each once for each pass over it.
    pub fn cycle_bytes(&self) -> usize {
        let matrices = self.smoother.products() * self.size.bytes
            + self.prolongation.bytes()
            + self.restriction.bytes();
        // The first step of smoothing reads D^-1 and b and writes x and y; the residual reads b and x and
        // writes y; restriction reads y, prolongation reads and writes x.
        let diagonal = self.size.shape[0];
        let steps = self.smoother.products() - 1;
        let here = (diagonal + 3) + steps * self.vectors_of_step() + 3 + 1 + 2;
        // The restriction writes a vector below, the prolongation reads one.
        matrices + 4 * (here * self.places() + 2 * self.places_below())
    }

    /// Bytes of one step of smoothing with a product: what the first one has if x is not zero.
    pub fn step_bytes(&self) -> usize {
        self.size.bytes + 4 * self.places() * self.vectors_of_step()
    }

    /// A step reads D^-1, b, x and y and writes y.
    fn vectors_of_step(&self) -> usize {
        self.size.shape[0] + 4
    }

    /// Takes new values of the matrix.
    pub fn refresh(&mut self, a: View<f64>, order: &Order, scale: f64) -> Result<(), LinearError> {
        if let Some(matrix) = &mut self.matrix {
            matrix.a.set_values(a, [order, order], scale);
            matrix.inverse = inverse_of(&matrix.divisor, a, order, scale)?;
        }
        Ok(())
    }
}

/// The inverse of the divisors of `scale` A, in the order of the cycle.
pub(super) fn inverse_of(
    divisor: &Divisor,
    a: View<f64>,
    order: &Order,
    scale: f64,
) -> Result<Vec<f32>, LinearError> {
    let inverse = divisor.inverse(a, scale).map_err(bad_diagonal)?;
    Ok(if a.shape == [1, 1] { order.gather(&inverse) } else { inverse })
}

pub(super) fn bad_diagonal(row: usize) -> LinearError {
    let where_ = format!("a diagonal entry or block of a multigrid level is not, in row {row}");
    LinearError::NotPositiveDefinite { row: None, where_ }
}

/// A power of two that brings the largest diagonal entry near 1.
pub(super) fn scale_of(a: &Csr) -> Result<f64, LinearError> {
    scale_to(a.diagonal().into_iter())
}

/// The same for these diagonal entries.
pub(super) fn scale_to(diagonal: impl Iterator<Item = f64>) -> Result<f64, LinearError> {
    let mut largest = f64::MIN_POSITIVE;
    for (row, d) in diagonal.enumerate() {
        if d.is_nan() || d <= 0.0 {
            let where_ = format!("the diagonal entry of row {row} is {d:.1e}");
            return Err(LinearError::NotPositiveDefinite { row: Some(row), where_ });
        }
        largest = largest.max(d);
    }
    Ok((-largest.log2().round()).exp2())
}
