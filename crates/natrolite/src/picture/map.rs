//! The left panel: the potential around the defect.

use super::axis::{Ticks, length_unit, potential_unit};
use super::colour::gradient;
use super::contour::{contour, length, thin};
use super::curve::Curve;
use super::image::data_uri;
use super::raster::Raster;
use super::section::{Section, Trace, Triangle};
use super::svg::{Anchor, Svg};
use crate::results::Results;

/// Pixels of the raster per pixel of the picture, for sharp print.
const OVERSAMPLING: f64 = 2.0;
/// How many defect radii are shown on each side.
const RADII: f64 = 3.0;

/// The section around the defect, sampled and measured.
pub struct MapPanel {
    raster: Raster,
    range: [f64; 2],
    traces: Vec<Trace>,
    /// Lower left and upper right corner \[m\].
    window: [[f64; 2]; 2],
    /// Size of the plot in pixels of the picture.
    size: [f64; 2],
    axis_names: [&'static str; 2],
    defect: Option<f64>,
}

impl MapPanel {
    /// Samples the potential of `results` for a plot of at most `room` pixels. None without a
    /// potential or without a mesh.
    pub fn new(results: &Results, room: [f64; 2]) -> Option<MapPanel> {
        let (mesh, field) = (&results.mesh, results.field("potential")?);
        let section = Section::of(mesh, results.symmetry)?;
        let mut traces = section.traces(mesh);
        let extent = extent(&traces)?;
        let (window, defect) = window(&section, &traces, extent, room);
        let span = [window[1][0] - window[0][0], window[1][1] - window[0][1]];
        let scale = (room[0] / span[0]).min(room[1] / span[1]);
        let size = span.map(|s| s * scale);
        if !size.iter().all(|s| *s >= 1.0) {
            return None;
        }
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
        let range = raster.range()?;
        let axis_names = section.axis_names(results.symmetry);
        Some(MapPanel { raster, range, traces, window, size, axis_names, defect })
    }

    /// Width and height of the plot in pixels.
    pub fn size(&self) -> [f64; 2] {
        self.size
    }

    /// Distance from the axis to the edge of the defect \[m\].
    pub fn defect(&self) -> Option<f64> {
        self.defect
    }

    /// Draws the panel with the upper left corner of its plot at `at`; boundaries that have a curve
    /// take its colour.
    pub fn draw(&self, svg: &mut Svg, at: [f64; 2], curves: &[Curve]) {
        let [w, h] = self.size;
        let unit = potential_unit(self.range[1] - self.range[0]);
        let [low, high] = match self.range {
            [low, high] if high > low => [low, high],
            // A uniform potential: one colour in the middle of the bar.
            [low, _] => [low - 0.5 / unit.per_si, low + 0.5 / unit.per_si],
        };
        svg.raw(&format!(
            r#"<defs><clipPath id="map"><rect x="{}" y="{}" width="{w}" height="{h}"/></clipPath></defs>"#,
            at[0], at[1]
        ));
        let uri = data_uri(&self.raster, low, high);
        svg.raw(&format!(
            r#"<image x="{}" y="{}" width="{w}" height="{h}" preserveAspectRatio="none" xlink:href="{uri}"/>"#,
            at[0], at[1]
        ));
        let ticks = Ticks::new(low * unit.per_si, high * unit.per_si, 8);
        self.equipotentials(svg, at, &ticks, unit.per_si);
        self.boundaries(svg, at, curves);
        self.axes(svg, at);
        let bar = Bar { at: [at[0] + w + 16.0, at[1]], size: [14.0, h], range: [low, high] };
        bar.draw(svg, &ticks, unit.per_si, unit.name);
    }

    fn place(&self, at: [f64; 2], p: [f64; 2]) -> [f64; 2] {
        let scale = self.size[0] / (self.window[1][0] - self.window[0][0]);
        [
            at[0] + (p[0] - self.window[0][0]) * scale,
            at[1] + self.size[1] - (p[1] - self.window[0][1]) * scale,
        ]
    }

    fn equipotentials(&self, svg: &mut Svg, at: [f64; 2], ticks: &Ticks, per_si: f64) {
        let to_picture = |p: [f64; 2]| {
            [
                at[0] + p[0] * self.size[0] / self.raster.width as f64,
                at[1] + p[1] * self.size[1] / self.raster.height as f64,
            ]
        };
        let mut labels: Vec<([f64; 2], String)> = Vec::new();
        for &level in &ticks.at {
            let lines: Vec<Vec<[f64; 2]>> = contour(&self.raster, level / per_si)
                .iter()
                .map(|line| thin(line).map(to_picture).collect())
                .filter(|line: &Vec<_>| length(line) > 8.0)
                .collect();
            svg.polylines(
                lines.iter().map(|l| &l[..]),
                r#"stroke="white" stroke-width="1" stroke-opacity="0.85""#,
            );
            if let Some(place) = self.label_place(at, &lines, &labels) {
                labels.push((place, ticks.label(level)));
            }
        }
        for (place, text) in &labels {
            let place = [place[0], place[1] + 4.0];
            svg.text_on_map(place, Anchor::Middle, r#"font-size="11""#, text);
        }
    }

    /// A point on a long enough line, away from other labels and from the frame.
    fn label_place(
        &self,
        at: [f64; 2],
        lines: &[Vec<[f64; 2]>],
        labels: &[([f64; 2], String)],
    ) -> Option<[f64; 2]> {
        let inside = |p: &[f64; 2]| {
            (p[0] - at[0]).min(at[0] + self.size[0] - p[0]) > 24.0
                && (p[1] - at[1]).min(at[1] + self.size[1] - p[1]) > 12.0
        };
        let room = |p: &[f64; 2]| {
            let free = labels
                .iter()
                .map(|(q, _)| (0.6 * (p[0] - q[0])).hypot(p[1] - q[1]))
                .fold(f64::INFINITY, f64::min);
            // Rather at the right than anywhere, so that labels form a column.
            let aim = at[0] + 0.8 * self.size[0];
            (free > 22.0).then(|| -(p[0] - aim).abs())
        };
        let long = lines.iter().filter(|l| length(l) > 60.0);
        let candidates = long.flatten().filter(|p| inside(p)).filter_map(|p| Some((room(p)?, *p)));
        candidates.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, p)| p)
    }

    fn boundaries(&self, svg: &mut Svg, at: [f64; 2], curves: &[Curve]) {
        svg.raw(r#"<g clip-path="url(#map)">"#);
        for trace in &self.traces {
            let colour = curves.iter().find(|c| c.boundary == trace.name).map(|c| c.colour);
            let style = match (&colour, is_defect(&trace.name)) {
                (Some(colour), _) => format!(r#"stroke="{colour}" stroke-width="4""#),
                (None, true) => r##"stroke="#111" stroke-width="3""##.to_owned(),
                _ if trace.name.starts_with("symmetry") => continue,
                _ => r##"stroke="#333" stroke-width="1""##.to_owned(),
            };
            let segments: Vec<_> =
                trace.segments.iter().map(|s| s.map(|p| self.place(at, p))).collect();
            let style = format!(r#"{style} stroke-linecap="round""#);
            svg.polylines(segments.iter().map(|s| &s[..]), &style);
        }
        svg.raw("</g>");
        self.names(svg, at, curves);
    }

    /// Names of the defect and of the boundaries with curves, in the margin below them.
    fn names(&self, svg: &mut Svg, at: [f64; 2], curves: &[Curve]) {
        let mut taken: Vec<f64> = Vec::new();
        for trace in &self.traces {
            let colour = curves.iter().find(|c| c.boundary == trace.name).map(|c| c.colour);
            let defect = is_defect(&trace.name);
            if colour.is_none() && !defect {
                continue;
            }
            let points = trace.segments.iter().flatten().map(|&p| self.place(at, p));
            let shown = points.filter(|p| p[0] >= at[0] && p[0] <= at[0] + self.size[0]);
            // The defect's name stands on its axis; others at the right, where they end.
            let (low, high) =
                shown.clone().fold((f64::MAX, f64::MIN), |(l, h), p| (l.min(p[0]), h.max(p[0])));
            let lowest = shown.map(|p| p[1]).fold(f64::MIN, f64::max);
            if low > high || lowest + 17.0 > at[1] + self.size[1] {
                continue;
            }
            let x = if defect { 0.5 * (low + high) } else { high - 0.14 * self.size[0] };
            if taken.iter().any(|t| (t - x).abs() < 60.0) {
                continue;
            }
            taken.push(x);
            let style = format!(r#"font-size="12.5" fill="{}""#, colour.unwrap_or("#111"));
            svg.text_on_map([x, lowest + 17.0], Anchor::Middle, &style, &trace.name);
        }
    }

    fn axes(&self, svg: &mut Svg, at: [f64; 2]) {
        let [w, h] = self.size;
        let unit = length_unit((self.window[1][0] - self.window[0][0]).abs());
        let [low, high] = self.window.map(|c| c.map(|x| x * unit.per_si));
        let ticks = Ticks::new(low[0], high[0], 6);
        for &t in &ticks.at {
            let x = self.place(at, [t / unit.per_si, 0.0])[0];
            svg.line([x, at[1] + h], [x, at[1] + h + 5.0], r##"stroke="#222""##);
            svg.text([x, at[1] + h + 18.0], Anchor::Middle, "", &ticks.label(t));
        }
        let ticks = Ticks::new(low[1], high[1], 6);
        for &t in &ticks.at {
            let y = self.place(at, [0.0, t / unit.per_si])[1];
            svg.line([at[0] - 5.0, y], [at[0], y], r##"stroke="#222""##);
            svg.text([at[0] - 8.0, y + 4.0], Anchor::End, "", &ticks.label(t));
        }
        let name = |k: usize| format!("{} ({})", self.axis_names[k], unit.name);
        let style = r#"font-size="13""#;
        svg.text([at[0] + 0.5 * w, at[1] + h + 38.0], Anchor::Middle, style, &name(0));
        svg.text_upwards([at[0] - 42.0, at[1] + 0.5 * h], style, &name(1));
        svg.rectangle(at, self.size, r##"fill="none" stroke="#222" stroke-width="1""##);
    }
}

/// The colour bar.
struct Bar {
    at: [f64; 2],
    size: [f64; 2],
    range: [f64; 2],
}

impl Bar {
    fn draw(&self, svg: &mut Svg, ticks: &Ticks, per_si: f64, unit: &str) {
        svg.raw(&gradient("bar"));
        let frame = r##"fill="url(#bar)" stroke="#222" stroke-width="1""##;
        svg.rectangle(self.at, self.size, frame);
        let right = self.at[0] + self.size[0];
        let mut widest = 0;
        for &t in &ticks.at {
            let part = (t / per_si - self.range[0]) / (self.range[1] - self.range[0]);
            let y = self.at[1] + self.size[1] * (1.0 - part);
            svg.line([right, y], [right + 4.0, y], r##"stroke="#222""##);
            let label = ticks.label(t);
            svg.text([right + 7.0, y + 4.0], Anchor::Start, "", &label);
            widest = widest.max(label.chars().count());
        }
        let x = right + 24.0 + 6.7 * widest as f64;
        let name = format!("potential ({unit})");
        svg.text_upwards([x, self.at[1] + 0.5 * self.size[1]], r#"font-size="13""#, &name);
    }
}

fn is_defect(name: &str) -> bool {
    name == "pore" || name.starts_with("pore_")
}

fn mirror(triangle: Triangle) -> Triangle {
    Triangle { corners: triangle.corners.map(|[u, v]| [-u, v]), ..triangle }
}

fn extent<'a>(traces: impl IntoIterator<Item = &'a Trace>) -> Option<[[f64; 2]; 2]> {
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
