//! The verification ladder: every row passes, a wrong expectation does not, and the manual shows the
//! same rows.

use natrolite::verify::{
    Comparison, Outcome, Problem, Verdict, ladder, markdown, select, verify, verify_problems,
};
use std::path::Path;

/// Set to rewrite the table in `docs/verification.md`.
const UPDATE: &str = "NATROLITE_UPDATE";

/// The table of the manual begins after this line.
const MARK: &str = "<!-- The table below is written by the program. -->\n";

#[test]
fn every_row_passes() {
    let mut text = Vec::new();
    let outcome = verify(&[], &mut text).unwrap();
    let rows = ladder().iter().map(|p| p.rows.len()).sum();
    assert_eq!(outcome, Outcome { passed: rows, failed: 0 }, "{}", String::from_utf8_lossy(&text));
}

#[test]
fn a_wrong_expectation_fails() {
    let name = "slab.voltage.planar.aa_0.5_ac_0.5".to_owned();
    let mut problems = select(ladder(), &[name]).unwrap();
    let slab = problems.remove(0);
    let rows = slab.rows.clone();
    // A millionth more than the closed form gives.
    let wrong = Problem::new(rows, move || {
        let change = |verdict: Verdict| match verdict {
            Verdict::Compared(c) => Ok(Comparison::relative(c.expected * (1.0 + 1e-6), c.got)),
            Verdict::Unsolved(why) => Err(why),
        };
        slab.verdicts().into_iter().map(change).collect()
    });
    let mut text = Vec::new();
    let outcome = verify_problems(vec![wrong], &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert_eq!(outcome, Outcome { passed: 0, failed: 1 });
    assert!(text.contains("FAIL  slab.voltage.planar") && text.contains("1.0e-6"), "{text}");
}

#[test]
fn an_unknown_name_is_an_error_with_the_nearest() {
    let error = verify(&["puore.hemisphere".to_owned()], &mut Vec::new()).unwrap_err();
    assert!(error.to_string().ends_with("; nearest: `pore.hemisphere`"), "{error}");
}

#[test]
fn the_manual_lists_the_same_rows_and_tolerances() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/verification.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, table) = text.split_once(MARK).expect("the manual has the mark");
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, format!("{before}{MARK}\n{}", markdown(&ladder()))).unwrap();
        return;
    }
    let shown: Vec<(String, String)> = table
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| {
            let cells: Vec<&str> = line.split(" | ").collect();
            (cells[0].trim_start_matches("| ").trim_matches('`').to_owned(), cells[5].to_owned())
        })
        .collect();
    let problems = ladder();
    let rows = problems.iter().flat_map(|problem| &problem.rows);
    let wanted: Vec<(String, String)> =
        rows.map(|row| (row.name.clone(), format!("{:e}", row.tolerance))).collect();
    assert_eq!(shown, wanted, "set {UPDATE}=1 to rewrite the table");
}
