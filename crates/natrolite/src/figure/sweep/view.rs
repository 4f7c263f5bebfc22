//! Axes and quantities of a sweep as figures show them: short names, handy units, few numbers.

use super::span::{Span, short};
use crate::case::quantity_in_words;
use crate::sweep::{SweepAxis, SweepQuantity, SweepResults};
use crate::units::{handy_unit, typeset_unit};

/// Relative differences of steps below this are rounding.
const EVEN: f64 = 1e-6;

/// An axis, its values in a handy unit.
pub struct AxisView {
    /// Its number among the axes of the sweep.
    pub axis: usize,
    /// For example `conductivity of NAS`.
    pub name: String,
    /// Path in the case.
    pub key: String,
    /// As printed; empty for a pure number.
    pub unit: String,
    pub values: Vec<f64>,
    pub spacing: Spacing,
}

/// How the values of an axis follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// In equal steps.
    Linear,
    /// In equal ratios.
    Logarithmic,
    /// Otherwise.
    Listed,
}

impl AxisView {
    /// Of axis number `axis`.
    pub fn new(sweep: &SweepResults, axis: usize) -> AxisView {
        let SweepAxis { key, unit, values } = &sweep.axes[axis];
        let largest = values.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
        let (symbol, size) = handy_unit(largest, unit);
        let name = short_name(key);
        let is_ambiguous =
            sweep.axes.iter().enumerate().any(|(k, a)| k != axis && short_name(&a.key) == name);
        AxisView {
            axis,
            name: if is_ambiguous { key.clone() } else { name },
            key: key.clone(),
            unit: typeset_unit(&symbol),
            values: values.iter().map(|v| v / size).collect(),
            spacing: spacing(values),
        }
    }

    /// A value with its unit.
    pub fn label(&self, place: usize) -> String {
        let number = short(self.values[place]);
        if self.unit.is_empty() { number } else { format!("{number} {}", self.unit) }
    }

    /// An axis for curves over it.
    pub fn span(&self, margin: f64) -> Option<Span> {
        let mut span = Span::around(self.values.iter().copied(), 0.0)?;
        match self.spacing {
            Spacing::Linear => span.logarithmic = false,
            Spacing::Logarithmic => span.logarithmic = span.low > 0.0 && span.high > span.low,
            Spacing::Listed => {}
        }
        Some(span.widened(margin))
    }
}

/// `material.NAS.ohm.conductivity` as words: conductivity of NAS.
fn short_name(key: &str) -> String {
    let parts: Vec<&str> = key.split('.').collect();
    let last = parts.last().copied().unwrap_or_default().replace('_', " ");
    match parts[..] {
        ["material" | "boundary" | "interface", place, ..] if parts.len() > 2 => {
            format!("{last} of {place}")
        }
        _ => last,
    }
}

fn spacing(values: &[f64]) -> Spacing {
    let is_even = |values: &mut dyn Iterator<Item = f64>| {
        let values: Vec<f64> = values.collect();
        let step = (values[values.len() - 1] - values[0]) / (values.len() - 1) as f64;
        values.windows(2).all(|w| (w[1] - w[0] - step).abs() <= EVEN * step.abs()) && step != 0.0
    };
    // Two values lie on any scale.
    if values.len() < 3 {
        return Spacing::Listed;
    }
    if is_even(&mut values.iter().copied()) {
        return Spacing::Linear;
    }
    if values.iter().all(|v| *v > 0.0) && is_even(&mut values.iter().map(|v| v.ln())) {
        return Spacing::Logarithmic;
    }
    Spacing::Listed
}

/// A quantity in a handy unit.
pub struct QuantityView<'a> {
    /// For example `peak factor of anode`.
    pub name: String,
    /// For names of files: `peak_factor_anode`.
    pub stem: String,
    /// As printed; empty for a pure number.
    pub unit: String,
    /// Its size in SI units.
    pub size: f64,
    pub quantity: &'a SweepQuantity,
}

impl<'a> QuantityView<'a> {
    /// Of a quantity.
    pub fn new(quantity: &'a SweepQuantity) -> QuantityView<'a> {
        let finite = quantity.values.iter().filter(|v| v.is_finite());
        let largest = finite.fold(0.0, |m: f64, v| m.max(v.abs()));
        let (symbol, size) = handy_unit(largest, &quantity.unit);
        QuantityView {
            name: quantity_in_words(&quantity.name),
            stem: stem(&quantity.name),
            unit: typeset_unit(&symbol),
            size,
            quantity,
        }
    }

    /// The value at a point in the unit; NaN where there is none.
    pub fn value(&self, point: usize) -> f64 {
        self.quantity.values[point] / self.size
    }
}

/// A name as a part of a file's: small letters, digits and underscores.
pub fn stem(name: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    name.chars().map(letter).collect()
}

/// At most `most` of `count` numbers, evenly, with the first and the last.
pub fn evenly(count: usize, most: usize) -> Vec<usize> {
    match count <= most {
        true => (0..count).collect(),
        false => (0..most).map(|k| (k * (count - 1) + (most - 1) / 2) / (most - 1)).collect(),
    }
}
