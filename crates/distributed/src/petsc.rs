//! Linear solvers of PETSc.

use crate::mpi::{Mpi, PetscError};
use crate::shim::{Ksp, Rows};
use algebra::{Csr, Halo, LinearError, LinearInfo, LinearSolver, Operator};

/// What is used unless the options say otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defaults {
    /// Conjugate gradients with hypre's BoomerAMG, set up for scalar problems in space.
    Multigrid,
    /// MUMPS.
    Direct,
}

impl Defaults {
    /// HMIS coarsening, extended interpolation with four entries a row and a threshold of 0.5 are what
    /// hypre's manual gives for three dimensions; they take three quarters of the memory of the default.
    fn options(self) -> &'static str {
        match self {
            Self::Multigrid => {
                "-pc_type hypre -pc_hypre_type boomeramg -pc_hypre_boomeramg_coarsen_type HMIS \
                 -pc_hypre_boomeramg_interp_type ext+i -pc_hypre_boomeramg_P_max 4 \
                 -pc_hypre_boomeramg_strong_threshold 0.5 \
                 -pc_hypre_boomeramg_relax_type_all l1scaled-SOR/Jacobi"
            }
            Self::Direct => "-pc_type cholesky -pc_factor_mat_solver_type mumps",
        }
    }
}

/// Most iterations of a solve.
const MOST: usize = 1000;

/// A Krylov method of PETSc on all ranks, on vectors that hold owned entries and then ghosts.
///
/// Of the operator it takes the rows of the owned entries; [`LinearSolver::solve`] leaves the ghosts of
/// x with the values of their owners. A preconditioner that is not a factorisation is kept when the
/// values change, until a solve takes half as many iterations again as the first one with it, for each
/// digit.
pub struct PetscSolver<'m> {
    mpi: &'m Mpi,
    halo: Halo,
    /// Global number of each local entry.
    global: Vec<u64>,
    all: u64,
    ksp: Ksp<'m>,
    name: &'static str,
    keeps: bool,
    is_prepared: bool,
    /// Iterations a digit of the first solve with the present preconditioner.
    fresh: Option<f64>,
    is_worn: bool,
}

impl<'m> PetscSolver<'m> {
    /// A solver on the entries of `halo`, which all ranks make together.
    ///
    /// # Errors
    /// When the options ask for what PETSc does not have.
    pub fn new(mpi: &'m Mpi, halo: Halo, defaults: Defaults) -> Result<Self, PetscError> {
        let wrong = |code| PetscError::new("options of the linear solver", code);
        let ksp = Ksp::new(mpi.group(), defaults.options()).map_err(wrong)?;
        let types = ksp.types().map_err(wrong)?;
        log::debug!("PETSc: {types}");
        let (method, preconditioner) = types.split_once(' ').unwrap_or((&types, ""));
        let is_direct = matches!(preconditioner, "cholesky" | "lu");
        let name = match (method, preconditioner) {
            (_, "cholesky" | "lu") => "sparse direct (PETSc)",
            ("cg", "hypre") => "cg with hypre (PETSc)",
            ("cg", "gamg") => "cg with GAMG (PETSc)",
            _ => "PETSc",
        };
        let owned = halo.map().owned();
        let ends = algebra::Comm::gather_all(mpi, &[owned.end]);
        let all = ends.iter().flatten().copied().max().unwrap_or(0);
        let global = owned.chain(halo.map().ghosts().iter().copied()).collect();
        let (keeps, is_prepared, fresh, is_worn) = (!is_direct, false, None, false);
        Ok(Self { mpi, halo, global, all, ksp, name, keeps, is_prepared, fresh, is_worn })
    }

    fn failed(&self, what: &'static str, code: i32) -> LinearError {
        let message = PetscError::new(what, code).to_string();
        LinearError::Failed { solver: self.name, message }
    }

    fn matrix<'a>(&self, a: &'a dyn Operator) -> Result<&'a Csr, LinearError> {
        let a = a.matrix().ok_or(LinearError::NoEntries { solver: self.name })?;
        match (a.nrows(), a.ncols()) {
            (rows, columns) if rows == columns && columns == self.global.len() => Ok(a),
            (rows, columns) => {
                let what = "size of the matrix of a rank";
                Err(LinearError::Size { what, got: rows.max(columns), wanted: self.global.len() })
            }
        }
    }
}

impl LinearSolver for PetscSolver<'_> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn prepare(&mut self, a: &dyn Operator) -> Result<(), LinearError> {
        let a = self.matrix(a)?;
        let map = self.halo.map();
        let rows = Rows {
            owned: map.owned_len(),
            first: map.owned().start,
            all: self.all,
            start: a.row_start(),
            column: a.columns(),
            value: a.values(),
            global: &self.global,
        };
        let keep = self.keeps && self.is_prepared && !self.is_worn;
        self.ksp.prepare(&rows, keep).map_err(|code| self.failed("set-up", code))?;
        if !keep {
            (self.fresh, self.is_worn) = (None, false);
        }
        self.is_prepared = true;
        Ok(())
    }

    fn solve(
        &mut self,
        a: &dyn Operator,
        b: &[f64],
        x: &mut [f64],
        rtol: f64,
    ) -> Result<LinearInfo, LinearError> {
        self.matrix(a)?;
        if !self.is_prepared {
            return Err(LinearError::NotPrepared);
        }
        for (what, got) in [("length of the right-hand side", b.len()), ("length of x", x.len())] {
            if got != self.global.len() {
                return Err(LinearError::Size { what, got, wanted: self.global.len() });
            }
        }
        let owned = self.halo.map().owned_len();
        let solved = self.ksp.solve(&b[..owned], &mut x[..owned], rtol, MOST);
        let solved = solved.map_err(|code| self.failed("solve", code))?;
        let residual = if solved.size > 0.0 { solved.residual / solved.size } else { 0.0 };
        let iterations = solved.iterations;
        match solved.reason {
            1.. => {}
            // KSP_DIVERGED_ITS, and what a method that does not get on says.
            -5..=-3 => {
                return Err(LinearError::NotConverged { iterations, residual, wanted: rtol });
            }
            // KSP_DIVERGED_INDEFINITE_PC, _MAT and _PC_FAILED: a factorisation met a pivot of zero.
            -8 | -10 | -11 => {
                let where_ = format!("seen by {} after {iterations} iterations", self.name);
                return Err(LinearError::NotPositiveDefinite { row: None, where_ });
            }
            reason => {
                let message = format!("no solution, PETSc's reason is {reason}");
                return Err(LinearError::Failed { solver: self.name, message });
            }
        }
        self.halo.update(self.mpi, x);
        let per_digit = iterations as f64 / (1.0 - rtol.clamp(1e-16, 0.1).log10());
        match self.fresh {
            Some(fresh) => self.is_worn = per_digit > 1.5 * fresh,
            None => self.fresh = Some(per_digit.max(0.5)),
        }
        Ok(LinearInfo { iterations: iterations.max(1), residual })
    }
}
