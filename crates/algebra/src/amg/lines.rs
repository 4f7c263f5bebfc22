//! Coarsening of a matrix whose nodes are points of a lattice: every second line, along the directions in
//! which neighbours are strongly coupled.

use super::blocks::{Blocks, View};
use super::follows::Between;
use super::lattice::{Placed, Point};
use super::tentative::NearNull;
use crate::merge_terms;
use rayon::prelude::*;

/// Rows per task.
const ROWS: usize = 4096;
/// Every second line of the first lattice goes along a direction whose coupling is above this fraction of the
/// strongest.
///
/// Couplings fall with the square of the distance: they go where cells are at most 1.6 times as long along
/// this direction as along the shortest.
const STRONG: f64 = 0.4;
/// The same for coarser lattices, where most cells have been brought into shape: up to 2.2 times.
const STRONG_BELOW: f64 = 0.2;
/// Aggregates do better when more than this fraction of the nodes would be left.
pub(super) const MOST: f64 = 0.7;
/// No line that goes.
pub(super) const STAYS: u8 = u8::MAX;

/// What a coarser lattice is.
pub(super) struct Coarser<'a> {
    /// The interpolation from it.
    pub prolongation: Blocks<f32>,
    /// The node that each of its nodes is.
    pub nodes: Vec<u32>,
    /// The vectors at these, and where they are.
    pub near: NearNull,
    pub placed: Placed<'a>,
}

/// Starts, columns and blocks of some rows of an interpolation; starts are lengths.
pub(super) type Piece = (Vec<usize>, Vec<u32>, Vec<f32>);

impl NearNull {
    /// The nodes of a coarser lattice, with the interpolation from there, which is the same for each component; gives
    /// the vectors back where aggregates are better. The first `components` count for
    /// what is strong. `a` may be a matrix of numbers that tell only that, where nothing is said of single components.
    ///
    /// A node on a line that goes takes the mean of its neighbours on either side, which may lie on lines
    /// that go in other directions, and so on: linear functions of i, j and k are exact. This is the
    /// interpolation of multilinear cells, each of which is made of two, four or eight, with lines that end
    /// where coupling becomes weak.
    pub fn coarser_lattice<'a>(
        self,
        a: View<f64>,
        placed: Placed<'a>,
        components: usize,
    ) -> Result<Coarser<'a>, NearNull> {
        let n = a.nrows();
        let rows = Rows::new(a, placed, [self.block, components]);
        let mut columns = vec![u32::MAX; n];
        let mut coarse = Vec::new();
        for (i, column) in columns.iter_mut().enumerate().filter(|(i, _)| rows.lines[*i] == STAYS) {
            *column = coarse.len() as u32;
            coarse.push(i as u32);
        }
        if coarse.len() as f64 > MOST * n as f64 {
            return Err(self);
        }
        let parents = |node: usize| rows.parents(node, &columns);
        let to =
            Between { block: self.block, columns: &columns, coarse: &coarse, parents: &parents };
        let p = rows.interpolation(&to);
        let follows = rows.placed.follows.coarser(&to);
        let Rows { placed, lines, .. } = rows;
        drop(lines);
        let below = placed.coarser(&columns, follows);
        let values = coarse.iter().flat_map(|&i| self.node(i as usize)).copied().collect();
        let near = NearNull { values, ..self };
        Ok(Coarser { prolongation: p, nodes: coarse, near, placed: below })
    }
}

/// Columns and weights of the nodes of the coarser lattice that a node lies between, and the weight of what is missing.
pub(super) type Terms = (Vec<(u32, f64)>, f64);

/// A matrix by lattice points.
pub(super) struct Rows<'a, 'p> {
    pub a: View<'a, f64>,
    pub placed: Placed<'p>,
    /// Of each node the components, as bits, that are no displacements; empty if all are.
    followers: Vec<u8>,
    /// Of each node that goes the direction along which its neighbours are, and four times the binary logarithm of
    /// their distance; [`STAYS`] for those of the coarser lattice.
    pub lines: Vec<u8>,
    /// What nodes lie between that go and have no row here but on another rank, as far as that has told; they come
    /// after those with a row.
    pub elsewhere: Vec<Option<Terms>>,
}

impl<'a, 'p> Rows<'a, 'p> {
    pub fn new(a: View<'a, f64>, mut placed: Placed<'p>, [block, components]: [usize; 2]) -> Self {
        let mut followers = Vec::new();
        if a.shape[0] == block {
            if !placed.is_coarser() {
                placed.follows = placed.follows.without_held(a);
            }
            followers = placed.follows.components(a.nrows(), block);
        }
        let mut rows = Rows { a, placed, followers, lines: Vec::new(), elsewhere: Vec::new() };
        let nodes = (0..a.nrows()).into_par_iter().with_min_len(ROWS);
        rows.lines = nodes.map(|i| rows.line(i, components)).collect();
        rows
    }

    /// The first direction in which node i is strongly coupled and lies on a line that goes.
    ///
    /// All entries that lead along a direction add up to the coupling of a one-dimensional problem: what
    /// shape functions spread over the other directions adds up to one. This is so for cells of any
    /// stretching, for conductivities that depend on the direction and on the place, and for second order.
    #[inline(always)]
    fn line(&self, i: usize, components: usize) -> u8 {
        let (point, is_coarser) = (self.placed.point(i), self.placed.is_coarser());
        if point[0] < 0 {
            return STAYS;
        }
        let (columns, values) = self.a.row(i);
        let [b, size] = [self.a.shape[0], self.a.shape[0] * self.a.shape[1]];
        let (mut along, mut nearest) = ([0.0; 3], [[i32::MAX; 2]; 3]);
        for (&j, block) in columns.iter().zip(values.chunks_exact(size)) {
            let Some(offset) = self.placed.offset(i, j as usize) else { continue };
            let own = block.iter().step_by(b + 1).take(components);
            let v: f64 = match self.followers(i, j as usize) {
                0 => own.sum(),
                no => own.enumerate().filter(|(c, _)| no >> c & 1 == 0).map(|(_, v)| v).sum(),
            };
            along.iter_mut().zip(offset).filter(|(_, o)| *o != 0).for_each(|(sum, _)| *sum -= v);
            if is_coarser {
                beside(offset, &mut nearest);
            }
        }
        let fraction = if is_coarser { STRONG_BELOW } else { STRONG };
        let least = fraction * along.iter().copied().fold(0.0, f64::max);
        let goes = |d: usize| {
            let step = if is_coarser { step(nearest[d])? } else { 1 };
            let is_between = along[d] > least && (point[d] / step) & 1 == 1;
            is_between.then_some(d as u8 | (step.trailing_zeros() as u8) << 2)
        };
        (0..3).find_map(goes).unwrap_or(STAYS)
    }

    /// Bits of the components of which node i or node j has no displacement among its unknowns: gaps are coupled with
    /// other gaps around them, in other directions than displacements.
    #[inline(always)]
    fn followers(&self, i: usize, j: usize) -> u8 {
        if self.followers.is_empty() { 0 } else { self.followers[i] | self.followers[j] }
    }

    /// Direction and distance of the neighbours between which node i lies.
    #[inline(always)]
    fn gone(&self, i: usize) -> Option<(usize, i32)> {
        let line = self.lines[i];
        (line != STAYS).then_some((usize::from(line & 3), 1 << (line >> 2)))
    }

    /// The interpolation to the nodes that have a row.
    pub fn interpolation(&self, to: &Between) -> Blocks<f32> {
        let (n, size) = (self.a.nrows(), to.block * to.block);
        let pieces: Vec<Piece> = (0..n.div_ceil(ROWS))
            .into_par_iter()
            .map(|piece| self.interpolate(piece * ROWS..n.min((piece + 1) * ROWS), to))
            .collect();
        let entries = pieces.iter().map(|piece| piece.1.len()).sum();
        let mut p = Blocks {
            shape: [to.block; 2],
            start: Vec::with_capacity(n + 1),
            columns: Vec::with_capacity(entries),
            values: Vec::with_capacity(entries * size),
            ncols: to.coarse.len(),
        };
        p.start.push(0);
        for (lengths, js, values) in pieces {
            lengths
                .into_iter()
                .for_each(|length| p.start.push(p.start[p.start.len() - 1] + length));
            p.columns.extend(js);
            p.values.extend(values);
        }
        p
    }

    fn interpolate(&self, nodes: std::ops::Range<usize>, to: &Between) -> Piece {
        let (b, follows) = (to.block, &self.placed.follows);
        let mut piece = (Vec::with_capacity(nodes.len()), Vec::new(), Vec::new());
        let (mut terms, mut open) = (Vec::with_capacity(8), Vec::with_capacity(8));
        for i in nodes {
            terms.clear();
            match to.columns[i] {
                u32::MAX => self.between(i, to.columns, &mut open, &mut terms),
                column => terms.push((column, 1.0)),
            }
            if to.columns[i] == u32::MAX && follows.concern(i, &terms, to) {
                follows.push_row(i, &terms, to, &mut piece);
                continue;
            }
            piece.0.push(terms.len());
            for &(column, weight) in &terms {
                piece.1.push(column);
                let on_diagonal = |k: usize| k.is_multiple_of(b + 1);
                piece
                    .2
                    .extend((0..b * b).map(|k| if on_diagonal(k) { weight as f32 } else { 0.0 }));
            }
        }
        piece
    }

    /// Column and weight of the coarse nodes that a node that goes lies between.
    fn parents(&self, node: usize, columns: &[u32]) -> Vec<(u32, f64)> {
        let mut terms = Vec::new();
        self.between(node, columns, &mut Vec::new(), &mut terms);
        terms
    }

    /// Column and weight of the coarse nodes that node i lies between, by column; `open` is working memory.
    ///
    /// Neighbours that a row does not have are prescribed and count as zero, or are one with a node that is not
    /// on the lattice.
    fn between(
        &self,
        i: usize,
        columns: &[u32],
        open: &mut Vec<(usize, f64)>,
        terms: &mut Vec<(u32, f64)>,
    ) {
        let missing = self.ways(i, columns, open, terms);
        let missing = missing.expect("other ranks have told what their nodes lie between");
        if missing > 0.0 {
            let (neighbours, _) = self.a.row(i);
            let is_off = |&&j: &&u32| self.placed.point(j as usize)[0] < 0;
            let mut others = neighbours.iter().filter(is_off);
            if let (Some(&other), None) = (others.next(), others.next()) {
                terms.push((columns[other as usize], missing));
            }
        }
        merge_terms(terms);
    }

    /// The coarse nodes at the ends of all ways from node i along lines that go, and the weight of those ways that end
    /// where there is no neighbour; none where a way leads to a node elsewhere that is not known yet. (A point becomes
    /// more even with each step: the way ends.)
    pub fn ways(
        &self,
        i: usize,
        columns: &[u32],
        open: &mut Vec<(usize, f64)>,
        terms: &mut Vec<(u32, f64)>,
    ) -> Option<f64> {
        let at = |from: usize, wanted: Point| {
            let mut nodes = self.a.row(from).0.iter().map(|&j| j as usize);
            nodes.find(|&j| self.placed.offset(from, j) == Some(wanted))
        };
        open.clear();
        open.push((i, 1.0));
        let mut missing = 0.0;
        while let Some((node, weight)) = open.pop() {
            let Some((d, step)) = self.gone(node) else {
                terms.push((columns[node], weight));
                continue;
            };
            if let Some(elsewhere) = node.checked_sub(self.a.nrows()) {
                let (ends, lost) = self.elsewhere[elsewhere].as_ref()?;
                terms.extend(ends.iter().map(|&(column, w)| (column, weight * w)));
                missing += weight * lost;
                continue;
            }
            for side in [-step, step] {
                let mut next = [0; 3];
                next[d] = side;
                match at(node, next) {
                    Some(next) => open.push((next, 0.5 * weight)),
                    None => missing += 0.5 * weight,
                }
            }
        }
        Some(missing)
    }
}

/// Takes note of a neighbour that is straight along a direction: of its distance, on either side.
#[inline(always)]
fn beside(offset: Point, nearest: &mut [[i32; 2]; 3]) {
    for d in 0..3 {
        if offset[d] != 0 && (0..3).all(|e| e == d || offset[e] == 0) {
            let near = &mut nearest[d][usize::from(offset[d] > 0)];
            *near = offset[d].abs().min(*near);
        }
    }
}

/// The distance of the nearest nodes on either side, if it is the same one: lines of the lattice above may have
/// ended here, and at the end of the body nothing follows.
#[inline(always)]
fn step([before, after]: [i32; 2]) -> Option<i32> {
    (before == after && before != i32::MAX).then_some(before)
}

#[cfg(test)]
pub(super) mod tests;
