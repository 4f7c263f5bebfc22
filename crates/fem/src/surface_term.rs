//! A term on facets, to be evaluated again and again with few unknowns.

use crate::lanes::LANES;
use crate::placement::State;
use crate::surface_table::{FacetGroup, MOST_NODES, MOST_SLOTS, Table};
use crate::{At, Lanes, System, Term};
use algebra::{Wide, with_wide_registers};
use std::ops::Range;

/// Blocks of facets whose tangents are found at a time.
const TOGETHER: usize = 16;

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
        let table = Table::of(body, placed);
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
        let state = State { deviations, rest: self.rest };
        let width = self.table.width();
        for group in &self.table.groups {
            let all = 0..group.blocks();
            let points = group.points_of(all.clone());
            let numbers = &mut numbers[points.start * width..points.end * width];
            self.table.read((group, all), state, numbers);
        }
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
    /// unknowns); a pair may come several times. A load has none.
    pub fn tangent(&mut self, deviations: &[f64], add: impl FnMut(u32, u32, f64)) {
        self.evaluate(deviations);
        if self.term.is_load() {
            return;
        }
        let numbers = &self.memory.numbers;
        self.each_slope(add, |group, blocks, parts| {
            let points = group.points_of(blocks.clone());
            let width = self.table.width();
            let numbers = &numbers[points.start * width..points.end * width];
            self.table.tangents(self.term, (group, blocks), numbers, parts);
        });
    }

    /// As [`SurfaceTerm::tangent`] of a current of one unit for each unit between the values of the first two slots,
    /// which are what a law of kinetics connects.
    pub fn unit_tangent(&self, add: impl FnMut(u32, u32, f64)) {
        self.each_slope(add, |group, blocks, parts| {
            self.table.unit_tangents((group, blocks), parts);
        });
    }

    /// Calls `add` with each number of the parts of all facets, which `find` writes for some blocks of a group.
    fn each_slope(
        &self,
        mut add: impl FnMut(u32, u32, f64),
        mut find: impl FnMut(&FacetGroup, Range<usize>, &mut [f64]),
    ) {
        let (mut dofs, mut parts) = (Vec::new(), Vec::new());
        for group in &self.table.groups {
            let width = self.table.unknowns_of(group);
            for first in (0..group.blocks()).step_by(TOGETHER) {
                let blocks = first..group.blocks().min(first + TOGETHER);
                let facets = first * LANES..group.facets.min(blocks.end * LANES);
                dofs.resize(facets.len() * width, 0);
                parts.resize(facets.len() * width * width, 0.0);
                self.table.unknowns((group, facets), &mut dofs);
                find(group, blocks, &mut parts);
                let facets = dofs.chunks_exact(width).zip(parts.chunks_exact(width * width));
                for (dofs, part) in facets {
                    for (row, part) in dofs.iter().zip(part.chunks_exact(width)) {
                        dofs.iter().zip(part).for_each(|(column, part)| add(*row, *column, *part));
                    }
                }
            }
        }
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
        for group in &table.groups {
            for facet in 0..group.facets {
                let (block, lane) = (facet / LANES, facet % LANES);
                for at in group.points_of(block..block + 1) {
                    let coefficient = self.memory.coefficients[at * width];
                    visit(table.weights[at].0[lane], coefficient.0[lane]);
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
    group: &FacetGroup,
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
