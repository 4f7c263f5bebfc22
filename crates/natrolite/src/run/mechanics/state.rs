//! A solved stress side, as a run that is continued needs it.

use super::solve::{Attempt, Equilibrium};
use algebra::{LinearWork, NewtonInfo, Stop};
use contact::unilateral::{ActiveSet, Settled};

/// Name of the solver of a stress side that was not solved in this run.
const EARLIER: &str = "an earlier run";

/// An equilibrium, from which all else follows.
#[derive(Clone, Debug, PartialEq)]
pub struct StressState {
    /// The free unknowns \[m\].
    pub unknowns: Vec<f64>,
    /// With contact, what the active set came to.
    pub contact: Option<ActiveSet>,
    /// Without, steps of Newton's method, and the residual after them.
    pub newton: (usize, f64),
}

impl StressState {
    /// That of an equilibrium, if it is one; `unknowns` are its free unknowns in the whole.
    pub fn of(equilibrium: &Equilibrium, unknowns: Vec<f64>) -> Option<Self> {
        let contact = match &equilibrium.settled {
            Some(settled) => Some(settled.active_set()?),
            None => None,
        };
        let newton = match &equilibrium.linear {
            Some(info) if !info.converged => return None,
            Some(info) => (info.iterations, info.residuals.last().copied().unwrap_or(0.0)),
            None => (0, 0.0),
        };
        Some(StressState { unknowns, contact, newton })
    }

    /// True for so many free unknowns and, with contact, bounds.
    pub fn fits(&self, unknowns: usize, bounds: Option<usize>) -> bool {
        let found = self.contact.as_ref().map(|set| (set.active.len(), set.bounds.len()));
        self.unknowns.len() == unknowns && found == bounds.map(|bounds| (bounds, bounds))
    }

    /// What a solver would have led to.
    pub fn attempt(self) -> Attempt {
        let StressState { unknowns: u, contact, newton: (iterations, residual) } = self;
        let linear = contact.is_none().then(|| NewtonInfo {
            converged: true,
            stop: Stop::Tolerance,
            iterations,
            residuals: vec![residual],
            norms: vec![residual],
            linear_iterations: Vec::new(),
            step_lengths: Vec::new(),
            rounding: 0.0,
            worst: 0,
            failure: None,
        });
        let settled = contact.map(|set| Settled::again(Vec::new(), set));
        let work = LinearWork { name: EARLIER, ..LinearWork::default() };
        let solved = Ok(Equilibrium { u, settled, linear });
        Attempt { name: EARLIER, is_direct: true, work, solved }
    }
}
