//! One point of a sweep: the quantities of a case whose mesh and stress side are shared with other points.

use super::{Geometry, Log, Mechanics, RunError, Silent, current};
use crate::case::Case;
use crate::results::{Named, Quantity};

/// What a point gives.
#[derive(Clone, Debug)]
pub struct PointResults {
    /// False when the equations were not solved to their tolerance.
    pub converged: bool,
    /// The quantities, as a run reports them.
    pub quantities: Named<Quantity>,
    /// What the solver wants to be known, a line each.
    pub messages: Vec<String>,
}

/// Solves `case` on a mesh that is there already, with the stress side that belongs to it, and finds the
/// same quantities as a run.
///
/// # Errors
/// When the case does not fit its mesh, or the linear solver fails.
pub fn solve_point(
    case: &Case,
    geometry: &Geometry,
    mechanics: Option<&Mechanics>,
) -> Result<PointResults, RunError> {
    let mut silent = Silent;
    let mut log = Log { text: String::new(), observer: &mut silent };
    let mut results = PointResults {
        converged: true,
        quantities: Named::default(),
        messages: mechanics.map_or_else(Vec::new, |m| m.messages.clone()),
    };
    if case.physics().current {
        let current = current::solve_current(case, geometry, mechanics, &mut log)?;
        results.converged = current.outcome.newton.converged;
        results.quantities = current.solved(case).quantities();
        if !results.converged {
            results.messages.extend(log.text.lines().next().map(str::to_owned));
        }
    }
    results.add_mechanics(geometry, mechanics);
    Ok(results)
}

impl PointResults {
    pub(super) fn add_mechanics(&mut self, geometry: &Geometry, mechanics: Option<&Mechanics>) {
        if let Some(mechanics) = mechanics {
            mechanics.add_quantities(geometry, &mut self.quantities);
            self.converged &= mechanics.converged;
        }
    }
}
