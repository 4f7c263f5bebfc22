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
use crate::sweep::{Column, PointStatus, Points, Rows};
use hdf5::types::VarLenUnicode;
use hdf5::{File, Group};
use std::path::Path;

/// Writes the `rows` of `points` to `path`.
///
/// # Errors
/// [`OutputError::Hdf5`] when the library or the system below it fails; [`OutputError::Io`] when the
/// file cannot be forced onto the disk.
pub fn write_sweep(points: &Points, rows: &Rows, path: &Path) -> Result<(), OutputError> {
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
        let columns = rows.columns();
        let quantities = file.create_group("quantities")?;
        for Column { name, unit, values, .. } in &columns {
            write_values(&quantities, name, unit, &shape, values)?;
        }
        if columns.iter().any(|column| !column.errors.is_empty()) {
            let errors = file.create_group("error_estimates")?;
            let none = vec![f64::NAN; rows.len()];
            for Column { name, unit, errors: own, .. } in &columns {
                let own = if own.is_empty() { &none } else { own };
                write_values(&errors, name, unit, &shape, own)?;
            }
        }
        let status = rows.status().iter().map(|status| status.map_or(-1, PointStatus::number));
        let status: Vec<i32> = status.collect();
        file.new_dataset::<i32>().shape(shape.clone()).create("status")?.write_raw(&status)?;
        let dataset = file.new_dataset::<VarLenUnicode>().shape(shape.clone()).create("reason")?;
        // What is not written is read as empty texts, and takes no room.
        if rows.has_reasons() {
            let reasons = (0..rows.len()).map(|point| text(rows.reason(point)));
            dataset.write_raw(&reasons.collect::<hdf5::Result<Vec<VarLenUnicode>>>()?)?;
        }
        write_values(&file.create_group("mesh")?, "rim_size", "m", &shape, rows.rim_sizes())?;
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
