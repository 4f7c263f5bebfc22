//! Which neighbours an error is smooth towards.

use crate::Csr;
use rayon::prelude::*;

/// Rows per task.
const ROWS: usize = 4096;

/// The strong part of a matrix and what kind each row is.
pub(super) struct Strength {
    /// The strong off-diagonal entries.
    pub strong: Csr,
    /// The diagonal after the dropped entries were added to it, so that row sums stay.
    pub lumped: Vec<f64>,
    /// Rows so dominated by their diagonal that the smoother alone solves them.
    pub local: Vec<bool>,
}

/// A row whose diagonal is this many times the sum of the others needs no coarse grid.
const DOMINANCE: f64 = 10.0;

/// The entry (i, j) is strong if -a_ij > theta sqrt(m_i m_j), where m_i = max_k(-a_ik).
///
/// Positive entries, as second-order and stretched cells have them, are never strong: an error need not
/// be smooth along them. The scale is the largest neighbour, not the diagonal (Vanek, Mandel and
/// Brezina, Computing 56 (1996) 179): a trilinear stencil has 26 neighbours, none of which is large
/// beside the diagonal.
pub(super) fn strength(a: &Csr, diagonal: &[f64], theta: f64) -> Strength {
    let n = a.nrows();
    let others = |i: usize| {
        let (columns, values) = a.row(i);
        columns.iter().zip(values).filter(move |(j, _)| **j as usize != i)
    };
    let largest: Vec<f64> = (0..n)
        .into_par_iter()
        .with_min_len(ROWS)
        .map(|i| others(i).fold(0.0, |m: f64, (_, v)| m.max(-v)))
        .collect();
    let local: Vec<bool> = (0..n)
        .into_par_iter()
        .with_min_len(ROWS)
        .map(|i| diagonal[i] >= DOMINANCE * others(i).map(|(_, v)| v.abs()).sum::<f64>())
        .collect();

    let is_strong = |i: usize, j: u32, v: f64| {
        let j = j as usize;
        -v > theta * (largest[i] * largest[j]).sqrt() && !local[i] && !local[j]
    };
    let mut row_start = vec![0; n + 1];
    let mut lumped = diagonal.to_vec();
    row_start[1..].par_iter_mut().zip(&mut lumped).enumerate().with_min_len(ROWS).for_each(
        |(i, (count, lumped))| {
            for (&j, &v) in others(i) {
                if is_strong(i, j, v) {
                    *count += 1;
                } else {
                    *lumped += v;
                }
            }
        },
    );
    for i in 0..n {
        row_start[i + 1] += row_start[i];
    }
    let (mut columns, mut values) =
        (Vec::with_capacity(row_start[n]), Vec::with_capacity(row_start[n]));
    for i in 0..n {
        for (&j, &v) in others(i) {
            if is_strong(i, j, v) {
                columns.push(j);
                values.push(v);
            }
        }
    }
    Strength { strong: Csr::from_sorted(row_start, columns, values, n), lumped, local }
}
