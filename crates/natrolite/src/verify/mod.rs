//! Verification: what the program must return, and whether it does.
//!
//! The ladder is a list of [`Problem`]s. Each solves one problem or a family of them with the program
//! and compares what it got with a closed form, one [`Row`] per number.

mod cell;
pub mod closed_form;
mod ladder;
pub mod rates;
mod row;
mod table;

pub use ladder::ladder;
pub use row::{Comparison, Problem, Row, Verdict};
pub use table::markdown;

use crate::case::nearest;
use rayon::prelude::*;
use std::io::Write;

/// How a verification ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Rows within their tolerance.
    pub passed: usize,
    /// Rows outside, and rows whose problem could not be solved.
    pub failed: usize,
}

impl Outcome {
    /// True when no row failed.
    pub fn is_success(&self) -> bool {
        self.failed == 0
    }
}

/// Why nothing was verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// No row begins with the name.
    #[error("no row of the verification begins with `{name}`{}", .nearest.as_ref().map(|n| format!("; nearest: `{n}`")).unwrap_or_default())]
    UnknownName {
        /// The name asked for.
        name: String,
        /// The known name most like it.
        nearest: Option<String>,
    },
    /// The table could not be written.
    #[error("the table cannot be written: {0}")]
    Write(#[from] std::io::Error),
}

/// Runs the rows of the ladder whose names begin with one of `names` (all when there are none) and
/// writes a table to `out` as they finish.
///
/// # Errors
/// [`VerifyError`] when a name is unknown or `out` fails.
pub fn verify(names: &[String], out: &mut dyn Write) -> Result<Outcome, VerifyError> {
    verify_problems(select(ladder(), names)?, out)
}

/// Runs every row of `problems` and writes a table to `out`.
///
/// # Errors
/// When `out` fails.
pub fn verify_problems(
    problems: Vec<Problem>,
    out: &mut dyn Write,
) -> Result<Outcome, VerifyError> {
    let rows = problems.iter().flat_map(|problem| &problem.rows);
    let layout = table::Layout::new(rows);
    writeln!(out, "{}", layout.header())?;
    let mut outcome = Outcome::default();
    // Problems of one batch run at the same time; the table appears batch by batch, in order.
    for batch in problems.chunks(2 * rayon::current_num_threads()) {
        let verdicts: Vec<Vec<Verdict>> = batch.par_iter().map(Problem::verdicts).collect();
        for (row, verdict) in
            batch.iter().flat_map(|problem| &problem.rows).zip(verdicts.iter().flatten())
        {
            writeln!(out, "{}", layout.line(row, verdict))?;
            if verdict.passes(row) {
                outcome.passed += 1;
            } else {
                outcome.failed += 1;
            }
        }
        out.flush()?;
    }
    let total = outcome.passed + outcome.failed;
    writeln!(out, "{} of {total} rows passed, {} failed", outcome.passed, outcome.failed)?;
    Ok(outcome)
}

/// The problems with rows whose names begin with one of `names`, without their other rows.
///
/// # Errors
/// When a name is the beginning of no row's name.
pub fn select(mut problems: Vec<Problem>, names: &[String]) -> Result<Vec<Problem>, VerifyError> {
    for name in names {
        let known = || problems.iter().flat_map(|problem| &problem.rows).map(|row| &row.name);
        if known().any(|row| row.starts_with(name.as_str())) {
            continue;
        }
        // Families are names too: `disc`, `disc.primary`.
        let families = known().flat_map(|row| {
            row.match_indices('.').map(|(end, _)| &row[..end]).chain([row.as_str()])
        });
        let nearest = nearest(name, families).map(str::to_owned);
        return Err(VerifyError::UnknownName { name: name.clone(), nearest });
    }
    if !names.is_empty() {
        for problem in &mut problems {
            problem.keep(|row| names.iter().any(|name| row.name.starts_with(name.as_str())));
        }
        problems.retain(|problem| !problem.rows.is_empty());
    }
    Ok(problems)
}

#[cfg(test)]
mod tests;
