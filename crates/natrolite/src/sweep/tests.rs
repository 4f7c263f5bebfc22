//! The journal and the table.

use super::journal::{rows_as_text, rows_of_text};
use super::*;
use crate::case::{read, tree::Content};
use std::path::Path;
use std::sync::Arc;

const CASE: &str = r#"
[mesh.defect]
symmetry = "planar"
shape = "disc"
radius = "2 um"
[region]
electrolyte = "Na3PS4"
[boundary.anode]
linear_kinetics = { charge_transfer_resistance = "20 ohm cm^2", electrode_potential = "0 V" }
[boundary.counter]
current = { density = "0.51 mA/cm^2" }
[[sweep.axis]]
key = "boundary.counter.current.density"
values = ["0.5 mA/cm^2", "1 mA/cm^2"]
[[sweep.axis]]
key = "temperature"
from = "0 degC"
to = "100 degC"
points = 3
"#;

fn points(text: &str) -> Points {
    let case = read(Path::new("case.toml"), text, &[], crate::registry::laws());
    Points::new(case.unwrap_or_else(|e| panic!("{e}"))).unwrap()
}

fn row(names: &[&str], values: &[f64]) -> Row {
    let layout = names.iter().map(|name| ((*name).to_owned(), "1".to_owned())).collect();
    Row {
        status: PointStatus::Converged,
        rim_size: Some(1e-8),
        layout: Arc::new(layout),
        values: values.to_vec(),
        errors: Vec::new(),
        reason: String::new(),
    }
}

fn identity(count: usize) -> Identity {
    Identity { version: "0.1.0 (a\tb)".into(), case: 1, points: u64::MAX, count }
}

#[test]
fn a_point_is_a_case_with_other_values() {
    let points = points(CASE);
    assert_eq!((points.len(), points.sweep.shape()), (6, vec![2, 3]));
    // The last axis is the fastest.
    let si: Vec<f64> = points.sweep.point(4).iter().map(|value| value.si).collect();
    assert_eq!(si, [10.0, 323.15]);
    let case = points.case(4, Some(2e-8)).unwrap();
    assert_eq!(case.temperature, 323.15);
    let current = case.boundaries[1].law("current").unwrap();
    assert_eq!(current.values.number("density"), Some(10.0));
    let resolved = case.resolved();
    assert!(resolved.contains("rim_size = \"2e-8 m\""), "{resolved}");
    assert!(case.sweep.is_none() && points.case.sweep.is_some());
}

#[test]
fn ends_are_exact_and_steps_are_even() {
    let text = CASE.replace("from = \"0 degC\"\nto = \"100 degC\"\npoints = 3", "AXIS");
    let axis = |axis: &str| {
        let points = points(&text.replace("AXIS", axis));
        points.sweep.axes[1].values.iter().map(|value| value.si).collect::<Vec<f64>>()
    };
    assert_eq!(
        axis("from = \"300 K\"\nto = \"310 K\"\npoints = 5"),
        [300.0, 302.5, 305.0, 307.5, 310.0]
    );
    let log = axis("from = \"400 K\"\nto = \"100 K\"\npoints = 3\nscale = \"log\"");
    assert_eq!((log[0], log[2]), (400.0, 100.0));
    assert!((log[1] - 200.0).abs() < 1e-12, "{log:?}");
}

#[test]
fn generated_values_are_read_back_as_they_are() {
    let points = points(CASE);
    for value in &points.sweep.axes[1].values {
        let Content::String(text) = &value.node.content else { panic!("{value:?}") };
        assert_eq!(crate::units::parse(text, "K"), Ok(value.si));
    }
}

#[test]
fn a_journal_gives_back_what_was_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    assert!(read_journal(&path).unwrap().is_none());
    let third = 1.0 / 3.0;
    let mut rows = vec![None; 4];
    rows[2] = Some(row(&["a", "tab\tin\\name\n"], &[third, -0.0]));
    rows[0] = Some(Row { errors: vec![1e-300], ..row(&["a"], &[f64::INFINITY]) });
    rows[3] = Some(Row::failed("no\nway\tout".into()));
    let mut journal = Journal::create(&path, &identity(4)).unwrap();
    for index in [2, 0, 3] {
        journal.record([(index, rows[index].as_ref().unwrap())]).unwrap();
    }
    drop(journal);
    let found = read_journal(&path).unwrap().unwrap();
    assert_eq!((found.identity, found.rows), (identity(4), rows));
}

#[test]
fn a_journal_cut_anywhere_holds_what_was_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let mut journal = Journal::create(&path, &identity(9)).unwrap();
    for index in 0..9 {
        let names: &[&str] = if index < 4 { &["a", "b"] } else { &["a"] };
        journal.record([(index, &row(names, &[index as f64, 0.1][..names.len()]))]).unwrap();
    }
    drop(journal);
    let whole = std::fs::read(&path).unwrap();
    let all = read_journal(&path).unwrap().unwrap().rows;
    let head = 1 + whole.iter().position(|byte| *byte == b'\n').unwrap();
    let mut seen = 0;
    for length in 0..whole.len() {
        std::fs::write(&path, &whole[..length]).unwrap();
        let Some((mut journal, found)) = Journal::resume(&path).unwrap() else {
            assert!(length < head, "the first line is lost only when it is cut");
            continue;
        };
        let known = found.rows.iter().flatten().count();
        assert!(known >= seen && found.rows[..known] == all[..known], "{length}");
        seen = known;
        // What is appended now is found, whatever stood there.
        journal.record([(8, all[8].as_ref().unwrap())]).unwrap();
        drop(journal);
        let again = read_journal(&path).unwrap().unwrap();
        assert_eq!((&again.rows[..known], &again.rows[8]), (&all[..known], &all[8]), "{length}");
    }
    assert_eq!(seen, 8);
}

#[test]
fn only_one_process_writes_a_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let journal = Journal::create(&path, &identity(1)).unwrap();
    let error = Journal::resume(&path).err().expect("it is locked");
    assert_eq!(error.to_string(), "another sweep is running in this folder");
    drop(journal);
    assert!(Journal::resume(&path).unwrap().is_some());
}

#[test]
fn the_table_has_a_row_for_each_point_and_a_column_for_each_quantity() {
    let points = points(CASE);
    let mut rows = Rows::new(6);
    // Columns are in the order of the points, not in that in which these were solved.
    rows.insert(1, row(&["b"], &[2.0]));
    rows.insert(4, Row::failed("it said \"no\", twice".into()));
    rows.insert(0, Row { errors: vec![0.5, 0.25], ..row(&["a", "b"], &[0.1, f64::NAN]) });
    let mut out = Vec::new();
    write_table(&points, &rows, &mut out).unwrap();
    let wanted = "\
index,boundary.counter.current.density,temperature,status,a,b,reason
0,5,273.15,converged,0.1,nan,
1,5,323.15,converged,,2,
4,10,323.15,failed,,,\"it said \"\"no\"\", twice\"
";
    assert_eq!(String::from_utf8(out).unwrap(), wanted);
    let Column { values: b, errors, .. } = rows.columns()[1];
    assert!(b[0].is_nan() && b[1] == 2.0 && b[2..].iter().all(|b| b.is_nan()), "{b:?}");
    assert!(errors[0] == 0.25 && errors.len() == 6 && errors[1..].iter().all(|e| e.is_nan()));
    let (columns, status, reasons, _) = rows.into_parts();
    let names: Vec<&str> = columns.iter().map(|column| &*column.name).collect();
    assert_eq!((names, status[4], reasons.len()), (vec!["a", "b"], Some(PointStatus::Failed), 1));
}

#[test]
fn rows_travel_as_lines() {
    let rows = [(7, row(&["a", "b"], &[1.5, f64::NAN])), (2, Row::failed("a\tb\nc".into()))];
    let text = rows_as_text(rows.iter().map(|(index, row)| (*index, row)));
    let got = rows_of_text(&text).expect("whole");
    assert_eq!((got[0].0, got[0].1.values[0], got[0].1.values[1].is_nan()), (7, 1.5, true));
    assert_eq!(got[1], rows[1]);
    assert_eq!(got[0].1.layout, rows[0].1.layout);
    assert!(rows_of_text(&text[..text.len() - 2]).is_none());
    // 1.5 and 2.5, 0x3ff8000000000000 and 0x4004000000000000.
    let [from, to] = ["3oh00000000", "40400000000"];
    assert!(text.contains(from) && rows_of_text(&text.replace(from, to)).is_none());
    assert_eq!(rows_of_text(""), Some(Vec::new()));
}
