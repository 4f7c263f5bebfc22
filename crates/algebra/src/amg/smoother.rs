//! Damping the errors a coarser level cannot see.

use crate::Csr;
use crate::vector::{combine, dot};

/// A Chebyshev polynomial in D^-1 A that is small on the upper part of its spectrum (Adams, Brezina, Hu
/// and Tuminaro, J. Comput. Phys. 188 (2003) 593; recurrence: Saad, algorithm 12.1).
///
/// It is symmetric, needs no more than products with A, and is the same for any number of threads.
pub(super) struct Chebyshev {
    inverse_diagonal: Vec<f64>,
    /// Largest eigenvalue of D^-1 A, with some room.
    pub largest: f64,
}

/// Degree of the polynomial: products with A per smoothing.
const DEGREE: usize = 2;
/// Upper over lower end of the interval that is damped.
const SPAN: f64 = 8.0;
/// Steps of the eigenvalue estimate, and what to add to it: it comes from below.
const STEPS: usize = 12;
const ROOM: f64 = 1.08;

impl Chebyshev {
    pub fn new(a: &Csr, diagonal: &[f64]) -> Self {
        let inverse_diagonal: Vec<f64> = diagonal.iter().map(|d| 1.0 / d).collect();
        let largest = ROOM * largest_eigenvalue(a, &inverse_diagonal);
        Self { inverse_diagonal, largest }
    }

    /// x = x + p(D^-1 A) D^-1 (b - A x). With `from_zero`, x counts as 0, which saves a product.
    ///
    /// `d` and `r` are working memory.
    pub fn smooth(
        &self,
        a: &Csr,
        b: &[f64],
        x: &mut [f64],
        d: &mut [f64],
        r: &mut [f64],
        from_zero: bool,
    ) {
        let lower = self.largest / SPAN;
        let (centre, radius) = (0.5 * (self.largest + lower), 0.5 * (self.largest - lower));
        let sigma = centre / radius;
        let mut rho = 1.0 / sigma;
        for k in 0..DEGREE {
            let (keep, take) = if k == 0 {
                (0.0, 1.0 / centre)
            } else {
                let next = 1.0 / (2.0 * sigma - rho);
                let factors = (next * rho, 2.0 * next / radius);
                rho = next;
                factors
            };
            if k == 0 && from_zero {
                r.copy_from_slice(b);
                x.fill(0.0);
            } else {
                a.apply(x, r);
                combine(b, r, |b, r| b - r);
            }
            combine(&self.inverse_diagonal, r, |w, r| take * w * r);
            combine(r, d, |r, d| if keep == 0.0 { r } else { keep * d + r });
            combine(d, x, |d, x| x + d);
        }
    }
}

/// Largest eigenvalue of D^-1 A by Lanczos' method, the Rayleigh-Ritz value of a few steps.
fn largest_eigenvalue(a: &Csr, inverse_diagonal: &[f64]) -> f64 {
    let n = a.nrows();
    // B = D^-1/2 A D^-1/2 has the same eigenvalues and is symmetric.
    let scale: Vec<f64> = inverse_diagonal.iter().map(|w| w.sqrt()).collect();
    let mut v: Vec<f64> = start_vector(n);
    let length = dot(&v, &v).sqrt();
    v.iter_mut().for_each(|v| *v /= length);
    let (mut before, mut scaled, mut w) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    let (mut alphas, mut betas) = (Vec::new(), Vec::new());
    let mut beta = 0.0;
    for _ in 0..STEPS.min(n) {
        scaled.copy_from_slice(&v);
        combine(&scale, &mut scaled, |s, v| s * v);
        a.apply(&scaled, &mut w);
        combine(&scale, &mut w, |s, w| s * w);
        let alpha = dot(&v, &w);
        combine(&v, &mut w, |v, w| w - alpha * v);
        combine(&before, &mut w, |v, w| w - beta * v);
        alphas.push(alpha);
        beta = dot(&w, &w).sqrt();
        if beta <= 1e-12 * alpha.abs() {
            break;
        }
        betas.push(beta);
        std::mem::swap(&mut before, &mut v);
        std::mem::swap(&mut v, &mut w);
        v.iter_mut().for_each(|v| *v /= beta);
    }
    largest_of_tridiagonal(&alphas, &betas)
}

/// Numbers without pattern between -1 and 1, the same every time (the golden ratio's multiples).
fn start_vector(n: usize) -> Vec<f64> {
    let golden = 0.618_033_988_749_894_9;
    (0..n)
        .map(|i| 2.0 * ((i as f64 + 1.0) * golden).fract() - 1.0 + 1e-3 * (i % 7) as f64)
        .collect()
}

/// Largest eigenvalue of a symmetric tridiagonal matrix, by bisection on the sign count of its LDL^T.
fn largest_of_tridiagonal(diagonal: &[f64], beside: &[f64]) -> f64 {
    let bound = |i: usize| {
        let left = if i > 0 { beside[i - 1] } else { 0.0 };
        diagonal[i] + left + if i + 1 < diagonal.len() { beside[i] } else { 0.0 }
    };
    let mut high = (0..diagonal.len()).map(bound).fold(0.0, f64::max);
    let mut low = diagonal.iter().copied().fold(0.0, f64::max);
    let is_above = |x: f64| {
        let mut pivot = x - diagonal[0];
        (1..diagonal.len()).all(|i| {
            let above = pivot > 0.0;
            pivot = x - diagonal[i] - beside[i - 1] * beside[i - 1] / pivot;
            above
        }) && pivot > 0.0
    };
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if is_above(middle) { high = middle } else { low = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    /// tridiag(-1, 2, -1) / 2 of size n has the largest eigenvalue 1 + cos(pi / (n + 1)).
    #[test]
    fn eigenvalue_of_a_chain() {
        let n = 40;
        let (diagonal, beside) = (vec![1.0; n], vec![0.5; n - 1]);
        let exact = 1.0 + (std::f64::consts::PI / (n as f64 + 1.0)).cos();
        assert!((largest_of_tridiagonal(&diagonal, &beside) - exact).abs() < 1e-10);

        let (mut start, mut columns, mut values) = (vec![0], vec![], vec![]);
        for i in 0..n {
            for j in i.saturating_sub(1)..(i + 2).min(n) {
                columns.push(j as u32);
                values.push(if i == j { 3.0 } else { -1.5 });
            }
            start.push(columns.len());
        }
        let a = Csr::new(start, columns, values, n).unwrap();
        let estimate = largest_eigenvalue(&a, &vec![1.0 / 3.0; n]);
        assert!(estimate < exact + 1e-12 && estimate > 0.95 * exact, "{estimate} {exact}");
    }
}
