//! `natrolite bench`: how fast the program is on this machine, and how far from what memory allows.
//!
//! `problems` makes cases of a wanted size; `measure` runs each in a fresh process of the same program,
//! which `child` describes from the inside, so that peak memory and thread pool are those of one run; `ranks` does the
//! same with groups of the ranks that `mpirun` started, and `predict` what more of them should do;
//! `stream` measures the speed of memory; `report` and `plot` show what came out. What each figure means is
//! said in `docs/performance.md`.

mod child;
mod machine;
mod measure;
mod options;
mod plot;
mod predict;
mod problems;
mod ranks;
mod report;
mod series;
mod stream;

pub use options::{BenchCommand, ChildOptions, ProblemOptions, ScalingOptions};
pub use problems::Problem;

use crate::cli::print;
use crate::failure::Failure;
use crate::launch::{Launcher, on_ranks};
use machine::Machine;
use measure::{Plan, Workers, measure};
use options::Common;
use report::Report;
use series::{Kind, Series};

/// Does what `command` asks for.
///
/// # Errors
/// [`Failure::Input`] for sizes that cannot be, [`Failure::Check`] when the answer depends on the number
/// of threads, [`Failure::NotConverged`], and [`Failure::System`] when a run ends before its time.
pub fn bench(command: &BenchCommand, launcher: Launcher) -> Result<(), Failure> {
    match command {
        BenchCommand::Pore(options) => problem(Problem::Pore, options),
        BenchCommand::Elasticity(options) => problem(Problem::Elasticity, options),
        BenchCommand::Contact(options) => problem(Problem::Contact, options),
        BenchCommand::Scaling(options) => on_ranks(launcher, |ranks| match ranks.engine() {
            Some(_) => ranks::scaling(options, ranks),
            None => scaling(options),
        }),
        BenchCommand::Predict(options) => predict::predict(options),
        BenchCommand::Child(options) => child::run(options),
    }
}

fn problem(problem: Problem, options: &ProblemOptions) -> Result<(), Failure> {
    let common = &options.common;
    let sized = problems::fit(problem, common.order(), options.cells)?;
    let plans: Vec<Plan> =
        common.threads().into_iter().map(|n| Plan::new(Workers::Threads(n), &sized)).collect();
    finish(problem, common, vec![(Kind::Threads, options.cells, plans)])
}

fn scaling(options: &ScalingOptions) -> Result<(), Failure> {
    let workers: Vec<Workers> =
        options.common.threads().into_iter().map(Workers::Threads).collect();
    finish(options.problem, &options.common, strong_and_weak(options, &workers)?)
}

/// Runs that belong together: their kind, the cells that were asked for, and who does them.
type Planned = (Kind, u64, Vec<Plan>);

/// The runs of strong and of weak scaling.
fn strong_and_weak(options: &ScalingOptions, workers: &[Workers]) -> Result<Vec<Planned>, Failure> {
    let (problem, order) = (options.problem, options.common.order());
    let most = u64::from(workers.last().map_or(1, |last| last.count()));
    let sized = problems::fit(problem, order, options.cells)?;
    let strong = workers.iter().map(|&workers| Plan::new(workers, &sized)).collect();
    let each = options.cells_each.unwrap_or_else(|| (options.cells / most).max(problems::SMALLEST));
    let weak = |&workers: &Workers| {
        let cells = each.saturating_mul(u64::from(workers.count()));
        problems::fit(problem, order, cells).map(|sized| Plan::new(workers, &sized))
    };
    let weak = workers.iter().map(weak).collect::<Result<Vec<_>, _>>()?;
    Ok(vec![(Kind::Strong, options.cells, strong), (Kind::Weak, each, weak)])
}

/// Measures, prints, writes, and says what was wrong.
fn finish(problem: Problem, common: &Common, series: Vec<Planned>) -> Result<(), Failure> {
    let machine = check(common, &series)?;
    let mut measured = Vec::new();
    for (kind, cells, plans) in series {
        let rows = measure(&plans, common.repeat, common.quiet, &mut measure::run_process)?;
        measured.push(Series::new(kind, cells, plans, rows));
    }
    publish(problem, common, machine, measured)
}

/// Before long runs: whether the files can be written, and the problems fit into memory.
fn check(common: &Common, series: &[Planned]) -> Result<Machine, Failure> {
    let files: Vec<&std::path::Path> =
        common.json.iter().chain(&common.plot).map(|path| path.as_path()).collect();
    report::check_files(&files)?;
    let machine = Machine::here();
    for plan in series.iter().flat_map(|(_, _, plans)| plans) {
        problems::check_memory(&plan.sized, common.order(), machine.available_bytes)?;
    }
    Ok(machine)
}

/// Prints, writes, and says what was wrong.
fn publish(
    problem: Problem,
    common: &Common,
    machine: Machine,
    series: Vec<Series>,
) -> Result<(), Failure> {
    let (version, order, repeat) = (crate::VERSION_AND_COMMIT, common.order(), common.repeat);
    let report = Report { version, problem, order, repeat, machine, series };
    print(&report.table())?;
    if let Some(path) = &common.json {
        report::write(path, &report.json())?;
    }
    if let Some(path) = &common.plot {
        report::write(path, &plot::draw(&report))?;
    }
    report.verdict()
}
