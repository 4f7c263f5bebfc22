//! P^T A P from the matrices of cells, for any interpolation P between nodes: the matrix A itself would be large.

use super::element::Element;
use super::matrix::{Part, assemble};
use super::places::Kind;
use super::{Action, Cellwise, NONE};
use algebra::Blocks;
use rayon::prelude::*;
use std::ops::Range;

impl Action<'_> {
    /// Of each pair of nodes the sum of the diagonal entries of their block of A, where both have unknowns of their own.
    pub(super) fn sums_of_diagonals(&self) -> Blocks<f64> {
        let parts: Vec<Part<'_>> =
            self.parts.iter().map(|part| sums_of(part, &self.kinds)).collect();
        assemble(&parts, [1, 1], self.places.len())
    }

    /// P^T A P. What is tied to a whole body moves as P moves that; what is fixed does not.
    pub(super) fn galerkin(&self, p: &Blocks<f32>) -> Blocks<f64> {
        let interpolation = Interpolation { p, kinds: &self.kinds };
        let parts: Vec<Part<'_>> = self.parts.iter().map(|part| interpolation.part(part)).collect();
        assemble(&parts, [3, 3], p.ncols)
    }
}

/// For all shape functions of cells.
fn element_of(part: &Cellwise) -> Element<'_> {
    Element::new(&part.cells, &part.product.geometry, &part.cells.derivatives)
}

/// Of pairs of nodes of cells the sums of the diagonal entries of their blocks.
fn sums_of<'a>(part: &'a Cellwise, kinds: &'a [Kind]) -> Part<'a> {
    let width = part.cells.width;
    let own = |node: u32, c: usize| kinds[3 * node as usize + c] == Kind::Own;
    let compute = move |range: Range<usize>, numbers: &mut [f64]| {
        let first = range.start;
        element_of(part).each(range, |cell, pack, l| {
            let nodes = part.cells.nodes_of(cell);
            let to = &mut numbers[(cell - first) * width * width..];
            for (a, &i) in nodes.iter().enumerate() {
                for (b, &j) in nodes.iter().enumerate() {
                    let block = &pack[9 * (a * width + b)..];
                    let both = (0..3).filter(|&c| own(i, c) && own(j, c));
                    to[a * width + b] = both.map(|c| block[4 * c][l]).sum();
                }
            }
        });
    };
    Part { rows: part.cells.nodes.clone(), width, compute: Box::new(compute) }
}

/// From places of coarse nodes to those of the nodes of cells.
#[derive(Clone, Copy)]
struct Interpolation<'a> {
    p: &'a Blocks<f32>,
    kinds: &'a [Kind],
}

impl<'a> Interpolation<'a> {
    /// Place and weight of what the displacement at a place is interpolated from.
    fn terms(self, place: usize) -> impl Iterator<Item = (u32, f64)> + 'a {
        let own = match self.kinds[place] {
            Kind::Own => Some(place),
            Kind::Tied(to) => Some(to as usize),
            Kind::Fixed => None,
        };
        let blocks = own.map_or(0..0, |own| self.p.start[own / 3]..self.p.start[own / 3 + 1]);
        let row = own.unwrap_or(0) % 3;
        let entry = move |k: usize, c: usize| {
            let weight = f64::from(self.p.values[9 * k + 3 * c + row]);
            (weight != 0.0).then_some((3 * self.p.columns[k] + c as u32, weight))
        };
        blocks.flat_map(move |k| (0..3).filter_map(move |c| entry(k, c)))
    }

    /// The coarse nodes that the nodes of a cell are interpolated from.
    fn nodes(self, cell: &[u32]) -> Vec<u32> {
        let places = cell.iter().flat_map(|&node| (0..3).map(move |c| 3 * node as usize + c));
        let mut nodes: Vec<u32> =
            places.flat_map(|place| self.terms(place)).map(|term| term.0 / 3).collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }

    /// The matrices of cells between the coarse nodes that these are interpolated from.
    fn part(self, part: &'a Cellwise) -> Part<'a> {
        let cells = part.cells.nodes.par_chunks_exact(part.cells.width).with_min_len(64);
        let lists: Vec<Vec<u32>> = cells.map(|cell| self.nodes(cell)).collect();
        let width = lists.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let mut rows = Vec::with_capacity(lists.len() * width);
        for nodes in &lists {
            let end = rows.len() + width;
            rows.extend(nodes);
            rows.resize(end, NONE);
        }
        let compute = move |range: Range<usize>, numbers: &mut [f64]| {
            let (first, size) = (range.start, 9 * width * width);
            let mut half = vec![0.0; 9 * width * part.cells.width];
            element_of(part).each(range, |cell, pack, l| {
                let to = &mut numbers[(cell - first) * size..][..size];
                let nodes = [part.cells.nodes_of(cell), &lists[cell]];
                self.product(nodes, |k| pack[k][l], (&mut half, to));
            });
        };
        Part { rows, width, compute: Box::new(compute) }
    }

    /// R^T K R for the matrix K of a cell with these nodes, and the coarse ones that they are interpolated from, and its
    /// part R of the interpolation, in blocks; `half` is room for R^T K.
    fn product(
        self,
        [nodes, coarse]: [&[u32]; 2],
        k: impl Fn(usize) -> f64,
        (half, to): (&mut [f64], &mut [f64]),
    ) {
        let n = nodes.len();
        let width = half.len() / (9 * n);
        let local = |place: u32| {
            let node = coarse.binary_search(&(place / 3)).expect("one of these");
            (node, place as usize % 3)
        };
        half.fill(0.0);
        for (a, &node) in nodes.iter().enumerate() {
            for r in 0..3 {
                for (place, weight) in self.terms(3 * node as usize + r) {
                    let (i, c) = local(place);
                    let row = &mut half[3 * n * (3 * i + c)..][..3 * n];
                    for (q, sum) in row.iter_mut().enumerate() {
                        *sum += weight * k(9 * (a * n + q / 3) + 3 * (q % 3) + r);
                    }
                }
            }
        }
        to.fill(0.0);
        for (q, place) in
            nodes.iter().flat_map(|&node| (0..3).map(move |c| 3 * node as usize + c)).enumerate()
        {
            for (place, weight) in self.terms(place) {
                let (j, d) = local(place);
                for i in 0..coarse.len() {
                    for c in 0..3 {
                        to[9 * (i * width + j) + 3 * d + c] +=
                            weight * half[3 * n * (3 * i + c) + q];
                    }
                }
            }
        }
    }
}
