//! The product of two sparse matrices of blocks.

use super::blocks::{Blocks, View};
use crate::Csr;
use rayon::prelude::*;

/// Rows of blocks per task.
const ROWS: usize = 1024;

/// A matrix in pieces of [`ROWS`] rows: what the tasks leave, not yet copied together.
pub(super) struct Pieces {
    shape: [usize; 2],
    ncols: usize,
    pieces: Vec<Piece>,
}

struct Piece {
    start: Vec<u32>,
    columns: Vec<u32>,
    values: Vec<f64>,
}

/// A matrix whose rows of blocks can be read.
pub(super) trait Rows: Sync {
    type Value: Into<f64> + Copy;
    fn shape(&self) -> [usize; 2];
    fn nrows(&self) -> usize;
    fn ncols(&self) -> usize;
    fn row(&self, i: usize) -> (&[u32], &[Self::Value]);
}

impl<T: Into<f64> + Copy + Sync> Rows for View<'_, T> {
    type Value = T;
    fn shape(&self) -> [usize; 2] {
        self.shape
    }
    fn nrows(&self) -> usize {
        View::nrows(self)
    }
    fn ncols(&self) -> usize {
        self.ncols
    }
    #[inline(always)]
    fn row(&self, i: usize) -> (&[u32], &[T]) {
        View::row(self, i)
    }
}

impl Rows for Pieces {
    type Value = f64;
    fn shape(&self) -> [usize; 2] {
        self.shape
    }
    fn nrows(&self) -> usize {
        self.pieces.iter().map(|piece| piece.start.len() - 1).sum()
    }
    fn ncols(&self) -> usize {
        self.ncols
    }
    #[inline(always)]
    fn row(&self, i: usize) -> (&[u32], &[f64]) {
        let piece = &self.pieces[i / ROWS];
        let (i, size) = (i % ROWS, self.shape[0] * self.shape[1]);
        let (from, to) = (piece.start[i] as usize, piece.start[i + 1] as usize);
        (&piece.columns[from..to], &piece.values[from * size..to * size])
    }
}

impl Pieces {
    /// The whole matrix in one.
    pub fn join(self) -> Blocks<f64> {
        let entries = self.pieces.iter().map(|piece| piece.columns.len()).sum();
        let mut start = Vec::with_capacity(self.nrows() + 1);
        start.push(0);
        let mut columns = Vec::with_capacity(entries);
        let mut values = Vec::with_capacity(entries * self.shape[0] * self.shape[1]);
        for piece in self.pieces {
            let before = columns.len();
            start.extend(piece.start[1..].iter().map(|&k| before + k as usize));
            columns.extend_from_slice(&piece.columns);
            values.extend_from_slice(&piece.values);
        }
        Blocks { shape: self.shape, start, columns, values, ncols: self.ncols }
    }
}

/// A B of two matrices of numbers.
///
/// # Panics
/// If the inner sizes differ.
pub fn csr_product(a: &Csr, b: &Csr) -> Csr {
    product(&View::scalar(a), &View::scalar(b)).join().view().to_csr()
}

/// A B, row by row (Gustavson, ACM Trans. Math. Softw. 4 (1978) 250), with sums in double precision.
///
/// # Panics
/// If the inner sizes differ.
pub(super) fn product<A: Rows, B: Rows>(a: &A, b: &B) -> Pieces {
    assert_eq!((a.ncols(), a.shape()[1]), (b.nrows(), b.shape()[0]));
    let [rows, inner] = a.shape();
    match [rows, inner, b.shape()[1]] {
        [1, 1, 1] => multiply::<A, B, 1, 1, 1>(a, b),
        [2, 2, 2] => multiply::<A, B, 2, 2, 2>(a, b),
        [2, 2, 3] => multiply::<A, B, 2, 2, 3>(a, b),
        [3, 2, 3] => multiply::<A, B, 3, 2, 3>(a, b),
        [3, 3, 3] => multiply::<A, B, 3, 3, 3>(a, b),
        [3, 3, 6] => multiply::<A, B, 3, 3, 6>(a, b),
        [6, 3, 6] => multiply::<A, B, 6, 3, 6>(a, b),
        [6, 6, 6] => multiply::<A, B, 6, 6, 6>(a, b),
        sizes => unreachable!("no level has blocks {sizes:?}"),
    }
}

fn multiply<A: Rows, B: Rows, const R: usize, const M: usize, const N: usize>(
    a: &A,
    b: &B,
) -> Pieces {
    let n = a.nrows();
    let pieces = (0..n.div_ceil(ROWS))
        .into_par_iter()
        .map_init(
            || Places { of: vec![0; b.ncols()], before: 0 },
            |places, piece| {
                let rows = piece * ROWS..n.min((piece + 1) * ROWS);
                // Most rows of A B are somewhat shorter than those of A.
                let guess = rows.clone().map(|i| a.row(i).0.len()).sum();
                let mut start = Vec::with_capacity(rows.len() + 1);
                start.push(0);
                let mut columns = Vec::<u32>::with_capacity(guess);
                let mut values = Vec::<f64>::with_capacity(guess * R * N);
                places.begin();
                for i in rows {
                    let first = places.before + columns.len() as u32;
                    let (ks, left) = a.row(i);
                    for (&k, left) in ks.iter().zip(left.chunks_exact(R * M)) {
                        let (js, right) = b.row(k as usize);
                        for (&j, right) in js.iter().zip(right.chunks_exact(M * N)) {
                            let place = &mut places.of[j as usize];
                            if *place <= first {
                                columns.push(j);
                                values.extend_from_slice([[0.0; R]; N].as_flattened());
                                *place = places.before + columns.len() as u32;
                            }
                            let at = (*place - places.before - 1) as usize;
                            let sum = &mut values[at * R * N..(at + 1) * R * N];
                            for c in 0..N {
                                for m in 0..M {
                                    let factor: f64 = right[c * M + m].into();
                                    for r in 0..R {
                                        let left: f64 = left[m * R + r].into();
                                        sum[c * R + r] += left * factor;
                                    }
                                }
                            }
                        }
                    }
                    start.push(columns.len() as u32);
                }
                places.before += columns.len() as u32;
                Piece { start, columns, values }
            },
        )
        .collect();
    Pieces { shape: [R, N], ncols: b.ncols(), pieces }
}

/// Where each column is in the piece in hand: its number plus one, counted on from piece to piece, so
/// that what is left from rows before is smaller than any place in the present row.
struct Places {
    of: Vec<u32>,
    /// Entries of all pieces before.
    before: u32,
}

impl Places {
    /// Before a piece: forgets all long before the numbers run out.
    fn begin(&mut self) {
        if self.before > u32::MAX / 2 {
            self.of.fill(0);
            self.before = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_by_three_times_three_by_two() {
        // [1 0 2]   [1 0]   [9 10]
        // [0 3 0] x [2 3] = [6  9]
        //           [4 5]
        let matrix = |start: &[usize], columns: &[u32], values: &[f64], ncols| Blocks {
            shape: [1, 1],
            start: start.to_vec(),
            columns: columns.to_vec(),
            values: values.to_vec(),
            ncols,
        };
        let a = matrix(&[0, 2, 3], &[0, 2, 1], &[1.0, 2.0, 3.0], 3);
        let b = matrix(&[0, 1, 3, 5], &[0, 0, 1, 0, 1], &[1.0, 2.0, 3.0, 4.0, 5.0], 2);
        let c = product(&a.view(), &b.view()).join();
        assert_eq!(
            (c.start, c.columns, c.values),
            (vec![0, 2, 4], vec![0, 1, 0, 1], vec![9.0, 10.0, 6.0, 9.0])
        );
    }

    #[test]
    fn blocks_by_columns() {
        // [1 2] [5 6]   [19 22]
        // [3 4] [7 8] = [43 50]
        let one = |values: [f64; 4]| Blocks {
            shape: [2, 2],
            start: vec![0, 1],
            columns: vec![0],
            values: values.to_vec(),
            ncols: 1,
        };
        let (a, b) = (one([1.0, 3.0, 2.0, 4.0]), one([5.0, 7.0, 6.0, 8.0]));
        assert_eq!(product(&a.view(), &b.view()).join().values, [19.0, 43.0, 22.0, 50.0]);
    }
}
