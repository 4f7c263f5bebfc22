//! The peak factor of all points over their Wagner number: while kinetics are linear, one curve.

use super::SAME;
use super::curves::marker;
use super::heat_map::{BAR, draw_bar, draw_heading};
use super::series::column;
use super::span::{Frame, Span, short, with_unit};
use super::view::{AxisView, evenly, stem};
use crate::figure::colour::{gradient, viridis};
use crate::figure::svg::{Anchor, ONE_COLUMN, Svg};
use crate::figure::{Figure, HoverArea};
use crate::output::six_digits;
use crate::sweep::SweepResults;

/// Size of the drawing and of its plot, and the plot's upper left corner.
const SHEET: [f64; 2] = [ONE_COLUMN, 276.0];
const PLOT: [f64; 2] = [212.0, 202.0];
const AT: [f64; 2] = [64.0, 18.0];
/// Up to that many values of the colours' axis have a marker each, more have a scale.
const MARKED: usize = 7;
/// The part of the colours that is used: the light end would fade on white.
const LIGHTEST: f64 = 0.88;
/// Of points nearer to each other than this, in pixels of the drawing, one is drawn.
const NEAR: f64 = 1.5;

/// What colours points: an axis, and how its values become colours.
struct Shades {
    axis: AxisView,
    span: Span,
}

impl Shades {
    /// Of the second axis that varies, else the first.
    fn new(sweep: &SweepResults) -> Option<Shades> {
        let varies = |k: &usize| sweep.axes[*k].values.windows(2).any(|w| w[0] != w[1]);
        let varied: Vec<usize> = (0..sweep.axes.len()).filter(varies).collect();
        let axis = AxisView::new(sweep, *varied.get(1).or(varied.first())?);
        let span = axis.span(0.0)?;
        Some(Shades { axis, span })
    }

    fn is_marked(&self) -> bool {
        self.axis.values.len() <= MARKED
    }

    fn colour(&self, place: usize) -> String {
        let t = LIGHTEST * self.span.part(self.axis.values[place]);
        let [r, g, b] = viridis(t);
        format!("#{r:02x}{g:02x}{b:02x}")
    }
}

/// The peak factor of a surface over its Wagner number; nothing where one of them is missing or the same
/// everywhere.
pub fn collapse(sweep: &SweepResults, surface: &str, with_data: bool) -> Option<Figure> {
    let peak = sweep.quantity(&format!("peak_factor.{surface}"))?;
    let wagner = sweep.quantity(&format!("wagner_number.{surface}"))?;
    let is_shown = |point: &usize| {
        let [w, p] = [wagner.values[*point], peak.values[*point]];
        sweep.is_converged(*point) && w.is_finite() && p.is_finite() && w > 0.0
    };
    let shown: Vec<usize> = (0..sweep.len()).filter(is_shown).collect();
    let at = |point: usize| [wagner.values[point], peak.values[point]];
    let numbers = || shown.iter().map(|&point| at(point)[0]);
    let (low, high) = (numbers().reduce(f64::min)?, numbers().reduce(f64::max)?);
    if high <= low * (1.0 + SAME) || shown.len() < 3 {
        return None;
    }
    let x = Span { low, high, logarithmic: true };
    let x = x.widened(0.03);
    let y = Span::around(shown.iter().map(|&point| at(point)[1]), 0.06)?;
    let shades = Shades::new(sweep)?;
    let frame = Frame { at: AT, size: PLOT, x, y };
    let mut svg = Svg::new(SHEET[0], SHEET[1]);
    frame.draw(
        &mut svg,
        [&format!("Wagner number of {surface}"), &format!("peak factor of {surface}")],
    );
    let drawn = thin(&shown, |point| frame.place(at(point)));
    for &point in &drawn {
        let place = sweep.place(shades.axis.axis, point);
        let colour = shades.colour(place);
        match shades.is_marked() {
            true => marker(&mut svg, frame.place(at(point)), place, &colour),
            false => {
                let style = format!(r##"fill="{colour}" stroke="#333" stroke-width="0.4""##);
                svg.circle(frame.place(at(point)), 2.1, &style);
            }
        }
    }
    draw_key(&mut svg, &shades);
    let title = format!("Peak factor of {surface} over its Wagner number");
    let mut caption = format!(
        "Every converged point of the sweep, coloured by {}. While kinetics are linear, the peak factor of \
         a shape depends on the Wagner number alone and the points lie on one curve.",
        shades.axis.name
    );
    if drawn.len() < shown.len() {
        caption += &format!(
            " Of points that cover each other one is drawn: {} of {}.",
            drawn.len(),
            shown.len()
        );
    }
    let axes: Vec<AxisView> = (0..sweep.axes.len()).map(|k| AxisView::new(sweep, k)).collect();
    // Of each axis the labels that were asked for: a value has many points.
    let mut labels: Vec<Vec<Option<String>>> =
        axes.iter().map(|axis| vec![None; axis.values.len()]).collect();
    let mut name = |&point: &usize| {
        let mut name = format!("point {point}");
        for (k, (axis, labels)) in axes.iter().zip(&mut labels).enumerate() {
            let place = sweep.place(axis.axis, point);
            name += if k == 0 { ": " } else { ", " };
            name += labels[place].get_or_insert_with(|| axis.label(place));
        }
        name
    };
    let hover = HoverArea::Points {
        frame: frame.rectangle(),
        x: frame.x.scale("Wagner number", ""),
        y: frame.y.scale("peak factor", ""),
        points: drawn.iter().map(|&point| at(point).map(six_digits)).collect(),
        names: drawn.iter().map(&mut name).collect(),
    };
    let values = |k: usize| shown.iter().map(move |&point| at(point)[k]);
    Some(Figure {
        name: format!("collapse_{}", stem(surface)),
        svg: svg.finish(&title),
        title,
        caption,
        hover: vec![hover],
        data: match with_data {
            true => vec![
                column("index", "1", shown.iter().map(|&point| point as f64)),
                column(&wagner.name, "1", values(0)),
                column(&peak.name, "1", values(1)),
            ],
            false => Vec::new(),
        },
    })
}

/// The points of which no earlier one lies in the same small square of the sheet.
fn thin(points: &[usize], place: impl Fn(usize) -> [f64; 2]) -> Vec<usize> {
    let counts = SHEET.map(|size| (size / NEAR) as usize + 1);
    let mut seen = vec![false; counts[0] * counts[1]];
    let mut is_first = |point: usize| {
        let [x, y] = place(point).map(|c| (c / NEAR).round() as usize);
        let square = y.min(counts[1] - 1) * counts[0] + x.min(counts[0] - 1);
        !std::mem::replace(&mut seen[square], true)
    };
    points.iter().copied().filter(|&point| is_first(point)).collect()
}

/// What the colours mean: markers with values, or a scale.
fn draw_key(svg: &mut Svg, shades: &Shades) {
    let left = AT[0] + PLOT[0] + 10.0;
    let axis = &shades.axis;
    if shades.is_marked() {
        draw_heading(svg, &with_unit(&axis.name, &axis.unit));
        for place in evenly(axis.values.len(), MARKED) {
            let y = AT[1] + 10.0 + 15.0 * place as f64;
            marker(svg, [left + 4.0, y], place, &shades.colour(place));
            svg.text([left + 14.0, y + 4.0], Anchor::Start, "", &short(axis.values[place]));
        }
        return;
    }
    svg.raw(&gradient("bar"));
    let whole = PLOT[1] / LIGHTEST;
    svg.raw(&format!(
        r#"<defs><clipPath id="key"><rect x="{left}" y="{}" width="{BAR}" height="{}"/></clipPath></defs>"#,
        AT[1], PLOT[1]
    ));
    let style = r#"fill="url(#bar)" clip-path="url(#key)""#;
    svg.rectangle([left, AT[1] + PLOT[1] - whole], [BAR, whole], style);
    let name = with_unit(&axis.name, &axis.unit);
    draw_bar(svg, [left, AT[1]], PLOT[1], &shades.span, &name);
}
