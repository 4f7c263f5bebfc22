//! What holds the nodes of a part of the mesh.

use super::model::Draft;
use crate::case::{Case, CaseError};
use crate::run::Geometry;
use contact::unilateral::ContactSurface;
use fem::Constraints;

/// What is fixed, tied and joined on a part.
pub struct Held {
    /// Names of the whole-body unknowns, the platens.
    pub whole: Vec<String>,
    /// What has facets on the part.
    pub constraints: Constraints,
    /// Given forces on platens that have facets there \[N\].
    pub loads: Vec<(usize, f64)>,
}

impl Held {
    /// On a part of a mesh, with all of its names; `areas` are those of the boundaries of the whole \[m2\]. Whether
    /// bodies are held is not asked.
    ///
    /// # Errors
    /// Laws that do not fit the mesh.
    pub fn on_part(case: &Case, part: &Geometry, areas: &[f64]) -> Result<Self, CaseError> {
        let mut draft = Draft::empty(case, part);
        (draft.is_part, draft.areas) = (true, Some(areas));
        draft.place_boundaries();
        draft.place_interfaces();
        let Draft { whole, constraints, whole_loads: loads, errors, .. } = draft;
        if errors.is_empty() {
            Ok(Held { whole, constraints, loads })
        } else {
            errors.into_result(None)
        }
    }
}

/// The surfaces of a part of a mesh on which bodies may touch, in the order of those of the whole; some may be empty.
///
/// # Errors
/// Laws that do not fit the mesh.
pub fn surfaces_on_part(case: &Case, part: &Geometry) -> Result<Vec<ContactSurface>, CaseError> {
    let mut draft = Draft::empty(case, part);
    draft.is_part = true;
    for place in part.mesh.boundaries.iter().enumerate() {
        let used = case.boundaries.iter().find(|boundary| boundary.name == place.1.name);
        let laws = used.map_or(&[][..], |used| &used.laws[..]);
        let contacts = laws.iter().filter(|law| law.entry.name == "contact");
        contacts.for_each(|law| draft.place_obstacle(law, place, laws));
    }
    draft.place_interfaces();
    let Draft { surfaces, errors, .. } = draft;
    if errors.is_empty() { Ok(surfaces) } else { errors.into_result(None) }
}
