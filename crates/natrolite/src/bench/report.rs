//! What came out: a table for people, JSON for scripts, and whether the answers agree.

use super::machine::Machine;
use super::problems::Problem;
use super::series::{Kind, Series};
use crate::commands::align_numbers;
use crate::failure::Failure;
use serde::Serialize;
use std::path::{Path, PathBuf};

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
            out += &match series.kind {
                Kind::Threads => String::new(),
                Kind::Strong => {
                    format!("\nstrong scaling: the same mesh for all {}\n", series.of())
                }
                Kind::Weak => format!("\nweak scaling: as many cells each, over {}\n", series.of()),
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
                let (cells, workers) = (row.cells, row.workers());
                let message = format!("no convergence: {cells} cells, {workers}");
                return Err(Failure::NotConverged(message));
            }
            if !series.checksums_agree {
                let values: Vec<String> = series
                    .rows
                    .iter()
                    .map(|row| format!("{:e} ({})", row.checksum, row.workers()))
                    .collect();
                return Err(Failure::Check(format!(
                    "the answer depends on the number of {} or differs from run to run: {} is {}",
                    series.of(),
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
            self.of(),
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
            self.of(),
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
            "solve/STREAM",
        ])];
        for row in &self.rows {
            let s = &row.seconds;
            let mut cells = vec![row.count(), row.cells.to_string(), row.dofs.to_string()];
            let times = [s.mesh, s.setup, s.solve, s.output, s.other, s.total, row.process_seconds];
            cells.extend(times.map(|seconds| format!("{seconds:.3}")));
            cells.push(optional(row.peak_memory_bytes, |bytes| format!("{:.0}", mebibytes(bytes))));
            cells.push(percent(row.efficiency));
            phases.push(cells);
            linear.push(vec![
                row.count(),
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
                optional(row.solve_over_stream, percent),
            ]);
        }
        let mut out = align_numbers(&phases, 2) + &align_numbers(&linear, 2) + &self.ranks_table();
        for row in &self.rows {
            let (workers, speed) = (row.workers(), 1e-9 * row.stream_bytes_per_second);
            let [slowest, fastest] = row.stream_range.map(|speed| 1e-9 * speed);
            let checksum = row.checksum;
            let quantity = &self.quantity;
            out += &format!(
                "  {workers}: STREAM triad {speed:.2} GB/s ({slowest:.2} to {fastest:.2}), \
                 {quantity} {checksum:e}\n"
            );
        }
        if self.checksums_agree {
            let how = if self.of() == "ranks" { "to 1e-10" } else { "to the last bit" };
            out += &format!("  the answer is the same {how} in all runs of a mesh\n");
        }
        out
    }

    /// What there is to tell of ranks only.
    fn ranks_table(&self) -> String {
        let heads = [
            "ranks",
            "threads each",
            "unknowns a rank",
            "imbalance",
            "ghosts",
            "halo kB",
            "neighbour us",
            "sum us",
            "messages/it",
            "kB/it",
            "sums/it",
            "iterations over first",
        ];
        let mut table = vec![heads.map(str::to_owned).to_vec()];
        let first = self.rows.first().map_or(1, |row| row.iterations.max(1));
        for row in &self.rows {
            let Some(ranks) = &row.ranks else { return String::new() };
            let micro = |seconds: f64| format!("{:.2}", 1e6 * seconds);
            let (network, sent) = (ranks.network, ranks.traffic_per_iteration);
            let each = row.dofs as f64 / ranks.count as f64 * ranks.imbalance;
            table.push(vec![
                row.count(),
                row.threads.to_string(),
                format!("{each:.0}"),
                format!("{:.3}", ranks.imbalance),
                ranks.most_ghosts.to_string(),
                format!("{:.1}", 1e-3 * ranks.most_halo_bytes as f64),
                optional(network, |n| micro(n.latency)),
                optional(network, |n| micro(n.reduction)),
                optional(sent, |t| format!("{:.1}", t.messages)),
                optional(sent, |t| format!("{:.1}", 1e-3 * t.bytes)),
                optional(sent, |t| format!("{:.1}", t.reductions)),
                format!("{:.2}", row.iterations as f64 / first as f64),
            ]);
        }
        align_numbers(&table, 2)
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
    use crate::bench::child::{Measurement, Phases};
    use crate::bench::measure::{Measured, Plan, Run, Workers};
    use crate::bench::problems::Sized;

    /// A run with as many unknowns as it has cells, one second a phase.
    fn measured(cells: u64, total: f64, checksum: &str) -> Measured {
        let seconds =
            Phases { total, solve: 0.8 * total, linear_solve: 0.5 * total, ..Phases::default() };
        let measurement = Measurement {
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
        let stream = [1.9e10, 2.1e10];
        let median = Run { measurement, process_seconds: total, stream, ..Run::default() };
        let per_byte = [4.0 / total, 3.0 / total];
        Measured { median, range, stream_range: stream, per_byte, checksums }
    }

    fn plan(threads: u32, cells: u64) -> Plan {
        let text = format!("{cells}");
        Plan::new(
            Workers::Threads(threads),
            &Sized { text, refinement: 0, cells, problem: Problem::Pore },
        )
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
        assert_eq!(second.solve_over_stream, Some(2.0));
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
