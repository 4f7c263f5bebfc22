//! The figure `interface`: current density, contact pressure, contact fraction and gap along it.

use super::Figure;
use super::curve::{Curves, INTERFACE, Surface, is_from_axis, panels, surfaces};
use super::curve_panel::CurveStack;
use super::svg::{ONE_COLUMN, Svg};
use super::view::View;
use crate::results::{Results, Symmetry};

/// How far the curves go, in radii of the defect: beyond, nothing happens.
const RADII: f64 = 5.0;
/// Height of a single panel, and of one of several.
const PANEL: [f64; 2] = [200.0, 130.0];
/// Room above for the first row of the legend, below for the axis, at the right.
const MARGINS: [f64; 3] = [24.0, 42.0, 14.0];
/// Room at the left for labels of five digits and the name of the axis.
const LEFT: f64 = 70.0;

/// Curves along the interface; none where the run has none.
pub fn interface(results: &Results) -> Option<Figure> {
    let view = View::around_defect(results, [200.0, 200.0]);
    let radius = view.and_then(|v| v.defect);
    let surfaces = surfaces(results);
    let curves = panels(results, &surfaces, &INTERFACE, RADII * radius.unwrap_or(f64::INFINITY));
    let from_axis = is_from_axis(results, &surfaces);
    let has_axis = radius.is_some() || results.symmetry != Symmetry::Planar;
    let mouth = if surfaces.iter().any(|s| s.name == "void") { "void" } else { "pore" };
    let words = ["interface", "Along the interface"];
    let mut caption = String::from("Along the interface: ");
    caption += &curves.iter().map(|c| c.content.name()).collect::<Vec<_>>().join(", ");
    caption.push('.');
    if curves.iter().any(|c| !c.means.is_empty()) {
        caption += " The dashed grey line is the uniform current density of the counter electrode.";
    }
    let origin = if from_axis && has_axis { "the axis" } else { "the first point" };
    let defect = radius.filter(|_| from_axis).map(|radius| (radius, mouth));
    stack(words, caption, (&curves, &surfaces), (origin, defect), false)
}

/// A figure of panels on top of each other.
pub fn stack(
    [name, title]: [&str; 2],
    caption: String,
    (panels, surfaces): (&[Curves], &[Surface]),
    (origin, defect): (&'static str, Option<(f64, &'static str)>),
    every_peak: bool,
) -> Option<Figure> {
    if panels.is_empty() {
        return None;
    }
    let height = match panels.len() {
        1 => PANEL[0],
        count => PANEL[1] * count as f64,
    };
    let mut stack = CurveStack { panels, surfaces, width: ONE_COLUMN, origin, defect, every_peak };
    let left = LEFT + stack.label_room(height);
    stack.width = ONE_COLUMN - left - MARGINS[2];
    let top = MARGINS[0] + stack.legend_height();
    let mut svg = Svg::new(ONE_COLUMN, top + height + MARGINS[1]);
    stack.draw(&mut svg, [left, top], height);
    Some(Figure {
        name: name.into(),
        title: title.into(),
        caption,
        svg: svg.finish(title),
        hover: stack.hover([left, top], height),
        data: stack.data(),
    })
}
