//! A rigid punch with a flat face and sharp edges.

use super::super::super::closed_form::mechanics::{
    flat_punch_pressure_ratio, strip_punch_pressure_ratio,
};
use super::super::super::row::{Problem, Row};
use super::half_space::{CONTACT, balances, block, press};
use super::worst;
use contact::unilateral::Obstacle;
use fem::Hypothesis;
use mesh::{Boundary, CellKind, FacetBlock, Mesh};
use std::f64::consts::PI;

/// Force on what is meshed \[N\], or per length \[N/m\].
const FORCE: f64 = 7.0;
const PUNCH: Obstacle = Obstacle::Plane { point: [0.0; 3], normal: [0.0, 0.0, -1.0] };

/// Makes the part of the surface under the punch a boundary of its own.
fn mark_face(mesh: &mut Mesh) -> Result<(), String> {
    let top = &mesh.boundary("z1").ok_or("the block has no top")?.facets[0];
    let mut under = FacetBlock { kind: top.kind, nodes: vec![], cells: vec![] };
    for (nodes, &cell) in top.facets().zip(&top.cells) {
        if nodes.iter().all(|&n| mesh.points[n as usize][0] < CONTACT * (1.0 + 1e-9)) {
            under.nodes.extend_from_slice(nodes);
            under.cells.push(cell);
        }
    }
    mesh.boundaries.push(Boundary { name: "punch".to_owned(), facets: vec![under] });
    Ok(())
}

fn problem(
    name: &str,
    hypothesis: Hypothesis,
    tolerance: f64,
    mean: f64,
    ratio: fn(f64) -> f64,
    source: &'static str,
) -> Problem {
    let row = |what: &str, about: &str, tolerance, because: &str| {
        let about = format!("{about}, {name} punch");
        Row::new(format!("contact.punch.{what}.{name}"), about, tolerance, because, source)
    };
    let mut rows = vec![row(
        "pressure",
        "pressure over its mean at every corner within 0.8 radii",
        tolerance,
        "inverse square root at the edge, cells of a thirtieth of the radius; a block of 30 radii",
    )];
    rows.extend(balances(row));
    Problem::new(rows, move || {
        let mut mesh = block(CellKind::Quadrilateral9, 120);
        mark_face(&mut mesh)?;
        let pressed = press(&mesh, hypothesis, "punch", &PUNCH, FORCE)?;
        let inner = pressed.profile.iter().filter(|(r, _)| *r < 0.8 * CONTACT);
        let pressures = worst(inner.map(|(r, p)| (ratio(r / CONTACT), p / mean)))?;
        Ok(vec![pressures, pressed.balance, pressed.complementarity])
    })
}

/// A round punch and a strip.
pub(super) fn problems() -> Vec<Problem> {
    vec![
        problem(
            "round",
            Hypothesis::Axisymmetric,
            5e-3,
            FORCE / (PI * CONTACT * CONTACT),
            flat_punch_pressure_ratio,
            "Boussinesq; Johnson, Contact Mechanics, eq. 3.34",
        ),
        problem(
            "strip",
            Hypothesis::Planar,
            5e-3,
            FORCE / CONTACT,
            strip_punch_pressure_ratio,
            "Sadowsky; Johnson, Contact Mechanics, eq. 2.64",
        ),
    ]
}
