//! A numeric axis of a plot, linear or logarithmic.

use crate::figure::Scale;
use crate::figure::axis::{Ticks, four_digits, logarithmic_ticks};
use crate::figure::svg::{Anchor, DIGIT, NAME, Svg};
use crate::units::typeset_number;

/// Beyond this ratio of positive values, a logarithmic axis shows more than a linear one.
const LOGARITHMIC: f64 = 30.0;

/// The colour of axes and frames.
pub const LINE: &str = r##"stroke="#222" stroke-width="1""##;

/// The values at the two ends of an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    pub low: f64,
    pub high: f64,
    pub logarithmic: bool,
}

impl Span {
    /// Around values, logarithmic where all are positive and differ much; with room at both ends when
    /// `margin` (a part of its length) is not zero. Nothing without finite values.
    pub fn around(values: impl Iterator<Item = f64> + Clone, margin: f64) -> Option<Span> {
        let finite = || values.clone().filter(|v| v.is_finite());
        let (low, high) = (finite().reduce(f64::min)?, finite().reduce(f64::max)?);
        let logarithmic = low > 0.0 && high / low > LOGARITHMIC;
        Some(Span { low, high, logarithmic }.widened(margin))
    }

    /// With room at both ends; a span of one value becomes one around it.
    pub fn widened(self, margin: f64) -> Span {
        let Span { low, high, logarithmic } = self;
        if low == high {
            let half = if low == 0.0 { 1.0 } else { 0.05 * low.abs() };
            return Span { low: low - half, high: high + half, logarithmic: false };
        }
        if logarithmic {
            let factor = (high / low).powf(margin);
            return Span { low: low / factor, high: high * factor, logarithmic };
        }
        let room = margin * (high - low);
        Span { low: low - room, high: high + room, logarithmic }
    }

    /// Where a value stands: 0 at the lower end, 1 at the upper one.
    pub fn part(&self, value: f64) -> f64 {
        match self.logarithmic {
            true => (value / self.low).ln() / (self.high / self.low).ln(),
            false => (value - self.low) / (self.high - self.low),
        }
    }

    /// At most about `count` ticks: values and labels.
    pub fn ticks(&self, count: usize) -> Vec<(f64, String)> {
        if self.logarithmic {
            let ticks = logarithmic_ticks(self.low.log10(), self.high.log10(), count);
            return ticks.into_iter().map(|(at, label)| (10_f64.powf(at), label)).collect();
        }
        let ticks = Ticks::new(self.low, self.high, count);
        ticks.at.iter().map(|&at| (at, ticks.label(at))).collect()
    }

    /// As what a page reads from it.
    pub fn scale(&self, name: &str, unit: &str) -> Scale {
        let Span { low, high, logarithmic } = *self;
        Scale { name: name.to_owned(), unit: unit.to_owned(), low, high, logarithmic }
    }
}

/// A name with its unit in brackets, if it has one.
pub fn with_unit(name: &str, unit: &str) -> String {
    if unit.is_empty() { name.to_owned() } else { format!("{name} ({unit})") }
}

/// A number of a legend: four digits at most.
pub fn short(value: f64) -> String {
    let text = four_digits(value);
    let text = match text.split_once('e') {
        Some((mantissa, exponent)) => format!("{}e{exponent}", trim(mantissa)),
        None => trim(&text).to_owned(),
    };
    typeset_number(&text).replace('\u{a0}', " ")
}

fn trim(digits: &str) -> &str {
    match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.'),
        false => digits,
    }
}

/// A frame for curves or points.
pub struct Frame {
    /// Upper left corner.
    pub at: [f64; 2],
    pub size: [f64; 2],
    pub x: Span,
    pub y: Span,
}

impl Frame {
    /// Where a point stands in the drawing.
    pub fn place(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [
            self.at[0] + self.size[0] * self.x.part(x),
            self.at[1] + self.size[1] * (1.0 - self.y.part(y)),
        ]
    }

    /// Left, top, width and height.
    pub fn rectangle(&self) -> [f64; 4] {
        [self.at[0], self.at[1], self.size[0], self.size[1]]
    }

    /// Frame, ticks, and names of the axes.
    pub fn draw(&self, svg: &mut Svg, [x, y]: [&str; 2]) {
        svg.rectangle(self.at, self.size, &format!(r#"fill="none" {LINE}"#));
        horizontal_axis(svg, self.at, self.size, &self.x, x);
        vertical_axis(svg, self.at, self.size, &self.y, y);
    }
}

/// Ticks, labels and name below a frame.
pub fn horizontal_axis(svg: &mut Svg, at: [f64; 2], size: [f64; 2], span: &Span, name: &str) {
    let mut free = f64::NEG_INFINITY;
    for (value, label) in span.ticks(8) {
        let x = at[0] + size[0] * span.part(value);
        let half = 0.5 * DIGIT * label.chars().count() as f64;
        // Labels that would touch the one before are left out.
        let label = if x - half > free { label.as_str() } else { "" };
        if !label.is_empty() {
            free = x + half + 5.0;
        }
        tick_below(svg, [x, at[1] + size[1]], label);
    }
    name_below(svg, at, size, name);
}

/// A tick and its label below the lower edge of a frame.
pub fn tick_below(svg: &mut Svg, [x, bottom]: [f64; 2], label: &str) {
    svg.line([x, bottom], [x, bottom + 4.0], LINE);
    if !label.is_empty() {
        svg.text([x, bottom + 16.0], Anchor::Middle, "", label);
    }
}

/// The name of a horizontal axis, below the labels of its ticks.
pub fn name_below(svg: &mut Svg, at: [f64; 2], size: [f64; 2], name: &str) {
    for (line, y) in wrap(name, size[0] + 40.0).iter().zip([33.0, 47.0]) {
        svg.text([at[0] + 0.5 * size[0], at[1] + size[1] + y], Anchor::Middle, NAME, line);
    }
}

/// Ticks, labels and name to the left of a frame.
pub fn vertical_axis(svg: &mut Svg, at: [f64; 2], size: [f64; 2], span: &Span, name: &str) {
    let mut widest = 0;
    for (value, label) in span.ticks(8) {
        tick_beside(svg, [at[0], at[1] + size[1] * (1.0 - span.part(value))], &label);
        widest = widest.max(label.chars().count());
    }
    name_beside(svg, at, size, (name, widest));
}

/// A tick and its label to the left of a frame.
pub fn tick_beside(svg: &mut Svg, [left, y]: [f64; 2], label: &str) {
    svg.line([left - 4.0, y], [left, y], LINE);
    svg.text([left - 6.0, y + 4.0], Anchor::End, "", label);
}

/// The name of a vertical axis, clear of labels of `widest` characters.
pub fn name_beside(svg: &mut Svg, at: [f64; 2], size: [f64; 2], (name, widest): (&str, usize)) {
    let lines = wrap(name, size[1] + 16.0);
    for (line, k) in lines.iter().rev().zip(0..) {
        let x = at[0] - 15.0 - DIGIT * widest as f64 - 14.0 * f64::from(k);
        svg.text_upwards(
            [x.max(10.0 + 14.0 * (lines.len() as f64 - 1.0 - f64::from(k))), at[1] + 0.5 * size[1]],
            NAME,
            line,
        );
    }
}

/// A name on one line, or on two when it is wider than `room`.
fn wrap(name: &str, room: f64) -> Vec<String> {
    let most = (room / DIGIT) as usize;
    let mut lines = vec![String::new()];
    for word in name.split(' ') {
        let length = |text: &str| text.chars().count();
        let last = lines.len() - 1;
        if !lines[last].is_empty() && last == 0 && length(&lines[last]) + 1 + length(word) > most {
            lines.push(word.to_owned());
        } else {
            if !lines[last].is_empty() {
                lines[last].push(' ');
            }
            lines[last] += word;
        }
    }
    for line in &mut lines {
        if line.chars().count() > most {
            *line = line.chars().take(most.saturating_sub(1)).chain(['…']).collect();
        }
    }
    lines
}
