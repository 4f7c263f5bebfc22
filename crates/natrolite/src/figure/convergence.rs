//! The figure `convergence`: how the equations were solved.

use super::axis::{Ticks, logarithmic_ticks};
use super::colour::CURVES;
use super::svg::{Anchor, NAME, ONE_COLUMN, Svg};
use super::{Figure, Series, number_text};
use crate::results::Results;

/// Places of the panels: left, width, height, and the space between.
const LEFT: f64 = 66.0;
const WIDTH: f64 = ONE_COLUMN - LEFT - 10.0;
const TALL: f64 = 150.0;
const LOW: f64 = 90.0;
const BETWEEN: f64 = 14.0;
const ITERATIONS: &str = "linear iterations";
/// The last digits of a double: what is below cannot be told from zero.
const LEAST: f64 = 1e-17;

/// A row of numbers, one a step.
struct Steps {
    name: &'static str,
    /// Number of the first step.
    first: usize,
    values: Vec<f64>,
    logarithmic: bool,
}

/// Residuals and linear iterations of each Newton step; nodes that changed in each contact step.
pub fn convergence(results: &Results) -> Option<Figure> {
    let summary = &results.summary;
    let counts = |values: &[usize]| values.iter().map(|&v| v as f64).collect::<Vec<_>>();
    let iterations = counts(&summary.linear_solver.iterations);
    let exchanged = summary.mechanics.as_ref().map_or(Vec::new(), |m| counts(&m.exchanged));
    let steps = |name, first, values, logarithmic| Steps { name, first, values, logarithmic };
    let electric = [
        steps("residual", 0, summary.newton.residuals.clone(), true),
        steps(ITERATIONS, 1, iterations, false),
    ];
    let mechanical = [steps("nodes exchanged", 1, exchanged, false)];
    // A direct solver needs one iteration, and without exchanges there is nothing to see.
    let says = |s: &Steps| match s.logarithmic {
        true => !s.values.is_empty(),
        false => s.values.iter().any(|v| *v > if s.name == ITERATIONS { 1.0 } else { 0.0 }),
    };
    let electric: Vec<Steps> = electric.into_iter().filter(says).collect();
    let mechanical: Vec<Steps> = mechanical.into_iter().filter(says).collect();
    let axes = [("Newton step", &electric), ("contact step", &mechanical)];
    let axes: Vec<_> = axes.into_iter().filter(|(_, panels)| !panels.is_empty()).collect();
    let height = |s: &Steps| if s.logarithmic { TALL } else { LOW };
    let tall: f64 = axes
        .iter()
        .map(|(_, p)| p.iter().map(|s| height(s) + BETWEEN).sum::<f64>() - BETWEEN + 46.0)
        .sum();
    if axes.is_empty() {
        return None;
    }
    let mut svg = Svg::new(ONE_COLUMN, 10.0 + tall);
    let mut top = 10.0;
    for (axis, panels) in &axes {
        let last = panels.iter().map(|s| s.first + s.values.len()).max().unwrap_or(1) - 1;
        for (k, panel) in panels.iter().enumerate() {
            let lowest = k + 1 == panels.len();
            draw(&mut svg, panel, [top, height(panel)], last, lowest.then_some(*axis));
            top += height(panel) + if lowest { 46.0 } else { BETWEEN };
        }
    }
    let data = axes.iter().flat_map(|(axis, panels)| panels.iter().map(move |s| (axis, s)));
    let data = data.flat_map(|(axis, s)| {
        let numbers = (0..s.values.len()).map(|k| (s.first + k).to_string()).collect();
        let values = s.values.iter().map(|&v| number_text(v)).collect();
        [
            Series { name: (*axis).to_owned(), unit: "1".into(), values: numbers },
            Series { name: s.name.to_owned(), unit: "1".into(), values },
        ]
    });
    let mut caption = String::from("How the equations were solved.");
    if !summary.newton.residuals.is_empty() {
        caption += &format!(
            " Residuals are those of Newton's method over the first one; the linear solver is {}.",
            summary.linear_solver.name
        );
    }
    let title = "Convergence";
    Some(Figure {
        name: "convergence".into(),
        title: title.into(),
        caption,
        svg: svg.finish(title),
        hover: Vec::new(),
        data: data.collect(),
    })
}

fn draw(svg: &mut Svg, steps: &Steps, [top, height]: [f64; 2], last: usize, axis: Option<&str>) {
    let values: Vec<f64> = match steps.logarithmic {
        true => steps.values.iter().map(|v| v.max(LEAST).log10()).collect(),
        false => steps.values.clone(),
    };
    let finite = || values.iter().copied().filter(|v| v.is_finite());
    let (low, high) = (finite().fold(0.0, f64::min), finite().fold(0.0, f64::max));
    let spread = if high > low { high - low } else { 1.0 };
    let range = match steps.logarithmic {
        true => [low - 0.07 * spread, high + 0.07 * spread],
        false => [0.0, high.max(1.0) * 1.15],
    };
    let x = |step: usize| LEFT + WIDTH * (step as f64 + 0.5) / (last as f64 + 1.0);
    let y = |v: f64| top + height * (range[1] - v) / (range[1] - range[0]);
    let ticks: Vec<(f64, String)> = match steps.logarithmic {
        true => logarithmic_ticks(range[0], range[1], 6),
        false => {
            let ticks = Ticks::new(range[0], range[1], 4);
            let whole = ticks.at.iter().filter(|t| t.fract() == 0.0);
            whole.map(|&t| (t, format!("{t:.0}"))).collect()
        }
    };
    for (value, label) in &ticks {
        let y = y(*value);
        svg.line([LEFT, y], [LEFT + WIDTH, y], r##"stroke="#e4e4e4""##);
        svg.line([LEFT - 5.0, y], [LEFT, y], r##"stroke="#222""##);
        svg.text([LEFT - 8.0, y + 4.0], Anchor::End, "", label);
    }
    let every = (last + 1).div_ceil(12);
    for step in (0..=last).step_by(every) {
        svg.line([x(step), top + height], [x(step), top + height + 5.0], r##"stroke="#222""##);
        if axis.is_some() {
            let at = [x(step), top + height + 17.0];
            svg.text(at, Anchor::Middle, "", &step.to_string());
        }
    }
    let points: Vec<[f64; 2]> = (values.iter().enumerate())
        .filter(|(_, v)| v.is_finite())
        .map(|(k, v)| [x(steps.first + k), y(*v)])
        .collect();
    let colour = CURVES[1];
    if steps.logarithmic {
        let style = format!(r#"stroke="{colour}" stroke-width="1.8""#);
        svg.polylines(std::iter::once(&points[..]), &style);
        let style = format!(r#"fill="white" stroke="{colour}" stroke-width="1.8""#);
        points.iter().for_each(|p| svg.circle(*p, 3.5, &style));
    } else {
        let wide = (0.6 * WIDTH / (last as f64 + 1.0)).min(24.0);
        let style = format!(r#"fill="{colour}""#);
        for p in &points {
            svg.rectangle([p[0] - 0.5 * wide, p[1]], [wide, top + height - p[1]], &style);
        }
    }
    let frame = r##"fill="none" stroke="#222" stroke-width="1""##;
    svg.rectangle([LEFT, top], [WIDTH, height], frame);
    svg.text_upwards([14.0, top + 0.5 * height], NAME, steps.name);
    if let Some(axis) = axis {
        let at = [LEFT + 0.5 * WIDTH, top + height + 34.0];
        svg.text(at, Anchor::Middle, NAME, axis);
    }
}
