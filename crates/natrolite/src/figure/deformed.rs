//! The panel with the deformed shape: displacement magnified, von Mises stress in colours.

use super::axis::{four_digits, length_unit};
use super::contact_line::{ContactLine, ContactPoint, contact_lines, vector};
use super::curve::Surface;
use super::field_plot::{FieldPlot, Lines, OVERSAMPLING, fit};
use super::map::{colour_of, extent, is_defect, mirror};
use super::offset::Offset;
use super::raster::Raster;
use super::section::{Section, Trace, Triangle};
use super::stress;
use super::svg::{Anchor, Svg};
use crate::results::Results;

/// How many defect radii are shown on each side.
const RADII: f64 = 2.0;
/// The largest displacement in the picture, over the height of the plot.
const VISIBLE: f64 = 0.13;
/// How far into the second body the gap before loading is smoothed, in radii of the defect.
const REACH: f64 = 1.5;

/// How much is said above the shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heading {
    /// Magnification, what is grey, largest gap.
    Long,
    /// Without what a caption says.
    Short,
}

/// The section around the defect under load.
pub struct DeformedPanel {
    pub plot: FieldPlot,
    /// Displacements are drawn this many times as large; zero when nothing moves.
    magnification: f64,
    /// Lines of the unloaded shape.
    unloaded: Vec<[[f64; 2]; 2]>,
    /// Lines of the loaded shape with the names of their surfaces.
    loaded: Vec<Trace>,
    /// Surfaces of obstacles, each point with the direction into the obstacle.
    obstacles: Vec<[([f64; 2], [f64; 2]); 2]>,
    /// The largest gap shown \[m\], where there is a contact.
    largest_gap: Option<f64>,
    regions: Vec<String>,
}

impl DeformedPanel {
    /// Samples the deformed shape of `results` for a plot of at most `room` pixels, around a defect
    /// of radius `defect` \[m\]. None without displacement and stress.
    pub fn new(results: &Results, defect: Option<f64>, room: [f64; 2]) -> Option<DeformedPanel> {
        let mesh = &results.mesh;
        let displacement = results.field("displacement").filter(|f| f.components == 3)?;
        let von_mises = results.field("von_mises")?;
        let section = Section::of(mesh, results.symmetry)?;
        let traces = section.traces(mesh);
        let lines = contact_lines(results, &section);
        let window = window(&section, &traces, (defect, !lines.is_empty()), room)?;
        let tall = window[1][1] - window[0][1];
        let size = fit(window, room)?;
        let inside = |p: &[f64; 2]| {
            let x = if section.mirrored { p[0].abs() } else { p[0] };
            x >= window[0][0] && x <= window[1][0] && p[1] >= window[0][1] && p[1] <= window[1][1]
        };
        let shown = lines.iter().flat_map(|l| l.segments.iter().flatten());
        let shown = || shown.clone().filter(|p| inside(&p.x));

        // Motion as a whole says nothing: the first side's point in the middle stays.
        let centre = if section.mirrored { 0.0 } else { 0.5 * (window[0][0] + window[1][0]) };
        let middle =
            shown().min_by(|a, b| (a.x[0] - centre).abs().total_cmp(&(b.x[0] - centre).abs()));
        let mut still = middle.map_or([0.0; 2], |p| p.u[0]);
        if section.mirrored {
            still[0] = 0.0;
        }
        let nodal = |node: usize| {
            let (x, u) = (mesh.points[node], vector(displacement, node));
            [x[0], x[1], x[2], u[0], u[1], u[2], von_mises.values[node]]
        };
        let relative = |p: &[f64; 7]| {
            let u = section.project(&[p[3], p[4], p[5]]);
            [u[0] - still[0], u[1] - still[1]]
        };
        let mut largest = shown().map(|p| p.initial.abs()).fold(0.0, f64::max);
        section.for_each_patch(mesh, nodal, window, |corners, _| {
            for p in corners.iter().filter(|p| inside(&section.project(p))) {
                let u = relative(p);
                largest = largest.max(u[0].hypot(u[1]));
            }
        });
        let magnification = magnification(largest, tall);

        let offsets: Vec<Offset> = (0..mesh.regions.len() as u32)
            .map(|r| Offset::new(&lines, r, magnification, reach(&lines, &traces, defect, tall)))
            .collect();
        let width = (OVERSAMPLING * size[0]).round() as usize;
        let mut raster = Raster::new(window[0], window[1], width);
        let wide = [0, 1].map(|c| {
            let sign = if c == 0 { -1.0 } else { 1.0 };
            window[c].map(|x| x + sign * 3.0 * VISIBLE * tall)
        });
        section.for_each_patch(mesh, nodal, wide, |corners, region| {
            let drawn = corners.map(|p| {
                let (x, u) = (section.project(&p), relative(&p));
                let more = offsets.get(region as usize).map_or([0.0; 2], |o| o.at(x));
                [0, 1].map(|k| x[k] + magnification * u[k] + more[k])
            });
            let triangle = Triangle { corners: drawn, values: corners.map(|p| p[6]), region };
            raster.fill(&triangle);
            if section.mirrored {
                raster.fill(&mirror(triangle));
            }
        });
        let scale = stress::scale(results, &mut raster)?;
        let axis_names = section.axis_names(results.symmetry);
        let largest_gap = shown().map(|p| p.gap).reduce(f64::max);
        let mut panel = DeformedPanel {
            plot: FieldPlot {
                raster,
                scale,
                window,
                size,
                axis_names,
                apart: Vec::new(),
                id: "deformed",
            },
            magnification,
            unloaded: Vec::new(),
            loaded: Vec::new(),
            obstacles: Vec::new(),
            largest_gap,
            regions: mesh.regions.clone(),
        };
        panel.outline_bodies(results, &section, &lines, &|p| relative(p));
        panel.outline_contacts(&lines, still);
        if section.mirrored {
            panel.mirror_lines();
        }
        Some(panel)
    }

    /// Width and height of the plot in pixels.
    pub fn size(&self) -> [f64; 2] {
        self.plot.size
    }

    /// Whether any displacement is to be seen.
    pub fn moves(&self) -> bool {
        self.magnification > 0.0
    }

    /// The magnification and the colours as sampled.
    #[cfg(test)]
    pub fn drawn(&self) -> (f64, &Raster) {
        (self.magnification, &self.plot.raster)
    }

    /// Outlines other than contacts.
    fn outline_bodies(
        &mut self,
        results: &Results,
        section: &Section,
        lines: &[ContactLine],
        relative: &dyn Fn(&[f64; 7]) -> [f64; 2],
    ) {
        let mesh = &results.mesh;
        let Some(displacement) = results.field("displacement") else { return };
        let nodal = |node: usize| {
            let (x, u) = (mesh.points[node], vector(displacement, node));
            [x[0], x[1], x[2], u[0], u[1], u[2], 0.0]
        };
        let boundaries = mesh.boundaries.iter().map(|b| (&b.name, &b.facets));
        let interfaces = mesh.interfaces.iter().map(|i| (&i.name, &i.sides[0]));
        // The mouth of a defect that is itself a contact has no line of its own.
        let covered = !mesh.interfaces.is_empty() && lines.iter().any(|l| l.second.is_some());
        for (name, facets) in boundaries.chain(interfaces) {
            let is_contact = lines.iter().any(|l| l.name == *name);
            if is_contact || name.starts_with("symmetry") || (covered && is_defect(name)) {
                continue;
            }
            let segments = section.segments(mesh, facets, nodal);
            let at = |ends: &[[f64; 7]; 2]| ends.map(|p| section.project(&p));
            self.unloaded.extend(segments.iter().map(at));
            let moved = segments.iter().map(|ends| {
                ends.map(|p| {
                    let (x, u) = (section.project(&p), relative(&p));
                    [0, 1].map(|k| x[k] + self.magnification * u[k])
                })
            });
            self.loaded.push(Trace { name: name.clone(), segments: moved.collect() });
        }
    }

    fn outline_contacts(&mut self, lines: &[ContactLine], still: [f64; 2]) {
        let m = self.magnification;
        let moved = |p: &ContactPoint, side: usize| {
            let extra = if side == 0 { 0.0 } else { m * p.initial };
            [0, 1].map(|k| p.x[k] + m * (p.u[side][k] - still[k]) + extra * p.normal[k])
        };
        for line in lines {
            let sides: &[usize] = if line.second.is_some() { &[0, 1] } else { &[0] };
            for &side in sides {
                let before = |p: &ContactPoint| {
                    let extra = if side == 0 { 0.0 } else { m * p.initial };
                    [0, 1].map(|k| p.x[k] + extra * p.normal[k])
                };
                let segments = line.segments.iter();
                self.unloaded.extend(segments.clone().map(|ends| ends.map(|p| before(&p))));
                let segments = segments.map(|ends| ends.map(|p| moved(&p, side))).collect();
                self.loaded.push(Trace { name: line.name.clone(), segments });
            }
            if line.second.is_none() {
                let surface = |p: ContactPoint| {
                    let at = moved(&p, 0);
                    ([0, 1].map(|k| at[k] + m * p.gap * p.normal[k]), p.normal)
                };
                self.obstacles.extend(line.segments.iter().map(|ends| ends.map(surface)));
            }
        }
    }

    fn mirror_lines(&mut self) {
        let image = |[x, y]: [f64; 2]| [-x, y];
        let images: Vec<_> = self.unloaded.iter().map(|ends| ends.map(image)).collect();
        self.unloaded.extend(images);
        for trace in &mut self.loaded {
            let images: Vec<_> = trace.segments.iter().map(|ends| ends.map(image)).collect();
            trace.segments.extend(images);
        }
        let images = self.obstacles.iter().map(|ends| ends.map(|(p, n)| (image(p), image(n))));
        let images: Vec<_> = images.collect();
        self.obstacles.extend(images);
    }

    /// Draws the panel with the upper left corner of its plot at `at`; contacts that have a curve
    /// take its colour.
    pub fn draw(&self, svg: &mut Svg, at: [f64; 2], surfaces: &[Surface], heading: Heading) {
        self.plot.draw_field(svg, at, Lines::Plain);
        svg.hatch("rigid");
        let place = |p: [f64; 2]| self.plot.place(at, p);
        self.plot.clip(svg, |svg| {
            for ends in &self.obstacles {
                let [a, b] = ends.map(|(p, _)| place(p));
                // Pixels count downwards.
                let [c, d] = [1, 0].map(|k| {
                    let (p, n) = ends[k];
                    let [x, y] = place(p);
                    [x + 12.0 * n[0], y - 12.0 * n[1]]
                });
                svg.polygon(&[a, b, c, d], r#"fill="url(#rigid)""#);
            }
            let surface = self.obstacles.iter().map(|ends| ends.map(|(p, _)| place(p)));
            let surface: Vec<_> = surface.collect();
            svg.polylines(surface.iter().map(|s| &s[..]), r##"stroke="#111" stroke-width="1.5""##);
            let middle = surface.iter().flatten().copied().reduce(|a, b| {
                let centre = at[0] + 0.5 * self.plot.size[0];
                if (b[0] - centre).abs() < (a[0] - centre).abs() { b } else { a }
            });
            if let Some([x, y]) = middle {
                svg.text_on_map([x, y + 27.0], Anchor::Middle, "", "rigid obstacle");
            }
            let unloaded: Vec<_> = self.unloaded.iter().map(|ends| ends.map(place)).collect();
            let grey = r##"stroke="#9a9a9a" stroke-width="1.1""##;
            svg.polylines(unloaded.iter().map(|s| &s[..]), grey);
            for trace in &self.loaded {
                let style = match colour_of(surfaces, &trace.name) {
                    Some(colour) => format!(r#"stroke="{colour}" stroke-width="2.2""#),
                    None => r##"stroke="#111" stroke-width="1.2""##.to_owned(),
                };
                let segments: Vec<_> = trace.segments.iter().map(|ends| ends.map(place)).collect();
                let style = format!(r#"{style} stroke-linecap="round""#);
                svg.polylines(segments.iter().map(|s| &s[..]), &style);
            }
        });
        self.names(svg, at);
        self.plot.draw_axes(svg, at);
        let (factor, rest) = self.heading(heading);
        svg.text_two_weights([at[0], at[1] - 12.0], &factor, &rest);
    }

    fn heading(&self, heading: Heading) -> (String, String) {
        let factor = match self.magnification {
            0.0 => return ("nothing moves".into(), String::new()),
            m => format!("displacement \u{d7} {m}"),
        };
        let gap = self.largest_gap.map(|gap| match gap * self.magnification {
            // Less than a pixel.
            m if m * self.plot.size[1] < self.plot.window[1][1] - self.plot.window[0][1] => {
                " \u{b7} closed".to_owned()
            }
            _ => {
                let unit = length_unit(gap);
                format!(" \u{b7} largest gap {} {}", four_digits(gap * unit.per_si), unit.name)
            }
        });
        let gap = gap.unwrap_or_default();
        match heading {
            Heading::Long => (factor, format!("\u{b7} grey: unloaded{gap}")),
            Heading::Short => (factor, gap.trim_start().to_owned()),
        }
    }

    /// Names of the bodies, at the left.
    fn names(&self, svg: &mut Svg, at: [f64; 2]) {
        let raster = &self.plot.raster;
        for (region, name) in (0_u32..).zip(&self.regions) {
            let own = |column: usize| -> Vec<usize> {
                let pixels = (0..raster.height).map(|row| row * raster.width + column);
                let own = |k: &usize| raster.values[*k].is_finite() && raster.regions[*k] == region;
                pixels.filter(own).collect()
            };
            // The first column at the left in which there is room for a line of text.
            let columns = (1..20).map(|k| k * raster.width / 40).map(own);
            let room = 24.0 * OVERSAMPLING;
            if let Some(own) = columns.into_iter().find(|own| own.len() as f64 > room) {
                let [x, y] = self.plot.place(at, raster.position(own[own.len() / 2]));
                svg.text_on_map([x, y + 4.0], Anchor::Start, "", name);
            }
        }
    }
}

/// The largest of 1, 2 and 5 times powers of ten that keeps a displacement \[m\] in a window of the
/// given height readable; zero when there is none to see.
fn magnification(largest: f64, tall: f64) -> f64 {
    if largest <= 1e-12 * tall || !largest.is_finite() {
        return 0.0;
    }
    let wanted = VISIBLE * tall / largest;
    let exponent = wanted.log10().floor() as i32;
    let factor = match wanted / 10_f64.powi(exponent) {
        f if f >= 5.0 => 5.0,
        f if f >= 2.0 => 2.0,
        _ => 1.0,
    };
    // Division keeps a tenth a tenth.
    match exponent < 0 {
        true => factor / 10_f64.powi(-exponent),
        false => factor * 10_f64.powi(exponent),
    }
}

/// How far the offset of the second body reaches: not to the other end of a thin one.
fn reach(lines: &[ContactLine], traces: &[Trace], defect: Option<f64>, tall: f64) -> f64 {
    let wanted = defect.map_or(0.5 * tall, |radius| REACH * radius);
    let Some([low, high]) = extent(traces) else { return wanted };
    let contact = lines.iter().flat_map(|l| l.segments.iter().flatten()).map(|p| p.x[1]);
    let thinnest = contact.map(|z| match (z - low[1], high[1] - z) {
        (below, above) if below > 0.0 && above > 0.0 => below.min(above),
        (below, above) => below.max(above),
    });
    wanted.min(thinnest.fold(f64::INFINITY, f64::min)).max(f64::MIN_POSITIVE)
}

/// What to show: two radii around the defect, else, and where the defect is a mere patch that touches
/// nothing, everything; with room for what moves out.
fn window(
    section: &Section,
    traces: &[Trace],
    (defect, touches): (Option<f64>, bool),
    room: [f64; 2],
) -> Option<[[f64; 2]; 2]> {
    let [low, high] = extent(traces)?;
    let left = if section.mirrored { -high[0] } else { low[0] };
    let around = extent(traces.iter().filter(|t| is_defect(&t.name)));
    let shown =
        |[from, to]: &[[f64; 2]; 2], radius: f64| touches || to[1] - from[1] > 1e-6 * radius;
    let around = around.zip(defect).filter(|(around, radius)| shown(around, *radius));
    let Some(([from, to], radius)) = around else {
        let margin = 1.2 * VISIBLE * (high[1] - low[1]);
        return Some([[left - margin, low[1] - margin], [high[0] + margin, high[1] + margin]]);
    };
    let centre = if section.mirrored { 0.0 } else { 0.5 * (from[0] + to[0]) };
    let reach = (RADII * radius).min((high[0] - centre).max(centre - left));
    let span = [(centre - reach).max(left), (centre + reach).min(high[0])];
    let tall = (span[1] - span[0]) * room[1] / room[0];
    let margin = 1.2 * VISIBLE * tall;
    let foot = from[1].min(to[1]);
    let bottom = (foot - 0.5 * tall).max(low[1] - margin);
    let top = (bottom + tall).min(high[1] + margin);
    Some([[span[0], bottom], [span[1], top]])
}

#[cfg(test)]
mod tests {
    use super::magnification;

    #[test]
    fn the_factor_is_round_and_makes_the_displacement_visible() {
        assert_eq!(magnification(0.13, 1.0), 1.0);
        assert_eq!(magnification(2.5e-7, 3.3e-5), 10.0);
        assert_eq!(magnification(2.1e-8, 3.3e-5), 200.0);
        assert_eq!(magnification(20.0, 33.0), 0.2);
        for (largest, tall) in [(0.0, 1.0), (1e-20, 1e-5), (f64::NAN, 1.0), (f64::INFINITY, 1.0)] {
            assert_eq!(magnification(largest, tall), 0.0);
        }
    }
}
