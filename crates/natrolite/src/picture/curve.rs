//! The right panel: current density along the interface.

use super::axis::{Ticks, Unit, four_digits, length_unit};
use super::colour::CURVES;
use super::svg::{Anchor, Svg};
use crate::results::{Profile, Results};

/// One curve of the panel.
pub struct Curve {
    /// The boundary or interface.
    pub boundary: String,
    /// What the legend says.
    label: String,
    /// Distance \[m\] and current density over the mean.
    points: Vec<[f64; 2]>,
    /// False for points that lie on no common line.
    connected: bool,
    pub colour: &'static str,
    dashes: &'static str,
}

impl Curve {
    /// Leaves out what is farther away than `distance` \[m\].
    pub fn keep_within(&mut self, distance: f64) {
        self.points.retain(|p| p[0] <= distance);
    }
}

/// The curves worth showing: those of boundaries on which the current density varies, or the first
/// if it varies nowhere.
pub fn curves(results: &Results) -> Vec<Curve> {
    let mut all: Vec<Curve> = Vec::new();
    let profiles = results.profiles.iter().filter(|p| p.suffix.is_empty());
    for (profile, colour) in profiles.filter(|p| !is_uniform(p)).zip(CURVES) {
        all.extend(of_profile(results, profile, colour));
    }
    if all.is_empty() {
        let mut profiles = results.profiles.iter().filter(|p| p.suffix.is_empty());
        all.extend(
            profiles
                .find_map(|p| {
                    let curves = of_profile(results, p, CURVES[0]);
                    (!curves.is_empty()).then_some(curves)
                })
                .into_iter()
                .flatten(),
        );
    }
    all
}

fn ratios(profile: &Profile) -> Option<&[f64]> {
    profile.column("current_ratio").map(|c| &c.values[..])
}

fn is_uniform(profile: &Profile) -> bool {
    let finite = || ratios(profile).into_iter().flatten().copied().filter(|v| v.is_finite());
    let (low, high) = finite().fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
    // Also without any value.
    high - low <= 1e-9 * high.abs() || high < low
}

fn of_profile(results: &Results, profile: &Profile, colour: &'static str) -> Vec<Curve> {
    let (Some(distances), Some(ratios)) = (profile.column("distance"), ratios(profile)) else {
        return Vec::new();
    };
    let rows: Vec<_> = distances.values.iter().zip(ratios).enumerate().collect();
    let pick = |line: Option<&str>| {
        let on =
            |row: usize| line.is_none_or(|l| profile.line.as_ref().is_some_and(|p| p[row] == l));
        let finite = rows.iter().filter(|(_, (d, r))| d.is_finite() && r.is_finite());
        finite.filter(|(row, _)| on(*row)).map(|&(_, (&d, &r))| [d, r]).collect::<Vec<_>>()
    };
    let curve = |label: &str, points, connected, dashes| Curve {
        boundary: profile.name.clone(),
        label: format!("{}{label}", profile.name),
        points,
        connected,
        colour,
        dashes,
    };
    let curves = match &profile.line {
        Some(_) => vec![
            curve(", y = 0", pick(Some("x")), true, ""),
            curve(", x = y", pick(Some("diagonal")), true, r#"stroke-dasharray="1 3.5""#),
        ],
        None => vec![curve("", pick(None), results.mesh.dimension < 3, "")],
    };
    curves.into_iter().filter(|c| !c.points.is_empty()).collect()
}

/// Where the panel stands and what it shows beside the curves.
pub struct CurvePanel {
    pub at: [f64; 2],
    pub size: [f64; 2],
    /// Radius of the defect \[m\].
    pub defect: Option<f64>,
}

/// Ranges and units of the axes.
struct Scale {
    x: [f64; 2],
    y: [f64; 2],
    unit: Unit,
}

impl CurvePanel {
    pub fn draw(&self, svg: &mut Svg, curves: &[Curve]) {
        let scale = scale(curves);
        self.defect_band(svg, &scale);
        self.axes(svg, &scale);
        let mean = self.place(&scale, [0.0, 1.0])[1];
        let [left, right] = [self.at[0], self.at[0] + self.size[0]];
        svg.line(
            [left, mean],
            [right, mean],
            r##"stroke="#777" stroke-width="1.2" stroke-dasharray="6 4""##,
        );
        for curve in curves {
            let points: Vec<_> = curve.points.iter().map(|&p| self.place(&scale, p)).collect();
            let colour = curve.colour;
            if curve.connected {
                let style = format!(
                    r#"stroke="{colour}" stroke-width="2" stroke-linejoin="round" {}"#,
                    curve.dashes
                );
                svg.polylines(std::iter::once(&points[..]), &style);
            } else {
                let every = points.len().div_ceil(2000);
                for &p in points.iter().step_by(every) {
                    svg.circle(p, 1.3, &format!(r#"fill="{colour}""#));
                }
            }
        }
        self.peak(svg, &scale, curves);
        self.legend(svg, curves);
        let frame = r##"fill="none" stroke="#222" stroke-width="1""##;
        svg.rectangle(self.at, self.size, frame);
    }

    fn place(&self, scale: &Scale, [x, y]: [f64; 2]) -> [f64; 2] {
        let part = |v: f64, [low, high]: [f64; 2]| (v - low) / (high - low);
        [
            self.at[0] + self.size[0] * part(x, scale.x),
            self.at[1] + self.size[1] * (1.0 - part(y, scale.y)),
        ]
    }

    fn defect_band(&self, svg: &mut Svg, scale: &Scale) {
        let Some(radius) = self.defect.filter(|r| *r < scale.x[1]) else { return };
        let width = self.place(scale, [radius, 0.0])[0] - self.at[0];
        svg.rectangle(self.at, [width, self.size[1]], r##"fill="#ececec""##);
        if width > 40.0 {
            let at = [self.at[0] + 0.5 * width, self.at[1] + self.size[1] - 12.0];
            svg.text(at, Anchor::Middle, r##"fill="#666""##, "pore");
        }
    }

    fn axes(&self, svg: &mut Svg, scale: &Scale) {
        let [left, top] = self.at;
        let (right, bottom) = (left + self.size[0], top + self.size[1]);
        let per_si = scale.unit.per_si;
        let ticks = Ticks::new(scale.x[0] * per_si, scale.x[1] * per_si, 6);
        for &t in &ticks.at {
            let x = self.place(scale, [t / per_si, 0.0])[0];
            svg.line([x, bottom], [x, bottom + 5.0], r##"stroke="#222""##);
            svg.text([x, bottom + 18.0], Anchor::Middle, "", &ticks.label(t));
        }
        let name = format!("distance from the axis ({})", scale.unit.name);
        svg.text([0.5 * (left + right), bottom + 38.0], Anchor::Middle, r#"font-size="13""#, &name);
        let ticks = Ticks::new(scale.y[0], scale.y[1], 6);
        let mut widest = 0;
        for &t in &ticks.at {
            let y = self.place(scale, [0.0, t])[1];
            svg.line([left - 5.0, y], [left, y], r##"stroke="#222""##);
            let label = ticks.label(t);
            svg.text([left - 8.0, y + 4.0], Anchor::End, "", &label);
            widest = widest.max(label.chars().count());
        }
        let x = left - 22.0 - 6.7 * widest as f64;
        let middle = 0.5 * (top + bottom);
        svg.text_upwards([x, middle], r#"font-size="13""#, "current density / mean");
    }

    fn peak(&self, svg: &mut Svg, scale: &Scale, curves: &[Curve]) {
        let all = curves.iter().flat_map(|c| c.points.iter().map(move |p| (p, c)));
        let Some((&peak, curve)) = all.max_by(|a, b| a.0[1].total_cmp(&b.0[1])) else { return };
        let at = self.place(scale, peak);
        svg.circle(at, 4.0, &format!(r#"fill="white" stroke="{}" stroke-width="2""#, curve.colour));
        let unit = scale.unit;
        let distance = four_digits(peak[0] * unit.per_si);
        let text = format!("peak {} at {distance} {}", four_digits(peak[1]), unit.name);
        // To the side on which there is more room, above the curve, which has its highest point here.
        let to_right = at[0] < self.at[0] + 0.5 * self.size[0];
        let (shift, anchor) = if to_right { (8.0, Anchor::Start) } else { (-8.0, Anchor::End) };
        let place = [at[0] + shift, at[1] - 7.0];
        svg.text_on_map(place, anchor, r#"font-size="12.5" font-weight="bold""#, &text);
    }

    fn legend(&self, svg: &mut Svg, curves: &[Curve]) {
        let y = self.at[1] - 14.0;
        let mut x = self.at[0];
        let entries = curves.iter().map(|c| {
            let style = format!(r#"stroke="{}" stroke-width="2.5" {}"#, c.colour, c.dashes);
            (c.label.as_str(), style)
        });
        let mean = r##"stroke="#777" stroke-width="1.2" stroke-dasharray="6 4""##.to_owned();
        for (label, style) in entries.chain([("uniform", mean)]) {
            svg.line([x, y - 4.0], [x + 22.0, y - 4.0], &style);
            svg.text([x + 27.0, y], Anchor::Start, "", label);
            x += 46.0 + 6.4 * label.chars().count() as f64;
        }
    }
}

fn scale(curves: &[Curve]) -> Scale {
    let points = || curves.iter().flat_map(|c| &c.points);
    let far = points().map(|p| p[0]).fold(0.0, f64::max);
    let far = if far > 0.0 { far } else { 1.0 };
    // The mean belongs into the picture.
    let low = points().map(|p| p[1]).fold(1.0, f64::min);
    let high = points().map(|p| p[1]).fold(1.0, f64::max);
    let spread = (high - low).max(1e-3 * high.abs());
    Scale { x: [0.0, far], y: [low - 0.12 * spread, high + 0.14 * spread], unit: length_unit(far) }
}
