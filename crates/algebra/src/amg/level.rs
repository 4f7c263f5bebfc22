//! The levels of multigrid and how one follows from another.

use super::blocks::{Blocks, View};
use super::layout::{Layout, Matrix};
use super::order::Order;
use super::product::galerkin;
use super::smoother::{Chebyshev, Smoothed};
use super::split::{SMALLEST, Split};
use super::stored::Stored;
use super::strength::Strength;
use super::tentative::NearNull;
use super::unstored::{Nodal, inverse_of_blocks};
use super::{AmgParameters, AmgProblem, aggregate, diagonal, prolongation};
use crate::operator::FinestLevels;
use crate::{Csr, LinearError, Operator};

/// A level that has a coarser one below it.
pub(super) struct Level {
    /// Number of unknowns.
    pub unknowns: usize,
    /// None where it is part of a [`Split`].
    pub matrix: Option<Smoothed>,
    pub size: Size,
    pub smoother: Chebyshev,
    pub prolongation: Stored,
    pub restriction: Stored,
}

/// How large the matrix of a level is.
#[derive(Clone, Copy)]
pub(super) struct Size {
    pub rows: usize,
    pub shape: [usize; 2],
    pub entries: usize,
    /// What a product reads.
    bytes: usize,
}

impl Size {
    fn of(a: &Stored) -> Self {
        Size { rows: a.nrows(), shape: a.shape(), entries: a.entries(), bytes: a.bytes() }
    }
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
        self.size.rows * self.size.shape[0]
    }

    /// The same for the level below.
    pub fn places_below(&self) -> usize {
        self.restriction.nrows() * self.restriction.shape()[0]
    }

    /// Bytes that one cycle reads and writes: the matrix for each product, both interpolations, and
    /// the vectors, each once for each pass over it.
    pub fn cycle_bytes(&self) -> usize {
        let matrices = self.smoother.products() * self.size.bytes
            + self.prolongation.bytes()
            + self.restriction.bytes();
        // The first step of smoothing reads D^-1 and b and writes x and y; the residual reads b and x and
        // writes y; restriction reads y, prolongation reads and writes x.
        let diagonal = self.size.shape[0];
        let steps = self.smoother.products() - 1;
        let here = (diagonal + 3) + steps * self.vectors_of_step() + 3 + 1 + 2;
        // The restriction writes a vector below, the prolongation reads one.
        matrices + 4 * (here * self.places() + 2 * self.places_below())
    }

    /// Bytes of one step of smoothing with a product: what the first one has if x is not zero.
    pub fn step_bytes(&self) -> usize {
        self.size.bytes + 4 * self.places() * self.vectors_of_step()
    }

    /// A step reads D^-1, b, x and y and writes y.
    fn vectors_of_step(&self) -> usize {
        self.size.shape[0] + 4
    }

    /// Takes new values of the matrix.
    pub fn refresh(&mut self, a: View<f64>, order: &Order, scale: f64) -> Result<(), LinearError> {
        if let Some(matrix) = &mut self.matrix {
            matrix.a.set_values(a, [order, order], scale);
            matrix.inverse_diagonal = inverse_diagonal(a, order, scale)?;
        }
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

/// The levels below the matrix of an operator that is ready to store its entries in two parts, which
/// it then does; the first level has no matrix. `None` for matrices that do not suit.
pub(super) fn coarsen_split(
    operator: &mut dyn Operator,
    problem: &AmgProblem,
    p: &AmgParameters,
) -> Result<Option<(Levels, f64)>, LinearError> {
    let p = problem.parameters(p);
    let given = problem.first_prolongation.as_ref();
    let (made, order, scale) = {
        let large = |a: &&Csr| operator.can_split() && a.nrows() > p.coarsest;
        let Some(a) = operator.matrix().filter(large) else { return Ok(None) };
        let layout = problem.layout(a.nrows())?;
        let diagonal = a.diagonal();
        let scale = scale_to(diagonal.iter().copied())?;
        let smallest = diagonal.into_iter().fold(f64::INFINITY, f64::min);
        let Matrix::Given(a) = layout.matrix(a, 1.0 / scale) else { return Ok(None) };
        if scale * smallest < SMALLEST {
            return Ok(None);
        }
        let (near, order) = (problem.near_null(a.nrows(), &layout)?, Order::of(View::scalar(a)));
        let (view, s) = (View::scalar(a), Settings { components: 1, scale, p: &p });
        if let Some(given) = given {
            // Nothing smooths with the matrix before the one below is there: it need not stand twice then.
            let inverse_diagonal = inverse_diagonal(view, &order, scale)?;
            let (prolongation, near) = near.interpolate(given)?;
            let next = Next::new(view, prolongation, near, scale);
            (Made::Next(inverse_diagonal, next), order, scale)
        } else {
            let Some(mut below) = below(view, &order, near, None, None, s)? else {
                return Ok(None);
            };
            let Some(finest) = below.own.take() else { return Ok(None) };
            (Made::All(finest, Box::new(below)), order, scale)
        }
    };
    let below = match made {
        Made::All(finest, below) => {
            operator.store_split(Box::new(|a| Split::new(finest, a, order, scale)));
            *below
        }
        Made::Next(inverse, next) => {
            operator.store_split(Box::new(|a| Split::at_once(inverse, a, order, scale)));
            let Some(split) = operator.split() else { return Ok(None) };
            let (unknowns, finest) = (split.nrows(), split.finest());
            let (size, smoother) = (Size::of(&finest.a), Chebyshev::new(finest, p.degree));
            Below { unknowns, own: None, size, smoother, next }
        }
    };
    let Some(split) = operator.split() else { return Ok(None) };
    let (level, coarse, near, order) = below.finish(split.order());
    let levels = descend(vec![level], Matrix::Blocks(coarse), order, near, None, scale, &p)?;
    Ok(Some((levels, scale)))
}

/// The levels below a matrix that is stored in two parts.
pub(super) fn coarsen_again(
    split: &Split,
    problem: &AmgProblem,
    p: &AmgParameters,
) -> Result<Levels, LinearError> {
    let (a, p) = (split.to_csr(), problem.parameters(p));
    let near = problem.near_null(a.nrows(), &problem.layout(a.nrows())?)?;
    let given = problem.first_prolongation.as_ref();
    let (order, scale) = (split.order(), split.scale());
    let finest = Some(split.finest());
    let s = Settings { components: 1, scale, p: &p };
    let below = below(View::scalar(&a), order, near, given, finest, s)?;
    drop(a);
    let Some(below) = below else {
        let where_ = "it has no coarse level any more".to_owned();
        return Err(LinearError::Singular { row: None, where_ });
    };
    let (level, coarse, near, order) = below.finish(order);
    descend(vec![level], Matrix::Blocks(coarse), order, near, None, scale, &p)
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
    let order = Order::of(wide.view());
    let levels = descend(Vec::new(), wide, order, near, given, scale, &p)?;
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
            let order = Order::of(a.view());
            let levels = descend(vec![], Matrix::Shared(a), order, near, None, scale, &p)?;
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
    let matrix = Smoothed { a: Stored::Nodal(nodal), inverse_diagonal: inverse };
    let smoother = Chebyshev::new(&matrix, p.degree);
    let (order, next) = (Order::natural(layout.nodes()), Order::natural(finest.prolongation.ncols));
    let restriction = finest.prolongation.transpose();
    let level = Level {
        unknowns: rows,
        size: Size::of(&matrix.a),
        matrix: Some(matrix),
        smoother,
        prolongation: Stored::new(finest.prolongation.view(), [&order, &next], 1.0),
        restriction: Stored::new(restriction.view(), [&next, &order], 1.0),
    };
    let (near, below) = (near.at(&finest.coarse), Matrix::Blocks(finest.below));
    let next = Order::of(below.view());
    let mut levels = descend(vec![level], below, next, near, None, scale, &p)?;
    levels.orders[0] = order;
    Ok((levels, scale))
}

/// Goes on from `levels` with the matrix below them, in this order.
fn descend(
    mut levels: Vec<Level>,
    mut wide: Matrix<'_>,
    mut order: Order,
    mut near: NearNull,
    mut given: Option<&Csr>,
    scale: f64,
    p: &AmgParameters,
) -> Result<Levels, LinearError> {
    let mut first = None;
    let s = Settings { components: near.block, scale, p };
    while levels.len() < p.max_levels {
        let view = wide.view();
        if view.nrows() * view.shape[0] <= p.coarsest {
            break;
        }
        let Some(below) = below(view, &order, near, given.take(), None, s)? else { break };
        let (level, coarse, below, next) = below.finish(&order);
        levels.push(level);
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

/// What is the same for all levels.
#[derive(Clone, Copy)]
struct Settings<'a> {
    /// Unknowns per node of the first.
    components: usize,
    scale: f64,
    p: &'a AmgParameters,
}

/// What there is of the finest level before its matrix is stored in two parts.
enum Made {
    /// The matrix of the smoother, and all that follows.
    All(Smoothed, Box<Below>),
    /// The inverse of the diagonal, and the level below.
    Next(Vec<f32>, Next),
}

/// What a level hands on to the next one.
struct Next {
    prolongation: Blocks<f32>,
    restriction: Blocks<f32>,
    /// The matrix of the next level, and the near-null vectors there.
    coarse: Blocks<f64>,
    near: NearNull,
}

impl Next {
    fn new(a: View<f64>, prolongation: Blocks<f32>, near: NearNull, scale: f64) -> Self {
        let restriction = prolongation.transpose();
        let mut coarse = galerkin(restriction.view(), a, prolongation.view());
        fill_empty(&mut coarse, 1.0 / scale);
        Next { prolongation, restriction, coarse, near }
    }
}

/// What follows from the matrix of a level.
struct Below {
    unknowns: usize,
    /// None where somebody else stores it.
    own: Option<Smoothed>,
    size: Size,
    smoother: Chebyshev,
    next: Next,
}

impl Below {
    /// The level, whose rows are in this order; then the matrix, the vectors and the order of the next.
    fn finish(self, order: &Order) -> (Level, Blocks<f64>, NearNull, Order) {
        let Below { unknowns, own: matrix, size, smoother, next: below } = self;
        let next = Order::of(below.coarse.view());
        // One after the other: each takes as much memory as it came from.
        let restriction = Stored::new(below.restriction.view(), [&next, order], 1.0);
        drop(below.restriction);
        let prolongation = Stored::new(below.prolongation.view(), [order, &next], 1.0);
        let level = Level { unknowns, matrix, size, smoother, prolongation, restriction };
        (level, below.coarse, below.near, next)
    }
}

/// The level of a matrix, and the matrix below it; `None` when that would be hardly smaller. `finest` is what
/// the cycle reads of the matrix where somebody else stores it.
fn below(
    view: View<f64>,
    order: &Order,
    near: NearNull,
    given: Option<&Csr>,
    finest: Option<&Smoothed>,
    s: Settings,
) -> Result<Option<Below>, LinearError> {
    let Settings { components, scale, p } = s;
    let own = match finest {
        Some(_) => None,
        None => {
            let inverse_diagonal = inverse_diagonal(view, order, scale)?;
            Some(Smoothed { a: Stored::new(view, [order, order], scale), inverse_diagonal })
        }
    };
    let Some(matrix) = finest.or(own.as_ref()) else { unreachable!("it is one of the two") };
    let (size, smoother) = (Size::of(&matrix.a), Chebyshev::new(matrix, p.degree));
    let (prolongation, near) = match given {
        Some(given) => near.interpolate(given)?,
        None => {
            let strength = Strength::new(view, components, p.strength);
            let aggregates = aggregate::aggregate(&strength);
            if aggregates.count as f64 > 0.9 * view.nrows() as f64 {
                return Ok(None);
            }
            let most = if view.shape[0] == 1 { 2.0 } else { f64::INFINITY };
            let omega = 4.0 / (3.0 * smoother.largest.clamp(1.0, most));
            let (t, below) = near.cut(&aggregates);
            let vectors = (&t, &below);
            (prolongation::smoothed(view, &strength, &aggregates, vectors, omega), below)
        }
    };
    let next = Next::new(view, prolongation, near, scale);
    let unknowns = view.nrows() * view.shape[0];
    Ok(Some(Below { unknowns, own, size, smoother, next }))
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
