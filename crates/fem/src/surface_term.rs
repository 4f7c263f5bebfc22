//! A term on facets, to be evaluated again and again with few unknowns.

use crate::assembly::{Body, Placed};
use crate::lanes::LANES;
use crate::placement::Kernel;
use crate::{At, Lanes, Of, Point, Slot, System, Term};
use algebra::{Wide, with_wide_registers};

/// What a term on facets reads at its points of quadrature, as a table of shape functions. It depends on the
/// mesh and the numbering, not on the values of the law.
///
/// The points of a facet fill one block of [`LANES`] or several; the last block is filled up with copies of
/// the last point, without weight.
pub(crate) struct Table {
    /// Block after block.
    points: Vec<Point>,
    weights: Vec<Lanes>,
    /// Where each slot is read.
    at: Vec<At>,
    /// For each slot that reads the same unknown everywhere its number.
    whole: Vec<u32>,
    groups: Vec<Group>,
}

/// Facets of one kind.
struct Group {
    facets: usize,
    nodes: usize,
    /// Points of a facet, and blocks that they fill.
    points: usize,
    blocks: usize,
    /// Shape function of each node at the points of each block.
    shapes: Vec<Lanes>,
    /// For each slot the unknowns of each facet, node after node; none where it reads one unknown.
    dofs: Vec<Vec<u32>>,
}

impl Table {
    fn new(body: Body<'_>, placed: &Placed<'_>) -> Table {
        let slots = placed.term.slots();
        let plain = slots.iter().all(|s| s.of == Of::Value && s.components == 1);
        assert!(plain, "a table holds values of scalars");
        let whole = |slot: &Slot| match slot.at {
            At::Whole => body.space.whole_dof(slot.field),
            _ => u32::MAX,
        };
        let mut table = Table {
            points: Vec::new(),
            weights: Vec::new(),
            at: slots.iter().map(|slot| slot.at).collect(),
            whole: slots.iter().map(whole).collect(),
            groups: Vec::new(),
        };
        for batch in &placed.batches {
            let mut kernel = Kernel::new(body, &*placed.term, batch);
            let mut dofs = vec![0; batch.width(slots, body.space)];
            let (nodes, points) = (batch.kind().node_count(), batch.rule().points.len());
            let blocks = points.div_ceil(LANES);
            let shape = |block: usize, node: usize| {
                let point = |lane: usize| (block * LANES + lane).min(points - 1);
                Lanes(std::array::from_fn(|lane| batch.values_at(point(lane))[node]))
            };
            let mut group = Group {
                facets: batch.len(),
                nodes,
                points,
                blocks,
                shapes: (0..blocks)
                    .flat_map(|b| (0..nodes).map(move |k| (b, k)))
                    .map(|(b, k)| shape(b, k))
                    .collect(),
                dofs: vec![Vec::new(); slots.len()],
            };
            for element in 0..batch.len() {
                batch.dofs(slots, body.space, element, &mut dofs);
                let mut dofs = dofs.iter().copied();
                for (slot, own) in slots.iter().zip(&mut group.dofs) {
                    match slot.at {
                        At::Whole => drop(dofs.next()),
                        _ => own.extend(dofs.by_ref().take(nodes)),
                    }
                }
                let reached: Vec<(Point, f64)> = kernel.reached(element).collect();
                for block in 0..blocks {
                    let point = |lane: usize| reached.get(block * LANES + lane);
                    let last = reached[points - 1].0;
                    table.points.extend((0..LANES).map(|l| point(l).map_or(last, |p| p.0)));
                    let weight = |lane| point(lane).map_or(0.0, |p| p.1);
                    table.weights.push(Lanes(std::array::from_fn(weight)));
                }
            }
            table.groups.push(group);
        }
        table
    }

    fn width(&self) -> usize {
        self.at.len()
    }

    /// Calls `visit` with the number of each block, its group and facet, and its number on the facet.
    fn each_block(&self, mut visit: impl FnMut(usize, &Group, usize, usize)) {
        let mut block = 0;
        for group in &self.groups {
            for facet in 0..group.facets {
                for within in 0..group.blocks {
                    visit(block, group, facet, within);
                    block += 1;
                }
            }
        }
    }

    /// The unknowns that a slot reads in a block of a facet, and their shape functions.
    fn read_in<'t>(
        &'t self,
        slot: usize,
        group: &'t Group,
        facet: usize,
        within: usize,
    ) -> impl Iterator<Item = (u32, Lanes)> {
        let whole = (self.at[slot] == At::Whole).then(|| (self.whole[slot], Lanes::from(1.0)));
        let shapes = &group.shapes[within * group.nodes..][..group.nodes];
        let dofs = group.dofs[slot].iter().skip(facet * group.nodes).copied();
        whole.into_iter().chain(dofs.zip(shapes.iter().copied()))
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
        let count = table.weights.len() * table.width();
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
        let nodal = self.table.groups.iter().flat_map(|group| group.dofs.iter().flatten());
        let mut all: Vec<u32> = nodal.chain(&self.table.whole).copied().collect();
        all.retain(|&dof| (dof as usize) < free);
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The term's coefficients at `deviations` (all unknowns), block after block.
    fn evaluate(&mut self, deviations: &[f64]) {
        self.unknowns.clear();
        let unknowns = deviations.iter().zip(self.rest).map(|(deviation, rest)| deviation + rest);
        self.unknowns.extend(unknowns);
        let (table, unknowns) = (self.table, &self.unknowns[..]);
        with_wide_registers(Read { table, unknowns, numbers: &mut self.numbers });
        self.term.residual_in_lanes(&table.points, &self.numbers, &mut self.coefficients);
    }

    /// Adds the term's part of the residual at `deviations` to `out`, both of all unknowns.
    pub fn add_residual(&mut self, deviations: &[f64], out: &mut [f64]) {
        self.evaluate(deviations);
        with_wide_registers(Add { table: self.table, coefficients: &self.coefficients, out });
    }

    /// Calls `add` with the unknowns of row and column and each part of the term's tangent at `deviations` (all
    /// unknowns); a pair may come several times.
    pub fn tangent(&mut self, deviations: &[f64], mut add: impl FnMut(u32, u32, f64)) {
        self.evaluate(deviations);
        let (table, width) = (self.table, self.table.width());
        let (mut numbers, mut derivatives) = (vec![0.0; width], vec![0.0; width * width]);
        // Of all pairs of slots in a block, with the weights.
        let mut slopes = vec![Lanes::default(); width * width];
        table.each_block(|block, group, facet, within| {
            slopes.fill(Lanes::default());
            for lane in 0..LANES.min(group.points - within * LANES) {
                for (k, number) in numbers.iter_mut().enumerate() {
                    *number = self.numbers[block * width + k].0[lane];
                }
                let point = block * LANES + lane;
                self.term.tangent(&table.points[point..=point], &numbers, &mut derivatives);
                let weight = table.weights[block].0[lane];
                let pairs = slopes.iter_mut().zip(&derivatives);
                pairs.for_each(|(slope, t)| slope.0[lane] = weight * t);
            }
            for (k, slope) in slopes.iter().enumerate().filter(|(_, s)| **s != Lanes::default()) {
                for (row, test) in table.read_in(k / width, group, facet, within) {
                    let part = *slope * test;
                    for (column, trial) in table.read_in(k % width, group, facet, within) {
                        add(row, column, (part * trial).sum());
                    }
                }
            }
        });
    }

    /// The weight of each point of quadrature and the first coefficient of the term there, at
    /// `deviations` (all unknowns).
    pub fn at_points(&mut self, deviations: &[f64]) -> Vec<(f64, f64)> {
        self.evaluate(deviations);
        let (table, width) = (self.table, self.table.width());
        let mut out = Vec::with_capacity(table.points.len());
        table.each_block(|block, group, _, within| {
            let count = (group.points - within * LANES).min(LANES);
            let (weights, r) = (table.weights[block], self.coefficients[block * width]);
            out.extend(weights.0.into_iter().zip(r.0).take(count));
        });
        out
    }
}

/// What a term reads at all points.
struct Read<'a> {
    table: &'a Table,
    unknowns: &'a [f64],
    numbers: &'a mut [Lanes],
}

impl Wide for Read<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Read { table, unknowns, numbers } = self;
        let width = table.width();
        for (slot, at) in table.at.iter().enumerate() {
            let mut numbers = numbers.iter_mut().skip(slot).step_by(width);
            if *at == At::Whole {
                let value = Lanes::from(unknowns[table.whole[slot] as usize]);
                numbers.for_each(|number| *number = value);
                continue;
            }
            for group in &table.groups {
                for dofs in group.dofs[slot].chunks_exact(group.nodes) {
                    let blocks = group.shapes.chunks_exact(group.nodes);
                    for (shapes, number) in blocks.zip(numbers.by_ref()) {
                        let mut sum = Lanes::default();
                        for (dof, shape) in dofs.iter().zip(shapes) {
                            sum = sum + *shape * unknowns[*dof as usize];
                        }
                        *number = sum;
                    }
                }
            }
        }
    }
}

/// Adds up what a term gives each unknown.
struct Add<'a> {
    table: &'a Table,
    coefficients: &'a [Lanes],
    out: &'a mut [f64],
}

impl Wide for Add<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Add { table, coefficients, out } = self;
        let width = table.width();
        for (slot, at) in table.at.iter().enumerate() {
            let of_slot = coefficients.iter().skip(slot).step_by(width);
            let mut parts = of_slot.zip(&table.weights).map(|(r, weight)| *r * *weight);
            if *at == At::Whole {
                let sum = parts.fold(Lanes::default(), |sum, part| sum + part).sum();
                out[table.whole[slot] as usize] += sum;
                continue;
            }
            for group in &table.groups {
                for dofs in group.dofs[slot].chunks_exact(group.nodes) {
                    let blocks = group.shapes.chunks_exact(group.nodes);
                    for (shapes, part) in blocks.zip(parts.by_ref()) {
                        for (dof, shape) in dofs.iter().zip(shapes) {
                            out[*dof as usize] += (*shape * part).sum();
                        }
                    }
                }
            }
        }
    }
}
