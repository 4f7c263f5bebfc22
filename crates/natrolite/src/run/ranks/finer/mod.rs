//! Finer meshes, made after a coarse one was dealt: each rank refines its own part with its halo, so that the fine
//! mesh is nowhere as a whole.
//!
//! What asks for the whole, bodies, reference potentials, who owns the potential of a body, is found out on the
//! coarse mesh. A node of the finest goes with the corner of the smallest number of the coarse edge, facet or cell in
//! the inside of which it lies: the owner of that has all cells around it. Nodes, cells and unknowns have the numbers that they have in a serial run.

mod ask;
mod current;
mod excerpt;
mod measured;
mod numbers;
mod patch;
mod stress;

pub use ask::positions;

use super::Engine;
use super::excerpt::Excerpt;
use super::gaps::Gaps;
use super::pieces::Cut;
use super::share::Share;
use crate::case::{Case, MeshSource};
use crate::run::geometry::{blueprint, refused};
use crate::run::model::facets_of;
use crate::run::{Geometry, RunError};
use algebra::Comm;
use current::DealtCurrent;
use excerpt::{Kept, thin};
use fem::Support;
use measured::Measured;
use mesh::defect::Halved;
use mesh::{FacetBlock, Mesh, nodes_of};
use numbers::{NodeNumbers, Nodes};
use patch::{Extent, Patch, halve};
use stress::DealtStress;

/// How many cells a mesh in space has to have to be dealt, and refined afterwards: with more rank 0 takes longer, with
/// fewer the parts are less equal. None where the finest is dealt.
///
/// A single rank has the whole anyway.
pub fn enough(engine: &dyn Engine) -> Option<usize> {
    let ranks = engine.comm().size();
    (ranks > 1).then(|| engine.cells_each() * ranks)
}

/// The mesh that is dealt, as a whole.
pub struct Dealt {
    /// How often it is refined.
    pub level: u32,
    extent: Extent,
}

impl Dealt {
    /// Rank 0 tells all others, which call this together, of the mesh that it has.
    pub fn tell(comm: &dyn Comm, whole: Option<(&Mesh, u32)>) -> Self {
        let mut words = Vec::new();
        if let Some((mesh, level)) = whole {
            words.extend([u64::from(level), mesh.points.len() as u64]);
            words.extend(mesh.blocks.iter().map(|block| block.len() as u64));
        }
        let words = comm.gather_all(&words).swap_remove(0);
        let extent = Extent { nodes: words[1], cells: words[2..].to_vec() };
        Dealt { level: words[0] as u32, extent }
    }
}

/// The shares in the mesh refined `refinement` times, from those in the one that was dealt. All ranks call this
/// together.
///
/// # Errors
/// When that mesh is too large.
pub fn refine(
    case: &Case,
    (dealt, refinement): (Dealt, u32),
    (share, excerpt): (Share, Option<Excerpt>),
    comm: &dyn Comm,
) -> Result<(Share, Option<Excerpt>), RunError> {
    let Dealt { level, mut extent } = dealt;
    if level == refinement {
        return Ok((share, excerpt));
    }
    let Share { part: mut geometry, cut, opposite, stress, current } = share;
    let current = current.map(|share| DealtCurrent::new(case, &geometry, share, comm));
    let current = current.transpose()?;
    let stress = stress.map(DealtStress::new);
    let mut along: Vec<Support> = current.iter().flat_map(DealtCurrent::along).collect();
    along.extend(stress.iter().flat_map(|stress| stress.along(&geometry.mesh)));
    let unilateral = stress.as_ref().map_or(&[][..], |stress| stress.unilateral());
    let surfaces = current.as_ref().map_or(&[][..], |current| &current.surfaces);

    // Where the nodes of each rank begin among those of all.
    let starts = comm.gather_all(&[cut.owned().start]).concat();
    let owner =
        |number: u32| starts.partition_point(|&start| start <= u64::from(number)) as u32 - 1;
    let dealt = cut.part(std::mem::take(&mut geometry.mesh));
    let mut own = Patch::dealt(dealt, &opposite, &owner);
    let (mut other, kept) = excerpt.map(|e| Kept::of(e, &owner)).unzip();
    let symmetry = geometry.symmetry();
    for level in level..refinement {
        let (fine, fine_other) = next(case, level, comm, (own, other), &mut extent)?;
        let mut wanted = wanted(&fine, &along, comm.rank() as u32);
        Gaps::new(&fine.part.mesh, unilateral).widen(&fine.part.mesh, &mut wanted);
        let part = fine.part.around(&wanted);
        own = fine.cut(part);
        other = fine_other.map(|fine| thin(fine, symmetry, surfaces, level + 1 < refinement));
        geometry = geometry.halved(Mesh::default());
    }
    number(case, geometry, (own, other.zip(kept)), extent.nodes, (stress, current), comm)
}

/// The share in the finest mesh, from the part and the excerpt of that and what was dealt. All
/// ranks call this together.
fn number(
    case: &Case,
    mut geometry: Geometry,
    (own, excerpt): (Patch, Option<(Patch, Kept)>),
    all: u64,
    (stress, current): (Option<DealtStress>, Option<DealtCurrent>),
    comm: &dyn Comm,
) -> Result<(Share, Option<Excerpt>), RunError> {
    let Patch { part, owner, root, .. } = own;
    geometry.mesh = part.mesh;
    let is_own: Vec<bool> = owner.iter().map(|&owner| owner as usize == comm.rank()).collect();
    let measured = Measured::of(&geometry, &is_own, comm);
    log::info!("mesh of all ranks: {} cells", measured.summary.cells);
    let nodes = Nodes { in_whole: &part.nodes, owner: &owner, all };
    let other = excerpt.as_ref().map(|(patch, _)| patch);
    let stress = stress.map(|s| s.number(case, &geometry, (&nodes, other), &measured, comm));
    let (stress, displacements) = stress.transpose()?.unzip();
    let place = (&nodes, &root[..], other);
    let current = current.map(|c| c.number(case, &geometry, place, &measured, comm));
    let (current, unknowns) = current.transpose()?.unzip();
    let NodeNumbers { here, owned, elsewhere } = NodeNumbers::new(comm, &nodes, other);
    let excerpt = excerpt.map(|(patch, kept)| {
        let [unknowns, displacements] = [unknowns, displacements].map(Option::unwrap_or_default);
        let numbers = (elsewhere, unknowns, displacements);
        kept.refined(&geometry, patch, numbers, (case, &measured))
    });
    let cut = Cut::new((&geometry.mesh, &is_own), (part.nodes, part.cells), (here, owned));
    Ok((Share { part: geometry, cut, opposite: Vec::new(), stress, current }, excerpt))
}

/// Parts of the mesh refined once more than `level` times, made from parts of that. All ranks call this together.
fn next(
    case: &Case,
    level: u32,
    comm: &dyn Comm,
    (own, other): (Patch, Option<Patch>),
    extent: &mut Extent,
) -> Result<(Patch, Option<Patch>), RunError> {
    match &case.mesh {
        MeshSource::Defect(defect) => {
            let of = |level| blueprint(case, defect, level).map_err(RunError::from);
            let [coarse, fine] = [of(level)?, of(level + 1)?];
            let halved = Halved::new(&coarse, &fine);
            extent.nodes = halved.node_count() as u64;
            Ok((own.halved_by(&halved), other.map(|other| other.halved_by(&halved))))
        }
        MeshSource::File(file) => {
            let refuse = |error: mesh::MeshError| refused(case, file, &error.to_string()).into();
            halve(comm, (&own, other.as_ref()), extent, &refuse)
        }
    }
}

/// The nodes around which `rank` needs everything: its own, and those along the surfaces whose whole-body unknown
/// is its own, with what is opposite them.
fn wanted(fine: &Patch, along: &[Support], rank: u32) -> Vec<bool> {
    let mesh = &fine.part.mesh;
    let mut wanted = vec![false; mesh.points.len()];
    for nodes in along.iter().map(|&support| nodes_of(facets_of(mesh, support))) {
        nodes.into_iter().for_each(|node| wanted[node as usize] = true);
    }
    let pairs = |[here, across]: &[Vec<FacetBlock>; 2]| -> Vec<[usize; 2]> {
        let pairs = here.iter().zip(across).flat_map(|(a, b)| a.nodes.iter().zip(&b.nodes));
        pairs.map(|(&a, &b)| [a as usize, b as usize]).collect()
    };
    let pairs: Vec<[usize; 2]> = mesh.interfaces.iter().flat_map(|i| pairs(&i.sides)).collect();
    // Where interfaces meet, more than two are opposite each other.
    let mut is_wider = true;
    while std::mem::take(&mut is_wider) {
        for &[a, b] in &pairs {
            is_wider |= wanted[a] != wanted[b];
            let either = wanted[a] || wanted[b];
            (wanted[a], wanted[b]) = (either, either);
        }
    }
    wanted.iter_mut().zip(&fine.owner).for_each(|(wanted, &owner)| *wanted |= owner == rank);
    wanted
}
