//! How one level follows from another.

use super::blocks::{Blocks, View};
use super::diagonal::Divisor;
use super::lattice::Placed;
use super::layout::{Layout, Matrix};
use super::left::Left;
use super::level::{Level, Size, inverse_of, scale_to};
use super::order::Order;
use super::product::galerkin;
use super::sample::quotient_of_sample;
use super::smoother::{Chebyshev, Smoothed};
use super::split::{SMALLEST, Split};
use super::stored::Stored;
use super::strength::Strength;
use super::tentative::NearNull;
use super::{AmgParameters, AmgProblem, aggregate, prolongation};
use crate::{Csr, LinearError, Operator};

/// The interpolation of numbers is damped as for this largest quotient where it is larger.
const ENOUGH: f64 = 2.0;

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
///
/// The cycle's matrix is made when the one below is there and the compressed rows can go: it never stands
/// beside them as a whole.
pub(super) fn coarsen_split(
    operator: &mut dyn Operator,
    problem: &AmgProblem,
    p: &AmgParameters,
) -> Result<Option<(Levels, f64)>, LinearError> {
    let p = problem.parameters(p);
    let (next, divided, order, scale) = {
        let large = |a: &&Csr| operator.can_split() && a.nrows() > p.coarsest;
        let Some(a) = operator.matrix().filter(large) else { return Ok(None) };
        let layout = problem.layout(a.nrows())?;
        let diagonal = a.diagonal();
        let scale = scale_to(diagonal.iter().copied())?;
        let smallest = diagonal.iter().copied().fold(f64::INFINITY, f64::min);
        let Matrix::Given(a) = layout.matrix(a, 1.0 / scale) else { return Ok(None) };
        if scale * smallest < SMALLEST {
            return Ok(None);
        }
        let (view, near) = (View::scalar(a), problem.near_null(a.nrows(), &layout)?);
        let inverse = diagonal.into_iter().map(|d| (1.0 / d / scale) as f32).collect();
        // All diagonal entries are positive. There are no slices yet, with which products take half the time.
        let mut largest = || quotient_of_sample(view, scale, ENOUGH).unwrap_or(ENOUGH);
        let s = Settings { components: 1, scale, p: &p };
        let given = Given::of(problem, a.nrows());
        let Some(next) = Next::of(view, near, given, &mut largest, s)? else { return Ok(None) };
        let divisor = next.divisor();
        let inverse = divisor.instead_of_diagonal(inverse, view, scale);
        let order = Order::of(view);
        let divided = (divisor, order.gather(&inverse));
        (next, divided, order, scale)
    };
    operator.store_split(Box::new(|a| Split::new(divided, a, order, scale)));
    let Some(split) = operator.split() else { return Ok(None) };
    let Smoothed { a, divisor, inverse } = split.finest();
    let smoother = Chebyshev::new(a, inverse, divisor, p.degree);
    let here = Here { unknowns: split.nrows(), size: Size::of(a), smoother };
    let (level, below) = next.finish(here, None, split.order());
    Ok(Some((descend(vec![level], below, scale, &p)?, scale)))
}

/// The levels below a matrix that is stored in two parts, whose divisors stay: those of nodes that are left now and
/// were not before, or the other way round, are less apt then.
pub(super) fn coarsen_again(
    split: &Split,
    problem: &AmgProblem,
    p: &AmgParameters,
) -> Result<Levels, LinearError> {
    let (a, p) = (split.to_csr(), problem.parameters(p));
    let near = problem.near_null(a.nrows(), &problem.layout(a.nrows())?)?;
    let given = Given::of(problem, a.nrows());
    let (Smoothed { a: near_a, divisor, inverse }, scale) = (split.finest(), split.scale());
    let smoother = Chebyshev::new(near_a, inverse, divisor, p.degree);
    // Where aggregates take the place of a lattice, the largest quotient of the diagonal is not known; it counts as
    // that much at most.
    let is_sum = matches!(divisor, Divisor::Sum(_));
    let mut largest = || if is_sum { ENOUGH } else { smoother.largest };
    let s = Settings { components: 1, scale, p: &p };
    let next = Next::of(View::scalar(&a), near, given, &mut largest, s)?;
    drop(a);
    let Some(next) = next else {
        let where_ = "it has no coarse level any more".to_owned();
        return Err(LinearError::Singular { row: None, where_ });
    };
    let here = Here { unknowns: split.nrows(), size: Size::of(near_a), smoother };
    let (level, below) = next.finish(here, None, split.order());
    descend(vec![level], below, scale, &p)
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
    let matrix = layout.matrix(a, 1.0 / scale);
    let given = Given::of(problem, layout.nodes());
    let order = Order::of(matrix.view());
    let levels = descend(Vec::new(), Below { matrix, order, near, given }, scale, &p)?;
    let no_levels = levels.above.is_empty();
    Ok(if no_levels { Levels { last: a.clone(), ..levels } } else { levels })
}

/// What is below some levels.
pub(super) struct Below<'a> {
    pub matrix: Matrix<'a>,
    pub order: Order,
    pub near: NearNull,
    pub given: Given<'a>,
}

/// Goes on from `levels` with what is below them.
pub(super) fn descend(
    mut levels: Vec<Level>,
    below: Below<'_>,
    scale: f64,
    p: &AmgParameters,
) -> Result<Levels, LinearError> {
    let Below { matrix: mut wide, mut order, mut near, mut given } = below;
    let mut first = None;
    let s = Settings { components: near.block, scale, p };
    while levels.len() < p.max_levels {
        let view = wide.view();
        if view.nrows() * view.shape[0] <= p.coarsest {
            break;
        }
        let mut matrix = Smoothed {
            a: Stored::new(view, [&order; 2], scale),
            divisor: Divisor::Diagonal,
            inverse: inverse_of(&Divisor::Diagonal, view, &order, scale)?,
        };
        let mut smoother = None;
        let make = || Chebyshev::new(&matrix.a, &matrix.inverse, &matrix.divisor, p.degree);
        let mut largest = || smoother.get_or_insert_with(make).largest;
        let Some(next) = Next::of(view, near, given, &mut largest, s)? else { break };
        let divisor = next.divisor();
        if divisor != matrix.divisor {
            matrix.inverse = inverse_of(&divisor, view, &order, scale)?;
            matrix.divisor = divisor;
        }
        let make = || Chebyshev::new(&matrix.a, &matrix.inverse, &matrix.divisor, p.degree);
        let smoother = smoother.take().unwrap_or_else(make);
        let here =
            Here { unknowns: view.nrows() * view.shape[0], size: Size::of(&matrix.a), smoother };
        let (level, below) = next.finish(here, Some(matrix), &order);
        levels.push(level);
        (near, wide, given) = (below.near, below.matrix, below.given);
        let above = std::mem::replace(&mut order, below.order);
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

/// What is known of the next interpolation.
#[derive(Default)]
pub(super) struct Given<'a> {
    pub prolongation: Option<&'a Csr>,
    pub placed: Option<Placed<'a>>,
}

impl<'a> Given<'a> {
    /// For `n` nodes.
    pub fn of(problem: &'a AmgProblem, n: usize) -> Self {
        let prolongation = problem.first_prolongation.as_ref();
        let lattice = problem.lattice.as_ref().filter(|_| prolongation.is_none());
        Given {
            prolongation,
            placed: lattice.map(|lattice| Placed::new(lattice, problem.follows.clone(), n)),
        }
    }
}

/// What is the same for all levels.
#[derive(Clone, Copy)]
struct Settings<'a> {
    /// Unknowns per node of the first.
    components: usize,
    scale: f64,
    p: &'a AmgParameters,
}

/// What a level is beside what leads to the next one.
struct Here {
    unknowns: usize,
    size: Size,
    smoother: Chebyshev,
}

/// What a level hands on to the next one.
struct Next<'a> {
    prolongation: Blocks<f32>,
    restriction: Blocks<f32>,
    /// What corrections of the next level are multiplied with.
    longer: f64,
    /// The matrix of the next level, the near-null vectors there, and where its nodes are on a lattice.
    coarse: Blocks<f64>,
    near: NearNull,
    placed: Option<Placed<'a>>,
}

impl<'a> Next<'a> {
    /// What follows from a matrix; `None` when the next one would be hardly smaller. `largest` is the largest
    /// quotient of D^-1 A, for which aggregates ask.
    fn of(
        a: View<f64>,
        near: NearNull,
        given: Given<'a>,
        largest: &mut dyn FnMut() -> f64,
        s: Settings,
    ) -> Result<Option<Self>, LinearError> {
        let coarser = match given {
            Given { prolongation: Some(given), .. } => {
                let (p, near) = near.interpolate(given)?;
                Ok((p, near, None))
            }
            Given { placed: Some(placed), .. } => near
                .coarser_lattice(a, placed, s.components)
                .map(|to| (to.prolongation, to.near, Some(to.placed))),
            _ => Err(near),
        };
        let longer = if coarser.is_err() { s.p.longer } else { 1.0 };
        let aggregated = |near| {
            let (p, near) = Self::aggregated(a, near, largest(), s)?;
            Some((p, near, None))
        };
        let Some((prolongation, near, placed)) = coarser.map_or_else(aggregated, Some) else {
            return Ok(None);
        };
        let restriction = prolongation.transpose();
        let mut coarse = galerkin(restriction.view(), a, prolongation.view());
        fill_empty(&mut coarse, 1.0 / s.scale);
        Ok(Some(Next { prolongation, restriction, longer, coarse, near, placed }))
    }

    /// What the level above it divides residuals by.
    fn divisor(&self) -> Divisor {
        let is_lattice = self.placed.is_some() && self.coarse.shape == [1, 1];
        if is_lattice { Divisor::Sum(Left::of(&self.prolongation)) } else { Divisor::Diagonal }
    }

    /// The interpolation from aggregates, and the vectors there.
    fn aggregated(
        a: View<f64>,
        near: NearNull,
        largest: f64,
        s: Settings,
    ) -> Option<(Blocks<f32>, NearNull)> {
        let strength = Strength::new(a, s.components, s.p.strength);
        let aggregates = aggregate::aggregate(&strength);
        if aggregates.count as f64 > 0.9 * a.nrows() as f64 {
            return None;
        }
        let largest = largest.max(1.0);
        let omega = if a.shape[0] == 1 { 1.5 / largest.min(ENOUGH) } else { 4.0 / 3.0 / largest };
        let (t, below) = near.cut(&aggregates);
        Some((prolongation::smoothed(a, &strength, &aggregates, (&t, &below), omega), below))
    }

    /// The level, whose rows are in this order, and what is below it.
    fn finish(self, here: Here, matrix: Option<Smoothed>, order: &Order) -> (Level, Below<'a>) {
        let Here { unknowns, size, smoother } = here;
        let next = Order::of(self.coarse.view());
        // One after the other: each takes as much memory as it came from.
        let restriction = Stored::new(self.restriction.view(), [&next, order], 1.0);
        drop(self.restriction);
        let prolongation = Stored::new(self.prolongation.view(), [order, &next], self.longer);
        let level = Level { unknowns, matrix, size, smoother, prolongation, restriction };
        let given = Given { prolongation: None, placed: self.placed };
        let (matrix, near) = (Matrix::Blocks(self.coarse), self.near);
        (level, Below { matrix, order: next, near, given })
    }
}

/// Unknowns that interpolate to nothing get a diagonal entry, so that the level stays definite.
pub(super) fn fill_empty(a: &mut Blocks<f64>, alone: f64) {
    let b = a.shape[0];
    for i in 0..a.start.len() - 1 {
        let Some(own) = a.view().own(i).map(|own| a.start[i] + own) else { continue };
        for c in 0..b {
            let diagonal = &mut a.values[own * b * b + c * (b + 1)];
            if *diagonal == 0.0 {
                *diagonal = alone;
            }
        }
    }
}
