//! What was measured, in rows: what there is to tell of each run, and how it compares with the first.

use super::child::Phases;
use super::measure::{Measured, Plan, Run, Workers};
use crate::launch::{Network, Traffic};
use crate::results::RanksSummary;
use serde::{Deserialize, Serialize};

/// What is the same, and what grows, along the rows of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One problem with several numbers of threads.
    Threads,
    /// The same, as a study of scaling.
    Strong,
    /// As many cells for each thread.
    Weak,
}

/// Runs that belong together.
#[derive(Debug, Serialize, Deserialize)]
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

/// One number of threads or of ranks.
#[derive(Debug, Serialize, Deserialize)]
pub struct Row {
    /// Of each process.
    pub threads: u32,
    /// What there is to tell of ranks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ranks: Option<RanksRow>,
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
    /// Triad with as many threads, or on all ranks at once: the mean of just before and just after the run.
    pub stream_bytes_per_second: f64,
    /// Slowest and fastest triad beside any of the runs.
    #[serde(default)]
    pub stream_range: [f64; 2],
    /// The one over the other.
    pub fraction_of_stream: Option<f64>,
    pub dof_iterations_per_second: Option<f64>,
    pub peak_memory_bytes: Option<u64>,
    /// Unknowns a second and thread, or rank, over those of the first row.
    pub efficiency: f64,
    /// Unknowns times iterations in the time of a byte of the triad, over those of the first row: medians of all runs.
    pub efficiency_over_stream: Option<f64>,
    /// The same for unknowns in the phase `solve`.
    pub solve_over_stream: Option<f64>,
    pub checksum: f64,
    /// The case file, and how often its mesh is refined.
    pub case: String,
    pub refinement: u32,
}

/// What a run on ranks took of them.
#[derive(Debug, Serialize, Deserialize)]
pub struct RanksRow {
    pub count: usize,
    /// Versions of what solved.
    pub engine: String,
    /// Most unknowns of a rank over the mean.
    pub imbalance: f64,
    /// Most copies of other ranks' unknowns on a rank.
    pub most_ghosts: usize,
    /// Most bytes that a rank sends to bring all copies up to date.
    pub most_halo_bytes: u64,
    /// What messages cost.
    pub network: Option<Network>,
    /// Most messages and bytes of a rank, and sums over all ranks, for each iteration of the linear solver;
    /// nothing where it does not count them.
    pub traffic_per_iteration: Option<Traffic>,
}

impl RanksRow {
    fn new(run: &Run) -> Option<RanksRow> {
        let RanksSummary { count, engine, imbalance, most_ghosts, most_halo_bytes, .. } =
            run.measurement.ranks.clone()?;
        let each = |sum: f64| sum / run.measurement.iterations.max(1) as f64;
        let sent = run.traffic;
        // Of hypre's messages PETSc does not know.
        let counts_all = sent.messages > 0.0 && !run.measurement.solver.contains("hypre");
        let traffic_per_iteration = counts_all.then(|| Traffic {
            messages: each(sent.messages),
            bytes: each(sent.bytes),
            reductions: each(sent.reductions),
        });
        let network = run.network;
        Some(RanksRow {
            count,
            engine,
            imbalance,
            most_ghosts,
            most_halo_bytes,
            network,
            traffic_per_iteration,
        })
    }
}

/// Whether two answers are the same: to the last bit for threads, to 1e-10 for ranks.
fn agree(a: &str, b: &str, workers: Workers) -> bool {
    let numbers = [a, b].map(|text| text.parse().unwrap_or(f64::NAN));
    a == b || matches!(workers, Workers::Ranks(..)) && difference(numbers) <= 1e-10
}

/// Relative to the first.
fn difference([a, b]: [f64; 2]) -> f64 {
    ((b - a) / a).abs()
}

impl Series {
    /// What grows along the rows.
    pub fn of(&self) -> &'static str {
        self.rows.first().map_or("threads", |row| row.workers().name())
    }

    /// From what was planned and measured.
    pub fn new(kind: Kind, cells_wanted: u64, plans: Vec<Plan>, measured: Vec<Measured>) -> Series {
        let quantity =
            measured.first().map_or_else(String::new, |m| m.median.measurement.quantity.clone());
        let agrees = |(k, m): (usize, &Measured)| {
            let of_same = |j: &usize| plans[*j].sized == plans[k].sized;
            let first = (0..k).find(of_same).unwrap_or(k);
            let wanted = &measured[first].checksums[0];
            m.checksums.iter().all(|got| agree(wanted, got, plans[k].workers))
        };
        let checksums_agree = measured.iter().enumerate().all(agrees);
        let per_byte: Vec<[f64; 2]> = measured.iter().map(|m| m.per_byte).collect();
        let mut rows: Vec<Row> = plans.into_iter().zip(measured).map(Row::from).collect();
        if let Some(first) = rows.first().map(Row::rate) {
            for (row, here) in rows.iter_mut().zip(&per_byte) {
                row.efficiency = row.rate() / first;
                let over_first = [0, 1].map(|k| positive(here[k] / per_byte[0][k]));
                [row.efficiency_over_stream, row.solve_over_stream] = over_first;
            }
        }
        Series { kind, cells_wanted, quantity, checksums_agree, rows }
    }
}

fn positive(value: f64) -> Option<f64> {
    (value.is_finite() && value > 0.0).then_some(value)
}

impl From<(Plan, Measured)> for Row {
    fn from((plan, measured): (Plan, Measured)) -> Row {
        let stream = measured.median.memory_speed();
        let ranks = RanksRow::new(&measured.median);
        let process_seconds = measured.median.process_seconds;
        let run = measured.median.measurement;
        let spent = run.seconds.linear_solve;
        let iterations = run.iterations as f64;
        let seconds_per_iteration = positive(spent / iterations);
        let bytes_per_second = run
            .bytes_per_iteration
            .zip(seconds_per_iteration)
            .map(|(bytes, seconds)| bytes as f64 / seconds);
        Row {
            threads: plan.workers.threads(),
            cells: run.cells,
            nodes: run.nodes,
            dofs: run.dofs,
            converged: run.converged,
            steps: run.steps,
            solver: run.solver,
            solves: run.solves,
            iterations: run.iterations,
            seconds: run.seconds,
            process_seconds,
            cpu_seconds: run.cpu_seconds,
            total_range: measured.range,
            seconds_per_iteration,
            bytes_per_iteration: run.bytes_per_iteration,
            bytes_per_second,
            stream_bytes_per_second: stream,
            stream_range: measured.stream_range,
            fraction_of_stream: bytes_per_second.map(|speed| speed / stream),
            dof_iterations_per_second: positive(run.dofs as f64 * iterations / spent),
            // Of the largest rank.
            peak_memory_bytes: run.ranks.map_or(run.peak_memory_bytes, |r| r.peak_memory_bytes),
            ranks,
            efficiency: 1.0,
            efficiency_over_stream: None,
            solve_over_stream: None,
            checksum: run.checksum.parse().unwrap_or(f64::NAN),
            case: plan.sized.text,
            refinement: plan.sized.refinement,
        }
    }
}

impl Row {
    /// The number of threads or ranks, for a table.
    pub fn count(&self) -> String {
        self.workers().count().to_string()
    }

    /// Who did it.
    pub fn workers(&self) -> Workers {
        match &self.ranks {
            Some(ranks) => Workers::Ranks(ranks.count as u32, self.threads),
            None => Workers::Threads(self.threads),
        }
    }

    /// Unknowns solved for in a second by one thread, or rank.
    fn rate(&self) -> f64 {
        self.dofs as f64 / (self.seconds.total * f64::from(self.workers().count()))
    }
}
