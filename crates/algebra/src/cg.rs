//! Preconditioned conjugate gradients.

use crate::linear::check_vectors;
use crate::vector::{advance, dot, norm, residual_of, xpay};
use crate::{LinearError, LinearInfo, Operator};

/// z = M^-1 r, an approximation of A^-1 r that is linear, symmetric and positive definite.
pub trait Preconditioner: Sync {
    /// z = M^-1 r
    fn apply(&self, r: &[f64], z: &mut [f64]);
}

/// M = diag(A).
pub struct Jacobi {
    inverse: Vec<f64>,
}

impl Jacobi {
    /// From the diagonal of A, which must be positive.
    pub fn new(diagonal: &[f64]) -> Self {
        Self { inverse: diagonal.iter().map(|d| 1.0 / d).collect() }
    }
}

impl Preconditioner for Jacobi {
    fn apply(&self, r: &[f64], z: &mut [f64]) {
        z.copy_from_slice(r);
        crate::vector::combine(&self.inverse, z, |d, z| d * z);
    }
}

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CgParameters {
    /// |b - A x| <= rtol |b|.
    pub rtol: f64,
    /// Iterations after which to give up.
    pub max_iterations: usize,
}

impl Default for CgParameters {
    fn default() -> Self {
        Self { rtol: 1e-10, max_iterations: 1000 }
    }
}

/// Solves A x = b from the guess `x` (Hestenes and Stiefel 1952; Saad, Iterative Methods for Sparse
/// Linear Systems, 2nd ed., algorithm 9.1).
///
/// The residual that the recurrence carries drifts from b - A x. When it has converged, b - A x is
/// computed anew, and the iteration starts again from there if that is still too large. If even this no
/// longer halves it, rounding allows no more, and the answer stands with the residual it has.
///
/// # Errors
/// Not positive definite if d . A d or r . M^-1 r is not positive; not converged after
/// `max_iterations`, with the last iterate in `x`, or if not even half of the residual is gone.
pub fn cg(
    a: &dyn Operator,
    m: &dyn Preconditioner,
    b: &[f64],
    x: &mut [f64],
    p: &CgParameters,
) -> Result<LinearInfo, LinearError> {
    let n = a.len();
    check_vectors(n, b, x)?;
    let size = norm(b);
    if size == 0.0 {
        x.fill(0.0);
        return Ok(LinearInfo { iterations: 0, residual: 0.0 });
    }
    let (mut r, mut z, mut d, mut ad) =
        (vec![0.0; n], vec![0.0; n], vec![0.0; a.room()], vec![0.0; n]);
    let mut iterations = 0;
    let mut before = f64::INFINITY;
    loop {
        if x.iter().all(|&x| x == 0.0) {
            r.copy_from_slice(b);
        } else {
            d[..n].copy_from_slice(x);
            a.apply(&d, &mut r);
            residual_of(b, &mut r);
        }
        let mut residual = norm(&r) / size;
        if residual <= p.rtol || residual > 0.5 * before {
            // Not a digit is right, whatever the recurrence said. NaN included.
            if residual.is_nan() || residual > 0.5_f64.max(p.rtol) {
                return Err(LinearError::NotConverged { iterations, residual, wanted: p.rtol });
            }
            return Ok(LinearInfo { iterations, residual });
        }
        before = residual;

        let mut rz = 0.0;
        while residual.is_nan() || residual > p.rtol {
            if iterations >= p.max_iterations || !residual.is_finite() {
                return Err(LinearError::NotConverged { iterations, residual, wanted: p.rtol });
            }
            m.apply(&r, &mut z);
            let rz_before = rz;
            rz = positive(dot(&r, &z), "r . M^-1 r", iterations)?;
            xpay(&z, if rz_before > 0.0 { rz / rz_before } else { 0.0 }, &mut d[..n]);
            a.apply(&d, &mut ad);
            let alpha = rz / positive(dot(&d[..n], &ad), "d . A d", iterations)?;
            residual = advance(alpha, [&d[..n], &ad], x, &mut r).sqrt() / size;
            iterations += 1;
        }
    }
}

/// The value, if it is positive.
fn positive(value: f64, what: &str, iterations: usize) -> Result<f64, LinearError> {
    if value > 0.0 {
        return Ok(value);
    }
    let where_ = format!("{what} = {value:.1e} in iteration {}", iterations + 1);
    Err(LinearError::NotPositiveDefinite { row: None, where_ })
}
