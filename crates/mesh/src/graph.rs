//! Which nodes a partition may part: the graph of the corners of cells, in blocks of rows.

use crate::facets::CellIndex;
use crate::{Mesh, reference};
use std::ops::Range;

/// Rows of the graph of the corners of a mesh, the vertices of [`CornerGraphs`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CornerGraph {
    /// Where the neighbours of each vertex among the rows begin, and where the last ones end.
    pub start: Vec<i64>,
    /// Neighbours, by their place among all vertices, rising in each row; none is its own.
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
    /// of these for which `first` is smallest. With that of [`Mesh::first_opposite`] the corners near by nodes
    /// opposite each other are opposite each other, too.
    ///
    /// # Panics
    /// If there is not one number for each node.
    pub fn corner_of_nodes(&self, first: &[u32]) -> Vec<u32> {
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
                    let smallest = between.iter().map(|&c| cell[c]);
                    let smallest = smallest.min_by_key(|&corner| first[corner as usize]);
                    corner[node as usize] = smallest.unwrap_or(node);
                }
            }
        }
        corner
    }
}

/// What the graph of the corners of a mesh is made from. Corners that lie opposite each other at interfaces are one
/// vertex, so that they stay together; vertices are neighbours when they are in one cell.
pub struct CornerGraphs<'m> {
    pub(crate) cells: CellIndex<'m>,
    /// The first corner of each vertex, rising.
    vertices: Vec<u32>,
    /// The vertex of each corner.
    pub(crate) number: Vec<u32>,
    /// Where the cells around each vertex begin in `around`, and where the last ones end.
    pub(crate) first: Vec<usize>,
    pub(crate) around: Vec<u32>,
}

impl<'m> CornerGraphs<'m> {
    /// Looks at the mesh; `opposite` is its [`Mesh::first_opposite`].
    pub fn new(mesh: &'m Mesh, opposite: &[u32]) -> Self {
        let mut number = vec![u32::MAX; mesh.points.len()];
        let mut vertices = Vec::new();
        for corner in mesh.corners() {
            let first = opposite[corner as usize];
            // Opposite a corner there are corners, and the first of them comes first.
            if first == corner {
                number[corner as usize] = vertices.len() as u32;
                vertices.push(corner);
            } else {
                number[corner as usize] = number[first as usize];
            }
        }
        let mut first = vec![0usize; vertices.len() + 1];
        let corners_of_cells = || {
            mesh.blocks.iter().flat_map(|block| {
                let count = block.kind.corner_count();
                block.cells().map(move |cell| &cell[..count])
            })
        };
        for &node in corners_of_cells().flatten() {
            first[number[node as usize] as usize + 1] += 1;
        }
        for k in 0..vertices.len() {
            first[k + 1] += first[k];
        }
        let mut next = first.clone();
        let mut around = vec![0u32; first[vertices.len()]];
        for (cell, nodes) in (0u32..).zip(corners_of_cells()) {
            for &node in nodes {
                let next = &mut next[number[node as usize] as usize];
                around[*next] = cell;
                *next += 1;
            }
        }
        CornerGraphs { cells: CellIndex::new(&mesh.blocks), vertices, number, first, around }
    }

    /// The first corner of each vertex, rising.
    pub fn vertices(&self) -> &[u32] {
        &self.vertices
    }

    /// Some rows of the graph, without weights.
    ///
    /// # Panics
    /// If there are not so many vertices.
    pub fn rows(&self, rows: Range<usize>) -> CornerGraph {
        let (mut start, mut neighbours) = (vec![0], Vec::new());
        // The last row in which a vertex was found: sorting takes longer than looking there.
        let mut seen = vec![u32::MAX; self.first.len() - 1];
        for row in rows {
            let begin = neighbours.len();
            seen[row] = row as u32;
            let mut add = |vertex: u32| {
                if std::mem::replace(&mut seen[vertex as usize], row as u32) != row as u32 {
                    neighbours.push(vertex);
                }
            };
            for &cell in &self.around[self.first[row]..self.first[row + 1]] {
                let count = self.cells.block(cell).kind.corner_count();
                let corners = &self.cells.nodes(cell)[..count];
                corners.iter().for_each(|&node| add(self.number[node as usize]));
            }
            neighbours[begin..].sort_unstable();
            start.push(neighbours.len() as i64);
        }
        CornerGraph { start, neighbours, weights: None }
    }
}
