//! A second method for the insulating disc and slit with kinetics, for the tests only.
//!
//! Galerkin's method in transform space: the potential on the defect is a sum of polynomials whose
//! Hankel or Fourier transforms are Bessel functions. It shares neither the integral equation nor
//! its kernel, unknown or quadrature with the solutions under test. The mean potential is
//! variational and converges fast; the peak is the equation's right-hand side at the rim.

use std::f64::consts::PI;

use super::dense::solve_dense;
use super::gauss::gauss_legendre;
use super::{InsulatingDisc, InsulatingSlit, assert_close};

const TERMS: usize = 24;
/// The transform's variable is cut here; the mean of what lies beyond is added.
const CUT: f64 = 1500.0;

/// Values of the recurrence `f(n-1) = (2 n + shift) f(n) / k - f(n+1)`, downwards, for n up to
/// `2 TERMS`, not normalised; with the sum of `weight(n) f(n)` over all n.
fn downwards(k: f64, shift: f64, weight: fn(usize, f64) -> f64) -> (Vec<f64>, f64) {
    let start = 2 * ((k as usize + 2 * TERMS + 40 + 4 * k.cbrt() as usize) / 2);
    let (mut above, mut current, mut sum) = (0.0, 1e-60, 0.0);
    let mut values = vec![0.0; 2 * TERMS + 1];
    for n in (0..=start).rev() {
        sum += weight(n, current);
        if n < values.len() {
            values[n] = current;
        }
        let below = (2.0 * n as f64 + shift) / k * current - above;
        above = current;
        current = below;
        if current.abs() > 1e60 {
            above *= 1e-120;
            current *= 1e-120;
            sum *= weight(0, 1e-120);
            values.iter_mut().for_each(|v| *v *= 1e-120);
        }
    }
    (values, sum)
}

/// `J_n(k)` for n up to `2 TERMS`, from `J_0 + 2 (J_2 + J_4 + ...) = 1`.
fn bessel(k: f64) -> Vec<f64> {
    let even = |n: usize, f: f64| match n {
        0 => f,
        n if n % 2 == 0 => 2.0 * f,
        _ => 0.0,
    };
    let (values, sum) = downwards(k, 0.0, even);
    values.into_iter().map(|v| v / sum).collect()
}

/// Spherical `j_n(k)` for n up to `2 TERMS`, up to a common sign, from the sum of
/// `(2 n + 1) j_n^2 = 1`; the sign from the larger of j_0 and j_1.
fn spherical_bessel(k: f64) -> Vec<f64> {
    let (values, sum) = downwards(k, 1.0, |n, f| (2.0 * n as f64 + 1.0) * f * f);
    let (j0, j1) = (k.sin() / k, k.sin() / (k * k) - k.cos() / k);
    let sign = if j0.abs() > j1.abs() { j0 * values[0] } else { j1 * values[1] }.signum();
    values.into_iter().map(|v| sign * v / sum.sqrt()).collect()
}

/// Quadrature on [0, CUT].
fn wave_numbers() -> Vec<(f64, f64)> {
    let rule = gauss_legendre(10);
    let mut points = Vec::new();
    let (mut left, mut width) = (0.0, 1e-3);
    while left < CUT {
        points.extend(rule.iter().map(|(x, w)| (left + width * x, width * w)));
        left += width;
        width = f64::min(2.0 * width, 2.0);
    }
    points
}

fn sign(n: usize) -> f64 {
    if n.is_multiple_of(2) { 1.0 } else { -1.0 }
}

/// Peak factor and mean potential from the squared norms of the basis, the integral of its first
/// member, and what [`integrate`] gives.
fn solve(
    wagner: f64,
    norms: impl Fn(f64) -> f64,
    source: f64,
    integrals: (Vec<Vec<f64>>, Vec<f64>),
) -> (f64, f64) {
    let (mut rows, at_rim) = integrals;
    for (n, row) in rows.iter_mut().enumerate() {
        row.iter_mut().for_each(|entry| *entry /= -wagner);
        row[n] += norms(n as f64);
    }
    let mut right_hand_side = vec![0.0; TERMS];
    right_hand_side[0] = source;
    let c = solve_dense(rows, right_hand_side).expect("regular");
    let sum: f64 = c.iter().zip(&at_rim).map(|(c, a)| c * a).sum();
    (1.0 + sum / wagner, c[0])
}

/// Integrals over k of products of the transforms, and of the transforms with that of a point at
/// the rim, over `k + 1 / Wa`; `basis(k)` gives both, `tail` is the mean integral beyond CUT.
fn integrate(
    wagner: f64,
    basis: impl Fn(f64) -> (Vec<f64>, f64),
    tail: f64,
) -> (Vec<Vec<f64>>, Vec<f64>) {
    let (mut rows, mut at_rim) = (vec![vec![tail; TERMS]; TERMS], vec![0.0; TERMS]);
    for (k, weight) in wave_numbers() {
        let (transforms, rim) = basis(k);
        let weight = weight / (k + 1.0 / wagner);
        for (m, row) in rows.iter_mut().enumerate() {
            at_rim[m] += weight * rim * transforms[m];
            for (entry, transform) in row.iter_mut().zip(&transforms) {
                *entry += weight * transforms[m] * transform;
            }
        }
    }
    (rows, at_rim)
}

/// Basis `(-1)^n P_n(1 - 2 r^2)` with the Hankel transform `(-1)^n J_(2n+1)(k) / k`.
fn disc(wagner: f64) -> (f64, f64) {
    let basis = |k: f64| {
        let j = bessel(k);
        // The measure k dk / (k + 1/Wa) is split evenly between the two factors.
        let transforms = (0..TERMS).map(|n| sign(n) * j[2 * n + 1] / k.sqrt()).collect();
        (transforms, k.sqrt() * j[0])
    };
    let tail = (0.5 / (CUT * CUT) - 1.0 / (3.0 * wagner * CUT.powi(3))) / PI;
    solve(wagner, |n| 0.5 / (2.0 * n + 1.0), 0.5, integrate(wagner, basis, tail))
}

/// Basis `P_2n(x)` with the Fourier transform `2 (-1)^n j_2n(k)`.
fn slit(wagner: f64) -> (f64, f64) {
    let basis = |k: f64| {
        let j = spherical_bessel(k);
        let transforms = (0..TERMS).map(|n| 2.0 * sign(n) * j[2 * n] / PI.sqrt()).collect();
        (transforms, k.cos() / PI.sqrt())
    };
    let tail = (1.0 / (CUT * CUT) - 2.0 / (3.0 * wagner * CUT.powi(3))) / PI;
    solve(wagner, |n| 2.0 / (4.0 * n + 1.0), 2.0, integrate(wagner, basis, tail))
}

#[test]
fn insulating_disc_agrees() {
    for (wagner, of_peak, of_mean) in [(0.1, 3e-5, 2e-8), (1.0, 3e-7, 1e-9), (10.0, 1e-8, 1e-10)] {
        let solution = InsulatingDisc::solve(wagner).expect("in range");
        let (peak, mean) = disc(wagner);
        assert_close(solution.peak_factor(), peak, of_peak);
        assert_close(solution.mean_potential(), mean, of_mean);
    }
}

#[test]
fn insulating_slit_agrees() {
    for (wagner, of_peak, of_mean) in [(0.1, 3e-5, 2e-8), (1.0, 3e-7, 1e-9), (10.0, 1e-8, 1e-10)] {
        let solution = InsulatingSlit::solve(wagner).expect("in range");
        let (peak, mean) = slit(wagner);
        assert_close(solution.peak_factor(), peak, of_peak);
        assert_close(solution.mean_potential(), mean, of_mean);
    }
}
