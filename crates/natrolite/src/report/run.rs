//! The report of a run: pictures first, then numbers, then how they were got.

use super::case::{materials, places, texts};
use super::figures::figures;
use super::html::{Cell, Html, Table};
use super::page::Page;
use super::solver::{mesh, solver, this_run};
use crate::case::{Case, Expectation, quantity_called, quantity_in_words};
use crate::figure::Figure;
use crate::results::{Quantity, Results, Status};
use crate::units::{Amount, rough};
use std::io::{self, Write};

/// Quantities worth standing at the top, and at most how many of each.
const MAIN: [(&str, usize); 8] = [
    ("peak_factor", 1),
    ("wagner_number", 1),
    ("mean_current_density", 1),
    ("cell_overpotential", 1),
    ("area_specific_resistance", 1),
    ("contact_fraction", 2),
    ("max_contact_pressure", 2),
    ("max_gap", 1),
];
/// Most numbers at the top.
const MOST: usize = 7;

/// `report.html` of a run: one page that needs nothing else.
///
/// Everything but the section `this-run` is the same, to the last byte, for any number of threads.
///
/// # Errors
/// Those of the writer.
pub fn run_report(
    case: &Case,
    results: &Results,
    drawn: &[Figure],
    out: &mut dyn Write,
) -> io::Result<()> {
    let summary = &results.summary;
    let mut page = Page::new(&summary.title, head(case, results));
    page.section("figures", "Figures", figures(drawn));
    page.section("numbers", "Numbers", numbers(results));
    page.section("expectations", "Expectations", expectations(case, results));
    page.section("materials", "Materials", materials(case));
    page.section("places", "Regions and boundaries", places(case, results));
    page.section("mesh", "Mesh", mesh(results));
    page.section("solver", "Solver", solver(summary));
    page.section("case", "Case", texts(&results.case_text, &results.resolved));
    page.section("log", "Log", log(results));
    page.section("this-run", "This run", this_run(summary));
    page.write(&summary.version, out)
}

/// Title, status, and the main numbers.
fn head(case: &Case, results: &Results) -> Html {
    let mut html = Html::new();
    html.element("h1", &results.summary.title).raw("\n");
    match results.summary.status {
        Status::Converged => {
            let missed = case.expect.iter().filter(|e| !is_met(e, results)).count();
            html.raw("<p class=\"status\"><b>Converged.</b>");
            match (case.expect.len(), missed) {
                (0, _) => &mut html,
                (1, 0) => html.raw(" The expectation of the case is met."),
                (all, 0) => html.text(&format!(" All {all} expectations of the case are met.")),
                (all, missed) => html
                    .raw(" <strong class=\"bad\">")
                    .text(&format!("{missed} of {all} expectations of the case missed."))
                    .raw("</strong>"),
            };
            html.raw("</p>\n");
        }
        Status::NotConverged => {
            let why = results.log.lines().next().unwrap_or_default();
            html.raw("<p class=\"status bad\" role=\"alert\"><strong>Not converged.</strong> ");
            html.text(why).raw(". The numbers and figures are those of the last iterate.</p>\n");
        }
    }
    let shown = main_quantities(results);
    if !shown.is_empty() {
        html.raw("<dl class=\"main\">\n");
        for (name, q) in shown {
            let amount = Amount::of(q.value, &q.unit);
            html.raw("<div><dt>").text(&quantity_in_words(name)).raw("</dt><dd>");
            html.open("data", &[("value", &format!("{:?}", q.value))]).text(&amount.number);
            html.raw("</data> <span class=\"unit\">")
                .text(&amount.unit)
                .raw("</span></dd></div>\n");
        }
        html.raw("</dl>\n");
    }
    html
}

/// What stands at the top: of quantities of a surface those of the surface with the largest peak.
fn main_quantities(results: &Results) -> Vec<(&str, &Quantity)> {
    let quantities = &results.summary.quantities;
    let peaks = quantities.iter().filter_map(|(name, q)| {
        let surface = name.strip_prefix("peak_factor.")?;
        q.value.is_finite().then_some((surface, q.value))
    });
    // Of equal ones the first: neighbours share the peak at the edge between them.
    let peak = peaks.reduce(|a, b| if b.1 > a.1 { b } else { a }).map(|(surface, _)| surface);
    let mut shown: Vec<(&str, &Quantity)> = Vec::new();
    for (wanted, most) in MAIN {
        let is_electric =
            ["peak_factor", "wagner_number", "mean_current_density"].contains(&wanted);
        let found = quantities.iter().filter(|(name, q)| {
            let (name, surface) = name.split_once('.').map_or((*name, None), |(n, s)| (n, Some(s)));
            name == wanted && q.value.is_finite() && (!is_electric || surface == peak)
        });
        shown.extend(found.take(most));
    }
    shown.truncate(MOST);
    shown
}

/// Every quantity with its unit, error and meaning.
fn numbers(results: &Results) -> Html {
    let quantities = &results.summary.quantities;
    let has_errors = quantities.iter().any(|(_, q)| q.error_estimate.is_some());
    let headings: &[&str] = match has_errors {
        true => &["quantity", "#value", "unit", "#error estimate", "~meaning"],
        false => &["quantity", "#value", "unit", "~meaning"],
    };
    let mut table = Table::new("All quantities", headings);
    for (name, q) in quantities.iter() {
        let amount = Amount::of(q.value, &q.unit);
        let error = q.error_estimate.map(|error| {
            // In the unit in which the value stands.
            let part = Amount::of(error.abs(), &q.unit);
            if part.unit == amount.unit { part.number } else { part.text() }
        });
        let error = error.unwrap_or_else(|| "\u{2013}".to_owned());
        let meaning = quantity_called(name).map_or("", |quantity| quantity.doc);
        let mut cells =
            vec![Cell::Name(name), Cell::Number(&amount.number, q.value), Cell::Text(&amount.unit)];
        if has_errors {
            cells.push(Cell::Text(&error));
        }
        cells.push(Cell::Text(meaning));
        table.row(&cells);
    }
    let mut html = table.finish();
    html.raw(
        "<p class=\"note\">i<sub>n</sub> is the current density normal to the surface. Currents, areas \
         and forces are those of the whole defect cell, per metre in planar symmetry. All digits, in SI \
         units, are in <code>summary.json</code>, the curves in <code>profile_*.csv</code>, the fields in \
         <code>result.vtkhdf</code>.</p>\n",
    );
    html
}

fn is_met(expectation: &Expectation, results: &Results) -> bool {
    let found = results.summary.quantities.get(&expectation.quantity);
    found.is_some_and(|q| expectation.is_met_by(q.value))
}

/// What the case says that the run must give, beside what it gave.
fn expectations(case: &Case, results: &Results) -> Html {
    if case.expect.is_empty() {
        return Html::new();
    }
    let mut table = Table::new(
        "What the case expects",
        &["quantity", "#expected", "#found", "#difference", "#allowed", "", "~source"],
    );
    for e in &case.expect {
        let found = results.summary.quantities.get(&e.quantity).map_or(f64::NAN, |q| q.value);
        let (wanted, got) = (Amount::of(e.value, e.unit).text(), Amount::of(found, e.unit).text());
        let allowed = e.atol.unwrap_or(0.0) + e.rtol.unwrap_or(0.0) * e.value.abs();
        // Relative where that means something.
        let (size, percent) = match e.value {
            0.0 => (1.0, ""),
            value => (value.abs(), " (relative)"),
        };
        let mut verdict = Html::new();
        match is_met(e, results) {
            true => verdict.raw("met"),
            false => verdict.raw("<strong class=\"bad\">missed</strong>"),
        };
        table.row(&[
            Cell::Name(&e.quantity),
            Cell::Number(&wanted, e.value),
            Cell::Number(&got, found),
            Cell::Plain(format!("{}{percent}", rough((found - e.value) / size))),
            Cell::Plain(rough(allowed / size)),
            Cell::Html(&verdict),
            Cell::Text(e.source.as_deref().unwrap_or("")),
        ]);
    }
    table.finish()
}

fn log(results: &Results) -> Html {
    let mut html = Html::new();
    match results.log.is_empty() {
        true => html.raw("<p>Nothing to report.</p>\n"),
        false => html.raw("<pre tabindex=\"0\">").text(&results.log).raw("</pre>\n"),
    };
    html
}
