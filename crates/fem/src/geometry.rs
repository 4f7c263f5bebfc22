//! From reference coordinates to space: Jacobians, weights, normals.

use crate::Real;
use crate::quadrature::Rule;
use mesh::{CellKind, reference};

/// How the three-dimensional body is reduced to the mesh. Laws never see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hypothesis {
    /// A plane section; integrals are per metre of depth.
    Planar,
    /// A section turned about the axis where the first coordinate is zero; integrals are over the
    /// whole turn (weight 2 pi r).
    Axisymmetric,
    /// All three dimensions.
    Spatial,
}

/// Shape functions and their reference derivatives at the points of a rule, for one kind.
pub struct Tables {
    /// Number of nodes of the kind.
    pub nodes: usize,
    /// Dimension of the shape.
    pub dimension: usize,
    /// Weight of each point.
    pub weights: Vec<f64>,
    /// Values, point after point.
    pub values: Vec<f64>,
    /// Reference derivatives, point after point.
    pub derivatives: Vec<[f64; 3]>,
}

impl Tables {
    /// Tabulates `kind` at the points of `rule`.
    pub fn new(kind: CellKind, rule: &Rule) -> Self {
        Tables {
            nodes: kind.node_count(),
            dimension: kind.dimension(),
            weights: rule.weights.clone(),
            values: rule.points.iter().flat_map(|&x| reference::values(kind, x)).collect(),
            derivatives: rule.points.iter().flat_map(|&x| reference::gradients(kind, x)).collect(),
        }
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.weights.len()
    }

    /// True without points.
    pub fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    /// Shape function values at point `q`.
    pub fn values_at(&self, q: usize) -> &[f64] {
        &self.values[q * self.nodes..(q + 1) * self.nodes]
    }

    pub(crate) fn derivatives_at(&self, q: usize) -> &[[f64; 3]] {
        &self.derivatives[q * self.nodes..(q + 1) * self.nodes]
    }

    /// Position of point `q` in a cell or facet with nodes at `x`.
    pub fn position(&self, q: usize, x: &[[f64; 3]]) -> [f64; 3] {
        let mut p = [0.0; 3];
        for (n, x) in self.values_at(q).iter().zip(x) {
            for k in 0..3 {
                p[k] += n * x[k];
            }
        }
        p
    }

    /// Tangents dx/dxi of point `q`; the first index is the reference direction.
    fn tangents(&self, q: usize, x: &[[f64; 3]]) -> [[f64; 3]; 3] {
        let mut t = [[0.0; 3]; 3];
        for (d, x) in self.derivatives_at(q).iter().zip(x) {
            // Derivatives beyond the dimension are zero.
            for a in 0..3 {
                for k in 0..3 {
                    t[a][k] += d[a] * x[k];
                }
            }
        }
        t
    }

    /// Spatial gradients of the shape functions at point `q` of a cell, and its integration weight
    /// (quadrature weight times Jacobian; not yet 2 pi r). In two dimensions the gradient lies in the
    /// plane of `axes`.
    pub fn cell_gradients(
        &self,
        q: usize,
        x: &[[f64; 3]],
        axes: [usize; 2],
        gradients: &mut [[f64; 3]],
    ) -> f64 {
        let t = self.tangents(q, x);
        if self.dimension == 2 {
            let [i, j] = axes;
            let det = t[0][i] * t[1][j] - t[0][j] * t[1][i];
            let inverse = 1.0 / det;
            for (g, d) in gradients.iter_mut().zip(self.derivatives_at(q)) {
                *g = [0.0; 3];
                g[i] = (t[1][j] * d[0] - t[0][j] * d[1]) * inverse;
                g[j] = (t[0][i] * d[1] - t[1][i] * d[0]) * inverse;
            }
            return det * self.weights[q];
        }
        let c = [cross(t[1], t[2]), cross(t[2], t[0]), cross(t[0], t[1])];
        let det = dot(t[0], c[0]);
        let inverse = 1.0 / det;
        for (g, d) in gradients.iter_mut().zip(self.derivatives_at(q)) {
            for k in 0..3 {
                g[k] = (c[0][k] * d[0] + c[1][k] * d[1] + c[2][k] * d[2]) * inverse;
            }
        }
        det * self.weights[q]
    }

    /// The inverse Jacobian at point `q` of a cell in space, row d being the gradient of the reference
    /// coordinate d, and the Jacobian determinant, not multiplied with the weight.
    pub(crate) fn inverse_jacobian(&self, q: usize, x: &[[f64; 3]]) -> ([[f64; 3]; 3], f64) {
        let t = self.tangents(q, x);
        let rows = [cross(t[1], t[2]), cross(t[2], t[0]), cross(t[0], t[1])];
        let det = dot(t[0], rows[0]);
        (rows.map(|row| row.map(|v| v / det)), det)
    }

    /// Unit normal at point `q` of a facet and its integration weight (not yet 2 pi r).
    pub fn facet_normal(&self, q: usize, x: &[[f64; 3]], axes: [usize; 2]) -> ([f64; 3], f64) {
        let (normal, area) = self.normal_and_area(q, x, axes);
        (normal, area * self.weights[q])
    }

    /// True for facets whose tangents are the same everywhere: lines and triangles of first order.
    pub(crate) fn is_flat(&self) -> bool {
        self.nodes == self.dimension + 1
    }

    /// Unit normal at point `q` of a facet and how much larger its area is than that of the reference.
    pub(crate) fn normal_and_area(
        &self,
        q: usize,
        x: &[[f64; 3]],
        axes: [usize; 2],
    ) -> ([f64; 3], f64) {
        let t = self.tangents(q, x);
        let mut n = [0.0; 3];
        if self.dimension == 1 {
            // To the right of the direction of travel, see `CellKind::facets`.
            n[axes[0]] = t[0][axes[1]];
            n[axes[1]] = -t[0][axes[0]];
        } else {
            n = cross(t[0], t[1]);
        }
        let area = dot(n, n).sqrt();
        (n.map(|v| v / area), area)
    }
}

impl Hypothesis {
    /// What an integration weight is multiplied with at position `x`.
    pub fn weight(self, x: [f64; 3], axes: [usize; 2]) -> f64 {
        match self {
            Hypothesis::Axisymmetric => 2.0 * std::f64::consts::PI * x[axes[0]],
            _ => 1.0,
        }
    }
}

#[inline(always)]
pub(crate) fn cross<S: Real>(a: [S; 3], b: [S; 3]) -> [S; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

#[inline(always)]
pub(crate) fn dot<S: Real>(a: [S; 3], b: [S; 3]) -> S {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quadrature::{cell_rule, facet_rule};

    #[test]
    fn gradients_of_a_linear_function_are_constant_on_a_distorted_cell() {
        for kind in [
            CellKind::Quadrilateral9,
            CellKind::Tetrahedron10,
            CellKind::Prism15,
            CellKind::Hexahedron20,
        ] {
            let x: Vec<[f64; 3]> = reference::nodes(kind)
                .iter()
                .map(|p| {
                    let bend = 0.05 * p[0] * p[1];
                    let y = 0.2 * p[0] + 0.7 * p[1] - bend;
                    let z = if kind.dimension() == 3 { 0.9 * p[2] + 0.1 * p[0] } else { 0.0 };
                    [1.5 * p[0] + 0.3 * p[1] + bend, y, z]
                })
                .collect();
            let f: Vec<f64> = x.iter().map(|x| 3.0 * x[0] - 2.0 * x[1] + 5.0 * x[2]).collect();
            let tables = Tables::new(kind, &cell_rule(kind));
            let mut g = vec![[0.0; 3]; kind.node_count()];
            for q in 0..tables.len() {
                tables.cell_gradients(q, &x, [0, 1], &mut g);
                for (k, want) in
                    [3.0, -2.0, if kind.dimension() == 3 { 5.0 } else { 0.0 }].iter().enumerate()
                {
                    let got: f64 = g.iter().zip(&f).map(|(g, f)| g[k] * f).sum();
                    assert!((got - want).abs() < 1e-12, "{kind:?} {k}: {got}");
                }
            }
        }
    }

    #[test]
    fn one_curved_line_and_its_normals() {
        // Nodes at 0, 45 and 90 degrees of the unit circle, travelled counter-clockwise around a
        // body inside: the normal points outwards, and the line is a parabola of chord c and height
        // h, whose length is known (Bronshtein, Handbook of Mathematics, section 3.5.2.11).
        let s = 0.5f64.sqrt();
        let x = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [s, s, 0.0]];
        let tables = Tables::new(CellKind::Line3, &facet_rule(CellKind::Line3));
        let mut length = 0.0;
        for q in 0..tables.len() {
            let (n, w) = tables.facet_normal(q, &x, [0, 1]);
            assert!(dot(n, tables.position(q, &x)) > 0.9);
            length += w;
        }
        let (c, h) = (2f64.sqrt(), 1.0 - s);
        let root = (c * c + 16.0 * h * h).sqrt();
        let exact = 0.5 * root + c * c / (8.0 * h) * ((4.0 * h + root) / c).ln();
        assert!((length - exact).abs() < 5e-5, "{length} {exact}");
    }
}
