//! The primal-dual active set.

use super::pivoting::Pivoting;
use super::reduction::Reduction;
use super::{ContactError, ContactSurface};
use algebra::vector::norm;
use algebra::{AmgProblem, Csr, Equations, LinearError, LinearSolver, product};
use fem::System;

/// A pressure or gap below this fraction of the largest is rounding.
const ROUNDING: f64 = 1e-12;
/// Where the residual is to be, beside the forces that balance in it.
const BALANCE: f64 = 1e-11;
/// Above this a residual that no longer falls is not rounding.
const STALLED: f64 = 1e-8;
/// Most solves with one active set to reach it.
const REPEATS: usize = 4;

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
    let mut state = State::new(system, &reduction)?;
    let mut active = nearest(surfaces, &reduction);
    let mut first = state.step(system, solver, &active, 1);
    if matches!(&first, Err(ContactError::Linear { source, .. }) if is_adrift(source)) {
        active.fill(true);
        first = state.step(system, solver, &active, 1);
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
            match state.step(system, solver, &next, step) {
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
    Ok(state.outcome(system, surfaces, &active, exchanged, &infeasible))
}

/// What multigrid can be told of the matrices that [`solve`] hands to its solver, from what it can be told
/// of those without contact: the same motions, seen from the gaps.
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
    AmgProblem { near_null: motions.collect(), ..free }
}

/// The bounds of the corners with the smallest initial gap of their surface.
fn nearest(surfaces: &[ContactSurface], reduction: &Reduction) -> Vec<bool> {
    let mut active = vec![false; reduction.bounds.len()];
    for (surface, bounds) in surfaces.iter().zip(&reduction.bound_of) {
        let gaps = || surface.nodes.iter().zip(bounds).filter_map(|(n, b)| b.map(|b| (n, b)));
        let least = gaps().map(|(n, _)| n.initial_gap).fold(f64::INFINITY, f64::min);
        let most = gaps().map(|(n, _)| n.initial_gap).fold(f64::NEG_INFINITY, f64::max);
        for (node, bound) in gaps() {
            active[bound] = node.initial_gap <= least + 1e-6 * (most - least);
        }
    }
    active
}

fn is_adrift(error: &LinearError) -> bool {
    matches!(error, LinearError::NotPositiveDefinite { .. } | LinearError::Singular { .. })
}

/// The iterate.
struct State<'r> {
    reduction: &'r Reduction,
    /// T^T K T.
    matrix: Csr,
    z: Vec<f64>,
    y: Vec<f64>,
    /// T^T R.
    residual: Vec<f64>,
    /// Norm of the loads, the residual of bodies at rest \[N\].
    loads: f64,
}

impl<'r> State<'r> {
    fn new(system: &mut System<'_>, reduction: &'r Reduction) -> Result<Self, ContactError> {
        let n = system.len();
        let (z, y) = (vec![0.0; n], vec![0.0; n]);
        let inadmissible = |source| ContactError::Inadmissible { step: 0, source };
        let matrix = reduced(system.tangent(&y).map_err(inadmissible)?, reduction);
        let mut state = State { reduction, matrix, z, y, residual: vec![0.0; n], loads: 0.0 };
        state.evaluate(system, 0)?;
        state.loads = norm(&state.residual);
        Ok(state)
    }

    fn evaluate(&mut self, system: &mut System<'_>, step: usize) -> Result<(), ContactError> {
        self.reduction.matrix.apply(&self.z, &mut self.y);
        let mut r = vec![0.0; self.y.len()];
        let inadmissible = |source| ContactError::Inadmissible { step, source };
        system.residual(&self.y, &mut r).map_err(inadmissible)?;
        self.reduction.transpose.apply(&r, &mut self.residual);
        Ok(())
    }

    /// Solves with the active gaps closed.
    fn step(
        &mut self,
        system: &mut System<'_>,
        solver: &mut dyn LinearSolver,
        active: &[bool],
        step: usize,
    ) -> Result<(), ContactError> {
        let held = self.held(active);
        let before = (self.z.clone(), self.residual.clone());
        let linear = |source| ContactError::Linear { step, source };
        let mut matrix = hold(&self.matrix, &held);
        solver.prepare(&matrix).map_err(linear)?;
        let mut last = f64::INFINITY;
        for repeat in 0..REPEATS {
            if repeat > 0 {
                let imbalance = self.imbalance(&held);
                // No digit more: that is rounding.
                let stalls = imbalance <= STALLED && imbalance > 0.5 * last;
                if imbalance <= BALANCE || stalls {
                    break;
                }
                last = imbalance;
            }
            if repeat > 1 {
                let inadmissible = |source| ContactError::Inadmissible { step, source };
                self.matrix =
                    reduced(system.tangent(&self.y).map_err(inadmissible)?, self.reduction);
                matrix = hold(&self.matrix, &held);
                solver.prepare(&matrix).map_err(linear)?;
            }
            if let Err(error) = self.correct(system, solver, &matrix, &held, 1e-12, step) {
                (self.z, self.residual) = before;
                return Err(error);
            }
        }
        Ok(())
    }

    /// One more digit or two with the active set of the last step: what is left at many nodes, each
    /// below the tolerance, would add up in the sum of the forces.
    fn polish(
        &mut self,
        system: &mut System<'_>,
        solver: &mut dyn LinearSolver,
        active: &[bool],
        step: usize,
    ) -> Result<(), ContactError> {
        let held = self.held(active);
        let before = (self.imbalance(&held), self.z.clone());
        let matrix = hold(&self.matrix, &held);
        self.correct(system, solver, &matrix, &held, 1e-3, step)?;
        if self.imbalance(&held) > before.0 {
            self.z = before.1;
            self.evaluate(system, step)?;
        }
        Ok(())
    }

    /// Which unknowns are held, so that their gaps are zero.
    fn held(&self, active: &[bool]) -> Vec<bool> {
        let mut held = vec![false; self.z.len()];
        for (bound, active) in self.reduction.bounds.iter().zip(active) {
            held[bound.unknown] = *active;
        }
        held
    }

    /// Closes the held gaps and solves for the rest, with the matrix that `solver` was prepared for.
    fn correct(
        &mut self,
        system: &mut System<'_>,
        solver: &mut dyn LinearSolver,
        matrix: &Csr,
        held: &[bool],
        rtol: f64,
        step: usize,
    ) -> Result<(), ContactError> {
        // Where the held unknowns are to go.
        let mut closed = vec![0.0; self.z.len()];
        for bound in self.reduction.bounds.iter().filter(|bound| held[bound.unknown]) {
            closed[bound.unknown] = -bound.at_rest;
        }
        let held_part = closed.iter().zip(&self.z).zip(held);
        let closing: Vec<f64> = held_part.map(|((c, z), h)| if *h { c - z } else { 0.0 }).collect();
        // What the closing of the held gaps does to the rest.
        let mut b = vec![0.0; self.z.len()];
        self.matrix.apply(&closing, &mut b);
        for (i, b) in b.iter_mut().enumerate() {
            *b = if held[i] { closing[i] } else { -self.residual[i] - *b };
        }
        let mut d = vec![0.0; self.z.len()];
        solver
            .solve(matrix, &b, &mut d, rtol)
            .map_err(|source| ContactError::Linear { step, source })?;
        for (i, z) in self.z.iter_mut().enumerate() {
            *z = if held[i] { closed[i] } else { *z + d[i] };
        }
        self.evaluate(system, step)
    }

    /// Residual of what is free over the forces that balance.
    fn imbalance(&self, held: &[bool]) -> f64 {
        let part = |wanted: bool| {
            let of = |(r, held): (&f64, &bool)| if *held == wanted { r * r } else { 0.0 };
            self.residual.iter().zip(held).map(of).sum::<f64>().sqrt()
        };
        let (free, forces) = (part(false), part(true).max(self.loads));
        if forces == 0.0 { 0.0 } else { free / forces }
    }

    fn pressure(&self, bound: usize) -> f64 {
        let bound = self.reduction.bounds[bound];
        self.residual[bound.unknown] / bound.area
    }

    fn gap(&self, bound: usize) -> f64 {
        let bound = self.reduction.bounds[bound];
        bound.at_rest + self.z[bound.unknown]
    }

    /// Bounds that pull, or overlap.
    fn infeasible(&self, active: &[bool]) -> Vec<usize> {
        let largest =
            |f: &dyn Fn(usize) -> f64| (0..active.len()).map(|i| f(i).abs()).fold(0.0, f64::max);
        let pressure = ROUNDING * largest(&|i| if active[i] { self.pressure(i) } else { 0.0 });
        let gap = ROUNDING * largest(&|i| self.gap(i));
        (0..active.len())
            .filter(|&i| if active[i] { self.pressure(i) < -pressure } else { self.gap(i) < -gap })
            .collect()
    }

    /// See [`Outcome::complementarity`].
    fn complementarity(&self) -> f64 {
        let all = || (0..self.reduction.bounds.len()).map(|i| (self.pressure(i), self.gap(i)));
        let pressure = all().map(|(p, _)| p.abs()).fold(0.0, f64::max);
        let gap = all().map(|(_, q)| q.abs()).fold(0.0, f64::max);
        let over = |x: f64, size: f64| if size == 0.0 { 0.0 } else { x / size };
        all()
            .map(|(p, q)| (over(p, pressure), over(q, gap)))
            .map(|(p, q)| (p * q).abs().max(-p).max(-q))
            .fold(0.0, f64::max)
    }

    /// Leaves in `change` what closes, and of what opens the `count` nodes in most tension.
    fn keep_most_tensile(&self, change: &mut Vec<usize>, active: &[bool], count: usize) {
        let mut released: Vec<usize> = change.iter().copied().filter(|&i| active[i]).collect();
        released.sort_by(|&a, &b| self.pressure(a).total_cmp(&self.pressure(b)).then(a.cmp(&b)));
        released.truncate(count);
        released.sort_unstable();
        change.retain(|i| !active[*i] || released.binary_search(i).is_ok());
    }

    fn outcome(
        self,
        system: &System<'_>,
        surfaces: &[ContactSurface],
        active: &[bool],
        exchanged: Vec<usize>,
        infeasible: &[usize],
    ) -> Outcome {
        let residual = self.imbalance(&self.held(active));
        let complementarity = self.complementarity();
        let all = system.all_unknowns(&self.y);
        let touch: Vec<Vec<Touch>> = (surfaces.iter().zip(&self.reduction.bound_of))
            .map(|(surface, bounds)| self.touch(system, surface, bounds, active, &all))
            .collect();
        let undecided = (self.reduction.bound_of.iter().enumerate())
            .flat_map(|(s, bounds)| bounds.iter().enumerate().map(move |(k, b)| (s, k, *b)))
            .filter_map(|(s, k, b)| b.filter(|b| infeasible.contains(b)).map(|_| (s, k)))
            .collect();
        Outcome {
            complementarity,
            u: self.y,
            touch,
            converged: infeasible.is_empty(),
            exchanged,
            residual,
            undecided,
        }
    }

    fn touch(
        &self,
        system: &System<'_>,
        surface: &ContactSurface,
        bounds: &[Option<usize>],
        active: &[bool],
        all: &[f64],
    ) -> Vec<Touch> {
        let space = system.space();
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
                    Some(b) => Touch {
                        gap,
                        mean_gap: self.gap(*b),
                        pressure: if active[*b] { self.pressure(*b) } else { 0.0 },
                        active: active[*b],
                    },
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

fn reduced(k: &Csr, reduction: &Reduction) -> Csr {
    product(&reduction.transpose, &product(k, &reduction.matrix))
}

/// The matrix with the rows and columns of what is held replaced by those of the identity.
fn hold(matrix: &Csr, held: &[bool]) -> Csr {
    let mut out = matrix.clone();
    let starts = matrix.row_start();
    for i in 0..matrix.nrows() {
        let columns = matrix.row(i).0;
        for (value, &j) in out.values_mut()[starts[i]..starts[i + 1]].iter_mut().zip(columns) {
            if held[i] || held[j as usize] {
                *value = f64::from(u8::from(i == j as usize));
            }
        }
    }
    out
}
