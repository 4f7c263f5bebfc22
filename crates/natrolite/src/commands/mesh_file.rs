//! The mesh file of a case, as what a sweep or a checkpoint belongs to.

use crate::case::{Case, MeshSource};
use crate::sweep::fingerprint;
use std::path::Path;

/// A fingerprint of the file, where the mesh comes from one.
pub fn mesh_file_fingerprint(case: &Case) -> Option<u64> {
    let MeshSource::File(file) = &case.mesh else { return None };
    let folder = case.path.parent().unwrap_or(Path::new(""));
    // A mesh that cannot be read is an error of the run, with the place in the case.
    let bytes = std::fs::read(folder.join(&file.path)).unwrap_or_default();
    Some(fingerprint(&bytes))
}
