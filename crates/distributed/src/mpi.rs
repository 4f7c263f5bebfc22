//! The ranks of MPI.

use crate::shim::{self, Ksp, Session};
use algebra::Comm;
use std::ffi::c_int;
use std::fmt;

/// MPI and PETSc, running, from [`Mpi::start`] until it is dropped.
///
/// All calls belong to the thread that started it; another one panics.
pub struct Mpi {
    session: Session,
}

/// What PETSc or MPI could not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PetscError {
    /// What was asked for.
    pub what: &'static str,
    /// What the library says.
    pub message: String,
}

impl PetscError {
    pub(crate) fn new(what: &'static str, code: i32) -> Self {
        PetscError { what, message: format!("{} (code {code})", Session::error(code)) }
    }
}

impl fmt::Display for PetscError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PETSc: {}: {}", self.what, self.message)
    }
}

impl std::error::Error for PetscError {}

impl Mpi {
    /// Starts MPI and PETSc, which reads its variable `PETSC_OPTIONS`. From now on a panic ends all ranks
    /// with code 101. None when it was started before: MPI starts once in a process.
    ///
    /// # Errors
    /// What PETSc says.
    pub fn start() -> Option<Result<Self, PetscError>> {
        let session = match Session::start()? {
            Ok(session) => session,
            Err(code) => return Some(Err(PetscError::new("start", code))),
        };
        let tell = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            // The others would wait for this rank for ever.
            tell(panic);
            shim::abort(101);
        }));
        Some(Ok(Mpi { session }))
    }

    /// Versions of PETSc and MPI.
    pub fn versions(&self) -> String {
        self.session.versions()
    }

    /// Takes PETSc's options from a line such as `-pc_type gamg -ksp_monitor`; those of the variable
    /// `PETSC_OPTIONS` win.
    ///
    /// # Errors
    /// When a method or preconditioner that they name does not exist.
    pub fn set_options(&self, options: &str) -> Result<(), PetscError> {
        let wrong = |code| PetscError::new("options", code);
        self.session.options(options).map_err(wrong)?;
        // A solver that is never used: what it does not know shows here.
        Ksp::new(&self.session, "").map(drop).map_err(wrong)
    }

    /// One of [`Comm::size`] parts for each of this rank's vertices, so that parts are of about one size
    /// and few edges are cut. By PTScotch, unless the options say otherwise.
    ///
    /// The ranks hold consecutive vertices of `all`. `start` says where in `neighbours` those of each
    /// vertex begin, and where the last ones end. The graph is symmetric and has no loops.
    ///
    /// # Errors
    /// What PETSc says.
    pub fn partition(
        &self,
        all: usize,
        start: &[i64],
        neighbours: &[u32],
    ) -> Result<Vec<u32>, PetscError> {
        let owners = self.session.partition(all, start, neighbours);
        let owners = owners.map_err(|code| PetscError::new("partition of the mesh", code))?;
        Ok(owners.into_iter().map(|owner| owner as u32).collect())
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }
}

/// Words of each rank, one list for each.
fn split(words: &[u64], counts: &[c_int]) -> Vec<Vec<u64>> {
    let mut rest = words;
    let take = |&count: &c_int| {
        let (first, others) = rest.split_at(count as usize);
        rest = others;
        first.to_vec()
    };
    counts.iter().map(take).collect()
}

fn count_of(words: &[u64]) -> c_int {
    c_int::try_from(words.len()).expect("at most 2^31 words are exchanged at a time")
}

/// MPI itself ends all ranks when an exchange fails.
const FAILED: &str = "MPI does not return from an exchange that failed";

impl Comm for Mpi {
    fn rank(&self) -> usize {
        self.session.rank()
    }

    fn size(&self) -> usize {
        self.session.size()
    }

    fn exchange(&self, words: Vec<Vec<u64>>) -> Vec<Vec<u64>> {
        assert_eq!(words.len(), self.size(), "one list for each rank");
        let sends: Vec<c_int> = words.iter().map(|words| count_of(words)).collect();
        let receives = self.session.exchange_counts(&sends).expect(FAILED);
        let words = words.concat();
        let received = self.session.exchange(&words, &sends, &receives).expect(FAILED);
        split(&received, &receives)
    }

    fn gather_all(&self, words: &[u64]) -> Vec<Vec<u64>> {
        let counts = self.session.gather_counts(count_of(words)).expect(FAILED);
        let all = self.session.gather(words, &counts).expect(FAILED);
        split(&all, &counts)
    }
}
