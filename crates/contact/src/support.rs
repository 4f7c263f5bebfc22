//! What holds a body: fixed and rolling boundaries, rigid platens, the axis of symmetry.
//!
//! Rollers and platens act along the normal and are free to slide. A platen needs a plane across one of
//! the axes; a roller one or several such planes.

use crate::DISPLACEMENT;
use fem::quadrature::facet_rule;
use fem::registry::{Entry, Kind, Parameter, Place, Presence, Range};
use fem::{Constraints, Field, Tables, Unknown};
use mesh::{Boundary, Mesh, nodes_of};

/// A support that does not fit its boundary.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SupportError {
    /// The boundary of a roller or platen is not a plane across an axis.
    #[error(
        "boundary `{boundary}`: a roller or platen needs a plane across x, y or z, \
         got a facet with the normal ({}, {}, {})", normal[0], normal[1], normal[2]
    )]
    NotFlat {
        /// The boundary.
        boundary: String,
        /// A normal that is not along an axis, or not that of the first facet.
        normal: [f64; 3],
    },
    /// The boundary has no facets.
    #[error("boundary `{boundary}` has no facets")]
    Empty {
        /// The boundary.
        boundary: String,
    },
}

/// Normals may differ from an axis by this much (sine of the angle).
const FLAT: f64 = 1e-6;

/// Across which axis a facet lies, and the sign of its outward normal along it; the normal itself where
/// it is along no axis.
fn facet_direction(mesh: &Mesh, tables: &Tables, nodes: &[u32]) -> Result<(usize, f64), [f64; 3]> {
    let x: Vec<[f64; 3]> = nodes.iter().map(|&n| mesh.points[n as usize]).collect();
    let mut direction = None;
    for q in 0..tables.len() {
        let (normal, _) = tables.facet_normal(q, &x, mesh.axes);
        let largest = (0..3).fold(0, |a, k| if normal[k].abs() > normal[a].abs() { k } else { a });
        let (axis, sign) = *direction.get_or_insert((largest, normal[largest].signum()));
        let along = |k: usize| if k == axis { sign } else { 0.0 };
        if (0..3).any(|k| (normal[k] - along(k)).abs() > FLAT) {
            return Err(normal);
        }
    }
    direction.ok_or([f64::NAN; 3])
}

/// Calls `visit` with the nodes of each facet and what [`facet_direction`] says.
fn each_direction(
    mesh: &Mesh,
    boundary: &Boundary,
    mut visit: impl FnMut(&[u32], usize, f64) -> bool,
) -> Result<(), SupportError> {
    for block in &boundary.facets {
        let tables = Tables::new(block.kind, &facet_rule(block.kind));
        for nodes in block.facets() {
            let name = || boundary.name.clone();
            let (axis, sign) = facet_direction(mesh, &tables, nodes)
                .map_err(|normal| SupportError::NotFlat { boundary: name(), normal })?;
            if !visit(nodes, axis, sign) {
                let mut normal = [0.0; 3];
                normal[axis] = sign;
                return Err(SupportError::NotFlat { boundary: name(), normal });
            }
        }
    }
    Ok(())
}

/// The axis across which a flat boundary lies, and the sign of its outward normal along it.
///
/// # Errors
/// [`SupportError::NotFlat`] and [`SupportError::Empty`].
pub fn flat_direction(mesh: &Mesh, boundary: &Boundary) -> Result<(usize, f64), SupportError> {
    let mut direction = None;
    each_direction(mesh, boundary, |_, axis, sign| {
        *direction.get_or_insert((axis, sign)) == (axis, sign)
    })?;
    direction.ok_or_else(|| SupportError::Empty { boundary: boundary.name.clone() })
}

/// The unknowns of `field` along `axis` at these nodes; none where the field has no such component.
fn along(field: &Field, nodes: Vec<u32>, axis: usize) -> impl Iterator<Item = Unknown> {
    let component = field.component(axis);
    nodes.into_iter().filter_map(move |node| {
        component.map(|component| Unknown::Node { field: DISPLACEMENT, node, component })
    })
}

/// Holds a boundary: zero displacement along each of `axes`.
pub fn fix(field: &Field, boundary: &Boundary, axes: &[usize], constraints: &mut Constraints) {
    for &axis in axes {
        let unknowns = along(field, nodes_of(&boundary.facets), axis);
        constraints.fixed.extend(unknowns.map(|unknown| (unknown, 0.0)));
    }
}

/// Lets a boundary slide but not leave its planes, each of which lies across an axis.
///
/// # Errors
/// [`SupportError::NotFlat`].
pub fn roller(
    mesh: &Mesh,
    field: &Field,
    boundary: &Boundary,
    constraints: &mut Constraints,
) -> Result<(), SupportError> {
    let mut held: [Vec<u32>; 3] = Default::default();
    each_direction(mesh, boundary, |nodes, axis, _| {
        held[axis].extend_from_slice(nodes);
        true
    })?;
    for (axis, mut nodes) in held.into_iter().enumerate() {
        nodes.sort_unstable();
        nodes.dedup();
        constraints.fixed.extend(along(field, nodes, axis).map(|unknown| (unknown, 0.0)));
    }
    Ok(())
}

/// Holds the nodes on the axis of axial symmetry, r = 0, to it.
pub fn support_axis(mesh: &Mesh, field: &Field, constraints: &mut Constraints) {
    let radial = mesh.axes[0];
    let extent = mesh.points.iter().map(|x| x[radial]).fold(0.0, f64::max);
    let on_axis = |node: &u32| mesh.points[*node as usize][radial].abs() <= 1e-12 * extent;
    let nodes: Vec<u32> = (0..mesh.points.len() as u32).filter(on_axis).collect();
    constraints.fixed.extend(along(field, nodes, radial).map(|unknown| (unknown, 0.0)));
}

/// What moves a platen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Platen {
    /// A force into the body \[N\] on what is meshed (N/m in plane strain).
    Force(f64),
    /// A displacement into the body \[m\].
    Displacement(f64),
}

/// Ties a flat boundary to a rigid, frictionless platen, the whole-body unknown number `whole`: the
/// displacement of the platen along the axis across which the boundary lies.
///
/// Returns the load \[N\] of that unknown for [`fem::System`], if there is one.
///
/// # Errors
/// See [`flat_direction`].
pub fn platen(
    mesh: &Mesh,
    field: &Field,
    boundary: &Boundary,
    given: Platen,
    whole: usize,
    constraints: &mut Constraints,
) -> Result<Option<(usize, f64)>, SupportError> {
    let (axis, sign) = flat_direction(mesh, boundary)?;
    let unknowns = along(field, nodes_of(&boundary.facets), axis);
    constraints.tied.extend(unknowns.map(|unknown| (unknown, whole)));
    Ok(match given {
        Platen::Force(force) => Some((whole, -sign * force)),
        Platen::Displacement(distance) => {
            constraints.fixed.push((Unknown::Whole(whole), -sign * distance));
            None
        }
    })
}

const fn given(name: &'static str, kind: Kind, doc: &'static str) -> Parameter {
    Parameter { name, kind, presence: Presence::Optional, doc }
}

/// `platen` in the case file.
pub const PLATEN: Entry = Entry {
    name: "platen",
    places: &[Place::Boundary],
    parameters: &[
        given(
            "force",
            Kind::Extensive { unit: "N", per_depth: "N/m", range: Range::Any },
            "force into the whole defect cell; this, `pressure` or `displacement`",
        ),
        given(
            "pressure",
            Kind::Number { unit: "Pa", range: Range::Any },
            "force over the area of the boundary",
        ),
        given(
            "displacement",
            Kind::Number { unit: "m", range: Range::Any },
            "displacement into the body",
        ),
    ],
    doc: "rigid platen without friction: one displacement along the normal for the whole boundary, \
          given, or with a given force",
    source: "Johnson, Contact Mechanics, section 2.8 (rigid flat punch)",
    build: None,
};

/// `fixed` in the case file.
pub const FIXED: Entry = Entry {
    name: "fixed",
    places: &[Place::Boundary],
    parameters: &[Parameter {
        name: "value",
        kind: Kind::Axes,
        presence: Presence::Required,
        doc: "axes along which the displacement is zero",
    }],
    doc: "a boundary that does not move: u = 0 along the axes named",
    source: "Timoshenko and Goodier, Theory of Elasticity, 3rd ed., section 17",
    build: None,
};

/// `roller` in the case file.
pub const ROLLER: Entry = Entry {
    name: "roller",
    places: &[Place::Boundary],
    parameters: &[Parameter {
        name: "value",
        kind: Kind::Flag,
        presence: Presence::Required,
        doc: "the boundary, made of planes across x, y or z, slides in its planes but does not leave them",
    }],
    doc: "a boundary on rollers, or a plane of symmetry: u . n = 0 without friction",
    source: "Timoshenko and Goodier, Theory of Elasticity, 3rd ed., section 17",
    build: None,
};
