//! Gaps as unknowns on the part of a rank.
//!
//! Each rank makes the change of unknowns for the surfaces of its part, which reaches far enough (module `gaps`). Its
//! unknowns come in the order that they have in the whole, so that the same displacements are replaced. All ranks are
//! told all bounds, which are few, under the numbers that they have in the whole.

use super::agreed;
use super::finer::positions;
use super::pieces::Cut;
use super::unknowns::Unknowns;
use crate::case::Case;
use crate::run::mechanics::held::surfaces_on_part;
use crate::run::{Geometry, RunError};
use algebra::Comm;
use contact::unilateral::{Change, ContactSurface, Reduction, nearest};
use fem::Space;

/// What a rank has of the contact.
pub struct ContactShare {
    /// The change of its unknowns, with all bounds.
    pub change: Change,
    /// The first active set, of all bounds.
    pub first: Vec<bool>,
    surfaces: Vec<ContactSurface>,
    reduction: Reduction,
    /// The place of each unknown of the part among those in the order of the whole.
    order: Vec<u32>,
}

impl ContactShare {
    /// On a part the unknowns of which are those of `space`. All ranks call this together.
    ///
    /// # Errors
    /// Laws that do not fit the mesh.
    pub fn new(
        case: &Case,
        (part, cut): (&Geometry, &Cut),
        (unknowns, space): (&Unknowns, &Space),
        comm: &dyn Comm,
    ) -> Result<Self, RunError> {
        let surfaces = surfaces_on_part(case, part).map_err(RunError::from);
        let surfaces = agreed(comm, surfaces)?;
        let mut sorted: Vec<u32> = (0..unknowns.in_whole.len() as u32).collect();
        sorted.sort_unstable_by_key(|&k| unknowns.in_whole[k as usize]);
        let mut order = vec![0; sorted.len()];
        (0..).zip(&sorted).for_each(|(place, &k)| order[k as usize] = place);
        let mut space = space.clone();
        space.renumber(&order);
        let reduction = Reduction::new(&part.mesh, &space, &surfaces).map_err(RunError::from);
        let reduction = agreed(comm, reduction)?;
        let here = Here { comm, cut, sorted: &sorted, unknowns };
        let bounds = here.bounds(&surfaces, &reduction);
        let first = nearest(bounds.iter().map(|bound| (bound.surface, bound.gap)));
        let of_bound = |bound: &Told| {
            let place =
                sorted.binary_search_by_key(&bound.in_whole, |&k| unknowns.in_whole[k as usize]);
            (place.ok().map(|place| sorted[place] as usize), bound.at_rest, bound.area)
        };
        let change = reduction.part(&order, bounds.iter().map(of_bound));
        Ok(ContactShare { change, first, surfaces, reduction, order })
    }

    /// What a motion of the part does to displacements and gaps.
    pub fn seen_from_gaps(&self, motion: &[f64]) -> Vec<f64> {
        let mut ordered = vec![0.0; motion.len()];
        self.order.iter().zip(motion).for_each(|(&place, x)| ordered[place as usize] = *x);
        let seen = self.reduction.contract(&self.surfaces, &ordered);
        self.order.iter().map(|&place| seen[place as usize]).collect()
    }
}

/// A bound as its owner tells it.
struct Told {
    surface: usize,
    /// Number of its unknown in the whole.
    in_whole: u32,
    /// Gap at rest \[m\], as it is bounded.
    at_rest: f64,
    /// \[m2\]
    area: f64,
    /// Gap before loading at the node \[m\].
    gap: f64,
}

/// Where a rank stands.
struct Here<'h> {
    comm: &'h dyn Comm,
    cut: &'h Cut,
    /// Unknowns of the part in the order of the whole.
    sorted: &'h [u32],
    unknowns: &'h Unknowns,
}

impl Here<'_> {
    /// All bounds of all ranks, as they are numbered in the whole: surface by surface, by their nodes.
    fn bounds(&self, surfaces: &[ContactSurface], reduction: &Reduction) -> Vec<Told> {
        let ends = self.comm.gather_all(&[self.cut.owned().end]).concat();
        let nodes = ends.into_iter().max().unwrap_or(0);
        let (mut words, mut before) = (Vec::new(), 0);
        for (k, surface) in surfaces.iter().enumerate() {
            let bounds = reduction.bounds_of(surface, k).filter(|bound| self.cut.owns(bound.node));
            let bounds: Vec<_> = bounds.collect();
            let at_nodes = || bounds.chunk_by(|a, b| a.node == b.node);
            let number = |node: u32| self.cut.nodes()[node as usize];
            let counts = at_nodes().map(|at| [number(at[0].node), at.len() as u32]);
            let (starts, count) = positions(self.comm, nodes, &counts.collect::<Vec<_>>());
            for (start, at) in starts.into_iter().zip(at_nodes()) {
                for (number, bound) in (before + start..).zip(at) {
                    let unknown = self.sorted[bound.unknown as usize] as usize;
                    let in_whole = self.unknowns.in_whole[unknown];
                    words.extend([number, k as u64, in_whole.into()]);
                    words.extend([bound.at_rest, bound.area, bound.gap].map(f64::to_bits));
                }
            }
            before += count;
        }
        let told = self.comm.gather_all(&words).concat();
        let mut told: Vec<&[u64]> = told.chunks_exact(6).collect();
        told.sort_unstable_by_key(|words| words[0]);
        let of_words = |words: &&[u64]| {
            let [at_rest, area, gap] = [3, 4, 5].map(|k: usize| f64::from_bits(words[k]));
            Told { surface: words[1] as usize, in_whole: words[2] as u32, at_rest, area, gap }
        };
        told.iter().map(of_words).collect()
    }
}
