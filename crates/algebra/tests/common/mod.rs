//! Model matrices for the tests of this crate.
#![allow(dead_code)]

use algebra::Csr;

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
