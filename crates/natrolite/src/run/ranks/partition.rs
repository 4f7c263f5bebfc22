//! The owners of the nodes, found by the engine's partitioner.

use super::Engine;
use super::deal::deal;
use super::words::{Pack, Words};
use crate::run::RunError;
use mesh::{CornerGraph, CornerGraphs, Halving, Mesh};
use std::ops::Range;
use std::time::Instant;

/// The owner of each node of the mesh that rank 0 has, on rank 0. All ranks call this together.
///
/// The corners of cells are parted by their graph, of which each rank gets a block of rows; other nodes go
/// with a corner near by. Nodes opposite each other at interfaces, of which the mesh has these first ones, have one
/// owner. Where the mesh will be refined so many times in its parts, in this way, a corner weighs what comes of it.
///
/// # Errors
/// When the engine finds no partition.
pub fn partition(
    (whole, refinements, way): (Option<(&Mesh, &[u32])>, u32, Halving),
    engine: &dyn Engine,
) -> Result<Vec<u32>, RunError> {
    let (comm, start) = (engine.comm(), Instant::now());
    if comm.size() == 1 {
        return Ok(vec![0; whole.map_or(0, |(mesh, _)| mesh.points.len())]);
    }
    let graphs = whole.map(|(mesh, opposite)| CornerGraphs::new(mesh, opposite));
    let vertices = graphs.as_ref().map_or_else(Vec::new, |graphs| graphs.vertices().to_vec());
    let all = vertices.len();
    let rows = graphs.map(|graphs| {
        let weights = (refinements > 0).then(|| scaled(&graphs.nodes_after(refinements, way)));
        move |rank| {
            let slice = slice(all, rank, comm.size());
            let weights = weights.as_ref().map(|weights| weights[slice.clone()].to_vec());
            Rows { all, graph: CornerGraph { weights, ..graphs.rows(slice) } }
        }
    });
    let Rows { all, graph } = deal(comm, rows);
    log::debug!(
        "the graph of {all} vertices is spread after {:.3} s",
        start.elapsed().as_secs_f64()
    );
    let parts = engine.partition(all, &graph).map_err(RunError::Engine)?;
    drop(graph);
    log::debug!("parts are found after {:.3} s", start.elapsed().as_secs_f64());
    let mut words = vec![Vec::new(); comm.size()];
    words[0] = parts.into_iter().map(u64::from).collect();
    let parts = comm.exchange(words).into_iter().flatten();
    let Some((mesh, opposite)) = whole else { return Ok(Vec::new()) };
    let mut of_node = vec![0; mesh.points.len()];
    for (corner, owner) in vertices.into_iter().zip(parts) {
        of_node[corner as usize] = owner as u32;
    }
    let near = mesh.corner_of_nodes(opposite).into_iter();
    Ok(near.map(|corner| of_node[opposite[corner as usize] as usize]).collect())
}

/// Slice number `k` of `slices` about equal ones of `all`.
fn slice(all: usize, k: usize, slices: usize) -> Range<usize> {
    let cut = |k: usize| (all as u128 * k as u128 / slices as u128) as usize;
    cut(k)..cut(k + 1)
}

/// Weights as whole numbers, the sum of which has 31 bits: partitioners add them up.
fn scaled(weights: &[f64]) -> Vec<u32> {
    const MOST: f64 = (1 << 30) as f64;
    let scale = (MOST / weights.iter().sum::<f64>()).min(1.0);
    weights.iter().map(|weight| (weight * scale).round().max(1.0) as u32).collect()
}

/// What a rank gets of the graph.
struct Rows {
    /// Vertices of the whole.
    all: usize,
    graph: CornerGraph,
}

impl Pack for Rows {
    fn pack(&self, words: &mut Vec<u64>) {
        self.all.pack(words);
        // No mesh that fits into numbers of 32 bits has rows that long.
        let lengths = self.graph.start.windows(2).map(|ends| (ends[1] - ends[0]) as u32);
        lengths.collect::<Vec<_>>().pack(words);
        self.graph.neighbours.pack(words);
        self.graph.weights.pack(words);
    }

    fn unpack(words: &mut Words<'_>) -> Self {
        let all = words.next();
        let mut end = 0;
        let mut start = vec![0];
        start.extend(words.next::<Vec<u32>>().into_iter().map(|length| {
            end += i64::from(length);
            end
        }));
        Rows { all, graph: CornerGraph { start, neighbours: words.next(), weights: words.next() } }
    }
}
