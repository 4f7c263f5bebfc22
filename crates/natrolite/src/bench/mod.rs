//! `natrolite bench`: how fast the program is on this machine, and how far from what memory allows.
//!
//! `problems` makes cases of a wanted size; `measure` runs each in a fresh process of the same program,
//! which `child` describes from the inside, so that peak memory and thread pool are those of one run;
//! `stream` measures the speed of memory; `report` and `plot` show what came out. What each figure means is
//! said in `docs/performance.md`.

mod child;
mod machine;
mod measure;
mod options;
mod plot;
mod problems;
mod report;
mod stream;

pub use options::{BenchCommand, ChildOptions, ProblemOptions, ScalingOptions};
pub use problems::Problem;

use crate::cli::print;
use crate::failure::Failure;
use machine::Machine;
use measure::{Plan, measure};
use report::{Kind, Report, Series};

/// Does what `command` asks for.
///
/// # Errors
/// [`Failure::Input`] for sizes that cannot be, [`Failure::Check`] when the answer depends on the number
/// of threads, [`Failure::NotConverged`], and [`Failure::System`] when a run ends before its time.
pub fn bench(command: &BenchCommand) -> Result<(), Failure> {
    match command {
        BenchCommand::Pore(options) => problem(Problem::Pore, options),
        BenchCommand::Elasticity(options) => problem(Problem::Elasticity, options),
        BenchCommand::Contact(options) => problem(Problem::Contact, options),
        BenchCommand::Scaling(options) => scaling(options),
        BenchCommand::Child(options) => child::run(options),
    }
}

fn problem(problem: Problem, options: &ProblemOptions) -> Result<(), Failure> {
    let common = &options.common;
    let sized = problems::fit(problem, common.order(), options.cells)?;
    let plans: Vec<Plan> =
        common.threads().into_iter().map(|threads| Plan::new(threads, &sized)).collect();
    finish(problem, common, vec![(Kind::Threads, options.cells, plans)])
}

fn scaling(options: &ScalingOptions) -> Result<(), Failure> {
    let common = &options.common;
    let (problem, order) = (options.problem, common.order());
    let threads = common.threads();
    let most = u64::from(threads.last().copied().unwrap_or(1));
    let sized = problems::fit(problem, order, options.cells)?;
    let strong = threads.iter().map(|&count| Plan::new(count, &sized)).collect();
    let per_thread =
        options.cells_per_thread.unwrap_or_else(|| (options.cells / most).max(problems::SMALLEST));
    let weak = |&count: &u32| {
        let cells = per_thread.saturating_mul(u64::from(count));
        problems::fit(problem, order, cells).map(|sized| Plan::new(count, &sized))
    };
    let weak = threads.iter().map(weak).collect::<Result<Vec<_>, _>>()?;
    let series = vec![(Kind::Strong, options.cells, strong), (Kind::Weak, per_thread, weak)];
    finish(problem, common, series)
}

/// Measures, prints, writes, and says what was wrong.
fn finish(
    problem: Problem,
    common: &options::Common,
    series: Vec<(Kind, u64, Vec<Plan>)>,
) -> Result<(), Failure> {
    let files: Vec<&std::path::Path> =
        common.json.iter().chain(&common.plot).map(|path| path.as_path()).collect();
    report::check_files(&files)?;
    let machine = Machine::here();
    for plan in series.iter().flat_map(|(_, _, plans)| plans) {
        problems::check_memory(&plan.sized, common.order(), machine.available_bytes)?;
    }
    let mut measured = Vec::new();
    for (kind, cells, plans) in series {
        let rows = measure(&plans, common.repeat, common.quiet)?;
        measured.push(Series::new(kind, cells, plans, rows));
    }
    let report = Report {
        version: crate::VERSION_AND_COMMIT,
        problem,
        order: common.order(),
        repeat: common.repeat,
        machine,
        series: measured,
    };
    print(&report.table())?;
    if let Some(path) = &common.json {
        report::write(path, &report.json())?;
    }
    if let Some(path) = &common.plot {
        report::write(path, &plot::draw(&report))?;
    }
    report.verdict()
}
