//! What a map looks at: a section, the window in it, and the lines of boundaries there.

use super::axis::Ticks;
use super::field_plot::{OVERSAMPLING, Scale, fit};
use super::map::{extent, is_defect, mirror};
use super::raster::Raster;
use super::section::{Section, Trace, Triangle};
use crate::results::Results;
use mesh::Mesh;

/// How many defect radii are shown on each side.
const RADII: f64 = 3.0;

/// A window of a section.
pub struct View {
    pub section: Section,
    /// Traces of boundaries and interfaces, with their images where the section is mirrored.
    pub traces: Vec<Trace>,
    /// Lower left and upper right corner \[m\].
    pub window: [[f64; 2]; 2],
    /// Distance from the axis to the edge of the defect \[m\].
    pub defect: Option<f64>,
    /// Size in the picture.
    pub size: [f64; 2],
    pub axis_names: [&'static str; 2],
}

impl View {
    /// A few radii around the defect, else everything, in a room of the picture. None for a mesh without
    /// lines to show.
    pub fn around_defect(results: &Results, room: [f64; 2]) -> Option<View> {
        let section = Section::of(&results.mesh, results.symmetry)?;
        let traces = section.traces(&results.mesh);
        let (window, defect) = window(&section, &traces, extent(&traces)?, room);
        View::new(results, section, traces, (window, defect), room)
    }

    /// A given window of a section.
    pub fn new(
        results: &Results,
        section: Section,
        mut traces: Vec<Trace>,
        (window, defect): ([[f64; 2]; 2], Option<f64>),
        room: [f64; 2],
    ) -> Option<View> {
        if section.mirrored {
            for trace in &mut traces {
                let images: Vec<_> =
                    trace.segments.iter().map(|s| s.map(|[u, v]| [-u, v])).collect();
                trace.segments.extend(images);
            }
        }
        let size = fit(window, room)?;
        let axis_names = section.axis_names(results.symmetry);
        Some(View { section, traces, window, defect, size, axis_names })
    }

    /// Samples one value a node.
    pub fn sample(&self, mesh: &Mesh, values: &[f64]) -> Raster {
        self.sample_with(mesh, values, 1.0)
    }

    /// Samples one value a node; at the left of an axis of symmetry, times `parity`.
    pub fn sample_with(&self, mesh: &Mesh, values: &[f64], parity: f64) -> Raster {
        let width = ((OVERSAMPLING * self.size[0]).round() as usize).max(1);
        let mut raster = Raster::new(self.window[0], self.window[1], width);
        self.section.for_each_triangle(mesh, values, self.window, |triangle| {
            raster.fill(&triangle);
            if self.section.mirrored {
                let image = mirror(triangle);
                raster.fill(&Triangle { values: image.values.map(|v| parity * v), ..image });
            }
        });
        raster
    }
}

/// What to say about regions of one potential, at the left of their lowest visible row.
pub fn notes(
    results: &Results,
    raster: &Raster,
    scale: &Scale,
    apart: &[(u32, f64)],
) -> Vec<([f64; 2], String)> {
    let [low, high] = scale.range.map(|v| v * scale.unit.per_si);
    let ticks = Ticks::new(low, high, 8);
    let mut notes = Vec::new();
    for &(region, value) in apart {
        let is_there = |&k: &usize| raster.values[k].is_infinite() && raster.regions[k] == region;
        let last = (0..raster.values.len()).rev().find(is_there);
        let row = last.map(|k| k / raster.width);
        let first = row.and_then(|r| (r * raster.width..(r + 1) * raster.width).find(is_there));
        let name = results.mesh.regions.get(region as usize);
        if let (Some(k), Some(name)) = (first, name) {
            let value = ticks.label(value * scale.unit.per_si);
            notes.push((raster.position(k), format!("{name}: {value} {}", scale.unit.name)));
        }
    }
    notes
}

/// What to show: a few radii around the defect, else everything, with a margin for names below.
fn window(
    section: &Section,
    traces: &[Trace],
    [low, high]: [[f64; 2]; 2],
    room: [f64; 2],
) -> ([[f64; 2]; 2], Option<f64>) {
    let left = if section.mirrored { -high[0] } else { low[0] };
    let defect = extent(traces.iter().filter(|t| is_defect(&t.name)));
    let Some([from, to]) = defect else {
        let margin = 0.04 * (high[0] - left).max(high[1] - low[1]);
        return ([[left, low[1] - margin], [high[0], high[1]]], None);
    };
    let (centre, radius) = match section.mirrored {
        true => (0.0, to[0].abs().max(from[0].abs())),
        false => (0.5 * (from[0] + to[0]), 0.5 * (to[0] - from[0])),
    };
    let reach = (RADII * radius).min((high[0] - centre).max(centre - left));
    let span = [(centre - reach).max(left), (centre + reach).min(high[0])];
    let tall = (span[1] - span[0]) * room[1] / room[0];
    let margin = 0.08 * tall;
    // From a little below the foot of the defect, or as much of the metal as is there.
    let foot = from[1].min(to[1]).max(low[1]);
    let bottom = low[1].max(foot - 0.25 * tall) - if low[1] < foot { 0.0 } else { margin };
    let top = (bottom + tall).min(high[1]);
    ([[span[0], bottom], [span[1], top]], (radius > 0.0).then_some(radius))
}
