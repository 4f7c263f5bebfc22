//! `report.html`: what a run or a sweep found, on one page that needs no other file.
//!
//! Pictures first, then numbers, then how they were got. [`run_report`] and [`sweep_report`] take data and
//! figures and a writer; they open no file. `html.rs` escapes whatever a case says, `section.rs` puts drawings and
//! numbers between, and `page.rs` style and scripts around. Without scripts everything can be read; with them, figures tell
//! values under the pointer and the table of a sweep can be sorted.

mod case;
mod figures;
mod html;
mod page;
mod run;
mod section;
mod solver;
mod sweep;
mod sweep_table;
#[cfg(test)]
mod tests;

pub use run::run_report;
pub use sweep::{SweepRun, sweep_report};
