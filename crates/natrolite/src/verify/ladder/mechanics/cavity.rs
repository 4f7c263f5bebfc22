//! A spherical cavity under uniaxial load.

use super::super::super::closed_form::mechanics::{cavity_equator, cavity_hoop, cavity_pole};
use super::super::super::row::{Comparison, Problem, Row};
use super::problem::{Elasticity, node_at};
use contact::{DISPLACEMENT, Reduction, stress};
use fem::{Hypothesis, Law, Point, Real, Slot};
use mesh::{CellKind, brick};
use std::f64::consts::FRAC_PI_2;

/// Radius of the body over that of the cavity.
const EXTENT: f64 = 50.0;

/// The traction n_z e_z of a uniform uniaxial stress of 1 Pa along z.
struct Uniaxial;

impl Law for Uniaxial {
    fn slots(&self) -> &[Slot] {
        const { &[Slot::vector(DISPLACEMENT)] }
    }

    fn evaluate<S: Real>(&self, point: &Point, _: &[S], r: &mut [S]) {
        r.fill(S::from(0.0));
        r[2] = S::from(-point.normal[2]);
    }
}

fn problem(poisson: f64) -> Problem {
    let row = |name: &str, what: &str| {
        Row::new(
            format!("elastic.cavity.{name}.nu_{poisson}"),
            format!("{what} over the remote stress, nu = {poisson}"),
            1e-3,
            "stress at nodes of second-order cells, a twentieth of the radius; a body of 50 radii shifts it by 1e-5",
            "Goodier, Trans. ASME 55 (1933) 39",
        )
    };
    let rows = vec![
        row("equator", "sigma_zz on the equator of a spherical cavity"),
        row("hoop", "hoop stress along the equator"),
        row("pole", "sigma_xx at the pole"),
    ];
    Problem::new(rows, move || {
        let mesh = brick(CellKind::Quadrilateral9, 48, |[x, _, z]| {
            let (sin, cos) = (FRAC_PI_2 * z).sin_cos();
            let r = EXTENT.powf(x * (0.3 + 0.7 * x));
            [r * cos, 0.0, r * sin]
        });
        let (system, u) = Elasticity::new(&mesh, Hypothesis::Axisymmetric)
            .material(1000.0, poisson, Reduction::None)?
            .on("x1", Uniaxial)?
            .rollers(&["z0"])?
            .solve()?;
        let stress = stress::nodal_stress(&system, &[(0, 0)], &u);
        let equator = stress[node_at(&mesh, [1.0, 0.0, 0.0])?];
        let pole = stress[node_at(&mesh, [0.0, 0.0, 1.0])?];
        // Beside the remote stress 1: the hoop stress may vanish.
        Ok(vec![
            Comparison::absolute(cavity_equator(poisson), equator[2][2]),
            Comparison::absolute(cavity_hoop(poisson), equator[1][1]),
            Comparison::absolute(cavity_pole(poisson), pole[0][0]),
        ])
    })
}

/// Compressible and nearly not.
pub(super) fn problems() -> Vec<Problem> {
    [0.3, 0.4999].map(problem).into()
}
