//! A wavy surface pressed flat (Westergaard).

use crate::bodies::stack;
use crate::problem::Problem;
use algebra::Cholesky;
use contact::Pressure;
use contact::unilateral::{ContactSurface, Obstacle, solve};
use fem::Hypothesis;
use mesh::{CellKind, Mesh, brick};
use std::f64::consts::PI;

const WAVELENGTH: f64 = 10.0;
const AMPLITUDE: f64 = 0.01;
const YOUNG: f64 = 1000.0;
const POISSON: f64 = 0.3;

/// Half a wavelength wide, one and a half deep, from z = 0 downwards (`sign` -1) or upwards.
fn body(kind: CellKind, n: usize, sign: f64) -> Mesh {
    brick(kind, n, |[x, _, z]| {
        let depth = |t: f64| 1.5 * WAVELENGTH * t * (0.1 + 0.9 * t * t);
        let z = if sign < 0.0 { -depth(1.0 - z) } else { depth(z) };
        [0.5 * WAVELENGTH * x * (0.4 + 0.6 * x), 0.0, z]
    })
}

/// The fraction in contact from the corners' pressures: with s = pi x / l, (p / cos s)^2 falls linearly
/// with sin^2 s to zero at the edge (Johnson, eq. 13.6). A least-squares line through all but the last
/// two.
fn fraction(mesh: &Mesh, surface: &ContactSurface, outcome: &contact::unilateral::Outcome) -> f64 {
    let mut inside: Vec<(f64, f64)> = (surface.nodes.iter().zip(&outcome.touch[0]))
        .filter(|(n, t)| n.is_corner() && t.active)
        .map(|(n, t)| {
            let (sin, cos) = (PI * mesh.points[n.node as usize][0] / WAVELENGTH).sin_cos();
            (sin * sin, (t.pressure / cos).powi(2))
        })
        .collect();
    inside.sort_by(|a, b| a.0.total_cmp(&b.0));
    inside.truncate(inside.len() - 2);
    let n = inside.len() as f64;
    let mean = |f: &dyn Fn(f64, f64) -> f64| inside.iter().map(|p| f(p.0, p.1)).sum::<f64>() / n;
    let (x, y) = (mean(&|x, _| x), mean(&|_, y| y));
    let slope = (mean(&|x, y| x * y) - x * y) / (mean(&|x, _| x * x) - x * x);
    let edge = x - y / slope;
    2.0 / PI * edge.clamp(0.0, 1.0).sqrt().asin()
}

#[test]
fn contact_fraction_against_mean_pressure() {
    // Johnson, Contact Mechanics, eq. 13.7: mean pressure = p* sin^2(pi f / 2), p* = pi E* a / l.
    let modulus = YOUNG / (1.0 - POISSON * POISSON);
    let full = PI * modulus * AMPLITUDE / WAVELENGTH;
    let mesh = body(CellKind::Quadrilateral9, 64, -1.0);
    let top = mesh.boundaries.iter().position(|b| b.name == "z1").unwrap();
    let wave = Obstacle::Sinusoid {
        crest: [0.0; 3],
        normal: [0.0, 0.0, -1.0],
        direction: [1.0, 0.0, 0.0],
        amplitude: AMPLITUDE,
        wavelength: WAVELENGTH,
    };
    for f in [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95] {
        let mean = full * (0.5 * PI * f).sin().powi(2);
        let problem = Problem::new(&mesh, Hypothesis::Planar)
            .elastic(YOUNG, POISSON)
            .roller("x0")
            .roller("x1")
            .on("z0", Pressure { pressure: mean });
        let surfaces = [ContactSurface::obstacle(&mesh, Hypothesis::Planar, top, &wave).unwrap()];
        let mut system = problem.system();
        let outcome = solve(&mut system, &surfaces, &mut Cholesky::new(), 50).unwrap();
        let got = fraction(&mesh, &surfaces[0], &outcome);
        assert!(outcome.converged);
        assert!((got / f - 1.0).abs() < 0.01, "{f}: {got}");
    }
}

#[test]
fn two_bodies_with_an_initial_gap() {
    // The same with two elastic bodies: 1 / E* = (1 - nu^2) / E twice, and a gap between flat sides.
    let modulus = 0.5 * YOUNG / (1.0 - POISSON * POISSON);
    let full = PI * modulus * AMPLITUDE / WAVELENGTH;
    for kind in [CellKind::Quadrilateral4, CellKind::Quadrilateral8, CellKind::Triangle6] {
        let n = 48;
        let mesh = stack(body(kind, n, -1.0), body(kind, n, 1.0));
        let gap = |x: [f64; 3]| AMPLITUDE * (1.0 - (2.0 * PI * x[0] / WAVELENGTH).cos());
        let surfaces = [ContactSurface::interface(&mesh, Hypothesis::Planar, 0, gap).unwrap()];
        let mean = full * (0.2 * PI).sin().powi(2);
        let problem = Problem::new(&mesh, Hypothesis::Planar)
            .elastic(YOUNG, POISSON)
            .roller("x0")
            .roller("x1")
            .roller("upper_x0")
            .roller("upper_x1")
            .roller("z0")
            .on("upper_z1", Pressure { pressure: mean });
        let mut system = problem.system();
        let outcome = solve(&mut system, &surfaces, &mut Cholesky::new(), 50).unwrap();
        let got = fraction(&mesh, &surfaces[0], &outcome);
        assert!(outcome.converged && outcome.residual < 1e-10 && outcome.complementarity < 1e-10);
        assert!((got / 0.4 - 1.0).abs() < 0.01, "{kind:?}: {got}");
    }
}

#[test]
fn the_same_to_the_last_bit_for_any_number_of_threads() {
    let solve = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mesh = stack(
                body(CellKind::Quadrilateral9, 24, -1.0),
                body(CellKind::Quadrilateral9, 24, 1.0),
            );
            let gap = |x: [f64; 3]| AMPLITUDE * (1.0 - (2.0 * PI * x[0] / WAVELENGTH).cos());
            let surfaces = [ContactSurface::interface(&mesh, Hypothesis::Planar, 0, gap).unwrap()];
            let problem = Problem::new(&mesh, Hypothesis::Planar)
                .elastic(YOUNG, POISSON)
                .roller("x0")
                .roller("x1")
                .roller("upper_x0")
                .roller("upper_x1")
                .roller("z0")
                .on("upper_z1", Pressure { pressure: 0.5 });
            let mut system = problem.system();
            solve(&mut system, &surfaces, &mut Cholesky::new(), 50).unwrap()
        })
    };
    let (one, two) = (solve(1), solve(2));
    assert_eq!(one.touch, two.touch);
    assert!(one.u.iter().zip(&two.u).all(|(a, b)| a.to_bits() == b.to_bits()));
}
