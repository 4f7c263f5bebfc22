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
/// Columns that 16 bits tell apart.
const REACH: usize = 1 << 16;

/// Length that a vector must have to be multiplied with `n` columns: all of [`REACH`] columns may be
/// looked at, wherever the first is.
pub(super) fn room(n: usize) -> usize {
    n + REACH
}

/// A sparse matrix in single precision, in slices of eight rows (SELL; Kreutzer, Hager, Wellein, Fehske and
/// Bishop, SIAM J. Sci. Comput. 36 (2014) C401).
///
/// The k-th entries of the rows of a slice are side by side. Rows that are shorter than the longest of
/// their slice are filled up with zeros; the last slice, with rows without entries. In compressed rows each
/// addition waits for the one before it and each end of a row is a wrong guess of the processor, which
/// takes two and a half times as long where the columns are near.
///
/// A slice is a row of segments, most often one. Columns of a segment are counted from its base with 16
/// bits: a third fewer bytes than with 32, and an index of 16 bits into 65536 entries needs no check.
#[derive(Clone, Debug, Default)]
pub(super) struct Sliced {
    /// First segment of each slice.
    first: Vec<u32>,
    segments: Vec<Segment>,
    columns: Vec<[u16; LANES]>,
    values: Vec<[f32; LANES]>,
    /// Rows longer than [`WIDEST`].
    long: Vec<LongRow>,
    /// Number of columns, a multiple of [`LANES`].
    pub ncols: usize,
}

/// The entries of the rows of a slice in [`REACH`] columns.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Segment {
    /// Where it begins in `columns` and `values`; it ends where the next one begins.
    start: usize,
    /// Its first column.
    base: u32,
}

/// What a row has beyond its slice.
#[derive(Clone, Debug)]
struct LongRow {
    place: usize,
    columns: Vec<u32>,
    values: Vec<f32>,
}

/// The rows of a slice: columns by place, without what is beyond [`WIDEST`].
struct Lanes<'a, T> {
    a: View<'a, T>,
    rows: &'a [u32],
    places: &'a [u32],
}

impl<'a, T: Copy> Lanes<'a, T> {
    fn new(a: View<'a, T>, [rows, columns]: [&'a Order; 2], slice: usize) -> Self {
        let rows = &rows.rows[slice * LANES..];
        Lanes { a, rows: &rows[..rows.len().min(LANES)], places: &columns.places }
    }

    fn row(&self, lane: usize) -> impl Iterator<Item = (usize, T)> + '_ {
        let row = self.rows.get(lane).map(|&i| self.a.row(i as usize));
        let (columns, values) = row.unwrap_or((&[], &[]));
        let entries = columns.iter().zip(values).take(WIDEST);
        entries.map(|(&j, &v)| (self.places[j as usize] as usize, v))
    }

    fn columns(&self) -> impl Iterator<Item = usize> + '_ {
        (0..LANES).flat_map(|lane| self.row(lane).map(|(j, _)| j))
    }

    /// Calls `f` with the base and the width of each segment of this slice.
    fn each_segment(&self, mut f: impl FnMut(u32, usize)) {
        let (mut low, mut high, mut longest) = (usize::MAX, 0, 0);
        for lane in 0..LANES {
            let mut length = 0;
            for (j, _) in self.row(lane) {
                (low, high, length) = (low.min(j), high.max(j), length + 1);
            }
            longest = longest.max(length);
        }
        if low > high {
            return;
        }
        if high - low < REACH {
            f(low as u32, longest);
            return;
        }
        let width = |base: usize| {
            let within =
                |lane| self.row(lane).filter(|(j, _)| (base..base + REACH).contains(j)).count();
            (0..LANES).map(within).max().unwrap_or(0)
        };
        let mut base = low;
        loop {
            f(base as u32, width(base));
            let rest = self.columns().filter(|&j| j >= base + REACH).min();
            match rest {
                Some(next) => base = next,
                None => break,
            }
        }
    }
}

impl Sliced {
    /// `scale` A for a matrix with blocks 1 x 1, with its rows and columns in these orders.
    pub fn new<T: Copy + Sync + Into<f64>>(a: View<T>, orders: [&Order; 2], scale: f64) -> Self {
        let [rows, columns] = orders;
        let ncols = columns.len().next_multiple_of(LANES);
        let count = rows.len().div_ceil(LANES);
        let found: Vec<Vec<(usize, u32, usize)>> = (0..count.div_ceil(SLICES))
            .into_par_iter()
            .map(|task| {
                let mut found = Vec::with_capacity(SLICES);
                for slice in task * SLICES..count.min((task + 1) * SLICES) {
                    let lanes = Lanes::new(a, orders, slice);
                    lanes.each_segment(|base, width| found.push((slice, base, width)));
                }
                found
            })
            .collect();
        let mut first = Vec::with_capacity(count + 1);
        let mut segments = Vec::with_capacity(count + 1);
        let mut start = 0;
        for (slice, base, width) in found.into_iter().flatten() {
            first.resize(slice + 1, segments.len() as u32);
            segments.push(Segment { start, base });
            start += width;
        }
        first.resize(count + 1, segments.len() as u32);
        segments.push(Segment { start, base: 0 });
        let mut matrix = Self {
            first,
            segments,
            columns: vec![[0; LANES]; start],
            values: vec![[0.0; LANES]; start],
            long: Vec::new(),
            ncols,
        };
        let place = |&j: &u32| columns.places[j as usize];
        let rest = |(at, &row): (usize, &u32)| {
            let js = a.row(row as usize).0.get(WIDEST..).filter(|js| !js.is_empty())?;
            let columns = js.iter().map(place).collect();
            Some(LongRow { place: at, columns, values: vec![0.0; js.len()] })
        };
        matrix.long = rows.rows.iter().enumerate().filter_map(rest).collect();
        let Self { first, segments, columns, .. } = &mut matrix;
        each_slice(first, segments, columns, |slice, segment, to| {
            let lanes = Lanes::new(a, orders, slice);
            each_entry(&lanes, segment.base, |k, lane, j, _| to[k][lane] = j);
        });
        matrix.set_values(a, orders, scale);
        matrix
    }

    /// Takes the values of `scale` A, which has the pattern of the matrix it was made from.
    pub fn set_values<T: Copy + Sync + Into<f64>>(
        &mut self,
        a: View<T>,
        orders: [&Order; 2],
        scale: f64,
    ) {
        let narrow = |v: T| (scale * v.into()) as f32;
        each_slice(&self.first, &self.segments, &mut self.values, |slice, segment, to| {
            let lanes = Lanes::new(a, orders, slice);
            if self.first[slice + 1] - self.first[slice] == 1 {
                // All entries of these rows are here: no need to look at their columns.
                for (lane, &i) in lanes.rows.iter().enumerate() {
                    to.iter_mut()
                        .zip(a.row(i as usize).1)
                        .for_each(|(to, &v)| to[lane] = narrow(v));
                }
                return;
            }
            each_entry(&lanes, segment.base, |k, lane, _, v| to[k][lane] = narrow(v));
        });
        for long in &mut self.long {
            let values = &a.row(orders[0].rows[long.place] as usize).1[WIDEST..];
            long.values.iter_mut().zip(values).for_each(|(to, &v)| *to = narrow(v));
        }
    }

    /// Number of rows, a multiple of [`LANES`].
    pub fn nrows(&self) -> usize {
        LANES * (self.first.len() - 1)
    }

    /// Stored entries, fill included.
    pub fn entries(&self) -> usize {
        let long: usize = self.long.iter().map(|long| long.values.len()).sum();
        LANES * self.values.len() + long
    }

    /// Bytes that a product reads.
    pub fn bytes(&self) -> usize {
        let long: usize = self.long.iter().map(|long| long.values.len()).sum();
        6 * LANES * self.values.len() + 8 * long + 16 * self.segments.len() + 4 * self.first.len()
    }

    /// A x in the rows of one slice; `x` has [`room`].
    #[inline(always)]
    pub fn slice(&self, slice: usize, x: &[f32]) -> [f32; LANES] {
        let segments = &self.segments[self.first[slice] as usize..=self.first[slice + 1] as usize];
        let mut sums = [0.0; LANES];
        for pair in segments.windows(2) {
            let base = pair[0].base as usize;
            let (Some(x), range) = (x[base..].first_chunk::<REACH>(), pair[0].start..pair[1].start)
            else {
                unreachable!("vectors have room")
            };
            let (columns, values) = (&self.columns[range.clone()], &self.values[range]);
            for (j, v) in columns.iter().zip(values) {
                for lane in 0..LANES {
                    sums[lane] += v[lane] * x[j[lane] as usize];
                }
            }
        }
        if !self.long.is_empty() {
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

/// f(k, lane, column from `base` on, value) for the entries of each lane that are within reach; they
/// are counted by k.
#[inline(always)]
fn each_entry<T: Copy>(lanes: &Lanes<T>, base: u32, mut f: impl FnMut(usize, usize, u16, T)) {
    for lane in 0..LANES {
        let near = lanes
            .row(lane)
            .filter_map(|(j, v)| Some((u16::try_from(j.checked_sub(base as usize)?).ok()?, v)));
        near.enumerate().for_each(|(k, (j, v))| f(k, lane, j, v));
    }
}

/// f(slice, segment, its part of `array`) for all segments, in parallel.
fn each_slice<E: Send>(
    first: &[u32],
    segments: &[Segment],
    array: &mut [[E; LANES]],
    f: impl Fn(usize, Segment, &mut [[E; LANES]]) + Sync,
) {
    let (mut tasks, mut rest) = (Vec::new(), array);
    let start = |slice: usize| segments[first[slice] as usize].start;
    for from in (0..first.len() - 1).step_by(SLICES) {
        let to = (from + SLICES).min(first.len() - 1);
        let (here, later) = rest.split_at_mut(start(to) - start(from));
        tasks.push((from..to, here));
        rest = later;
    }
    tasks.into_par_iter().for_each(|(slices, mut array)| {
        for slice in slices {
            let here = &segments[first[slice] as usize..=first[slice + 1] as usize];
            for pair in here.windows(2) {
                let (here, later) = array.split_at_mut(pair[1].start - pair[0].start);
                f(slice, pair[0], here);
                array = later;
            }
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
        narrow.resize(room(sliced.ncols), 0.0);
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
    fn columns_far_apart_are_in_several_segments() {
        // Each row has entries in all of four segments, and neighbours do not have them in the same.
        let (mut start, mut columns, n) = (vec![0], vec![], 64);
        for i in 0..n {
            let near = (0..5).map(|k| (i / 3) * 4000 + k);
            columns.extend(near.chain([150_000, 150_001 + i, 299_990 + i % 4]));
            start.push(columns.len());
        }
        let values = (0..columns.len()).map(|k| (k % 7) as f64 - 3.0).collect();
        let a = Csr::new(start, columns, values, 300_000).unwrap();
        let sliced = agrees_with_compressed_rows(&a);
        assert!(sliced.segments.len() > 3 * 8 && sliced.entries() <= 2 * a.nnz());
    }

    #[test]
    fn new_values_replace_the_old() {
        let mut a = ragged(300, 100_000, |i| if i == 5 { 300 } else { i % 6 });
        let (rows, all) = (Order::by_length(View::scalar(&a)), Order::natural(100_000));
        let mut sliced = Sliced::new(View::scalar(&a), [&rows, &all], 1.0);
        a.values_mut().iter_mut().for_each(|v| *v = 2.0 * *v + 1.0);
        sliced.set_values(View::scalar(&a), [&rows, &all], 0.5);
        let fresh = Sliced::new(View::scalar(&a), [&rows, &all], 0.5);
        assert_eq!((sliced.values, sliced.columns), (fresh.values, fresh.columns));
        assert_eq!(sliced.long[0].values, fresh.long[0].values);
    }
}
