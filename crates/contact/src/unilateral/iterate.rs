//! One step with a given active set.

use super::ContactError;
use super::reduction::Change;
use algebra::{Csr, Equations, LinearSolver, product};
use fem::System;

/// A pressure or gap below this fraction of the largest is rounding.
const ROUNDING: f64 = 1e-12;
/// Enough to see which bounds change, as long as many do.
pub(super) const ROUGH: Sharpness = Sharpness { balance: 1e-3, solve: 1e-4 };
/// For the answer.
pub(super) const SHARP: Sharpness = Sharpness { balance: 1e-11, solve: 1e-12 };
/// The least of what a solver is given that it is asked to leave.
const RTOL: f64 = 1e-12;
/// Above this a residual that no longer falls is not rounding.
const STALLED: f64 = 1e-8;
/// Most solves with one active set to reach it.
const REPEATS: usize = 4;

/// Where the residual is to be after a step, beside the forces that balance in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sharpness {
    /// Where it is good enough.
    balance: f64,
    /// Where each linear solve brings it.
    solve: f64,
}

/// The iterate. On several ranks its vectors are those of a [`System`] that is shared; what is known of
/// the bounds is known on all of them.
pub(super) struct Iterate<'r> {
    change: &'r Change,
    /// T^T K T.
    matrix: Csr,
    z: Vec<f64>,
    pub y: Vec<f64>,
    /// T^T R.
    residual: Vec<f64>,
    /// Gap \[m\] and pressure \[Pa\] at each bound.
    pub bounds: Vec<[f64; 2]>,
    /// Norm of the loads, the residual of bodies at rest \[N\].
    loads: f64,
}

impl<'r> Iterate<'r> {
    pub fn new(system: &mut System<'_>, change: &'r Change) -> Result<Self, ContactError> {
        let n = system.len();
        let (z, y) = (vec![0.0; n], vec![0.0; n]);
        let inadmissible = |source| ContactError::Inadmissible { step: 0, source };
        let matrix = reduced(system.tangent(&y).map_err(inadmissible)?, change);
        let (residual, bounds) = (vec![0.0; n], vec![[0.0; 2]; change.bounds.len()]);
        let mut iterate = Iterate { change, matrix, z, y, residual, bounds, loads: 0.0 };
        iterate.evaluate(system, 0)?;
        iterate.loads = system.dot(&iterate.residual, &iterate.residual).sqrt();
        Ok(iterate)
    }

    fn evaluate(&mut self, system: &mut System<'_>, step: usize) -> Result<(), ContactError> {
        self.change.matrix.apply(&self.z, &mut self.y);
        let mut r = vec![0.0; self.y.len()];
        let inadmissible = |source| ContactError::Inadmissible { step, source };
        system.residual(&self.y, &mut r).map_err(inadmissible)?;
        self.change.transpose.apply(&r, &mut self.residual);
        self.tell_bounds(system);
        Ok(())
    }

    /// The owner of each bound tells all ranks how it stands.
    fn tell_bounds(&mut self, system: &System<'_>) {
        let mut words = Vec::new();
        for (number, bound) in self.change.bounds.iter().enumerate() {
            let Some(unknown) = bound.unknown.filter(|&unknown| unknown < system.owned()) else {
                continue;
            };
            let gap = bound.at_rest + self.z[unknown];
            let pressure = self.residual[unknown] / bound.area;
            words.extend([number as u64, gap.to_bits(), pressure.to_bits()]);
        }
        for told in system.comm().gather_all(&words) {
            for word in told.chunks_exact(3) {
                self.bounds[word[0] as usize] = [word[1], word[2]].map(f64::from_bits);
            }
        }
    }

    /// Solves with the active gaps closed.
    pub fn step(
        &mut self,
        system: &mut System<'_>,
        solver: &mut dyn LinearSolver,
        active: &[bool],
        (step, to): (usize, Sharpness),
    ) -> Result<(), ContactError> {
        let held = self.held(active);
        let before = (self.z.clone(), self.residual.clone(), self.bounds.clone());
        let linear = |source| ContactError::Linear { step, source };
        let mut matrix = hold(&self.matrix, &held);
        solver.prepare(&matrix).map_err(linear)?;
        let mut last = f64::INFINITY;
        for repeat in 0..REPEATS {
            if repeat > 0 {
                let imbalance = self.imbalance(system, &held);
                // No digit more: that is rounding.
                let stalls = imbalance <= STALLED && imbalance > 0.5 * last;
                if imbalance <= to.balance || stalls {
                    break;
                }
                last = imbalance;
            }
            if repeat > 1 {
                let inadmissible = |source| ContactError::Inadmissible { step, source };
                self.matrix = reduced(system.tangent(&self.y).map_err(inadmissible)?, self.change);
                matrix = hold(&self.matrix, &held);
                solver.prepare(&matrix).map_err(linear)?;
            }
            let wanted = to.solve * self.forces(system, &held)[1];
            if let Err(error) = self.correct(system, solver, &matrix, &held, (step, wanted)) {
                (self.z, self.residual, self.bounds) = before;
                return Err(error);
            }
        }
        Ok(())
    }

    /// One more digit or two with the active set of the last step: what is left at many nodes, each
    /// below the tolerance, would add up in the sum of the forces.
    pub fn polish(
        &mut self,
        system: &mut System<'_>,
        solver: &mut dyn LinearSolver,
        active: &[bool],
        step: usize,
    ) -> Result<(), ContactError> {
        let held = self.held(active);
        let before = (self.imbalance(system, &held), self.z.clone());
        let matrix = hold(&self.matrix, &held);
        let wanted = 1e-3 * self.forces(system, &held)[0];
        self.correct(system, solver, &matrix, &held, (step, wanted))?;
        if self.imbalance(system, &held) > before.0 {
            self.z = before.1;
            self.evaluate(system, step)?;
        }
        Ok(())
    }

    /// Which unknowns are held, so that their gaps are zero.
    pub fn held(&self, active: &[bool]) -> Vec<bool> {
        let mut held = vec![false; self.z.len()];
        for (bound, active) in self.change.bounds.iter().zip(active) {
            if let Some(unknown) = bound.unknown {
                held[unknown] = *active;
            }
        }
        held
    }

    /// Closes the held gaps and solves for the rest, with the matrix that `solver` was prepared for, until the residual
    /// is `wanted` \[N\].
    fn correct(
        &mut self,
        system: &mut System<'_>,
        solver: &mut dyn LinearSolver,
        matrix: &Csr,
        held: &[bool],
        (step, wanted): (usize, f64),
    ) -> Result<(), ContactError> {
        // Where the held unknowns are to go.
        let mut closed = vec![0.0; self.z.len()];
        for bound in &self.change.bounds {
            if let Some(unknown) = bound.unknown.filter(|&unknown| held[unknown]) {
                closed[unknown] = -bound.at_rest;
            }
        }
        let held_part = closed.iter().zip(&self.z).zip(held);
        let closing: Vec<f64> = held_part.map(|((c, z), h)| if *h { c - z } else { 0.0 }).collect();
        // What the closing of the held gaps does to the rest.
        let mut b = vec![0.0; self.z.len()];
        self.matrix.apply(&closing, &mut b);
        for (i, b) in b.iter_mut().enumerate() {
            *b = if held[i] { closing[i] } else { -self.residual[i] - *b };
        }
        let size = system.dot(&b, &b).sqrt();
        let rtol = if size > 0.0 { (wanted / size).clamp(RTOL, 0.1) } else { RTOL };
        let mut d = vec![0.0; self.z.len()];
        solver
            .solve(matrix, &b, &mut d, rtol)
            .map_err(|source| ContactError::Linear { step, source })?;
        for (i, z) in self.z.iter_mut().enumerate() {
            *z = if held[i] { closed[i] } else { *z + d[i] };
        }
        self.evaluate(system, step)
    }

    /// Residual of what is free, and the forces that balance \[N\].
    fn forces(&self, system: &System<'_>, held: &[bool]) -> [f64; 2] {
        let part = |wanted: bool| {
            let of = |(r, held): (&f64, &bool)| if *held == wanted { r * r } else { 0.0 };
            self.residual[..system.owned()].iter().zip(held).map(of).sum::<f64>()
        };
        let mut parts = [part(false), part(true)];
        system.comm().sum(&mut parts);
        let [free, held] = parts.map(f64::sqrt);
        [free, held.max(self.loads)]
    }

    /// The one over the other.
    pub fn imbalance(&self, system: &System<'_>, held: &[bool]) -> f64 {
        let [free, forces] = self.forces(system, held);
        if forces == 0.0 { 0.0 } else { free / forces }
    }

    fn gap(&self, bound: usize) -> f64 {
        self.bounds[bound][0]
    }

    fn pressure(&self, bound: usize) -> f64 {
        self.bounds[bound][1]
    }

    /// Bounds that pull, or overlap.
    pub fn infeasible(&self, active: &[bool]) -> Vec<usize> {
        let largest =
            |f: &dyn Fn(usize) -> f64| (0..active.len()).map(|i| f(i).abs()).fold(0.0, f64::max);
        let pressure = ROUNDING * largest(&|i| if active[i] { self.pressure(i) } else { 0.0 });
        let gap = ROUNDING * largest(&|i| self.gap(i));
        (0..active.len())
            .filter(|&i| if active[i] { self.pressure(i) < -pressure } else { self.gap(i) < -gap })
            .collect()
    }

    /// See [`Outcome::complementarity`].
    pub fn complementarity(&self) -> f64 {
        let all = || self.bounds.iter().map(|&[q, p]| (p, q));
        let pressure = all().map(|(p, _)| p.abs()).fold(0.0, f64::max);
        let gap = all().map(|(_, q)| q.abs()).fold(0.0, f64::max);
        let over = |x: f64, size: f64| if size == 0.0 { 0.0 } else { x / size };
        all()
            .map(|(p, q)| (over(p, pressure), over(q, gap)))
            .map(|(p, q)| (p * q).abs().max(-p).max(-q))
            .fold(0.0, f64::max)
    }

    /// Leaves in `change` what closes, and of what opens the `count` nodes in most tension.
    pub fn keep_most_tensile(&self, change: &mut Vec<usize>, active: &[bool], count: usize) {
        let mut released: Vec<usize> = change.iter().copied().filter(|&i| active[i]).collect();
        released.sort_by(|&a, &b| self.pressure(a).total_cmp(&self.pressure(b)).then(a.cmp(&b)));
        released.truncate(count);
        released.sort_unstable();
        change.retain(|i| !active[*i] || released.binary_search(i).is_ok());
    }
}

fn reduced(k: &Csr, change: &Change) -> Csr {
    product(&change.transpose, &product(k, &change.matrix))
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
