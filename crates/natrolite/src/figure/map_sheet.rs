//! A figure of one or two maps.

use super::curve::{Surface, surfaces};
use super::map::MapPanel;
use super::svg::{ONE_COLUMN, Svg};
use super::view::View;
use super::{Figure, HoverArea};
use crate::results::Results;

/// Room for the vertical axis at the left of a map.
pub const LEFT: f64 = 58.0;
/// Room for the colour bar at its right.
const BAR: f64 = 88.0;
/// Room above, for the tip of the colour bar.
const TOP: f64 = 16.0;
/// Room below, for the horizontal axis.
const BOTTOM: f64 = 44.0;
/// Room for one map in a column.
pub const ROOM: [f64; 2] = [ONE_COLUMN - LEFT - BAR, 240.0];
/// Room between two columns.
const BETWEEN: f64 = 24.0;

/// What is drawn on a map, given the drawing, the map and its place.
pub type Overlay<'a> = Box<dyn FnOnce(&mut Svg, &MapPanel, [f64; 2]) + 'a>;

/// A window around the defect that fits into a column.
pub fn view(results: &Results) -> Option<View> {
    View::around_defect(results, ROOM)
}

/// What a figure says about itself.
pub struct Words {
    pub name: &'static str,
    pub title: &'static str,
    pub caption: String,
}

/// A figure of maps side by side, each with what is drawn on it.
pub fn figure(results: &Results, words: Words, maps: Vec<(MapPanel, Overlay<'_>)>) -> Figure {
    let surfaces: Vec<Surface> = surfaces(results);
    let mouth = if surfaces.iter().any(|s| s.name == "void") { "void" } else { "pore" };
    let count = maps.len().max(1) as f64;
    let height = maps.iter().map(|(map, _)| map.size()[1]).fold(0.0, f64::max);
    let width = count * ONE_COLUMN + (count - 1.0) * BETWEEN;
    let mut svg = Svg::new(width, TOP + height + BOTTOM);
    let mut hover: Vec<HoverArea> = Vec::new();
    for (k, (map, overlay)) in maps.into_iter().enumerate() {
        let left = k as f64 * (ONE_COLUMN + BETWEEN) + LEFT + 0.5 * (ROOM[0] - map.size()[0]);
        let at = [left, TOP];
        map.draw_with(&mut svg, at, &surfaces, mouth, |svg| overlay(svg, &map, at));
        hover.push(map.plot.hover(at));
    }
    Figure {
        name: words.name.into(),
        title: words.title.into(),
        caption: words.caption,
        svg: svg.finish(words.title),
        hover,
        data: Vec::new(),
    }
}

/// Where a section lies, for a caption; empty in 2-D.
pub fn plane(results: &Results) -> &'static str {
    if results.mesh.dimension == 3 { ", in the plane y = 0" } else { "" }
}
