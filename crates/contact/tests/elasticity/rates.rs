//! Orders of convergence on a thick cylinder under internal pressure (Lame), compressible and nearly
//! not.

use crate::problem::Problem;
use contact::{DISPLACEMENT, Pressure};
use fem::Hypothesis;
use fem::Tables;
use fem::quadrature::rule;
use mesh::{CellKind, Mesh, brick};
use std::f64::consts::FRAC_PI_2;

const INNER: f64 = 10.0;
const OUTER: f64 = 20.0;
const PRESSURE: f64 = 100.0;
const YOUNG: f64 = 20_000.0;

/// u_r = (1 + nu)/E (A (1 - 2 nu) r + B / r), Timoshenko and Goodier, 3rd ed., eq. 45.
fn exact(r: f64, nu: f64) -> f64 {
    let a = PRESSURE * INNER.powi(2) / (OUTER.powi(2) - INNER.powi(2));
    let b = a * OUTER.powi(2);
    (1.0 + nu) / YOUNG * (a * (1.0 - 2.0 * nu) * r + b / r)
}

/// A quarter of the cross-section in plane strain, or a ring in axial symmetry.
fn solve(kind: CellKind, hypothesis: Hypothesis, n: usize, nu: f64) -> f64 {
    let mesh = brick(kind, n, |[x, _, z]| {
        let r = INNER + (OUTER - INNER) * x;
        let (sin, cos) = (FRAC_PI_2 * z).sin_cos();
        if hypothesis == Hypothesis::Planar { [r * cos, 0.0, r * sin] } else { [r, 0.0, 5.0 * z] }
    });
    let problem = Problem::new(&mesh, hypothesis)
        .elastic(YOUNG, nu)
        .on("x0", Pressure { pressure: PRESSURE })
        .roller("z0")
        .roller("z1");
    let (system, u) = problem.solve();
    let u = system.space().nodal_vectors(DISPLACEMENT, &system.all_unknowns(&u));
    error(&mesh, &u, |[x, _, z]| {
        if hypothesis == Hypothesis::Planar {
            let r = x.hypot(z);
            [exact(r, nu) * x / r, 0.0, exact(r, nu) * z / r]
        } else {
            [exact(x, nu), 0.0, 0.0]
        }
    })
}

/// L2 norm of the error of the displacement.
fn error(mesh: &Mesh, u: &[[f64; 3]], exact: impl Fn([f64; 3]) -> [f64; 3]) -> f64 {
    let block = &mesh.blocks[0];
    let tables = Tables::new(block.kind, &rule(block.kind, 6));
    let mut gradients = vec![[0.0; 3]; tables.nodes];
    let mut sum = 0.0;
    for nodes in block.cells() {
        let x: Vec<[f64; 3]> = nodes.iter().map(|&n| mesh.points[n as usize]).collect();
        for q in 0..tables.len() {
            let weight = tables.cell_gradients(q, &x, mesh.axes, &mut gradients);
            let want = exact(tables.position(q, &x));
            for k in 0..3 {
                let values = tables.values_at(q).iter().zip(nodes);
                let got: f64 = values.map(|(shape, &n)| shape * u[n as usize][k]).sum();
                sum += weight * (got - want[k]).powi(2);
            }
        }
    }
    sum.sqrt()
}

#[test]
fn displacement_converges_with_the_order_of_the_cells_plus_one() {
    use CellKind::*;
    for (kind, hypothesis, nu, expected) in [
        (Triangle3, Hypothesis::Planar, 0.3, 2.0),
        (Quadrilateral4, Hypothesis::Planar, 0.3, 2.0),
        (Triangle6, Hypothesis::Planar, 0.3, 3.0),
        (Quadrilateral8, Hypothesis::Planar, 0.3, 3.0),
        (Quadrilateral9, Hypothesis::Planar, 0.3, 3.0),
        (Triangle3, Hypothesis::Axisymmetric, 0.3, 2.0),
        (Quadrilateral4, Hypothesis::Axisymmetric, 0.3, 2.0),
        (Triangle6, Hypothesis::Axisymmetric, 0.3, 3.0),
        (Quadrilateral9, Hypothesis::Axisymmetric, 0.3, 3.0),
        // Nearly incompressible: projected divergence keeps the order of quadrilaterals; second-order
        // triangles lose one at most.
        (Quadrilateral4, Hypothesis::Planar, 0.4999, 2.0),
        (Quadrilateral8, Hypothesis::Planar, 0.4999, 3.0),
        (Quadrilateral9, Hypothesis::Planar, 0.4999, 3.0),
        (Quadrilateral4, Hypothesis::Axisymmetric, 0.4999, 2.0),
        (Triangle6, Hypothesis::Planar, 0.4999, 2.0),
    ] {
        let sizes = if kind.order() == 1 { [16, 32] } else { [8, 16] };
        let errors = sizes.map(|n| solve(kind, hypothesis, n, nu));
        let rate = (errors[0] / errors[1]).log2();
        assert!(rate > expected - 0.15, "{kind:?} {hypothesis:?} {nu}: {rate}");
    }
}
