//! The figure `current_density`: its size in colours.

use super::Figure;
use super::axis::current_density_unit;
use super::field_plot::{Lines, Scale};
use super::map::MapPanel;
use super::map_sheet::{Words, figure, plane, view};
use super::raster::Raster;
use super::view::View;
use crate::results::Results;

/// The colours are logarithmic when the range is larger than this.
const RATIO: f64 = 20.0;
/// The part of the pixels below and above which values are not told apart: the current density has no bound
/// at a sharp edge, and vanishes in corners.
const PARTS: [f64; 2] = [0.003, 0.997];

/// The size of the current density around the defect.
pub fn current_density(results: &Results) -> Option<Figure> {
    let map = map(results, view(results)?, "current")?;
    let caption = format!(
        "Absolute value of the current density{}{}.",
        plane(results),
        if map.plot.scale.logarithmic { ", in logarithmic colours" } else { "" }
    );
    let words = Words { name: "current_density", title: "Current density", caption };
    Some(figure(results, words, vec![(map, Box::new(|_, _, _| {}))]))
}

/// A map of |i| for a view.
pub fn map(results: &Results, view: View, id: &'static str) -> Option<MapPanel> {
    let current = results.field("current_density").filter(|f| f.components == 3)?;
    let sizes: Vec<f64> = current
        .values
        .chunks_exact(3)
        .map(|i| i.iter().map(|c| c * c).sum::<f64>().sqrt())
        .collect();
    let mut raster = view.sample(&results.mesh, &sizes);
    let scale = scale(&mut raster)?;
    // Where the field is nearly flat, lines of equal value would show nothing but the mesh.
    Some(MapPanel::of(view, raster, scale, Vec::new(), id, Lines::None))
}

/// The colours for a raster of a size; where they are logarithmic, the raster becomes so, too.
fn scale(raster: &mut Raster) -> Option<Scale> {
    let [lowest, highest] = raster.range()?;
    let [low, high] = [raster.quantile(PARTS[0])?, raster.quantile(PARTS[1])?];
    let unit = current_density_unit(high);
    let name = "|i|";
    if high - low <= 1e-6 * high {
        let top = if high > 0.0 { 2.0 * high } else { 1.0 };
        return Some(Scale::linear(name, unit, [0.0, top]));
    }
    let open_above = highest > high + 0.02 * (high - low);
    let open_below = lowest < low - 0.02 * (high - low);
    let high = if open_above { high } else { highest };
    let low = if open_below { low } else { lowest };
    // What is ten thousand times smaller is nothing.
    let floor = low.max(1e-4 * high);
    if high > RATIO * floor {
        let open_below = open_below || low < floor;
        raster
            .values
            .iter_mut()
            .for_each(|v| *v = if v.is_nan() { f64::NAN } else { v.max(1e-9 * floor).log10() });
        let range = [floor.log10(), high.log10()];
        let scale = Scale::linear(name, unit, range);
        return Some(Scale { open_above, open_below, logarithmic: true, ..scale });
    }
    Some(Scale { open_above, open_below, ..Scale::linear(name, unit, [low, high]) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raster(value: impl Fn(f64) -> f64) -> Raster {
        let mut raster = Raster::new([0.0; 2], [1.0; 2], 40);
        let count = raster.values.len() as f64;
        raster.values.iter_mut().enumerate().for_each(|(k, v)| *v = value(k as f64 / count));
        raster
    }

    #[test]
    fn a_large_range_is_logarithmic() {
        let mut wide = raster(|t| 10_f64.powf(3.0 * t));
        let scale = scale(&mut wide).unwrap();
        assert!(scale.logarithmic);
        assert!((wide.values[800] - 1.5).abs() < 1e-9);
        assert!((scale.told(wide.values[800]) - 0.1 * 10_f64.powf(1.5)).abs() < 1e-9);
    }

    #[test]
    fn a_small_range_is_linear_and_one_value_is_one_colour() {
        let mut narrow = raster(|t| 1.0 + t);
        let linear = scale(&mut narrow).unwrap();
        assert!(!linear.logarithmic && linear.range[0] < 1.01 && linear.range[1] > 1.99);
        let uniform = scale(&mut raster(|_| 5.1)).unwrap();
        assert_eq!((uniform.range, uniform.open_above), ([0.0, 10.2], false));
        assert!(scale(&mut raster(|_| f64::NAN)).is_none());
    }
}
