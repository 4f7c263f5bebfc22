//! A numeric axis of a plot, linear or logarithmic.

use crate::figure::axis::Ticks;
use crate::figure::svg::{Anchor, Svg};
use crate::figure::{Scale, axis::four_digits};
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

/// A mark on an axis; without a label where there is no room for one.
pub struct Tick {
    pub at: f64,
    pub label: Option<String>,
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

    /// About `count` labelled ticks.
    pub fn ticks(&self, count: usize) -> Vec<Tick> {
        if !self.logarithmic || self.high / self.low < 3.0 {
            let ticks = Ticks::new(self.low, self.high, count);
            return ticks.at.iter().map(|&at| Tick { at, label: Some(ticks.label(at)) }).collect();
        }
        let decades = (self.low.log10().floor() as i32)..=(self.high.log10().ceil() as i32);
        let total = (self.high / self.low).log10();
        let digits: &[f64] = match total {
            t if t < 1.3 => &[1.0, 2.0, 3.0, 5.0],
            t if t < 2.6 => &[1.0, 2.0, 5.0],
            _ => &[1.0],
        };
        let every = (total / count as f64).ceil().max(1.0) as i32;
        let mut ticks = Vec::new();
        for decade in decades {
            for digit in 1..10 {
                let at = f64::from(digit) * 10_f64.powi(decade);
                let inside = (-1e-9..=1.0 + 1e-9).contains(&self.part(at));
                let is_named = digits.contains(&f64::from(digit)) && decade.rem_euclid(every) == 0;
                if inside && (is_named || every == 1) {
                    ticks.push(Tick { at, label: is_named.then(|| power_label(digit, decade)) });
                }
            }
        }
        ticks
    }

    /// As what a page reads from it.
    pub fn scale(&self, name: &str, unit: &str) -> Scale {
        let Span { low, high, logarithmic } = *self;
        Scale { name: name.to_owned(), unit: unit.to_owned(), low, high, logarithmic }
    }
}

fn power_label(digit: i32, decade: i32) -> String {
    match decade {
        -3..=0 => format!("{:.*}", -decade as usize, f64::from(digit) * 10_f64.powi(decade)),
        1..=3 => (digit * 10_i32.pow(decade as u32)).to_string(),
        _ => {
            let label = typeset_number(&format!("{digit}e{decade}")).replace('\u{a0}', "");
            label.strip_prefix("1\u{d7}").map(str::to_owned).unwrap_or(label)
        }
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
    let bottom = at[1] + size[1];
    let mut free = f64::NEG_INFINITY;
    for tick in span.ticks(6) {
        let x = at[0] + size[0] * span.part(tick.at);
        let length = if tick.label.is_some() { 5.0 } else { 3.0 };
        svg.line([x, bottom], [x, bottom + length], LINE);
        // Labels that would touch the one before are left out.
        if let Some(label) = tick.label.filter(|label| x - 3.4 * width(label) > free) {
            svg.text([x, bottom + 18.0], Anchor::Middle, "", &label);
            free = x + 3.4 * width(&label) + 6.0;
        }
    }
    svg.text([at[0] + 0.5 * size[0], bottom + 38.0], Anchor::Middle, r#"font-size="13""#, name);
}

fn width(label: &str) -> f64 {
    label.chars().count() as f64
}

/// Ticks, labels and name to the left of a frame.
pub fn vertical_axis(svg: &mut Svg, at: [f64; 2], size: [f64; 2], span: &Span, name: &str) {
    let mut widest = 0.0_f64;
    let mut free = f64::INFINITY;
    for tick in span.ticks(6) {
        let y = at[1] + size[1] * (1.0 - span.part(tick.at));
        let length = if tick.label.is_some() { 5.0 } else { 3.0 };
        svg.line([at[0] - length, y], [at[0], y], LINE);
        if let Some(label) = tick.label.filter(|_| y < free) {
            svg.text([at[0] - 8.0, y + 4.0], Anchor::End, "", &label);
            widest = widest.max(width(&label));
            free = y - 14.0;
        }
    }
    let x = at[0] - 20.0 - 6.7 * widest;
    svg.text_upwards([x.max(13.0), at[1] + 0.5 * size[1]], r#"font-size="13""#, name);
}
