//! Which nodes a partition may part: the graph of the corners of cells, in blocks of rows.

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
    /// What each of the rows weighs; none where all weigh the same.
    pub weights: Option<Vec<u32>>,
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
}

/// What the graph of the corners of a mesh is made from: two are neighbours when they are in one cell, or
/// opposite each other at an interface.
pub struct CornerGraphs<'m> {
    pub(crate) cells: CellIndex<'m>,
    /// Place of each node among the corners.
    pub(crate) number: Vec<u32>,
    /// Where the cells around each corner begin in `around`, and where the last ones end.
    pub(crate) first: Vec<usize>,
    pub(crate) around: Vec<u32>,
    /// Corners that are opposite each other, both ways, sorted.
    opposite: Vec<[u32; 2]>,
}

impl<'m> CornerGraphs<'m> {
    /// Looks at the mesh; `corners` are those of [`Mesh::corners`].
    pub fn new(mesh: &'m Mesh, corners: &[u32]) -> Self {
        let mut number = vec![u32::MAX; mesh.points.len()];
        corners.iter().zip(0..).for_each(|(&node, k)| number[node as usize] = k);
        let mut first = vec![0usize; corners.len() + 1];
        let corners_of_cells = || {
            mesh.blocks.iter().flat_map(|block| {
                let count = block.kind.corner_count();
                block.cells().map(move |cell| &cell[..count])
            })
        };
        for &node in corners_of_cells().flatten() {
            first[number[node as usize] as usize + 1] += 1;
        }
        for k in 0..corners.len() {
            first[k + 1] += first[k];
        }
        let mut next = first.clone();
        let mut around = vec![0u32; first[corners.len()]];
        for (cell, nodes) in (0u32..).zip(corners_of_cells()) {
            for &node in nodes {
                let next = &mut next[number[node as usize] as usize];
                around[*next] = cell;
                *next += 1;
            }
        }
        let mut opposite = Vec::new();
        for interface in &mesh.interfaces {
            let sides = interface.sides.each_ref().map(|side| side.iter().flat_map(|f| &f.nodes));
            let [here, across] = sides;
            for (&a, &b) in here.zip(across).filter(|(a, b)| a != b) {
                let [a, b] = [a, b].map(|node| number[node as usize]);
                if a != u32::MAX && b != u32::MAX {
                    opposite.extend([[a, b], [b, a]]);
                }
            }
        }
        opposite.sort_unstable();
        opposite.dedup();
        CornerGraphs { cells: CellIndex::new(&mesh.blocks), number, first, around, opposite }
    }

    /// Some rows of the graph, without weights.
    ///
    /// # Panics
    /// If there are not so many corners.
    pub fn rows(&self, rows: Range<usize>) -> CornerGraph {
        let before = self.opposite.partition_point(|pair| (pair[0] as usize) < rows.start);
        let mut opposite = self.opposite[before..].iter().peekable();
        let (mut start, mut neighbours) = (vec![0], Vec::new());
        // The last row in which a corner was found: sorting takes longer than looking there.
        let mut seen = vec![u32::MAX; self.first.len() - 1];
        for row in rows {
            let begin = neighbours.len();
            seen[row] = row as u32;
            let mut add = |corner: u32| {
                if std::mem::replace(&mut seen[corner as usize], row as u32) != row as u32 {
                    neighbours.push(corner);
                }
            };
            for &cell in &self.around[self.first[row]..self.first[row + 1]] {
                let count = self.cells.block(cell).kind.corner_count();
                let corners = &self.cells.nodes(cell)[..count];
                corners.iter().for_each(|&node| add(self.number[node as usize]));
            }
            while let Some(pair) = opposite.next_if(|pair| pair[0] as usize == row) {
                add(pair[1]);
            }
            neighbours[begin..].sort_unstable();
            start.push(neighbours.len() as i64);
        }
        CornerGraph { start, neighbours, weights: None }
    }
}
