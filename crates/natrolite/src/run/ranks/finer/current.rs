//! The current on parts that are refined.

use super::measured::Measured;
use super::numbers::{Nodes, Numbers};
use super::patch::Patch;
use crate::case::Case;
use crate::run::laws::Laws;
use crate::run::model::Surface;
use crate::run::ranks::agreed;
use crate::run::ranks::current::{CurrentShare, area_of};
use crate::run::ranks::owners::whole_at;
use crate::run::ranks::unknowns::OfWhole;
use crate::run::{Geometry, RunError};
use algebra::Comm;
use fem::{Space, Support};

/// The current as it was dealt.
pub struct DealtCurrent {
    share: CurrentShare,
    /// Boundaries and interfaces with a law.
    pub surfaces: Vec<Surface>,
    wholes: Vec<OfWhole>,
}

impl DealtCurrent {
    /// Places the laws on the part that was dealt. All ranks call this together.
    pub fn new(
        case: &Case,
        part: &Geometry,
        share: CurrentShare,
        comm: &dyn Comm,
    ) -> Result<Self, RunError> {
        let Laws { surfaces, whole, .. } = laws(case, part, (&share, &share.areas), comm)?;
        let wholes = share.unknowns.of_wholes(whole.len());
        Ok(DealtCurrent { share, surfaces, wholes })
    }

    /// Where the potentials of whole bodies are that this rank owns.
    pub fn along(&self) -> impl Iterator<Item = Support> {
        let of_own = |surface: &&Surface| {
            whole_at(surface).is_some_and(|whole| self.wholes[whole].is_own_unknown())
        };
        self.surfaces.iter().filter(of_own).map(|surface| surface.support)
    }

    /// The share on the finest mesh, of which this rank has `part`; `root` tells which node of the part that was dealt
    /// has the level of each. Also the numbers of the unknowns of a part that some rank has besides. All ranks call
    /// this together.
    pub fn number(
        self,
        case: &Case,
        part: &Geometry,
        (nodes, root, other): (&Nodes<'_>, &[u32], Option<&Patch>),
        measured: &Measured,
        comm: &dyn Comm,
    ) -> Result<(CurrentShare, Vec<u64>), RunError> {
        let laws = laws(case, part, (&self.share, &measured.areas), comm)?;
        let space = Space::new(laws.fields, laws.whole, nodes.owner.len(), &laws.constraints)
            .expect("the boundaries met on the coarse mesh, too");
        let numbers = Numbers::new(comm, nodes, &space, self.wholes);
        let levels = self.share.unknowns.levels();
        let levels = root.iter().map(|&node| levels[node as usize]).collect();
        let (areas, contacts) = (measured.areas.clone(), self.share.contacts);
        let elsewhere = numbers.at(comm, other);
        // Of each contact its fraction and its pressure, which are told later.
        let unknowns = numbers.unknowns(2 * contacts.len(), Some(levels));
        Ok((CurrentShare { unknowns, areas, contacts }, elsewhere))
    }
}

/// The laws on a part; `areas` are those of the boundaries of the whole.
fn laws(
    case: &Case,
    part: &Geometry,
    (share, areas): (&CurrentShare, &[f64]),
    comm: &dyn Comm,
) -> Result<Laws, RunError> {
    let contacts: Vec<&str> = share.contacts.iter().map(String::as_str).collect();
    let laws = Laws::on_part(case, part, &contacts, &|support| area_of(areas, support));
    agreed(comm, laws.map_err(RunError::from))
}
