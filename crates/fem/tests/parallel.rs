//! Assembly and fluxes: what they must be, to the last bit the same for any number of threads.

use algebra::{Csr, Equations};
use fem::{
    Constraints, Field, Hypothesis, Law, Placement, Point, Real, Slot, Space, Support, System,
    Term, Unknown, recover,
};
use mesh::{Block, CellKind, Mesh, brick};

/// Conduction, anisotropic. When it says that it is uniform, tetrahedra go edge by edge, eight side by side; else all
/// cells go the general way.
struct Conduction {
    says_uniform: bool,
}

const TENSOR: [[f64; 3]; 3] = [[2.0, 0.5, 0.0], [0.5, 1.0, 0.25], [0.0, 0.25, 3.0]];

impl Law for Conduction {
    fn slots(&self) -> &[Slot] {
        const { &[Slot::gradient(0)] }
    }
    fn is_linear(&self) -> bool {
        true
    }
    fn is_uniform(&self) -> bool {
        self.says_uniform
    }
    fn evaluate<S: Real>(&self, _: &Point, u: &[S], r: &mut [S]) {
        for (r, row) in r.iter_mut().zip(TENSOR) {
            *r = u[0] * row[0] + u[1] * row[1] + u[2] * row[2];
        }
    }
}

/// A flux u^3 towards a whole-body unknown.
struct Cubic;

impl Law for Cubic {
    fn slots(&self) -> &[Slot] {
        const { &[Slot::value(0), Slot::whole(0)] }
    }
    fn evaluate<S: Real>(&self, _: &Point, u: &[S], r: &mut [S]) {
        let jump = u[0] - u[1];
        r[0] = jump * jump * jump;
        r[1] = S::from(0.0) - r[0];
    }
}

fn threads<R: Send>(count: usize, f: impl FnOnce() -> R + Send) -> R {
    rayon::ThreadPoolBuilder::new().num_threads(count).build().expect("threads").install(f)
}

/// The potential given on top, cubic flux into a metal below.
fn system(mesh: &Mesh, says_uniform: bool) -> System<'_> {
    let at = |name: &str| mesh.boundaries.iter().position(|b| b.name == name).expect("it exists");
    let mut constraints = Constraints::default();
    for &node in mesh.boundaries[at("z1")].facets.iter().flat_map(|block| &block.nodes) {
        let value = 2.0 + mesh.points[node as usize][0];
        constraints.fixed.push((Unknown::scalar(0, node), value));
    }
    let fields = vec![Field::scalar("potential")];
    let space = Space::new(fields, vec!["metal".into()], mesh.points.len(), &constraints);
    let placements = vec![
        Placement { term: Box::new(Conduction { says_uniform }), support: Support::Region(0) },
        Placement { term: Box::new(Cubic), support: Support::Boundary(at("z0")) },
    ];
    System::new(mesh, Hypothesis::Spatial, space.expect("they agree"), placements, vec![(0, 1.0)])
}

fn wavy(count: usize) -> Vec<f64> {
    (0..count).map(|k| (0.37 * k as f64).sin()).collect()
}

/// Residual, tangent, and the residual after the tangent.
fn evaluate(mesh: &Mesh, says_uniform: bool) -> (Vec<f64>, Csr, Vec<f64>) {
    let mut system = system(mesh, says_uniform);
    let u = wavy(system.len());
    let mut r = vec![0.0; u.len()];
    system.residual(&u, &mut r).expect("finite");
    let tangent = system.tangent(&u).expect("finite").clone();
    let mut again = vec![0.0; u.len()];
    system.residual(&u, &mut again).expect("finite");
    (r, tangent, again)
}

#[test]
fn residual_and_tangent_do_not_depend_on_the_number_of_threads() {
    // More elements than are held at a time.
    for (kind, side) in [(CellKind::Tetrahedron4, 13), (CellKind::Hexahedron27, 4)] {
        let mesh = brick(kind, side, |x| [x[0], x[1] + 0.1 * x[0] * x[2], x[2]]);
        for says_uniform in [true, false] {
            let first = threads(1, || evaluate(&mesh, says_uniform));
            for count in [2, 4, 7] {
                let same = threads(count, || evaluate(&mesh, says_uniform)) == first;
                assert!(same, "{kind:?}, uniform: {says_uniform}, {count} threads");
            }
        }
    }
}

#[test]
fn the_residual_forgets_that_there_was_a_tangent() {
    let mesh = brick(CellKind::Tetrahedron10, 3, |x| x);
    let (before, _, after) = evaluate(&mesh, true);
    assert_eq!(before, after);
}

#[test]
fn the_tangent_is_the_derivative_of_the_residual() {
    let mesh = brick(CellKind::Tetrahedron10, 2, |x| x);
    let mut system = system(&mesh, true);
    let u = wavy(system.len());
    let tangent = system.tangent(&u).expect("finite").clone();
    let direction: Vec<f64> = (0..u.len()).map(|k| (0.91 * k as f64).cos()).collect();
    let mut want = vec![0.0; u.len()];
    tangent.apply(&direction, &mut want);
    let h = 1e-5;
    let mut at = |h: f64| {
        let moved: Vec<f64> = u.iter().zip(&direction).map(|(u, d)| u + h * d).collect();
        let mut r = vec![0.0; u.len()];
        system.residual(&moved, &mut r).expect("finite");
        r
    };
    let (plus, minus) = (at(h), at(-h));
    for i in 0..u.len() {
        let slope = (plus[i] - minus[i]) / (2.0 * h);
        assert!((slope - want[i]).abs() < 1e-7, "{i}: {slope} for {}", want[i]);
    }
}

#[test]
fn the_flux_of_a_linear_field_is_the_tensor_times_its_gradient() {
    let gradient = [3.0, -2.0, 5.0];
    for (kind, side) in
        [(CellKind::Tetrahedron4, 13), (CellKind::Tetrahedron10, 3), (CellKind::Hexahedron8, 5)]
    {
        let mesh = brick(kind, side, |x| [x[0] + 0.1 * x[1], x[1], x[2]]);
        let field = |x: &[f64; 3]| (0..3).map(|k| gradient[k] * x[k]).sum();
        let values: Vec<f64> = mesh.points.iter().map(field).collect();
        for says_uniform in [true, false] {
            let flux = |count| {
                let terms: [(u32, &dyn Term); 1] = [(0, &Conduction { says_uniform })];
                threads(count, || recover::nodal_flux(&mesh, Hypothesis::Spatial, &terms, &values))
            };
            let one = flux(1);
            for flux in &one {
                for (got, row) in flux.iter().zip(TENSOR) {
                    let want: f64 = row.iter().zip(gradient).map(|(t, g)| t * g).sum();
                    assert!((got - want).abs() < 1e-11, "{kind:?}: {got} for {want}");
                }
            }
            for count in [2, 4] {
                assert!(flux(count) == one, "{kind:?}, uniform: {says_uniform}, {count} threads");
            }
        }
    }
}

#[test]
fn cells_of_different_kinds_weigh_what_they_measure() {
    // A square beside a triangle of half, once and twice its area, with other gradients.
    for width in [1.0, 2.0, 4.0] {
        let points = vec![
            [0.0; 3],
            [1.0, 0.0, 0.0],
            [1.0, 1.0, 0.0],
            [0.0, 1.0, 0.0],
            [1.0 + width, 0.0, 0.0],
        ];
        let block = |kind, nodes| Block { kind, region: 0, nodes };
        let blocks = vec![
            block(CellKind::Quadrilateral4, vec![0, 1, 2, 3]),
            block(CellKind::Triangle3, vec![1, 4, 2]),
        ];
        let regions = vec!["all".into()];
        let mesh = Mesh { dimension: 2, axes: [0, 1], points, regions, blocks, ..Mesh::default() };
        // x in the square, 1 + 3 (x - 1) in the triangle.
        let values = [0.0, 1.0, 1.0, 0.0, 1.0 + 3.0 * width];
        let terms: [(u32, &dyn Term); 1] = [(0, &Conduction { says_uniform: true })];
        let flux = recover::nodal_flux(&mesh, Hypothesis::Planar, &terms, &values);
        let area = 0.5 * width;
        let gradients = [1.0, (1.0 + 3.0 * area) / (1.0 + area), 3.0];
        for (node, gradient) in [(0, gradients[0]), (1, gradients[1]), (4, gradients[2])] {
            let [x, y, _] = flux[node];
            assert!((x - TENSOR[0][0] * gradient).abs() < 1e-14, "{node}: {x} for {gradient}");
            assert!((y - TENSOR[1][0] * gradient).abs() < 1e-14, "{node}: {y} for {gradient}");
        }
    }
}
