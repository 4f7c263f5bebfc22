//! One picture of a run: where the current goes, and what touches.
//!
//! Left the potential around the defect, in colours and with lines of equal potential, and below it
//! the deformed shape; right curves along the interface: current density over its mean, contact
//! pressure, contact fraction and gap, as far as the run has them. Plain SVG without scripts or fonts
//! of its own.

use super::Figure;
use super::axis::four_digits;
use super::curve::{OVERVIEW, is_from_axis, panels, surfaces};
use super::curve_panel::CurveStack;
use super::deformed::{DeformedPanel, Heading};
use super::map::MapPanel;
use super::svg::{Anchor, Svg};
use crate::results::{Results, Status, Symmetry};

/// Upper edge of the upper plots, below title, numbers and one row of the legend.
const TOP: f64 = 92.0;
/// Room for a map, and the height of a single panel of curves.
const ROOM: [f64; 2] = [400.0, 330.0];
/// Least and greatest height of one of several panels of curves.
const PANEL: [f64; 2] = [150.0, 380.0];
/// Room for tick labels and names below the plots.
const BOTTOM: f64 = 52.0;
/// Room beside a map for its colour bar.
const BAR: f64 = 130.0;
/// Room between two maps, for the axis of the upper and the heading of the lower.
const BETWEEN: f64 = 84.0;

/// How far the curves go, in radii of the defect: beyond, nothing happens.
const RADII: f64 = 10.0;

/// The picture of a run as SVG; nothing where there is neither a potential nor a stress to show.
pub fn draw(results: &Results) -> Option<String> {
    let map = MapPanel::new(results, ROOM)?;
    let deformed = DeformedPanel::new(results, map.defect(), ROOM);
    // Where nothing moves, the shape would be the map of the stress once more.
    let with_potential = results.field("potential").is_some();
    let deformed = deformed.filter(|panel| with_potential || panel.moves());
    let surfaces = surfaces(results);
    let curves =
        panels(results, &surfaces, &OVERVIEW, RADII * map.defect().unwrap_or(f64::INFINITY));
    let from_axis = is_from_axis(results, &surfaces);
    let has_axis = map.defect().is_some() || results.symmetry != Symmetry::Planar;
    // The mouth of a defect between two bodies bears the name of their interface.
    let mouth = if surfaces.iter().any(|s| s.name == "void") { "void" } else { "pore" };
    let stack = CurveStack {
        panels: &curves,
        surfaces: &surfaces,
        width: 330.0,
        origin: if from_axis && has_axis { "the axis" } else { "the first point" },
        defect: map.defect().filter(|_| from_axis).map(|radius| (radius, mouth)),
        every_peak: false,
    };

    let left = 62.0;
    let top = TOP + stack.legend_height();
    let [map_width, map_height] = map.size();
    let beside = left + map_width + BAR + left;
    // Below the map, or beside it where there are no curves.
    let place = match curves.is_empty() {
        true => [beside, top],
        false => [left, top + map_height + BETWEEN],
    };
    let maps = deformed.as_ref().map_or([map_width, map_height], |panel| {
        let [width, height] = panel.size();
        [place[0] - left + width, (place[1] - top + height).max(map_height)]
    });
    let (width, height) = match (curves.len(), &deformed) {
        (0, _) => (left + maps[0] + BAR, maps[1]),
        (1, None) => (0.0, ROOM[1]),
        (count, _) => (0.0, maps[1].max(PANEL[0] * count as f64)),
    };
    let tallest = if curves.len() == 1 { ROOM[1] } else { PANEL[1] * curves.len() as f64 };
    let tall = height.min(tallest);
    let right = left + maps[0].max(map_width) + BAR + 32.0 + stack.label_room(tall);
    let width = if curves.is_empty() { width } else { right + stack.width + 20.0 };
    let mut svg = Svg::new(width, top + height + BOTTOM);

    let summary = &results.summary;
    let title = match summary.title.as_str() {
        "" if with_potential => "Potential and current",
        "" => "Stress and contact",
        title => title,
    };
    let bold = r#"font-size="16" font-weight="bold""#;
    svg.text([left, 30.0], Anchor::Start, bold, &shorten(title, (width - left) / 10.8));
    let mut numbers = main_numbers(results);
    let mut style = r##"font-size="12" fill="#444""##;
    if summary.status == Status::NotConverged {
        numbers.insert(0, "NOT CONVERGED".into());
        style = r##"font-size="12" fill="#c00000""##;
    }
    let numbers = shorten(&numbers.join(" \u{b7} "), (width - left) / 7.4);
    svg.text([left, 52.0], Anchor::Start, style, &numbers);

    map.draw(&mut svg, [left, top], &surfaces, mouth);
    if let Some(panel) = &deformed {
        panel.draw(&mut svg, place, &surfaces, Heading::Long);
    }
    if !curves.is_empty() {
        stack.draw(&mut svg, [right, top], tall);
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
    // Of equal ones the first: neighbours share the peak at the edge between them.
    let peak = peaks.reduce(|a, b| if b.1 > a.1 { b } else { a });
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
        let unit = super::axis::potential_unit(q.value.abs());
        texts.push(format!("overpotential {} {}", four_digits(q.value * unit.per_si), unit.name));
    }
    let largest = |prefix: &str| {
        let all = quantities.iter().filter(|(name, _)| name.starts_with(prefix)).map(|(_, q)| q);
        all.map(|q| q.value).filter(|v| v.is_finite()).reduce(f64::max)
    };
    let mut push = |name: &str, value: Option<f64>| {
        if let Some(value) = value {
            let unit = super::axis::pressure_unit(value.abs());
            let value = four_digits(value * unit.per_si);
            texts.push(format!("{name} up to {value} {}", unit.name));
        }
    };
    let pressure = largest("max_contact_pressure.");
    push("contact pressure", pressure);
    if results.field("potential").is_none() {
        // Beside a pressure, a stress that is only rounding is none.
        let least = 1e-6 * pressure.unwrap_or(0.0);
        push("von Mises stress", largest("max_von_mises.").filter(|v| *v > least));
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

/// The picture as a figure.
pub fn figure(results: &Results) -> Option<Figure> {
    Some(Figure {
        name: "overview".into(),
        title: "Overview".into(),
        caption:
            "The run at a glance: the field around the defect, and curves along the interface."
                .into(),
        svg: draw(results)?,
        hover: Vec::new(),
        data: Vec::new(),
    })
}
