//! From rows of entries to slices.

use super::blocks::View;
use super::lanes::{Lanes, Near, ends};
use super::order::{Order, WINDOW};
use super::sliced::{LANES, LongRow, SLICES, Segment, Sliced, Values, WIDEST, rest_of};
use crate::Csr;
use rayon::prelude::*;
use std::ops::Range;

impl Sliced {
    /// `scale` A for a matrix with blocks 1 x 1, with its rows and columns in these orders.
    pub fn new<T: Copy + Sync + Into<f64>>(a: View<T>, orders: [&Order; 2], scale: f64) -> Self {
        let mut matrix = Self::without_entries(a, orders, false);
        let narrow = |v: f64| (scale * v) as f32;
        let all = 0..matrix.slices();
        let mut columns = std::mem::take(&mut matrix.columns);
        let mut values = vec![[0.0; LANES]; columns.len()];
        let parts = matrix.parts(&all, &mut columns).into_par_iter();
        let parts = parts.zip(matrix.parts(&all, &mut values));
        parts.zip(tasks(&all)).for_each(|((columns, values), slices)| {
            matrix.each_place(a, orders, slices, |at, js, vs| {
                (columns[at], values[at]) = (js, vs.map(narrow));
            });
        });
        let long = matrix.long_values(a, orders[0], narrow);
        (matrix.columns, matrix.values) = (columns, Values { slices: values, long });
        matrix
    }

    /// A matrix with room for the entries of `a` in its slices, which are still to be filled; `rise` when the
    /// columns of its rows do.
    fn without_entries<T: Copy + Sync>(a: View<T>, orders: [&Order; 2], rise: bool) -> Self {
        let [rows, columns] = orders;
        let ncols = columns.len().next_multiple_of(LANES);
        let count = rows.len().div_ceil(LANES);
        let found: Vec<Vec<(usize, u32, usize)>> = tasks(&(0..count))
            .into_par_iter()
            .map(|slices| {
                let (mut found, mut places) = (Vec::with_capacity(SLICES), Vec::new());
                let own = rows_of(rows, &slices);
                // In the order of the matrix, see `fetch`.
                let all = all_between(own);
                let of_row = |i: usize| ends(a.row(i).0, rise);
                let ends: Vec<[u32; 2]> = all.clone().map(of_row).collect();
                for (slice, own) in slices.zip(own.chunks(LANES)) {
                    let own = own.iter().map(|&i| ends[i as usize - all.start]);
                    let ends = own.fold([u32::MAX, 0], |[first, last], [low, high]| {
                        [first.min(low), last.max(high)]
                    });
                    let found = |base, width| found.push((slice, base, width));
                    Lanes::new(a, rows, slice).each_segment(columns, ends, &mut places, found);
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
        if a.start.windows(2).any(|ends| ends[1] - ends[0] > WIDEST) {
            matrix.long = rows.rows.iter().enumerate().filter_map(rest).collect();
        }
        matrix
    }

    /// `scale` A, and what single precision leaves of its values. A is given up piece by piece, from its
    /// end, so that it takes hardly more memory than before.
    pub fn in_two(mut a: Csr, order: &Order, scale: f64) -> (Self, Values) {
        /// Slices per piece: windows of the order, so that no piece has rows in another one.
        const PIECE: usize = 64 * WINDOW / LANES;
        let narrow = |v: f64| (scale * v) as f32;
        let narrow_rest = |v: f64| rest_of(scale * v);
        let mut near = Self::without_entries(View::scalar(&a), [order; 2], true);
        let mut columns = std::mem::take(&mut near.columns);
        let zeros = || vec![[0.0; LANES]; columns.len()];
        let view = View::scalar(&a);
        let mut values = Values { slices: zeros(), long: near.long_values(view, order, narrow) };
        let mut rest = Values { slices: zeros(), long: near.long_values(view, order, narrow_rest) };
        for from in (0..near.slices()).step_by(PIECE).rev() {
            let piece = from..near.slices().min(from + PIECE);
            let view = View::scalar(&a);
            let parts = near.parts(&piece, &mut columns).into_par_iter();
            let parts = parts.zip(near.parts(&piece, &mut values.slices));
            let parts = parts.zip(near.parts(&piece, &mut rest.slices));
            parts.zip(tasks(&piece)).for_each(|(((columns, values), rest), slices)| {
                near.each_place(view, [order; 2], slices, |at, js, vs| {
                    (columns[at], values[at]) = (js, vs.map(narrow));
                    rest[at] = vs.map(narrow_rest);
                });
            });
            a.keep_rows(from * LANES);
        }
        (near.columns, near.values) = (columns, values);
        (near, rest)
    }

    /// Takes the values of `scale` A, which has the pattern of the matrix it was made from.
    pub fn set_values<T: Copy + Sync + Into<f64>>(
        &mut self,
        a: View<T>,
        orders: [&Order; 2],
        scale: f64,
    ) {
        let narrow = |v: f64| (scale * v) as f32;
        let mut values = std::mem::take(&mut self.values);
        let all = 0..self.slices();
        let parts = self.parts(&all, &mut values.slices).into_par_iter();
        parts.zip(tasks(&all)).for_each(|(values, slices)| {
            self.each_place(a, orders, slices, |at, _, vs| values[at] = vs.map(narrow));
        });
        values.long = self.long_values(a, orders[0], narrow);
        self.values = values;
    }

    /// Number of slices.
    fn slices(&self) -> usize {
        self.first.len() - 1
    }

    /// Where the entries of a slice begin.
    fn start(&self, slice: usize) -> usize {
        self.segments[self.first[slice] as usize].start
    }

    /// The parts of an array of entries that belong to the [`tasks`] of these slices.
    fn parts<'e, E>(
        &self,
        slices: &Range<usize>,
        array: &'e mut [[E; LANES]],
    ) -> Vec<&'e mut [[E; LANES]]> {
        let mut rest = &mut array[self.start(slices.start)..self.start(slices.end)];
        let part = |task: Range<usize>| {
            let length = self.start(task.end) - self.start(task.start);
            let (part, later) = std::mem::take(&mut rest).split_at_mut(length);
            rest = later;
            part
        };
        tasks(slices).into_iter().map(part).collect()
    }

    /// Calls `f` with each place of these slices, counted from the first one on, see [`Lanes::each_place`].
    #[inline(always)]
    fn each_place<T: Copy + Into<f64>>(
        &self,
        a: View<T>,
        [rows, columns]: [&Order; 2],
        slices: Range<usize>,
        mut f: impl FnMut(usize, [u16; LANES], [f64; LANES]),
    ) {
        let (start, mut near) = (self.start(slices.start), Near::default());
        for first in slices.clone().step_by(WINDOW / LANES) {
            let slices = first..slices.end.min(first + WINDOW / LANES);
            fetch(a, rows_of(rows, &slices));
            for slice in slices {
                let segments = self.first[slice] as usize..=self.first[slice + 1] as usize;
                Lanes::new(a, rows, slice).each_place(
                    &self.segments[segments],
                    &columns.places,
                    &mut near,
                    |at, js, vs| f(at - start, js, vs),
                );
            }
        }
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
}

/// The rows of these slices.
fn rows_of<'a>(rows: &'a Order, slices: &Range<usize>) -> &'a [u32] {
    &rows.rows[slices.start * LANES..rows.len().min(slices.end * LANES)]
}

/// From the first to the last of some rows.
fn all_between(rows: &[u32]) -> Range<usize> {
    let (low, high) = (rows.iter().min(), rows.iter().max());
    low.zip(high).map_or(0..0, |(&low, &high)| low as usize..high as usize + 1)
}

/// Brings the rows of a window near, one after the other: processors read ahead of that, but not where rows are taken
/// by their length, and each would be waited for.
fn fetch<T: Copy>(a: View<T>, window: &[u32]) {
    /// Bytes that come at once.
    const LINE: usize = 64;
    let rows = all_between(window);
    let entries = a.start[rows.start]..a.start[rows.end];
    for &column in a.columns[entries.clone()].iter().step_by(LINE / size_of::<u32>()) {
        std::hint::black_box(column);
    }
    for &value in a.values[entries].iter().step_by(LINE / size_of::<T>()) {
        std::hint::black_box(value);
    }
}

/// Slices in pieces of [`SLICES`].
fn tasks(slices: &Range<usize>) -> Vec<Range<usize>> {
    let task = |from: usize| from..slices.end.min(from + SLICES);
    slices.clone().step_by(SLICES).map(task).collect()
}
