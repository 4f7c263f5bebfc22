//! Patch tests: a uniform strain is reproduced by distorted cells of every kind.

use super::super::super::rates;
use super::super::super::row::{Comparison, Problem, Row};
use super::problem::Elasticity;
use super::{lower, worst_of};
use contact::{DISPLACEMENT, Reduction, stress};
use fem::Hypothesis;
use mesh::{CellKind, Mesh, brick, nodes_of};
use std::f64::consts::PI;

const YOUNG: f64 = 3.0;
const SOURCE: &str = "Irons and Razzaque (1972); Hughes, The Finite Element Method, sec. 4.6";

/// A box of 2 x 2 (x 2) distorted cubes; its sides stay plane.
fn distorted(kind: CellKind) -> Mesh {
    let wave = |t: f64| 0.25 * (PI * t).sin();
    brick(kind, 2, |[x, y, z]| {
        let w = wave(x) * wave(z) * if kind.dimension() == 3 { 4.0 * wave(y) } else { 1.0 };
        [x + 2.0 * w, if kind.dimension() == 3 { y - w } else { y }, z + w]
    })
}

/// The gradient of the displacement, and the displacement at the origin.
fn motion(hypothesis: Hypothesis) -> ([[f64; 3]; 3], [f64; 3]) {
    match hypothesis {
        Hypothesis::Planar => ([[0.1, 0.0, 0.3], [0.0; 3], [-0.2, 0.0, -0.3]], [1.0, 0.0, 0.0]),
        // The hoop strain u/r equals the radial one.
        Hypothesis::Axisymmetric => {
            ([[0.2, 0.0, 0.0], [0.0, 0.2, 0.0], [0.0, 0.0, -0.3]], [0.0, 0.0, 0.5])
        }
        Hypothesis::Spatial => {
            ([[0.1, 0.3, -0.1], [-0.1, 0.4, 0.0], [0.2, 0.3, -0.3]], [0.0, 2.0, 0.0])
        }
    }
}

/// The stress of that strain; across the plane zero in plane stress.
fn exact_stress(hypothesis: Hypothesis, poisson: f64, reduction: Reduction) -> [[f64; 3]; 3] {
    let gradient = motion(hypothesis).0;
    let mu = 0.5 * YOUNG / (1.0 + poisson);
    let mut lambda = 2.0 * mu * poisson / (1.0 - 2.0 * poisson);
    if reduction != Reduction::None {
        lambda = 2.0 * lambda * mu / (lambda + 2.0 * mu);
    }
    let trace: f64 = (0..3).map(|i| gradient[i][i]).sum();
    let carries = |i: usize| reduction != Reduction::PlaneStress(i);
    std::array::from_fn(|i| {
        std::array::from_fn(|j| {
            let pressure = if i == j && carries(i) { lambda * trace } else { 0.0 };
            pressure + mu * (gradient[i][j] + gradient[j][i])
        })
    })
}

/// Worst displacement and worst stress at the nodes.
fn solve(
    kind: CellKind,
    hypothesis: Hypothesis,
    poisson: f64,
    reduction: Reduction,
) -> Result<[Comparison; 2], String> {
    let mesh = distorted(kind);
    let (gradient, start) = motion(hypothesis);
    let exact = |x: [f64; 3]| -> [f64; 3] {
        std::array::from_fn(|i| start[i] + (0..3).map(|j| gradient[i][j] * x[j]).sum::<f64>())
    };
    // A plane mesh has y = 0, so that the hoop strain does not enter.
    let sides = mesh.boundaries.iter().flat_map(|b| nodes_of(&b.facets));
    let (system, u) = Elasticity::new(&mesh, hypothesis)
        .material(YOUNG, poisson, reduction)?
        .moved(sides, exact)
        .solve()?;
    let got = system.space().nodal_vectors(DISPLACEMENT, &system.all_unknowns(&u));
    let all = got.iter().zip(&mesh.points);
    let displacement = all.flat_map(|(u, &x)| exact(x).into_iter().zip(*u));
    let wanted = exact_stress(hypothesis, poisson, reduction);
    let size = wanted.iter().flatten().fold(0.0, |size: f64, s| size.max(s.abs()));
    let stresses = stress::nodal_stress(&system, &[(0, 0)], &u);
    let all = stresses.iter().flat_map(|s| wanted.iter().flatten().zip(s.iter().flatten()));
    Ok([worst_of(1.0, displacement)?, worst_of(size, all.map(|(&want, &got)| (want, got)))?])
}

fn problem(name: &str, what: &str, cases: Vec<(CellKind, Hypothesis, Reduction)>) -> Problem {
    let because = "rounding, times lambda / mu = 5000 at nu = 0.4999";
    let rows = vec![
        Row::new(
            format!("elastic.patch.displacement.{name}"),
            format!("displacement of a uniform strain, worst node, {what}"),
            1e-11,
            because,
            SOURCE,
        ),
        Row::new(
            format!("elastic.patch.stress.{name}"),
            format!("its stress over the largest component, {what}"),
            1e-10,
            because,
            SOURCE,
        ),
    ];
    Problem::new(rows, move || {
        let (mut displacements, mut stresses) = (Vec::new(), Vec::new());
        for &(kind, hypothesis, reduction) in &cases {
            for poisson in [0.3, 0.4999] {
                let [displacement, stress] = solve(kind, hypothesis, poisson, reduction)?;
                displacements.push(displacement);
                stresses.push(stress);
            }
        }
        let none = || "no patch".to_owned();
        Ok(vec![
            Comparison::worst(displacements).ok_or_else(none)?,
            Comparison::worst(stresses).ok_or_else(none)?,
        ])
    })
}

/// Every kind of cell in the symmetries that it occurs in, and all plane ones in plane stress.
pub(super) fn problems() -> Vec<Problem> {
    let each = rates::all().map(|(kind, hypothesis)| {
        let name = format!("{}.{}", lower(kind), format!("{hypothesis:?}").to_lowercase());
        problem(&name, "nu = 0.3 and 0.4999", vec![(kind, hypothesis, Reduction::None)])
    });
    let plane = CellKind::ALL.into_iter().filter(|kind| kind.dimension() == 2);
    let plane = plane.map(|kind| (kind, Hypothesis::Planar, Reduction::PlaneStress(1)));
    let plane = problem("plane_stress", "every plane kind of cell", plane.collect());
    each.chain([plane]).collect()
}
