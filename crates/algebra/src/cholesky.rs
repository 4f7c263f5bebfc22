//! Direct solution by a sparse Cholesky factorisation.

use crate::linear::{check_matrix, check_vectors, entries_of};
use crate::ordering::nested_dissection;
use crate::vector::{axpy, norm, residual_of};
use crate::{Csr, LinearError, LinearInfo, LinearSolver, Operator};
use faer::dyn_stack::{MemBuffer, MemStack, StackReq};
use faer::linalg::cholesky::llt::factor::LltError as PivotError;
use faer::perm::PermRef;
use faer::sparse::linalg::cholesky::{
    LltRef, SymbolicCholesky, SymbolicCholeskyRaw, SymmetricOrdering, factorize_symbolic_cholesky,
};
use faer::sparse::{SparseColMatRef, SymbolicSparseColMatRef};
use faer::{Conj, MatMut, Par, Side};

/// A = P^T L L^T P with P from nested dissection, by faer's supernodal factorisation.
///
/// Only the triangle above the diagonal is read. The ordering and the pattern of L are kept while the
/// pattern of A stays. The factorisation runs on one thread: faer cuts a dense product into as many
/// pieces as there are threads, which would change the last bits of the result.
#[derive(Default)]
pub struct Cholesky {
    analysis: Option<Analysis>,
    factor: Vec<f64>,
    ready: bool,
}

/// What depends on the pattern of A alone.
struct Analysis {
    column_start: Vec<usize>,
    rows: Vec<usize>,
    symbolic: SymbolicCholesky<usize>,
    /// Working memory enough for the factorisation and for a solve.
    memory: MemBuffer,
}

impl Cholesky {
    /// A solver without a matrix.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of stored entries of L, 0 before the first matrix.
    pub fn factor_nnz(&self) -> usize {
        self.factor.len()
    }

    /// x = A^-1 x, without refinement.
    ///
    /// # Panics
    /// If no matrix has been factored, or `x` has the wrong length.
    pub fn solve_in_place(&mut self, x: &mut [f64]) {
        assert!(self.ready, "prepare first");
        if x.is_empty() {
            return;
        }
        let analysis = self.analysis.as_mut().expect("a factor comes with its analysis");
        let n = x.len();
        LltRef::new(&analysis.symbolic, &self.factor).solve_in_place_with_conj(
            Conj::No,
            MatMut::from_column_major_slice_mut(x, n, 1),
            Par::Seq,
            MemStack::new(&mut analysis.memory),
        );
    }
}

impl Cholesky {
    /// X = A^-1 X for `count` columns, one after the other in `x`, without refinement; with working
    /// memory of its own, so that several threads may solve with one factor.
    ///
    /// # Panics
    /// If no matrix has been factored, or `x` has the wrong length.
    pub fn solve_columns(&self, x: &mut [f64], count: usize) {
        assert!(self.ready, "prepare first");
        if x.is_empty() {
            return;
        }
        let analysis = self.analysis.as_ref().expect("a factor comes with its analysis");
        let n = analysis.symbolic.nrows();
        let scratch = analysis.symbolic.solve_in_place_scratch::<f64>(count, Par::Seq);
        LltRef::new(&analysis.symbolic, &self.factor).solve_in_place_with_conj(
            Conj::No,
            MatMut::from_column_major_slice_mut(x, n, count),
            Par::Seq,
            MemStack::new(&mut MemBuffer::new(scratch)),
        );
    }
}

impl Analysis {
    fn new(a: &Csr) -> Result<Self, LinearError> {
        let n = a.nrows();
        let order = nested_dissection(a)?;
        let column_start = a.row_start().to_vec();
        let rows: Vec<usize> = a.columns().iter().map(|&j| j as usize).collect();
        let too_large = |what| LinearError::TooLarge { what, rows: n };
        let symbolic = factorize_symbolic_cholesky(
            SymbolicSparseColMatRef::new_checked(n, n, &column_start, None, &rows),
            Side::Lower,
            SymmetricOrdering::Custom(PermRef::new_checked(&order.forward, &order.inverse, n)),
            Default::default(),
        )
        .map_err(|_| too_large("symbolic factorisation"))?;
        let scratch = StackReq::any_of(&[
            symbolic.factorize_numeric_llt_scratch::<f64>(Par::Seq, Default::default()),
            symbolic.solve_in_place_scratch::<f64>(1, Par::Seq),
        ]);
        let memory = MemBuffer::try_new(scratch).map_err(|_| too_large("factorisation"))?;
        Ok(Self { column_start, rows, symbolic, memory })
    }

    fn fits(&self, a: &Csr) -> bool {
        self.column_start == a.row_start()
            && self.rows.iter().zip(a.columns()).all(|(&i, &j)| i == j as usize)
    }

    /// The row of A that is eliminated k-th.
    fn original_row(&self, k: usize) -> usize {
        self.symbolic.perm().map_or(k, |p| p.arrays().0[k])
    }

    /// The row whose pivot L_kk^2 is smallest beside the diagonal entry of A, and that ratio.
    fn weakest_pivot(&self, a: &Csr, factor: &[f64]) -> (usize, f64) {
        let mut pivots = Vec::with_capacity(a.nrows());
        match self.symbolic.raw() {
            SymbolicCholeskyRaw::Simplicial(l) => {
                pivots.extend(l.col_ptr()[..a.nrows()].iter().map(|&k| factor[k]));
            }
            SymbolicCholeskyRaw::Supernodal(l) => {
                for s in 0..l.n_supernodes() {
                    let columns = l.supernode_end()[s] - l.supernode_begin()[s];
                    let start = l.col_ptr_for_val()[s];
                    let height = (l.col_ptr_for_val()[s + 1] - start) / columns.max(1);
                    pivots.extend((0..columns).map(|k| factor[start + k * height + k]));
                }
            }
        }
        let diagonal = a.diagonal();
        let ratios = pivots.iter().enumerate().map(|(k, l)| {
            let row = self.original_row(k);
            (row, l * l / diagonal[row])
        });
        ratios.fold((0, f64::INFINITY), |least, next| if next.1 < least.1 { next } else { least })
    }
}

impl LinearSolver for Cholesky {
    fn name(&self) -> &'static str {
        "cholesky"
    }

    fn keeps_factor(&self) -> bool {
        true
    }

    fn prepare(&mut self, a: &dyn Operator) -> Result<(), LinearError> {
        self.ready = false;
        let a = entries_of(a, self.name())?;
        check_matrix(a)?;
        let n = a.nrows();
        if n == 0 {
            self.ready = true;
            return Ok(());
        }
        if let Some(row) = a.diagonal().iter().position(|&d| d <= 0.0) {
            let where_ = format!("the diagonal entry of row {row} is not positive");
            return Err(LinearError::NotPositiveDefinite { row: Some(row), where_ });
        }
        let analysis = match self.analysis.take().filter(|old| old.fits(a)) {
            Some(same) => self.analysis.insert(same),
            None => self.analysis.insert(Analysis::new(a)?),
        };
        let length = analysis.symbolic.len_val();
        if self.factor.len() != length {
            self.factor = Vec::new();
            let failed = LinearError::TooLarge { what: "factorisation", rows: n };
            self.factor.try_reserve_exact(length).map_err(|_| failed)?;
            self.factor.resize(length, 0.0);
        }
        let columns = &analysis.column_start;
        let pattern = SymbolicSparseColMatRef::new_checked(n, n, columns, None, &analysis.rows);
        let outcome = analysis.symbolic.factorize_numeric_llt(
            &mut self.factor,
            SparseColMatRef::new(pattern, a.values()),
            Side::Lower,
            Default::default(),
            Par::Seq,
            MemStack::new(&mut analysis.memory),
            Default::default(),
        );
        if let Err(PivotError::NonPositivePivot { index }) = outcome {
            // faer counts from 1 in its simplicial and from 0 in its supernodal factorisation.
            let simplicial = matches!(analysis.symbolic.raw(), SymbolicCholeskyRaw::Simplicial(_));
            let row = analysis.original_row(index - usize::from(simplicial));
            let where_ = format!("the pivot of row {row} is not positive");
            return Err(LinearError::NotPositiveDefinite { row: Some(row), where_ });
        }
        let (row, ratio) = analysis.weakest_pivot(a, &self.factor);
        // The last pivot of a body without reference is pure rounding. For Laplacians of 4 to 160 000
        // rows it was measured as 0.02 to 0.25 n eps of the diagonal entry, of either sign.
        let rounding = f64::EPSILON * (n as f64 / 8.0).max(4.0);
        if ratio.is_nan() || ratio < rounding {
            let where_ = format!("the pivot of row {row} is {ratio:.0e} of its diagonal entry");
            return Err(LinearError::Singular { row: Some(row), where_ });
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
        if !self.ready || (n > 0 && self.analysis.as_ref().is_none_or(|s| s.symbolic.nrows() != n))
        {
            return Err(LinearError::NotPrepared);
        }
        let size = norm(b);
        if size == 0.0 {
            x.fill(0.0);
            return Ok(LinearInfo { iterations: 1, residual: 0.0 });
        }
        x.copy_from_slice(b);
        self.solve_in_place(x);
        let mut r = vec![0.0; n];
        a.apply(x, &mut r);
        residual_of(b, &mut r);
        let mut residual = norm(&r) / size;

        // One step of iterative refinement, kept if it helps.
        let mut refined = r;
        self.solve_in_place(&mut refined);
        axpy(1.0, x, &mut refined);
        let mut r = vec![0.0; n];
        a.apply(&refined, &mut r);
        residual_of(b, &mut r);
        let better = norm(&r) / size;
        if better < residual {
            x.copy_from_slice(&refined);
            residual = better;
        }
        // Not a digit is right: the system cannot be solved in double precision. NaN included.
        if residual.is_nan() || residual > 0.5 {
            let where_ = format!("the solution leaves a relative residual of {residual:.0e}");
            return Err(LinearError::Singular { row: None, where_ });
        }
        Ok(LinearInfo { iterations: 1, residual })
    }
}
