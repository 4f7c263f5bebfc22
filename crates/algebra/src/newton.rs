//! Newton's method for F(u) = 0, where F is the gradient of a convex energy.
//!
//! Linear bulk and increasing interface kinetics have such an energy. Along the Newton direction d,
//! J d = -R, its slope g(t) = R(u + t d) . d never falls and begins below 0, so a step length with
//! |g(t)| small against |g(0)| always exists and lowers the energy: the method converges from any start
//! (Nocedal and Wright, Numerical Optimization, 2nd ed., chapter 3: curvature condition (3.7), global
//! convergence by Zoutendijk's theorem 3.2).

use crate::line_search::find_root;
use crate::vector::{axpy, dot};
use crate::{LinearError, LinearSolver, Operator};
use thiserror::Error;

/// The residual cannot be evaluated at some u, for the reason given.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("{0}")]
pub struct Inadmissible(pub String);

/// A system of nonlinear equations F(u) = 0 with a symmetric positive definite derivative.
pub trait Equations {
    /// Number of unknowns.
    fn len(&self) -> usize;

    /// r = R(u). Inadmissible, or an entry that is not finite, where R is not defined.
    fn residual(&mut self, u: &[f64], r: &mut [f64]) -> Result<(), Inadmissible>;

    /// dR/du at u.
    fn linearize(&mut self, u: &[f64]) -> Result<&mut dyn Operator, Inadmissible>;

    /// One norm per field of a residual at u: 0 when balanced, about 1 when nothing is. Each is scaled
    /// by the size of the terms that must cancel, so that a tolerance means digits.
    fn norms(&self, r: &[f64]) -> Vec<f64>;

    /// The largest of [`Equations::norms`]; NaN if one is, so that it never passes for small.
    fn norm(&self, r: &[f64]) -> f64 {
        crate::vector::max_norm(&self.norms(r))
    }

    /// The fields of [`Equations::norms`].
    fn field_names(&self) -> Vec<&str>;

    /// What rounding of values beside the unknowns, such as what these are measured from, may leave of R(u). (That
    /// of the unknowns themselves is eps |J| |u|, see [`Operator::rounding`].)
    fn rounding(&mut self, u: &[f64]) -> Vec<f64> {
        vec![0.0; u.len()]
    }

    /// x . y over the unknowns, each counted once: of a problem that is spread over ranks the vectors
    /// hold copies, too, and the product is that of all ranks.
    fn dot(&self, x: &[f64], y: &[f64]) -> f64 {
        dot(x, y)
    }

    /// True if there are no unknowns.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// When to stop and how well to solve for the steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NewtonParameters {
    /// Converged when the largest of [`Equations::norms`] is not above this.
    pub rtol: f64,
    /// Steps after which to give up.
    pub max_iterations: usize,
    /// Loosest tolerance of a linear solve. The tolerance follows the fall of the residual
    /// (Eisenstat and Walker, SIAM J. Sci. Comput. 17 (1996) 16, choice 2), as far as that is sharper.
    pub forcing: f64,
    /// Sharpest tolerance of a linear solve.
    pub linear_rtol: f64,
}

impl Default for NewtonParameters {
    fn default() -> Self {
        Self { rtol: 1e-11, max_iterations: 100, forcing: 1e-2, linear_rtol: 1e-10 }
    }
}

/// Why the iteration ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stop {
    /// The largest norm is not above `rtol`.
    Tolerance,
    /// No step makes progress, and what is left is rounding: the largest norm is not above 100 `rtol`,
    /// or not above [`NewtonInfo::rounding`], and below 1e-6. Also an equilibrium, where nothing but rounding
    /// sets a scale, and norms are about 1: they are not above four times what rounding may leave. Counts as
    /// converged.
    Rounding,
    /// No step makes progress, and rounding does not explain it. Not converged.
    Stagnation,
    /// `max_iterations` steps were taken. Not converged.
    #[default]
    Iterations,
    /// The linear solver failed, see [`NewtonInfo::failure`]. Not converged.
    LinearSolver,
}

/// How the iteration went. Not converging is no error: `u` then holds the last iterate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewtonInfo {
    /// True for [`Stop::Tolerance`] and [`Stop::Rounding`].
    pub converged: bool,
    /// Why the iteration ended.
    pub stop: Stop,
    /// Steps taken.
    pub iterations: usize,
    /// Largest norm at the start and after each step, the one with a factor at hand apart.
    pub residuals: Vec<f64>,
    /// [`Equations::norms`] at the end, one per field.
    pub norms: Vec<f64>,
    /// Linear iterations of each step.
    pub linear_iterations: Vec<usize>,
    /// Length of each step over the full Newton step.
    pub step_lengths: Vec<f64>,
    /// Norm of eps |J| |u|: a residual this small is rounding in its evaluation. 0 until the norm is
    /// below 1e-6.
    pub rounding: f64,
    /// Index of the largest entry of the last residual; 0 if there are no unknowns. Of a problem that is
    /// spread over ranks, among those of this rank.
    pub worst: usize,
    /// What the linear solver said when it failed.
    pub failure: Option<LinearError>,
}

/// Why there is no iterate to speak of.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum NewtonError {
    /// The residual is not finite at the start.
    #[error("the residual cannot be evaluated at the start: {0}")]
    Start(Inadmissible),
    /// The derivative cannot be evaluated where the residual can.
    #[error("step {iteration}: the equations cannot be linearised: {reason}")]
    Linearize {
        /// Step, from 1.
        iteration: usize,
        /// Why.
        reason: Inadmissible,
    },
    /// `u` has the wrong length.
    #[error("length of u: got {got}, wanted {wanted}")]
    Size {
        /// Length of u.
        got: usize,
        /// Number of unknowns.
        wanted: usize,
    },
}

/// The full step is taken if it lowers |g| to this fraction. Far out on an exponential a full step
/// gives exp(-1) = 0.37 and is too short by far.
const ENOUGH: f64 = 0.25;
/// A searched step lowers |g| to this fraction: a residual costs little beside a linear solve.
const SEARCHED: f64 = 0.1;
/// What rounding leaves may be this much above `rtol` ...
const ABOVE: f64 = 100.0;
/// ... and is never above this.
const LARGEST_ROUNDING: f64 = 1e-6;
/// Steps in a row that do not halve a norm at the level of rounding, before the iteration ends.
const PATIENCE: usize = 3;

/// With a factor at hand a residual above this part of `rtol` is lowered by one more step.
const SHARP: f64 = 1e-3;

/// What [`newton`] has come to.
#[derive(Clone, Copy, Debug)]
pub struct Iterate<'u> {
    /// Steps so far.
    pub number: usize,
    /// The largest norm of the residual.
    pub residual: f64,
    /// u.
    pub unknowns: &'u [f64],
}

/// Solves F(u) = 0 from the start `u`, which receives the solution, or the last iterate.
///
/// `observe` sees the start and the iterate after each step.
///
/// The full step is taken if it brings |g(1)| to a quarter of |g(0)| or halves the largest norm;
/// otherwise the root of g is searched for, below or up to twice as far ([`find_root`]).
///
/// Where the solver keeps a factor, one more step with the last one follows: it costs little, and carries local
/// quantities, such as a peak at a rim of fine cells, far beyond what the norm tells.
///
/// The iteration stops at `rtol`, at `max_iterations`, and when there is no more progress. The last may
/// be [`Stop::Rounding`] or [`Stop::Stagnation`].
pub fn newton(
    f: &mut dyn Equations,
    solver: &mut dyn LinearSolver,
    u: &mut [f64],
    p: &NewtonParameters,
    observe: &mut dyn FnMut(&Iterate<'_>),
) -> Result<NewtonInfo, NewtonError> {
    let n = f.len();
    if u.len() != n {
        return Err(NewtonError::Size { got: u.len(), wanted: n });
    }
    let mut r = vec![0.0; n];
    f.residual(u, &mut r).map_err(NewtonError::Start)?;
    if let Some(i) = r.iter().position(|v| !v.is_finite()) {
        return Err(NewtonError::Start(Inadmissible(format!("entry {i} is {}", r[i]))));
    }

    let mut norm = f.norm(&r);
    let mut log = NewtonInfo {
        converged: false,
        stop: Stop::Iterations,
        iterations: 0,
        residuals: vec![norm],
        norms: Vec::new(),
        linear_iterations: Vec::new(),
        step_lengths: Vec::new(),
        rounding: 0.0,
        worst: 0,
        failure: None,
    };
    observe(&Iterate { number: 0, residual: norm, unknowns: u });

    let (mut d, mut b, mut start) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    log.stop = loop {
        if norm <= p.rtol {
            break Stop::Tolerance;
        }
        let rounding = log.rounding.max(ABOVE * p.rtol).min(LARGEST_ROUNDING);
        if stalled(&log.residuals, rounding) {
            break Stop::Rounding;
        }
        if log.iterations >= p.max_iterations {
            break Stop::Iterations;
        }
        let iteration = log.iterations + 1;
        let a = f.linearize(u).map_err(|reason| NewtonError::Linearize { iteration, reason })?;
        for (b, r) in b.iter_mut().zip(&r) {
            *b = -r;
        }
        d.fill(0.0);
        let solved = solver
            .prepare_in_place(a)
            .and_then(|()| solver.solve(a, &b, &mut d, linear_tolerance(&log.residuals, p)));
        let linear = match solved {
            Ok(linear) => linear,
            Err(failure) => {
                log.failure = Some(failure);
                break Stop::LinearSolver;
            }
        };

        let noise = (norm <= LARGEST_ROUNDING).then(|| a.rounding(u));
        if let Some(noise) = noise {
            log.rounding = f.norm(&noise);
        }
        start.copy_from_slice(u);
        let Some(t) = step(f, &start, &d, u, &mut r, norm, p.rtol) else {
            // Back to where the step began; the scales of the norms belong to the last residual.
            u.copy_from_slice(&start);
            f.residual(u, &mut r).map_err(NewtonError::Start)?;
            let rounding = log.rounding.max(ABOVE * p.rtol).min(LARGEST_ROUNDING);
            break if norm <= rounding { Stop::Rounding } else { Stop::Stagnation };
        };
        norm = f.norm(&r);
        log.iterations = iteration;
        log.residuals.push(norm);
        log.linear_iterations.push(linear.iterations);
        log.step_lengths.push(t);
        observe(&Iterate { number: iteration, residual: norm, unknowns: u });
    };
    if log.stop == Stop::Tolerance && solver.keeps_factor() {
        // A start that needs no step, as that of a run that goes on, comes without a factor.
        let is_new = log.iterations == 0;
        sharpen(f, (solver, is_new), [&mut *u, &mut r], [&mut d, &mut b, &mut start], p);
    }
    if !matches!(log.stop, Stop::Tolerance | Stop::Rounding) && is_equilibrium(f, u, &r) {
        (log.stop, log.failure) = (Stop::Rounding, None);
    }
    log.converged = matches!(log.stop, Stop::Tolerance | Stop::Rounding);
    log.norms = f.norms(&r);
    log.worst = (0..n).fold(0, |w, i| if r[i].abs() > r[w].abs() { i } else { w });
    Ok(log)
}

/// One more step with the factor of the last one, if it lowers the norm of the residual.
fn sharpen(
    f: &mut dyn Equations,
    (solver, is_new): (&mut dyn LinearSolver, bool),
    [u, r]: [&mut [f64]; 2],
    [d, b, start]: [&mut [f64]; 3],
    p: &NewtonParameters,
) {
    let norm = f.norm(r);
    if norm <= SHARP * p.rtol {
        return;
    }
    b.iter_mut().zip(&*r).for_each(|(b, r)| *b = -r);
    d.fill(0.0);
    let Ok(a) = f.linearize(u) else { return };
    let ready = if is_new { solver.prepare_in_place(a) } else { Ok(()) };
    if ready.and_then(|()| solver.solve(a, b, d, p.linear_rtol)).is_err() {
        return;
    }
    start.copy_from_slice(u);
    axpy(1.0, d, u);
    let after = f.residual(u, r).map_or(f64::NAN, |()| f.norm(r));
    if after >= norm || after.is_nan() {
        u.copy_from_slice(start);
        // The scales of the norms belong to the last residual.
        let _ = f.residual(u, r);
    }
}

/// True when rounding of what the unknowns are measured from may have left all of the residual `r` at `u`. That
/// of unknowns is no excuse: far out, where a current dies away without an equilibrium, it is above all else.
fn is_equilibrium(f: &mut dyn Equations, u: &[f64], r: &[f64]) -> bool {
    let noise = f.rounding(u);
    // Several roundings: of a sum, of the shape functions, of the law.
    let mut pairs = f.norms(r).into_iter().zip(f.norms(&noise));
    pairs.all(|(norm, noise)| norm <= 4.0 * noise)
}

/// Goes from `start` along `d`: leaves u = start + t d and r = R(u), and returns t. None if no t makes
/// progress.
fn step(
    f: &mut dyn Equations,
    start: &[f64],
    d: &[f64],
    u: &mut [f64],
    r: &mut [f64],
    norm: f64,
    rtol: f64,
) -> Option<f64> {
    let g0 = f.dot(r, d);
    let mut g = |f: &mut dyn Equations, r: &mut [f64], t: f64| {
        u.copy_from_slice(start);
        axpy(t, d, u);
        match f.residual(u, r) {
            Ok(()) => f.dot(r, d),
            Err(_) => f64::INFINITY,
        }
    };
    let g1 = g(f, r, 1.0);
    if g1.is_finite() {
        let norm1 = f.norm(r);
        if g1.abs() <= ENOUGH * g0.abs() || norm1 <= (ENOUGH * norm).max(rtol) {
            return Some(1.0);
        }
    }
    if g0.is_nan() || g0 >= 0.0 {
        return None;
    }
    let root = find_root(g0, g1, SEARCHED, |t| g(f, r, t));
    root.map(|root| root.t)
}

/// Eisenstat and Walker's choice 2 with gamma = 0.9, alpha = 2, and no sharper than the end asks for.
fn linear_tolerance(residuals: &[f64], p: &NewtonParameters) -> f64 {
    let now = residuals[residuals.len() - 1];
    let forcing = match residuals {
        [.., before, now] if *before > 0.0 => 0.9 * (now / before).powi(2),
        _ => p.forcing,
    };
    let end = 0.3 * p.rtol / now;
    forcing.min(p.forcing).max(end).max(p.linear_rtol).min(0.1)
}

/// True if the last norms are all below `level` and none of them halved the one before them.
fn stalled(residuals: &[f64], level: f64) -> bool {
    let Some((first, later)) =
        residuals.len().checked_sub(PATIENCE + 1).and_then(|k| residuals[k..].split_first())
    else {
        return false;
    };
    *first <= level && later.iter().all(|r| *r <= level && *r > 0.5 * first)
}
