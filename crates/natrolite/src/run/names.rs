//! The names of the case are those of the mesh.

use crate::case::{Case, CaseError, Diagnostic, Diagnostics};
use mesh::Mesh;

/// Checks that the regions, boundaries and interfaces of `case` exist, and that each region of the mesh
/// has a material.
///
/// # Errors
/// With every name that is wrong, and the names that there are.
pub fn check(case: &Case, mesh: &Mesh) -> Result<(), CaseError> {
    let mut errors = Diagnostics::default();
    for region in &case.regions {
        if mesh.region(&region.name).is_none() {
            let message = format!("the mesh has no region `{}`", region.name);
            let known = mesh.regions.iter().map(String::as_str);
            errors.push(Diagnostic::new(message, &region.origin).known(&region.name, known));
        }
    }
    for name in &mesh.regions {
        if !case.regions.iter().any(|region| region.name == *name) {
            let message = format!("region `{name}` of the mesh has no material");
            let error = Diagnostic::new(message, &case.origin());
            errors.push(error.wanted(format!("[region] with {name} = \"...\"")));
        }
    }
    check_boundaries(case, mesh, &mut errors);
    check_interfaces(case, mesh, &mut errors);
    errors.into_result(Some(()))
}

fn check_boundaries(case: &Case, mesh: &Mesh, errors: &mut Diagnostics) {
    for boundary in &case.boundaries {
        let name = &boundary.name;
        if mesh.boundary(name).is_some() {
            continue;
        }
        let message = format!("the mesh has no boundary `{name}`");
        let known = mesh.boundaries.iter().map(|b| b.name.as_str());
        let mut error = Diagnostic::new(message, &boundary.origin).known(name, known);
        let inside = mesh.internal.iter().any(|s| s.name == *name);
        if inside || mesh.interface(name).is_some() {
            error =
                error.note(format!("`{name}` lies between two regions: use [interface.{name}]"));
        }
        errors.push(error);
    }
}

fn check_interfaces(case: &Case, mesh: &Mesh, errors: &mut Diagnostics) {
    for interface in &case.interfaces {
        let name = &interface.name;
        let Some(found) = mesh.interface(name) else {
            let message = format!("the mesh has no interface `{name}`");
            let known = mesh.interfaces.iter().map(|i| i.name.as_str());
            errors.push(Diagnostic::new(message, &interface.origin).known(name, known));
            continue;
        };
        let sides = found.regions.map(|r| mesh.regions[r as usize].as_str());
        if sides != [interface.between[0].as_str(), interface.between[1].as_str()] {
            let message = format!(
                "interface `{name}` lies between `{}` and `{}`, in this order",
                sides[0], sides[1]
            );
            errors.push(Diagnostic::new(message, &interface.between_origins[0]));
        }
    }
}
