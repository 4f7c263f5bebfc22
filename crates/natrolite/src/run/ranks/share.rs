//! The share of one rank in the equations of all.

use super::excerpt::Excerpt;
use super::kept::Kept;
use super::numbering::Numbering;
use super::owners::{Owners, whole_at};
use super::pieces::Cut;
use super::{Engine, agreed};
use crate::case::{Case, CaseError, Diagnostic};
use crate::results::{Field, Piece, RanksSummary};
use crate::run::laws::Laws;
use crate::run::model::{Surface, points_of, rest_of};
use crate::run::{Contact, Geometry, Observer, RunError, current, peak_memory, solve};
use algebra::{Comm, Equations, Halo, IndexMap, Iterate, LinearWork, Metered, NewtonInfo, newton};
use fem::{Constraints, Hypothesis, Placement, Space, System, Unknown};
use mesh::{Mesh, bodies, nodes_of};
use std::time::{Duration, Instant};
use transport::POTENTIAL;

/// What a rank solves: the laws on the part of the mesh around its nodes.
pub struct Share {
    mesh: Mesh,
    hypothesis: Hypothesis,
    /// Free unknowns are those of this rank, in their global order, then copies of others.
    space: Space,
    placements: Vec<Placement>,
    /// Conductivity of each region \[S/m\].
    conductivity: Vec<[[f64; 3]; 3]>,
    loads: Vec<(usize, f64)>,
    rest: Vec<f64>,
    map: IndexMap,
    /// For each free unknown that is here its number in the whole.
    in_whole: Vec<u32>,
    /// Prescribed unknowns that count on this rank.
    prescribed: Vec<bool>,
    /// Which cells this rank writes.
    cut: Cut,
    /// On rank 0 what stays of the whole mesh.
    pub excerpt: Option<Excerpt>,
    /// Free unknowns of the whole.
    unknowns: usize,
    setup: Duration,
}

/// What a solve on ranks found.
pub struct Solution {
    /// The free unknowns of the excerpt, on the rank that has one.
    pub free: Vec<f64>,
    /// The fields at the nodes of the excerpt.
    pub fields: Vec<Field>,
    /// What this rank writes; none for a single rank, whose excerpt is the whole.
    pub piece: Option<Piece>,
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

impl Share {
    /// Finds this rank's share, together with all others; kinetics at `contacts` read their state.
    ///
    /// # Errors
    /// When the case does not fit its mesh, or the engine fails.
    pub fn of(
        case: &Case,
        whole: &Geometry,
        contacts: &[Contact],
        engine: &dyn Engine,
    ) -> Result<Self, RunError> {
        let start = Instant::now();
        let mesh = &whole.mesh;
        let bodies = bodies(mesh);
        // The whole is numbered as in any run: currents into surfaces, the state at rest and the solution
        // that is collected then need no second way.
        let laws = Laws::of(case, whole, &bodies, contacts, &|s| points_of(whole, s).area())?;
        let wrong = |error: fem::SpaceError| {
            CaseError::from(Diagnostic::new(error.to_string(), &case.origin()))
        };
        let new = |nodes, constraints: &Constraints| {
            Space::new(laws.fields.clone(), laws.whole.clone(), nodes, constraints)
        };
        let space = new(mesh.points.len(), &laws.constraints).map_err(wrong)?;
        let rest = rest_of(case, (mesh, &bodies), &laws.surfaces, &space);
        let owners = Owners::of(mesh, &space, &laws.surfaces, engine)?;
        let rank = engine.comm().rank() as u32;
        let excerpt = match rank {
            0 => {
                let is_all = stays_whole(case, mesh, engine.comm());
                let laws = (&laws, &bodies);
                Excerpt::of(case, (whole, is_all), laws, (&space, &owners)).map(Some)
            }
            _ => Ok(None),
        };
        let excerpt = agreed(engine.comm(), excerpt.map_err(RunError::from))?;
        drop(bodies);

        let part = mesh.around(&wanted(mesh, &space, &laws.surfaces, &owners, rank));
        let mut here =
            new(part.nodes.len(), &restrict(&laws.constraints, &part.nodes)).map_err(wrong)?;
        let mut in_whole = vec![0; here.free()];
        each_unknown(&space, &here, &part.nodes, |global, local, _| {
            if let Some(in_whole) = in_whole.get_mut(local as usize) {
                *in_whole = global;
            }
        });
        let numbering = Numbering::new(&in_whole, &owners, rank);
        here.renumber(&numbering.local);
        let values = rest;
        let mut rest = vec![0.0; here.total()];
        let mut prescribed = vec![false; here.prescribed().len()];
        each_unknown(&space, &here, &part.nodes, |global, local, node| {
            rest[local as usize] = values[global as usize];
            if let Some(k) = (local as usize).checked_sub(here.free()) {
                let owner = node.map_or(0, |node| owners.of_node[node as usize]);
                prescribed[k] = owner == rank;
            }
        });
        let cut = Cut::new(&part, &owners, rank);
        Ok(Share {
            mesh: part.mesh,
            hypothesis: whole.hypothesis,
            space: here,
            placements: laws.placements,
            conductivity: laws.conductivity,
            loads: laws.loads,
            rest,
            map: numbering.map,
            in_whole: numbering.in_whole,
            prescribed,
            cut,
            excerpt,
            unknowns: space.free(),
            setup: start.elapsed(),
        })
    }

    /// Solves by Newton's method, together with all ranks; rank 0 gets the solution at `excerpt`.
    ///
    /// # Errors
    /// When the engine has no solver, or the equations cannot be evaluated at the start.
    pub fn solve(
        self,
        case: &Case,
        excerpt: Option<&Excerpt>,
        engine: &dyn Engine,
        observer: &mut dyn Observer,
    ) -> Result<Solution, RunError> {
        let (comm, start) = (engine.comm(), Instant::now());
        observer.phase("setup");
        let (owned, dimension) = (self.map.owned_len(), self.mesh.dimension);
        let mut system =
            System::new(&self.mesh, self.hypothesis, self.space, self.placements, self.loads);
        system.measure_from(self.rest);
        system.share(comm, owned, self.prescribed);
        system.assemble();
        let setup = self.setup + start.elapsed();

        observer.phase("solve");
        let halo = Halo::new(comm, self.map);
        let is_direct = algebra::is_direct(self.unknowns, dimension, solve::method(case));
        let solver = engine.solver(halo.clone(), is_direct).map_err(RunError::Engine)?;
        log::info!("{}: {} unknowns on {} ranks", solver.name(), self.unknowns, comm.size());
        let mut solver = Metered::new(solver);
        let kept = Kept { comm, in_whole: self.in_whole, owned, unknowns: self.unknowns };
        let mut u = kept.first(observer);
        let observe = &mut |iterate: &Iterate<'_>| {
            observer.iteration(iterate.number, iterate.residual);
            kept.keep(observer, iterate);
        };
        let parameters = solve::parameters(case);
        let newton = newton(&mut system, &mut solver, &mut u, &parameters, observe)?;
        let mut linear = solver.work().clone();
        linear.rows = self.unknowns;

        let mut worst = None;
        if !newton.converged {
            let mut r = vec![0.0; u.len()];
            let _ = system.residual(&u, &mut r);
            worst = Some(describe_worst(comm, &system, &r[..owned]));
        }
        drop(solver);
        let ranks = summarize(engine, &halo, &linear);
        let free = at_ghosts(comm, halo.map(), excerpt.map_or(&[], |e| &e.unknowns), &u);
        let at_nodes = |all: &[f64]| system.space().nodal_values(POTENTIAL, all);
        let potential = at_nodes(&system.all_unknowns(&u));
        let deviation = at_nodes(&system.deviations(&u));
        drop(system);
        let place = (&self.mesh, self.hypothesis);
        let fields = current::fields_of(place, &self.conductivity, potential, &deviation);
        drop(deviation);
        let nodes = excerpt.map_or(&[][..], |e| &e.nodes);
        let (piece, fields) = match comm.size() {
            1 => (None, fields),
            _ => {
                let (piece, fields) = self.cut.complete(comm, self.mesh, fields, nodes);
                (Some(piece), fields)
            }
        };
        let unknowns = self.unknowns;
        Ok(Solution { free, fields, piece, unknowns, newton, worst, linear, setup, ranks })
    }
}

/// Whether rank 0 keeps the whole mesh to make results from: a mesh in two dimensions is small, and figures
/// show all of it; a single rank has to write all of it; and rank 0 makes all results of stress.
fn stays_whole(case: &Case, mesh: &Mesh, comm: &dyn Comm) -> bool {
    mesh.dimension < 3 || comm.size() == 1 || case.physics().mechanics
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

/// Nodes that this rank owns or with unknowns that it owns: also all around a body whose potential it
/// owns.
fn wanted(
    mesh: &Mesh,
    space: &Space,
    surfaces: &[Surface],
    owners: &Owners,
    rank: u32,
) -> Vec<bool> {
    let owns = |dof: u32| owners.of_unknown.get(dof as usize) == Some(&rank);
    let mut wanted: Vec<bool> = owners.of_node.iter().map(|&owner| owner == rank).collect();
    for surface in surfaces {
        if whole_at(surface).is_some_and(|whole| owns(space.whole_dof(whole))) {
            nodes_of(surface.facets(mesh)).iter().for_each(|&n| wanted[n as usize] = true);
        }
    }
    wanted
}

/// What the constraints say of `nodes`, which get the numbers of their places.
pub fn restrict(constraints: &Constraints, nodes: &[u32]) -> Constraints {
    let place = |unknown: Unknown| match unknown {
        Unknown::Node { field, node, component } => {
            let node = nodes.binary_search(&node).ok()? as u32;
            Some(Unknown::Node { field, node, component })
        }
        whole => Some(whole),
    };
    assert!(constraints.joined.is_empty(), "no law of the current joins nodes");
    let fixed = constraints.fixed.iter().filter_map(|&(u, value)| Some((place(u)?, value)));
    let tied = constraints.tied.iter().filter_map(|&(u, whole)| Some((place(u)?, whole)));
    Constraints { fixed: fixed.collect(), tied: tied.collect(), joined: Vec::new() }
}

/// Calls `visit` with the number in the whole and the number here of each unknown that is here, and with
/// its node in the whole; whole-body unknowns, which have none, come last.
pub fn each_unknown(
    whole: &Space,
    here: &Space,
    nodes: &[u32],
    mut visit: impl FnMut(u32, u32, Option<u32>),
) {
    for field in 0..whole.fields().len() {
        for (local, &node) in nodes.iter().enumerate() {
            let pairs = whole.dofs(field, node).iter().zip(here.dofs(field, local as u32));
            pairs.for_each(|(&global, &local)| visit(global, local, Some(node)));
        }
    }
    for w in 0..whole.whole().len() {
        visit(whole.whole_dof(w), here.whole_dof(w), None);
    }
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
