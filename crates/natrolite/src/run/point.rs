//! One point of a sweep: the quantities of a case whose mesh and stress side are shared with other points.

use super::condensed::Condensed;
use super::current::{self, Start};
use super::model::Model;
use super::quantities::Name;
use super::solve::method;
use super::{Geometry, Log, Mechanics, RunError, Silent, place_mechanics};
use crate::case::{Case, Step};
use crate::results::{Layout, Named, Quantity};
use algebra::Method;
use std::fmt;
use std::sync::Arc;

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
    pub quantities: Values,
    /// What the solver wants to be known, a line each.
    pub messages: Vec<String>,
}

/// The quantities of a point, with names that points share.
#[derive(Clone, Debug)]
pub struct Values {
    /// Names and SI units; of the point before where they are the same.
    pub layout: Arc<Layout>,
    /// The values.
    pub values: Vec<f64>,
    /// The names so far where they differ from those of `layout`.
    own: Option<Layout>,
}

impl Values {
    /// None yet; `before` are the names of the point before.
    fn new(before: &Arc<Layout>) -> Values {
        let values = Vec::with_capacity(before.len());
        Values { layout: Arc::clone(before), values, own: None }
    }

    /// Adds a quantity whose name is written as something if and only if `is` says so.
    fn add(&mut self, name: &dyn fmt::Display, is: impl Fn(&str) -> bool, value: f64, unit: &str) {
        let expected = self.layout.get(self.values.len());
        if self.own.is_none() && !expected.is_some_and(|(text, u)| is(text) && u == unit) {
            self.own = Some(self.layout[..self.values.len()].to_vec());
        }
        if let Some(own) = &mut self.own {
            own.push((name.to_string(), unit.to_owned()));
        }
        self.values.push(value);
    }

    fn finish(mut self) -> Values {
        if self.own.is_none() && self.values.len() < self.layout.len() {
            self.own = Some(self.layout[..self.values.len()].to_vec());
        }
        if let Some(own) = self.own.take() {
            self.layout = Arc::new(own);
        }
        self
    }

    /// Each with its name.
    pub fn named(&self) -> Named<Quantity> {
        let quantity =
            |value: f64, unit: &str| Quantity { value, unit: unit.into(), error_estimate: None };
        let pairs = self.layout.iter().zip(&self.values);
        Named(pairs.map(|((name, unit), value)| (name.clone(), quantity(*value, unit))).collect())
    }
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

/// Solves the case of `step` on a mesh that is there already, with the stress side that belongs to it, and finds the
/// same quantities as a run. Where the bulk is condensed the solution is sought from the start given, which
/// is then where the next point starts. `before` are the names of the quantities of the point before.
///
/// # Errors
/// When the case does not fit its mesh, or the linear solver fails.
pub fn solve_point<'m>(
    step: &Step<'_>,
    geometry: &'m Geometry,
    mechanics: Option<&Mechanics>,
    condensed: Option<(&'m Condensed, &mut Start<'m>)>,
    before: &Arc<Layout>,
) -> Result<PointResults, RunError> {
    let case = step.case;
    let mut quantities = Values::new(before);
    let mut results = PointResults {
        converged: true,
        condensed: false,
        quantities: Values::new(&Arc::default()),
        messages: mechanics.map_or_else(Vec::new, |m| m.messages.clone()),
    };
    let mut add = |name: Name<'_>, value: f64, unit: &'static str| {
        quantities.add(&name, |text| name.is(text), value, unit);
    };
    if case.physics().current {
        let small = match condensed {
            Some(condensed) => current::solve_condensed(step, geometry, mechanics, condensed)?,
            None => None,
        };
        results.condensed = small.is_some();
        match small {
            Some(point) => point.solved(case).each_quantity(&mut add),
            None => {
                let mut log = Log { text: String::new(), observer: &mut Silent };
                let current = current::solve_current(case, geometry, mechanics, &mut log)?;
                results.converged = current.outcome.newton.converged;
                current.solved(case).each_quantity(&mut add);
                if !results.converged {
                    results.messages.extend(log.text.lines().next().map(str::to_owned));
                }
            }
        }
    }
    if let Some(mechanics) = mechanics {
        let mut named = Named::default();
        mechanics.add_quantities(geometry, &mut named);
        for (name, quantity) in named.iter() {
            quantities.add(&name, |text| text == name, quantity.value, &quantity.unit);
        }
        results.converged &= mechanics.converged;
    }
    results.quantities = quantities.finish();
    Ok(results)
}
