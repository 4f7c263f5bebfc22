//! The cells that a file's facets belong to.

use super::assemble::index;
use super::raw::{Raw, Run};
use crate::facets::{CellFacet, CellIndex, Key, key, sorted_facets};
use crate::{
    Boundary, CellKind, FacetBlock, InternalSurface, Mesh, MeshError, SharedFacetBlock, quality,
};

/// A facet of the file: key, group (its index), kind, run, place in the run.
type FileFacet = (Key, u32, CellKind, u32, u32);

/// A facet with its owner or owners, to be sorted into blocks in the order of the file.
struct Matched {
    group: u32,
    kind: CellKind,
    place: (u32, u32),
    first: CellFacet,
    second: Option<CellFacet>,
}

/// Fills `mesh.boundaries` and `mesh.internal`.
pub(super) fn match_facets(
    raw: &Raw,
    runs: &[Run],
    groups: &[i32],
    names: Vec<String>,
    mesh: &mut Mesh,
) -> Result<(), MeshError> {
    let mut facets: Vec<FileFacet> = Vec::with_capacity(runs.iter().map(|r| r.count).sum());
    let mut marked = vec![false; raw.points.len()];
    for (r, run) in runs.iter().enumerate() {
        let group = index(groups, run.group) as u32;
        for (i, nodes) in run.nodes(raw).chunks_exact(run.kind.node_count()).enumerate() {
            let corners = &nodes[..run.kind.corner_count()];
            corners.iter().for_each(|&n| marked[n as usize] = true);
            facets.push((key(corners.iter().copied()), group, run.kind, r as u32, i as u32));
        }
    }
    facets.sort_unstable();
    // The same facet twice in one group says nothing new.
    facets.dedup_by_key(|f| (f.0, f.1));
    let is_marked = |n: &u32| marked[*n as usize];
    let owners = sorted_facets(
        &mesh.blocks,
        // A facet has as many corners as there are dimensions, or more.
        |cell| cell.iter().map(|n| usize::from(is_marked(n))).sum::<usize>() >= mesh.dimension,
        |corners| corners.iter().all(is_marked),
    );

    let cells = CellIndex::new(&mesh.blocks);
    let mut matched = Vec::with_capacity(facets.len());
    let mut rest = &owners[..];
    for &(key, group, _, run, i) in &facets {
        rest = &rest[rest.partition_point(|o| o.key < key)..];
        let count = rest.iter().take(3).take_while(|o| o.key == key).count();
        let element = runs[run as usize].first + u64::from(i);
        let here = || {
            let run = runs[run as usize];
            let n = run.kind.node_count();
            let nodes = &run.nodes(raw)[i as usize * n..][..n];
            (names[group as usize].clone(), quality::position(run.kind, nodes, &raw.points))
        };
        let (first, second) = match rest[..count] {
            [first] => (first, None),
            [a, b] => {
                let region = |o: CellFacet| (cells.block(o.cell).region, o.cell);
                let (a, b) = if region(a) < region(b) { (a, b) } else { (b, a) };
                (a, Some(b))
            }
            [] => {
                let (group, at) = here();
                return Err(MeshError::LoneFacet { element, group, at });
            }
            _ => {
                let (group, at) = here();
                return Err(MeshError::CrowdedFacet { element, group, at });
            }
        };
        let (kind, _) = cells.facet(first.cell, first.local);
        matched.push(Matched { group, kind, place: (run, i), first, second });
    }
    matched.sort_unstable_by_key(|m| (m.group, m.second.is_some(), m.kind, m.place));

    let same =
        |a: &Matched, b: &Matched| (a.group, a.second.is_some()) == (b.group, b.second.is_some());
    let (mut boundaries, mut internal) = (Vec::new(), Vec::new());
    for part in matched.chunk_by(same) {
        let name = names[part[0].group as usize].clone();
        let kinds = part.chunk_by(|a, b| a.kind == b.kind);
        if part[0].second.is_some() {
            let facets = kinds.map(|part| shared_block(part, &cells)).collect();
            internal.push(InternalSurface { name, facets });
        } else {
            let facets = kinds.map(|part| facet_block(part, &cells)).collect();
            boundaries.push(Boundary { name, facets });
        }
    }
    mesh.boundaries = boundaries;
    mesh.internal = internal;
    Ok(())
}

fn nodes(part: &[Matched], cells: &CellIndex) -> Vec<u32> {
    part.iter().flat_map(|m| cells.facet(m.first.cell, m.first.local).1).collect()
}

fn facet_block(part: &[Matched], cells: &CellIndex) -> FacetBlock {
    let owners = part.iter().map(|m| m.first.cell).collect();
    FacetBlock { kind: part[0].kind, nodes: nodes(part, cells), cells: owners }
}

fn shared_block(part: &[Matched], cells: &CellIndex) -> SharedFacetBlock {
    let pair = |m: &Matched| [m.first.cell, m.second.unwrap_or(m.first).cell];
    let owners = part.iter().map(pair).collect();
    SharedFacetBlock { kind: part[0].kind, nodes: nodes(part, cells), cells: owners }
}
