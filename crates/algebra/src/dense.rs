//! Dense symmetric systems, for the small problems that are left when the bulk is eliminated.

use crate::linear::{check_matrix, check_vectors, entries_of};
use crate::vector::norm;
use crate::{LinearError, LinearInfo, LinearSolver, Operator};
use faer::dyn_stack::{MemBuffer, MemStack, StackReq};
use faer::linalg::cholesky::llt::factor::{LltError, cholesky_in_place, cholesky_in_place_scratch};
use faer::linalg::cholesky::llt::solve::{solve_in_place_scratch, solve_in_place_with_conj};
use faer::{Conj, MatMut, MatRef, Par};

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
            let scratch = StackReq::any_of(&[
                cholesky_in_place_scratch::<f64>(n, Par::Seq, Default::default()),
                solve_in_place_scratch::<f64>(n, 1, Par::Seq),
            ]);
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
        let Some(memory) = self.memory.as_mut().filter(|_| self.ready && self.rows == n) else {
            return Err(LinearError::NotPrepared);
        };
        x.copy_from_slice(b);
        solve_in_place_with_conj(
            MatRef::from_column_major_slice(&self.factor, n, n),
            Conj::No,
            MatMut::from_column_major_slice_mut(x, n, 1),
            Par::Seq,
            MemStack::new(memory),
        );
        let mut r = vec![0.0; n];
        a.apply(x, &mut r);
        crate::vector::residual_of(b, &mut r);
        let size = norm(b);
        let residual = if size == 0.0 { 0.0 } else { norm(&r) / size };
        Ok(LinearInfo { iterations: 1, residual })
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
