//! The matrix of linear terms, row by row.
//!
//! Blocks of some thousand rows are made in parallel, each from the elements that meet it; elements between
//! two blocks are computed for both. Conduction in tetrahedra is summed edge by edge, all else row by row.

use crate::assembly::Body;
use crate::edges::{Entry, Sums, Upper};
use crate::elements::{Elements, Group};
use crate::gather::Maker;
use crate::tetrahedra::Tetrahedra;
use algebra::Csr;
use rayon::prelude::*;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// Rows of a block, as powers of two: the least and the most.
const LEAST: u32 = 8;
const MOST: u32 = 12;

/// The sum of the tangents of the linear terms: a row for each free unknown and a column for each
/// unknown in `columns`, with zeros where the others will need entries.
pub(crate) fn matrix<'a>(body: Body<'a>, groups: &[Group<'a>], columns: Range<u32>) -> Csr {
    let space = body.space;
    let (rows, free) = (space.free(), space.free() as u32);
    let shift = (rows / 64).max(1).ilog2().clamp(LEAST, MOST);
    let count = rows.div_ceil(1 << shift);
    let range = |block: usize| (block << shift) as u32..rows.min((block + 1) << shift) as u32;
    // Those whose matrix is that of their edges, if all of that is asked for.
    let is_whole = columns == (0..free);
    let is_of_edges = |group: &&Group<'a>| is_whole && Tetrahedra::new(body, **group, 0).is_some();
    let (by_edges, others): (Vec<Group>, Vec<Group>) = groups.iter().partition(is_of_edges);
    let [by_edges, others] = [by_edges, others].map(|groups| Elements::new(groups, space));
    let numbered = by_edges.groups.iter().zip(&by_edges.starts);
    let tetrahedra: Vec<Tetrahedra> =
        numbered.filter_map(|(group, first)| Tetrahedra::new(body, *group, *first)).collect();
    let [of_edges, of_others] =
        [&by_edges, &others].map(|all| all.of_blocks(space, (count, shift), &columns));
    let (idle_sums, idle_makers) = (Idle::default(), Idle::default());
    let upper = |block: usize| {
        let lists = by_edges.by_group(&of_edges[block]);
        let lists: Vec<_> = lists.map(|(g, own)| (&tetrahedra[g], own)).collect();
        idle_sums.with(|| Sums::new(space.total()), |sums| sums.upper(&lists, range(block), free))
    };
    let make = |block: usize| {
        let list = &of_others[block];
        idle_makers.with(
            || Maker::new(columns.clone()),
            |maker| maker.rows(body, &others, list, range(block)),
        )
    };
    let mut row_start = Vec::with_capacity(rows + 1);
    row_start.push(0);
    let (mut js, mut values) = (Vec::<u32>::new(), Vec::<f64>::new());
    // What the edges give blocks that are not made yet.
    let mut left: Vec<Vec<Entry>> = vec![Vec::new(); count];
    // Some at a time, so that they do not all stand twice.
    let held = 4 * rayon::current_num_threads();
    for first in (0..count).step_by(held) {
        let blocks = first..count.min(first + held);
        let made: Vec<Rows> = if tetrahedra.is_empty() {
            blocks.clone().into_par_iter().map(make).collect()
        } else {
            let uppers: Vec<Upper> = blocks.clone().into_par_iter().map(upper).collect();
            for entry in uppers.iter().flat_map(|upper| &upper.leaving) {
                left[(entry.0 >> shift) as usize].push(*entry);
            }
            let finish = |(upper, block): (Upper, usize)| {
                let rows = upper.rows(&left[block], range(block), free);
                match of_others[block][..] {
                    [] => rows,
                    _ => rows.plus(&make(block)),
                }
            };
            let made = uppers.into_par_iter().zip(blocks.clone()).map(finish).collect();
            left[blocks.clone()].iter_mut().for_each(|left| *left = Vec::new());
            made
        };
        for rows in made {
            js.extend_from_slice(&rows.columns);
            values.extend_from_slice(&rows.values);
            for length in rows.lengths {
                row_start.push(row_start[row_start.len() - 1] + length as usize);
            }
        }
        // The others will be about as long.
        let expected = js.len() / blocks.end * count / 16 * 17;
        js.reserve(expected.saturating_sub(js.len()));
        values.reserve(expected.saturating_sub(values.len()));
    }
    js.shrink_to_fit();
    values.shrink_to_fit();
    Csr::new(row_start, js, values, columns.len()).expect("sorted rows make a matrix")
}

/// What threads work with in turn.
struct Idle<T>(Mutex<Vec<T>>);

impl<T> Default for Idle<T> {
    fn default() -> Self {
        Idle(Mutex::new(Vec::new()))
    }
}

impl<T> Idle<T> {
    fn with<R>(&self, new: impl FnOnce() -> T, work: impl FnOnce(&mut T) -> R) -> R {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let one = lock().pop();
        let mut one = one.unwrap_or_else(new);
        let done = work(&mut one);
        lock().push(one);
        done
    }
}

/// Rows of the matrix, one after the other.
pub(crate) struct Rows {
    pub(crate) columns: Vec<u32>,
    pub(crate) values: Vec<f64>,
    pub(crate) lengths: Vec<u32>,
}

impl Rows {
    /// The sum with the same rows of another matrix.
    fn plus(&self, other: &Rows) -> Rows {
        let room = self.columns.len() + other.columns.len();
        let (mut columns, mut values) = (Vec::with_capacity(room), Vec::with_capacity(room));
        let mut lengths = Vec::with_capacity(self.lengths.len());
        let (mut a, mut b) = (0, 0);
        for (length, others) in self.lengths.iter().zip(&other.lengths) {
            let begin = columns.len();
            let (a_end, b_end) = (a + *length as usize, b + *others as usize);
            while a < a_end || b < b_end {
                let column = |rows: &Rows, at: usize, end: usize| {
                    if at < end { rows.columns[at] } else { u32::MAX }
                };
                let (i, j) = (column(self, a, a_end), column(other, b, b_end));
                let mut value = 0.0;
                if i <= j {
                    value += self.values[a];
                    a += 1;
                }
                if j <= i {
                    value += other.values[b];
                    b += 1;
                }
                columns.push(i.min(j));
                values.push(value);
            }
            lengths.push((columns.len() - begin) as u32);
        }
        Rows { columns, values, lengths }
    }
}
