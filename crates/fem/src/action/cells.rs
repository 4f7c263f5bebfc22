//! Cells of one kind and one law, and what their geometry is at the points of quadrature.

use super::lanes::{Lanes, Number};
use crate::Tables;
use crate::quadrature::Rule;
use mesh::{CellKind, Mesh, reference};
use rayon::prelude::*;

/// Cells of one kind under a law that is linear and the same at every point.
pub(super) struct Cells {
    pub kind: CellKind,
    /// Nodes of a cell.
    pub width: usize,
    /// The nodes of each cell, in vectors of nodes.
    pub nodes: Vec<u32>,
    pub rule: Rule,
    /// Reference derivatives of the shape functions, point after point.
    pub derivatives: Vec<[f64; 3]>,
    /// The entries (i, j, dr_i / du_j) of the law's tangent that are not zero.
    pub tangent: Vec<(usize, usize, f64)>,
    /// True where the Jacobian is the same at all points of a cell.
    pub is_affine: bool,
    /// Number of polynomials that the divergence is projected onto; 0 where it is left alone.
    pub basis: usize,
}

/// Inverse Jacobian (3 d + k: d xi_d / d x_k) and weight at each stored point of each cell, then the values
/// there of the polynomials that are orthonormal over the cell; `L` cells side by side.
pub(super) struct Geometry<T, const L: usize> {
    pub values: Vec<Lanes<T, L>>,
    /// Numbers of each pack of `L` cells, and of each point of it.
    pub pack: usize,
    pub point: usize,
}

/// Numbers of a point before the polynomials.
pub(super) const MAP: usize = 10;

impl Cells {
    /// Number of cells.
    pub fn len(&self) -> usize {
        self.nodes.len() / self.width
    }

    /// Number of points of quadrature.
    pub fn points(&self) -> usize {
        self.rule.weights.len()
    }

    /// Nodes of a cell; those of the last one beyond the end.
    #[inline(always)]
    pub fn nodes_of(&self, cell: usize) -> &[u32] {
        let first = (cell * self.width).min(self.nodes.len() - self.width);
        &self.nodes[first..first + self.width]
    }
}

/// True when all cells are tetrahedra with straight edges and middle nodes in the middle.
pub(super) fn are_affine(mesh: &Mesh, kind: CellKind, nodes: &[u32]) -> bool {
    if kind.linear() != CellKind::Tetrahedron4 {
        return false;
    }
    let shapes: Vec<Vec<f64>> =
        reference::nodes(kind).iter().map(|&x| reference::values(kind.linear(), x)).collect();
    nodes.par_chunks_exact(kind.node_count()).with_min_len(1024).all(|cell| {
        let at = |k: usize| mesh.points[cell[k] as usize];
        let size = (0..3).map(|k| (at(0)[k] - at(1)[k]).abs()).fold(0.0, f64::max);
        (4..cell.len()).all(|n| {
            (0..3).all(|k| {
                let straight: f64 = (0..4).map(|c| shapes[n][c] * at(c)[k]).sum();
                (at(n)[k] - straight).abs() <= 1e-12 * size
            })
        })
    })
}

impl<const L: usize> Geometry<f64, L> {
    /// Of the cells with these nodes in the mesh. The polynomials are those of [`crate::dilatation`].
    pub fn new(mesh: &Mesh, cells: &Cells, in_mesh: &[u32]) -> Self {
        let (width, points) = (cells.width, cells.points());
        let tables = Tables::new(cells.kind, &cells.rule);
        let stored = if cells.is_affine { 1 } else { points };
        let point = MAP + cells.basis;
        let pack = stored * point;
        let packs = cells.len().div_ceil(L);
        let mut values = vec![[0.0; L]; packs * pack];
        values.par_chunks_mut(pack).enumerate().for_each(|(p, values)| {
            let mut x = vec![[0.0; 3]; width];
            let mut weights = vec![0.0; points];
            let mut polynomials = vec![[0.0; 4]; points];
            for (l, real) in (p * L..(p + 1) * L).enumerate() {
                let cell = real.min(cells.len() - 1);
                for (x, &node) in x.iter_mut().zip(&in_mesh[cell * width..(cell + 1) * width]) {
                    *x = mesh.points[node as usize];
                }
                for q in 0..stored {
                    let (inverse, det) = tables.inverse_jacobian(q, &x);
                    for (k, v) in inverse.as_flattened().iter().enumerate() {
                        values[q * point + k][l] = *v;
                    }
                    // Cells beyond the last one have no weight.
                    weights[q] = det * if cells.is_affine { 1.0 } else { cells.rule.weights[q] };
                    values[q * point + 9][l] = if real == cell { weights[q] } else { 0.0 };
                }
                if cells.basis > 0 {
                    for (q, p) in polynomials.iter_mut().enumerate() {
                        let [a, b, c] = tables.position(q, &x);
                        *p = [1.0, a, b, c];
                    }
                    crate::dilatation::orthonormalize(&mut polynomials, cells.basis, &weights);
                    for (q, p) in polynomials.iter().enumerate() {
                        for k in 0..cells.basis {
                            values[q * point + MAP + k][l] = p[k];
                        }
                    }
                }
            }
        });
        Geometry { values, pack, point }
    }

    /// The same in single precision, with `M` cells side by side, for a law multiplied by `scale`. Lengths
    /// are measured in `unit`, so that no number leaves the range of single precision.
    pub fn narrow<const M: usize>(&self, cells: &Cells, unit: f64) -> Geometry<f32, M> {
        let packs = cells.len().div_ceil(M);
        let mut values = vec![[0.0; M]; packs * self.pack];
        values.par_chunks_mut(self.pack).enumerate().for_each(|(p, values)| {
            for (k, value) in values.iter_mut().enumerate() {
                let factor = match k % self.point {
                    0..9 => unit,
                    9 => unit.powi(-3),
                    _ => unit.powf(1.5),
                };
                for (l, value) in value.iter_mut().enumerate() {
                    let cell = p * M + l;
                    let from = cell.min(cells.len() - 1);
                    let wide = self.values[from / L * self.pack + k][from % L];
                    let is_weight = k % self.point == 9;
                    *value = if is_weight && cell != from { 0.0 } else { (wide * factor) as f32 };
                }
            }
        });
        Geometry { values, pack: self.pack, point: self.point }
    }
}

impl<T: Number, const L: usize> Geometry<T, L> {
    /// The numbers of a pack.
    #[inline(always)]
    pub fn of_pack(&self, pack: usize) -> &[Lanes<T, L>] {
        &self.values[pack * self.pack..(pack + 1) * self.pack]
    }

    /// Bytes.
    pub fn bytes(&self) -> usize {
        std::mem::size_of_val(&self.values[..])
    }
}
