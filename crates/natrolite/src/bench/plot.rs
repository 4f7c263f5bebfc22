//! The picture of a benchmark: where the time went, and how it scales.

use super::report::Report;
use super::series::{Kind, Row, Series};
use crate::figure::colour::CURVES;
use crate::figure::svg::{Anchor, Svg};

/// Size of a panel.
const SIZE: [f64; 2] = [360.0, 270.0];
/// Upper left corner of the first panel.
const FIRST: [f64; 2] = [70.0, 92.0];
/// From the left edge of one panel to that of the next, and from the top of one series to the next.
const STEP: [f64; 2] = [470.0, 380.0];

/// The phases with their colours; black and white readers have their order.
const PHASES: [(&str, &str); 6] = [
    ("mesh", "#0072b2"),
    ("setup", "#56b4e9"),
    ("preconditioner", "#e69f00"),
    ("rest of solve", "#d55e00"),
    ("output", "#999999"),
    ("other", "#dddddd"),
];

/// The times of [`PHASES`] \[s\].
fn phases(row: &Row) -> [f64; 6] {
    let s = &row.seconds;
    [s.mesh, s.setup, s.linear_setup, s.solve - s.linear_setup, s.output, s.other]
}

/// A panel of times and a panel of speed-up or efficiency for each series, as SVG.
pub fn draw(report: &Report) -> String {
    let rows = report.series.len() as f64;
    let mut svg = Svg::new(FIRST[0] + STEP[0] + SIZE[0] + 30.0, 50.0 + rows * STEP[1]);
    let title = format!("{}, order {}", report.problem.title(), report.order);
    let bold = r#"font-size="17" font-weight="bold""#;
    svg.text([FIRST[0], 28.0], Anchor::Start, bold, &title);
    let machine = format!("{}; natrolite {}", report.machine.describe(), report.version);
    svg.text([FIRST[0], 48.0], Anchor::Start, r##"fill="#444""##, &machine);
    for (k, series) in report.series.iter().enumerate() {
        let top = FIRST[1] + STEP[1] * k as f64;
        times(&mut svg, [FIRST[0], top], series);
        scaling(&mut svg, [FIRST[0] + STEP[0], top], series);
    }
    svg.finish(&title)
}

/// Stacked columns of the phases.
fn times(svg: &mut Svg, at: [f64; 2], series: &Series) {
    let most = series.rows.iter().map(|row| row.seconds.total).fold(0.0, f64::max);
    let panel = Panel { at, high: 1.08 * most, count: series.rows.len() };
    let cells = match series.kind {
        Kind::Weak => {
            format!("about {} cells for each of the {}", series.cells_wanted, series.of())
        }
        _ => format!("{} cells", series.rows.first().map_or(0, |row| row.cells)),
    };
    panel.frame(svg, series, &format!("wall-clock seconds, {cells}"));
    for (k, row) in series.rows.iter().enumerate() {
        let (x, width) = (panel.x(k), (0.6 * panel.step()).min(60.0));
        let mut below = 0.0;
        for (seconds, (_, colour)) in phases(row).into_iter().zip(PHASES) {
            let seconds = seconds.max(0.0);
            let (top, bottom) = (panel.y(below + seconds), panel.y(below));
            let style = format!(r#"fill="{colour}""#);
            svg.rectangle([x - 0.5 * width, top], [width, bottom - top], &style);
            below += seconds;
        }
    }
    let entries: Vec<_> = PHASES.iter().map(|&(name, colour)| (name, colour, "")).collect();
    legend(svg, [at[0], at[1] - 10.0], &entries);
}

/// Speed-up, or efficiency, against what threads and memory would allow.
fn scaling(svg: &mut Svg, at: [f64; 2], series: &Series) {
    let Some(first) = series.rows.first() else { return };
    let of = |value: &dyn Fn(&Row) -> f64| series.rows.iter().map(value).collect::<Vec<_>>();
    let threads = of(&|row| f64::from(row.workers().count()) / f64::from(first.workers().count()));
    let memory = of(&|row| row.stream_bytes_per_second / first.stream_bytes_per_second);
    let speed = |row: &Row| row.dof_iterations_per_second.unwrap_or(f64::NAN);
    let total = of(&|row| row.efficiency);
    let iterations = of(&|row| speed(row) / speed(first));
    // As speed-up over the first row; in weak scaling as a fraction of the number of threads.
    let weak = series.kind == Kind::Weak;
    let scale = |k: usize, speed_up: f64| if weak { speed_up / threads[k] } else { speed_up };
    let lines: [(&str, &str, &str, Vec<f64>); 4] = [
        (series.of(), "#777777", r#"stroke-dasharray="2 4""#, threads.clone()),
        ("STREAM", "#777777", r#"stroke-dasharray="8 4""#, memory.clone()),
        ("whole run", CURVES[1], "", product(&total, &threads)),
        ("iterations", CURVES[0], "", iterations),
    ];
    let scaled = |values: &[f64]| -> Vec<f64> {
        values.iter().enumerate().map(|(k, &v)| scale(k, v)).collect()
    };
    let high = lines.iter().flat_map(|line| scaled(&line.3)).filter(|v| v.is_finite());
    let high = 1.1 * high.fold(1.0, f64::max);
    let panel = Panel { at, high, count: series.rows.len() };
    panel.frame(svg, series, if weak { "efficiency" } else { "speed-up" });
    for (_, colour, dashes, values) in &lines {
        let points: Vec<[f64; 2]> = scaled(values)
            .into_iter()
            .enumerate()
            .filter(|(_, v)| v.is_finite())
            .map(|(k, v)| [panel.x(k), panel.y(v)])
            .collect();
        let style = format!(r#"stroke="{colour}" stroke-width="2" {dashes}"#);
        svg.polylines(std::iter::once(&points[..]), &style);
        if dashes.is_empty() {
            for point in points {
                svg.circle(point, 3.5, &format!(r#"fill="{colour}""#));
            }
        }
    }
    let entries: Vec<_> = lines.iter().map(|line| (line.0, line.1, line.2)).collect();
    legend(svg, [at[0], at[1] - 10.0], &entries);
}

fn product(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a * b).collect()
}

/// Names and colours in a row that ends with the panel.
fn legend(svg: &mut Svg, [mut x, y]: [f64; 2], entries: &[(&str, &str, &str)]) {
    for (name, colour, dashes) in entries {
        let style = format!(r#"stroke="{colour}" stroke-width="5" {dashes}"#);
        svg.line([x, y - 4.0], [x + 14.0, y - 4.0], &style);
        svg.text([x + 18.0, y], Anchor::Start, r#"font-size="11""#, name);
        x += 30.0 + 6.0 * name.chars().count() as f64;
    }
}

/// A panel with one place for each row of a series.
struct Panel {
    at: [f64; 2],
    /// Upper end of the axis.
    high: f64,
    count: usize,
}

impl Panel {
    fn step(&self) -> f64 {
        SIZE[0] / self.count.max(1) as f64
    }

    fn x(&self, k: usize) -> f64 {
        self.at[0] + (k as f64 + 0.5) * self.step()
    }

    fn y(&self, value: f64) -> f64 {
        self.at[1] + SIZE[1] * (1.0 - value / self.high)
    }

    fn frame(&self, svg: &mut Svg, series: &Series, name: &str) {
        let [left, top] = self.at;
        let bottom = top + SIZE[1];
        svg.rectangle(self.at, SIZE, r##"fill="none" stroke="#222""##);
        let ticks = crate::figure::axis::Ticks::new(0.0, self.high, 5);
        for &value in &ticks.at {
            let y = self.y(value);
            svg.line([left - 5.0, y], [left, y], r##"stroke="#222""##);
            svg.text([left - 8.0, y + 4.0], Anchor::End, "", &ticks.label(value));
        }
        // As many labels as there is room for.
        let every = self.count.div_ceil(12).max(1);
        for (k, row) in series.rows.iter().enumerate().step_by(every) {
            let x = self.x(k);
            svg.text([x, bottom + 18.0], Anchor::Middle, "", &row.workers().count().to_string());
        }
        let middle = [left + 0.5 * SIZE[0], bottom + 38.0];
        svg.text(middle, Anchor::Middle, r#"font-size="13""#, series.of());
        let upwards = [left - 48.0, top + 0.5 * SIZE[1]];
        svg.text_upwards(upwards, r#"font-size="13""#, name);
    }
}
