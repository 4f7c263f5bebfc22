//! MPI and PETSc as what solves on ranks.

use super::{Launcher, Network, Traffic};
use crate::case::Case;
use crate::failure::Failure;
use crate::run::ranks::Engine;
use algebra::{AmgProblem, Comm, Halo, LinearSolver};
use distributed::{Defaults, Mpi, PetscError, PetscSolver};
use mesh::CornerGraph;

/// MPI and PETSc, running.
pub struct Petsc {
    mpi: Mpi,
}

impl Petsc {
    /// Starts both.
    ///
    /// # Errors
    /// When they do not start, or see other processes than the launcher.
    pub fn start(launcher: Launcher) -> Result<Self, Failure> {
        let mpi = match Mpi::start() {
            Some(Ok(mpi)) => mpi,
            Some(Err(error)) => return Err(refused(error)),
            None => return Err(Failure::System("MPI was started before".into())),
        };
        if mpi.size() != launcher.size() {
            launcher.refuse_several(&format!(
                "but the MPI of this program ({}) sees {}; use the launcher that belongs to it",
                mpi.versions(),
                mpi.size()
            ))?;
        }
        Ok(Petsc { mpi })
    }

    /// The ranks that give the same colour.
    ///
    /// # Errors
    /// When MPI refuses.
    pub fn split(&self, colour: u32) -> Result<Self, Failure> {
        self.mpi.split(colour).map(|mpi| Petsc { mpi }).map_err(refused)
    }

    /// Sends words to the first rank.
    ///
    /// # Errors
    /// When MPI refuses.
    pub fn send_to_first(&self, words: &[u64]) -> Result<(), Failure> {
        self.mpi.send(words, 0).map_err(refused)
    }

    /// The next words that some rank sent here.
    ///
    /// # Errors
    /// When MPI refuses.
    pub fn poll(&self) -> Result<Option<Vec<u64>>, Failure> {
        self.mpi.poll().map_err(refused)
    }

    /// Gives freed memory back to the system.
    pub fn give_back_memory(&self) {
        self.mpi.give_back_memory();
    }

    /// Ends all ranks.
    pub fn abort(&self, code: u8) {
        self.mpi.abort(code);
    }

    /// Waits for all ranks, asleep.
    ///
    /// # Errors
    /// When MPI refuses.
    pub fn wait(&self) -> Result<(), Failure> {
        self.mpi.wait().map_err(refused)
    }

    /// The same for some seconds, on a rank that has failed; whether all came.
    ///
    /// # Errors
    /// When MPI refuses.
    pub fn others_come(&self) -> Result<bool, Failure> {
        self.mpi.others_come().map_err(refused)
    }

    /// Measures what messages cost.
    ///
    /// # Errors
    /// When MPI refuses.
    pub fn network(&self) -> Result<Network, Failure> {
        let n = self.mpi.network().map_err(refused)?;
        Ok(Network { latency: n.latency, reduction: n.reduction, bandwidth: n.bandwidth })
    }

    /// What this rank sent in all linear solves so far.
    pub fn traffic(&self) -> Traffic {
        let t = self.mpi.traffic();
        Traffic { messages: t.messages, bytes: t.bytes, reductions: t.reductions }
    }

    /// Takes the options of a case.
    ///
    /// # Errors
    /// When PETSc does not know them.
    pub fn set_options(&self, case: &Case) -> Result<(), Failure> {
        let options = case.solver.petsc.as_deref().unwrap_or_default();
        let wrong = |error| Failure::Input(format!("solver.petsc or PETSC_OPTIONS: {error}"));
        self.mpi.set_options(options).map_err(wrong)
    }
}

fn refused(error: PetscError) -> Failure {
    Failure::System(error.to_string())
}

impl Engine for Petsc {
    fn comm(&self) -> &dyn Comm {
        &self.mpi
    }

    fn name(&self) -> String {
        self.mpi.versions()
    }

    fn partition(&self, all: usize, graph: &CornerGraph) -> Result<Vec<u32>, String> {
        let CornerGraph { start, neighbours, weights } = graph;
        let parts = self.mpi.partition(all, start, neighbours, weights.as_deref());
        parts.map_err(|error| error.to_string())
    }

    fn solver<'e>(
        &'e self,
        halo: Halo,
        is_direct: bool,
        problem: AmgProblem,
    ) -> Result<Box<dyn LinearSolver + Send + 'e>, String> {
        let defaults = if is_direct { Defaults::Direct } else { Defaults::Multigrid };
        match PetscSolver::new(&self.mpi, halo, defaults, problem) {
            Ok(solver) => Ok(Box::new(solver)),
            Err(error) => Err(error.to_string()),
        }
    }

    fn mechanics_solver<'e>(
        &'e self,
        halo: Halo,
        is_direct: bool,
        problem: AmgProblem,
    ) -> Result<Box<dyn LinearSolver + Send + 'e>, String> {
        match PetscSolver::for_mechanics(&self.mpi, halo, is_direct, &problem) {
            Ok(solver) => Ok(Box::new(solver)),
            Err(error) => Err(error.to_string()),
        }
    }
}
