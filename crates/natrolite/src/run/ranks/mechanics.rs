//! The stress side of one case on several ranks.
//!
//! As with the current, every rank numbers the whole and takes its share: the part of the mesh around its
//! unknowns. With contact the equation of a gap is that of several displacements, near it on the surface
//! and opposite: the part then reaches as far. The active set is decided on all ranks alike, from the gaps
//! and pressures of all bounds, which are few. In the end all ranks know the contacts, which the current
//! reads, and rank 0 finds the rest.

use super::Engine;
use super::gaps::want_gaps;
use super::owners::{Owned, Owners};
use super::partition::partition;
use super::share::summarize;
use super::unknowns::Unknowns;
use crate::case::Case;
use crate::results::RanksSummary;
use crate::run::mechanics::model::MechanicalModel;
use crate::run::mechanics::solve::{
    Equations, Equilibrium, Solution, attempt, finish, outcome, with_fallback,
};
use crate::run::{Contact, Geometry, Mechanics, Observer, RunError};
use algebra::{AmgProblem, Comm, Halo, LinearSolver, Metered};
use contact::amg_problem;
use contact::unilateral::{Reduction, nearest};
use fem::System;
use mesh::{Parts, Wanted};
use std::time::Instant;

/// What the stress side came to.
pub struct Stress {
    /// The contacts, on all ranks.
    pub contacts: Vec<Contact>,
    /// Everything, on rank 0.
    pub mechanics: Option<Mechanics>,
    /// False when the equations were not solved to their tolerance.
    pub converged: bool,
    /// How it was spread.
    pub ranks: RanksSummary,
}

/// Solves the stress side of `case` together with all ranks; nothing when it has none.
///
/// # Errors
/// As [`crate::run::solve_mechanics`], and when the engine fails.
pub fn solve_mechanics(
    case: &Case,
    whole: &Geometry,
    engine: &dyn Engine,
    observer: &mut dyn Observer,
) -> Result<Option<Stress>, RunError> {
    if !case.physics().mechanics {
        return Ok(None);
    }
    observer.phase("mechanics");
    let (comm, start) = (engine.comm(), Instant::now());
    let model = MechanicalModel::new(case, whole)?;
    let reduction = model.reduction()?;
    let space = model.system.space();
    let (rank, ranks) = (comm.rank(), comm.size());
    let of_node = partition((rank == 0).then_some(&whole.mesh), engine)?;
    let words: Vec<u64> = of_node.into_iter().map(u64::from).collect();
    let of_node = comm.gather_all(&words).swap_remove(0).into_iter().map(|owner| owner as u32);
    let nodes = Owned::new(of_node.collect(), ranks);
    let owners = Owners::of(space, &nodes, ranks);
    let mut wanted = Wanted::by_owners(&nodes.by);
    wanted.add(owners.beyond_nodes(space, &nodes));
    if let Some(reduction) = &reduction {
        want_gaps(&mut wanted, (&whole.mesh, space), reduction, &owners);
    }
    let part = Parts::new(&whole.mesh, ranks, &wanted).take(rank);
    let mut share = Unknowns::of(&part.nodes, space, (&owners, None), rank as u32);
    let change = reduction.as_ref().map(|reduction| reduction.part(&share.in_whole));
    let (terms, loads) = MechanicalModel::terms(case, whole);
    let owned = share.map.owned_len();
    let here = share.space(space.fields().to_vec(), space.whole().to_vec());
    let mut system = System::new(&part.mesh, whole.hypothesis, here, terms, loads);
    system.share(comm, owned, share.counts);
    system.assemble();
    let setup = start.elapsed();

    let halo = Halo::new(comm, share.map);
    let (dofs, dimension) = (space.free(), whole.mesh.dimension);
    let (attempt, mut messages) = with_fallback(case, dofs, |method, _| {
        let is_direct = algebra::is_direct(dofs, dimension, method);
        let problem = match is_direct {
            true => AmgProblem::default(),
            false => problem(whole, &model, reduction.as_ref(), &share.in_whole[..owned]),
        };
        let solver = engine.mechanics_solver(halo.clone(), is_direct, problem);
        let mut solver = Metered::new(solver.map_err(RunError::Engine)?);
        log::info!("{}: {dofs} unknowns on {} ranks", solver.name(), comm.size());
        let contact = change.as_ref().zip(reduction.as_ref());
        let contact = contact.map(|(change, r)| (change, nearest(&model.surfaces, r)));
        let is_linear = model.compliant.is_empty();
        let equations = Equations { system: &mut system, contact, is_linear };
        Ok(attempt(case, equations, is_direct, &mut solver))
    })?;
    let Equilibrium { u, settled, linear } = attempt.solved?;
    let mut work = attempt.work;
    work.rows = dofs;
    let ranks = summarize(engine, &halo, &work);
    let u = everywhere(comm, &owners, &u[..owned]);
    let outcome = outcome(&model, reduction.as_ref(), settled, &model.system.all_unknowns(&u));
    let solution = Solution { u, outcome, linear, solver: attempt.name, work };
    let complaint = solution.complaint(&model);
    let converged = complaint.is_none();
    messages.extend(complaint);
    if comm.rank() > 0 {
        let contacts = solution.contacts(whole, &model);
        return Ok(Some(Stress { contacts, mechanics: None, converged, ranks }));
    }
    let matrix = "stored: spread over the ranks".into();
    let mechanics = finish(whole, &model, solution, (matrix, setup, messages));
    observer.linear(&mechanics.linear);
    let contacts = mechanics.contacts.clone();
    Ok(Some(Stress { contacts, mechanics: Some(mechanics), converged, ranks }))
}

/// All free unknowns, in the numbering of the whole, from those that each rank owns.
fn everywhere(comm: &dyn Comm, owners: &Owners, owned: &[f64]) -> Vec<f64> {
    let words: Vec<u64> = owned.iter().map(|u| u.to_bits()).collect();
    let all = comm.gather_all(&words).concat();
    owners.free.number.iter().map(|&k| f64::from_bits(all[k as usize])).collect()
}

/// What multigrid is told of the unknowns that this rank owns, from the whole: a rotation about another
/// centre on each rank would be none.
fn problem(
    whole: &Geometry,
    model: &MechanicalModel<'_>,
    reduction: Option<&Reduction>,
    owned: &[u32],
) -> AmgProblem {
    let space = model.system.space();
    let all = amg_problem(&whole.mesh, whole.hypothesis, space, false);
    let here = |of_all: Vec<f64>| owned.iter().map(|&k| of_all[k as usize]).collect();
    let motion = |motion: Vec<f64>| match reduction {
        Some(reduction) => here(reduction.contract(&model.surfaces, &motion)),
        None => here(motion),
    };
    let places = all.places.map(|places| owned.iter().map(|&k| places[k as usize]).collect());
    let near_null = all.near_null.into_iter().map(motion).collect();
    AmgProblem { near_null, places, ..all }
}
