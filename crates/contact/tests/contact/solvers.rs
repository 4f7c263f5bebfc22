//! An iterative solver finds the contact that a direct one finds, and sees a body that nothing holds.

use crate::problem::Problem;
use algebra::{AmgCg, Cholesky, LinearError, LinearInfo, LinearSolver, Metered, Operator};
use contact::Pressure;
use contact::unilateral::{ContactError, ContactSurface, Outcome, solve};
use fem::Hypothesis;
use mesh::{CellKind, brick};

/// A cube on a floor that falls away from one edge, and which alone holds it along z. Large enough for
/// a hierarchy of several levels.
fn on_the_floor(solver: &mut dyn LinearSolver, rollers: &[&str]) -> Result<Outcome, ContactError> {
    let mesh = brick(CellKind::Hexahedron8, 12, |x| x);
    let bottom = mesh.boundaries.iter().position(|b| b.name == "z0").unwrap();
    let gap = |x: [f64; 3]| (x[2] + 0.02 * (x[0] + x[1]), [0.0, 0.0, 1.0]);
    let surfaces = [ContactSurface::rigid(&mesh, Hypothesis::Spatial, bottom, gap)?];
    let mut problem = Problem::new(&mesh, Hypothesis::Spatial).elastic(100.0, 0.3);
    for roller in rollers {
        problem = problem.roller(roller);
    }
    let mut system = problem.on("z1", Pressure { pressure: 1.0 }).system();
    solve(&mut system, &surfaces, solver, 50)
}

#[test]
fn conjugate_gradients_find_the_same_contact() {
    let direct = on_the_floor(&mut Cholesky::new(), &["x0", "y0"]).unwrap();
    let iterative = on_the_floor(&mut AmgCg::default(), &["x0", "y0"]).unwrap();
    assert!(direct.converged && iterative.converged);
    assert!(direct.residual < 1e-12 && iterative.residual < 1e-12, "{}", iterative.residual);
    let touching = direct.touch[0].iter().filter(|t| t.active).count();
    assert!(touching > 10 && touching < 160, "{touching} of 169");
    for (a, b) in direct.touch[0].iter().zip(&iterative.touch[0]) {
        assert_eq!(a.active, b.active);
        assert!((a.pressure - b.pressure).abs() < 1e-9, "{} {}", a.pressure, b.pressure);
        assert!((a.gap - b.gap).abs() < 1e-11, "{} {}", a.gap, b.gap);
    }
}

/// Conjugate gradients that pass for a direct solver, from which sharp steps are asked at once.
struct Sharp<'s>(&'s mut Metered<'static>);

impl LinearSolver for Sharp<'_> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn keeps_factor(&self) -> bool {
        true
    }

    fn prepare(&mut self, a: &dyn Operator) -> Result<(), LinearError> {
        self.0.prepare(a)
    }

    fn solve(
        &mut self,
        a: &dyn Operator,
        b: &[f64],
        x: &mut [f64],
        rtol: f64,
    ) -> Result<LinearInfo, LinearError> {
        self.0.solve(a, b, x, rtol)
    }
}

#[test]
fn rough_steps_come_to_the_same_with_fewer_iterations() {
    let solver = || Metered::new(Box::new(AmgCg::default()));
    let (mut rough, mut sharp) = (solver(), solver());
    let a = on_the_floor(&mut rough, &["x0", "y0"]).unwrap();
    let b = on_the_floor(&mut Sharp(&mut sharp), &["x0", "y0"]).unwrap();
    for (a, b) in a.touch[0].iter().zip(&b.touch[0]) {
        assert_eq!(a.active, b.active);
        assert!((a.pressure - b.pressure).abs() < 1e-9, "{} {}", a.pressure, b.pressure);
    }
    let [a, b] = [rough, sharp].map(|solver| solver.work().iterations);
    assert!(3 * a < 2 * b, "{a} instead of {b}");
}

#[test]
fn a_body_that_slides_is_refused_with_both() {
    // Without friction and with one plane of symmetry it slides along y.
    for solver in [&mut Cholesky::new() as &mut dyn LinearSolver, &mut AmgCg::default()] {
        let error = on_the_floor(solver, &["x0"]).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("not positive definite"), "{text}");
    }
}
