//! The same contact for any number of threads.

use crate::problem::Problem;
use algebra::{AmgCg, Cholesky, LinearSolver};
use contact::Pressure;
use contact::unilateral::{ContactSurface, Outcome, solve};
use fem::Hypothesis;
use mesh::{CellKind, brick};
use std::f64::consts::PI;

/// A block in space on a wavy floor.
fn press(threads: usize, solver: fn() -> Box<dyn LinearSolver>) -> Outcome {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        let mesh = brick(CellKind::Hexahedron20, 7, |x| x);
        let floor = |x: [f64; 3]| {
            let depth = 0.02 * (2.0 - (2.0 * PI * x[0]).cos() - (PI * x[1]).cos());
            (x[2] + depth, [0.0, 0.0, 1.0])
        };
        let bottom = mesh.boundaries.iter().position(|b| b.name == "z0").unwrap();
        let surfaces = [ContactSurface::rigid(&mesh, Hypothesis::Spatial, bottom, floor).unwrap()];
        let mut system = Problem::new(&mesh, Hypothesis::Spatial)
            .elastic(100.0, 0.3)
            .roller("x0")
            .roller("y0")
            .on("z1", Pressure { pressure: 1.0 })
            .system();
        solve(&mut system, &surfaces, solver().as_mut(), 50).unwrap()
    })
}

#[test]
fn the_same_to_the_last_bit_for_any_number_of_threads() {
    let solvers: [fn() -> Box<dyn LinearSolver>; 2] =
        [|| Box::new(Cholesky::new()), || Box::new(AmgCg::default())];
    for solver in solvers {
        let (one, two) = (press(1, solver), press(2, solver));
        assert!(one.converged);
        let active = |o: &Outcome| o.touch[0].iter().filter(|t| t.active).count();
        assert!(active(&one) > 10 && active(&one) < one.touch[0].len() / 2, "{}", active(&one));
        assert_eq!(one.exchanged, two.exchanged);
        assert_eq!(one.touch, two.touch);
        assert!(one.u.iter().zip(&two.u).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
}
