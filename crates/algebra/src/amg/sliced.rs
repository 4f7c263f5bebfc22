//! Sparse matrices of numbers whose rows are multiplied several at a time.

use super::blocks::View;
use super::order::{Order, WINDOW};
use crate::Csr;
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
    values: Values,
    /// Rows longer than [`WIDEST`].
    long: Vec<LongRow>,
    /// Number of columns, a multiple of [`LANES`].
    pub ncols: usize,
}

/// Numbers at the places of the entries of a [`Sliced`].
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Values {
    slices: Vec<[f32; LANES]>,
    /// What each long row has beyond its slice.
    long: Vec<Vec<f32>>,
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
}

/// The rows of a slice: columns by place, without what is beyond [`WIDEST`].
struct Lanes<'a, T> {
    a: View<'a, T>,
    rows: &'a [u32],
    order: &'a Order,
}

impl<'a, T: Copy> Lanes<'a, T> {
    fn new(a: View<'a, T>, [rows, columns]: [&'a Order; 2], slice: usize) -> Self {
        let rows = &rows.rows[slice * LANES..];
        Lanes { a, rows: &rows[..rows.len().min(LANES)], order: columns }
    }

    fn row(&self, lane: usize) -> impl Iterator<Item = (usize, T)> + '_ {
        let row = self.rows.get(lane).map(|&i| self.a.row(i as usize));
        let (columns, values) = row.unwrap_or((&[], &[]));
        let entries = columns.iter().zip(values).take(WIDEST);
        entries.map(|(&j, &v)| (self.order.places[j as usize] as usize, v))
    }

    fn columns(&self) -> impl Iterator<Item = usize> + '_ {
        (0..LANES).flat_map(|lane| self.row(lane).map(|(j, _)| j))
    }

    /// Calls `f` with the base and the width of each segment of this slice.
    fn each_segment(&self, mut f: impl FnMut(u32, usize)) {
        let (mut first, mut last, mut longest) = (u32::MAX, 0, 0);
        for &i in self.rows {
            let columns = self.a.row(i as usize).0;
            let columns = &columns[..columns.len().min(WIDEST)];
            longest = longest.max(columns.len());
            columns.iter().for_each(|&j| (first, last) = (first.min(j), last.max(j)));
        }
        if longest == 0 {
            return;
        }
        let known = self.order.bounds(first, last).filter(|(low, high)| high - low < REACH);
        let (low, high) = known.unwrap_or_else(|| {
            let bounds = (usize::MAX, 0);
            self.columns().fold(bounds, |(low, high), j| (low.min(j), high.max(j)))
        });
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
        let mut matrix = Self::without_entries(a, orders);
        let Self { first, segments, columns, .. } = &mut matrix;
        each_slice(first, segments, columns, |slice, segment, to| {
            fill_columns(&Lanes::new(a, orders, slice), segment.base, to);
        });
        matrix.set_values(a, orders, scale);
        matrix
    }

    /// A matrix with room for the entries of `a` in its slices, which are still to be filled.
    fn without_entries<T: Copy + Sync>(a: View<T>, orders: [&Order; 2]) -> Self {
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
            values: Values::default(),
            long: Vec::new(),
            ncols,
        };
        let place = |&j: &u32| columns.places[j as usize];
        let rest = |(at, &row): (usize, &u32)| {
            let js = a.row(row as usize).0.get(WIDEST..).filter(|js| !js.is_empty())?;
            let columns = js.iter().map(place).collect();
            Some(LongRow { place: at, columns })
        };
        matrix.long = rows.rows.iter().enumerate().filter_map(rest).collect();
        matrix
    }

    /// `scale` A, and what single precision leaves of its values. A is given up piece by piece, from its
    /// end, so that it takes hardly more memory than before.
    pub fn in_two(mut a: Csr, order: &Order, scale: f64) -> (Self, Values) {
        let narrow = |v: f64| (scale * v) as f32;
        let narrow_rest = |v: f64| rest_of(scale * v);
        let mut near = Self::without_entries(View::scalar(&a), [order; 2]);
        let mut columns = std::mem::take(&mut near.columns);
        let zeros = || vec![[0.0; LANES]; columns.len()];
        let view = View::scalar(&a);
        let mut values = Values { slices: zeros(), long: near.long_values(view, order, narrow) };
        let mut rest = Values { slices: zeros(), long: near.long_values(view, order, narrow_rest) };
        for (from, to) in near.pieces_from_end() {
            let view = View::scalar(&a);
            let range = near.segment(from).start..near.segment(to).start;
            let (first, segments) = (&near.first[from..=to], &near.segments);
            each_slice(first, segments, &mut columns[range.clone()], |slice, segment, to| {
                fill_columns(&Lanes::new(view, [order; 2], from + slice), segment.base, to);
            });
            each_slice(first, segments, &mut values.slices[range.clone()], |slice, segment, to| {
                near.fill_segment(view, [order; 2], from + slice, segment, to, narrow);
            });
            each_slice(first, segments, &mut rest.slices[range], |slice, segment, to| {
                near.fill_segment(view, [order; 2], from + slice, segment, to, narrow_rest);
            });
            a.keep_rows(from * LANES);
        }
        (near.columns, near.values) = (columns, values);
        (near, rest)
    }

    /// Slices from one on and up to another, the last of all first, in pieces of which none has rows in
    /// another one.
    fn pieces_from_end(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        /// Windows of an order per piece.
        const WINDOWS: usize = 64;
        let (count, piece) = (self.first.len() - 1, WINDOWS * WINDOW / LANES);
        (0..count).step_by(piece).rev().map(move |from| (from, count.min(from + piece)))
    }

    /// Takes the values of `scale` A, which has the pattern of the matrix it was made from.
    pub fn set_values<T: Copy + Sync + Into<f64>>(
        &mut self,
        a: View<T>,
        orders: [&Order; 2],
        scale: f64,
    ) {
        let mut values = std::mem::take(&mut self.values);
        self.fill(&mut values, a, orders, |v| (scale * v) as f32);
        self.values = values;
    }

    /// What single precision leaves of the values of `scale` A, which this matrix was made from. A is given up
    /// piece by piece, from its end, so that never both are there as a whole.
    pub fn rest(&self, mut a: Csr, order: &Order, scale: f64) -> Values {
        let narrow = |v: f64| rest_of(scale * v);
        let long = self.long_values(View::scalar(&a), order, narrow);
        let mut slices = vec![[0.0; LANES]; self.columns.len()];
        for (from, to) in self.pieces_from_end() {
            let (view, start) = (View::scalar(&a), |slice: usize| self.segment(slice).start);
            let slices = &mut slices[start(from)..start(to)];
            each_slice(&self.first[from..=to], &self.segments, slices, |slice, segment, to| {
                self.fill_segment(view, [order; 2], from + slice, segment, to, narrow);
            });
            a.keep_rows(from * LANES);
        }
        Values { slices, long }
    }

    fn segment(&self, slice: usize) -> Segment {
        self.segments[self.first[slice] as usize]
    }

    /// `narrow` of all values of A.
    fn fill<T: Copy + Sync + Into<f64>>(
        &self,
        values: &mut Values,
        a: View<T>,
        orders: [&Order; 2],
        narrow: impl Fn(f64) -> f32 + Sync,
    ) {
        values.slices.resize(self.columns.len(), [0.0; LANES]);
        each_slice(&self.first, &self.segments, &mut values.slices, |slice, segment, to| {
            self.fill_segment(a, orders, slice, segment, to, &narrow);
        });
        values.long = self.long_values(a, orders[0], &narrow);
    }

    /// `narrow` of the values of A in one segment.
    #[inline(always)]
    fn fill_segment<T: Copy + Into<f64>>(
        &self,
        a: View<T>,
        orders: [&Order; 2],
        slice: usize,
        segment: Segment,
        to: &mut [[f32; LANES]],
        narrow: impl Fn(f64) -> f32,
    ) {
        let lanes = Lanes::new(a, orders, slice);
        if self.first[slice + 1] - self.first[slice] == 1 {
            // All entries of these rows are here: no need to look at their columns.
            for (lane, &i) in lanes.rows.iter().enumerate() {
                let values = to.iter_mut().zip(a.row(i as usize).1);
                values.for_each(|(to, &v)| to[lane] = narrow(v.into()));
            }
            return;
        }
        each_entry(&lanes, segment.base, |k, lane, _, v| to[k][lane] = narrow(v.into()));
    }

    /// `narrow` of what the long rows of A have beyond their slices.
    fn long_values<T: Copy + Into<f64>>(
        &self,
        a: View<T>,
        rows: &Order,
        narrow: impl Fn(f64) -> f32,
    ) -> Vec<Vec<f32>> {
        let values = |long: &LongRow| &a.row(rows.rows[long.place] as usize).1[WIDEST..];
        let row = |long| values(long).iter().map(|&v| narrow(v.into())).collect();
        self.long.iter().map(row).collect()
    }

    /// Takes the values of one row of `scale` A, and puts what single precision leaves of them into `rest`.
    /// `columns` are the places of the columns.
    pub fn set_row(
        &mut self,
        rest: &mut Values,
        place: usize,
        columns: impl Iterator<Item = usize> + Clone,
        values: &[f64],
        scale: f64,
    ) {
        let (slice, lane) = (place / LANES, place % LANES);
        let near = values.iter().take(WIDEST).map(|v| scale * v);
        for segment in self.first[slice] as usize..self.first[slice + 1] as usize {
            let Segment { start, base } = self.segments[segment];
            let reach = base as usize..base as usize + REACH;
            let within = columns.clone().zip(near.clone()).filter(|(j, _)| reach.contains(j));
            for (k, (_, v)) in within.enumerate() {
                self.values.slices[start + k][lane] = v as f32;
                rest.slices[start + k][lane] = rest_of(v);
            }
        }
        if values.len() > WIDEST
            && let Ok(k) = self.long.binary_search_by_key(&place, |long| long.place)
        {
            for (at, v) in values[WIDEST..].iter().map(|v| scale * v).enumerate() {
                self.values.long[k][at] = v as f32;
                rest.long[k][at] = rest_of(v);
            }
        }
    }

    /// Number of rows, a multiple of [`LANES`].
    pub fn nrows(&self) -> usize {
        LANES * (self.first.len() - 1)
    }

    /// Stored entries, fill included.
    pub fn entries(&self) -> usize {
        LANES * self.columns.len() + self.long_entries()
    }

    fn long_entries(&self) -> usize {
        self.long.iter().map(|long| long.columns.len()).sum()
    }

    /// Bytes that a product reads.
    pub fn bytes(&self) -> usize {
        let pattern = 16 * self.segments.len() + 4 * self.first.len();
        6 * LANES * self.columns.len() + 8 * self.long_entries() + pattern
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
            let (columns, values) = (&self.columns[range.clone()], &self.values.slices[range]);
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
        for (k, long) in self.long_rows(slice) {
            let entries = long.columns.iter().zip(&self.values.long[k]);
            let sum: f64 = entries.map(|(&j, &v)| f64::from(v) * f64::from(x[j as usize])).sum();
            sums[long.place % LANES] += sum as f32;
        }
    }

    /// The long rows of a slice and their numbers.
    fn long_rows(&self, slice: usize) -> impl Iterator<Item = (usize, &LongRow)> {
        let first = self.long.partition_point(|long| long.place < slice * LANES);
        let here = self.long[first..].iter().take_while(move |long| long.place / LANES == slice);
        here.enumerate().map(move |(k, long)| (first + k, long))
    }

    /// The sums over the rows of one slice of `f`(entry, entry of `x`, lane), where entries are the sums of
    /// those here and of `rest`, in double precision; `x` has [`room`]. f(0, ..) must be 0.
    #[inline(always)]
    pub fn wide_slice(
        &self,
        rest: &Values,
        slice: usize,
        x: &[f64],
        f: impl Fn(f64, f64, usize) -> f64,
    ) -> [f64; LANES] {
        let segments = &self.segments[self.first[slice] as usize..=self.first[slice + 1] as usize];
        let mut sums = [0.0; LANES];
        for pair in segments.windows(2) {
            let base = pair[0].base as usize;
            let (Some(x), range) = (x[base..].first_chunk::<REACH>(), pair[0].start..pair[1].start)
            else {
                unreachable!("vectors have room")
            };
            let (columns, values) =
                (&self.columns[range.clone()], &self.values.slices[range.clone()]);
            for ((j, v), w) in columns.iter().zip(values).zip(&rest.slices[range]) {
                for lane in 0..LANES {
                    let entry = f64::from(v[lane]) + f64::from(w[lane]);
                    sums[lane] += f(entry, x[j[lane] as usize], lane);
                }
            }
        }
        if !self.long.is_empty() {
            for (k, long) in self.long_rows(slice) {
                let values = self.values.long[k].iter().zip(&rest.long[k]);
                let lane = long.place % LANES;
                for (&j, (v, w)) in long.columns.iter().zip(values) {
                    sums[lane] += f(f64::from(*v) + f64::from(*w), x[j as usize], lane);
                }
            }
        }
        sums
    }

    /// f(column, entry) for the entries of the row at `place`, which are the sums of those here and of
    /// `rest`, without zeros.
    pub fn each_of_row(&self, rest: &Values, place: usize, mut f: impl FnMut(usize, f64)) {
        let (slice, lane) = (place / LANES, place % LANES);
        let mut put = |j: usize, v: f32, w: f32| {
            if v != 0.0 {
                f(j, f64::from(v) + f64::from(w));
            }
        };
        for segment in self.first[slice] as usize..self.first[slice + 1] as usize {
            let Segment { start, base } = self.segments[segment];
            for k in start..self.segments[segment + 1].start {
                let (v, w) = (self.values.slices[k][lane], rest.slices[k][lane]);
                put(base as usize + self.columns[k][lane] as usize, v, w);
            }
        }
        for (k, long) in self.long_rows(slice).filter(|(_, long)| long.place == place) {
            for (at, &j) in long.columns.iter().enumerate() {
                put(j as usize, self.values.long[k][at], rest.long[k][at]);
            }
        }
    }

    /// Bytes of the numbers of a [`Values`].
    pub fn value_bytes(&self) -> usize {
        4 * self.entries()
    }
}

/// What single precision leaves of `v`.
fn rest_of(v: f64) -> f32 {
    (v - f64::from(v as f32)) as f32
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

/// The columns of a segment of a slice, from `base` on.
#[inline(always)]
fn fill_columns<T: Copy>(lanes: &Lanes<T>, base: u32, to: &mut [[u16; LANES]]) {
    each_entry(lanes, base, |k, lane, j, _| to[k][lane] = j);
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
        back.window = 0;
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
    }
}
