//! The meshes against exact lengths, areas and volumes.

use super::*;
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

/// Position and derivatives of the map of a cell or facet.
pub(super) fn map(
    mesh: &Mesh,
    kind: CellKind,
    nodes: &[u32],
    x: [f64; 3],
) -> ([f64; 3], [[f64; 3]; 3]) {
    let (n, g) = (reference::values(kind, x), reference::gradients(kind, x));
    let mut p = [0.0; 3];
    let mut d = [[0.0; 3]; 3];
    for (a, &node) in nodes.iter().enumerate() {
        let q = mesh.points[node as usize];
        for k in 0..3 {
            p[k] += n[a] * q[k];
            for l in 0..3 {
                d[l][k] += g[a][l] * q[k];
            }
        }
    }
    (p, d)
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn norm(a: [f64; 3]) -> f64 {
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
        let at: Vec<[f64; 3]> = rule(block.kind)
            .iter()
            .map(|r| r.0)
            .chain(reference::nodes(block.kind).iter().copied())
            .collect();
        for cell in block.cells() {
            for &x in &at {
                let (_, d) = map(mesh, block.kind, cell, x);
                let size: f64 = d[..block.kind.dimension()].iter().map(|&t| norm(t)).product();
                worst = worst.min(jacobian(block.kind, &d) / size);
            }
        }
    }
    worst
}

pub(super) fn defect(symmetry: Symmetry, shape: Shape) -> Defect {
    Defect {
        symmetry,
        shape,
        radius: 1e-5,
        rim_radius: 0.0,
        width: 5e-5,
        thickness: 5e-5,
        anode: None,
        rim_size: default_rim_size(shape, 1e-5, Some(2e-5), 0.0),
        order: 2,
        refinement: 0,
    }
}

fn near(got: f64, wanted: f64, tolerance: f64, what: &str) {
    assert!((got / wanted - 1.0).abs() < tolerance, "{what}: {got:e}, wanted {wanted:e}");
}

#[test]
fn sections_have_the_volumes_and_areas_of_the_geometry() {
    let (a, w, t) = (1e-5f64, 5e-5, 5e-5);
    let b = 4e-6;
    let e = (1.0 - b * b / (a * a) as f64).sqrt();
    for (shape, volume, pore) in [
        (Shape::Disc, 0.0, PI * a * a),
        (Shape::Hemisphere, 2.0 / 3.0 * PI * a.powi(3), 2.0 * PI * a * a),
        // Area of half an oblate spheroid, e.g. Zwillinger, CRC Standard Mathematical Tables, 4.9.
        (
            Shape::Spheroid { depth: b },
            2.0 / 3.0 * PI * a * a * b,
            PI * a * a + PI * b * b / e * e.atanh(),
        ),
        (Shape::Cylinder { depth: b }, PI * a * a * b, PI * a * a + 2.0 * PI * a * b),
    ] {
        let d = defect(Symmetry::Axisymmetric, shape);
        let mesh = build(&d).unwrap();
        println!("{shape:?} {} cells, quality {}", mesh.cell_count(), worst_scaled_jacobian(&mesh));
        near(region_measure(&d, &mesh, "electrolyte"), PI * w * w * t - volume, 1e-6, "volume");
        near(boundary_measure(&d, &mesh, "pore"), pore, 1e-6, "pore");
        near(boundary_measure(&d, &mesh, "anode"), PI * (w * w - a * a), 1e-12, "anode");
        near(boundary_measure(&d, &mesh, "counter"), PI * w * w, 1e-12, "counter");
        near(boundary_measure(&d, &mesh, "side"), 2.0 * PI * w * t, 1e-12, "side");
        assert!(worst_scaled_jacobian(&mesh) > 0.2);
        assert!(mesh.cell_count() <= 1500);
    }
}
