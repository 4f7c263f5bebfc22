//! What can go wrong between results and files.

use std::io;
use std::path::{Path, PathBuf};

/// Why the output folder or a file in it could not be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The folder holds something that no run made.
    #[error(
        "output folder {}: no earlier run made it (it holds {found:?}), so it is not replaced; \
         name another --output, or add --force to replace it and all it holds",
        folder.display()
    )]
    Refused {
        /// The folder.
        folder: PathBuf,
        /// The name of something in it.
        found: String,
    },
    /// The folder is one that must not be replaced, whatever the options.
    #[error(
        "output folder {}: this is {what}, which a run never replaces; name a folder of its own, \
         for example --output out/case",
        folder.display()
    )]
    Unsuitable {
        /// The folder.
        folder: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// Something that is not a folder has its name.
    #[error("output folder {}: a file of that name exists; wanted a folder", path.display())]
    NotAFolder {
        /// The path.
        path: PathBuf,
    },
    /// The system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The HDF5 library failed.
    #[error("cannot write {}: {}", path.display(), system_reason(source))]
    Hdf5 {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: hdf5::Error,
    },
}

impl OutputError {
    /// Exit code of the command: 2 when the folder was refused, 4 when the system refused.
    pub fn exit_code(&self) -> u8 {
        match self {
            OutputError::Refused { .. } | OutputError::Unsuitable { .. } => 2,
            OutputError::NotAFolder { .. } | OutputError::Io { .. } | OutputError::Hdf5 { .. } => 4,
        }
    }

    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> OutputError {
        let path = path.to_owned();
        move |source| OutputError::Io { action, path, source }
    }
}

/// What the system said, out of the long report of the HDF5 library; else the whole report.
fn system_reason(error: &hdf5::Error) -> String {
    let report = error.to_string();
    let quoted = report.split_once("error message = '").and_then(|(_, rest)| rest.split_once('\''));
    match quoted {
        Some((reason, _)) => format!("{reason} (HDF5)"),
        None => report,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_said_in_a_few_words() {
        let report = "H5Dwrite(): can't synchronously write data: file write failed: time = Sat\n, \
                      filename = 'a', errno = 28, error message = 'No space left on device', buf = 0";
        let source = hdf5::Error::Internal(report.into());
        let error = OutputError::Hdf5 { path: "a.vtkhdf".into(), source };
        assert_eq!(error.to_string(), "cannot write a.vtkhdf: No space left on device (HDF5)");
        assert_eq!(error.exit_code(), 4);
    }
}
