//! A quantity over two axes: a cell for each pair of values.

use super::span::{
    LINE, Span, horizontal_axis, name_below, name_beside, short, tick_below, tick_beside,
    vertical_axis, with_unit,
};
use super::view::{AxisView, QuantityView, Spacing};
use super::{Slice, series};
use crate::figure::colour::gradient;
use crate::figure::contour::{contour, length};
use crate::figure::image::cells_data_uri;
use crate::figure::raster::Raster;
use crate::figure::svg::{Anchor, DIGIT, ONE_COLUMN, Svg};
use crate::figure::{Figure, HoverArea};
use crate::output::six_digits;

/// Size of the drawing and of its plot, and the plot's upper left corner.
const SHEET: [f64; 2] = [ONE_COLUMN, 276.0];
const PLOT: [f64; 2] = [212.0, 202.0];
const AT: [f64; 2] = [64.0, 18.0];
/// Width of the bar of colours.
pub const BAR: f64 = 12.0;
/// Most cells that are drawn; of more, every so manieth along both axes.
const MOST: usize = 16_000;
/// Pixels of the image along a side, about.
const PIXELS: usize = 480;

/// The cells of a map, thinned where there are too many.
struct Cells {
    /// Numbers of the values that are shown along both axes.
    places: [Vec<usize>; 2],
    /// From left to right, then from the bottom to the top; in the quantity's unit, NaN without.
    values: Vec<f64>,
    converged: Vec<bool>,
}

impl Cells {
    /// Numbers of columns and rows.
    fn counts(&self) -> [usize; 2] {
        [0, 1].map(|k| self.places[k].len())
    }
}

/// The map of a quantity over the axes `x` and `y` of a slice; nothing without values.
pub fn heat_map(
    slice: &Slice<'_>,
    quantity: &QuantityView<'_>,
    [x, y]: [&AxisView; 2],
) -> Option<Figure> {
    let cells = collect(slice, quantity, [x, y]);
    let colours = Span::around(cells.values.iter().copied(), 0.0)?.widened(0.0);
    let mut svg = Svg::new(SHEET[0], SHEET[1]);
    svg.hatch("failed");
    let levels: Vec<f64> = cells.values.iter().map(|&value| level(&colours, value)).collect();
    draw_image(&mut svg, (&cells, &levels), &colours);
    draw_lines(&mut svg, (&cells, &levels), &colours);
    let failed = draw_failed(&mut svg, &cells);
    svg.rectangle(AT, PLOT, &format!(r#"fill="none" {LINE}"#));
    for (k, axis) in [x, y].into_iter().enumerate() {
        draw_axis(&mut svg, axis, &cells.places[k], k == 1);
    }
    let bar = [AT[0] + PLOT[0] + 10.0, AT[1]];
    svg.raw(&gradient("bar"));
    svg.rectangle(bar, [BAR, PLOT[1]], r#"fill="url(#bar)""#);
    draw_bar(&mut svg, bar, PLOT[1], &colours, &with_unit(&quantity.name, &quantity.unit));
    let title = format!("{} over {} and {}", capital(&quantity.name), x.name, y.name);
    let label = |axis: &AxisView, k: usize| {
        cells.places[k].iter().map(|&place| axis.label(place)).collect::<Vec<_>>()
    };
    let hover = HoverArea::Cells {
        frame: [AT[0], AT[1], PLOT[0], PLOT[1]],
        x_name: x.name.clone(),
        x: label(x, 0),
        y_name: y.name.clone(),
        y: label(y, 1),
        name: quantity.name.clone(),
        unit: quantity.unit.clone(),
        values: cells.values.iter().map(|&v| v.is_finite().then(|| six_digits(v))).collect(),
    };
    let mut caption = format!(
        "A cell for each of {} × {} points{}; lines join equal values.",
        x.values.len(),
        y.values.len(),
        slice.describe()
    );
    if cells.values.len() < x.values.len() * y.values.len() {
        let shown = [0, 1].map(|k| cells.places[k].len());
        caption += &format!(" Of these, {} × {} are drawn, evenly spread.", shown[0], shown[1]);
    }
    if failed > 0 {
        caption += &format!(
            " Hatched: {failed} point{} failed or did not converge.",
            if failed == 1 { "" } else { "s" }
        );
    }
    Some(Figure {
        name: format!("map_{}", quantity.stem),
        svg: svg.finish(&title),
        title,
        caption,
        hover: vec![hover],
        data: series(slice, quantity, &[x, y]),
    })
}

fn collect(slice: &Slice<'_>, quantity: &QuantityView<'_>, [x, y]: [&AxisView; 2]) -> Cells {
    let counts = [x.values.len(), y.values.len()];
    let mut step = 1;
    while counts[0].div_ceil(step) * counts[1].div_ceil(step) > MOST {
        step += 1;
    }
    let places = counts.map(|count| (0..count).step_by(step).collect::<Vec<_>>());
    let points = places[1]
        .iter()
        .flat_map(|&j| places[0].iter().map(move |&i| slice.point(&[(x.axis, i), (y.axis, j)])));
    let points: Vec<usize> = points.collect();
    Cells {
        values: points.iter().map(|&point| quantity.value(point)).collect(),
        converged: points.iter().map(|&point| slice.sweep.is_converged(point)).collect(),
        places,
    }
}

/// Values as the colours have them: logarithms on a logarithmic scale.
fn level(colours: &Span, value: f64) -> f64 {
    if colours.logarithmic { value.ln() } else { value }
}

fn draw_image(svg: &mut Svg, (cells, levels): (&Cells, &[f64]), colours: &Span) {
    let counts = cells.counts();
    let ends = [colours.low, colours.high].map(|end| level(colours, end));
    let uri = cells_data_uri(levels, counts, counts.map(|n| (PIXELS / n).max(1)), ends);
    svg.raw(&format!(
        r#"<image x="{}" y="{}" width="{}" height="{}" preserveAspectRatio="none" xlink:href="{uri}"/>"#,
        AT[0], AT[1], PLOT[0], PLOT[1]
    ));
}

/// Lines of equal value between the middles of the cells, with their values.
fn draw_lines(svg: &mut Svg, (cells, levels): (&Cells, &[f64]), colours: &Span) {
    let [columns, rows] = cells.counts();
    if columns.min(rows) < 5 {
        return;
    }
    let mut raster = Raster::new([0.0; 2], [columns as f64, rows as f64], columns);
    // The raster has its first row at the top.
    let from_top = levels.chunks_exact(columns).zip(cells.converged.chunks_exact(columns)).rev();
    let pixels = from_top.flat_map(|(levels, converged)| levels.iter().zip(converged));
    for (value, (level, is_converged)) in raster.values.iter_mut().zip(pixels) {
        *value = if *is_converged { *level } else { f64::NAN };
    }
    let mut labels: Vec<([f64; 2], String)> = Vec::new();
    for (value, text) in colours.ticks(8) {
        let to_plot = |p: &[f64; 2]| {
            [AT[0] + p[0] * PLOT[0] / columns as f64, AT[1] + p[1] * PLOT[1] / rows as f64]
        };
        let lines = contour(&raster, level(colours, value));
        let lines: Vec<Vec<[f64; 2]>> =
            lines.iter().map(|line| line.iter().map(to_plot).collect()).collect();
        let style = r#"stroke="white" stroke-width="1" stroke-opacity="0.85""#;
        svg.polylines(lines.iter().map(|l| &l[..]), style);
        let place = lines.iter().filter(|line| length(line) > 50.0).flatten().filter_map(|&p| {
            let inside = (p[0] - AT[0]).min(AT[0] + PLOT[0] - p[0]) > 18.0
                && (p[1] - AT[1]).min(AT[1] + PLOT[1] - p[1]) > 12.0;
            let free = labels.iter().map(|(q, _)| (0.5 * (p[0] - q[0])).hypot(p[1] - q[1]));
            let room = free.fold(f64::INFINITY, f64::min);
            // Along the diagonal, where lines usually cross it.
            let off = (p[0] - AT[0]) / PLOT[0] - (AT[1] + PLOT[1] - p[1]) / PLOT[1];
            (inside && room > 20.0).then_some((off.abs(), p))
        });
        if let Some((_, place)) = place.min_by(|a, b| a.0.total_cmp(&b.0)) {
            labels.push((place, text));
        }
    }
    for (place, text) in &labels {
        let place = [place[0], place[1] + 4.0];
        svg.text_on_map(place, Anchor::Middle, r#"font-size="10""#, text);
    }
}

/// Hatches the cells without a converged value; how many there are.
fn draw_failed(svg: &mut Svg, cells: &Cells) -> usize {
    let [columns, rows] = cells.counts();
    let [w, h] = [PLOT[0] / columns as f64, PLOT[1] / rows as f64];
    let mut path = String::new();
    let mut count = 0;
    for (k, _) in cells.converged.iter().enumerate().filter(|(_, converged)| !**converged) {
        let (x, y) =
            (AT[0] + (k % columns) as f64 * w, AT[1] + PLOT[1] - (k / columns + 1) as f64 * h);
        path += &format!("M{x:.1} {y:.1}h{w:.1}v{h:.1}h-{w:.1}z");
        count += 1;
    }
    if count > 0 {
        svg.raw(&format!(
            r##"<path d="{path}" fill="url(#failed)" stroke="#777" stroke-width="0.6"/>"##
        ));
    }
    count
}

/// Ticks at numbers where the values follow a scale, else at the middles of cells.
fn draw_axis(svg: &mut Svg, axis: &AxisView, places: &[usize], is_vertical: bool) {
    let name = with_unit(&axis.name, &axis.unit);
    let count = places.len();
    let (first, last) = (axis.values[places[0]], axis.values[places[count - 1]]);
    let span = match axis.spacing {
        // Values that fall have ticks of their own.
        _ if count < 3 || last <= first => None,
        Spacing::Linear => {
            let half = 0.5 * (last - first) / (count - 1) as f64;
            Some(Span { low: first - half, high: last + half, logarithmic: false })
        }
        Spacing::Logarithmic => {
            let half = (last / first).powf(0.5 / (count - 1) as f64);
            Some(Span { low: first / half, high: last * half, logarithmic: true })
        }
        Spacing::Listed => None,
    };
    if let Some(span) = span {
        let draw = if is_vertical { vertical_axis } else { horizontal_axis };
        return draw(svg, AT, PLOT, &span, &name);
    }
    let labels: Vec<String> = places.iter().map(|&place| short(axis.values[place])).collect();
    let widest = labels.iter().map(|l| l.chars().count()).max().unwrap_or(0);
    let room = if is_vertical { PLOT[1] / 16.0 } else { PLOT[0] / (DIGIT * widest as f64 + 6.0) };
    let every = (count as f64 / room).ceil().max(1.0) as usize;
    for (k, label) in labels.iter().enumerate().step_by(every) {
        let part = (k as f64 + 0.5) / count as f64;
        if is_vertical {
            tick_beside(svg, [AT[0], AT[1] + PLOT[1] * (1.0 - part)], label);
        } else {
            tick_below(svg, [AT[0] + PLOT[0] * part, AT[1] + PLOT[1]], label);
        }
    }
    match is_vertical {
        true => name_beside(svg, AT, PLOT, (&name, widest)),
        false => name_below(svg, AT, PLOT, &name),
    }
}

/// A frame, ticks and the name of a bar of colours at the right of a plot; `at` is its upper left corner and
/// `height` its height.
pub fn draw_bar(svg: &mut Svg, [left, top]: [f64; 2], height: f64, colours: &Span, name: &str) {
    let right = left + BAR;
    svg.rectangle([left, top], [BAR, height], &format!(r#"fill="none" {LINE}"#));
    for (value, label) in colours.ticks(8) {
        let y = top + height * (1.0 - colours.part(value));
        svg.line([right, y], [right + 3.0, y], LINE);
        svg.text([right + 5.0, y + 4.0], Anchor::Start, "", &label);
    }
    draw_heading(svg, name);
}

/// What colours or curves stand for, above the plot at the right.
pub fn draw_heading(svg: &mut Svg, text: &str) {
    svg.text([SHEET[0] - 2.0, 11.0], Anchor::End, "", text);
}

/// With a capital letter.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |c| c.to_uppercase().chain(letters).collect())
}
