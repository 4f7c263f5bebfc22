//! From [`Results`] to files in a folder.
//!
//! A run calls [`Folder::prepare`] before it solves, [`write_data`] and [`write_summary`] into
//! [`Folder::path`] afterwards, and [`Folder::commit`] last; until then nothing stands under a
//! final name.

mod checkpoint;
mod error;
mod facets;
mod folder;
mod number;
mod packed;
mod profile;
mod read;
mod read_mesh;
mod read_pieces;
mod read_sweep;
mod summary;
mod sweep;
mod vtkhdf;

pub use checkpoint::{
    Checkpoint, checkpoint_path, read_checkpoint, read_stress, remove_checkpoint,
    stress_checkpoint_path, write_checkpoint, write_stress,
};
pub use error::OutputError;
pub use folder::Folder;
pub(crate) use number::{
    push_number, push_whole, six_digits, write_json, write_json_of_six_digits, write_number,
};
pub use profile::{file_stems, write_csv};
pub use read::{ReadError, read_results};
pub use read_sweep::{PARTIAL_SWEEP_FILE, ReadSweepError, SWEEP_FILE, read_sweep};
pub use summary::{format_number, people_unit, reproducible_json, summary_json, summary_table};
pub use sweep::write_sweep;
pub use vtkhdf::pieces::write_vtkhdf_of_ranks;
pub use vtkhdf::write_vtkhdf;

use crate::results::{Piece, Results, Summary};
use crate::run::ranks::RankResults;
use algebra::Comm;
use std::path::Path;

/// Name of the HDF5 file.
pub const RESULT_FILE: &str = "result.vtkhdf";
/// Name of the file with the numbers.
pub const SUMMARY_FILE: &str = "summary.json";
/// Name of the page for people.
pub const REPORT_FILE: &str = "report.html";

/// Writes fields and profiles into `folder`, which exists: `result.vtkhdf`, `profile_<b>.csv` and
/// `profile_<b>_at.csv`.
///
/// `compression` is the level of gzip in the HDF5 file, 0 (none) to 9.
///
/// # Errors
/// [`OutputError::Io`] and [`OutputError::Hdf5`] when the system refuses.
pub fn write_data(results: &Results, folder: &Path, compression: u8) -> Result<(), OutputError> {
    let (path, start) = (folder.join(RESULT_FILE), std::time::Instant::now());
    write_vtkhdf(results, &path, compression)?;
    tell_written(&path, start);
    write_profiles(results, folder)
}

/// Writes what `solved` on the ranks of `comm`, which all call this together; rank 0 says where `to`, and with
/// which level of compression.
///
/// # Errors
/// As [`write_data`], on rank 0.
pub fn write_solved(
    comm: &dyn Comm,
    solved: &RankResults,
    to: Option<(&Path, u8)>,
) -> Result<(), OutputError> {
    let to = solved.results.as_ref().zip(to);
    match (&solved.piece, to) {
        (Some(piece), to) => {
            let to = to.map(|(results, (folder, compression))| (results, folder, compression));
            write_data_of_ranks(comm, piece, to)
        }
        (None, Some((results, (folder, compression)))) => write_data(results, folder, compression),
        (None, None) => Ok(()),
    }
}

/// As [`write_data`] where each rank has a piece of the fields; rank 0 gives `to`: its results, the folder,
/// and the level of compression. All ranks call this together.
///
/// # Errors
/// As [`write_data`], on rank 0.
pub fn write_data_of_ranks(
    comm: &dyn Comm,
    piece: &Piece,
    to: Option<(&Results, &Path, u8)>,
) -> Result<(), OutputError> {
    let Some((results, folder, compression)) = to else {
        return write_vtkhdf_of_ranks(comm, piece, None);
    };
    let (path, start) = (folder.join(RESULT_FILE), std::time::Instant::now());
    write_vtkhdf_of_ranks(comm, piece, Some((results, &path, compression)))?;
    tell_written(&path, start);
    write_profiles(results, folder)
}

fn write_profiles(results: &Results, folder: &Path) -> Result<(), OutputError> {
    for (stem, profile) in file_stems(&results.profiles).iter().zip(&results.profiles) {
        let path = folder.join(format!("profile_{stem}.csv"));
        write_file(&path, |out| write_csv(profile, out))?;
    }
    Ok(())
}

/// Writes `summary.json` into `folder`. Apart from [`write_data`], so that the time that it took
/// can be among the numbers.
///
/// # Errors
/// [`OutputError::Io`] when the system refuses.
pub fn write_summary(summary: &Summary, folder: &Path) -> Result<(), OutputError> {
    write_file(&folder.join(SUMMARY_FILE), |out| out.write_all(summary_json(summary).as_bytes()))
}

/// Writes a file beside its place and renames it, so that what stands under its name is complete.
///
/// # Errors
/// [`OutputError::Io`] when the system refuses; then nothing is left behind.
pub fn write_whole_file(path: &Path, content: &[u8]) -> Result<(), OutputError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".partial-{}", std::process::id()));
    let beside = path.with_file_name(name);
    let written = write_file(&beside, |out| out.write_all(content))
        .and_then(|()| std::fs::rename(&beside, path).map_err(OutputError::io("create", path)));
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written
}

/// Writes a file through a buffer and onto the disk, so that a full disk is noticed here.
pub(crate) fn write_file(
    path: &Path,
    write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>,
) -> Result<(), OutputError> {
    let start = std::time::Instant::now();
    let attempt = || {
        let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
        write(&mut out)?;
        out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()
    };
    attempt().map_err(OutputError::io("write", path))?;
    tell_written(path, start);
    Ok(())
}

/// Tells of a file that is complete, where it was begun at `start`.
fn tell_written(path: &Path, start: std::time::Instant) {
    let name = path.file_name().unwrap_or_default().display();
    let bytes = std::fs::metadata(path).map_or(0, |about| about.len());
    log::info!("{name}: {bytes} bytes in {:.3} s", start.elapsed().as_secs_f64());
}
