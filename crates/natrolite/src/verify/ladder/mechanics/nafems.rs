//! Two of the standard benchmarks of NAFEMS.

use super::super::super::row::{Comparison, Problem, Row};
use super::lower;
use super::problem::{Elasticity, node_at};
use contact::{Pressure, Reduction, stress};
use fem::Hypothesis;
use mesh::{CellKind, brick, nodes_of};
use std::f64::consts::FRAC_PI_2;

const YOUNG: f64 = 210e9;
const POISSON: f64 = 0.3;

/// The elliptic membrane under tension on its outer edge, in plane stress.
fn membrane(kind: CellKind, cells: usize) -> Problem {
    let rows = vec![Row::new(
        format!("elastic.nafems_le1.{}", lower(kind)),
        "sigma_yy at D [Pa], elliptic membrane",
        5e-3,
        "stress at nodes of second-order cells; the value has three digits",
        "The Standard NAFEMS Benchmarks, 1990, LE1",
    )];
    Problem::new(rows, move || {
        let mesh = brick(kind, cells, |[x, _, z]| {
            let (sin, cos) = (FRAC_PI_2 * z).sin_cos();
            [(2.0 + 1.25 * x) * cos, 0.0, (1.0 + 1.75 * x) * sin]
        });
        let (system, u) = Elasticity::new(&mesh, Hypothesis::Planar)
            .material(YOUNG, POISSON, Reduction::PlaneStress(1))?
            .on("x1", Pressure { pressure: -10e6 })?
            .rollers(&["z0", "z1"])?
            .solve()?;
        let stress = stress::nodal_stress(&system, &[(0, 0)], &u);
        Ok(vec![Comparison::relative(92.7e6, stress[node_at(&mesh, [2.0, 0.0, 0.0])?][2][2])])
    })
}

/// The thick plate under pressure; D is on the inner edge of its upper face.
fn plate() -> Problem {
    let rows = vec![Row::new(
        "elastic.nafems_le10",
        "sigma_yy at D [Pa], thick plate",
        5e-3,
        "stress at nodes of 8 x 8 x 8 second-order cells; the value has three digits",
        "The Standard NAFEMS Benchmarks, 1990, LE10",
    )];
    Problem::new(rows, || {
        // Nodes lie in the middle of the thickness, where the outer face is held.
        let mesh = brick(CellKind::Hexahedron20, 8, |[x, y, z]| {
            let (sin, cos) = (FRAC_PI_2 * y).sin_cos();
            [(2.0 + 1.25 * x) * cos, (1.0 + 1.75 * x) * sin, 0.6 * z - 0.3]
        });
        let middle = mesh.boundary("x1").ok_or("the plate has no outer face")?;
        let middle = nodes_of(&middle.facets);
        let middle: Vec<u32> =
            middle.into_iter().filter(|&n| mesh.points[n as usize][2].abs() < 1e-9).collect();
        let (system, u) = Elasticity::new(&mesh, Hypothesis::Spatial)
            .material(YOUNG, POISSON, Reduction::None)?
            .on("z1", Pressure { pressure: 1e6 })?
            .rollers(&["y0", "y1"])?
            .fixed("x1", &[0, 1])?
            .moved(middle, |_| [0.0; 3])
            .solve()?;
        let stress = stress::nodal_stress(&system, &[(0, 0)], &u);
        Ok(vec![Comparison::relative(-5.38e6, stress[node_at(&mesh, [2.0, 0.0, 0.3])?][1][1])])
    })
}

/// LE1 with every second-order kind of plane cell, then LE10.
pub(super) fn problems() -> Vec<Problem> {
    use CellKind::*;
    let membranes = [(Triangle6, 32), (Quadrilateral8, 16), (Quadrilateral9, 16)];
    membranes.map(|(kind, cells)| membrane(kind, cells)).into_iter().chain([plate()]).collect()
}
