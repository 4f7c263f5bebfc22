//! The share of one rank in the stress side.
//!
//! With contact each rank makes gaps unknowns on its part, see `bounds`. The active set is decided on all ranks alike,
//! from the gaps and pressures of all bounds, which are few. What follows at a node its owner finds, who has all cells
//! around it; rank 0 makes the rest from the surfaces.

use super::bounds::ContactShare;
use super::current::{at_ghosts, summarize};
use super::excerpt::Excerpt;
use super::kept::Kept;
use super::pieces::Cut;
use super::unknowns::Unknowns;
use super::words::{Pack, Words, pack_each, unpack_each};
use super::{Engine, agreed};
use crate::case::Case;
use crate::results::{Field, RanksSummary};
use crate::run::mechanics::finish::{About, Nodal, finish};
use crate::run::mechanics::model::MechanicalModel;
use crate::run::mechanics::quantities::{fields_of, largest_von_mises};
use crate::run::mechanics::solve::{
    Attempt, Equations, Equilibrium, Solution, attempt, outcome, with_fallback,
};
use crate::run::mechanics::terms::Terms;
use crate::run::{Geometry, Mechanics, Observer, RunError};
use algebra::{AmgProblem, Comm, Halo, LinearSolver, Metered};
use contact::{DISPLACEMENT, amg_problem_of_size};
use fem::{Field as FieldOf, Space, Support, System};
use std::time::Instant;

/// What a rank solves for: displacements on its part of the mesh.
pub struct StressShare {
    /// The unknowns there.
    pub unknowns: Unknowns,
    /// Names of the whole-body unknowns, the platens.
    pub whole: Vec<String>,
    /// Given forces on these \[N\].
    pub loads: Vec<(usize, f64)>,
    /// How far the mesh leaves the sides of each compliant interface apart \[m\].
    pub apart: Vec<f64>,
    /// Largest coordinate of the whole \[m\].
    pub size: f64,
    /// Where bodies may touch.
    pub unilateral: Vec<Support>,
}

/// What the stress side came to.
pub struct Stress {
    /// Displacement and stress at the nodes of the part; right where this rank owns them.
    pub fields: Vec<Field>,
    /// What rank 0 finds, on its excerpt.
    pub mechanics: Option<Mechanics>,
    /// False when the equations were not solved to their tolerance.
    pub converged: bool,
    /// How it was spread.
    pub ranks: RanksSummary,
}

impl StressShare {
    /// Solves on `part` together with all ranks; rank 0 finishes on its `excerpt`.
    ///
    /// # Errors
    /// As [`crate::run::solve_mechanics`], and when the engine fails.
    pub fn solve(
        mut self,
        case: &Case,
        (part, cut): (&Geometry, &Cut),
        excerpt: Option<&Excerpt>,
        engine: &dyn Engine,
        observer: &mut dyn Observer,
    ) -> Result<Stress, RunError> {
        observer.phase("mechanics");
        let (comm, start) = (engine.comm(), Instant::now());
        let Terms { placements, stress } = Terms::on_part(case, part, &self.apart);
        let fields = vec![FieldOf::vector("displacement", &part.mesh)];
        let space = self.unknowns.space(fields, std::mem::take(&mut self.whole));
        let touches = !self.unilateral.is_empty();
        let place = (part, cut);
        let contact =
            touches.then(|| ContactShare::new(case, place, (&self.unknowns, &space), comm));
        let contact = contact.transpose()?;
        let loads = std::mem::take(&mut self.loads);
        let mut system = System::new(&part.mesh, part.hypothesis, space, placements, loads);
        let owned = self.unknowns.map.owned_len();
        system.share(comm, owned, std::mem::take(&mut self.unknowns.counts));
        system.assemble();
        let setup = start.elapsed();

        let halo = Halo::new(comm, self.unknowns.map.clone());
        let in_whole = std::mem::take(&mut self.unknowns.in_whole);
        let kept = Kept { comm, in_whole, owned, unknowns: self.unknowns.all };
        let bounds = contact.as_ref().map(|contact| contact.change.bounds());
        let found = kept.first_stress(observer, bounds);
        let is_new = found.is_none();
        let (attempt, messages) = match found {
            Some(found) => (found.attempt(), Vec::new()),
            None => {
                let equations = (part, &mut system, contact.as_ref());
                self.attempt(case, equations, &halo, engine)?
            }
        };
        let solved = attempt.solved?;
        if is_new {
            kept.keep_stress(observer, &solved);
        }
        let Equilibrium { u, settled, linear } = solved;
        let converged = match (&settled, &linear) {
            (Some(settled), _) => settled.is_settled(),
            (None, info) => info.as_ref().is_none_or(|info| info.converged),
        };
        let mut work = attempt.work;
        work.rows = self.unknowns.all;
        let ranks = summarize(engine, &halo, &work);

        let nodal = Nodal::of(&system, &stress, &u);
        let displacement = system.space().nodal_vectors(DISPLACEMENT, &system.all_unknowns(&u));
        drop(system);
        let fields = fields_of(&displacement, &nodal.stress);
        drop(displacement);
        let here = largest_von_mises(&part.mesh, &nodal.stress, |node| cut.owns(node));
        let largest = largest_of_all(comm, &here);
        let at = excerpt.map_or(&[][..], |e| &e.nodes);
        let nodal = Nodal {
            stress: cut.tensors(comm, &nodal.stress, at),
            reactions: cut.vectors(comm, &nodal.reactions, at),
        };
        let at = excerpt.map_or(&[][..], |e| &e.displacements);
        let u = at_ghosts(comm, halo.map(), at, &u);
        let finish_here = |excerpt: &Excerpt| {
            let model = MechanicalModel::on_surfaces(case, &excerpt.geometry)?;
            let reduction = model.reduction()?;
            let all = model.system.all_unknowns(&u);
            let outcome = outcome(&model, reduction.as_ref(), settled, &all);
            let solution = Solution { u, outcome, linear, solver: attempt.name, work };
            let mut messages = messages;
            messages.extend(solution.complaint(&model));
            let matrix = "stored: spread over the ranks".into();
            let about = About { dofs: self.unknowns.all, matrix, setup, messages };
            Ok(finish(&excerpt.geometry, &model, solution, (nodal, largest), about))
        };
        let mechanics = agreed(comm, excerpt.map(finish_here).transpose())?;
        mechanics.iter().for_each(|mechanics| observer.linear(&mechanics.linear));
        Ok(Stress { fields, mechanics, converged, ranks })
    }

    fn attempt(
        &self,
        case: &Case,
        (part, system, contact): (&Geometry, &mut System<'_>, Option<&ContactShare>),
        halo: &Halo,
        engine: &dyn Engine,
    ) -> Result<(Attempt, Vec<String>), RunError> {
        let (dofs, dimension) = (self.unknowns.all, part.mesh.dimension);
        with_fallback(case, dofs, |method, _| {
            let is_direct = algebra::is_direct(dofs, dimension, method);
            let problem = match is_direct {
                true => AmgProblem::default(),
                false => self.problem(part, system.space(), contact),
            };
            let solver = engine.mechanics_solver(halo.clone(), is_direct, problem);
            let mut solver = Metered::new(solver.map_err(RunError::Engine)?);
            log::info!("{}: {dofs} unknowns on {} ranks", solver.name(), engine.comm().size());
            let contact = contact.map(|contact| (&contact.change, contact.first.clone()));
            let is_linear = self.apart.is_empty();
            let equations = Equations { system, contact, is_linear };
            Ok(attempt(case, equations, is_direct, &mut solver))
        })
    }

    /// What multigrid is told of the unknowns that this rank owns: a rotation about another centre, or of
    /// another size, on each rank would be none.
    fn problem(
        &self,
        part: &Geometry,
        space: &Space,
        contact: Option<&ContactShare>,
    ) -> AmgProblem {
        let size = (self.size, false);
        let mut problem = amg_problem_of_size(&part.mesh, part.hypothesis, space, size);
        let owned = self.unknowns.map.owned_len();
        problem.places.iter_mut().for_each(|places| places.truncate(owned));
        for motion in &mut problem.near_null {
            if let Some(contact) = contact {
                *motion = contact.seen_from_gaps(motion);
            }
            motion.truncate(owned);
        }
        problem
    }
}

/// The largest of each of these numbers on any rank.
fn largest_of_all(comm: &dyn Comm, here: &[f64]) -> Vec<f64> {
    let words: Vec<u64> = here.iter().map(|x| x.to_bits()).collect();
    let mut largest = vec![0.0f64; here.len()];
    for of_rank in comm.gather_all(&words) {
        for (largest, word) in largest.iter_mut().zip(of_rank) {
            *largest = largest.max(f64::from_bits(word));
        }
    }
    largest
}

impl Pack for StressShare {
    fn pack(&self, words: &mut Vec<u64>) {
        self.unknowns.pack(words);
        pack_each(&self.whole, words);
        let (bodies, forces): (Vec<u32>, Vec<f64>) =
            self.loads.iter().map(|&(body, force)| (body as u32, force)).unzip();
        bodies.pack(words);
        forces.pack(words);
        self.apart.pack(words);
        self.size.pack(words);
        let (interfaces, boundaries): (Vec<Support>, Vec<Support>) =
            self.unilateral.iter().partition(|support| matches!(support, Support::Interface(_)));
        let number = |support: Support| match support {
            Support::Boundary(k) | Support::Interface(k) => k as u32,
            Support::Region(k) => k,
        };
        let numbers = |supports: Vec<Support>| supports.into_iter().map(number).collect();
        let numbers: [Vec<u32>; 2] = [boundaries, interfaces].map(numbers);
        numbers.pack(words);
    }

    fn unpack(words: &mut Words<'_>) -> Self {
        let (unknowns, whole) = (words.next(), unpack_each(words));
        let (bodies, forces): (Vec<u32>, Vec<f64>) = (words.next(), words.next());
        StressShare {
            unknowns,
            whole,
            loads: bodies.into_iter().map(|body| body as usize).zip(forces).collect(),
            apart: words.next(),
            size: words.next(),
            unilateral: {
                let [boundaries, interfaces]: [Vec<u32>; 2] = words.next();
                let boundaries = boundaries.into_iter().map(|b| Support::Boundary(b as usize));
                let interfaces = interfaces.into_iter().map(|i| Support::Interface(i as usize));
                boundaries.chain(interfaces).collect()
            },
        }
    }
}
