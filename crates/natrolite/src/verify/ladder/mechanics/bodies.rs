//! Two bodies, one above the other.

use super::problem::text;
use mesh::{Block, CellKind, InternalSurface, Mesh, SharedFacetBlock, brick};

/// The box \[0, 1\]^d with an even number `n` of cubes along each axis, cut through z = 1/2 into a region
/// `lower` and a region `upper` that meet at the interface `contact`, then moved by `map`.
pub(super) fn two_bodies(
    kind: CellKind,
    n: usize,
    map: impl Fn([f64; 3]) -> [f64; 3],
) -> Result<Mesh, String> {
    let mut mesh = brick(kind, n, |x| x);
    let nodes = std::mem::take(&mut mesh.blocks[0].nodes);
    // The cubes are numbered layer after layer.
    let half = nodes.len() / 2;
    let part = |region, nodes: &[u32]| Block { kind, region, nodes: nodes.to_vec() };
    mesh.blocks = vec![part(0, &nodes[..half]), part(1, &nodes[half..])];
    mesh.regions = vec!["lower".to_owned(), "upper".to_owned()];
    let facets = shared(&mesh, kind, &nodes, half);
    mesh.internal.push(InternalSurface { name: "contact".to_owned(), facets });
    mesh.split("contact", ["lower", "upper"]).map_err(text)?;
    mesh.points.iter_mut().for_each(|x| *x = map(*x));
    Ok(mesh)
}

/// The facets on z = 1/2, seen from below, with the cells below and above.
fn shared(mesh: &Mesh, kind: CellKind, nodes: &[u32], half: usize) -> Vec<SharedFacetBlock> {
    let is_middle = |node: u32| (mesh.points[node as usize][2] - 0.5).abs() < 1e-12;
    let count = kind.node_count();
    let mut found: Vec<(Vec<u32>, CellKind, u32, Vec<u32>)> = Vec::new();
    for (cell, nodes) in nodes.chunks_exact(count).enumerate() {
        for (facet, local) in kind.facets() {
            let seen: Vec<u32> = local.iter().map(|&k| nodes[k as usize]).collect();
            if seen.iter().all(|&node| is_middle(node)) {
                let mut key = seen.clone();
                key.sort_unstable();
                found.push((key, *facet, cell as u32, seen));
            }
        }
    }
    found.sort();
    let above = (half / count) as u32;
    let mut blocks: Vec<SharedFacetBlock> = Vec::new();
    for pair in found.chunk_by(|a, b| a.0 == b.0).filter(|pair| pair.len() == 2) {
        let lower = pair.iter().find(|facet| facet.2 < above).unwrap_or(&pair[0]);
        let at = blocks.iter().position(|b| b.kind == lower.1).unwrap_or_else(|| {
            blocks.push(SharedFacetBlock { kind: lower.1, nodes: vec![], cells: vec![] });
            blocks.len() - 1
        });
        blocks[at].nodes.extend(&lower.3);
        blocks[at].cells.push([pair[0].2.min(pair[1].2), pair[0].2.max(pair[1].2)]);
    }
    blocks
}
