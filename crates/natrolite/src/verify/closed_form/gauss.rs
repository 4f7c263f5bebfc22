//! Gauss-Legendre quadrature.

use std::f64::consts::PI;

/// Nodes (ascending) and weights of the `n`-point Gauss-Legendre rule on [0, 1].
///
/// Newton's method on the Legendre polynomial from Tricomi's estimate of the roots; exact for
/// polynomials up to degree `2 n - 1`. Source: Abramowitz and Stegun, 25.4.29.
pub(super) fn gauss_legendre(n: usize) -> Vec<(f64, f64)> {
    let mut rule = Vec::with_capacity(n);
    for i in 0..n {
        let mut x = -(PI * (i as f64 + 0.75) / (n as f64 + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..100 {
            let (value, derivative) = legendre(n, x);
            slope = derivative;
            let step = value / derivative;
            x -= step;
            if step.abs() < 1e-15 {
                slope = legendre(n, x).1;
                break;
            }
        }
        rule.push((0.5 * (1.0 + x), 1.0 / ((1.0 - x * x) * slope * slope)));
    }
    rule
}

/// The Legendre polynomial of degree `n` and its derivative at `x` inside (-1, 1).
fn legendre(n: usize, x: f64) -> (f64, f64) {
    let (mut before, mut current) = (1.0, x);
    for k in 2..=n {
        let k = k as f64;
        let next = ((2.0 * k - 1.0) * x * current - (k - 1.0) * before) / k;
        before = current;
        current = next;
    }
    (current, n as f64 * (x * current - before) / (x * x - 1.0))
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    #[test]
    fn integrates_the_highest_exact_power() {
        for n in [2, 7, 12, 20] {
            let degree = 2 * n as i32 - 1;
            let sum: f64 = gauss_legendre(n).iter().map(|(x, w)| w * x.powi(degree)).sum();
            assert_close(sum, 1.0 / f64::from(degree + 1), 1e-13);
        }
    }

    #[test]
    fn three_points_match_the_table() {
        // Abramowitz and Stegun, table 25.4: x = sqrt(3/5), w = 5/9 on [-1, 1].
        let rule = gauss_legendre(3);
        assert_close(2.0 * rule[2].0 - 1.0, 0.6_f64.sqrt(), 1e-14);
        assert_close(2.0 * rule[2].1, 5.0 / 9.0, 1e-14);
    }
}
