//! Stress concentrations and plates.

use crate::problem::{Problem, node_at, place};
use contact::{DISPLACEMENT, Elastic, Pressure, Reduction, stress};
use fem::{Hypothesis, Law, Point, Real, Slot, Support};
use mesh::{CellKind, brick};
use std::f64::consts::FRAC_PI_2;

/// The traction T n_z e_z of a uniform uniaxial stress T along z.
struct Uniaxial(f64);

impl Law for Uniaxial {
    fn slots(&self) -> &[Slot] {
        const { &[Slot::vector(DISPLACEMENT)] }
    }

    fn evaluate<S: Real>(&self, point: &Point, _: &[S], r: &mut [S]) {
        r[2] = S::from(-self.0 * point.normal[2]);
        r[0] = S::from(0.0);
        r[1] = S::from(0.0);
    }
}

#[test]
fn spherical_cavity_under_uniaxial_load() {
    // Goodier, Trans. ASME 55 (1933) 39: at the equator sigma_zz / T = (27 - 15 nu) / (2 (7 - 5 nu)),
    // hoop (15 nu - 3) / (2 (7 - 5 nu)); at the pole sigma_rr / T = -(3 + 15 nu) / (2 (7 - 5 nu)).
    for (nu, tolerance) in [(0.3, 1e-3), (0.4999, 2e-3)] {
        let mesh = brick(CellKind::Quadrilateral9, 48, |[x, _, z]| {
            let (sin, cos) = (FRAC_PI_2 * z).sin_cos();
            let r = 50f64.powf(x * (0.3 + 0.7 * x));
            [r * cos, 0.0, r * sin]
        });
        let problem = Problem::new(&mesh, Hypothesis::Axisymmetric)
            .elastic(1000.0, nu)
            .on("x1", Uniaxial(1.0))
            .roller("z0");
        let (system, u) = problem.solve();
        let stress = stress::nodal_stress(&system, &[(0, 0)], &u);
        let equator = stress[node_at(&mesh, [1.0, 0.0, 0.0])];
        let pole = stress[node_at(&mesh, [0.0, 0.0, 1.0])];
        let scale = 2.0 * (7.0 - 5.0 * nu);
        for (got, want) in [
            (equator[2][2], (27.0 - 15.0 * nu) / scale),
            (equator[1][1], (15.0 * nu - 3.0) / scale),
            (pole[0][0], -(3.0 + 15.0 * nu) / scale),
        ] {
            assert!((got - want).abs() < tolerance, "{nu}: {got} {want}");
        }
    }
}

#[test]
fn nafems_le1_elliptic_membrane() {
    // NAFEMS, The Standard NAFEMS Benchmarks, 1990, LE1: sigma_yy = 92.7 MPa at D.
    for kind in [CellKind::Quadrilateral9, CellKind::Quadrilateral8, CellKind::Triangle6] {
        let n = if kind == CellKind::Triangle6 { 32 } else { 16 };
        let mesh = brick(kind, n, |[x, _, z]| {
            let (sin, cos) = (FRAC_PI_2 * z).sin_cos();
            [(2.0 + 1.25 * x) * cos, 0.0, (1.0 + 1.75 * x) * sin]
        });
        let mut problem = Problem::new(&mesh, Hypothesis::Planar)
            .on("x1", Pressure { pressure: -10e6 })
            .roller("z0")
            .roller("z1");
        let term = Elastic::new(210e9, 0.3, Reduction::PlaneStress(1)).unwrap();
        problem.placements.push(place(term, Support::Region(0)));
        let (system, u) = problem.solve();
        let s = stress::nodal_stress(&system, &[(0, 1)], &u)[node_at(&mesh, [2.0, 0.0, 0.0])];
        assert!((s[2][2] / 92.7e6 - 1.0).abs() < 5e-3, "{kind:?}: {}", s[2][2]);
    }
}

#[test]
fn nafems_le10_thick_plate() {
    // NAFEMS, The Standard NAFEMS Benchmarks, 1990, LE10: sigma_yy = -5.38 MPa at D.
    let mesh = brick(CellKind::Hexahedron20, 8, |[x, y, z]| {
        let (sin, cos) = (FRAC_PI_2 * y).sin_cos();
        [(2.0 + 1.25 * x) * cos, (1.0 + 1.75 * x) * sin, 0.6 * z - 0.3]
    });
    let mut problem = Problem::new(&mesh, Hypothesis::Spatial)
        .elastic(210e9, 0.3)
        .on("z1", Pressure { pressure: 1e6 })
        .roller("y0")
        .roller("y1");
    let outer = mesh.boundary("x1").unwrap();
    contact::fix(&problem.field, outer, &[0, 1], &mut problem.constraints);
    for node in mesh::nodes_of(&outer.facets) {
        if mesh.points[node as usize][2].abs() < 1e-9 {
            problem.fix_node(node, [0.0; 3]);
        }
    }
    let (system, u) = problem.solve();
    let s = stress::nodal_stress(&system, &[(0, 0)], &u)[node_at(&mesh, [2.0, 0.0, 0.3])];
    assert!((s[1][1] / -5.38e6 - 1.0).abs() < 0.02, "{}", s[1][1]);
}
