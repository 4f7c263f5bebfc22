//! The matrix of linear terms, row by row.
//!
//! Blocks of some thousand rows are made in parallel, each from the elements that meet it; elements between
//! two blocks are computed for both. In first-order tetrahedra conduction by a uniform law with an exactly symmetric
//! tensor is summed edge by edge, where only free columns are asked for; all else is gathered row by row.

use crate::Space;
use crate::assembly::Body;
use crate::edges::{Entry, Sums, Upper};
use crate::elements::{Elements, Group};
use crate::gather::Maker;
use crate::joined::{Joined, Made};
use crate::mirror::Complete;
use crate::tetrahedra::Tetrahedra;
use algebra::{Csr, Idle};
use rayon::prelude::*;
use std::ops::Range;

/// Rows of a block, as powers of two: the least and the most.
const LEAST: u32 = 8;
const MOST: u32 = 12;

/// The sum of the tangents of the linear terms: a row for each free unknown and a column for each
/// unknown in `columns`, with zeros where the others will need entries.
pub(crate) fn matrix<'a>(body: Body<'a>, groups: &[Group<'a>], columns: Range<u32>) -> Csr {
    let blocks = Blocks::new(body.space.free());
    // Those whose matrix is that of their edges, if all of that is asked for.
    let is_whole = columns == (0..body.space.free() as u32);
    let is_of_edges = |group: &&Group<'a>| is_whole && Tetrahedra::new(body, **group).is_some();
    let (by_edges, others): (Vec<Group>, Vec<Group>) = groups.iter().partition(is_of_edges);
    let mut by_edges = ByEdges::new(body, by_edges, blocks);
    let others = Gathered::new(body, others, blocks, columns.clone());
    let mut joined = Joined::new(blocks.rows);
    // Some at a time, so that they do not all stand twice.
    let held = 4 * rayon::current_num_threads();
    for first in (0..blocks.count()).step_by(held) {
        let some = first..blocks.count().min(first + held);
        if by_edges.tetrahedra.is_empty() {
            let made: Vec<Rows> =
                some.clone().into_par_iter().map(|block| others.rows(block)).collect();
            made.iter().for_each(|rows| joined.push(rows));
        } else {
            joined.write(&by_edges.with_others(some.clone(), &others));
        }
        joined.expect(some.end, blocks.count());
    }
    joined.matrix(columns.len())
}

/// How rows are cut into blocks.
#[derive(Clone, Copy)]
struct Blocks {
    rows: usize,
    /// A block has `1 << shift` rows, the last what is left.
    shift: u32,
}

impl Blocks {
    fn new(rows: usize) -> Self {
        Blocks { rows, shift: (rows / 64).max(1).ilog2().clamp(LEAST, MOST) }
    }

    fn count(self) -> usize {
        self.rows.div_ceil(1 << self.shift)
    }

    /// The rows of a block.
    fn range(self, block: usize) -> Range<u32> {
        (block << self.shift) as u32..self.rows.min((block + 1) << self.shift) as u32
    }
}

/// Blocks of rows from the edges of tetrahedra.
struct ByEdges<'a> {
    blocks: Blocks,
    space: &'a Space,
    /// Of each group, and for each block which of them meet it.
    tetrahedra: Vec<(Tetrahedra<'a>, Vec<Vec<Range<u32>>>)>,
    idle: Idle<Sums>,
    /// What blocks have for later ones.
    left: Vec<Vec<Entry>>,
}

impl<'a> ByEdges<'a> {
    fn new(body: Body<'a>, groups: Vec<Group<'a>>, blocks: Blocks) -> Self {
        let of_group = |group| {
            let tetrahedra = Tetrahedra::new(body, group)?;
            let runs = tetrahedra.of_blocks((blocks.count(), blocks.shift));
            Some((tetrahedra, runs))
        };
        let tetrahedra = groups.into_iter().filter_map(of_group).collect();
        let left = vec![Vec::new(); blocks.count()];
        ByEdges { blocks, space: body.space, tetrahedra, idle: Idle::default(), left }
    }

    /// What lies right of the diagonal in the rows of a block.
    fn upper(&self, block: usize) -> Upper {
        let runs: Vec<_> =
            self.tetrahedra.iter().map(|(all, runs)| (all, &runs[block][..])).collect();
        let (range, free) = (self.blocks.range(block), self.space.free() as u32);
        self.idle.with(|| Sums::new(self.space.total()), |sums| sums.upper(&runs, range, free))
    }

    /// Some blocks after those made before, each with what other elements add.
    fn with_others(&mut self, some: Range<usize>, others: &Gathered<'_>) -> Vec<Made> {
        let mut uppers: Vec<Upper> =
            some.clone().into_par_iter().map(|block| self.upper(block)).collect();
        // One after the other, so that each block has what is left in the order of the rows it comes from.
        for entry in uppers.iter_mut().flat_map(|upper| std::mem::take(&mut upper.leaving)) {
            self.left[(entry.0 >> self.blocks.shift) as usize].push(entry);
        }
        let left: Vec<Vec<Entry>> =
            self.left[some.clone()].iter_mut().map(std::mem::take).collect();
        let finish = |((upper, left), block): ((Upper, Vec<Entry>), usize)| {
            let rows = Complete::new(upper, left);
            if others.lists[block].is_empty() {
                return Made::Edges(rows);
            }
            Made::Rows(Rows::from(rows).plus(&others.rows(block)))
        };
        uppers.into_par_iter().zip(left).zip(some).map(finish).collect()
    }
}

/// Blocks of rows gathered from any elements.
struct Gathered<'a> {
    blocks: Blocks,
    body: Body<'a>,
    elements: Elements<'a>,
    lists: Vec<Vec<u32>>,
    columns: Range<u32>,
    idle: Idle<Maker>,
}

impl<'a> Gathered<'a> {
    fn new(body: Body<'a>, groups: Vec<Group<'a>>, blocks: Blocks, columns: Range<u32>) -> Self {
        let elements = Elements::new(groups, body.space);
        let lists = elements.of_blocks(body.space, (blocks.count(), blocks.shift), &columns);
        Gathered { blocks, body, elements, lists, columns, idle: Idle::default() }
    }

    fn rows(&self, block: usize) -> Rows {
        let (list, range) = (&self.lists[block], self.blocks.range(block));
        self.idle.with(
            || Maker::new(self.columns.clone()),
            |maker| maker.rows(self.body, &self.elements, list, range),
        )
    }
}

/// Rows of the matrix, one after the other.
pub(crate) struct Rows {
    pub(crate) columns: Vec<u32>,
    pub(crate) values: Vec<f64>,
    pub(crate) lengths: Vec<u32>,
}

impl From<Complete> for Rows {
    fn from(rows: Complete) -> Rows {
        let count = rows.lengths.iter().map(|length| *length as usize).sum();
        let (mut columns, mut values) = (vec![0; count], vec![0.0; count]);
        rows.write(&mut columns, &mut values);
        Rows { columns, values, lengths: rows.lengths }
    }
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
