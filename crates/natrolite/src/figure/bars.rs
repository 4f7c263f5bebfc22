//! Horizontal bars: for each of several words one bar of each run, the values beside them.

use super::axis::{Ticks, Unit, four_digits};
use super::colour::CURVES;
use super::svg::{Anchor, DIGIT, NAME, ONE_COLUMN, Svg};

/// Height of a bar, of the space between groups, and of the rows of the legend.
const BAR: f64 = 13.0;
const BETWEEN: f64 = 9.0;
const ROW: f64 = 16.0;
/// Room for the numbers beside the bars.
const NUMBERS: f64 = 72.0;

/// Bars in groups.
pub struct Bars {
    /// What the bars are called; one entry a run.
    pub runs: Vec<String>,
    /// What each group shows, and the value of each run in SI units.
    pub groups: Vec<(String, Vec<Option<f64>>)>,
    /// Name of the axis and its unit.
    pub axis: (String, Unit),
    /// Set apart from the others: the number of the group before which a line is drawn.
    pub rule: Option<usize>,
}

impl Bars {
    /// The drawing, as wide as a column.
    pub fn draw(&self) -> Svg {
        let per_si = self.axis.1.per_si;
        let with_legend = self.runs.len() > 1;
        let top = 8.0 + if with_legend { ROW * self.runs.len() as f64 } else { 0.0 };
        let group = BAR * self.runs.len() as f64 + BETWEEN;
        let height = group * self.groups.len() as f64 + BETWEEN;
        let widest = self.groups.iter().map(|g| g.0.chars().count()).max().unwrap_or(0);
        let left = 14.0 + DIGIT * widest as f64;
        let width = ONE_COLUMN - left - 10.0;
        let values = || self.groups.iter().flat_map(|g| &g.1).flatten().map(|v| v * per_si);
        let low = values().fold(0.0, f64::min);
        let high = values().fold(0.0, f64::max);
        let scale = (width - NUMBERS - if low < 0.0 { NUMBERS } else { 0.0 })
            / Some(high - low).filter(|s| *s > 0.0).unwrap_or(1.0);
        let zero = left + if low < 0.0 { NUMBERS - low * scale } else { 0.0 };

        let mut svg = Svg::new(ONE_COLUMN, top + height + 42.0);
        for k in 0..self.runs.len() {
            svg.raw(&pattern(k));
        }
        if with_legend {
            for (k, run) in self.runs.iter().enumerate() {
                let y = 8.0 + ROW * k as f64;
                svg.rectangle([left, y], [22.0, 10.0], &fill(k));
                svg.text([left + 28.0, y + 9.0], Anchor::Start, "", run);
            }
        }
        let ticks = Ticks::new(low, high, 4);
        for &t in &ticks.at {
            let x = zero + t * scale;
            svg.line([x, top], [x, top + height], r##"stroke="#ddd""##);
            svg.line([x, top + height], [x, top + height + 5.0], r##"stroke="#222""##);
            svg.text([x, top + height + 17.0], Anchor::Middle, "", &ticks.label(t));
        }
        for (g, (name, values)) in self.groups.iter().enumerate() {
            let y = top + BETWEEN + group * g as f64;
            if self.rule == Some(g) {
                let y = y - 0.5 * BETWEEN;
                svg.line([left, y], [left + width, y], r##"stroke="#222" stroke-width="0.8""##);
            }
            let middle = y + 0.5 * (group - BETWEEN) + 4.0;
            svg.text([left - 7.0, middle], Anchor::End, "", name);
            for (k, value) in values.iter().enumerate() {
                let Some(value) = value.map(|v| v * per_si) else { continue };
                let y = y + BAR * k as f64;
                let (from, to) = (zero.min(zero + value * scale), zero.max(zero + value * scale));
                svg.rectangle([from, y + 1.0], [to - from, BAR - 2.0], &fill(k));
                let text = signed(value);
                let (x, anchor) = match value < 0.0 {
                    true => (from - 5.0, Anchor::End),
                    false => (to + 5.0, Anchor::Start),
                };
                svg.text([x, y + BAR - 3.0], anchor, "", &text);
            }
        }
        svg.line([zero, top], [zero, top + height], r##"stroke="#222""##);
        let frame = r##"fill="none" stroke="#222" stroke-width="1""##;
        svg.rectangle([left, top], [width, height], frame);
        let name = format!("{} ({})", self.axis.0, self.axis.1.name);
        svg.text([left + 0.5 * width, top + height + 34.0], Anchor::Middle, NAME, &name);
        svg
    }
}

fn signed(value: f64) -> String {
    let text = four_digits(value.abs());
    if value < 0.0 { format!("\u{2212}{text}") } else { text }
}

fn fill(k: usize) -> String {
    let colour = CURVES[k % CURVES.len()];
    match k {
        0 => format!(r#"fill="{colour}""#),
        _ => format!(r#"fill="url(#bar{k})" stroke="{colour}" stroke-width="1""#),
    }
}

/// Hatchings that differ in direction and density; the first bar is full.
fn pattern(k: usize) -> String {
    let (angle, step) = [(0, 4), (45, 4), (135, 5), (0, 3), (90, 4), (45, 7), (135, 8)][k % 7];
    let colour = CURVES[k % CURVES.len()];
    format!(
        concat!(
            r#"<defs><pattern id="bar{k}" width="{s}" height="{s}" patternUnits="userSpaceOnUse" "#,
            r#"patternTransform="rotate({angle})"><rect width="{s}" height="{s}" fill="{colour}" "#,
            r#"fill-opacity="0.25"/><line x1="0" y1="0" x2="0" y2="{s}" stroke="{colour}" "#,
            r#"stroke-width="2.4"/></pattern></defs>"#
        ),
        k = k,
        s = step,
        angle = angle,
        colour = colour
    )
}
