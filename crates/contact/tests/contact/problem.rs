//! A problem of elasticity put together by hand.

use contact::{Elastic, Reduction};
use fem::{Constraints, Field, Hypothesis, Placement, Space, Support, System, Term};
use mesh::Mesh;

pub struct Problem<'m> {
    pub mesh: &'m Mesh,
    pub hypothesis: Hypothesis,
    pub field: Field,
    pub placements: Vec<Placement>,
    pub constraints: Constraints,
}

impl<'m> Problem<'m> {
    pub fn new(mesh: &'m Mesh, hypothesis: Hypothesis) -> Self {
        let field = Field::vector("displacement", mesh);
        let mut constraints = Constraints::default();
        if hypothesis == Hypothesis::Axisymmetric {
            contact::support_axis(mesh, &field, &mut constraints);
        }
        Problem { mesh, hypothesis, field, placements: Vec::new(), constraints }
    }

    pub fn elastic(mut self, young: f64, poisson: f64) -> Self {
        for region in 0..self.mesh.regions.len() as u32 {
            let term = Elastic::new(young, poisson, Reduction::None).unwrap();
            self.placements.push(place(term, Support::Region(region)));
        }
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

    pub fn system(self) -> System<'m> {
        let nodes = self.mesh.points.len();
        let space = Space::new(vec![self.field], vec![], nodes, &self.constraints).unwrap();
        System::new(self.mesh, self.hypothesis, space, self.placements, vec![])
    }
}

fn place(term: impl Term + 'static, support: Support) -> Placement {
    Placement { term: Box::new(term), support }
}
