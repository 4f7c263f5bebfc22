//! The figure `potential`: a map with streamlines.

use super::Figure;
use super::axis::{current_unit, four_digits};
use super::field_plot::Lines;
use super::map::MapPanel;
use super::map_sheet::{Words, figure, plane, view};
use super::streamlines::Streamlines;
use crate::results::{Results, Symmetry};

/// The potential around the defect, and along which lines the current flows.
pub fn potential(results: &Results) -> Option<Figure> {
    let view = view(results)?;
    let lines = Streamlines::new(results, &view);
    let map = MapPanel::potential(results, view, "potential", Lines::Dotted)?;
    let mut caption = format!(
        "Potential (colours, dotted lines at the values of the colour bar) and current (lines with \
         arrows){}.",
        plane(results)
    );
    if let Some(between) = lines.as_ref().and_then(|l| l.between) {
        let unit = current_unit(between, results.symmetry == Symmetry::Planar);
        let what = match results.symmetry {
            Symmetry::Axisymmetric => ", around the axis,",
            _ => "",
        };
        caption += &format!(
            " Between neighbouring lines{what} flow {} {}.",
            short(between * unit.per_si),
            unit.name
        );
    }
    let words = Words { name: "potential", title: "Potential and current", caption };
    let draw = move |svg: &mut _, map: &MapPanel, at| {
        if let Some(lines) = &lines {
            lines.draw(svg, &map.plot, at);
        }
    };
    Some(figure(results, words, vec![(map, Box::new(draw))]))
}

/// A round number as people write it.
fn short(value: f64) -> String {
    let text = four_digits(value);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}
