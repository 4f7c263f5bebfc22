//! How rows are chosen, judged and printed.

use super::*;

fn problem(names: &[&str], comparisons: Vec<Comparison>) -> Problem {
    let rows = names.iter().map(|n| Row::new(*n, "a number", 1e-3, "rounding", "a book")).collect();
    Problem::new(rows, move || Ok(comparisons.clone()))
}

fn two() -> Vec<Problem> {
    let c = |got| Comparison::relative(2.0, got);
    vec![
        problem(&["disc.primary", "disc.peak"], vec![c(2.001), c(3.0)]),
        problem(&["slab.voltage"], vec![c(2.0)]),
    ]
}

fn run(problems: Vec<Problem>) -> (Outcome, String) {
    let mut text = Vec::new();
    let outcome = verify_problems(problems, &mut text).unwrap();
    (outcome, String::from_utf8(text).unwrap())
}

#[test]
fn a_wrong_number_fails_its_row_and_no_other() {
    let (outcome, text) = run(two());
    assert_eq!(outcome, Outcome { passed: 2, failed: 1 });
    assert!(!outcome.is_success());
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[1].starts_with("pass  disc.primary"), "{text}");
    assert!(lines[2].starts_with("FAIL  disc.peak"), "{text}");
    assert!(lines[2].contains("2.000000000") && lines[2].contains("3.000000000"), "{text}");
    assert!(lines[2].contains("5.0e-1"), "{text}");
    assert_eq!(lines[4], "2 of 3 rows passed, 1 failed");
}

#[test]
fn a_number_that_is_none_fails() {
    let nan = Comparison::relative(2.0, f64::NAN);
    assert_eq!(run(vec![problem(&["a"], vec![nan])]).0.failed, 1);
    let good = Comparison::relative(2.0, 2.0);
    let worst = Comparison::worst([good, nan, good]).unwrap();
    assert!(worst.got.is_nan());
}

#[test]
fn a_problem_that_is_not_solved_fails_with_its_reason() {
    let rows = vec![Row::new("a", "b", 1.0, "c", "d")];
    let (outcome, text) = run(vec![Problem::new(rows, || Err("no\nconvergence".into()))]);
    assert_eq!(outcome, Outcome { passed: 0, failed: 1 });
    assert!(text.contains("FAIL  a     b     no convergence"), "{text}");
}

#[test]
fn names_choose_rows_by_their_beginning() {
    let chosen = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
        let problems = select(two(), &names)?;
        Ok::<_, VerifyError>(run(problems).1.lines().count() - 2)
    };
    assert_eq!(chosen(&[]).unwrap(), 3);
    assert_eq!(chosen(&["disc"]).unwrap(), 2);
    assert_eq!(chosen(&["disc.pe", "slab"]).unwrap(), 2);
    let error = chosen(&["dics"]).unwrap_err().to_string();
    assert_eq!(error, "no row of the verification begins with `dics`; nearest: `disc`");
    let error = chosen(&["slab.voltaje"]).unwrap_err().to_string();
    assert!(error.ends_with("nearest: `slab.voltage`"), "{error}");
    let error = chosen(&["zzz"]).unwrap_err().to_string();
    assert_eq!(error, "no row of the verification begins with `zzz`");
}

#[test]
fn a_chosen_row_keeps_its_own_comparison() {
    let problems = select(two(), &["disc.peak".to_owned()]).unwrap();
    let Verdict::Compared(comparison) = &problems[0].verdicts()[0] else { panic!("not solved") };
    assert_eq!(comparison.got, 3.0);
}

#[test]
fn names_of_the_ladder_are_unique_and_tolerances_tight() {
    let problems = ladder();
    let rows: Vec<&Row> = problems.iter().flat_map(|p| &p.rows).collect();
    for (k, row) in rows.iter().enumerate() {
        assert!(rows[..k].iter().all(|other| other.name != row.name), "{}", row.name);
        let counted = row.name.starts_with("rate.") || row.name.ends_with(".iterations");
        // The edge of a contact lies somewhere in a cell.
        let edge = ["contact.hertz", "contact.waves", "contact.summits"];
        let has_edge = edge.iter().any(|family| row.name.starts_with(family));
        let tight = if has_edge { 5e-2 } else { 5e-3 };
        assert!(row.tolerance <= tight || counted, "{}: {}", row.name, row.tolerance);
    }
}
