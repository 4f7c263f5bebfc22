//! Meshes that are too large are refused before anything of their size is made.

use super::geometry::{coarse_of_file, refused, rim_size_of, wrong_defect};
use crate::case::{Case, CaseError, MeshSource};
use mesh::defect::{Symmetry, bound_nodes};

/// What a node takes at the least, however it is solved for \[byte\]: its point, its part of the cells around it and
/// its entries in the vectors of Newton's method. Matrices take several times as much, so that a bound of the number of
/// nodes will do.
const LEAST: f64 = 64.0;

/// Refuses a mesh that cannot be refined so many times, or not in the memory of a machine if it is shared out among
/// so many ranks.
///
/// # Errors
/// How large it would be. What else is wrong with the geometry or the file.
pub fn check_finest(case: &Case, refinements: u32, ranks: usize) -> Result<(), CaseError> {
    match &case.mesh {
        // A file is read before anything else is made, and has a size that it could be written with.
        MeshSource::File(_) if refinements == 0 => Ok(()),
        MeshSource::Defect(defect) => {
            let is_spatial = matches!(defect.symmetry(), Symmetry::Quarter | Symmetry::Full);
            let ranks = sharing(is_spatial, ranks);
            let geometry = defect.geometry(rim_size_of(case, defect), refinements);
            let nodes = bound_nodes(&geometry).map_err(|error| wrong_defect(defect, &error))?;
            let too_large = |what: String| wrong_defect(defect, &what);
            check_memory(nodes, ranks, memory_of_machine()).map_err(too_large)
        }
        MeshSource::File(file) => {
            let mesh = coarse_of_file(case, file)?;
            let ranks = sharing(mesh.dimension == 3, ranks);
            let too_large = |what: String| refused(case, file, &what);
            let nodes = mesh.nodes_refined(refinements, ranks == 1);
            let nodes = nodes.map_err(|error| too_large(error.to_string()))?;
            check_memory(nodes, ranks, memory_of_machine()).map_err(too_large)
        }
    }
}

/// How many of the ranks share the finest mesh out among them: one has it as a whole in two dimensions.
fn sharing(is_spatial: bool, ranks: usize) -> usize {
    if is_spatial { ranks } else { 1 }
}

/// Refuses so many nodes where they do not fit into a memory of so many bytes.
fn check_memory(nodes: f64, ranks: usize, memory: Option<u64>) -> Result<(), String> {
    let Some(memory) = memory.map(|bytes| bytes as f64) else { return Ok(()) };
    let least = LEAST * nodes / ranks as f64;
    if least <= memory {
        return Ok(());
    }
    let of = if ranks == 1 { String::new() } else { format!(" of each of {ranks} ranks") };
    Err(format!(
        "about {nodes:.1e} nodes want at least {:.1} GB{of}, this machine has {:.1} GB; refine less",
        1e-9 * least,
        1e-9 * memory
    ))
}

/// Memory that this process may use \[byte\], where the system tells.
fn memory_of_machine() -> Option<u64> {
    let all = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = all.lines().find(|line| line.starts_with("MemTotal:"))?;
    let all = 1024 * line.split_whitespace().nth(1)?.parse::<u64>().ok()?;
    // Of a container.
    let limit = std::fs::read_to_string("/sys/fs/cgroup/memory.max").unwrap_or_default();
    Some(limit.trim().parse().map_or(all, |limit: u64| limit.min(all)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_into_memory_is_refused_with_its_size() {
        // 64 bytes for each of 1e9 nodes.
        let refused = check_memory(1e9, 1, Some(63_000_000_000)).unwrap_err();
        let wanted =
            "about 1.0e9 nodes want at least 64.0 GB, this machine has 63.0 GB; refine less";
        assert_eq!(refused, wanted);
        assert!(check_memory(1e9, 1, Some(64_000_000_000)).is_ok());
        assert!(check_memory(1e9, 1, None).is_ok());
        assert!(check_memory(1e9, 4, Some(16_000_000_000)).is_ok());
        let refused = check_memory(1e9, 4, Some(15_000_000_000)).unwrap_err();
        assert!(refused.contains("16.0 GB of each of 4 ranks"), "{refused}");
    }

    #[test]
    fn ranks_share_the_finest_mesh_in_space() {
        assert_eq!([true, false].map(|is_spatial| sharing(is_spatial, 16)), [16, 1]);
    }
}
