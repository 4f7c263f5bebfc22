//! From rows of entries to slices.

use super::blocks::View;
use super::order::{Order, WINDOW};
use super::sliced::{LANES, LongRow, REACH, SLICES, Segment, Sliced, Values, WIDEST, rest_of};
use crate::Csr;
use rayon::prelude::*;
use std::ops::Range;

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

    /// Calls `f` with the base and the width of each segment of this slice; `rise` when the columns of a row do.
    fn each_segment(&self, rise: bool, mut f: impl FnMut(u32, usize)) {
        let (mut first, mut last, mut longest) = (u32::MAX, 0, 0);
        for &i in self.rows {
            let columns = self.a.row(i as usize).0;
            let columns = &columns[..columns.len().min(WIDEST)];
            longest = longest.max(columns.len());
            if let (true, [low, .., high]) = (rise, columns) {
                (first, last) = (first.min(*low), last.max(*high));
                continue;
            }
            // One after the other, which the compiler does several at a time.
            first = columns.iter().fold(first, |first, &j| first.min(j));
            last = columns.iter().fold(last, |last, &j| last.max(j));
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

/// Entries of a row that are one behind the other in its lane.
struct Run<'a, T> {
    /// Where the first one is, and in which lane.
    at: usize,
    lane: usize,
    /// What the places of columns are counted from, and these places.
    base: u32,
    places: &'a [u32],
    columns: &'a [u32],
    values: &'a [T],
}

impl<T: Copy> Run<'_, T> {
    /// Each column, counted from the base of its segment on, and its value.
    #[inline(always)]
    fn entries(&self) -> impl Iterator<Item = (u16, T)> {
        let near = |&j: &u32| (self.places[j as usize] - self.base) as u16;
        self.columns.iter().map(near).zip(self.values.iter().copied())
    }
}

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
            matrix.each_run(a, orders, slices, |run| {
                let to = columns[run.at..].iter_mut().zip(&mut values[run.at..]);
                to.zip(run.entries()).for_each(|((column, value), (j, v))| {
                    column[run.lane] = j;
                    value[run.lane] = narrow(v.into());
                });
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
                let mut found = Vec::with_capacity(SLICES);
                for slice in slices {
                    let lanes = Lanes::new(a, orders, slice);
                    lanes.each_segment(rise, |base, width| found.push((slice, base, width)));
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
                near.each_run(view, [order; 2], slices, |run| {
                    let to = columns[run.at..].iter_mut().zip(&mut values[run.at..]);
                    let to = to.zip(&mut rest[run.at..]);
                    to.zip(run.entries()).for_each(|(((column, value), rest), (j, v))| {
                        column[run.lane] = j;
                        value[run.lane] = narrow(v);
                        rest[run.lane] = narrow_rest(v);
                    });
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
            self.each_run(a, orders, slices, |run| {
                let to = values[run.at..].iter_mut();
                to.zip(run.values).for_each(|(to, &v)| to[run.lane] = narrow(v.into()));
            });
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

    /// Calls `f` with the entries of these slices, where they are counted from the first one.
    #[inline(always)]
    fn each_run<T: Copy>(
        &self,
        a: View<T>,
        orders: [&Order; 2],
        slices: Range<usize>,
        mut f: impl FnMut(Run<T>),
    ) {
        let places = &orders[1].places[..];
        let start = self.start(slices.start);
        for slice in slices {
            let rows = &orders[0].rows[slice * LANES..];
            let segments = self.first[slice] as usize..self.first[slice + 1] as usize;
            let is_one = segments.len() == 1;
            for &Segment { start: at, base } in &self.segments[segments] {
                for (lane, &i) in rows.iter().take(LANES).enumerate() {
                    let (columns, values) = a.row(i as usize);
                    let kept = columns.len().min(WIDEST);
                    let (columns, values) = (&columns[..kept], &values[..kept]);
                    let at = at - start;
                    if is_one {
                        f(Run { at, lane, base, places, columns, values });
                        continue;
                    }
                    let reach = base..=base.saturating_add(REACH as u32 - 1);
                    let is_near = |k: &usize| reach.contains(&places[columns[*k] as usize]);
                    for (at, k) in (at..).zip((0..kept).filter(is_near)) {
                        let (columns, values) = (&columns[k..=k], &values[k..=k]);
                        f(Run { at, lane, base, places, columns, values });
                    }
                }
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

/// Slices in pieces of [`SLICES`].
fn tasks(slices: &Range<usize>) -> Vec<Range<usize>> {
    let task = |from: usize| from..slices.end.min(from + SLICES);
    slices.clone().step_by(SLICES).map(task).collect()
}
