//! The panel at the upper left: the potential around the defect, or without one the stress.

use super::axis::{Ticks, potential_unit};
use super::curve::Surface;
use super::field_plot::{FieldPlot, OVERSAMPLING, Scale, fit};
use super::raster::Raster;
use super::section::{Section, Trace, Triangle};
use super::stress;
use super::svg::{Anchor, Svg};
use crate::results::Results;

/// How many defect radii are shown on each side.
const RADII: f64 = 3.0;
/// A region whose potential varies by less than this part of the whole range is drawn grey: a metal
/// has next to one potential, and the jump at its surface would take most of the colours.
const UNIFORM: f64 = 1e-3;

/// The section around the defect, sampled and measured.
pub struct MapPanel {
    plot: FieldPlot,
    traces: Vec<Trace>,
    defect: Option<f64>,
    /// Text and place \[m\] of what is said about regions of one potential.
    notes: Vec<([f64; 2], String)>,
}

impl MapPanel {
    /// Samples the potential of `results`, else the von Mises stress, for a plot of at most `room`
    /// pixels. None without either or without a mesh.
    pub fn new(results: &Results, room: [f64; 2]) -> Option<MapPanel> {
        let mesh = &results.mesh;
        let field = results.field("potential").or_else(|| results.field("von_mises"))?;
        let section = Section::of(mesh, results.symmetry)?;
        let mut traces = section.traces(mesh);
        let extent = extent(&traces)?;
        let (window, defect) = window(&section, &traces, extent, room);
        let size = fit(window, room)?;
        let width = (OVERSAMPLING * size[0]).round() as usize;
        let mut raster = Raster::new(window[0], window[1], width);
        section.for_each_triangle(mesh, &field.values, window, |triangle| {
            raster.fill(&triangle);
            if section.mirrored {
                raster.fill(&mirror(triangle));
            }
        });
        if section.mirrored {
            for trace in &mut traces {
                let images: Vec<_> =
                    trace.segments.iter().map(|s| s.map(|[u, v]| [-u, v])).collect();
                trace.segments.extend(images);
            }
        }
        let (scale, notes) = match field.name.as_str() {
            "potential" => {
                let apart = raster.set_apart_uniform(UNIFORM);
                let scale = potential_scale(raster.range()?);
                let notes = notes(results, &raster, &scale, &apart);
                (scale, notes)
            }
            _ => (stress::scale(results, &mut raster)?, Vec::new()),
        };
        let axis_names = section.axis_names(results.symmetry);
        let plot = FieldPlot { raster, scale, window, size, axis_names, id: "map" };
        Some(MapPanel { plot, traces, defect, notes })
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
        self.plot.draw_field(svg, at, true);
        self.boundaries(svg, at, surfaces);
        self.names(svg, at, surfaces, mouth);
        for (place, text) in &self.notes {
            let [x, y] = self.plot.place(at, *place);
            svg.text_on_map([x + 10.0, y - 10.0], Anchor::Start, r#"font-size="12""#, text);
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
            let style = format!(r#"font-size="12.5" fill="{}""#, colour.unwrap_or("#111"));
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
    Scale { name: "potential", unit, range, open_above: false }
}

/// What to say about regions of one potential, at the left of their lowest visible row.
fn notes(
    results: &Results,
    raster: &Raster,
    scale: &Scale,
    apart: &[(u32, f64)],
) -> Vec<([f64; 2], String)> {
    let [low, high] = scale.range.map(|v| v * scale.unit.per_si);
    let ticks = Ticks::new(low, high, 8);
    let mut notes = Vec::new();
    for &(region, value) in apart {
        let is_there = |&k: &usize| raster.values[k].is_infinite() && raster.regions[k] == region;
        let last = (0..raster.values.len()).rev().find(is_there);
        let row = last.map(|k| k / raster.width);
        let first = row.and_then(|r| (r * raster.width..(r + 1) * raster.width).find(is_there));
        let name = results.mesh.regions.get(region as usize);
        if let (Some(k), Some(name)) = (first, name) {
            let value = ticks.label(value * scale.unit.per_si);
            notes.push((raster.position(k), format!("{name}: {value} {}", scale.unit.name)));
        }
    }
    notes
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

/// What to show: a few radii around the defect, else everything, with a margin for names below.
fn window(
    section: &Section,
    traces: &[Trace],
    [low, high]: [[f64; 2]; 2],
    room: [f64; 2],
) -> ([[f64; 2]; 2], Option<f64>) {
    let left = if section.mirrored { -high[0] } else { low[0] };
    let defect = extent(traces.iter().filter(|t| is_defect(&t.name)));
    let Some([from, to]) = defect else {
        let margin = 0.04 * (high[0] - left).max(high[1] - low[1]);
        return ([[left, low[1] - margin], [high[0], high[1]]], None);
    };
    let (centre, radius) = match section.mirrored {
        true => (0.0, to[0].abs().max(from[0].abs())),
        false => (0.5 * (from[0] + to[0]), 0.5 * (to[0] - from[0])),
    };
    let reach = (RADII * radius).min((high[0] - centre).max(centre - left));
    let span = [(centre - reach).max(left), (centre + reach).min(high[0])];
    let tall = (span[1] - span[0]) * room[1] / room[0];
    let margin = 0.08 * tall;
    // From a little below the foot of the defect, or as much of the metal as is there.
    let foot = from[1].min(to[1]).max(low[1]);
    let bottom = low[1].max(foot - 0.25 * tall) - if low[1] < foot { 0.0 } else { margin };
    let top = (bottom + tall).min(high[1]);
    ([[span[0], bottom], [span[1], top]], (radius > 0.0).then_some(radius))
}
