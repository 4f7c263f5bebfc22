//! From what a file says to a mesh: regions, blocks, orientation, boundaries.

use super::raw::{Raw, Run};
use super::{match_facets, orient};
use crate::{Block, CellKind, Mesh, MeshError, quality};
use rayon::prelude::*;

/// Makes the mesh; coordinates are in metres.
pub(super) fn assemble(mut raw: Raw) -> Result<Mesh, MeshError> {
    let dimension = raw.runs.iter().map(|r| r.kind.dimension()).max().unwrap_or(0);
    if dimension < 2 {
        return Err(MeshError::Dimension { got: dimension });
    }
    if raw.runs.iter().all(|r| r.group == 0) {
        return Err(MeshError::NoPhysicalGroups);
    }
    let cells: Vec<Run> =
        raw.runs.iter().filter(|r| r.kind.dimension() == dimension).copied().collect();
    let mut facets: Vec<Run> = (raw.runs.iter())
        .filter(|r| r.kind.dimension() + 1 == dimension && r.group != 0)
        .copied()
        .collect();
    if cells.iter().map(|run| run.count).sum::<usize>() >= u32::MAX as usize {
        return Err(MeshError::TooLarge);
    }
    check_groups(&raw, &cells)?;
    check_orders(&cells, &facets)?;
    let (groups, regions) = names(&raw, &cells, dimension, "region")?;
    refuse_duplicate_cells(&raw, &cells, &groups, &regions)?;

    let mut mesh = Mesh { dimension, axes: [0, 1], regions, ..Mesh::default() };
    if dimension == 2 {
        mesh.axes = plane(&mut raw, &cells)?;
    }
    orient::orient(&mut raw, &cells, &groups, &mesh)?;
    mesh.blocks = blocks(&mut raw, &cells, &mut facets, &groups);
    let (facet_groups, facet_names) = names(&raw, &facets, dimension - 1, "boundary")?;
    match_facets::match_facets(&raw, &facets, &facet_groups, facet_names, &mut mesh)?;
    mesh.points = std::mem::take(&mut raw.points);
    drop(raw);
    mesh.drop_unused_points();
    Ok(mesh)
}

/// Every cell needs a group.
fn check_groups(raw: &Raw, cells: &[Run]) -> Result<(), MeshError> {
    let without = cells.iter().filter(|r| r.group == 0);
    let count = without.clone().map(|r| r.count).sum();
    match without.clone().next() {
        None => Ok(()),
        Some(run) => Err(MeshError::Ungrouped {
            count,
            element: run.first,
            at: quality::position(run.kind, run.nodes(raw), &raw.points),
        }),
    }
}

/// One order, and no faces with a centre node against faces without.
fn check_orders(cells: &[Run], facets: &[Run]) -> Result<(), MeshError> {
    let first = cells[0].kind;
    let has_face_centres = |kind| match kind {
        CellKind::Hexahedron20 | CellKind::Prism15 => Some(false),
        CellKind::Hexahedron27 | CellKind::Prism18 => Some(true),
        _ => None,
    };
    let mut centres = None;
    for run in cells.iter().chain(facets) {
        if run.kind.order() != first.order() {
            return Err(MeshError::MixedOrders { first: first.name(), second: run.kind.name() });
        }
        if let Some(has) = has_face_centres(run.kind) {
            let (other, kind) = *centres.get_or_insert((has, run.kind));
            if other != has {
                return Err(MeshError::MixedOrders { first: kind.name(), second: run.kind.name() });
            }
        }
    }
    Ok(())
}

/// The groups that occur in `runs`, by tag, and their names.
fn names(
    raw: &Raw,
    runs: &[Run],
    dimension: usize,
    unnamed: &str,
) -> Result<(Vec<i32>, Vec<String>), MeshError> {
    let mut groups: Vec<i32> = runs.iter().map(|r| r.group).collect();
    groups.sort_unstable();
    groups.dedup();
    let names: Vec<String> = groups.iter().map(|&g| raw.name(dimension, g, unnamed)).collect();
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(|&i| &names[i]);
    match order.windows(2).find(|pair| names[pair[0]] == names[pair[1]]) {
        None => Ok((groups, names)),
        Some(pair) => Err(MeshError::DuplicateName {
            dimension,
            name: names[pair[0]].clone(),
            first: groups[pair[0]],
            second: groups[pair[1]],
        }),
    }
}

/// Index of a group among those that occur.
pub(super) fn index(groups: &[i32], group: i32) -> usize {
    groups.binary_search(&group).unwrap_or(0)
}

/// Version 2.2 writes an element of an entity in two groups twice; then a cell would count twice.
fn refuse_duplicate_cells(
    raw: &Raw,
    cells: &[Run],
    groups: &[i32],
    regions: &[String],
) -> Result<(), MeshError> {
    let starts: Vec<u32> = (cells.iter())
        .scan(0, |next, run| Some(std::mem::replace(next, *next + run.count as u32)))
        .collect();
    let locate = |cell: u32| {
        let r = starts.partition_point(|&s| s <= cell) - 1;
        (cells[r], (cell - starts[r]) as usize)
    };
    let sorted = |cell: u32| {
        let (run, i) = locate(cell);
        let nodes = &run.nodes(raw)[i * run.kind.node_count()..];
        let mut corners = nodes[..run.kind.corner_count()].to_vec();
        corners.sort_unstable();
        corners
    };
    let mut suspects = suspects(raw, cells);
    suspects.par_sort_unstable();
    // Those with equal marks are compared in full.
    let pairs = suspects.chunk_by(|a, b| a.0 == b.0).filter_map(|group| {
        group.iter().enumerate().skip(1).find_map(|(k, &(_, second))| {
            let mut before = group[..k].iter().map(|&(_, first)| first);
            Some([before.find(|&first| sorted(first) == sorted(second))?, second])
        })
    });
    match pairs.min_by_key(|pair| pair[1]) {
        None => Ok(()),
        Some(pair) => {
            let [first, second] = pair.map(|cell| {
                let (run, i) = locate(cell);
                (run.first + i as u64, regions[index(groups, run.group)].clone())
            });
            let regions = [first.1, second.1];
            Err(MeshError::DuplicateCell { first: first.0, second: second.0, regions })
        }
    }
}

/// The cells (numbered over all runs) that may have the corners of another, each behind a mark that
/// stands for the set of its corners.
///
/// Each mark has one of 16 bits for each cell or more, which says whether it was met. Where it was, the mark has a
/// bit in a second table, small enough for a cache, too, and the cells with such bits are the suspects: all
/// duplicates, and one in twenty of the others.
fn suspects(raw: &Raw, cells: &[Run]) -> Vec<(u32, u32)> {
    let mut marks: Vec<u32> = Vec::with_capacity(cells.iter().map(|run| run.count).sum());
    for run in cells {
        let (nodes, corners) = (run.kind.node_count(), run.kind.corner_count());
        let mark = |nodes: &[u32]| {
            nodes[..corners].iter().fold(0u32, |sum, &n| sum.wrapping_add(scatter(n)))
        };
        marks.par_extend(run.nodes(raw).par_chunks_exact(nodes).with_min_len(4096).map(mark));
    }
    let count = marks.len();
    let table = |words: usize| vec![0u64; words.next_power_of_two()];
    let (mut met, mut again) = (table(count / 4), table(count / 32));
    let place = |table: &[u64], mark: u32| (mark as usize / 64 % table.len(), 1u64 << (mark % 64));
    for &mark in &marks {
        let (word, bit) = place(&met, mark);
        if met[word] & bit != 0 {
            let (word, bit) = place(&again, mark);
            again[word] |= bit;
        }
        met[word] |= bit;
    }
    let is_suspect = |&(mark, _): &(u32, u32)| {
        let (word, bit) = place(&again, mark);
        again[word] & bit != 0
    };
    marks.into_iter().zip(0..).filter(is_suspect).collect()
}

/// Spreads consecutive numbers over 32 bits (the finalizer of MurmurHash3).
fn scatter(n: u32) -> u32 {
    let mut z = n.wrapping_add(0x9e37_79b9);
    z = (z ^ (z >> 16)).wrapping_mul(0x85eb_ca6b);
    z = (z ^ (z >> 13)).wrapping_mul(0xc2b2_ae35);
    z ^ (z >> 16)
}

/// Which of x, y, z a flat mesh lies in; makes the third coordinate exactly constant.
fn plane(raw: &mut Raw, cells: &[Run]) -> Result<[usize; 2], MeshError> {
    let used = || cells.iter().flat_map(|run| run.nodes(raw)).map(|&n| raw.points[n as usize]);
    let mut low = [f64::INFINITY; 3];
    let mut high = [f64::NEG_INFINITY; 3];
    for x in used() {
        for k in 0..3 {
            low[k] = low[k].min(x[k]);
            high[k] = high[k].max(x[k]);
        }
    }
    let extent: [f64; 3] = std::array::from_fn(|k| high[k] - low[k]);
    let rounding = 1e-9 * extent.iter().fold(0.0, |a: f64, &b| a.max(b));
    let (axes, flat) = match extent {
        [_, _, z] if z <= rounding => ([0, 1], 2),
        [_, y, _] if y <= rounding => ([0, 2], 1),
        _ => return Err(MeshError::Plane { extent }),
    };
    let constant = low[flat];
    for x in &mut raw.points {
        x[flat] = constant;
    }
    Ok(axes)
}

/// One block for each region and kind that occurs. Of `raw` the nodes of the facets are left.
fn blocks(raw: &mut Raw, cells: &[Run], facets: &mut [Run], groups: &[i32]) -> Vec<Block> {
    let mut rest = Vec::new();
    for run in facets {
        let start = rest.len();
        rest.extend_from_slice(run.nodes(raw));
        run.start = start;
    }
    let region = |run: &Run| index(groups, run.group) as u32;
    let blocks = if let [run] = cells {
        // The common case: all cells come one after the other, and stay where they are.
        let count = run.nodes(raw).len();
        let mut nodes = std::mem::take(&mut raw.nodes);
        nodes.truncate(run.start + count);
        nodes.drain(..run.start);
        vec![Block { kind: run.kind, region: region(run), nodes }]
    } else {
        let mut order: Vec<&Run> = cells.iter().collect();
        order.sort_by_key(|run| (run.group, run.kind));
        let same = |a: &&Run, b: &&Run| (a.group, a.kind) == (b.group, b.kind);
        let block = |runs: &[&Run]| {
            let mut nodes = Vec::with_capacity(runs.iter().map(|run| run.nodes(raw).len()).sum());
            runs.iter().for_each(|run| nodes.extend_from_slice(run.nodes(raw)));
            Block { kind: runs[0].kind, region: region(runs[0]), nodes }
        };
        order.chunk_by(same).map(block).collect()
    };
    raw.nodes = rest;
    blocks
}
