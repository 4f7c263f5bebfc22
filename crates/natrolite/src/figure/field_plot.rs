//! A field in colours with lines of equal value, axes in metres, and a colour bar.

use super::axis::{Ticks, Unit, length_unit, logarithmic_ticks};
use super::colour::{gradient, viridis};
use super::contour::{contour, length, thin};
use super::hover::{HoverArea, Scale as AxisScale};
use super::image::data_uri;
use super::raster::Raster;
use super::svg::{Anchor, DIGIT, NAME, Svg};

/// Most values that a page is told along an axis.
const MOST_VALUES: f64 = 120.0;

/// How lines of equal value are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// Not at all.
    None,
    /// White.
    Plain,
    /// White, with their values.
    Labelled,
    /// White and dotted, with their values: where other lines are more important.
    Dotted,
}

impl Lines {
    fn stroke(self) -> &'static str {
        match self {
            Lines::Dotted => {
                r#"stroke="white" stroke-width="0.9" stroke-dasharray="1.5 2.5" stroke-opacity="0.9""#
            }
            _ => r#"stroke="white" stroke-width="1" stroke-opacity="0.85""#,
        }
    }

    fn labelled(self) -> bool {
        matches!(self, Lines::Labelled | Lines::Dotted)
    }
}

/// Pixels of the raster per pixel of the picture, for sharp print.
pub const OVERSAMPLING: f64 = 2.0;

/// What the colours stand for.
pub struct Scale {
    /// Name of the field.
    pub name: &'static str,
    pub unit: Unit,
    /// Values of the lowest and the highest colour, ascending; on a logarithmic scale their decimal
    /// logarithms, as those in the raster.
    pub range: [f64; 2],
    /// True where higher values, drawn in the highest colour, are left out of the range.
    pub open_above: bool,
    /// True where lower values, drawn in the lowest colour, are left out of the range.
    pub open_below: bool,
    /// Whether equal ratios have equal distances.
    pub logarithmic: bool,
}

impl Scale {
    /// A linear scale.
    pub fn linear(name: &'static str, unit: Unit, range: [f64; 2]) -> Scale {
        let (open_above, open_below, logarithmic) = (false, false, false);
        Scale { name, unit, range, open_above, open_below, logarithmic }
    }

    /// About `count` values of the raster within the range, and what to call them.
    pub fn ticks(&self, count: usize) -> Vec<(f64, String)> {
        let per_si = self.unit.per_si;
        if self.logarithmic {
            let [low, high] = self.range.map(|v| v + per_si.log10());
            let ticks = logarithmic_ticks(low, high, count).into_iter();
            return ticks.map(|(at, label)| (at - per_si.log10(), label)).collect();
        }
        let [low, high] = self.range.map(|v| v * per_si);
        let ticks = Ticks::new(low, high, count);
        ticks.at.iter().map(|&t| (t / per_si, ticks.label(t))).collect()
    }

    /// A value of the raster in the unit.
    pub fn told(&self, value: f64) -> f64 {
        let si = if self.logarithmic { 10_f64.powf(value) } else { value };
        si * self.unit.per_si
    }

    /// What the colour bar is called.
    pub fn heading(&self) -> String {
        match self.unit.name {
            "" => self.name.to_owned(),
            unit => format!("{} ({unit})", self.name),
        }
    }
}

/// A field sampled over a window of the section.
pub struct FieldPlot {
    pub raster: Raster,
    pub scale: Scale,
    /// Lower left and upper right corner \[m\].
    pub window: [[f64; 2]; 2],
    /// Size of the plot in pixels of the picture.
    pub size: [f64; 2],
    pub axis_names: [&'static str; 2],
    /// Regions taken out of the colours and their common value.
    pub apart: Vec<(u32, f64)>,
    /// Prefix of the names by which elements of the drawing refer to each other.
    pub id: &'static str,
}

/// The size in pixels of a plot of `window` in a room of pixels; none where it would vanish.
pub fn fit(window: [[f64; 2]; 2], room: [f64; 2]) -> Option<[f64; 2]> {
    let span = [window[1][0] - window[0][0], window[1][1] - window[0][1]];
    let scale = (room[0] / span[0]).min(room[1] / span[1]);
    let size = span.map(|s| s * scale);
    size.iter().all(|s| *s >= 1.0).then_some(size)
}

impl FieldPlot {
    /// The place in the picture of a point of the section, the plot's corner being at `at`.
    pub fn place(&self, at: [f64; 2], p: [f64; 2]) -> [f64; 2] {
        let scale = self.size[0] / (self.window[1][0] - self.window[0][0]);
        [
            at[0] + (p[0] - self.window[0][0]) * scale,
            at[1] + self.size[1] - (p[1] - self.window[0][1]) * scale,
        ]
    }

    /// Colours, lines of equal value and the colour bar; what is clipped to the plot refers to the
    /// clip path that this defines, see [`FieldPlot::clip`].
    pub fn draw_field(&self, svg: &mut Svg, at: [f64; 2], lines: Lines) {
        let [w, h] = self.size;
        let [low, high] = self.scale.range;
        self.define_clip(svg, at);
        let uri = data_uri(&self.raster, low, high);
        svg.raw(&format!(
            r#"<image x="{}" y="{}" width="{w}" height="{h}" preserveAspectRatio="none" xlink:href="{uri}"/>"#,
            at[0], at[1]
        ));
        let ticks = self.scale.ticks(((h / 30.0) as usize).clamp(4, 8));
        if lines != Lines::None {
            self.lines_of_equal_value(svg, at, &ticks, lines);
        }
        self.bar(svg, [at[0] + w + 12.0, at[1]], &ticks);
    }

    /// Defines what [`FieldPlot::clip`] refers to.
    pub fn define_clip(&self, svg: &mut Svg, at: [f64; 2]) {
        let ([x, y], [w, h]) = (at, self.size);
        svg.raw(&format!(
            r#"<defs><clipPath id="{}"><rect x="{x}" y="{y}" width="{w}" height="{h}"/></clipPath></defs>"#,
            self.id
        ));
    }

    /// Draws something that is cut off at the frame.
    pub fn clip(&self, svg: &mut Svg, draw: impl FnOnce(&mut Svg)) {
        svg.raw(&format!(r#"<g clip-path="url(#{})">"#, self.id));
        draw(svg);
        svg.raw("</g>");
    }

    /// The place in the picture of a place in the raster, in pixels (column, row).
    pub fn place_pixel(&self, at: [f64; 2], p: [f64; 2]) -> [f64; 2] {
        [
            at[0] + p[0] * self.size[0] / self.raster.width as f64,
            at[1] + p[1] * self.size[1] / self.raster.height as f64,
        ]
    }

    fn lines_of_equal_value(
        &self,
        svg: &mut Svg,
        at: [f64; 2],
        ticks: &[(f64, String)],
        style: Lines,
    ) {
        let mut labels: Vec<([f64; 2], &str)> = Vec::new();
        for (level, label) in ticks {
            let lines: Vec<Vec<[f64; 2]>> = contour(&self.raster, *level)
                .iter()
                .map(|line| thin(line).map(|p| self.place_pixel(at, p)).collect())
                .filter(|line: &Vec<_>| length(line) > 8.0)
                .collect();
            svg.polylines(lines.iter().map(|l| &l[..]), style.stroke());
            if let Some(place) = self.label_place(at, &lines, &labels).filter(|_| style.labelled())
            {
                labels.push((place, label));
            }
        }
        for (place, text) in &labels {
            let place = [place[0], place[1] + 4.0];
            svg.text_on_map(place, Anchor::Middle, r#"font-size="10""#, text);
        }
    }

    /// A point on a long enough line, away from other labels and from the frame.
    fn label_place(
        &self,
        at: [f64; 2],
        lines: &[Vec<[f64; 2]>],
        labels: &[([f64; 2], &str)],
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

    /// The frame, its ticks and names.
    pub fn draw_axes(&self, svg: &mut Svg, at: [f64; 2]) {
        let [w, h] = self.size;
        let unit = length_unit((self.window[1][0] - self.window[0][0]).abs());
        let [low, high] = self.window.map(|c| c.map(|x| x * unit.per_si));
        let ticks = Ticks::new(low[0], high[0], if w < 260.0 { 4 } else { 6 });
        for &t in &ticks.at {
            let x = self.place(at, [t / unit.per_si, 0.0])[0];
            svg.line([x, at[1] + h], [x, at[1] + h + 5.0], r##"stroke="#222""##);
            svg.text([x, at[1] + h + 17.0], Anchor::Middle, "", &ticks.label(t));
        }
        let ticks = Ticks::new(low[1], high[1], 6);
        let mut widest = 1;
        for &t in &ticks.at {
            widest = widest.max(ticks.label(t).chars().count());
            let y = self.place(at, [0.0, t / unit.per_si])[1];
            svg.line([at[0] - 5.0, y], [at[0], y], r##"stroke="#222""##);
            svg.text([at[0] - 8.0, y + 4.0], Anchor::End, "", &ticks.label(t));
        }
        let name = |k: usize| format!("{} ({})", self.axis_names[k], unit.name);
        svg.text([at[0] + 0.5 * w, at[1] + h + 34.0], Anchor::Middle, NAME, &name(0));
        let x = at[0] - 18.0 - DIGIT * widest as f64;
        svg.text_upwards([x, at[1] + 0.5 * h], NAME, &name(1));
        svg.rectangle(at, self.size, r##"fill="none" stroke="#222" stroke-width="1""##);
    }

    fn bar(&self, svg: &mut Svg, at: [f64; 2], ticks: &[(f64, String)]) {
        let size = [12.0, self.size[1]];
        let [low, high] = self.scale.range;
        let id = format!("{}_bar", self.id);
        svg.raw(&gradient(&id));
        svg.rectangle(at, size, &format!(r##"fill="url(#{id})" stroke="#222" stroke-width="1""##));
        let right = at[0] + size[0];
        // A tip: the colour at the end also stands for what is beyond.
        let mut tip = |y: f64, by: f64, [r, g, b]: [u8; 3]| {
            let corners = [[at[0], y], [at[0] + 0.5 * size[0], y + by], [right, y]];
            let colour = format!("#{r:02x}{g:02x}{b:02x}");
            let style = format!(r##"fill="{colour}" stroke="#222" stroke-width="1""##);
            svg.polygon(&corners, &style);
        };
        if self.scale.open_above {
            tip(at[1], -10.0, viridis(1.0));
        }
        if self.scale.open_below {
            tip(at[1] + size[1], 10.0, viridis(0.0));
        }
        let mut widest = 0;
        for (value, label) in ticks {
            let part = (value - low) / (high - low);
            let y = at[1] + size[1] * (1.0 - part);
            svg.line([right, y], [right + 4.0, y], r##"stroke="#222""##);
            svg.text([right + 7.0, y + 4.0], Anchor::Start, "", label);
            widest = widest.max(label.chars().count());
        }
        let x = right + 21.0 + DIGIT * widest as f64;
        svg.text_upwards([x, at[1] + 0.5 * size[1]], NAME, &self.scale.heading());
    }

    /// The values for a page, on a coarser grid.
    pub fn hover(&self, at: [f64; 2]) -> HoverArea {
        let raster = &self.raster;
        let longer = raster.width.max(raster.height) as f64;
        let count = |pixels: usize| {
            ((MOST_VALUES * pixels as f64 / longer).ceil() as usize).clamp(1, pixels.max(1))
        };
        let (columns, rows) = (count(raster.width), count(raster.height));
        let middle = |k: usize, count: usize, pixels: usize| {
            (((k as f64 + 0.5) * pixels as f64 / count as f64) as usize).min(pixels - 1)
        };
        let value = |k: usize| {
            let (column, row) = (k % columns, rows - 1 - k / columns);
            let pixel = middle(row, rows, raster.height) * raster.width
                + middle(column, columns, raster.width);
            let value = match raster.values[pixel] {
                v if v.is_nan() => return None,
                v if v.is_infinite() => {
                    let region = raster.regions[pixel];
                    self.apart.iter().find(|(r, _)| *r == region)?.1
                }
                v => v,
            };
            // Five digits are more than a picture shows, and keep a page small.
            format!("{:.4e}", self.scale.told(value)).parse().ok()
        };
        let unit = length_unit((self.window[1][0] - self.window[0][0]).abs());
        let axis = |k: usize| AxisScale {
            name: self.axis_names[k].into(),
            unit: unit.name.into(),
            low: self.window[0][k] * unit.per_si,
            high: self.window[1][k] * unit.per_si,
            logarithmic: false,
        };
        HoverArea::Grid {
            frame: [at[0], at[1], self.size[0], self.size[1]],
            x: axis(0),
            y: axis(1),
            columns,
            rows,
            name: self.scale.name.into(),
            unit: self.scale.unit.name.into(),
            values: (0..columns * rows).map(value).collect(),
        }
    }
}
