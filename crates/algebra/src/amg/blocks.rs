//! Sparse matrices of small dense blocks.

use crate::Csr;
use rayon::prelude::*;

/// Rows of blocks per task.
const ROWS: usize = 512;

/// A sparse matrix of dense blocks of one shape, in compressed rows. A scalar matrix has blocks 1 x 1.
///
/// Each block is stored column by column. The columns of a row need not be sorted.
#[derive(Clone, Debug, Default)]
pub struct Blocks<T> {
    /// Rows and columns of a block.
    pub shape: [usize; 2],
    /// Where the blocks of each row begin, and where those of the last row end.
    pub start: Vec<usize>,
    /// Column of each block.
    pub columns: Vec<u32>,
    /// Values of each block.
    pub values: Vec<T>,
    /// Number of columns of blocks.
    pub ncols: usize,
}

/// [`Blocks`], borrowed; the pattern may be that of a [`Csr`].
#[derive(Clone, Copy)]
pub(super) struct View<'a, T> {
    pub shape: [usize; 2],
    pub start: &'a [usize],
    pub columns: &'a [u32],
    pub values: &'a [T],
    pub ncols: usize,
}

impl<T> Blocks<T> {
    pub(super) fn view(&self) -> View<'_, T> {
        View {
            shape: self.shape,
            start: &self.start,
            columns: &self.columns,
            values: &self.values,
            ncols: self.ncols,
        }
    }
}

impl Blocks<f64> {
    /// y = A x for blocks of three rows and three columns.
    ///
    /// # Panics
    /// If the blocks have another shape, or x or y another length.
    pub fn apply(&self, x: &[f64], y: &mut [f64]) {
        assert_eq!((self.shape, x.len()), ([3, 3], 3 * self.ncols));
        assert_eq!(y.len(), 3 * (self.start.len() - 1));
        let x = x.as_chunks::<3>().0;
        y.par_chunks_mut(3 * ROWS).enumerate().for_each(|(piece, y)| {
            for (y, i) in y.as_chunks_mut::<3>().0.iter_mut().zip(piece * ROWS..) {
                let (columns, blocks) = self.view().row(i);
                *y = [0.0; 3];
                for (&j, block) in columns.iter().zip(blocks.as_chunks::<9>().0) {
                    for (x, column) in x[j as usize].iter().zip(block.as_chunks::<3>().0) {
                        (0..3).for_each(|r| y[r] += column[r] * x);
                    }
                }
            }
        });
    }

    /// Bytes that a product reads beside x and y.
    pub fn bytes(&self) -> usize {
        8 * (self.values.len() + self.start.len()) + 4 * self.columns.len()
    }
}

impl<'a> View<'a, f64> {
    /// A matrix with blocks 1 x 1.
    pub fn scalar(a: &'a Csr) -> Self {
        View {
            shape: [1, 1],
            start: a.row_start(),
            columns: a.columns(),
            values: a.values(),
            ncols: a.ncols(),
        }
    }
}

impl<'a, T: Copy> View<'a, T> {
    /// Number of rows of blocks.
    pub fn nrows(&self) -> usize {
        self.start.len() - 1
    }

    /// Columns and values of a row of blocks.
    #[inline(always)]
    pub fn row(&self, i: usize) -> (&'a [u32], &'a [T]) {
        let (range, size) = (self.start[i]..self.start[i + 1], self.shape[0] * self.shape[1]);
        (&self.columns[range.clone()], &self.values[range.start * size..range.end * size])
    }
}

impl Blocks<f32> {
    /// The transposed matrix; its rows are sorted because the rows here are walked in order.
    pub(super) fn transpose(&self) -> Blocks<f32> {
        let [rows, columns] = self.shape;
        let size = rows * columns;
        let mut start = vec![0; self.ncols + 1];
        for &j in &self.columns {
            start[j as usize + 1] += 1;
        }
        for j in 0..self.ncols {
            start[j + 1] += start[j];
        }
        let mut next = start.clone();
        let mut row_of = vec![0; self.columns.len()];
        let mut values = vec![0.0; self.values.len()];
        for i in 0..self.start.len() - 1 {
            let (js, blocks) = self.view().row(i);
            for (&j, block) in js.iter().zip(blocks.chunks_exact(size)) {
                let k = &mut next[j as usize];
                row_of[*k] = i as u32;
                let to = &mut values[*k * size..(*k + 1) * size];
                for r in 0..rows {
                    for c in 0..columns {
                        to[r * columns + c] = block[c * rows + r];
                    }
                }
                *k += 1;
            }
        }
        Blocks {
            shape: [columns, rows],
            start,
            columns: row_of,
            values,
            ncols: self.start.len() - 1,
        }
    }
}
