//! Rigid motions take no force.

use crate::problem::Problem;
use contact::stress::nodal_reactions;
use fem::Hypothesis;
use mesh::{CellKind, brick};

#[test]
fn forces_vanish_and_balance() {
    for kind in CellKind::ALL.into_iter().filter(|k| k.dimension() > 1) {
        let hypothesis =
            if kind.dimension() == 2 { Hypothesis::Planar } else { Hypothesis::Spatial };
        let mesh = brick(kind, 2, |[x, y, z]| [x + 0.2 * x * z, y - 0.1 * x * y, z]);
        let system = Problem::new(&mesh, hypothesis).elastic(5.0, 0.45).system();
        let axes = system.space().fields()[0].axes.clone();
        let unknowns = |f: &dyn Fn([f64; 3]) -> [f64; 3]| -> Vec<f64> {
            mesh.points.iter().flat_map(|&x| axes.iter().map(move |&a| f(x)[a])).collect()
        };
        // A small rotation and a translation.
        let motion = |[x, y, z]: [f64; 3]| {
            let (a, b) = if axes.len() == 3 { (0.3, -0.2) } else { (0.0, 0.0) };
            [1.0 - 0.7 * z - a * y, a * x - b * z, 0.5 + 0.7 * x + b * y]
        };
        let forces = nodal_reactions(&system, &unknowns(&motion));
        let largest = forces.iter().flatten().fold(0.0, |m: f64, f| m.max(f.abs()));
        assert!(largest < 1e-13, "{kind:?}: {largest:e}");
        // Forces and moments of any other displacement balance.
        let other = |[x, y, z]: [f64; 3]| [x * x - z, y * z * x, (3.0 * x).sin() + y];
        let forces = nodal_reactions(&system, &unknowns(&other));
        let sum = |f: &dyn Fn(&[f64; 3], &[f64; 3]) -> f64| -> f64 {
            mesh.points.iter().zip(&forces).map(|(x, r)| f(x, r)).sum()
        };
        for k in 0..3 {
            let (i, j) = ((k + 1) % 3, (k + 2) % 3);
            assert!(sum(&|_, f| f[k]).abs() < 1e-12, "{kind:?} force {k}");
            if axes.len() == 3 || k == 1 {
                assert!(
                    sum(&|x, f| x[i] * f[j] - x[j] * f[i]).abs() < 1e-12,
                    "{kind:?} moment {k}"
                );
            }
        }
    }
}
