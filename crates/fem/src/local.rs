//! Terms on their own, outside of a system.

use crate::assembly::{Body, Placed, add_residual, assemble_linear};
use crate::placement::State;
use crate::{Hypothesis, Placement, Space};
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
    assemble_linear(Body { mesh, hypothesis, space }, &placed).into_linear()
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
