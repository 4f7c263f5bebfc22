//! The diagonal blocks of a matrix.

use super::blocks::View;
use rayon::prelude::*;

/// Rows per task.
const ROWS: usize = 4096;

/// The inverse of each diagonal block of `scale` A, or the first row of blocks whose is not positive
/// definite.
pub(super) fn inverse_diagonal(a: View<f64>, scale: f64) -> Result<Vec<f32>, usize> {
    let b = a.shape[0];
    let mut inverse = vec![0.0_f32; a.nrows() * b * b];
    let bad = inverse
        .par_chunks_mut(ROWS * b * b)
        .enumerate()
        .filter_map(|(piece, inverse)| {
            let mut wide = [0.0; 36];
            inverse.chunks_exact_mut(b * b).enumerate().find_map(|(k, inverse)| {
                let i = piece * ROWS + k;
                let (columns, blocks) = a.row(i);
                let found = columns.iter().position(|&j| j as usize == i).and_then(|k| {
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
    use super::*;

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
