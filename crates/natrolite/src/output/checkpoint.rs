//! What a run that is killed leaves behind: its last iterate, in a file beside its folder.

use super::error::OutputError;
use crate::run::StressState;
use contact::unilateral::ActiveSet;
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
    write_beside(path, |file| {
        file.new_attr::<u64>().create("mesh")?.write_scalar(&checkpoint.mesh)?;
        file.new_attr::<u64>().create("iteration")?.write_scalar(&checkpoint.iteration)?;
        file.new_dataset_builder().with_data(&checkpoint.unknowns).create("unknowns").map(|_| ())
    })
}

/// Writes an HDF5 file that appears under its name when it is complete, and replaces an earlier one then.
fn write_beside(
    path: &Path,
    write: impl FnOnce(&hdf5::File) -> hdf5::Result<()>,
) -> Result<(), OutputError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".partial-{}", std::process::id()));
    let beside = PathBuf::from(beside);
    let write = || {
        let file = hdf5::File::create(&beside)?;
        write(&file)?;
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
    read_beside(path, |file| {
        Ok(Checkpoint {
            mesh: file.attr("mesh")?.read_scalar()?,
            iteration: file.attr("iteration")?.read_scalar()?,
            unknowns: file.dataset("unknowns")?.read_raw()?,
        })
    })
}

fn read_beside<T>(
    path: &Path,
    read: impl FnOnce(&hdf5::File) -> hdf5::Result<T>,
) -> Result<Option<T>, OutputError> {
    if !path.exists() {
        return Ok(None);
    }
    let broken = |error: hdf5::Error| {
        let reason = io::Error::new(io::ErrorKind::InvalidData, error.to_string());
        OutputError::io("read the checkpoint", path)(reason)
    };
    hdf5::File::open(path).and_then(|file| read(&file)).map(Some).map_err(broken)
}

/// The file of the stress side for a run into `folder`: the same path with `.stress.checkpoint`.
pub fn stress_checkpoint_path(folder: &Path) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(".stress.checkpoint");
    name.into()
}

/// Writes a stress side that was solved; `sides` is a fingerprint of all that it depends on. Datasets
/// `unknowns` and, with contact, `active`, `bounds` (gap and pressure) and `exchanged`.
///
/// # Errors
/// When the system refuses.
pub fn write_stress(path: &Path, sides: u64, state: &StressState) -> Result<(), OutputError> {
    write_beside(path, |file| {
        let real = |name: &str, x: f64| file.new_attr::<f64>().create(name)?.write_scalar(&x);
        file.new_attr::<u64>().create("depends_on")?.write_scalar(&sides)?;
        file.new_dataset_builder().with_data(&state.unknowns).create("unknowns")?;
        let Some(set) = &state.contact else {
            file.new_attr::<u64>().create("steps")?.write_scalar(&(state.newton.0 as u64))?;
            return real("residual", state.newton.1);
        };
        let active: Vec<u8> = set.active.iter().map(|&active| active.into()).collect();
        let exchanged: Vec<u64> = set.exchanged.iter().map(|&count| count as u64).collect();
        file.new_dataset_builder().with_data(&active).create("active")?;
        file.new_dataset_builder().with_data(set.bounds.as_flattened()).create("bounds")?;
        file.new_dataset_builder().with_data(&exchanged).create("exchanged")?;
        real("residual", set.residual)?;
        real("complementarity", set.complementarity)
    })
}

/// Reads the file with its fingerprint; nothing when there is none.
///
/// # Errors
/// When it is something else, or cannot be read.
pub fn read_stress(path: &Path) -> Result<Option<(u64, StressState)>, OutputError> {
    read_beside(path, |file| {
        let real = |name: &str| file.attr(name)?.read_scalar::<f64>();
        let unknowns = file.dataset("unknowns")?.read_raw()?;
        let (mut contact, mut newton) = (None, (0, 0.0));
        if file.link_exists("active") {
            let active: Vec<u8> = file.dataset("active")?.read_raw()?;
            let bounds: Vec<f64> = file.dataset("bounds")?.read_raw()?;
            let exchanged: Vec<u64> = file.dataset("exchanged")?.read_raw()?;
            contact = Some(ActiveSet {
                active: active.into_iter().map(|active| active != 0).collect(),
                bounds: bounds.as_chunks::<2>().0.to_vec(),
                exchanged: exchanged.into_iter().map(|count| count as usize).collect(),
                residual: real("residual")?,
                complementarity: real("complementarity")?,
            });
        } else {
            let steps: u64 = file.attr("steps")?.read_scalar()?;
            newton = (steps as usize, real("residual")?);
        }
        let depends_on = file.attr("depends_on")?.read_scalar()?;
        Ok((depends_on, StressState { unknowns, contact, newton }))
    })
}

/// Removes the file, if there is one.
pub fn remove_checkpoint(path: &Path) {
    let _ = std::fs::remove_file(path);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stress_side_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = stress_checkpoint_path(&folder.path().join("out"));
        assert_eq!(path.file_name().unwrap(), "out.stress.checkpoint");
        assert_eq!(read_stress(&path).unwrap(), None);
        let set = ActiveSet {
            active: vec![true, false],
            bounds: vec![[0.0, 1e6], [1e-9, 0.0]],
            exchanged: vec![3, 0],
            residual: 1e-13,
            complementarity: 1e-15,
        };
        let state = StressState { unknowns: vec![0.1, -2.0], contact: Some(set), newton: (0, 0.0) };
        let without = StressState { contact: None, newton: (2, 1e-14), ..state.clone() };
        for state in [state, without] {
            write_stress(&path, u64::MAX, &state).unwrap();
            assert_eq!(read_stress(&path).unwrap(), Some((u64::MAX, state.clone())));
            assert!(state.fits(2, state.contact.as_ref().map(|_| 2)) && !state.fits(3, None));
        }
    }

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
