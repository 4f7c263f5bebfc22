//! The points of a sweep as a table: the first rows as markup, all of them as numbers for the script.

use super::html::{Cell, Html, Table};
use super::section::Section;
use crate::output::six_digits;
use crate::sweep::SweepResults;
use crate::units::{Amount, handy_unit, shorten, typeset_number, typeset_unit};
use serde::{Serialize, Serializer};

/// Rows that are there without a script.
const ROWS: usize = 50;
/// Most numbers of the table of a page, so that it stays small; of more points, every so manieth.
const MOST: usize = 260_000;

/// Most columns of a table that is printed on an upright page, and on one that lies; the style leaves out
/// those beyond when it is printed.
const UPRIGHT: usize = 12;
const LYING: usize = 18;

/// What the page calls the numbers of the table.
pub const NUMBERS: &str = "sweep-data";

/// What the script of the table reads.
#[derive(Serialize)]
struct Data<'a> {
    /// Number of rows, and of the points from one row to the next.
    size: usize,
    step: usize,
    columns: Vec<Column<'a>>,
}

/// The points of the rows: every so manieth of all.
#[derive(Clone, Copy)]
struct Points {
    all: usize,
    step: usize,
}

impl Points {
    fn len(self) -> usize {
        self.all.div_ceil(self.step)
    }

    fn of_row(self, row: usize) -> usize {
        row * self.step
    }

    fn each(self) -> impl Iterator<Item = usize> {
        (0..self.all).step_by(self.step)
    }
}

/// A column; without labels and values, the indices of the points.
#[derive(Serialize)]
struct Column<'a> {
    #[serde(skip)]
    name: String,
    #[serde(skip)]
    unit: String,
    words: bool,
    /// The values of an axis, of which a point has the one at its index over the stride.
    #[serde(skip_serializing_if = "Option::is_none")]
    labels: Option<Vec<f64>>,
    stride: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Values<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Values<'a> {
    Numbers(Numbers<'a>),
    Words(Vec<&'a str>),
}

/// The values of a quantity at the points of the rows, over the size of their unit.
struct Numbers<'a> {
    values: &'a [f64],
    size: f64,
    points: Points,
}

impl Numbers<'_> {
    fn at(&self, point: usize) -> Option<f64> {
        Some(self.values[point]).filter(|value| value.is_finite()).map(|value| value / self.size)
    }
}

impl Serialize for Numbers<'_> {
    /// Null where there is none.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.points.each().map(|point| self.at(point)))
    }
}

/// The table of all points.
pub fn points(sweep: &SweepResults) -> Section<'_> {
    let varied: Vec<usize> = (0..sweep.quantities.len())
        .filter(|&k| constant(&sweep.quantities[k].values).is_none())
        .collect();
    let has_gaps = (0..sweep.len()).any(|point| !sweep.is_converged(point));
    let columns = 1 + sweep.axes.len() + varied.len() + if has_gaps { 2 } else { 0 };
    let step = (sweep.len() * columns).div_ceil(MOST).max(1);
    let points = Points { all: sweep.len(), step };
    let data =
        Data { columns: columns_of(sweep, &varied, points, has_gaps), size: points.len(), step };

    let mut html = Html::new();
    let class = if columns <= UPRIGHT {
        "sweep"
    } else if columns <= LYING {
        "sweep wide"
    } else {
        "sweep wide cut"
    };
    html.open("div", &[("class", class)]).raw("\n");
    if step > 1 {
        html.raw("<p class=\"note\">").text(&format!(
            "Every {step}th of the {} points; all are in results.csv.",
            sweep.len()
        ));
        html.raw("</p>\n");
    }
    html.raw(
        "<div class=\"scroll\"><table><caption>Six digits; click on a heading to sort</caption>",
    );
    html.raw("<thead><tr>");
    for column in &data.columns {
        let attributes = [("scope", "col"), ("class", "n")];
        html.open("th", &attributes[..if column.words { 1 } else { 2 }]);
        for (k, part) in column.name.split_inclusive(['.', '_']).enumerate() {
            html.raw(if k > 0 { "<wbr/>" } else { "" }).text(part);
        }
        if !column.unit.is_empty() {
            html.raw(" <span class=\"unit\">").text(&column.unit).raw("</span>");
        }
        html.raw("</th>");
    }
    html.raw("</tr></thead><tbody>\n");
    for row in 0..points.len().min(ROWS) {
        html.raw("<tr>");
        for column in &data.columns {
            let text = column.text(points.of_row(row), row);
            html.raw(if column.words { "<td>" } else { "<td class=\"n\">" })
                .text(&text)
                .raw("</td>");
        }
        html.raw("</tr>\n");
    }
    html.raw("</tbody></table></div>\n");
    if columns > LYING {
        html.raw("<p class=\"note in-print\">").text(&format!(
            "The first {LYING} of {columns} columns are printed; all are in results.csv."
        ));
        html.raw("</p>\n");
    }
    if points.len() > ROWS {
        html.raw("<p class=\"note without-script\">")
            .text(&format!("The first {ROWS} of {} points; all are in results.csv.", points.len()));
        html.raw("</p>\n");
    }
    let mut section = Section::from(html);
    section.numbers_of_six_digits(NUMBERS, data);
    let mut end = Html::new();
    end.raw("\n</div>\n");
    section.html(end);
    section
}

impl Column<'_> {
    /// What stands in a row without a script.
    fn text(&self, point: usize, row: usize) -> String {
        let number = |value: Option<f64>| match value {
            Some(value) => typeset_number(&shorten(six_digits(value))),
            None => "\u{2013}".to_owned(),
        };
        match (&self.labels, &self.values) {
            (Some(labels), _) => number(labels.get(point / self.stride % labels.len()).copied()),
            (_, Some(Values::Numbers(numbers))) => number(numbers.at(point)),
            (_, Some(Values::Words(words))) => words[row].to_owned(),
            _ => point.to_string(),
        }
    }
}

fn columns_of<'a>(
    sweep: &'a SweepResults,
    varied: &[usize],
    points: Points,
    has_gaps: bool,
) -> Vec<Column<'a>> {
    let column = |name: &str, unit: String| Column {
        name: name.to_owned(),
        unit,
        words: false,
        labels: None,
        stride: 1,
        values: None,
    };
    let mut columns = vec![column("point", String::new())];
    for (k, axis) in sweep.axes.iter().enumerate() {
        let (unit, size) = unit_of(&axis.values, &axis.unit);
        let labels = axis.values.iter().map(|v| v / size).collect();
        let stride = sweep.stride(k);
        columns.push(Column { labels: Some(labels), stride, ..column(&axis.key, unit) });
    }
    if has_gaps {
        let word = |point: usize| sweep.status[point].map_or("missing", |s| s.word());
        let values = Some(Values::Words(points.each().map(word).collect()));
        columns.push(Column { words: true, values, ..column("status", String::new()) });
    }
    for &k in varied {
        let quantity = &sweep.quantities[k];
        let (unit, size) = unit_of(&quantity.values, &quantity.unit);
        let numbers = Numbers { values: &quantity.values, size, points };
        let values = Some(Values::Numbers(numbers));
        columns.push(Column { values, ..column(&quantity.name, unit) });
    }
    if has_gaps {
        let values = points.each().map(|point| sweep.reason(point)).collect();
        let values = Some(Values::Words(values));
        columns.push(Column { words: true, values, ..column("reason", String::new()) });
    }
    columns
}

/// One unit for all values, that of the largest.
fn unit_of(values: &[f64], si: &str) -> (String, f64) {
    let finite = values.iter().filter(|v| v.is_finite());
    let (unit, size) = handy_unit(finite.fold(0.0, |m: f64, v| m.max(v.abs())), si);
    (typeset_unit(&unit), size)
}

/// The value that all points with one share, up to rounding.
fn constant(values: &[f64]) -> Option<f64> {
    let first = values.iter().copied().find(|v| v.is_finite())?;
    let (mut largest, mut difference) = (0.0_f64, 0.0_f64);
    for value in values.iter().filter(|value| value.is_finite()) {
        (largest, difference) = (largest.max(value.abs()), difference.max((value - first).abs()));
    }
    (difference <= 1e-12 * largest).then_some(first)
}

/// The quantities that are the same at all points.
pub fn constants(sweep: &SweepResults) -> Html {
    let same = sweep.quantities.iter().filter_map(|q| Some((q, constant(&q.values)?)));
    let same: Vec<_> = same.collect();
    if same.is_empty() {
        return Html::new();
    }
    let mut table = Table::new("Quantities that do not vary", &["quantity", "#value", "unit"]);
    for (quantity, value) in same {
        let amount = Amount::of(value, &quantity.unit);
        let number = Cell::Number(&amount.number, value);
        table.row(&[Cell::Name(&quantity.name), number, Cell::Text(&amount.unit)]);
    }
    table.finish()
}
