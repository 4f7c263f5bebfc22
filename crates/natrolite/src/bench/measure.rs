//! Many runs, each in a process of its own, in turn.

use super::child::Measurement;
use super::problems::Sized;
use crate::failure::Failure;
use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::time::Instant;

/// A run to make.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Number of threads.
    pub threads: u32,
    /// The case.
    pub sized: Sized,
}

impl Plan {
    /// A run of this case with so many threads.
    pub fn new(threads: u32, sized: &Sized) -> Plan {
        Plan { threads, sized: sized.clone() }
    }
}

/// What the runs of a plan took.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The run of median total time.
    pub median: Measurement,
    /// Wall-clock time of its process, from start to end \[s\].
    pub process_seconds: f64,
    /// Smallest and largest total time of all runs \[s\].
    pub range: [f64; 2],
    /// Fastest triad with as many threads \[byte/s\].
    pub stream: f64,
    /// The checksums of all runs that differ from each other.
    pub checksums: Vec<String>,
}

/// Makes each run `repeat` times, in turn, so that what else the machine does falls on all of them.
///
/// # Errors
/// When a process cannot be started or ends without a measurement.
pub fn measure(plans: &[Plan], repeat: u32, quiet: bool) -> Result<Vec<Measured>, Failure> {
    let mut runs: Vec<Vec<(Measurement, f64)>> = vec![Vec::new(); plans.len()];
    let mut stream = vec![0.0_f64; plans.len()];
    for round in 1..=repeat {
        for (k, plan) in plans.iter().enumerate() {
            stream[k] = stream[k].max(triad(plan.threads)?);
            let run = solve(plan)?;
            if !quiet {
                let (threads, cells) = (plan.threads, plan.sized.cells);
                let total = run.0.seconds.total;
                eprintln!(
                    "run {round} of {repeat}: {cells} cells, threads {threads}: {total:.2} s"
                );
            }
            runs[k].push(run);
        }
    }
    Ok(runs.into_iter().zip(stream).filter_map(|(runs, stream)| median(runs, stream)).collect())
}

/// Nothing only without runs.
fn median(mut runs: Vec<(Measurement, f64)>, stream: f64) -> Option<Measured> {
    runs.sort_by(|a, b| a.0.seconds.total.total_cmp(&b.0.seconds.total));
    let mut checksums: Vec<String> = runs.iter().map(|(run, _)| run.checksum.clone()).collect();
    checksums.sort();
    checksums.dedup();
    let range = [runs.first()?.0.seconds.total, runs.last()?.0.seconds.total];
    let (median, process_seconds) = runs.swap_remove((runs.len() - 1) / 2);
    Some(Measured { median, process_seconds, range, stream, checksums })
}

fn solve(plan: &Plan) -> Result<(Measurement, f64), Failure> {
    let refine = plan.sized.refinement.to_string();
    let start = Instant::now();
    let line = child(plan.threads, &["--refine", &refine], &plan.sized.text)?;
    let elapsed = start.elapsed().as_secs_f64();
    let measurement = serde_json::from_str(&line);
    let measurement = measurement
        .map_err(|error| Failure::System(format!("a run told something else: {error}: {line}")))?;
    Ok((measurement, elapsed))
}

fn triad(threads: u32) -> Result<f64, Failure> {
    let line = child(threads, &["--stream"], "")?;
    let speed = line.trim().parse();
    speed.map_err(|_| Failure::System(format!("the measurement of memory told: {line}")))
}

/// Runs this program again, with `input` on its stdin; its stdout.
fn child(threads: u32, arguments: &[&str], input: &str) -> Result<String, Failure> {
    let refused = |error| Failure::System(format!("cannot start a run: {error}"));
    let program = std::env::current_exe().map_err(refused)?;
    let mut child = Command::new(program)
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

    fn run(total: f64, checksum: &str) -> (Measurement, f64) {
        let seconds = Phases { total, ..Phases::default() };
        (Measurement { seconds, checksum: checksum.into(), ..Measurement::default() }, total + 0.5)
    }

    #[test]
    fn the_median_run_is_reported_with_the_range_of_all() {
        let got =
            median(vec![run(3.0, "1"), run(1.0, "1"), run(2.0, "1")], 5.0).expect("three runs");
        assert_eq!((got.median.seconds.total, got.process_seconds), (2.0, 2.5));
        assert_eq!((got.range, got.stream, got.checksums.len()), ([1.0, 3.0], 5.0, 1));
        let got = median(vec![run(2.0, "1"), run(1.0, "2")], 5.0).expect("two runs");
        assert_eq!((got.median.seconds.total, got.checksums.len()), (1.0, 2));
        assert!(median(Vec::new(), 5.0).is_none());
    }
}
