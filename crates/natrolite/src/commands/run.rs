//! `natrolite run`.

use super::progress::Progress;
use super::{interrupt, set_threads};
use crate::case::{Case, CaseError, Diagnostic, MaterialOrigin};
use crate::cli::{RunOptions, print};
use crate::failure::Failure;
use crate::figure::figures_of_run;
use crate::output::{
    Folder, OutputError, people_unit, summary_table, write_data, write_report, write_summary,
};
use crate::report::run_report;
use crate::results::{Results, Status};
use crate::run::{Observer, RunError, solve_case};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Solves a case, writes its folder and prints its numbers.
///
/// # Errors
/// As the exit codes of [`Failure`] say. Without convergence, and when an expectation is missed,
/// everything is written all the same.
pub fn run(options: &RunOptions) -> Result<(), Failure> {
    let start = Instant::now();
    let case = crate::case::read_file(&options.case, &options.set)?;
    set_threads(options.threads)?;
    let target = folder_for(&options.case, options.output.as_deref());
    let folder = Folder::prepare(&target, options.force)?;
    interrupt::clean_up_on_interrupt(folder.path());
    let mut progress = Progress::new(options.quiet);
    report_materials(&case, &mut progress);
    let solved = solve_case(&case, options.refine, &mut progress);
    let mut results = match solved {
        Ok(results) => results,
        Err(RunError::Case(error)) => return Err(error.into()),
        Err(error @ (RunError::Solver(_) | RunError::Contact(_))) => {
            return Err(Failure::NotConverged(error.to_string()));
        }
    };
    progress.phase("output");
    let output = Instant::now();
    write_data(&results, folder.path(), case.output.compression)?;
    results.summary.seconds.output = output.elapsed().as_secs_f64();
    results.summary.seconds.total = start.elapsed().as_secs_f64();
    results.summary.peak_memory_bytes = crate::run::peak_memory();
    if case.output.report {
        let page = run_report(&case, &results, &figures_of_run(&results));
        write_report(&page, folder.path())?;
    }
    results.summary.seconds.output = output.elapsed().as_secs_f64();
    results.summary.seconds.total = start.elapsed().as_secs_f64();
    write_summary(&results.summary, folder.path())?;
    folder.commit()?;
    progress.finish();
    print(&summary_table(&results.summary, people_unit))?;
    print(&format!("  written to {}\n", target.display()))?;
    let missed = missed_expectations(&case, &results);
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
