//! Sums over vectors, the same to the last bit for any number of threads.
//!
//! A vector is cut into pieces of [`PIECE`] entries; each piece is summed by one thread, in a fixed
//! order, and the partial sums are added from the first piece to the last.

use rayon::prelude::*;

/// Entries per piece. Large enough to hide the cost of a task, small enough to stay in the cache.
pub const PIECE: usize = 4096;

/// Below this length a vector is walked by the calling thread: tasks would cost more than they save.
const SERIAL: usize = 16 * PIECE;

/// x . y
///
/// # Panics
/// If the lengths differ.
pub fn dot(x: &[f64], y: &[f64]) -> f64 {
    assert_eq!(x.len(), y.len());
    if x.len() <= SERIAL {
        return x.chunks(PIECE).zip(y.chunks(PIECE)).map(|(x, y)| dot_piece(x, y)).sum();
    }
    let partial: Vec<f64> =
        x.par_chunks(PIECE).zip(y.par_chunks(PIECE)).map(|(x, y)| dot_piece(x, y)).collect();
    partial.iter().sum()
}

/// Eight running sums, so that the compiler may use vector registers.
fn dot_piece(x: &[f64], y: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (xs, ys) = (x.chunks_exact(8), y.chunks_exact(8));
    let rest: f64 = xs.remainder().iter().zip(ys.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in xs.zip(ys) {
        for k in 0..8 {
            sums[k] += a[k] * b[k];
        }
    }
    sums.iter().sum::<f64>() + rest
}

/// Euclidean norm |x|.
pub fn norm(x: &[f64]) -> f64 {
    dot(x, x).sqrt()
}

/// Largest |x_i|; NaN if any entry is NaN.
pub fn max_norm(x: &[f64]) -> f64 {
    x.iter().fold(0.0, |m: f64, v| if v.is_nan() || m.is_nan() { f64::NAN } else { m.max(v.abs()) })
}

/// y = y + a x
pub fn axpy(a: f64, x: &[f64], y: &mut [f64]) {
    combine(x, y, |x, y| y + a * x);
}

/// y = x + a y
pub fn xpay(x: &[f64], a: f64, y: &mut [f64]) {
    combine(x, y, |x, y| x + a * y);
}

/// x = x + a d and r = r - a e in one pass over all four; returns r . r.
///
/// # Panics
/// If the lengths differ.
pub fn advance(a: f64, [d, e]: [&[f64]; 2], x: &mut [f64], r: &mut [f64]) -> f64 {
    assert!([d.len(), e.len(), r.len()] == [x.len(); 3]);
    let piece = |k: usize, x: &mut [f64], r: &mut [f64]| {
        let here = k * PIECE..k * PIECE + x.len();
        x.iter_mut().zip(&d[here.clone()]).for_each(|(x, d)| *x += a * d);
        r.iter_mut().zip(&e[here]).for_each(|(r, e)| *r -= a * e);
        dot_piece(r, r)
    };
    if x.len() <= SERIAL {
        let pieces = x.chunks_mut(PIECE).zip(r.chunks_mut(PIECE)).enumerate();
        return pieces.map(|(k, (x, r))| piece(k, x, r)).sum();
    }
    let pieces = x.par_chunks_mut(PIECE).zip(r.par_chunks_mut(PIECE)).enumerate();
    let partial: Vec<f64> = pieces.map(|(k, (x, r))| piece(k, x, r)).collect();
    partial.iter().sum()
}

/// r = b - r: turns A x into the residual b - A x.
pub fn residual_of(b: &[f64], r: &mut [f64]) {
    combine(b, r, |b, r| b - r);
}

/// y_i = f(x_i, y_i)
///
/// # Panics
/// If the lengths differ.
pub fn combine(x: &[f64], y: &mut [f64], f: impl Fn(f64, f64) -> f64 + Sync) {
    assert_eq!(x.len(), y.len());
    let piece = |y: &mut [f64], x: &[f64]| {
        for (y, x) in y.iter_mut().zip(x) {
            *y = f(*x, *y);
        }
    };
    if x.len() <= SERIAL {
        piece(y, x);
    } else {
        y.par_chunks_mut(PIECE).zip(x.par_chunks(PIECE)).for_each(|(y, x)| piece(y, x));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_right_and_do_not_depend_on_threads() {
        let n = 3 * SERIAL + 5;
        let x: Vec<f64> = (0..n).map(|i| (i as f64 * 0.7).sin()).collect();
        let y: Vec<f64> = (0..n).map(|i| 1.0 / (1.0 + i as f64)).collect();
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| dot(&x, &y)).to_bits()
        };
        assert_eq!(with(1), with(2));
        assert_eq!(with(1), with(4));
        let ones = vec![1.0; n];
        assert_eq!(dot(&ones, &ones), n as f64);
    }

    #[test]
    fn updates() {
        let mut y = vec![1.0, 2.0];
        axpy(2.0, &[10.0, 20.0], &mut y);
        assert_eq!(y, [21.0, 42.0]);
        xpay(&[1.0, 1.0], 2.0, &mut y);
        assert_eq!(y, [43.0, 85.0]);
        let (mut x, mut r) = (vec![1.0, 2.0], vec![5.0, 6.0]);
        assert_eq!(advance(2.0, [&[1.0, 1.0], &[1.0, 2.0]], &mut x, &mut r), 13.0);
        assert_eq!((x, r), (vec![3.0, 4.0], vec![3.0, 2.0]));
        assert_eq!(norm(&[3.0, 4.0]), 5.0);
        assert_eq!(max_norm(&[3.0, -4.0]), 4.0);
        assert!(max_norm(&[f64::NAN, 1.0]).is_nan());
    }
}
