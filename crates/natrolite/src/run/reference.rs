//! Every conductor needs a reference potential, and has a potential at zero current.

use super::model::{Role, Surface};
use crate::case::{Case, Diagnostic, Diagnostics};
use fem::Support;
use mesh::{Bodies, Mesh};
use std::borrow::Cow;

/// Interfaces with a law that do not gape everywhere, as indices into [`Mesh::interfaces`].
fn conducting_interfaces(surfaces: &[Surface], open: &dyn Fn(&Surface) -> bool) -> Vec<usize> {
    let index = |s: &Surface| match s.support {
        Support::Interface(i) if !open(s) => Some(i),
        _ => None,
    };
    surfaces.iter().filter_map(index).collect()
}

/// The bodies when those with one unknown potential on a surface count as one.
fn with_electrodes<'a>(bodies: &'a Bodies, mesh: &Mesh, surfaces: &[Surface]) -> Cow<'a, Bodies> {
    let is_electrode = |s: &&Surface| matches!(s.role, Role::Equipotential { .. });
    let electrodes: Vec<&Surface> = surfaces.iter().filter(is_electrode).collect();
    if bodies.count == 1 || electrodes.is_empty() {
        return Cow::Borrowed(bodies);
    }
    let pairs = electrodes.into_iter().filter_map(|s| Some((s, some_node(s, mesh)? as u32)));
    let pairs = pairs.flat_map(|(surface, first)| {
        let nodes = surface.facets(mesh).iter().flat_map(|block| &block.nodes);
        nodes.map(move |&node| (first, node))
    });
    Cow::Owned(bodies.joined(pairs))
}

/// A node of a surface.
fn some_node(surface: &Surface, mesh: &Mesh) -> Option<usize> {
    surface.facets(mesh).iter().find_map(|b| b.nodes.first()).map(|&n| n as usize)
}

/// True when the surface ties the body that it touches to a given potential.
fn is_reference(surface: &Surface, case: &Case) -> bool {
    match &surface.role {
        Role::Potential(_) => true,
        Role::Kinetics { metal: Some(_), .. } => {
            case.boundaries.iter().any(|b| b.name == surface.name && b.law("current").is_none())
        }
        _ => false,
    }
}

/// Reports each body that no chain of laws connects to a given potential.
///
/// `open` tells of surfaces where nothing touches.
pub fn check(
    case: &Case,
    (mesh, bodies): (&Mesh, &Bodies),
    surfaces: &[Surface],
    open: &dyn Fn(&Surface) -> bool,
    errors: &mut Diagnostics,
) {
    let all = bodies.coupled(mesh, &conducting_interfaces(surfaces, open));
    let mut has_reference = vec![false; all.count];
    for surface in surfaces.iter().filter(|s| is_reference(s, case) && !open(s)) {
        if let Some(node) = some_node(surface, mesh) {
            has_reference[all.of_node[node] as usize] = true;
        }
    }
    if has_reference.iter().all(|has| *has) {
        return;
    }
    let mut region_of_body: Vec<Option<u32>> = vec![None; all.count];
    for block in &mesh.blocks {
        for cell in block.cells() {
            region_of_body[all.of_node[cell[0] as usize] as usize].get_or_insert(block.region);
        }
    }
    for (body, region) in region_of_body.iter().enumerate() {
        if let (false, Some(region)) = (has_reference[body], region) {
            let message = format!(
                "region `{}` is not connected to any reference potential",
                mesh.regions[*region as usize]
            );
            let mut error = Diagnostic::new(message, &case.origin());
            for surface in surfaces.iter().filter(|s| open(s)) {
                error = error.note(format!("nothing touches at `{}`", surface.name));
            }
            let place = "on one of its boundaries a `potential` or a kinetics law with an \
                         `electrode_potential`, or a law on an interface with a region that has one";
            errors.push(error.wanted(match surfaces.iter().any(open) {
                true => format!("loads that press the bodies together there; else {place}"),
                false => place.to_owned(),
            }));
        }
    }
}

/// Potential of each node's body when no current flows \[V\]; zero where it cannot be told.
///
/// Found by walking from the given potentials over the kinetics: the electrolyte lies an equilibrium
/// potential below its metal.
///
/// Bodies with one unknown potential on a surface of theirs have one here: what the unknowns are measured from must
/// not jump between nodes that are one unknown. Given potentials may well drive a current from one to the other.
pub struct Rest<'a> {
    bodies: Cow<'a, Bodies>,
    potential: Vec<Option<f64>>,
}

impl<'a> Rest<'a> {
    /// Walks over the surfaces.
    pub fn new(case: &Case, mesh: &Mesh, bodies: &'a Bodies, surfaces: &[Surface]) -> Self {
        let bodies = with_electrodes(bodies, mesh, surfaces);
        let mut potential = vec![None; bodies.count];
        for surface in surfaces.iter().filter(|s| is_reference(s, case)) {
            let Some(node) = some_node(surface, mesh) else { continue };
            let value = match &surface.role {
                Role::Potential(value) => *value,
                Role::Kinetics { law, .. } => {
                    law.values.number("electrode_potential").unwrap_or(0.0)
                        - law.values.number("equilibrium_potential").unwrap_or(0.0)
                }
                _ => continue,
            };
            potential[bodies.of_node[node] as usize].get_or_insert(value);
        }
        // Each pass reaches the bodies next to those reached before.
        for _ in 0..bodies.count {
            for surface in surfaces {
                let (Support::Interface(_), Role::Kinetics { law, .. }) =
                    (surface.support, &surface.role)
                else {
                    continue;
                };
                let step = law.values.number("equilibrium_potential").unwrap_or(0.0);
                let opposite = surface.opposite(mesh).iter().find_map(|b| b.nodes.first());
                let (Some(here), Some(&across)) = (some_node(surface, mesh), opposite) else {
                    continue;
                };
                let here = bodies.of_node[here] as usize;
                let across = bodies.of_node[across as usize] as usize;
                match (potential[here], potential[across]) {
                    (Some(phi), None) => potential[across] = Some(phi + step),
                    (None, Some(phi)) => potential[here] = Some(phi - step),
                    _ => {}
                }
            }
        }
        Rest { bodies, potential }
    }

    /// At a node.
    pub fn at_node(&self, node: u32) -> f64 {
        self.potential[self.bodies.of_node[node as usize] as usize].unwrap_or(0.0)
    }

    /// Of what a surface touches; of its metal when it has kinetics with a metal of its own.
    pub fn at_surface(&self, surface: &Surface, mesh: &Mesh) -> f64 {
        let phi = some_node(surface, mesh).map_or(0.0, |node| self.at_node(node as u32));
        match &surface.role {
            Role::Kinetics { law, metal: Some(_), .. } => {
                phi + law.values.number("equilibrium_potential").unwrap_or(0.0)
            }
            _ => phi,
        }
    }
}
