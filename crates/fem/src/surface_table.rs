//! What terms on facets read, as a table.

use crate::assembly::{Body, Placed};
use crate::lanes::LANES;
use crate::placement::{Kernel, State};
use crate::{At, Lanes, Of, Point, Slot, Support};
use algebra::{Wide, with_wide_registers};
use std::ops::Range;

/// Most nodes of a facet, and points of its quadrature.
pub(crate) const MOST_NODES: usize = 9;
const MOST_POINTS: usize = 16;
/// Most slots.
pub(crate) const MOST_SLOTS: usize = 8;

/// What a term on facets reads at its points of quadrature, as a table of shape functions. It depends on the
/// mesh and the numbering, not on the values of the law.
///
/// [`LANES`] facets of a kind lie side by side: what is read at one point of each of them fills one [`Lanes`],
/// and so does each unknown of a node. The last ones of a kind are filled up with copies of the last facet,
/// without weight.
pub(crate) struct Table {
    /// Point after point of those side by side.
    pub(crate) points: Vec<Point>,
    pub(crate) weights: Vec<Lanes>,
    /// Sum of the weights.
    pub(crate) area: f64,
    /// Where each slot is read.
    pub(crate) at: Vec<At>,
    /// For each slot that reads the same unknown everywhere its number.
    pub(crate) whole: Vec<u32>,
    pub(crate) groups: Vec<FacetGroup>,
}

/// Facets of one kind.
pub(crate) struct FacetGroup {
    pub(crate) facets: usize,
    pub(crate) nodes: usize,
    /// Number of the first point of all.
    first: usize,
    /// Points of a facet.
    pub(crate) points: usize,
    /// Shape function of each node at each point.
    shapes: Vec<f64>,
    /// For each slot the unknowns of each node of the facets side by side; none where it reads one unknown.
    pub(crate) dofs: Vec<Vec<[u32; LANES]>>,
}

impl FacetGroup {
    /// Shape functions of the nodes, point after point.
    pub(crate) fn shapes(&self) -> impl Iterator<Item = &[f64]> {
        self.shapes.chunks_exact(self.nodes)
    }

    /// How many times `LANES` facets there are.
    pub(crate) fn blocks(&self) -> usize {
        self.facets.div_ceil(LANES)
    }

    /// Numbers of the points of some blocks.
    pub(crate) fn points_of(&self, blocks: Range<usize>) -> Range<usize> {
        self.first + blocks.start * self.points..self.first + blocks.end * self.points
    }
}

/// True for terms that a [`Table`] can hold.
pub(crate) fn has_table(placed: &Placed<'_>) -> bool {
    let slots = placed.term.slots();
    let plain = slots.iter().all(|s| s.of == Of::Value && s.components == 1);
    plain && slots.len() <= MOST_SLOTS && !matches!(placed.support, Support::Region(_))
}

impl Table {
    /// That of a term, which is made once.
    pub(crate) fn of<'p>(body: Body<'_>, placed: &'p Placed<'_>) -> &'p Table {
        placed.table.get_or_init(|| Table::new(body, placed))
    }

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
            let first = table.weights.len();
            let mut group = FacetGroup {
                facets: batch.len(),
                nodes,
                first,
                points,
                shapes: (0..points).flat_map(|q| batch.values_at(q)).copied().collect(),
                dofs: vec![Vec::new(); slots.len()],
            };
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

    /// How many numbers the term reads at a point.
    pub(crate) fn width(&self) -> usize {
        self.at.len()
    }

    /// Reads the unknowns at the points of some blocks of a group.
    pub(crate) fn read(
        &self,
        (group, blocks): (&FacetGroup, Range<usize>),
        state: State<'_>,
        numbers: &mut [Lanes],
    ) {
        with_wide_registers(Read { table: self, group, blocks, state, numbers });
    }
}

/// What a term reads at the points of some blocks.
struct Read<'a> {
    table: &'a Table,
    group: &'a FacetGroup,
    blocks: Range<usize>,
    state: State<'a>,
    numbers: &'a mut [Lanes],
}

impl Wide for Read<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Read { table, group, blocks, state: State { deviations, rest }, numbers } = self;
        // Both as long, so that one check serves both.
        let rest = &rest[..deviations.len()];
        let unknown = |dof: u32| deviations[dof as usize] + rest[dof as usize];
        let width = table.width();
        for (slot, at) in table.at.iter().enumerate() {
            if *at == At::Whole {
                let value = Lanes::from(unknown(table.whole[slot]));
                numbers[slot..].iter_mut().step_by(width).for_each(|number| *number = value);
                continue;
            }
            let dofs = &group.dofs[slot][blocks.start * group.nodes..blocks.end * group.nodes];
            // Facets of edges and triangles of second order are what there is most of.
            match group.nodes {
                3 => read::<3>((group, dofs), (slot, width), unknown, numbers),
                6 => read::<6>((group, dofs), (slot, width), unknown, numbers),
                _ => read::<MOST_NODES>((group, dofs), (slot, width), unknown, numbers),
            }
        }
    }
}

/// What one of the slots reads at the points of facets of at most `N` nodes.
#[inline(always)]
fn read<const N: usize>(
    (group, dofs): (&FacetGroup, &[[u32; LANES]]),
    (slot, width): (usize, usize),
    unknown: impl Fn(u32) -> f64,
    numbers: &mut [Lanes],
) {
    let nodes = group.nodes.min(N);
    let blocks = dofs.chunks_exact(nodes);
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
