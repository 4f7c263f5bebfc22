//! The mesh file of a case, as what a sweep or a checkpoint belongs to.

use crate::case::{Case, MeshSource};
use crate::sweep::{fingerprint, fingerprint_after};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Bytes that are read at a time.
const HELD: usize = 1 << 20;

fn path_of(case: &Case) -> Option<PathBuf> {
    let MeshSource::File(file) = &case.mesh else { return None };
    let folder = case.path.parent().unwrap_or(Path::new(""));
    Some(folder.join(&file.path)).filter(|path| path.is_file())
}

/// A fingerprint of the file, where the mesh comes from one that can be read more than once.
pub fn mesh_file_fingerprint(case: &Case) -> Option<u64> {
    let mut hash = fingerprint(b"");
    // A mesh that cannot be read is an error of the run, with the place in the case.
    let mut file = BufReader::with_capacity(HELD, File::open(path_of(case)?).ok()?);
    loop {
        let bytes = file.fill_buf().ok()?;
        if bytes.is_empty() {
            return Some(hash);
        }
        hash = fingerprint_after(hash, bytes);
        let count = bytes.len();
        file.consume(count);
    }
}

/// Length and time of the last change of the file, which tell cheaply that it is another.
pub fn mesh_file_stamp(case: &Case) -> Option<(u64, SystemTime)> {
    let about = path_of(case)?.metadata().ok()?;
    Some((about.len(), about.modified().ok()?))
}
