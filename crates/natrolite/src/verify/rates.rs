//! Observed orders of convergence against manufactured solutions: every kind of cell in every
//! symmetry.
//!
//! The potential is a harmonic function, so that the bulk needs no source. Exact values are
//! prescribed on all sides but the lower one, where nonlinear kinetics of Butler-Volmer form with a
//! manufactured exchange current density i0(x) gives the exact flux:
//!
//!   i0(x) = g(x) / (2 sinh(-k phi(x))),    g = -d phi / d z at z = 0 (outward normal -z)
//!
//! With s = z + 0.2: planar phi = cos(pi x) cosh(pi s) + 2; three dimensions cos(pi x) cos(pi y)
//! cosh(sqrt 2 pi s) + 2;
//! axial symmetry: the potential of a point charge on the axis below the body, 1/|x - x0|. The meshes
//! are bent, so that Jacobians vary.

use algebra::{Cholesky, NewtonParameters, newton};
use fem::quadrature::rule;
use fem::{
    Constraints, Field, Hypothesis, Law, Placement, Point, Real, Slot, Space, Support, System,
    Tables, Unknown,
};
use mesh::{CellKind, Mesh, brick};

const PI: f64 = std::f64::consts::PI;

/// A kind of cell in a symmetry, with the errors on a sequence of meshes.
#[derive(Clone, Debug)]
pub struct Rate {
    /// Kind of the cells.
    pub kind: CellKind,
    /// Reduction to the mesh.
    pub hypothesis: Hypothesis,
    /// Cells along an edge of the box, coarse to fine.
    pub sizes: Vec<usize>,
    /// L2 norm of the error of the potential on each mesh \[V m^(d/2)\].
    pub errors: Vec<f64>,
    /// L2 norm of the error of its gradient.
    pub gradient_errors: Vec<f64>,
}

impl Rate {
    /// Observed order of the potential between the two finest meshes.
    pub fn observed(&self) -> f64 {
        order(&self.sizes, &self.errors)
    }

    /// Observed order of the gradient.
    pub fn observed_gradient(&self) -> f64 {
        order(&self.sizes, &self.gradient_errors)
    }

    /// The order that theory gives the potential: that of the cells plus one.
    pub fn expected(&self) -> f64 {
        self.kind.order() as f64 + 1.0
    }
}

fn order(sizes: &[usize], errors: &[f64]) -> f64 {
    let n = errors.len();
    (errors[n - 2] / errors[n - 1]).ln() / (sizes[n - 1] as f64 / sizes[n - 2] as f64).ln()
}

/// Solves on a sequence of meshes.
pub fn measure(kind: CellKind, hypothesis: Hypothesis) -> Rate {
    let sizes = match (kind.dimension(), kind.order()) {
        (2, 1) => vec![16, 32],
        (2, _) => vec![8, 16],
        (_, 1) => vec![8, 16],
        _ => vec![5, 10],
    };
    let pairs: Vec<(f64, f64)> = sizes.iter().map(|&n| errors(kind, hypothesis, n)).collect();
    Rate {
        kind,
        hypothesis,
        sizes,
        errors: pairs.iter().map(|p| p.0).collect(),
        gradient_errors: pairs.iter().map(|p| p.1).collect(),
    }
}

/// Every kind of cell with the symmetries that it occurs in.
pub fn all() -> impl Iterator<Item = (CellKind, Hypothesis)> {
    CellKind::ALL.into_iter().flat_map(|kind| {
        let hypotheses: &[Hypothesis] = match kind.dimension() {
            2 => &[Hypothesis::Planar, Hypothesis::Axisymmetric],
            3 => &[Hypothesis::Spatial],
            _ => &[],
        };
        hypotheses.iter().map(move |&h| (kind, h))
    })
}

/// The potential \[V\] and its gradient.
fn exact(hypothesis: Hypothesis, [x, y, z]: [f64; 3]) -> (f64, [f64; 3]) {
    match hypothesis {
        Hypothesis::Axisymmetric => {
            let below = z + 0.7;
            let distance = (x * x + below * below).sqrt();
            let cube = distance.powi(3);
            (1.0 / distance, [-x / cube, 0.0, -below / cube])
        }
        Hypothesis::Planar => {
            let (s, c) = (PI * x).sin_cos();
            let (sh, ch) = ((PI * (z + 0.2)).sinh(), (PI * (z + 0.2)).cosh());
            (c * ch + 2.0, [-PI * s * ch, 0.0, PI * c * sh])
        }
        Hypothesis::Spatial => {
            let k = 2f64.sqrt() * PI;
            let ((sx, cx), (sy, cy)) = ((PI * x).sin_cos(), (PI * y).sin_cos());
            let (sh, ch) = ((k * (z + 0.2)).sinh(), (k * (z + 0.2)).cosh());
            (cx * cy * ch + 2.0, [-PI * sx * cy * ch, -PI * cx * sy * ch, k * cx * cy * sh])
        }
    }
}

/// The bent box: lower and left sides stay straight, as the axis must.
fn bend(x: [f64; 3], dimension: usize) -> [f64; 3] {
    let wave = 0.06 * (PI * x[0]).sin() * (PI * x[2]).sin();
    let (y, lift) = if dimension == 2 {
        (0.0, 0.0)
    } else {
        (x[1] + 0.5 * wave, 0.05 * (PI * x[1]).sin() * (PI * x[2]).sin())
    };
    [0.8 * x[0] + wave, y, 0.6 * x[2] + wave + lift]
}

struct Conductor;

impl Law for Conductor {
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

/// Kinetics with the exchange current density that the exact solution needs.
struct ManufacturedKinetics {
    hypothesis: Hypothesis,
}

impl Law for ManufacturedKinetics {
    fn slots(&self) -> &[Slot] {
        const { &[Slot::value(0)] }
    }
    fn evaluate<S: Real>(&self, point: &Point, u: &[S], r: &mut [S]) {
        let (phi, gradient) = exact(self.hypothesis, point.x);
        let flux: f64 = (0..3).map(|k| gradient[k] * point.normal[k]).sum();
        // The equation is r = -flux: i0 2 sinh(phi_h) with i0 = -flux / 2 sinh(phi), plus a stiff
        // part that vanishes at the solution and keeps the relation monotone where i0 < 0.
        let sinh = |x: S| x.exp() - (-x).exp();
        let i0 = -flux / (phi.exp() - (-phi).exp());
        let keep = if i0 < 0.0 { -2.0 * i0 } else { 0.0 };
        r[0] = sinh(u[0]) * (i0 + keep) - keep * (phi.exp() - (-phi).exp());
    }
}

/// L2 errors of the potential and of its gradient on the box with `n` cells along an edge.
fn errors(kind: CellKind, hypothesis: Hypothesis, n: usize) -> (f64, f64) {
    let dimension = kind.dimension();
    let mesh = brick(kind, n, |x| bend(x, dimension));
    let mut constraints = Constraints::default();
    let mut lower = 0;
    for (b, boundary) in mesh.boundaries.iter().enumerate() {
        if boundary.name == "z0" {
            lower = b;
        } else if !(hypothesis == Hypothesis::Axisymmetric && boundary.name == "x0") {
            for &node in boundary.facets.iter().flat_map(|f| &f.nodes) {
                let value = exact(hypothesis, mesh.points[node as usize]).0;
                constraints.fixed.push((Unknown::scalar(0, node), value));
            }
        }
    }
    let fields = vec![Field::scalar("potential")];
    let space = Space::new(fields, vec![], mesh.points.len(), &constraints)
        .expect("the exact solution has one value at a node");
    let placements = vec![
        Placement { term: Box::new(Conductor), support: Support::Region(0) },
        Placement {
            term: Box::new(ManufacturedKinetics { hypothesis }),
            support: Support::Boundary(lower),
        },
    ];
    let mut system = System::new(&mesh, hypothesis, space, placements, vec![]);
    let mut u = vec![0.0; system.space().free()];
    let parameters = NewtonParameters::default();
    let info = newton(&mut system, &mut Cholesky::default(), &mut u, &parameters, &mut |_| ())
        .expect("the problem is positive definite");
    assert!(info.converged, "{kind:?} {n}: {:?}", info.residuals);
    let values = system.space().nodal_values(0, &system.all_unknowns(&u));
    distance(&mesh, hypothesis, &values)
}

/// L2 norms of `values` minus the exact potential and of the difference of the gradients.
fn distance(mesh: &Mesh, hypothesis: Hypothesis, values: &[f64]) -> (f64, f64) {
    let (mut sum, mut gradient_sum) = (0.0, 0.0);
    for block in &mesh.blocks {
        let tables = Tables::new(block.kind, &rule(block.kind, 5));
        let n = block.kind.node_count();
        let mut gradients = vec![[0.0; 3]; n];
        for nodes in block.cells() {
            let x: Vec<[f64; 3]> = nodes.iter().map(|&i| mesh.points[i as usize]).collect();
            for q in 0..tables.len() {
                let position = tables.position(q, &x);
                let weight = tables.cell_gradients(q, &x, mesh.axes, &mut gradients)
                    * hypothesis.weight(position, mesh.axes);
                let (phi, gradient) = exact(hypothesis, position);
                let at = |i: usize| values[nodes[i] as usize];
                let value: f64 =
                    tables.values_at(q).iter().enumerate().map(|(i, s)| s * at(i)).sum();
                sum += weight * (value - phi).powi(2);
                for k in 0..3 {
                    let g: f64 = gradients.iter().enumerate().map(|(i, g)| g[k] * at(i)).sum();
                    gradient_sum += weight * (g - gradient[k]).powi(2);
                }
            }
        }
    }
    (sum.sqrt(), gradient_sum.sqrt())
}
