//! What lies right of the diagonal in a matrix of edges, each of which is added up once.

use crate::tetrahedra::{Tetrahedra, Tetrahedron};
use algebra::{Wide, with_wide_registers};
use std::ops::Range;

/// Entries of a row that are brought into order by looking at all of them at once.
const SHORT: usize = 16;

/// No element.
const NONE: u32 = u32::MAX;

/// Adds up the entries of some rows; holds the arrays that this needs.
#[derive(Default)]
pub(crate) struct Sums {
    /// Their numbers, and they.
    numbers: Vec<u32>,
    elements: Vec<Tetrahedron>,
    rows: Vec<Incident>,
    /// For each of the first three unknowns of an element the next element in which it has the same place.
    next: Vec<[u32; 3]>,
    /// For each unknown its place in the row in hand, counted on from row to row, so that what is left from rows
    /// before is smaller.
    marks: Vec<u32>,
    before: u32,
    /// The row in hand, in the order in which its entries were met; values behind it are zero.
    columns: Vec<u32>,
    values: Vec<f64>,
}

/// The elements that have entries of a row right of the diagonal.
#[derive(Clone, Copy)]
struct Incident {
    count: u32,
    /// For each of the first three unknowns of an element the first in which it is the row's.
    first: [u32; 3],
}

/// Of some rows all that lies right of the diagonal.
pub(crate) struct Upper {
    pub(crate) range: Range<u32>,
    /// Where each row ends.
    pub(crate) ends: Vec<u32>,
    /// Rising in each row.
    pub(crate) columns: Vec<u32>,
    pub(crate) values: Vec<f64>,
    /// For each row the sum of these and of those of prescribed unknowns, which are no columns of the matrix.
    pub(crate) sums: Vec<f64>,
    /// For each row how many of the others have an entry in its column.
    pub(crate) lower: Vec<u32>,
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
        lists: &[(&Tetrahedra<'_>, &[Range<u32>])],
        range: Range<u32>,
        free: u32,
    ) -> Upper {
        self.elements.clear();
        for (tetrahedra, runs) in lists {
            self.numbers.clear();
            runs.iter().for_each(|run| self.numbers.extend(run.clone()));
            tetrahedra.add_to(&self.numbers, &mut self.elements);
        }
        self.meet(&range);
        if self.before > u32::MAX / 2 {
            self.marks.fill(0);
            self.before = 1;
        }
        with_wide_registers(Added { sums: self, range, free })
    }

    /// Finds the elements of each row, from the last to the first, so that they rise.
    fn meet(&mut self, range: &Range<u32>) {
        let Sums { elements, rows, next, .. } = self;
        rows.clear();
        rows.resize(range.len(), Incident { count: 0, first: [NONE; 3] });
        next.resize(elements.len(), [NONE; 3]);
        for (number, (element, next)) in elements.iter().zip(next).enumerate().rev() {
            let unknowns = &element.unknowns;
            // An element of one unknown alone has no edges.
            if unknowns[0] == unknowns[3] {
                continue;
            }
            for place in 0..3 {
                let row = unknowns[place].wrapping_sub(range.start) as usize;
                if let Some(row) = rows.get_mut(row) {
                    row.count += 1;
                    next[place] = std::mem::replace(&mut row.first[place], number as u32);
                }
            }
        }
    }

    /// Adds up a row; how many entries it has.
    #[inline(always)]
    fn add(&mut self, row: usize, number: u32) -> usize {
        let Sums { elements, rows, next, marks, before, columns, values, .. } = self;
        let Incident { count, first } = rows[row];
        // Three entries of each element, and no more than there are unknowns.
        let room = marks.len().min(3 * count as usize);
        if columns.len() < room {
            columns.resize(2 * room, 0);
            values.resize(2 * room, 0.0);
        }
        let (columns, values) = (&mut columns[..room], &mut values[..room]);
        let (elements, next) = (&elements[..], &next[..elements.len()]);
        let (marks, first_mark) = (&mut marks[..], *before);
        let mut count = 0;
        let mut put = |column: u32, value: f64| {
            // Nodes that share an unknown: their edge is none.
            if column == number {
                return;
            }
            let mark = &mut marks[column as usize];
            // A smaller mark gives a number beyond all, and so the next place: a branch nobody could guess.
            let place = mark.wrapping_sub(first_mark).min(count);
            *mark = first_mark + place;
            count = count.max(place + 1);
            columns[place as usize] = column;
            values[place as usize] += value;
        };
        let each = |place: usize| {
            let at = |number: u32| elements.get(number as usize).zip(next.get(number as usize));
            let follow = move |(_, next): &(_, &[u32; 3])| at(next[place]);
            std::iter::successors(at(first[place]), follow).map(|(element, _)| element)
        };
        for Tetrahedron { unknowns: [_, b, c, d], entries } in each(0) {
            put(*b, entries[0]);
            put(*c, entries[1]);
            put(*d, entries[2]);
        }
        for Tetrahedron { unknowns: [_, _, c, d], entries } in each(1) {
            put(*c, entries[3]);
            put(*d, entries[4]);
        }
        for Tetrahedron { unknowns: [.., d], entries } in each(2) {
            put(*d, entries[5]);
        }
        *before += count;
        count as usize
    }
}

/// Adds up rows.
struct Added<'a> {
    sums: &'a mut Sums,
    range: Range<u32>,
    /// Unknowns that are columns.
    free: u32,
}

impl Wide for Added<'_> {
    type Output = Upper;

    #[inline(always)]
    fn run(self) -> Upper {
        let Added { sums, range, free } = self;
        let (count, guess) = (range.len(), 8 * range.len());
        let mut upper = Upper {
            range: range.clone(),
            ends: Vec::with_capacity(count),
            columns: Vec::with_capacity(guess),
            values: Vec::with_capacity(guess),
            sums: Vec::with_capacity(count),
            lower: vec![0; count],
            leaving: Vec::with_capacity(count),
        };
        for (row, number) in range.clone().enumerate() {
            let count = sums.add(row, number);
            let begin = upper.columns.len();
            upper.take((&sums.columns[..count], &sums.values[..count]));
            sums.values[..count].fill(0.0);
            let (columns, values) = (&upper.columns[begin..], &upper.values[begin..]);
            upper.sums.push(values.iter().sum());
            let mut end = begin;
            for (&column, &value) in columns.iter().zip(values) {
                if column < range.end {
                    upper.lower[(column - range.start) as usize] += 1;
                } else if column < free {
                    upper.leaving.push((column, number, value));
                } else {
                    break;
                }
                end += 1;
            }
            upper.columns.truncate(end);
            upper.values.truncate(end);
            upper.ends.push(end as u32);
        }
        upper
    }
}

impl Upper {
    /// Appends the entries of a row in the order of their columns.
    #[inline(always)]
    fn take(&mut self, (columns, values): (&[u32], &[f64])) {
        let (begin, count) = (self.columns.len(), columns.len());
        if count > SHORT {
            let mut order: Vec<usize> = (0..count).collect();
            order.sort_unstable_by_key(|&k| columns[k]);
            self.columns.extend(order.iter().map(|&k| columns[k]));
            self.values.extend(order.iter().map(|&k| values[k]));
            return;
        }
        let mut all = [u32::MAX; SHORT];
        all[..count].copy_from_slice(columns);
        // The place of each is the number of those before it.
        let mut places = [0_u32; SHORT];
        for other in all {
            for (place, column) in places.iter_mut().zip(&all) {
                *place += u32::from(other < *column);
            }
        }
        // Room for as many as there may be takes less time than room for those that there are.
        self.columns.extend_from_slice(&[0; SHORT]);
        self.values.extend_from_slice(&[0.0; SHORT]);
        let (to, of) = (&mut self.columns[begin..], &mut self.values[begin..]);
        for ((&place, &column), &value) in places.iter().zip(columns).zip(values) {
            (to[place as usize], of[place as usize]) = (column, value);
        }
        self.columns.truncate(begin + count);
        self.values.truncate(begin + count);
    }
}
