//! `report.html` of runs and of sweeps, as the program writes it.

#[path = "common/markup.rs"]
mod markup;

use markup::{faults, section};
use natrolite::output::read_sweep;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

/// A pore on a coarse mesh; two axes of a sweep, one point of which cannot be read.
const CASE: &str = r#"
title = "A pore & <its> report"
[mesh.defect]
symmetry = "axisymmetric"
shape = "hemisphere"
radius = "10 um"
[discretization]
order = 1
[material.NAS]
ohm = { conductivity = "0.9 mS/cm" }
[region]
electrolyte = "NAS"
[boundary.anode]
butler_volmer = { exchange_current_density = "1.3 mA/cm^2", electrode_potential = "0 V" }
[boundary.counter]
current = { density = "0.51 mA/cm^2" }
[sweep]
[[sweep.axis]]
key = "material.NAS.ohm.conductivity"
values = ["0.1 mS/cm", "-1 mS/cm", "0.9 mS/cm", "5 mS/cm"]
[[sweep.axis]]
key = "boundary.anode.butler_volmer.exchange_current_density"
from = "0.1 mA/cm^2"
to = "10 mA/cm^2"
points = 5
scale = "log"
"#;

fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("case.toml"), CASE).expect("written");
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_natrolite");
    let mut command = Command::new(program);
    command.current_dir(folder).args(arguments);
    command.output().expect("the program starts")
}

fn page(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name).join("report.html")).expect("written")
}

/// A page without what belongs to one run.
fn reproducible(page: &str) -> String {
    let of_this_run = section(page, "this-run");
    assert!(of_this_run.contains("threads"), "{of_this_run}");
    page.replace(of_this_run, "")
}

#[test]
fn the_page_of_a_run_does_not_depend_on_threads() {
    let folder = folder();
    let mut pages = Vec::new();
    for threads in ["1", "2", "4"] {
        let arguments = ["run", "case.toml", "--quiet", "--threads", threads, "--output", threads];
        let output = run(folder.path(), &arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        pages.push(page(folder.path(), threads));
    }
    assert_eq!(faults(&pages[0]), [""; 0]);
    assert!(reproducible(&pages[0]) == reproducible(&pages[1]));
    assert!(reproducible(&pages[0]) == reproducible(&pages[2]));
    assert!(pages[0].contains("<h1>A pore &amp; &lt;its&gt; report</h1>"));
    // All digits of all numbers.
    let summary = fs::read_to_string(folder.path().join("1/summary.json")).expect("written");
    let summary: serde_json::Value = serde_json::from_str(&summary).expect("JSON");
    let numbers = section(&pages[0], "numbers");
    let quantities = summary["quantities"].as_object().expect("a table");
    assert!(quantities.len() > 10);
    for (name, quantity) in quantities {
        let row = numbers.split(&format!(">{name}</th>")).nth(1).expect(name);
        let value = quantity["value"].as_f64().expect("a number");
        assert!(
            row.starts_with(&format!("<td class=\"n\"><data value=\"{value:?}\">")),
            "{name}: {row}"
        );
    }
}

#[test]
fn a_run_that_does_not_converge_says_so_at_the_top() {
    let folder = folder();
    let set = "solver.newton.max_iterations=1";
    let output =
        run(folder.path(), &["run", "case.toml", "--quiet", "--set", set, "--output", "o"]);
    assert_eq!(output.status.code(), Some(3));
    let page = page(folder.path(), "o");
    assert_eq!(faults(&page), [""; 0]);
    let head = page.split("<main>").next().expect("a head");
    assert!(
        head.contains("<strong>Not converged.</strong> Newton's method did not converge"),
        "{head}"
    );
    assert!(head.contains("the residual is largest at"), "{head}");
}

#[test]
fn the_page_of_a_sweep_is_written_when_it_is_complete() {
    let folder = folder();
    for (threads, name) in [("1", "a"), ("2", "b")] {
        let arguments = ["sweep", "case.toml", "--quiet", "--threads", threads, "--output", name];
        let output = run(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let (a, b) = (page(folder.path(), "a"), page(folder.path(), "b"));
    assert_eq!(faults(&a), [""; 0]);
    assert!(reproducible(&a) == reproducible(&b));
    assert!(a.contains("15 of 20 points (4 × 5) converged, 0 did not, 5 failed"));
    assert!(section(&a, "failed").contains("5, 6, 7, 8, 9"));
    // Without its page a sweep is not finished; all points are there, and the page comes back.
    fs::remove_file(folder.path().join("a/report.html")).expect("it was there");
    let table = fs::read(folder.path().join("a/results.csv")).expect("written");
    run(folder.path(), &["sweep", "case.toml", "--quiet", "--output", "a"]);
    assert!(reproducible(&page(folder.path(), "a")) == reproducible(&b));
    assert!(fs::read(folder.path().join("a/results.csv")).expect("written") == table);
}

#[test]
fn maps_and_tables_show_what_results_csv_says() {
    let folder = folder();
    run(folder.path(), &["sweep", "case.toml", "--quiet", "--output", "o"]);
    let table = fs::read_to_string(folder.path().join("o/results.csv")).expect("written");
    let mut lines = table.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let heading = lines.next().expect("a heading");
    let column = heading.iter().position(|name| *name == "peak_factor.anode").expect("a column");
    let values: Vec<Option<f64>> = lines.map(|cells| cells[column].parse().ok()).collect();
    assert_eq!(values.iter().flatten().count(), 15);

    let page = page(folder.path(), "o");
    let figure = page.split("id=\"figure-map_peak_factor_anode\"").nth(1).expect("the map");
    let json = figure.split("class=\"readout-data\">").nth(1).expect("its numbers");
    let json = json.split("</script>").next().expect("the end");
    let areas: serde_json::Value = serde_json::from_str(json).expect("JSON");
    let table = section(&page, "points").split("class=\"sweep-data\">").nth(1).expect("numbers");
    let table = table.split("</script>").next().expect("the end");
    let table: serde_json::Value = serde_json::from_str(table).expect("JSON");
    let sweep = read_sweep(&folder.path().join("o")).expect("it is finished");
    let read = &sweep.quantity("peak_factor.anode").expect("read back").values;
    for (point, wanted) in values.iter().enumerate() {
        // The second axis is the faster one; maps have the first from left to right.
        let cell = areas[0]["values"][point % 5 * 4 + point / 5].as_f64();
        let near = |value: f64| wanted.is_some_and(|wanted| (value / wanted - 1.0).abs() < 6e-6);
        assert!(cell.map_or(wanted.is_none(), near), "point {point}: {cell:?}, wanted {wanted:?}");
        let columns = table["columns"].as_array().expect("columns");
        let shown = columns.iter().any(|column| {
            let value = column["values"][point].as_f64();
            value.map_or(wanted.is_none(), near)
        });
        assert!(shown, "point {point} is not in the table");
        assert_eq!(Some(read[point]).filter(|value| value.is_finite()), *wanted, "point {point}");
    }

    // The same figures as files.
    let output =
        run(folder.path(), &["plot", "o", "--format", "svg", "--figure", "map_peak_factor_anode"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let figures = folder.path().join("o/figures");
    let csv = fs::read_to_string(figures.join("map_peak_factor_anode.csv")).expect("written");
    assert_eq!(csv.lines().count(), 21);
    assert!(csv.contains(",peak_factor.anode [1]\n"), "{csv}");
    let svg = fs::read_to_string(figures.join("map_peak_factor_anode.svg")).expect("written");
    assert!(svg.contains("width=\"86mm\""), "as wide as a column");
}

#[test]
fn folders_without_a_finished_sweep_are_refused_with_the_reason() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let message = |name: &str| read_sweep(&folder.path().join(name)).expect_err("none").to_string();
    assert!(
        message("none").ends_with(
            "none: no such folder; wanted the folder of a finished sweep, with results.h5"
        )
    );
    assert!(message("").contains("no results of a sweep there"));
    fs::write(folder.path().join("results.partial.h5"), "").expect("written");
    assert!(message("").contains("`natrolite sweep` continues it"));
    fs::write(folder.path().join("results.h5"), "text").expect("written");
    assert!(
        message("").contains("no HDF5 file, or one cut short; run the sweep again with --force")
    );
    // A copy, because programs started by other tests meanwhile may hold the lock on what was written here.
    let written = folder.path().join("written.h5");
    hdf5::File::create(&written).and_then(hdf5::File::close).expect("created");
    fs::copy(&written, folder.path().join("results.h5")).expect("copied");
    let empty = message("");
    assert!(empty.contains("`/status` is missing"), "{empty}");
}
