//! The current around a pore on the default meshes: are they fine enough at the rim?
//!
//! A small axisymmetric Newton solver for div(sigma grad phi) = 0 with Butler-Volmer kinetics on the
//! anode and a uniform current density on the counter electrode.

use super::super::{Shape, Symmetry, build, default_rim_size};
use super::measure::{jacobian, map, rule};
use crate::{Mesh, reference};
use std::f64::consts::PI;

/// Exchange and applied current density \[A/m^2\], F / RT at 298.15 K \[1/V\].
const EXCHANGE: f64 = 13.0;
const APPLIED: f64 = 5.1;
const F_RT: f64 = 38.921_744_495_609_11;

pub(super) fn kinetics(phi: f64) -> (f64, f64) {
    let x = 0.5 * F_RT * phi;
    (2.0 * EXCHANGE * x.sinh(), EXCHANGE * F_RT * x.cosh())
}

/// A symmetric banded matrix, lower triangle by rows.
struct Band {
    width: usize,
    rows: Vec<f64>,
}

impl Band {
    fn add(&mut self, i: u32, j: u32, value: f64) {
        let (i, j) = (i as usize, j as usize);
        if j <= i {
            self.rows[i * (self.width + 1) + self.width + j - i] += value;
        }
    }

    /// Solves in place by Cholesky's method.
    fn solve(mut self, x: &mut [f64]) {
        let (n, w) = (x.len(), self.width);
        let at = |i: usize, j: usize| i * (w + 1) + w + j - i;
        for i in 0..n {
            for j in i.saturating_sub(w)..=i {
                let first = i.saturating_sub(w).max(j.saturating_sub(w));
                let len = j - first;
                let (a, b) = (at(i, first), at(j, first));
                let dot: f64 = self.rows[a..a + len]
                    .iter()
                    .zip(&self.rows[b..b + len])
                    .map(|(p, q)| p * q)
                    .sum();
                let value = self.rows[at(i, j)] - dot;
                self.rows[at(i, j)] =
                    if i == j { value.sqrt() } else { value / self.rows[at(j, j)] };
            }
        }
        for i in 0..n {
            for j in i.saturating_sub(w)..i {
                x[i] -= self.rows[at(i, j)] * x[j];
            }
            x[i] /= self.rows[at(i, i)];
        }
        for i in (0..n).rev() {
            x[i] /= self.rows[at(i, i)];
            for j in i.saturating_sub(w)..i {
                x[j] -= self.rows[at(i, j)] * x[i];
            }
        }
    }
}

/// Adds the integrals over a boundary, `term` (phi) -> (current, derivative).
fn add_boundary(
    mesh: &Mesh,
    name: &str,
    phi: &[f64],
    term: impl Fn(f64) -> (f64, f64),
    matrix: &mut Band,
    residual: &mut [f64],
) {
    for block in &mesh.boundary(name).unwrap().facets {
        for (x, w) in rule(block.kind) {
            let n = reference::values(block.kind, x);
            for facet in block.facets() {
                let (p, d) = map(mesh, block.kind, facet, x);
                let w = w * 2.0 * PI * p[0] * d[0][0].hypot(d[0][2]);
                let at: f64 = facet.iter().zip(&n).map(|(&a, n)| n * phi[a as usize]).sum();
                let (i, slope) = term(at);
                for (&a, na) in facet.iter().zip(&n) {
                    residual[a as usize] += w * i * na;
                    facet.iter().zip(&n).for_each(|(&b, nb)| matrix.add(a, b, w * slope * na * nb));
                }
            }
        }
    }
}

fn add_ohm(mesh: &Mesh, sigma: f64, phi: &[f64], matrix: &mut Band, residual: &mut [f64]) {
    for block in &mesh.blocks {
        for (x, w) in rule(block.kind) {
            let g = reference::gradients(block.kind, x);
            for cell in block.cells() {
                let (p, d) = map(mesh, block.kind, cell, x);
                let det = jacobian(block.kind, &d);
                let w = w * 2.0 * PI * p[0] * sigma / det;
                // Gradients times the determinant.
                let b = |a: usize| {
                    [d[1][2] * g[a][0] - d[0][2] * g[a][1], d[0][0] * g[a][1] - d[1][0] * g[a][0]]
                };
                for (k, &i) in cell.iter().enumerate() {
                    for (l, &j) in cell.iter().enumerate() {
                        let entry = w * (b(k)[0] * b(l)[0] + b(k)[1] * b(l)[1]);
                        matrix.add(i, j, entry);
                        residual[i as usize] += entry * phi[j as usize];
                    }
                }
            }
        }
    }
}

/// Current density at the node nearest to the axis of the anode over the applied one.
fn rim_ratio(mesh: &Mesh, sigma: f64) -> f64 {
    let n = mesh.points.len();
    let width = mesh
        .blocks
        .iter()
        .flat_map(|b| b.cells())
        .map(|c| (c.iter().max().unwrap() - c.iter().min().unwrap()) as usize)
        .max()
        .unwrap();
    let mut phi = vec![0.0; n];
    for _ in 0..5 {
        let mut matrix = Band { width, rows: vec![0.0; n * (width + 1)] };
        let mut residual = vec![0.0; n];
        add_ohm(mesh, sigma, &phi, &mut matrix, &mut residual);
        add_boundary(mesh, "anode", &phi, kinetics, &mut matrix, &mut residual);
        add_boundary(mesh, "counter", &phi, |_| (-APPLIED, 0.0), &mut matrix, &mut residual);
        matrix.solve(&mut residual);
        phi.iter_mut().zip(&residual).for_each(|(p, r)| *p -= r);
    }
    let nodes = mesh.boundary("anode").unwrap().facets.iter().flat_map(|f| &f.nodes);
    let rim =
        nodes.min_by(|&&a, &&b| mesh.points[a as usize][0].total_cmp(&mesh.points[b as usize][0]));
    kinetics(phi[*rim.unwrap() as usize]).0 / APPLIED
}

/// Kinetic length of a conductivity: sigma RT / (F i0) \[m\].
fn kinetic_length(sigma: f64) -> f64 {
    sigma / (F_RT * EXCHANGE)
}

#[test]
fn default_meshes_resolve_the_rim() {
    // Largest current density over the applied one, by two independent codes of order six to eight.
    for (shape, sigma, wanted, tolerance) in [
        (Shape::Hemisphere, 0.09, 1.052_751_625_64, 2e-6),
        (Shape::Hemisphere, 0.01, 1.117_808_146_49, 1e-5),
        (Shape::Disc, 0.01, 1.244_051_659_55, 1e-5),
    ] {
        let mut defect = super::defect(Symmetry::Axisymmetric, shape);
        defect.rim_size = default_rim_size(shape, 1e-5, Some(kinetic_length(sigma)), 0.0);
        let mesh = build(&defect).unwrap();
        let got = rim_ratio(&mesh, sigma);
        assert!((got / wanted - 1.0).abs() < tolerance, "{shape:?} {sigma}: {got}");
        assert!(mesh.cell_count() < 1500, "{shape:?}: {} cells", mesh.cell_count());
    }
}
