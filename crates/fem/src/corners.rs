//! From first to second order: what the values at the corners are at all nodes.

use crate::Space;
use algebra::Csr;
use mesh::{Mesh, reference};

/// The interpolation of the scalar `field` from the corners of second-order cells to all its free
/// unknowns: a row for each free unknown, a column for each that belongs to a corner or to a whole body, in
/// their order. Nothing for a mesh of first order.
///
/// To multigrid this is the first coarsening of a second-order mesh: the coarse problem is that of the same
/// cells with first-order shape functions.
pub fn interpolation_from_corners(mesh: &Mesh, space: &Space, field: usize) -> Option<Csr> {
    if mesh.blocks.iter().all(|block| block.kind.order() == 1) {
        return None;
    }
    let free = space.free();
    let is_free = |dof: u32| (dof as usize) < free;
    let mut is_coarse = vec![false; free];
    let mut mark = |dof: u32| {
        if is_free(dof) {
            is_coarse[dof as usize] = true;
        }
    };
    for block in &mesh.blocks {
        let corners = block.kind.corner_count();
        for cell in block.cells() {
            cell[..corners].iter().for_each(|&node| mark(space.dof(field, node)));
        }
    }
    (0..space.whole().len()).for_each(|whole| mark(space.whole_dof(whole)));
    let mut column = vec![u32::MAX; free];
    let coarse = (0..free).filter(|&dof| is_coarse[dof]);
    let count = coarse.zip(0u32..).map(|(dof, k)| column[dof] = k).count();
    // Each other unknown belongs to a node inside an edge, a face or a cell, and takes what the first cell
    // says.
    let mut rows: Vec<Vec<(u32, f64)>> = vec![Vec::new(); free];
    for block in &mesh.blocks {
        let (kind, corners) = (block.kind, block.kind.corner_count());
        let shapes: Vec<Vec<f64>> =
            reference::nodes(kind).iter().map(|&x| reference::values(kind.linear(), x)).collect();
        for cell in block.cells() {
            for (&node, shape) in cell.iter().zip(&shapes).skip(corners) {
                let dof = space.dof(field, node);
                if !is_free(dof) || column[dof as usize] != u32::MAX {
                    continue;
                }
                let row = &mut rows[dof as usize];
                if row.is_empty() {
                    let terms = cell[..corners].iter().zip(shape).filter(|(_, s)| s.abs() > 1e-12);
                    let terms = terms.map(|(&corner, &s)| (space.dof(field, corner), s));
                    row.extend(
                        terms.filter(|t| is_free(t.0)).map(|(d, s)| (column[d as usize], s)),
                    );
                    row.sort_unstable_by_key(|term| term.0);
                    // Corners that are tied to one whole body are one unknown.
                    row.dedup_by(|next, kept| {
                        let same = next.0 == kept.0;
                        if same {
                            kept.1 += next.1;
                        }
                        same
                    });
                }
            }
        }
    }
    let (mut start, mut columns, mut values) = (vec![0], Vec::new(), Vec::new());
    for (dof, row) in rows.iter().enumerate() {
        if column[dof] != u32::MAX {
            columns.push(column[dof]);
            values.push(1.0);
        } else {
            columns.extend(row.iter().map(|term| term.0));
            values.extend(row.iter().map(|term| term.1));
        }
        start.push(columns.len());
    }
    Some(Csr::new(start, columns, values, count).expect("sorted terms make a matrix"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Constraints, Field};
    use mesh::{CellKind, brick};

    #[test]
    fn linear_functions_are_carried_exactly() {
        for kind in [CellKind::Triangle6, CellKind::Quadrilateral9, CellKind::Tetrahedron10] {
            let mesh = brick(kind, 2, |s| s);
            let fields = vec![Field::scalar("potential")];
            let space =
                Space::new(fields, vec![], mesh.points.len(), &Constraints::default()).unwrap();
            let p = interpolation_from_corners(&mesh, &space, 0).expect("second order");
            assert!(p.ncols() < p.nrows());
            let f = |x: [f64; 3]| 1.0 + 2.0 * x[0] - 3.0 * x[1] + 0.5 * x[2];
            let mut coarse = vec![0.0; p.ncols()];
            for (node, &x) in mesh.points.iter().enumerate() {
                let (columns, values) = p.row(space.dof(0, node as u32) as usize);
                if values == [1.0] {
                    coarse[columns[0] as usize] = f(x);
                }
            }
            let mut fine = vec![0.0; p.nrows()];
            p.apply(&coarse, &mut fine);
            for (node, &x) in mesh.points.iter().enumerate() {
                let got = fine[space.dof(0, node as u32) as usize];
                assert!((got - f(x)).abs() < 1e-14, "{kind:?} {x:?}: {got}");
            }
        }
        let first = brick(CellKind::Triangle3, 2, |s| s);
        let fields = vec![Field::scalar("potential")];
        let space = Space::new(fields, vec![], 9, &Constraints::default()).unwrap();
        assert!(interpolation_from_corners(&first, &space, 0).is_none());
    }
}
