//! The ranks of MPI.

use crate::shim::{self, Group, Ksp};
use algebra::Comm;
use std::ffi::c_int;
use std::fmt;

/// Ranks of MPI with PETSc: all of them from [`Mpi::start`], or a group from [`Mpi::split`].
///
/// MPI runs until the last is dropped. All calls belong to the thread that started it; another one panics.
pub struct Mpi {
    group: Group,
}

/// What messages cost between these ranks, as the slowest of them sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Network {
    /// Sending a number to a neighbour while one comes from another \[s\].
    pub latency: f64,
    /// Adding up one number over all ranks \[s\].
    pub reduction: f64,
    /// What a rank sends, while it receives as much, in messages of a mebibyte \[byte/s\].
    pub bandwidth: f64,
}

/// What PETSc itself sent from this rank in all solves; hypre and MUMPS do not tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Traffic {
    /// Number of messages.
    pub messages: f64,
    /// Their bytes.
    pub bytes: f64,
    /// Sums over all ranks.
    pub reductions: f64,
}

/// How long a rank that has failed waits for the others \[s\].
const PATIENCE: f64 = 5.0;

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
        PetscError { what, message: format!("{} (code {code})", Group::error(code)) }
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
        let group = match Group::start()? {
            Ok(group) => group,
            Err(code) => return Some(Err(PetscError::new("start", code))),
        };
        let tell = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            // The others would wait for this rank for ever.
            tell(panic);
            shim::abort(101);
        }));
        Some(Ok(Mpi { group }))
    }

    /// The ranks that give the same colour, in their order here. All ranks of this group call it
    /// together.
    ///
    /// # Errors
    /// What MPI says.
    pub fn split(&self, colour: u32) -> Result<Self, PetscError> {
        let wrong = |code| PetscError::new("groups of ranks", code);
        // MPI's colours are positive numbers of C.
        let colour = c_int::try_from(colour).unwrap_or(c_int::MAX);
        self.group.split(colour).map(|group| Mpi { group }).map_err(wrong)
    }

    /// Sends words to one rank, which [`Mpi::poll`]s for them.
    ///
    /// # Errors
    /// What MPI says.
    pub fn send(&self, words: &[u64], to: usize) -> Result<(), PetscError> {
        self.group.send(words, to).map_err(|code| PetscError::new("message", code))
    }

    /// The next words that some rank sent here, if there are any yet.
    ///
    /// # Errors
    /// What MPI says.
    pub fn poll(&self) -> Result<Option<Vec<u64>>, PetscError> {
        self.group.poll().map_err(|code| PetscError::new("message", code))
    }

    /// Gives memory that this rank freed back to the system, where the C library can: what it keeps for later
    /// looks as if it were in use.
    pub fn give_back_memory(&self) {
        self.group.trim();
    }

    /// Ends all ranks of the program with this exit code, whatever they do.
    pub fn abort(&self, code: u8) {
        shim::abort(code.into());
    }

    /// Waits until all ranks of this group have come here, asleep, so that those who still work have the
    /// cores to themselves.
    ///
    /// # Errors
    /// What MPI says.
    pub fn wait(&self) -> Result<(), PetscError> {
        self.group.wait(None).map(|_| ()).map_err(|code| PetscError::new("barrier", code))
    }

    /// The same for 5 s at most, for a rank that has failed: false if some rank has not come by then, because it waits for
    /// this one somewhere else. There is nothing left to do then but to say why and to [`Mpi::abort`].
    ///
    /// # Errors
    /// What MPI says.
    pub fn others_come(&self) -> Result<bool, PetscError> {
        self.group.wait(Some(PATIENCE)).map_err(|code| PetscError::new("barrier", code))
    }

    /// An error of what all ranks called together, if all of them have one. Where some have none, one that has
    /// it says so on stderr and ends all with code 4.
    pub(crate) fn of_all(&self, error: PetscError) -> PetscError {
        if self.others_come() != Ok(true) {
            eprintln!("error: {error}, on rank {} but not on all", self.rank());
            self.abort(4);
        }
        error
    }

    /// Measures what messages cost, in some hundredths of a second.
    ///
    /// # Errors
    /// What MPI says.
    pub fn network(&self) -> Result<Network, PetscError> {
        let measured = self.group.network().map_err(|code| PetscError::new("network", code));
        let [latency, reduction, bandwidth] = measured?;
        Ok(Network { latency, reduction, bandwidth })
    }

    /// What this rank sent in all solves so far, in whichever group; zero where PETSc does not count.
    pub fn traffic(&self) -> Traffic {
        let [messages, bytes, reductions] = self.group.traffic();
        Traffic { messages, bytes, reductions }
    }

    /// Versions of PETSc and MPI.
    pub fn versions(&self) -> String {
        self.group.versions()
    }

    /// Takes PETSc's options from a line such as `-pc_type gamg -ksp_monitor`; those of the variable
    /// `PETSC_OPTIONS` win.
    ///
    /// # Errors
    /// When a method or preconditioner that they name does not exist.
    pub fn set_options(&self, options: &str) -> Result<(), PetscError> {
        let wrong = |code| PetscError::new("options", code);
        self.group.options(options).map_err(wrong)?;
        // A solver that is never used: what it does not know shows here.
        Ksp::new(&self.group, "").map(drop).map_err(wrong)
    }

    /// One of [`Comm::size`] parts for each of this rank's vertices, so that parts are of about one size
    /// and few edges are cut. By PTScotch, unless the options say otherwise.
    ///
    /// The ranks hold consecutive vertices of `all`. `start` says where in `neighbours` those of each
    /// vertex begin, and where the last ones end. The graph is symmetric and has no loops. Of `weights`, one for each
    /// vertex here, parts have about the same; on all ranks or on none. Their sum is below 2^31.
    ///
    /// # Errors
    /// What PETSc says.
    pub fn partition(
        &self,
        all: usize,
        start: &[i64],
        neighbours: &[u32],
        weights: Option<&[u32]>,
    ) -> Result<Vec<u32>, PetscError> {
        let owners = self.group.partition(all, start, neighbours, weights);
        let owners = owners.map_err(|code| PetscError::new("partition of the mesh", code))?;
        Ok(owners.into_iter().map(|owner| owner as u32).collect())
    }

    pub(crate) fn group(&self) -> &Group {
        &self.group
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
        self.group.rank()
    }

    fn size(&self) -> usize {
        self.group.size()
    }

    fn exchange(&self, words: Vec<Vec<u64>>) -> Vec<Vec<u64>> {
        assert_eq!(words.len(), self.size(), "one list for each rank");
        let sends: Vec<c_int> = words.iter().map(|words| count_of(words)).collect();
        let receives = self.group.exchange_counts(&sends).expect(FAILED);
        let words = words.concat();
        let received = self.group.exchange(&words, &sends, &receives).expect(FAILED);
        split(&received, &receives)
    }

    fn gather_all(&self, words: &[u64]) -> Vec<Vec<u64>> {
        let counts = self.group.gather_counts(count_of(words)).expect(FAILED);
        let all = self.group.gather(words, &counts).expect(FAILED);
        split(&all, &counts)
    }
}
