//! `natrolite bench`: what it reports, and that it refuses what cannot be. Nothing here is timed.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

fn bench(folder: &TempDir, arguments: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_natrolite"))
        .current_dir(folder.path())
        .arg("bench")
        .args(arguments.split(' '))
        .output()
        .expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn json(folder: &TempDir, name: &str) -> Value {
    let text = std::fs::read_to_string(folder.path().join(name)).expect("it is written");
    serde_json::from_str(&text).expect("JSON")
}

fn rows(series: &Value) -> &[Value] {
    series["rows"].as_array().expect("rows")
}

fn number(row: &Value, key: &str) -> f64 {
    row[key].as_f64().unwrap_or_else(|| panic!("{key}: {row}"))
}

#[test]
fn every_number_of_threads_gives_the_same_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = bench(
        &folder,
        "pore --cells 2000 --threads 2,1,2 --repeat 1 --quiet --json a.json --plot a.svg",
    );
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
    let table = text(&output.stdout);
    assert!(table.contains("the same to the last bit") && table.contains("STREAM"), "{table}");

    let report = json(&folder, "a.json");
    assert_eq!((&report["problem"], &report["order"]), (&"pore".into(), &1.into()));
    assert!(report["machine"]["cores"].as_u64().expect("a number") > 0);
    let series = &report["series"][0];
    assert_eq!(series["checksums_agree"], true);
    let [one, two] = rows(series) else { panic!("{series}") };
    assert_eq!((&one["threads"], &two["threads"]), (&1.into(), &2.into()));
    for key in ["checksum", "iterations", "dofs", "cells", "bytes_per_iteration"] {
        assert_eq!(one[key], two[key], "{key}");
    }
    for row in [one, two] {
        let times = ["mesh", "setup", "solve", "output", "other", "total", "linear_solve"];
        for key in times {
            let seconds = number(&row["seconds"], key);
            assert!((0.0..1000.0).contains(&seconds), "{key}: {seconds}");
        }
        let sum: f64 = times[..5].iter().map(|key| number(&row["seconds"], key)).sum();
        assert!((sum - number(&row["seconds"], "total")).abs() < 1e-9, "{row}");
        let speed = number(row, "bytes_per_iteration") / number(row, "seconds_per_iteration");
        assert!((speed / number(row, "bytes_per_second") - 1.0).abs() < 1e-12, "{row}");
        for key in ["stream_bytes_per_second", "fraction_of_stream", "peak_memory_bytes"] {
            assert!(number(row, key) > 0.0, "{key}: {row}");
        }
        // The overpotential of the pore: 90.902 mV on fine meshes, two high-order codes.
        assert!((number(row, "checksum") - 0.090902).abs() < 1e-4, "{row}");
    }
    let picture = std::fs::read_to_string(folder.path().join("a.svg")).expect("a picture");
    assert!(picture.starts_with("<svg") && picture.contains("wall-clock seconds, 1938 cells"));
    let left: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").collect();
    assert_eq!(left.len(), 2, "nothing else is left");
}

#[test]
fn the_table_without_files() {
    let folder = tempfile::tempdir().expect("a folder");
    for (problem, part) in [("elasticity", "mean u_z"), ("contact", "mean u_z")] {
        let output = bench(&folder, &format!("{problem} --cells 900 --threads 1,2 --repeat 1"));
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert!(text(&output.stdout).contains(part), "{}", text(&output.stdout));
        assert!(text(&output.stderr).contains("run 1 of 1: "), "{}", text(&output.stderr));
    }
}

#[test]
fn weak_scaling_has_as_many_cells_for_each_thread() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = bench(
        &folder,
        "scaling --cells 2000 --cells-each 1000 --threads 1,2 --repeat 1 --json a.json",
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let report = json(&folder, "a.json");
    let [strong, weak] = &report["series"].as_array().expect("series")[..] else {
        panic!("{report}")
    };
    assert_eq!((&strong["kind"], &weak["kind"]), (&"strong".into(), &"weak".into()));
    assert_eq!(number(&rows(strong)[0], "cells"), number(&rows(strong)[1], "cells"));
    let growth = number(&rows(weak)[1], "cells") / number(&rows(weak)[0], "cells");
    assert!((growth - 2.0).abs() < 0.3, "{growth}");
    assert_eq!(number(&rows(weak)[0], "efficiency"), 1.0);
}

#[test]
fn what_cannot_be_measured_is_refused_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let wrong = [
        ("pore --cells 12", 2, "wanted a number of cells from 500"),
        ("pore --cells many", 2, "such as 50000, 400k or 2M"),
        ("pore --cells 1000M --order 2 --threads 1", 2, "wanted fewer `--cells`"),
        ("pore --order 3", 2, "invalid value '3' for '--order <P>'"),
        ("pore --threads 0", 2, "invalid value '0' for '--threads <N,N>'"),
        ("pore --threads 1,,2", 2, "for '--threads <N,N>'"),
        ("pore --repeat 0", 2, "invalid value '0' for '--repeat <N>'"),
        ("pore --json .", 2, ". is a folder; wanted a file"),
        ("pore --json absent/a.json", 4, "cannot write absent/a.json: No such file"),
        ("scaling --problem poor", 2, "[possible values: pore, elasticity, contact]"),
        ("poor", 2, "a similar subcommand exists: 'pore'"),
    ];
    for (arguments, code, message) in wrong {
        let output = bench(&folder, arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments}: {said}");
        assert!(said.starts_with("error: ") && said.contains(message), "{arguments}: {said}");
        assert_eq!(text(&output.stdout), "", "{arguments}");
    }
    assert!(!Path::new(&folder.path().join("absent")).exists());
}
