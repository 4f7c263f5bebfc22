//! The change of volume that a cell can follow: B-bar.
//!
//! A nearly incompressible body wants div u = 0 at every point of quadrature, more conditions than
//! most cells have freedom: they lock. Here the divergence at a point is replaced by its projection,
//! in the L2 sense over the cell, onto constants (first-order cells) or onto 1, x, y, z (second-order
//! quadrilaterals, hexahedra and prisms), in space and not in the reference shape, so that distorted
//! cells keep their order:
//!
//!   grad u  ->  grad u + 1/3 (P div u - div u) I
//!
//! which is the displacement and discontinuous pressure method with the pressure eliminated. With the
//! linear pressure second-order cells keep their order up to nu = 0.4999 and beyond. The divergence of
//! a second-order triangle or tetrahedron with straight sides is linear already, and is left alone:
//! such cells do not lock but lose one order as nu -> 1/2. First-order triangles and tetrahedra have a
//! constant divergence, and lock in plane and in space whatever is done here.
//!
//! Sources: Hughes, *The Finite Element Method*, Dover 2000, sections 4.4 and 4.5; Boffi and Gastaldi,
//! Computing 69 (2002) 345 (linear pressure in space); Brenner and Sung, Math. Comp. 59 (1992) 321
//! (triangles).

use mesh::CellKind;

/// A third of the difference between the projected and the plain divergence, for each unknown of a
/// cell at each point of quadrature.
pub(crate) struct Dilatation {
    nodes: usize,
    /// Axes of the components of the vector.
    axes: Vec<usize>,
    /// 1 for constants, else 1 + number of axes.
    basis: usize,
    correction: Vec<f64>,
    polynomials: Vec<[f64; 4]>,
}

impl Dilatation {
    /// For cells of this kind, vectors with components along `axes`, and a rule of `points` points.
    /// `None` where the projection changes nothing.
    pub(crate) fn new(kind: CellKind, axes: &[usize], points: usize) -> Option<Self> {
        let is_simplex = matches!(kind.linear(), CellKind::Triangle3 | CellKind::Tetrahedron4);
        let basis = match (kind.order(), is_simplex) {
            (1, _) => 1,
            (_, true) => return None,
            _ => 1 + axes.len(),
        };
        let nodes = kind.node_count();
        Some(Dilatation {
            nodes,
            axes: axes.to_vec(),
            basis,
            correction: vec![0.0; points * nodes * axes.len()],
            polynomials: vec![[0.0; 4]; points],
        })
    }

    /// Projects in a cell, from the positions and weights of its points, the gradients of its shape
    /// functions, and, in axial symmetry, the shape functions over the radius (else empty).
    pub(crate) fn project(
        &mut self,
        mesh_axes: [usize; 2],
        positions: impl Iterator<Item = [f64; 3]> + Clone,
        weights: &[f64],
        gradients: &[[f64; 3]],
        hoop: &[f64],
    ) {
        self.orthonormalize(positions, weights);
        let (nodes, width) = (self.nodes, self.nodes * self.axes.len());
        for (component, &axis) in self.axes.iter().enumerate() {
            for node in 0..nodes {
                let divergence = |q: usize| {
                    let plain = gradients[q * nodes + node][axis];
                    let is_radial = !hoop.is_empty() && axis == mesh_axes[0];
                    if is_radial { plain + hoop[q * nodes + node] } else { plain }
                };
                let mut coefficients = [0.0; 4];
                for (q, (polynomials, w)) in self.polynomials.iter().zip(weights).enumerate() {
                    let divergence = w * divergence(q);
                    for (c, p) in coefficients.iter_mut().zip(polynomials) {
                        *c += p * divergence;
                    }
                }
                for (q, polynomials) in self.polynomials.iter().enumerate() {
                    let projected: f64 =
                        coefficients.iter().zip(polynomials).map(|(c, p)| c * p).sum();
                    self.correction[q * width + component * nodes + node] =
                        (projected - divergence(q)) / 3.0;
                }
            }
        }
    }

    /// What each unknown adds to the diagonal of the gradient at point `q`, component after component.
    pub(crate) fn correction_at(&self, q: usize) -> &[f64] {
        let width = self.nodes * self.axes.len();
        &self.correction[q * width..(q + 1) * width]
    }

    fn orthonormalize(
        &mut self,
        positions: impl Iterator<Item = [f64; 3]> + Clone,
        weights: &[f64],
    ) {
        for (p, x) in self.polynomials.iter_mut().zip(positions) {
            *p = [1.0, 0.0, 0.0, 0.0];
            for (p, &axis) in p[1..self.basis].iter_mut().zip(&self.axes) {
                *p = x[axis];
            }
        }
        orthonormalize(&mut self.polynomials, self.basis, weights);
    }
}

/// How many polynomials the divergence is projected onto in cells of this kind, whose rule has as many
/// points, in space; 0 where the projection changes nothing.
pub(crate) fn basis_in_space(kind: CellKind, points: usize) -> usize {
    match Dilatation::new(kind, &[0, 1, 2], points) {
        Some(dilatation) if points > 1 => dilatation.basis,
        _ => 0,
    }
}

/// From 1, x, y, z at points of quadrature, of which the first `basis` count, to polynomials that are
/// orthonormal over the cell (modified Gram-Schmidt; coordinates are taken from the centre).
pub(crate) fn orthonormalize(all: &mut [[f64; 4]], basis: usize, weights: &[f64]) {
    let volume: f64 = weights.iter().sum();
    for a in 1..basis {
        let centre: f64 = all.iter().zip(weights).map(|(p, w)| w / volume * p[a]).sum();
        all.iter_mut().for_each(|p| p[a] -= centre);
    }
    let product = |all: &[[f64; 4]], a: usize, b: usize| {
        all.iter().zip(weights).map(|(p, w)| w * p[a] * p[b]).sum::<f64>()
    };
    for a in 0..basis {
        for b in 0..a {
            let along = product(all, a, b);
            all.iter_mut().for_each(|p| p[a] -= along * p[b]);
        }
        let length = product(all, a, a).sqrt();
        all.iter_mut().for_each(|p| p[a] /= length);
    }
}
