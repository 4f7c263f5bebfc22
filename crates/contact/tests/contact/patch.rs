//! A uniform pressure goes through contact unchanged, on facets of every kind.

use crate::bodies::stack;
use crate::problem::Problem;
use algebra::Cholesky;
use contact::Pressure;
use contact::unilateral::{ContactSurface, Obstacle, solve};
use fem::Hypothesis;
use mesh::{CellKind, brick};

const APPLIED: f64 = 7.0;

#[test]
fn uniform_pressure_against_an_obstacle() {
    for kind in CellKind::ALL {
        let hypotheses: &[Hypothesis] = match kind.dimension() {
            2 => &[Hypothesis::Planar, Hypothesis::Axisymmetric],
            3 => &[Hypothesis::Spatial],
            _ => &[],
        };
        for &hypothesis in hypotheses {
            // Uneven cells, so that weights differ; but straight tetrahedra, whose four points of
            // quadrature integrate a uniform stress over curved ones to 1e-3 only.
            let bend = if kind == CellKind::Tetrahedron10 { 0.0 } else { 0.3 };
            let mesh = brick(kind, 3, |[x, y, z]| {
                [(1.0 - bend) * x + bend * x * x, (1.0 - bend) * y + bend * y * y, z]
            });
            let mut problem = Problem::new(&mesh, hypothesis)
                .elastic(100.0, 0.3)
                .roller("x0")
                .on("z1", Pressure { pressure: APPLIED });
            if kind.dimension() == 3 {
                problem = problem.roller("y0");
            }
            let floor = Obstacle::Plane { point: [0.0; 3], normal: [0.0, 0.0, 1.0] };
            let bottom = mesh.boundaries.iter().position(|b| b.name == "z0").unwrap();
            let surface = ContactSurface::obstacle(&mesh, hypothesis, bottom, &floor).unwrap();
            let mut system = problem.system();
            let surfaces = [surface];
            let outcome = solve(&mut system, &surfaces, &mut Cholesky::new(), 20).unwrap();
            assert!(outcome.converged);
            for touch in &outcome.touch[0] {
                assert!(touch.active, "{kind:?}");
                let error = touch.pressure / APPLIED - 1.0;
                assert!(error.abs() < 1e-10, "{kind:?} {hypothesis:?}: {error:e}");
                assert!(touch.gap.abs() < 1e-13, "{kind:?}: {}", touch.gap);
            }
        }
    }
}

#[test]
fn uniform_pressure_between_two_bodies_and_none_in_tension() {
    for kind in [CellKind::Quadrilateral4, CellKind::Quadrilateral8, CellKind::Triangle6] {
        for (applied, touches) in [(APPLIED, true), (-APPLIED, false)] {
            let lower = brick(kind, 3, |[x, y, z]| [x * (0.7 + 0.3 * x), y, z - 1.0]);
            let upper = brick(kind, 3, |[x, y, z]| [x * (0.7 + 0.3 * x), y, z]);
            let mesh = stack(lower, upper);
            let surface = ContactSurface::interface(&mesh, Hypothesis::Axisymmetric, 0, |_| 0.0);
            let mut problem = Problem::new(&mesh, Hypothesis::Axisymmetric)
                .elastic(100.0, 0.4999)
                .roller("z0")
                .on("z0", Pressure { pressure: 0.0 });
            if touches {
                problem = problem.on("upper_z1", Pressure { pressure: applied });
            } else {
                // Both ends held, and the upper body shrinks away from the lower.
                problem = problem.roller("upper_z1");
                problem = problem.swell(1, 100.0, 0.4999, -0.01);
            }
            let mut system = problem.system();
            let surfaces = [surface.unwrap()];
            let outcome = solve(&mut system, &surfaces, &mut Cholesky::new(), 20).unwrap();
            assert!(outcome.converged);
            for touch in &outcome.touch[0] {
                assert_eq!(touch.active, touches, "{kind:?}");
                if touches {
                    let error = touch.pressure / applied - 1.0;
                    assert!(error.abs() < 1e-9, "{kind:?}: {error:e}");
                } else {
                    // Free of stress it shrinks by a third of 1 % of its height 1.
                    assert!((touch.gap - 0.01 / 3.0).abs() < 1e-12, "{kind:?}: {}", touch.gap);
                }
            }
        }
    }
}
