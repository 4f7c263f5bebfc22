//! A problem of elasticity put together law by law.

use algebra::{Cholesky, Equations, LinearSolver, NewtonParameters, newton};
use contact::unilateral::{ContactSurface, Outcome, solve};
use contact::{DISPLACEMENT, Elastic, Platen, Reduction, support_axis};
use fem::{Constraints, Field, Hypothesis, Placement, Space, Support, System, Term, Unknown};
use mesh::Mesh;
use std::fmt::Display;

/// Most steps of the active set.
const STEPS: usize = 50;

/// A mesh with its laws, supports and loads.
pub(super) struct Elasticity<'m> {
    pub mesh: &'m Mesh,
    hypothesis: Hypothesis,
    field: Field,
    placements: Vec<Placement>,
    constraints: Constraints,
    whole: Vec<String>,
    loads: Vec<(usize, f64)>,
}

/// An error as the table shows it.
pub(super) fn text(error: impl Display) -> String {
    error.to_string()
}

/// The number of the boundary called `name`.
pub(super) fn boundary(mesh: &Mesh, name: &str) -> Result<usize, String> {
    let found = mesh.boundaries.iter().position(|b| b.name == name);
    found.ok_or_else(|| format!("the mesh has no boundary {name}"))
}

/// The node at `x`, to a billionth of the size of the mesh.
pub(super) fn node_at(mesh: &Mesh, x: [f64; 3]) -> Result<usize, String> {
    let size = mesh.points.iter().flatten().fold(0.0, |size: f64, x| size.max(x.abs()));
    let near = |p: &[f64; 3]| (0..3).all(|k| (p[k] - x[k]).abs() < 1e-9 * size);
    mesh.points.iter().position(near).ok_or_else(|| format!("no node at {x:?}"))
}

impl<'m> Elasticity<'m> {
    /// Without any law yet. In axial symmetry the axis is held.
    pub fn new(mesh: &'m Mesh, hypothesis: Hypothesis) -> Self {
        let field = Field::vector("displacement", mesh);
        let mut constraints = Constraints::default();
        if hypothesis == Hypothesis::Axisymmetric {
            support_axis(mesh, &field, &mut constraints);
        }
        let (placements, whole, loads) = (Vec::new(), Vec::new(), Vec::new());
        Elasticity { mesh, hypothesis, field, placements, constraints, whole, loads }
    }

    /// Every region of one material.
    pub fn material(
        mut self,
        young: f64,
        poisson: f64,
        reduction: Reduction,
    ) -> Result<Self, String> {
        for region in 0..self.mesh.regions.len() as u32 {
            let term = Elastic::new(young, poisson, reduction).map_err(text)?;
            self.placements
                .push(Placement { term: Box::new(term), support: Support::Region(region) });
        }
        Ok(self)
    }

    /// A law of a region.
    pub fn within(mut self, region: u32, term: impl Term + 'static) -> Self {
        self.placements.push(Placement { term: Box::new(term), support: Support::Region(region) });
        self
    }

    /// A law on a boundary.
    pub fn on(mut self, name: &str, term: impl Term + 'static) -> Result<Self, String> {
        let support = Support::Boundary(boundary(self.mesh, name)?);
        self.placements.push(Placement { term: Box::new(term), support });
        Ok(self)
    }

    /// Boundaries that slide but do not leave their planes.
    pub fn rollers(mut self, names: &[&str]) -> Result<Self, String> {
        for name in names {
            let boundary = &self.mesh.boundaries[boundary(self.mesh, name)?];
            contact::roller(self.mesh, &self.field, boundary, &mut self.constraints)
                .map_err(text)?;
        }
        Ok(self)
    }

    /// A boundary held along `axes`.
    pub fn fixed(mut self, name: &str, axes: &[usize]) -> Result<Self, String> {
        let boundary = &self.mesh.boundaries[boundary(self.mesh, name)?];
        contact::fix(&self.field, boundary, axes, &mut self.constraints);
        Ok(self)
    }

    /// Nodes moved to a given displacement.
    pub fn moved(
        mut self,
        nodes: impl IntoIterator<Item = u32>,
        displacement: impl Fn([f64; 3]) -> [f64; 3],
    ) -> Self {
        for node in nodes {
            let value = displacement(self.mesh.points[node as usize]);
            for (component, &axis) in self.field.axes.iter().enumerate() {
                let unknown = Unknown::Node { field: DISPLACEMENT, node, component };
                self.constraints.fixed.retain(|(other, _)| *other != unknown);
                self.constraints.fixed.push((unknown, value[axis]));
            }
        }
        self
    }

    /// A rigid platen that presses a boundary with a force on what is meshed.
    pub fn platen(mut self, name: &str, force: f64) -> Result<Self, String> {
        let boundary = &self.mesh.boundaries[boundary(self.mesh, name)?];
        let (whole, given) = (self.whole.len(), Platen::Force(force));
        self.whole.push("platen".to_owned());
        let constraints = &mut self.constraints;
        let load = contact::platen(self.mesh, &self.field, boundary, given, whole, constraints);
        self.loads.extend(load.map_err(text)?);
        Ok(self)
    }

    /// The equations.
    pub fn system(self) -> Result<System<'m>, String> {
        let nodes = self.mesh.points.len();
        let space =
            Space::new(vec![self.field], self.whole, nodes, &self.constraints).map_err(text)?;
        Ok(System::new(self.mesh, self.hypothesis, space, self.placements, self.loads))
    }

    /// The equations and their solution.
    pub fn solve(self) -> Result<(System<'m>, Vec<f64>), String> {
        let mut system = self.system()?;
        let mut u = vec![0.0; system.len()];
        let parameters = NewtonParameters::default();
        let info = newton(&mut system, &mut Cholesky::new(), &mut u, &parameters, &mut |_| ())
            .map_err(text)?;
        if !info.converged {
            return Err(format!("no convergence: residuals {:?}", info.residuals));
        }
        Ok((system, u))
    }

    /// The equations and their solution with contact.
    pub fn touch(self, surfaces: &[ContactSurface]) -> Result<(System<'m>, Outcome), String> {
        self.touch_with(surfaces, &mut Cholesky::new())
    }

    /// The same with a solver of one's choice.
    pub fn touch_with(
        self,
        surfaces: &[ContactSurface],
        solver: &mut dyn LinearSolver,
    ) -> Result<(System<'m>, Outcome), String> {
        let mut system = self.system()?;
        let outcome = solve(&mut system, surfaces, solver, STEPS).map_err(text)?;
        if !outcome.converged {
            return Err(format!("the active set still changes: {:?}", outcome.exchanged));
        }
        Ok((system, outcome))
    }
}
