//! The primal-dual active set.

use super::iterate::{Iterate, ROUGH, SHARP, Sharpness};
use super::pivoting::Pivoting;
use super::reduction::{Change, Reduction};
use super::{ContactError, ContactSurface};
use algebra::{AmgProblem, LinearError, LinearSolver};
use fem::{Space, System};

/// What happens at a node of a contact surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Touch {
    /// Gap at the node \[m\].
    pub gap: f64,
    /// Gap averaged around a corner \[m\], the one that is bounded; at a middle node that of the gap.
    pub mean_gap: f64,
    /// Contact pressure \[Pa\]; at a middle node interpolated from the corners.
    pub pressure: f64,
    /// True where the bound holds.
    pub active: bool,
}

/// A solution with contact.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The free unknowns.
    pub u: Vec<f64>,
    /// For each surface, what happens at its nodes.
    pub touch: Vec<Vec<Touch>>,
    /// False when the active set still changed in the last step.
    pub converged: bool,
    /// Bounds that changed sides in each step.
    pub exchanged: Vec<usize>,
    /// Norm of the residual of what is free over the norm of the contact forces and loads.
    pub residual: f64,
    /// The largest of |p q|, -p and -q over all bounds, p and q over the largest of their kind.
    pub complementarity: f64,
    /// Positions of the nodes in the last exchange, when not converged.
    pub undecided: Vec<(usize, usize)>,
}

/// Solves with contact on `surfaces`.
///
/// The first active set is what touches, or is nearest, before loading; where that does not hold all
/// bodies, every candidate.
///
/// # Errors
/// See [`ContactError`]. An active set that still changes after `max_steps` is none: see
/// [`Outcome::converged`].
pub fn solve(
    system: &mut System<'_>,
    surfaces: &[ContactSurface],
    solver: &mut dyn LinearSolver,
    max_steps: usize,
) -> Result<Outcome, ContactError> {
    let reduction = Reduction::new(system.mesh(), system.space(), surfaces)?;
    let first = reduction.nearest(surfaces);
    let settled = settle(system, &reduction.change, first, solver, max_steps)?;
    let all = system.all_unknowns(&settled.u);
    let u = settled.u.clone();
    Ok(Outcome { u, ..settled.outcome((system.space(), &all), surfaces, &reduction) })
}

/// What the active set came to; the same on all ranks but for `u`.
pub struct Settled {
    /// The free unknowns of this rank.
    pub u: Vec<f64>,
    active: Vec<bool>,
    /// Gap \[m\] and pressure \[Pa\] at each bound.
    bounds: Vec<[f64; 2]>,
    exchanged: Vec<usize>,
    infeasible: Vec<usize>,
    residual: f64,
    complementarity: f64,
}

/// What an active set came to but for the unknowns, the same on all ranks: with them it is a solution again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ActiveSet {
    /// Whether each bound holds.
    pub active: Vec<bool>,
    /// Gap \[m\] and pressure \[Pa\] at each bound.
    pub bounds: Vec<[f64; 2]>,
    /// Bounds that changed sides in each step.
    pub exchanged: Vec<usize>,
    /// As [`Outcome::residual`].
    pub residual: f64,
    /// As [`Outcome::complementarity`].
    pub complementarity: f64,
}

/// The same as [`solve`] for a system that may be shared by ranks, which all call this together: `change`
/// is the [`Reduction::part`] that each of them has, and the active set begins with `active`, see
/// [`nearest`].
///
/// # Errors
/// As [`solve`].
pub fn settle(
    system: &mut System<'_>,
    change: &Change,
    active: Vec<bool>,
    solver: &mut dyn LinearSolver,
    max_steps: usize,
) -> Result<Settled, ContactError> {
    // A factor leaves nothing open. What is left open may also hide that a body has come adrift, or nearly so.
    if !solver.keeps_factor() {
        match settle_from(system, change, active.clone(), solver, (max_steps, ROUGH)) {
            Err(ContactError::Linear { source, .. } | ContactError::Unsupported(source)) => {
                log::info!("contact: {source}; again, with sharp steps from the first");
            }
            roughly => return roughly,
        }
    }
    settle_from(system, change, active, solver, (max_steps, SHARP))
}

/// Begins with steps of this sharpness. Rough ones go on as long as fewer and fewer bounds change, and the last ones are
/// sharp: only these are sure not to go round in circles.
fn settle_from(
    system: &mut System<'_>,
    change: &Change,
    mut active: Vec<bool>,
    solver: &mut dyn LinearSolver,
    (max_steps, mut to): (usize, Sharpness),
) -> Result<Settled, ContactError> {
    let mut state = Iterate::new(system, change)?;
    let mut first = state.step(system, solver, &active, (1, to));
    if matches!(&first, Err(ContactError::Linear { source, .. }) if is_adrift(source)) {
        active.fill(true);
        first = state.step(system, solver, &active, (1, to));
    }
    first.map_err(|error| match error {
        ContactError::Linear { source, .. } if is_adrift(&source) => {
            ContactError::Unsupported(source)
        }
        other => other,
    })?;
    let mut pivoting = Pivoting::new();
    let (mut exchanged, mut infeasible) = (Vec::new(), Vec::new());
    for step in 2..=max_steps + 1 {
        infeasible = state.infeasible(&active);
        let is_fewer = exchanged.last().is_none_or(|&before| infeasible.len() < before);
        if to == ROUGH && (infeasible.is_empty() || !is_fewer) {
            to = SHARP;
            // Rough steps may have seen fewer than there are.
            pivoting = Pivoting::new();
            if infeasible.is_empty() {
                state.step(system, solver, &active, (step - 1, to))?;
                infeasible = state.infeasible(&active);
            }
        }
        exchanged.push(infeasible.len());
        log::info!(
            "contact, step {}: {} of {} bounds change",
            step - 1,
            infeasible.len(),
            active.len()
        );
        if infeasible.is_empty() {
            state.polish(system, solver, &active, step)?;
            break;
        }
        let mut change = pivoting.exchange(&infeasible).to_vec();
        loop {
            let mut next = active.clone();
            change.iter().for_each(|&i| next[i] = !next[i]);
            match state.step(system, solver, &next, (step, to)) {
                Ok(()) => {
                    active = next;
                    break;
                }
                // A body has come adrift: let go of half as many nodes, those in most tension.
                Err(ContactError::Linear { source, .. }) if is_adrift(&source) => {
                    let released = change.iter().filter(|&&i| active[i]).count();
                    if released < 2 {
                        return Err(ContactError::Linear { step, source });
                    }
                    state.keep_most_tensile(&mut change, &active, released / 2);
                }
                Err(other) => return Err(other),
            }
        }
    }
    let residual = state.imbalance(system, &state.held(&active));
    let complementarity = state.complementarity();
    let (u, bounds) = (state.y, state.bounds);
    Ok(Settled { u, active, bounds, exchanged, infeasible, residual, complementarity })
}

/// What multigrid can be told of the matrices that [`solve`] hands to its solver, from what it can be told
/// of those without contact: the same motions, seen from the gaps, and what moves with these.
/// Surfaces for which there is no solution, which [`solve`] reports, change nothing.
pub fn amg_problem(
    system: &System<'_>,
    surfaces: &[ContactSurface],
    free: AmgProblem,
) -> AmgProblem {
    if surfaces.is_empty() {
        return free;
    }
    let Ok(reduction) = Reduction::new(system.mesh(), system.space(), surfaces) else {
        return free;
    };
    let motions = free.near_null.iter().map(|motion| reduction.contract(surfaces, motion));
    let near_null = motions.collect();
    let mut follows = free.follows;
    if let Some(places) = &free.places {
        reduction.add_followers(surfaces, places, &mut follows);
    }
    AmgProblem { near_null, follows, ..free }
}

/// The first active set of bounds each of which is on a surface, and has a gap \[m\] before loading: those with the
/// smallest gap of their surface.
pub fn nearest(bounds: impl Iterator<Item = (usize, f64)> + Clone) -> Vec<bool> {
    let mut ends: Vec<[f64; 2]> = Vec::new();
    for (surface, gap) in bounds.clone() {
        ends.resize(ends.len().max(surface + 1), [f64::INFINITY, f64::NEG_INFINITY]);
        let [least, most] = &mut ends[surface];
        (*least, *most) = (least.min(gap), most.max(gap));
    }
    let is_near = |(surface, gap): (usize, f64)| {
        let [least, most] = ends[surface];
        gap <= least + 1e-6 * (most - least)
    };
    bounds.map(is_near).collect()
}

fn is_adrift(error: &LinearError) -> bool {
    matches!(error, LinearError::NotPositiveDefinite { .. } | LinearError::Singular { .. })
}

impl Settled {
    /// What it came to, where the active set is settled.
    pub fn active_set(&self) -> Option<ActiveSet> {
        self.is_settled().then(|| ActiveSet {
            active: self.active.clone(),
            bounds: self.bounds.clone(),
            exchanged: self.exchanged.clone(),
            residual: self.residual,
            complementarity: self.complementarity,
        })
    }

    /// What had this [`Settled::active_set`], with the free unknowns of this rank.
    pub fn again(u: Vec<f64>, set: ActiveSet) -> Self {
        let ActiveSet { active, bounds, exchanged, residual, complementarity } = set;
        let infeasible = Vec::new();
        Settled { u, active, bounds, exchanged, infeasible, residual, complementarity }
    }

    /// False when the active set still changed in the last step.
    pub fn is_settled(&self) -> bool {
        self.infeasible.is_empty()
    }

    /// What it means for the surfaces, without the unknowns: `all` are those of the whole, free and
    /// prescribed, in the numbering of `space`.
    pub fn outcome(
        self,
        (space, all): (&Space, &[f64]),
        surfaces: &[ContactSurface],
        reduction: &Reduction,
    ) -> Outcome {
        let touch = (surfaces.iter().zip(&reduction.bound_of))
            .map(|(surface, bounds)| self.touch((space, all), surface, bounds))
            .collect();
        let undecided = (reduction.bound_of.iter().enumerate())
            .flat_map(|(s, bounds)| bounds.iter().enumerate().map(move |(k, b)| (s, k, *b)))
            .filter_map(|(s, k, b)| b.filter(|b| self.infeasible.contains(b)).map(|_| (s, k)))
            .collect();
        Outcome {
            u: Vec::new(),
            touch,
            converged: self.is_settled(),
            exchanged: self.exchanged,
            residual: self.residual,
            complementarity: self.complementarity,
            undecided,
        }
    }

    fn touch(
        &self,
        (space, all): (&Space, &[f64]),
        surface: &ContactSurface,
        bounds: &[Option<usize>],
    ) -> Vec<Touch> {
        let axes = &space.fields()[crate::DISPLACEMENT].axes;
        let along = |node: u32, normal: [f64; 3]| {
            let dofs = space.dofs(crate::DISPLACEMENT, node).iter();
            dofs.zip(axes).map(|(&dof, &axis)| normal[axis] * all[dof as usize]).sum::<f64>()
        };
        let mut touch: Vec<Touch> = (surface.nodes.iter().zip(bounds))
            .map(|(node, bound)| {
                let jump = match node.opposite {
                    Some(other) => along(other, node.normal) - along(node.node, node.normal),
                    None => along(node.node, node.normal),
                };
                let gap = node.initial_gap + jump;
                match bound {
                    Some(b) => {
                        let ([mean_gap, pressure], active) = (self.bounds[*b], self.active[*b]);
                        let pressure = if active { pressure } else { 0.0 };
                        Touch { gap, mean_gap, pressure, active }
                    }
                    None => Touch { gap, mean_gap: gap, pressure: 0.0, active: false },
                }
            })
            .collect();
        for (k, node) in surface.nodes.iter().enumerate().filter(|(_, n)| !n.is_corner()) {
            let corners = node.corners.iter();
            touch[k].pressure = corners.clone().map(|&(c, shape)| shape * touch[c].pressure).sum();
            touch[k].active = node.corners.iter().filter(|c| c.1 > 0.0).all(|c| touch[c.0].active);
        }
        touch
    }
}
