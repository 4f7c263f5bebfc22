//! A law placed on a part of the mesh, and its elements.

use crate::geometry::{Hypothesis, Tables};
use crate::quadrature::{cell_rule, facet_rule};
use crate::{At, Of, Point, Slot, Space, Term};
use mesh::{CellKind, Mesh};

/// The part of the mesh that a term is integrated over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// The cells of a region, by index.
    Region(u32),
    /// The facets of a boundary, by index.
    Boundary(usize),
    /// The paired facets of an interface, by index.
    Interface(usize),
}

/// A term and where it acts.
pub struct Placement {
    /// The term.
    pub term: Box<dyn Term>,
    /// Its support.
    pub support: Support,
}

/// Elements of one kind: cells, facets, or pairs of facets.
pub(crate) struct Batch<'m> {
    kind: CellKind,
    here: &'m [u32],
    across: &'m [u32],
    tables: Tables,
    is_facet: bool,
}

impl<'m> Batch<'m> {
    /// The elements of `support`.
    pub(crate) fn all(mesh: &'m Mesh, support: Support) -> Vec<Batch<'m>> {
        let facet = |kind: CellKind, here, across| Batch {
            kind,
            here,
            across,
            tables: Tables::new(kind, &facet_rule(kind)),
            is_facet: true,
        };
        match support {
            Support::Region(region) => mesh
                .blocks
                .iter()
                .filter(|block| block.region == region)
                .map(|block| Batch {
                    kind: block.kind,
                    here: &block.nodes,
                    across: &[],
                    tables: Tables::new(block.kind, &cell_rule(block.kind)),
                    is_facet: false,
                })
                .collect(),
            Support::Boundary(b) => mesh.boundaries[b]
                .facets
                .iter()
                .map(|block| facet(block.kind, &block.nodes[..], &[][..]))
                .collect(),
            Support::Interface(i) => {
                let [here, across] = &mesh.interfaces[i].sides;
                here.iter()
                    .zip(across)
                    .map(|(h, a)| facet(h.kind, &h.nodes[..], &a.nodes[..]))
                    .collect()
            }
        }
    }

    /// Number of elements.
    pub(crate) fn len(&self) -> usize {
        self.here.len() / self.kind.node_count()
    }

    fn nodes<'a>(&self, all: &'a [u32], element: usize) -> &'a [u32] {
        let n = self.kind.node_count();
        &all[element * n..(element + 1) * n]
    }

    /// How many unknowns an element has under these slots.
    pub(crate) fn width(&self, slots: &[Slot]) -> usize {
        slots.iter().map(|s| self.slot_width(s)).sum()
    }

    fn slot_width(&self, slot: &Slot) -> usize {
        if slot.at == At::Whole { 1 } else { self.kind.node_count() }
    }

    /// Numbers of the element's unknowns, slot after slot.
    pub(crate) fn dofs(&self, slots: &[Slot], space: &Space, element: usize, out: &mut Vec<u32>) {
        out.clear();
        for slot in slots {
            match slot.at {
                At::Whole => out.push(space.whole_dof(slot.field)),
                At::Here => out.extend(
                    self.nodes(self.here, element).iter().map(|&n| space.dof(slot.field, n)),
                ),
                At::Across => out.extend(
                    self.nodes(self.across, element).iter().map(|&n| space.dof(slot.field, n)),
                ),
            }
        }
    }
}

/// Evaluates the elements of a batch; holds the arrays that each evaluation needs.
pub(crate) struct Kernel<'a> {
    mesh: &'a Mesh,
    hypothesis: Hypothesis,
    term: &'a dyn Term,
    batch: &'a Batch<'a>,
    numbers: usize,
    x: Vec<[f64; 3]>,
    gradients: Vec<[f64; 3]>,
    weights: Vec<f64>,
    points: Vec<Point>,
    u: Vec<f64>,
    r: Vec<f64>,
    t: Vec<f64>,
    dofs: Vec<u32>,
}

impl<'a> Kernel<'a> {
    pub(crate) fn new(
        mesh: &'a Mesh,
        hypothesis: Hypothesis,
        term: &'a dyn Term,
        batch: &'a Batch<'a>,
    ) -> Self {
        let (q, nodes) = (batch.tables.len(), batch.kind.node_count());
        let numbers = crate::width(term.slots());
        Kernel {
            mesh,
            hypothesis,
            term,
            batch,
            numbers,
            x: vec![[0.0; 3]; nodes],
            gradients: vec![[0.0; 3]; q * nodes],
            weights: vec![0.0; q],
            points: vec![Point::default(); q],
            u: vec![0.0; q * numbers],
            r: vec![0.0; q * numbers],
            t: vec![0.0; q * numbers * numbers],
            dofs: Vec::new(),
        }
    }

    /// The element's part of the residual at the unknowns `all`; one number per local unknown.
    pub(crate) fn residual(&mut self, space: &Space, element: usize, all: &[f64], out: &mut [f64]) {
        self.reach(element);
        self.interpolate(space, element, all);
        self.term.residual(&self.points, &self.u, &mut self.r);
        out.fill(0.0);
        let n = self.numbers;
        for (q, &w) in self.weights.iter().enumerate() {
            let r = &self.r[q * n..(q + 1) * n];
            self.each_slot(q, |number, dof, shape| match shape {
                Shape::Whole => out[dof] += w * r[number],
                Shape::Values(values) => {
                    for (out, v) in out[dof..].iter_mut().zip(values) {
                        *out += w * r[number] * v;
                    }
                }
                Shape::Gradients(gradients) => {
                    for (out, g) in out[dof..].iter_mut().zip(gradients) {
                        *out +=
                            w * (r[number] * g[0] + r[number + 1] * g[1] + r[number + 2] * g[2]);
                    }
                }
            });
        }
    }

    /// The element's part of the tangent at the unknowns `all`, row by row; `width` numbers a row.
    pub(crate) fn tangent(&mut self, space: &Space, element: usize, all: &[f64], out: &mut [f64]) {
        self.reach(element);
        self.interpolate(space, element, all);
        self.term.tangent(&self.points, &self.u, &mut self.t);
        out.fill(0.0);
        let n = self.numbers;
        let width = self.batch.width(self.term.slots());
        let mut row = vec![0.0; width];
        for (q, &w) in self.weights.iter().enumerate() {
            let t = &self.t[q * n * n..(q + 1) * n * n];
            self.each_slot(q, |number, dof, test| {
                for component in 0..test.numbers() {
                    // d r_number / d (unknown), by the chain rule through what the slots read.
                    row.fill(0.0);
                    let t = &t[(number + component) * n..(number + component + 1) * n];
                    self.each_slot(q, |number, dof, trial| {
                        trial.add_to(&mut row[dof..], &t[number..], w);
                    });
                    test.each(component, |k, value| {
                        let out = &mut out[(dof + k) * width..(dof + k + 1) * width];
                        for (out, r) in out.iter_mut().zip(&row) {
                            *out += value * r;
                        }
                    });
                }
            });
        }
    }

    /// Positions, weights and gradients at the points of an element.
    fn reach(&mut self, element: usize) {
        let batch = self.batch;
        for (x, &n) in self.x.iter_mut().zip(batch.nodes(batch.here, element)) {
            *x = self.mesh.points[n as usize];
        }
        let (axes, nodes) = (self.mesh.axes, batch.kind.node_count());
        for q in 0..batch.tables.len() {
            let x = batch.tables.position(q, &self.x);
            let (normal, weight) = if batch.is_facet {
                batch.tables.facet_normal(q, &self.x, axes)
            } else {
                let gradients = &mut self.gradients[q * nodes..(q + 1) * nodes];
                ([0.0; 3], batch.tables.cell_gradients(q, &self.x, axes, gradients))
            };
            self.points[q] = Point { x, normal };
            self.weights[q] = weight * self.hypothesis.weight(x, axes);
        }
    }

    /// What the slots read at the points of an element.
    fn interpolate(&mut self, space: &Space, element: usize, all: &[f64]) {
        let mut dofs = std::mem::take(&mut self.dofs);
        self.batch.dofs(self.term.slots(), space, element, &mut dofs);
        let mut u = std::mem::take(&mut self.u);
        u.fill(0.0);
        for q in 0..self.weights.len() {
            let u = &mut u[q * self.numbers..(q + 1) * self.numbers];
            self.each_slot(q, |number, dof, shape| {
                // A gradient does not see a constant; taking it away first keeps its digits.
                let constant = match shape {
                    Shape::Gradients(_) => all[dofs[dof] as usize],
                    _ => 0.0,
                };
                for component in 0..shape.numbers() {
                    let mut sum = 0.0;
                    shape.each(component, |k, value| {
                        sum += value * (all[dofs[dof + k] as usize] - constant);
                    });
                    u[number + component] = sum;
                }
            });
        }
        self.u = u;
        self.dofs = dofs;
    }

    /// Calls `f` with the first number, the first local unknown and the shape functions of each slot.
    fn each_slot(&self, q: usize, mut f: impl FnMut(usize, usize, Shape<'_>)) {
        let nodes = self.batch.kind.node_count();
        let (mut number, mut dof) = (0, 0);
        for slot in self.term.slots() {
            let shape = match (slot.at, slot.of) {
                (At::Whole, _) => Shape::Whole,
                (_, Of::Value) => Shape::Values(self.batch.tables.values_at(q)),
                (_, Of::Gradient) => Shape::Gradients(&self.gradients[q * nodes..(q + 1) * nodes]),
            };
            f(number, dof, shape);
            number += shape.numbers();
            dof += self.batch.slot_width(slot);
        }
    }
}

/// How the unknowns of a slot make up what it reads at a point.
#[derive(Clone, Copy)]
enum Shape<'a> {
    Whole,
    Values(&'a [f64]),
    Gradients(&'a [[f64; 3]]),
}

impl Shape<'_> {
    /// How many numbers the slot reads.
    fn numbers(&self) -> usize {
        if matches!(self, Shape::Gradients(_)) { 3 } else { 1 }
    }

    /// The coefficient of each unknown in number `component`.
    fn each(&self, component: usize, mut f: impl FnMut(usize, f64)) {
        match self {
            Shape::Whole => f(0, 1.0),
            Shape::Values(values) => values.iter().enumerate().for_each(|(k, &v)| f(k, v)),
            Shape::Gradients(g) => g.iter().enumerate().for_each(|(k, g)| f(k, g[component])),
        }
    }

    /// Adds w times the derivatives `t` of one coefficient to the unknowns of the slot.
    fn add_to(&self, row: &mut [f64], t: &[f64], w: f64) {
        match self {
            Shape::Whole => row[0] += w * t[0],
            Shape::Values(values) => {
                for (r, v) in row.iter_mut().zip(*values) {
                    *r += w * t[0] * v;
                }
            }
            Shape::Gradients(gradients) => {
                for (r, g) in row.iter_mut().zip(*gradients) {
                    *r += w * (t[0] * g[0] + t[1] * g[1] + t[2] * g[2]);
                }
            }
        }
    }
}
