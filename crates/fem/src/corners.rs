//! From first to second order: what the values at the corners are at all nodes.

use algebra::{Csr, merge_terms};
use mesh::{CellKind, Mesh, reference};

/// The interpolation from the corners of second-order cells to all nodes: a row for each of `rows`
/// unknowns or nodes of multigrid, of which `row_of` tells that of a node of the mesh, if it has one; a column
/// for each row that belongs to a corner, or is among `others`, in their order. Nothing for a mesh of first
/// order.
///
/// To multigrid this is the first coarsening of a second-order mesh: the coarse problem is that of the same
/// cells with first-order shape functions.
pub fn interpolation_from_corners(
    mesh: &Mesh,
    rows: usize,
    row_of: impl Fn(u32) -> Option<u32>,
    others: &[u32],
) -> Option<Csr> {
    if mesh.blocks.iter().all(|block| block.kind.order() == 1) {
        return None;
    }
    let mut is_coarse = vec![false; rows];
    others.iter().for_each(|&row| is_coarse[row as usize] = true);
    for block in &mesh.blocks {
        let corners = block.kind.corner_count();
        for cell in block.cells() {
            let here = cell[..corners].iter().filter_map(|&node| row_of(node));
            here.for_each(|row| is_coarse[row as usize] = true);
        }
    }
    let mut column = vec![u32::MAX; rows];
    let coarse = (0..rows).filter(|&row| is_coarse[row]);
    let count = coarse.zip(0u32..).map(|(row, k)| column[row] = k).count();
    // Each other row belongs to a node inside an edge, a face or a cell, and takes what the first cell says.
    let mut sources = vec![NO_SOURCE; rows];
    for (block, number) in mesh.blocks.iter().zip(0u32..) {
        let corners = block.kind.corner_count();
        for (cell, at) in block.cells().zip(0u32..) {
            for (&node, k) in cell.iter().zip(0u32..).skip(corners) {
                let Some(row) = row_of(node) else { continue };
                let source = &mut sources[row as usize];
                if *source == NO_SOURCE {
                    *source = [number, at, k];
                }
            }
        }
    }
    let shapes: Vec<Vec<Vec<f64>>> = mesh.blocks.iter().map(|block| shapes(block.kind)).collect();
    let (mut start, mut columns, mut values) = (vec![0], Vec::new(), Vec::new());
    let mut terms: Vec<(u32, f64)> = Vec::new();
    for (&column_of_row, &[block, cell, node]) in column.iter().zip(&sources) {
        terms.clear();
        if column_of_row != u32::MAX {
            terms.push((column_of_row, 1.0));
        } else if block != u32::MAX {
            let (block, shapes) = (&mesh.blocks[block as usize], &shapes[block as usize]);
            let first = cell as usize * block.kind.node_count();
            let corners = &block.nodes[first..first + block.kind.corner_count()];
            let shape = corners.iter().zip(&shapes[node as usize]).filter(|(_, s)| s.abs() > 1e-12);
            terms.extend(
                shape.filter_map(|(&corner, &s)| Some((column[row_of(corner)? as usize], s))),
            );
            // Corners that are tied to one whole body are one row.
            merge_terms(&mut terms);
        }
        columns.extend(terms.iter().map(|term| term.0));
        values.extend(terms.iter().map(|term| term.1));
        start.push(columns.len());
    }
    Some(Csr::new(start, columns, values, count).expect("sorted terms make a matrix"))
}

/// Block, cell and node of the cell that say what a row is; none yet.
const NO_SOURCE: [u32; 3] = [u32::MAX; 3];

/// The shape functions of the corners at each node of a cell.
fn shapes(kind: CellKind) -> Vec<Vec<f64>> {
    reference::nodes(kind).iter().map(|&x| reference::values(kind.linear(), x)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mesh::brick;

    #[test]
    fn linear_functions_are_carried_exactly() {
        for kind in [CellKind::Triangle6, CellKind::Quadrilateral9, CellKind::Tetrahedron10] {
            let mesh = brick(kind, 2, |s| s);
            let nodes = mesh.points.len();
            let p = interpolation_from_corners(&mesh, nodes, Some, &[]).expect("second order");
            assert!(p.ncols() < p.nrows());
            let f = |x: [f64; 3]| 1.0 + 2.0 * x[0] - 3.0 * x[1] + 0.5 * x[2];
            let mut coarse = vec![0.0; p.ncols()];
            for (node, &x) in mesh.points.iter().enumerate() {
                let (columns, values) = p.row(node);
                if values == [1.0] {
                    coarse[columns[0] as usize] = f(x);
                }
            }
            let mut fine = vec![0.0; p.nrows()];
            p.apply(&coarse, &mut fine);
            for (node, &x) in mesh.points.iter().enumerate() {
                let got = fine[node];
                assert!((got - f(x)).abs() < 1e-14, "{kind:?} {x:?}: {got}");
            }
        }
        let first = brick(CellKind::Triangle3, 2, |s| s);
        assert!(interpolation_from_corners(&first, 9, Some, &[]).is_none());
    }
}
