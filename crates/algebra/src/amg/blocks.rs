//! Sparse matrices of small dense blocks.

use crate::Csr;
use rayon::prelude::*;
use std::ops::{AddAssign, Mul};

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
    /// Bytes that a product reads beside x and y.
    pub fn bytes(&self) -> usize {
        size_of::<T>() * self.values.len() + 4 * self.columns.len() + 8 * self.start.len()
    }

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
        let row = |(i, y): (usize, &mut [f64; 3])| *y = self.view().row_product::<3, 3>(i, x);
        let rows = y.as_chunks_mut::<3>().0.par_iter_mut().with_min_len(ROWS);
        rows.enumerate().for_each(row);
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

    /// Where the block on the diagonal is in its row.
    #[inline(always)]
    pub fn own(&self, i: usize) -> Option<usize> {
        /// Columns that are looked at without a branch.
        const AT_ONCE: usize = 16;
        let columns = &self.columns[self.start[i]..self.start[i + 1]];
        let find = |columns: &[u32]| {
            let found = columns.iter().zip(1_u32..);
            found.map(|(&j, k)| if j as usize == i { k } else { 0 }).max().unwrap_or(0)
        };
        let mut pieces = columns.chunks(AT_ONCE).map(find).enumerate();
        pieces.find_map(|(piece, k)| Some(piece * AT_ONCE + k.checked_sub(1)? as usize))
    }

    /// Row i of A times x.
    #[inline(always)]
    pub fn row_product<const R: usize, const C: usize>(self, i: usize, x: &[T]) -> [T; R]
    where
        T: Default + Mul<Output = T> + AddAssign,
    {
        let (columns, values) = self.row(i);
        let mut sum = [T::default(); R];
        for (&j, block) in columns.iter().zip(values.chunks_exact(R * C)) {
            let x = &x[j as usize * C..][..C];
            for c in 0..C {
                for r in 0..R {
                    sum[r] += block[c * R + r] * x[c];
                }
            }
        }
        sum
    }
}

impl View<'_, f64> {
    /// The diagonal entries, unknown by unknown; 0 where there is none.
    pub fn diagonal(&self) -> impl Iterator<Item = f64> + '_ {
        let b = self.shape[0];
        (0..self.nrows()).flat_map(move |i| {
            let (own, (_, blocks)) = (self.own(i), self.row(i));
            (0..b).map(move |c| own.map_or(0.0, |k| blocks[k * b * b + c * (b + 1)]))
        })
    }

    /// The matrix with its rows sorted.
    pub fn to_csr(self) -> Csr {
        let [rows, cols] = self.shape;
        let (mut start, mut columns, mut values) = (vec![0], Vec::new(), Vec::new());
        for i in 0..self.nrows() {
            let (js, blocks) = self.row(i);
            let mut order: Vec<usize> = (0..js.len()).collect();
            order.sort_unstable_by_key(|&k| js[k]);
            for r in 0..rows {
                for &k in &order {
                    for c in 0..cols {
                        columns.push(js[k] * cols as u32 + c as u32);
                        values.push(blocks[k * rows * cols + c * rows + r]);
                    }
                }
                start.push(columns.len());
            }
        }
        Csr::from_sorted(start, columns, values, self.ncols * cols)
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
