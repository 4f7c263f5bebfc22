//! `natrolite plot`.

use super::sheets::write_figures;
use crate::case::nearest;
use crate::cli::{PlotOptions, print};
use crate::failure::Failure;
use crate::figure::{FIGURES, Figure, figures_of_run};
use crate::output::read_results;

/// Draws the figures of a finished run.
///
/// # Errors
/// When the folder holds no result, a figure is not known or not there, or the system refuses.
pub fn plot(options: &PlotOptions) -> Result<(), Failure> {
    for name in &options.figure {
        if !FIGURES.contains(&name.as_str()) {
            let hint = nearest(name, FIGURES.iter().copied());
            let hint = hint.map_or_else(String::new, |n| format!(" (did you mean `{n}`?)"));
            let known = FIGURES.join(", ");
            return Err(Failure::Input(format!(
                "unknown figure `{name}`{hint}; figures of a run are {known}"
            )));
        }
    }
    let results = read_results(&options.folder)?;
    let mut figures = figures_of_run(&results);
    if !options.figure.is_empty() {
        let have: Vec<String> = figures.iter().map(|f| f.name.clone()).collect();
        if let Some(missing) = options.figure.iter().find(|name| !have.contains(name)) {
            return Err(Failure::Input(format!(
                "{}: this run has no figure `{missing}`; it has {}",
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

/// Names and captions.
pub(super) fn listing(figures: &[Figure]) -> String {
    let rows: Vec<Vec<String>> =
        figures.iter().map(|f| vec![f.name.clone(), f.caption.clone()]).collect();
    super::table::align(&rows, 2)
}
