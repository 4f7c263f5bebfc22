//! Algebraic multigrid by smoothed aggregation (Vanek, Mandel and Brezina, Computing 56 (1996) 179) as a
//! preconditioner of conjugate gradients, for one unknown per point or for vector fields.
//!
//! Set-up, from a level to the next: `strength` tells which neighbours matter, `aggregate` groups
//! them, `tentative` cuts the smoothest vectors into the groups, `prolongation` makes P, whose rows
//! `shorten` shortens, `product` makes P^T A P; `smoother` damps what the next level does not see. A level
//! of a few hundred rows is factored.
//!
//! The set-up computes in double precision, so that the coarse levels of a matrix with large jumps stay
//! positive definite. What the cycle reads is stored in single precision, which halves its time: it
//! is limited by memory, and conjugate gradients around it correct it in double precision.

mod aggregate;
mod blocks;
mod by_nodes;
mod coarsen;
mod cycle;
mod diagonal;
mod eigenvalue;
mod follows;
mod given;
mod known;
mod lanes;
mod lattice;
mod layout;
mod left;
mod level;
mod lines;
mod numbers;
mod order;
mod problem;
pub(crate) mod product;
mod prolongation;
mod sample;
mod shorten;
mod sliced;
mod slicing;
mod smoother;
mod split;
mod stored;
mod strength;
mod tentative;
mod unstored;

pub use blocks::Blocks;
pub use follows::Follows;
pub use known::{Known, KnownDivisor, KnownLevel, RowsOfRank};
pub use lattice::Lattice;
pub use problem::AmgProblem;
pub(crate) use split::InPlaces;
pub use split::Split;

use crate::cg::Preconditioner;
use crate::linear::check_matrix;
use crate::operator::ByNodes;
use crate::vector::norm;
use crate::{Cholesky, Csr, LinearError, LinearSolver, Operator};
use coarsen::Levels;
use layout::Layout;
use level::Level;
use order::Order;
use sliced::room;
use smoother::{Smoothed, Vectors};
use std::sync::Mutex;

/// What the set-up can vary.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AmgParameters {
    /// A neighbour is strong above about this fraction of the largest: a sixth less in rows of numbers without
    /// positive neighbours, up to a third more in those with large ones.
    pub strength: f64,
    /// Degree of the smoothing polynomial: products with A before and after each coarse correction.
    pub degree: usize,
    /// What corrections from aggregates are multiplied with, 1 or more. The cycle stays positive definite; without
    /// conjugate gradients it would converge only while the product over the levels is below 2.
    pub longer: f64,
    /// Rows at or below which a level is factored.
    pub coarsest: usize,
    /// The most levels above the factored one.
    pub max_levels: usize,
}

impl Default for AmgParameters {
    fn default() -> Self {
        Self { strength: 0.3, degree: 2, longer: 1.0, coarsest: 600, max_levels: 25 }
    }
}

/// The levels of multigrid for one matrix, and one cycle through them: the preconditioner.
pub struct Amg {
    layout: Layout,
    /// The layout for the vectors of the cycle.
    places: Layout,
    /// The order of the finest level.
    order: Order,
    /// Multiplies the values, so that all are within reach of single precision.
    scale: f64,
    levels: Vec<Level>,
    work: Mutex<Work>,
}

/// The factored matrix of the last level, and vectors for each level.
struct Work {
    coarsest: Cholesky,
    levels: Vec<Vectors>,
    /// The order of the last level.
    order: Order,
    coarse: Vec<f32>,
    wide: Vec<f64>,
}

impl Work {
    fn new(levels: &[Level], last: &Csr, order: Order) -> Result<Self, LinearError> {
        let mut coarsest = Cholesky::new();
        coarsest.prepare(last)?;
        Ok(Work {
            coarsest,
            levels: levels.iter().map(|level| Vectors::new(level.places())).collect(),
            order,
            coarse: vec![0.0; room(levels.last().map_or(0, Level::places_below))],
            wide: vec![0.0; last.nrows()],
        })
    }
}

impl Amg {
    /// Builds the hierarchy.
    ///
    /// # Errors
    /// Not positive definite if a diagonal entry is not positive or the coarsest level cannot be
    /// factored; not square; not finite; sizes in `problem` that do not fit.
    pub fn new(a: &Csr, problem: &AmgProblem, p: &AmgParameters) -> Result<Self, LinearError> {
        check_matrix(a)?;
        let layout = problem.layout(a.nrows())?;
        let scale = level::scale_of(a)?;
        let Levels { above: levels, last, orders: [order, last_order] } =
            coarsen::coarsen(a, problem, &layout, scale, p)?;
        let places = layout.clone().in_order(&order);
        let work = Mutex::new(Work::new(&levels, &last, last_order)?);
        Ok(Self { layout, places, order, scale, levels, work }.told())
    }

    /// Builds the hierarchy for an operator, and has its entries stored in two parts ([`Split`]) as soon as
    /// they are not needed otherwise, if it can do that and they suit.
    ///
    /// # Errors
    /// As [`Amg::new`].
    pub fn in_place(
        a: &mut dyn Operator,
        problem: &AmgProblem,
        p: &AmgParameters,
    ) -> Result<Option<Self>, LinearError> {
        if let Some(a) = a.matrix() {
            check_matrix(a)?;
        }
        let Some((levels, scale)) = coarsen::coarsen_split(a, problem, p)? else { return Ok(None) };
        Self::of_split(levels, scale).map(Some)
    }

    /// Builds a new hierarchy for a matrix in two parts.
    ///
    /// # Errors
    /// As [`Amg::new`].
    pub fn again(
        split: &Split,
        problem: &AmgProblem,
        p: &AmgParameters,
    ) -> Result<Self, LinearError> {
        split.check_diagonal()?;
        Self::of_split(coarsen::coarsen_again(split, problem, p)?, split.scale())
    }

    /// Levels whose vectors are in the order of the cycle from the beginning.
    fn of_split(levels: Levels, scale: f64) -> Result<Self, LinearError> {
        let Levels { above: levels, last, orders: [_, last_order] } = levels;
        let places = Layout::new(levels[0].places(), 1, None)?;
        let work = Mutex::new(Work::new(&levels, &last, last_order)?);
        let (layout, order) = (places.clone(), Order::default());
        Ok(Self { layout, places, order, scale, levels, work }.told())
    }

    /// The same for an operator of `rows` rows that is known by nodes; `problem` tells where the rows are.
    ///
    /// # Errors
    /// As [`Amg::new`]; and when there is nothing to make a second level of.
    pub fn by_nodes(
        operator: &dyn ByNodes,
        rows: usize,
        problem: &AmgProblem,
        p: &AmgParameters,
    ) -> Result<Self, LinearError> {
        let (levels, layout, scale) = by_nodes::coarsen_by_nodes(operator, rows, problem, p)?;
        let Levels { above: levels, last, orders: [order, last_order] } = levels;
        let work = Mutex::new(Work::new(&levels, &last, last_order)?);
        let places = layout.clone();
        Ok(Self { layout, places, order, scale, levels, work }.told())
    }

    /// Tells the log what it is made of.
    fn told(self) -> Self {
        let (rows, complexity) = (self.level_rows(), self.operator_complexity());
        log::info!("multigrid: levels of {rows:?} rows, operator complexity {complexity:.2}");
        self
    }

    /// Takes new values of the matrix on the finest level; the coarse levels stay.
    ///
    /// # Errors
    /// Not positive definite if a diagonal entry is not positive.
    ///
    /// # Panics
    /// If the matrix has another number of rows than the hierarchy was built for.
    pub fn refresh(&mut self, a: &Csr) -> Result<(), LinearError> {
        match self.levels.first_mut() {
            Some(finest) => {
                let matrix = self.layout.matrix(a, 1.0 / self.scale);
                finest.refresh(matrix.view(), &self.order, self.scale)
            }
            None => Ok(()),
        }
    }

    /// Rows of each level, the factored one not included.
    pub fn level_rows(&self) -> Vec<usize> {
        self.levels.iter().map(|level| level.unknowns).collect()
    }

    /// Stored entries of all levels over those of the first.
    pub fn operator_complexity(&self) -> f64 {
        let entries = |level: &Level| level.size.entries as f64;
        let all: f64 = self.levels.iter().map(entries).sum();
        let first = self.levels.iter().map(entries).find(|&entries| entries > 0.0);
        first.map_or(1.0, |first| all / first)
    }

    /// Bytes that one cycle reads and writes: matrices, interpolations and vectors of all levels but
    /// the factored one, and the residual and correction in double precision. A vector is counted
    /// once for each pass over it, as if what the columns of a row point at were still in the cache.
    pub fn cycle_bytes(&self) -> usize {
        let levels = cycle::bytes(&self.levels);
        // |r|; r to b; x to z. Without levels the factored one is all there is.
        let between = (8 + 12 + 12) * self.places.nodes() * self.places.block();
        if self.levels.is_empty() { 0 } else { levels + between }
    }
}

impl Preconditioner for Amg {
    fn apply(&self, r: &[f64], z: &mut [f64]) {
        self.cycle(None, r, z);
    }
}

/// A hierarchy with the matrix in two parts that it was made for, on vectors in the order of its slices.
pub(crate) struct Cycle<'a>(pub &'a Amg, pub &'a Split);

impl Preconditioner for Cycle<'_> {
    fn apply(&self, r: &[f64], z: &mut [f64]) {
        self.0.cycle(Some(self.1.finest()), r, z);
    }
}

impl Amg {
    /// z = M^-1 r, with `finest` on the first level if that has no matrix.
    fn cycle(&self, finest: Option<&Smoothed>, r: &[f64], z: &mut [f64]) {
        let Amg { places, scale, levels, work, .. } = self;
        // A poisoned lock means that a thread panicked in here; the vectors are overwritten anyway.
        let mut work = work.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let Work { coarsest, levels: vectors, order, coarse, wide } = &mut *work;
        if levels.is_empty() {
            let by_rows = wide.len() == r.len();
            if by_rows {
                wide.copy_from_slice(r)
            } else {
                *wide = places.spread(r)
            }
            coarsest.solve_in_place(wide);
            if by_rows {
                z.copy_from_slice(wide)
            } else {
                places.collect(wide, z)
            }
            return;
        }
        let size = norm(r);
        if size == 0.0 {
            z.fill(0.0);
            return;
        }
        places.gather(1.0 / size, r, &mut vectors[0].b);
        let mut solve = |coarse: &mut [f32]| {
            order.each(|row, place| wide[row] = f64::from(coarse[place]));
            coarsest.solve_in_place(wide);
            order.each(|row, place| coarse[place] = (wide[row] / scale) as f32);
        };
        cycle::cycle(levels, finest, vectors, coarse, &mut solve);
        places.scatter(size * scale, &vectors[0].x, z);
    }
}
