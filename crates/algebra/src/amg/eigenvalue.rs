//! The largest eigenvalue of D^-1 A.

use super::sliced::room;
use super::stored::{Stored, apply_diagonal};
use rayon::prelude::*;

/// Steps of Lanczos' method.
const STEPS: usize = 8;
/// Entries per partial sum.
const PIECE: usize = 4096;

/// About the largest eigenvalue of D^-1 A, by a few steps of Lanczos' method in the inner product of D: the
/// largest Ritz value plus the norm of its residual (Zhou and Li, Linear Algebra Appl. 435 (2011) 480). Where
/// the Ritz value is still far below, the residual is large. `w` is D^-1.
pub(super) fn largest_eigenvalue(a: &Stored, w: &[f32]) -> f64 {
    let b = a.shape()[0];
    let n = a.nrows() * b;
    // q = D v throughout.
    let (mut q, mut v) = (start_vector(n), vec![0.0; room(n)]);
    let (mut before, mut next) = (vec![0.0; n], vec![0.0; n]);
    let (mut alphas, mut betas) = (Vec::new(), Vec::new());
    apply_diagonal(b, w, 1.0, &q, &mut v);
    let mut beta = dot(&q, &v).sqrt();
    for k in 0..STEPS.min(n) {
        if k > 0 {
            betas.push(beta);
        }
        scale((1.0 / beta) as f32, &mut q);
        scale((1.0 / beta) as f32, &mut v);
        a.apply(&v, &mut next);
        let alpha = dot(&v, &next);
        let past = if k > 0 { beta } else { 0.0 };
        subtract(&mut next, [alpha as f32, past as f32], &q, &before);
        alphas.push(alpha);
        (before, q, next) = (q, next, before);
        apply_diagonal(b, w, 1.0, &q, &mut v);
        beta = dot(&q, &v).max(0.0).sqrt();
        if beta <= 1e-5 * alpha.abs() {
            break;
        }
    }
    let ritz = largest_of_tridiagonal(&alphas, &betas);
    ritz + beta * last_of_vector(&alphas, &betas, ritz)
}

/// The last entry of the unit eigenvector of a symmetric tridiagonal matrix for its largest `eigenvalue`.
fn last_of_vector(diagonal: &[f64], beside: &[f64], eigenvalue: f64) -> f64 {
    let (mut before, mut entry, mut squares) = (0.0, 1.0, 1.0);
    for (i, beta) in beside.iter().enumerate() {
        let past = if i > 0 { beside[i - 1] * before } else { 0.0 };
        (before, entry) = (entry, ((eigenvalue - diagonal[i]) * entry - past) / beta);
        squares += entry * entry;
    }
    entry.abs() / squares.sqrt()
}

/// x . y, summed in double precision and in a fixed order.
fn dot(x: &[f32], y: &[f32]) -> f64 {
    let piece = |x: &[f32], y: &[f32]| -> f64 {
        let mut sums = [0.0_f64; 8];
        for (x, y) in x.chunks(8).zip(y.chunks(8)) {
            for ((sum, x), y) in sums.iter_mut().zip(x).zip(y) {
                *sum += f64::from(*x) * f64::from(*y);
            }
        }
        sums.iter().sum()
    };
    let partial: Vec<f64> =
        x.par_chunks(PIECE).zip(y.par_chunks(PIECE)).map(|(x, y)| piece(x, y)).collect();
    partial.iter().sum()
}

fn scale(factor: f32, x: &mut [f32]) {
    x.par_chunks_mut(PIECE).for_each(|x| x.iter_mut().for_each(|x| *x *= factor));
}

/// x = x - alpha y - beta z
fn subtract(x: &mut [f32], [alpha, beta]: [f32; 2], y: &[f32], z: &[f32]) {
    let others = y.par_chunks(PIECE).zip(z.par_chunks(PIECE));
    x.par_chunks_mut(PIECE).zip(others).for_each(|(x, (y, z))| {
        for ((x, y), z) in x.iter_mut().zip(y).zip(z) {
            *x -= alpha * y + beta * z;
        }
    });
}

/// Numbers without pattern between -1 and 1, the same every time (the golden ratio's multiples).
fn start_vector(n: usize) -> Vec<f32> {
    let golden = 0.618_033_988_749_894_9;
    (0..n)
        .into_par_iter()
        .with_min_len(PIECE)
        .map(|i| (2.0 * ((i as f64 + 1.0) * golden).fract() - 1.0 + 1e-3 * (i % 7) as f64) as f32)
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
    use super::super::blocks::Blocks;
    use super::super::order::Order;
    use super::*;

    /// tridiag(-1, 2, -1) / 2 of size n has the largest eigenvalue 1 + cos(pi / (n + 1)).
    #[test]
    fn eigenvalue_of_a_chain() {
        let n = 40;
        let (diagonal, beside) = (vec![1.0; n], vec![0.5; n - 1]);
        let exact = 1.0 + (std::f64::consts::PI / (n as f64 + 1.0)).cos();
        assert!((largest_of_tridiagonal(&diagonal, &beside) - exact).abs() < 1e-10);
        // Its vector is sin(pi i / (n + 1)).
        let last =
            (std::f64::consts::PI / (n as f64 + 1.0)).sin() * (2.0 / (n as f64 + 1.0)).sqrt();
        assert!((last_of_vector(&diagonal, &beside, exact) - last).abs() < 1e-10);

        let (mut start, mut columns, mut values) = (vec![0], vec![], vec![]);
        for i in 0..n {
            for j in i.saturating_sub(1)..(i + 2).min(n) {
                columns.push(j as u32);
                values.push(if i == j { 3.0 } else { -1.5 });
            }
            start.push(columns.len());
        }
        let a = Blocks { shape: [1, 1], start, columns, values, ncols: n };
        let order = Order::natural(n);
        let estimate =
            largest_eigenvalue(&Stored::new(a.view(), [&order, &order], 1.0), &vec![1.0 / 3.0; n]);
        assert!(estimate < 1.05 * exact && estimate > 0.97 * exact, "{estimate} {exact}");
    }
}
