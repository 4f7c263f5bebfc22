//! Coarsening of a matrix whose nodes are points of a lattice: every second line, along the directions in
//! which neighbours are strongly coupled.

use super::blocks::{Blocks, View};
use super::tentative::NearNull;
use rayon::prelude::*;

/// Rows per task.
const ROWS: usize = 4096;
/// Every second line goes along a direction whose coupling is above this fraction of the strongest.
///
/// Couplings fall with the square of the distance: they go where cells are at most 1.8 times as long along
/// this direction as along the shortest.
const STRONG: f64 = 0.3;
/// Aggregates do better when more than this fraction of the nodes would be left.
const MOST: f64 = 0.7;

/// Where the nodes of a matrix are on a lattice of up to three directions i, j, k, so fine that every second
/// line along any of them makes a good coarser one.
///
/// With more than one line along k (rays, about an axis) the nodes with i = 0 lie on the axis, where all
/// rays are one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lattice {
    /// Points along i.
    pub across: u32,
    /// Points along k.
    pub rays: u32,
    /// True if the ray after the last is the first.
    pub closed: bool,
    /// Point (j across + i) rays + k of each node, in stretches in which both are consecutive: the first
    /// node, its point, and the number of nodes; by node. Nodes outside of them are not on the lattice.
    pub stretches: Vec<[u32; 3]>,
}

/// i, j and k; negative for nodes that are not on the lattice.
type Point = [i32; 3];

/// Starts, columns and values of some rows of an interpolation; starts are lengths.
type Piece = (Vec<usize>, Vec<u32>, Vec<f32>);

impl Lattice {
    /// For nodes in order, the point of each that is on the lattice.
    pub fn new(
        [across, rays]: [u32; 2],
        closed: bool,
        points: impl Iterator<Item = (u32, u32)>,
    ) -> Self {
        let mut stretches: Vec<[u32; 3]> = Vec::new();
        for (node, point) in points {
            match stretches.last_mut() {
                Some([first, from, count])
                    if node.wrapping_sub(*first) == *count
                        && point.wrapping_sub(*from) == *count =>
                {
                    *count += 1;
                }
                _ => stretches.push([node, point, 1]),
            }
        }
        Self { across, rays, closed, stretches }
    }

    /// The same lattice for nodes in another numbering, in which some may not occur.
    pub fn renumbered(&self, number: impl Fn(u32) -> Option<u32>) -> Self {
        let all = self.stretches.iter().flat_map(|&[node, point, count]| {
            (node..node + count)
                .zip(point..)
                .filter_map(|(node, point)| Some((number(node)?, point)))
        });
        Self::new([self.across, self.rays], self.closed, all)
    }

    /// The points of `n` nodes.
    fn points(&self, n: usize) -> Vec<Point> {
        let mut points = vec![[-1; 3]; n];
        for &[node, point, count] in &self.stretches {
            let nodes = points.iter_mut().skip(node as usize).take(count as usize);
            for (at, n) in nodes.zip(point..) {
                let (p, k) = (n / self.rays, n % self.rays);
                *at = [p % self.across, p / self.across, k].map(|c| c as i32);
            }
        }
        points
    }

    /// From `a` to `b`, if both are on the lattice.
    #[inline(always)]
    fn offset(&self, a: Point, b: Point) -> Option<Point> {
        if a[0] < 0 || b[0] < 0 {
            return None;
        }
        let rays = self.rays as i32;
        let k = match b[2] - a[2] {
            _ if rays > 1 && (a[0] == 0 || b[0] == 0) => 0,
            k if self.closed && k > rays / 2 => k - rays,
            k if self.closed && k < -rays / 2 => k + rays,
            k => k,
        };
        Some([b[0] - a[0], b[1] - a[1], k])
    }
}

impl NearNull {
    /// The interpolation from the nodes of a coarser lattice, the same for each component, and the vectors
    /// at these; gives the vectors back where aggregates are better. The first `components` count for what
    /// is strong.
    ///
    /// A node on a line that goes takes the mean of its neighbours on either side, which may lie on lines
    /// that go in other directions, and so on: linear functions of i, j and k are exact. This is the
    /// interpolation of multilinear cells, each of which is made of two, four or eight, with lines that end
    /// where coupling becomes weak.
    pub fn coarser_lattice(
        self,
        a: View<f64>,
        lattice: &Lattice,
        components: usize,
    ) -> Result<(Blocks<f32>, NearNull), NearNull> {
        let (n, size) = (a.nrows(), self.block * self.block);
        let rows = Rows::new(a, lattice, components);
        let mut columns = vec![u32::MAX; n];
        let mut count = 0;
        for (i, column) in columns.iter_mut().enumerate() {
            if rows.gone(i).is_none() {
                *column = count;
                count += 1;
            }
        }
        if f64::from(count) > MOST * n as f64 {
            return Err(self);
        }
        let pieces: Vec<Piece> = (0..n.div_ceil(ROWS))
            .into_par_iter()
            .map(|piece| rows.interpolate(piece * ROWS..n.min((piece + 1) * ROWS), &columns))
            .collect();
        drop(rows);
        let entries = pieces.iter().map(|piece| piece.1.len()).sum();
        let mut p = Blocks {
            shape: [self.block; 2],
            start: Vec::with_capacity(n + 1),
            columns: Vec::with_capacity(entries),
            values: Vec::with_capacity(entries * size),
            ncols: count as usize,
        };
        p.start.push(0);
        for (lengths, js, weights) in pieces {
            lengths
                .into_iter()
                .for_each(|length| p.start.push(p.start[p.start.len() - 1] + length));
            p.columns.extend(js);
            for w in weights {
                let on_diagonal = |k: usize| k.is_multiple_of(self.block + 1);
                p.values.extend((0..size).map(|k| if on_diagonal(k) { w } else { 0.0 }));
            }
        }
        let coarse = (0..n).filter(|&i| columns[i] != u32::MAX);
        let values = coarse.flat_map(|i| self.node(i)).copied().collect();
        Ok((p, NearNull { values, ..self }))
    }
}

/// A matrix by lattice points.
struct Rows<'a> {
    a: View<'a, f64>,
    lattice: &'a Lattice,
    points: Vec<Point>,
    /// A bit for each direction in which every second line near a node goes.
    halved: Vec<u8>,
}

impl<'a> Rows<'a> {
    fn new(a: View<'a, f64>, lattice: &'a Lattice, components: usize) -> Self {
        let points = lattice.points(a.nrows());
        let mut rows = Rows { a, lattice, points, halved: Vec::new() };
        let nodes = (0..a.nrows()).into_par_iter().with_min_len(ROWS);
        rows.halved = nodes.map(|i| rows.strong(i, components)).collect();
        rows
    }

    /// The directions in which node i is strongly coupled.
    ///
    /// All entries that lead along a direction add up to the coupling of a one-dimensional problem: what
    /// shape functions spread over the other directions adds up to one. This is so for cells of any
    /// stretching, for conductivities that depend on the direction and on the place, and for second order.
    #[inline(always)]
    fn strong(&self, i: usize, components: usize) -> u8 {
        let (columns, values) = self.a.row(i);
        let [b, size] = [self.a.shape[0], self.a.shape[0] * self.a.shape[1]];
        let mut along = [0.0; 3];
        for (&j, block) in columns.iter().zip(values.chunks_exact(size)) {
            let offset = self.lattice.offset(self.points[i], self.points[j as usize]);
            let v: f64 = block.iter().step_by(b + 1).take(components).sum();
            let offset = offset.unwrap_or_default();
            along.iter_mut().zip(offset).filter(|(_, o)| *o != 0).for_each(|(sum, _)| *sum -= v);
        }
        let least = STRONG * along.iter().copied().fold(0.0, f64::max);
        (0..3).map(|d| u8::from(along[d] > least) << d).sum()
    }

    /// The first direction in which node i lies on a line that goes; none for those of the coarser lattice.
    #[inline(always)]
    fn gone(&self, i: usize) -> Option<usize> {
        let (point, halved) = (self.points[i], self.halved[i]);
        (0..3).find(|&d| point[d] & 1 == 1 && point[0] >= 0 && halved >> d & 1 == 1)
    }

    fn interpolate(&self, nodes: std::ops::Range<usize>, columns: &[u32]) -> Piece {
        let mut piece = (Vec::with_capacity(nodes.len()), Vec::new(), Vec::new());
        let mut terms = Vec::with_capacity(8);
        for i in nodes {
            terms.clear();
            match columns[i] {
                u32::MAX => self.between(i, columns, &mut terms),
                column => terms.push((column, 1.0)),
            }
            piece.0.push(terms.len());
            piece.1.extend(terms.iter().map(|term| term.0));
            piece.2.extend(terms.iter().map(|term| term.1 as f32));
        }
        piece
    }

    /// Column and weight of the coarse nodes that node i lies between, by column.
    ///
    /// They and those on the way share cells with it, so that its row has them. Those that it does not have
    /// are prescribed and count as zero, or are one with a node that is not on the lattice.
    fn between(&self, i: usize, columns: &[u32], terms: &mut Vec<(u32, f64)>) {
        let (neighbours, _) = self.a.row(i);
        let at = |wanted: Point| {
            let mut nodes = neighbours.iter().map(|&j| j as usize);
            nodes.find(|&j| self.lattice.offset(self.points[i], self.points[j]) == Some(wanted))
        };
        // Each direction comes once on the way: eight nodes at most.
        let mut open = [(i, [0; 3], 1.0); 8];
        let (mut count, mut missing) = (1, 0.0);
        while count > 0 {
            count -= 1;
            let (node, offset, weight) = open[count];
            let Some(d) = self.gone(node) else {
                terms.push((columns[node], weight));
                continue;
            };
            for side in [-1, 1] {
                let mut next = offset;
                next[d] += side;
                if self.lattice.rays > 1 && self.points[i][0] + next[0] == 0 {
                    // On the axis all rays are one.
                    next[2] = 0;
                }
                match at(next) {
                    Some(node) => {
                        open[count] = (node, next, 0.5 * weight);
                        count += 1;
                    }
                    None => missing += 0.5 * weight,
                }
            }
        }
        if missing > 0.0 {
            let mut others = neighbours.iter().filter(|&&j| self.points[j as usize][0] < 0);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Csr;

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

    fn interpolation(a: &Csr, lattice: &Lattice) -> Blocks<f32> {
        let coarser = constants(a.nrows()).coarser_lattice(View::scalar(a), lattice, 1);
        coarser.unwrap_or_else(|_| panic!("it is worth it")).0
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

    #[test]
    fn too_few_lines_are_left_to_aggregates() {
        // Nothing is coupled, so that no line goes.
        let (a, _) = Cells { sizes: [9, 7, 1], closed: false }.matrix(|_| [1.0, 1.0, 0.0]);
        let nowhere = Lattice::new([9, 1], false, std::iter::empty());
        assert!(constants(63).coarser_lattice(View::scalar(&a), &nowhere, 1).is_err());
    }
}
