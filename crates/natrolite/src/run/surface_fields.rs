//! What is known at all nodes of a surface.

use super::Mechanics;
use super::model::Role;
use super::quantities::Solved;
use crate::results::SurfaceField;

/// The normal current density of each surface with kinetics or a given potential.
pub fn of_current(solved: &Solved<'_, '_>) -> Vec<SurfaceField> {
    let surfaces = solved.model.surfaces.iter().zip(solved.currents);
    let shown =
        surfaces.filter(|(s, _)| matches!(s.role, Role::Kinetics { .. } | Role::Potential(_)));
    let field = shown.map(|(surface, current)| SurfaceField {
        surface: surface.name.to_string(),
        name: "current_density",
        unit: "A/m^2",
        values: current.density.clone(),
    });
    field.collect()
}

/// Pressure, gap and contact fraction of each contact.
pub fn of_contacts(mechanics: &Mechanics) -> Vec<SurfaceField> {
    let fields = mechanics.contacts.iter().flat_map(|contact| {
        let all = [
            ("contact_pressure", "Pa", &contact.pressure),
            ("gap", "m", &contact.gap),
            ("contact_fraction", "1", &contact.fraction),
        ];
        all.map(|(name, unit, values)| SurfaceField {
            surface: contact.name.clone(),
            name,
            unit,
            values: values.clone(),
        })
    });
    fields.collect()
}
