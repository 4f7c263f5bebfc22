//! A thin penny-shaped gap closes under pressure.

use crate::bodies::stack;
use crate::problem::Problem;
use algebra::Cholesky;
use contact::Pressure;
use contact::unilateral::{ContactSurface, solve};
use fem::Hypothesis;
use mesh::{CellKind, Mesh, brick};
use std::f64::consts::PI;

const YOUNG: f64 = 1000.0;
const POISSON: f64 = 0.3;
/// Radius and depth of the gap.
const RADIUS: f64 = 1.0;
const DEPTH: f64 = 1e-3;

/// A cylinder of twelve radii, graded towards the rim of the gap.
fn body(sign: f64, n: usize) -> Mesh {
    let radial = |t: f64| {
        let s = 2.0 * t - 1.0;
        let graded = |s: f64| s * (0.05 + 0.95 * s);
        if s <= 0.0 { RADIUS * (1.0 - graded(-s)) } else { RADIUS * (1.0 + 11.0 * graded(s)) }
    };
    let axial = |t: f64| 12.0 * RADIUS * t * (0.005 + 0.995 * t);
    brick(CellKind::Quadrilateral9, n, |[x, _, z]| {
        [radial(x), 0.0, if sign < 0.0 { -axial(1.0 - z) } else { axial(z) }]
    })
}

#[test]
fn an_ellipsoidal_gap_keeps_its_shape_and_closes_all_at_once() {
    // A penny-shaped crack under uniform tension p opens by 8 (1 - nu^2) p a / (pi E) sqrt(1 - r^2/a^2)
    // (Sneddon, Proc. R. Soc. A 187 (1946) 229); under pressure an initial gap of that shape loses it.
    let closing = PI * YOUNG * DEPTH / (8.0 * (1.0 - POISSON * POISSON) * RADIUS);
    let mesh = stack(body(-1.0, 48), body(1.0, 48));
    let gap = |x: [f64; 3]| DEPTH * (1.0 - (x[0] / RADIUS).powi(2)).max(0.0).sqrt();
    for (load, tolerance) in [(0.25, 5e-3), (0.5, 5e-3), (0.9, 2e-2), (1.1, 0.0)] {
        let surfaces =
            [ContactSurface::interface(&mesh, Hypothesis::Axisymmetric, 0, gap).unwrap()];
        let mut system = Problem::new(&mesh, Hypothesis::Axisymmetric)
            .elastic(YOUNG, POISSON)
            .roller("z0")
            .on("upper_z1", Pressure { pressure: load * closing })
            .system();
        let outcome = solve(&mut system, &surfaces, &mut Cholesky::new(), 50).unwrap();
        assert!(outcome.converged && outcome.residual < 1e-10);
        let centre = surfaces[0].nodes.iter().position(|n| mesh.points[n.node as usize][0] == 0.0);
        let left = outcome.touch[0][centre.unwrap()].mean_gap / DEPTH;
        if load < 1.0 {
            assert!((left - (1.0 - load)).abs() < tolerance, "{load}: {left}");
        } else {
            assert!(outcome.touch[0].iter().all(|t| t.active));
        }
    }
}
