//! From the folder of a finished sweep back to its numbers.
//!
//! What `results.h5` holds is checked before it is used: a file that was damaged, or made by something
//! else, is an error and no panic.

use super::profile::decode_name;
use crate::case::SweepMode;
use crate::sweep::{PointStatus, SweepAxis, SweepQuantity, SweepResults, sort_quantities};
use hdf5::types::VarLenUnicode;
use hdf5::{Dataset, File, Group};
use std::path::{Path, PathBuf};

/// Name of the file with the numbers over the grid.
pub const SWEEP_FILE: &str = "results.h5";
/// What it is called while points are missing.
pub const PARTIAL_SWEEP_FILE: &str = "results.partial.h5";

/// Why the results of a sweep could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadSweepError {
    /// There is no finished sweep in the folder.
    #[error("{}: {what}; wanted the folder of a finished sweep, with {SWEEP_FILE}", folder.display())]
    Missing {
        /// The folder.
        folder: PathBuf,
        /// What is there instead.
        what: &'static str,
    },
    /// The file is there, but is none of ours, or damaged.
    #[error("{}: {what}; run the sweep again with --force", file.display())]
    Broken {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        what: String,
    },
}

/// Reads what a finished sweep wrote into `folder`.
///
/// # Errors
/// [`ReadSweepError`]: there is no finished sweep, or its file is damaged.
pub fn read_sweep(folder: &Path) -> Result<SweepResults, ReadSweepError> {
    let path = folder.join(SWEEP_FILE);
    if !path.is_file() {
        let what = match folder {
            folder if folder.join(PARTIAL_SWEEP_FILE).is_file() => {
                "the sweep there has points that are missing, and `natrolite sweep` continues it"
            }
            folder if folder.is_dir() => "no results of a sweep there",
            _ => "no such folder",
        };
        return Err(ReadSweepError::Missing { folder: folder.to_owned(), what });
    }
    let broken = |what: String| ReadSweepError::Broken { file: path.clone(), what };
    let file = File::open(&path).map_err(|_| broken("no HDF5 file, or one cut short".into()))?;
    read_file(&file).map_err(broken)
}

fn read_file(file: &File) -> Result<SweepResults, String> {
    let status = dataset(file, "status")?;
    let shape = status.shape();
    let status: Vec<i32> = status.read_raw().map_err(|e| e.to_string())?;
    let count = status.len();
    let axes = read_axes(file, &shape)?;
    // One axis by itself is both.
    let mode = match axes.len() == shape.len() {
        true => SweepMode::Grid,
        false => SweepMode::Zip,
    };
    let group = |name: &str| file.group(name).map_err(|_| format!("`/{name}` is missing"));
    let quantities = group("quantities")?;
    let names = quantities.member_names().map_err(|e| e.to_string())?;
    let quantity = |name: &String| {
        let found = dataset(&quantities, name)?;
        let unit = attribute(&found, "unit")?;
        let name = decode_name(name).ok_or_else(|| format!("`{name}` is no name"))?;
        Ok(SweepQuantity { values: numbers(&found, &name, count)?, name, unit })
    };
    let mut quantities = names.iter().map(quantity).collect::<Result<Vec<_>, String>>()?;
    sort_quantities(&mut quantities);
    let reasons: Vec<VarLenUnicode> =
        dataset(file, "reason")?.read_raw().map_err(|e| e.to_string())?;
    check_length("reason", reasons.len(), count)?;
    let reasons = reasons.iter().map(|reason| reason.as_str().to_owned()).enumerate();
    let resolved = read_text(file, "case/resolved")?;
    let parsed: Option<toml::Table> = toml::from_str(&resolved).ok();
    let title = parsed.as_ref().and_then(|table| table.get("title")?.as_str());
    Ok(SweepResults {
        title: title.unwrap_or_default().to_owned(),
        mode,
        axes,
        quantities,
        status: status.iter().map(|&s| status_of(s)).collect::<Result<_, _>>()?,
        reasons: reasons.filter(|(_, reason)| !reason.is_empty()).collect(),
        rim_sizes: numbers(&dataset(&group("mesh")?, "rim_size")?, "rim_size", count)?,
        case_text: read_text(file, "case/text")?,
        resolved,
    })
}

/// The axes, which must make as many points as there are.
fn read_axes(file: &File, shape: &[usize]) -> Result<Vec<SweepAxis>, String> {
    let group = file.group("axes").map_err(|_| "`/axes` is missing".to_owned())?;
    let axis = |k: usize| {
        let found = dataset(&group, &k.to_string())?;
        let values: Vec<f64> = found.read_raw().map_err(|e| e.to_string())?;
        Ok(SweepAxis { key: attribute(&found, "key")?, unit: attribute(&found, "unit")?, values })
    };
    let axes = (0..group.len() as usize).map(axis).collect::<Result<Vec<_>, String>>()?;
    let lengths: Vec<usize> = axes.iter().map(|axis| axis.values.len()).collect();
    let together = shape.len() == 1 && lengths.iter().all(|&length| length == shape[0]);
    if axes.is_empty() || !(lengths == shape || together) {
        return Err(format!("axes of lengths {lengths:?} do not make points of shape {shape:?}"));
    }
    Ok(axes)
}

fn status_of(number: i32) -> Result<Option<PointStatus>, String> {
    match usize::try_from(number) {
        Ok(number) => match PointStatus::ALL.get(number) {
            Some(status) => Ok(Some(*status)),
            None => Err(format!("`/status` holds {number}, wanted 0, 1 or 2")),
        },
        Err(_) => Ok(None),
    }
}

fn numbers(dataset: &Dataset, name: &str, count: usize) -> Result<Vec<f64>, String> {
    let values: Vec<f64> = dataset.read_raw().map_err(|e| format!("`{name}`: {e}"))?;
    check_length(name, values.len(), count)?;
    Ok(values)
}

fn check_length(name: &str, got: usize, wanted: usize) -> Result<(), String> {
    match got == wanted {
        true => Ok(()),
        false => Err(format!("`{name}` has {got} values, wanted one for each of {wanted} points")),
    }
}

fn dataset(group: &Group, name: &str) -> Result<Dataset, String> {
    let place = group.name();
    group.dataset(name).map_err(|_| format!("`{}/{name}` is missing", place.trim_end_matches('/')))
}

fn attribute(dataset: &Dataset, name: &str) -> Result<String, String> {
    let read = || dataset.attr(name)?.read_scalar::<VarLenUnicode>();
    let text = read().map_err(|_| format!("`{}` has no attribute `{name}`", dataset.name()))?;
    Ok(text.as_str().to_owned())
}

fn read_text(group: &Group, name: &str) -> Result<String, String> {
    let text: VarLenUnicode = dataset(group, name)?.read_scalar().map_err(|e| e.to_string())?;
    Ok(text.as_str().to_owned())
}
