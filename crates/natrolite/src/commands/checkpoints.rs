//! Keeping iterates of a long run, and going on from one.

use super::progress::Progress;
use crate::case::{Case, MeshSource};
use crate::failure::Failure;
use crate::output::{Checkpoint, checkpoint_path, read_checkpoint, write_checkpoint};
use crate::run::Observer;
use crate::sweep::fingerprint;
use algebra::LinearWork;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Tells the user what a run does, and keeps its iterates in the file beside its folder.
pub struct Checkpoints<'p> {
    progress: &'p mut Progress,
    path: PathBuf,
    case: &'p Case,
    /// Time between two checkpoints.
    interval: Duration,
    last: Instant,
    found: Option<Checkpoint>,
    /// Steps of the runs before.
    before: u64,
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
        if found.as_ref().is_some_and(|found| found.mesh != mesh_of(case)) {
            return Err(Failure::Input(format!(
                "{}: the checkpoint is of another mesh or order; without --restart the run begins anew",
                path.display()
            )));
        }
        if restart && found.is_none() {
            let path = path.display();
            progress.warn(&format!("there is no {path}: the run begins at the beginning"));
        }
        let last = Instant::now();
        Ok(Checkpoints { progress, path, case, interval, last, found, before: 0 })
    }

    /// Says so when what was found was of no use: other surfaces may have left other unknowns.
    pub fn finish(self) {
        if let Some(found) = &self.found {
            let (path, count) = (self.path.display(), found.unknowns.len());
            self.progress.warn(&format!(
                "{path} has {count} unknowns, as no mesh of this run: it began at the beginning"
            ));
        }
    }
}

/// What numbers the unknowns.
fn mesh_of(case: &Case) -> u64 {
    let mut text = case.mesh_text();
    if let MeshSource::File(file) = &case.mesh {
        let folder = case.path.parent().unwrap_or(Path::new(""));
        // A mesh that cannot be read is an error of the run, with the place in the case.
        let bytes = std::fs::read(folder.join(&file.path)).unwrap_or_default();
        text += &format!("{:016x}", fingerprint(&bytes));
    }
    fingerprint(text.as_bytes())
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
        log::info!("goes on from {path}, after {} iterations", found.iteration);
        self.before = found.iteration;
        Some(found.unknowns)
    }

    fn wants_iterate(&mut self) -> bool {
        // What was found is not replaced before it was used, by those of coarser meshes.
        self.found.is_none() && self.last.elapsed() >= self.interval
    }

    fn keep_iterate(&mut self, number: usize, unknowns: &[f64]) {
        let (mesh, iteration) = (mesh_of(self.case), self.before + number as u64);
        let checkpoint = Checkpoint { mesh, iteration, unknowns: unknowns.to_vec() };
        if let Err(error) = write_checkpoint(&self.path, &checkpoint) {
            // The run itself can go on.
            self.progress.warn(&format!("there is no checkpoint: {error}"));
        }
        self.last = Instant::now();
    }
}
