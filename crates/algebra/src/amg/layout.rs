//! The finest level: from the rows of the caller's matrix to blocks.

use super::blocks::{Blocks, View};
use super::order::Order;
use super::sliced::LANES;
use crate::{Csr, LinearError};
use rayon::prelude::*;
use std::sync::Arc;

/// Rows per task.
const ROWS: usize = 1024;
/// For a place without a row.
const NOTHING: u32 = u32::MAX;

/// Where each row is in a vector of blocks.
#[derive(Clone)]
pub(super) enum Layout {
    /// Row i is component i % block of node i / block.
    Regular { block: usize, nodes: usize },
    /// Place of each row, and row at each place or [`NOTHING`].
    Scattered { block: usize, places: Vec<u32>, rows: Vec<u32> },
}

/// A matrix by nodes.
pub(super) enum Matrix<'a> {
    /// The caller's, used in place.
    Given(&'a Csr),
    /// The caller's too.
    Shared(Arc<Blocks<f64>>),
    Blocks(Blocks<f64>),
}

impl Matrix<'_> {
    pub fn view(&self) -> View<'_, f64> {
        match self {
            Self::Given(a) => View::scalar(a),
            Self::Shared(blocks) => blocks.view(),
            Self::Blocks(blocks) => blocks.view(),
        }
    }
}

impl Layout {
    /// For `n` rows in blocks of `block`, at `places` if these are given.
    pub fn new(n: usize, block: usize, places: Option<&[u32]>) -> Result<Self, LinearError> {
        let wrong = |what, got, wanted| LinearError::Size { what, got, wanted };
        let Some(places) = places else {
            let what = "number of rows of a matrix of whole blocks";
            return match n.is_multiple_of(block) {
                true => Ok(Self::Regular { block, nodes: n / block }),
                false => Err(wrong(what, n, n.next_multiple_of(block))),
            };
        };
        if places.len() != n {
            return Err(wrong("number of places of rows in blocks", places.len(), n));
        }
        let last = places.iter().max().map_or(0, |&p| p as usize + 1);
        // A few nodes may be without rows, not most of them.
        if last > (n + 1) * block * 8 {
            return Err(wrong("largest place of a row", last - 1, (n + 1) * block * 8));
        }
        let mut rows = vec![NOTHING; last.next_multiple_of(block)];
        for (i, &place) in places.iter().enumerate() {
            if rows[place as usize] != NOTHING {
                let what = "place of a row, which is taken: row of its owner";
                return Err(wrong(what, i, rows[place as usize] as usize));
            }
            rows[place as usize] = i as u32;
        }
        Ok(Self::Scattered { block, places: places.to_vec(), rows })
    }

    /// True where a row is at a place.
    pub fn has_row(&self, place: usize) -> bool {
        match self {
            Self::Regular { block, nodes } => place < block * nodes,
            Self::Scattered { rows, .. } => rows.get(place).is_some_and(|&row| row != NOTHING),
        }
    }

    /// The same with places for `nodes` nodes, the last of which may be without rows.
    pub fn with_nodes(mut self, nodes: usize) -> Self {
        if let Self::Scattered { block, rows, .. } = &mut self {
            rows.resize((nodes * *block).max(rows.len()), NOTHING);
        }
        self
    }

    /// From the rows of the matrix to the places of the cycle, for one unknown per node.
    pub fn in_order(self, order: &Order) -> Self {
        if self.block() != 1 || order.len() != self.nodes() {
            return self;
        }
        let mut rows = vec![NOTHING; order.len().next_multiple_of(LANES)];
        let mut places = match &self {
            Self::Regular { nodes, .. } => vec![0; *nodes],
            Self::Scattered { places, .. } => vec![0; places.len()],
        };
        for (i, place) in places.iter_mut().enumerate() {
            *place = order.places[self.place(i)];
            rows[*place as usize] = i as u32;
        }
        Self::Scattered { block: 1, places, rows }
    }

    /// Unknowns per node.
    pub fn block(&self) -> usize {
        match self {
            Self::Regular { block, .. } | Self::Scattered { block, .. } => *block,
        }
    }

    /// Number of nodes.
    pub fn nodes(&self) -> usize {
        match self {
            Self::Regular { nodes, .. } => *nodes,
            Self::Scattered { block, rows, .. } => rows.len() / block,
        }
    }

    /// A by nodes; `alone` is the diagonal at places without a row.
    pub fn matrix<'a>(&self, a: &'a Csr, alone: f64) -> Matrix<'a> {
        match self {
            Self::Regular { block: 1, .. } => Matrix::Given(a),
            _ => Matrix::Blocks(self.blocks(a, alone)),
        }
    }

    fn place(&self, row: usize) -> usize {
        match self {
            Self::Regular { .. } => row,
            Self::Scattered { places, .. } => places[row] as usize,
        }
    }

    fn row(&self, place: usize) -> Option<usize> {
        match self {
            Self::Regular { .. } => Some(place),
            Self::Scattered { rows, .. } => {
                Some(rows[place]).filter(|&row| row != NOTHING).map(|row| row as usize)
            }
        }
    }

    /// y = factor x in blocks; 0 at places without a row.
    pub fn gather(&self, factor: f64, x: &[f64], y: &mut [f32]) {
        y.par_chunks_mut(4096).enumerate().for_each(|(piece, y)| match self {
            Self::Regular { .. } => {
                for (y, x) in y.iter_mut().zip(&x[piece * 4096..]) {
                    *y = (factor * x) as f32;
                }
            }
            Self::Scattered { .. } => {
                for (k, y) in y.iter_mut().enumerate() {
                    *y = self.row(piece * 4096 + k).map_or(0.0, |i| (factor * x[i]) as f32);
                }
            }
        });
    }

    /// y = factor x in the rows of the matrix.
    pub fn scatter(&self, factor: f64, x: &[f32], y: &mut [f64]) {
        y.par_chunks_mut(4096).enumerate().for_each(|(piece, y)| match self {
            Self::Regular { .. } => {
                for (y, &x) in y.iter_mut().zip(&x[piece * 4096..]) {
                    *y = factor * f64::from(x);
                }
            }
            Self::Scattered { places, .. } => {
                for (y, &place) in y.iter_mut().zip(&places[piece * 4096..]) {
                    *y = factor * f64::from(x[place as usize]);
                }
            }
        });
    }

    /// Values in the rows of the matrix, by place; 0 at places without a row.
    pub fn spread(&self, x: &[f64]) -> Vec<f64> {
        let places = self.nodes() * self.block();
        (0..places).map(|place| self.row(place).map_or(0.0, |i| x[i])).collect()
    }

    /// Gives the places of a node that are without a row the largest diagonal entry of the others: one
    /// much larger would make the node pass for one that needs no coarse grid.
    fn fit(&self, node: usize, block: &mut [f64]) {
        let b = self.block();
        let has_row = |c: &usize| self.row(node * b + c).is_some();
        let largest = (0..b).filter(has_row).map(|c| block[c * (b + 1)]).fold(0.0, f64::max);
        if largest > 0.0 {
            (0..b).filter(|c| !has_row(c)).for_each(|c| block[c * (b + 1)] = largest);
        }
    }

    /// Back from [`Layout::spread`].
    pub fn collect(&self, by_place: &[f64], x: &mut [f64]) {
        x.iter_mut().enumerate().for_each(|(i, x)| *x = by_place[self.place(i)]);
    }

    /// A in blocks.
    fn blocks(&self, a: &Csr, alone: f64) -> Blocks<f64> {
        let (b, nodes) = (self.block(), self.nodes());
        let pieces: Vec<(Vec<usize>, Vec<u32>, Vec<f64>)> = (0..nodes.div_ceil(ROWS))
            .into_par_iter()
            .map_init(
                || vec![0_u32; nodes],
                |found, piece| {
                    let (mut lengths, mut columns, mut values) = (vec![], Vec::new(), Vec::new());
                    for i in piece * ROWS..nodes.min((piece + 1) * ROWS) {
                        let first = columns.len();
                        let mut put = |r: usize, place: usize, value: f64| {
                            let (j, c) = ((place / b) as u32, place % b);
                            let mut at = found[j as usize] as usize;
                            if at < first || columns.get(at) != Some(&j) {
                                at = columns.len();
                                found[j as usize] = at as u32;
                                columns.push(j);
                                values.resize(values.len() + b * b, 0.0);
                            }
                            values[at * b * b + c * b + r] = value;
                        };
                        for r in 0..b {
                            let Some(row) = self.row(i * b + r) else {
                                put(r, i * b + r, alone);
                                continue;
                            };
                            let (js, v) = a.row(row);
                            js.iter().zip(v).for_each(|(&j, &v)| put(r, self.place(j as usize), v));
                        }
                        let own = columns[first..].iter().position(|&j| j as usize == i);
                        if let Some(own) = own.map(|at| first + at) {
                            let block = &mut values[own * b * b..(own + 1) * b * b];
                            self.fit(i, block);
                        }
                        lengths.push(columns.len() - first);
                    }
                    (lengths, columns, values)
                },
            )
            .collect();
        let entries = pieces.iter().map(|piece| piece.1.len()).sum();
        let mut start = Vec::with_capacity(nodes + 1);
        start.push(0);
        let (mut columns, mut values) =
            (Vec::with_capacity(entries), Vec::with_capacity(entries * b * b));
        for (lengths, js, v) in pieces {
            for length in lengths {
                start.push(start[start.len() - 1] + length);
            }
            columns.extend_from_slice(&js);
            values.extend_from_slice(&v);
        }
        Blocks { shape: [b, b], start, columns, values, ncols: nodes }
    }
}
