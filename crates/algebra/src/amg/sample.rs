//! A part of a matrix that has nearly the same largest eigenvalue.

use super::blocks::{Blocks, View};
use super::diagonal::Divisor;
use super::order::Order;
use super::smoother::largest_quotient;
use super::stored::Stored;
use rayon::prelude::*;
use std::ops::Range;

/// Rows one after the other that are taken.
const ROWS: usize = 2048;
/// One of so many pieces of them is taken.
const ONE_OF: usize = 8;

/// About the largest quotient of D^-1 A with `scale` A of blocks 1 x 1, from the rows of every eighth piece and what is
/// between rows of the same piece. Submatrices have no larger quotients than the whole (Cauchy), and the vectors that
/// have the largest ones are oscillations from node to node, for which a piece of neighbours is as good as the whole. A
/// few bad cells may be missed: enough to damp an interpolation by, not to bound what a smoother does.
///
/// # Errors
/// The first row of those taken whose diagonal entry is not positive.
pub(super) fn quotient_of_sample(a: View<f64>, scale: f64) -> Result<f64, usize> {
    let some = sample(a);
    let (view, order) = (some.view(), Order::of(some.view()));
    let inverse = order.gather(&Divisor::Diagonal.inverse(view, scale)?);
    Ok(largest_quotient(&Stored::new(view, [&order; 2], scale), &inverse))
}

/// The blocks on the diagonal of the pieces that are taken.
fn sample(a: View<f64>) -> Blocks<f64> {
    let n = a.nrows();
    let taken: Vec<Range<usize>> =
        (0..n).step_by(ONE_OF * ROWS).map(|from| from..n.min(from + ROWS)).collect();
    let piece = |(at, rows): (usize, &Range<usize>)| {
        let (mut ends, mut columns, mut values) = (vec![], vec![], vec![]);
        for i in rows.clone() {
            let (js, v) = a.row(i);
            for (&j, &v) in js.iter().zip(v).filter(|(j, _)| rows.contains(&(**j as usize))) {
                columns.push(j - rows.start as u32 + (at * ROWS) as u32);
                values.push(v);
            }
            ends.push(columns.len());
        }
        (ends, columns, values)
    };
    let pieces: Vec<(Vec<usize>, Vec<u32>, Vec<f64>)> =
        taken.par_iter().enumerate().map(piece).collect();
    let mut some = Blocks { shape: [1, 1], start: vec![0], ..Blocks::default() };
    for (ends, columns, values) in pieces {
        let before = some.columns.len();
        some.start.extend(ends.into_iter().map(|end| before + end));
        some.columns.extend(columns);
        some.values.extend(values);
    }
    some.ncols = some.start.len() - 1;
    some
}

#[cfg(test)]
mod tests {
    use super::*;

    /// tridiag(-1, 2, -1) of 20 000 rows: two pieces of it, each as if it stood alone. Of one piece of n rows the largest
    /// quotient is 1 + cos(pi / (n + 1)), and as near 2 as that of the whole.
    #[test]
    fn pieces_of_a_chain() {
        let n = 20_000_u32;
        let (mut start, mut columns, mut values) = (vec![0], vec![], vec![]);
        for i in 0..n {
            for j in i.saturating_sub(1)..(i + 2).min(n) {
                columns.push(j);
                values.push(if i == j { 2.0 } else { -1.0 });
            }
            start.push(columns.len());
        }
        let a = Blocks { shape: [1, 1], start, columns, values, ncols: n as usize };
        let some = sample(a.view());
        let rows = 2 * ROWS;
        assert_eq!((some.start.len(), some.ncols), (rows + 1, rows));
        let row = |i: usize| some.view().row(i);
        let last = ROWS as u32 - 1;
        assert_eq!(row(ROWS - 1), (&[last - 1, last][..], &[-1.0, 2.0][..]));
        assert_eq!(row(ROWS), (&[last + 1, last + 2][..], &[2.0, -1.0][..]));
        assert_eq!(row(ROWS + 1).0, [last + 1, last + 2, last + 3]);
        let found = quotient_of_sample(a.view(), 0.25).unwrap();
        assert!((found - 2.0).abs() < 0.08, "{found}");
    }
}
