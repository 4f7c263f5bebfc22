//! Curves of several sweeps over the same axes, one for each sweep.

use super::curves::{Line, MOST_POINTS, draw};
use super::heat_map::capital;
use super::series::column;
use super::span::{Span, with_unit};
use super::view::{AxisView, QuantityView, evenly, stem};
use super::{Slice, main_quantities};
use crate::case::SweepMode;
use crate::figure::Figure;
use crate::sweep::{SweepAxis, SweepQuantity, SweepResults};

/// Longest name that stands beside its curve; longer ones are numbered, and stand in the caption.
const LONGEST: usize = 12;
/// Relative differences of values of axes below this are rounding.
const SAME: f64 = 1e-12;

/// How the axes of two sweeps differ, in words; none where they are the same.
pub fn difference_of_axes(a: &SweepResults, b: &SweepResults) -> Option<String> {
    if a.mode != b.mode {
        return Some("in one the axes make a grid, in the other they go together".to_owned());
    }
    let keys = |sweep: &SweepResults| {
        sweep.axes.iter().map(|axis| axis.key.clone()).collect::<Vec<_>>().join(", ")
    };
    if keys(a) != keys(b) {
        return Some(format!("one varies {}, the other {}", keys(a), keys(b)));
    }
    let close = |(a, b): (&f64, &f64)| (a - b).abs() <= SAME * a.abs().max(b.abs());
    let differs = |(a, b): &(&SweepAxis, &SweepAxis)| {
        a.values.len() != b.values.len() || !a.values.iter().zip(&b.values).all(close)
    };
    let (a, b) = a.axes.iter().zip(&b.axes).find(differs)?;
    let describe = |axis: &SweepAxis| {
        let ends = [axis.values.first(), axis.values.last()].map(|v| v.copied().unwrap_or(0.0));
        let [from, to] = ends.map(|value| crate::units::display(value, &axis.unit));
        format!("{} values from {from} to {to}", axis.values.len())
    };
    Some(format!("{} has {} in one and {} in the other", a.key, describe(a), describe(b)))
}

/// For each main quantity that two sweeps have, curves over each axis, one for each sweep; the other axes
/// keep their middle values. The axes of all sweeps are the same, see [`difference_of_axes`].
pub fn compare_sweeps(sweeps: &[(&str, &SweepResults)]) -> Vec<Figure> {
    let Some((_, first)) = sweeps.first() else { return Vec::new() };
    let mut chosen: Vec<&SweepQuantity> = Vec::new();
    for (_, sweep) in sweeps {
        for (quantity, _) in main_quantities(sweep) {
            let has =
                |(_, other): &&(&str, &SweepResults)| other.quantity(&quantity.name).is_some();
            let is_known = chosen.iter().any(|known| known.name == quantity.name);
            if !is_known && sweeps.iter().filter(has).count() > 1 {
                chosen.push(quantity);
            }
        }
    }
    let mut figures = Vec::new();
    for quantity in chosen {
        // The values of all sweeps after each other: one unit for all.
        let values = |(_, sweep): &(&str, &SweepResults)| match sweep.quantity(&quantity.name) {
            Some(own) => own.values.clone(),
            None => vec![f64::NAN; sweep.len()],
        };
        let all =
            SweepQuantity { values: sweeps.iter().flat_map(values).collect(), ..quantity.clone() };
        let view = QuantityView::new(&all);
        match first.mode {
            SweepMode::Grid => {
                for axis in (0..first.axes.len()).filter(|&k| first.axes[k].values.len() > 1) {
                    let axis = AxisView::new(first, axis);
                    let slice = Slice::new(first, &[&axis]);
                    let points = |place| slice.point(&[(axis.axis, place)]);
                    figures.extend(overlay(sweeps, &view, &axis, &points, &slice.describe()));
                }
            }
            SweepMode::Zip => {
                let varies = |k: &usize| first.axes[*k].values.windows(2).any(|w| w[0] != w[1]);
                if let Some(axis) = (0..first.axes.len()).find(varies) {
                    let axis = AxisView::new(first, axis);
                    figures.extend(overlay(sweeps, &view, &axis, &|place| place, ""));
                }
            }
        }
    }
    figures.into_iter().map(Figure::with_own_names).collect()
}

/// One quantity over one axis; `point` tells the index of the point at a place of the axis.
fn overlay(
    sweeps: &[(&str, &SweepResults)],
    quantity: &QuantityView<'_>,
    axis: &AxisView,
    point: &dyn Fn(usize) -> usize,
    fixed: &str,
) -> Option<Figure> {
    let places = evenly(axis.values.len(), MOST_POINTS);
    let is_short = sweeps.iter().all(|(name, _)| name.chars().count() <= LONGEST);
    let mut data = vec![column(&axis.key, &sweeps[0].1.axes[axis.axis].unit, {
        let values = &sweeps[0].1.axes[axis.axis].values;
        places.iter().map(|&place| values[place])
    })];
    let mut lines = Vec::new();
    for (k, (name, sweep)) in sweeps.iter().enumerate() {
        let value = |&place: &usize| match sweep.is_converged(point(place)) {
            true => quantity.value(k * sweep.len() + point(place)),
            false => f64::NAN,
        };
        let values: Vec<f64> = places.iter().map(value).collect();
        let mut points: Vec<[f64; 2]> = places
            .iter()
            .map(|&place| axis.values[place])
            .zip(values.iter().copied())
            .map(<[f64; 2]>::from)
            .collect();
        points.sort_by(|a, b| a[0].total_cmp(&b[0]));
        let label = if is_short { (*name).to_owned() } else { (k + 1).to_string() };
        lines.push(Line { label, points });
        let si = values.iter().map(|value| value * quantity.size);
        let heading = format!("{} of {name}", quantity.quantity.name);
        data.push(column(&heading, &quantity.quantity.unit, si));
    }
    let title = format!("{} over {}", capital(&quantity.name), axis.name);
    let mut caption = format!("A curve for each sweep{fixed}");
    if !is_short {
        let names = sweeps.iter().enumerate().map(|(k, (name, _))| format!("{} {name}", k + 1));
        caption += &format!(": {}", names.collect::<Vec<_>>().join(", "));
    }
    caption.push('.');
    if places.len() < axis.values.len() {
        caption += &format!(" {} of {} points are drawn.", places.len(), axis.values.len());
    }
    if lines.iter().flat_map(|line| &line.points).any(|p| p[1].is_nan()) {
        caption += " Curves are interrupted where a sweep has no converged point.";
    }
    let span: Span = axis.span(0.0)?;
    let names = [with_unit(&axis.name, &axis.unit), with_unit(&quantity.name, &quantity.unit)];
    let scales = [(&*axis.name, &*axis.unit), (&*quantity.name, &*quantity.unit)];
    let (svg, hover) = draw(&lines, span, [&names[0], &names[1]], "sweep", &title, scales)?;
    let name = format!("sweeps_{}_over_{}", quantity.stem, stem(&axis.key));
    Some(Figure { name, title, caption, svg, hover, data })
}
