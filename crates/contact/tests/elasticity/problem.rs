//! A problem of elasticity put together by hand.

use algebra::{Cholesky, Equations, NewtonParameters, newton};
use contact::{DISPLACEMENT, Eigenstress, Elastic, Reduction};
use fem::{Constraints, Field, Hypothesis, Placement, Space, Support, System, Term, Unknown};
use mesh::Mesh;

pub struct Problem<'m> {
    pub mesh: &'m Mesh,
    pub hypothesis: Hypothesis,
    pub field: Field,
    pub placements: Vec<Placement>,
    pub constraints: Constraints,
    pub whole: Vec<String>,
    pub loads: Vec<(usize, f64)>,
}

impl<'m> Problem<'m> {
    pub fn new(mesh: &'m Mesh, hypothesis: Hypothesis) -> Self {
        let field = Field::vector("displacement", mesh);
        let mut constraints = Constraints::default();
        if hypothesis == Hypothesis::Axisymmetric {
            contact::support_axis(mesh, &field, &mut constraints);
        }
        Problem {
            mesh,
            hypothesis,
            field,
            placements: Vec::new(),
            constraints,
            whole: Vec::new(),
            loads: Vec::new(),
        }
    }

    pub fn elastic(mut self, young: f64, poisson: f64) -> Self {
        for region in 0..self.mesh.regions.len() as u32 {
            let term = Elastic::new(young, poisson, Reduction::None).unwrap();
            self.placements.push(place(term, Support::Region(region)));
        }
        self
    }

    /// Lets a region swell freely by `volumetric`.
    pub fn swell(mut self, region: u32, young: f64, poisson: f64, volumetric: f64) -> Self {
        let elastic = Elastic::new(young, poisson, Reduction::None).unwrap();
        let term = Eigenstress::new(elastic, volumetric / 3.0);
        self.placements.push(place(term, Support::Region(region)));
        self
    }

    pub fn on(mut self, boundary: &str, term: impl Term + 'static) -> Self {
        let b = self.mesh.boundaries.iter().position(|b| b.name == boundary).unwrap();
        self.placements.push(place(term, Support::Boundary(b)));
        self
    }

    pub fn roller(mut self, boundary: &str) -> Self {
        let boundary = self.mesh.boundary(boundary).unwrap();
        contact::roller(self.mesh, &self.field, boundary, &mut self.constraints).unwrap();
        self
    }

    pub fn fix_node(&mut self, node: u32, value: [f64; 3]) {
        for (component, &axis) in self.field.axes.iter().enumerate() {
            let unknown = Unknown::Node { field: DISPLACEMENT, node, component };
            self.constraints.fixed.retain(|(other, _)| *other != unknown);
            self.constraints.fixed.push((unknown, value[axis]));
        }
    }

    pub fn system(self) -> System<'m> {
        let nodes = self.mesh.points.len();
        let space = Space::new(vec![self.field], self.whole, nodes, &self.constraints).unwrap();
        System::new(self.mesh, self.hypothesis, space, self.placements, self.loads)
    }

    pub fn solve(self) -> (System<'m>, Vec<f64>) {
        let mut system = self.system();
        let mut u = vec![0.0; system.len()];
        let parameters = NewtonParameters::default();
        let info =
            newton(&mut system, &mut Cholesky::new(), &mut u, &parameters, &mut |_, _| ()).unwrap();
        assert!(info.converged, "{info:?}");
        (system, u)
    }
}

pub fn place(term: impl Term + 'static, support: Support) -> Placement {
    Placement { term: Box::new(term), support }
}

/// The node at `x`.
pub fn node_at(mesh: &Mesh, x: [f64; 3]) -> usize {
    let distance = |p: &[f64; 3]| (0..3).map(|k| (p[k] - x[k]).powi(2)).sum::<f64>();
    let nearest =
        mesh.points.iter().enumerate().min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)));
    let (node, p) = nearest.unwrap();
    assert!(distance(p).sqrt() < 1e-9, "no node at {x:?}");
    node
}
