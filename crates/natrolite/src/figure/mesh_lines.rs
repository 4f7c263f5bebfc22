//! The edges of cells in a section.

use super::image::lines_data_uri;
use super::section::Section;
use super::svg::Svg;
use mesh::{CellKind, FacetBlock, Mesh};
use std::fmt::Write;

/// Most edges that are drawn one by one; more become an image, which does not grow with them.
const MOST: usize = 4000;
/// Pixels of that image per pixel of the picture.
const OVERSAMPLING: f64 = 4.0;

/// An edge in the section \[m\]: straight, or curved with the point in its middle.
pub type Edge = ([f64; 2], Option<[f64; 2]>, [f64; 2]);

/// The edges of all cells of a mesh in 2-D, the lines in which cells of a mesh in 3-D are cut, each once.
pub fn edges(mesh: &Mesh, section: &Section, window: [[f64; 2]; 2]) -> Vec<Edge> {
    let at = |node: u32| section.project(&mesh.points[node as usize]);
    let mut facets: Vec<([u32; 4], CellKind, Vec<u32>)> = Vec::new();
    for block in mesh.blocks.iter().filter(|b| b.kind.dimension() == mesh.dimension) {
        for cell in block.cells().filter(|cell| section.is_visible(mesh, cell, window)) {
            for (kind, local) in block.kind.facets() {
                let nodes: Vec<u32> = local.iter().map(|&k| cell[k as usize]).collect();
                // Corners tell facets apart; three have one number twice.
                let mut key = [nodes[0]; 4];
                key.iter_mut().zip(&nodes[..kind.corner_count()]).for_each(|(k, n)| *k = *n);
                key.sort_unstable();
                facets.push((key, *kind, nodes));
            }
        }
    }
    facets.sort_unstable_by_key(|f| f.0);
    facets.dedup_by_key(|f| f.0);
    if mesh.dimension == 2 {
        let edge = |(_, kind, nodes): &(_, CellKind, Vec<u32>)| {
            (at(nodes[0]), (*kind == CellKind::Line3).then(|| at(nodes[2])), at(nodes[1]))
        };
        return facets.iter().map(edge).collect();
    }
    let mut blocks: Vec<FacetBlock> = Vec::new();
    for kind in CellKind::ALL {
        let own = facets.iter().filter(|f| f.1 == kind);
        let nodes: Vec<u32> = own.flat_map(|f| f.2.iter().copied()).collect();
        let cells = vec![0; nodes.len() / kind.node_count()];
        if !cells.is_empty() {
            blocks.push(FacetBlock { kind, nodes, cells });
        }
    }
    let segments = section.segments(mesh, &blocks, |node| mesh.points[node]);
    let mut edges: Vec<Edge> = segments
        .iter()
        .map(|[a, b]| (section.project(a), None, section.project(b)))
        .filter(|(a, _, b)| a != b)
        .collect();
    // Facets that meet in the plane have the same trace there, walked either way.
    for edge in &mut edges {
        if edge.0[0].total_cmp(&edge.2[0]).then(edge.0[1].total_cmp(&edge.2[1])).is_gt() {
            std::mem::swap(&mut edge.0, &mut edge.2);
        }
    }
    let order = |e: &Edge| [e.0[0], e.0[1], e.2[0], e.2[1]];
    edges.sort_by(|a, b| {
        let pairs = order(a).into_iter().zip(order(b));
        pairs.map(|(a, b)| a.total_cmp(&b)).find(|o| o.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
    });
    edges.dedup();
    edges
}

/// Draws edges, with `place` their places in the picture, in a frame at `at`.
pub fn draw(
    svg: &mut Svg,
    edges: &[Edge],
    (at, size): ([f64; 2], [f64; 2]),
    place: impl Fn([f64; 2]) -> [f64; 2],
) {
    if edges.len() > MOST {
        let to_pixel = |p: [f64; 2]| {
            let p = place(p);
            [OVERSAMPLING * (p[0] - at[0]), OVERSAMPLING * (p[1] - at[1])]
        };
        let lines = edges.iter().map(|&(a, middle, b)| {
            let mut line = vec![to_pixel(a)];
            line.extend(middle.map(to_pixel));
            line.push(to_pixel(b));
            line
        });
        let pixels = size.map(|s| ((OVERSAMPLING * s).round() as usize).max(1));
        let uri = lines_data_uri(lines, pixels);
        let ([x, y], [w, h]) = (at, size);
        svg.raw(&format!(
            r#"<image x="{x}" y="{y}" width="{w}" height="{h}" preserveAspectRatio="none" xlink:href="{uri}"/>"#
        ));
        return;
    }
    let mut path = String::new();
    for &(a, middle, b) in edges {
        let ([ax, ay], [bx, by]) = (place(a), place(b));
        // Writing to a string cannot fail.
        let _ = write!(path, "M{ax:.1} {ay:.1}");
        let _ = match middle.map(&place) {
            // An edge of second order is a parabola, which a quadratic Bézier curve is, too: its control
            // point lies twice as far from the chord as the point in the middle.
            Some([mx, my]) if is_curved([ax, ay], [mx, my], [bx, by]) => {
                let control = [2.0 * mx - 0.5 * (ax + bx), 2.0 * my - 0.5 * (ay + by)];
                write!(path, "Q{:.1} {:.1} {bx:.1} {by:.1}", control[0], control[1])
            }
            _ => write!(path, "L{bx:.1} {by:.1}"),
        };
    }
    if !path.is_empty() {
        let style = r##"fill="none" stroke="#444" stroke-width="0.5""##;
        svg.raw(&format!(r#"<path d="{path}" {style}/>"#));
    }
}

/// Whether the middle lies a tenth of a pixel off the chord.
fn is_curved(a: [f64; 2], middle: [f64; 2], b: [f64; 2]) -> bool {
    (0.5 * (a[0] + b[0]) - middle[0]).hypot(0.5 * (a[1] + b[1]) - middle[1]) > 0.1
}
