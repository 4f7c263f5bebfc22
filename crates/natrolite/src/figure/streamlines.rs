//! Lines along which the current flows.

use super::contour::{contour, length, thin};
use super::field_plot::FieldPlot;
use super::raster::Raster;
use super::stream_function::stream_function;
use super::svg::Svg;
use super::view::View;
use crate::results::{Results, Symmetry};

/// About so many tubes of current in a window of a section, or lines traced in 3-D.
const COUNT: f64 = 18.0;
/// Least length of a line in the picture.
const SHORTEST: f64 = 12.0;
/// Length of a step along a traced line, in pixels of the raster.
const STEP: f64 = 0.7;

/// The streamlines of a view.
pub struct Streamlines {
    /// Each in the direction of the current, in pixels of the raster (column, row).
    pub lines: Vec<Vec<[f64; 2]>>,
    /// What flows between neighbouring lines \[A\], in planar symmetry \[A/m\]; none where that is not
    /// the same everywhere.
    pub between: Option<f64>,
}

impl Streamlines {
    /// Contours of the stream function, in 3-D lines traced in the plane. None without a current.
    pub fn new(results: &Results, view: &View) -> Option<Streamlines> {
        match results.mesh.dimension {
            2 => {
                let psi = stream_function(results)?;
                // The innermost tube is that around the axis; in a plane the one at both sides of it.
                let offset = if results.symmetry == Symmetry::Axisymmetric { 0.0 } else { 0.5 };
                let psi = view.sample(&results.mesh, &psi);
                Streamlines::between_equal_currents(&psi, view, offset)
            }
            _ => Streamlines::traced(results, view),
        }
    }

    fn between_equal_currents(psi: &Raster, view: &View, offset: f64) -> Option<Streamlines> {
        let [low, high] = psi.range()?;
        // A mirrored section shows every tube twice.
        let count = if view.section.mirrored { 0.5 * COUNT } else { COUNT };
        let step = round_up((high - low) / count)?;
        let first = (low / step - offset).ceil() as i64;
        let last = (high / step - offset).floor() as i64;
        let mut lines = Vec::new();
        // The axis itself is no line.
        for k in (first..=last).filter(|k| *k as f64 + offset != 0.0) {
            let level = (k as f64 + offset) * step;
            for line in contour(psi, level) {
                let mut line: Vec<_> = thin(&line).collect();
                if against_the_current(psi, &line, view.section.mirrored) {
                    line.reverse();
                }
                lines.push(line);
            }
        }
        Some(Streamlines { lines, between: Some(step) })
    }

    /// Lines through points between which, on a horizontal or vertical line of the plane, equal currents
    /// flow, followed both ways.
    fn traced(results: &Results, view: &View) -> Option<Streamlines> {
        let current = results.field("current_density").filter(|f| f.components == 3)?;
        let parity = [-1.0, 1.0];
        let fields = [0, 1].map(|k| {
            let axis = view.section.axes[k];
            let component: Vec<f64> =
                current.values.iter().skip(axis).step_by(3).copied().collect();
            view.sample_with(&results.mesh, &component, parity[k])
        });
        let largest = (fields[0].values.iter().zip(&fields[1].values))
            .map(|(u, v)| u.hypot(*v))
            .filter(|v| v.is_finite())
            .fold(0.0, f64::max);
        let seeds = seeds(&fields);
        let trace = |seed: [f64; 2], sign: f64| {
            let mut line = vec![seed];
            let mut at = seed;
            for _ in 0..20 * (fields[0].width + fields[0].height) {
                let Some(half) = step(&fields, at, 0.5 * sign, largest) else { break };
                let Some(full) = step(&fields, half, sign, largest) else { break };
                at = [at[0] + full[0] - half[0], at[1] + full[1] - half[1]];
                line.push(at);
            }
            line
        };
        let lines = seeds.into_iter().map(|seed| {
            let mut line = trace(seed, -1.0);
            line.reverse();
            line.extend(trace(seed, 1.0).into_iter().skip(1));
            thin(&line).collect()
        });
        Some(Streamlines { lines: lines.collect(), between: None })
    }

    /// Draws the lines with arrows in the direction of the current.
    pub fn draw(&self, svg: &mut Svg, plot: &FieldPlot, at: [f64; 2]) {
        let lines = self.lines.iter().map(|line| -> Vec<[f64; 2]> {
            line.iter().map(|&p| plot.place_pixel(at, p)).collect()
        });
        let lines: Vec<_> = lines.filter(|line| length(line) > SHORTEST).collect();
        let each = || lines.iter().map(|l| &l[..]);
        // A dark rim: readable on the bright colours, too.
        svg.polylines(each(), r#"stroke="black" stroke-width="2" stroke-opacity="0.35""#);
        svg.polylines(each(), r#"stroke="white" stroke-width="1.1""#);
        for line in &lines {
            if let Some((p, direction)) = middle(line) {
                let style = r#"fill="white" stroke="black" stroke-width="0.5""#;
                svg.arrow(p, direction, 7.0, style);
            }
        }
    }
}

/// The next larger of 1, 2, 2.5 and 5 times powers of ten; none of what is not positive.
fn round_up(value: f64) -> Option<f64> {
    if !(value > 0.0 && value.is_finite()) {
        return None;
    }
    let power = 10_f64.powi(value.log10().floor() as i32);
    let factor = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|f| f * power >= 0.999 * value)?;
    Some(factor * power)
}

/// Where and in which direction an arrow stands: in the middle of the line.
fn middle(line: &[[f64; 2]]) -> Option<([f64; 2], [f64; 2])> {
    let half = 0.5 * length(line);
    let mut gone = 0.0;
    line.windows(2).find_map(|w| {
        let d = [w[1][0] - w[0][0], w[1][1] - w[0][1]];
        gone += d[0].hypot(d[1]);
        (gone >= half).then_some((w[0], d))
    })
}

/// Whether a contour of the stream function runs against the current: psi is larger at the left of the
/// current, at the left of an axis of symmetry at its right.
fn against_the_current(psi: &Raster, line: &[[f64; 2]], mirrored: bool) -> bool {
    let Some((p, [u, v])) = middle(line) else { return false };
    let size = u.hypot(v);
    let pixel = |side: f64| {
        // Rows count downwards: the left of (u, v) is (v, -u).
        let at = [p[0] + side * 2.0 * v / size, p[1] - side * 2.0 * u / size];
        let inside = at[0] >= 0.0 && at[1] >= 0.0;
        let (column, row) = (at[0] as usize, at[1] as usize);
        (inside && column < psi.width && row < psi.height).then_some(row * psi.width + column)
    };
    let (Some(left), Some(right)) = (pixel(1.0), pixel(-1.0)) else { return false };
    let in_image = mirrored && psi.position(left)[0] < 0.0;
    let rises_to_the_left = psi.values[left] > psi.values[right];
    rises_to_the_left == in_image
}

/// Places on the row or column of the raster through which most of the current flows, with equal currents
/// between them.
fn seeds(fields: &[Raster; 2]) -> Vec<[f64; 2]> {
    let (width, height) = (fields[0].width, fields[0].height);
    let row = |r: usize| -> Vec<usize> { (0..width).map(|c| r * width + c).collect() };
    let column = |c: usize| -> Vec<usize> { (0..height).map(|r| r * width + c).collect() };
    let through = |pixels: &[usize], k: usize| -> Vec<f64> {
        let value = |&p: &usize| Some(fields[k].values[p].abs()).filter(|v| v.is_finite());
        pixels.iter().map(|p| value(p).unwrap_or(0.0)).collect()
    };
    let candidates = [
        (row(2.min(height - 1)), 1),
        (row(height / 2), 1),
        (row(height - 1 - 2.min(height - 1)), 1),
        (column(width / 2), 0),
        (column(width - 1 - 2.min(width - 1)), 0),
    ];
    let flows = candidates.map(|(pixels, k)| {
        let flow = through(&pixels, k);
        (flow.iter().sum::<f64>(), pixels, flow)
    });
    // Of nearly equal ones the first.
    let best = flows.into_iter().reduce(|a, b| if b.0 > 1.05 * a.0 { b } else { a });
    let Some((total, pixels, flow)) = best.filter(|b| b.0 > 0.0) else { return Vec::new() };
    let mut gone = 0.0;
    let mut next = 0.5;
    let mut seeds = Vec::new();
    for (&pixel, flow) in pixels.iter().zip(&flow) {
        gone += flow / total * COUNT;
        if gone >= next {
            seeds.push([(pixel % width) as f64 + 0.5, (pixel / width) as f64 + 0.5]);
            next += 1.0;
        }
    }
    seeds
}

/// A step along the current (`sign` 1) or against it; none outside the bodies and where nothing flows.
fn step(fields: &[Raster; 2], at: [f64; 2], sign: f64, largest: f64) -> Option<[f64; 2]> {
    let [u, v] = [fields[0].interpolate(at)?, fields[1].interpolate(at)?];
    let size = u.hypot(v);
    if size <= 1e-6 * largest {
        return None;
    }
    // Rows count downwards.
    Some([at[0] + sign * STEP * u / size, at[1] - sign * STEP * v / size])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tubes_carry_round_currents() {
        assert_eq!(round_up(1.3e-9), Some(2e-9));
        assert_eq!(round_up(0.24), Some(0.25));
        assert_eq!(round_up(7.0), Some(10.0));
        assert_eq!([round_up(0.0), round_up(f64::NAN), round_up(-1.0)], [None; 3]);
    }

    fn solve(name: &str) -> Results {
        use crate::run::{Silent, solve_case};
        let configs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs");
        let case = crate::case::read_file(&configs.join(name), &[]).unwrap();
        solve_case(&case, 0, &mut Silent).unwrap()
    }

    #[test]
    fn between_neighbouring_lines_flows_the_same_current() {
        let results = solve("nas_pore.toml");
        let view = View::around_defect(&results, [300.0, 300.0]).unwrap();
        let streams = Streamlines::new(&results, &view).unwrap();
        let between = streams.between.unwrap();
        // Where the lines begin, at the counter, the current is uniform, 5.1 A/m2; those at the right. Half
        // a pixel is two hundredths of the distance of the outermost lines.
        let scale = (view.window[1][0] - view.window[0][0]) / (2.0 * view.size[0]).round();
        let begins = streams.lines.iter().map(|l| view.window[0][0] + scale * l[0][0]);
        let mut radii: Vec<f64> = begins.filter(|r| *r > 0.0).collect();
        assert!(radii.len() > 5 && streams.lines.len() == 2 * radii.len());
        radii.push(0.0);
        radii.sort_by(f64::total_cmp);
        for pair in radii.windows(2) {
            let current = 5.1 * std::f64::consts::PI * (pair[1].powi(2) - pair[0].powi(2));
            assert!((current / between - 1.0).abs() < 0.04, "{current:e} {between:e}");
        }
        // Each runs down from the counter to the anode.
        assert!(streams.lines.iter().all(|l| l[0][1] < 3.0 && l[l.len() - 1][1] > 300.0));
    }

    #[test]
    fn lines_in_space_run_from_the_counter_to_the_anode() {
        let results = solve("nps_pore_quarter.toml");
        let view = View::around_defect(&results, [300.0, 300.0]).unwrap();
        let streams = Streamlines::new(&results, &view).unwrap();
        assert!(streams.between.is_none() && streams.lines.len() >= 15);
        let height = 2.0 * view.size[1] * 50.0 / 56.0;
        for line in &streams.lines {
            assert!(line[0][1] < 5.0 && line[line.len() - 1][1] > 0.7 * height, "{:?}", line[0]);
        }
    }

    #[test]
    fn an_arrow_stands_in_the_middle() {
        let line = [[0.0, 0.0], [4.0, 0.0], [4.0, 3.0], [4.0, 9.0]];
        assert_eq!(middle(&line), Some(([4.0, 0.0], [0.0, 3.0])));
        assert_eq!(middle(&line[..1]), None);
    }
}
