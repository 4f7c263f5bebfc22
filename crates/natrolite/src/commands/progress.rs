//! Progress on stderr: a moving line on a terminal, plain lines in a log, nothing when quiet.

use crate::run::Observer;
use indicatif::{ProgressBar, ProgressStyle};
use log::{Level, info, log_enabled};
use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The moving line, if there is one: whatever else goes to stderr must go above it.
static BAR: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Writes a line to stderr, above the moving line if there is one.
pub fn say(message: &str) {
    match &*BAR.lock().unwrap_or_else(PoisonError::into_inner) {
        Some(bar) => bar.println(message),
        None => eprintln!("{message}"),
    }
}

/// Shows `bar` from now on, in the way that `template` says.
fn show(bar: ProgressBar, template: &str, tick: Duration) -> ProgressBar {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(tick);
    *BAR.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar.clone());
    bar
}

/// Removes the moving line.
fn clear(bar: &mut Option<ProgressBar>) {
    if let Some(bar) = bar.take() {
        bar.finish_and_clear();
        *BAR.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Tells the user what the program is doing.
pub struct Progress {
    quiet: bool,
    bar: Option<ProgressBar>,
    phase: String,
    since: Instant,
}

impl Progress {
    /// Chooses by what stderr is.
    pub fn new(quiet: bool) -> Self {
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let tick = Duration::from_millis(100);
            show(ProgressBar::new_spinner(), "{spinner} {msg} [{elapsed}]", tick)
        });
        Progress { quiet, bar, phase: String::new(), since: Instant::now() }
    }

    /// Removes the moving line.
    pub fn finish(&mut self) {
        self.end_phase();
        clear(&mut self.bar);
    }

    fn end_phase(&mut self) {
        if !self.phase.is_empty() {
            info!("{}: {:.3} s", self.phase, self.since.elapsed().as_secs_f64());
        }
        self.phase.clear();
        self.since = Instant::now();
    }

    fn line(&self, message: &str) {
        if !self.quiet {
            say(message);
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
            _ if log_enabled!(Level::Info) => info!("{message}"),
            Some(bar) => bar.set_message(message),
            None => self.line(&message),
        }
    }

    fn warn(&mut self, message: &str) {
        self.line(&format!("warning: {message}"));
    }
}

/// Time between two lines in a log.
const LINE_INTERVAL: Duration = Duration::from_secs(5);

/// Counts the points of a sweep, with the rate at which they come and the time that is left.
pub struct Counter {
    quiet: bool,
    bar: Option<ProgressBar>,
    total: usize,
    done: usize,
    /// Points that were there before, and when the others began.
    before: usize,
    since: Instant,
    said: Instant,
}

impl Counter {
    /// Of `total` points `done` are there already.
    pub fn new(quiet: bool, total: usize, done: usize) -> Self {
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(total as u64).with_position(done as u64);
            let template = "{wide_bar} {pos}/{len} points, {msg} [{elapsed}]";
            show(bar, template, Duration::from_millis(200))
        });
        let now = Instant::now();
        Counter { quiet, bar, total, done, before: done, since: now, said: now }
    }

    /// Says something, unless quiet.
    pub fn say(&self, message: &str) {
        if !self.quiet {
            say(message);
        }
    }

    /// So many more points are there.
    pub fn count(&mut self, points: usize) {
        self.done += points;
        let seconds = self.since.elapsed().as_secs_f64();
        let rate = (self.done - self.before) as f64 / seconds.max(1e-9);
        let left = (self.total - self.done) as f64 / rate;
        let digits = if rate < 10.0 { 2 } else { 0 };
        let text = format!("{rate:.digits$} points/s, {left:.0} s left");
        match &self.bar {
            Some(bar) => {
                bar.set_position(self.done as u64);
                bar.set_message(text);
            }
            None if self.said.elapsed() > LINE_INTERVAL => {
                self.said = Instant::now();
                self.say(&format!("{} of {} points, {text}", self.done, self.total));
            }
            None => {}
        }
    }

    /// Removes the bar.
    pub fn finish(&mut self) {
        clear(&mut self.bar);
    }
}
