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
//! dA: for the discrete solution these are the same, and surfaces are small.
//!
//! The balance is the weak form of the equations with psi itself as the test function.

use super::model::{Role, Surface};
use super::quantities::Solved;
use super::reference::Rest;
use super::surfaces::SurfaceCurrent;
use fem::recover::{self, FacetPoint};

/// The parts of one surface, each times the current \[W\].
struct Losses {
    kinetic: f64,
    film: f64,
    mechanical: f64,
}

impl Solved<'_, '_> {
    /// The parts of the cell overpotential \[V\] with their names; none without a current through the
    /// counter.
    pub(super) fn overpotentials(&self, rest: &Rest) -> Vec<(String, f64)> {
        let Some((_, counter)) = self.counter() else { return Vec::new() };
        let current = -counter.distribution.total;
        if current == 0.0 || !current.is_finite() {
            return Vec::new();
        }
        let mut into_bulk = 0.0;
        let mut parts = Vec::new();
        for (surface, through) in self.model.surfaces.iter().zip(self.currents) {
            let (power, losses) = self.power(surface, through, rest);
            into_bulk += power;
            let Some(losses) = losses else { continue };
            let Role::Kinetics { law, .. } = &surface.role else { continue };
            let b = &surface.name;
            let has = |name: &str| law.values.number(name).is_some_and(|value| value != 0.0);
            let is_film = !transport::is_kinetics(law.entry);
            if !is_film {
                parts.push((format!("overpotential_kinetic.{b}"), losses.kinetic / current));
            }
            if is_film || has("film_resistance") {
                parts.push((format!("overpotential_film.{b}"), losses.film / current));
            }
            if has("partial_molar_volume") {
                parts.push((format!("overpotential_mechanical.{b}"), losses.mechanical / current));
            }
        }
        parts.insert(0, ("overpotential_ohmic".into(), into_bulk / current));
        parts
    }

    /// The power that a surface gives to the bodies beside it, and what is lost on it \[W\].
    fn power(
        &self,
        surface: &Surface,
        through: &SurfaceCurrent,
        rest: &Rest,
    ) -> (f64, Option<Losses>) {
        let geometry = self.model.geometry;
        let (mesh, hypothesis) = (&geometry.mesh, geometry.hypothesis);
        let (facets, across) = (surface.facets(mesh), surface.opposite(mesh));
        let psi = &self.solution.deviation;
        let interpolate = |nodes: &[u32], shape: &[f64]| -> f64 {
            nodes.iter().zip(shape).map(|(&n, s)| s * psi[n as usize]).sum()
        };
        let integrate = |integrand: &dyn Fn(&FacetPoint<'_>) -> f64| {
            let [sum] = recover::integrate_facets(mesh, hypothesis, facets, |at| [integrand(at)]);
            sum
        };
        match &surface.role {
            Role::UniformCurrent(given) => {
                (integrate(&|at| given * interpolate(at.nodes, at.shape)), None)
            }
            Role::Equipotential { .. } | Role::Potential(_) => {
                let node = facets.iter().find_map(|b| b.nodes.first());
                let psi = node.map_or(0.0, |&n| psi[n as usize]);
                (-through.distribution.total * psi, None)
            }
            Role::Kinetics { law, placement, metal } => {
                let system = &self.model.system;
                let (term, space, all) =
                    (system.term(*placement), system.space(), &self.solution.all);
                let metal = metal.map(|whole| {
                    all[space.whole_dof(whole) as usize] - rest.at_surface(surface, mesh)
                });
                let number = |name: &str| law.values.number(name).unwrap_or(0.0);
                let resistance = number("film_resistance");
                let volume = number("partial_molar_volume");
                let is_film = !transport::is_kinetics(law.entry);
                let sums = recover::integrate_facets(mesh, hypothesis, facets, |at| {
                    let i = transport::measures::plating_at(term, space, all, across, at);
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
                    let given = if metal.is_some() { here } else { drop };
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
        let numbers = recover::numbers_at_node(term, space, all, node, other);
        fraction += shape * numbers[2];
        pressure += shape * numbers[3];
    }
    // As the law does: shape functions of second order leave the range of the values at the nodes.
    (fraction.min(1.0), pressure)
}
