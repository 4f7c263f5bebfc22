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

/// The bodies when those that share one of these surfaces count as one.
fn sharing<'b, 's>(
    bodies: &'b Bodies,
    mesh: &Mesh,
    surfaces: impl Iterator<Item = &'s Surface>,
) -> Cow<'b, Bodies> {
    let mut surfaces = surfaces.peekable();
    if bodies.count == 1 || surfaces.peek().is_none() {
        return Cow::Borrowed(bodies);
    }
    let pairs = surfaces.flat_map(|surface| {
        let first = nodes(surface, mesh).next();
        nodes(surface, mesh).filter_map(move |node| Some((first? as u32, node as u32)))
    });
    Cow::Owned(bodies.joined(pairs))
}

/// The nodes of a surface, facet after facet: it may lie on several bodies.
fn nodes(surface: &Surface, mesh: &Mesh) -> impl Iterator<Item = usize> {
    surface.facets(mesh).iter().flat_map(|block| &block.nodes).map(|&node| node as usize)
}

/// The pairs of bodies that kinetics connect, on both sides of an interface or to the same floating metal, each with
/// the step of the potential from the first to the second when no current flows \[V\].
fn steps(surface: &Surface, mesh: &Mesh, bodies: &Bodies) -> Vec<([usize; 2], f64)> {
    let Role::Kinetics { law, .. } = &surface.role else { return Vec::new() };
    let body = |node: usize| bodies.of_node[node] as usize;
    let step = law.values.number("equilibrium_potential").unwrap_or(0.0);
    let (mut pairs, step): (Vec<[usize; 2]>, f64) = match surface.support {
        Support::Interface(_) => {
            let across = surface.opposite(mesh).iter().flat_map(|block| &block.nodes);
            let pairs = nodes(surface, mesh).zip(across);
            (pairs.map(|(a, &b)| [body(a), body(b as usize)]).collect(), step)
        }
        _ => {
            let first = nodes(surface, mesh).next().map(body);
            (nodes(surface, mesh).filter_map(|node| Some([first?, body(node)])).collect(), 0.0)
        }
    };
    pairs.sort_unstable();
    pairs.dedup();
    pairs.into_iter().map(|pair| (pair, step)).collect()
}

/// True when the surface ties the body that it touches to a given potential.
fn is_reference(surface: &Surface, case: &Case) -> bool {
    match &surface.role {
        Role::Potential(_) => true,
        Role::Kinetics { metal: Some(_), .. } => {
            case.boundaries.iter().any(|b| *b.name == *surface.name && b.law("current").is_none())
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
    let coupled = bodies.coupled(mesh, &conducting_interfaces(surfaces, open));
    // A metal whose potential floats, and an electrode at one potential, carry currents between bodies.
    let carries = |surface: &&Surface| match surface.role {
        Role::Equipotential { .. } | Role::Kinetics { metal: Some(_), .. } => !open(surface),
        _ => false,
    };
    let all = sharing(&coupled, mesh, surfaces.iter().filter(carries));
    let mut has_reference = vec![false; all.count];
    for surface in surfaces.iter().filter(|s| is_reference(s, case) && !open(s)) {
        nodes(surface, mesh).for_each(|node| has_reference[all.of_node[node] as usize] = true);
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
        let is_electrode = |s: &&Surface| matches!(s.role, Role::Equipotential { .. });
        let bodies = sharing(bodies, mesh, surfaces.iter().filter(is_electrode));
        let mut potential = vec![None; bodies.count];
        for surface in surfaces.iter().filter(|s| is_reference(s, case)) {
            let value = match &surface.role {
                Role::Potential(value) => *value,
                Role::Kinetics { law, .. } => {
                    law.values.number("electrode_potential").unwrap_or(0.0)
                        - law.values.number("equilibrium_potential").unwrap_or(0.0)
                }
                _ => continue,
            };
            for node in nodes(surface, mesh) {
                potential[bodies.of_node[node] as usize].get_or_insert(value);
            }
        }
        let steps: Vec<_> =
            surfaces.iter().flat_map(|surface| steps(surface, mesh, &bodies)).collect();
        // Each pass reaches the bodies next to those reached before.
        for _ in 0..bodies.count {
            for &([here, across], step) in &steps {
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
        let phi = nodes(surface, mesh).next().map_or(0.0, |node| self.at_node(node as u32));
        match &surface.role {
            Role::Kinetics { law, metal: Some(_), .. } => {
                phi + law.values.number("equilibrium_potential").unwrap_or(0.0)
            }
            _ => phi,
        }
    }
}
