//! The numbers behind a figure of a sweep, for a file beside it.

use super::Slice;
use super::view::{AxisView, QuantityView};
use crate::figure::{Series, number_text};

/// Of more points, the file of the results is enough.
const MOST: usize = 20_000;

/// What a slice wants of the points over the shown axes in SI units, the last axis fastest.
pub fn series(slice: &Slice<'_>, quantity: &QuantityView<'_>, axes: &[&AxisView]) -> Vec<Series> {
    if !slice.with_data || axes.iter().map(|axis| axis.values.len()).product::<usize>() > MOST {
        return Vec::new();
    }
    let mut points: Vec<Vec<usize>> = vec![Vec::new()];
    for axis in axes {
        let places = |start: &Vec<usize>| {
            let start = start.clone();
            (0..axis.values.len()).map(move |place| [&start[..], &[place]].concat())
        };
        points = points.iter().flat_map(places).collect();
    }
    let sweep = slice.sweep;
    let mut columns: Vec<Series> = axes
        .iter()
        .enumerate()
        .map(|(k, axis)| {
            let axis = &sweep.axes[axis.axis];
            let values = points.iter().map(|places| axis.values[places[k]]);
            column(&axis.key, &axis.unit, values)
        })
        .collect();
    let index = |places: &Vec<usize>| {
        let places: Vec<_> = axes.iter().map(|a| a.axis).zip(places.iter().copied()).collect();
        slice.point(&places)
    };
    let values = points.iter().map(|places| quantity.quantity.values[index(places)]);
    columns.push(column(&quantity.quantity.name, &quantity.quantity.unit, values));
    columns
}

/// A column of numbers.
pub fn column(name: &str, unit: &str, values: impl Iterator<Item = f64>) -> Series {
    let values = values.map(number_text).collect();
    Series { name: name.to_owned(), unit: unit.to_owned(), values }
}
