//! A field that is prescribed at every node is read by laws and adds no equations.

use algebra::Equations;
use fem::{
    Constraints, Field, Hypothesis, Law, Placement, Point, Real, Slot, Space, Support, System,
    Unknown,
};
use mesh::{CellKind, Mesh, brick};

/// Conduction: j = -s grad u.
struct Conduction;

impl Law for Conduction {
    fn slots(&self) -> &[Slot] {
        const { &[Slot::gradient(0)] }
    }
    fn is_linear(&self) -> bool {
        true
    }
    fn evaluate<S: Real>(&self, _: &Point, u: &[S], r: &mut [S]) {
        r.copy_from_slice(u);
    }
}

/// A flux k u^3 through a boundary, scaled by the field 1 where it is read.
struct Cubic {
    slots: Vec<Slot>,
}

impl Law for Cubic {
    fn slots(&self) -> &[Slot] {
        &self.slots
    }
    fn evaluate<S: Real>(&self, _: &Point, u: &[S], r: &mut [S]) {
        let flux = u[0] * u[0] * u[0];
        r[0] = u.get(1).map_or(flux, |&f| flux * f);
        if let Some(r) = r.get_mut(1) {
            *r = S::from(0.0);
        }
    }
}

/// A body with u = 2 on top and the cubic flux below; `known` gives the values of the field 1.
fn system(mesh: &Mesh, known: Option<f64>) -> System<'_> {
    let nodes = mesh.points.len();
    let at = |name: &str| mesh.boundaries.iter().position(|b| b.name == name).expect("it exists");
    let mut constraints = Constraints::default();
    for &node in mesh.boundaries[at("z1")].facets.iter().flat_map(|block| &block.nodes) {
        constraints.fixed.push((Unknown::scalar(0, node), 2.0));
    }
    let (mut fields, mut slots) = (vec![Field::scalar("potential")], vec![Slot::value(0)]);
    if let Some(value) = known {
        constraints.prescribe(1, &vec![value; nodes]);
        fields.push(Field::scalar("pressure"));
        slots.push(Slot::value(1));
    }
    let space = Space::new(fields, Vec::new(), nodes, &constraints).expect("they agree");
    let below = Support::Boundary(at("z0"));
    let placements = vec![
        Placement { term: Box::new(Conduction), support: Support::Region(0) },
        Placement { term: Box::new(Cubic { slots }), support: below },
    ];
    System::new(mesh, Hypothesis::Planar, space, placements, Vec::new())
}

fn mesh() -> Mesh {
    brick(CellKind::Quadrilateral9, 3, |x| x)
}

fn guess(system: &System<'_>) -> Vec<f64> {
    (0..system.space().free()).map(|k| 0.1 * k as f64).collect()
}

#[test]
fn equations_of_the_free_unknowns_do_not_change() {
    let mesh = mesh();
    let (mut without, mut with) = (system(&mesh, None), system(&mesh, Some(1.0)));
    assert_eq!(without.space().free(), with.space().free());
    assert_eq!(without.field_names(), ["potential"]);
    assert_eq!(with.field_names(), ["potential"]);
    let u = guess(&without);
    let (mut a, mut b) = (vec![0.0; u.len()], vec![0.0; u.len()]);
    without.residual(&u, &mut a).unwrap();
    with.residual(&u, &mut b).unwrap();
    assert_eq!(a, b);
    assert_eq!(without.norms(&a), with.norms(&b));
    assert_eq!(without.tangent(&u).unwrap(), with.tangent(&u).unwrap());
}

#[test]
fn its_values_are_read_and_its_size_does_not_loosen_the_norms() {
    // The flux through z0 at u = 1: the sum of the residual of the cubic law is k times the area.
    let mesh = mesh();
    let large = 3e7;
    let mut with = system(&mesh, Some(large));
    let u = vec![1.0; with.space().free()];
    let flux: f64 = with.residual_of(1, &u)[..u.len()].iter().sum();
    assert!((flux / large - 1.0).abs() < 1e-14, "{flux}");
    // Where the known field is not felt (u = 0 below), the norms are those without it.
    let mut without = system(&mesh, None);
    let u = vec![0.0; u.len()];
    let (mut a, mut b) = (vec![0.0; u.len()], vec![0.0; u.len()]);
    without.residual(&u, &mut a).unwrap();
    with.residual(&u, &mut b).unwrap();
    assert_eq!(a, b);
    let half: Vec<f64> = a.iter().map(|r| 1e-8 * r).collect();
    assert_eq!(without.norms(&half), with.norms(&half));
}

#[test]
fn newton_finds_the_solution_of_the_slab() {
    // Flux k u0^3 = 2 - u0 with k = 1: u0 = 1.
    let mesh = mesh();
    let mut with = system(&mesh, Some(1.0));
    let mut u = vec![1.5; with.space().free()];
    let mut solver = algebra::Cholesky::default();
    let parameters = algebra::NewtonParameters::default();
    let info = algebra::newton(&mut with, &mut solver, &mut u, &parameters, &mut |_| ());
    assert!(info.unwrap().converged);
    let values = with.space().nodal_values(0, &with.all_unknowns(&u));
    for (x, value) in mesh.points.iter().zip(values) {
        assert!((value - 1.0 - x[2]).abs() < 1e-9, "{x:?}: {value}");
    }
}
