//! Sparse matrices of numbers whose rows are multiplied several at a time.

use super::blocks::View;
use super::order::Order;
use rayon::prelude::*;

/// Rows side by side in a slice.
pub(super) const LANES: usize = 8;
/// Slices per task.
pub(super) const SLICES: usize = 128;
/// Entries of a row that are in its slice. What whole-body unknowns have beyond stands apart.
const WIDEST: usize = 256;

/// A sparse matrix in single precision, in slices of eight rows (SELL; Kreutzer, Hager, Wellein, Fehske and
/// Bishop, SIAM J. Sci. Comput. 36 (2014) C401).
///
/// The k-th entries of the rows of a slice are side by side. Rows that are shorter than the longest of
/// their slice are filled up with zeros in a column that they have already; the last slice, with rows
/// without entries. In compressed rows each addition waits for the one before it and each end of a row is
/// a wrong guess of the processor, which takes two and a half times as long where the columns are near.
#[derive(Clone, Debug, Default)]
pub(super) struct Sliced {
    /// Where each slice begins in `columns` and `values`.
    start: Vec<usize>,
    columns: Vec<[u32; LANES]>,
    values: Vec<[f32; LANES]>,
    /// Rows longer than [`WIDEST`].
    long: Vec<LongRow>,
    /// Number of columns, a multiple of [`LANES`].
    pub ncols: usize,
}

/// What a row has beyond its slice.
#[derive(Clone, Debug)]
struct LongRow {
    place: usize,
    columns: Vec<u32>,
    values: Vec<f32>,
}

impl Sliced {
    /// `scale` A for a matrix with blocks 1 x 1, with its rows and columns in these orders.
    pub fn new<T: Copy + Sync + Into<f64>>(
        a: View<T>,
        [rows, columns]: [&Order; 2],
        scale: f64,
    ) -> Self {
        let mut start = Vec::with_capacity(rows.len().div_ceil(LANES) + 1);
        start.push(0);
        for (slice, lanes) in rows.rows.chunks(LANES).enumerate() {
            let width = lanes.iter().map(|&i| a.row(i as usize).0.len()).max().unwrap_or(0);
            start.push(start[slice] + width.min(WIDEST));
        }
        let entries = start[start.len() - 1];
        let mut matrix = Self {
            start,
            columns: vec![[0; LANES]; entries],
            values: vec![[0.0; LANES]; entries],
            long: Vec::new(),
            ncols: columns.len().next_multiple_of(LANES),
        };
        let place = |j: u32| columns.places[j as usize];
        each_slice(&matrix.start, &mut matrix.columns, |slice, to| {
            let mut some = 0;
            for lane in 0..LANES {
                let js =
                    rows.rows.get(slice * LANES + lane).map_or(&[][..], |&i| a.row(i as usize).0);
                for (k, to) in to.iter_mut().enumerate() {
                    some = js.get(k).map_or(some, |&j| place(j));
                    to[lane] = some;
                }
            }
        });
        let rest = |(at, &row): (usize, &u32)| {
            let js = a.row(row as usize).0.get(WIDEST..).filter(|js| !js.is_empty())?;
            let columns = js.iter().map(|&j| place(j)).collect();
            Some(LongRow { place: at, columns, values: vec![0.0; js.len()] })
        };
        matrix.long = rows.rows.iter().enumerate().filter_map(rest).collect();
        matrix.set_values(a, rows, scale);
        matrix
    }

    /// Takes the values of `scale` A, which has the pattern of the matrix it was made from.
    pub fn set_values<T: Copy + Sync + Into<f64>>(&mut self, a: View<T>, rows: &Order, scale: f64) {
        let narrow = |v: T| (scale * v.into()) as f32;
        each_slice(&self.start, &mut self.values, |slice, to| {
            for (lane, &row) in rows.rows[slice * LANES..].iter().take(LANES).enumerate() {
                for (to, &v) in to.iter_mut().zip(a.row(row as usize).1) {
                    to[lane] = narrow(v);
                }
            }
        });
        for long in &mut self.long {
            let values = &a.row(rows.rows[long.place] as usize).1[WIDEST..];
            long.values.iter_mut().zip(values).for_each(|(to, &v)| *to = narrow(v));
        }
    }

    /// Number of rows, a multiple of [`LANES`].
    pub fn nrows(&self) -> usize {
        LANES * (self.start.len() - 1)
    }

    /// Stored entries, fill included.
    pub fn entries(&self) -> usize {
        let long: usize = self.long.iter().map(|long| long.values.len()).sum();
        LANES * self.values.len() + long
    }

    /// Bytes that a product reads.
    pub fn bytes(&self) -> usize {
        8 * (self.entries() + self.start.len())
    }

    /// A x in the rows of one slice.
    #[inline(always)]
    pub fn slice(&self, slice: usize, x: &[f32]) -> [f32; LANES] {
        let range = self.start[slice]..self.start[slice + 1];
        let (columns, values) = (&self.columns[range.clone()], &self.values[range]);
        let mut sums = [0.0; LANES];
        for (j, v) in columns.iter().zip(values) {
            for lane in 0..LANES {
                sums[lane] += v[lane] * x[j[lane] as usize];
            }
        }
        if columns.len() == WIDEST {
            self.add_rest(slice, x, &mut sums);
        }
        sums
    }

    /// Adds what the entries of long rows beyond their slice give.
    #[cold]
    fn add_rest(&self, slice: usize, x: &[f32], sums: &mut [f32; LANES]) {
        let first = self.long.partition_point(|long| long.place < slice * LANES);
        let here = self.long[first..].iter().take_while(|long| long.place / LANES == slice);
        for long in here {
            let entries = long.columns.iter().zip(&long.values);
            let sum: f64 = entries.map(|(&j, &v)| f64::from(v) * f64::from(x[j as usize])).sum();
            sums[long.place % LANES] += sum as f32;
        }
    }
}

/// f(slice, its part of `array`), in parallel.
fn each_slice<E: Send>(
    start: &[usize],
    array: &mut [[E; LANES]],
    f: impl Fn(usize, &mut [[E; LANES]]) + Sync,
) {
    let (mut tasks, mut rest) = (Vec::new(), array);
    for first in (0..start.len() - 1).step_by(SLICES) {
        let slices = first..(first + SLICES).min(start.len() - 1);
        let (here, later) = rest.split_at_mut(start[slices.end] - start[first]);
        tasks.push((slices, here));
        rest = later;
    }
    tasks.into_par_iter().for_each(|(slices, mut array)| {
        for slice in slices {
            let (here, later) = array.split_at_mut(start[slice + 1] - start[slice]);
            f(slice, here);
            array = later;
        }
    });
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
        let order = Order::by_length(View::scalar(a));
        // Another order for the columns: backwards.
        let mut back = Order::natural(a.ncols());
        back.rows.reverse();
        back.places.reverse();
        let sliced = Sliced::new(View::scalar(a), [&order, &back], 0.5);
        let x: Vec<f64> = (0..a.ncols()).map(|j| (j % 5) as f64 - 2.0).collect();
        let mut narrow: Vec<f32> = x.iter().rev().map(|&x| x as f32).collect();
        narrow.resize(sliced.ncols, 0.0);
        let mut exact = vec![0.0; a.nrows()];
        a.apply(&x, &mut exact);
        assert_eq!(sliced.nrows(), a.nrows().next_multiple_of(LANES));
        for place in 0..sliced.nrows() {
            let found = sliced.slice(place / LANES, &narrow)[place % LANES];
            let wanted = order.rows.get(place).map_or(0.0, |&row| 0.5 * exact[row as usize]);
            assert_eq!(f64::from(found), wanted, "place {place}");
        }
        sliced
    }

    #[test]
    fn rows_of_all_lengths() {
        // Empty rows, one longer than a slice may be, an incomplete last slice and window.
        let length = |i: usize| if i == 700 { 1000 } else { i % 11 };
        for n in [0, 1, 7, 8, 9, 255, 257, 1024, 1025, 2051] {
            agrees_with_compressed_rows(&ragged(n, 1500, length));
        }
        // A window of empty rows alone, several long rows in one slice, and a matrix without columns.
        agrees_with_compressed_rows(&ragged(600, 40, |i| usize::from(i >= 256)));
        agrees_with_compressed_rows(&ragged(20, 2000, |i| 230 + 10 * i));
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
        let mut x = vec![1.0; 104];
        x[99] = f32::INFINITY;
        let (rows, all) = (Order::natural(n), Order::natural(100));
        let sliced = Sliced::new(View::scalar(&a), [&rows, &all], 1.0);
        for i in 1..n {
            assert_eq!(sliced.slice(i / LANES, &x)[i % LANES], (i % 4 + 1) as f32);
        }
        assert!(!sliced.slice(0, &x)[0].is_finite());
    }

    #[test]
    fn new_values_replace_the_old() {
        let mut a = ragged(300, 400, |i| if i == 5 { 300 } else { i % 6 });
        let (rows, all) = (Order::by_length(View::scalar(&a)), Order::natural(400));
        let mut sliced = Sliced::new(View::scalar(&a), [&rows, &all], 1.0);
        a.values_mut().iter_mut().for_each(|v| *v = 2.0 * *v + 1.0);
        sliced.set_values(View::scalar(&a), &rows, 0.5);
        let fresh = Sliced::new(View::scalar(&a), [&rows, &all], 0.5);
        assert_eq!((sliced.values, sliced.columns), (fresh.values, fresh.columns));
        assert_eq!(sliced.long[0].values, fresh.long[0].values);
    }
}
