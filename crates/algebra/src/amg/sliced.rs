//! Sparse matrices of numbers whose rows are multiplied several at a time.

use super::blocks::View;
use rayon::prelude::*;

/// Rows side by side in a slice.
const LANES: usize = 8;
/// Rows per window: within it, rows are sorted by length, so that a slice holds rows of like length.
const WINDOW: usize = 256;
/// Rows per task, a multiple of [`WINDOW`].
pub(super) const ROWS: usize = 1024;
/// Entries of a row that are in its slice. What whole-body unknowns have beyond stands apart.
const WIDEST: usize = 256;

/// A sparse matrix in single precision, in slices of eight rows (SELL-8-256; Kreutzer, Hager, Wellein,
/// Fehske and Bishop, SIAM J. Sci. Comput. 36 (2014) C401).
///
/// The k-th entries of the rows of a slice are side by side. Rows that are shorter than the longest of
/// their slice are filled up with zeros in a column that they have already. In compressed rows each
/// addition waits for the one before it and each end of a row is a wrong guess of the processor, which
/// takes two and a half times as long where the columns are near.
#[derive(Clone, Debug, Default)]
pub(super) struct Sliced {
    /// Where each slice begins in `columns` and `values`.
    start: Vec<usize>,
    columns: Vec<[u32; LANES]>,
    values: Vec<[f32; LANES]>,
    /// Row of each lane, from the first of its window.
    order: Vec<u8>,
    /// Rows longer than [`WIDEST`].
    long: Vec<LongRow>,
    /// Number of columns.
    pub ncols: usize,
}

/// What a row has beyond its slice.
#[derive(Clone, Debug)]
struct LongRow {
    row: usize,
    columns: Vec<u32>,
    values: Vec<f32>,
}

impl Sliced {
    /// `scale` A for a matrix with blocks 1 x 1.
    pub fn new<T: Copy + Sync + Into<f64>>(a: View<T>, scale: f64) -> Self {
        let n = a.nrows();
        let length = |i: usize| a.start[i + 1] - a.start[i];
        let mut order: Vec<u8> = (0..n).map(|i| (i % WINDOW) as u8).collect();
        order.par_chunks_mut(WINDOW).enumerate().with_min_len(16).for_each(|(window, order)| {
            order.sort_by_key(|&i| std::cmp::Reverse(length(window * WINDOW + i as usize)));
        });
        let mut start = Vec::with_capacity(n.div_ceil(LANES) + 1);
        start.push(0);
        for (slice, lanes) in order.chunks(LANES).enumerate() {
            // The first row of a slice is its longest.
            let width = length(first_of_window(slice) + lanes[0] as usize).min(WIDEST);
            start.push(start[slice] + width);
        }
        let entries = start[start.len() - 1];
        let mut matrix = Self {
            start,
            columns: vec![[0; LANES]; entries],
            values: vec![[0.0; LANES]; entries],
            order,
            long: Vec::new(),
            ncols: a.ncols,
        };
        matrix.fill(a, scale);
        matrix
    }

    /// Takes the entries of `scale` A, which has rows as long as the matrix it was made from.
    pub fn fill<T: Copy + Sync + Into<f64>>(&mut self, a: View<T>, scale: f64) {
        let narrow = |v: T| (scale * v.into()) as f32;
        let (start, order) = (&self.start, &self.order);
        let (mut columns, mut values) = (&mut self.columns[..], &mut self.values[..]);
        let mut tasks = Vec::new();
        for first in (0..start.len() - 1).step_by(ROWS / LANES) {
            let slices = first..(first + ROWS / LANES).min(start.len() - 1);
            let entries = start[slices.end] - start[first];
            let (here_columns, rest) = columns.split_at_mut(entries);
            columns = rest;
            let (here_values, rest) = values.split_at_mut(entries);
            values = rest;
            tasks.push((slices, here_columns, here_values));
        }
        tasks.into_par_iter().for_each(|(slices, columns, values)| {
            let before = start[slices.start];
            for slice in slices {
                let range = start[slice] - before..start[slice + 1] - before;
                let (columns, values) = (&mut columns[range.clone()], &mut values[range]);
                let lanes = &order[slice * LANES..order.len().min((slice + 1) * LANES)];
                let mut some = 0;
                for (lane, &row) in lanes.iter().enumerate() {
                    let (js, vs) = a.row(first_of_window(slice) + row as usize);
                    let width = js.len().min(columns.len());
                    for (k, (&j, &v)) in js[..width].iter().zip(vs).enumerate() {
                        (columns[k][lane], values[k][lane], some) = (j, narrow(v), j);
                    }
                    for k in width..columns.len() {
                        (columns[k][lane], values[k][lane]) = (some, 0.0);
                    }
                }
                for column in columns {
                    column[lanes.len()..].fill(some);
                }
            }
        });
        let is_long = |i: &usize| a.start[i + 1] - a.start[*i] > WIDEST;
        let rest = |row: usize| {
            let (js, vs) = a.row(row);
            let values = vs[WIDEST..].iter().map(|&v| narrow(v)).collect();
            LongRow { row, columns: js[WIDEST..].to_vec(), values }
        };
        self.long = (0..a.nrows()).filter(is_long).map(rest).collect();
    }

    /// Number of rows.
    pub fn nrows(&self) -> usize {
        self.order.len()
    }

    /// Stored entries, fill included.
    pub fn entries(&self) -> usize {
        let long: usize = self.long.iter().map(|long| long.values.len()).sum();
        LANES * self.values.len() + long
    }

    /// Bytes that a product reads.
    pub fn bytes(&self) -> usize {
        8 * self.entries() + 8 * self.start.len() + self.order.len()
    }

    /// f(i, (A x)_i) for the rows of one piece of [`ROWS`], in the order of the slices.
    #[inline(always)]
    pub fn each_row(&self, piece: usize, x: &[f32], mut f: impl FnMut(usize, f32)) {
        let first = piece * ROWS / LANES;
        for slice in first..(first + ROWS / LANES).min(self.start.len() - 1) {
            let range = self.start[slice]..self.start[slice + 1];
            let (columns, values) = (&self.columns[range.clone()], &self.values[range]);
            let mut sums = [0.0; LANES];
            for (j, v) in columns.iter().zip(values) {
                for lane in 0..LANES {
                    sums[lane] += v[lane] * x[j[lane] as usize];
                }
            }
            let lanes = &self.order[slice * LANES..self.order.len().min((slice + 1) * LANES)];
            let window = first_of_window(slice);
            for (&row, mut sum) in lanes.iter().zip(sums) {
                let row = window + row as usize;
                if columns.len() == WIDEST {
                    sum += self.rest_of_long(row, x);
                }
                f(row, sum);
            }
        }
    }

    /// What the entries of a row beyond its slice add to the product.
    #[cold]
    fn rest_of_long(&self, row: usize, x: &[f32]) -> f32 {
        let Ok(k) = self.long.binary_search_by_key(&row, |long| long.row) else { return 0.0 };
        let entries = self.long[k].columns.iter().zip(&self.long[k].values);
        let sum: f64 = entries.map(|(&j, &v)| f64::from(v) * f64::from(x[j as usize])).sum();
        sum as f32
    }
}

/// First row of the window that a slice is in.
fn first_of_window(slice: usize) -> usize {
    slice * LANES / WINDOW * WINDOW
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Csr;

    /// Row i has `length(i)` entries in columns that increase, with values of both signs.
    fn ragged(n: usize, ncols: usize, length: impl Fn(usize) -> usize) -> Csr {
        let (mut start, mut columns, mut values) = (vec![0], vec![], vec![]);
        for i in 0..n {
            let length = length(i).min(ncols);
            let step = ncols.checked_div(length).unwrap_or(1);
            columns.extend((0..length).map(|k| (k * step + i % step) as u32));
            values.extend((0..length).map(|k| ((i + 3 * k) % 7) as f64 - 3.0));
            start.push(columns.len());
        }
        Csr::new(start, columns, values, ncols).unwrap()
    }

    /// Products of small whole numbers are exact, in whatever order they are added.
    fn agrees_with_compressed_rows(a: &Csr) -> Sliced {
        let sliced = Sliced::new(View::scalar(a), 0.5);
        let x: Vec<f64> = (0..a.ncols()).map(|j| (j % 5) as f64 - 2.0).collect();
        let narrow: Vec<f32> = x.iter().map(|&x| x as f32).collect();
        let mut exact = vec![0.0; a.nrows()];
        a.apply(&x, &mut exact);
        let mut found = vec![f32::NAN; a.nrows()];
        for piece in 0..a.nrows().div_ceil(ROWS) {
            sliced.each_row(piece, &narrow, |i, sum| {
                assert!(found[i].is_nan(), "row {i} comes twice");
                found[i] = sum;
            });
        }
        let wanted: Vec<f32> = exact.iter().map(|&y| 0.5 * y as f32).collect();
        assert_eq!(found, wanted);
        sliced
    }

    #[test]
    fn rows_of_all_lengths() {
        // Empty rows, one longer than a slice may be, an incomplete last slice, window and task.
        let length = |i: usize| if i == 700 { 1000 } else { i % 11 };
        for n in [0, 1, 7, 8, 9, 255, 257, 1024, 1025, 2051] {
            agrees_with_compressed_rows(&ragged(n, 1500, length));
        }
        // A window of empty rows alone, and a matrix without columns.
        agrees_with_compressed_rows(&ragged(600, 40, |i| usize::from(i >= 256)));
        agrees_with_compressed_rows(&ragged(20, 0, |_| 0));
        let a = ragged(2048, 1500, |i| i % 11);
        assert!(agrees_with_compressed_rows(&a).entries() < a.nnz() * 11 / 10);
    }

    #[test]
    fn fill_reads_only_columns_that_the_row_has() {
        // Rows of 1 to 4 entries; nothing refers to the last column but row 0.
        let n = 64;
        let (mut start, mut columns) = (vec![0], vec![]);
        for i in 0..n {
            columns.extend(0..(i as u32 % 4 + 1));
            if i == 0 {
                columns.push(99);
            }
            start.push(columns.len());
        }
        let a = Csr::new(start, columns.clone(), vec![1.0; columns.len()], 100).unwrap();
        let mut x = vec![1.0; 100];
        x[99] = f32::INFINITY;
        let sliced = Sliced::new(View::scalar(&a), 1.0);
        sliced.each_row(0, &x, |i, sum| {
            assert_eq!(sum, if i == 0 { f32::INFINITY } else { (i % 4 + 1) as f32 });
        });
    }

    #[test]
    fn new_values_replace_the_old() {
        let mut a = ragged(300, 400, |i| if i == 5 { 300 } else { i % 6 });
        let mut sliced = Sliced::new(View::scalar(&a), 1.0);
        a.values_mut().iter_mut().for_each(|v| *v = 2.0 * *v + 1.0);
        sliced.fill(View::scalar(&a), 0.5);
        let fresh = agrees_with_compressed_rows(&a);
        assert_eq!((sliced.values, sliced.columns), (fresh.values, fresh.columns));
        assert_eq!(sliced.long[0].values, fresh.long[0].values);
    }
}
