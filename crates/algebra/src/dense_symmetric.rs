//! Products with a dense symmetric matrix of some hundred rows, and its inverse.

use crate::Preconditioner;
use crate::columns::Columns;
use crate::wide::{Wide, with_wide_registers};

/// A symmetric matrix with all its entries, for many products.
#[derive(Clone, Debug, Default)]
pub struct DenseSymmetric(Columns);

impl DenseSymmetric {
    /// From entry (i, j), asked for with i at least j.
    pub fn new(rows: usize, entry: impl Fn(usize, usize) -> f64) -> DenseSymmetric {
        DenseSymmetric(Columns::new(rows, |i, j| entry(i.max(j), i.min(j))))
    }

    /// The inverse, by Gauss and Jordan's elimination in place without exchanges of rows, which positive definite
    /// matrices do not need; `None` where a pivot is not positive.
    ///
    /// Source: Golub and Van Loan, Matrix Computations, 4th ed., sections 3.4.1 and 4.2.
    pub fn inverse(mut self) -> Option<DenseSymmetric> {
        with_wide_registers(Elimination(&mut self.0)).then_some(self)
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.0.rows()
    }

    /// Row `i`, which is column `i`.
    pub fn row(&self, i: usize) -> &[f64] {
        self.0.column(i)
    }

    /// y = A x
    ///
    /// # Panics
    /// If the lengths differ from the number of rows.
    pub fn apply(&self, x: &[f64], y: &mut [f64]) {
        self.0.apply(x, y);
    }
}

/// A = A^-1; false where a pivot is not positive.
struct Elimination<'a>(&'a mut Columns);

impl Wide for Elimination<'_> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        let rows = self.0.rows();
        let (columns, stride) = self.0.padded();
        let mut scaled = vec![0.0; stride];
        for k in 0..rows {
            let pivot = columns[k * stride + k];
            if pivot.is_nan() || pivot <= 0.0 {
                return false;
            }
            let own = &mut columns[k * stride..][..stride];
            scaled.iter_mut().zip(&*own).for_each(|(scaled, a)| *scaled = a / pivot);
            scaled[k] = 1.0 / pivot;
            own.copy_from_slice(&scaled);
            for (_, row) in columns.chunks_exact_mut(stride).enumerate().filter(|(i, _)| *i != k) {
                let factor = std::mem::take(&mut row[k]);
                row.iter_mut().zip(&scaled).for_each(|(a, scaled)| *a -= factor * scaled);
            }
        }
        true
    }
}

impl Preconditioner for DenseSymmetric {
    fn apply(&self, r: &[f64], z: &mut [f64]) {
        DenseSymmetric::apply(self, r, z);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_takes_products_back() {
        // exp(-|i - j|) and 1 on the diagonal: positive definite.
        for rows in [1, 8, 55] {
            let entry = |i: usize, j: usize| {
                (-(i as f64 - j as f64).abs()).exp() + if i == j { 1.0 + i as f64 } else { 0.0 }
            };
            let a = DenseSymmetric::new(rows, entry);
            let inverse = a.clone().inverse().unwrap();
            let x: Vec<f64> = (0..rows).map(|i| (i as f64).sin()).collect();
            let (mut y, mut back) = (vec![0.0; rows], vec![0.0; rows]);
            a.apply(&x, &mut y);
            inverse.apply(&y, &mut back);
            for (back, x) in back.iter().zip(&x) {
                assert!((back - x).abs() < 1e-13, "{rows}: {back} {x}");
            }
        }
        assert!(DenseSymmetric::new(2, |i, j| if i == j { 1.0 } else { 2.0 }).inverse().is_none());
    }

    #[test]
    fn products_by_hand() {
        for rows in [0, 1, 7, 8, 9, 24, 55, 64, 70] {
            // a_ij = i + j + 1: the product with ones is n (i + 1) + n (n - 1) / 2.
            let a = DenseSymmetric::new(rows, |i, j| (i + j + 1) as f64);
            let mut y = vec![f64::NAN; rows];
            a.apply(&vec![1.0; rows], &mut y);
            for (i, y) in y.iter().enumerate() {
                let wanted = rows * (i + 1) + rows * rows.saturating_sub(1) / 2;
                assert_eq!(*y, wanted as f64, "row {i} of {rows}");
            }
            if rows > 2 {
                assert_eq!(a.row(2)[..3], [3.0, 4.0, 5.0]);
            }
        }
    }
}
