//! Coarsening of a matrix whose nodes are points of a lattice: every second line, along the directions in
//! which neighbours are strongly coupled.

use super::blocks::{Blocks, View};
use super::follows::Between;
use super::lattice::{Placed, Point};
use super::tentative::NearNull;
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
const MOST: f64 = 0.7;
/// No line that goes.
const STAYS: u8 = u8::MAX;

/// Starts, columns and blocks of some rows of an interpolation; starts are lengths.
pub(super) type Piece = (Vec<usize>, Vec<u32>, Vec<f32>);

impl NearNull {
    /// The interpolation from the nodes of a coarser lattice, the same for each component, the vectors at these,
    /// and where they are; gives the vectors back where aggregates are better. The first `components` count for
    /// what is strong.
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
    ) -> Result<(Blocks<f32>, NearNull, Placed<'a>), NearNull> {
        let (n, size) = (a.nrows(), self.block * self.block);
        let rows = Rows::new(a, placed, components);
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
        let pieces: Vec<Piece> = (0..n.div_ceil(ROWS))
            .into_par_iter()
            .map(|piece| rows.interpolate(piece * ROWS..n.min((piece + 1) * ROWS), &to))
            .collect();
        let follows = rows.placed.follows.coarser(&to);
        let Rows { placed, lines, .. } = rows;
        drop(lines);
        let below = placed.coarser(&columns, follows);
        let entries = pieces.iter().map(|piece| piece.1.len()).sum();
        let mut p = Blocks {
            shape: [self.block; 2],
            start: Vec::with_capacity(n + 1),
            columns: Vec::with_capacity(entries),
            values: Vec::with_capacity(entries * size),
            ncols: coarse.len(),
        };
        p.start.push(0);
        for (lengths, js, values) in pieces {
            lengths
                .into_iter()
                .for_each(|length| p.start.push(p.start[p.start.len() - 1] + length));
            p.columns.extend(js);
            p.values.extend(values);
        }
        let values = coarse.iter().flat_map(|&i| self.node(i as usize)).copied().collect();
        Ok((p, NearNull { values, ..self }, below))
    }
}

/// A matrix by lattice points.
struct Rows<'a, 'p> {
    a: View<'a, f64>,
    placed: Placed<'p>,
    /// Of each node the components, as bits, that are no displacements; empty if all are.
    followers: Vec<u8>,
    /// Of each node that goes the direction along which its neighbours are, and four times the binary logarithm of
    /// their distance; [`STAYS`] for those of the coarser lattice.
    lines: Vec<u8>,
}

impl<'a, 'p> Rows<'a, 'p> {
    fn new(a: View<'a, f64>, mut placed: Placed<'p>, components: usize) -> Self {
        if !placed.is_coarser() {
            placed.follows = placed.follows.without_held(a);
        }
        let followers = placed.follows.components(a.nrows(), a.shape[0]);
        let mut rows = Rows { a, placed, followers, lines: Vec::new() };
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
    /// on the lattice. (A point becomes more even with each step: the way ends.)
    fn between(
        &self,
        i: usize,
        columns: &[u32],
        open: &mut Vec<(usize, f64)>,
        terms: &mut Vec<(u32, f64)>,
    ) {
        let at = |from: usize, wanted: Point| {
            let mut nodes = self.a.row(from).0.iter().map(|&j| j as usize);
            nodes.find(|&j| self.placed.offset(from, j) == Some(wanted))
        };
        open.push((i, 1.0));
        let mut missing = 0.0;
        while let Some((node, weight)) = open.pop() {
            let Some((d, step)) = self.gone(node) else {
                terms.push((columns[node], weight));
                continue;
            };
            for side in [-step, step] {
                let mut next = [0; 3];
                next[d] = side;
                match at(node, next) {
                    Some(next) => open.push((next, 0.5 * weight)),
                    None => missing += 0.5 * weight,
                }
            }
        }
        if missing > 0.0 {
            let (neighbours, _) = self.a.row(i);
            let is_off = |&&j: &&u32| self.placed.point(j as usize)[0] < 0;
            let mut others = neighbours.iter().filter(is_off);
            if let (Some(&other), None) = (others.next(), others.next()) {
                terms.push((columns[other as usize], missing));
            }
        }
        terms.sort_unstable_by_key(|term| term.0);
        terms.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
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
mod tests {
    use super::super::product::galerkin;
    use super::*;
    use crate::{Csr, Follows, Lattice};

    /// Q1 on the unit cells of a lattice with this many points: conduction along direction d of a cell that
    /// begins at point p is `along(p)[d]`. Nodes go by i, then k, then j; those on the axis are one.
    struct Cells {
        sizes: [usize; 3],
        closed: bool,
    }

    impl Cells {
        /// The numbers of the nodes and the lattice.
        fn numbered(&self) -> (Vec<u32>, usize, Lattice) {
            let [ni, nj, nk] = self.sizes;
            let (mut number, mut points) = (Vec::new(), Vec::new());
            for p in 0..ni * nj {
                for k in 0..nk {
                    if p % ni == 0 && nk > 1 && k > 0 {
                        number.push(number[p * nk]);
                    } else {
                        number.push(points.len() as u32);
                        points.push((points.len() as u32, (p * nk + k) as u32));
                    }
                }
            }
            let (n, sizes) = (points.len(), [ni as u32, nk as u32]);
            (number, n, Lattice::new(sizes, self.closed, points.into_iter()))
        }

        fn matrix(&self, along: impl Fn([usize; 3]) -> [f64; 3]) -> (Csr, Lattice) {
            let [ni, nj, nk] = self.sizes;
            let (number, n, lattice) = self.numbered();
            let mut rows = vec![std::collections::BTreeMap::new(); n];
            let turns = if self.closed { nk } else { nk.max(2) - 1 };
            for p in (0..(ni - 1) * (nj - 1) * turns)
                .map(|c| [c % (ni - 1), c / (ni - 1) % (nj - 1), c / (ni - 1) / (nj - 1)])
            {
                let corners: Vec<[usize; 3]> =
                    (0..if nk > 1 { 8 } else { 4 }).map(|c| [c & 1, c >> 1 & 1, c >> 2]).collect();
                let node = |c: [usize; 3]| {
                    number[((p[1] + c[1]) * ni + p[0] + c[0]) * nk + (p[2] + c[2]) % nk]
                };
                for a in &corners {
                    for b in &corners {
                        let value: f64 = (0..3)
                            .map(|d| {
                                let part = |e: usize| match (e == d, a[e] == b[e]) {
                                    (true, same) => {
                                        if same {
                                            1.0
                                        } else {
                                            -1.0
                                        }
                                    }
                                    (_, same) => {
                                        if same {
                                            1.0 / 3.0
                                        } else {
                                            1.0 / 6.0
                                        }
                                    }
                                };
                                along(p)[d] * (0..3).map(part).product::<f64>()
                            })
                            .sum();
                        *rows[node(*a) as usize].entry(node(*b)).or_insert(0.0) += value;
                    }
                }
            }
            let (mut start, mut columns, mut values) = (vec![0], vec![], vec![]);
            for row in rows {
                columns.extend(row.keys());
                values.extend(row.values());
                start.push(columns.len());
            }
            (Csr::new(start, columns, values, n).expect("a matrix"), lattice)
        }
    }

    type Along<'a> = &'a dyn Fn([usize; 3]) -> [f64; 3];

    fn constants(n: usize) -> NearNull {
        NearNull { block: 1, vectors: 1, values: vec![1.0; n] }
    }

    fn coarser<'a>(a: View<f64>, placed: Placed<'a>) -> (Blocks<f32>, Placed<'a>) {
        let coarser = constants(a.nrows()).coarser_lattice(a, placed, 1);
        let (p, _, below) = coarser.unwrap_or_else(|_| panic!("it is worth it"));
        (p, below)
    }

    fn interpolation(a: &Csr, lattice: &Lattice) -> Blocks<f32> {
        let coarser = coarser(View::scalar(a), Placed::new(lattice, Follows::default(), a.nrows()));
        coarser.0
    }

    /// What the weights make of f at the coarse nodes, which are those with a single weight 1.
    fn carry(p: &Blocks<f32>, f: &[f64]) -> Vec<f64> {
        let mut coarse = vec![f64::NAN; p.ncols];
        let row = |i: usize| p.view().row(i);
        (0..f.len())
            .filter(|&i| row(i).1 == [1.0])
            .for_each(|i| coarse[row(i).0[0] as usize] = f[i]);
        let sum = |i| {
            row(i).0.iter().zip(row(i).1).map(|(&j, &w)| f64::from(w) * coarse[j as usize]).sum()
        };
        (0..f.len()).map(sum).collect()
    }

    #[test]
    fn lines_go_along_strong_directions_and_linear_functions_are_carried() {
        let cells = Cells { sizes: [9, 7, 1], closed: false };
        // Everywhere the same, either direction weak, and a strong direction that changes on the way.
        let turning = |p: [usize; 3]| if p[0] < 4 { [1.0, 0.1, 0.0] } else { [0.1, 1.0, 0.0] };
        let cases: [(Along, usize); 4] = [
            (&|_| [1.0, 1.0, 0.0], 5 * 4),
            (&|_| [1.0, 0.1, 0.0], 5 * 7),
            (&|_| [0.1, 1.0, 0.0], 9 * 4),
            // i = 0 and 2 whole; i = 4, where both are strong, 6 and 8 and the odd lines between them.
            (&turning, 2 * 7 + 5 * 4),
        ];
        for (along, coarse) in cases {
            let (a, lattice) = cells.matrix(along);
            let p = interpolation(&a, &lattice);
            assert_eq!(p.ncols, coarse);
            let f: Vec<f64> =
                (0..63).map(|n| 1.0 + 2.0 * (n % 9) as f64 - 3.0 * (n / 9) as f64).collect();
            for (n, (got, wanted)) in carry(&p, &f).into_iter().zip(&f).enumerate() {
                assert!((got - wanted).abs() < 1e-6, "{coarse}, node {n}: {got} for {wanted}");
            }
        }
    }

    #[test]
    fn rays_meet_on_the_axis_and_come_round() {
        let cells = Cells { sizes: [5, 3, 8], closed: true };
        let (a, lattice) = cells.matrix(|_| [1.0; 3]);
        let p = interpolation(&a, &lattice);
        // i = 0, 2, 4; j = 0, 2; k = 0, 2, 4, 6 except on the axis.
        assert_eq!(p.ncols, 2 * (1 + 2 * 4));
        let (number, n, _) = cells.numbered();
        let node = |i: usize, j: usize, k: usize| number[(j * 5 + i) * 8 + k] as usize;
        let row = |n: usize| {
            let (columns, weights) = p.view().row(n);
            columns.iter().map(|&j| j as usize).zip(weights.iter().copied()).collect::<Vec<_>>()
        };
        let column = |n: usize| row(n)[0].0;
        // Beside the axis, on the last ray, whose neighbours are the one before and the first.
        let [axis, first, before] = [(0, 0), (2, 0), (2, 6)].map(|(i, k)| column(node(i, 0, k)));
        assert_eq!(row(node(1, 0, 7)), [(axis, 0.5), (first, 0.25), (before, 0.25)]);
        assert!(carry(&p, &vec![1.0; n]).iter().all(|one| *one == 1.0));
    }

    #[test]
    fn prescribed_neighbours_count_as_zero_and_those_off_the_lattice_take_what_is_missing() {
        let (a, lattice) = Cells { sizes: [5, 5, 1], closed: false }.matrix(|_| [1.0, 1.0, 0.0]);
        // Without the first column of nodes.
        let kept: Vec<u32> = (0..25).filter(|n| n % 5 > 0).collect();
        let number = |n: u32| kept.iter().position(|k| *k == n).map(|k| k as u32);
        let lattice = lattice.renumbered(number);
        assert_eq!(lattice.stretches.len(), 5);
        let part = |with_one: bool| {
            let (mut start, mut columns, mut values) = (vec![0], vec![], vec![]);
            for &n in &kept {
                let (js, vs) = a.row(n as usize);
                let own = js.iter().zip(vs).filter_map(|(&j, v)| Some((number(j)?, *v)));
                own.for_each(|(j, v)| (columns.push(j), values.push(v)).0);
                // One more row, for all that were there.
                let gone: f64 = js.iter().zip(vs).filter(|(j, _)| *j % 5 == 0).map(|v| v.1).sum();
                if with_one && gone != 0.0 {
                    columns.push(20);
                    values.push(gone);
                }
                start.push(columns.len());
            }
            if with_one {
                columns.push(20);
                values.push(10.0);
                start.push(columns.len());
            }
            let n = start.len() - 1;
            Csr::new(start, columns, values, n).expect("a matrix")
        };
        let row_sum = |p: &Blocks<f32>, i: usize| p.view().row(i).1.iter().sum::<f32>();
        let prescribed = interpolation(&part(false), &lattice);
        let tied = interpolation(&part(true), &lattice);
        // Node 1 of each row lies halfway to the first column.
        assert_eq!((row_sum(&prescribed, 0), row_sum(&prescribed, 1)), (0.5, 1.0));
        assert_eq!((row_sum(&tied, 0), tied.view().row(20).1), (1.0, &[1.0][..]));
        assert_eq!((prescribed.ncols, tied.ncols), (2 * 3, 2 * 3 + 1));
    }

    /// Nodes of the lattices below a matrix, and the largest error of 1 + 2 i - 3 j on the way from each to the one
    /// above it.
    fn descend((a, lattice): (Csr, Lattice), levels: usize) -> Vec<(usize, f64)> {
        let mut placed = Placed::new(&lattice, Follows::default(), a.nrows());
        let mut a = crate::Blocks {
            shape: [1, 1],
            start: a.row_start().to_vec(),
            columns: a.columns().to_vec(),
            values: a.values().to_vec(),
            ncols: a.nrows(),
        };
        let f = |placed: &Placed, n: usize| -> Vec<f64> {
            let at = |i| placed.point(i).map(f64::from);
            (0..n).map(|i| 1.0 + 2.0 * at(i)[0] - 3.0 * at(i)[1]).collect()
        };
        let mut found = Vec::new();
        for _ in 0..levels {
            let fine = f(&placed, a.ncols);
            let (p, below) = coarser(a.view(), placed);
            let carried = carry(&p, &fine);
            let errors = carried.iter().zip(&fine).map(|(x, y)| (x - y).abs());
            found.push((p.ncols, errors.fold(0.0, f64::max)));
            a = galerkin(p.transpose().view(), a.view(), p.view());
            placed = below;
        }
        found
    }

    #[test]
    fn lattices_go_on_until_their_ends() {
        let cells = |sizes| Cells { sizes, closed: false };
        let of = |sizes, levels| {
            let found = descend(cells(sizes).matrix(|_| [1.0, 1.0, 0.0]), levels);
            assert!(found.iter().all(|(_, error)| *error < 1e-6), "{found:?}");
            found.into_iter().map(|(n, _)| n).collect::<Vec<_>>()
        };
        assert_eq!(of([9, 17, 1], 3), [5 * 9, 3 * 5, 2 * 3]);
        // 0, 2 .. 10; 0, 4, 8 and the last, which has but one neighbour; 0, 8 and the last.
        assert_eq!(of([11, 9, 1], 3), [6 * 5, 4 * 3, 3 * 2]);
        // Rays 0, 2, 4, 6, then 0 and 4; those on the axis are one.
        let closed = Cells { sizes: [5, 5, 8], closed: true };
        let found = descend(closed.matrix(|_| [1.0, 1.0, 1.0]), 2);
        assert_eq!(
            found.iter().map(|(n, _)| *n).collect::<Vec<_>>(),
            [3 * (1 + 2 * 4), 2 * (1 + 2)]
        );
    }

    #[test]
    fn lines_that_ended_above_go_later() {
        // Couplings 1 to 1/16 along j for i < 8: lines along i go twice before lines along j do; beyond both go.
        let along = |p: [usize; 3]| if p[0] < 8 { [1.0, 1.0 / 16.0, 0.0] } else { [1.0, 1.0, 0.0] };
        let found = descend(Cells { sizes: [17, 17, 1], closed: false }.matrix(along), 3);
        assert!(found.iter().all(|(_, error)| *error < 1e-6), "{found:?}");
        // i = 0 to 6 keep all of j; 8 and more lose every second one.
        assert_eq!(found[0].0, 4 * 17 + 5 * 9);
        assert!(found[1].0 < 70 && found[2].0 < 30, "{found:?}");
    }

    #[test]
    fn too_few_lines_are_left_to_aggregates() {
        // Nothing is coupled, so that no line goes.
        let (a, _) = Cells { sizes: [9, 7, 1], closed: false }.matrix(|_| [1.0, 1.0, 0.0]);
        let nowhere = Lattice::new([9, 1], false, std::iter::empty());
        let placed = Placed::new(&nowhere, Follows::default(), 63);
        assert!(constants(63).coarser_lattice(View::scalar(&a), placed, 1).is_err());
    }
}
