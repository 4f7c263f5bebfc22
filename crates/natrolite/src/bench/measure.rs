//! Many runs, each in a process of its own, in turn.

use super::child::Measurement;
use super::problems::Sized;
use crate::failure::Failure;
use crate::launch::{Launcher, Network, Traffic};
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::time::Instant;

/// Who does a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workers {
    /// A process with so many threads.
    Threads(u32),
    /// So many ranks of so many threads each.
    Ranks(u32, u32),
}

impl Workers {
    /// What grows along the rows of a series.
    pub fn name(self) -> &'static str {
        match self {
            Workers::Threads(_) => "threads",
            Workers::Ranks(..) => "ranks",
        }
    }

    /// How many of these there are.
    pub fn count(self) -> u32 {
        match self {
            Workers::Threads(count) | Workers::Ranks(count, _) => count,
        }
    }

    /// Threads of each process.
    pub fn threads(self) -> u32 {
        match self {
            Workers::Threads(threads) | Workers::Ranks(_, threads) => threads,
        }
    }
}

impl std::fmt::Display for Workers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.name(), self.count())
    }
}

/// A run to make.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Who does it.
    pub workers: Workers,
    /// The case.
    pub sized: Sized,
}

impl Plan {
    /// A run of this case by these.
    pub fn new(workers: Workers, sized: &Sized) -> Plan {
        Plan { workers, sized: sized.clone() }
    }
}

/// One run.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// What it tells.
    pub measurement: Measurement,
    /// Wall-clock time of its process, or of its ranks' part in theirs, from start to end \[s\].
    pub process_seconds: f64,
    /// What messages cost between its ranks.
    pub network: Option<Network>,
    /// Most that one of its ranks sent in linear solves.
    pub traffic: Traffic,
    /// Triad just before and just after, of as many threads, or on all ranks at once \[byte/s\].
    pub stream: [f64; 2],
}

impl Run {
    /// Mean of both triads \[byte/s\].
    pub fn memory_speed(&self) -> f64 {
        0.5 * (self.stream[0] + self.stream[1])
    }

    /// Unknowns times iterations for each byte that the triad moves in their time, and unknowns for each that it moves
    /// in the time of the phase `solve` \[1/byte\].
    fn per_byte(&self) -> [f64; 2] {
        let Measurement { dofs, iterations, seconds, .. } = &self.measurement;
        let dofs = *dofs as f64;
        let done = [(dofs * *iterations as f64, seconds.linear_solve), (dofs, seconds.solve)];
        done.map(|(work, seconds)| work / (seconds * self.memory_speed()))
    }
}

/// What the runs of a plan took.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The run of median total time.
    pub median: Run,
    /// Smallest and largest total time of all runs \[s\].
    pub range: [f64; 2],
    /// Slowest and fastest triad beside any of the runs \[byte/s\].
    pub stream_range: [f64; 2],
    /// Unknowns times iterations, and unknowns that were solved for, for each byte that the triad moves in that time
    /// \[1/byte\]: medians over the runs, each with its own triads, as memory that is shared with others is not as fast at
    /// all times.
    pub per_byte: [f64; 2],
    /// The checksums of all runs that differ from each other.
    pub checksums: Vec<String>,
}

/// Makes each run `repeat` times, in turn, so that what else the machine does falls on all of them.
/// `once` makes one, and measures the triad beside it; where it gives nothing, there is no row.
///
/// # Errors
/// The first of `once`.
pub fn measure(
    plans: &[Plan],
    repeat: u32,
    quiet: bool,
    once: &mut dyn FnMut(&Plan) -> Result<Option<Run>, Failure>,
) -> Result<Vec<Measured>, Failure> {
    let mut runs: Vec<Vec<Run>> = vec![Vec::new(); plans.len()];
    for round in 1..=repeat {
        for (k, plan) in plans.iter().enumerate() {
            let Some(run) = once(plan)? else { continue };
            if !quiet {
                let (workers, cells) = (plan.workers, plan.sized.cells);
                let total = run.measurement.seconds.total;
                eprintln!("run {round} of {repeat}: {cells} cells, {workers}: {total:.2} s");
            }
            runs[k].push(run);
        }
    }
    Ok(runs.into_iter().filter_map(median).collect())
}

/// Nothing only without runs.
fn median(mut runs: Vec<Run>) -> Option<Measured> {
    let stream = runs.iter().flat_map(|run| run.stream);
    let stream_range = [stream.clone().fold(f64::INFINITY, f64::min), stream.fold(0.0, f64::max)];
    let per_byte = [0, 1].map(|k| {
        let mut all: Vec<f64> = runs.iter().map(|run| run.per_byte()[k]).collect();
        all.sort_by(f64::total_cmp);
        let middle = [all.len().saturating_sub(1) / 2, all.len() / 2].map(|k| all.get(k));
        middle.map(|value| value.copied().unwrap_or(f64::NAN)).iter().sum::<f64>() / 2.0
    });
    let total = |run: &Run| run.measurement.seconds.total;
    runs.sort_by(|a, b| total(a).total_cmp(&total(b)));
    let mut checksums: Vec<String> =
        runs.iter().map(|run| run.measurement.checksum.clone()).collect();
    checksums.sort();
    checksums.dedup();
    let range = [total(runs.first()?), total(runs.last()?)];
    let median = runs.swap_remove((runs.len() - 1) / 2);
    Some(Measured { median, range, stream_range, per_byte, checksums })
}

/// Makes a run in a process of its own, and measures the triad in others before and after.
///
/// # Errors
/// When a process cannot be started or ends without a measurement.
pub fn run_process(plan: &Plan) -> Result<Option<Run>, Failure> {
    let threads = plan.workers.threads();
    let before = triad(threads)?;
    let refine = plan.sized.refinement.to_string();
    let start = Instant::now();
    let line = child(threads, &["--refine", &refine], &plan.sized.text)?;
    let process_seconds = start.elapsed().as_secs_f64();
    let measurement = serde_json::from_str(&line);
    let measurement = measurement
        .map_err(|error| Failure::System(format!("a run told something else: {error}: {line}")))?;
    let stream = [before, triad(threads)?];
    Ok(Some(Run { measurement, process_seconds, stream, ..Run::default() }))
}

/// The triad with so many threads, in a process of its own: its vectors would count as memory of a run.
///
/// # Errors
/// When the process cannot be started or fails.
pub fn triad(threads: u32) -> Result<f64, Failure> {
    let line = child(threads, &["--stream"], "")?;
    let speed = line.trim().parse();
    speed.map_err(|_| Failure::System(format!("the measurement of memory told: {line}")))
}

/// Runs this program again, with `input` on its stdin; its stdout.
fn child(threads: u32, arguments: &[&str], input: &str) -> Result<String, Failure> {
    let refused = |error| Failure::System(format!("cannot start a run: {error}"));
    let program = std::env::current_exe().map_err(refused)?;
    let mut child = Launcher::hide_from(&mut Command::new(program))
        .args(["bench", "child", "--threads", &threads.to_string()])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(refused)?;
    // A process that ended early has closed its stdin; its exit status says more.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().map_err(refused)?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(failure(threads, &output)),
    }
}

/// What a process that failed has to say, with its exit code.
fn failure(threads: u32, output: &Output) -> Failure {
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim().trim_start_matches("error: ");
    match output.status.code() {
        Some(2) => Failure::Input(said.into()),
        Some(3) => Failure::NotConverged(said.into()),
        Some(130) => Failure::Interrupted,
        Some(_) => Failure::System(said.into()),
        // Ended by a signal, most often because memory ran out.
        None => Failure::System(format!(
            "the run with --threads {threads} was ended from outside ({}); is there memory enough?",
            output.status
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::child::Phases;

    fn run(total: f64, checksum: &str) -> Run {
        let seconds = Phases { total, solve: total, linear_solve: 0.5, ..Phases::default() };
        let checksum = checksum.into();
        let measurement =
            Measurement { seconds, checksum, dofs: 100, iterations: 2, ..Measurement::default() };
        let stream = [3.0 + total, 1.0 + total];
        Run { measurement, process_seconds: total + 0.5, stream, ..Run::default() }
    }

    #[test]
    fn the_median_run_is_reported_with_the_range_of_all() {
        let got = median(vec![run(3.0, "1"), run(1.0, "1"), run(2.0, "1")]).expect("three runs");
        let seconds = got.median.measurement.seconds.total;
        assert_eq!((seconds, got.median.process_seconds), (2.0, 2.5));
        assert_eq!((got.range, got.stream_range), ([1.0, 3.0], [2.0, 6.0]));
        // 200 in 0.5 s at 3, 4 or 5 byte/s; 100 in 1 s at 3, in 2 s at 4 or in 3 s at 5 byte/s.
        assert_eq!((got.per_byte, got.checksums.len()), ([100.0, 12.5], 1));
        let got = median(vec![run(2.0, "1"), run(1.0, "2")]).expect("two runs");
        assert_eq!((got.median.measurement.seconds.total, got.checksums.len()), (1.0, 2));
        // Of 200 / (0.5 * 4) and 200 / (0.5 * 3); of 100 / (2 * 4) and 100 / (1 * 3).
        let wanted = [0.5 * (100.0 + 200.0 / 1.5), 0.5 * (12.5 + 100.0 / 3.0)];
        assert!(got.per_byte.iter().zip(wanted).all(|(got, wanted)| (got - wanted).abs() < 1e-12));
        assert!(median(Vec::new()).is_none());
    }
}
