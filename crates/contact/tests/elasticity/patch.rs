//! Patch tests: a uniform strain is reproduced by distorted cells of every kind.

use crate::problem::Problem;
use contact::{DISPLACEMENT, stress};
use fem::Hypothesis;
use mesh::{CellKind, Mesh, brick, nodes_of};

/// A box of 2 x 2 (x 2) distorted cubes; the sides stay plane.
fn distorted(kind: CellKind) -> Mesh {
    let wave = |t: f64| 0.25 * (std::f64::consts::PI * t).sin();
    brick(kind, 2, |[x, y, z]| {
        let w = wave(x) * wave(z) * if kind.dimension() == 3 { 4.0 * wave(y) } else { 1.0 };
        [x + 2.0 * w, y - w, z + w]
    })
}

fn solved(
    kind: CellKind,
    hypothesis: Hypothesis,
    poisson: f64,
    exact: impl Fn([f64; 3]) -> [f64; 3],
) {
    let mesh = distorted(kind);
    let mut problem = Problem::new(&mesh, hypothesis).elastic(3.0, poisson);
    for boundary in &mesh.boundaries {
        for node in nodes_of(&boundary.facets) {
            problem.fix_node(node, exact(mesh.points[node as usize]));
        }
    }
    let (system, u) = problem.solve();
    let got = system.space().nodal_vectors(DISPLACEMENT, &system.all_unknowns(&u));
    for (u, &x) in got.iter().zip(&mesh.points) {
        for (u, want) in u.iter().zip(exact(x)) {
            let tolerance = if poisson > 0.4 { 1e-10 } else { 1e-13 };
            assert!(
                (u - want).abs() < tolerance,
                "{kind:?} {hypothesis:?} {poisson} {x:?}: {u} {want}"
            );
        }
    }
    // sigma = lambda tr(e) I + 2 mu e.
    let strain = strain(hypothesis);
    let mu = 1.5 / (1.0 + poisson);
    let lambda = 2.0 * mu * poisson / (1.0 - 2.0 * poisson);
    let trace: f64 = (0..3).map(|i| strain[i][i]).sum();
    for s in stress::nodal_stress(&system, &[(0, 0)], &u) {
        for i in 0..3 {
            for j in 0..3 {
                let pressure = if i == j { lambda * trace } else { 0.0 };
                let want = pressure + 2.0 * mu * strain[i][j];
                let tolerance = 1e-11 * (1.0 + lambda);
                assert!((s[i][j] - want).abs() < tolerance, "{kind:?} {hypothesis:?}: {s:?}");
            }
        }
    }
}

/// The strain of [`exact`].
fn strain(hypothesis: Hypothesis) -> [[f64; 3]; 3] {
    match hypothesis {
        Hypothesis::Planar => [[0.1, 0.0, 0.05], [0.0, 0.0, 0.0], [0.05, 0.0, -0.3]],
        Hypothesis::Axisymmetric => [[0.2, 0.0, 0.0], [0.0, 0.2, 0.0], [0.0, 0.0, -0.3]],
        Hypothesis::Spatial => [[0.1, 0.1, 0.05], [0.1, 0.4, 0.15], [0.05, 0.15, -0.3]],
    }
}

/// A displacement with that strain, and a rigid motion.
fn exact(hypothesis: Hypothesis, [x, y, z]: [f64; 3]) -> [f64; 3] {
    match hypothesis {
        Hypothesis::Planar => [0.1 * x + 0.3 * z + 1.0, 0.0, -0.2 * x - 0.3 * z],
        Hypothesis::Axisymmetric => [0.2 * x, 0.0, 0.5 - 0.3 * z],
        Hypothesis::Spatial => {
            [0.1 * x + 0.3 * y - 0.1 * z, -0.1 * x + 0.4 * y + 2.0, 0.2 * x + 0.3 * y - 0.3 * z]
        }
    }
}

#[test]
fn uniform_strain_on_distorted_cells() {
    for kind in CellKind::ALL {
        let hypotheses: &[Hypothesis] = match kind.dimension() {
            2 => &[Hypothesis::Planar, Hypothesis::Axisymmetric],
            3 => &[Hypothesis::Spatial],
            _ => &[],
        };
        for &hypothesis in hypotheses {
            for poisson in [0.3, 0.4999] {
                solved(kind, hypothesis, poisson, |x| exact(hypothesis, x));
            }
        }
    }
}
