//! What came out: a table for people, JSON for scripts, and whether the answers agree.

use super::child::Phases;
use super::machine::Machine;
use super::measure::{Measured, Plan};
use super::problems::Problem;
use crate::commands::align_numbers;
use crate::failure::Failure;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// What is the same, and what grows, along the rows of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One problem with several numbers of threads.
    Threads,
    /// The same, as a study of scaling.
    Strong,
    /// As many cells for each thread.
    Weak,
}

/// All that was measured.
#[derive(Debug, Serialize)]
pub struct Report {
    pub version: &'static str,
    pub problem: Problem,
    pub order: usize,
    pub repeat: u32,
    pub machine: Machine,
    pub series: Vec<Series>,
}

/// Runs that belong together.
#[derive(Debug, Serialize)]
pub struct Series {
    pub kind: Kind,
    /// Cells that were asked for, for each thread in weak scaling.
    pub cells_wanted: u64,
    /// What the checksums are.
    pub quantity: String,
    /// True when every run of the same problem gave the same bits.
    pub checksums_agree: bool,
    pub rows: Vec<Row>,
}

/// One number of threads.
#[derive(Debug, Serialize)]
pub struct Row {
    pub threads: u32,
    pub cells: usize,
    pub nodes: usize,
    pub dofs: usize,
    pub converged: bool,
    pub steps: usize,
    pub solver: String,
    pub solves: usize,
    pub iterations: usize,
    pub seconds: Phases,
    /// Wall-clock time of the whole process \[s\].
    pub process_seconds: f64,
    pub cpu_seconds: Option<f64>,
    /// Smallest and largest total time of all runs \[s\].
    pub total_range: [f64; 2],
    pub seconds_per_iteration: Option<f64>,
    pub bytes_per_iteration: Option<u64>,
    /// Bytes that the iterations moved each second.
    pub bytes_per_second: Option<f64>,
    /// Triad with as many threads.
    pub stream_bytes_per_second: f64,
    /// The one over the other.
    pub fraction_of_stream: Option<f64>,
    pub dof_iterations_per_second: Option<f64>,
    pub peak_memory_bytes: Option<u64>,
    /// Unknowns a second and thread over those of the first row.
    pub efficiency: f64,
    /// The same for the iterations alone, over the growth of the triad instead of the threads.
    pub efficiency_over_stream: Option<f64>,
    pub checksum: f64,
    /// The case file, and how often its mesh is refined.
    pub case: String,
    pub refinement: u32,
}

impl Series {
    /// From what was planned and measured.
    pub fn new(kind: Kind, cells_wanted: u64, plans: Vec<Plan>, measured: Vec<Measured>) -> Series {
        let quantity = measured.first().map_or_else(String::new, |m| m.median.quantity.clone());
        let agrees = |(k, m): (usize, &Measured)| {
            let of_same = |j: &usize| plans[*j].sized == plans[k].sized;
            let first = (0..k).find(of_same).unwrap_or(k);
            m.checksums.len() == 1 && m.checksums == measured[first].checksums
        };
        let checksums_agree = measured.iter().enumerate().all(agrees);
        let mut rows: Vec<Row> = plans.into_iter().zip(measured).map(Row::from).collect();
        if let Some((first, speed)) = rows.first().map(|row| (row.rate(), row.iteration_speed())) {
            for row in &mut rows {
                row.efficiency = row.rate() / first;
                row.efficiency_over_stream =
                    row.iteration_speed().zip(speed).map(|(here, first)| here / first);
            }
        }
        Series { kind, cells_wanted, quantity, checksums_agree, rows }
    }
}

impl From<(Plan, Measured)> for Row {
    fn from((plan, measured): (Plan, Measured)) -> Row {
        let run = measured.median;
        let spent = run.seconds.linear_solve;
        let iterations = run.iterations as f64;
        let positive = |value: f64| (value.is_finite() && value > 0.0).then_some(value);
        let seconds_per_iteration = positive(spent / iterations);
        let bytes_per_second = run
            .bytes_per_iteration
            .zip(seconds_per_iteration)
            .map(|(bytes, seconds)| bytes as f64 / seconds);
        Row {
            threads: plan.threads,
            cells: run.cells,
            nodes: run.nodes,
            dofs: run.dofs,
            converged: run.converged,
            steps: run.steps,
            solver: run.solver,
            solves: run.solves,
            iterations: run.iterations,
            seconds: run.seconds,
            process_seconds: measured.process_seconds,
            cpu_seconds: run.cpu_seconds,
            total_range: measured.range,
            seconds_per_iteration,
            bytes_per_iteration: run.bytes_per_iteration,
            bytes_per_second,
            stream_bytes_per_second: measured.stream,
            fraction_of_stream: bytes_per_second.map(|speed| speed / measured.stream),
            dof_iterations_per_second: positive(run.dofs as f64 * iterations / spent),
            peak_memory_bytes: run.peak_memory_bytes,
            efficiency: 1.0,
            efficiency_over_stream: None,
            checksum: run.checksum.parse().unwrap_or(f64::NAN),
            case: plan.sized.text,
            refinement: plan.sized.refinement,
        }
    }
}

impl Row {
    /// Unknowns solved for in a second by one thread.
    fn rate(&self) -> f64 {
        self.dofs as f64 / (self.seconds.total * f64::from(self.threads))
    }

    /// Unknowns times iterations in a second for each byte that the triad moves.
    fn iteration_speed(&self) -> Option<f64> {
        self.dof_iterations_per_second.map(|speed| speed / self.stream_bytes_per_second)
    }
}

impl Report {
    /// All numbers.
    pub fn json(&self) -> String {
        // Plain numbers and text: serialisation into memory cannot fail.
        let mut json = serde_json::to_string_pretty(self).expect("a report is always JSON");
        json.push('\n');
        json
    }

    /// The main numbers, aligned.
    pub fn table(&self) -> String {
        let mut out = format!(
            "{}, order {}, median of {} run{}; {}\n",
            self.problem.title(),
            self.order,
            self.repeat,
            if self.repeat == 1 { "" } else { "s" },
            self.machine.describe()
        );
        for series in &self.series {
            out += match series.kind {
                Kind::Threads => "",
                Kind::Strong => "\nstrong scaling: the same mesh for any number of threads\n",
                Kind::Weak => "\nweak scaling: as many cells for each thread\n",
            };
            out += &series.table();
        }
        out
    }

    /// What was wrong with the runs, if anything.
    ///
    /// # Errors
    /// [`Failure::NotConverged`], or [`Failure::Check`] when checksums differ.
    pub fn verdict(&self) -> Result<(), Failure> {
        for series in &self.series {
            if let Some(row) = series.rows.iter().find(|row| !row.converged) {
                let (cells, threads) = (row.cells, row.threads);
                let message = format!("no convergence: {cells} cells, threads {threads}");
                return Err(Failure::NotConverged(message));
            }
            if !series.checksums_agree {
                let values: Vec<String> = series
                    .rows
                    .iter()
                    .map(|row| format!("{:e} (threads {})", row.checksum, row.threads))
                    .collect();
                return Err(Failure::Check(format!(
                    "the answer depends on the number of threads or differs from run to run: {} is {}",
                    series.quantity,
                    values.join(", ")
                )));
            }
        }
        Ok(())
    }
}

impl Series {
    fn table(&self) -> String {
        let heads = |names: &[&str]| names.iter().map(|&n| n.to_owned()).collect::<Vec<_>>();
        let mut phases = vec![heads(&[
            "threads",
            "cells",
            "unknowns",
            "mesh",
            "setup",
            "solve",
            "output",
            "other",
            "total s",
            "process s",
            "memory MiB",
            "efficiency",
        ])];
        let mut linear = vec![heads(&[
            "threads",
            "steps",
            "iterations",
            "prepare s",
            "iterate s",
            "ms/it",
            "MB/it",
            "GB/s",
            "of STREAM",
            "M unknowns it/s",
            "efficiency/STREAM",
        ])];
        for row in &self.rows {
            let s = &row.seconds;
            let mut cells =
                vec![row.threads.to_string(), row.cells.to_string(), row.dofs.to_string()];
            let times = [s.mesh, s.setup, s.solve, s.output, s.other, s.total, row.process_seconds];
            cells.extend(times.map(|seconds| format!("{seconds:.3}")));
            cells.push(optional(row.peak_memory_bytes, |bytes| format!("{:.0}", mebibytes(bytes))));
            cells.push(percent(row.efficiency));
            phases.push(cells);
            linear.push(vec![
                row.threads.to_string(),
                row.steps.to_string(),
                row.iterations.to_string(),
                format!("{:.3}", s.linear_setup),
                format!("{:.3}", s.linear_solve),
                optional(row.seconds_per_iteration, |seconds| format!("{:.3}", 1e3 * seconds)),
                optional(row.bytes_per_iteration, |bytes| format!("{:.1}", 1e-6 * bytes as f64)),
                optional(row.bytes_per_second, |speed| format!("{:.2}", 1e-9 * speed)),
                optional(row.fraction_of_stream, percent),
                optional(row.dof_iterations_per_second, |speed| format!("{:.2}", 1e-6 * speed)),
                optional(row.efficiency_over_stream, percent),
            ]);
        }
        let mut out = align_numbers(&phases, 2) + &align_numbers(&linear, 2);
        for row in &self.rows {
            let (threads, speed) = (row.threads, 1e-9 * row.stream_bytes_per_second);
            let checksum = row.checksum;
            let quantity = &self.quantity;
            out += &format!(
                "  threads {threads}: STREAM triad {speed:.2} GB/s, {quantity} {checksum:e}\n"
            );
        }
        if self.checksums_agree {
            out += "  the answer is the same to the last bit in all runs of a mesh\n";
        }
        out
    }
}

fn optional<T>(value: Option<T>, text: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| "-".into(), text)
}

fn percent(fraction: f64) -> String {
    format!("{:.0} %", 100.0 * fraction)
}

pub fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / (1_u64 << 20) as f64
}

/// The file beside the final one, which is renamed when it is complete.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".partial-{}", std::process::id()));
    name.into()
}

/// Makes sure before long runs that the files can be written.
///
/// # Errors
/// [`Failure::Input`] for a folder, [`Failure::System`] when the system refuses.
pub fn check_files(paths: &[&Path]) -> Result<(), Failure> {
    for path in paths {
        if path.is_dir() {
            return Err(Failure::Input(format!("{} is a folder; wanted a file", path.display())));
        }
        let partial = beside(path);
        let attempt = std::fs::File::create(&partial).and_then(|_| std::fs::remove_file(&partial));
        attempt.map_err(|e| Failure::System(format!("cannot write {}: {e}", path.display())))?;
    }
    Ok(())
}

/// Writes a file, which appears under its name only when it is complete.
///
/// # Errors
/// [`Failure::System`] when the system refuses.
pub fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let partial = beside(path);
    std::fs::write(&partial, text).and_then(|()| std::fs::rename(&partial, path)).map_err(|error| {
        let _ = std::fs::remove_file(&partial);
        Failure::System(format!("cannot write {}: {error}", path.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::child::Measurement;
    use crate::bench::problems::Sized;

    /// A run with as many unknowns as it has cells, one second a phase.
    fn measured(cells: u64, total: f64, checksum: &str) -> Measured {
        let seconds = Phases { total, linear_solve: 0.5 * total, ..Phases::default() };
        let median = Measurement {
            cells: cells as usize,
            dofs: cells as usize,
            converged: true,
            iterations: 10,
            bytes_per_iteration: Some(1_000_000_000),
            seconds,
            quantity: "x".into(),
            checksum: checksum.into(),
            ..Measurement::default()
        };
        let (range, checksums) = ([total; 2], vec![checksum.to_owned()]);
        Measured { median, process_seconds: total, range, stream: 2e10, checksums }
    }

    fn plan(threads: u32, cells: u64) -> Plan {
        let text = format!("{cells}");
        Plan::new(threads, &Sized { text, refinement: 0, cells, problem: Problem::Pore })
    }

    fn series(runs: &[(u32, u64, f64, &str)]) -> Series {
        let plans = runs.iter().map(|run| plan(run.0, run.1)).collect();
        let measured = runs.iter().map(|run| measured(run.1, run.2, run.3)).collect();
        Series::new(Kind::Threads, 100, plans, measured)
    }

    fn report(series: Series) -> Report {
        let machine = Machine {
            processor: None,
            cores: 2,
            memory_bytes: None,
            available_bytes: None,
            load: None,
        };
        let series = vec![series];
        Report { version: "0", problem: Problem::Pore, order: 1, repeat: 1, machine, series }
    }

    #[test]
    fn figures_follow_from_what_was_measured() {
        let strong = series(&[(1, 100, 8.0, "1"), (4, 100, 4.0, "1")]);
        let [first, second] = &strong.rows[..] else { panic!("two rows") };
        assert_eq!((first.efficiency, second.efficiency), (1.0, 0.5));
        // Twice as fast with the same speed of memory.
        assert_eq!(second.efficiency_over_stream, Some(2.0));
        // 10 iterations of 1 GB in 4 s; the triad does 20 GB/s.
        assert_eq!(first.seconds_per_iteration, Some(0.4));
        assert_eq!((first.bytes_per_second, first.fraction_of_stream), (Some(2.5e9), Some(0.125)));
        assert_eq!(first.dof_iterations_per_second, Some(250.0));
        let weak = series(&[(1, 100, 8.0, "1"), (2, 200, 10.0, "2")]);
        assert_eq!((weak.rows[1].efficiency, weak.checksums_agree), (0.8, true));
    }

    #[test]
    fn answers_that_differ_are_a_failed_check() {
        assert!(report(series(&[(1, 100, 1.0, "1e0"), (2, 100, 1.0, "1e0")])).verdict().is_ok());
        let wrong = report(series(&[(1, 100, 1.0, "1e0"), (2, 100, 1.0, "1.0000000000000002e0")]));
        let failure = wrong.verdict().expect_err("they differ");
        assert_eq!(failure.exit_code(), 1);
        assert!(failure.to_string().contains("1.0000000000000002e0 (threads 2)"), "{failure}");
        assert!(!wrong.table().contains("the same to the last bit"));
    }

    #[test]
    fn a_run_without_convergence_is_told() {
        let mut failed = report(series(&[(1, 100, 1.0, "1e0")]));
        failed.series[0].rows[0].converged = false;
        assert_eq!(failed.verdict().expect_err("it is").exit_code(), 3);
    }
}
