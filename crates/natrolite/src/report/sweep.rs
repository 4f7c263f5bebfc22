//! The report of a sweep: maps and curves first, then every point in a table, then how they were got.

use super::case::{materials, texts};
use super::figures::figures;
use super::html::{Cell, Html, Table};
use super::page::Page;
use super::sweep_table::{constants, points};
use crate::case::{Case, SweepMode};
use crate::figure::Figure;
use crate::sweep::{PointStatus, SweepResults};
use crate::units::Amount;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Most reasons that are listed.
const MOST_REASONS: usize = 40;

/// How a sweep was solved.
#[derive(Clone, Debug, Default)]
pub struct SweepRun {
    /// What points share, the same for any number of threads.
    pub shared: String,
    /// Points that were solved just now, the others being there from an earlier run.
    pub solved: usize,
    /// How these were solved.
    pub method: String,
    /// Wall-clock time \[s\].
    pub seconds: f64,
    /// Number of threads.
    pub threads: usize,
}

/// `report.html` of a sweep: one page that needs nothing else.
///
/// Everything but the section `this-run` is the same, to the last byte, for any number of threads and
/// however often the sweep was interrupted.
///
/// # Errors
/// Those of the writer.
pub fn sweep_report(
    case: &Case,
    sweep: &SweepResults,
    run: &SweepRun,
    drawn: &[Figure],
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Page::new(&sweep.title, head(sweep));
    page.section("figures", "Figures", figures(drawn));
    page.section("points", "Points", points(sweep));
    page.section("failed", "Points without a result", failed(sweep));
    page.section("same", "The same for all points", constants(sweep));
    page.section("axes", "Axes", axes(sweep));
    page.section("materials", "Materials", materials(case));
    page.section("how", "How the points were solved", how(run));
    page.section("case", "Case", texts(&sweep.case_text, &sweep.resolved));
    page.section("this-run", "This run", this_run(run));
    page.write(crate::VERSION_AND_COMMIT, out)
}

fn count(sweep: &SweepResults, status: PointStatus) -> usize {
    sweep.status.iter().filter(|s| **s == Some(status)).count()
}

fn head(sweep: &SweepResults) -> Html {
    let mut html = Html::new();
    html.element("h1", &sweep.title).raw("\n");
    let [converged, stuck, failed] = PointStatus::ALL.map(|status| count(sweep, status));
    let all = sweep.len();
    let lengths: Vec<String> =
        sweep.axes.iter().map(|axis| axis.values.len().to_string()).collect();
    let shape = match sweep.mode {
        SweepMode::Grid if lengths.len() > 1 => format!(" ({})", lengths.join(" × ")),
        _ => String::new(),
    };
    if stuck + failed == 0 {
        html.raw("<p class=\"status\"><b>Complete.</b> ");
        html.text(&format!("All {all} points{shape} converged.")).raw("</p>\n");
    } else {
        html.raw("<p class=\"status bad\" role=\"alert\"><strong>Complete with gaps.</strong> ").text(
            &format!(
                "{converged} of {all} points{shape} converged, {stuck} did not, {failed} failed; the reasons \
                 are below."
            ),
        );
        html.raw("</p>\n");
    }
    html
}

/// Why points have no result: each reason with the points that give it.
fn failed(sweep: &SweepResults) -> Html {
    let mut reasons: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for point in (0..sweep.len()).filter(|&point| !sweep.is_converged(point)) {
        reasons.entry(sweep.reason(point)).or_default().push(point);
    }
    if reasons.is_empty() {
        return Html::new();
    }
    let mut reasons: Vec<(&str, Vec<usize>)> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, points)| points[0]);
    let mut table =
        Table::new("Reasons, in the order of their first points", &["#points", "which", "~reason"]);
    for (reason, points) in reasons.iter().take(MOST_REASONS) {
        let mut which: Vec<String> = points.iter().take(8).map(usize::to_string).collect();
        if points.len() > which.len() {
            which.push("…".to_owned());
        }
        let which = which.join(", ");
        table.row(&[Cell::Plain(points.len().to_string()), Cell::Text(&which), Cell::Text(reason)]);
    }
    let mut html = table.finish();
    if reasons.len() > MOST_REASONS {
        html.raw("<p class=\"note\">")
            .text(&format!("{} more reasons are in results.csv.", reasons.len() - MOST_REASONS));
        html.raw("</p>\n");
    }
    html
}

fn axes(sweep: &SweepResults) -> Html {
    let caption = match sweep.mode {
        SweepMode::Grid => "What was varied, every combination; the last axis is the fastest",
        SweepMode::Zip => "What was varied, point for point",
    };
    let mut table = Table::new(caption, &["key", "#values", "#first", "#last"]);
    for axis in &sweep.axes {
        let end = |value: Option<&f64>| value.copied().unwrap_or(f64::NAN);
        let (first, last) = (end(axis.values.first()), end(axis.values.last()));
        let [from, to] = [first, last].map(|value| Amount::of(value, &axis.unit).text());
        table.row(&[
            Cell::Name(&axis.key),
            Cell::Plain(axis.values.len().to_string()),
            Cell::Number(&from, first),
            Cell::Number(&to, last),
        ]);
    }
    table.finish()
}

fn how(run: &SweepRun) -> Html {
    let mut html = Html::new();
    html.raw("<p>")
        .text(&run.shared)
        .raw(".</p>\n<p class=\"note\">All digits, in SI units, are in ");
    html.raw("<code>results.csv</code>, and over the grid in <code>results.h5</code>.</p>\n");
    html
}

fn this_run(run: &SweepRun) -> Html {
    let mut html = Html::new();
    html.raw("<p>Nothing else on this page depends on the machine, on its load, on the number of threads, or \
              on interruptions.</p>\n");
    let mut table = Table::new("Time and threads of this run", &["what", "#how much"]);
    let mut add = |name: &str, text: String| table.row(&[Cell::Name(name), Cell::Plain(text)]);
    add("points solved by this run", run.solved.to_string());
    add("time up to this page", format!("{:.2}\u{a0}s", run.seconds));
    if run.solved > 0 && run.seconds > 0.0 {
        add("points a second", format!("{:.4}", run.solved as f64 / run.seconds));
    }
    add("threads", run.threads.to_string());
    html.append(&table.finish());
    if !run.method.is_empty() {
        html.raw("<p>").text(&run.method).raw(".</p>\n");
    }
    html
}
