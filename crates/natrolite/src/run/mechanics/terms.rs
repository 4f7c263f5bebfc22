//! The terms of the stress side on a part of the mesh.

use super::model::Draft;
use crate::case::{Case, LawUse};
use crate::run::Geometry;
use fem::{Placement, Support};

/// What is integrated over the bulk, boundaries and interfaces.
pub struct Terms {
    /// In the order of [`super::model::MechanicalModel`].
    pub placements: Vec<Placement>,
    /// Region and number of each term that makes stress.
    pub stress: Vec<(u32, usize)>,
}

impl Terms {
    /// The terms on a part of a mesh on which the laws were placed before, with all of its names; `apart` is
    /// how far the mesh leaves the sides of each compliant interface apart \[m\]. What is fixed or tied is not
    /// known here.
    pub fn on_part(case: &Case, part: &Geometry, apart: &[f64]) -> Self {
        let mut draft = Draft::empty(case, part);
        draft.place_materials();
        for (index, boundary) in part.mesh.boundaries.iter().enumerate() {
            let used = case.boundaries.iter().find(|b| b.name == boundary.name);
            let laws: &[LawUse] = used.map_or(&[], |used| &used.laws);
            laws.iter().for_each(|law| draft.place_load(law, Support::Boundary(index)));
        }
        draft.place_all_springs(apart);
        Terms { placements: draft.placements, stress: draft.stress }
    }
}
