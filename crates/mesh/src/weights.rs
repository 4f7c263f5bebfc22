//! What a corner of a coarse mesh weighs when that is refined after it was parted.

use crate::{CellKind, CornerGraphs};
use rayon::prelude::*;

/// How cells are halved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halving {
    /// Each by itself, as [`crate::Mesh::refined`] does it.
    OfCells,
    /// As the lattice of a built-in geometry, where a prism on the axis has as many rays at all distances from it.
    OfLattice,
}

impl CornerGraphs<'_> {
    /// How many nodes there will be for each vertex when every cell was halved so many times in each direction: a
    /// node goes with the first vertex of the edge, the facet or the cell in the inside of which it lies. Cells of 20 or 15 nodes count as those of 27 or 18.
    pub fn nodes_after(&self, halvings: u32, way: Halving) -> Vec<f64> {
        let rows = (0..self.first.len() - 1).into_par_iter();
        rows.map(|row| self.nodes_of(row, halvings, way)).collect()
    }

    fn nodes_of(&self, row: usize, halvings: u32, way: Halving) -> f64 {
        let mut nodes = 0.0;
        // Several cells have the same ones.
        let (mut corners, mut edges, mut facets) = (Vec::new(), Vec::new(), Vec::new());
        let mut steps = Steps { cells: 2f64.powi(halvings as i32), order: 1.0, way };
        for &cell in &self.around[self.first[row]..self.first[row + 1]] {
            let kind = self.cells.block(cell).kind;
            steps.order = kind.order() as f64;
            let kind = kind.linear();
            let own = self.cells.nodes(cell);
            let node = |local: u8| own[usize::from(local)];
            let place = |local: u8| self.number[node(local) as usize];
            let all = (0..kind.node_count() as u8).filter(|&local| place(local) == row as u32);
            corners.extend(all.map(node));
            if (0..kind.node_count() as u8).all(|local| place(local) >= row as u32) {
                nodes += steps.inside(kind);
            }
            for (facet, list) in kind.facets() {
                // Those of a line are one edge twice.
                for k in 0..list.len() {
                    let ends = [list[k], list[(k + 1) % list.len()]];
                    let [a, b] = ends.map(place);
                    if a != b && a.min(b) == row as u32 {
                        let [a, b] = ends.map(node);
                        edges.push([a.min(b), a.max(b)]);
                    }
                }
                let first = list.iter().map(|&local| place(local)).min();
                if first == Some(row as u32) && *facet != CellKind::Line2 {
                    let mut corners = [u32::MAX; 4];
                    corners.iter_mut().zip(*list).for_each(|(to, &local)| *to = node(local));
                    corners.sort_unstable();
                    facets.push((corners, *facet));
                }
            }
        }
        corners.sort_unstable();
        corners.dedup();
        nodes += corners.len() as f64;
        edges.sort_unstable();
        edges.dedup();
        facets.sort_unstable_by_key(|facet| facet.0);
        facets.dedup_by_key(|facet| facet.0);
        nodes += edges.len() as f64 * steps.inside(CellKind::Line2);
        nodes + facets.iter().map(|(_, kind)| steps.inside(*kind)).sum::<f64>()
    }
}

/// Into how many cells one is cut along each edge, of which order and how.
struct Steps {
    cells: f64,
    order: f64,
    way: Halving,
}

impl Steps {
    /// Nodes inside a cell or a facet.
    fn inside(&self, kind: CellKind) -> f64 {
        let steps = self.order * self.cells;
        let line = steps - 1.0;
        let triangle = match self.way {
            Halving::OfCells => line * (steps - 2.0) / 2.0,
            // Half way to the first nodes around the axis there are none between the rays.
            Halving::OfLattice => line * line - (self.order - 1.0) * self.cells,
        };
        match kind.linear() {
            CellKind::Line2 => line,
            CellKind::Triangle3 => triangle,
            CellKind::Quadrilateral4 => line * line,
            CellKind::Tetrahedron4 => triangle * (steps - 3.0) / 3.0,
            CellKind::Prism6 => triangle * line,
            _ => line * line * line,
        }
    }
}
