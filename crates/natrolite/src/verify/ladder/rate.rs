//! Observed orders of convergence.

use super::super::rates;
use super::super::row::{Comparison, Problem, Row};
use fem::Hypothesis;

const SOURCE: &str =
    "Ciarlet, The Finite Element Method for Elliptic Problems, th. 3.2.2 and 3.2.5";

/// Every kind of cell in the symmetries that it occurs in.
pub(super) fn problems() -> Vec<Problem> {
    rates::all()
        .map(|(kind, hypothesis)| {
            let symmetry = match hypothesis {
                Hypothesis::Planar => "planar",
                Hypothesis::Axisymmetric => "axisymmetric",
                Hypothesis::Spatial => "spatial",
            };
            let kind_name = format!("{kind:?}").to_lowercase();
            let name = |what: &str| format!("rate.{what}.{kind_name}.{symmetry}");
            let row = |what: &str, about: &str| {
                let because = "two meshes, the finer with halved cells";
                Row::new(name(what), format!("order of {about}"), 0.1, because, SOURCE)
            };
            let rows = vec![
                row("potential", "the potential in L2"),
                row("gradient", "its gradient in L2"),
            ];
            Problem::new(rows, move || {
                let rate = rates::measure(kind, hypothesis);
                Ok(vec![
                    Comparison::absolute(rate.expected(), rate.observed()),
                    Comparison::absolute(rate.expected() - 1.0, rate.observed_gradient()),
                ])
            })
        })
        .collect()
}
