//! Rigid motions take no force, and forces of any motion balance.

use super::super::super::row::{Comparison, Problem, Row};
use super::problem::Elasticity;
use contact::Reduction;
use contact::stress::nodal_reactions;
use fem::Hypothesis;
use mesh::{CellKind, brick};

const SOURCE: &str = "stress depends on the symmetric part of the gradient; Newton's third law";

/// Largest force of a rigid motion, largest sum of forces and of moments of another motion.
fn measure(kind: CellKind) -> Result<[f64; 3], String> {
    let hypothesis = if kind.dimension() == 2 { Hypothesis::Planar } else { Hypothesis::Spatial };
    let mesh = brick(kind, 2, |[x, y, z]| [x + 0.2 * x * z, y - 0.1 * x * y, z]);
    let system =
        Elasticity::new(&mesh, hypothesis).material(5.0, 0.45, Reduction::None)?.system()?;
    let axes = system.space().fields()[contact::DISPLACEMENT].axes.clone();
    let unknowns = |f: &dyn Fn([f64; 3]) -> [f64; 3]| -> Vec<f64> {
        mesh.points.iter().flat_map(|&x| axes.iter().map(move |&a| f(x)[a])).collect()
    };
    // A small rotation and a translation.
    let (a, b) = if axes.len() == 3 { (0.3, -0.2) } else { (0.0, 0.0) };
    let rigid = |[x, y, z]: [f64; 3]| [1.0 - 0.7 * z - a * y, a * x - b * z, 0.5 + 0.7 * x + b * y];
    let forces = nodal_reactions(&system, &unknowns(&rigid));
    let largest = forces.iter().flatten().fold(0.0, |m: f64, f| m.max(f.abs()));
    let other = |[x, y, z]: [f64; 3]| [x * x - z, y * z * x, (3.0 * x).sin() + y];
    let forces = nodal_reactions(&system, &unknowns(&other));
    let sum = |f: &dyn Fn(&[f64; 3], &[f64; 3]) -> f64| -> f64 {
        mesh.points.iter().zip(&forces).map(|(x, r)| f(x, r)).sum::<f64>().abs()
    };
    let (mut force, mut moment) = (0.0f64, 0.0f64);
    for k in 0..3 {
        let (i, j) = ((k + 1) % 3, (k + 2) % 3);
        force = force.max(sum(&|_, f| f[k]));
        // In the plane only the moment across it.
        if axes.len() == 3 || k == 1 {
            moment = moment.max(sum(&|x, f| x[i] * f[j] - x[j] * f[i]));
        }
    }
    Ok([largest, force, moment])
}

/// All kinds of cells at once.
pub(super) fn problems() -> Vec<Problem> {
    let row = |name: &str, what: &str| {
        let what = format!("{what}, every kind of cell, stiffness 5 Pa");
        Row::new(format!("elastic.rigid.{name}"), what, 1e-12, "rounding", SOURCE)
    };
    let rows = vec![
        row("force", "largest nodal force [N] of a rigid motion"),
        row("sum", "sum of the nodal forces [N] of another motion"),
        row("moment", "sum of their moments [N m]"),
    ];
    vec![Problem::new(rows, || {
        let mut worst = [0.0f64; 3];
        for kind in CellKind::ALL.into_iter().filter(|kind| kind.dimension() > 1) {
            let got = measure(kind)?;
            worst = std::array::from_fn(|i| worst[i].max(got[i]));
        }
        Ok(worst.map(|got| Comparison::absolute(0.0, got)).to_vec())
    })]
}
