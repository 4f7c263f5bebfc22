//! Placed terms element by element, for those who add them up in their own way.

use crate::assembly::{Body, Placed, add_residual, assemble_linear};
use crate::placement::{Kernel, State};
use crate::{At, Hypothesis, Of, Placement, Point, Space, System, Term};
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

/// What a term on facets reads at its points of quadrature, as a table: number j at point q is the sum of
/// shape functions times unknowns. It depends on the mesh and the numbering, not on the values of the law.
pub(crate) struct Table {
    points: Vec<Point>,
    weights: Vec<f64>,
    /// For each point and number where its entries begin.
    start: Vec<u32>,
    dofs: Vec<u32>,
    shape: Vec<f64>,
}

impl Table {
    fn new(body: Body<'_>, placed: &Placed<'_>) -> Table {
        let slots = placed.term.slots();
        let plain = slots.iter().all(|s| s.of == Of::Value && s.components == 1);
        assert!(plain, "a table holds values of scalars");
        let (points, weights) = Default::default();
        let mut table = Table { points, weights, start: vec![0], dofs: vec![], shape: vec![] };
        for batch in &placed.batches {
            let mut kernel = Kernel::new(body, &*placed.term, batch);
            let mut dofs = vec![0; batch.width(slots, body.space)];
            for element in 0..batch.len() {
                batch.dofs(slots, body.space, element, &mut dofs);
                for (q, (point, weight)) in kernel.reached(element).enumerate() {
                    table.points.push(point);
                    table.weights.push(weight);
                    let mut dofs = dofs.iter();
                    for slot in slots {
                        let values = match slot.at {
                            At::Whole => &[1.0][..],
                            _ => batch.values_at(q),
                        };
                        table.dofs.extend(dofs.by_ref().take(values.len()));
                        table.shape.extend(values);
                        table.start.push(table.dofs.len() as u32);
                    }
                }
            }
        }
        table
    }

    /// Unknowns and shape functions of number `k`, counted through all points.
    #[inline]
    fn entries(&self, k: usize) -> impl Iterator<Item = (u32, f64)> {
        let range = self.start[k] as usize..self.start[k + 1] as usize;
        self.dofs[range.clone()].iter().copied().zip(self.shape[range].iter().copied())
    }
}

/// One term of a system on facets, to be evaluated again and again on one thread.
pub struct SurfaceTerm<'a> {
    term: &'a dyn Term,
    table: &'a Table,
    rest: &'a [f64],
    /// What is read at all points, the coefficients there, and their derivatives.
    numbers: Vec<f64>,
    coefficients: Vec<f64>,
    derivatives: Vec<f64>,
}

impl System<'_> {
    /// The term placed as number `placement`.
    ///
    /// # Panics
    /// When it reads other things than values of scalars, or does not lie on facets.
    pub fn surface_term(&self, placement: usize) -> SurfaceTerm<'_> {
        let (body, placed) = (self.body(), self.placed(placement));
        let table = placed.table.get_or_init(|| Table::new(body, placed));
        let count = table.start.len() - 1;
        let width = placed.term.slots().len();
        SurfaceTerm {
            term: &*placed.term,
            table,
            rest: self.rest(),
            numbers: vec![0.0; count],
            coefficients: vec![0.0; count],
            derivatives: vec![0.0; count * width],
        }
    }
}

impl SurfaceTerm<'_> {
    /// The unknowns below `free` that the term reads, rising.
    pub fn dofs_below(&self, free: usize) -> Vec<u32> {
        let mut all: Vec<u32> =
            self.table.dofs.iter().copied().filter(|&dof| (dof as usize) < free).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn read(&mut self, deviations: &[f64]) {
        for (k, number) in self.numbers.iter_mut().enumerate() {
            let unknown = |dof: u32| deviations[dof as usize] + self.rest[dof as usize];
            *number = self.table.entries(k).map(|(dof, shape)| shape * unknown(dof)).sum();
        }
    }

    /// The term's coefficients at `deviations` (all unknowns), point after point.
    fn evaluate(&mut self, deviations: &[f64]) {
        self.read(deviations);
        self.term.residual(&self.table.points, &self.numbers, &mut self.coefficients);
    }

    /// Calls `add` with unknowns and what the term adds to the residual of each at `deviations` (all
    /// unknowns); an unknown may come several times.
    pub fn residual(&mut self, deviations: &[f64], mut add: impl FnMut(u32, f64)) {
        self.evaluate(deviations);
        let width = self.term.slots().len();
        for (k, r) in self.coefficients.iter().enumerate() {
            let r = self.table.weights[k / width] * r;
            self.table.entries(k).for_each(|(dof, shape)| add(dof, shape * r));
        }
    }

    /// The same for the tangent: the unknowns of row and column, and the part.
    pub fn tangent(&mut self, deviations: &[f64], mut add: impl FnMut(u32, u32, f64)) {
        self.read(deviations);
        self.term.tangent(&self.table.points, &self.numbers, &mut self.derivatives);
        let width = self.term.slots().len();
        let rows = self.derivatives.chunks_exact(width.max(1)).enumerate();
        for (row, derivatives) in rows {
            let point = row / width;
            for (i, shape) in self.table.entries(row) {
                let factor = self.table.weights[point] * shape;
                for (k, t) in derivatives.iter().enumerate().filter(|(_, t)| **t != 0.0) {
                    let columns = self.table.entries(point * width + k);
                    columns.for_each(|(j, shape)| add(i, j, factor * t * shape));
                }
            }
        }
    }

    /// The weight of each point of quadrature and the first coefficient of the term there, at
    /// `deviations` (all unknowns).
    pub fn at_points(&mut self, deviations: &[f64]) -> Vec<(f64, f64)> {
        self.evaluate(deviations);
        let first = self.coefficients.iter().step_by(self.term.slots().len()).copied();
        self.table.weights.iter().copied().zip(first).collect()
    }
}
