//! How the numbers were got: mesh, iterations, balances, and what belongs to one run only.

use super::html::{Cell, Html, Table};
use crate::results::{Results, Summary};
use crate::units::{Amount, rough};
use mesh::quality;

/// Cells, nodes and quality.
pub fn mesh(results: &Results) -> Html {
    let summary = &results.summary.mesh;
    let mut html = Html::new();
    html.raw("<p>").text(&format!(
        "{} cells and {} nodes; the smallest scaled Jacobian is {:.3} (1 for the ideal shape, 0 for a \
         degenerate cell)",
        summary.cells, summary.nodes, summary.min_quality
    ));
    if let Some(size) = summary.rim_size {
        html.text(&format!("; the cells at the rim are {} wide", Amount::of(size, "m").text()));
    }
    html.raw(".</p>\n");
    let counts = match &results.part_of {
        Some(part) => part.histogram,
        None => quality::assess(&results.mesh).map(|quality| quality.histogram),
    };
    if let Some(counts) = counts {
        html.append(&histogram(&counts));
    }
    html
}

/// How many cells have which quality, as bars beside their numbers.
fn histogram(counts: &[usize; 10]) -> Html {
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let mut table = Table::new("Quality of the cells", &["scaled Jacobian", "#cells", ""]);
    // Nothing is said about the bad ones below the first.
    let first = counts.iter().position(|&count| count > 0).unwrap_or(0);
    for (k, &count) in counts.iter().enumerate().skip(first) {
        let range = format!("{:.1} to {:.1}", k as f64 / 10.0, (k + 1) as f64 / 10.0);
        let style = format!("width:{:.1}%", 100.0 * count as f64 / most as f64);
        let mut bar = Html::new();
        bar.open("div", &[("class", "bar"), ("style", &style)]).close("div");
        table.row(&[Cell::Name(&range), Cell::Plain(count.to_string()), Cell::Html(&bar)]);
    }
    let mut html = Html::new();
    html.raw("<div class=\"histogram\">").append(&table.finish()).raw("</div>\n");
    html
}

/// Unknowns, methods, convergence and balances.
pub fn solver(summary: &Summary) -> Html {
    let mut html = Html::new();
    html.raw("<p>").text(&format!("{} unknowns. ", summary.dofs));
    let has_current = !summary.linear_solver.name.is_empty();
    if let Some(mechanics) = &summary.mechanics {
        let what = if mechanics.exchanged.is_empty() { "steps" } else { "steps of the active set" };
        html.text(&format!(
            "Stress: {} unknowns, {what}: {}, linear solver {}. ",
            mechanics.dofs, mechanics.steps, mechanics.solver
        ));
    }
    if has_current {
        html.text(&format!(
            "Current: Newton's method, {} iteration{}, linear solver {}.",
            summary.newton.iterations,
            if summary.newton.iterations == 1 { "" } else { "s" },
            summary.linear_solver.name
        ));
    }
    html.raw("</p>\n");
    if has_current {
        let headings = ["#Newton iteration", "#residual over the first", "#linear iterations"];
        let mut table = Table::new("Convergence of the current", &headings);
        for (k, residual) in summary.newton.residuals.iter().enumerate() {
            let linear = k.checked_sub(1).and_then(|k| summary.linear_solver.iterations.get(k));
            let linear = linear.map_or_else(|| "\u{2013}".to_owned(), usize::to_string);
            let cells = [k.to_string(), rough(*residual), linear].map(Cell::Plain);
            table.row(&cells);
        }
        html.append(&table.finish());
    }
    if let Some(exchanged) =
        summary.mechanics.as_ref().map(|m| &m.exchanged).filter(|e| !e.is_empty())
    {
        let headings = ["#step", "#nodes that opened or closed"];
        let mut table = Table::new("Convergence of the contact", &headings);
        for (k, count) in exchanged.iter().enumerate() {
            table.row(&[(k + 1).to_string(), count.to_string()].map(Cell::Plain));
        }
        html.append(&table.finish());
    }
    html.append(&balances(summary));
    html
}

/// What must be zero and is nearly so.
fn balances(summary: &Summary) -> Html {
    let mut table = Table::new("Balances, relative", &["what must vanish", "#is"]);
    let mut add = |name: &str, value: Option<f64>| {
        if let Some(value) = value {
            table.row(&[Cell::Name(name), Cell::Number(&rough(value), value)]);
        }
    };
    let quantity = |name: &str| summary.quantities.get(name).map(|q| q.value);
    add("sum of all currents", quantity("current_balance_error"));
    add("sum of all forces", quantity("force_balance_error"));
    let mechanics = summary.mechanics.as_ref();
    add("sum of all moments", mechanics.map(|m| m.moment_balance_error));
    add("residual of the equilibrium", mechanics.map(|m| m.residual));
    add("pressure times gap", mechanics.and_then(|m| m.complementarity));
    table.finish()
}

/// What differs between two runs of one case.
pub fn this_run(summary: &Summary) -> Html {
    let mut html = Html::new();
    html.raw(
        "<p>Nothing else on this page depends on the machine, on its load, or on the number of \
              threads.</p>\n",
    );
    let mut table = Table::new("Time, memory and threads of this run", &["what", "#how much"]);
    let seconds = &summary.seconds;
    let mut add = |name: &str, text: String| table.row(&[Cell::Name(name), Cell::Plain(text)]);
    for (name, value) in [
        ("making or reading the mesh", seconds.mesh),
        ("from the mesh to the equations", seconds.setup),
        ("solving", seconds.solve),
        ("drawing and writing, up to this page", seconds.output),
        ("everything up to this page", seconds.total),
    ] {
        add(name, format!("{value:.3}\u{a0}s"));
    }
    if let Some(bytes) = summary.peak_memory_bytes {
        add("largest memory", format!("{:.0}\u{a0}MB", bytes as f64 / 1e6));
    }
    add("threads", summary.threads.to_string());
    html.append(&table.finish());
    html
}
