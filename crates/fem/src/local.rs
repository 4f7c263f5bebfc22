//! Placed terms element by element, for those who add them up in their own way.

use crate::assembly::{Body, Placed, add_residual, assemble_linear};
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

/// The vector of a term that reads nothing, such as a given current: one number for each unknown.
pub fn load_vector(
    mesh: &Mesh,
    hypothesis: Hypothesis,
    space: &Space,
    placement: Placement,
) -> Vec<f64> {
    let placed = Placed::new(mesh, hypothesis, placement);
    let zeros = vec![0.0; space.total()];
    let mut out = zeros.clone();
    let state = State { deviations: &zeros, rest: &zeros };
    add_residual(Body { mesh, hypothesis, space }, &placed, state, &mut out);
    out
}

/// The elements of one term of a system, to be evaluated again and again on one thread.
pub struct Elements<'a> {
    rest: &'a [f64],
    batches: Vec<(Kernel<'a>, Vec<u32>, usize)>,
    part: Vec<f64>,
}

impl System<'_> {
    /// The elements of the term placed as number `placement`.
    pub fn elements(&self, placement: usize) -> Elements<'_> {
        let (body, placed) = (self.body(), self.placed(placement));
        let slots = placed.term.slots();
        let batch = |batch| {
            let mut kernel = Kernel::new(body, &*placed.term, batch);
            kernel.remember();
            let width = batch.width(slots, body.space).max(1);
            let mut dofs = vec![0; batch.len() * width];
            for (element, dofs) in dofs.chunks_exact_mut(width).enumerate() {
                batch.dofs(slots, body.space, element, dofs);
            }
            (kernel, dofs, width)
        };
        let batches = placed.batches.iter().map(batch).collect();
        Elements { rest: self.rest(), batches, part: Vec::new() }
    }
}

impl Elements<'_> {
    /// The unknowns below `free` that the term reads, rising.
    pub fn dofs_below(&self, free: usize) -> Vec<u32> {
        let all = self.batches.iter().flat_map(|(_, dofs, _)| dofs);
        let mut all: Vec<u32> = all.copied().filter(|&dof| (dof as usize) < free).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Calls `visit` with the unknowns of each element and with its part of the residual at `deviations`
    /// (all unknowns), one number for each.
    pub fn each_residual(&mut self, deviations: &[f64], mut visit: impl FnMut(&[u32], &[f64])) {
        let state = State { deviations, rest: self.rest };
        for (kernel, dofs, width) in &mut self.batches {
            self.part.resize(*width, 0.0);
            for (element, dofs) in dofs.chunks_exact(*width).enumerate() {
                kernel.residual(element, state, &mut self.part);
                visit(dofs, &self.part);
            }
        }
    }

    /// The same for the tangent, row after row.
    pub fn each_tangent(&mut self, deviations: &[f64], mut visit: impl FnMut(&[u32], &[f64])) {
        let state = State { deviations, rest: self.rest };
        for (kernel, dofs, width) in &mut self.batches {
            self.part.resize(*width * *width, 0.0);
            for (element, dofs) in dofs.chunks_exact(*width).enumerate() {
                kernel.tangent(element, state, &mut self.part);
                visit(dofs, &self.part);
            }
        }
    }

    /// Calls `visit` with the weight of each point of quadrature and the term's coefficients there, at
    /// `deviations` (all unknowns).
    pub fn each_point(&mut self, deviations: &[f64], mut visit: impl FnMut(f64, &[f64])) {
        let state = State { deviations, rest: self.rest };
        for (kernel, dofs, width) in &mut self.batches {
            for element in 0..dofs.len() / *width {
                let (coefficients, weights) = kernel.coefficients(element, state);
                let count = coefficients.len() / weights.len().max(1);
                let points = weights.iter().zip(coefficients.chunks_exact(count.max(1)));
                points.for_each(|(&weight, coefficients)| visit(weight, coefficients));
            }
        }
    }
}
