//! The product of two sparse matrices of blocks.

use super::blocks::{Blocks, View};
use super::numbers::{Scratch, rows_of_numbers};
use crate::Csr;
use rayon::prelude::*;

/// Rows of blocks per task: so few that most pieces of A P have few readers, and do not stand for long.
pub(super) const ROWS: usize = 256;

/// A matrix in pieces of [`ROWS`] rows: what the tasks leave, not yet copied together. Those that nobody
/// reads may be empty.
struct Pieces {
    shape: [usize; 2],
    nrows: usize,
    ncols: usize,
    pieces: Vec<Piece>,
}

#[derive(Clone, Default)]
pub(super) struct Piece {
    pub start: Vec<u32>,
    pub columns: Vec<u32>,
    pub values: Vec<f64>,
}

/// A matrix whose rows of blocks can be read.
pub(super) trait Rows: Sync {
    type Value: Into<f64> + Copy;
    /// True where most rows have more than a few entries.
    const ARE_LONG: bool;
    fn shape(&self) -> [usize; 2];
    fn nrows(&self) -> usize;
    fn ncols(&self) -> usize;
    fn row(&self, i: usize) -> (&[u32], &[Self::Value]);
    /// Of numbers the columns and values from the first entry of a row on, those of rows behind it included where they are
    /// there, and its length.
    #[inline(always)]
    fn row_and_more(&self, i: usize) -> (&[u32], &[Self::Value], usize) {
        let (columns, values) = self.row(i);
        (columns, values, columns.len())
    }
}

impl<T: Into<f64> + Copy + Sync> Rows for View<'_, T> {
    type Value = T;
    const ARE_LONG: bool = false;
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
    #[inline(always)]
    fn row_and_more(&self, i: usize) -> (&[u32], &[T], usize) {
        let (from, to) = (self.start[i], self.start[i + 1]);
        (&self.columns[from..], &self.values[from..], to - from)
    }
}

impl Rows for Pieces {
    type Value = f64;
    const ARE_LONG: bool = true;
    fn shape(&self) -> [usize; 2] {
        self.shape
    }
    fn nrows(&self) -> usize {
        self.nrows
    }
    fn ncols(&self) -> usize {
        self.ncols
    }
    #[inline(always)]
    fn row(&self, i: usize) -> (&[u32], &[f64]) {
        let (piece, i, size) = (&self.pieces[i / ROWS], i % ROWS, self.shape[0] * self.shape[1]);
        let (from, to) = (piece.start[i] as usize, piece.start[i + 1] as usize);
        (&piece.columns[from..to], &piece.values[from * size..to * size])
    }
}

impl Blocks<f64> {
    /// A matrix to append rows to.
    fn without_rows(shape: [usize; 2], nrows: usize, ncols: usize) -> Self {
        let mut start = Vec::with_capacity(nrows + 1);
        start.push(0);
        Blocks { shape, start, columns: Vec::new(), values: Vec::new(), ncols }
    }

    /// Appends the rows of these pieces. The first ones make room for all `nrows`, should the others be half as long again:
    /// those may lie at a boundary. What is not used is never touched, while who grows later on copies all.
    fn append(&mut self, pieces: Vec<Piece>, nrows: usize) {
        let is_first = self.columns.is_empty();
        for piece in pieces {
            let before = self.columns.len();
            self.start.extend(piece.start[1..].iter().map(|&k| before + k as usize));
            self.columns.extend_from_slice(&piece.columns);
            self.values.extend_from_slice(&piece.values);
        }
        let (rows, entries) = (self.start.len() - 1, self.columns.len());
        if is_first {
            let more = (entries / rows.max(1) + 1) * (nrows - rows) / 2 * 3;
            self.columns.reserve(more);
            self.values.reserve(more * self.shape[0] * self.shape[1]);
        }
    }
}

/// A B of two matrices of numbers.
///
/// # Panics
/// If the inner sizes differ.
pub fn csr_product(a: &Csr, b: &Csr) -> Csr {
    let (a, b) = (View::scalar(a), View::scalar(b));
    let mut product = Blocks::without_rows([1, 1], a.nrows(), b.ncols);
    product.append(multiply(&a, &b, &all_pieces(&a), &Scratch::default()), a.nrows());
    product.view().to_csr()
}

/// R A P for a matrix A with a coarse level, whose rows are those of R.
///
/// A P may be as large as A. Coarse rows are made in strips; a piece of A P is made for the first strip that
/// reads it, and dropped after the last one. Where rows that are near in space have near numbers, few
/// pieces stand at a time.
pub(super) fn galerkin(r: View<f32>, a: View<f64>, p: View<f32>) -> Blocks<f64> {
    /// Most strips, each of which costs blocks a vector of the length of a coarse one.
    const STRIPS: usize = 32;
    let all = all_pieces(&r);
    let strips: Vec<&[usize]> = all.chunks(all.len().div_ceil(STRIPS).max(8)).collect();
    let reads: Vec<Vec<usize>> = strips.iter().map(|strip| pieces_read(r, strip)).collect();
    let mut last = vec![usize::MAX; a.nrows().div_ceil(ROWS)];
    for (strip, pieces) in reads.iter().enumerate() {
        pieces.iter().for_each(|&piece| last[piece] = strip);
    }
    let shape = [a.shape[0], p.shape[1]];
    let mut ap = Pieces { shape, nrows: a.nrows(), ncols: p.ncols, pieces: Vec::new() };
    ap.pieces.resize_with(last.len(), Piece::default);
    let mut coarse = Blocks::without_rows([r.shape[0], shape[1]], r.nrows(), p.ncols);
    let mut is_made = vec![false; last.len()];
    let scratch = Scratch::default();
    for (strip, (pieces, mut wanted)) in strips.into_iter().zip(reads).enumerate() {
        wanted.retain(|&piece| !std::mem::replace(&mut is_made[piece], true));
        let made = multiply(&a, &p, &wanted, &scratch);
        wanted.into_iter().zip(made).for_each(|(k, piece)| ap.pieces[k] = piece);
        coarse.append(multiply(&r, &ap, pieces, &scratch), r.nrows());
        let done = last.iter().zip(&mut ap.pieces).filter(|(last, _)| **last == strip);
        done.for_each(|(_, piece)| *piece = Piece::default());
    }
    coarse.columns.shrink_to_fit();
    coarse.values.shrink_to_fit();
    coarse
}

fn all_pieces<A: Rows>(a: &A) -> Vec<usize> {
    (0..a.nrows().div_ceil(ROWS)).collect()
}

/// The pieces of rows that the columns of some pieces of rows of R stand for, in the order in which they are met.
fn pieces_read(r: View<f32>, pieces: &[usize]) -> Vec<usize> {
    let (mut met, mut is_met, mut before) = (Vec::new(), vec![false; r.ncols.div_ceil(ROWS)], None);
    for rows in pieces.iter().map(|k| k * ROWS..r.nrows().min((k + 1) * ROWS)) {
        for &j in &r.columns[r.start[rows.start]..r.start[rows.end]] {
            let piece = j as usize / ROWS;
            // Most are that of the column before.
            if before.replace(piece) != Some(piece) && !std::mem::replace(&mut is_met[piece], true)
            {
                met.push(piece);
            }
        }
    }
    met
}

/// Pieces of A B, row by row (Gustavson, ACM Trans. Math. Softw. 4 (1978) 250), with sums in double
/// precision.
///
/// # Panics
/// If the inner sizes differ.
fn multiply<A: Rows, B: Rows>(a: &A, b: &B, pieces: &[usize], scratch: &Scratch) -> Vec<Piece> {
    assert_eq!((a.ncols(), a.shape()[1]), (b.nrows(), b.shape()[0]));
    let [rows, inner] = a.shape();
    match [rows, inner, b.shape()[1]] {
        [1, 1, 1] => rows_of_numbers(a, b, pieces, scratch),
        [2, 2, 2] => rows_of::<A, B, 2, 2, 2>(a, b, pieces),
        [2, 2, 3] => rows_of::<A, B, 2, 2, 3>(a, b, pieces),
        [3, 2, 3] => rows_of::<A, B, 3, 2, 3>(a, b, pieces),
        [3, 3, 3] => rows_of::<A, B, 3, 3, 3>(a, b, pieces),
        [3, 3, 6] => rows_of::<A, B, 3, 3, 6>(a, b, pieces),
        [6, 3, 6] => rows_of::<A, B, 6, 3, 6>(a, b, pieces),
        [6, 6, 6] => rows_of::<A, B, 6, 6, 6>(a, b, pieces),
        sizes => unreachable!("no level has blocks {sizes:?}"),
    }
}

fn rows_of<A: Rows, B: Rows, const R: usize, const M: usize, const N: usize>(
    a: &A,
    b: &B,
    pieces: &[usize],
) -> Vec<Piece> {
    let n = a.nrows();
    pieces
        .par_iter()
        .map_init(
            || Places { of: vec![0; b.ncols()], before: 0 },
            |places, &piece| {
                let rows = piece * ROWS..n.min((piece + 1) * ROWS);
                // Most rows of A B are somewhat shorter than those of A.
                let guess = rows.clone().map(|i| a.row(i).0.len()).sum();
                let mut start = Vec::with_capacity(rows.len() + 1);
                start.push(0);
                let mut columns = vec![0_u32; guess];
                let mut values = vec![0.0_f64; guess * R * N];
                let mut count = 0;
                places.begin();
                for i in rows {
                    let first = places.before + count as u32;
                    let (ks, left) = a.row(i);
                    for (&k, left) in ks.iter().zip(left.chunks_exact(R * M)) {
                        let (js, right) = b.row(k as usize);
                        if columns.len() < count + js.len() {
                            let more = (count + js.len()) / 8 * 9 + 64;
                            columns.resize(more, 0);
                            values.resize(more * R * N, 0.0);
                        }
                        for (&j, right) in js.iter().zip(right.chunks_exact(M * N)) {
                            // Without a branch, which nothing could foretell.
                            let place = &mut places.of[j as usize];
                            let is_new = *place <= first;
                            let known = place.wrapping_sub(places.before + 1) as usize;
                            let at = if is_new { count } else { known };
                            count += usize::from(is_new);
                            columns[at] = j;
                            *place = places.before + 1 + at as u32;
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
                    start.push(count as u32);
                }
                places.before += count as u32;
                columns.truncate(count);
                values.truncate(count * R * N);
                columns.shrink_to_fit();
                values.shrink_to_fit();
                Piece { start, columns, values }
            },
        )
        .collect()
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

    fn product(a: View<f64>, b: View<f64>) -> Blocks<f64> {
        let mut product = Blocks::without_rows([a.shape[0], b.shape[1]], a.nrows(), b.ncols);
        product.append(multiply(&a, &b, &all_pieces(&a), &Scratch::default()), a.nrows());
        product
    }

    /// In strips or at once, the sums are added in the same order.
    #[test]
    fn galerkin_product_of_many_pieces() {
        // A chain of 20 000, each third a coarse one with weights 1/2 1 1/2 ..., one of which reaches far.
        let n = 20_000_u32;
        let (mut start, mut columns, mut values) = (vec![0], vec![], vec![]);
        for i in 0..n {
            for j in i.saturating_sub(1)..(i + 2).min(n) {
                columns.push(j);
                values.push(if i == j { 2.0 } else { -1.0 - f64::from(j % 3) });
            }
            start.push(columns.len());
        }
        let a = Blocks { shape: [1, 1], start, columns, values, ncols: n as usize };
        let coarse = n.div_ceil(3);
        let (mut start, mut columns, mut values) = (vec![0], vec![], vec![]);
        for i in 0..n {
            columns.push(i / 3);
            values.push(1.0_f32);
            let other = if i == 17 { coarse - 1 } else { i / 3 + 1 };
            if i % 3 == 2 && other < coarse {
                columns.push(other);
                values.push(0.5);
            }
            start.push(columns.len());
        }
        let p = Blocks { shape: [1, 1], start, columns, values, ncols: coarse as usize };
        let r = p.transpose();
        let at_once = {
            let (shape, nrows, ncols) = ([1, 1], a.view().nrows(), p.ncols);
            let scratch = Scratch::default();
            let pieces = multiply(&a.view(), &p.view(), &all_pieces(&a.view()), &scratch);
            let ap = Pieces { shape, nrows, ncols, pieces };
            let mut coarse = Blocks::without_rows(shape, ncols, ncols);
            let all = all_pieces(&r.view());
            coarse.append(multiply(&r.view(), &ap, &all, &scratch), ncols);
            coarse
        };
        let got = galerkin(r.view(), a.view(), p.view());
        assert_eq!((&got.start, &got.columns), (&at_once.start, &at_once.columns));
        assert_eq!(got.values, at_once.values);
    }

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
        let c = product(a.view(), b.view());
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
        assert_eq!(product(a.view(), b.view()).values, [19.0, 43.0, 22.0, 50.0]);
    }
}
