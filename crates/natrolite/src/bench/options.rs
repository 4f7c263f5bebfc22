//! The command line of `natrolite bench`.

use super::predict::PredictOptions;
use super::problems::{LARGEST, Problem, SMALLEST};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What to measure.
#[derive(Debug, Subcommand)]
pub enum BenchCommand {
    /// A quarter of a box of electrolyte over a hemispherical pore: Ohm's law and Butler-Volmer kinetics
    Pore(ProblemOptions),
    /// The same quarter pressed with 10 MPa: linear elasticity
    Elasticity(ProblemOptions),
    /// Electrolyte pressed on sodium over a void that closes in part: elasticity with unilateral contact
    Contact(ProblemOptions),
    /// Strong and weak scaling over threads, or over ranks under mpirun: one size for all, and one for each
    Scaling(ScalingOptions),
    /// What a larger machine should need, by a model that is fitted to a measured scaling over ranks
    Predict(PredictOptions),
    /// One run in a process of its own, told on stdin and stdout
    #[command(hide = true)]
    Child(ChildOptions),
}

/// Options of `natrolite bench pore`, `elasticity` and `contact`.
#[derive(Clone, Debug, Args)]
pub struct ProblemOptions {
    /// Number of cells, such as 50000, 400k or 2M; the nearest mesh is taken and its size reported
    #[arg(long, value_name = "N", default_value = "50k", value_parser = count)]
    pub cells: u64,
    /// What all benchmarks share.
    #[command(flatten)]
    pub common: Common,
}

/// Options of `natrolite bench scaling`.
#[derive(Clone, Debug, Args)]
pub struct ScalingOptions {
    /// Problem to scale
    #[arg(long, value_enum, default_value_t = Problem::Pore)]
    pub problem: Problem,
    /// Number of cells for strong scaling, the same for any number of threads or ranks
    #[arg(long, value_name = "N", default_value = "400k", value_parser = count)]
    pub cells: u64,
    /// Number of cells for each thread or rank for weak scaling; default: that of strong scaling over the
    /// most of these
    #[arg(long, value_name = "N", value_parser = count)]
    pub cells_each: Option<u64>,
    /// What all benchmarks share.
    #[command(flatten)]
    pub common: Common,
}

/// What all benchmarks share.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// Order of the cells
    #[arg(long, value_name = "P", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=2))]
    pub order: u32,
    /// Numbers of threads, separated by commas; default: powers of two up to all cores. Under mpirun one
    /// number, that of each rank
    #[arg(
        long,
        value_name = "N,N",
        value_delimiter = ',',
        value_parser = clap::value_parser!(u32).range(1..=4096)
    )]
    pub threads: Vec<u32>,
    /// Runs for each number of threads, in turn with the others; the median is reported
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    pub repeat: u32,
    /// Write all numbers to this file
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write a picture (SVG) to this file
    #[arg(long, value_name = "FILE")]
    pub plot: Option<PathBuf>,
    /// No progress on stderr
    #[arg(long)]
    pub quiet: bool,
}

impl Common {
    /// Order of the cells.
    pub fn order(&self) -> usize {
        self.order as usize
    }

    /// Numbers of threads, ascending, each once.
    pub fn threads(&self) -> Vec<u32> {
        let mut threads = self.threads.clone();
        if threads.is_empty() {
            let cores = std::thread::available_parallelism().map_or(1, |n| n.get() as u32);
            threads = powers_of_two(cores.min(4096));
        }
        threads.sort_unstable();
        threads.dedup();
        threads
    }
}

/// Powers of two below `last`, and it.
pub fn powers_of_two(last: u32) -> Vec<u32> {
    (0..31).map(|k| 1 << k).take_while(|&n| n < last).chain([last]).collect()
}

/// Options of the process that does one run.
#[derive(Clone, Debug, Args)]
pub struct ChildOptions {
    /// Number of threads
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub threads: u32,
    /// Uniform refinements of the mesh of the case on stdin
    #[arg(long, default_value_t = 0)]
    pub refine: u32,
    /// Measure the speed of memory instead
    #[arg(long)]
    pub stream: bool,
}

/// A number of cells: digits, and k or M for thousands and millions.
fn count(text: &str) -> Result<u64, String> {
    let (digits, factor) = match text.strip_suffix(['k', 'K']) {
        Some(digits) => (digits, 1e3),
        None => match text.strip_suffix('M') {
            Some(digits) => (digits, 1e6),
            None => (text, 1.0),
        },
    };
    let value = digits.parse::<f64>().map(|value| value * factor).unwrap_or(f64::NAN);
    if !(value >= SMALLEST as f64 && value <= LARGEST as f64) {
        let message = format!("wanted a number of cells from {SMALLEST} to {LARGEST}");
        return Err(format!("{message}, such as 50000, 400k or 2M"));
    }
    Ok(value.round() as u64)
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn counts_may_be_short() {
        assert_eq!(
            ["50000", "400k", "2M", "1.5M"].map(count).map(Result::unwrap),
            [50_000, 400_000, 2_000_000, 1_500_000]
        );
        for wrong in ["", "k", "-5", "12", "nan", "inf", "1e300", "5G", "2 M"] {
            assert!(count(wrong).unwrap_err().contains("such as 50000"), "{wrong}");
        }
    }
}
