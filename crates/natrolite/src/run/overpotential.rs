//! Where the cell overpotential is lost: in the bulk, in the charge transfer, in films, against the
//! contact pressure.
//!
//! The power that enters at the counter electrode is dissipated in the bulk and on the surfaces. With
//! psi the potential less that at zero current, i the current density into the metal (plating positive),
//! I the current through the counter electrode, f the contact fraction and p the contact pressure,
//!
//!   I eta_cell = integral sigma |grad psi|^2 dV + sum over surfaces of integral i D dA,
//!   D = psi - psi_metal = -eta + R i / f + Omega p / F
//!
//! with eta the anodic overpotential of the charge transfer. Divided by I the terms are
//!
//!   ohmic        integral sigma |grad psi|^2 dV / I    V
//!   kinetic      integral i (-eta) dA / I              V
//!   film         integral R i^2 / f dA / I             V
//!   mechanical   integral i Omega p / F dA / I         V
//!
//! and add up to the cell overpotential where a uniform current, or one potential, is given at the
//! counter, and all fixed potentials but the counter's are those at zero current. A contact resistance
//! counts as film. What is lost in the bulk is what enters it through its surfaces, minus integral i psi
//! dA: for the discrete solution these are the same, and surfaces are small. There psi is counted from a
//! level of each body, because what Newton's method leaves of the residual is a current that does not
//! balance, and would be multiplied by it.
//!
//! The balance is the weak form of the equations with psi itself as the test function.

use super::model::{Role, Surface};
use super::quantities::Solved;
use super::surfaces::SurfaceCurrent;
use fem::recover::{self, FacetPoint};

/// The parts of one surface, each times the current \[W\].
struct Losses {
    kinetic: f64,
    film: f64,
    mechanical: f64,
}

impl Solved<'_, '_> {
    /// The parts of the cell overpotential \[V\] with their names, each with the surface that it belongs to; none
    /// without a current through the counter.
    pub(super) fn overpotentials(&self) -> Vec<(&'static str, Option<&str>, f64)> {
        let Some((_, counter)) = self.counter() else { return Vec::new() };
        let current = -counter.distribution.total;
        if current == 0.0 || !current.is_finite() {
            return Vec::new();
        }
        let levels = self.levels();
        let mut into_bulk = 0.0;
        // The first is known last.
        let mut parts = vec![("overpotential_ohmic", None, f64::NAN)];
        for (surface, through) in self.model.surfaces.iter().zip(self.currents) {
            let (power, losses) = self.power(surface, through, &levels);
            into_bulk += power;
            let Some(losses) = losses else { continue };
            let Role::Kinetics { law, .. } = &surface.role else { continue };
            let b = Some(surface.name.as_str());
            let has = |name: &str| law.values.number(name).is_some_and(|value| value != 0.0);
            let is_film = !transport::is_kinetics(law.entry);
            if !is_film {
                parts.push(("overpotential_kinetic", b, losses.kinetic / current));
            }
            if is_film || has("film_resistance") {
                parts.push(("overpotential_film", b, losses.film / current));
            }
            if has("partial_molar_volume") {
                parts.push(("overpotential_mechanical", b, losses.mechanical / current));
            }
        }
        parts[0].2 = into_bulk / current;
        parts
    }

    /// The potential at a node less that at zero current \[V\].
    fn psi(&self, node: u32) -> f64 {
        self.solution.psi[node as usize]
    }

    /// The body of a node.
    fn body(&self, node: u32) -> usize {
        self.model.bodies.of_node[node as usize] as usize
    }

    /// For each body a potential that it has at a surface with kinetics, less that at zero current \[V\].
    /// Zeros where a surface of one potential touches several bodies, whose currents are not known apart.
    fn levels(&self) -> Vec<f64> {
        let mesh = &self.model.geometry.mesh;
        let mut levels = vec![None; self.model.bodies.count];
        for surface in &self.model.surfaces {
            let sides = [surface.facets(mesh), surface.opposite(mesh)];
            for side in sides {
                let mut nodes = side.iter().flat_map(|b| &b.nodes).copied();
                let Some(first) = nodes.next() else { continue };
                let body = self.body(first);
                match surface.role {
                    Role::Kinetics { .. } => {
                        levels[body].get_or_insert(self.psi(first));
                    }
                    Role::Potential(_) | Role::Equipotential { .. } => {
                        if nodes.any(|n| self.body(n) != body) {
                            return vec![0.0; self.model.bodies.count];
                        }
                    }
                    Role::UniformCurrent(_) => {}
                }
            }
        }
        levels.into_iter().map(|level| level.unwrap_or(0.0)).collect()
    }

    /// The power that a surface gives to the bodies beside it, and what is lost on it \[W\].
    fn power(
        &self,
        surface: &Surface,
        through: &SurfaceCurrent,
        levels: &[f64],
    ) -> (f64, Option<Losses>) {
        let (mesh, points) = (&self.model.geometry.mesh, self.model.points(surface));
        let (facets, across) = (surface.facets(mesh), surface.opposite(mesh));
        let interpolate = |nodes: &[u32], shape: &[f64]| -> f64 {
            nodes.iter().zip(shape).map(|(&n, s)| s * self.psi(n)).sum()
        };
        let level = |nodes: &[u32]| nodes.first().map_or(0.0, |&n| levels[self.body(n)]);
        match &surface.role {
            Role::UniformCurrent(given) => {
                let above = |node: u32| self.psi(node) - levels[self.body(node)];
                (given * points.integral(above), None)
            }
            Role::Equipotential { .. } | Role::Potential(_) => {
                let first = facets.iter().find(|b| !b.nodes.is_empty());
                let above = first.map_or(0.0, |b| self.psi(b.nodes[0]) - level(&b.nodes));
                (-through.distribution.total * above, None)
            }
            Role::Kinetics { law, placement, metal } => {
                let system = &self.model.system;
                let (term, space, all) =
                    (system.term(*placement), system.space(), &self.solution.all);
                let deviations = &self.solution.deviations;
                let metal = metal.map(|whole| deviations[space.whole_dof(whole) as usize]);
                let number = |name: &str| law.values.number(name).unwrap_or(0.0);
                let resistance = number("film_resistance");
                let volume = number("partial_molar_volume");
                let is_film = !transport::is_kinetics(law.entry);
                if let (Some(metal), false) = (metal, through.at_nodes.is_empty()) {
                    // What is lost is the work of the currents into the nodes.
                    let nodes = points.nodes().iter().zip(&through.at_nodes);
                    let (mut power, mut through_all) = (0.0, 0.0);
                    for (&node, current) in nodes {
                        let psi = self.psi(node);
                        power -= current * (psi - levels[self.body(node)]);
                        through_all += current * (psi - metal);
                    }
                    let film = if is_film { through_all } else { resistance * through.square };
                    let losses = Losses { kinetic: through_all - film, film, mechanical: 0.0 };
                    return (power, Some(losses));
                }
                if let (Some(metal), true) = (metal, term.slots().len() < 4) {
                    // One potential opposite, and nothing of a contact to be read.
                    let (mut at_points, mut sums) = (through.points.iter(), [0.0; 3]);
                    let above = |node: u32| {
                        let psi = self.psi(node);
                        [psi - levels[self.body(node)], psi - metal]
                    };
                    points.interpolate(facets, above, |[above, drop]| {
                        let (weight, i) = at_points.next().copied().unwrap_or_default();
                        let part = weight * i;
                        sums[0] -= part * above;
                        sums[1] += part * drop;
                        sums[2] += part * i;
                    });
                    let [power, through_all, squares] = sums;
                    let film = if is_film { through_all } else { resistance * squares };
                    let losses = Losses { kinetic: through_all - film, film, mechanical: 0.0 };
                    return (power, Some(losses));
                }
                // The points of the law are those of the facets, in the same order.
                let mut densities = through.points.iter().map(|point| point.1);
                let sums = points.integrate(facets, |at| {
                    let i = densities.next().unwrap_or(0.0);
                    let (block, facet) = at.facet;
                    let n = at.nodes.len();
                    let opposite = &across[block].nodes[facet * n..(facet + 1) * n];
                    let here = interpolate(at.nodes, at.shape);
                    let there = metal.unwrap_or_else(|| interpolate(opposite, at.shape));
                    let (fraction, pressure) = contact_at(term, space, all, opposite, at);
                    let drop = here - there;
                    let through_film = match is_film {
                        true => drop,
                        false if i == 0.0 => 0.0,
                        false => resistance * i / fraction,
                    };
                    let shift = volume * pressure / transport::FARADAY;
                    let mut given = here - level(at.nodes);
                    if metal.is_none() {
                        given -= there - level(opposite);
                    }
                    [-i * given, i * (drop - through_film - shift), i * through_film, i * shift]
                });
                let [power, kinetic, film, mechanical] = sums;
                (power, Some(Losses { kinetic, film, mechanical }))
            }
        }
    }
}

/// Contact fraction and contact pressure \[Pa\] that a law reads at a point; 1 and 0 where it reads none.
fn contact_at(
    term: &dyn fem::Term,
    space: &fem::Space,
    all: &[f64],
    opposite: &[u32],
    at: &FacetPoint<'_>,
) -> (f64, f64) {
    if term.slots().len() < 4 {
        return (1.0, 0.0);
    }
    let (mut fraction, mut pressure) = (0.0, 0.0);
    for ((&node, &other), shape) in at.nodes.iter().zip(opposite).zip(at.shape) {
        let mut state = recover::numbers_at_node(term, space, all, node, other).skip(2);
        fraction += shape * state.next().unwrap_or(1.0);
        pressure += shape * state.next().unwrap_or(0.0);
    }
    // As the law does: shape functions of second order leave the range of the values at the nodes.
    (fraction.min(1.0), pressure)
}
