//! Sparse matrices of numbers whose rows are multiplied several at a time.

/// Rows side by side in a slice.
pub(super) const LANES: usize = 8;
/// Slices per task.
pub(super) const SLICES: usize = 128;
/// Entries of a row that are in its slice. What whole-body unknowns have beyond stands apart.
pub(super) const WIDEST: usize = 256;
/// Columns that 16 bits tell apart.
pub(super) const REACH: usize = 1 << 16;

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
    pub(super) first: Vec<u32>,
    pub(super) segments: Vec<Segment>,
    pub(super) columns: Vec<[u16; LANES]>,
    pub(super) values: Values,
    /// Rows longer than [`WIDEST`].
    pub(super) long: Vec<LongRow>,
    /// Number of columns, a multiple of [`LANES`].
    pub ncols: usize,
}

/// Numbers at the places of the entries of a [`Sliced`].
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Values {
    pub(super) slices: Vec<[f32; LANES]>,
    /// What each long row has beyond its slice.
    pub(super) long: Vec<Vec<f32>>,
}

/// The entries of the rows of a slice in [`REACH`] columns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Segment {
    /// Where it begins in `columns` and `values`; it ends where the next one begins.
    pub start: usize,
    /// Its first column.
    pub base: u32,
}

/// What a row has beyond its slice.
#[derive(Clone, Debug)]
pub(super) struct LongRow {
    pub place: usize,
    pub columns: Vec<u32>,
}

impl Sliced {
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
pub(super) fn rest_of(v: f64) -> f32 {
    (v - f64::from(v as f32)) as f32
}

#[cfg(test)]
mod tests {
    use super::super::blocks::View;
    use super::super::order::Order;
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
