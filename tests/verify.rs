//! The verification ladder: every row passes, and a wrong expectation does not.

use natrolite::verify::{
    Comparison, Problem, Verdict, VerifyError, ladder, markdown, select, verify, verify_problems,
};

#[test]
fn every_row_passes() {
    let mut text = Vec::new();
    let outcome = verify(&[], &mut text).unwrap();
    println!("{}", String::from_utf8_lossy(&text));
    assert_eq!(outcome.failed, 0, "{}", String::from_utf8_lossy(&text));
    assert_eq!(outcome.passed, ladder().iter().map(|p| p.rows.len()).sum::<usize>());
}
