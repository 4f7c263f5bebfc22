//! The figure `stress`: von Mises stress and the stress along the second axis.

use super::Figure;
use super::axis::pressure_unit;
use super::field_plot::{Lines, Scale};
use super::map::MapPanel;
use super::map_sheet::{Words, figure, plane, view};
use super::view::View;
use crate::results::Results;

/// The part of the pixels below and above which values are not told apart, as with the von Mises stress.
const PARTS: [f64; 2] = [0.0025, 0.9975];

/// The stress around the defect, on the shape before loading.
pub fn stress(results: &Results) -> Option<Figure> {
    let von_mises = MapPanel::von_mises(results, view(results)?, "von_mises")?;
    let normal = normal(results, view(results)?);
    let axis = normal.as_ref().map_or("", |map| map.plot.axis_names[1]);
    let mut caption = format!("Von Mises stress{}", plane(results));
    if normal.is_some() {
        caption += &format!(", and normal stress along {axis}, compression negative");
    }
    caption += ", on the shape before loading.";
    let words = Words { name: "stress", title: "Stress", caption };
    let maps = std::iter::once(von_mises).chain(normal);
    let maps: Vec<_> = maps.map(|m| (m, Box::new(|_: &mut _, _: &_, _| {}) as _)).collect();
    Some(figure(results, words, maps))
}

/// The normal stress along the axis that runs up.
fn normal(results: &Results, view: View) -> Option<MapPanel> {
    let stress = results.field("stress").filter(|f| f.components == 6)?;
    let axis = view.section.axes[1];
    let values: Vec<f64> = stress.values.iter().skip(axis).step_by(6).copied().collect();
    let raster = view.sample(&results.mesh, &values);
    let [lowest, highest] = raster.range()?;
    let [low, high] = [raster.quantile(PARTS[0])?, raster.quantile(PARTS[1])?];
    let largest =
        stress.values.iter().filter(|v| v.is_finite()).fold(0.0, |m: f64, v| m.max(v.abs()));
    if highest - lowest <= 1e-6 * largest {
        return None;
    }
    let open_above = highest > high + 0.1 * (high - low);
    let open_below = lowest < low - 0.1 * (high - low);
    let range = [if open_below { low } else { lowest }, if open_above { high } else { highest }];
    let name = if axis == 2 { "σzz" } else { "σyy" };
    let unit = pressure_unit(range[0].abs().max(range[1].abs()));
    let scale = Scale { open_above, open_below, ..Scale::linear(name, unit, range) };
    Some(MapPanel::of(view, raster, scale, Vec::new(), "normal", Lines::Plain))
}
