//! The stress side of one case on several ranks.
//!
//! As with the current, every rank numbers the whole and takes its share: the part of the mesh around its
//! unknowns. With contact the equation of a gap is that of several displacements, near it on the surface
//! and opposite: the part then reaches as far. The active set is decided on all ranks alike, from the gaps
//! and pressures of all bounds, which are few. In the end all ranks know the contacts, which the current
//! reads, and rank 0 finds the rest.

use super::Engine;
use super::numbering::Numbering;
use super::owners::Owners;
use super::share::summarize;
use crate::case::Case;
use crate::results::RanksSummary;
use crate::run::mechanics::model::MechanicalModel;
use crate::run::mechanics::solve::{
    Equations, Equilibrium, Solution, attempt, finish, outcome, with_fallback,
};
use crate::run::{Contact, Geometry, Mechanics, Observer, RunError};
use algebra::{AmgProblem, Comm, Halo, IndexMap, LinearSolver, Metered};
use contact::unilateral::{Reduction, nearest};
use contact::{DISPLACEMENT, amg_problem};
use fem::{Space, System};
use mesh::Mesh;
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
    let owners = Owners::of(&whole.mesh, space, &[], engine)?;
    let share = Share::new(&whole.mesh, space, reduction.as_ref(), &owners, comm.rank() as u32);
    let change = reduction.as_ref().map(|reduction| reduction.part(&share.numbers));
    let (terms, loads) = MechanicalModel::terms(case, whole);
    let owned = share.map.owned_len();
    let mut system = System::new(&share.mesh, whole.hypothesis, share.space, terms, loads);
    system.share(comm, owned, share.prescribed);
    system.assemble();
    let setup = start.elapsed();

    let halo = Halo::new(comm, share.map);
    let (dofs, dimension) = (space.free(), whole.mesh.dimension);
    let (attempt, mut messages) = with_fallback(case, dofs, |method, _| {
        let is_direct = algebra::is_direct(dofs, dimension, method);
        let problem = match is_direct {
            true => AmgProblem::default(),
            false => problem(whole, &model, reduction.as_ref(), &share.numbers[..owned]),
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
    owners.number.iter().map(|&k| f64::from_bits(all[k as usize])).collect()
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

/// What a rank solves for: unknowns on the part of the mesh around its own.
struct Share {
    mesh: Mesh,
    /// Free unknowns are those of this rank, in their global order, then copies of others.
    space: Space,
    /// The number in the whole of each free unknown.
    numbers: Vec<u32>,
    map: IndexMap,
    /// Prescribed unknowns that count on this rank.
    prescribed: Vec<bool>,
}

impl Share {
    fn new(
        mesh: &Mesh,
        whole: &Space,
        reduction: Option<&Reduction>,
        owners: &Owners,
        rank: u32,
    ) -> Self {
        let part = mesh.around(&wanted(mesh, whole, reduction, owners, rank));
        let (mut space, numbers) = whole.on_nodes(&part.nodes);
        let (free, prescribed) = numbers.split_at(space.free());
        let Numbering { local, map, in_whole } = Numbering::new(free, owners, rank);
        space.renumber(&local);
        let owner = owners_of_prescribed(whole, &owners.of_node);
        let counts = |&global: &u32| owner[global as usize - whole.free()] == rank;
        let prescribed = prescribed.iter().map(counts).collect();
        Share { mesh: part.mesh, space, numbers: in_whole, map, prescribed }
    }
}

/// The nodes around which a rank needs all cells: those of its unknowns, and of the displacements from
/// whose equations those of its gaps are made. For the columns of these equations it needs more: what the
/// displacements around are made of.
fn wanted(
    mesh: &Mesh,
    space: &Space,
    reduction: Option<&Reduction>,
    owners: &Owners,
    rank: u32,
) -> Vec<bool> {
    let mut rows: Vec<bool> = owners.of_unknown.iter().map(|&owner| owner == rank).collect();
    let mut wanted: Vec<bool> = owners.of_node.iter().map(|&owner| owner == rank).collect();
    let add_nodes = |wanted: &mut Vec<bool>, unknowns: &[bool]| {
        for (node, wanted) in wanted.iter_mut().enumerate() {
            let dofs = space.dofs(DISPLACEMENT, node as u32);
            *wanted |= dofs.iter().any(|&dof| unknowns.get(dof as usize) == Some(&true));
        }
    };
    if let Some(reduction) = reduction {
        reduction.mark_dependent(&mut rows);
    }
    add_nodes(&mut wanted, &rows);
    let Some(reduction) = reduction else { return wanted };
    let mut read = vec![false; space.free()];
    for node in mesh.around(&wanted).nodes {
        for &dof in space.dofs(DISPLACEMENT, node) {
            if let Some(read) = read.get_mut(dof as usize) {
                *read = true;
            }
        }
    }
    let mut columns = vec![false; space.free()];
    reduction.mark_read(&read, &mut columns);
    // Those of whole bodies are everywhere.
    for whole in 0..space.whole().len() {
        if let Some(column) = columns.get_mut(space.whole_dof(whole) as usize) {
            *column = false;
        }
    }
    add_nodes(&mut wanted, &columns);
    wanted
}

/// Of each prescribed unknown the owner of its first node, rank 0 without one.
fn owners_of_prescribed(space: &Space, of_node: &[u32]) -> Vec<u32> {
    let mut owners = vec![None; space.prescribed().len()];
    for (node, &owner) in of_node.iter().enumerate() {
        for &dof in space.dofs(DISPLACEMENT, node as u32) {
            if let Some(k) = (dof as usize).checked_sub(space.free()) {
                owners[k].get_or_insert(owner);
            }
        }
    }
    owners.into_iter().map(|owner: Option<u32>| owner.unwrap_or(0)).collect()
}
