//! What residuals are divided by: the diagonal blocks of a matrix, or sums of its rows.

use super::blocks::View;
use super::left::Left;
use rayon::prelude::*;

/// Rows per task.
const ROWS: usize = 4096;

/// What the smoother divides the residual of a row by.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Divisor {
    /// Its diagonal entry or block.
    Diagonal,
    /// The sum of the absolute values of its entries, for one unknown a point and a coarser lattice below: times the
    /// entries of a positive vector that is smaller at the nodes left there ([`Left`]), over its own one.
    ///
    /// No quotient is above 1 then (Gershgorin, of S^-1 A S), on whatever part of a mesh. Of the diagonal the largest ones are
    /// 1.5 on cubes and 4.5 on needles and plates, so that where needles end what damps them does little for
    /// cubes (Baker, Falgout, Kolev and Yang, SIAM J. Sci. Comput. 33 (2011) 2864).
    Sum(Left),
}

impl Divisor {
    /// The divisor of row i with this diagonal entry, these columns and these entries.
    #[inline(always)]
    pub fn of_row(&self, i: usize, own: f64, columns: &[u32], values: &[f64]) -> f64 {
        match self {
            // A diagonal entry that is not positive is to be seen.
            Divisor::Sum(left) if own > 0.0 => left.sum(i, columns, values),
            _ => own,
        }
    }

    /// The inverse of the divisors of `scale` A, or the first row of blocks whose diagonal block is not positive
    /// definite.
    pub fn inverse(&self, a: View<f64>, scale: f64) -> Result<Vec<f32>, usize> {
        Ok(self.instead_of_diagonal(inverse_diagonal(a, scale)?, a, scale))
    }

    /// The same, made of the inverse of the diagonal.
    pub fn instead_of_diagonal(&self, mut of: Vec<f32>, a: View<f64>, scale: f64) -> Vec<f32> {
        if let Divisor::Sum(_) = self {
            of.par_iter_mut().with_min_len(ROWS).enumerate().for_each(|(i, inverse)| {
                let (columns, values) = a.row(i);
                let sum = self.of_row(i, f64::from(*inverse), columns, values);
                *inverse = (1.0 / (scale * sum)) as f32;
            });
        }
        of
    }
}

/// The inverse of each diagonal block of `scale` A, or the first row of blocks whose is not positive
/// definite.
fn inverse_diagonal(a: View<f64>, scale: f64) -> Result<Vec<f32>, usize> {
    let b = a.shape[0];
    let mut inverse = vec![0.0_f32; a.nrows() * b * b];
    let bad = inverse
        .par_chunks_mut(ROWS * b * b)
        .enumerate()
        .filter_map(|(piece, inverse)| {
            let mut wide = [0.0; 36];
            inverse.chunks_exact_mut(b * b).enumerate().find_map(|(k, inverse)| {
                let i = piece * ROWS + k;
                let (_, blocks) = a.row(i);
                let found = a.own(i).and_then(|k| {
                    inverse_of(b, &blocks[k * b * b..(k + 1) * b * b], &mut wide[..b * b])
                });
                for (to, from) in inverse.iter_mut().zip(&wide) {
                    *to = (from / scale) as f32;
                }
                found.is_none().then_some(i)
            })
        })
        .min();
    bad.map_or(Ok(inverse), Err)
}

/// The inverse of a symmetric positive definite block of at most 6 rows by Gauss-Jordan elimination
/// without pivoting; None if a pivot is not positive.
#[inline(always)]
pub(super) fn inverse_of(b: usize, block: &[f64], inverse: &mut [f64]) -> Option<()> {
    if b == 1 {
        inverse[0] = 1.0 / block[0];
        return (block[0] > 0.0).then_some(());
    }
    inverse.copy_from_slice(block);
    for k in 0..b {
        let pivot = inverse[k * b + k];
        if pivot.is_nan() || pivot <= 1e-13 * block[k * b + k] {
            return None;
        }
        inverse[k * b + k] = 1.0;
        inverse[k * b..(k + 1) * b].iter_mut().for_each(|v| *v /= pivot);
        for c in (0..b).filter(|c| *c != k) {
            let factor = inverse[c * b + k];
            inverse[c * b + k] = 0.0;
            for r in 0..b {
                inverse[c * b + r] -= factor * inverse[k * b + r];
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::blocks::Blocks;
    use super::*;

    /// Conduction along a line of needles, by the formula: the entries (-1, 2, -1) times (1, 4, 1) / 6 twice add up to
    /// 4 where the diagonal is 2 (4 / 6)^2.
    #[test]
    fn sums_of_rows_of_needles() {
        let mass = [1.0, 4.0, 1.0].map(|m| m / 6.0);
        let mut values = Vec::new();
        for k in [-1.0, 2.0, -1.0] {
            mass.iter().for_each(|m| values.extend(mass.map(|n| k * m * n)));
        }
        let own = values[13];
        // No node is left.
        let none = || Divisor::Sum(Left::of(&Blocks { start: vec![0; 28], ..Blocks::default() }));
        let columns: Vec<u32> = (0..27).collect();
        assert!((none().of_row(13, own, &columns, &values) / own - 4.5).abs() < 1e-14);
        assert_eq!(Divisor::Diagonal.of_row(13, own, &columns, &values), own);
        assert_eq!(none().of_row(0, -1.0, &[0, 1], &[-1.0, 2.0]), -1.0);

        let (start, columns) = ([0, 2, 4], [0, 1, 0, 1]);
        let values = [2.0, -1.0, -1.0, 4.0];
        let a = View { shape: [1, 1], start: &start, columns: &columns, values: &values, ncols: 2 };
        assert_eq!(none().inverse(a, 0.5), Ok(vec![2.0 / 3.0, 0.4]));
        assert_eq!(Divisor::Diagonal.inverse(a, 0.5), Ok(vec![1.0, 0.5]));
        let values = [2.0, -1.0, -1.0, -4.0];
        assert_eq!(none().inverse(View { values: &values, ..a }, 0.5), Err(1));
    }

    #[test]
    fn inverse_of_three_by_three() {
        // [ 4 2 0 ]   Its inverse is [ 3 -2 1; -2 4 -2; 1 -2 5 ] / 8 ... checked by the product.
        let block = [4.0, 2.0, 0.0, 2.0, 5.0, 1.0, 0.0, 1.0, 3.0];
        let mut inverse = [0.0; 9];
        inverse_of(3, &block, &mut inverse).unwrap();
        for r in 0..3 {
            for c in 0..3 {
                let product: f64 = (0..3).map(|k| block[k * 3 + r] * inverse[c * 3 + k]).sum();
                assert!((product - f64::from(u8::from(r == c))).abs() < 1e-14);
            }
        }
        assert!(inverse_of(2, &[1.0, 2.0, 2.0, 1.0], &mut [0.0; 4]).is_none());
    }
}
