//! The share of one rank in the equations of the current.

use super::contacts::ContactState;
use super::excerpt::Excerpt;
use super::kept::Kept;
use super::unknowns::Unknowns;
use super::words::{Pack, Words, pack_each, unpack_each};
use super::{Engine, agreed};
use crate::case::Case;
use crate::results::{Field, RanksSummary};
use crate::run::laws::Laws;
use crate::run::uniform::{Groups, uniform_state};
use crate::run::{Geometry, Observer, RunError, current, peak_memory, solve};
use algebra::{
    AmgProblem, Comm, Equations, Halo, IndexMap, Iterate, LinearWork, Metered, NewtonInfo, newton,
};
use fem::{Support, System};
use std::time::{Duration, Instant};
use transport::POTENTIAL;

/// What a rank solves for: potentials on its part of the mesh.
pub struct CurrentShare {
    /// The unknowns there.
    pub unknowns: Unknowns,
    /// Areas of the boundaries in the whole \[m2\].
    pub areas: Vec<f64>,
    /// Names of the contacts whose state kinetics read.
    pub contacts: Vec<String>,
}

/// What a solve on ranks found.
pub struct Solution {
    /// The free unknowns of the excerpt, on the rank that has one.
    pub free: Vec<f64>,
    /// The fields at the nodes of the part.
    pub fields: Vec<Field>,
    /// Free unknowns of the whole.
    pub unknowns: usize,
    /// What Newton's method did.
    pub newton: NewtonInfo,
    /// Where the residual is largest, if it did not converge.
    pub worst: Option<String>,
    /// What the linear solves took on this rank.
    pub linear: LinearWork,
    /// From the mesh to the equations.
    pub setup: Duration,
    /// How it was spread.
    pub ranks: RanksSummary,
}

impl CurrentShare {
    /// Solves by Newton's method on `part`, together with all ranks; rank 0 gets the solution at `excerpt`.
    /// Kinetics at contacts read the state that is `told` of them.
    ///
    /// # Errors
    /// When the engine has no solver, or the equations cannot be evaluated at the start.
    pub fn solve(
        self,
        case: &Case,
        (part, told): (&Geometry, &[ContactState]),
        excerpt: Option<&Excerpt>,
        engine: &dyn Engine,
        observer: &mut dyn Observer,
    ) -> Result<Solution, RunError> {
        let (comm, start) = (engine.comm(), Instant::now());
        observer.phase("setup");
        let CurrentShare { mut unknowns, areas, contacts } = self;
        let contacts: Vec<&str> = contacts.iter().map(String::as_str).collect();
        let laws = Laws::on_part(case, part, &contacts, &|support| area_of(&areas, support));
        let laws = agreed(comm, laws.map_err(RunError::from))?;
        let (mesh, hypothesis) = (&part.mesh, part.hypothesis);
        let mut space = unknowns.space(laws.fields, laws.whole);
        for (k, contact) in told.iter().enumerate() {
            space.prescribe_field(POTENTIAL + 1 + 2 * k, &contact.fraction);
            space.prescribe_field(POTENTIAL + 2 + 2 * k, &contact.pressure);
        }
        let mut system = System::new(mesh, hypothesis, space, laws.placements, laws.loads);
        let Unknowns { counts, map, in_whole, rest, mut groups, all, .. } = unknowns;
        let owned = map.owned_len();
        groups.truncate(in_whole.len());
        system.measure_from(rest);
        system.share(comm, owned, counts);
        system.assemble();
        let setup = start.elapsed();

        observer.phase("solve");
        let halo = Halo::new(comm, map);
        let is_direct = algebra::is_direct(all, mesh.dimension, solve::method(case));
        let problem = match is_direct {
            true => AmgProblem::default(),
            false => problem(comm, part, &system),
        };
        let solver = engine.solver(halo.clone(), is_direct, problem).map_err(RunError::Engine)?;
        log::info!("{all} unknowns on {} ranks", comm.size());
        let mut solver = Metered::new(solver);
        let kept = Kept { comm, in_whole, owned, unknowns: all };
        let start = || {
            let place = (comm, owned);
            uniform_state((&system, &laws.conduction), &Groups::from(groups), place)
        };
        let mut u = kept.first(observer).unwrap_or_else(start);
        let observe = &mut |iterate: &Iterate<'_>| {
            observer.iteration(iterate.number, iterate.residual);
            kept.keep(observer, iterate);
        };
        let parameters = solve::parameters(case);
        let newton = newton(&mut system, &mut solver, &mut u, &parameters, observe)?;
        // What it comes to is known when it has seen a matrix.
        let mut linear = solver.work().clone();
        log::info!("solved by {}", linear.name);
        linear.rows = all;

        let mut worst = None;
        if !newton.converged {
            let mut r = vec![0.0; u.len()];
            let _ = system.residual(&u, &mut r);
            worst = Some(describe_worst(comm, &system, &r[..owned]));
        }
        drop(solver);
        let ranks = summarize(engine, &halo, &linear);
        let free = at_ghosts(comm, halo.map(), excerpt.map_or(&[], |e| &e.unknowns), &u);
        let at_nodes = |values: &[f64]| system.space().nodal_values(POTENTIAL, values);
        let potential = at_nodes(&system.all_unknowns(&u));
        let deviation = at_nodes(&system.deviations(&u));
        drop(system);
        let place = (mesh, hypothesis);
        let fields = current::fields_of(place, &laws.conductivity, potential, &deviation);
        Ok(Solution { free, fields, unknowns: all, newton, worst, linear, setup, ranks })
    }
}

/// What multigrid is told, the same things on all ranks: cells of other kinds may be on some of them alone.
fn problem(comm: &dyn Comm, part: &Geometry, system: &System<'_>) -> AmgProblem {
    let own = solve::problem(part, system.space());
    let [has_corners, has_lattice] =
        [own.first_prolongation.is_some(), own.lattice.is_some()].map(|has| comm.all(has));
    AmgProblem {
        first_prolongation: own.first_prolongation.filter(|_| has_corners),
        lattice: own.lattice.filter(|_| has_lattice),
        ..own
    }
}

impl Pack for CurrentShare {
    fn pack(&self, words: &mut Vec<u64>) {
        self.unknowns.pack(words);
        self.areas.pack(words);
        pack_each(&self.contacts, words);
    }

    fn unpack(words: &mut Words<'_>) -> Self {
        CurrentShare { unknowns: words.next(), areas: words.next(), contacts: unpack_each(words) }
    }
}

/// The area of a boundary, from those of all.
pub fn area_of(areas: &[f64], support: Support) -> f64 {
    match support {
        Support::Boundary(boundary) => areas[boundary],
        Support::Interface(_) | Support::Region(_) => 0.0,
    }
}

/// The values that others, or this rank, have of the entries with the numbers `wanted`; `x` has the owned
/// entries of `map` first. All ranks call this together.
pub fn at_ghosts(comm: &dyn Comm, map: &IndexMap, wanted: &[u64], x: &[f64]) -> Vec<f64> {
    let owned = map.owned_len();
    let halo = Halo::new(comm, IndexMap::new(map.owned(), wanted.to_vec()));
    let mut with_ghosts = x[..owned].to_vec();
    with_ghosts.resize(owned + wanted.len(), 0.0);
    halo.update(comm, &mut with_ghosts);
    with_ghosts.split_off(owned)
}

/// Where the residual of all ranks is largest; `r` is that of the unknowns of this rank.
fn describe_worst(comm: &dyn Comm, system: &System<'_>, r: &[f64]) -> String {
    let larger = |w: usize, i: usize| if r[i].abs() > r[w].abs() { i } else { w };
    let here = (0..r.len()).reduce(larger);
    let text = here.map(|k| solve::describe_unknown(system.space(), &system.mesh().points, k));
    let size = here.map_or(0.0, |k| r[k].abs());
    let words = std::iter::once(size.to_bits());
    let words: Vec<u64> = words.chain(text.unwrap_or_default().bytes().map(u64::from)).collect();
    let all = comm.gather_all(&words);
    let size = |words: &Vec<u64>| f64::from_bits(words[0]);
    let first = all.iter().reduce(|a, b| if size(b) > size(a) { b } else { a });
    let bytes = first.into_iter().flat_map(|words| &words[1..]).map(|&word| word as u8).collect();
    String::from_utf8(bytes).unwrap_or_default()
}

/// Sizes and times of all ranks.
pub fn summarize(engine: &dyn Engine, halo: &Halo, linear: &LinearWork) -> RanksSummary {
    let comm = engine.comm();
    let own = [
        halo.map().owned_len() as u64,
        halo.map().ghosts().len() as u64,
        peak_memory().unwrap_or(0),
        linear.prepare.as_secs_f64().to_bits(),
        linear.solve.as_secs_f64().to_bits(),
        8 * halo.sent() as u64,
    ];
    let all = comm.gather_all(&own);
    let most = |k: usize| all.iter().map(|words| words[k]).max().unwrap_or(0);
    let slowest = |k: usize| all.iter().map(|words| f64::from_bits(words[k])).fold(0.0, f64::max);
    let total: u64 = all.iter().map(|words| words[0]).sum();
    RanksSummary {
        count: comm.size(),
        engine: engine.name(),
        imbalance: most(0) as f64 * comm.size() as f64 / total.max(1) as f64,
        most_ghosts: most(1) as usize,
        most_halo_bytes: most(5),
        peak_memory_bytes: Some(most(2)).filter(|&bytes| bytes > 0),
        linear_seconds: [slowest(3), slowest(4)],
    }
}
