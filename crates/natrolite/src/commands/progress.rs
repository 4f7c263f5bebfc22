//! Progress on stderr: a moving line on a terminal, plain lines in a log, nothing when quiet.

use crate::run::Observer;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// Tells the user what the program is doing.
pub struct Progress {
    quiet: bool,
    verbose: bool,
    bar: Option<ProgressBar>,
    phase: String,
    since: Instant,
}

impl Progress {
    /// Chooses by what stderr is.
    pub fn new(quiet: bool, verbose: bool) -> Self {
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} [{elapsed}]") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Progress { quiet, verbose, bar, phase: String::new(), since: Instant::now() }
    }

    /// Says something that only `-v` asks for.
    pub fn note(&mut self, message: &str) {
        if self.verbose {
            self.line(message);
        }
    }

    /// Removes the moving line.
    pub fn finish(&mut self) {
        self.end_phase();
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn end_phase(&mut self) {
        if !self.phase.is_empty() {
            let seconds = self.since.elapsed().as_secs_f64();
            self.note(&format!("{}: {seconds:.3} s", self.phase));
        }
        self.phase.clear();
        self.since = Instant::now();
    }

    fn line(&self, message: &str) {
        match &self.bar {
            Some(bar) => bar.println(message),
            None if !self.quiet => eprintln!("{message}"),
            None => {}
        }
    }
}

impl Observer for Progress {
    fn phase(&mut self, name: &str) {
        self.end_phase();
        name.clone_into(&mut self.phase);
        match &self.bar {
            Some(bar) => bar.set_message(name.to_owned()),
            None => self.line(name),
        }
    }

    fn iteration(&mut self, iteration: usize, residual: f64) {
        let message = format!("{} newton {iteration}: residual {residual:.1e}", self.phase);
        match &self.bar {
            Some(bar) if !self.verbose => bar.set_message(message),
            _ => self.line(&message),
        }
    }

    fn warn(&mut self, message: &str) {
        self.line(&format!("warning: {message}"));
    }
}
