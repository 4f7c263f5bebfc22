//! `natrolite run`.

use super::checkpoints::Checkpoints;
use super::progress::Progress;
use super::{interrupt, set_threads};
use crate::case::{Case, CaseError, Diagnostic, MaterialOrigin};
use crate::cli::{SolveOptions, print};
use crate::failure::Failure;
use crate::figure::figures_of_run;
use crate::launch::{Cores, Launcher, Ranks, on_ranks};
use crate::output::{
    Folder, OutputError, REPORT_FILE, checkpoint_path, people_unit, remove_checkpoint,
    stress_checkpoint_path, summary_table, write_file, write_solved, write_summary,
};
use crate::report::run_report;
use crate::results::{Results, Status};
use crate::run::ranks::{Engine, RankResults, largest_memory, solve_on_ranks};
use crate::run::{Observer, Silent, solve_case};
use algebra::{Comm, Serial};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Solves a case, writes its folder and prints its numbers.
///
/// # Errors
/// As the exit codes of [`Failure`] say. Without convergence, and when an expectation is missed,
/// everything is written all the same.
pub fn run(options: &SolveOptions, launcher: Launcher) -> Result<(), Failure> {
    let start = Instant::now();
    on_ranks(launcher, |ranks| solve_and_write(start, options, ranks))
}

fn solve_and_write(start: Instant, options: &SolveOptions, ranks: &Ranks) -> Result<(), Failure> {
    let interval = Duration::from_secs(options.checkpoint.into());
    let (kept, options) = ((interval, options.restart), &options.run);
    let case =
        ranks.agree(crate::case::read_file(&options.case, &options.set).map_err(Into::into))?;
    let engine = ranks.agree(ranks.engine_for(&case))?;
    let cores = ranks.cores();
    let shared_out = cores.as_ref().map(|cores| cores.threads() as u32);
    ranks.agree(set_threads(options.threads.or(shared_out)))?;
    if ranks.rank() > 0 {
        return assist(&case, options.refine, ranks);
    }
    let target = folder_for(&options.case, options.output.as_deref());
    let folder = ranks.agree(Folder::prepare(&target, options.force).map_err(Into::into))?;
    interrupt::clean_up_on_interrupt(folder.path());
    let mut progress = Progress::new(options.quiet);
    if let (Some(engine), Some(cores)) = (engine, &cores) {
        report_ranks(engine, cores, options.quiet, &mut |warning| progress.warn(warning));
    }
    report_materials(&case, &mut progress);
    let checkpoints = Checkpoints::new(&case, &target, kept, &mut progress);
    let mut checkpoints = ranks.agree(checkpoints)?;
    let solved = match engine {
        Some(engine) => solve_on_ranks(&case, options.refine, engine, &mut checkpoints),
        None => solve_case(&case, options.refine, &mut checkpoints)
            .map(|results| RankResults { results: Some(results), piece: None }),
    };
    checkpoints.finish();
    let solved = ranks.agree(solved.map_err(Failure::from))?;
    let written = write(start, &case, solved, (engine, folder), &mut progress, &target);
    ranks.agree(written)
}

/// What ranks do that have no folder: they help to solve, send what they have, and end as the first one does.
fn assist(case: &Case, refinements: u32, ranks: &Ranks) -> Result<(), Failure> {
    // The folder, and the checkpoint.
    ranks.agree(Ok(()))?;
    ranks.agree(Ok(()))?;
    let engine = ranks.engine().expect("several ranks have an engine");
    let solved = solve_on_ranks(case, refinements, engine, &mut Silent);
    let solved = ranks.agree(solved.map_err(Failure::from))?;
    let sent = write_solved(engine.comm(), &solved, None);
    largest_memory(engine.comm());
    ranks.agree(sent.map_err(Into::into))
}

/// Tells how the work is spread, and warns when it does not fit the cores.
pub fn report_ranks(engine: &dyn Engine, cores: &Cores, quiet: bool, warn: &mut dyn FnMut(&str)) {
    let (ranks, threads) = (engine.comm().size(), rayon::current_num_threads());
    if !quiet {
        let plural = |n: usize| if n == 1 { "" } else { "s" };
        super::say(&format!(
            "{ranks} rank{} x {threads} thread{}; rank 0 may use cores {} of {}; {}",
            plural(ranks),
            plural(threads),
            cores.own,
            cores.all,
            engine.name()
        ));
    }
    if let Some(warning) = cores.warning(threads) {
        warn(&warning);
    }
}

/// Writes the folder, prints the numbers and compares them with the expectations.
fn write(
    start: Instant,
    case: &Case,
    solved: RankResults,
    (engine, folder): (Option<&dyn Engine>, Folder),
    progress: &mut Progress,
    target: &Path,
) -> Result<(), Failure> {
    progress.phase("output");
    let output = Instant::now();
    let comm: &dyn Comm = engine.map_or(&Serial, |engine| engine.comm());
    let written = write_solved(comm, &solved, Some((folder.path(), case.output.compression)));
    // Before an error ends this rank, because the others ask, too.
    let memory = largest_memory(comm);
    written?;
    let mut results = solved.results.expect("rank 0 has the results");
    if let Some(ranks) = &mut results.summary.ranks {
        ranks.peak_memory_bytes = memory;
    }
    results.summary.seconds.output = output.elapsed().as_secs_f64();
    results.summary.seconds.total = start.elapsed().as_secs_f64();
    results.summary.peak_memory_bytes = crate::run::peak_memory();
    if case.output.report {
        let (path, figures) = (folder.path().join(REPORT_FILE), figures_of_run(&results));
        write_file(&path, |out| run_report(case, &results, &figures, out))?;
    }
    results.summary.seconds.output = output.elapsed().as_secs_f64();
    results.summary.seconds.total = start.elapsed().as_secs_f64();
    write_summary(&results.summary, folder.path())?;
    folder.commit()?;
    if results.summary.status == Status::Converged {
        // Else a restart with more iterations may go on from there.
        remove_checkpoint(&checkpoint_path(target));
        remove_checkpoint(&stress_checkpoint_path(target));
    }
    progress.finish();
    print(&summary_table(&results.summary, people_unit))?;
    print(&format!("  written to {}\n", target.display()))?;
    let missed = missed_expectations(case, &results);
    if results.summary.status == Status::NotConverged {
        return Err(Failure::NotConverged(results.log.lines().next().unwrap_or("").to_owned()));
    }
    if missed.is_empty() {
        if !case.expect.is_empty() {
            print(&format!("  all {} expectations are met\n", case.expect.len()))?;
        }
        return Ok(());
    }
    Err(Failure::Missed(CaseError { diagnostics: missed }))
}

/// Where the results go: `--output`, else `out/<file stem>`.
pub(super) fn folder_for(case: &Path, output: Option<&Path>) -> PathBuf {
    let stem = case.file_stem().unwrap_or(case.as_os_str());
    output.map_or_else(|| Path::new("out").join(stem), Path::to_owned)
}

/// Tells which materials come from the built-in library, which hide one of it, and which of their
/// values nobody checked.
fn report_materials(case: &Case, progress: &mut Progress) {
    for material in &case.materials {
        match &material.from {
            MaterialOrigin::Builtin(_) => {
                log::info!("material {}: built-in", material.name);
            }
            MaterialOrigin::Case { hides: true } => progress.warn(&format!(
                "material {}: the case's own definition is used, not the built-in one",
                material.name
            )),
            MaterialOrigin::Case { hides: false } => {}
        }
    }
    for line in case.inherited() {
        log::info!("{line}");
    }
    for line in case.doubts() {
        progress.warn(&line);
    }
}

/// The entries of `[expect]` that the results do not meet.
pub fn missed_expectations(case: &Case, results: &Results) -> Vec<Diagnostic> {
    let mut missed = Vec::new();
    for expectation in &case.expect {
        let Some(quantity) = results.summary.quantities.get(&expectation.quantity) else {
            let known = results.summary.quantities.iter().map(|(name, _)| name);
            let message = format!("the run reports no `{}`", expectation.quantity);
            missed.push(
                Diagnostic::new(message, &expectation.origin).known(&expectation.quantity, known),
            );
            continue;
        };
        if !expectation.is_met_by(quantity.value) {
            let difference = quantity.value - expectation.value;
            let unit = match quantity.unit.as_str() {
                "1" => String::new(),
                unit => format!(" {unit}"),
            };
            let mut message = format!(
                "`{}` is {:?}{unit}, expected {:?}{unit}: difference {difference:.2e}",
                expectation.quantity, quantity.value, expectation.value
            );
            if expectation.value != 0.0 {
                message += &format!(", relative {:.2e}", difference / expectation.value);
            }
            let mut error = Diagnostic::new(message, &expectation.origin);
            if let Some(source) = &expectation.source {
                error = error.note(format!("source: {source}"));
            }
            missed.push(error);
        }
    }
    missed
}

impl From<OutputError> for Failure {
    fn from(error: OutputError) -> Self {
        match error.exit_code() {
            2 => Failure::Input(error.to_string()),
            _ => Failure::System(error.to_string()),
        }
    }
}
