//! The current around a hemisphere in a quarter box: are six cells around the quarter enough?

use super::super::{Shape, Symmetry, build};
use super::current::kinetics;
use super::measure::{cross, jacobian, map, norm, rule};
use crate::{CellKind, Mesh, reference};
use std::f64::consts::FRAC_1_SQRT_2;

/// Matrices of cells and facets with the nodes that they belong to.
type Local<'a> = Vec<(&'a [u32], Vec<f64>)>;

fn apply(parts: &[&Local], x: &[f64]) -> Vec<f64> {
    let mut y = vec![0.0; x.len()];
    for (nodes, matrix) in parts.iter().flat_map(|p| p.iter()) {
        for (row, &i) in matrix.chunks_exact(nodes.len()).zip(*nodes) {
            y[i as usize] += row.iter().zip(*nodes).map(|(a, &j)| a * x[j as usize]).sum::<f64>();
        }
    }
    y
}

/// Conjugate gradients preconditioned by the diagonal.
fn solve(parts: &[&Local], b: &[f64]) -> Vec<f64> {
    let mut diagonal = vec![0.0; b.len()];
    for (nodes, matrix) in parts.iter().flat_map(|p| p.iter()) {
        for (k, &i) in nodes.iter().enumerate() {
            diagonal[i as usize] += matrix[k * nodes.len() + k];
        }
    }
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let scale = |r: &[f64]| r.iter().zip(&diagonal).map(|(r, d)| r / d).collect::<Vec<f64>>();
    let (mut x, mut r) = (vec![0.0; b.len()], b.to_vec());
    let mut z = scale(&r);
    let mut p = z.clone();
    let mut rz = dot(&r, &z);
    let end = 1e-20 * rz;
    while rz > end {
        let q = apply(parts, &p);
        let step = rz / dot(&p, &q);
        for i in 0..x.len() {
            x[i] += step * p[i];
            r[i] -= step * q[i];
        }
        z = scale(&r);
        let new = dot(&r, &z);
        (0..p.len()).for_each(|i| p[i] = z[i] + new / rz * p[i]);
        rz = new;
    }
    x
}

fn stiffness(mesh: &Mesh, kind: CellKind, cell: &[u32], sigma: f64) -> Vec<f64> {
    let n = cell.len();
    let mut matrix = vec![0.0; n * n];
    for (x, w) in rule(kind) {
        let (_, d) = map(mesh, kind, cell, x);
        let det = jacobian(kind, &d);
        // Rows of the inverse are cross products of the tangents over the determinant.
        let dual = [cross(d[1], d[2]), cross(d[2], d[0]), cross(d[0], d[1])];
        let g: Vec<[f64; 3]> = reference::gradients(kind, x)
            .iter()
            .map(|g| std::array::from_fn(|k| (0..3).map(|l| g[l] * dual[l][k]).sum()))
            .collect();
        for (k, a) in g.iter().enumerate() {
            for (l, b) in g.iter().enumerate() {
                matrix[k * n + l] += w * sigma / det * (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]);
            }
        }
    }
    matrix
}

/// Adds the current over a boundary to `residual`, returns its derivative.
fn boundary<'a>(
    mesh: &'a Mesh,
    name: &str,
    phi: &[f64],
    term: impl Fn(f64) -> (f64, f64),
    residual: &mut [f64],
) -> Local<'a> {
    let mut local = Local::new();
    for block in &mesh.boundary(name).unwrap().facets {
        for facet in block.facets() {
            let mut matrix = vec![0.0; facet.len() * facet.len()];
            for (x, w) in rule(block.kind) {
                let n = reference::values(block.kind, x);
                let (_, d) = map(mesh, block.kind, facet, x);
                let w = w * norm(cross(d[0], d[1]));
                let at = facet.iter().zip(&n).map(|(&a, n)| n * phi[a as usize]).sum();
                let (i, slope) = term(at);
                for (k, &a) in facet.iter().enumerate() {
                    residual[a as usize] += w * i * n[k];
                    (0..n.len()).for_each(|l| matrix[k * n.len() + l] += w * slope * n[k] * n[l]);
                }
            }
            local.push((facet, matrix));
        }
    }
    local
}

#[test]
fn default_boxes_resolve_the_rim() {
    let (sigma, applied) = (0.01, 13.0);
    let mesh = build(&super::defect(Symmetry::Quarter, Shape::Hemisphere)).unwrap();
    let bulk: Local = mesh
        .blocks
        .iter()
        .flat_map(|b| b.cells().map(|c| (c, stiffness(&mesh, b.kind, c, sigma))))
        .collect();
    let mut phi = vec![0.0; mesh.points.len()];
    for _ in 0..5 {
        let mut residual = apply(&[&bulk], &phi);
        let anode = boundary(&mesh, "anode", &phi, kinetics, &mut residual);
        boundary(&mesh, "counter", &phi, |_| (-applied, 0.0), &mut residual);
        let step = solve(&[&bulk, &anode], &residual);
        phi.iter_mut().zip(&step).for_each(|(p, s)| *p -= s);
    }
    // Rim and side on the x axis, rim on the diagonal; by a code of order five and six.
    let diagonal = 1e-5 * FRAC_1_SQRT_2;
    for (x, y, wanted) in [
        (1e-5, 0.0, 1.118_987_591),
        (5e-5, 0.0, 1.023_183_255),
        (diagonal, diagonal, 1.118_981_907),
    ] {
        let at = mesh.points.iter().position(|p| *p == [x, y, 0.0]).unwrap();
        let got = kinetics(phi[at]).0 / applied;
        assert!((got / wanted - 1.0).abs() < 2e-5, "{x} {y}: {got}, wanted {wanted}");
    }
}
