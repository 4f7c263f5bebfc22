//! The finest levels of multigrid.

use super::cells::Cells;
use super::element::Element;
use super::matrix::{Part, assemble, constrain};
use super::places::Kind;
use super::single::Single;
use super::{Action, Cellwise, NONE};
use crate::interpolation_from_corners;
use algebra::{Blocks, ByNodes, Csr, FinestLevels, SingleProduct, Unstored};
use mesh::reference;
use std::ops::Range;
use std::sync::Arc;

/// The product in single precision, for a factor.
type MakeSingle = Box<dyn FnOnce(f64) -> Box<dyn SingleProduct>>;

impl Action<'_> {
    /// The matrix of the shape functions of corners, whose rows are the nodes `coarse`; `coarse_of` are their rows.
    pub(super) fn matrix(&self, coarse_of: &[u32], coarse: &[u32]) -> Blocks<f64> {
        let part = |part| of_corners(part, coarse_of);
        let parts: Vec<Part<'_>> = self.parts.iter().map(part).collect();
        let kinds: Vec<Kind> = coarse
            .iter()
            .flat_map(|&node| &self.kinds[3 * node as usize..3 * node as usize + 3])
            .map(|&kind| match kind {
                Kind::Tied(place) => Kind::Tied(3 * coarse_of[place as usize / 3] + place % 3),
                kind => kind,
            })
            .collect();
        constrain(assemble(&parts, [3, 3], coarse.len()), &kinds)
    }

    /// Interpolation of the unknowns from the corners, from that of free nodes.
    fn prolongation(&self, nodes: &Csr, coarse_of: &[u32], coarse: &[u32]) -> Blocks<f32> {
        let (mut start, mut columns, mut values) = (vec![0], Vec::new(), Vec::<f32>::new());
        for i in 0..nodes.nrows() {
            let first = columns.len();
            let (js, weights) = nodes.row(i);
            for (&j, &w) in js.iter().zip(weights) {
                for r in (0..3).filter(|r| self.kinds[3 * i + r] == Kind::Own) {
                    let (column, c) = match self.kinds[3 * coarse[j as usize] as usize + r] {
                        Kind::Own => (j, r),
                        Kind::Fixed => continue,
                        Kind::Tied(place) => (coarse_of[place as usize / 3], place as usize % 3),
                    };
                    let at = match columns[first..].iter().position(|&k| k == column) {
                        Some(at) => first + at,
                        None => {
                            columns.push(column);
                            values.extend_from_slice(&[0.0; 9]);
                            columns.len() - 1
                        }
                    };
                    values[9 * at + 3 * c + r] += w as f32;
                }
            }
            start.push(columns.len());
        }
        Blocks { shape: [3, 3], start, columns, values, ncols: coarse.len() }
    }

    fn single(&self) -> MakeSingle {
        let kinds = Arc::new(self.kinds.clone());
        let parts: Vec<_> = (self.parts.iter())
            .map(|part| (Arc::clone(&part.cells), Arc::clone(&part.product)))
            .collect();
        Box::new(move |scale| Box::new(Single::new(&parts, kinds, scale)))
    }
}

/// The matrices of cells for the shape functions of their corners.
fn of_corners<'a>(part: &'a Cellwise, coarse_of: &[u32]) -> Part<'a> {
    let Cells { kind, width, nodes, rule, .. } = &*part.cells;
    let corners = kind.corner_count();
    let at = |&x: &[f64; 3]| reference::gradients(kind.linear(), x);
    let derivatives: Vec<[f64; 3]> = rule.points.iter().flat_map(at).collect();
    let cells = nodes.chunks_exact(*width);
    let compute = move |range: Range<usize>, numbers: &mut [f64]| {
        let first = range.start;
        let size = 9 * corners * corners;
        Element::new(&part.cells, &part.product.geometry, &derivatives).each(
            range,
            |cell, pack, l| {
                let to = &mut numbers[(cell - first) * size..][..size];
                to.iter_mut().zip(pack).for_each(|(to, from)| *to = from[l]);
            },
        );
    };
    Part {
        rows: cells.flat_map(|cell| &cell[..corners]).map(|&n| coarse_of[n as usize]).collect(),
        width: corners,
        compute: Box::new(compute),
    }
}

impl ByNodes for Action<'_> {
    fn levels(&self) -> FinestLevels {
        let count = self.places.len();
        let whole: Vec<u32> = (self.places.nodes as u32..count as u32).collect();
        let row_of = |node: u32| Some(self.masters[node as usize]);
        if let Some(a) = &self.first_order {
            return FinestLevels::Matrix(Arc::clone(&a.blocks));
        }
        let nodes = interpolation_from_corners(self.mesh, count, row_of, &whole);
        let nodes = nodes.expect("cells of second order");
        let (mut coarse, mut coarse_of) = (vec![NONE; nodes.ncols()], vec![NONE; count]);
        for (row, coarse_of) in coarse_of.iter_mut().enumerate() {
            if let ([column], [1.0]) = nodes.row(row) {
                coarse[*column as usize] = row as u32;
                *coarse_of = *column;
            }
        }
        let finest = Unstored {
            diagonal: self.diagonal(),
            single: self.single(),
            prolongation: self.prolongation(&nodes, &coarse_of, &coarse),
            below: self.matrix(&coarse_of, &coarse),
        };
        FinestLevels::Product(Box::new(finest), coarse)
    }

    fn couplings(&self) -> Option<Blocks<f64>> {
        self.first_order.is_none().then(|| self.sums_of_diagonals())
    }

    fn levels_with(&self, prolongation: Blocks<f32>) -> Unstored {
        let below = self.galerkin(&prolongation);
        Unstored { diagonal: self.diagonal(), single: self.single(), prolongation, below }
    }
}
