//! One point of a sweep: the quantities of a case whose mesh and stress side are shared with other points.

use super::condensed::Condensed;
use super::current::{self, Start};
use super::model::Model;
use super::solve::method;
use super::{Geometry, Log, Mechanics, RunError, Silent, place_mechanics};
use crate::case::Case;
use crate::results::{Named, Quantity};
use algebra::Method;

/// Most unknowns of three-dimensional bodies that are eliminated: the factor grows faster than they do.
const MOST_ELIMINATED: usize = 50_000;

/// What a point gives.
#[derive(Clone, Debug)]
pub struct PointResults {
    /// False when the equations were not solved to their tolerance.
    pub converged: bool,
    /// True when it was solved by what was condensed.
    pub condensed: bool,
    /// The quantities, as a run reports them.
    pub quantities: Named<Quantity>,
    /// What the solver wants to be known, a line each.
    pub messages: Vec<String>,
}

/// Condenses the bulk of `case`, for `points` cases that have conduction of the same shape on the same
/// mesh; `None` where full runs are to be preferred.
pub fn condense(case: &Case, geometry: &Geometry, points: usize) -> Option<Condensed> {
    if !case.physics().current {
        return None;
    }
    // What touches, and how, does not matter for the bulk.
    let mechanics = place_mechanics(case, geometry).ok()?;
    let contacts = mechanics.as_ref().map_or(&[][..], |m| &m.contacts);
    let model = Model::new(case, geometry, contacts).ok()?;
    let dofs = model.system.space().free();
    let method = method(case);
    let is_direct = algebra::is_direct(dofs, geometry.mesh.dimension, method);
    // What is eliminated once may be larger than what is factored for one run.
    let is_shared = method == Method::Auto && dofs <= MOST_ELIMINATED;
    if is_direct || is_shared { Condensed::new(case, &model, contacts, points) } else { None }
}

/// Solves `case` on a mesh that is there already, with the stress side that belongs to it, and finds the
/// same quantities as a run. Where the bulk is condensed the solution is sought from the start given, which
/// is then where the next point starts.
///
/// # Errors
/// When the case does not fit its mesh, or the linear solver fails.
pub fn solve_point<'m>(
    case: &Case,
    geometry: &'m Geometry,
    mechanics: Option<&Mechanics>,
    mut condensed: Option<(&'m Condensed, &mut Start<'m>)>,
) -> Result<PointResults, RunError> {
    let mut silent = Silent;
    let mut log = Log { text: String::new(), observer: &mut silent };
    let mut results = PointResults {
        converged: true,
        condensed: false,
        quantities: Named::default(),
        messages: mechanics.map_or_else(Vec::new, |m| m.messages.clone()),
    };
    if case.physics().current {
        let small = match &mut condensed {
            Some((condensed, start)) => {
                let condensed = (*condensed, &mut **start);
                current::solve_condensed(case, geometry, mechanics, condensed, &mut log)?
            }
            None => None,
        };
        results.condensed = small.is_some();
        let current = match small {
            Some(current) => current,
            None => current::solve_current(case, geometry, mechanics, &mut log)?,
        };
        results.converged = current.outcome.newton.converged;
        results.quantities = current.solved(case).quantities();
        if !results.converged {
            results.messages.extend(log.text.lines().next().map(str::to_owned));
        }
        if let Some((_, start)) = condensed.filter(|_| results.condensed) {
            start.model = Some(current.model);
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
