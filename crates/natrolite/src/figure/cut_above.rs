//! The figure `cut_above`: potential and current density in a plane just above the interface, in 3-D.

use super::Figure;
use super::axis::{four_digits, length_unit};
use super::current_density;
use super::field_plot::Lines;
use super::map::{MapPanel, extent, is_defect};
use super::map_sheet::{ROOM, Words, figure};
use super::section::Section;
use super::view::View;
use crate::results::Results;
use mesh::{Mesh, nodes_of};

/// Height above the interface over the radius of the defect, or over the extent where there is none.
const HEIGHT: f64 = 0.1;
/// How many defect radii are shown on each side.
const RADII: f64 = 3.0;

/// Potential and |i| side by side; none in 2-D and where no plane z = constant bears an interface.
pub fn cut_above(results: &Results) -> Option<Figure> {
    let (level, height) = level(&results.mesh)?;
    let potential = MapPanel::potential(results, view(results)?, "above", Lines::Labelled)?;
    let current = current_density::map(results, view(results)?, "current_above");
    let unit = length_unit(height);
    let caption = format!(
        "Potential and absolute value of the current density in the plane z = {} {}, {} {} above the \
         interface, seen from above.",
        four_digits(level * unit.per_si),
        unit.name,
        four_digits(height * unit.per_si),
        unit.name,
    );
    let words =
        Words { name: "cut_above", title: "Potential and current above the interface", caption };
    let maps = std::iter::once(potential).chain(current);
    let maps: Vec<_> = maps.map(|m| (m, Box::new(|_: &mut _, _: &_, _| {}) as _)).collect();
    Some(figure(results, words, maps))
}

/// The plane and its height above the interface.
fn level(mesh: &Mesh) -> Option<(f64, f64)> {
    if mesh.dimension != 3 {
        return None;
    }
    let facets = match (mesh.interface("anode"), mesh.boundary("anode")) {
        (Some(interface), _) => &interface.sides[0],
        (None, Some(boundary)) => &boundary.facets,
        (None, None) => return None,
    };
    let range = |nodes: &mut dyn Iterator<Item = usize>, axis: usize| {
        nodes
            .map(|n| mesh.points[n][axis])
            .fold((f64::MAX, f64::MIN), |(l, h), x| (l.min(x), h.max(x)))
    };
    let nodes = nodes_of(facets);
    let (low, high) = range(&mut nodes.iter().map(|&n| n as usize), 2);
    let all = || 0..mesh.points.len();
    let (bottom, top) = range(&mut all(), 2);
    let wide = range(&mut all(), 0);
    // A flat interface, with something above it.
    if high - low > 1e-6 * (top - bottom) || high >= top {
        return None;
    }
    let size = radius(mesh).unwrap_or(0.5 * (wide.1 - wide.0));
    let height = (HEIGHT * size).min(0.5 * (top - high));
    Some((high + height, height))
}

/// The largest distance of the wall of the defect from the z axis.
fn radius(mesh: &Mesh) -> Option<f64> {
    let walls = mesh.boundaries.iter().filter(|b| is_defect(&b.name));
    let nodes = walls.flat_map(|b| nodes_of(&b.facets));
    let distances = nodes.map(|n| {
        let x = mesh.points[n as usize];
        x[0].hypot(x[1])
    });
    distances.reduce(f64::max).filter(|r| *r > 0.0)
}

/// The plane that is shown.
pub(super) fn section(mesh: &Mesh) -> Option<Section> {
    Section::horizontal(mesh, level(mesh)?.0)
}

fn view(results: &Results) -> Option<View> {
    let section = section(&results.mesh)?;
    let traces = section.traces(&results.mesh);
    let [low, high] = extent(&traces)?;
    let reach = radius(&results.mesh).map_or(f64::INFINITY, |r| RADII * r);
    let window = [low.map(|x| x.max(-reach)), high.map(|x| x.min(reach))];
    View::new(results, section, traces, (window, None), ROOM)
}
