//! Damping the errors a coarser level cannot see.

use super::diagonal::Divisor;
use super::eigenvalue::largest_eigenvalue;
use super::sliced::room;
use super::stored::{Stored, apply_diagonal};

/// A Chebyshev polynomial in D^-1 A that is small on the upper part of its spectrum (Adams, Brezina, Hu
/// and Tuminaro, J. Comput. Phys. 188 (2003) 593; recurrence: Saad, algorithm 12.1). D is made of the
/// divisors of the rows.
///
/// It is symmetric, needs no more than products with A, and is the same for any number of threads.
pub(super) struct Chebyshev {
    /// Largest eigenvalue of D^-1 A, with some room.
    pub largest: f64,
    /// The lower end of the interval that is damped.
    lower: f64,
    degree: usize,
}

/// Lower end of the interval for one unknown per point, where the smoothest errors that aggregates leave
/// have about this quotient, however large the largest one is: 2.1 to 2.4 with tetrahedra, up to 4.2 with
/// stretched hexahedra.
const LOWER: f64 = 0.35;
/// The same where residuals are divided by sums of rows and a lattice follows.
pub(super) const LOWER_OF_SUMS: f64 = 0.12;
/// Upper over lower end for blocks.
const SPAN: f64 = 8.0;
/// The same for degree 1.
const SPAN_OF_ONE: f64 = 3.0;
/// What to add to the estimate of the largest eigenvalue, which may be too small by a little.
const ROOM: f64 = 1.03;

/// A matrix and what else smoothing reads.
pub(super) struct Smoothed {
    pub a: Stored,
    /// What D is.
    pub divisor: Divisor,
    /// D^-1
    pub inverse: Vec<f32>,
}

/// Solution and working memory of a level.
#[derive(Default)]
pub(super) struct Vectors {
    pub b: Vec<f32>,
    pub x: Vec<f32>,
    pub y: Vec<f32>,
}

impl Vectors {
    /// For `n` unknowns; what is multiplied has [`room`].
    pub fn new(n: usize) -> Self {
        Self { b: vec![0.0; n], x: vec![0.0; room(n)], y: vec![0.0; room(n)] }
    }
}

/// The largest quotient of D^-1 A, with some room.
pub(super) fn largest_quotient(a: &Stored, inverse: &[f32]) -> f64 {
    ROOM * largest_eigenvalue(a, inverse)
}

impl Chebyshev {
    /// For A and D^-1 in the same order.
    pub fn new(a: &Stored, inverse: &[f32], divisor: &Divisor, degree: usize) -> Self {
        let largest = match divisor {
            // Whatever values the rows get later.
            Divisor::Sum(_) => 1.0,
            Divisor::Diagonal => largest_quotient(a, inverse),
        };
        let lower = match (degree, divisor, a.shape()) {
            (1, ..) => largest / SPAN_OF_ONE,
            (_, Divisor::Sum(_), _) => LOWER_OF_SUMS,
            (.., [1, 1]) => LOWER,
            _ => largest / SPAN,
        };
        Self { largest, lower, degree }
    }

    /// Products with A in one cycle: smoothing from zero saves one, the residual costs one.
    pub fn products(&self) -> usize {
        2 * self.degree
    }

    /// x = x + p(D^-1 A) D^-1 (b - A x). With `from_zero`, x counts as 0, which saves a product.
    pub fn smooth(&self, matrix: &Smoothed, v: &mut Vectors, from_zero: bool) {
        let Smoothed { a, inverse: w, .. } = matrix;
        let Chebyshev { largest, lower, .. } = self;
        let (centre, radius) = (0.5 * (largest + lower), 0.5 * (largest - lower));
        let sigma = centre / radius;
        let mut rho = 1.0 / sigma;
        for k in 0..self.degree {
            if k == 0 && from_zero {
                apply_diagonal(a.shape()[0], w, (1.0 / centre) as f32, &v.b, &mut v.x);
                v.y.fill(0.0);
                continue;
            }
            let factors = if k == 0 {
                [0.0, 1.0 / centre]
            } else {
                let next = 1.0 / (2.0 * sigma - rho);
                let factors = [next * rho, 2.0 * next / radius];
                rho = next;
                factors
            };
            let Vectors { b, x, y } = v;
            a.step(w, factors.map(|f| f as f32), b, x, y);
            std::mem::swap(x, y);
        }
    }
}
