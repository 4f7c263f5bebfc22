//! Whether this process is one of several, and what they agree on.
//!
//! A launcher such as `mpirun` starts the same command several times. [`Launcher`] reads of that in the
//! environment, before anything is started; [`Ranks`] are the processes once MPI runs, or this one alone.

mod cores;
#[cfg(feature = "petsc")]
mod petsc;

pub use cores::Cores;

use crate::case::Case;
use crate::failure::Failure;
use crate::run::ranks::Engine;

/// What the environment tells of a launcher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Launcher {
    /// This process's number, and how many there are; none without a launcher.
    place: Option<(usize, usize)>,
}

/// Variables that launchers set: the number of a process, and of all. Open MPI's mpirun; MPICH, Intel MPI
/// and SLURM's srun with PMI.
const VARIABLES: [[&str; 2]; 2] =
    [["OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"], ["PMI_RANK", "PMI_SIZE"]];

impl Launcher {
    /// Looks at the environment.
    pub fn of_environment() -> Self {
        Self::new(|name| std::env::var(name).ok())
    }

    fn new(variable: impl Fn(&str) -> Option<String>) -> Self {
        let number = |name| variable(name)?.trim().parse().ok();
        let place = VARIABLES.iter().find_map(|[rank, size]| Some((number(rank)?, number(size)?)));
        Launcher { place }
    }

    /// True for the first process: the others are silent.
    pub fn speaks(self) -> bool {
        self.place.is_none_or(|(rank, _)| rank == 0)
    }

    /// How many processes there are.
    pub fn size(self) -> usize {
        self.place.map_or(1, |(_, size)| size)
    }

    /// Refuses to do the same thing several times.
    ///
    /// # Errors
    /// When there are several processes, with this reason.
    pub fn refuse_several(self, reason: &str) -> Result<(), Failure> {
        if self.size() <= 1 {
            return Ok(());
        }
        let error = Failure::Input(format!(
            "{} copies of the program were started, as `mpirun` does: {reason}",
            self.size()
        ));
        Err(if self.speaks() { error } else { Failure::Elsewhere(error.exit_code()) })
    }
}

/// The processes of a run.
pub struct Ranks {
    #[cfg(feature = "petsc")]
    engine: Option<petsc::Petsc>,
}

impl Ranks {
    /// Starts MPI when there is a launcher.
    ///
    /// # Errors
    /// When the program was built without MPI and there are several processes, and when MPI does not
    /// start or does not see them.
    #[cfg(feature = "petsc")]
    pub fn start(launcher: Launcher) -> Result<Self, Failure> {
        let engine = launcher.place.map(|_| petsc::Petsc::start(launcher)).transpose()?;
        Ok(Ranks { engine })
    }

    /// Starts MPI when there is a launcher.
    ///
    /// # Errors
    /// When the program was built without MPI and there are several processes, and when MPI does not
    /// start or does not see them.
    #[cfg(not(feature = "petsc"))]
    pub fn start(launcher: Launcher) -> Result<Self, Failure> {
        launcher.refuse_several(
            "this one was built without MPI (`cargo build --release --features petsc`)",
        )?;
        Ok(Ranks {})
    }

    /// What solves on them; none for a process without a launcher.
    pub fn engine(&self) -> Option<&dyn Engine> {
        #[cfg(feature = "petsc")]
        if let Some(engine) = &self.engine {
            return Some(engine);
        }
        None
    }

    /// Number of this process.
    pub fn rank(&self) -> usize {
        self.engine().map_or(0, |engine| engine.comm().rank())
    }

    /// Number of processes.
    pub fn size(&self) -> usize {
        self.engine().map_or(1, |engine| engine.comm().size())
    }

    /// The result of this rank, if all of them succeeded. Else the first that failed keeps its failure and
    /// speaks, and all others have its exit code.
    ///
    /// # Errors
    /// That of this rank, or [`Failure::Elsewhere`].
    pub fn agree<T>(&self, result: Result<T, Failure>) -> Result<T, Failure> {
        let Some(engine) = self.engine().filter(|engine| engine.comm().size() > 1) else {
            return result;
        };
        // 0 for success; a rank that only heard of a failure does not speak.
        let word = match &result {
            Ok(_) => [0, 0],
            Err(Failure::Elsewhere(_)) => [0, 1],
            Err(failure) => [1 + u64::from(failure.exit_code()), 1],
        };
        let words = engine.comm().gather_all(&word);
        let first = words.iter().position(|word| word[0] > 0);
        match (first, result) {
            (Some(first), Err(failure)) if first == engine.comm().rank() => Err(failure),
            (Some(first), _) => Err(Failure::Elsewhere((words[first][0] - 1) as u8)),
            (None, result) => result,
        }
    }

    /// What solves `case` on all ranks; none where this process solves alone.
    ///
    /// # Errors
    /// For options that PETSc does not know.
    pub fn engine_for(&self, case: &Case) -> Result<Option<&dyn Engine>, Failure> {
        #[cfg(feature = "petsc")]
        if let Some(engine) = &self.engine {
            engine.set_options(case)?;
        }
        #[cfg(not(feature = "petsc"))]
        let _ = case;
        Ok(self.engine())
    }

    /// The cores that the ranks of this machine may use; what a process without a launcher sees by itself
    /// is not asked for.
    pub fn cores(&self) -> Option<Cores> {
        self.engine().map(|engine| Cores::of(engine.comm()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn launcher(variables: &[(&str, &str)]) -> Launcher {
        let find = |name: &str| variables.iter().find(|(key, _)| *key == name);
        Launcher::new(|name| find(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn launchers_are_known_by_their_variables() {
        assert_eq!(launcher(&[]), Launcher { place: None });
        let first = launcher(&[("OMPI_COMM_WORLD_RANK", "0"), ("OMPI_COMM_WORLD_SIZE", "4")]);
        assert_eq!((first.size(), first.speaks()), (4, true));
        let second = launcher(&[("PMI_RANK", "1"), ("PMI_SIZE", "2")]);
        assert_eq!((second.size(), second.speaks()), (2, false));
        assert_eq!(launcher(&[("PMI_RANK", "1")]).size(), 1);
        assert!(launcher(&[]).refuse_several("why").is_ok());
        let refused = first.refuse_several("why").unwrap_err();
        assert_eq!(
            refused.to_string(),
            "4 copies of the program were started, as `mpirun` does: why"
        );
        let silent = second.refuse_several("why").unwrap_err();
        assert_eq!((silent.render(false).as_str(), silent.exit_code()), ("", 2));
    }
}
