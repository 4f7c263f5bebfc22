//! Where Newton's method begins: the state with one potential in each body.
//!
//! While the potential is uniform in a body, nothing flows in its bulk, and what is left of the equations is
//! one balance for each body and each free electrode: the currents through its surfaces add up to what is
//! given. The state that satisfies these is the solution of a bulk that conducts without loss (Wagner
//! numbers far above one). The energy of the equations is lowest there among all such states, that
//! at rest included, and the kinetics are linearised near the currents that they will carry.

use algebra::{
    Comm, Csr, DenseCholesky, Equations, Inadmissible, NewtonParameters, Operator, newton, vector,
};
use fem::{Space, SurfaceMemory, System, Unknown};
use mesh::Bodies;
use transport::POTENTIAL;

/// Most groups: with more of them rest will do.
const MOST: usize = 100;
/// It is a start, and no more digits of it would show.
const RTOL: f64 = 1e-4;

/// The free unknowns, less those at rest, in the state with one potential in each body \[V\]. At rest where
/// there is no such state: bodies with a given potential stay, and so does everything when nothing flows
/// into one, or its kinetics cannot carry what does.
///
/// `conduction` are the numbers of the terms of the bulk. Of the ranks of `comm`, which call this together,
/// each has the `owned` unknowns before copies of others'.
pub fn uniform_state(
    (system, conduction): (&System<'_>, &[usize]),
    groups: &Groups,
    (comm, owned): (&dyn Comm, usize),
) -> Vec<f64> {
    let numbers = groups.of.iter().filter(|group| **group != Groups::NONE);
    let count = numbers.max().map_or(0, |largest| u64::from(*largest) + 1);
    let count = comm.gather_all(&[count]).concat().into_iter().max().unwrap_or(0) as usize;
    let mut levels = vec![0.0; count];
    if count == 0 || count > MOST {
        return groups.spread(&levels);
    }
    let on_surfaces = (0..system.placements()).filter(|p| !conduction.contains(p));
    let dofs = |placement| system.surface_term(placement).dofs_below(owned);
    let mut balance = Balance {
        groups,
        owned,
        comm,
        system,
        terms: on_surfaces.map(|placement| (placement, dofs(placement))).collect(),
        memory: SurfaceMemory::default(),
        loads: system.loads(),
        deviations: system.deviations(&vec![0.0; groups.of.len()]),
        currents: vec![0.0; system.space().total()],
        scale: 0.0,
        matrix: Csr::full(count),
    };
    let parameters = NewtonParameters { rtol: RTOL, ..NewtonParameters::default() };
    let mut solver = DenseCholesky::new();
    match newton(&mut balance, &mut solver, &mut levels, &parameters, &mut |_| ()) {
        Ok(info) if info.converged => groups.spread(&levels),
        _ => groups.spread(&vec![0.0; count]),
    }
}

/// Free unknowns that rise and fall together without a current in the bulk.
#[derive(Clone, Debug)]
pub struct Groups {
    /// The group of each.
    of: Vec<u32>,
}

impl Groups {
    /// The group of unknowns that stay.
    pub const NONE: u32 = u32::MAX;

    /// Those of a whole mesh, where unknowns of nodes are `tied` to the potentials of electrodes.
    pub fn new(space: &Space, bodies: &Bodies, tied: &[(Unknown, usize)]) -> Groups {
        let free = space.free();
        let dof_of = |node: usize| space.dof(POTENTIAL, node as u32) as usize;
        // Bodies that are tied to the same electrode count as one.
        let mut first_at = vec![None; space.whole().len()];
        let pairs = tied.iter().filter_map(|(unknown, whole)| match *unknown {
            Unknown::Node { node, .. } => Some((*first_at[*whole].get_or_insert(node), node)),
            Unknown::Whole(_) => None,
        });
        let bodies = bodies.joined(pairs);
        let mut floats = vec![true; bodies.count];
        for (node, &body) in bodies.of_node.iter().enumerate() {
            floats[body as usize] &= dof_of(node) < free;
        }
        let mut next = 0..Groups::NONE;
        let mut number = |is_one: bool| match is_one {
            true => next.next().unwrap_or(Groups::NONE),
            false => Groups::NONE,
        };
        let numbers: Vec<u32> = floats.into_iter().map(&mut number).collect();
        let mut of = vec![Groups::NONE; free];
        for (node, &body) in bodies.of_node.iter().enumerate() {
            if let Some(group) = of.get_mut(dof_of(node)) {
                *group = numbers[body as usize];
            }
        }
        for (w, first) in first_at.iter().enumerate() {
            if let (None, Some(group)) = (first, of.get_mut(space.whole_dof(w) as usize)) {
                *group = number(true);
            }
        }
        Groups { of }
    }

    /// The group of an unknown, if it has one.
    fn at(&self, dof: u32) -> Option<usize> {
        let group = self.of.get(dof as usize).filter(|group| **group != Groups::NONE);
        group.map(|&group| group as usize)
    }

    /// The free unknowns with these levels.
    fn spread(&self, levels: &[f64]) -> Vec<f64> {
        let level = |&group: &u32| levels.get(group as usize).copied().unwrap_or(0.0);
        self.of.iter().map(level).collect()
    }

    /// For each of these free unknowns of the whole the number of its group.
    pub fn numbers(&self) -> &[u32] {
        &self.of
    }
}

impl From<Vec<u32>> for Groups {
    fn from(of: Vec<u32>) -> Self {
        Groups { of }
    }
}

/// For each group: the currents through surfaces less those that are given.
struct Balance<'a> {
    groups: &'a Groups,
    /// Unknowns of this rank; copies of others' follow.
    owned: usize,
    comm: &'a dyn Comm,
    system: &'a System<'a>,
    /// Numbers of the terms on surfaces, each with the unknowns of this rank that it reads.
    terms: Vec<(usize, Vec<u32>)>,
    memory: SurfaceMemory,
    /// Given currents into electrodes \[A\].
    loads: &'a [(u32, f64)],
    /// Of all unknowns; the free ones are those of the last call.
    deviations: Vec<f64>,
    /// Of all unknowns.
    currents: Vec<f64>,
    /// Largest current of one kind, of the last call.
    scale: f64,
    matrix: Csr,
}

impl Balance<'_> {
    fn set(&mut self, levels: &[f64]) {
        for (deviation, &group) in self.deviations.iter_mut().zip(&self.groups.of) {
            *deviation = levels.get(group as usize).copied().unwrap_or(0.0);
        }
    }

    /// The group of an unknown, if it is one of this rank and has one.
    fn own_group(&self, dof: u32) -> Option<usize> {
        ((dof as usize) < self.owned).then(|| self.groups.at(dof))?
    }
}

impl Equations for Balance<'_> {
    fn len(&self) -> usize {
        self.matrix.nrows()
    }

    fn residual(&mut self, levels: &[f64], r: &mut [f64]) -> Result<(), Inadmissible> {
        self.set(levels);
        let n = levels.len();
        // What is given, then term by term.
        let mut parts = vec![0.0; (1 + self.terms.len()) * n];
        for &(dof, load) in self.loads {
            if let Some(group) = self.own_group(dof) {
                parts[group] -= load;
            }
        }
        for ((placement, dofs), part) in self.terms.iter().zip(parts[n..].chunks_exact_mut(n)) {
            dofs.iter().for_each(|&dof| self.currents[dof as usize] = 0.0);
            let mut term =
                self.system.surface_term_in(*placement, std::mem::take(&mut self.memory));
            term.add_residual(&self.deviations, &mut self.currents);
            self.memory = term.into_memory();
            for &dof in dofs {
                if let Some(part) = part.get_mut(self.groups.of[dof as usize] as usize) {
                    *part += self.currents[dof as usize];
                }
            }
        }
        self.comm.sum(&mut parts);
        self.scale = vector::max_norm(&parts);
        for (group, r) in r.iter_mut().enumerate() {
            *r = parts.iter().skip(group).step_by(n).sum();
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
        for (placement, _) in &self.terms {
            let mut term =
                self.system.surface_term_in(*placement, std::mem::take(&mut self.memory));
            term.tangent(&self.deviations, |row, column, value| {
                if let (Some(i), Some(j)) = (groups.at(row), groups.at(column))
                    && (row as usize) < self.owned
                {
                    values[i * n + j] += value;
                }
            });
            self.memory = term.into_memory();
        }
        self.comm.sum(values);
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
    use crate::run::model::Model;
    use algebra::Serial;
    use std::path::Path;

    /// The smallest and the largest unknown of the start of a case in `configs`.
    fn start_of(name: &str) -> [f64; 2] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs");
        let case = crate::case::read_file(&folder.join(name), &[]).unwrap();
        let geometry = Geometry::of(&case, 0).unwrap();
        let model = Model::new(&case, &geometry, &[]).unwrap();
        let (system, free) = (&model.system, model.system.space().free());
        let groups = Groups::new(system.space(), &model.bodies, &model.tied);
        let start = uniform_state((system, &model.conduction), &groups, (&Serial, free));
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
