//! Finer meshes, made after a coarse one was dealt: each rank refines its own part with its halo, so that the fine
//! mesh is nowhere as a whole.
//!
//! What asks for the whole, bodies, reference potentials, who owns the potential of a body, is found out on the
//! coarse mesh. A node of the finest goes with the corner of the smallest number of the coarse edge, facet or cell in
//! the inside of which it lies: the owner of that has all cells around it. Nodes, cells and unknowns have the numbers that they have in a serial run.

mod ask;
mod excerpt;
mod measured;
mod numbers;
mod patch;

use super::current::{CurrentShare, area_of};
use super::excerpt::Excerpt;
use super::owners::whole_at;
use super::pieces::Cut;
use super::share::Share;
use super::unknowns::{At, OfWhole};
use super::{Engine, agreed};
use crate::case::{Case, MeshSource};
use crate::run::geometry::{blueprint, refused};
use crate::run::laws::Laws;
use crate::run::model::Surface;
use crate::run::{Geometry, RunError};
use algebra::Comm;
use excerpt::{Kept, thin};
use measured::Measured;
use mesh::defect::Halved;
use mesh::{Mesh, nodes_of};
use numbers::Numbers;
use patch::{Extent, Patch, halve};

/// How many cells a mesh in space has to have to be dealt, and refined afterwards: with more rank 0 takes longer, with
/// fewer the parts are less equal. None where the finest is dealt.
///
/// A single rank has the whole anyway.
pub fn enough(case: &Case, engine: &dyn Engine) -> Option<usize> {
    let ranks = engine.comm().size();
    (ranks > 1 && refines_parts(case)).then(|| engine.cells_each() * ranks)
}

/// True when ranks refine their parts of a mesh in space. With stress the finest is dealt: change of unknowns, supports
/// and joined sides are known of the whole alone.
pub fn refines_parts(case: &Case) -> bool {
    !case.physics().mechanics
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
    let Share { part: mut geometry, cut, current, .. } = share;
    let current = current.expect("a current, where meshes are refined after they were dealt");
    let of_whole = |support| area_of(&current.areas, support);
    let laws = Laws::on_part(case, &geometry, &[], &of_whole).map_err(RunError::from);
    let Laws { surfaces, whole, .. } = agreed(comm, laws)?;
    let wholes = current.unknowns.of_wholes(whole.len());
    let is_own = |whole: &OfWhole| whole.is_own && matches!(whole.at, At::Free { .. });
    let of_own = |surface: &&Surface| whole_at(surface).is_some_and(|w| is_own(&wholes[w]));
    let around: Vec<&Surface> = surfaces.iter().filter(of_own).collect();

    // Where the nodes of each rank begin among those of all.
    let starts = comm.gather_all(&[cut.owned().start]).concat();
    let owner =
        |number: u32| starts.partition_point(|&start| start <= u64::from(number)) as u32 - 1;
    let mut own = Patch::dealt(cut.part(std::mem::take(&mut geometry.mesh)), &owner);
    let (mut other, kept) = excerpt.map(|e| Kept::of(e, &owner)).unzip();
    let symmetry = geometry.symmetry();
    for level in level..refinement {
        let (fine, fine_other) = next(case, level, comm, (own, other), &mut extent)?;
        let part = fine.part.around(&wanted(&fine, &around, comm.rank() as u32));
        own = fine.cut(part);
        other = fine_other.map(|fine| thin(fine, symmetry, &surfaces, level + 1 < refinement));
        geometry = geometry.halved(Mesh::default());
    }
    let excerpt = other.zip(kept);
    number(case, geometry, (own, excerpt), (extent.nodes, &current, wholes), comm)
}

/// The share in the finest mesh, from the part and the excerpt of that and what was dealt of the current. All ranks
/// call this together.
fn number(
    case: &Case,
    mut geometry: Geometry,
    (own, excerpt): (Patch, Option<(Patch, Kept)>),
    (nodes, dealt, wholes): (u64, &CurrentShare, Vec<OfWhole>),
    comm: &dyn Comm,
) -> Result<(Share, Option<Excerpt>), RunError> {
    let Patch { part, owner, root } = own;
    geometry.mesh = part.mesh;
    let is_own: Vec<bool> = owner.iter().map(|&owner| owner as usize == comm.rank()).collect();
    let measured = Measured::of(&geometry, &is_own, comm);
    log::info!("mesh of all ranks: {} cells", measured.summary.cells);
    let of_whole = |support| area_of(&measured.areas, support);
    let laws = Laws::on_part(case, &geometry, &[], &of_whole).map_err(RunError::from);
    let laws = agreed(comm, laws)?;
    let levels = dealt.unknowns.levels();
    let levels = root.iter().map(|&node| levels[node as usize]).collect();
    let numbers = Numbers::new(comm, ((&part.nodes, &owner), nodes), laws, (wholes, levels));
    let at = numbers.at(comm, excerpt.as_ref().map(|(patch, _)| patch));
    let excerpt = excerpt.zip(at);
    let excerpt =
        excerpt.map(|((patch, kept), at)| kept.refined(&geometry, patch, at, (case, &measured)));
    let (unknowns, number, owned) = numbers.finish();
    let (areas, contacts) = (measured.areas, dealt.contacts.clone());
    let cut = Cut::new((&geometry.mesh, &is_own), (part.nodes, part.cells), (number, owned));
    let current = Some(CurrentShare { unknowns, areas, contacts });
    Ok((Share { part: geometry, cut, stress: None, current }, excerpt))
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

/// The nodes around which `rank` needs everything: its own, and those along the surfaces whose whole-body potential
/// is its own.
fn wanted(fine: &Patch, along: &[&Surface], rank: u32) -> Vec<bool> {
    let mut wanted: Vec<bool> = fine.owner.iter().map(|&owner| owner == rank).collect();
    for nodes in along.iter().map(|surface| nodes_of(surface.facets(&fine.part.mesh))) {
        nodes.into_iter().for_each(|node| wanted[node as usize] = true);
    }
    wanted
}
