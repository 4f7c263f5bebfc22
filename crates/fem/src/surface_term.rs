//! A term on facets, to be evaluated again and again with few unknowns.

use crate::assembly::{Body, Placed};
use crate::lanes::LANES;
use crate::placement::Kernel;
use crate::{At, Lanes, Of, Point, System, Term};

/// What a term on facets reads at its points of quadrature, as a table of shape functions. It depends on the
/// mesh and the numbering, not on the values of the law.
///
/// Points stand in blocks of [`LANES`]; the last one is filled up with copies of the last point, without weight.
pub(crate) struct Table {
    count: usize,
    points: Vec<Point>,
    weights: Vec<Lanes>,
    slots: Vec<Reading>,
}

/// What a slot reads.
enum Reading {
    /// The same unknown everywhere.
    Whole(u32),
    /// The sum of so many shape functions times unknowns; block after block, node after node.
    Nodes { count: usize, entries: Vec<Entry> },
}

/// One node of the facet of each point.
#[derive(Clone, Default)]
struct Entry {
    dofs: [u32; LANES],
    shape: Lanes,
}

impl Table {
    fn new(body: Body<'_>, placed: &Placed<'_>) -> Table {
        let slots = placed.term.slots();
        let plain = slots.iter().all(|s| s.of == Of::Value && s.components == 1);
        assert!(plain, "a table holds values of scalars");
        let (mut points, mut weights) = (Vec::new(), Vec::new());
        // For each slot and point the unknowns with their shape functions.
        let mut read: Vec<Vec<Vec<(u32, f64)>>> = vec![Vec::new(); slots.len()];
        for batch in &placed.batches {
            let mut kernel = Kernel::new(body, &*placed.term, batch);
            let mut dofs = vec![0; batch.width(slots, body.space)];
            for element in 0..batch.len() {
                batch.dofs(slots, body.space, element, &mut dofs);
                for (q, (point, weight)) in kernel.reached(element).enumerate() {
                    points.push(point);
                    weights.push(weight);
                    let mut dofs = dofs.iter().copied();
                    for (slot, read) in slots.iter().zip(&mut read) {
                        let values = match slot.at {
                            At::Whole => &[1.0][..],
                            _ => batch.values_at(q),
                        };
                        read.push(
                            dofs.by_ref().zip(values.iter().copied()).take(values.len()).collect(),
                        );
                    }
                }
            }
        }
        let count = points.len();
        let whole = count.next_multiple_of(LANES);
        points.resize(whole, points.last().copied().unwrap_or_default());
        weights.resize(whole, 0.0);
        let lanes = |values: &[f64]| Lanes(std::array::from_fn(|l| values[l]));
        let reading = |(slot, read): (&crate::Slot, &Vec<Vec<(u32, f64)>>)| match slot.at {
            At::Whole => Reading::Whole(body.space.whole_dof(slot.field)),
            _ => Reading::of(read, whole),
        };
        Table {
            count,
            points,
            weights: weights.chunks_exact(LANES).map(lanes).collect(),
            slots: slots.iter().zip(&read).map(reading).collect(),
        }
    }

    fn blocks(&self) -> usize {
        self.weights.len()
    }

    /// Calls `visit` with the unknowns that a slot reads at a point, and their shape functions.
    fn each(&self, slot: usize, point: usize, mut visit: impl FnMut(u32, f64)) {
        let (block, lane) = (point / LANES, point % LANES);
        match &self.slots[slot] {
            Reading::Whole(dof) => visit(*dof, 1.0),
            Reading::Nodes { count, entries } => {
                let entries = &entries[block * count..(block + 1) * count];
                entries.iter().for_each(|e| visit(e.dofs[lane], e.shape.0[lane]));
            }
        }
    }
}

impl Reading {
    /// From the unknowns and shape functions of each point, of which there are to be `whole`.
    fn of(read: &[Vec<(u32, f64)>], whole: usize) -> Reading {
        let count = read.iter().map(Vec::len).max().unwrap_or(0);
        let mut entries = vec![Entry::default(); count * whole / LANES];
        for point in 0..whole {
            let Some(nodes) = read.get(point).or(read.last()) else { break };
            for k in 0..count {
                let entry = &mut entries[point / LANES * count + k];
                // Facets of fewer nodes repeat one, without a shape function.
                let (dof, shape) = nodes.get(k).copied().unwrap_or((nodes[0].0, 0.0));
                (entry.dofs[point % LANES], entry.shape.0[point % LANES]) = (dof, shape);
            }
        }
        Reading::Nodes { count, entries }
    }
}

/// One term of a system on facets, to be evaluated again and again on one thread.
pub struct SurfaceTerm<'a> {
    term: &'a dyn Term,
    table: &'a Table,
    rest: &'a [f64],
    /// All unknowns, what is read of them at all points, and the coefficients there.
    unknowns: Vec<f64>,
    numbers: Vec<Lanes>,
    coefficients: Vec<Lanes>,
}

impl System<'_> {
    /// The term placed as number `placement`.
    ///
    /// # Panics
    /// When it reads other things than values of scalars, or does not lie on facets.
    pub fn surface_term(&self, placement: usize) -> SurfaceTerm<'_> {
        let (body, placed) = (self.body(), self.placed(placement));
        let table = placed.table.get_or_init(|| Table::new(body, placed));
        let count = table.blocks() * table.slots.len();
        SurfaceTerm {
            term: &*placed.term,
            table,
            rest: self.rest(),
            unknowns: Vec::with_capacity(self.rest().len()),
            numbers: vec![Lanes::default(); count],
            coefficients: vec![Lanes::default(); count],
        }
    }
}

impl SurfaceTerm<'_> {
    /// The unknowns below `free` that the term reads, rising.
    pub fn dofs_below(&self, free: usize) -> Vec<u32> {
        let mut all: Vec<u32> = Vec::new();
        for slot in 0..self.table.slots.len() {
            (0..self.table.count).for_each(|q| self.table.each(slot, q, |dof, _| all.push(dof)));
        }
        all.retain(|&dof| (dof as usize) < free);
        all.sort_unstable();
        all.dedup();
        all
    }

    /// What the term reads at `deviations` (all unknowns).
    fn read(&mut self, deviations: &[f64]) {
        self.unknowns.clear();
        self.unknowns
            .extend(deviations.iter().zip(self.rest).map(|(deviation, rest)| deviation + rest));
        let width = self.table.slots.len();
        for (slot, reading) in self.table.slots.iter().enumerate() {
            let numbers = self.numbers.iter_mut().skip(slot).step_by(width);
            match reading {
                Reading::Whole(dof) => {
                    let value = Lanes::from(self.unknowns[*dof as usize]);
                    numbers.for_each(|number| *number = value);
                }
                Reading::Nodes { count, entries } => {
                    for (number, entries) in numbers.zip(entries.chunks_exact((*count).max(1))) {
                        *number = Lanes::default();
                        for Entry { dofs, shape } in entries {
                            let here = Lanes(dofs.map(|dof| self.unknowns[dof as usize]));
                            *number = *number + *shape * here;
                        }
                    }
                }
            }
        }
    }

    /// The term's coefficients at `deviations` (all unknowns), block after block.
    fn evaluate(&mut self, deviations: &[f64]) {
        self.read(deviations);
        self.term.residual_in_lanes(&self.table.points, &self.numbers, &mut self.coefficients);
    }

    /// Adds the term's part of the residual at `deviations` to `out`, both of all unknowns.
    pub fn add_residual(&mut self, deviations: &[f64], out: &mut [f64]) {
        self.evaluate(deviations);
        let width = self.table.slots.len();
        for (slot, reading) in self.table.slots.iter().enumerate() {
            let coefficients = self.coefficients.iter().skip(slot).step_by(width);
            let parts = coefficients.zip(&self.table.weights).map(|(r, weight)| *r * *weight);
            match reading {
                Reading::Whole(dof) => {
                    out[*dof as usize] +=
                        parts.fold(Lanes::default(), |sum, part| sum + part).sum();
                }
                Reading::Nodes { count, entries } => {
                    for (part, entries) in parts.zip(entries.chunks_exact((*count).max(1))) {
                        for Entry { dofs, shape } in entries {
                            let part = part * *shape;
                            for (dof, part) in dofs.iter().zip(part.0) {
                                out[*dof as usize] += part;
                            }
                        }
                    }
                }
            }
        }
    }

    /// Calls `add` with the unknowns of row and column and each part of the term's tangent at `deviations` (all
    /// unknowns); a pair may come several times.
    pub fn tangent(&mut self, deviations: &[f64], mut add: impl FnMut(u32, u32, f64)) {
        self.read(deviations);
        let (table, width) = (self.table, self.table.slots.len());
        let (mut numbers, mut derivatives) = (vec![0.0; width], vec![0.0; width * width]);
        for q in 0..table.count {
            let (block, lane) = (q / LANES, q % LANES);
            for (k, number) in numbers.iter_mut().enumerate() {
                *number = self.numbers[block * width + k].0[lane];
            }
            self.term.tangent(&table.points[q..=q], &numbers, &mut derivatives);
            let weight = table.weights[block].0[lane];
            for (i, row) in derivatives.chunks_exact(width.max(1)).enumerate() {
                table.each(i, q, |row_dof, shape| {
                    let factor = weight * shape;
                    for (j, t) in row.iter().enumerate().filter(|(_, t)| **t != 0.0) {
                        table.each(j, q, |column, shape| add(row_dof, column, factor * t * shape));
                    }
                });
            }
        }
    }

    /// The weight of each point of quadrature and the first coefficient of the term there, at
    /// `deviations` (all unknowns).
    pub fn at_points(&mut self, deviations: &[f64]) -> Vec<(f64, f64)> {
        self.evaluate(deviations);
        let first = self.coefficients.iter().step_by(self.table.slots.len().max(1));
        let pairs =
            self.table.weights.iter().zip(first).flat_map(|(w, r)| w.0.into_iter().zip(r.0));
        pairs.take(self.table.count).collect()
    }
}
