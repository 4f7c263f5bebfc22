//! What the points of a sweep gave, and `results.csv`.

use super::{Points, Rows};
use crate::output::{push_number, push_whole};
use crate::results::{Layout, Quantity};
use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::Arc;

/// How a point ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointStatus {
    /// Solved to its tolerance.
    Converged,
    /// Not solved to its tolerance; the quantities are those of the last iterate.
    NotConverged,
    /// Not solved at all.
    Failed,
}

impl PointStatus {
    /// All of them; the place of one is its number in files.
    pub const ALL: [PointStatus; 3] =
        [PointStatus::Converged, PointStatus::NotConverged, PointStatus::Failed];

    /// The word in files.
    pub fn word(self) -> &'static str {
        match self {
            PointStatus::Converged => "converged",
            PointStatus::NotConverged => "not_converged",
            PointStatus::Failed => "failed",
        }
    }

    /// The number in files: 0 converged, 1 not converged, 2 failed.
    pub fn number(self) -> i32 {
        self as i32
    }
}

/// What one point gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// How it ended.
    pub status: PointStatus,
    /// Cell size at the rim of a built-in defect \[m\].
    pub rim_size: Option<f64>,
    /// Its quantities.
    pub layout: Arc<Layout>,
    /// Their values, SI units.
    pub values: Vec<f64>,
    /// Estimates of their errors from finer meshes; empty without these.
    pub errors: Vec<f64>,
    /// Why it failed or did not converge; else empty.
    pub reason: String,
}

impl Row {
    /// A point that was solved, or, without convergence, for a `reason` was not, on a mesh with cells of
    /// `rim_size`: names, values, and, where there are finer meshes, estimates of errors.
    pub fn of(
        (layout, values, errors): (Arc<Layout>, Vec<f64>, Vec<f64>),
        rim_size: Option<f64>,
        reason: Option<String>,
    ) -> Row {
        Row {
            status: match reason {
                None => PointStatus::Converged,
                Some(_) => PointStatus::NotConverged,
            },
            rim_size,
            layout,
            values,
            errors,
            reason: reason.unwrap_or_default(),
        }
    }

    /// A point that was not solved.
    pub fn failed(reason: String) -> Row {
        let (layout, values, errors) = (Arc::default(), Vec::new(), Vec::new());
        Row { status: PointStatus::Failed, rim_size: None, layout, values, errors, reason }
    }
}

/// The values of quantities, and estimates of their errors.
pub fn values_and_errors(quantities: &[(String, Quantity)]) -> (Vec<f64>, Vec<f64>) {
    let error = |q: &Quantity| q.error_estimate.unwrap_or(f64::NAN);
    quantities.iter().map(|(_, q)| (q.value, error(q))).unzip()
}

/// Rows are handed to the writer as so many bytes, or some more.
const TOGETHER: usize = 1 << 16;

/// Writes the points that have a row as CSV: `index`, each key in its SI unit, `status`, the quantities by
/// name (nothing where a point has none), and the `reason` of a point that failed.
///
/// # Errors
/// Those of the writer.
pub fn write_table(points: &Points, rows: &Rows, out: &mut dyn Write) -> io::Result<()> {
    let (columns, has) = (rows.columns(), rows.has());
    write!(out, "index")?;
    for axis in &points.sweep.axes {
        write!(out, ",{}", cell(&axis.key))?;
    }
    write!(out, ",status")?;
    for column in &columns {
        write!(out, ",{}", cell(&column.name))?;
    }
    writeln!(out, ",reason")?;
    // Of each axis its values, of which a point has one.
    let mut memory = Vec::with_capacity(LONGEST);
    let mut label = |value: &crate::case::AxisValue| Written::of(value.si, &mut memory);
    let labels: Vec<Vec<Written>> =
        points.sweep.axes.iter().map(|axis| axis.values.iter().map(&mut label).collect()).collect();
    // Of each column the last number: many are the same from point to point.
    let mut last = vec![Written::of(f64::NAN, &mut memory); columns.len()];
    let mut text = Vec::with_capacity(TOGETHER + 4096);
    for (index, status) in rows.status().iter().enumerate() {
        let Some(status) = status else { continue };
        push_whole(&mut text, index);
        for (k, labels) in labels.iter().enumerate() {
            labels[points.sweep.place(k, index)].push(&mut text);
        }
        text.push(b',');
        text.extend_from_slice(status.word().as_bytes());
        let has = &has[rows.layout_of(index)];
        for ((column, last), has) in columns.iter().zip(&mut last).zip(has) {
            if !has {
                text.push(b',');
                continue;
            }
            let value = column.values[index];
            if value.to_bits() != last.bits {
                *last = Written::of(value, &mut memory);
            }
            last.push(&mut text);
        }
        text.push(b',');
        text.extend_from_slice(cell(rows.reason(index)).as_bytes());
        text.push(b'\n');
        if text.len() >= TOGETHER {
            out.write_all(&text)?;
            text.clear();
        }
    }
    out.write_all(&text)
}

/// Longest number, with a comma: seventeen digits, two signs, a point, an `e` and an exponent of three digits, rounded
/// up to whole registers.
const LONGEST: usize = 32;

/// A number as a cell with the comma before it.
#[derive(Clone, Copy)]
struct Written {
    bits: u64,
    text: [u8; LONGEST],
    length: usize,
}

impl Written {
    fn of(value: f64, cell: &mut Vec<u8>) -> Written {
        cell.clear();
        cell.push(b',');
        push_number(cell, value);
        let (mut text, length) = ([0; LONGEST], cell.len());
        text[..length].copy_from_slice(cell);
        Written { bits: value.to_bits(), text, length }
    }

    fn push(&self, out: &mut Vec<u8>) {
        // As many bytes for any number are copied without a call.
        let end = out.len() + self.length;
        out.extend_from_slice(&self.text);
        out.truncate(end);
    }
}

/// A cell of CSV, in quotation marks where it needs them.
fn cell(text: &str) -> Cow<'_, str> {
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")).into(),
        false => text.into(),
    }
}
