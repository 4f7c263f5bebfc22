//! One run in a process of its own: a case on stdin, what it took on stdout.

use super::{ChildOptions, stream};
use crate::case::Case;
use crate::cli::print;
use crate::commands::{clean_up_on_interrupt, set_threads};
use crate::failure::Failure;
use crate::output::{Folder, write_solved};
use crate::results::{RanksSummary, Results, Status};
use crate::run::ranks::{RankResults, largest_memory};
use crate::run::{Observer, solve_refined};
use algebra::{Comm, LinearWork, Serial};
use serde::{Deserialize, Serialize};
use std::io::Read;
use std::path::Path;
use std::time::Instant;

/// What one run took, as its process says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    pub cells: usize,
    pub nodes: usize,
    pub dofs: usize,
    pub converged: bool,
    /// Steps of Newton's method or of the active set.
    pub steps: usize,
    pub solver: String,
    /// Linear solves.
    pub solves: usize,
    /// Iterations of all linear solves.
    pub iterations: usize,
    /// Bytes that an iteration moves.
    pub bytes_per_iteration: Option<u64>,
    pub seconds: Phases,
    /// Processor time of all threads \[s\].
    pub cpu_seconds: Option<f64>,
    pub peak_memory_bytes: Option<u64>,
    /// What the checksum is.
    pub quantity: String,
    /// It, with all its digits: text, so that nothing is lost on the way.
    pub checksum: String,
    /// How it was spread over ranks.
    #[serde(default)]
    pub ranks: Option<RanksSummary>,
}

/// Wall-clock times \[s\].
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Phases {
    pub mesh: f64,
    pub setup: f64,
    pub solve: f64,
    pub output: f64,
    /// Reading the case, and from the solution to fields, profiles and numbers.
    pub other: f64,
    pub total: f64,
    /// Of `solve`: set-up of the preconditioner.
    pub linear_setup: f64,
    /// Of `solve`: the iterations.
    pub linear_solve: f64,
}

/// Listens to what the linear solves took.
#[derive(Default)]
pub struct Listener {
    work: LinearWork,
}

impl Observer for Listener {
    fn phase(&mut self, _: &str) {}
    fn iteration(&mut self, _: usize, _: f64) {}
    fn warn(&mut self, _: &str) {}
    fn linear(&mut self, work: &LinearWork) {
        self.work = work.clone();
    }
}

/// Measures the speed of memory, or solves the case on stdin, and prints one line of JSON.
///
/// # Errors
/// As a run.
pub fn run(options: &ChildOptions) -> Result<(), Failure> {
    let start = Instant::now();
    set_threads(Some(options.threads))?;
    if options.stream {
        return print(&format!("{}\n", stream::triad(stream::ENTRIES)));
    }
    let mut text = String::new();
    let read = std::io::stdin().read_to_string(&mut text);
    read.map_err(|error| Failure::Input(format!("cannot read the case on stdin: {error}")))?;
    let case = crate::case::read(Path::new("bench.toml"), &text, &[], crate::registry::laws())?;
    let solve = |case: &Case, listener: &mut Listener| {
        let results = solve_refined(case, options.refine, listener)?;
        Ok(RankResults { results: Some(results), piece: None })
    };
    let measurement = measure_solve(start, &case, &Serial, solve)?.expect("it has the results");
    // Plain numbers and text: serialisation into memory cannot fail.
    let line = serde_json::to_string(&measurement).expect("a measurement is always JSON");
    print(&format!("{line}\n"))
}

/// Solves, and writes what a run writes into a folder that is gone afterwards; nothing on ranks other than
/// the first of `comm`, which have no results.
///
/// # Errors
/// As a run.
pub fn measure_solve(
    start: Instant,
    case: &Case,
    comm: &dyn Comm,
    solve: impl FnOnce(&Case, &mut Listener) -> Result<RankResults, Failure>,
) -> Result<Option<Measurement>, Failure> {
    let target = std::env::temp_dir().join(format!("natrolite-bench-{}", std::process::id()));
    let folder = (comm.rank() == 0).then(|| Folder::prepare(&target, false)).transpose();
    if !comm.all(folder.is_ok()) && folder.is_ok() {
        return Err(Failure::Elsewhere(4));
    }
    let folder = folder?;
    if let Some(folder) = &folder {
        clean_up_on_interrupt(folder.path());
    }
    let mut listener = Listener::default();
    let solved = solve(case, &mut listener)?;
    let output = Instant::now();
    let to = folder.as_ref().map(|folder| (folder.path(), case.output.compression));
    let written = write_solved(comm, &solved, to);
    let memory = largest_memory(comm);
    let lift = mean_lift(comm, &solved);
    written?;
    let Some(results) = solved.results else { return Ok(None) };
    let output = output.elapsed().as_secs_f64();
    let total = start.elapsed().as_secs_f64();
    drop(folder);
    let mut measured = measurement(&results, lift, &listener.work, [output, total]);
    if let Some(ranks) = &mut measured.ranks {
        ranks.peak_memory_bytes = memory;
        // That of a process, which has done other runs before.
        measured.cpu_seconds = None;
    }
    Ok(Some(measured))
}

fn measurement(
    results: &Results,
    lift: f64,
    work: &LinearWork,
    [output, total]: [f64; 2],
) -> Measurement {
    let summary = &results.summary;
    let seconds = &summary.seconds;
    let overpotential = summary.quantities.get("cell_overpotential");
    // A number that every unknown has a part in.
    let (quantity, checksum) = overpotential
        .map_or(("mean u_z of the cells (m)", lift), |q| ("cell_overpotential (V)", q.value));
    Measurement {
        cells: summary.mesh.cells,
        nodes: summary.mesh.nodes,
        dofs: summary.dofs,
        converged: summary.status == Status::Converged,
        steps: summary.mechanics.as_ref().map_or(summary.newton.iterations, |m| m.steps),
        solver: work.name.into(),
        solves: work.solves,
        iterations: work.iterations,
        bytes_per_iteration: work.iteration_bytes,
        seconds: Phases {
            mesh: seconds.mesh,
            setup: seconds.setup,
            solve: seconds.solve,
            output,
            other: total - output - seconds.mesh - seconds.setup - seconds.solve,
            total,
            linear_setup: work.prepare.as_secs_f64(),
            linear_solve: work.solve.as_secs_f64(),
        },
        cpu_seconds: cpu_seconds(),
        peak_memory_bytes: crate::run::peak_memory(),
        quantity: quantity.into(),
        checksum: format!("{checksum:e}"),
        ranks: summary.ranks.clone(),
    }
}

/// The mean over all cells of the mean displacement of their nodes along z \[m\], which all ranks work out together;
/// not a number where there is none.
fn mean_lift(comm: &dyn Comm, solved: &RankResults) -> f64 {
    let whole = solved.results.as_ref().map(|results| (&results.mesh, &results.fields));
    let own = solved.piece.as_ref().map(|piece| (&piece.mesh, &piece.fields)).or(whole);
    let mut sums = [0.0; 2];
    if let Some((mesh, fields)) = own
        && let Some(field) = fields.iter().find(|field| field.name == "displacement")
    {
        for block in &mesh.blocks {
            let count = block.kind.node_count();
            for cell in block.nodes.chunks_exact(count) {
                let all: f64 = cell.iter().map(|&node| field.values[3 * node as usize + 2]).sum();
                sums = [sums[0] + all / count as f64, sums[1] + 1.0];
            }
        }
    }
    comm.sum(&mut sums);
    sums[0] / sums[1]
}

/// Processor time of this process so far \[s\], in its own and the system's code. Linux counts it in
/// hundredths of a second, whatever the kernel's own clock.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program stands in brackets and may hold anything.
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks = |k: usize| fields.split_whitespace().nth(k)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / 100.0)
}
