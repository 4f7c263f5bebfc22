//! Colours for the von Mises stress.

use super::axis::pressure_unit;
use super::field_plot::Scale;
use super::raster::Raster;
use crate::results::Results;

/// The part of the pixels whose values the colours tell apart: at an edge where the contact ends the
/// stress has no bound, and what the finest cells make of it would take most of the colours.
const PART: f64 = 0.995;

/// The colours for a raster of the von Mises stress; none without values. What is only rounding
/// beside the stress itself (a hydrostatic state) becomes zero.
pub fn scale(results: &Results, raster: &mut Raster) -> Option<Scale> {
    let [low, highest] = raster.range()?;
    let stress = results.field("stress").map_or(&[][..], |f| &f.values[..]);
    let largest = stress.iter().filter(|v| v.is_finite()).fold(highest, |m, v| m.max(v.abs()));
    let name = "von Mises stress";
    if highest - low <= 1e-6 * largest {
        let level = if highest <= 1e-6 * largest { 0.0 } else { 0.5 * (low + highest) };
        raster.values.iter_mut().filter(|v| v.is_finite()).for_each(|v| *v = level);
        // One colour, in a range that says how little or much it is.
        let top = match level > 0.0 {
            true => 2.0 * level,
            false if largest > 0.0 => largest,
            false => 1.0,
        };
        let unit = pressure_unit(top);
        return Some(Scale::linear(name, unit, [0.0, top]));
    }
    let high = raster.quantile(PART)?;
    let open_above = high > low && highest - low > 1.1 * (high - low);
    let high = if open_above { high } else { highest };
    Some(Scale { open_above, ..Scale::linear(name, pressure_unit(high), [low, high]) })
}
