//! Keeping iterates of a long run, and going on from one.

use super::mesh_file::{mesh_file_fingerprint, mesh_file_stamp};
use super::progress::Progress;
use crate::case::Case;
use crate::failure::Failure;
use crate::output::{
    Checkpoint, checkpoint_path, read_checkpoint, read_stress, stress_checkpoint_path,
    write_checkpoint, write_stress,
};
use crate::run::{Observer, StressState};
use crate::sweep::fingerprint;
use algebra::LinearWork;
use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// Tells the user what a run does, and keeps its iterates in the file beside its folder.
pub struct Checkpoints<'p> {
    progress: &'p mut Progress,
    path: PathBuf,
    case: &'p Case,
    /// What numbers the unknowns, once it was asked for: a large file takes its time.
    mesh: OnceCell<u64>,
    /// Of the mesh file, when the run began.
    stamp: Option<(u64, SystemTime)>,
    /// Time between two checkpoints.
    interval: Duration,
    last: Instant,
    found: Option<Checkpoint>,
    /// Steps of the runs before.
    before: u64,
    /// The file of the stress side.
    stress_path: PathBuf,
    found_stress: Option<StressState>,
}

impl<'p> Checkpoints<'p> {
    /// For a run of `case` into `folder`; with `restart` it goes on from the checkpoint there, if there is
    /// one.
    ///
    /// # Errors
    /// When the checkpoint is of another mesh, or cannot be read.
    pub fn new(
        case: &'p Case,
        folder: &Path,
        (interval, restart): (Duration, bool),
        progress: &'p mut Progress,
    ) -> Result<Self, Failure> {
        let path = checkpoint_path(folder);
        let found = if restart { read_checkpoint(&path)? } else { None };
        let stress_path = stress_checkpoint_path(folder);
        let found_stress = if restart { read_stress(&stress_path)? } else { None };
        let (mesh, last) = (OnceCell::new(), Instant::now());
        let mut kept = Checkpoints {
            progress,
            path,
            case,
            mesh,
            stamp: mesh_file_stamp(case),
            interval,
            last,
            found,
            before: 0,
            stress_path,
            found_stress: None,
        };
        // Another load is another stress; the current may go on all the same.
        if let Some((sides, state)) = found_stress {
            if sides == kept.sides() {
                kept.found_stress = Some(state);
            } else {
                let path = kept.stress_path.display();
                kept.progress.warn(&format!(
                    "{path} is of other laws, tolerances or another version: the stress is solved again"
                ));
            }
        } else if restart && kept.found.is_none() {
            let path = kept.path.display();
            kept.progress.warn(&format!("there is no {path}: the run begins at the beginning"));
        }
        match &kept.found {
            Some(found) if found.mesh != kept.mesh() => Err(Failure::Input(format!(
                "{}: the checkpoint is of another mesh or order; without --restart the run begins anew",
                kept.path.display()
            ))),
            _ => Ok(kept),
        }
    }

    fn mesh(&self) -> u64 {
        *self.mesh.get_or_init(|| {
            let file = mesh_file_fingerprint(self.case);
            fingerprint(format!("{}{file:x?}", self.case.mesh_text()).as_bytes())
        })
    }

    /// False, with a warning, when the mesh file is no longer that of this run, and nobody could tell later.
    fn can_keep(&mut self) -> bool {
        let is_same = self.mesh.get().is_some() || mesh_file_stamp(self.case) == self.stamp;
        if !is_same {
            let message = "there is no checkpoint: the mesh file has changed since the run began";
            self.progress.warn(message);
        }
        is_same
    }

    /// What the stress side depends on.
    fn sides(&self) -> u64 {
        let (laws, solver) = (self.case.stress_text().unwrap_or_default(), &self.case.solver);
        let tolerances = [solver.newton_rtol, solver.linear_rtol];
        let version = env!("CARGO_PKG_VERSION");
        let text = format!("{version} {:x} {laws} {tolerances:?}", self.mesh());
        fingerprint(text.as_bytes())
    }

    /// Says so when what was found was of no use: other surfaces may have left other unknowns.
    pub fn finish(self) {
        if let Some(found) = &self.found {
            let (path, count) = (self.path.display(), found.unknowns.len());
            self.progress.warn(&format!(
                "{path} has {count} unknowns, as no mesh of this run: it began at the beginning"
            ));
        }
        if let Some(found) = &self.found_stress {
            let (path, count) = (self.stress_path.display(), found.unknowns.len());
            self.progress.warn(&format!(
                "{path} has {count} unknowns, as no mesh of this run: the stress was solved again"
            ));
        }
    }
}

impl Observer for Checkpoints<'_> {
    fn phase(&mut self, name: &str) {
        self.progress.phase(name);
    }

    fn iteration(&mut self, iteration: usize, residual: f64) {
        self.progress.iteration(iteration, residual);
    }

    fn linear(&mut self, work: &LinearWork) {
        self.progress.linear(work);
    }

    fn warn(&mut self, message: &str) {
        self.progress.warn(message);
    }

    fn first_iterate(&mut self, unknowns: usize) -> Option<Vec<f64>> {
        // On meshes that are refined it is of one of them.
        let fits = self.found.as_ref().is_some_and(|found| found.unknowns.len() == unknowns);
        let found = self.found.take_if(|_| fits)?;
        let path = self.path.display();
        let plural = if found.iteration == 1 { "" } else { "s" };
        log::info!("goes on from {path}, after {} iteration{plural}", found.iteration);
        self.before = found.iteration;
        Some(found.unknowns)
    }

    fn first_stress(&mut self, fits: &dyn Fn(&StressState) -> bool) -> Option<StressState> {
        let found = self.found_stress.take_if(|found| fits(found))?;
        log::info!("takes the stress side from {}", self.stress_path.display());
        Some(found)
    }

    fn wants_stress(&mut self) -> bool {
        // What took less is solved again as fast. What was found is not replaced before it was used, by that
        // of coarser meshes.
        self.found_stress.is_none() && self.last.elapsed() >= self.interval
    }

    fn keep_stress(&mut self, state: &StressState) {
        if !self.can_keep() {
            return;
        }
        if let Err(error) = write_stress(&self.stress_path, self.sides(), state) {
            self.progress.warn(&format!("there is no checkpoint: {error}"));
        }
    }

    fn wants_iterate(&mut self) -> bool {
        // What was found is not replaced before it was used, by those of coarser meshes.
        self.found.is_none() && self.last.elapsed() >= self.interval
    }

    fn keep_iterate(&mut self, number: usize, unknowns: &[f64]) {
        self.last = Instant::now();
        if !self.can_keep() {
            return;
        }
        let (mesh, iteration) = (self.mesh(), self.before + number as u64);
        let checkpoint = Checkpoint { mesh, iteration, unknowns: unknowns.to_vec() };
        if let Err(error) = write_checkpoint(&self.path, &checkpoint) {
            // The run itself can go on.
            self.progress.warn(&format!("there is no checkpoint: {error}"));
        }
        self.last = Instant::now();
    }
}
