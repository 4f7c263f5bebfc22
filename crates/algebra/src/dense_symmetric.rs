//! Products with a dense symmetric matrix of some hundred rows.

use crate::Preconditioner;
use crate::wide::{Wide, with_wide_registers};

/// Rows that are summed up side by side.
const ROWS: usize = 8;

/// A symmetric matrix with all its entries, for many products.
///
/// Each column is followed by zeros up to a multiple of eight rows; a product adds up columns, eight rows or
/// more at a time.
#[derive(Clone, Debug, Default)]
pub struct DenseSymmetric {
    rows: usize,
    /// From one column to the next.
    stride: usize,
    columns: Vec<f64>,
}

impl DenseSymmetric {
    /// From entry (i, j), asked for with i at least j.
    pub fn new(rows: usize, entry: impl Fn(usize, usize) -> f64) -> DenseSymmetric {
        let stride = rows.next_multiple_of(ROWS);
        let mut columns = vec![0.0; rows * stride];
        for (j, column) in columns.chunks_exact_mut(stride.max(1)).enumerate() {
            for (i, value) in column[..rows].iter_mut().enumerate() {
                *value = entry(i.max(j), i.min(j));
            }
        }
        DenseSymmetric { rows, stride, columns }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Row `i`, which is column `i`.
    pub fn row(&self, i: usize) -> &[f64] {
        &self.columns[i * self.stride..][..self.rows]
    }

    /// y = A x
    ///
    /// # Panics
    /// If the lengths differ from the number of rows.
    pub fn apply(&self, x: &[f64], y: &mut [f64]) {
        assert!(x.len() == self.rows && y.len() == self.rows);
        with_wide_registers(Product { a: self, x, y });
    }
}

/// y = A x
struct Product<'a> {
    a: &'a DenseSymmetric,
    x: &'a [f64],
    y: &'a mut [f64],
}

impl Wide for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Product { a, x, y } = self;
        let mut first = 0;
        while first < y.len() {
            first += match a.stride - first {
                left if left >= 4 * ROWS => some_rows::<4>(a, first, x, y),
                left if left >= 2 * ROWS => some_rows::<2>(a, first, x, y),
                _ => some_rows::<1>(a, first, x, y),
            };
        }
    }
}

/// The rows from `first` on, `N` times eight of them; their number.
#[inline(always)]
fn some_rows<const N: usize>(a: &DenseSymmetric, first: usize, x: &[f64], y: &mut [f64]) -> usize {
    let mut sums = [[0.0; ROWS]; N];
    for (column, x) in a.columns.chunks_exact(a.stride).zip(x) {
        let (here, _) = column[first..first + N * ROWS].as_chunks::<ROWS>();
        for (sums, here) in sums.iter_mut().zip(here) {
            for (sum, a) in sums.iter_mut().zip(here) {
                *sum += a * x;
            }
        }
    }
    let rows = sums.as_flattened().iter();
    y[first..].iter_mut().zip(rows).for_each(|(y, sum)| *y = *sum);
    N * ROWS
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
