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
use std::sync::Arc;

/// The parts of one surface, each times the current \[W\].
struct Losses {
    kinetic: f64,
    film: f64,
    mechanical: f64,
}

impl Solved<'_, '_> {
    /// The parts of the cell overpotential \[V\] with their names, each with the surface that it belongs to; none
    /// without a current through the `counter`.
    pub(super) fn overpotentials(
        &self,
        counter: &SurfaceCurrent,
    ) -> Vec<(&'static str, Option<&Arc<str>>, f64)> {
        let current = -counter.distribution.total;
        if current == 0.0 || !current.is_finite() {
            return Vec::new();
        }
        let levels = self.levels();
        let mut into_bulk = 0.0;
        let mut parts = Vec::with_capacity(1 + 2 * self.currents.len());
        // The first is known last.
        parts.push(("overpotential_ohmic", None, f64::NAN));
        for (surface, through) in self.model.surfaces.iter().zip(self.currents) {
            let (power, losses) = self.power(surface, through, &levels);
            into_bulk += power;
            let Some(losses) = losses else { continue };
            let Role::Kinetics { law, .. } = &surface.role else { continue };
            let b = Some(&surface.name);
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
        let points = self.model.points(surface);
        let level = |node: u32| levels[self.body(node)];
        match &surface.role {
            Role::UniformCurrent(given) => {
                (given * points.integral(|node| self.psi(node) - level(node)), None)
            }
            Role::Equipotential { .. } | Role::Potential(_) => {
                let first = points.nodes().first();
                let above = first.map_or(0.0, |&node| self.psi(node) - level(node));
                (-through.distribution.total * above, None)
            }
            Role::Kinetics { law, placement, metal } => {
                let number = |name: &str| law.values.number(name).unwrap_or(0.0);
                let deviations = &self.solution.deviations;
                let whole = |w: usize| deviations[self.model.system.space().whole_dof(w) as usize];
                // What is lost is the work of the currents into the unknowns, on an interface those of both sides.
                let first = through.unknowns.first().map_or(0.0, |&[node, _]| level(node));
                let opposite = metal.map_or(first, whole);
                let (power, lost) = self.work(through, levels, opposite);
                let [over_fraction, pressure] = match through.points.is_empty() {
                    true => [through.square, 0.0],
                    false => self.at_contact(surface, *placement, &through.points),
                };
                let film = match transport::is_kinetics(law.entry) {
                    true => number("film_resistance") * over_fraction,
                    false => lost,
                };
                let mechanical = number("partial_molar_volume") * pressure / transport::FARADAY;
                let kinetic = lost - film - mechanical;
                (power, Some(Losses { kinetic, film, mechanical }))
            }
        }
    }

    /// What the currents into the unknowns of a surface give to the bodies, counted from their `levels`, and what they
    /// would give counted from the potential `opposite` \[W\].
    // Where it is a part of more, its sums do not stay in registers, and each waits for the memory.
    #[inline(never)]
    fn work(&self, through: &SurfaceCurrent, levels: &[f64], opposite: f64) -> (f64, f64) {
        let (mut given, mut lost) = (0.0, 0.0);
        for (&[node, _], current) in through.unknowns.iter().zip(&through.into) {
            let psi = self.psi(node);
            given -= current * (psi - levels[self.body(node)]);
            lost += current * (psi - opposite);
        }
        (given, lost)
    }

    /// Integrals of i^2 / f \[A2/m2\] and of i p \[A Pa\] over a surface where a law reads the contact, from the current
    /// density i at the points of quadrature.
    fn at_contact(&self, surface: &Surface, placement: usize, densities: &[f64]) -> [f64; 2] {
        let (mesh, system) = (&self.model.geometry.mesh, &self.model.system);
        let (facets, across) = (surface.facets(mesh), surface.opposite(mesh));
        let (term, space, all) = (system.term(placement), system.space(), &self.solution.all);
        // The points of the law are those of the facets, in the same order.
        let mut densities = densities.iter();
        self.model.points(surface).integrate(facets, |at| {
            let i = densities.next().copied().unwrap_or(0.0);
            let ((block, facet), n) = (at.facet, at.nodes.len());
            let opposite = &across[block].nodes[facet * n..(facet + 1) * n];
            let (fraction, pressure) = contact_at(term, space, all, opposite, at);
            // Where nothing touches, nothing flows.
            let over_fraction = if i == 0.0 { 0.0 } else { i * i / fraction };
            [over_fraction, i * pressure]
        })
    }
}

/// Contact fraction and contact pressure \[Pa\] that a law reads at a point.
fn contact_at(
    term: &dyn fem::Term,
    space: &fem::Space,
    all: &[f64],
    opposite: &[u32],
    at: &FacetPoint<'_>,
) -> (f64, f64) {
    let (mut fraction, mut pressure) = (0.0, 0.0);
    for ((&node, &other), shape) in at.nodes.iter().zip(opposite).zip(at.shape) {
        let mut state = recover::numbers_at_node(term, space, all, node, other).skip(2);
        fraction += shape * state.next().unwrap_or(1.0);
        pressure += shape * state.next().unwrap_or(0.0);
    }
    // As the law does: shape functions of second order leave the range of the values at the nodes.
    (fraction.min(1.0), pressure)
}
