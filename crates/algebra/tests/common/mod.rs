//! Model matrices for the tests of this crate.
#![allow(dead_code)]

use algebra::Csr;

pub mod elasticity;

/// Finite differences (5 or 7 points) of -div(c grad) on n cells, `c` along each axis, value 0 one cell
/// beyond the boundary on all sides of axes with more than one cell.
pub fn laplacian(n: [usize; 3], c: [f64; 3]) -> Csr {
    conductor(n, c, |_| 1.0)
}

/// The same with a conductivity per cell; two cells are joined by the harmonic mean.
pub fn conductor(n: [usize; 3], c: [f64; 3], sigma: impl Fn([usize; 3]) -> f64) -> Csr {
    let stride = [1, n[0], n[0] * n[1]];
    let (mut start, mut columns, mut values) = (vec![0], vec![], vec![]);
    for i in 0..n[0] * n[1] * n[2] {
        let at = [i % n[0], i / n[0] % n[1], i / stride[2]];
        let here = sigma(at);
        let mut row = vec![];
        let mut diagonal = 0.0;
        for axis in 0..3 {
            if n[axis] == 1 && n.iter().any(|&n| n > 1) {
                continue;
            }
            for side in [-1_isize, 1] {
                let next = at[axis].checked_add_signed(side).filter(|&k| k < n[axis]);
                let mut there = at;
                let g = match next {
                    None => c[axis] * here,
                    Some(k) => {
                        there[axis] = k;
                        2.0 * c[axis] / (1.0 / here + 1.0 / sigma(there))
                    }
                };
                diagonal += g;
                if next.is_some() {
                    row.push(((i as isize + side * stride[axis] as isize) as u32, -g));
                }
            }
        }
        row.push((i as u32, diagonal));
        row.sort_by_key(|entry| entry.0);
        columns.extend(row.iter().map(|entry| entry.0));
        values.extend(row.iter().map(|entry| entry.1));
        start.push(columns.len());
    }
    let rows = start.len() - 1;
    Csr::new(start, columns, values, rows).unwrap()
}

/// Joins all unknowns to one more, as the potential of a whole body would be, by a conductance of 0.01.
pub fn with_dense_row(a: &Csr) -> Csr {
    let n = a.nrows();
    let g = 0.01;
    let (mut start, mut columns, mut values) = (vec![0], vec![], vec![]);
    for i in 0..n {
        let (js, v) = a.row(i);
        for (&j, &v) in js.iter().zip(v) {
            columns.push(j);
            values.push(if j as usize == i { v + g } else { v });
        }
        columns.push(n as u32);
        values.push(-g);
        start.push(columns.len());
    }
    columns.extend(0..=n as u32);
    values.extend(std::iter::repeat_n(-g, n));
    values.push(g * n as f64 + 1.0);
    start.push(columns.len());
    Csr::new(start, columns, values, n + 1).unwrap()
}

/// Numbers between -1 and 1 from a linear congruential generator (Knuth's MMIX constants).
pub fn random(n: usize, seed: u64) -> Vec<f64> {
    let mut state = seed;
    (0..n)
        .map(|_| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
        })
        .collect()
}

/// |b - A x| / |b|
pub fn relative_residual(a: &Csr, b: &[f64], x: &[f64]) -> f64 {
    let mut r = vec![0.0; b.len()];
    a.apply(x, &mut r);
    let r2: f64 = r.iter().zip(b).map(|(r, b)| (b - r) * (b - r)).sum();
    (r2 / b.iter().map(|b| b * b).sum::<f64>()).sqrt()
}

/// Gaussian elimination without pivoting, enough for positive definite matrices.
pub fn dense_solve(a: &Csr, b: &[f64]) -> Vec<f64> {
    let n = a.nrows();
    let mut m = vec![vec![0.0; n]; n];
    for (i, row) in m.iter_mut().enumerate() {
        let (js, v) = a.row(i);
        for (&j, &v) in js.iter().zip(v) {
            row[j as usize] = v;
        }
    }
    let mut x = b.to_vec();
    for k in 0..n {
        let pivot = m[k].clone();
        for i in k + 1..n {
            let factor = m[i][k] / pivot[k];
            for j in k..n {
                m[i][j] -= factor * pivot[j];
            }
            x[i] -= factor * x[k];
        }
    }
    for k in (0..n).rev() {
        let sum: f64 = (k + 1..n).map(|j| m[k][j] * x[j]).sum();
        x[k] = (x[k] - sum) / m[k][k];
    }
    x
}

/// The same bits from 1, 2 and 4 threads.
pub fn same_for_all_threads<T: PartialEq + std::fmt::Debug + Send>(f: impl Fn() -> T + Sync) {
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(&f)
    };
    let one = with(1);
    assert_eq!(one, with(2));
    assert_eq!(one, with(4));
}

/// -div grad with tensor-product elements of `order` 1 or 2 on a box of n cells of size h, insulated but
/// for a film of resistance 1 on the lowest face of the last axis (n = 1 leaves an axis out).
///
/// Element matrices on a cell of length h: order 1, K = [1 -1; -1 1] / h, M = h [2 1; 1 2] / 6; order 2,
/// K = [7 -8 1; -8 16 -8; 1 -8 7] / 3h, M = h [4 2 -1; 2 16 2; -1 2 4] / 30.
pub fn elements(n: [usize; 3], order: usize, h: [f64; 3]) -> Csr {
    let axes: Vec<usize> = (0..3).filter(|&axis| n[axis] > 1).collect();
    let points = |axis: usize| if n[axis] > 1 { n[axis] * order + 1 } else { 1 };
    let size = [points(0), points(1), points(2)];
    let last = axes[axes.len() - 1];
    let line = |axis: usize, i: usize, j: usize, stiffness: bool| -> f64 {
        let (k, m): (&[f64], &[f64]) = match order {
            1 => (&[1.0, -1.0, -1.0, 1.0], &[2.0 / 6.0, 1.0 / 6.0, 1.0 / 6.0, 2.0 / 6.0]),
            _ => (
                &[
                    7.0 / 3.0,
                    -8.0 / 3.0,
                    1.0 / 3.0,
                    -8.0 / 3.0,
                    16.0 / 3.0,
                    -8.0 / 3.0,
                    1.0 / 3.0,
                    -8.0 / 3.0,
                    7.0 / 3.0,
                ],
                &[
                    4.0 / 30.0,
                    2.0 / 30.0,
                    -1.0 / 30.0,
                    2.0 / 30.0,
                    16.0 / 30.0,
                    2.0 / 30.0,
                    -1.0 / 30.0,
                    2.0 / 30.0,
                    4.0 / 30.0,
                ],
            ),
        };
        let low = i.max(j).saturating_sub(order).div_ceil(order);
        let high = (i.min(j) / order).min(n[axis] - 1);
        (low..=high)
            .map(|cell| {
                let at = (i - cell * order) * (order + 1) + j - cell * order;
                if stiffness { k[at] / h[axis] } else { m[at] * h[axis] }
            })
            .sum()
    };
    let near = |axis: usize, i: usize| {
        if n[axis] == 1 {
            return 0..1;
        }
        let cell = i / order;
        let low = if i.is_multiple_of(order) { cell.saturating_sub(1) } else { cell };
        low * order..(cell * order + order + 1).min(size[axis])
    };
    let (mut start, mut columns, mut values) = (vec![0], vec![], vec![]);
    for row in 0..size[0] * size[1] * size[2] {
        let i = [row % size[0], row / size[0] % size[1], row / (size[0] * size[1])];
        for z in near(2, i[2]) {
            for y in near(1, i[1]) {
                for x in near(0, i[0]) {
                    let j = [x, y, z];
                    let mass = |axis: usize| line(axis, i[axis], j[axis], false);
                    let others = |axis: usize| -> f64 {
                        axes.iter().filter(|a| **a != axis).map(|a| mass(*a)).product()
                    };
                    let mut value: f64 =
                        axes.iter().map(|&a| line(a, i[a], j[a], true) * others(a)).sum();
                    if i[last] == 0 && j[last] == 0 {
                        value += others(last);
                    }
                    columns.push((x + size[0] * (y + size[1] * z)) as u32);
                    values.push(value);
                }
            }
        }
        start.push(columns.len());
    }
    let rows = start.len() - 1;
    Csr::new(start, columns, values, rows).unwrap()
}
