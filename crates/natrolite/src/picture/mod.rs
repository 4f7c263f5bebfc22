//! One picture of a run: where the current goes.
//!
//! Left the potential around the defect, in colours and with lines of equal potential; right the
//! current density along the interface over its mean. Plain SVG without scripts or fonts of its own.

mod axis;
mod colour;
mod contour;
mod curve;
mod image;
mod map;
mod raster;
mod section;
mod svg;
mod tessellation;
#[cfg(test)]
mod tests;

use crate::results::{Results, Status};
use axis::four_digits;
use curve::{CurvePanel, curves};
use map::MapPanel;
use svg::{Anchor, Svg};

/// Upper edge of both plots, below title, numbers and legend.
const TOP: f64 = 92.0;
/// Height of both plots.
const HEIGHT: f64 = 330.0;
/// Room for tick labels and names below the plots.
const BOTTOM: f64 = 52.0;

/// How far the curves go, in radii of the defect: beyond, nothing happens.
const RADII: f64 = 10.0;

/// The picture of a run as SVG; nothing where there is no potential to show.
pub fn draw(results: &Results) -> Option<String> {
    let map = MapPanel::new(results, [400.0, HEIGHT])?;
    let mut curves = curves(results);
    if let Some(radius) = map.defect() {
        curves.iter_mut().for_each(|curve| curve.keep_within(RADII * radius));
    }
    let left = 62.0;
    let right = left + map.size()[0] + 150.0;
    let (width, height) = match curves.is_empty() {
        true => (right - 20.0, map.size()[1]),
        false => (right + 350.0, HEIGHT),
    };
    let mut svg = Svg::new(width, TOP + height + BOTTOM);

    let summary = &results.summary;
    let title = if summary.title.is_empty() { "Potential and current" } else { &summary.title };
    let bold = r#"font-size="17" font-weight="bold""#;
    svg.text([left, 30.0], Anchor::Start, bold, &shorten(title, (width - left) / 9.2));
    let mut numbers = main_numbers(results);
    let mut style = r##"font-size="13" fill="#444""##;
    if summary.status == Status::NotConverged {
        numbers.insert(0, "NOT CONVERGED".into());
        style = r##"font-size="13" fill="#c00000""##;
    }
    let numbers = shorten(&numbers.join(" \u{b7} "), (width - left) / 7.6);
    svg.text([left, 52.0], Anchor::Start, style, &numbers);

    map.draw(&mut svg, [left, TOP], &curves);
    if !curves.is_empty() {
        let panel = CurvePanel { at: [right, TOP], size: [330.0, HEIGHT], defect: map.defect() };
        panel.draw(&mut svg, &curves);
    }
    Some(svg.finish(title))
}

/// The numbers under the title, as far as the run has them.
fn main_numbers(results: &Results) -> Vec<String> {
    let quantities = &results.summary.quantities;
    // The surface with the largest peak is the one that the picture is about.
    let peaks = quantities.iter().filter_map(|(name, q)| {
        name.strip_prefix("peak_factor.").filter(|_| q.value.is_finite()).map(|b| (b, q.value))
    });
    let peak = peaks.max_by(|a, b| a.1.total_cmp(&b.1));
    let of_surface =
        |quantity: &str| peak.and_then(|(b, _)| quantities.get(&format!("{quantity}.{b}")));
    let mut texts = Vec::new();
    if let Some((_, value)) = peak {
        texts.push(format!("peak factor {}", four_digits(value)));
    }
    if let Some(q) = of_surface("wagner_number") {
        texts.push(format!("Wagner number {}", four_digits(q.value)));
    }
    if let Some(q) = of_surface("mean_current_density").filter(|q| q.unit == "A/m^2") {
        texts.push(format!("mean {} mA/cm²", four_digits(0.1 * q.value)));
    }
    if let Some(q) = quantities.get("cell_overpotential") {
        let unit = axis::potential_unit(q.value.abs());
        texts.push(format!("overpotential {} {}", four_digits(q.value * unit.per_si), unit.name));
    }
    texts
}

/// At most about `length` characters.
fn shorten(text: &str, length: f64) -> String {
    let length = length as usize;
    match text.chars().count() > length {
        true => text.chars().take(length.saturating_sub(1)).chain(['…']).collect(),
        false => text.to_owned(),
    }
}
