//! The given currents and potentials of a case: the right-hand side of what is left of it.

use super::{Condensed, NOWHERE, Unknowns, kinetics};
use crate::run::model::{Model, Role, Surface};
use algebra::{Schur, Source};
use fem::{Placement, load_vector};

/// A current density of 1 A/m2 into one region, by one term.
pub struct UnitCurrent {
    placement: usize,
    region: u32,
    source: Source,
}

/// What drives a case.
pub enum Drive<'a> {
    /// The right-hand side for all free unknowns.
    Loads(Vec<f64>),
    /// Factors of the unit currents, and currents into kept unknowns.
    Units { currents: Vec<(f64, &'a Source)>, electrodes: Vec<(usize, f64)> },
}

impl Drive<'_> {
    /// g, to `out`.
    pub fn constant(&self, condensed: &Condensed, out: &mut Vec<f64>) {
        match self {
            Drive::Loads(loads) => *out = condensed.schur.reduce(loads),
            Drive::Units { currents, electrodes } => {
                out.clear();
                out.resize(condensed.kept(), 0.0);
                for (factor, source) in currents {
                    out.iter_mut().zip(&source.reduced).for_each(|(g, s)| *g += factor * s);
                }
                electrodes.iter().for_each(|&(k, value)| out[k] += value);
            }
        }
    }

    /// The free unknowns from those that are kept, to `all`; zeros where they are not shown.
    pub fn all(&self, condensed: &Condensed, kept: &[f64], all: &mut Vec<f64>) {
        match self {
            Drive::Loads(loads) => *all = condensed.schur.recover(loads, kept),
            Drive::Units { currents, .. } => {
                let Unknowns { kept: numbers, shown, place, .. } = &condensed.unknowns;
                all.clear();
                all.resize(place.len(), 0.0);
                let found = condensed.schur.show(currents, kept);
                let pairs = shown.iter().zip(&found).chain(numbers.iter().zip(kept));
                pairs.for_each(|(&dof, &value)| all[dof as usize] = value);
            }
        }
    }
}

impl Condensed {
    /// What drives the case: in units where there are any, else in full.
    pub(super) fn drive(&self, model: &Model<'_>, size_of: &dyn Fn(&u32) -> f64) -> Drive<'_> {
        let Some((units, _)) = &self.units else {
            return Drive::Loads(self.loads(model, size_of));
        };
        let given = given_densities(model);
        let factor = |unit: &UnitCurrent| {
            let density = given.iter().find(|(placement, _)| *placement == unit.placement);
            density.map_or(0.0, |(_, density)| density / size_of(&unit.region))
        };
        let currents = units.iter().map(|unit| (factor(unit), &unit.source)).collect();
        let mut electrodes = Vec::new();
        for &(dof, value) in model.system.loads() {
            if let Some(&k) = self.unknowns.place.get(dof as usize).filter(|k| **k != NOWHERE) {
                let size = size_of(&self.unknowns.region_of[dof as usize]);
                electrodes.push((k as usize, value / size));
            }
        }
        Drive::Units { currents, electrodes }
    }

    /// (given currents) / size - (conduction from the prescribed potentials), for each free unknown.
    fn loads(&self, model: &Model<'_>, size_of: &dyn Fn(&u32) -> f64) -> Vec<f64> {
        let system = &model.system;
        let free = self.unknowns.region_of.len();
        let deviations = system.deviations(&vec![0.0; free]);
        let mut currents = vec![0.0; deviations.len()];
        for placement in given_currents(model) {
            system.surface_term(placement).add_residual(&deviations, &mut currents);
        }
        let mut loads: Vec<f64> = currents[..free].iter().map(|r| -r).collect();
        for &(dof, value) in system.loads() {
            if let Some(load) = loads.get_mut(dof as usize) {
                *load += value;
            }
        }
        for (load, region) in loads.iter_mut().zip(&self.unknowns.region_of) {
            *load /= size_of(region);
        }
        if let Some(prescribed) = &self.prescribed {
            let values: Vec<f64> = deviations[free..].iter().map(|value| -value).collect();
            prescribed.add_apply(&values, &mut loads);
        }
        loads
    }
}

/// Placement and value \[A/m2\] of the given current densities.
fn given_densities(model: &Model<'_>) -> Vec<(usize, f64)> {
    let density = |surface: &Surface| match surface.role {
        Role::UniformCurrent(density) => Some(density),
        _ => None,
    };
    // Both in the order in which the boundaries were placed.
    given_currents(model).into_iter().zip(model.surfaces.iter().filter_map(density)).collect()
}

/// The unit currents of a model without reactions, each into one region.
pub fn unit_currents(
    model: &Model<'_>,
    schur: &Schur,
    region_of: &[u32],
) -> Option<Vec<UnitCurrent>> {
    if model.surfaces.iter().any(Surface::needs_reactions) {
        return None;
    }
    let system = &model.system;
    let uniform = model.surfaces.iter().filter(|s| matches!(s.role, Role::UniformCurrent(_)));
    let unit = |(placement, surface): (usize, &Surface)| {
        let term = Box::new(transport::SurfaceCurrent { density: 1.0 });
        let placed = Placement { term, support: surface.support };
        let residual = load_vector(system.mesh(), system.hypothesis(), system.space(), placed);
        let loads: Vec<f64> = residual[..region_of.len()].iter().map(|r| -r).collect();
        let mut regions = loads.iter().zip(region_of).filter(|(b, _)| **b != 0.0).map(|(_, r)| *r);
        let region = regions.next()?;
        let source = schur.source(&loads);
        regions.all(|r| r == region).then_some(UnitCurrent { placement, region, source })
    };
    given_currents(model).into_iter().zip(uniform).map(unit).collect()
}

/// Numbers of the terms that are neither conduction nor kinetics: given current densities.
pub fn given_currents(model: &Model<'_>) -> Vec<usize> {
    let kinetics = kinetics(model);
    let others = 0..model.system.placements();
    others.filter(|p| !kinetics.contains(p) && !model.conduction.contains(p)).collect()
}
