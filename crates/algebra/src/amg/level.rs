//! The levels of multigrid and how one follows from another.

use super::blocks::{Blocks, View};
use super::layout::{Layout, Matrix};
use super::order::Order;
use super::product::galerkin;
use super::smoother::Chebyshev;
use super::stored::Stored;
use super::strength::Strength;
use super::tentative::NearNull;
use super::unstored::{Nodal, inverse_of_blocks};
use super::{AmgParameters, AmgProblem, aggregate, diagonal, prolongation};
use crate::operator::FinestLevels;
use crate::{Csr, LinearError};

/// A level that has a coarser one below it.
pub(super) struct Level {
    /// Number of unknowns.
    pub unknowns: usize,
    pub a: Stored,
    pub smoother: Chebyshev,
    pub prolongation: Stored,
    pub restriction: Stored,
}

fn bad_diagonal(row: usize) -> LinearError {
    let where_ = format!("a diagonal entry or block of a multigrid level is not, in row {row}");
    LinearError::NotPositiveDefinite { row: None, where_ }
}

/// A power of two that brings the largest diagonal entry near 1.
pub(super) fn scale_of(a: &Csr) -> Result<f64, LinearError> {
    scale_to(a.diagonal().into_iter())
}

/// The same for these diagonal entries.
fn scale_to(diagonal: impl Iterator<Item = f64>) -> Result<f64, LinearError> {
    let mut largest = f64::MIN_POSITIVE;
    for (row, d) in diagonal.enumerate() {
        if d.is_nan() || d <= 0.0 {
            let where_ = format!("the diagonal entry of row {row} is {d:.1e}");
            return Err(LinearError::NotPositiveDefinite { row: Some(row), where_ });
        }
        largest = largest.max(d);
    }
    Ok((-largest.log2().round()).exp2())
}

impl Level {
    /// Length of the vectors of the cycle.
    pub fn places(&self) -> usize {
        self.a.nrows() * self.a.shape()[0]
    }

    /// The same for the level below.
    pub fn places_below(&self) -> usize {
        self.restriction.nrows() * self.restriction.shape()[0]
    }

    /// Bytes that one cycle reads and writes: the matrix for each product, both interpolations, and
    /// the vectors, each once for each pass over it.
    pub fn cycle_bytes(&self) -> usize {
        let matrices = self.smoother.products() * self.a.bytes()
            + self.prolongation.bytes()
            + self.restriction.bytes();
        // The first step of smoothing reads D^-1 and b and writes x and y; the residual reads b and x and
        // writes y; restriction reads y, prolongation reads and writes x.
        let diagonal = self.a.shape()[0];
        let steps = self.smoother.products() - 1;
        let here = (diagonal + 3) + steps * self.vectors_of_step() + 3 + 1 + 2;
        // The restriction writes a vector below, the prolongation reads one.
        matrices + 4 * (here * self.places() + 2 * self.places_below())
    }

    /// Bytes of one step of smoothing with a product: what the first one has if x is not zero.
    pub fn step_bytes(&self) -> usize {
        self.a.bytes() + 4 * self.places() * self.vectors_of_step()
    }

    /// A step reads D^-1, b, x and y and writes y.
    fn vectors_of_step(&self) -> usize {
        self.a.shape()[0] + 4
    }

    /// Takes new values of the matrix.
    pub fn refresh(&mut self, a: View<f64>, order: &Order, scale: f64) -> Result<(), LinearError> {
        self.a.set_values(a, [order, order], scale);
        self.smoother.inverse_diagonal = inverse_diagonal(a, order, scale)?;
        Ok(())
    }
}

/// The inverse of the diagonal blocks of `scale` A, in the order of the cycle.
fn inverse_diagonal(a: View<f64>, order: &Order, scale: f64) -> Result<Vec<f32>, LinearError> {
    let inverse = diagonal::inverse_diagonal(a, scale).map_err(bad_diagonal)?;
    Ok(if a.shape == [1, 1] { order.gather(&inverse) } else { inverse })
}

/// The levels of a matrix from the finest on.
pub(super) struct Levels {
    pub above: Vec<Level>,
    /// The matrix below them, which is to be factored.
    pub last: Csr,
    /// The orders of the first and the last.
    pub orders: [Order; 2],
}

/// The levels below a matrix.
pub(super) fn coarsen(
    a: &Csr,
    problem: &AmgProblem,
    layout: &Layout,
    scale: f64,
    p: &AmgParameters,
) -> Result<Levels, LinearError> {
    if a.nrows() <= p.coarsest {
        let orders = [Order::default(), Order::default()];
        return Ok(Levels { above: vec![], last: a.clone(), orders });
    }
    let near = problem.near_null(a.nrows(), layout)?;
    let p = problem.parameters(p);
    let given = problem.first_prolongation.as_ref();
    let wide = layout.matrix(a, 1.0 / scale);
    let levels = descend(Vec::new(), wide, near, given, scale, &p)?;
    let no_levels = levels.above.is_empty();
    Ok(if no_levels { Levels { last: a.clone(), ..levels } } else { levels })
}

/// The levels of an operator that is known by nodes. The factored one is by nodes too.
pub(super) fn coarsen_by_nodes(
    finest: FinestLevels,
    rows: usize,
    problem: &AmgProblem,
    layout: &Layout,
    p: &AmgParameters,
) -> Result<(Levels, f64), LinearError> {
    let near = problem.near_null(rows, layout)?;
    let p = problem.parameters(p);
    let finest = match finest {
        FinestLevels::Matrix(a) => {
            let scale = scale_to(a.view().diagonal())?;
            let levels = descend(Vec::new(), Matrix::Shared(a), near, None, scale, &p)?;
            return Ok((levels, scale));
        }
        FinestLevels::Product(finest) => finest,
    };
    let (block, size) = (layout.block(), layout.block() * layout.block());
    let diagonal = finest.diagonal.iter().enumerate();
    let diagonal = diagonal.filter(|(k, _)| (k % size).is_multiple_of(block + 1)).map(|(_, v)| *v);
    let scale = scale_to(diagonal)?;
    let inverse = inverse_of_blocks(block, &finest.diagonal, scale).map_err(bad_diagonal)?;
    let nodal = Nodal::new((finest.single)(scale), layout.nodes(), block);
    let stored = Stored::Nodal(nodal);
    let smoother = Chebyshev::new(&stored, inverse, p.degree);
    let (order, next) = (Order::natural(layout.nodes()), Order::natural(finest.prolongation.ncols));
    let restriction = finest.prolongation.transpose();
    let level = Level {
        unknowns: rows,
        a: stored,
        smoother,
        prolongation: Stored::new(finest.prolongation.view(), [&order, &next], 1.0),
        restriction: Stored::new(restriction.view(), [&next, &order], 1.0),
    };
    let (near, below) = (near.at(&finest.coarse), Matrix::Blocks(finest.below));
    let mut levels = descend(vec![level], below, near, None, scale, &p)?;
    levels.orders[0] = order;
    Ok((levels, scale))
}

/// Goes on from `levels` with the matrix below them.
fn descend(
    mut levels: Vec<Level>,
    mut wide: Matrix<'_>,
    mut near: NearNull,
    mut given: Option<&Csr>,
    scale: f64,
    p: &AmgParameters,
) -> Result<Levels, LinearError> {
    let (mut first, mut order) = (None, Order::of(wide.view()));
    let components = near.block;
    while levels.len() < p.max_levels {
        let view = wide.view();
        if view.nrows() * view.shape[0] <= p.coarsest {
            break;
        }
        let inverse = inverse_diagonal(view, &order, scale)?;
        let stored = Stored::new(view, [&order, &order], scale);
        let smoother = Chebyshev::new(&stored, inverse, p.degree);
        let (prolongation, below) = match given.take() {
            Some(given) => near.interpolate(given)?,
            None => {
                let strength = Strength::new(view, components, p.strength);
                let aggregates = aggregate::aggregate(&strength);
                if aggregates.count as f64 > 0.9 * view.nrows() as f64 {
                    break;
                }
                let most = if view.shape[0] == 1 { 2.0 } else { f64::INFINITY };
                let omega = 4.0 / (3.0 * smoother.largest.clamp(1.0, most));
                let (t, below) = near.cut(&aggregates);
                let vectors = (&t, &below);
                (prolongation::smoothed(view, &strength, &aggregates, vectors, omega), below)
            }
        };
        let restriction = prolongation.transpose();
        let mut coarse = galerkin(restriction.view(), view, prolongation.view());
        fill_empty(&mut coarse, 1.0 / scale);
        let next = Order::of(coarse.view());
        levels.push(Level {
            unknowns: view.nrows() * view.shape[0],
            a: stored,
            smoother,
            prolongation: Stored::new(prolongation.view(), [&order, &next], 1.0),
            restriction: Stored::new(restriction.view(), [&next, &order], 1.0),
        });
        (near, wide) = (below, Matrix::Blocks(coarse));
        let above = std::mem::replace(&mut order, next);
        first.get_or_insert(above);
    }
    let last = match wide {
        Matrix::Given(a) => a.clone(),
        blocks => blocks.view().to_csr(),
    };
    // From blocks to their unknowns.
    let order = if order.len() == last.nrows() { order } else { Order::natural(last.nrows()) };
    Ok(Levels { above: levels, last, orders: [first.unwrap_or_default(), order] })
}

/// Unknowns that interpolate to nothing get a diagonal entry, so that the level stays definite.
fn fill_empty(a: &mut Blocks<f64>, alone: f64) {
    let b = a.shape[0];
    for i in 0..a.start.len() - 1 {
        for k in (a.start[i]..a.start[i + 1]).filter(|&k| a.columns[k] as usize == i) {
            for c in 0..b {
                let diagonal = &mut a.values[k * b * b + c * b + c];
                if *diagonal == 0.0 {
                    *diagonal = alone;
                }
            }
        }
    }
}

impl View<'_, f64> {
    /// The diagonal entries, unknown by unknown; 0 where there is none.
    fn diagonal(&self) -> impl Iterator<Item = f64> + '_ {
        let b = self.shape[0];
        (0..self.nrows()).flat_map(move |i| {
            let (columns, blocks) = self.row(i);
            let own = columns.iter().position(|&j| j as usize == i);
            (0..b).map(move |c| own.map_or(0.0, |k| blocks[k * b * b + c * (b + 1)]))
        })
    }

    /// The matrix with its rows sorted.
    pub(super) fn to_csr(self) -> Csr {
        let [rows, cols] = self.shape;
        let (mut start, mut columns, mut values) = (vec![0], Vec::new(), Vec::new());
        for i in 0..self.nrows() {
            let (js, blocks) = self.row(i);
            let mut order: Vec<usize> = (0..js.len()).collect();
            order.sort_unstable_by_key(|&k| js[k]);
            for r in 0..rows {
                for &k in &order {
                    for c in 0..cols {
                        columns.push(js[k] * cols as u32 + c as u32);
                        values.push(blocks[k * rows * cols + c * rows + r]);
                    }
                }
                start.push(columns.len());
            }
        }
        Csr::from_sorted(start, columns, values, self.ncols * cols)
    }
}

impl NearNull {
    /// The given interpolation between nodes for each component, and the vectors at the coarse nodes.
    fn interpolate(self, given: &Csr) -> Result<(Blocks<f32>, NearNull), LinearError> {
        let (b, n) = (self.block, self.vectors);
        let nodes = self.values.len() / (b * n);
        if given.nrows() != nodes {
            let what = "number of rows of the first prolongation";
            return Err(LinearError::Size { what, got: given.nrows(), wanted: nodes });
        }
        let mut values = vec![0.0; given.ncols() * b * n];
        let mut found = vec![false; given.ncols()];
        for i in 0..nodes {
            if let ([j], [1.0]) = given.row(i) {
                let j = *j as usize;
                found[j] = true;
                values[j * b * n..(j + 1) * b * n].copy_from_slice(self.node(i));
            }
        }
        if let Some(column) = found.iter().position(|found| !found) {
            let what =
                "a node with the single weight 1 for a coarse node of the first prolongation";
            return Err(LinearError::Size { what, got: 0, wanted: column });
        }
        let mut weights = vec![0.0; given.nnz() * b * b];
        for (block, &w) in weights.chunks_exact_mut(b * b).zip(given.values()) {
            (0..b).for_each(|c| block[c * b + c] = w as f32);
        }
        let prolongation = Blocks {
            shape: [b, b],
            start: given.row_start().to_vec(),
            columns: given.columns().to_vec(),
            values: weights,
            ncols: given.ncols(),
        };
        Ok((prolongation, NearNull { block: b, vectors: n, values }))
    }
}
