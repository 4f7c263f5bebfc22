//! The figure `mesh`: the cells with the names of regions, boundaries and interfaces.

use super::Figure;
use super::axis::{four_digits, length_unit};
use super::curve::{Surface, surfaces};
use super::field_plot::{FieldPlot, Scale};
use super::map::{colour_of, extent, is_defect};
use super::mesh_lines::{Edge, draw, edges};
use super::raster::Raster;
use super::section::{Section, Trace};
use super::svg::{Anchor, DIGIT, ONE_COLUMN, Svg, TWO_COLUMNS};
use super::view::View;
use crate::results::Results;

/// Half the width of the enlarged part, in radii of the defect.
const ENLARGED: f64 = 0.25;
/// Room for one of the panels.
const ROOM: [f64; 2] = [ONE_COLUMN - 78.0, 270.0];
const MARGINS: [f64; 3] = [60.0, 12.0, 44.0];

/// The mesh as it was solved on: all of it, and enlarged at the edge of the defect; without mirror images.
pub fn mesh(results: &Results) -> Option<Figure> {
    let mut section = Section::of(&results.mesh, results.symmetry)?;
    section.mirrored = false;
    let traces = section.traces(&results.mesh);
    let [low, high] = extent(&traces)?;
    let mut windows = vec![[low, high]];
    windows.extend(rim(results, &traces));
    let surfaces = surfaces(results);
    let panels: Vec<Panel> = windows
        .into_iter()
        .zip(["whole", "rim"])
        .filter_map(|(window, id)| Panel::new(results, section, &traces, window, id))
        .collect();
    let tallest = panels.iter().map(|p| p.plot.size[1]).reduce(f64::max)?;
    let width = if panels.len() > 1 { TWO_COLUMNS } else { ONE_COLUMN };
    let mut svg = Svg::new(width, MARGINS[1] + tallest + MARGINS[2]);
    for (k, panel) in panels.iter().enumerate() {
        let column = k as f64 * (TWO_COLUMNS - ONE_COLUMN);
        let at = [column + MARGINS[0] + 0.5 * (ROOM[0] - panel.plot.size[0]), MARGINS[1]];
        panel.draw(&mut svg, results, &traces, &surfaces, at);
    }
    let summary = &results.summary.mesh;
    let mut caption = format!("The mesh: {} cells, {} nodes", summary.cells, summary.nodes);
    if let Some(size) = summary.rim_size {
        let unit = length_unit(size);
        let size = four_digits(size * unit.per_si);
        caption += &format!(", cells of {size} {} at the edge of the defect", unit.name);
    }
    caption += if results.mesh.dimension == 3 { "; cut in the plane y = 0." } else { "." };
    if panels.len() > 1 {
        caption += " Right: enlarged.";
    }
    let title = "Mesh";
    Some(Figure {
        name: "mesh".into(),
        title: title.into(),
        caption,
        svg: svg.finish(title),
        hover: Vec::new(),
        data: Vec::new(),
    })
}

/// The window around the edge of the defect, at its right.
fn rim(results: &Results, traces: &[Trace]) -> Option<[[f64; 2]; 2]> {
    let [low, high] = extent(traces)?;
    let [from, to] = extent(traces.iter().filter(|t| is_defect(&t.name)))?;
    let view = View::around_defect(results, ROOM)?;
    let half = ENLARGED * view.defect?;
    // Where the wall of the defect meets the interface: of a disc its edge, else its foot.
    let middle = [to[0], from[1]];
    let inside = middle[0] - half > low[0] - half && middle[0] + half < high[0];
    let bottom = (middle[1] - 0.7 * half).max(low[1] - 0.2 * half);
    let top = (bottom + 2.0 * half).min(high[1] + 0.2 * half);
    inside.then_some([[middle[0] - half, bottom], [middle[0] + half, top]])
}

/// A window with its edges; the plot has the axes and, without colours, tells which region is where.
struct Panel {
    plot: FieldPlot,
    edges: Vec<Edge>,
}

impl Panel {
    fn new(
        results: &Results,
        section: Section,
        traces: &[Trace],
        window: [[f64; 2]; 2],
        id: &'static str,
    ) -> Option<Panel> {
        let mesh = &results.mesh;
        let view = View::new(results, section, traces.to_vec(), (window, None), ROOM)?;
        let View { size, axis_names, .. } = view;
        // Coarse: only to find places for names.
        let mut raster = Raster::new(window[0], window[1], size[0].round().max(1.0) as usize);
        let zeros = vec![0.0; mesh.points.len()];
        section.for_each_triangle(mesh, &zeros, window, |triangle| raster.fill(&triangle));
        let edges = edges(mesh, &section, window);
        let scale = Scale::linear("", length_unit(1.0), [0.0, 1.0]);
        let plot = FieldPlot { raster, scale, window, size, axis_names, apart: Vec::new(), id };
        Some(Panel { plot, edges })
    }

    fn draw(
        &self,
        svg: &mut Svg,
        results: &Results,
        traces: &[Trace],
        surfaces: &[Surface],
        at: [f64; 2],
    ) {
        let place = |p: [f64; 2]| self.plot.place(at, p);
        self.plot.define_clip(svg, at);
        self.plot.clip(svg, |svg| {
            draw(svg, &self.edges, (at, self.plot.size), place);
            for trace in traces {
                let style = match colour_of(surfaces, &trace.name) {
                    Some(colour) => format!(r#"stroke="{colour}" stroke-width="2.6""#),
                    None => r##"stroke="#111" stroke-width="1.4""##.to_owned(),
                };
                let segments: Vec<_> = trace.segments.iter().map(|s| s.map(place)).collect();
                svg.polylines(segments.iter().map(|s| &s[..]), &style);
            }
        });
        self.plot.draw_axes(svg, at);
        let mut taken: Vec<[f64; 2]> = Vec::new();
        // The walls of a void between two bodies lie on their interface.
        let covered = results.mesh.interface("void").is_some();
        for trace in traces.iter().filter(|t| !(covered && is_defect(&t.name))) {
            self.name_trace(svg, trace, surfaces, at, &mut taken);
        }
        for (region, name) in (0_u32..).zip(&results.mesh.regions) {
            self.name_region(svg, (region, name), at, &mut taken);
        }
    }

    /// The name of a boundary beside its middle, towards the middle of the panel.
    fn name_trace(
        &self,
        svg: &mut Svg,
        trace: &Trace,
        surfaces: &[Surface],
        at: [f64; 2],
        taken: &mut Vec<[f64; 2]>,
    ) {
        let [w, h] = self.plot.size;
        let inside = |p: &[f64; 2]| {
            p[0] >= at[0] - 1.0
                && p[0] <= at[0] + w + 1.0
                && p[1] >= at[1] - 1.0
                && p[1] <= at[1] + h + 1.0
        };
        let middle = |[a, b]: [[f64; 2]; 2]| [0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1])];
        let places = trace.segments.iter().map(|s| middle(s.map(|p| self.plot.place(at, p))));
        let shown: Vec<[f64; 2]> = places.filter(inside).collect();
        let Some([low, high]) = shown.iter().fold(None, |e: Option<[[f64; 2]; 2]>, p| {
            let [low, high] = e.unwrap_or([*p; 2]);
            Some([[low[0].min(p[0]), low[1].min(p[1])], [high[0].max(p[0]), high[1].max(p[1])]])
        }) else {
            return;
        };
        let centre = middle([low, high]);
        let near = |p: &[f64; 2]| (p[0] - centre[0]).hypot(p[1] - centre[1]);
        let Some(nearest) = shown.iter().min_by(|a, b| near(a).total_cmp(&near(b))) else { return };
        let panel = [at[0] + 0.5 * w, at[1] + 0.5 * h];
        let upright = high[1] - low[1] > 2.0 * (high[0] - low[0]);
        let colour = colour_of(surfaces, &trace.name).unwrap_or("#111");
        let style = format!(r#"font-weight="bold" fill="{colour}""#);
        let mut p = *nearest;
        match upright {
            true => p[0] += if p[0] < panel[0] { 15.0 } else { -8.0 },
            false => p[1] += if p[1] < panel[1] { 15.0 } else { -8.0 },
        }
        // All of the name within the frame.
        let half = 0.55 * DIGIT * trace.name.chars().count() as f64;
        let (k, size) = if upright { (1, h) } else { (0, w) };
        p[k] = p[k].min(at[k] + size - half - 3.0).max(at[k] + half + 3.0);
        let mut tries = 0;
        while taken.iter().any(|t| (t[0] - p[0]).abs() < 60.0 && (t[1] - p[1]).abs() < 13.0) {
            p[1] += if p[1] < panel[1] { 13.0 } else { -13.0 };
            tries += 1;
            if tries > 4 {
                return;
            }
        }
        taken.push(p);
        match upright {
            true => svg.text_upwards_on_map(p, &style, &trace.name),
            false => svg.text_on_map(p, Anchor::Middle, &style, &trace.name),
        }
    }

    /// The name of a region in it, near the middle of what is shown of it.
    fn name_region(
        &self,
        svg: &mut Svg,
        (region, name): (u32, &str),
        at: [f64; 2],
        taken: &mut Vec<[f64; 2]>,
    ) {
        let raster = &self.plot.raster;
        let own = |&k: &usize| raster.values[k].is_finite() && raster.regions[k] == region;
        let pixels: Vec<usize> = (0..raster.values.len()).filter(own).collect();
        if 60 * pixels.len() < raster.values.len() {
            return;
        }
        let place = |k: usize| self.plot.place(at, raster.position(k));
        let count = pixels.len() as f64;
        let sum =
            pixels.iter().map(|&k| place(k)).fold([0.0; 2], |s, p| [s[0] + p[0], s[1] + p[1]]);
        let centre = sum.map(|s| s / count);
        let away = |k: usize| {
            let p = place(k);
            let clash = taken
                .iter()
                .any(|t| (t[0] - p[0]).abs() < 70.0 && (t[1] - p[1] - 4.0).abs() < 16.0);
            (p[0] - centre[0]).hypot(p[1] - centre[1]) + if clash { 1e4 } else { 0.0 }
        };
        let best = pixels.into_iter().min_by(|&a, &b| away(a).total_cmp(&away(b)));
        if let Some(k) = best {
            let [x, y] = place(k);
            taken.push([x, y + 4.0]);
            svg.text_on_map([x, y + 4.0], Anchor::Middle, "", name);
        }
    }
}
