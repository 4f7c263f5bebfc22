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
use serde::{Deserialize, Serialize};
use std::process::Command;
use std::time::Duration;

/// What the environment tells of a launcher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Launcher {
    /// This process's number, and how many there are; none without a launcher.
    place: Option<(usize, usize)>,
}

/// Variables that launchers set: the number of a process, and of all. Open MPI's mpirun; MPICH, Intel MPI
/// and SLURM's srun with PMI; srun with PMIx, which leaves the second to SLURM.
const VARIABLES: [[&str; 2]; 4] = [
    ["OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"],
    ["PMI_RANK", "PMI_SIZE"],
    ["PMIX_RANK", "SLURM_STEP_NUM_TASKS"],
    ["PMIX_RANK", "SLURM_NTASKS"],
];

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

    /// Lets the first process leave before this one: a launcher ends all others when one has left with an error, even
    /// one that is about to speak.
    pub fn leave_after_the_first(self) {
        if !self.speaks() {
            std::thread::sleep(Duration::from_secs(1));
        }
    }

    /// How many processes there are.
    pub fn size(self) -> usize {
        self.place.map_or(1, |(_, size)| size)
    }

    /// Hides the launcher from a process that this one starts.
    pub fn hide_from(command: &mut Command) -> &mut Command {
        VARIABLES.iter().flatten().fold(command, |command, name| command.env_remove(name))
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

/// What messages cost between ranks, as the slowest of them sees it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Network {
    /// Sending a number to a neighbour while one comes from another \[s\].
    pub latency: f64,
    /// Adding up one number over all ranks \[s\].
    pub reduction: f64,
    /// What a rank sends, while it receives as much, in large messages \[byte/s\].
    pub bandwidth: f64,
}

/// What a rank sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Traffic {
    /// Number of messages.
    pub messages: f64,
    /// Their bytes.
    pub bytes: f64,
    /// Sums over all ranks.
    pub reductions: f64,
}

/// Does `work` on all ranks of `launcher`.
///
/// Why it failed is told before MPI ends, which all ranks do together: when the first process has left with an
/// error, the launcher ends all others, and one of them may not have spoken yet.
///
/// # Errors
/// When MPI is not there, does not start or does not see all processes, and [`Failure::Elsewhere`] for a failure of
/// `work`, which has been told.
pub fn on_ranks(
    launcher: Launcher,
    work: impl FnOnce(&Ranks) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let ranks = Ranks::start(launcher)?;
    work(&ranks).map_err(|failure| {
        failure.tell();
        Failure::Elsewhere(failure.exit_code())
    })
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
    fn start(launcher: Launcher) -> Result<Self, Failure> {
        let engine = launcher.place.map(|_| petsc::Petsc::start(launcher)).transpose()?;
        Ok(Ranks { engine })
    }

    /// Starts MPI when there is a launcher.
    ///
    /// # Errors
    /// When the program was built without MPI and there are several processes, and when MPI does not
    /// start or does not see them.
    #[cfg(not(feature = "petsc"))]
    fn start(launcher: Launcher) -> Result<Self, Failure> {
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
    /// speaks, and all others have its exit code. A rank whose failure the others do not come to hear of, because they
    /// wait for it elsewhere, says why and ends all.
    ///
    /// # Errors
    /// That of this rank, or [`Failure::Elsewhere`].
    pub fn agree<T>(&self, result: Result<T, Failure>) -> Result<T, Failure> {
        let Some(engine) = self.engine().filter(|engine| engine.comm().size() > 1) else {
            return result;
        };
        let has_failed = !matches!(result, Ok(_) | Err(Failure::Elsewhere(_)));
        if !self.meet(has_failed)? {
            return result.map_err(|failure| self.end_for(failure));
        }
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
            // Nobody speaks, because all that failed heard of it from others.
            (None, Ok(_)) if words.iter().any(|word| word[1] == 1) => Err(Failure::Elsewhere(2)),
            (None, result) => result,
        }
    }

    /// Waits for all ranks, but not for ever if this one has failed; whether all came.
    fn meet(&self, has_failed: bool) -> Result<bool, Failure> {
        #[cfg(feature = "petsc")]
        if let (Some(engine), true) = (&self.engine, has_failed) {
            return engine.others_come();
        }
        let _ = has_failed;
        self.wait().map(|()| true)
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

    /// Makes groups of the ranks that give the same colour, in their order.
    ///
    /// # Errors
    /// [`Failure::System`] when MPI refuses.
    pub fn split(&self, colour: u32) -> Result<Self, Failure> {
        #[cfg(feature = "petsc")]
        if let Some(engine) = &self.engine {
            return Ok(Ranks { engine: Some(engine.split(colour)?) });
        }
        let _ = colour;
        Ok(Self::alone())
    }

    /// This process by itself.
    fn alone() -> Self {
        Ranks {
            #[cfg(feature = "petsc")]
            engine: None,
        }
    }

    /// Sends a text to the first rank, which [`Ranks::poll`]s for it.
    ///
    /// # Errors
    /// [`Failure::System`] when MPI refuses, or there is no other rank.
    pub fn send_to_first(&self, text: &str) -> Result<(), Failure> {
        let words = words_of(text);
        #[cfg(feature = "petsc")]
        if let Some(engine) = &self.engine {
            return engine.send_to_first(&words);
        }
        Err(Failure::System(format!("nobody to send {} words to", words.len())))
    }

    /// The next text that some rank sent here, if there is one yet.
    ///
    /// # Errors
    /// [`Failure::System`] when MPI refuses.
    pub fn poll(&self) -> Result<Option<String>, Failure> {
        #[cfg(feature = "petsc")]
        if let Some(engine) = &self.engine {
            return Ok(engine.poll()?.map(|words| text_of(&words)));
        }
        Ok(None)
    }

    /// What the first rank says, on all of them.
    pub fn told_by_first(&self, text: &str) -> String {
        match self.engine() {
            None => text.to_owned(),
            Some(engine) => {
                let own = if self.rank() == 0 { words_of(text) } else { Vec::new() };
                text_of(&engine.comm().gather_all(&own)[0])
            }
        }
    }

    /// Gives memory that this rank freed back to the system, so that the next peak is that of what comes.
    pub fn give_back_memory(&self) {
        #[cfg(feature = "petsc")]
        if let Some(engine) = &self.engine {
            engine.give_back_memory();
        }
    }

    /// Ends all ranks for a failure that only this one has, and that the others cannot be asked about:
    /// says why, and does not return where there are others.
    pub fn end_for(&self, failure: Failure) -> Failure {
        #[cfg(feature = "petsc")]
        if let Some(engine) = self.engine.as_ref().filter(|_| self.size() > 1) {
            failure.tell();
            engine.abort(failure.exit_code());
        }
        failure
    }

    /// Waits for all ranks, asleep.
    ///
    /// # Errors
    /// [`Failure::System`] when MPI refuses.
    pub fn wait(&self) -> Result<(), Failure> {
        #[cfg(feature = "petsc")]
        if let Some(engine) = &self.engine {
            engine.wait()?;
        }
        Ok(())
    }

    /// Measures what messages cost; nothing for a process without a launcher.
    ///
    /// # Errors
    /// [`Failure::System`] when MPI refuses.
    pub fn network(&self) -> Result<Option<Network>, Failure> {
        #[cfg(feature = "petsc")]
        if let Some(engine) = &self.engine {
            return engine.network().map(Some);
        }
        Ok(None)
    }

    /// What this rank sent in all linear solves so far, as far as the solver tells.
    pub fn traffic(&self) -> Traffic {
        #[cfg(feature = "petsc")]
        if let Some(engine) = &self.engine {
            return engine.traffic();
        }
        Traffic::default()
    }

    /// The cores that the ranks of this machine may use; what a process without a launcher sees by itself
    /// is not asked for.
    pub fn cores(&self) -> Option<Cores> {
        self.engine().map(|engine| Cores::of(engine.comm()))
    }
}

/// Bytes in words, after their number.
fn words_of(text: &str) -> Vec<u64> {
    let word = |bytes: &[u8]| {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        u64::from_le_bytes(word)
    };
    std::iter::once(text.len() as u64).chain(text.as_bytes().chunks(8).map(word)).collect()
}

/// The text that [`words_of`] made words of.
fn text_of(words: &[u64]) -> String {
    let (length, words) = words.split_first().unwrap_or((&0, &[]));
    let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    bytes.truncate(*length as usize);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_travel_as_words() {
        for text in ["", "a", "12345678", "äöü\t123456789\n"] {
            assert_eq!(text_of(&words_of(text)), text);
        }
        assert_eq!(text_of(&[]), "");
    }

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
        // srun --mpi=pmix: a step may have fewer tasks than the job.
        let [rank, step, job] =
            [("PMIX_RANK", "2"), ("SLURM_STEP_NUM_TASKS", "3"), ("SLURM_NTASKS", "8")];
        let third = launcher(&[rank, step, job]);
        assert_eq!((third.size(), third.speaks()), (3, false));
        assert_eq!(launcher(&[rank, job]).size(), 8);
        // In a job, but not started by srun.
        assert_eq!(launcher(&[step, job]), Launcher { place: None });
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
