//! Matrices as the V-cycle reads them, and the products that it is made of.

use super::blocks::{Blocks, View};
use super::order::Order;
use super::sliced::{LANES, SLICES, Sliced};
use super::unstored::Nodal;
use rayon::prelude::*;

/// Rows of blocks per task.
const ROWS: usize = LANES * SLICES;
/// Below this many values a product is done by the calling thread.
const SERIAL: usize = 32 * ROWS;

/// A matrix in single precision, its rows and columns in the order of the cycle.
pub(super) enum Stored {
    /// One unknown per row.
    Sliced(Sliced),
    /// Blocks of unknowns.
    Blocks(Blocks<f32>),
    /// No entries.
    Nodal(Nodal),
}

impl Stored {
    /// `scale` A, its rows and columns in these orders, which are natural if it has larger blocks.
    pub fn new<T: Copy + Sync + Into<f64>>(a: View<T>, orders: [&Order; 2], scale: f64) -> Self {
        if a.shape == [1, 1] {
            return Self::Sliced(Sliced::new(a, orders, scale));
        }
        Self::Blocks(Blocks {
            shape: a.shape,
            start: a.start.to_vec(),
            columns: a.columns.to_vec(),
            values: narrow(a.values, scale),
            ncols: a.ncols,
        })
    }

    /// Takes the values of `scale` A, which has the pattern of the matrix that this one was made from.
    pub fn set_values<T>(&mut self, a: View<T>, orders: [&Order; 2], scale: f64)
    where
        T: Copy + Sync + Into<f64>,
    {
        match self {
            Self::Sliced(sliced) => sliced.set_values(a, orders, scale),
            Self::Blocks(blocks) => blocks.values = narrow(a.values, scale),
            Self::Nodal(_) => unreachable!("an operator without entries does not change"),
        }
    }

    /// Rows and columns of a block.
    pub fn shape(&self) -> [usize; 2] {
        match self {
            Self::Sliced(_) => [1, 1],
            Self::Blocks(a) => a.shape,
            Self::Nodal(a) => [a.block; 2],
        }
    }

    /// Number of rows of blocks.
    pub fn nrows(&self) -> usize {
        match self {
            Self::Sliced(a) => a.nrows(),
            Self::Blocks(a) => a.start.len() - 1,
            Self::Nodal(a) => a.nodes,
        }
    }

    /// Number of columns of blocks.
    pub fn ncols(&self) -> usize {
        match self {
            Self::Sliced(a) => a.ncols,
            Self::Blocks(a) => a.ncols,
            Self::Nodal(a) => a.nodes,
        }
    }

    /// Stored values, fill included.
    pub fn entries(&self) -> usize {
        match self {
            Self::Sliced(a) => a.entries(),
            Self::Blocks(a) => a.values.len(),
            Self::Nodal(_) => 0,
        }
    }

    /// Bytes that a product reads of the matrix.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Sliced(a) => a.bytes(),
            Self::Blocks(a) => a.bytes(),
            Self::Nodal(a) => a.product.bytes(),
        }
    }
}

fn narrow<T: Copy + Sync + Into<f64>>(values: &[T], scale: f64) -> Vec<f32> {
    values.par_iter().with_min_len(1 << 14).map(|&v| (scale * v.into()) as f32).collect()
}

/// Calls a function that has as constants the shape of a block and the number of rows of A that are
/// multiplied at a time: those of a slice or of a block.
macro_rules! by_shape {
    ($shape:expr, $f:ident($($argument:expr),*)) => {
        match $shape {
            [1, 1] => $f::<1, 1, LANES>($($argument),*),
            [2, 2] => $f::<2, 2, 2>($($argument),*),
            [2, 3] => $f::<2, 3, 2>($($argument),*),
            [3, 2] => $f::<3, 2, 3>($($argument),*),
            [3, 3] => $f::<3, 3, 3>($($argument),*),
            [3, 6] => $f::<3, 6, 3>($($argument),*),
            [6, 3] => $f::<6, 3, 6>($($argument),*),
            [6, 6] => $f::<6, 6, 6>($($argument),*),
            shape => unreachable!("no level has blocks {shape:?}"),
        }
    };
}

impl Stored {
    /// y = A x
    pub fn apply(&self, x: &[f32], y: &mut [f32]) {
        if let Self::Nodal(a) = self {
            return a.product.apply(x, y);
        }
        fn apply<const R: usize, const C: usize, const N: usize>(
            a: &Stored,
            x: &[f32],
            y: &mut [f32],
        ) {
            each_row::<R, C, N>(a, x, y, |_, sum, y| *y = sum);
        }
        by_shape!(self.shape(), apply(self, x, y));
    }

    /// y = y + A x
    pub fn add(&self, x: &[f32], y: &mut [f32]) {
        fn add<const R: usize, const C: usize, const N: usize>(
            a: &Stored,
            x: &[f32],
            y: &mut [f32],
        ) {
            each_row::<R, C, N>(a, x, y, |_, sum, y| {
                for k in 0..N {
                    y[k] += sum[k];
                }
            });
        }
        by_shape!(self.shape(), add(self, x, y));
    }

    /// r = b - A x
    pub fn residual(&self, b: &[f32], x: &[f32], r: &mut [f32]) {
        if let Self::Nodal(a) = self {
            return a.residual(b, x, r);
        }
        fn residual<const R: usize, const C: usize, const N: usize>(
            a: &Stored,
            b: &[f32],
            x: &[f32],
            r: &mut [f32],
        ) {
            each_row::<R, C, N>(a, x, r, |at, sum, r| {
                let b = &b[at..at + N];
                for k in 0..N {
                    r[k] = b[k] - sum[k];
                }
            });
        }
        by_shape!(self.shape(), residual(self, b, x, r));
    }

    /// y = x + keep (x - y) + take W (b - A x), with a block of W per row: from the last two iterates
    /// `y` and `x` to the next one.
    pub fn step(&self, w: &[f32], factors: [f32; 2], b: &[f32], x: &[f32], y: &mut [f32]) {
        if let Self::Nodal(a) = self {
            return a.step(w, factors, b, x, y);
        }
        fn step<const R: usize, const C: usize, const N: usize>(
            a: &Stored,
            w: &[f32],
            [keep, take]: [f32; 2],
            b: &[f32],
            x: &[f32],
            y: &mut [f32],
        ) {
            each_row::<R, C, N>(a, x, y, |at, sum, y| {
                let (b, x, w) = (&b[at..at + N], &x[at..at + N], &w[at * R..(at + N) * R]);
                let mut r = [0.0; N];
                for k in 0..N {
                    r[k] = b[k] - sum[k];
                }
                let s = diagonal_product::<R, N>(w, &r);
                for k in 0..N {
                    y[k] = x[k] + (keep * (x[k] - y[k]) + take * s[k]);
                }
            });
        }
        by_shape!(self.shape(), step(self, w, factors, b, x, y));
    }
}

/// y = scale W x with one block per row.
pub(super) fn apply_diagonal(size: usize, w: &[f32], scale: f32, x: &[f32], y: &mut [f32]) {
    fn rows<const R: usize, const C: usize, const N: usize>(
        w: &[f32],
        scale: f32,
        x: &[f32],
        y: &mut [f32],
    ) {
        let piece = |((w, x), y): ((&[f32], &[f32]), &mut [f32])| {
            let blocks = w.chunks_exact(N * R).zip(x.as_chunks::<N>().0);
            for ((w, x), y) in blocks.zip(y.as_chunks_mut::<N>().0) {
                let s = diagonal_product::<R, N>(w, x);
                for k in 0..N {
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

/// W x for N / R blocks of R rows.
#[inline(always)]
fn diagonal_product<const R: usize, const N: usize>(w: &[f32], x: &[f32; N]) -> [f32; N] {
    let mut sum = [0.0; N];
    for first in (0..N).step_by(R) {
        for c in 0..R {
            for k in 0..R {
                sum[first + k] += w[first * R + c * R + k] * x[first + c];
            }
        }
    }
    sum
}

/// f(at, A x, y) for each slice or row of blocks, with the N entries from `at` on of A x and of y.
#[inline(always)]
fn each_row<const R: usize, const C: usize, const N: usize>(
    a: &Stored,
    x: &[f32],
    y: &mut [f32],
    f: impl Fn(usize, [f32; N], &mut [f32; N]) + Sync,
) {
    assert!(x.len() >= a.ncols() * C);
    let y = &mut y[..a.nrows() * R];
    let piece = |(piece, y): (usize, &mut [f32])| {
        for (k, y) in y.as_chunks_mut::<N>().0.iter_mut().enumerate() {
            let at = piece * ROWS * R + k * N;
            let sum = match a {
                Stored::Sliced(a) => {
                    let sums = a.slice(at / N, x);
                    std::array::from_fn(|k| sums[k])
                }
                Stored::Blocks(a) => {
                    let sum = a.view().row_product::<R, C>(at / R, x);
                    std::array::from_fn(|k| sum[k])
                }
                Stored::Nodal(_) => unreachable!("its products are made elsewhere"),
            };
            f(at, sum, y);
        }
    };
    if a.entries() < SERIAL {
        y.chunks_mut(ROWS * R).enumerate().for_each(piece);
    } else {
        y.par_chunks_mut(ROWS * R).enumerate().for_each(piece);
    }
}
