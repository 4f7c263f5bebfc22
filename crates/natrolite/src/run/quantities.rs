//! The numbers of a run, under the names that the manual gives them.
//!
//! Extensive quantities are those of the whole defect cell, per metre in planar symmetry.

use super::model::{
    Model, Role, Surface, linear_resistance, mean_conductivity, resistance_at_rest,
};
use super::surfaces::{Solution, SurfaceCurrent};
use crate::case::Case;
use crate::results::{Named, Quantity};
use fem::Hypothesis;
use std::fmt;
use std::sync::Arc;

/// What a quantity is, and of which surface if of one.
#[derive(Clone, Copy, Debug)]
pub struct Name<'a> {
    /// For example `peak_factor`.
    pub what: &'static str,
    /// For example `anode`.
    pub of: Option<&'a Arc<str>>,
}

impl Name<'_> {
    /// Of no surface.
    fn plain(what: &'static str) -> Self {
        Name { what, of: None }
    }

    /// True when it is written as `text`.
    pub fn is(&self, text: &str) -> bool {
        match (text.strip_prefix(self.what), self.of) {
            (Some(rest), Some(of)) => rest.strip_prefix('.') == Some(&**of),
            (Some(rest), None) => rest.is_empty(),
            (None, _) => false,
        }
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)?;
        self.of.map_or(Ok(()), |of| write!(f, ".{of}"))
    }
}

/// A solved model and the currents through its surfaces, in the order of [`Model::surfaces`].
pub struct Solved<'a, 'm> {
    /// The case.
    pub case: &'a Case,
    /// The model.
    pub model: &'a Model<'m>,
    /// Its solution.
    pub solution: &'a Solution,
    /// The current through each surface.
    pub currents: &'a [SurfaceCurrent],
}

impl Solved<'_, '_> {
    /// The counter electrode and the current through it.
    pub fn counter(&self) -> Option<(&Surface, &SurfaceCurrent)> {
        let name = self.case.counter()?;
        let k = self.model.surfaces.iter().position(|s| *s.name == *name)?;
        Some((&self.model.surfaces[k], &self.currents[k]))
    }

    /// Absolute mean current density at the counter \[A/m2\].
    pub fn counter_density(&self) -> Option<f64> {
        self.counter().map(|(_, current)| current.distribution.mean().abs())
    }

    /// Mean potential of a surface; of its metal when it has kinetics with a metal of its own \[V\].
    fn electrode_potential(&self, surface: &Surface) -> f64 {
        if let Role::Kinetics { metal: Some(whole), .. } = surface.role {
            return self.solution.all[self.model.system.space().whole_dof(whole) as usize];
        }
        let points = self.model.points(surface);
        points.integral(|node| self.solution.potential[node as usize]) / points.area()
    }

    /// The surface whose potential the cell overpotential is measured against: the given potential
    /// that is not the counter's; the one called `anode` when there are several.
    fn anode(&self, counter: &Surface) -> Option<&Surface> {
        let floats = |s: &Surface| {
            self.case.boundaries.iter().any(|b| *b.name == *s.name && b.law("current").is_some())
        };
        let given = self.model.surfaces.iter().filter(|s| {
            let fixes =
                matches!(s.role, Role::Potential(_) | Role::Kinetics { metal: Some(_), .. });
            fixes && s.name != counter.name && !floats(s)
        });
        let mut some = given.clone();
        match (some.next(), some.next()) {
            (Some(one), None) => Some(one),
            _ => given.clone().find(|s| *s.name == *"anode"),
        }
    }

    /// Sum of all currents into the body over the sum of their absolute values.
    fn current_balance_error(&self) -> f64 {
        let through_boundary = |s: &Surface| matches!(s.support, fem::Support::Boundary(_));
        let totals = (self.model.surfaces.iter().zip(self.currents))
            .filter(|(surface, _)| through_boundary(surface))
            .map(|(_, current)| current.distribution.total);
        let size = 0.5 * totals.clone().map(f64::abs).sum::<f64>();
        if size == 0.0 { 0.0 } else { totals.sum::<f64>().abs() / size }
    }

    /// All quantities of the run.
    pub fn quantities(&self) -> Named<Quantity> {
        let mut out = Named::default();
        self.each_quantity(&mut |name, value, unit| {
            let quantity = Quantity { value, unit: unit.into(), error_estimate: None };
            out.push(name.to_string(), quantity);
        });
        out
    }

    /// Calls `add` with the name, the value and the SI unit of each quantity of the run.
    pub fn each_quantity(&self, add: &mut dyn FnMut(Name<'_>, f64, &'static str)) {
        let planar = self.model.geometry.hypothesis == Hypothesis::Planar;
        let multiplicity = self.model.geometry.multiplicity;
        let counter = self.counter();
        let density = |(_, current): (&Surface, &SurfaceCurrent)| current.distribution.mean();
        let reference = counter.map(|counter| density(counter).abs()).filter(|i| *i > 0.0);
        for (surface, current) in self.model.surfaces.iter().zip(self.currents) {
            let of = |what| Name { what, of: Some(&surface.name) };
            let (d, most) = (&current.distribution, current.max());
            if let Some(reference) = reference {
                add(of("peak_factor"), most / reference, "1");
            }
            add(of("max_current_density"), most, "A/m^2");
            add(of("mean_current_density"), d.mean(), "A/m^2");
            let unit = if planar { "A/m" } else { "A" };
            add(of("total_current"), multiplicity * d.total, unit);
            if d.nonuniformity.is_finite() {
                add(of("nonuniformity"), d.nonuniformity, "1");
            }
            let unit = if planar { "m" } else { "m^2" };
            add(of("area"), multiplicity * d.area, unit);
            if let Some(length) = self.kinetic_length(surface) {
                add(of("kinetic_length"), length, "m");
                if let Some(radius) = self.case.defect_radius() {
                    add(of("wagner_number"), length / radius, "1");
                }
            }
        }
        let anode = counter.and_then(|(counter, _)| self.anode(counter));
        if let (Some((counter, current)), Some(anode)) = (counter, anode) {
            let difference =
                |potential: &dyn Fn(&Surface) -> f64| potential(counter) - potential(anode);
            let overpotential = difference(&|s| self.electrode_potential(s))
                - difference(&|s| self.model.at_rest(s));
            add(Name::plain("cell_overpotential"), overpotential, "V");
            let density = -current.distribution.mean();
            if density != 0.0 {
                add(Name::plain("area_specific_resistance"), overpotential / density, "ohm m^2");
            }
            for (what, of, value) in self.overpotentials(current) {
                add(Name { what, of }, value, "V");
            }
        }
        add(Name::plain("current_balance_error"), self.current_balance_error(), "1");
    }

    /// Conductivity of the electrolyte times the linearised resistance of the surface \[m\].
    fn kinetic_length(&self, surface: &Surface) -> Option<f64> {
        let Role::Kinetics { law, placement, .. } = &surface.role else { return None };
        let term = self.model.system.term(*placement);
        let resistance = match term.slots().len() {
            2 => resistance_at_rest(term, law)?,
            // Of the law without a contact.
            _ => linear_resistance(law, self.case.temperature)?,
        };
        let region = self.model.region_beside(surface)?;
        Some(resistance * mean_conductivity(&self.model.conductivity[region]))
    }
}
