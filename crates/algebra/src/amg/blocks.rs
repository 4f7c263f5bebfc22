//! Sparse matrices of small dense blocks, and the products that a V-cycle is made of.

use crate::Csr;
use rayon::prelude::*;

/// Rows of blocks per task.
pub(super) const ROWS: usize = 1024;
/// Below this many values a product is done by the calling thread.
const SERIAL: usize = 32 * ROWS;

/// A sparse matrix of dense blocks of one shape, in compressed rows. A scalar matrix has blocks 1 x 1.
///
/// Each block is stored column by column. The columns of a row need not be sorted.
#[derive(Clone, Debug, Default)]
pub(super) struct Blocks<T> {
    /// Rows and columns of a block.
    pub shape: [usize; 2],
    pub start: Vec<usize>,
    pub columns: Vec<u32>,
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

/// Calls a function that has the shape of a block as constants.
macro_rules! by_shape {
    ($shape:expr, $f:ident($($argument:expr),*)) => {
        match $shape {
            [1, 1] => $f::<1, 1>($($argument),*),
            [2, 2] => $f::<2, 2>($($argument),*),
            [2, 3] => $f::<2, 3>($($argument),*),
            [3, 2] => $f::<3, 2>($($argument),*),
            [3, 3] => $f::<3, 3>($($argument),*),
            [3, 6] => $f::<3, 6>($($argument),*),
            [6, 3] => $f::<6, 3>($($argument),*),
            [6, 6] => $f::<6, 6>($($argument),*),
            shape => unreachable!("no level has blocks {shape:?}"),
        }
    };
}

impl<T> Blocks<T> {
    pub fn view(&self) -> View<'_, T> {
        View {
            shape: self.shape,
            start: &self.start,
            columns: &self.columns,
            values: &self.values,
            ncols: self.ncols,
        }
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

impl View<'_, f32> {
    /// y = A x
    pub fn apply(self, x: &[f32], y: &mut [f32]) {
        fn apply<const R: usize, const C: usize>(a: View<f32>, x: &[f32], y: &mut [f32]) {
            each_row::<R, C>(a, x, y, |_, sum, y| y.copy_from_slice(&sum));
        }
        by_shape!(self.shape, apply(self, x, y));
    }

    /// y = y + A x
    pub fn add(self, x: &[f32], y: &mut [f32]) {
        fn add<const R: usize, const C: usize>(a: View<f32>, x: &[f32], y: &mut [f32]) {
            each_row::<R, C>(a, x, y, |_, sum, y| {
                for r in 0..R {
                    y[r] += sum[r];
                }
            });
        }
        by_shape!(self.shape, add(self, x, y));
    }

    /// r = b - A x
    pub fn residual(self, b: &[f32], x: &[f32], r: &mut [f32]) {
        fn residual<const R: usize, const C: usize>(
            a: View<f32>,
            b: &[f32],
            x: &[f32],
            r: &mut [f32],
        ) {
            each_row::<R, C>(a, x, r, |i, sum, r| {
                let b = &b[i * R..i * R + R];
                for k in 0..R {
                    r[k] = b[k] - sum[k];
                }
            });
        }
        by_shape!(self.shape, residual(self, b, x, r));
    }

    /// d = keep d + take W (b - A x) and y = x + d, with a block of W per row.
    pub fn step(self, w: &[f32], [keep, take]: [f32; 2], v: Step<'_>) {
        fn step<const R: usize, const C: usize>(
            a: View<f32>,
            w: &[f32],
            [keep, take]: [f32; 2],
            v: Step,
        ) {
            let Step { b, x, d, y } = v;
            each_row_two::<R, C>(a, x, d, y, |i, sum, d, y| {
                let (b, x) = (&b[i * R..i * R + R], &x[i * R..i * R + R]);
                let mut r = [0.0; R];
                for k in 0..R {
                    r[k] = b[k] - sum[k];
                }
                let s = block_product::<R>(&w[i * R * R..(i + 1) * R * R], &r);
                for k in 0..R {
                    d[k] = if keep == 0.0 { take * s[k] } else { keep * d[k] + take * s[k] };
                    y[k] = x[k] + d[k];
                }
            });
        }
        by_shape!(self.shape, step(self, w, [keep, take], v));
    }
}

/// The vectors of [`View::step`].
pub(super) struct Step<'a> {
    pub b: &'a [f32],
    pub x: &'a [f32],
    pub d: &'a mut [f32],
    pub y: &'a mut [f32],
}

/// y = W x with one block per row.
pub(super) fn apply_diagonal(size: usize, w: &[f32], scale: f32, x: &[f32], y: &mut [f32]) {
    fn rows<const R: usize, const C: usize>(w: &[f32], scale: f32, x: &[f32], y: &mut [f32]) {
        let piece = |((w, x), y): ((&[f32], &[f32]), &mut [f32])| {
            let blocks = w.chunks_exact(R * R).zip(x.chunks_exact(R));
            for ((w, x), y) in blocks.zip(y.chunks_exact_mut(R)) {
                let s = block_product::<R>(w, x);
                for k in 0..R {
                    y[k] = scale * s[k];
                }
            }
        };
        if x.len() < SERIAL {
            piece(((w, x), y));
        } else {
            let pieces = w.par_chunks(ROWS * R * R).zip(x.par_chunks(ROWS * R));
            pieces.zip(y.par_chunks_mut(ROWS * R)).for_each(piece);
        }
    }
    by_shape!([size, size], rows(w, scale, x, y));
}

#[inline(always)]
fn block_product<const R: usize>(w: &[f32], x: &[f32]) -> [f32; R] {
    let mut sum = [0.0; R];
    for c in 0..R {
        for k in 0..R {
            sum[k] += w[c * R + k] * x[c];
        }
    }
    sum
}

/// Row i of A times x.
#[inline(always)]
fn row_product<const R: usize, const C: usize>(a: View<f32>, i: usize, x: &[f32]) -> [f32; R] {
    let (columns, values) = a.row(i);
    let mut sum = [0.0; R];
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

/// f(i, (A x)_i, y_i) for each row i of blocks.
#[inline(always)]
fn each_row<const R: usize, const C: usize>(
    a: View<f32>,
    x: &[f32],
    y: &mut [f32],
    f: impl Fn(usize, [f32; R], &mut [f32]) + Sync,
) {
    assert_eq!((x.len(), y.len()), (a.ncols * C, a.nrows() * R));
    let piece = |(piece, y): (usize, &mut [f32])| {
        for (k, y) in y.chunks_exact_mut(R).enumerate() {
            let i = piece * ROWS + k;
            f(i, row_product::<R, C>(a, i, x), y);
        }
    };
    if a.values.len() < SERIAL {
        y.chunks_mut(ROWS * R).enumerate().for_each(piece);
    } else {
        y.par_chunks_mut(ROWS * R).enumerate().for_each(piece);
    }
}

/// f(i, (A x)_i, y_i, z_i) for each row i of blocks.
#[inline(always)]
fn each_row_two<const R: usize, const C: usize>(
    a: View<f32>,
    x: &[f32],
    y: &mut [f32],
    z: &mut [f32],
    f: impl Fn(usize, [f32; R], &mut [f32], &mut [f32]) + Sync,
) {
    assert_eq!((x.len(), y.len(), z.len()), (a.ncols * C, a.nrows() * R, a.nrows() * R));
    let piece = |(piece, (y, z)): (usize, (&mut [f32], &mut [f32]))| {
        for (k, (y, z)) in y.chunks_exact_mut(R).zip(z.chunks_exact_mut(R)).enumerate() {
            let i = piece * ROWS + k;
            f(i, row_product::<R, C>(a, i, x), y, z);
        }
    };
    if a.values.len() < SERIAL {
        y.chunks_mut(ROWS * R).zip(z.chunks_mut(ROWS * R)).enumerate().for_each(piece);
    } else {
        y.par_chunks_mut(ROWS * R).zip(z.par_chunks_mut(ROWS * R)).enumerate().for_each(piece);
    }
}

impl Blocks<f32> {
    /// The transposed matrix; its rows are sorted because the rows here are walked in order.
    pub fn transpose(&self) -> Blocks<f32> {
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
