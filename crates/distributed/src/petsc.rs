//! Linear solvers of PETSc.

use crate::blocks::Blocks;
use crate::mpi::{Mpi, PetscError};
use crate::shim::Ksp;
use algebra::vector::dot;
use algebra::{
    AmgProblem, Comm, Csr, Halo, Known, KnownDivisor, KnownLevel, LinearError, LinearInfo,
    LinearSolver, Operator, RowsOfRank,
};

/// What is used unless the options say otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defaults {
    /// Conjugate gradients with the levels that are known of a problem, if there are any, and hypre's BoomerAMG below
    /// them, set up for problems in space; the components of a node are functions of their own.
    Multigrid,
    /// MUMPS.
    Direct,
}

impl Defaults {
    /// HMIS coarsening, extended interpolation with four entries a row and a threshold of 0.5 are what
    /// hypre's manual gives for three dimensions; they take three quarters of the memory of the default.
    ///
    /// Smoothing is one sweep of Gauss-Seidel with the l1 norm of what other ranks hold on the diagonal (Baker, Falgout,
    /// Kolev and Yang 2011, SIAM J. Sci. Comput. 33, 2864), forwards on the way down and backwards on the way
    /// up, so that the cycle is symmetric. Sweeps both ways each time took as many iterations, of 1.7 times the time.
    /// A sweep takes the rows in their order. PETSc would ask for those first that stay on the coarser level, and for the
    /// others then: rows with gaps between them, which took 1.7 times as long.
    fn options(self) -> &'static str {
        match self {
            Self::Multigrid => {
                "-pc_type hypre -pc_hypre_type boomeramg -pc_hypre_boomeramg_coarsen_type HMIS \
                 -pc_hypre_boomeramg_interp_type ext+i -pc_hypre_boomeramg_P_max 4 \
                 -pc_hypre_boomeramg_strong_threshold 0.5 -pc_hypre_boomeramg_no_CF \
                 -pc_hypre_boomeramg_relax_type_down l1-Gauss-Seidel \
                 -pc_hypre_boomeramg_relax_type_up backward-l1-Gauss-Seidel"
            }
            Self::Direct => "-pc_type cholesky -pc_factor_mat_solver_type mumps",
        }
    }

    /// The same for a problem of which levels are known: multigrid of PETSc with these, unless BoomerAMG is asked for.
    fn with_levels(self) -> String {
        self.options().replace("-pc_type hypre", "-pc_type mg")
    }

    /// What solves on the level below the known ones; small ones are PETSc's, which gathers and factors them.
    fn below_levels(is_small: bool) -> String {
        let options = if is_small { "" } else { Self::Multigrid.options() };
        options.replace("-pc_", "-mg_coarse_pc_")
    }
}

/// What the program calls a method with a preconditioner and, with levels that are known, what solves below these.
fn name_of([method, preconditioner, below]: &[String; 3], has_levels: bool) -> &'static str {
    match (&method[..], &preconditioner[..], &below[..]) {
        (_, "cholesky" | "lu", _) => "sparse direct (PETSc)",
        ("cg", "mg", "hypre") if has_levels => "cg with geometric multigrid and hypre (PETSc)",
        ("cg", "mg", _) if has_levels => "cg with geometric multigrid (PETSc)",
        ("cg", "hypre", _) => "cg with hypre (PETSc)",
        ("cg", "gamg", _) => "cg with GAMG (PETSc)",
        _ => "PETSc",
    }
}

/// Levels of multigrid that are known beforehand.
struct Levels {
    problem: AmgProblem,
    /// Of the finest, once they were made.
    divisor: Option<KnownDivisor>,
    /// Options for what is below them.
    below: String,
}

/// An eigenvalue of the matrix with a diagonal of one that is below this is zero but for rounding.
///
/// Of bodies that nothing holds it was measured as at most 4e-17, of either sign, in a plane and in space on 1 to 6
/// ranks; of bodies that are held as 1e-4 and more, also beside one that is softer by 3e-6.
const SINGULAR: f64 = 1e-15;

/// To which part of the right-hand side a factor of displacements solves.
const REFINED: f64 = 1e-14;

/// Most iterations of a solve.
const MOST: usize = 1000;

fn wrong_options(code: i32) -> PetscError {
    PetscError::new("options of the linear solver", code)
}

/// Names of the Krylov method, of the preconditioner and of what solves below levels that are known.
fn types(ksp: &Ksp<'_>) -> Result<[String; 3], i32> {
    let types = ksp.types()?;
    log::debug!("PETSc: {types}");
    let mut words = types.split(' ').map(str::to_owned);
    Ok(std::array::from_fn(|_| words.next().unwrap_or_default()))
}

/// A Krylov method of PETSc on all ranks, on vectors that hold owned entries and then ghosts.
///
/// Of the operator it takes the rows of the owned entries; [`LinearSolver::solve`] leaves the ghosts of
/// x with the values of their owners. A preconditioner that is not a factorisation is kept when the
/// values change, until a solve takes half as many iterations again as the first one with it and half of one more,
/// for each digit.
pub struct PetscSolver<'m> {
    mpi: &'m Mpi,
    halo: Halo,
    blocks: Blocks,
    looks_for_motions: bool,
    ksp: Ksp<'m>,
    name: &'static str,
    is_direct: bool,
    keeps: bool,
    is_prepared: bool,
    /// Iterations a digit of the first solve with the present preconditioner.
    fresh: Option<f64>,
    is_worn: bool,
    /// None where nothing is known, or the options want something else.
    levels: Option<Levels>,
}

impl<'m> PetscSolver<'m> {
    /// A solver on the entries of `halo`, which all ranks make together. With multigrid the first levels are those that
    /// `problem` knows for one unknown a point, if it knows any that are worth it, and the options do not ask for
    /// something else.
    ///
    /// # Errors
    /// When the options ask for what PETSc does not have.
    pub fn new(
        mpi: &'m Mpi,
        halo: Halo,
        defaults: Defaults,
        problem: AmgProblem,
    ) -> Result<Self, PetscError> {
        let known = problem.lattice.is_some() || problem.first_prolongation.is_some();
        if !known {
            return Self::with(mpi, halo, defaults.options(), None);
        }
        let mut solver = Self::with(mpi, halo, &defaults.with_levels(), None)?;
        let types = types(&solver.ksp).map_err(wrong_options)?;
        if types[1] == "mg" {
            solver.name = name_of(&types, true);
            solver.levels = Some(Levels { problem, divisor: None, below: String::new() });
        }
        Ok(solver)
    }

    /// The same for displacements: `problem` tells the component and the node of each owned entry, and the
    /// rigid motions. A factorisation then says when a body is not held.
    ///
    /// # Errors
    /// As [`PetscSolver::new`].
    pub fn for_mechanics(
        mpi: &'m Mpi,
        halo: Halo,
        is_direct: bool,
        problem: &AmgProblem,
    ) -> Result<Self, PetscError> {
        let defaults = if is_direct { Defaults::Direct } else { Defaults::Multigrid };
        Self::with(mpi, halo, defaults.options(), Some(problem))
    }

    fn with(
        mpi: &'m Mpi,
        halo: Halo,
        defaults: &str,
        problem: Option<&AmgProblem>,
    ) -> Result<Self, PetscError> {
        let ksp = Ksp::new(mpi.group(), defaults).map_err(wrong_options)?;
        let types = types(&ksp).map_err(wrong_options)?;
        let is_direct = matches!(&types[1][..], "cholesky" | "lu");
        let name = name_of(&types, false);
        let plain = AmgProblem { block: 1, ..AmgProblem::default() };
        // A factorisation needs no nodes.
        let is_mechanics = problem.is_some();
        let looks_for_motions = is_direct && is_mechanics;
        let problem = problem.filter(|_| !is_direct).unwrap_or(&plain);
        let blocks = Blocks::new(mpi, &halo, problem);
        // Where the active set changes, so do rows that have no entries left.
        let keeps = !is_direct && !is_mechanics;
        let (is_prepared, fresh, is_worn) = (false, None, false);
        Ok(Self {
            mpi,
            halo,
            blocks,
            looks_for_motions,
            ksp,
            name,
            is_direct,
            keeps,
            is_prepared,
            fresh,
            is_worn,
            levels: None,
        })
    }

    /// Makes all levels that are known of the matrix, which has been taken, or takes BoomerAMG where that is nothing.
    fn make_levels(&mut self, a: &Csr) -> Result<(), i32> {
        let Some(mut levels) = self.levels.take() else { return Ok(()) };
        let made = self.make_all(&mut levels, a);
        if made != Ok(false) {
            self.levels = Some(levels);
            return made.map(|_| ());
        }
        log::info!("multigrid: no level that is known is worth it");
        self.ksp.set_defaults(Defaults::Multigrid.options())?;
        Ok(())
    }

    /// The same; false where no level is worth it.
    fn make_all(&mut self, levels: &mut Levels, a: &Csr) -> Result<bool, i32> {
        self.ksp.clear_levels()?;
        let owned = self.halo.map().owned_len();
        let finest = RowsOfRank::of(a, owned);
        let mut known = Known::new(&levels.problem, owned);
        let mut next = known.next(self.mpi, &self.halo, finest);
        let Some(first) = &next else { return Ok(false) };
        levels.divisor = Some(first.divisor.clone());
        let mut above: Option<KnownLevel> = None;
        let mut sizes = Vec::new();
        while let Some(level) = next {
            let inverse = level.divisor.inverse(above.as_ref().map_or(finest, KnownLevel::rows));
            self.ksp.add_level(&level, inverse.as_deref())?;
            sizes.push(level.all[1]);
            levels.below = Defaults::below_levels(level.is_last());
            let level = above.insert(level);
            next = known.next(self.mpi, &level.below, level.rows());
        }
        log::info!("multigrid: levels of {sizes:?} rows below the finest");
        self.ksp.use_levels(KnownDivisor::LOWER)?;
        Ok(true)
    }

    /// Keeps the coarse levels; the finest is smoothed with its new values.
    fn keep_levels(&mut self, a: &Csr) -> Result<(), i32> {
        let divisor = self.levels.as_ref().and_then(|levels| levels.divisor.as_ref());
        let rows = RowsOfRank::of(a, self.halo.map().owned_len());
        let inverse = divisor.and_then(|divisor| divisor.inverse(rows));
        inverse.map_or(Ok(()), |inverse| self.ksp.set_inverse(&inverse))
    }

    fn failed(&self, what: &'static str, code: i32) -> LinearError {
        let message = self.mpi.of_all(PetscError::new(what, code)).to_string();
        LinearError::Failed { solver: self.name, message }
    }

    /// Local entries.
    fn len(&self) -> usize {
        self.halo.map().local_len()
    }

    /// Refuses a matrix by which some body can move without energy.
    ///
    /// A right-hand side of +-1 has something of every motion in it. With a factor the motion that costs least outgrows all
    /// others in the solution x, and x^T A x / x^T D x with the diagonal D is its eigenvalue. The size of x alone would tell
    /// the last pivot instead: rounding that is another one with each order in which ranks add up.
    fn check_motions(&mut self, a: &Csr) -> Result<(), LinearError> {
        let owned = self.halo.map().owned_len();
        let first = self.halo.map().owned().start;
        let diagonal = a.diagonal();
        let sign =
            |k: u64| if (k.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 63) == 0 { 1.0 } else { -1.0 };
        let root = |k: usize| diagonal[k].max(f64::MIN_POSITIVE).sqrt();
        let b: Vec<f64> = (0..owned).map(|k| sign(first + k as u64) * root(k)).collect();
        let [mut x, mut ax] = [vec![0.0; self.len()], vec![0.0; self.len()]];
        let applied = self.ksp.precondition(&b, &mut x[..owned]);
        applied.map_err(|code| self.failed("factorisation", code))?;
        if self.ksp.lacks_memory() {
            return Err(LinearError::TooLarge { what: "the factorisation", rows: a.nrows() });
        }
        self.halo.update(self.mpi, &mut x);
        a.apply(&x, &mut ax);
        let energy = dot(&x[..owned], &ax[..owned]);
        let of_diagonal = (0..owned).map(|k| (x[k] * root(k)).powi(2)).sum();
        let mut sums = [energy, of_diagonal];
        self.mpi.sum(&mut sums);
        let eigenvalue = sums[0] / sums[1];
        log::debug!("the smallest eigenvalue over the diagonal is at most {eigenvalue:.0e}");
        if eigenvalue > SINGULAR {
            return Ok(());
        }
        let where_ = match eigenvalue.is_nan() {
            true => "a pivot of the factorisation is zero".to_owned(),
            false => format!("an eigenvalue is {eigenvalue:.0e} of the diagonal"),
        };
        Err(LinearError::Singular { row: None, where_ })
    }

    fn matrix<'a>(&self, a: &'a dyn Operator) -> Result<&'a Csr, LinearError> {
        let a = a.matrix().ok_or(LinearError::NoEntries { solver: self.name })?;
        match (a.nrows(), a.ncols()) {
            (rows, columns) if rows == columns && columns == self.len() => Ok(a),
            (rows, columns) => {
                let what = "size of the matrix of a rank";
                Err(LinearError::Size { what, got: rows.max(columns), wanted: self.len() })
            }
        }
    }
}

impl LinearSolver for PetscSolver<'_> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn keeps_factor(&self) -> bool {
        self.is_direct
    }

    fn prepare(&mut self, a: &dyn Operator) -> Result<(), LinearError> {
        let a = self.matrix(a)?;
        let keep = self.keeps && self.is_prepared && !self.is_worn;
        self.is_prepared = false;
        let taken = self.ksp.take(&self.blocks.matrix(a));
        taken.map_err(|code| self.failed("matrix", code))?;
        let levels = if keep { self.keep_levels(a) } else { self.make_levels(a) };
        levels.map_err(|code| self.failed("levels", code))?;
        let below = self.levels.as_ref().map_or("", |levels| &levels.below);
        let prepared = self.ksp.set_up(below, keep);
        prepared.map_err(|code| self.failed("set-up", code))?;
        if !keep {
            // Levels say what solves only when they are there.
            let types = types(&self.ksp).map_err(|code| self.failed("types", code))?;
            self.name = name_of(&types, self.levels.is_some());
            (self.fresh, self.is_worn) = (None, false);
        }
        self.is_prepared = true;
        if self.looks_for_motions {
            self.check_motions(a)?;
        }
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
            if got != self.len() {
                return Err(LinearError::Size { what, got, wanted: self.len() });
            }
        }
        let owned = self.halo.map().owned_len();
        let (b, mut on_rows) = (self.blocks.spread(&b[..owned]), self.blocks.spread(&x[..owned]));
        // With a factor of an ill-conditioned matrix one more iteration is what refinement is elsewhere.
        let rtol = if self.looks_for_motions { rtol.min(REFINED) } else { rtol };
        let solved = self.ksp.solve(&b, &mut on_rows, rtol, MOST);
        let solved = solved.map_err(|code| self.failed("solve", code))?;
        self.blocks.collect(&on_rows, &mut x[..owned]);
        let residual = if solved.size > 0.0 { solved.residual / solved.size } else { 0.0 };
        let iterations = solved.iterations;
        match solved.reason {
            1.. => {}
            // KSP_DIVERGED_ITS, and what a method that does not get on says.
            -5..=-3 => {
                return Err(LinearError::NotConverged { iterations, residual, wanted: rtol });
            }
            -11 if self.ksp.lacks_memory() => {
                return Err(LinearError::TooLarge { what: "the factorisation", rows: a.len() });
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
            Some(fresh) => self.is_worn = per_digit > 1.5 * fresh + 0.5,
            None => self.fresh = Some(per_digit.max(0.5)),
        }
        Ok(LinearInfo { iterations: iterations.max(1), residual })
    }
}
