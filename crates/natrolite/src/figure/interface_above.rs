//! The figure `interface_above`: fields on the interface of a body in 3-D, seen from above.

use super::curve::{Content, surface_names};
use super::field_plot::{FieldPlot, Lines, OVERSAMPLING, Scale, fit};
use super::map_sheet::{LEFT, ROOM};
use super::raster::Raster;
use super::section::Triangle;
use super::svg::{ONE_COLUMN, Svg};
use super::tessellation::Tessellation;
use super::view::View;
use super::{Figure, HoverArea};
use crate::results::{Results, SurfaceField};
use mesh::{FacetBlock, nodes_of};

/// How many defect radii are shown on each side.
const RADII: f64 = 3.0;
/// Places as in a sheet of maps.
const MARGINS: [f64; 3] = [LEFT, 16.0, 44.0];
const BETWEEN: f64 = 24.0;

/// Current density and contact pressure over the facets of the surfaces worth showing.
pub fn interface_above(results: &Results) -> Option<Figure> {
    if results.mesh.dimension != 3 {
        return None;
    }
    let shown = [("current_density", "above_current"), ("contact_pressure", "above_pressure")];
    let plots: Vec<FieldPlot> =
        shown.into_iter().filter_map(|(field, id)| plot(results, field, id)).collect();
    let tallest = plots.iter().map(|p| p.size[1]).reduce(f64::max)?;
    let width = plots.len() as f64 * (ONE_COLUMN + BETWEEN) - BETWEEN;
    let mut svg = Svg::new(width, MARGINS[1] + tallest + MARGINS[2]);
    let mut hover: Vec<HoverArea> = Vec::new();
    for (k, plot) in plots.iter().enumerate() {
        let column = k as f64 * (ONE_COLUMN + BETWEEN);
        let at = [column + MARGINS[0] + 0.5 * (ROOM[0] - plot.size[0]), MARGINS[1]];
        plot.draw_field(&mut svg, at, Lines::Plain);
        plot.draw_axes(&mut svg, at);
        hover.push(plot.hover(at));
    }
    let names = surface_names(results).join(", ");
    let title = "Interface from above";
    Some(Figure {
        name: "interface_above".into(),
        title: title.into(),
        caption: format!(
            "The interface seen from above ({names}), as computed, without mirror images: {}.",
            plots.iter().map(|p| p.scale.name).collect::<Vec<_>>().join(" and ")
        ),
        svg: svg.finish(title),
        hover,
        data: Vec::new(),
    })
}

fn plot(results: &Results, name: &str, id: &'static str) -> Option<FieldPlot> {
    let mesh = &results.mesh;
    let surfaces = surface_names(results);
    let facets_of = |surface: &str| -> &[FacetBlock] {
        match (mesh.interface(surface), mesh.boundary(surface)) {
            (Some(interface), _) => &interface.sides[0],
            (None, Some(boundary)) => &boundary.facets,
            (None, None) => &[],
        }
    };
    let fields = results.surface_fields.iter();
    let fields: Vec<&SurfaceField> =
        fields.filter(|f| f.name == name && surfaces.contains(&f.surface)).collect();
    let all = fields.iter().flat_map(|f| nodes_of(facets_of(&f.surface)));
    let corners = all.fold(None, |extent: Option<[[f64; 2]; 2]>, node| {
        let [x, y, _] = mesh.points[node as usize];
        let [low, high] = extent.unwrap_or([[x, y]; 2]);
        Some([[low[0].min(x), low[1].min(y)], [high[0].max(x), high[1].max(y)]])
    });
    let [low, high] = corners?;
    let radius = View::around_defect(results, ROOM).and_then(|v| v.defect);
    let reach = radius.map_or(f64::INFINITY, |r| RADII * r);
    let window = [low.map(|x| x.max(-reach)), high.map(|x| x.min(reach))];
    let size = fit(window, ROOM)?;
    let width = ((OVERSAMPLING * size[0]).round() as usize).max(1);
    let mut raster = Raster::new(window[0], window[1], width);
    for field in &fields {
        fill(&mut raster, results, facets_of(&field.surface), &field.values);
    }
    let [lowest, highest] = raster.range()?;
    let content =
        if name == "current_density" { Content::CurrentDensity } else { Content::Pressure };
    // At an edge where the contact ends the pressure has no bound.
    let [low, high] = match content {
        Content::Pressure => [lowest, raster.quantile(0.995)?],
        _ => [lowest, highest],
    };
    let unit = content.unit(high.abs().max(low.abs()));
    let spread = high - low;
    let range = match spread > 1e-6 * high.abs() {
        true => [low, high],
        false => [0.0, if high > 0.0 { 2.0 * high } else { 1.0 }],
    };
    let open_above = highest > high + 0.1 * spread;
    let scale = Scale { open_above, ..Scale::linear(content.name(), unit, range) };
    Some(FieldPlot { raster, scale, window, size, axis_names: ["x", "y"], apart: Vec::new(), id })
}

/// Fills the projection of facets to the plane x, y; `values` at their nodes in increasing order.
fn fill(raster: &mut Raster, results: &Results, facets: &[FacetBlock], values: &[f64]) {
    let nodes = nodes_of(facets);
    let mesh = &results.mesh;
    let at = |node: usize| {
        let k = nodes.binary_search(&(node as u32)).ok();
        let value = k.and_then(|k| values.get(k)).copied().unwrap_or(f64::NAN);
        let [x, y, _] = mesh.points[node];
        [x, y, value]
    };
    let mut points = Vec::new();
    for block in facets.iter().filter(|block| block.kind.dimension() == 2) {
        let cut = Tessellation::new(block.kind, 4);
        for facet in block.facets() {
            cut.interpolate(facet, at, &mut points);
            for simplex in &cut.simplices {
                let corners: [[f64; 3]; 3] = std::array::from_fn(|k| points[simplex[k]]);
                let triangle = Triangle {
                    corners: corners.map(|[x, y, _]| [x, y]),
                    values: corners.map(|p| p[2]),
                    region: 0,
                };
                raster.fill(&triangle);
            }
        }
    }
}
