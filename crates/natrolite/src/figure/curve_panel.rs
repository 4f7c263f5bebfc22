//! The panels at the right: curves over one horizontal axis, the distance along the interface.

use super::axis::{Ticks, Unit, four_digits, length_unit};
use super::curve::{Content, Curve, Curves, DIAGONAL, Surface, open_parts};
use super::hover::{self, HoverArea};
use super::svg::{Anchor, DIGIT, NAME, Svg};
use super::{Series, number_text};

/// Grey of the line at the mean current density.
const MEAN: &str = r##"stroke="#777" stroke-width="1.2" stroke-dasharray="6 4""##;
/// Dashes of the line at the mean of one of several runs.
const UNIFORM_DASHES: &str = r#"stroke-dasharray="6 4""#;
/// Dashes of the curve on x = y.
const DOTTED: &str = r#"stroke-dasharray="1 3.5""#;
/// Values that differ by less than this part are called the same everywhere.
const UNIFORM: f64 = 1e-6;
/// Most points of a curve that a page is told.
const MOST_POINTS: usize = 600;
/// Height of a line of a name.
const LINE: f64 = 14.0;
/// Room between panels.
const BETWEEN: f64 = 14.0;

/// Panels on top of each other.
pub struct CurveStack<'a> {
    pub panels: &'a [Curves],
    pub surfaces: &'a [Surface],
    /// Width of the panels.
    pub width: f64,
    /// What the distance is counted from.
    pub origin: &'static str,
    /// Radius of the defect \[m\] and what it is called.
    pub defect: Option<(f64, &'static str)>,
    /// Whether the largest value of each curve is marked, not only the largest of all.
    pub every_peak: bool,
}

/// An entry of the legend.
struct Entry {
    label: String,
    mark: Mark,
}

enum Mark {
    Line(String),
    Hatched,
}

/// One panel in its place.
struct Panel<'a> {
    curves: &'a Curves,
    at: [f64; 2],
    size: [f64; 2],
    x: [f64; 2],
    y: [f64; 2],
    length: Unit,
    unit: Unit,
}

impl CurveStack<'_> {
    /// Height of the rows of the legend beyond the first.
    pub fn legend_height(&self) -> f64 {
        18.0 * (self.legend_rows().len().max(1) - 1) as f64
    }

    /// Room that the labels of the vertical axes need beyond the usual, the panels being drawn over
    /// `height`.
    pub fn label_room(&self, height: f64) -> f64 {
        let panels = self.place_panels([0.0; 2], height);
        let widest = panels.iter().map(Panel::widest_label).max().unwrap_or(0);
        let second_line = if panels.iter().any(Panel::needs_two_lines) { LINE } else { 0.0 };
        second_line + DIGIT * widest.saturating_sub(5) as f64
    }

    fn place_panels(&self, at: [f64; 2], height: f64) -> Vec<Panel<'_>> {
        let count = self.panels.len() as f64;
        let each = (height - BETWEEN * (count - 1.0)) / count;
        let far = self.panels.iter().flat_map(|p| &p.curves).flat_map(|c| &c.points);
        let far = far.map(|p| p[0]).fold(0.0, f64::max);
        let x = [0.0, if far > 0.0 { far } else { 1.0 }];
        let panels = self.panels.iter().enumerate().map(|(k, curves)| {
            let top = at[1] + k as f64 * (each + BETWEEN);
            Panel::new(curves, [at[0], top], [self.width, each], x)
        });
        panels.collect()
    }

    /// Draws the panels from `at`, their upper left corner, over a height in pixels, the legend above
    /// them.
    pub fn draw(&self, svg: &mut Svg, at: [f64; 2], height: f64) {
        let panels = self.place_panels(at, height);
        let open = open_parts(self.panels);
        if !open.is_empty() {
            svg.hatch("open");
        }
        let widest = panels.iter().map(Panel::widest_label).max().unwrap_or(0);
        for (k, panel) in panels.iter().enumerate() {
            self.defect_band(svg, panel, k == 0);
            for part in &open {
                let [from, to] = part.map(|d| panel.place([d, 0.0])[0]);
                let size = [to - from, panel.size[1]];
                svg.rectangle([from, panel.at[1]], size, r#"fill="url(#open)""#);
            }
            panel.vertical_axis(svg, widest);
            panel.horizontal_axis(svg, (k + 1 == panels.len()).then_some(self.origin));
            self.curves(svg, panel);
            let frame = r##"fill="none" stroke="#222" stroke-width="1""##;
            svg.rectangle(panel.at, panel.size, frame);
            self.peak(svg, panel);
        }
        self.legend(svg, [at[0], at[1] - 14.0]);
    }

    fn style(&self, curve: &Curve, width: f64) -> String {
        let surface = &self.surfaces[curve.surface];
        let dashes = if curve.line == DIAGONAL { DOTTED } else { surface.dashes };
        format!(r#"stroke="{}" stroke-width="{width}" {dashes}"#, surface.colour)
    }

    fn curves(&self, svg: &mut Svg, panel: &Panel<'_>) {
        for &(surface, mean) in &panel.curves.means {
            let y = panel.place([0.0, mean])[1];
            let [left, right] = [panel.at[0], panel.at[0] + panel.size[0]];
            match surface {
                None => svg.line([left, y], [right, y], MEAN),
                Some(k) => {
                    let colour = self.surfaces[k].colour;
                    let style = format!(r#"stroke="{colour}" stroke-width="0.9" {UNIFORM_DASHES}"#);
                    svg.line([left, y], [right, y], &style);
                }
            }
        }
        for curve in &panel.curves.curves {
            let points: Vec<_> = curve.points.iter().map(|&p| panel.place(p)).collect();
            if curve.connected {
                let style = format!(r#"{} stroke-linejoin="round""#, self.style(curve, 2.0));
                svg.polylines(std::iter::once(&points[..]), &style);
            } else {
                let every = points.len().div_ceil(2000);
                let style = format!(r#"fill="{}""#, self.surfaces[curve.surface].colour);
                for &p in points.iter().step_by(every) {
                    svg.circle(p, 1.3, &style);
                }
            }
        }
    }

    fn defect_band(&self, svg: &mut Svg, panel: &Panel<'_>, with_name: bool) {
        let Some((radius, name)) = self.defect.filter(|(r, _)| *r < panel.x[1]) else { return };
        let width = panel.place([radius, 0.0])[0] - panel.at[0];
        svg.rectangle(panel.at, [width, panel.size[1]], r##"fill="#ececec""##);
        if width > 40.0 && with_name {
            let x = panel.at[0] + 0.5 * width;
            let points = panel.curves.curves.iter().flat_map(|c| &c.points);
            let means = panel.curves.means.iter().map(|&(_, mean)| [0.0, mean]);
            let here = points.copied().filter(|p| p[0] <= radius).chain(means);
            let here: Vec<f64> = here.map(|p| panel.place(p)[1]).collect();
            // At the bottom, or where no curve runs through the name.
            let height = panel.size[1];
            let free = [height - 12.0, 0.5 * height, 24.0, 0.75 * height]
                .map(|y| panel.at[1] + y)
                .into_iter()
                .find(|y| here.iter().all(|h| (h - y + 4.0).abs() > 14.0));
            if let Some(y) = free {
                svg.text_on_map([x, y], Anchor::Middle, r##"fill="#555""##, name);
            }
        }
    }

    /// Marks the largest value, except of the contact fraction and of the potential.
    fn peak(&self, svg: &mut Svg, panel: &Panel<'_>) {
        if matches!(panel.curves.content, Content::Fraction | Content::Potential) {
            return;
        }
        let all = || panel.curves.curves.iter().flat_map(|c| c.points.iter().map(move |p| (*p, c)));
        // Of equal values the first.
        let larger = |a: ([f64; 2], _), b: ([f64; 2], _)| if b.0[1] > a.0[1] { b } else { a };
        let lowest = all().map(|(p, _)| p[1]).fold(f64::MAX, f64::min);
        let mut peaks: Vec<([f64; 2], &Curve)> = Vec::new();
        match self.every_peak {
            false => peaks.extend(all().reduce(larger)),
            true => (0..self.surfaces.len()).for_each(|k| {
                peaks.extend(all().filter(|(_, c)| c.surface == k).reduce(larger));
            }),
        }
        let unit = format!(" {}", panel.unit.name);
        let tell = |v: f64| format!("{}{}", four_digits(v * panel.unit.per_si), unit.trim_end());
        let bold = r#"font-weight="bold""#;
        let middle = panel.at[0] + 0.5 * panel.size[0];
        let highest = peaks.iter().map(|(p, _)| p[1]).fold(f64::MIN, f64::max);
        if let Some((peak, _)) = peaks.first()
            && highest - lowest <= UNIFORM * highest.abs()
        {
            let text = format!("{} everywhere", tell(peak[1]));
            let y = panel.place(*peak)[1] - 8.0;
            svg.text_on_map([middle, y], Anchor::Middle, bold, &text);
            return;
        }
        let mut taken: Vec<f64> = Vec::new();
        for (peak, curve) in peaks {
            let at = panel.place(peak);
            let colour = self.surfaces[curve.surface].colour;
            svg.circle(at, 4.0, &format!(r#"fill="white" stroke="{colour}" stroke-width="2""#));
            let distance = match peak[0] {
                0.0 => "0".to_owned(),
                d => four_digits(d * panel.length.per_si),
            };
            let word = if panel.curves.content == Content::Gap { "largest" } else { "peak" };
            let short = format!("{word} {}", tell(peak[1]));
            let long = format!("{short} at {distance} {}", panel.length.name);
            let length = |text: &str| 1.1 * DIGIT * text.chars().count() as f64;
            let room = (panel.at[0] + panel.size[0] - at[0]).max(at[0] - panel.at[0]) - 12.0;
            let text = if length(&long) <= room { long } else { short };
            let length = length(&text);
            // To the side on which there is more room, within the frame, above the curve, which has its
            // highest point here; not above another such text.
            let [left, right] = [panel.at[0] + 4.0, panel.at[0] + panel.size[0] - 4.0];
            let (x, anchor) = match at[0] < middle {
                true => ((at[0] + 8.0).min(right - length).max(left), Anchor::Start),
                false => ((at[0] - 8.0).max(left + length).min(right), Anchor::End),
            };
            let mut y = (at[1] - 7.0).max(panel.at[1] + 11.0);
            while let Some(other) = taken.iter().find(|t| (**t - y).abs() < 12.0) {
                y = other + 12.5;
            }
            taken.push(y);
            let fill = if self.every_peak { colour } else { "#000" };
            let style = format!(r#"{bold} fill="{fill}""#);
            svg.text_on_map([x, y], anchor, &style, &text);
        }
    }

    /// The curves for a page, drawn as by [`CurveStack::draw`].
    pub fn hover(&self, at: [f64; 2], height: f64) -> Vec<HoverArea> {
        let panels = self.place_panels(at, height);
        let area = panels.iter().map(|panel| {
            let curve = |c: &Curve| {
                let label = format!("{}{}", self.surfaces[c.surface].name, c.line);
                let every = c.points.len().div_ceil(MOST_POINTS).max(1);
                let points = c.points.iter().step_by(every);
                let told = |p: &[f64; 2]| [p[0] * panel.length.per_si, p[1] * panel.unit.per_si];
                hover::Curve { name: label, points: points.map(told).collect() }
            };
            let connected = panel.curves.curves.iter().filter(|c| c.connected);
            let scale = |name: &str, unit: Unit, [low, high]: [f64; 2]| hover::Scale {
                name: name.into(),
                unit: unit.name.into(),
                low: low * unit.per_si,
                high: high * unit.per_si,
                logarithmic: false,
            };
            HoverArea::Curves {
                frame: [panel.at[0], panel.at[1], panel.size[0], panel.size[1]],
                x: scale("distance", panel.length, panel.x),
                y: scale(panel.curves.content.name(), panel.unit, panel.y),
                curves: connected.map(curve).collect(),
            }
        });
        area.collect()
    }

    /// The numbers of the curves, distances and values, in SI units.
    pub fn data(&self) -> Vec<Series> {
        let mut series: Vec<Series> = Vec::new();
        let mut written: Vec<(String, Vec<String>)> = Vec::new();
        for panel in self.panels {
            for curve in &panel.curves {
                let label = format!("{}{}", self.surfaces[curve.surface].name, curve.line);
                let column = |k: usize| -> Vec<String> {
                    curve.points.iter().map(|p| number_text(p[k])).collect()
                };
                let distances = (label.clone(), column(0));
                if !written.contains(&distances) {
                    series.push(Series {
                        name: format!("{label}: distance"),
                        unit: "m".into(),
                        values: distances.1.clone(),
                    });
                    written.push(distances);
                }
                series.push(Series {
                    name: format!("{label}: {}", panel.content.column()),
                    unit: panel.content.si_unit().into(),
                    values: column(1),
                });
            }
        }
        series
    }

    fn legend_rows(&self) -> Vec<Vec<(f64, Entry)>> {
        let mut entries: Vec<Entry> = Vec::new();
        for curve in self.panels.iter().flat_map(|p| &p.curves) {
            let name = &self.surfaces[curve.surface].name;
            // With several surfaces, dots stand for the line x = y on all of them.
            let (label, style) = match curve.line {
                _ if self.surfaces.len() < 2 => {
                    (format!("{name}{}", curve.line), self.style(curve, 2.5))
                }
                DIAGONAL => (
                    "on x = y".to_owned(),
                    format!(r##"stroke="#222" stroke-width="2.5" {DOTTED}"##),
                ),
                _ => (name.clone(), self.style(curve, 2.5)),
            };
            if !entries.iter().any(|e| e.label == label) {
                entries.push(Entry { label, mark: Mark::Line(style) });
            }
        }
        // The dots after all names.
        entries.sort_by_key(|e| e.label == "on x = y");
        if self.panels.iter().any(|p| !p.means.is_empty()) {
            entries.push(Entry { label: "uniform".into(), mark: Mark::Line(MEAN.to_owned()) });
        }
        if !open_parts(self.panels).is_empty() {
            entries.push(Entry { label: "open".into(), mark: Mark::Hatched });
        }
        let mut rows: Vec<Vec<(f64, Entry)>> = vec![Vec::new()];
        let mut x = 0.0;
        for entry in entries {
            let width = 27.0 + DIGIT * 0.97 * entry.label.chars().count() as f64;
            if x > 0.0 && x + width > self.width {
                rows.push(Vec::new());
                x = 0.0;
            }
            if let Some(row) = rows.last_mut() {
                row.push((x, entry));
            }
            x += width + 19.0;
        }
        rows
    }

    /// The legend, its last row at `at`.
    fn legend(&self, svg: &mut Svg, at: [f64; 2]) {
        for (k, row) in self.legend_rows().iter().rev().enumerate() {
            let y = at[1] - 18.0 * k as f64;
            for (x, entry) in row {
                let x = at[0] + x;
                match &entry.mark {
                    Mark::Line(style) => svg.line([x, y - 4.0], [x + 22.0, y - 4.0], style),
                    Mark::Hatched => {
                        let style = r##"fill="url(#open)" stroke="#777" stroke-width="0.8""##;
                        svg.rectangle([x, y - 10.0], [22.0, 12.0], style);
                    }
                }
                svg.text([x + 27.0, y], Anchor::Start, "", &entry.label);
            }
        }
    }
}

impl<'a> Panel<'a> {
    fn new(curves: &'a Curves, at: [f64; 2], size: [f64; 2], x: [f64; 2]) -> Panel<'a> {
        let points = || curves.curves.iter().flat_map(|c| &c.points).map(|p| p[1]);
        // The mean belongs into the picture, and so does zero.
        let mut origins: Vec<f64> = curves.means.iter().map(|m| m.1).collect();
        if curves.means.is_empty() && curves.content != Content::Potential {
            origins.push(0.0);
        }
        let shown = || points().chain(origins.iter().copied());
        let (low, high) = (shown().fold(f64::MAX, f64::min), shown().fold(f64::MIN, f64::max));
        let spread = (high - low).max(1e-3 * high.abs());
        // For the text at the peak.
        let room = 34.0 / size[1];
        let y = match curves.content {
            Content::Current | Content::CurrentDensity
                if high > 0.0 && high - low <= UNIFORM * high.abs() =>
            {
                [-0.06 * high, 1.2 * high]
            }
            Content::Current | Content::CurrentDensity | Content::Potential if spread > 0.0 => {
                [low - 0.12 * spread, high + room.max(0.14) * spread]
            }
            Content::Fraction => [low.min(-0.06), high.max(1.06)],
            _ if spread > 0.0 => [low - 0.06 * spread, high + room * spread],
            _ => [-0.06, 1.0],
        };
        let most = if curves.content == Content::Potential { high - low } else { high.max(-low) };
        let (length, unit) = (length_unit(x[1]), curves.content.unit(most));
        Panel { curves, at, size, x, y, length, unit }
    }

    fn place(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let part = |v: f64, [low, high]: [f64; 2]| (v - low) / (high - low);
        [
            self.at[0] + self.size[0] * part(x, self.x),
            self.at[1] + self.size[1] * (1.0 - part(y, self.y)),
        ]
    }

    /// Whether name and unit of the vertical axis are longer than the panel is high.
    fn needs_two_lines(&self) -> bool {
        let unit = self.unit.name.chars().count();
        let length = self.curves.content.name().chars().count() + unit + 3;
        unit > 0 && 1.07 * DIGIT * length as f64 > self.size[1]
    }

    fn vertical_ticks(&self) -> Ticks {
        let [low, high] = self.y.map(|v| v * self.unit.per_si);
        Ticks::new(low, high, ((self.size[1] / 28.0) as usize).clamp(3, 6))
    }

    /// Characters of the longest label at the vertical axis.
    fn widest_label(&self) -> usize {
        let ticks = self.vertical_ticks();
        ticks.at.iter().map(|&t| ticks.label(t).chars().count()).max().unwrap_or(0)
    }

    /// The horizontal axis; with labels and name where it is said what distances are counted from.
    fn horizontal_axis(&self, svg: &mut Svg, origin: Option<&str>) {
        let bottom = self.at[1] + self.size[1];
        let per_si = self.length.per_si;
        let ticks = Ticks::new(self.x[0] * per_si, self.x[1] * per_si, 6);
        for &t in &ticks.at {
            let x = self.place([t / per_si, 0.0])[0];
            svg.line([x, bottom], [x, bottom + 5.0], r##"stroke="#222""##);
            if origin.is_some() {
                svg.text([x, bottom + 18.0], Anchor::Middle, "", &ticks.label(t));
            }
        }
        if let Some(origin) = origin {
            let name = format!("distance from {origin} ({})", self.length.name);
            let at = [self.at[0] + 0.5 * self.size[0], bottom + 38.0];
            svg.text(at, Anchor::Middle, NAME, &name);
        }
    }

    /// The vertical axis, its name clear of labels of `widest` characters.
    fn vertical_axis(&self, svg: &mut Svg, widest: usize) {
        let [left, top] = self.at;
        let ticks = self.vertical_ticks();
        for &t in &ticks.at {
            let y = self.place([0.0, t / self.unit.per_si])[1];
            svg.line([left - 5.0, y], [left, y], r##"stroke="#222""##);
            svg.text([left - 8.0, y + 4.0], Anchor::End, "", &ticks.label(t));
        }
        let at = [left - 22.0 - DIGIT * widest as f64, top + 0.5 * self.size[1]];
        match self.unit.name {
            "" => svg.text_upwards(at, NAME, self.curves.content.name()),
            unit if self.needs_two_lines() => {
                let above = [at[0] - LINE, at[1]];
                svg.text_upwards(above, NAME, self.curves.content.name());
                svg.text_upwards(at, NAME, &format!("({unit})"));
            }
            unit => {
                let name = format!("{} ({unit})", self.curves.content.name());
                svg.text_upwards(at, NAME, &name);
            }
        }
    }
}
