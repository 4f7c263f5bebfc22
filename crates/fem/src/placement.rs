//! A law placed on a part of the mesh, and its elements.

use crate::affine::Affine;
use crate::assembly::Body;
use crate::dilatation::Dilatation;
use crate::geometry::{Hypothesis, Tables};
use crate::quadrature::{Rule, cell_rule, facet_rule, rule};
use crate::shape::Shape;
use crate::values::Values;
use crate::{At, Of, Point, Slot, Space, Term};
use algebra::{Wide, with_wide_registers};
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
    rule: Rule,
    tables: Tables,
    is_facet: bool,
}

/// True where a slot reads u_r / r, which needs the degree of quadrature of a value.
fn reads_hoop(slot: &Slot, hypothesis: Hypothesis) -> bool {
    slot.components == 3 && slot.of != Of::Value && hypothesis == Hypothesis::Axisymmetric
}

impl<'m> Batch<'m> {
    /// The elements of `support` for a law with these slots.
    pub(crate) fn all(
        mesh: &'m Mesh,
        hypothesis: Hypothesis,
        slots: &[Slot],
        support: Support,
    ) -> Vec<Batch<'m>> {
        let new = |kind: CellKind, here, across, rule: Rule, is_facet| {
            let tables = Tables::new(kind, &rule);
            Batch { kind, here, across, rule, tables, is_facet }
        };
        let facet = |kind, here, across| new(kind, here, across, facet_rule(kind), true);
        let has_hoop = slots.iter().any(|s| reads_hoop(s, hypothesis));
        let cell = |kind: CellKind, here| {
            let rule = if has_hoop { rule(kind, 2 * kind.order()) } else { cell_rule(kind) };
            new(kind, here, &[][..], rule, false)
        };
        match support {
            Support::Region(region) => mesh
                .blocks
                .iter()
                .filter(|block| block.region == region)
                .map(|block| cell(block.kind, &block.nodes[..]))
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

    /// Kind of the elements.
    pub(crate) fn kind(&self) -> CellKind {
        self.kind
    }

    /// Its points of quadrature.
    pub(crate) fn rule(&self) -> &Rule {
        &self.rule
    }

    /// The shape functions at a point of quadrature.
    pub(crate) fn values_at(&self, q: usize) -> &[f64] {
        self.tables.values_at(q)
    }

    /// The nodes of an element; on an interface, those of the first side.
    pub(crate) fn nodes_of(&self, element: usize) -> &[u32] {
        self.nodes(self.here, element)
    }

    /// The nodes of all elements; on an interface, those of the first side.
    pub(crate) fn all_nodes(&self) -> &[u32] {
        self.here
    }

    fn nodes<'a>(&self, all: &'a [u32], element: usize) -> &'a [u32] {
        let n = self.kind.node_count();
        &all[element * n..(element + 1) * n]
    }

    /// How many unknowns an element has under these slots.
    pub(crate) fn width(&self, slots: &[Slot], space: &Space) -> usize {
        slots.iter().map(|s| self.slot_width(s, space)).sum()
    }

    fn slot_width(&self, slot: &Slot, space: &Space) -> usize {
        match slot.at {
            At::Whole => 1,
            _ => space.fields()[slot.field].components() * self.kind.node_count(),
        }
    }

    /// Numbers of the element's unknowns, slot after slot, component after component.
    pub(crate) fn each_dof(
        &self,
        slots: &[Slot],
        space: &Space,
        element: usize,
        mut f: impl FnMut(u32),
    ) {
        for slot in slots {
            let nodes = match slot.at {
                At::Whole => {
                    f(space.whole_dof(slot.field));
                    continue;
                }
                At::Here => self.nodes(self.here, element),
                At::Across => self.nodes(self.across, element),
            };
            let (dofs, components) =
                (space.field_dofs(slot.field), space.fields()[slot.field].components());
            for component in 0..components {
                nodes.iter().for_each(|&node| f(dofs[node as usize * components + component]));
            }
        }
    }

    /// The same into `out`, which has [`Batch::width`] places.
    pub(crate) fn dofs(&self, slots: &[Slot], space: &Space, element: usize, out: &mut [u32]) {
        let mut out = out.iter_mut();
        self.each_dof(slots, space, element, |dof| {
            if let Some(out) = out.next() {
                *out = dof;
            }
        });
    }

    /// Calls `f` with each of these elements and the numbers of its unknowns.
    #[inline(always)]
    pub(crate) fn each_element(
        &self,
        slots: &[Slot],
        space: &Space,
        elements: impl Iterator<Item = usize>,
        mut f: impl FnMut(usize, &[u32]),
    ) {
        if let ([slot], 4) = (slots, self.kind.node_count())
            && slot.at == At::Here
            && space.fields()[slot.field].components() == 1
        {
            // A scalar in tetrahedra, without loops that take as long as what they do.
            let (dofs, nodes) = (space.field_dofs(slot.field), self.here.as_chunks::<4>().0);
            elements.for_each(|element| f(element, &nodes[element].map(|n| dofs[n as usize])));
            return;
        }
        let mut dofs = vec![0; self.width(slots, space)];
        for element in elements {
            self.dofs(slots, space, element, &mut dofs);
            f(element, &dofs);
        }
    }
}

/// All unknowns, as deviations from a rest that is constant in each body.
#[derive(Clone, Copy)]
pub(crate) struct State<'a> {
    pub(crate) deviations: &'a [f64],
    pub(crate) rest: &'a [f64],
}

impl State<'_> {
    fn unknown(&self, dof: u32) -> f64 {
        self.deviations[dof as usize] + self.rest[dof as usize]
    }
}

/// Evaluates the elements of a batch; holds the arrays that each evaluation needs.
pub(crate) struct Kernel<'a> {
    mesh: &'a Mesh,
    hypothesis: Hypothesis,
    space: &'a Space,
    term: &'a dyn Term,
    batch: &'a Batch<'a>,
    numbers: usize,
    x: Vec<[f64; 3]>,
    gradients: Vec<[f64; 3]>,
    /// Shape functions over the radius, where a vector stretches the hoop direction; else empty.
    hoop: Vec<f64>,
    /// What replaces the divergence, where a slot asks for it.
    dilatation: Option<Dilatation>,
    weights: Vec<f64>,
    points: Vec<Point>,
    u: Vec<f64>,
    r: Vec<f64>,
    t: Vec<f64>,
    dofs: Vec<u32>,
    /// Of the gradients of the shape functions, all x, then all y, then all z.
    fluxes: Vec<f64>,
    /// Where the term reads values only.
    values: Option<Values>,
    /// Where it is conduction in cells that may have straight sides.
    affine: Option<Affine>,
}

impl<'a> Kernel<'a> {
    pub(crate) fn new(body: Body<'a>, term: &'a dyn Term, batch: &'a Batch<'a>) -> Self {
        let Body { mesh, hypothesis, space } = body;
        let (q, nodes) = (batch.tables.len(), batch.kind.node_count());
        let numbers = crate::width(term.slots());
        let stretches = |s: &Slot| !batch.is_facet && reads_hoop(s, hypothesis);
        let hoop = if term.slots().iter().any(stretches) { q * nodes } else { 0 };
        let dilatation = term
            .slots()
            .iter()
            .find(|s| s.of == Of::LockFreeGradient && !batch.is_facet)
            .and_then(|s| Dilatation::new(batch.kind, &space.fields()[s.field].axes, q));
        Kernel {
            mesh,
            hypothesis,
            space,
            term,
            batch,
            numbers,
            hoop: vec![0.0; hoop],
            dilatation,
            x: vec![[0.0; 3]; nodes],
            gradients: vec![[0.0; 3]; q * nodes],
            weights: vec![0.0; q],
            points: vec![Point::default(); q],
            u: vec![0.0; q * numbers],
            r: vec![0.0; q * numbers],
            t: vec![0.0; q * numbers * numbers],
            dofs: vec![0; batch.width(term.slots(), space)],
            fluxes: vec![0.0; 3 * nodes],
            values: Values::new(term.slots(), &batch.tables),
            affine: match batch.is_facet {
                true => None,
                false => Affine::new(term, batch.kind, &batch.tables, hypothesis),
            },
        }
    }

    /// The term's coefficients at the points of quadrature of an element, and the weights there.
    pub(crate) fn coefficients(&mut self, element: usize, state: State<'_>) -> (&[f64], &[f64]) {
        self.reach(element);
        self.interpolate(element, state);
        self.term.residual(&self.points, &self.u, &mut self.r);
        (&self.r, &self.weights)
    }

    /// The element's part of the residual at the unknowns `all`; one number per local unknown.
    pub(crate) fn residual(&mut self, element: usize, state: State<'_>, out: &mut [f64]) {
        self.coefficients(element, state);
        out.fill(0.0);
        if let Some(values) = &self.values {
            return values.add_residual(&self.weights, &self.r, out);
        }
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
                Shape::Diagonal(values) => {
                    let trace = r[number] + r[number + 4] + r[number + 8];
                    for (out, v) in out[dof..].iter_mut().zip(values) {
                        *out += w * trace * v;
                    }
                }
            });
        }
    }

    /// The same as [`Kernel::tangent`] for a linear term, at any unknowns.
    pub(crate) fn linear_tangent(&mut self, element: usize, out: &mut [f64]) {
        debug_assert!(self.term.is_linear());
        let nodes = self.batch.nodes_of(element);
        match &self.affine {
            Some(affine) if affine.fits(nodes, self.mesh) => affine.tangent(nodes, self.mesh, out),
            _ => self.tangent(element, State { deviations: &[], rest: &[] }, out),
        }
    }

    /// The element's part of the tangent at the unknowns `all`, row by row; `width` numbers a row.
    pub(crate) fn tangent(&mut self, element: usize, state: State<'_>, out: &mut [f64]) {
        self.reach(element);
        if !self.term.is_linear() {
            self.interpolate(element, state);
        }
        self.term.tangent(&self.points, &self.u, &mut self.t);
        out.fill(0.0);
        if let [slot] = self.term.slots()
            && (slot.of, slot.components) == (Of::Gradient, 1)
            && slot.at != At::Whole
        {
            return self.add_conduction(out);
        }
        if let Some(values) = &mut self.values {
            return values.add_tangent(&self.weights, &self.t, out);
        }
        with_wide_registers(Chained { kernel: self, out });
    }

    /// The sum of [`Kernel::tangent`] over points and slots.
    #[inline(always)]
    fn add_tangent(&self, out: &mut [f64]) {
        let n = self.numbers;
        let width = self.batch.width(self.term.slots(), self.space);
        let (mut rows, mut trace) = (vec![0.0; 3 * width], vec![0.0; n]);
        let mut slots = Vec::new();
        for (q, &w) in self.weights.iter().enumerate() {
            let tangent = &self.t[q * n * n..(q + 1) * n * n];
            slots.clear();
            self.each_slot(q, |number, dof, shape| slots.push((number, dof, shape)));
            for &(number, dof, test) in &slots {
                let rows = &mut rows[..test.coefficients() * width];
                for (component, row) in rows.chunks_exact_mut(width).enumerate() {
                    // d r_number / d (unknown), by the chain rule through what the slots read.
                    row.fill(0.0);
                    let mut t = &tangent[(number + component) * n..(number + component + 1) * n];
                    if let Shape::Diagonal(_) = test {
                        let (second, third) =
                            (&tangent[(number + 4) * n..], &tangent[(number + 8) * n..]);
                        for (j, trace) in trace.iter_mut().enumerate() {
                            *trace = t[j] + second[j] + third[j];
                        }
                        t = &trace;
                    }
                    for &(number, dof, trial) in &slots {
                        trial.add_to(&mut row[dof..], &t[number..], w);
                    }
                }
                test.add_rows(rows, &mut out[dof * width..]);
            }
        }
    }

    /// The tangent of a law that reads the gradient of one scalar: the generic sum below, written out,
    /// because there are no more cells than these.
    fn add_conduction(&mut self, out: &mut [f64]) {
        let nodes = self.batch.kind.node_count();
        let (x, yz) = self.fluxes.split_at_mut(nodes);
        let (y, z) = yz.split_at_mut(nodes);
        for (q, &w) in self.weights.iter().enumerate() {
            let gradients = &self.gradients[q * nodes..(q + 1) * nodes];
            let t: [f64; 9] = std::array::from_fn(|i| w * self.t[9 * q + i]);
            for (((g, x), y), z) in gradients.iter().zip(&mut *x).zip(&mut *y).zip(&mut *z) {
                let along = |i: usize| t[i] * g[0] + t[i + 1] * g[1] + t[i + 2] * g[2];
                (*x, *y, *z) = (along(0), along(3), along(6));
            }
            for (row, g) in out.chunks_exact_mut(nodes).zip(gradients) {
                for (((out, x), y), z) in row.iter_mut().zip(&*x).zip(&*y).zip(&*z) {
                    *out += g[0] * x + g[1] * y + g[2] * z;
                }
            }
        }
    }

    /// The points of quadrature of an element, and their weights.
    pub(crate) fn reached(&mut self, element: usize) -> impl Iterator<Item = (Point, f64)> {
        self.reach(element);
        self.points.iter().copied().zip(self.weights.iter().copied())
    }

    /// Positions, weights and gradients at the points of an element.
    fn reach(&mut self, element: usize) {
        let batch = self.batch;
        for (x, &n) in self.x.iter_mut().zip(batch.nodes(batch.here, element)) {
            *x = self.mesh.points[n as usize];
        }
        let (axes, nodes) = (self.mesh.axes, batch.kind.node_count());
        let mut facet = ([0.0; 3], 0.0);
        for q in 0..batch.tables.len() {
            let x = batch.tables.position(q, &self.x);
            let (normal, weight) = if batch.is_facet {
                if q == 0 || !batch.tables.is_flat() {
                    facet = batch.tables.normal_and_area(q, &self.x, axes);
                }
                (facet.0, facet.1 * batch.tables.weights[q])
            } else {
                let gradients = &mut self.gradients[q * nodes..(q + 1) * nodes];
                ([0.0; 3], batch.tables.cell_gradients(q, &self.x, axes, gradients))
            };
            self.points[q] = Point { x, normal };
            self.weights[q] = weight * self.hypothesis.weight(x, axes);
            if !self.hoop.is_empty() {
                let hoop = &mut self.hoop[q * nodes..(q + 1) * nodes];
                for (hoop, value) in hoop.iter_mut().zip(batch.tables.values_at(q)) {
                    *hoop = value / x[axes[0]];
                }
            }
        }
        if let Some(dilatation) = &mut self.dilatation {
            let positions = self.points.iter().map(|p| p.x);
            dilatation.project(axes, positions, &self.weights, &self.gradients, &self.hoop);
        }
    }

    /// What the slots read at the points of an element.
    fn interpolate(&mut self, element: usize, state: State<'_>) {
        let mut dofs = std::mem::take(&mut self.dofs);
        self.batch.dofs(self.term.slots(), self.space, element, &mut dofs);
        let mut u = std::mem::take(&mut self.u);
        if let Some(values) = &self.values {
            values.interpolate(|k| state.unknown(dofs[k]), &mut u);
            (self.u, self.dofs) = (u, dofs);
            return;
        }
        u.fill(0.0);
        for q in 0..self.weights.len() {
            let u = &mut u[q * self.numbers..(q + 1) * self.numbers];
            self.each_slot(q, |number, dof, shape| {
                // A gradient does not see a constant, such as the rest; taking it away first keeps
                // its digits.
                let first = state.deviations[dofs[dof] as usize];
                let number_of = |k: usize| match shape {
                    Shape::Gradients(_) => state.deviations[dofs[dof + k] as usize] - first,
                    _ => state.unknown(dofs[dof + k]),
                };
                for component in 0..shape.coefficients() {
                    let mut sum = 0.0;
                    shape.each(component, |k, value| sum += value * number_of(k));
                    for &offset in shape.numbers(component) {
                        u[number + offset] += sum;
                    }
                }
            });
        }
        self.u = u;
        self.dofs = dofs;
    }

    /// Calls `f` with the first number, the first local unknown and the shape functions of each slot,
    /// a vector's component by component.
    fn each_slot<'s>(&'s self, q: usize, mut f: impl FnMut(usize, usize, Shape<'s>)) {
        let nodes = self.batch.kind.node_count();
        let range = q * nodes..(q + 1) * nodes;
        let [radial, axial] = self.mesh.axes;
        let (mut number, mut dof) = (0, 0);
        for slot in self.term.slots() {
            if slot.at == At::Whole {
                f(number, dof, Shape::Whole);
                (number, dof) = (number + 1, dof + 1);
                continue;
            }
            let field = &self.space.fields()[slot.field];
            let axes = if slot.components == 1 { &[0] } else { &field.axes[..] };
            for (component, &axis) in axes.iter().enumerate() {
                let dof = dof + component * nodes;
                if slot.of == Of::Value {
                    f(number + axis, dof, Shape::Values(self.batch.tables.values_at(q)));
                    continue;
                }
                f(number + 3 * axis, dof, Shape::Gradients(&self.gradients[range.clone()]));
                if !self.hoop.is_empty() && axis == radial && slot.components == 3 {
                    // d u_hoop / d x_hoop = u_r / r.
                    let hoop = 4 * (3 - radial - axial);
                    f(number + hoop, dof, Shape::Values(&self.hoop[range.clone()]));
                }
            }
            if let (Some(dilatation), Of::LockFreeGradient) = (&self.dilatation, slot.of) {
                f(number, dof, Shape::Diagonal(dilatation.correction_at(q)));
            }
            number += slot.numbers();
            dof += axes.len() * nodes;
        }
    }
}

/// See [`Kernel::add_tangent`].
struct Chained<'k, 'a> {
    kernel: &'k Kernel<'a>,
    out: &'k mut [f64],
}

impl Wide for Chained<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.kernel.add_tangent(self.out);
    }
}
