//! Figures of a sweep: maps over two axes, curves over one, and peaks over the Wagner number.

mod collapse;
mod curves;
mod heat_map;
mod overlay;
mod series;
mod span;
#[cfg(test)]
mod tests;
mod view;

pub use overlay::{compare_sweeps, difference_of_axes};

use super::Figure;
use crate::case::SweepMode;
use crate::sweep::{SweepQuantity, SweepResults};
use series::series;
use view::{AxisView, QuantityView};

/// Quantities that are drawn, the first ones first.
const MAIN: [&str; 10] = [
    "peak_factor",
    "cell_overpotential",
    "area_specific_resistance",
    "contact_fraction",
    "max_contact_pressure",
    "mean_contact_pressure",
    "max_gap",
    "max_current_density",
    "nonuniformity",
    "max_von_mises",
];
/// Most quantities that are drawn, and most boundaries and interfaces for each.
const MOST: usize = 6;
const MOST_PLACES: usize = 2;
/// Relative differences below this are rounding.
const SAME: f64 = 1e-6;
/// Pure numbers below this are rounding.
const NOTHING: f64 = 1e-9;

/// The figures of a sweep: for each main quantity that varies a map over the first two axes and curves
/// over each axis, and the peak factor over the Wagner number.
///
/// Of more than two axes, the others keep their middle value; captions say so, and also where points are
/// left out because there are more of them than a figure can show.
pub fn figures_of_sweep(sweep: &SweepResults) -> Vec<Figure> {
    figures(sweep, true)
}

/// The same without the numbers behind them, for a page: of a large sweep their text is the larger part.
pub fn drawings_of_sweep(sweep: &SweepResults) -> Vec<Figure> {
    figures(sweep, false)
}

fn figures(sweep: &SweepResults, with_data: bool) -> Vec<Figure> {
    let mut figures = Vec::new();
    let chosen = main_quantities(sweep);
    for (quantity, proportional) in &chosen {
        let quantity = &QuantityView::new(quantity);
        let first = figures.len();
        match sweep.mode {
            SweepMode::Zip => figures.extend(curves::over_points(sweep, quantity, with_data)),
            SweepMode::Grid => over_grid(sweep, quantity, with_data, &mut figures),
        }
        if let (Some(figure), false) = (figures.get_mut(first), proportional.is_empty()) {
            let names = proportional.iter().map(|q| QuantityView::new(q).name).collect::<Vec<_>>();
            figure.caption += &format!(" Proportional to it: {}.", names.join("; "));
        }
    }
    // After the figures of the peak itself.
    let peaks = sweep.quantities.iter().filter_map(|q| q.name.strip_prefix("peak_factor."));
    let collapses = peaks.filter_map(|surface| collapse::collapse(sweep, surface, with_data));
    let first =
        figures.iter().position(|f| !f.name.contains("peak_factor")).unwrap_or(figures.len());
    figures.splice(first..first, collapses);
    figures.into_iter().map(Figure::with_own_names).collect()
}

fn over_grid(
    sweep: &SweepResults,
    quantity: &QuantityView<'_>,
    with_data: bool,
    figures: &mut Vec<Figure>,
) {
    let varied = (0..sweep.axes.len()).filter(|&k| sweep.axes[k].values.len() > 1);
    let axes: Vec<AxisView> = varied.map(|k| AxisView::new(sweep, k)).collect();
    let slice = |shown: &[&AxisView]| Slice { with_data, ..Slice::new(sweep, shown) };
    if let [x, y, ..] = &axes[..] {
        figures.extend(heat_map::heat_map(&slice(&[x, y]), quantity, [x, y]));
    }
    for (k, x) in axes.iter().enumerate() {
        // A curve for each value of the next axis: of the second over the first, of the first over others.
        let family = axes.iter().enumerate().find(|(other, _)| *other != k).map(|(_, axis)| axis);
        let shown: Vec<&AxisView> = [Some(x), family].into_iter().flatten().collect();
        figures.extend(curves::over_axis(&slice(&shown), quantity, x, family));
    }
}

/// The points that differ in the shown axes only; all others have their middle value.
pub struct Slice<'a> {
    sweep: &'a SweepResults,
    /// Index of the point with the first value of each shown axis.
    base: usize,
    /// Key and value of each axis that is not shown.
    fixed: Vec<String>,
    /// True when the numbers behind a figure are wanted.
    with_data: bool,
}

impl<'a> Slice<'a> {
    fn new(sweep: &'a SweepResults, shown: &[&AxisView]) -> Slice<'a> {
        let mut slice = Slice { sweep, base: 0, fixed: Vec::new(), with_data: true };
        for k in (0..sweep.axes.len()).filter(|&k| shown.iter().all(|axis| axis.axis != k)) {
            let middle = sweep.axes[k].values.len() / 2;
            slice.base += middle * sweep.stride(k);
            let view = AxisView::new(sweep, k);
            slice.fixed.push(format!("{} = {}", view.name, view.label(middle)));
        }
        slice
    }

    /// The index of the point with these places on the shown axes.
    fn point(&self, places: &[(usize, usize)]) -> usize {
        let step = |&(axis, place): &(usize, usize)| place * self.sweep.stride(axis);
        self.base + places.iter().map(step).sum::<usize>()
    }

    /// What is fixed, for a caption.
    fn describe(&self) -> String {
        match self.fixed.is_empty() {
            true => String::new(),
            false => format!(" at {}", self.fixed.join(", ")),
        }
    }
}

/// What is worth drawing: quantities that vary, each with those that are proportional to it.
fn main_quantities(sweep: &SweepResults) -> Vec<(&SweepQuantity, Vec<&SweepQuantity>)> {
    let mut chosen: Vec<(&SweepQuantity, Vec<&SweepQuantity>)> = Vec::new();
    for name in MAIN {
        let named = |q: &&SweepQuantity| q.name.split('.').next() == Some(name);
        let mut places: Vec<(f64, &SweepQuantity)> =
            sweep.quantities.iter().filter(named).map(|q| (variation(sweep, q), q)).collect();
        places.retain(|(variation, _)| *variation > SAME);
        // Those that vary most; of equal ones the first.
        places.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (_, quantity) in places.into_iter().take(MOST_PLACES) {
            let same =
                chosen.iter().position(|(other, _)| are_proportional(sweep, other, quantity));
            match same {
                Some(same) => chosen[same].1.push(quantity),
                None if chosen.len() < MOST => chosen.push((quantity, Vec::new())),
                None => {}
            }
        }
    }
    chosen
}

/// The values of the converged points.
fn converged<'a>(
    sweep: &'a SweepResults,
    quantity: &'a SweepQuantity,
) -> impl Iterator<Item = f64> + 'a {
    let values = quantity.values.iter().enumerate();
    values.filter(|(point, v)| sweep.is_converged(*point) && v.is_finite()).map(|(_, v)| *v)
}

/// How much a quantity varies, relative to its largest value; nothing for rounding around zero.
fn variation(sweep: &SweepResults, quantity: &SweepQuantity) -> f64 {
    let low = converged(sweep, quantity).fold(f64::INFINITY, f64::min);
    let high = converged(sweep, quantity).fold(f64::NEG_INFINITY, f64::max);
    let largest = low.abs().max(high.abs());
    let is_nothing = largest == 0.0 || (quantity.unit == "1" && largest < NOTHING);
    if is_nothing || low > high { 0.0 } else { (high - low) / largest }
}

fn are_proportional(sweep: &SweepResults, a: &SweepQuantity, b: &SweepQuantity) -> bool {
    let pairs = a.values.iter().zip(&b.values).enumerate();
    let mut range: Option<[f64; 2]> = None;
    for (_, (a, b)) in pairs.filter(|(point, _)| sweep.is_converged(*point)) {
        let ratio = b / a;
        if !ratio.is_finite() {
            return false;
        }
        let [low, high] = range.unwrap_or([ratio; 2]);
        range = Some([low.min(ratio), high.max(ratio)]);
    }
    range.is_some_and(|[low, high]| high - low <= SAME * high.abs().max(low.abs()))
}
