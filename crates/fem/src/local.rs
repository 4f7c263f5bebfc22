//! Placed terms element by element, for those who add them up in their own way.

use crate::assembly::{Body, Placed, assemble_linear};
use crate::placement::{Kernel, State};
use crate::{Hypothesis, Placement, Space, System};
use algebra::Csr;
use mesh::Mesh;

/// The matrix of linear terms: free rows and columns, and free rows and prescribed columns (none when
/// all of them are zero).
pub fn linear_matrix(
    mesh: &Mesh,
    hypothesis: Hypothesis,
    space: &Space,
    placements: Vec<Placement>,
) -> (Csr, Option<Csr>) {
    let place = |placement| Placed::new(mesh, hypothesis, placement);
    let placed: Vec<Placed<'_>> = placements.into_iter().map(place).collect();
    let zeros = vec![0.0; space.total()];
    let state = State { deviations: &zeros, rest: &zeros };
    assemble_linear(Body { mesh, hypothesis, space }, &placed, state).into_linear()
}

impl System<'_> {
    /// The free unknowns that the term placed as number `placement` reads, rising.
    pub fn free_dofs_of(&self, placement: usize) -> Vec<u32> {
        let mut all = Vec::new();
        self.each_element(placement, |_, dofs| {
            all.extend(dofs.iter().filter(|&&dof| (dof as usize) < self.space().free()));
        });
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Calls `visit` with the unknowns of each element of the term placed as number `placement`, and
    /// with its part of the residual at `deviations` (all unknowns), one number for each.
    pub fn each_residual(
        &self,
        placement: usize,
        deviations: &[f64],
        mut visit: impl FnMut(&[u32], &[f64]),
    ) {
        let (state, mut part) = (self.state(deviations), Vec::new());
        self.each_kernel(placement, |kernel, element, dofs| {
            part.resize(dofs.len(), 0.0);
            kernel.residual(element, state, &mut part);
            visit(dofs, &part);
        });
    }

    /// The same for the tangent, row after row.
    pub fn each_tangent(
        &self,
        placement: usize,
        deviations: &[f64],
        mut visit: impl FnMut(&[u32], &[f64]),
    ) {
        let (state, mut part) = (self.state(deviations), Vec::new());
        self.each_kernel(placement, |kernel, element, dofs| {
            part.resize(dofs.len() * dofs.len(), 0.0);
            kernel.tangent(element, state, &mut part);
            visit(dofs, &part);
        });
    }

    fn each_kernel(&self, placement: usize, mut f: impl FnMut(&mut Kernel<'_>, usize, &[u32])) {
        let (body, placed) = (self.body(), self.placed(placement));
        let slots = placed.term.slots();
        for batch in &placed.batches {
            let mut kernel = Kernel::new(body, &*placed.term, batch);
            let mut dofs = vec![0; batch.width(slots, body.space)];
            for element in 0..batch.len() {
                batch.dofs(slots, body.space, element, &mut dofs);
                f(&mut kernel, element, &dofs);
            }
        }
    }

    fn each_element(&self, placement: usize, mut f: impl FnMut(usize, &[u32])) {
        self.each_kernel(placement, |_, element, dofs| f(element, dofs));
    }
}
