//! A field in colours with lines of equal value, axes in metres, and a colour bar.

use super::axis::{Ticks, Unit, length_unit};
use super::colour::gradient;
use super::contour::{contour, length, thin};
use super::image::data_uri;
use super::raster::Raster;
use super::svg::{Anchor, Svg};

/// Pixels of the raster per pixel of the picture, for sharp print.
pub const OVERSAMPLING: f64 = 2.0;

/// What the colours stand for.
pub struct Scale {
    /// Name of the field.
    pub name: &'static str,
    pub unit: Unit,
    /// Values of the lowest and the highest colour, ascending.
    pub range: [f64; 2],
    /// True where higher values, drawn in the highest colour, are left out of the range.
    pub open_above: bool,
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
    pub fn draw_field(&self, svg: &mut Svg, at: [f64; 2], labels: bool) {
        let [w, h] = self.size;
        let [low, high] = self.scale.range;
        svg.raw(&format!(
            r#"<defs><clipPath id="{}"><rect x="{}" y="{}" width="{w}" height="{h}"/></clipPath></defs>"#,
            self.id, at[0], at[1]
        ));
        let uri = data_uri(&self.raster, low, high);
        svg.raw(&format!(
            r#"<image x="{}" y="{}" width="{w}" height="{h}" preserveAspectRatio="none" xlink:href="{uri}"/>"#,
            at[0], at[1]
        ));
        let per_si = self.scale.unit.per_si;
        let ticks = Ticks::new(low * per_si, high * per_si, 8);
        self.lines_of_equal_value(svg, at, &ticks, labels);
        self.bar(svg, [at[0] + w + 16.0, at[1]], &ticks);
    }

    /// Draws something that is cut off at the frame.
    pub fn clip(&self, svg: &mut Svg, draw: impl FnOnce(&mut Svg)) {
        svg.raw(&format!(r#"<g clip-path="url(#{})">"#, self.id));
        draw(svg);
        svg.raw("</g>");
    }

    fn lines_of_equal_value(&self, svg: &mut Svg, at: [f64; 2], ticks: &Ticks, with_labels: bool) {
        let to_picture = |p: [f64; 2]| {
            [
                at[0] + p[0] * self.size[0] / self.raster.width as f64,
                at[1] + p[1] * self.size[1] / self.raster.height as f64,
            ]
        };
        let mut labels: Vec<([f64; 2], String)> = Vec::new();
        for &level in &ticks.at {
            let lines: Vec<Vec<[f64; 2]>> = contour(&self.raster, level / self.scale.unit.per_si)
                .iter()
                .map(|line| thin(line).map(to_picture).collect())
                .filter(|line: &Vec<_>| length(line) > 8.0)
                .collect();
            svg.polylines(
                lines.iter().map(|l| &l[..]),
                r#"stroke="white" stroke-width="1" stroke-opacity="0.85""#,
            );
            if let Some(place) = self.label_place(at, &lines, &labels).filter(|_| with_labels) {
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

    /// The frame, its ticks and names.
    pub fn draw_axes(&self, svg: &mut Svg, at: [f64; 2]) {
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

    fn bar(&self, svg: &mut Svg, at: [f64; 2], ticks: &Ticks) {
        let (size, unit) = ([14.0, self.size[1]], self.scale.unit);
        let [low, high] = self.scale.range;
        let id = format!("{}_bar", self.id);
        svg.raw(&gradient(&id));
        svg.rectangle(at, size, &format!(r##"fill="url(#{id})" stroke="#222" stroke-width="1""##));
        let right = at[0] + size[0];
        if self.scale.open_above {
            // A tip: the highest colour also stands for what is above.
            let tip = [[at[0], at[1]], [at[0] + 0.5 * size[0], at[1] - 11.0], [right, at[1]]];
            svg.polygon(&tip, r##"fill="#fde725" stroke="#222" stroke-width="1""##);
        }
        let mut widest = 0;
        for &t in &ticks.at {
            let part = (t / unit.per_si - low) / (high - low);
            let y = at[1] + size[1] * (1.0 - part);
            svg.line([right, y], [right + 4.0, y], r##"stroke="#222""##);
            let label = ticks.label(t);
            svg.text([right + 7.0, y + 4.0], Anchor::Start, "", &label);
            widest = widest.max(label.chars().count());
        }
        let x = right + 24.0 + 6.7 * widest as f64;
        let name = format!("{} ({})", self.scale.name, unit.name);
        svg.text_upwards([x, at[1] + 0.5 * size[1]], r#"font-size="13""#, &name);
    }
}
