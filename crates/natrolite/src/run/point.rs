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
}

impl Values {
    /// Each with its name.
    pub fn named(&self) -> Named<Quantity> {
        let quantity =
            |value: f64, unit: &str| Quantity { value, unit: unit.into(), error_estimate: None };
        let pairs = self.layout.iter().zip(&self.values);
        Named(pairs.map(|((name, unit), value)| (name.clone(), quantity(*value, unit))).collect())
    }
}

/// The names of the quantities of the point before.
#[derive(Debug, Default)]
pub struct Names {
    layout: Arc<Layout>,
    /// For each what it is, of which surface, and its unit, as far as that is known.
    seen: Vec<Option<Seen>>,
}

/// Of what a name and a unit were made: texts that are told apart by where they stand.
#[derive(Debug)]
struct Seen {
    what: &'static str,
    of: Option<Arc<str>>,
    unit: &'static str,
}

impl Seen {
    /// True where these are the very same texts.
    fn is(&self, name: &Name<'_>, unit: &'static str) -> bool {
        let is_same_surface = match (&self.of, name.of) {
            (Some(own), Some(of)) => Arc::ptr_eq(own, of),
            (own, of) => own.is_none() && of.is_none(),
        };
        is_same_surface && std::ptr::eq(self.what, name.what) && std::ptr::eq(self.unit, unit)
    }
}

/// The quantities of a point in the making.
struct Draft<'n> {
    names: &'n mut Names,
    values: Vec<f64>,
    /// The names so far where they differ from those before.
    own: Option<Layout>,
}

impl<'n> Draft<'n> {
    /// None yet; `names` are those of the point before.
    fn new(names: &'n mut Names) -> Self {
        let values = Vec::with_capacity(names.layout.len());
        names.seen.resize_with(names.layout.len(), || None);
        Draft { names, values, own: None }
    }

    /// Adds a quantity.
    fn add(&mut self, name: Name<'_>, value: f64, unit: &'static str) {
        let place = self.values.len();
        let seen = self.names.seen.get(place).and_then(Option::as_ref);
        if self.own.is_none() && seen.is_some_and(|seen| seen.is(&name, unit)) {
            return self.values.push(value);
        }
        self.add_text(&name, |text| name.is(text), value, unit);
        if let (None, Some(seen)) = (&self.own, self.names.seen.get_mut(place)) {
            *seen = Some(Seen { what: name.what, of: name.of.cloned(), unit });
        }
    }

    /// Adds a quantity whose name is written as something if and only if `is` says so.
    fn add_text(
        &mut self,
        name: &dyn fmt::Display,
        is: impl Fn(&str) -> bool,
        value: f64,
        unit: &str,
    ) {
        let layout = &self.names.layout;
        let expected = layout.get(self.values.len());
        if self.own.is_none() && !expected.is_some_and(|(text, u)| is(text) && u == unit) {
            self.own = Some(layout[..self.values.len()].to_vec());
        }
        if let Some(own) = &mut self.own {
            own.push((name.to_string(), unit.to_owned()));
        }
        self.values.push(value);
    }

    fn finish(mut self) -> Values {
        let Names { layout, seen } = self.names;
        if self.own.is_none() && self.values.len() < layout.len() {
            self.own = Some(layout[..self.values.len()].to_vec());
        }
        if let Some(own) = self.own.take() {
            *layout = Arc::new(own);
            seen.clear();
        }
        Values { layout: Arc::clone(layout), values: self.values }
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
/// is then where the next point starts. `names` are those of the quantities of the point before.
///
/// # Errors
/// When the case does not fit its mesh, or the linear solver fails.
pub fn solve_point<'m>(
    step: &Step<'_>,
    geometry: &'m Geometry,
    mechanics: Option<&Mechanics>,
    condensed: Option<(&'m Condensed, &mut Start<'m>)>,
    names: &mut Names,
) -> Result<PointResults, RunError> {
    let case = step.case;
    let mut draft = Draft::new(names);
    let (mut converged, mut condenses) = (true, false);
    let mut messages = mechanics.map_or_else(Vec::new, |m| m.messages.clone());
    let mut add = |name: Name<'_>, value: f64, unit: &'static str| draft.add(name, value, unit);
    if case.physics().current {
        let small = match condensed {
            Some(condensed) => current::solve_condensed(step, geometry, mechanics, condensed)?,
            None => None,
        };
        condenses = small.is_some();
        match small {
            Some(point) => point.solved(case).each_quantity(&mut add),
            None => {
                let mut log = Log { text: String::new(), observer: &mut Silent };
                let current = current::solve_current(case, geometry, mechanics, &mut log)?;
                converged = current.outcome.newton.converged;
                current.solved(case).each_quantity(&mut add);
                if !converged {
                    messages.extend(log.text.lines().next().map(str::to_owned));
                }
            }
        }
    }
    if let Some(mechanics) = mechanics {
        let mut named = Named::default();
        mechanics.add_quantities(geometry, &mut named);
        for (name, quantity) in named.iter() {
            draft.add_text(&name, |text| text == name, quantity.value, &quantity.unit);
        }
        converged &= mechanics.converged;
    }
    Ok(PointResults { converged, condensed: condenses, quantities: draft.finish(), messages })
}
