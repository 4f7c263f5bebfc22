//! A term on facets as a table gives what the cells' way gives.

use algebra::Equations;
use fem::{
    Constraints, Field, Hypothesis, Law, Placement, Point, Real, Slot, Space, Support, System,
};
use mesh::{CellKind, Mesh, brick};

/// A current i = (v - u)^3 + (v - u) from one value v for the whole boundary into the field u.
struct Exchange;

impl Law for Exchange {
    fn slots(&self) -> &[Slot] {
        const { &[Slot::value(0), Slot::whole(0)] }
    }
    fn evaluate<S: Real>(&self, _: &Point, u: &[S], r: &mut [S]) {
        let jump = u[1] - u[0];
        let i = jump * jump * jump + jump;
        (r[0], r[1]) = (-i, i);
    }
    fn reads_point(&self) -> bool {
        false
    }
}

fn system(mesh: &Mesh) -> System<'_> {
    let below = mesh.boundaries.iter().position(|b| b.name == "z0").expect("it exists");
    let fields = vec![Field::scalar("potential")];
    let nodes = mesh.points.len();
    let space = Space::new(fields, vec!["metal".into()], nodes, &Constraints::default());
    let placed = Placement { term: Box::new(Exchange), support: Support::Boundary(below) };
    System::new(mesh, Hypothesis::Planar, space.expect("it is one"), vec![placed], Vec::new())
}

/// Meshes whose facets fill eight places, or one and a part.
fn meshes() -> Vec<Mesh> {
    let plane = |n| brick(CellKind::Quadrilateral9, n, |x| [x[0] * (1.0 + 0.3 * x[0]), x[1], x[2]]);
    vec![plane(8), plane(11), brick(CellKind::Hexahedron27, 3, |x| x)]
}

fn state(system: &System<'_>) -> Vec<f64> {
    (0..system.space().free()).map(|k| (k as f64 * 0.7).sin()).collect()
}

#[test]
fn residuals_are_those_of_the_whole_system() {
    for mesh in meshes() {
        let mut system = system(&mesh);
        let u = state(&system);
        let wanted = system.residual_of(0, &u);
        // There is no other term.
        let mut all = vec![0.0; u.len()];
        system.residual(&u, &mut all).expect("it is finite");
        for (all, wanted) in all.iter().zip(&wanted) {
            assert!((all - wanted).abs() < 1e-14, "{all} {wanted}");
        }
        let mut got = vec![0.0; wanted.len()];
        let mut term = system.surface_term(0);
        term.add_residual(&system.deviations(&u), &mut got);
        for (got, wanted) in got.iter().zip(&wanted) {
            assert!((got - wanted).abs() < 1e-14, "{got} {wanted}");
        }
        // What the whole boundary gets is the integral of minus the first coefficient.
        let (mut sum, mut area) = (0.0, 0.0);
        term.each_point(|weight, coefficient| {
            sum -= weight * coefficient;
            area += weight;
        });
        let whole = wanted[system.space().whole_dof(0) as usize];
        assert!((sum - whole).abs() < 1e-13, "{sum} {whole}");
        let [same_area, total, _] = term.integrals();
        assert!((same_area - area).abs() < 1e-13 && (total + sum).abs() < 1e-13, "{total} {sum}");
        let length = if mesh.dimension == 3 { 1.0 } else { mesh_length(&mesh) };
        assert!((area - length).abs() < 1e-12, "{area} {length}");
    }
}

fn mesh_length(mesh: &Mesh) -> f64 {
    mesh.points.iter().fold(0.0, |length, x| length.max(x[0]))
}

#[test]
fn tangents_are_those_of_differences_and_of_a_unit() {
    for mesh in meshes() {
        let system = system(&mesh);
        let (u, n) = (state(&system), system.space().total());
        let deviations = system.deviations(&u);
        let mut term = system.surface_term(0);
        let mut tangent = vec![0.0; n * n];
        term.tangent(&deviations, |i, j, part| tangent[i as usize * n + j as usize] += part);
        let direction: Vec<f64> = (0..n).map(|k| (k as f64 * 1.3).cos()).collect();
        let mut at = |step: f64| {
            let moved: Vec<f64> =
                deviations.iter().zip(&direction).map(|(u, d)| u + step * d).collect();
            let mut out = vec![0.0; n];
            term.add_residual(&moved, &mut out);
            out
        };
        let (plus, minus) = (at(1e-5), at(-1e-5));
        for i in 0..n {
            let wanted = (plus[i] - minus[i]) / 2e-5;
            let row = tangent[i * n..(i + 1) * n].iter().zip(&direction);
            let got: f64 = row.map(|(t, d)| t * d).sum();
            assert!((got - wanted).abs() < 1e-8, "row {i}: {got} {wanted}");
        }
        // At equilibrium the slope is one.
        let mut unit = vec![0.0; n * n];
        term.unit_tangent(|i, j, part| unit[i as usize * n + j as usize] += part);
        tangent.fill(0.0);
        let rest = vec![0.0; n];
        term.tangent(&rest, |i, j, part| tangent[i as usize * n + j as usize] += part);
        assert!(unit.iter().zip(&tangent).all(|(a, b)| (a - b).abs() < 1e-14));
        assert!((term.mean_slope() - 1.0).abs() < 1e-14, "{}", term.mean_slope());
        // 1 + 3 (v - u)^2 where v - u = 2 everywhere.
        let mut apart = rest;
        apart[system.space().whole_dof(0) as usize] = 2.0;
        term.add_residual(&apart, &mut vec![0.0; n]);
        assert!((term.mean_slope() - 13.0).abs() < 1e-12, "{}", term.mean_slope());
    }
}
