//! What the points of a sweep gave, and `results.csv`.

use super::Points;
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

/// All quantities of a sweep: for each its name, its unit, and where it stands in the row of each point.
pub struct Columns {
    names: Layout,
    /// For each point the place in [`Columns::names`] of each of its quantities.
    places: Vec<Arc<Vec<usize>>>,
}

impl Columns {
    /// Names in the order in which the points, by their index, bring them.
    pub fn new(rows: &[Option<Row>]) -> Columns {
        let mut columns = Columns { names: Vec::new(), places: Vec::with_capacity(rows.len()) };
        let mut known: Vec<(Arc<Layout>, Arc<Vec<usize>>)> = Vec::new();
        let empty = Arc::new(Vec::new());
        for row in rows {
            let Some(row) = row else {
                columns.places.push(Arc::clone(&empty));
                continue;
            };
            let places = match known.iter().find(|(layout, _)| *layout == row.layout) {
                Some((_, places)) => Arc::clone(places),
                None => {
                    let places = Arc::new(columns.places_of(&row.layout));
                    known.push((Arc::clone(&row.layout), Arc::clone(&places)));
                    places
                }
            };
            columns.places.push(places);
        }
        columns
    }

    fn places_of(&mut self, layout: &Layout) -> Vec<usize> {
        let mut place = |column: &(String, String)| {
            let found = self.names.iter().position(|(name, _)| *name == column.0);
            found.unwrap_or_else(|| {
                self.names.push(column.clone());
                self.names.len() - 1
            })
        };
        layout.iter().map(&mut place).collect()
    }

    /// Names and units.
    pub fn names(&self) -> &Layout {
        &self.names
    }

    /// Of each quantity the numbers that `values` holds for the points; NaN where a point has none.
    pub fn collect<'r>(
        &self,
        rows: &'r [Option<Row>],
        values: impl Fn(&'r Row) -> &'r [f64],
    ) -> Vec<Vec<f64>> {
        let mut all = vec![vec![f64::NAN; rows.len()]; self.names.len()];
        // Row after row: what they hold lies here and there in memory.
        for (index, (row, places)) in rows.iter().zip(&self.places).enumerate() {
            let Some(row) = row else { continue };
            for (place, value) in places.iter().zip(values(row)) {
                all[*place][index] = *value;
            }
        }
        all
    }
}

/// Rows are handed to the writer as so many bytes, or some more.
const TOGETHER: usize = 1 << 16;

/// Writes the points that have a row as CSV: `index`, each key in its SI unit, `status`, the quantities by
/// name (nothing where a point has none), and the `reason` of a point that failed.
///
/// # Errors
/// Those of the writer.
pub fn write_table(points: &Points, rows: &[Option<Row>], out: &mut dyn Write) -> io::Result<()> {
    let columns = Columns::new(rows);
    write!(out, "index")?;
    for axis in &points.sweep.axes {
        write!(out, ",{}", cell(&axis.key))?;
    }
    write!(out, ",status")?;
    for (name, _) in columns.names() {
        write!(out, ",{}", cell(name))?;
    }
    writeln!(out, ",reason")?;
    // Of each axis its values, of which a point has one.
    let written = |value: &crate::case::AxisValue| {
        let mut text = vec![b','];
        push_number(&mut text, value.si);
        text
    };
    let labels: Vec<Vec<Vec<u8>>> =
        points.sweep.axes.iter().map(|axis| axis.values.iter().map(written).collect()).collect();
    let mut at = vec![None; columns.names().len()];
    // Of each column the last number and how it is written: many are the same from point to point.
    let mut written = vec![(f64::NAN.to_bits(), b"nan".to_vec()); at.len()];
    let mut text = Vec::with_capacity(TOGETHER + 4096);
    for (index, row) in rows.iter().enumerate() {
        let Some(row) = row else { continue };
        push_whole(&mut text, index);
        for (k, labels) in labels.iter().enumerate() {
            text.extend_from_slice(&labels[points.sweep.place(k, index)]);
        }
        text.push(b',');
        text.extend_from_slice(row.status.word().as_bytes());
        at.fill(None);
        for (&place, &value) in columns.places[index].iter().zip(&row.values) {
            at[place] = Some(value);
        }
        for (value, (bits, last)) in at.iter().zip(&mut written) {
            text.push(b',');
            let Some(value) = value else { continue };
            if value.to_bits() != *bits {
                *bits = value.to_bits();
                last.clear();
                push_number(last, *value);
            }
            text.extend_from_slice(last);
        }
        text.push(b',');
        text.extend_from_slice(cell(&row.reason).as_bytes());
        text.push(b'\n');
        if text.len() >= TOGETHER {
            out.write_all(&text)?;
            text.clear();
        }
    }
    out.write_all(&text)
}

/// A cell of CSV, in quotation marks where it needs them.
fn cell(text: &str) -> Cow<'_, str> {
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")).into(),
        false => text.into(),
    }
}
