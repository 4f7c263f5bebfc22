//! A thick cylinder under internal pressure: orders of convergence, compressible and nearly not, and
//! its stress.

use super::super::super::closed_form::mechanics::PressedCylinder;
use super::super::super::row::{Comparison, Problem, Row};
use super::problem::Elasticity;
use super::{lower, worst_of};
use contact::{DISPLACEMENT, Pressure, Reduction, stress};
use fem::quadrature::rule;
use fem::{Hypothesis, System, Tables};
use mesh::{CellKind, Mesh, brick};
use std::f64::consts::FRAC_PI_2;

const SOURCE: &str = "Lame; Timoshenko and Goodier, Theory of Elasticity, eq. 45 and 46";

fn cylinder(poisson: f64) -> PressedCylinder {
    PressedCylinder { inner: 10.0, outer: 20.0, pressure: 100.0, young: 20_000.0, poisson }
}

/// A quarter of the cross-section in plane strain, or a ring in axial symmetry.
fn section(kind: CellKind, hypothesis: Hypothesis, n: usize) -> Mesh {
    brick(kind, n, |[x, _, z]| {
        let r = 10.0 + 10.0 * x;
        let (sin, cos) = (FRAC_PI_2 * z).sin_cos();
        if hypothesis == Hypothesis::Planar { [r * cos, 0.0, r * sin] } else { [r, 0.0, 5.0 * z] }
    })
}

fn solve<'m>(
    mesh: &'m Mesh,
    hypothesis: Hypothesis,
    exact: &PressedCylinder,
) -> Result<(System<'m>, Vec<f64>), String> {
    Elasticity::new(mesh, hypothesis)
        .material(exact.young, exact.poisson, Reduction::None)?
        .on("x0", Pressure { pressure: exact.pressure })?
        .rollers(&["z0", "z1"])?
        .solve()
}

/// L2 norm of the error of the displacement.
fn error(kind: CellKind, hypothesis: Hypothesis, n: usize, poisson: f64) -> Result<f64, String> {
    let mesh = section(kind, hypothesis, n);
    let exact = cylinder(poisson);
    let (system, u) = solve(&mesh, hypothesis, &exact)?;
    let u = system.space().nodal_vectors(DISPLACEMENT, &system.all_unknowns(&u));
    let block = &mesh.blocks[0];
    let tables = Tables::new(block.kind, &rule(block.kind, 6));
    let mut gradients = vec![[0.0; 3]; tables.nodes];
    let mut sum = 0.0;
    for nodes in block.cells() {
        let x: Vec<[f64; 3]> = nodes.iter().map(|&n| mesh.points[n as usize]).collect();
        for q in 0..tables.len() {
            let weight = tables.cell_gradients(q, &x, mesh.axes, &mut gradients);
            let at = tables.position(q, &x);
            let r = if hypothesis == Hypothesis::Planar { at[0].hypot(at[2]) } else { at[0] };
            for k in [0, 2] {
                let along = if hypothesis == Hypothesis::Planar { at[k] / r } else { 1.0 };
                let is_radial = k == 0 || hypothesis == Hypothesis::Planar;
                let want = if is_radial { exact.displacement(r) * along } else { 0.0 };
                let values = tables.values_at(q).iter().zip(nodes);
                let got: f64 = values.map(|(shape, &n)| shape * u[n as usize][k]).sum();
                sum += weight * (got - want).powi(2);
            }
        }
    }
    Ok(sum.sqrt())
}

fn rate(kind: CellKind, hypothesis: Hypothesis, poisson: f64) -> Problem {
    let symmetry = format!("{hypothesis:?}").to_lowercase();
    let rows = vec![Row::new(
        format!("rate.displacement.{}.{symmetry}.nu_{poisson}", lower(kind)),
        format!("order of the displacement in L2, thick cylinder, nu = {poisson}"),
        0.15,
        "two meshes, the finer with halved cells",
        SOURCE,
    )];
    Problem::new(rows, move || {
        let sizes = match kind {
            // Coarser meshes are not yet in the regime of their order.
            CellKind::Triangle6 => [24, 48],
            kind if kind.order() == 1 => [16, 32],
            _ => [8, 16],
        };
        let coarse = error(kind, hypothesis, sizes[0], poisson)?;
        let fine = error(kind, hypothesis, sizes[1], poisson)?;
        Ok(vec![Comparison::absolute(kind.order() as f64 + 1.0, (coarse / fine).log2())])
    })
}

fn stresses(poisson: f64) -> Problem {
    let row = |name: &str, what: &str, tolerance| {
        Row::new(
            format!("elastic.cylinder.{name}.nu_{poisson}"),
            format!("{what} of a thick cylinder at every node, over the pressure, nu = {poisson}"),
            tolerance,
            "24 x 24 second-order cells; stress is averaged at nodes, one order below displacement",
            SOURCE,
        )
    };
    let rows = vec![row("radial", "radial stress", 2e-3), row("hoop", "hoop stress", 2e-3)];
    Problem::new(rows, move || {
        let exact = cylinder(poisson);
        let mesh = section(CellKind::Quadrilateral9, Hypothesis::Axisymmetric, 24);
        let (system, u) = solve(&mesh, Hypothesis::Axisymmetric, &exact)?;
        let got = stress::nodal_stress(&system, &[(0, 0)], &u);
        let compare = |component: usize| {
            let nodes = mesh.points.iter().zip(&got);
            let pair = |(x, s): (&[f64; 3], &[[f64; 3]; 3])| {
                (exact.stress(x[0])[component], s[component][component])
            };
            worst_of(exact.pressure, nodes.map(pair))
        };
        Ok(vec![compare(0)?, compare(1)?])
    })
}

/// Rates of plane cells, compressible and nearly not, then the stress.
pub(super) fn problems() -> Vec<Problem> {
    use CellKind::*;
    let (planar, axisymmetric) = (Hypothesis::Planar, Hypothesis::Axisymmetric);
    let compressible = [
        (Triangle3, planar),
        (Triangle3, axisymmetric),
        (Triangle6, planar),
        (Triangle6, axisymmetric),
        (Quadrilateral4, planar),
        (Quadrilateral4, axisymmetric),
        (Quadrilateral8, planar),
        (Quadrilateral8, axisymmetric),
        (Quadrilateral9, planar),
        (Quadrilateral9, axisymmetric),
    ];
    // The projected divergence keeps the order of quadrilaterals.
    let nearly_not = [
        (Quadrilateral4, planar),
        (Quadrilateral4, axisymmetric),
        (Quadrilateral8, planar),
        (Quadrilateral9, planar),
        (Quadrilateral9, axisymmetric),
    ];
    let first = compressible.into_iter().map(|(kind, hypothesis)| rate(kind, hypothesis, 0.3));
    let second = nearly_not.into_iter().map(|(kind, hypothesis)| rate(kind, hypothesis, 0.4999));
    first.chain(second).chain([0.3, 0.4999].map(stresses)).collect()
}
