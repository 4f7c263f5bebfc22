//! `natrolite plot`.

use super::sheets::write_figures;
use crate::case::nearest;
use crate::cli::{PlotOptions, print};
use crate::failure::Failure;
use crate::figure::{FIGURES, Figure, figures_of_run, figures_of_sweep};
use crate::output::{PARTIAL_SWEEP_FILE, ReadSweepError, SWEEP_FILE, read_results, read_sweep};
use std::path::Path;

/// Draws the figures of a finished run, or of a finished sweep.
///
/// # Errors
/// When the folder holds no result, a figure is not known or not there, or the system refuses.
pub fn plot(options: &PlotOptions) -> Result<(), Failure> {
    let is_sweep = is_sweep(&options.folder);
    let what = if is_sweep { "sweep" } else { "run" };
    let mut figures = match is_sweep {
        true => figures_of_sweep(&read_sweep(&options.folder)?),
        false => {
            check_names(&options.figure)?;
            figures_of_run(&read_results(&options.folder)?)
        }
    };
    if !options.figure.is_empty() {
        let have: Vec<String> = figures.iter().map(|f| f.name.clone()).collect();
        if let Some(missing) = options.figure.iter().find(|name| !have.contains(name)) {
            return Err(Failure::Input(format!(
                "{}: this {what} has no figure `{missing}`; it has {}",
                options.folder.display(),
                have.join(", ")
            )));
        }
        figures.retain(|figure| options.figure.contains(&figure.name));
    }
    let folder = options.output.clone().unwrap_or_else(|| options.folder.join("figures"));
    write_figures(&figures, &folder, &options.sheet)?;
    print(&listing(&figures))?;
    print(&format!("  written to {}\n", folder.display()))
}

/// True for the folder of a sweep, be it finished or not.
pub(super) fn is_sweep(folder: &Path) -> bool {
    [SWEEP_FILE, PARTIAL_SWEEP_FILE].iter().any(|name| folder.join(name).is_file())
}

/// Refuses a name that no run has, before its results are read.
fn check_names(names: &[String]) -> Result<(), Failure> {
    for name in names {
        if !FIGURES.contains(&name.as_str()) {
            let hint = nearest(name, FIGURES.iter().copied());
            let hint = hint.map_or_else(String::new, |n| format!(" (did you mean `{n}`?)"));
            let known = FIGURES.join(", ");
            return Err(Failure::Input(format!(
                "unknown figure `{name}`{hint}; figures of a run are {known}"
            )));
        }
    }
    Ok(())
}

impl From<ReadSweepError> for Failure {
    fn from(error: ReadSweepError) -> Self {
        Failure::Input(error.to_string())
    }
}

/// Names and captions.
pub(super) fn listing(figures: &[Figure]) -> String {
    let rows: Vec<Vec<String>> =
        figures.iter().map(|f| vec![f.name.clone(), f.caption.clone()]).collect();
    super::table::align(&rows, 2)
}
