//! `results.h5`: what the points of a sweep gave, over its grid.
//!
//! ```text
//! /axes/<k>                values of axis k; attributes `key`, `unit`
//! /quantities/<name>       one value for each point, NaN where there is none; attribute `unit`
//! /error_estimates/<name>  the same for estimates from finer meshes, when these were asked for
//! /status                  0 converged, 1 not converged, 2 failed; -1 not solved yet
//! /reason                  why a point failed or did not converge, else empty
//! /mesh/rim_size           cell size at the rim of a built-in defect; attribute `unit`
//! /case/text, /case/resolved   the case as typed, and in SI units with every default
//! ```
//!
//! Axes that go together (zip, a file of points) have one dimension; else there is one for each axis.

use super::error::OutputError;
use super::profile::encode_name;
use super::vtkhdf::{text, write_attribute, write_text};
use crate::sweep::{Columns, Points, Row};
use hdf5::types::VarLenUnicode;
use hdf5::{File, Group};
use std::path::Path;

/// Writes the rows of `points`, and the columns made of them, to `path`.
///
/// # Errors
/// [`OutputError::Hdf5`] when the library or the system below it fails; [`OutputError::Io`] when the
/// file cannot be forced onto the disk.
pub fn write_sweep(
    points: &Points,
    (rows, columns): (&[Option<Row>], &Columns),
    path: &Path,
) -> Result<(), OutputError> {
    let attempt = || {
        let file = File::create(path)?;
        let shape = points.sweep.shape();
        let axes = file.create_group("axes")?;
        for (k, axis) in points.sweep.axes.iter().enumerate() {
            let values: Vec<f64> = axis.values.iter().map(|value| value.si).collect();
            let dataset =
                axes.new_dataset_builder().with_data(&values).create(k.to_string().as_str())?;
            write_attribute(&dataset, "key", &axis.key)?;
            write_attribute(&dataset, "unit", axis.unit)?;
        }
        let has_errors = rows.iter().flatten().any(|row| !row.errors.is_empty());
        let quantities = file.create_group("quantities")?;
        for ((name, unit), values) in columns.names().iter().zip(columns.values()) {
            write_values(&quantities, name, unit, &shape, values)?;
        }
        if has_errors {
            let errors = file.create_group("error_estimates")?;
            let all = columns.collect(rows, |row| &row.errors);
            for ((name, unit), values) in columns.names().iter().zip(all) {
                write_values(&errors, name, unit, &shape, &values)?;
            }
        }
        let status = |row: &Option<Row>| row.as_ref().map_or(-1, |row| row.status.number());
        let status: Vec<i32> = rows.iter().map(status).collect();
        file.new_dataset::<i32>().shape(shape.clone()).create("status")?.write_raw(&status)?;
        let reason = |row: &Option<Row>| text(row.as_ref().map_or("", |row| &row.reason));
        let reasons = rows.iter().map(reason).collect::<hdf5::Result<Vec<VarLenUnicode>>>()?;
        let dataset = file.new_dataset::<VarLenUnicode>().shape(shape.clone()).create("reason")?;
        dataset.write_raw(&reasons)?;
        let size = |row: &Option<Row>| row.as_ref().and_then(|row| row.rim_size);
        let sizes: Vec<f64> = rows.iter().map(|row| size(row).unwrap_or(f64::NAN)).collect();
        write_values(&file.create_group("mesh")?, "rim_size", "m", &shape, &sizes)?;
        let case = file.create_group("case")?;
        write_text(&case, "text", &points.case.source.text)?;
        write_text(&case, "resolved", &points.case.resolved())?;
        file.flush()?;
        file.close()
    };
    attempt().map_err(|source| OutputError::Hdf5 { path: path.to_owned(), source })?;
    std::fs::File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(OutputError::io("write", path))
}

fn write_values(
    group: &Group,
    name: &str,
    unit: &str,
    shape: &[usize],
    values: &[f64],
) -> hdf5::Result<()> {
    let name = encode_name(name);
    let dataset = group.new_dataset::<f64>().shape(shape.to_vec()).create(name.as_str())?;
    dataset.write_raw(values)?;
    write_attribute(&dataset, "unit", unit)
}
