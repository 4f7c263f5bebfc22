//! The figure `deformed`: the deformed shape with the gap.

use super::Figure;
use super::curve::surfaces;
use super::deformed::{DeformedPanel, Heading};
use super::map_sheet::{LEFT, ROOM, plane, view};
use super::svg::{ONE_COLUMN, Svg};
use crate::results::Results;

/// Room above, for the heading, and below, for the axis.
const MARGINS: [f64; 2] = [36.0, 44.0];

/// The displacement magnified, and the von Mises stress; none where nothing moves.
pub fn deformed(results: &Results) -> Option<Figure> {
    let defect = view(results)?.defect;
    let panel = DeformedPanel::new(results, defect, ROOM).filter(DeformedPanel::moves)?;
    let [width, height] = panel.size();
    let mut svg = Svg::new(ONE_COLUMN, MARGINS[0] + height + MARGINS[1]);
    let at = [LEFT + 0.5 * (ROOM[0] - width), MARGINS[0]];
    panel.draw(&mut svg, at, &surfaces(results), Heading::Short);
    let caption = format!(
        "Shape under load{}, the displacement magnified as said above it; colours are the von Mises stress. \
         Grey lines show the shape before loading; the white space between bodies is the magnified gap.",
        plane(results)
    );
    let title = "Deformed shape";
    Some(Figure {
        name: "deformed".into(),
        title: title.into(),
        caption,
        svg: svg.finish(title),
        hover: vec![panel.plot.hover(at)],
        data: Vec::new(),
    })
}
