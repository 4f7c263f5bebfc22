//! From first to second order: what the values at the corners are at all nodes.

use algebra::{Csr, merge_terms};
use mesh::{CellKind, Mesh, reference};

/// The interpolation from the corners of second-order cells to all nodes: a row for each of `rows`
/// unknowns or nodes of multigrid, of which `row_of` tells that of a node of the mesh, if it has one; a column
/// for each row that belongs to a corner, or is among `others`, in their order. Nothing for a mesh of first
/// order.
///
/// A row between corners that are all one row, such as one whole body, would be the same as that. It has a column of
/// its own, so that each column has one row with the single weight 1.
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
    // Shape functions of the corners of the cell of a source.
    let between = |[block, cell, node]: [u32; 3]| {
        let (block, shapes) = (&mesh.blocks[block as usize], &shapes[block as usize]);
        let first = cell as usize * block.kind.node_count();
        let corners = &block.nodes[first..first + block.kind.corner_count()];
        let shape = corners.iter().zip(&shapes[node as usize]).filter(|(_, s)| s.abs() > 1e-12);
        shape.map(|(&corner, &s)| (row_of(corner), s))
    };
    let is_between = |source: &[u32; 3]| *source != NO_SOURCE;
    for (is_coarse, &source) in is_coarse.iter_mut().zip(&sources).filter(|(_, s)| is_between(s)) {
        let mut corners = between(source).map(|term| term.0);
        let first = corners.next().flatten();
        *is_coarse |= first.is_some() && corners.all(|other| other == first);
    }
    let mut column = vec![u32::MAX; rows];
    let coarse = (0..rows).filter(|&row| is_coarse[row]);
    let count = coarse.zip(0u32..).map(|(row, k)| column[row] = k).count();
    let (mut start, mut columns, mut values) = (vec![0], Vec::new(), Vec::new());
    let mut terms: Vec<(u32, f64)> = Vec::new();
    for (&column_of_row, source) in column.iter().zip(&sources) {
        terms.clear();
        if column_of_row != u32::MAX {
            terms.push((column_of_row, 1.0));
        } else if is_between(source) {
            terms.extend(between(*source).filter_map(|(row, s)| Some((column[row? as usize], s))));
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
    /// Two corners of the first triangle and the middle between two others of its nodes are one row.
    #[test]
    fn a_row_between_corners_that_are_one_has_a_column_of_its_own() {
        let mesh = brick(CellKind::Triangle6, 1, |s| s);
        let cell = mesh.blocks[0].cells().next().expect("there is one");
        let [a, b, middle] = [cell[0], cell[1], cell[3]];
        let rows = mesh.points.len();
        // The body stands at the place of the one corner; the middle between the two is free.
        let row_of = |node: u32| Some(if node == b { a } else { node });
        let p = interpolation_from_corners(&mesh, rows, row_of, &[]).expect("second order");
        let own = |row: usize| matches!(p.row(row), ([_], [1.0]));
        let mut columns: Vec<u32> =
            (0..rows).filter(|&row| own(row)).map(|row| p.row(row).0[0]).collect();
        columns.sort_unstable();
        // Four corners, of which two are one, and the middle.
        assert_eq!(columns, [0, 1, 2, 3]);
        assert!(own(middle as usize) && p.ncols() == 4);
    }
}
