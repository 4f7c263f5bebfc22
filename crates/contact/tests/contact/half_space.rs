//! Rigid indenters of an elastic half-space.

use crate::problem::Problem;
use algebra::Cholesky;
use contact::unilateral::{ContactSurface, Obstacle, Outcome, solve};
use contact::{Platen, stress};
use fem::Hypothesis;
use mesh::{Boundary, CellKind, FacetBlock, Mesh, brick};
use std::f64::consts::PI;

const YOUNG: f64 = 1000.0;
const POISSON: f64 = 0.3;
const PLANE_MODULUS: f64 = YOUNG / (1.0 - POISSON * POISSON);
const RADIUS: f64 = 1.0;
/// Radius of contact.
const CONTACT: f64 = 0.01;
const SIZE: f64 = 30.0 * CONTACT;

/// The block below z = 0 with `n` x `n` cells, half of them within two contact radii.
fn block(kind: CellKind, n: usize) -> Mesh {
    let graded = |t: f64| {
        let near = 2.0 * CONTACT;
        if t <= 0.5 { 2.0 * near * t } else { near * (SIZE / near).powf(2.0 * t - 1.0) }
    };
    brick(kind, n, |[x, _, z]| [graded(x), 0.0, -graded(1.0 - z)])
}

/// Presses the block against `obstacle`; contact is possible on boundary number `boundary`.
fn press(
    mesh: &Mesh,
    hypothesis: Hypothesis,
    boundary: usize,
    obstacle: &Obstacle,
    force: f64,
) -> (ContactSurface, Outcome) {
    let mut problem = Problem::new(mesh, hypothesis).elastic(YOUNG, POISSON);
    if hypothesis == Hypothesis::Planar {
        problem = problem.roller("x0");
    }
    if hypothesis == Hypothesis::Spatial {
        problem = problem.roller("x0").roller("y0");
    }
    problem.whole.push("platen".into());
    let bottom = mesh.boundary("z0").unwrap();
    let load = contact::platen(
        mesh,
        &problem.field,
        bottom,
        Platen::Force(force),
        0,
        &mut problem.constraints,
    );
    problem.loads.extend(load.unwrap());
    let surface = ContactSurface::obstacle(mesh, hypothesis, boundary, obstacle).unwrap();
    let mut system = problem.system();
    let surfaces = [surface.clone()];
    let outcome = solve(&mut system, &surfaces, &mut Cholesky::new(), 50).unwrap();
    assert!(outcome.converged, "{:?}", outcome.exchanged);
    assert!(outcome.residual < 1e-10, "{} {:?}", outcome.residual, outcome.exchanged);
    assert!(outcome.complementarity < 1e-10, "{}", outcome.complementarity);
    // Contact forces balance the platen.
    let carried: f64 = surface
        .nodes
        .iter()
        .zip(&outcome.touch[0])
        .map(|(n, t)| -n.normal[2] * n.area * t.pressure)
        .sum();
    // On a curved obstacle the normals of corners and middles differ a little.
    assert!((carried / force - 1.0).abs() < 1e-4, "{carried} {force}");
    let reactions: f64 = stress::nodal_reactions(&system, &outcome.u).iter().map(|r| r[2]).sum();
    assert!(reactions.abs() < 1e-10 * force, "{reactions}");
    (surface, outcome)
}

/// Corners in contact: (distance from the axis, pressure), sorted.
fn profile(mesh: &Mesh, surface: &ContactSurface, outcome: &Outcome) -> Vec<(f64, f64)> {
    let mut profile: Vec<(f64, f64)> = surface
        .nodes
        .iter()
        .zip(&outcome.touch[0])
        .filter(|(node, touch)| node.is_corner() && touch.active)
        .map(|(node, touch)| (mesh.points[node.node as usize][0], touch.pressure))
        .collect();
    profile.sort_by(|a, b| a.0.total_cmp(&b.0));
    profile
}

/// Hertz: p^2 falls linearly with r^2 to zero at the edge. Peak and edge from a least-squares line
/// through the corners but the last two.
fn peak_and_edge(profile: &[(f64, f64)]) -> (f64, f64) {
    let inner = &profile[..profile.len() - 2];
    let n = inner.len() as f64;
    let mean = |f: &dyn Fn(f64, f64) -> f64| {
        inner.iter().map(|p| f(p.0 * p.0, p.1 * p.1)).sum::<f64>() / n
    };
    let (x, y) = (mean(&|x, _| x), mean(&|_, y| y));
    let slope = (mean(&|x, y| x * y) - x * y) / (mean(&|x, _| x * x) - x * x);
    let top = y - slope * x;
    (top.sqrt(), (-top / slope).sqrt())
}

#[test]
fn hertz_sphere() {
    // Johnson, Contact Mechanics, eq. 4.22 to 4.24: a^3 = 3 F R / (4 E*), p0 = 3 F / (2 pi a^2).
    let force = 4.0 / 3.0 * PLANE_MODULUS * CONTACT.powi(3) / RADIUS;
    let p0 = 1.5 * force / (PI * CONTACT.powi(2));
    let sphere = Obstacle::Sphere { centre: [0.0, 0.0, RADIUS], radius: RADIUS };
    for kind in [CellKind::Quadrilateral4, CellKind::Quadrilateral9, CellKind::Triangle6] {
        for n in [40, 80] {
            let mesh = block(kind, n);
            let top = mesh.boundaries.iter().position(|b| b.name == "z1").unwrap();
            let (surface, outcome) = press(&mesh, Hypothesis::Axisymmetric, top, &sphere, force);
            let profile = profile(&mesh, &surface, &outcome);
            let (peak, edge) = peak_and_edge(&profile);
            if n == 80 {
                assert!((peak / p0 - 1.0).abs() < 5e-3 && (edge / CONTACT - 1.0).abs() < 5e-3);
                // The patch of a first-order node on the axis is half a cell off it.
                let tolerance = if kind == CellKind::Quadrilateral4 { 2e-2 } else { 5e-3 };
                assert!((profile[0].1 / p0 - 1.0).abs() < tolerance);
            }
        }
    }
}

#[test]
fn hertz_sphere_in_space_without_oscillation() {
    let force = 4.0 / 3.0 * PLANE_MODULUS * CONTACT.powi(3) / RADIUS;
    let p0 = 1.5 * force / (PI * CONTACT.powi(2));
    let sphere = Obstacle::Sphere { centre: [0.0, 0.0, RADIUS], radius: RADIUS };
    let graded = |t: f64| {
        let near = 1.5 * CONTACT;
        if t <= 0.6 { near * t / 0.6 } else { near * (SIZE / near).powf((t - 0.6) / 0.4) }
    };
    // Cells of a fifth of the radius; on serendipity facets a pressure at every node would have negative
    // weights at the corners.
    for (kind, tolerance) in [(CellKind::Hexahedron20, 0.02), (CellKind::Tetrahedron10, 0.05)] {
        let mesh = brick(kind, 12, |[x, y, z]| [graded(x), graded(y), -graded(1.0 - z)]);
        let top = mesh.boundaries.iter().position(|b| b.name == "z1").unwrap();
        let (surface, outcome) = press(&mesh, Hypothesis::Spatial, top, &sphere, 0.25 * force);
        let mut profile: Vec<(f64, f64)> = surface
            .nodes
            .iter()
            .zip(&outcome.touch[0])
            .filter(|(node, touch)| node.is_corner() && touch.active)
            .map(|(node, touch)| (node.node as usize, touch.pressure))
            .map(|(node, p)| (mesh.points[node][0].hypot(mesh.points[node][1]), p))
            .collect();
        profile.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (r, p) in profile.iter().filter(|(r, _)| *r < 0.7 * CONTACT) {
            let want = (1.0 - (r / CONTACT).powi(2)).sqrt();
            assert!((p / p0 - want).abs() < tolerance, "{kind:?} {r}: {} {want}", p / p0);
        }
    }
}

#[test]
fn hertz_cylinder() {
    // Johnson, Contact Mechanics, eq. 4.43 to 4.45: b^2 = 4 P R / (pi E*), p0 = 2 P / (pi b). Half of
    // it is meshed.
    let force = PI * PLANE_MODULUS * CONTACT.powi(2) / (4.0 * RADIUS);
    let p0 = 2.0 * force / (PI * CONTACT);
    let ball = Obstacle::Sphere { centre: [0.0, 0.0, RADIUS], radius: RADIUS };
    for kind in [CellKind::Quadrilateral4, CellKind::Quadrilateral9] {
        for n in [40, 80] {
            let mesh = block(kind, n);
            let top = mesh.boundaries.iter().position(|b| b.name == "z1").unwrap();
            let (surface, outcome) = press(&mesh, Hypothesis::Planar, top, &ball, 0.5 * force);
            let profile = profile(&mesh, &surface, &outcome);
            let (peak, edge) = peak_and_edge(&profile);
            if n == 80 {
                assert!((peak / p0 - 1.0).abs() < 5e-3 && (edge / CONTACT - 1.0).abs() < 5e-3);
            }
        }
    }
}

#[test]
fn flat_punch() {
    // Johnson, Contact Mechanics, eq. 3.34: p = F / (2 pi a^2) / sqrt(1 - r^2 / a^2).
    let mut mesh = block(CellKind::Quadrilateral9, 80);
    let top = mesh.boundary("z1").unwrap().facets[0].clone();
    let count = top.kind.node_count();
    let mut under = FacetBlock { kind: top.kind, nodes: vec![], cells: vec![] };
    for (nodes, &cell) in top.nodes.chunks_exact(count).zip(&top.cells) {
        if nodes.iter().all(|&n| mesh.points[n as usize][0] < CONTACT * (1.0 + 1e-9)) {
            under.nodes.extend_from_slice(nodes);
            under.cells.push(cell);
        }
    }
    mesh.boundaries.push(Boundary { name: "punch".into(), facets: vec![under] });
    let punch = Obstacle::Plane { point: [0.0; 3], normal: [0.0, 0.0, -1.0] };
    let boundary = mesh.boundaries.len() - 1;
    let (surface, outcome) = press(&mesh, Hypothesis::Axisymmetric, boundary, &punch, 7.0);
    let mean = 7.0 / (PI * CONTACT.powi(2));
    for (r, p) in profile(&mesh, &surface, &outcome) {
        if r < 0.8 * CONTACT {
            let want = 0.5 * mean / (1.0 - (r / CONTACT).powi(2)).sqrt();
            assert!((p / want - 1.0).abs() < 0.01, "{r}: {p} {want}");
        }
    }
}
