//! Which nodes a partition may part: the graph of the corners of cells.

use crate::facets::CellIndex;
use crate::{Mesh, reference};
use std::ops::Range;

/// Rows of the graph of the corners of a mesh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CornerGraph {
    /// Where the neighbours of each corner among the rows begin, and where the last ones end.
    pub start: Vec<i64>,
    /// Neighbours, by their place among all corners, rising in each row; no corner is its own.
    pub neighbours: Vec<u32>,
}

impl Mesh {
    /// The nodes that are corners of cells, rising.
    pub fn corners(&self) -> Vec<u32> {
        let mut is_corner = vec![false; self.points.len()];
        for block in &self.blocks {
            let corners = block.kind.corner_count();
            let all = block.cells().flat_map(|cell| &cell[..corners]);
            all.for_each(|&n| is_corner[n as usize] = true);
        }
        (0..is_corner.len() as u32).filter(|&n| is_corner[n as usize]).collect()
    }

    /// For each node a corner near by: itself, and of a node inside an edge, a face or a cell the corner
    /// of these with the smallest number.
    pub fn corner_of_nodes(&self) -> Vec<u32> {
        let mut corner: Vec<u32> = (0..self.points.len() as u32).collect();
        for block in &self.blocks {
            let (kind, corners) = (block.kind, block.kind.corner_count());
            // The shape functions of the corners that a node lies between do not vanish there.
            let between = |&x: &[f64; 3]| -> Vec<usize> {
                let values = reference::values(kind.linear(), x);
                (0..corners).filter(|&c| values[c].abs() > 1e-12).collect()
            };
            let between: Vec<_> = reference::nodes(kind)[corners..].iter().map(between).collect();
            for cell in block.cells() {
                for (&node, between) in cell[corners..].iter().zip(&between) {
                    let smallest = between.iter().map(|&c| cell[c]).min();
                    corner[node as usize] = smallest.unwrap_or(node);
                }
            }
        }
        corner
    }

    /// The graph of `corners`, those of [`Mesh::corners`]: two are neighbours when they are in one cell,
    /// or opposite each other at an interface. Of its rows those in `rows`.
    pub fn corner_graph(&self, corners: &[u32], rows: Range<usize>) -> CornerGraph {
        let mut number = vec![u32::MAX; self.points.len()];
        corners.iter().zip(0..).for_each(|(&node, k)| number[node as usize] = k);
        let row = |node: u32| (number[node as usize] as usize).checked_sub(rows.start);
        let row = |node: u32| row(node).filter(|&k| k < rows.len());
        let cells = CellIndex::new(&self.blocks);
        let corners_of = |cell: u32| {
            let count = cells.block(cell).kind.corner_count();
            &cells.nodes(cell)[..count]
        };
        let count = self.cell_count() as u32;
        // The cells around each corner.
        let mut first = vec![0usize; rows.len() + 1];
        for cell in 0..count {
            corners_of(cell).iter().filter_map(|&n| row(n)).for_each(|k| first[k + 1] += 1);
        }
        for k in 0..rows.len() {
            first[k + 1] += first[k];
        }
        let mut next = first.clone();
        let mut around = vec![0u32; first[rows.len()]];
        for cell in 0..count {
            for k in corners_of(cell).iter().filter_map(|&n| row(n)) {
                around[next[k]] = cell;
                next[k] += 1;
            }
        }
        let mut opposite: Vec<(usize, u32)> = Vec::new();
        for interface in &self.interfaces {
            let sides = interface.sides.each_ref().map(|side| side.iter().flat_map(|f| &f.nodes));
            let [here, across] = sides;
            for (&a, &b) in here.zip(across).filter(|(a, b)| a != b) {
                for (a, b) in [(a, number[b as usize]), (b, number[a as usize])] {
                    opposite.extend(row(a).filter(|_| b != u32::MAX).map(|k| (k, b)));
                }
            }
        }
        opposite.sort_unstable();
        let mut opposite = opposite.into_iter().peekable();
        let (mut start, mut neighbours) = (vec![0], Vec::new());
        let mut list = Vec::new();
        for k in 0..rows.len() {
            for &cell in &around[first[k]..first[k + 1]] {
                list.extend(corners_of(cell).iter().map(|&n| number[n as usize]));
            }
            while let Some((_, b)) = opposite.next_if(|(row, _)| *row == k) {
                list.push(b);
            }
            list.sort_unstable();
            list.dedup();
            neighbours.extend(list.drain(..).filter(|&b| b as usize != rows.start + k));
            start.push(neighbours.len() as i64);
        }
        CornerGraph { start, neighbours }
    }
}
