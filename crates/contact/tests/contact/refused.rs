//! What cannot be solved is refused with a reason.

use crate::problem::Problem;
use algebra::Cholesky;
use contact::unilateral::{ContactError, ContactSurface, Obstacle, solve};
use contact::{Elastic, Pressure, Reduction, SupportError};
use fem::Hypothesis;
use mesh::{CellKind, brick};

#[test]
fn overlap_before_loading() {
    let mesh = brick(CellKind::Quadrilateral4, 2, |x| x);
    let top = mesh.boundaries.iter().position(|b| b.name == "z1").unwrap();
    let ball = Obstacle::Sphere { centre: [0.0, 0.0, 1.5], radius: 1.0 };
    let error = ContactSurface::obstacle(&mesh, Hypothesis::Planar, top, &ball).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the initial gap on `z1` is negative: -5.000e-1 m at (0, 0, 1) m"
    );
}

#[test]
fn a_body_that_nothing_holds() {
    // It may slide on the plane: nothing keeps it along x.
    let mesh = brick(CellKind::Quadrilateral4, 2, |x| x);
    let floor = Obstacle::Plane { point: [0.0; 3], normal: [0.0, 0.0, 1.0] };
    let bottom = mesh.boundaries.iter().position(|b| b.name == "z0").unwrap();
    let surfaces = [ContactSurface::obstacle(&mesh, Hypothesis::Planar, bottom, &floor).unwrap()];
    let mut system = Problem::new(&mesh, Hypothesis::Planar)
        .elastic(1.0, 0.3)
        .on("z1", Pressure { pressure: 1.0 })
        .system();
    let error = solve(&mut system, &surfaces, &mut Cholesky::new(), 20).unwrap_err();
    assert!(matches!(error, ContactError::Unsupported(_)), "{error}");
}

#[test]
fn constants_and_supports_out_of_range() {
    let message =
        |young, poisson| Elastic::new(young, poisson, Reduction::None).unwrap_err().to_string();
    assert_eq!(message(1.0, 0.5), "got 0.5, a number between -1 and 0.5 is wanted");
    assert_eq!(message(-2.0, 0.3), "got -2 Pa, a positive number is wanted");
    let mesh = brick(CellKind::Quadrilateral4, 2, |[x, y, z]| [x + 0.5 * z, y, z]);
    let error = contact::flat_direction(&mesh, mesh.boundary("x1").unwrap()).unwrap_err();
    assert!(matches!(error, SupportError::NotFlat { .. }), "{error}");
    assert_eq!(contact::flat_direction(&mesh, mesh.boundary("z0").unwrap()), Ok((2, -1.0)));
}
