//! Curves along the surfaces.
//!
//! In two dimensions all nodes of the surface, sorted by distance; in three the nodes on y = 0 and on
//! x = y where the mesh has them, else all. The distance is that from the defect's axis, or from the
//! first point where there is none.

use super::model::{Model, Role, Surface};
use super::quantities::Solved;
use super::surfaces::SurfaceCurrent;
use crate::results::{Column, Profile};
use mesh::{CellKind, FacetBlock, reference};

/// A point of a curve: a node, or a place in a facet.
struct Sample {
    x: [f64; 3],
    distance: f64,
    line: Option<&'static str>,
    density: f64,
    potential: f64,
    metal: Option<f64>,
}

/// The profiles of a run: one for each surface with kinetics or a given potential, and another at
/// the distances that the case asks for.
pub fn profiles(solved: &Solved<'_, '_>) -> Vec<Profile> {
    let mut out = Vec::new();
    for (surface, current) in solved.model.surfaces.iter().zip(solved.currents) {
        if !matches!(surface.role, Role::Kinetics { .. } | Role::Potential(_)) {
            continue;
        }
        let curve = Curve { solved, surface, current };
        out.push(curve.profile("", curve.at_nodes()));
        let at = &solved.case.output.profile_at;
        let samples: Vec<Sample> = at.iter().flat_map(|&d| curve.at_distance(d)).collect();
        if !samples.is_empty() {
            out.push(curve.profile("_at", samples));
        }
    }
    out
}

struct Curve<'a, 'm> {
    solved: &'a Solved<'a, 'm>,
    surface: &'a Surface,
    current: &'a SurfaceCurrent,
}

impl Curve<'_, '_> {
    fn model(&self) -> &Model<'_> {
        self.solved.model
    }

    /// Potential of the metal at node `k` of the surface \[V\].
    fn metal_at(&self, k: usize) -> Option<f64> {
        match &self.surface.role {
            Role::Kinetics { metal: Some(whole), .. } => {
                let dof = self.model().system.space().whole_dof(*whole) as usize;
                Some(self.solved.solution.all[dof])
            }
            Role::Kinetics { metal: None, .. } => {
                Some(self.solved.solution.potential[self.current.opposite[k] as usize])
            }
            _ => None,
        }
    }

    fn at_nodes(&self) -> Vec<Sample> {
        let mesh = &self.model().geometry.mesh;
        let is_solid = mesh.dimension == 3;
        let scale = 1e-9 * extent(&mesh.points);
        let on_x = |x: &[f64; 3]| x[1].abs() <= scale;
        let on_diagonal = |x: &[f64; 3]| (x[0] - x[1]).abs() <= scale;
        let nodes = &self.current.nodes;
        let point = |k: usize| mesh.points[nodes[k] as usize];
        let sample = |k: usize, line| Sample {
            x: point(k),
            distance: 0.0,
            line,
            density: self.current.density[k],
            potential: self.solved.solution.potential[nodes[k] as usize],
            metal: self.metal_at(k),
        };
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
        let points = &self.model().geometry.mesh.points;
        let all = self.current.nodes.iter().map(|&n| points[n as usize]);
        all.min_by(|a, b| {
            let axes = a.iter().zip(b).map(|(a, b)| a.total_cmp(b));
            axes.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        })
    }

    fn distance(&self, x: [f64; 3], origin: [f64; 3]) -> f64 {
        let geometry = self.model().geometry;
        if !geometry.has_axis {
            return (0..3).map(|k| (x[k] - origin[k]).powi(2)).sum::<f64>().sqrt();
        }
        if geometry.mesh.dimension == 3 { x[0].hypot(x[1]) } else { x[geometry.mesh.axes[0]].abs() }
    }

    /// Values at a distance, evaluated with the shape functions; on a solid on both lines.
    fn at_distance(&self, distance: f64) -> Vec<Sample> {
        let mesh = &self.model().geometry.mesh;
        let facets = self.surface.facets(mesh);
        if mesh.dimension == 2 {
            let Some(origin) = self.origin() else { return Vec::new() };
            return self.find_on_line(facets, distance, origin).into_iter().collect();
        }
        if !self.model().geometry.has_axis {
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
        let mesh = &self.model().geometry.mesh;
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
        let points = &self.model().geometry.mesh.points;
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
        let interpolate = |value: &dyn Fn(usize) -> f64| {
            let pairs = nodes.iter().zip(&shape);
            pairs
                .map(|(node, s)| s * self.current.nodes.binary_search(node).map_or(0.0, value))
                .sum::<f64>()
        };
        let potential =
            nodes.iter().zip(&shape).map(|(&n, s)| s * self.solved.solution.potential[n as usize]);
        let metal = self.metal_at(0).map(|_| interpolate(&|k| self.metal_at(k).unwrap_or(0.0)));
        let x = self.position(kind, nodes, xi);
        // Kinetics act on the interpolated potential; a consistent flux is itself interpolated.
        let density = match &self.surface.role {
            Role::Kinetics { placement, .. } => {
                let point = fem::Point { x, ..fem::Point::default() };
                let at = fem::recover::FacetPoint { facet, nodes, shape: &shape, point };
                let mesh = &self.model().geometry.mesh;
                let system = &self.model().system;
                let (term, space) = (system.term(*placement), system.space());
                let opposite = self.surface.opposite(mesh);
                let all = &self.solved.solution.all;
                transport::measures::plating_at(term, space, all, opposite, &at)
            }
            _ => interpolate(&|k| self.current.density[k]),
        };
        Sample { x, distance, line, density, potential: potential.sum(), metal }
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
            column("current_density", "A/m^2", &|s| s.density),
        ];
        if let Some(reference) = self.solved.counter_density().filter(|i| *i > 0.0) {
            columns.push(column("current_ratio", "1", &|s| s.density / reference));
        }
        columns.push(column("potential", "V", &|s| s.potential));
        if let Role::Kinetics { law, .. } = &self.surface.role {
            let equilibrium = law.values.number("equilibrium_potential").unwrap_or(0.0);
            let film = law.values.number("film_resistance").unwrap_or(0.0);
            // eta = phi_metal - phi - U - R i with i anodic; the profile counts plating positive.
            columns.push(column("overpotential", "V", &|s| {
                s.metal.unwrap_or(0.0) - s.potential - equilibrium + film * s.density
            }));
        }
        let line = samples
            .first()
            .and_then(|s| s.line)
            .map(|_| samples.iter().map(|s| s.line.unwrap_or("")).collect());
        Profile { name: self.surface.name.clone(), suffix, columns, line }
    }
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
