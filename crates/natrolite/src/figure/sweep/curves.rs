//! A quantity along an axis, a curve for each of some values of another one.

use super::heat_map::{capital, draw_heading};
use super::series::column;
use super::span::{Frame, Span, with_unit};
use super::view::{AxisView, QuantityView, evenly, stem};
use super::{Slice, series};
use crate::figure::colour::viridis;
use crate::figure::svg::{Anchor, DIGIT, ONE_COLUMN, Svg};
use crate::figure::{Curve, Figure, HoverArea};
use crate::output::six_digits;
use crate::sweep::SweepResults;

/// Size of the drawing, and the plot's upper left corner and height.
const SHEET: [f64; 2] = [ONE_COLUMN, 276.0];
const AT: [f64; 2] = [64.0, 18.0];
const HEIGHT: f64 = 202.0;
/// Most curves that a reader tells apart.
const MOST_CURVES: usize = 7;
/// Most points of a curve.
pub const MOST_POINTS: usize = 400;
/// Up to that many points a curve has a marker at each.
const MARKED: usize = 24;
/// Distance of labels from each other.
const LABEL: f64 = 14.0;

/// Dashes by the number of the curve.
const DASHES: [&str; MOST_CURVES] = [
    "",
    r#"stroke-dasharray="9 3""#,
    r#"stroke-dasharray="4 2.5""#,
    r#"stroke-dasharray="9 3 2 3""#,
    r#"stroke-dasharray="1.5 2.5""#,
    r#"stroke-dasharray="14 4""#,
    r#"stroke-dasharray="6 2 1.5 2 1.5 2""#,
];

/// A curve with its label; gaps where a value is NaN.
pub struct Line {
    pub label: String,
    pub points: Vec<[f64; 2]>,
}

/// The curves of a slice over the axis `x`, one for each of some values of `family`.
pub fn over_axis(
    slice: &Slice<'_>,
    quantity: &QuantityView<'_>,
    x: &AxisView,
    family: Option<&AxisView>,
) -> Option<Figure> {
    let places = evenly(x.values.len(), MOST_POINTS);
    let members = family.map_or(vec![0], |axis| evenly(axis.values.len(), MOST_CURVES));
    let sweep = slice.sweep;
    let mut failed = 0;
    let lines: Vec<Line> = members
        .iter()
        .map(|&member| {
            let point = |&place: &usize| {
                let other = family.map(|axis| (axis.axis, member));
                let shown: Vec<_> = [Some((x.axis, place)), other].into_iter().flatten().collect();
                let point = slice.point(&shown);
                let is_converged = sweep.is_converged(point);
                failed += usize::from(!is_converged);
                let value = if is_converged { quantity.value(point) } else { f64::NAN };
                [x.values[place], value]
            };
            let mut points: Vec<[f64; 2]> = places.iter().map(point).collect();
            points.sort_by(|a, b| a[0].total_cmp(&b[0]));
            let label = family.map_or(String::new(), |axis| axis.label(member));
            Line { label, points }
        })
        .collect();
    let mut title = format!("{} over {}", capital(&quantity.name), x.name);
    let mut caption = "Straight lines join the points".to_owned();
    if let Some(axis) = family {
        title += &format!(" for values of {}", axis.name);
        caption = match members.len() == axis.values.len() {
            true => format!("A curve for each value of {}", axis.name),
            false => format!(
                "A curve for {} of the {} values of {}",
                members.len(),
                axis.values.len(),
                axis.name
            ),
        };
    }
    caption += &format!("{}.", slice.describe());
    if places.len() < x.values.len() {
        caption += &format!(" {} of {} points are drawn.", places.len(), x.values.len());
    }
    if failed > 0 {
        caption += " Curves are interrupted where a point failed or did not converge.";
    }
    let names = [with_unit(&x.name, &x.unit), with_unit(&quantity.name, &quantity.unit)];
    let heading = family.map_or(String::new(), |axis| axis.name.clone());
    let (svg, hover) = draw(
        &lines,
        x.span(0.0)?,
        [&names[0], &names[1]],
        &heading,
        &title,
        [(&x.name, &x.unit), (&quantity.name, &quantity.unit)],
    )?;
    let shown: Vec<&AxisView> = [Some(x), family].into_iter().flatten().collect();
    Some(Figure {
        name: format!("curves_{}_over_{}", quantity.stem, stem(&x.key)),
        title,
        caption,
        svg,
        hover,
        data: series(slice, quantity, &shown),
    })
}

/// A quantity over the points of axes that go together: over the one key that varies, else over the index.
pub fn over_points(
    sweep: &SweepResults,
    quantity: &QuantityView<'_>,
    with_data: bool,
) -> Option<Figure> {
    let varied = |k: &usize| sweep.axes[*k].values.windows(2).any(|w| w[0] != w[1]);
    let varied: Vec<usize> = (0..sweep.axes.len()).filter(varied).collect();
    let axis = match varied[..] {
        [one] => Some(AxisView::new(sweep, one)),
        _ => None,
    };
    let places = evenly(sweep.len(), MOST_POINTS);
    let mut points: Vec<[f64; 2]> = places
        .iter()
        .map(|&point| {
            let x = axis.as_ref().map_or(point as f64, |axis| axis.values[point]);
            [x, if sweep.is_converged(point) { quantity.value(point) } else { f64::NAN }]
        })
        .collect();
    points.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let (name, unit) = axis.as_ref().map_or(("index of the point", ""), |a| (&a.name, &a.unit));
    let span = match &axis {
        Some(axis) => axis.span(0.0)?,
        None => Span::around(points.iter().map(|p| p[0]), 0.0)
            .map(|span| Span { logarithmic: false, ..span })?,
    };
    let title = format!("{} over the {}", capital(&quantity.name), name);
    let mut caption = match &axis {
        Some(_) => "The points of the sweep.".to_owned(),
        None => {
            "The points of the sweep in their order; several numbers of the case vary along it."
                .to_owned()
        }
    };
    if places.len() < sweep.len() {
        caption += &format!(" {} of {} points are drawn.", places.len(), sweep.len());
    }
    if places.iter().any(|&point| !sweep.is_converged(point)) {
        caption += " The curve is interrupted where a point failed or did not converge.";
    }
    let lines = [Line { label: String::new(), points }];
    let names = [with_unit(name, unit), with_unit(&quantity.name, &quantity.unit)];
    let (svg, hover) = draw(
        &lines,
        span,
        [&names[0], &names[1]],
        "",
        &title,
        [(name, unit), (&quantity.name, &quantity.unit)],
    )?;
    let first = match varied[..] {
        [one] => column(
            &sweep.axes[one].key,
            &sweep.axes[one].unit,
            sweep.axes[one].values.iter().copied(),
        ),
        _ => column("index", "1", (0..sweep.len()).map(|k| k as f64)),
    };
    let values = quantity.quantity.values.iter().copied();
    let mut data = vec![first, column(&quantity.quantity.name, &quantity.quantity.unit, values)];
    if !with_data {
        data.clear();
    }
    Some(Figure { name: format!("curve_{}", quantity.stem), title, caption, svg, hover, data })
}

/// Draws lines, the names of the axes, and labels at the right ends under a heading.
pub fn draw(
    lines: &[Line],
    x: Span,
    names: [&str; 2],
    heading: &str,
    title: &str,
    [abscissa, ordinate]: [(&str, &str); 2],
) -> Option<(String, Vec<HoverArea>)> {
    let values = lines.iter().flat_map(|line| &line.points).map(|p| p[1]);
    let y = Span::around(values, 0.06)?;
    let widest = lines.iter().map(|l| l.label.chars().count()).max().unwrap_or(0);
    let room = match widest {
        0 => 14.0,
        widest => (26.0 + 0.96 * DIGIT * widest as f64).min(110.0),
    };
    let size = [SHEET[0] - AT[0] - room, HEIGHT];
    let frame = Frame { at: AT, size, x: x.widened(0.02), y };
    let mut svg = Svg::new(SHEET[0], SHEET[1]);
    frame.draw(&mut svg, names);
    for (k, line) in lines.iter().enumerate() {
        draw_line(&mut svg, &frame, line, k, lines.len());
    }
    draw_labels(&mut svg, &frame, lines, heading);
    let curve = |line: &Line| Curve {
        name: line.label.clone(),
        points: line.points.iter().map(|p| p.map(six_digits)).collect(),
    };
    let hover = HoverArea::Curves {
        frame: frame.rectangle(),
        x: frame.x.scale(abscissa.0, abscissa.1),
        y: frame.y.scale(ordinate.0, ordinate.1),
        curves: lines.iter().map(curve).collect(),
    };
    Some((svg.finish(title), vec![hover]))
}

/// Dark for the first value, lighter for the last; never so light that it fades on white.
fn colour(k: usize, count: usize) -> String {
    let t = 0.78 * k as f64 / (count.max(2) - 1) as f64;
    let [r, g, b] = viridis(t);
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn draw_line(svg: &mut Svg, frame: &Frame, line: &Line, k: usize, count: usize) {
    let colour = colour(k, count);
    let placed: Vec<Option<[f64; 2]>> =
        line.points.iter().map(|&p| p[1].is_finite().then(|| frame.place(p))).collect();
    let parts: Vec<Vec<[f64; 2]>> = placed
        .split(Option::is_none)
        .map(|part| part.iter().flatten().copied().collect())
        .collect();
    let style = format!(
        r#"stroke="{colour}" stroke-width="1.4" stroke-linejoin="round" {}"#,
        DASHES[k % 7]
    );
    svg.polylines(parts.iter().filter(|p| p.len() > 1).map(|p| &p[..]), &style);
    let points: Vec<[f64; 2]> = placed.into_iter().flatten().collect();
    if points.len() <= MARKED {
        for &p in &points {
            marker(svg, p, k, &colour);
        }
    }
}

/// Shapes that differ without their colours.
pub fn marker(svg: &mut Svg, [x, y]: [f64; 2], k: usize, colour: &str) {
    let filled = format!(r#"fill="{colour}""#);
    let hollow = format!(r#"fill="white" stroke="{colour}" stroke-width="1.2""#);
    match k % 7 {
        0 => svg.circle([x, y], 2.5, &filled),
        1 => svg.rectangle([x - 2.2, y - 2.2], [4.4, 4.4], &hollow),
        2 => svg.polygon(&[[x, y - 3.0], [x + 2.7, y + 2.0], [x - 2.7, y + 2.0]], &filled),
        3 => svg.circle([x, y], 2.3, &hollow),
        4 => svg.rectangle([x - 2.2, y - 2.2], [4.4, 4.4], &filled),
        5 => svg.polygon(&[[x, y - 3.0], [x + 2.7, y + 2.0], [x - 2.7, y + 2.0]], &hollow),
        _ => svg.polygon(&[[x, y - 3.2], [x + 3.2, y], [x, y + 3.2], [x - 3.2, y]], &filled),
    }
}

/// The label of each curve beside its right end, moved so that none lies on another.
fn draw_labels(svg: &mut Svg, frame: &Frame, lines: &[Line], heading: &str) {
    let ends = lines.iter().enumerate().filter(|(_, line)| !line.label.is_empty());
    let mut ends: Vec<(f64, usize, [f64; 2])> = ends
        .filter_map(|(k, line)| {
            let last = line.points.iter().rev().find(|p| p[1].is_finite())?;
            let end = frame.place(*last);
            Some((end[1], k, end))
        })
        .collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (top, bottom) = (AT[1] + 6.0, AT[1] + HEIGHT);
    let mut free = top;
    for end in &mut ends {
        end.0 = end.0.max(free);
        free = end.0 + LABEL;
    }
    let mut free = bottom;
    for end in ends.iter_mut().rev() {
        end.0 = end.0.min(free);
        free = end.0 - LABEL;
    }
    let left = frame.at[0] + frame.size[0];
    for (y, k, end) in &ends {
        let colour = colour(*k, lines.len());
        let leader = [[end[0], end[1]], [left + 7.0, *y]];
        svg.line(leader[0], leader[1], r##"stroke="#999" stroke-width="0.7""##);
        marker(svg, [left + 11.0, *y], *k, &colour);
        svg.text([left + 18.0, y + 4.0], Anchor::Start, "", &lines[*k].label);
    }
    if !ends.is_empty() {
        draw_heading(svg, heading);
    }
}
