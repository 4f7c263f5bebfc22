//! Lengths, areas, volumes and Jacobians by quadrature.

use super::super::{Defect, Symmetry};
use crate::{CellKind, FacetBlock, Mesh, reference};
use std::f64::consts::PI;

/// Gauss points and weights of a shape, exact for polynomials of degree five along each direction.
pub(super) fn rule(kind: CellKind) -> Vec<([f64; 3], f64)> {
    let g = 0.6f64.sqrt();
    let line = [(-g, 5.0 / 9.0), (0.0, 8.0 / 9.0), (g, 5.0 / 9.0)];
    let product = |d: usize| -> Vec<([f64; 3], f64)> {
        (0..3usize.pow(d as u32))
            .map(|i| {
                let at = [i % 3, i / 3 % 3, i / 9];
                let x = std::array::from_fn(|k| if k < d { line[at[k]].0 } else { 0.0 });
                (x, (0..d).map(|k| line[at[k]].1).product())
            })
            .collect()
    };
    match kind.linear() {
        // The square collapsed onto the triangle.
        CellKind::Prism6 => product(3)
            .into_iter()
            .map(|([s, t, z], w)| {
                let u = 0.5 * (1.0 + s);
                let v = 0.5 * (1.0 + t);
                ([u * (1.0 - v), u * v, z], w * 0.25 * u)
            })
            .collect(),
        CellKind::Triangle3 => product(2)
            .into_iter()
            .map(|([s, t, _], w)| {
                let u = 0.5 * (1.0 + s);
                let v = 0.5 * (1.0 + t);
                ([u * (1.0 - v), u * v, 0.0], w * 0.25 * u)
            })
            .collect(),
        _ => product(kind.dimension()),
    }
}

/// Derivatives of the map of a cell for these derivatives of the shape functions.
fn derivatives(mesh: &Mesh, nodes: &[u32], gradients: &[[f64; 3]]) -> [[f64; 3]; 3] {
    let mut d = [[0.0; 3]; 3];
    for (&node, g) in nodes.iter().zip(gradients) {
        let q = mesh.points[node as usize];
        for l in 0..3 {
            for k in 0..3 {
                d[l][k] += g[l] * q[k];
            }
        }
    }
    d
}

/// Position and derivatives of the map of a cell or facet.
pub(super) fn map(
    mesh: &Mesh,
    kind: CellKind,
    nodes: &[u32],
    x: [f64; 3],
) -> ([f64; 3], [[f64; 3]; 3]) {
    let values = reference::values(kind, x);
    let mut p = [0.0; 3];
    for (n, &node) in values.iter().zip(nodes) {
        let q = mesh.points[node as usize];
        (0..3).for_each(|k| p[k] += n * q[k]);
    }
    (p, derivatives(mesh, nodes, &reference::gradients(kind, x)))
}

pub(super) fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

pub(super) fn norm(a: [f64; 3]) -> f64 {
    a.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// Determinant of the map; in the section (r, z) is right-handed.
pub(super) fn jacobian(kind: CellKind, d: &[[f64; 3]; 3]) -> f64 {
    if kind.dimension() == 2 {
        d[0][0] * d[1][2] - d[0][2] * d[1][0]
    } else {
        let c = cross(d[0], d[1]);
        (0..3).map(|k| c[k] * d[2][k]).sum()
    }
}

/// 2 pi r in axisymmetric meshes, else one.
fn turn(defect: &Defect, p: [f64; 3]) -> f64 {
    if defect.symmetry == Symmetry::Axisymmetric { 2.0 * PI * p[0] } else { 1.0 }
}

/// Area (axisymmetric: volume of revolution) or volume of a region.
pub(super) fn region_measure(defect: &Defect, mesh: &Mesh, region: &str) -> f64 {
    let region = mesh.region(region).unwrap();
    let mut sum = 0.0;
    for block in mesh.blocks.iter().filter(|b| b.region == region) {
        for cell in block.cells() {
            for (x, w) in rule(block.kind) {
                let (p, d) = map(mesh, block.kind, cell, x);
                sum += w * jacobian(block.kind, &d) * turn(defect, p);
            }
        }
    }
    sum
}

/// Measure of a set of facets and the integral of x . n over it.
pub(super) fn facet_measure(defect: &Defect, mesh: &Mesh, facets: &[FacetBlock]) -> f64 {
    let mut sum = 0.0;
    for block in facets {
        for facet in block.facets() {
            for (x, w) in rule(block.kind) {
                let (p, d) = map(mesh, block.kind, facet, x);
                let size =
                    if block.kind.dimension() == 1 { norm(d[0]) } else { norm(cross(d[0], d[1])) };
                sum += w * size * turn(defect, p);
            }
        }
    }
    sum
}

pub(super) fn boundary_measure(defect: &Defect, mesh: &Mesh, name: &str) -> f64 {
    facet_measure(defect, mesh, &mesh.boundary(name).unwrap_or_else(|| panic!("{name}")).facets)
}

/// Smallest Jacobian over the product of the lengths of the three (two) tangents, at the Gauss
/// points and at the nodes (the collapsed edge of a wedge apart).
pub(super) fn worst_scaled_jacobian(mesh: &Mesh) -> f64 {
    let mut worst = f64::INFINITY;
    for block in &mesh.blocks {
        let at = rule(block.kind).into_iter().map(|r| r.0);
        let at = at.chain(reference::nodes(block.kind).iter().copied());
        let tables: Vec<Vec<[f64; 3]>> = at.map(|x| reference::gradients(block.kind, x)).collect();
        for cell in block.cells() {
            for g in &tables {
                let d = derivatives(mesh, cell, g);
                let size: f64 = d[..block.kind.dimension()].iter().map(|&t| norm(t)).product();
                worst = worst.min(jacobian(block.kind, &d) / size);
            }
        }
    }
    worst
}
