//! Curves along the surfaces.
//!
//! In two dimensions all nodes of the surface, sorted by distance; in three the nodes on y = 0 and on
//! x = y where the mesh has them, else all. The distance is that from the defect's axis, or from the
//! first point where there is none.

use super::model::{Role, Surface};
use super::quantities::Solved;
use super::surfaces::SurfaceCurrent;
use super::{Contact, Geometry, Mechanics};
use crate::case::{Case, LawUse};
use crate::results::{Column, Profile};
use fem::recover::FacetPoint;
use mesh::{CellKind, FacetBlock, nodes_of, reference};

/// What is known at a point of a surface.
#[derive(Clone, Copy, Debug, Default)]
struct State {
    /// Current density, plating positive \[A/m2\].
    density: f64,
    /// Of the electrolyte \[V\].
    potential: f64,
    /// Potential of the metal \[V\].
    metal: f64,
    /// Contact pressure \[Pa\], gap \[m\] and contact fraction.
    contact: [f64; 3],
}

/// A point of a curve: a node, or a place in a facet.
struct Sample {
    x: [f64; 3],
    distance: f64,
    line: Option<&'static str>,
    state: State,
}

/// The profiles of a run: one for each surface with kinetics, a given potential or a contact, and
/// another at the distances that the case asks for.
pub fn profiles(
    case: &Case,
    geometry: &Geometry,
    solved: Option<&Solved<'_, '_>>,
    mechanics: Option<&Mechanics>,
) -> Vec<Profile> {
    let mut curves: Vec<Curve> = Vec::new();
    if let Some(solved) = solved {
        for (surface, current) in solved.model.surfaces.iter().zip(solved.currents) {
            if matches!(surface.role, Role::Kinetics { .. } | Role::Potential(_)) {
                let contact = mechanics.and_then(|m| m.contact(&surface.name));
                let electric = Some(Electric { solved, surface, current });
                let (name, facets) = (&surface.name, surface.facets(&geometry.mesh));
                curves.push(Curve::new(geometry, name, facets, electric, contact));
            }
        }
    }
    for contact in mechanics.iter().flat_map(|m| &m.contacts) {
        if !curves.iter().any(|curve| curve.name == contact.name) {
            let facets = contact.facets(geometry);
            curves.push(Curve::new(geometry, &contact.name, facets, None, Some(contact)));
        }
    }
    let mut out = Vec::new();
    for curve in &curves {
        out.push(curve.profile("", curve.at_nodes()));
        let at = &case.output.profile_at;
        let samples: Vec<Sample> = at.iter().flat_map(|&d| curve.at_distance(d)).collect();
        if !samples.is_empty() {
            out.push(curve.profile("_at", samples));
        }
    }
    out
}

/// The electric side of a surface.
#[derive(Clone, Copy)]
struct Electric<'a, 'm> {
    solved: &'a Solved<'a, 'm>,
    surface: &'a Surface,
    current: &'a SurfaceCurrent,
}

impl Electric<'_, '_> {
    /// Potential of the metal at node `k` of the surface \[V\].
    fn metal_at(&self, k: usize) -> f64 {
        match &self.surface.role {
            Role::Kinetics { metal: Some(whole), .. } => {
                let dof = self.solved.model.system.space().whole_dof(*whole) as usize;
                self.solved.solution.all[dof]
            }
            Role::Kinetics { metal: None, .. } => {
                self.solved.solution.potential[self.current.opposite[k] as usize]
            }
            _ => 0.0,
        }
    }

    /// The kinetics act on the interpolated potential; a consistent flux is itself interpolated.
    fn density_at(&self, at: &FacetPoint<'_>, interpolated: f64) -> f64 {
        let Role::Kinetics { placement, .. } = &self.surface.role else { return interpolated };
        let system = &self.solved.model.system;
        let (term, space) = (system.term(*placement), system.space());
        let opposite = self.surface.opposite(system.mesh());
        transport::measures::plating_at(term, space, &self.solved.solution.all, opposite, at)
    }
}

/// A surface along which a curve runs.
struct Curve<'a, 'm> {
    geometry: &'a Geometry,
    name: &'a str,
    facets: &'a [FacetBlock],
    /// Nodes of the facets, each once, in increasing order.
    nodes: Vec<u32>,
    electric: Option<Electric<'a, 'm>>,
    contact: Option<&'a Contact>,
}

impl<'a, 'm> Curve<'a, 'm> {
    fn new(
        geometry: &'a Geometry,
        name: &'a str,
        facets: &'a [FacetBlock],
        electric: Option<Electric<'a, 'm>>,
        contact: Option<&'a Contact>,
    ) -> Self {
        Curve { geometry, name, facets, nodes: nodes_of(facets), electric, contact }
    }

    /// The state at node `k` of the surface.
    fn state_at(&self, k: usize) -> State {
        let mut state = State::default();
        if let Some(electric) = &self.electric {
            state.density = electric.current.density[k];
            state.potential = electric.solved.solution.potential[self.nodes[k] as usize];
            state.metal = electric.metal_at(k);
        }
        if let Some(contact) = self.contact {
            state.contact = [contact.pressure[k], contact.gap[k], contact.fraction[k]];
        }
        state
    }

    fn at_nodes(&self) -> Vec<Sample> {
        let mesh = &self.geometry.mesh;
        let is_solid = mesh.dimension == 3;
        let scale = 1e-9 * extent(&mesh.points);
        let on_x = |x: &[f64; 3]| x[1].abs() <= scale;
        let on_diagonal = |x: &[f64; 3]| (x[0] - x[1]).abs() <= scale;
        let nodes = &self.nodes;
        let point = |k: usize| mesh.points[nodes[k] as usize];
        let sample =
            |k: usize, line| Sample { x: point(k), distance: 0.0, line, state: self.state_at(k) };
        let pick = |on: &dyn Fn(&[f64; 3]) -> bool, line| {
            let all = (0..nodes.len()).filter(|&k| on(&point(k)));
            let mut samples: Vec<Sample> = all.map(|k| sample(k, line)).collect();
            self.sort(&mut samples);
            samples
        };
        if !is_solid {
            return pick(&|_| true, None);
        }
        let mut samples = pick(&on_x, Some("x"));
        let diagonal = pick(&on_diagonal, Some("diagonal"));
        // A single node on the axis is no line.
        if diagonal.len() > 2 {
            samples.extend(diagonal);
        }
        if samples.len() > 2 { samples } else { pick(&|_| true, None) }
    }

    fn sort(&self, samples: &mut [Sample]) {
        let Some(origin) = self.origin() else { return };
        for sample in samples.iter_mut() {
            sample.distance = self.distance(sample.x, origin);
        }
        samples.sort_by(|a, b| {
            a.distance.total_cmp(&b.distance).then_with(|| {
                a.x.iter()
                    .zip(&b.x)
                    .map(|(a, b)| a.total_cmp(b))
                    .find(|o| o.is_ne())
                    .unwrap_or(std::cmp::Ordering::Equal)
            })
        });
    }

    /// The first point of the surface: the one with the smallest coordinates.
    fn origin(&self) -> Option<[f64; 3]> {
        let points = &self.geometry.mesh.points;
        let all = self.nodes.iter().map(|&n| points[n as usize]);
        all.min_by(|a, b| {
            let axes = a.iter().zip(b).map(|(a, b)| a.total_cmp(b));
            axes.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        })
    }

    fn distance(&self, x: [f64; 3], origin: [f64; 3]) -> f64 {
        if !self.geometry.has_axis {
            return (0..3).map(|k| (x[k] - origin[k]).powi(2)).sum::<f64>().sqrt();
        }
        self.geometry.distance_from_axis(x)
    }

    /// Values at a distance, evaluated with the shape functions; on a solid on both lines.
    fn at_distance(&self, distance: f64) -> Vec<Sample> {
        let (mesh, facets) = (&self.geometry.mesh, self.facets);
        if mesh.dimension == 2 {
            let Some(origin) = self.origin() else { return Vec::new() };
            return self.find_on_line(facets, distance, origin).into_iter().collect();
        }
        if !self.geometry.has_axis {
            return Vec::new();
        }
        let half = 0.5f64.sqrt();
        [("x", [distance, 0.0]), ("diagonal", [distance * half, distance * half])]
            .into_iter()
            .filter_map(|(line, target)| self.find_on_area(facets, line, target, distance))
            .collect()
    }

    /// A facet is a line: the distance is monotone along it or nearly so.
    fn find_on_line(&self, facets: &[FacetBlock], d: f64, origin: [f64; 3]) -> Option<Sample> {
        for (block, facet, nodes) in each(facets) {
            let at =
                |xi: f64| self.distance(self.position(block.kind, nodes, [xi, 0.0, 0.0]), origin);
            let (mut low, mut high) = (-1.0, 1.0);
            let slack = 1e-12 * d.abs();
            if at(low) > at(high) {
                (low, high) = (high, low);
            }
            if d < at(low) - slack || d > at(high) + slack {
                continue;
            }
            for _ in 0..100 {
                let middle = 0.5 * (low + high);
                if at(middle) < d {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            let xi = [0.5 * (low + high), 0.0, 0.0];
            return Some(self.evaluate(block.kind, (facet, nodes), xi, d, None));
        }
        None
    }

    /// Newton's method for x(xi), y(xi) = target on each facet near it.
    fn find_on_area(
        &self,
        facets: &[FacetBlock],
        line: &'static str,
        target: [f64; 2],
        distance: f64,
    ) -> Option<Sample> {
        let mesh = &self.geometry.mesh;
        for (block, facet, nodes) in each(facets) {
            let points = || nodes.iter().map(|&n| mesh.points[n as usize]);
            let outside = |k: usize| {
                let (low, high) =
                    points().fold((f64::MAX, f64::MIN), |(l, h), x| (l.min(x[k]), h.max(x[k])));
                let slack = 0.2 * (high - low);
                target[k] < low - slack || target[k] > high + slack
            };
            if outside(0) || outside(1) {
                continue;
            }
            let mut xi = reference::centre(block.kind);
            let mut found = false;
            for _ in 0..30 {
                let x = self.position(block.kind, nodes, xi);
                let mut t = [[0.0; 2]; 2];
                for (g, p) in reference::gradients(block.kind, xi).iter().zip(points()) {
                    for (a, t) in t.iter_mut().enumerate() {
                        t[0] += g[a] * p[0];
                        t[1] += g[a] * p[1];
                    }
                }
                let det = t[0][0] * t[1][1] - t[0][1] * t[1][0];
                if det == 0.0 {
                    break;
                }
                let miss = [target[0] - x[0], target[1] - x[1]];
                let step = [
                    (miss[0] * t[1][1] - miss[1] * t[1][0]) / det,
                    (miss[1] * t[0][0] - miss[0] * t[0][1]) / det,
                ];
                xi[0] += step[0];
                xi[1] += step[1];
                if step[0].abs() + step[1].abs() < 1e-13 {
                    found = true;
                    break;
                }
            }
            let slack = 1e-9;
            let inside = match block.kind.linear() {
                CellKind::Triangle3 => {
                    xi[0] >= -slack && xi[1] >= -slack && xi[0] + xi[1] <= 1.0 + slack
                }
                _ => xi[0].abs() <= 1.0 + slack && xi[1].abs() <= 1.0 + slack,
            };
            if found && inside {
                return Some(self.evaluate(block.kind, (facet, nodes), xi, distance, Some(line)));
            }
        }
        None
    }

    fn position(&self, kind: CellKind, nodes: &[u32], xi: [f64; 3]) -> [f64; 3] {
        let points = &self.geometry.mesh.points;
        let mut x = [0.0; 3];
        for (shape, &node) in reference::values(kind, xi).iter().zip(nodes) {
            for k in 0..3 {
                x[k] += shape * points[node as usize][k];
            }
        }
        x
    }

    fn evaluate(
        &self,
        kind: CellKind,
        (facet, nodes): ((usize, usize), &[u32]),
        xi: [f64; 3],
        distance: f64,
        line: Option<&'static str>,
    ) -> Sample {
        let shape = reference::values(kind, xi);
        let x = self.position(kind, nodes, xi);
        let mut state = State::default();
        for (node, s) in nodes.iter().zip(&shape) {
            let Ok(k) = self.nodes.binary_search(node) else { continue };
            let at = self.state_at(k);
            state.density += s * at.density;
            state.potential += s * at.potential;
            state.metal += s * at.metal;
            state.contact = [0, 1, 2].map(|c| state.contact[c] + s * at.contact[c]);
        }
        if let Some(electric) = &self.electric {
            let point = fem::Point { x, ..fem::Point::default() };
            let at = FacetPoint { facet, nodes, shape: &shape, point };
            state.density = electric.density_at(&at, state.density);
        }
        Sample { x, distance, line, state }
    }

    fn profile(&self, suffix: &'static str, samples: Vec<Sample>) -> Profile {
        let column = |name, unit, value: &dyn Fn(&Sample) -> f64| Column {
            name,
            unit,
            values: samples.iter().map(value).collect(),
        };
        let mut columns = vec![
            column("x", "m", &|s| s.x[0]),
            column("y", "m", &|s| s.x[1]),
            column("z", "m", &|s| s.x[2]),
            column("distance", "m", &|s| s.distance),
        ];
        if let Some(electric) = &self.electric {
            columns.push(column("current_density", "A/m^2", &|s| s.state.density));
            if let Some(reference) = electric.solved.counter_density().filter(|i| *i > 0.0) {
                let ratio = |s: &Sample| s.state.density / reference;
                columns.push(column("current_ratio", "1", &ratio));
            }
            columns.push(column("potential", "V", &|s| s.state.potential));
            if let Role::Kinetics { law, .. } = &electric.surface.role {
                let eta = |s: &Sample| overpotential(law, &s.state, self.contact.is_some());
                columns.push(column("overpotential", "V", &eta));
            }
        }
        if self.contact.is_some() {
            columns.push(column("contact_pressure", "Pa", &|s| s.state.contact[0]));
            columns.push(column("gap", "m", &|s| s.state.contact[1]));
            columns.push(column("contact_fraction", "1", &|s| s.state.contact[2]));
        }
        let line = samples
            .first()
            .and_then(|s| s.line)
            .map(|_| samples.iter().map(|s| s.line.unwrap_or("")).collect());
        Profile { name: self.name.to_owned(), suffix, columns, line }
    }
}

/// eta = phi_metal - phi - U - R i_c + Omega p / F with i_c anodic, on what touches; the profile
/// counts plating positive. Where nothing touches no current flows through the film.
fn overpotential(law: &LawUse, state: &State, in_contact: bool) -> f64 {
    let number = |name: &str| law.values.number(name).unwrap_or(0.0);
    let [pressure, _, fraction] = state.contact;
    let density = match in_contact {
        true if fraction > 0.0 => state.density / fraction,
        true => 0.0,
        false => state.density,
    };
    let pressure = if in_contact { pressure } else { 0.0 };
    state.metal - state.potential - number("equilibrium_potential")
        + number("film_resistance") * density
        + number("partial_molar_volume") * pressure / transport::FARADAY
}

/// Every facet with its block and place.
fn each(facets: &[FacetBlock]) -> impl Iterator<Item = (&FacetBlock, (usize, usize), &[u32])> {
    facets.iter().enumerate().flat_map(|(b, block)| {
        block.facets().enumerate().map(move |(f, nodes)| (block, (b, f), nodes))
    })
}

fn extent(points: &[[f64; 3]]) -> f64 {
    points.iter().flatten().fold(0.0, |m, x| f64::max(m, x.abs()))
}
