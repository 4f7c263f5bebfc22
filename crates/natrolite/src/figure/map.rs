//! A map around the defect with the boundaries there: potential, stress, current density.

use super::axis::potential_unit;
use super::curve::Surface;
use super::field_plot::{FieldPlot, Lines, Scale};
use super::raster::Raster;
use super::section::{Trace, Triangle};
use super::stress;
use super::svg::{Anchor, Svg};
use super::view::{View, notes};
use crate::results::Results;

/// A region whose potential varies by less than this part of the whole range is drawn grey: a metal
/// has next to one potential, and the jump at its surface would take most of the colours.
const UNIFORM: f64 = 1e-3;

/// A field around the defect, sampled and measured.
pub struct MapPanel {
    pub plot: FieldPlot,
    traces: Vec<Trace>,
    defect: Option<f64>,
    /// Text and place \[m\] of what is said about regions of one potential.
    notes: Vec<([f64; 2], String)>,
    lines: Lines,
}

impl MapPanel {
    /// Samples the potential of `results`, else the von Mises stress, for a plot of at most `room`
    /// pixels. None without either or without a mesh.
    pub fn new(results: &Results, room: [f64; 2]) -> Option<MapPanel> {
        let view = View::around_defect(results, room)?;
        match results.field("potential") {
            Some(_) => MapPanel::potential(results, view, "map", Lines::Labelled),
            None => MapPanel::von_mises(results, view, "map"),
        }
    }

    /// The potential.
    pub fn potential(
        results: &Results,
        view: View,
        id: &'static str,
        lines: Lines,
    ) -> Option<MapPanel> {
        let mut raster = view.sample(&results.mesh, &results.field("potential")?.values);
        let apart = raster.set_apart_uniform(UNIFORM);
        let scale = potential_scale(raster.range()?);
        let notes = notes(results, &raster, &scale, &apart);
        Some(MapPanel { notes, ..MapPanel::of(view, raster, scale, apart, id, lines) })
    }

    /// The von Mises stress.
    pub fn von_mises(results: &Results, view: View, id: &'static str) -> Option<MapPanel> {
        let mut raster = view.sample(&results.mesh, &results.field("von_mises")?.values);
        let scale = stress::scale(results, &mut raster)?;
        Some(MapPanel::of(view, raster, scale, Vec::new(), id, Lines::Labelled))
    }

    /// A raster of the view.
    pub fn of(
        view: View,
        raster: Raster,
        scale: Scale,
        apart: Vec<(u32, f64)>,
        id: &'static str,
        lines: Lines,
    ) -> MapPanel {
        let View { traces, window, defect, size, axis_names, .. } = view;
        let plot = FieldPlot { raster, scale, window, size, axis_names, apart, id };
        MapPanel { plot, traces, defect, notes: Vec::new(), lines }
    }

    /// Width and height of the plot in pixels.
    pub fn size(&self) -> [f64; 2] {
        self.plot.size
    }

    /// Distance from the axis to the edge of the defect \[m\].
    pub fn defect(&self) -> Option<f64> {
        self.defect
    }

    /// Draws the panel with the upper left corner of its plot at `at`; boundaries that have a curve
    /// take its colour. The mouth of the defect is called `mouth`.
    pub fn draw(&self, svg: &mut Svg, at: [f64; 2], surfaces: &[Surface], mouth: &str) {
        self.draw_with(svg, at, surfaces, mouth, |_| {});
    }

    /// As [`MapPanel::draw`], with what `more` draws, cut off at the frame, below boundaries and names.
    pub fn draw_with(
        &self,
        svg: &mut Svg,
        at: [f64; 2],
        surfaces: &[Surface],
        mouth: &str,
        more: impl FnOnce(&mut Svg),
    ) {
        self.plot.draw_field(svg, at, self.lines);
        self.plot.clip(svg, more);
        self.boundaries(svg, at, surfaces);
        self.names(svg, at, surfaces, mouth);
        for (place, text) in &self.notes {
            let [x, y] = self.plot.place(at, *place);
            svg.text_on_map([x + 10.0, y - 10.0], Anchor::Start, "", text);
        }
        self.plot.draw_axes(svg, at);
    }

    fn boundaries(&self, svg: &mut Svg, at: [f64; 2], surfaces: &[Surface]) {
        self.plot.clip(svg, |svg| {
            for trace in &self.traces {
                let style = match colour_of(surfaces, &trace.name) {
                    Some(colour) => format!(r#"stroke="{colour}" stroke-width="4""#),
                    None if is_defect(&trace.name) => {
                        r##"stroke="#111" stroke-width="3""##.to_owned()
                    }
                    None if trace.name.starts_with("symmetry") => continue,
                    None => r##"stroke="#333" stroke-width="1""##.to_owned(),
                };
                let segments: Vec<_> =
                    trace.segments.iter().map(|s| s.map(|p| self.plot.place(at, p))).collect();
                let style = format!(r#"{style} stroke-linecap="round""#);
                svg.polylines(segments.iter().map(|s| &s[..]), &style);
            }
        });
    }

    /// Names of the defect and of the boundaries with curves, in the margin below them.
    fn names(&self, svg: &mut Svg, at: [f64; 2], surfaces: &[Surface], mouth: &str) {
        let [w, h] = self.plot.size;
        let mut taken: Vec<f64> = Vec::new();
        for trace in &self.traces {
            let defect = is_defect(&trace.name);
            let name = if trace.name == "pore" { mouth } else { &trace.name };
            let colour = colour_of(surfaces, name);
            if colour.is_none() && !defect {
                continue;
            }
            let points = trace.segments.iter().flatten().map(|&p| self.plot.place(at, p));
            let shown = points.filter(|p| p[0] >= at[0] && p[0] <= at[0] + w);
            // The defect's name stands on its axis; others at the right, where they end.
            let (low, high) =
                shown.clone().fold((f64::MAX, f64::MIN), |(l, h), p| (l.min(p[0]), h.max(p[0])));
            let lowest = shown.map(|p| p[1]).fold(f64::MIN, f64::max);
            if low > high || lowest + 17.0 > at[1] + h {
                continue;
            }
            let x = if defect { 0.5 * (low + high) } else { high - 0.14 * w };
            if taken.iter().any(|t| (t - x).abs() < 60.0) {
                continue;
            }
            taken.push(x);
            let style = format!(r#"fill="{}""#, colour.unwrap_or("#111"));
            svg.text_on_map([x, lowest + 17.0], Anchor::Middle, &style, name);
        }
    }
}

fn potential_scale([low, high]: [f64; 2]) -> Scale {
    let unit = potential_unit(high - low);
    let range = match high > low {
        true => [low, high],
        // A uniform potential: one colour in the middle of the bar.
        false => [low - 0.5 / unit.per_si, low + 0.5 / unit.per_si],
    };
    Scale::linear("potential", unit, range)
}

/// The colour of the curve along a boundary or interface.
pub fn colour_of(surfaces: &[Surface], name: &str) -> Option<&'static str> {
    surfaces.iter().find(|s| s.name == name).map(|s| s.colour)
}

/// Whether a boundary or interface is the wall of the defect, or its mouth.
pub fn is_defect(name: &str) -> bool {
    name == "pore" || name.starts_with("pore_")
}

/// The image at the left of the axis.
pub fn mirror(triangle: Triangle) -> Triangle {
    Triangle { corners: triangle.corners.map(|[u, v]| [-u, v]), ..triangle }
}

/// The rectangle around traces; none without any.
pub fn extent<'a>(traces: impl IntoIterator<Item = &'a Trace>) -> Option<[[f64; 2]; 2]> {
    let points = traces.into_iter().flat_map(|t| t.segments.iter().flatten());
    points.fold(None, |extent, &p| match extent {
        None => Some([p, p]),
        Some([low, high]) => Some([
            std::array::from_fn(|k| low[k].min(p[k])),
            std::array::from_fn(|k| high[k].max(p[k])),
        ]),
    })
}
