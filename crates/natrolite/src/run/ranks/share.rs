//! What a rank gets of the whole that rank 0 has.

use super::current::CurrentShare;
use super::deal::deal;
use super::excerpt::{Excerpt, Selected};
use super::mechanics::StressShare;
use super::owners::Owned;
use super::partition::partition;
use super::pieces::Cut;
use super::placed::{PlacedCurrent, PlacedStress};
use super::words::{Pack, Words};
use super::{Engine, agreed};
use crate::case::{Case, MeshSource};
use crate::run::{Geometry, RunError};
use mesh::{Halving, Parts, Wanted};

/// The part of the mesh around what a rank owns, and its unknowns there.
pub struct Share {
    /// The part.
    pub part: Geometry,
    /// Which cells of it this rank writes.
    pub cut: Cut,
    /// For each node the first of those opposite it at interfaces, by its number in the whole; nothing where the part
    /// is not refined, or there is no interface.
    pub opposite: Vec<u32>,
    /// The stress side.
    pub stress: Option<StressShare>,
    /// The current.
    pub current: Option<CurrentShare>,
}

impl Share {
    /// This rank's share of the whole that rank 0 alone has, and drops; there also what stays of it. It will be
    /// refined so many times later. All ranks call this together.
    ///
    /// One partition serves the stress and the current.
    ///
    /// # Errors
    /// When the case does not fit its mesh, or the engine fails.
    pub fn of(
        case: &Case,
        (whole, refinements): (Option<Geometry>, u32),
        engine: &dyn Engine,
    ) -> Result<(Self, Option<Excerpt>), RunError> {
        let comm = engine.comm();
        let placed = whole.as_ref().map(|whole| Placed::new(case, whole)).transpose();
        let placed = agreed(comm, placed)?;
        let way = match case.mesh {
            MeshSource::Defect(_) => Halving::OfLattice,
            MeshSource::File(_) => Halving::OfCells,
        };
        let opposite = whole.as_ref().map_or_else(Vec::new, |w| w.mesh.first_opposite());
        let mesh = whole.as_ref().map(|whole| (&whole.mesh, &opposite[..]));
        let of_node = partition((mesh, refinements, way), engine)?;
        let interfaces = whole.as_ref().map_or(0, |whole| whole.mesh.interfaces.len());
        let opposite = if refinements > 0 && interfaces > 0 { opposite } else { Vec::new() };
        let (share, selected) = match placed {
            Some(placed) => {
                let nodes = Owned::new(of_node, comm.size());
                let nodes = (&nodes, &opposite[..]);
                let (make, selected) = placed.shares(case, nodes, (comm.size(), refinements > 0));
                (deal(comm, Some(make)), Some(selected))
            }
            None => (deal(comm, None::<fn(usize) -> Share>), None),
        };
        Ok((share, selected.zip(whole).map(|(selected, whole)| selected.take(whole))))
    }
}

/// The laws on the whole, which is numbered as in any run: what is given, fixed, tied or joined then needs no
/// second way.
struct Placed<'w> {
    whole: &'w Geometry,
    stress: Option<PlacedStress<'w>>,
    current: Option<PlacedCurrent>,
}

impl<'w> Placed<'w> {
    fn new(case: &Case, whole: &'w Geometry) -> Result<Self, RunError> {
        let physics = case.physics();
        let stress = physics.mechanics.then(|| PlacedStress::new(case, whole)).transpose()?;
        let contacts = stress.as_ref().map_or_else(Vec::new, |s| s.touching(whole));
        let current = physics.current.then(|| PlacedCurrent::new(case, whole, &contacts));
        Ok(Placed { whole, stress, current: current.transpose()? })
    }

    /// What makes the share of each rank, and what rank 0 keeps; `opposite` is what is dealt of the whole.
    fn shares<'p>(
        &'p self,
        case: &'p Case,
        (nodes, opposite): (&'p Owned, &'p [u32]),
        (ranks, is_refined): (usize, bool),
    ) -> (impl FnMut(usize) -> Share + use<'p, 'w>, Selected) {
        let Placed { whole, stress, current } = self;
        let mesh = &whole.mesh;
        let mut wanted = Wanted::by_owners(&nodes.by);
        let stress = stress.as_ref().map(|s| s.part(mesh, (nodes, ranks), &mut wanted));
        let current = current.as_ref().map(|c| c.part(mesh, (nodes, ranks), &mut wanted));
        let surfaces = current.as_ref().map_or(&[][..], |current| current.surfaces());
        let mut selected =
            Selected::of(case, (whole, ranks, is_refined), surfaces, (nodes, opposite));
        if let Some(stress) = &stress {
            selected.displacements = selected.numbers(stress.space(), stress.owners());
        }
        if let Some(current) = &current {
            selected.unknowns = selected.numbers(current.space(), current.owners());
            selected.bodies = Some(selected.bodies_of(current.bodies()));
        }
        let mut parts = Parts::new(mesh, ranks, &wanted);
        let make = move |rank: usize| {
            let part = parts.take(rank);
            log::debug!("rank {rank} gets {} of {} cells", part.cells.len(), mesh.cell_count());
            let to = (&part.nodes[..], rank as u32);
            let stress = stress.as_ref().map(|stress| stress.share(to));
            let current = current.as_ref().map(|current| current.share(to));
            let is_own = nodes.of_rank(&part.nodes, rank as u32);
            let number = (nodes.numbers(&part.nodes), nodes.range(rank as u32));
            let opposite = of_nodes(opposite, &part.nodes);
            let cut = Cut::new((&part.mesh, &is_own), (part.nodes, part.cells), number);
            Share {
                cut,
                opposite,
                stress,
                current,
                part: Geometry { mesh: part.mesh, lattice: None, ..**whole },
            }
        };
        (make, selected)
    }
}

impl Pack for Share {
    fn pack(&self, words: &mut Vec<u64>) {
        self.part.pack(words);
        self.cut.pack(words);
        self.opposite.pack(words);
        self.stress.pack(words);
        self.current.pack(words);
    }

    fn unpack(words: &mut Words<'_>) -> Self {
        Share {
            part: words.next(),
            cut: words.next(),
            opposite: words.next(),
            stress: words.next(),
            current: words.next(),
        }
    }
}

/// What some nodes of a whole have of `all`; nothing of nothing.
pub fn of_nodes(all: &[u32], nodes: &[u32]) -> Vec<u32> {
    nodes.iter().filter_map(|&node| all.get(node as usize).copied()).collect()
}
