//! The figure `voltage`: where the cell overpotential is lost.

use super::axis::potential_unit;
use super::bars::Bars;
use super::{Figure, Series, number_text};
use crate::results::Results;

const CELL: &str = "cell_overpotential";

/// The parts of the cell overpotential as bars; none where they are not known.
pub fn voltage(results: &Results) -> Option<Figure> {
    compare_voltages(&[("", results)])
}

/// The parts of several runs side by side; none where no run knows them.
pub fn compare_voltages(runs: &[(&str, &Results)]) -> Option<Figure> {
    let mut parts: Vec<&str> = Vec::new();
    for (_, results) in runs {
        let names = results.summary.quantities.iter().map(|(name, _)| name);
        for name in names.filter(|name| label(name).is_some()) {
            if !parts.contains(&name) {
                parts.push(name);
            }
        }
    }
    if parts.is_empty() {
        return None;
    }
    // Ohmic, then each kind of part of all surfaces, then the whole.
    parts.sort_by_key(|name| rank(name));
    parts.push(CELL);
    let value = |results: &Results, name: &str| {
        results.summary.quantities.get(name).map(|q| q.value).filter(|v| v.is_finite())
    };
    let values = |name: &str| runs.iter().map(|(_, r)| value(r, name)).collect::<Vec<_>>();
    let groups: Vec<_> =
        parts.iter().map(|n| (label(n).unwrap_or_else(|| "cell".into()), values(n))).collect();
    let largest = groups.iter().flat_map(|g| &g.1).flatten().fold(0.0, |m: f64, v| m.max(v.abs()));
    let bars = Bars {
        runs: runs.iter().map(|(name, _)| (*name).to_owned()).collect(),
        rule: Some(groups.len() - 1),
        groups,
        axis: ("overpotential".into(), potential_unit(largest)),
    };
    let words = parts.iter().map(|n| label(n).unwrap_or_else(|| "cell".into()));
    let mut data =
        vec![Series { name: "part".into(), unit: String::new(), values: words.collect() }];
    for (name, results) in runs {
        let number = |n: &&str| value(results, n).map_or_else(String::new, number_text);
        data.push(Series {
            name: if name.is_empty() { "overpotential".into() } else { (*name).to_owned() },
            unit: "V".into(),
            values: parts.iter().map(number).collect(),
        });
    }
    let title = "Voltage breakdown";
    Some(Figure {
        name: "voltage".into(),
        title: title.into(),
        caption: "Where the cell overpotential is lost: averages weighted with the current, which add up \
                  to the overpotential of the cell."
            .into(),
        svg: bars.draw().finish(title),
        hover: Vec::new(),
        data,
    })
}

/// What a part is called; none for other quantities.
fn label(name: &str) -> Option<String> {
    let part = name.strip_prefix("overpotential_")?;
    Some(match part.split_once('.') {
        Some((kind, surface)) => format!("{kind}, {surface}"),
        None => part.to_owned(),
    })
}

fn rank(name: &str) -> usize {
    let order = ["overpotential_ohmic", "overpotential_kinetic", "overpotential_film"];
    order.iter().position(|known| name.starts_with(known)).unwrap_or(order.len())
}
