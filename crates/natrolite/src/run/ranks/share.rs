//! The share of one rank in the equations of the current.

use super::deal::deal;
use super::excerpt::Excerpt;
use super::kept::Kept;
use super::owners::{Owned, Owners, whole_at};
use super::partition::partition;
use super::pieces::Cut;
use super::unknowns::Unknowns;
use super::words::{Pack, Words};
use super::{Engine, agreed};
use crate::case::{Case, CaseError, Diagnostic};
use crate::results::{Field, Piece, RanksSummary};
use crate::run::laws::Laws;
use crate::run::model::{Surface, points_of, rest_of};
use crate::run::{Contact, Geometry, Observer, RunError, current, peak_memory, solve};
use algebra::{Comm, Equations, Halo, IndexMap, Iterate, LinearWork, Metered, NewtonInfo, newton};
use fem::{Space, Support, System};
use mesh::{Bodies, Mesh, Parts, Wanted, bodies, nodes_of};
use std::time::{Duration, Instant};
use transport::POTENTIAL;

/// What a rank solves: the laws on the part of the mesh around its nodes.
pub struct Share {
    part: Geometry,
    unknowns: Unknowns,
    /// Areas of the boundaries in the whole \[m2\].
    areas: Vec<f64>,
    /// Which cells this rank writes.
    cut: Cut,
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
    /// This rank's share of what rank 0 alone has, and on rank 0 what stays of that; kinetics at `contacts` read
    /// their state. All ranks call this together.
    ///
    /// # Errors
    /// When the case does not fit its mesh, or the engine fails.
    pub fn of(
        case: &Case,
        whole: Option<&Geometry>,
        contacts: &[Contact],
        engine: &dyn Engine,
    ) -> Result<(Self, Option<Excerpt>), RunError> {
        let comm = engine.comm();
        let placed = whole.map(|whole| Placed::new(case, whole, contacts)).transpose();
        let placed = agreed(comm, placed.map_err(RunError::from))?;
        let of_node = partition(whole.map(|whole| &whole.mesh), engine)?;
        let Some(placed) = placed else {
            return Ok((deal(comm, None::<fn(usize) -> Share>), None));
        };
        let (mesh, ranks) = (&placed.whole.mesh, comm.size());
        let nodes = Owned::new(of_node, ranks);
        let surfaces = &placed.laws.surfaces[..];
        let owners = Owners::with_bodies(mesh, (&placed.space, surfaces), &nodes, ranks);
        let excerpt = placed.excerpt(case, (&owners, &nodes), comm);
        let mut wanted = Wanted::by_owners(&nodes.by);
        wanted.add(owners.beyond_nodes(&placed.space, &nodes));
        wanted.add(around_bodies(mesh, &placed.space, surfaces, &owners));
        let mut parts = Parts::new(mesh, ranks, &wanted);
        let share = |rank: usize| {
            let part = parts.take(rank);
            log::debug!("rank {rank} gets {} of {} cells", part.cells.len(), mesh.cell_count());
            let cut = Cut::new(&part, &nodes, rank as u32);
            let said = (&owners, Some(&placed.rest[..]));
            let unknowns = Unknowns::of(&part.nodes, &placed.space, said, rank as u32);
            let part = Geometry { mesh: part.mesh, ..*placed.whole };
            Share { part, unknowns, areas: placed.areas.clone(), cut }
        };
        Ok((deal(comm, Some(share)), Some(excerpt)))
    }

    /// Solves by Newton's method, together with all ranks; rank 0 gets the solution at `excerpt`. `contacts` are
    /// the names of those whose state kinetics read.
    ///
    /// # Errors
    /// When the engine has no solver, or the equations cannot be evaluated at the start.
    pub fn solve(
        self,
        case: &Case,
        (contacts, excerpt): (&[&str], Option<&Excerpt>),
        engine: &dyn Engine,
        observer: &mut dyn Observer,
    ) -> Result<Solution, RunError> {
        let (comm, start) = (engine.comm(), Instant::now());
        observer.phase("setup");
        let Share { part, mut unknowns, areas, cut } = self;
        let laws = Laws::on_part(case, &part, contacts, &|support| area_of(&areas, support))?;
        let (mesh, hypothesis) = (&part.mesh, part.hypothesis);
        let space = unknowns.space(laws.fields, laws.whole);
        let mut system = System::new(mesh, hypothesis, space, laws.placements, laws.loads);
        let Unknowns { counts, map, in_whole, rest, all, .. } = unknowns;
        let owned = map.owned_len();
        system.measure_from(rest);
        system.share(comm, owned, counts);
        system.assemble();
        let setup = start.elapsed();

        observer.phase("solve");
        let halo = Halo::new(comm, map);
        let is_direct = algebra::is_direct(all, mesh.dimension, solve::method(case));
        let solver = engine.solver(halo.clone(), is_direct).map_err(RunError::Engine)?;
        log::info!("{}: {all} unknowns on {} ranks", solver.name(), comm.size());
        let mut solver = Metered::new(solver);
        let kept = Kept { comm, in_whole, owned, unknowns: all };
        let mut u = kept.first(observer);
        let observe = &mut |iterate: &Iterate<'_>| {
            observer.iteration(iterate.number, iterate.residual);
            kept.keep(observer, iterate);
        };
        let parameters = solve::parameters(case);
        let newton = newton(&mut system, &mut solver, &mut u, &parameters, observe)?;
        let mut linear = solver.work().clone();
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
        drop(deviation);
        let nodes = excerpt.map_or(&[][..], |e| &e.nodes);
        let (piece, fields) = match comm.size() {
            1 => (None, fields),
            _ => {
                let (piece, fields) = cut.complete(comm, part.mesh, fields, nodes);
                (Some(piece), fields)
            }
        };
        Ok(Solution { free, fields, piece, unknowns: all, newton, worst, linear, setup, ranks })
    }
}

impl Pack for Share {
    fn pack(&self, words: &mut Vec<u64>) {
        self.part.pack(words);
        self.unknowns.pack(words);
        self.areas.pack(words);
        self.cut.pack(words);
    }

    fn unpack(words: &mut Words<'_>) -> Self {
        Share { part: words.next(), unknowns: words.next(), areas: words.next(), cut: words.next() }
    }
}

/// The laws placed on the whole, which is numbered as in any run: given currents, the state at rest and what
/// constrains the unknowns then need no second way.
struct Placed<'w> {
    whole: &'w Geometry,
    bodies: Bodies,
    laws: Laws,
    space: Space,
    rest: Vec<f64>,
    areas: Vec<f64>,
}

impl<'w> Placed<'w> {
    fn new(case: &Case, whole: &'w Geometry, contacts: &[Contact]) -> Result<Self, CaseError> {
        let mesh = &whole.mesh;
        let bodies = bodies(mesh);
        let area = |boundary| points_of(whole, Support::Boundary(boundary)).area();
        let areas: Vec<f64> = (0..mesh.boundaries.len()).map(area).collect();
        let area = |support| area_of(&areas, support);
        let laws = Laws::of(case, whole, &bodies, contacts, &area)?;
        let (fields, names) = (laws.fields.clone(), laws.whole.clone());
        let space = Space::new(fields, names, mesh.points.len(), &laws.constraints)
            .map_err(|error| Diagnostic::new(error.to_string(), &case.origin()))?;
        let rest = rest_of(case, (mesh, &bodies), &laws.surfaces, &space);
        Ok(Placed { whole, bodies, laws, space, rest, areas })
    }

    fn excerpt(&self, case: &Case, owners: (&Owners, &Owned), comm: &dyn Comm) -> Excerpt {
        let whole = (self.whole, stays_whole(case, &self.whole.mesh, comm));
        let ((laws, bodies), (owners, nodes)) = ((&self.laws, &self.bodies), owners);
        Excerpt::of(case, whole, (laws, bodies), (&self.space, owners), nodes)
    }
}

/// The area of a boundary, from those of all.
fn area_of(areas: &[f64], support: Support) -> f64 {
    match support {
        Support::Boundary(boundary) => areas[boundary],
        Support::Interface(_) | Support::Region(_) => 0.0,
    }
}

/// All nodes around a body whose potential is an unknown, with the owner of that: it holds everything along
/// the surface, which keeps that row complete.
fn around_bodies(
    mesh: &Mesh,
    space: &Space,
    surfaces: &[Surface],
    owners: &Owners,
) -> Vec<[u32; 2]> {
    let mut around = Vec::new();
    for surface in surfaces {
        let Some(whole) = whole_at(surface) else { continue };
        if let Some(&owner) = owners.free.by.get(space.whole_dof(whole) as usize) {
            around.extend(nodes_of(surface.facets(mesh)).into_iter().map(|node| [node, owner]));
        }
    }
    around
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
