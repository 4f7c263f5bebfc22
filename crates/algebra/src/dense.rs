//! Dense symmetric systems, for the small problems that are left when the bulk is eliminated.

use crate::linear::{check_matrix, check_vectors, entries_of};
use crate::vector::norm;
use crate::{
    CgParameters, Csr, DenseSymmetric, LinearError, LinearInfo, LinearSolver, Operator,
    Preconditioner, cg,
};
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{LltError, cholesky_in_place, cholesky_in_place_scratch};
use faer::{MatMut, Par};

/// A = L L^T for a [`Csr`] whose rows have all their entries. On one thread, as [`crate::Cholesky`] is.
#[derive(Default)]
pub struct DenseCholesky {
    factor: Vec<f64>,
    rows: usize,
    ready: bool,
    memory: Option<MemBuffer>,
}

impl DenseCholesky {
    /// A solver without a matrix.
    pub fn new() -> Self {
        Self::default()
    }

    /// x = A^-1 x, by the columns of L there and back.
    fn substitute(&self, x: &mut [f64]) {
        let n = self.rows;
        for (j, column) in self.factor.chunks_exact(n.max(1)).enumerate() {
            let (x, below) = x[j..].split_first_mut().expect("there is a row for each column");
            *x /= column[j];
            below.iter_mut().zip(&column[j + 1..]).for_each(|(below, l)| *below -= *x * l);
        }
        for (j, column) in self.factor.chunks_exact(n.max(1)).enumerate().rev() {
            let (x, below) = x[j..].split_first_mut().expect("there is a row for each column");
            *x = (*x - dense_dot(&column[j + 1..], below)) / column[j];
        }
    }
}

impl LinearSolver for DenseCholesky {
    fn name(&self) -> &'static str {
        "dense cholesky"
    }

    fn prepare(&mut self, a: &dyn Operator) -> Result<(), LinearError> {
        self.ready = false;
        let a = entries_of(a, self.name())?;
        check_matrix(a)?;
        let n = a.nrows();
        if a.nnz() != n * n {
            let what = "number of entries of a dense matrix";
            return Err(LinearError::Size { what, got: a.nnz(), wanted: n * n });
        }
        if self.memory.is_none() || self.rows != n {
            let scratch = cholesky_in_place_scratch::<f64>(n, Par::Seq, Default::default());
            let failed = LinearError::TooLarge { what: "factorisation", rows: n };
            self.memory = Some(MemBuffer::try_new(scratch).map_err(|_| failed)?);
            self.rows = n;
        }
        self.factor.clear();
        // Rows of a symmetric matrix are its columns.
        self.factor.extend_from_slice(a.values());
        let memory = self.memory.as_mut().expect("it was just made");
        let outcome = cholesky_in_place(
            MatMut::from_column_major_slice_mut(&mut self.factor, n, n),
            Default::default(),
            Par::Seq,
            MemStack::new(memory),
            Default::default(),
        );
        if let Err(LltError::NonPositivePivot { index }) = outcome {
            let where_ = format!("the pivot of row {index} is not positive");
            return Err(LinearError::NotPositiveDefinite { row: Some(index), where_ });
        }
        self.ready = true;
        Ok(())
    }

    fn solve(
        &mut self,
        a: &dyn Operator,
        b: &[f64],
        x: &mut [f64],
        _rtol: f64,
    ) -> Result<LinearInfo, LinearError> {
        let a = entries_of(a, self.name())?;
        let n = a.nrows();
        check_vectors(n, b, x)?;
        if !self.ready || self.rows != n {
            return Err(LinearError::NotPrepared);
        }
        x.copy_from_slice(b);
        self.substitute(x);
        let mut r = vec![0.0; n];
        a.apply(x, &mut r);
        crate::vector::residual_of(b, &mut r);
        let size = norm(b);
        let residual = if size == 0.0 { 0.0 } else { norm(&r) / size };
        Ok(LinearInfo { iterations: 1, residual })
    }
}

/// Conjugate gradients for matrices that change little from one to the next, as those of Newton's method
/// and of neighbours in a sweep: preconditioned with the factor of an earlier one, which is made anew when
/// it no longer serves. Rows have all their entries, as for [`DenseCholesky`].
#[derive(Default)]
pub struct DenseCg {
    earlier: DenseCholesky,
    /// Of a later one, of few rows.
    inverse: Option<DenseSymmetric>,
}

/// n rows are factored with n^3 / 6 multiplications, and an iteration takes 2 n^2: the matrix, and the factor
/// twice. So few rows are factored for the work of sixteen iterations, which Newton's steps need together.
const SMALL: usize = 200;
/// Fewest and most steps of the quasi-Newton method that are tried with a kept factor.
const LEAST_STEPS: usize = 10;
const MOST_STEPS: usize = 40;
/// After so many iterations a factor is made anew.
const MOST_ITERATIONS: usize = 12;

impl DenseCg {
    /// The inverse of an earlier matrix of so many rows, for [`crate::QuasiNewton`], and the number of its
    /// steps that take the time of a new one.
    pub fn kept(&self, rows: usize) -> Option<(&dyn Preconditioner, usize)> {
        // A step takes 2 n^2 multiplications, and a matrix is filled twice before it is factored.
        let steps = (rows / 12).clamp(LEAST_STEPS, MOST_STEPS);
        match &self.inverse {
            Some(inverse) if inverse.rows() == rows => Some((inverse, steps)),
            _ if self.earlier.ready && self.earlier.rows == rows => Some((&self.earlier, steps)),
            _ => None,
        }
    }

    /// True where so few rows are left that [`DenseCg::renew`] keeps an inverse.
    pub fn inverts(rows: usize) -> bool {
        rows < SMALL
    }

    /// Keeps the inverse of `a` from now on; false where it has too many rows for that, or is not positive
    /// definite.
    pub fn renew(&mut self, a: &dyn Operator) -> bool {
        let Ok(a) = entries_of(a, self.name()) else { return false };
        let n = a.nrows();
        if Self::inverts(n) && a.nnz() == n * n {
            self.inverse = DenseSymmetric::new(n, |i, j| a.values()[i * n + j]).inverse();
        }
        Self::inverts(n) && self.inverse.is_some()
    }

    /// Forgets the factor: the next matrix is factored.
    pub fn forget(&mut self) {
        self.inverse = None;
        self.earlier.ready = false;
    }
}

impl LinearSolver for DenseCg {
    fn name(&self) -> &'static str {
        "dense cg"
    }

    fn prepare(&mut self, a: &dyn Operator) -> Result<(), LinearError> {
        let a = entries_of(a, self.name())?;
        match a.nrows() >= SMALL && self.earlier.ready && self.earlier.rows == a.nrows() {
            true => Ok(()),
            false => {
                self.inverse = None;
                self.earlier.prepare(a)
            }
        }
    }

    fn solve(
        &mut self,
        a: &dyn Operator,
        b: &[f64],
        x: &mut [f64],
        rtol: f64,
    ) -> Result<LinearInfo, LinearError> {
        let a = entries_of(a, self.name())?;
        check_vectors(a.nrows(), b, x)?;
        if a.nrows() < SMALL {
            return self.earlier.solve(a, b, x, rtol);
        }
        let parameters = CgParameters { rtol, max_iterations: MOST_ITERATIONS };
        x.fill(0.0);
        match cg(&DenseOperator(a), &self.earlier, b, x, &parameters) {
            Err(LinearError::NotConverged { .. } | LinearError::NotPositiveDefinite { .. }) => {
                self.inverse = None;
                self.earlier.prepare(a)?;
                self.earlier.solve(a, b, x, rtol)
            }
            other => other,
        }
    }
}

/// A matrix whose rows have all their entries: columns need not be looked up.
struct DenseOperator<'a>(&'a Csr);

impl Operator for DenseOperator<'_> {
    fn len(&self) -> usize {
        self.0.nrows()
    }

    fn apply(&self, x: &[f64], y: &mut [f64]) {
        for (y, row) in y.iter_mut().zip(self.0.values().chunks_exact(x.len().max(1))) {
            *y = dense_dot(row, x);
        }
    }

    fn rounding(&self, x: &[f64]) -> Vec<f64> {
        self.0.rounding(x)
    }

    fn product_bytes(&self) -> u64 {
        8 * self.0.nnz() as u64 + 16 * self.0.nrows() as u64
    }
}

/// Sum of products in eight strands, which the machine adds side by side.
fn dense_dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (a, b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a.zip(b) {
        for k in 0..8 {
            sums[k] += a[k] * b[k];
        }
    }
    let [s0, s1, s2, s3, s4, s5, s6, s7] = sums;
    ((s0 + s4) + (s1 + s5)) + ((s2 + s6) + (s3 + s7)) + rest
}

impl Preconditioner for DenseCholesky {
    fn apply(&self, r: &[f64], z: &mut [f64]) {
        z.copy_from_slice(r);
        self.substitute(z);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dense(values: &[f64], n: usize) -> Csr {
        let columns = (0..n * n).map(|k| (k % n) as u32).collect();
        Csr::new((0..=n).map(|i| i * n).collect(), columns, values.to_vec(), n).unwrap()
    }

    #[test]
    fn small_system_by_hand() {
        // 4 x + y = 1, x + 3 y = 2: x = 1/11, y = 7/11.
        let a = dense(&[4.0, 1.0, 1.0, 3.0], 2);
        let mut solver = DenseCholesky::new();
        solver.prepare(&a).unwrap();
        let mut x = [0.0; 2];
        solver.solve(&a, &[1.0, 2.0], &mut x, 0.0).unwrap();
        assert!((x[0] - 1.0 / 11.0).abs() < 1e-16 && (x[1] - 7.0 / 11.0).abs() < 2e-16, "{x:?}");
    }

    #[test]
    fn an_earlier_factor_serves_or_is_made_anew() {
        let n = SMALL;
        let matrix = |shift: f64| -> Vec<f64> {
            let entry = |k: usize| {
                let (i, j) = (k / n, k % n);
                let far = (i as f64 - j as f64).abs();
                (-far).exp() + if i == j { 1.0 + shift * i as f64 } else { 0.0 }
            };
            (0..n * n).map(entry).collect()
        };
        let b: Vec<f64> = (0..n).map(|i| (i as f64).sin()).collect();
        let mut solver = DenseCg::default();
        let mut iterations = Vec::new();
        for shift in [0.0, 1e-3, 1e6, 1e6] {
            let a = dense(&matrix(shift), n);
            let mut x = vec![0.0; n];
            solver.prepare(&a).unwrap();
            iterations.push(solver.solve(&a, &b, &mut x, 1e-12).unwrap().iterations);
            let mut r = vec![0.0; n];
            a.apply(&x, &mut r);
            let miss = r.iter().zip(&b).map(|(r, b)| (r - b).powi(2)).sum::<f64>().sqrt();
            assert!(miss < 1e-11, "shift {shift}: {miss}");
        }
        // Its own factor, one nearby, one too far away, which leaves its own.
        assert!(iterations[1] > 1 && iterations[1] < MOST_ITERATIONS, "{iterations:?}");
        assert_eq!([iterations[0], iterations[2], iterations[3]], [1, 1, 1], "{iterations:?}");
    }

    #[test]
    fn what_is_not_positive_definite_or_not_dense_is_refused() {
        let mut solver = DenseCholesky::new();
        let indefinite = dense(&[1.0, 2.0, 2.0, 1.0], 2);
        let error = solver.prepare(&indefinite).unwrap_err();
        assert!(matches!(error, LinearError::NotPositiveDefinite { row: Some(1), .. }), "{error}");
        let mut x = [0.0; 2];
        let not_ready = solver.solve(&indefinite, &[1.0, 1.0], &mut x, 0.0).unwrap_err();
        assert_eq!(not_ready, LinearError::NotPrepared);
        let sparse = Csr::new(vec![0, 1, 2], vec![0, 1], vec![1.0, 1.0], 2).unwrap();
        assert!(matches!(
            solver.prepare(&sparse),
            Err(LinearError::Size { got: 2, wanted: 4, .. })
        ));
    }
}
