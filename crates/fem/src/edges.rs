//! A matrix whose rows add up to zero, from the entries of its edges.
//!
//! A block of rows first adds up what lies right of the diagonal, each edge once. What lies left of it is the same
//! numbers, in the order of the rows that they come from, and the diagonal is what makes the row's sum zero.

use crate::rows::Rows;
use crate::tetrahedra::{Tetrahedra, Tetrahedron};
use std::ops::Range;

/// Entries of a row that are brought into order by looking at all of them at once.
const SHORT: usize = 16;

/// Adds up the entries of some rows; holds the arrays that this needs.
#[derive(Default)]
pub(crate) struct Sums {
    elements: Vec<Tetrahedron>,
    /// For each row, and for each of the first three unknowns of an element, where the elements begin in which it is the
    /// row's, and these. The last unknown has no entries right of the diagonal.
    starts: Vec<u32>,
    incident: Vec<u32>,
    /// For each unknown its place in the row in hand, counted on from row to row, so that what is left from rows
    /// before is smaller.
    marks: Vec<u32>,
    before: u32,
    /// The row in hand, in the order in which its entries were met.
    columns: Vec<u32>,
    values: Vec<f64>,
}

/// Of some rows all that lies right of the diagonal.
pub(crate) struct Upper {
    /// Where each row ends.
    ends: Vec<u32>,
    /// Rising in each row; prescribed unknowns, which are not among the columns of the matrix, come last.
    columns: Vec<u32>,
    values: Vec<f64>,
    /// What lies in the columns of later blocks: column, row, value.
    pub(crate) leaving: Vec<Entry>,
}

/// Row, column, value.
pub(crate) type Entry = (u32, u32, f64);

impl Sums {
    pub(crate) fn new(unknowns: usize) -> Self {
        Sums { marks: vec![0; unknowns], before: 1, ..Sums::default() }
    }

    /// The rows in `range` from the elements that meet them; `free` unknowns are columns.
    pub(crate) fn upper(
        &mut self,
        lists: &[(&Tetrahedra<'_>, &[u32])],
        range: Range<u32>,
        free: u32,
    ) -> Upper {
        self.elements.clear();
        lists.iter().for_each(|(tetrahedra, list)| tetrahedra.add_to(list, &mut self.elements));
        self.meet(&range);
        let guess = 8 * range.len();
        let mut upper = Upper {
            ends: Vec::with_capacity(range.len()),
            columns: Vec::with_capacity(guess),
            values: Vec::with_capacity(guess),
            leaving: Vec::with_capacity(range.len()),
        };
        if self.before > u32::MAX / 2 {
            self.marks.fill(0);
            self.before = 1;
        }
        for (row, number) in range.clone().enumerate() {
            let count = self.add(row, number);
            let begin = upper.columns.len();
            upper.columns.resize(begin + count, 0);
            upper.values.resize(begin + count, 0.0);
            let sorted = (&mut upper.columns[begin..], &mut upper.values[begin..]);
            sort((&self.columns[..count], &self.values[..count]), sorted);
            for (&column, &value) in upper.columns[begin..].iter().zip(&upper.values[begin..]) {
                if column >= range.end && column < free {
                    upper.leaving.push((column, number, value));
                }
            }
            upper.ends.push(upper.columns.len() as u32);
        }
        upper
    }

    /// Finds the elements of each row.
    fn meet(&mut self, range: &Range<u32>) {
        let Sums { elements, starts, incident, .. } = self;
        let count = 3 * range.len();
        starts.clear();
        starts.resize(count + 1, 0);
        for element in &*elements {
            each_place(element, range, |at| starts[at + 1] += 1);
        }
        for at in 0..count {
            starts[at + 1] += starts[at];
        }
        incident.clear();
        incident.resize(starts[count] as usize, 0);
        for (number, element) in (0..).zip(&*elements) {
            each_place(element, range, |at| {
                incident[starts[at] as usize] = number;
                starts[at] += 1;
            });
        }
        // Each start has become its end, which is where the next begins.
        starts.rotate_right(1);
        starts[0] = 0;
    }

    /// Adds up a row; how many entries it has.
    fn add(&mut self, row: usize, number: u32) -> usize {
        let Sums { elements, starts, incident, marks, before, columns, values } = self;
        let starts = &starts[3 * row..][..4];
        // Three entries of each element, and no more than there are unknowns.
        let most = marks.len() + 1;
        let room = most.min(3 * (starts[3] - starts[0]) as usize + 1);
        if columns.len() < room {
            columns.resize(most.min(2 * room), 0);
            values.resize(most.min(2 * room), 0.0);
        }
        let mut count = 0;
        let mut put = |column: u32, value: f64| {
            // Nodes that share an unknown: their edge is none.
            if column == number {
                return;
            }
            // Without branches, which nobody could guess.
            let mark = &mut marks[column as usize];
            let is_new = *mark < *before;
            let place = if is_new { count } else { *mark - *before };
            *mark = place + *before;
            count += u32::from(is_new);
            let place = place as usize;
            columns[place] = column;
            values[place] = if is_new { 0.0 } else { values[place] } + value;
        };
        let of = |place: usize| {
            let range = starts[place] as usize..starts[place + 1] as usize;
            incident[range].iter().map(|&number| &elements[number as usize])
        };
        for Tetrahedron { unknowns: [_, b, c, d], entries } in of(0) {
            put(*b, entries[0]);
            put(*c, entries[1]);
            put(*d, entries[2]);
        }
        for Tetrahedron { unknowns: [_, _, c, d], entries } in of(1) {
            put(*c, entries[3]);
            put(*d, entries[4]);
        }
        for Tetrahedron { unknowns: [.., d], entries } in of(2) {
            put(*d, entries[5]);
        }
        *before += count;
        count as usize
    }
}

/// Calls `visit` with three times the row in `range` of each of the first three unknowns, plus its place among these.
/// An element of one unknown alone has no edges.
#[inline(always)]
fn each_place(element: &Tetrahedron, range: &Range<u32>, mut visit: impl FnMut(usize)) {
    if element.unknowns[0] == element.unknowns[3] {
        return;
    }
    for (place, unknown) in element.unknowns[..3].iter().enumerate() {
        let row = unknown.wrapping_sub(range.start) as usize;
        if row < range.len() {
            visit(3 * row + place);
        }
    }
}

/// Brings the entries of a row into the order of its columns.
fn sort((columns, values): (&[u32], &[f64]), (to, of): (&mut [u32], &mut [f64])) {
    let count = columns.len();
    if count > SHORT {
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_unstable_by_key(|&k| columns[k]);
        for (k, (to, of)) in order.into_iter().zip(to.iter_mut().zip(of)) {
            (*to, *of) = (columns[k], values[k]);
        }
        return;
    }
    // The place of each is the number of those before it.
    let mut all = [u32::MAX; SHORT];
    all[..count].copy_from_slice(columns);
    let mut places = [0_u32; SHORT];
    for other in columns {
        for (place, column) in places.iter_mut().zip(&all) {
            *place += u32::from(other < column);
        }
    }
    for ((&place, &column), &value) in places.iter().zip(columns).zip(values) {
        (to[place as usize], of[place as usize]) = (column, value);
    }
}

impl Upper {
    /// The rows in `range`, which these are the right part of; `left` is what blocks before have for them, those of
    /// the same row in the order of columns.
    pub(crate) fn rows(&self, left: &[Entry], range: Range<u32>, free: u32) -> Rows {
        let count = range.len();
        let (mut lengths, mut diagonal) = (vec![1_u32; count], vec![0.0; count]);
        let local = |row: u32| (row - range.start) as usize;
        left.iter().for_each(|&(row, ..)| lengths[local(row)] += 1);
        let begins = || std::iter::once(&0).chain(&self.ends);
        let each_row =
            || begins().zip(&self.ends).map(|(&a, &b)| a as usize..b as usize).enumerate();
        for (row, own) in each_row() {
            for &column in self.columns[own].iter().filter(|column| **column < free) {
                lengths[row] += 1;
                if column < range.end {
                    lengths[local(column)] += 1;
                }
            }
        }
        // Where the next entry of each row goes.
        let mut next = Vec::with_capacity(count);
        let mut total = 0;
        for length in &lengths {
            next.push(total);
            total += *length as usize;
        }
        let (mut columns, mut values) = (vec![0; total], vec![0.0; total]);
        let mut put = |place: &mut usize, column: u32, value: f64| {
            (columns[*place], values[*place]) = (column, value);
            *place += 1;
        };
        for &(row, column, value) in left {
            let row = local(row);
            put(&mut next[row], column, value);
            diagonal[row] -= value;
        }
        for (row, own) in each_row() {
            let number = range.start + row as u32;
            let (own_columns, own_values) = (&self.columns[own.clone()], &self.values[own]);
            let sum: f64 = own_values.iter().sum();
            put(&mut next[row], number, diagonal[row] - sum);
            for (&column, &value) in own_columns.iter().zip(own_values) {
                if column >= free {
                    continue;
                }
                put(&mut next[row], column, value);
                if column < range.end {
                    let other = local(column);
                    put(&mut next[other], number, value);
                    diagonal[other] -= value;
                }
            }
        }
        Rows { columns, values, lengths }
    }
}
