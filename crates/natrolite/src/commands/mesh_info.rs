//! `natrolite mesh info`.

use super::table::align;
use crate::cli::print;
use crate::failure::Failure;
use crate::run::read_mesh_file;
use mesh::measure::{Extent, measures};
use mesh::{FacetBlock, Mesh, quality};
use std::path::Path;

/// Prints names, dimensions, counts and measures of a Gmsh file, in its own unit of length.
///
/// # Errors
/// When the file cannot be read or is wrong.
pub fn mesh_info(file: &Path) -> Result<(), Failure> {
    let wrong = |what: String| Failure::Input(format!("mesh file {}: {what}", file.display()));
    print(&describe(&read_mesh_file(file, 1.0).map_err(wrong)?))
}

fn describe(mesh: &Mesh) -> String {
    let d = mesh.dimension;
    let mut out =
        format!("{d} dimensions, {} nodes, {} cells\n", mesh.points.len(), mesh.cell_count());
    let axes = ["x", "y", "z"];
    for (k, axis) in axes.iter().enumerate() {
        let range = mesh.points.iter().map(|x| x[k]);
        let (low, high) = range.fold((f64::MAX, f64::MIN), |(l, h), x| (l.min(x), h.max(x)));
        out += &format!("  {axis} from {low} to {high}\n");
    }
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for block in &mesh.blocks {
        match kinds.iter_mut().find(|(name, _)| *name == block.kind.name()) {
            Some((_, count)) => *count += block.len(),
            None => kinds.push((block.kind.name(), block.len())),
        }
    }
    out += "\ncells\n";
    out += &align(
        &kinds.iter().map(|(k, n)| vec![(*k).to_owned(), n.to_string()]).collect::<Vec<_>>(),
        2,
    );
    if let Some(worst) = quality::assess(mesh) {
        let [x, y, z] = worst.position;
        out += &format!(
            "  smallest scaled Jacobian {:.4}: cell {} in region {} at ({x:.6}, {y:.6}, {z:.6})\n",
            worst.minimum, worst.cell, mesh.regions[worst.region as usize]
        );
    }
    let sizes = measures(mesh, Extent::AsMeshed);
    let sum = |facets: &[FacetBlock]| facets.iter().map(FacetBlock::len).sum::<usize>().to_string();
    let mut rows = vec![["name", "dimension", "count", "measure"].map(str::to_owned).to_vec()];
    for (region, (name, size)) in mesh.regions.iter().zip(&sizes.regions).enumerate() {
        let blocks = mesh.blocks.iter().filter(|b| b.region as usize == region);
        let count = blocks.map(mesh::Block::len).sum::<usize>();
        rows.push(vec![name.clone(), d.to_string(), count.to_string(), format!("{size:.6e}")]);
    }
    for (boundary, size) in mesh.boundaries.iter().zip(&sizes.boundaries) {
        let name = boundary.name.clone();
        rows.push(vec![name, (d - 1).to_string(), sum(&boundary.facets), format!("{size:.6e}")]);
    }
    for (surface, size) in mesh.internal.iter().zip(&sizes.internal) {
        let count = surface.facets.iter().map(|b| b.cells.len()).sum::<usize>();
        let name = format!("{} (between regions)", surface.name);
        rows.push(vec![name, (d - 1).to_string(), count.to_string(), format!("{size:.6e}")]);
    }
    out += "\nphysical groups, measures in the file's unit of length\n";
    out += &align(&rows, 2);
    out
}
