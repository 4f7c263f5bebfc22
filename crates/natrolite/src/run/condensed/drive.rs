//! The given currents and potentials of a case: the right-hand side of what is left of it.

use super::{Condensed, NOWHERE, Unknowns, kinetics};
use crate::run::model::{Model, Role, Surface};
use algebra::{Schur, Source};
use fem::{Placement, load_vector};

/// A current density of 1 A/m2 into one region, by one term.
pub struct UnitCurrent {
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

    /// The free unknowns from those that are kept, to `all`; zeros where they are not shown. `found` is memory.
    pub fn all(
        &self,
        condensed: &Condensed,
        kept: &[f64],
        (all, found): (&mut Vec<f64>, &mut Vec<f64>),
    ) {
        match self {
            Drive::Loads(loads) => *all = condensed.schur.recover(loads, kept),
            Drive::Units { currents, .. } => {
                let Unknowns { kept: numbers, shown, place, .. } = &condensed.unknowns;
                all.clear();
                all.resize(place.len(), 0.0);
                condensed.schur.show(currents, kept, found);
                let pairs = shown.iter().zip(&*found).chain(numbers.iter().zip(kept));
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
        // Both in the order of the surfaces.
        let pairs = units.iter().zip(model.surfaces.iter().filter_map(given_density));
        let factor = |unit: &UnitCurrent, density: f64| density / size_of(&unit.region);
        let currents = pairs.map(|(unit, density)| (factor(unit, density), &unit.source)).collect();
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

/// The current density that is given on a surface \[A/m2\].
fn given_density(surface: &Surface) -> Option<f64> {
    match surface.role {
        Role::UniformCurrent(density) => Some(density),
        _ => None,
    }
}

/// The unit currents of a model without reactions, each into one region, in the order of the surfaces.
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
    let unit = |surface: &Surface| {
        let term = Box::new(transport::SurfaceCurrent { density: 1.0 });
        let placed = Placement { term, support: surface.support };
        let residual = load_vector(system.mesh(), system.hypothesis(), system.space(), placed);
        let loads: Vec<f64> = residual[..region_of.len()].iter().map(|r| -r).collect();
        let mut regions = loads.iter().zip(region_of).filter(|(b, _)| **b != 0.0).map(|(_, r)| *r);
        let region = regions.next()?;
        let source = schur.source(&loads);
        regions.all(|r| r == region).then_some(UnitCurrent { region, source })
    };
    uniform.map(unit).collect()
}

/// Numbers of the terms that are neither conduction nor kinetics: given current densities.
pub fn given_currents(model: &Model<'_>) -> Vec<usize> {
    let kinetics: Vec<usize> = kinetics(model).collect();
    let others = 0..model.system.placements();
    others.filter(|p| !kinetics.contains(p) && !model.conduction.contains(p)).collect()
}
