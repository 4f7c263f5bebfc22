//! Tangents of a term on facets, eight facets side by side.

use crate::lanes::LANES;
use crate::placement::State;
use crate::surface_table::{FacetGroup, Table};
use crate::{At, Lanes, Term};
use algebra::{Wide, with_wide_registers};
use std::ops::Range;

impl Table {
    /// How many unknowns a facet of a group has: those of its nodes, slot after slot, or the one that a slot reads
    /// everywhere.
    pub(crate) fn unknowns_of(&self, group: &FacetGroup) -> usize {
        self.at.iter().map(|at| if *at == At::Whole { 1 } else { group.nodes }).sum()
    }

    /// The unknowns of some facets of a group, facet after facet.
    pub(crate) fn unknowns(&self, (group, facets): (&FacetGroup, Range<usize>), out: &mut [u32]) {
        let mut out = out.iter_mut();
        for facet in facets {
            let (block, lane) = (facet / LANES, facet % LANES);
            for (slot, at) in self.at.iter().enumerate() {
                if *at == At::Whole {
                    out.next().into_iter().for_each(|out| *out = self.whole[slot]);
                    continue;
                }
                let nodes = &group.dofs[slot][block * group.nodes..][..group.nodes];
                nodes.iter().zip(&mut out).for_each(|(dofs, out)| *out = dofs[lane]);
            }
        }
    }

    /// The tangents of a term at `state` on some facets of a group, of which the first is the first of a block: of
    /// each facet rows and columns for its [`Table::unknowns`].
    pub(crate) fn tangents_at(
        &self,
        term: &dyn Term,
        (group, facets): (&FacetGroup, Range<usize>),
        state: State<'_>,
        parts: &mut [f64],
    ) {
        let blocks = facets.start / LANES..facets.end.div_ceil(LANES);
        let count = group.points_of(blocks.clone()).len() * self.width();
        let mut numbers = vec![Lanes::default(); count];
        self.read((group, blocks.clone()), state, &mut numbers);
        self.tangents(term, (group, blocks), &numbers, parts);
    }

    /// The same of whole blocks, where the term reads these `numbers`.
    pub(crate) fn tangents(
        &self,
        term: &dyn Term,
        (group, blocks): (&FacetGroup, Range<usize>),
        numbers: &[Lanes],
        parts: &mut [f64],
    ) {
        let points = group.points_of(blocks.clone());
        let mut slopes = vec![Lanes::default(); numbers.len() * self.width()];
        let all = &self.points[points.start * LANES..points.end * LANES];
        term.tangent_in_lanes(all, numbers, &mut slopes);
        self.sum((group, blocks), &slopes, parts);
    }

    /// The same of a current of one unit for each unit between the values of the first two slots.
    pub(crate) fn unit_tangents(
        &self,
        (group, blocks): (&FacetGroup, Range<usize>),
        parts: &mut [f64],
    ) {
        let width = self.width();
        let count = group.points_of(blocks.clone()).len() * width * width;
        let mut slopes = vec![Lanes::default(); count];
        for slopes in slopes.chunks_exact_mut(width * width) {
            for (k, sign) in [(0, 1.0), (1, -1.0), (width, -1.0), (width + 1, 1.0)] {
                slopes[k] = Lanes::from(sign);
            }
        }
        self.sum((group, blocks), &slopes, parts);
    }

    fn sum(
        &self,
        (group, blocks): (&FacetGroup, Range<usize>),
        slopes: &[Lanes],
        parts: &mut [f64],
    ) {
        with_wide_registers(Sum { table: self, group, blocks, slopes, parts });
    }
}

/// Integrates the derivatives of a term over facets.
struct Sum<'a> {
    table: &'a Table,
    group: &'a FacetGroup,
    blocks: Range<usize>,
    /// For each point those of all pairs of slots.
    slopes: &'a [Lanes],
    /// For each facet those of all pairs of unknowns.
    parts: &'a mut [f64],
}

impl Wide for Sum<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Sum { table, group, blocks, slopes, parts } = self;
        let (width, unknowns) = (table.width(), table.unknowns_of(group));
        let of_block = group.points * width * width;
        // A slot that reads one unknown everywhere has one node with the shape function 1.
        let count = |slot: usize| if table.at[slot] == At::Whole { 1 } else { group.nodes };
        let shape = |slot: usize, shapes: &[f64], node: usize| match table.at[slot] {
            At::Whole => 1.0,
            _ => shapes[node],
        };
        let of_facets = parts.chunks_mut(LANES * unknowns * unknowns);
        for ((block, slopes), parts) in blocks.zip(slopes.chunks_exact(of_block)).zip(of_facets) {
            let weights = &table.weights[group.points_of(block..block + 1)];
            let mut row = 0;
            for test in 0..width {
                let mut first = 0;
                for trial in 0..width {
                    let pair = slopes.iter().skip(test * width + trial).step_by(width * width);
                    for i in 0..count(test) {
                        for j in 0..count(trial) {
                            let mut sum = Lanes::default();
                            let points = pair.clone().zip(weights).zip(group.shapes());
                            for ((slope, weight), shapes) in points {
                                let both = shape(test, shapes, i) * shape(trial, shapes, j);
                                sum = sum + *weight * *slope * both;
                            }
                            let at = (row + i) * unknowns + first + j;
                            let places = parts[at..].iter_mut().step_by(unknowns * unknowns);
                            places.zip(sum.0).for_each(|(part, sum)| *part = sum);
                        }
                    }
                    first += count(trial);
                }
                row += count(test);
            }
        }
    }
}
