//! Where Newton's method begins: the state with one potential in each body.
//!
//! While the potential is uniform in a body, nothing flows in its bulk, and what is left of the equations is
//! one balance for each body and each free electrode: the currents through its surfaces add up to what is
//! given. The state that satisfies these is the solution of a bulk that conducts without loss (Wagner
//! numbers far above one). The energy of the equations is lowest there among all such states, that
//! at rest included, and the kinetics are linearised near the currents that they will carry.

use super::model::Model;
use algebra::{
    Csr, DenseCholesky, Equations, Inadmissible, NewtonParameters, Operator, newton, vector,
};
use fem::{SurfaceTerm, Unknown};
use transport::POTENTIAL;

/// No group.
const NONE: u32 = u32::MAX;
/// Most groups: with more of them rest will do.
const MOST: usize = 100;
/// It is a start, and no more digits of it would show.
const RTOL: f64 = 1e-4;

/// The free unknowns, less those at rest, in the state with one potential in each body \[V\]. At rest where
/// there is no such state: bodies with a given potential stay, and so does everything when nothing flows
/// into one, or its kinetics cannot carry what does.
pub fn uniform_state(model: &Model<'_>) -> Vec<f64> {
    let groups = Groups::new(model);
    let start = groups.spread(&vec![0.0; groups.count]);
    if groups.count == 0 || groups.count > MOST {
        return start;
    }
    let Some(mut balance) = Balance::new(model, &groups) else { return start };
    let mut levels = vec![0.0; groups.count];
    let parameters = NewtonParameters { rtol: RTOL, ..NewtonParameters::default() };
    let mut solver = DenseCholesky::new();
    match newton(&mut balance, &mut solver, &mut levels, &parameters, &mut |_| ()) {
        Ok(info) if info.converged => groups.spread(&levels),
        _ => start,
    }
}

/// Free unknowns that rise and fall together without a current in the bulk.
struct Groups {
    count: usize,
    /// Of each free unknown.
    of: Vec<u32>,
}

impl Groups {
    fn new(model: &Model<'_>) -> Groups {
        let (space, bodies) = (model.system.space(), &model.bodies);
        let free = space.free();
        let dof_of = |node: usize| space.dof(POTENTIAL, node as u32) as usize;
        // Bodies that are tied to the same electrode count as one.
        let mut joined: Vec<u32> = (0..bodies.count as u32).collect();
        let mut tied = vec![None; space.whole().len()];
        for (unknown, whole) in &model.tied {
            let Unknown::Node { node, .. } = *unknown else { continue };
            let body = joined[bodies.of_node[node as usize] as usize];
            let first = *tied[*whole].get_or_insert(body);
            joined.iter_mut().filter(|other| **other == body).for_each(|other| *other = first);
        }
        let mut floats = vec![true; bodies.count];
        for (node, &body) in bodies.of_node.iter().enumerate() {
            floats[joined[body as usize] as usize] &= dof_of(node) < free;
        }
        let mut count = 0;
        let mut number = |is_one: bool| {
            count += usize::from(is_one);
            if is_one { count as u32 - 1 } else { NONE }
        };
        let own = |body: usize| joined[body] as usize == body;
        let numbers: Vec<u32> =
            (0..bodies.count).map(|body| number(floats[body] && own(body))).collect();
        let mut of = vec![NONE; free];
        for (node, &body) in bodies.of_node.iter().enumerate() {
            if let Some(group) = of.get_mut(dof_of(node)) {
                *group = numbers[joined[body as usize] as usize];
            }
        }
        for (w, tied) in tied.iter().enumerate() {
            if let (None, Some(group)) = (tied, of.get_mut(space.whole_dof(w) as usize)) {
                *group = number(true);
            }
        }
        Groups { count, of }
    }

    /// The free unknowns with these levels.
    fn spread(&self, levels: &[f64]) -> Vec<f64> {
        let level = |&group: &u32| levels.get(group as usize).copied().unwrap_or(0.0);
        self.of.iter().map(level).collect()
    }

    /// The group of an unknown, if it is free and has one.
    fn group(&self, dof: u32) -> Option<usize> {
        self.of.get(dof as usize).filter(|group| **group != NONE).map(|&group| group as usize)
    }
}

/// For each group: the currents through surfaces less those that are given.
struct Balance<'a> {
    groups: &'a Groups,
    terms: Vec<SurfaceTerm<'a>>,
    /// Given currents into electrodes: group and value \[A\].
    loads: Vec<(usize, f64)>,
    /// Of all unknowns; the free ones are those of the last call.
    deviations: Vec<f64>,
    /// Of all unknowns.
    currents: Vec<f64>,
    /// Largest current of one kind, of the last call.
    scale: f64,
    matrix: Csr,
}

impl<'a> Balance<'a> {
    fn new(model: &'a Model<'_>, groups: &'a Groups) -> Option<Self> {
        let (system, n) = (&model.system, groups.count);
        let on_surfaces = (0..system.placements()).filter(|p| !model.conduction.contains(p));
        let loads = system.loads().iter();
        let columns = (0..n).flat_map(|_| 0..n as u32).collect();
        let start = (0..=n).map(|row| row * n).collect();
        let deviations = system.deviations(&vec![0.0; groups.of.len()]);
        Some(Balance {
            groups,
            terms: on_surfaces.map(|placement| system.surface_term(placement)).collect(),
            loads: loads.filter_map(|&(dof, i)| Some((groups.group(dof)?, i))).collect(),
            currents: vec![0.0; deviations.len()],
            deviations,
            scale: 0.0,
            matrix: Csr::new(start, columns, vec![0.0; n * n], n).ok()?,
        })
    }

    fn set(&mut self, levels: &[f64]) {
        for (deviation, &group) in self.deviations.iter_mut().zip(&self.groups.of) {
            *deviation = levels.get(group as usize).copied().unwrap_or(0.0);
        }
    }
}

impl Equations for Balance<'_> {
    fn len(&self) -> usize {
        self.groups.count
    }

    fn residual(&mut self, levels: &[f64], r: &mut [f64]) -> Result<(), Inadmissible> {
        self.set(levels);
        r.fill(0.0);
        for &(group, load) in &self.loads {
            r[group] -= load;
        }
        self.scale = vector::max_norm(r);
        let mut part = vec![0.0; r.len()];
        for term in &mut self.terms {
            self.currents.fill(0.0);
            term.add_residual(&self.deviations, &mut self.currents);
            part.fill(0.0);
            for (current, &group) in self.currents.iter().zip(&self.groups.of) {
                if let Some(part) = part.get_mut(group as usize) {
                    *part += current;
                }
            }
            self.scale = self.scale.max(vector::max_norm(&part));
            r.iter_mut().zip(&part).for_each(|(r, part)| *r += part);
        }
        match r.iter().all(|r| r.is_finite()) {
            true => Ok(()),
            false => Err(Inadmissible("a term is not finite".into())),
        }
    }

    fn linearize(&mut self, levels: &[f64]) -> Result<&mut dyn Operator, Inadmissible> {
        self.set(levels);
        let (groups, n) = (self.groups, levels.len());
        let values = self.matrix.values_mut();
        values.fill(0.0);
        for term in &mut self.terms {
            term.tangent(&self.deviations, |row, column, value| {
                if let (Some(i), Some(j)) = (groups.group(row), groups.group(column)) {
                    values[i * n + j] += value;
                }
            });
        }
        Ok(&mut self.matrix)
    }

    fn norms(&self, r: &[f64]) -> Vec<f64> {
        let size = vector::max_norm(r);
        vec![if size == 0.0 { 0.0 } else { size / self.scale }]
    }

    fn field_names(&self) -> Vec<&str> {
        vec!["level"]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Geometry;
    use std::path::Path;

    /// The smallest and the largest unknown of the start of a case in `configs`.
    fn start_of(name: &str) -> [f64; 2] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs");
        let case = crate::case::read_file(&folder.join(name), &[]).unwrap();
        let geometry = Geometry::of(&case, 0).unwrap();
        let model = Model::new(&case, &geometry, &[]).unwrap();
        let start = uniform_state(&model);
        [f64::INFINITY, f64::NEG_INFINITY].map(|first| {
            let is_least = first > 0.0;
            start.iter().fold(first, |a, &b| if is_least { a.min(b) } else { a.max(b) })
        })
    }

    #[test]
    fn one_body_takes_the_overpotential_of_its_mean_current() {
        // Plating 0.51 mA/cm2 by Tafel kinetics: RT / (a F) ln(i / i0), above the metal that stays at 0.
        let thermal = 8.314462618 * 298.15 / 96485.33212;
        let level = thermal / 0.5 * (0.51_f64 / 0.013).ln();
        let [low, high] = start_of("tafel.toml");
        assert_eq!(low, 0.0);
        assert!((high / level - 1.0).abs() < 1e-5, "{high} {level}");
    }

    #[test]
    fn an_electrode_at_one_potential_goes_with_its_body() {
        // 40 nA through the flat rest of a disc of 50 um (the width unless said) around a pore
        // of 10 um, Butler-Volmer with halves.
        let thermal = 8.314462618 * 298.15 / 96485.33212;
        let area = std::f64::consts::PI * (50e-6_f64.powi(2) - 10e-6_f64.powi(2));
        let level = 2.0 * thermal * (40e-9 / area / 13.0 / 2.0).asinh();
        let [low, high] = start_of("equipotential_counter.toml");
        assert_eq!(low, high);
        assert!((high / level - 1.0).abs() < 1e-4, "{high} {level}");
    }

    #[test]
    fn a_body_with_a_given_potential_stays_at_rest() {
        assert_eq!(start_of("primary_hemisphere.toml"), [0.0, 0.0]);
    }
}
