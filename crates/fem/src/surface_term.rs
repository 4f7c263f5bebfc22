//! A term on facets, to be evaluated again and again with few unknowns.

use crate::assembly::{Body, Placed};
use crate::lanes::LANES;
use crate::placement::Kernel;
use crate::{At, Lanes, Of, Point, Slot, Support, System, Term};
use algebra::{Wide, with_wide_registers};

/// Most nodes of a facet, and points of its quadrature.
const MOST_NODES: usize = 9;
const MOST_POINTS: usize = 16;
/// Most slots.
const MOST_SLOTS: usize = 8;

/// What a term on facets reads at its points of quadrature, as a table of shape functions. It depends on the
/// mesh and the numbering, not on the values of the law.
///
/// [`LANES`] facets of a kind lie side by side: what is read at one point of each of them fills one [`Lanes`],
/// and so does each unknown of a node. The last ones of a kind are filled up with copies of the last facet,
/// without weight.
pub(crate) struct Table {
    /// Point after point of those side by side.
    points: Vec<Point>,
    weights: Vec<Lanes>,
    /// Sum of the weights.
    area: f64,
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
    /// Points of a facet.
    points: usize,
    /// Shape function of each node at each point.
    shapes: Vec<f64>,
    /// For each slot the unknowns of each node of the facets side by side; none where it reads one unknown.
    dofs: Vec<Vec<[u32; LANES]>>,
}

impl Group {
    /// Shape functions of the nodes, point after point.
    fn shapes(&self) -> impl Iterator<Item = &[f64]> {
        self.shapes.chunks_exact(self.nodes)
    }

    /// Numbers of `LANES` facets each.
    fn blocks(&self) -> usize {
        self.facets.div_ceil(LANES)
    }
}

/// True for terms that a [`Table`] can hold.
pub(crate) fn has_table(placed: &Placed<'_>) -> bool {
    let slots = placed.term.slots();
    let plain = slots.iter().all(|s| s.of == Of::Value && s.components == 1);
    plain && slots.len() <= MOST_SLOTS && !matches!(placed.support, Support::Region(_))
}

impl Table {
    fn new(body: Body<'_>, placed: &Placed<'_>) -> Table {
        assert!(has_table(placed), "a table holds values of scalars on facets");
        let slots = placed.term.slots();
        let whole = |slot: &Slot| match slot.at {
            At::Whole => body.space.whole_dof(slot.field),
            _ => u32::MAX,
        };
        let mut table = Table {
            points: Vec::new(),
            weights: Vec::new(),
            area: 0.0,
            at: slots.iter().map(|slot| slot.at).collect(),
            whole: slots.iter().map(whole).collect(),
            groups: Vec::new(),
        };
        for batch in placed.batches.iter().filter(|batch| batch.len() > 0) {
            let mut kernel = Kernel::new(body, &*placed.term, batch);
            let mut dofs = vec![0; batch.width(slots, body.space)];
            let (nodes, points) = (batch.kind().node_count(), batch.rule().points.len());
            assert!(nodes <= MOST_NODES && points <= MOST_POINTS, "{nodes} nodes, {points} points");
            let mut group = Group {
                facets: batch.len(),
                nodes,
                points,
                shapes: (0..points).flat_map(|q| batch.values_at(q)).copied().collect(),
                dofs: vec![Vec::new(); slots.len()],
            };
            let first = table.weights.len();
            table.points.resize((first + group.blocks() * points) * LANES, Point::default());
            table.weights.resize(first + group.blocks() * points, Lanes::default());
            for place in 0..group.blocks() * LANES {
                let (block, lane, facet) =
                    (place / LANES, place % LANES, place.min(batch.len() - 1));
                batch.dofs(slots, body.space, facet, &mut dofs);
                let mut dofs = dofs.iter().copied();
                for (slot, own) in slots.iter().zip(&mut group.dofs) {
                    if slot.at == At::Whole {
                        dofs.next();
                        continue;
                    }
                    own.resize((block + 1) * nodes, [0; LANES]);
                    let here = own[block * nodes..].iter_mut();
                    here.zip(dofs.by_ref().take(nodes)).for_each(|(all, dof)| all[lane] = dof);
                }
                for (q, (point, weight)) in kernel.reached(facet).enumerate() {
                    let at = first + block * points + q;
                    table.points[at * LANES + lane] = point;
                    table.weights[at].0[lane] = if place == facet { weight } else { 0.0 };
                }
            }
            table.groups.push(group);
        }
        table.area = table.weights.iter().fold(Lanes::default(), |sum, w| sum + *w).sum();
        table
    }

    fn width(&self) -> usize {
        self.at.len()
    }

    /// The unknowns of each node that a slot reads on the facets of a block.
    fn dofs<'t>(&'t self, slot: usize, group: &'t Group, block: usize) -> &'t [[u32; LANES]] {
        &group.dofs[slot][block * group.nodes..][..group.nodes]
    }

    /// Calls `visit` with each group, the number of a block in it, and the number of its first point of all.
    fn each_block(&self, mut visit: impl FnMut(&Group, usize, usize)) {
        let mut first = 0;
        for group in &self.groups {
            for block in 0..group.blocks() {
                visit(group, block, first);
                first += group.points;
            }
        }
    }

    /// Adds `slopes`, for each point of a block those of all pairs of slots times the weights, to pairs of unknowns.
    fn add_slopes(
        &self,
        (group, block): (&Group, usize),
        slopes: &[Lanes],
        add: &mut impl FnMut(u32, u32, f64),
    ) {
        let width = self.width();
        let real = LANES.min(group.facets - block * LANES);
        // A slot that reads one unknown everywhere has one node with the shape function 1.
        let reads = |slot: usize| match self.at[slot] {
            At::Whole => vec![([self.whole[slot]; LANES], None)],
            _ => self.dofs(slot, group, block).iter().copied().zip((0..).map(Some)).collect(),
        };
        for pair in 0..width * width {
            let of_pair = || slopes.iter().skip(pair).step_by(width * width);
            if of_pair().all(|slope| *slope == Lanes::default()) {
                continue;
            }
            let columns = reads(pair % width);
            for (rows, test) in reads(pair / width) {
                for (columns, trial) in &columns {
                    let mut sum = Lanes::default();
                    for (slope, shapes) in of_pair().zip(group.shapes()) {
                        let shape = |node: Option<usize>| node.map_or(1.0, |node| shapes[node]);
                        sum = sum + *slope * (shape(test) * shape(*trial));
                    }
                    for lane in 0..real {
                        add(rows[lane], columns[lane], sum.0[lane]);
                    }
                }
            }
        }
    }
}

/// One term of a system on facets, to be evaluated again and again on one thread.
pub struct SurfaceTerm<'a> {
    term: &'a dyn Term,
    table: &'a Table,
    rest: &'a [f64],
    memory: SurfaceMemory,
}

/// What a [`SurfaceTerm`] writes to: what is read of the unknowns at all points, and the coefficients there.
#[derive(Debug, Default)]
pub struct SurfaceMemory {
    numbers: Vec<Lanes>,
    coefficients: Vec<Lanes>,
}

impl System<'_> {
    /// Term number `placement`, which must lie on facets and read values of scalars, prepared for many evaluations.
    ///
    /// # Panics
    /// When it reads other things than values of scalars, or does not lie on facets.
    pub fn surface_term(&self, placement: usize) -> SurfaceTerm<'_> {
        self.surface_term_in(placement, SurfaceMemory::default())
    }

    /// The same with memory of an earlier one.
    ///
    /// # Panics
    /// As [`System::surface_term`].
    pub fn surface_term_in(&self, placement: usize, mut memory: SurfaceMemory) -> SurfaceTerm<'_> {
        let (body, placed) = (self.body(), self.placed(placement));
        let table = placed.table.get_or_init(|| Table::new(body, placed));
        let count = table.weights.len() * table.width();
        memory.numbers.resize(count, Lanes::default());
        memory.coefficients.resize(count, Lanes::default());
        SurfaceTerm { term: &*placed.term, table, rest: self.rest(), memory }
    }
}

impl SurfaceTerm<'_> {
    /// The memory, for another term.
    pub fn into_memory(self) -> SurfaceMemory {
        self.memory
    }

    /// The unknowns below `free` that the term reads, rising.
    pub fn dofs_below(&self, free: usize) -> Vec<u32> {
        let nodal =
            self.table.groups.iter().flat_map(|group| group.dofs.iter().flatten().flatten());
        let mut all: Vec<u32> = nodal.chain(&self.table.whole).copied().collect();
        all.retain(|&dof| (dof as usize) < free);
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The term's coefficients at `deviations` (all unknowns), point after point.
    fn evaluate(&mut self, deviations: &[f64]) {
        let SurfaceMemory { numbers, coefficients } = &mut self.memory;
        // Both as long, so that one check serves both.
        let rest = &self.rest[..deviations.len()];
        with_wide_registers(Read { table: self.table, deviations, rest, numbers });
        self.term.residual_in_lanes(&self.table.points, numbers, coefficients);
    }

    /// Adds the term's part of the residual at `deviations` to `out`, both of all unknowns.
    pub fn add_residual(&mut self, deviations: &[f64], out: &mut [f64]) {
        self.evaluate(deviations);
        self.add_last(out);
    }

    /// The same where it was last evaluated.
    pub fn add_last(&self, out: &mut [f64]) {
        let coefficients = &self.memory.coefficients;
        with_wide_registers(Add { table: self.table, coefficients, out });
    }

    /// Calls `add` with the unknowns of row and column and each part of the term's tangent at `deviations` (all
    /// unknowns); a pair may come several times.
    pub fn tangent(&mut self, deviations: &[f64], mut add: impl FnMut(u32, u32, f64)) {
        self.evaluate(deviations);
        let (table, width) = (self.table, self.table.width());
        let mut slopes = Vec::new();
        table.each_block(|group, block, first| {
            let here = first..first + group.points;
            slopes.resize(group.points * width * width, Lanes::default());
            let points = &table.points[here.start * LANES..here.end * LANES];
            let numbers = &self.memory.numbers[here.start * width..here.end * width];
            self.term.tangent_in_lanes(points, numbers, &mut slopes);
            // Those that only fill up are not added.
            for (slopes, weight) in slopes.chunks_exact_mut(width * width).zip(&table.weights[here])
            {
                slopes.iter_mut().for_each(|slope| *slope = *weight * *slope);
            }
            table.add_slopes((group, block), &slopes, &mut add);
        });
    }

    /// As [`SurfaceTerm::tangent`] of a current of one unit for each unit between the values of the first two slots,
    /// which are what a law of kinetics connects.
    pub fn unit_tangent(&self, mut add: impl FnMut(u32, u32, f64)) {
        let (table, width) = (self.table, self.table.width());
        let mut slopes = Vec::new();
        table.each_block(|group, block, first| {
            slopes.clear();
            for weight in &table.weights[first..first + group.points] {
                let here = slopes.len();
                slopes.resize(here + width * width, Lanes::default());
                for (k, sign) in [(0, 1.0), (1, -1.0), (width, -1.0), (width + 1, 1.0)] {
                    slopes[here + k] = *weight * sign;
                }
            }
            table.add_slopes((group, block), &slopes, &mut add);
        });
    }

    /// Derivative of the first coefficient with respect to the first slot where every number is its mean over the
    /// facets, as they were last evaluated.
    pub fn mean_slope(&self) -> f64 {
        let (table, width) = (self.table, self.table.width());
        let Some(point) = table.points.first() else { return 0.0 };
        let (mut means, mut derivatives) = ([0.0; MOST_SLOTS], [0.0; MOST_SLOTS * MOST_SLOTS]);
        let (means, derivatives) = (&mut means[..width], &mut derivatives[..width * width]);
        with_wide_registers(Means { table, numbers: &self.memory.numbers, means });
        self.term.tangent(std::slice::from_ref(point), means, derivatives);
        derivatives[0]
    }

    /// Integrals over the facets of 1, of the first coefficient c, and of its squared difference from its mean, as they
    /// were last evaluated.
    pub fn integrals(&self) -> [f64; 3] {
        let coefficients = &self.memory.coefficients;
        let [total, squares] = with_wide_registers(Spread { table: self.table, coefficients });
        [self.table.area, total, squares]
    }

    /// Calls `visit` with the weight of each point of quadrature and the first coefficient of the term there, facet
    /// after facet, as they were last evaluated.
    pub fn each_point(&self, mut visit: impl FnMut(f64, f64)) {
        let (table, width) = (self.table, self.table.width());
        table.each_block(|group, block, first| {
            for lane in 0..LANES.min(group.facets - block * LANES) {
                for at in first..first + group.points {
                    let coefficient = self.memory.coefficients[at * width];
                    visit(table.weights[at].0[lane], coefficient.0[lane]);
                }
            }
        });
    }
}

/// What a term reads at all points.
struct Read<'a> {
    table: &'a Table,
    deviations: &'a [f64],
    rest: &'a [f64],
    numbers: &'a mut [Lanes],
}

impl Wide for Read<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Read { table, deviations, rest: from, mut numbers } = self;
        let unknown = |dof: u32| deviations[dof as usize] + from[dof as usize];
        let width = table.width();
        for group in &table.groups {
            let (all, rest) = numbers.split_at_mut(group.blocks() * group.points * width);
            numbers = rest;
            for (slot, at) in table.at.iter().enumerate() {
                if *at == At::Whole {
                    let value = Lanes::from(unknown(table.whole[slot]));
                    all[slot..].iter_mut().step_by(width).for_each(|number| *number = value);
                    continue;
                }
                // Facets of edges and triangles of second order are what there is most of.
                match group.nodes {
                    3 => read::<3>(group, (slot, width), unknown, all),
                    6 => read::<6>(group, (slot, width), unknown, all),
                    _ => read::<MOST_NODES>(group, (slot, width), unknown, all),
                }
            }
        }
    }
}

/// What one of the slots reads at the points of facets of at most `N` nodes.
#[inline(always)]
fn read<const N: usize>(
    group: &Group,
    (slot, width): (usize, usize),
    unknown: impl Fn(u32) -> f64,
    numbers: &mut [Lanes],
) {
    let nodes = group.nodes.min(N);
    let blocks = group.dofs[slot].chunks_exact(nodes);
    for (dofs, numbers) in blocks.zip(numbers.chunks_exact_mut(group.points * width)) {
        let mut values = [Lanes::default(); N];
        for (value, dofs) in values[..nodes].iter_mut().zip(dofs) {
            for (value, dof) in value.0.iter_mut().zip(dofs) {
                *value = unknown(*dof);
            }
        }
        for (number, shapes) in numbers[slot..].iter_mut().step_by(width).zip(group.shapes()) {
            let mut sum = Lanes::default();
            for (value, shape) in values[..nodes].iter().zip(shapes) {
                sum = sum + *value * *shape;
            }
            *number = sum;
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
        let Add { table, mut coefficients, out } = self;
        let (width, mut weights) = (table.width(), &table.weights[..]);
        for group in &table.groups {
            let count = group.blocks() * group.points;
            let (here, rest) = coefficients.split_at(count * width);
            let (weight, others) = weights.split_at(count);
            (coefficients, weights) = (rest, others);
            for (slot, at) in table.at.iter().enumerate() {
                let of_slot = || here[slot..].iter().step_by(width).zip(weight);
                if *at == At::Whole {
                    let mut sum = Lanes::default();
                    for (r, weight) in of_slot() {
                        sum = sum + *r * *weight;
                    }
                    out[table.whole[slot] as usize] += sum.sum();
                    continue;
                }
                match group.nodes {
                    3 => add::<3>(group, slot, of_slot(), out),
                    6 => add::<6>(group, slot, of_slot(), out),
                    _ => add::<MOST_NODES>(group, slot, of_slot(), out),
                }
            }
        }
    }
}

/// Adds up what one of the slots gives the unknowns of facets of at most `N` nodes: `parts` are the coefficients, point
/// after point, with their weights.
#[inline(always)]
fn add<'a, const N: usize>(
    group: &Group,
    slot: usize,
    mut parts: impl Iterator<Item = (&'a Lanes, &'a Lanes)>,
    out: &mut [f64],
) {
    let nodes = group.nodes.min(N);
    for dofs in group.dofs[slot].chunks_exact(nodes) {
        let mut sums = [Lanes::default(); N];
        for ((r, weight), shapes) in parts.by_ref().take(group.points).zip(group.shapes()) {
            let part = *r * *weight;
            for (sum, shape) in sums[..nodes].iter_mut().zip(shapes) {
                *sum = *sum + part * *shape;
            }
        }
        for (dofs, sum) in dofs.iter().zip(&sums) {
            for (dof, part) in dofs.iter().zip(sum.0) {
                out[*dof as usize] += part;
            }
        }
    }
}

/// Means of what each slot reads over all facets.
struct Means<'a> {
    table: &'a Table,
    numbers: &'a [Lanes],
    means: &'a mut [f64],
}

impl Wide for Means<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Means { table, numbers, means } = self;
        let width = means.len();
        for (slot, mean) in means.iter_mut().enumerate() {
            let mut sum = Lanes::default();
            for (number, weight) in numbers[slot..].iter().step_by(width).zip(&table.weights) {
                sum = sum + *number * *weight;
            }
            *mean = sum.sum() / table.area;
        }
    }
}

/// Integrals of the first coefficient and of its squared difference from its mean.
struct Spread<'a> {
    table: &'a Table,
    coefficients: &'a [Lanes],
}

impl Wide for Spread<'_> {
    type Output = [f64; 2];

    #[inline(always)]
    fn run(self) -> [f64; 2] {
        let Spread { table, coefficients } = self;
        let first = || coefficients.iter().step_by(table.width()).zip(&table.weights);
        let mut total = Lanes::default();
        for (c, weight) in first() {
            total = total + *c * *weight;
        }
        let mean = Lanes::from(total.sum() / table.area);
        let mut squares = Lanes::default();
        for (c, weight) in first() {
            let difference = *c - mean;
            squares = squares + difference * difference * *weight;
        }
        [total.sum(), squares.sum()]
    }
}
