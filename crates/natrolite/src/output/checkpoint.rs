//! What a run that is killed leaves behind: its last iterate, in a file beside its folder.

use super::error::OutputError;
use std::io;
use std::path::{Path, PathBuf};

/// An iterate of Newton's method.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Fingerprint of what numbers the unknowns: the mesh and the order.
    pub mesh: u64,
    /// Steps that led here.
    pub iteration: u64,
    /// The free unknowns: deviations from the state at zero current \[V\].
    pub unknowns: Vec<f64>,
}

/// The file for a run into `folder`: the same path with `.checkpoint`.
pub fn checkpoint_path(folder: &Path) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(".checkpoint");
    name.into()
}

/// Writes the file, an HDF5 file with a dataset `unknowns`. It appears under its name when it is complete,
/// and replaces an earlier one then.
///
/// # Errors
/// When the system refuses.
pub fn write_checkpoint(path: &Path, checkpoint: &Checkpoint) -> Result<(), OutputError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".partial-{}", std::process::id()));
    let beside = PathBuf::from(beside);
    let write = || {
        let file = hdf5::File::create(&beside)?;
        file.new_attr::<u64>().create("mesh")?.write_scalar(&checkpoint.mesh)?;
        file.new_attr::<u64>().create("iteration")?.write_scalar(&checkpoint.iteration)?;
        file.new_dataset_builder().with_data(&checkpoint.unknowns).create("unknowns")?;
        file.flush()
    };
    let hdf5 = |source| OutputError::Hdf5 { path: path.to_owned(), source };
    let renamed = write()
        .map_err(hdf5)
        .and_then(|()| std::fs::rename(&beside, path).map_err(OutputError::io("create", path)));
    if renamed.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    renamed
}

/// Reads the file; nothing when there is none.
///
/// # Errors
/// When it is something else, or cannot be read.
pub fn read_checkpoint(path: &Path) -> Result<Option<Checkpoint>, OutputError> {
    if !path.exists() {
        return Ok(None);
    }
    let read = || {
        let file = hdf5::File::open(path)?;
        Ok(Checkpoint {
            mesh: file.attr("mesh")?.read_scalar()?,
            iteration: file.attr("iteration")?.read_scalar()?,
            unknowns: file.dataset("unknowns")?.read_raw()?,
        })
    };
    let broken = |error: hdf5::Error| {
        let reason = io::Error::new(io::ErrorKind::InvalidData, error.to_string());
        OutputError::io("read the checkpoint", path)(reason)
    };
    read().map(Some).map_err(broken)
}

/// Removes the file, if there is one.
pub fn remove_checkpoint(path: &Path) {
    let _ = std::fs::remove_file(path);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = checkpoint_path(&folder.path().join("out"));
        assert_eq!(path.file_name().unwrap(), "out.checkpoint");
        assert_eq!(read_checkpoint(&path).unwrap(), None);
        let first = Checkpoint { mesh: u64::MAX, iteration: 3, unknowns: vec![0.1, -2.0] };
        write_checkpoint(&path, &first).unwrap();
        let second = Checkpoint { iteration: 4, unknowns: vec![0.3; 5], ..first };
        write_checkpoint(&path, &second).unwrap();
        assert_eq!(read_checkpoint(&path).unwrap(), Some(second));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        remove_checkpoint(&path);
        std::fs::write(&path, "something else").unwrap();
        let error = read_checkpoint(&path).unwrap_err();
        assert!(error.to_string().contains("cannot read the checkpoint"), "{error}");
        let nowhere = folder.path().join("no/such/folder");
        assert_eq!(
            write_checkpoint(&nowhere, &Checkpoint { mesh: 0, iteration: 0, unknowns: vec![] })
                .unwrap_err()
                .exit_code(),
            4
        );
    }
}
