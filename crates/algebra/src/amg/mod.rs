//! Algebraic multigrid by smoothed aggregation (Vanek, Mandel and Brezina, Computing 56 (1996) 179), for
//! one unknown per point, as a preconditioner of conjugate gradients.
//!
//! Set-up, from a level to the next: `strength` tells which neighbours matter, `aggregate` groups
//! them, `prolongation` makes P, `product` makes P^T A P; `smoother` damps what the next level does
//! not see. A level of a few hundred rows is factored.

mod aggregate;
pub(crate) mod product;
mod prolongation;
mod smoother;
mod strength;

use crate::cg::Preconditioner;
use crate::linear::check_matrix;
use crate::vector::{combine, residual_of};
use crate::{Cholesky, Csr, LinearError, LinearSolver};
use product::product;
use smoother::Chebyshev;
use std::sync::Mutex;

/// What the set-up can vary.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AmgParameters {
    /// A neighbour is strong above this fraction of the largest.
    pub strength: f64,
    /// Rows at or below which a level is factored.
    pub coarsest: usize,
    /// The most levels above the factored one.
    pub max_levels: usize,
}

impl Default for AmgParameters {
    fn default() -> Self {
        Self { strength: 0.33, coarsest: 600, max_levels: 25 }
    }
}

/// One V-cycle of multigrid, with its own copy of the matrix it was made for.
pub struct Amg {
    levels: Vec<Level>,
    work: Mutex<Work>,
}

/// A level that has a coarser one below it.
struct Level {
    a: Csr,
    smoother: Chebyshev,
    prolongation: Csr,
    restriction: Csr,
}

/// The factored matrix of the last level, and vectors for each level.
struct Work {
    coarsest: Cholesky,
    levels: Vec<LevelWork>,
    coarse_x: Vec<f64>,
}

/// Right-hand side, solution, and two more vectors of a level.
struct LevelWork {
    b: Vec<f64>,
    x: Vec<f64>,
    d: Vec<f64>,
    r: Vec<f64>,
}

impl Amg {
    /// Builds the hierarchy.
    ///
    /// # Errors
    /// Not positive definite if a diagonal entry is not positive or the coarsest level cannot be
    /// factored; not square; not finite.
    pub fn new(a: &Csr, p: &AmgParameters) -> Result<Self, LinearError> {
        check_matrix(a)?;
        let mut levels: Vec<Level> = Vec::new();
        let mut a = a.clone();
        while a.nrows() > p.coarsest && levels.len() < p.max_levels {
            match coarsen(a, p)? {
                (level, Some(coarse)) => {
                    a = coarse;
                    levels.push(level);
                }
                (level, None) => {
                    a = level.a;
                    break;
                }
            }
        }
        let mut coarsest = Cholesky::new();
        coarsest.prepare(&a)?;
        let vectors = |level: &Level| {
            let zeros = || vec![0.0; level.a.nrows()];
            LevelWork { b: zeros(), x: zeros(), d: zeros(), r: zeros() }
        };
        let work = Work {
            coarsest,
            levels: levels.iter().map(vectors).collect(),
            coarse_x: vec![0.0; a.nrows()],
        };
        Ok(Self { levels, work: Mutex::new(work) })
    }

    /// Rows of each level, the factored one not included.
    pub fn level_rows(&self) -> Vec<usize> {
        self.levels.iter().map(|level| level.a.nrows()).collect()
    }

    /// Stored entries of all levels over those of the first.
    pub fn operator_complexity(&self) -> f64 {
        let nnz: usize = self.levels.iter().map(|level| level.a.nnz()).sum();
        self.levels.first().map_or(1.0, |first| nnz as f64 / first.a.nnz() as f64)
    }
}

/// A level and the matrix below it; None if that would be hardly smaller.
fn coarsen(a: Csr, p: &AmgParameters) -> Result<(Level, Option<Csr>), LinearError> {
    let diagonal = a.diagonal();
    if let Some(row) = diagonal.iter().position(|&d| d <= 0.0) {
        let where_ = format!("a diagonal entry of a multigrid level is {:.1e}", diagonal[row]);
        return Err(LinearError::NotPositiveDefinite { row: None, where_ });
    }
    let smoother = Chebyshev::new(&a, &diagonal);
    let strength = strength::strength(&a, &diagonal, p.strength);
    let aggregates = aggregate::aggregate(&strength);
    let omega = 4.0 / (3.0 * smoother.largest.clamp(1.0, 2.0));
    let prolongation = prolongation::smoothed(&strength, &aggregates, omega);
    let restriction = prolongation.transpose();
    let smaller = aggregates.count as f64 <= 0.9 * a.nrows() as f64;
    let coarse = smaller.then(|| product(&restriction, &product(&a, &prolongation)));
    Ok((Level { a, smoother, prolongation, restriction }, coarse))
}

impl Preconditioner for Amg {
    fn apply(&self, r: &[f64], z: &mut [f64]) {
        // A poisoned lock means that a thread panicked in here; the vectors are overwritten anyway.
        let mut work = self.work.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let Work { coarsest, levels, coarse_x } = &mut *work;
        if levels.is_empty() {
            z.copy_from_slice(r);
            coarsest.solve_in_place(z);
            return;
        }
        levels[0].b.copy_from_slice(r);
        for l in 0..levels.len() {
            let level = &self.levels[l];
            let (upper, lower) = levels.split_at_mut(l + 1);
            let w = &mut upper[l];
            level.smoother.smooth(&level.a, &w.b, &mut w.x, &mut w.d, &mut w.r, true);
            level.a.apply(&w.x, &mut w.r);
            residual_of(&w.b, &mut w.r);
            let below = lower.first_mut().map_or(&mut *coarse_x, |next| &mut next.b);
            level.restriction.apply(&w.r, below);
        }
        coarsest.solve_in_place(coarse_x);
        for l in (0..levels.len()).rev() {
            let level = &self.levels[l];
            let (upper, lower) = levels.split_at_mut(l + 1);
            let w = &mut upper[l];
            let below = lower.first().map_or(&*coarse_x, |next| &next.x);
            level.prolongation.apply(below, &mut w.r);
            combine(&w.r, &mut w.x, |c, x| x + c);
            level.smoother.smooth(&level.a, &w.b, &mut w.x, &mut w.d, &mut w.r, false);
        }
        z.copy_from_slice(&levels[0].x);
    }
}
