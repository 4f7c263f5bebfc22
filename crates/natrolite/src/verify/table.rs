//! The ladder as a table: plain text for a terminal, Markdown for the manual.

use super::row::{Problem, Row, Verdict};
use rayon::prelude::*;

/// Digits of the expected value and of what the program returned.
fn number(value: f64) -> String {
    if value != 0.0 && !(1e-3..1e6).contains(&value.abs()) {
        format!("{value:.8e}")
    } else {
        format!("{value:.9}")
    }
}

/// Widths of the columns.
pub(super) struct Layout {
    name: usize,
    what: usize,
}

impl Layout {
    /// Columns wide enough for the rows.
    pub(super) fn new<'a>(rows: impl Iterator<Item = &'a Row>) -> Layout {
        let (name, what) = rows.fold((4, 4), |(name, what), row| {
            (name.max(row.name.chars().count()), what.max(row.what.chars().count()))
        });
        Layout { name, what }
    }

    /// Titles of the columns.
    pub(super) fn header(&self) -> String {
        let (name, what) = (self.name, self.what);
        format!(
            "      {:name$}  {:what$}  {:>16}  {:>16}  {:>8}  {:>9}  source",
            "name", "what", "expected", "got", "error", "tolerance"
        )
    }

    /// One row.
    pub(super) fn line(&self, row: &Row, verdict: &Verdict) -> String {
        let (name, what) = (self.name, self.what);
        let pass = if verdict.passes(row) { "pass" } else { "FAIL" };
        let start = format!("{pass}  {:name$}  {:what$}", row.name, row.what);
        match verdict {
            Verdict::Compared(c) => format!(
                "{start}  {:>16}  {:>16}  {:>8.1e}  {:>9.0e}  {}",
                number(c.expected),
                number(c.got),
                c.error(),
                row.tolerance,
                row.source
            ),
            Verdict::Unsolved(why) => format!("{start}  {}", why.replace('\n', " ")),
        }
    }
}

/// Solves `problems` and renders their rows as a Markdown table.
pub fn markdown(problems: &[Problem]) -> String {
    let mut text = String::from(
        "| name | what | expected | got | error | tolerance | why this tolerance | source |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    let verdicts: Vec<Vec<Verdict>> = problems.par_iter().map(Problem::verdicts).collect();
    let rows = problems.iter().flat_map(|problem| &problem.rows);
    for (row, verdict) in rows.zip(verdicts.iter().flatten()) {
        let numbers = match verdict {
            Verdict::Compared(c) => {
                format!("{} | {} | {:.0e}", number(c.expected), number(c.got), c.error())
            }
            Verdict::Unsolved(why) => format!("{} | |", why.replace(['\n', '|'], " ")),
        };
        let fail = if verdict.passes(row) { "" } else { " **FAIL**" };
        text.push_str(&format!(
            "| `{}` | {} | {numbers} | {:e}{fail} | {} | {} |\n",
            row.name, row.what, row.tolerance, row.because, row.source
        ));
    }
    text
}
