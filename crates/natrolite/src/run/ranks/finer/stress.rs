//! The stress side on parts that are refined.

use super::measured::Measured;
use super::numbers::{Nodes, Numbers};
use super::patch::Patch;
use crate::case::Case;
use crate::run::mechanics::held::Held;
use crate::run::ranks::agreed;
use crate::run::ranks::mechanics::StressShare;
use crate::run::ranks::unknowns::OfWhole;
use crate::run::{Geometry, RunError};
use algebra::Comm;
use contact::extent;
use fem::{Field, Space, Support};
use mesh::Mesh;

/// The stress side as it was dealt.
pub struct DealtStress {
    share: StressShare,
    wholes: Vec<OfWhole>,
}

impl DealtStress {
    pub fn new(share: StressShare) -> Self {
        let wholes = share.unknowns.of_wholes(share.whole.len());
        DealtStress { share, wholes }
    }

    /// Where platens are that this rank moves.
    pub fn along(&self, mesh: &Mesh) -> Vec<Support> {
        let names = self.share.whole.iter().zip(&self.wholes);
        let own = names.filter(|(_, whole)| whole.is_own_unknown());
        let at = |name: &String| mesh.boundaries.iter().position(|b| b.name == *name);
        own.filter_map(|(name, _)| at(name)).map(Support::Boundary).collect()
    }

    /// Where bodies may touch.
    pub fn unilateral(&self) -> &[Support] {
        &self.share.unilateral
    }

    /// The share on the finest mesh, of which this rank has `part`, and the numbers of the unknowns of a part that some
    /// rank has besides. All ranks call this together.
    pub fn number(
        self,
        case: &Case,
        part: &Geometry,
        (nodes, other): (&Nodes<'_>, Option<&Patch>),
        measured: &Measured,
        comm: &dyn Comm,
    ) -> Result<(StressShare, Vec<u64>), RunError> {
        let held = Held::on_part(case, part, &measured.areas).map_err(RunError::from);
        let Held { whole, constraints, loads } = agreed(comm, held)?;
        let field = vec![Field::vector("displacement", &part.mesh)];
        let space = Space::new(field, whole.clone(), part.mesh.points.len(), &constraints)
            .expect("the boundaries met on the coarse mesh, too");
        let loads = self.loads_of_all(&loads, comm);
        let StressShare { apart, unilateral, .. } = self.share;
        let numbers = Numbers::new(comm, nodes, &space, self.wholes);
        let elsewhere = numbers.at(comm, other);
        let unknowns = numbers.unknowns(0, None);
        let size = largest(extent(&part.mesh), comm);
        let share = StressShare { unknowns, whole, loads, apart, size, unilateral };
        Ok((share, elsewhere))
    }

    /// The owner of a platen has its facets, which tell where a load pushes, and tells the others.
    fn loads_of_all(&self, loads: &[(usize, f64)], comm: &dyn Comm) -> Vec<(usize, f64)> {
        let own = loads.iter().filter(|(whole, _)| self.wholes[*whole].is_own_unknown());
        let words = own.flat_map(|(whole, load)| [*whole as u64, load.to_bits()]);
        let all = comm.gather_all(&words.collect::<Vec<_>>()).concat();
        let load = |pair: &[u64]| (pair[0] as usize, f64::from_bits(pair[1]));
        let mut loads: Vec<_> = all.chunks_exact(2).map(load).collect();
        loads.sort_by_key(|load| load.0);
        loads
    }
}

/// The largest of these numbers, none of them negative, on any rank.
fn largest(here: f64, comm: &dyn Comm) -> f64 {
    let all = comm.gather_all(&[here.to_bits()]).concat();
    all.into_iter().map(f64::from_bits).fold(0.0, f64::max)
}
