//! The stream function of a plane or axisymmetric current: between two of its lines flows the same current
//! everywhere.
//!
//! With a and b the coordinates to the right and up, and i the current density,
//!
//!   plane:          d psi / d a = -i_b,           d psi / d b = i_a              psi in A/m
//!   axisymmetric:   d psi / d r = -2 pi r i_z,    d psi / d z = 2 pi r i_r       psi in A
//!
//! (Batchelor, An Introduction to Fluid Dynamics, section 2.2). The field of a run satisfies div i = 0 only
//! up to its discretisation error, so that psi is found by least squares: the integral of
//! |grad psi - (-i_b, i_a)|^2 is smallest. The two sides of an interface share one value, because what
//! leaves one body enters the other.

use crate::results::{Results, Symmetry};
use algebra::{Cholesky, Csr, LinearSolver};
use fem::Tables;
use fem::quadrature::cell_rule;
use mesh::Mesh;
use rayon::prelude::*;

/// Pins the level of psi, over the diagonal of the matrix.
const PIN: f64 = 1e-11;

/// The stream function at the nodes, zero at the node nearest to the axis or at the left; \[A\], in planar
/// symmetry \[A/m\]. None in 3-D or without a current.
pub fn stream_function(results: &Results) -> Option<Vec<f64>> {
    let mesh = &results.mesh;
    let current = results.field("current_density").filter(|f| f.components == 3)?;
    if mesh.dimension != 2 || current.values.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let owner = merge_interfaces(mesh);
    let (entries, load) = assemble(results, &current.values, &owner);
    let matrix = to_matrix(entries, mesh.points.len())?;
    let mut solver = Cholesky::default();
    let mut psi = vec![0.0; load.len()];
    solver.prepare(&matrix).ok()?;
    solver.solve(&matrix, &load, &mut psi, 1e-12).ok()?;
    let [a, b] = mesh.axes;
    let first = mesh
        .points
        .iter()
        .zip(&owner)
        .min_by(|(x, _), (y, _)| x[a].total_cmp(&y[a]).then_with(|| x[b].total_cmp(&y[b])));
    let zero = psi[*first?.1 as usize];
    let psi: Vec<f64> = owner.iter().map(|&node| psi[node as usize] - zero).collect();
    psi.iter().all(|v| v.is_finite()).then_some(psi)
}

/// For each node the one whose unknown it shares: nodes of an interface that lie opposite each other.
fn merge_interfaces(mesh: &Mesh) -> Vec<u32> {
    let mut owner: Vec<u32> = (0..mesh.points.len() as u32).collect();
    fn root(owner: &mut [u32], node: u32) -> u32 {
        let mut k = node;
        while owner[k as usize] != k {
            owner[k as usize] = owner[owner[k as usize] as usize];
            k = owner[k as usize];
        }
        k
    }
    for interface in &mesh.interfaces {
        let sides = interface.sides[0].iter().zip(&interface.sides[1]);
        for (&here, &there) in sides.flat_map(|(a, b)| a.nodes.iter().zip(&b.nodes)) {
            let (a, b) = (root(&mut owner, here), root(&mut owner, there));
            owner[a.max(b) as usize] = a.min(b);
        }
    }
    for node in 0..owner.len() as u32 {
        owner[node as usize] = root(&mut owner, node);
    }
    owner
}

type Entry = (u32, u32, f64);

/// Entries (row, column, value) of the matrix and the right-hand side.
fn assemble(results: &Results, current: &[f64], owner: &[u32]) -> (Vec<Entry>, Vec<f64>) {
    let mesh = &results.mesh;
    let [a, b] = mesh.axes;
    let axisymmetric = results.symmetry == Symmetry::Axisymmetric;
    let (mut entries, mut load) = (Vec::new(), vec![0.0; owner.len()]);
    for block in mesh.blocks.iter().filter(|block| block.kind.dimension() == 2) {
        let n = block.kind.node_count();
        let tables = Tables::new(block.kind, &cell_rule(block.kind));
        let (mut x, mut gradients) = (vec![[0.0; 3]; n], vec![[0.0; 3]; n]);
        for nodes in block.cells() {
            for (x, &node) in x.iter_mut().zip(nodes) {
                *x = mesh.points[node as usize];
            }
            let mut local = vec![0.0; n * n];
            for q in 0..tables.len() {
                let weight = tables.cell_gradients(q, &x, mesh.axes, &mut gradients).abs();
                if !(weight > 0.0 && weight.is_finite()) {
                    continue;
                }
                let turn = match axisymmetric {
                    true => 2.0 * std::f64::consts::PI * tables.position(q, &x)[a],
                    false => 1.0,
                };
                let mut i = [0.0; 2];
                for (shape, &node) in tables.values_at(q).iter().zip(nodes) {
                    let at = &current[3 * node as usize..][..3];
                    i[0] += shape * at[a];
                    i[1] += shape * at[b];
                }
                for (k, g) in gradients.iter().enumerate() {
                    let target = turn * (i[0] * g[b] - i[1] * g[a]);
                    load[owner[nodes[k] as usize] as usize] += weight * target;
                    for (l, h) in gradients.iter().enumerate() {
                        local[k * n + l] += weight * (g[a] * h[a] + g[b] * h[b]);
                    }
                }
            }
            for (k, row) in local.chunks_exact(n).enumerate() {
                let row_number = owner[nodes[k] as usize];
                let columns = nodes.iter().map(|&node| owner[node as usize]);
                entries.extend(columns.zip(row).map(|(column, &v)| (row_number, column, v)));
            }
        }
    }
    (entries, load)
}

/// Sums what belongs together; rows without entries, of nodes that share another's unknown, get a one.
fn to_matrix(mut entries: Vec<Entry>, count: usize) -> Option<Csr> {
    entries.extend((0..count as u32).map(|k| (k, k, 0.0)));
    // A stable sort keeps the order of the cells, and with it the sums.
    entries.par_sort_by_key(|e| (e.0, e.1));
    let (mut start, mut columns, mut values) = (vec![0_usize; count + 1], vec![], vec![]);
    for run in entries.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let (row, column, _) = run[0];
        let sum: f64 = run.iter().map(|e| e.2).sum();
        columns.push(column);
        values.push(match (row == column, sum == 0.0) {
            (true, true) => 1.0,
            (true, false) => sum * (1.0 + PIN),
            _ => sum,
        });
        start[row as usize + 1] = columns.len();
    }
    Csr::new(start, columns, values, count).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{Silent, solve_case};
    use std::f64::consts::PI;
    use std::path::Path;

    fn solve(name: &str) -> Results {
        let configs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs");
        let case = crate::case::read_file(&configs.join(name), &[]).unwrap();
        solve_case(&case, 0, &mut Silent).unwrap()
    }

    /// Nodes of a boundary with their values.
    fn on(results: &Results, psi: &[f64], name: &str) -> Vec<([f64; 3], f64)> {
        let nodes = mesh::nodes_of(&results.mesh.boundary(name).unwrap().facets);
        nodes.iter().map(|&n| (results.mesh.points[n as usize], psi[n as usize])).collect()
    }

    #[test]
    fn the_stream_function_is_the_current_within_a_radius() {
        // 5.1 A/m2 downwards through the counter: psi = 5.1 pi r^2; nothing through the pore. The current
        // density that is averaged at nodes is good to a few thousandths on this mesh.
        let results = solve("nas_pore.toml");
        let psi = stream_function(&results).unwrap();
        let total = 5.1 * PI * 5e-5_f64.powi(2);
        for (x, psi) in on(&results, &psi, "counter") {
            assert!((psi - 5.1 * PI * x[0] * x[0]).abs() < 3e-3 * total, "{x:?} {psi:e}");
        }
        for (x, psi) in on(&results, &psi, "pore") {
            assert!(psi.abs() < 3e-3 * total, "{x:?} {psi:e}");
        }
        for (x, psi) in on(&results, &psi, "side") {
            assert!((psi - total).abs() < 3e-3 * total, "{x:?} {psi:e}");
        }
    }

    #[test]
    fn it_goes_on_across_an_interface() {
        let results = solve("meshed_anode.toml");
        let psi = stream_function(&results).unwrap();
        let total = 5.1 * PI * 5e-5_f64.powi(2);
        let collector = on(&results, &psi, "collector");
        let far = collector.iter().max_by(|a, b| a.0[0].total_cmp(&b.0[0])).unwrap();
        assert!((far.1 - total).abs() < 4e-3 * total, "{far:?}");
        let interface = results.mesh.interface("anode").unwrap();
        for (a, b) in interface.sides[0].iter().zip(&interface.sides[1]) {
            for (&here, &there) in a.nodes.iter().zip(&b.nodes) {
                assert_eq!(psi[here as usize], psi[there as usize]);
            }
        }
    }

    #[test]
    fn in_a_plane_it_is_the_current_beyond_a_point() {
        // A uniform current downwards through the counter, per metre: psi = i x.
        let results = solve("nas_slit.toml");
        let psi = stream_function(&results).unwrap();
        let far = results.mesh.points.iter().fold(0.0, |m: f64, x| m.max(x[0]));
        for (x, psi) in on(&results, &psi, "counter") {
            assert!((psi - 5.1 * x[0]).abs() < 1e-3 * 5.1 * far, "{x:?} {psi:e}");
        }
    }

    #[test]
    fn there_is_none_in_space_and_without_a_current() {
        assert!(stream_function(&solve("gmsh_pore_quarter.toml")).is_none());
        assert!(stream_function(&solve("hertz_sphere.toml")).is_none());
    }
}
