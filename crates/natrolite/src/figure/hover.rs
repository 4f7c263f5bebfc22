//! What a page can tell when a pointer is over a figure.

use serde::Serialize;

/// A rectangle of a figure that knows its values. Serialised as JSON for the script of a page.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum HoverArea {
    /// Curves over one axis: the page tells the values of all curves at the pointer's abscissa.
    Curves {
        /// Left, top, width and height in coordinates of the figure.
        frame: [f64; 4],
        /// The abscissa.
        x: Scale,
        /// The ordinate.
        y: Scale,
        /// The curves, with points in increasing abscissa.
        curves: Vec<Curve>,
    },
    /// Values in the cells of a regular grid: the page tells the value under the pointer.
    Grid {
        /// Left, top, width and height in coordinates of the figure.
        frame: [f64; 4],
        /// From left to right.
        x: Scale,
        /// From the bottom to the top.
        y: Scale,
        /// Number of cells from left to right.
        columns: usize,
        /// Number of cells from the bottom to the top.
        rows: usize,
        /// What the values are, for example `potential`.
        name: String,
        /// Unit of the values as they stand here.
        unit: String,
        /// Row after row from the bottom, `columns` a row; `None` where there is no body.
        values: Vec<Option<f64>>,
    },
    /// Values of pairs, in cells of one size: the page tells the pair and its value.
    Cells {
        /// Left, top, width and height in coordinates of the figure.
        frame: [f64; 4],
        /// What goes from left to right.
        x_name: String,
        /// Its values, with units.
        x: Vec<String>,
        /// What goes from the bottom to the top.
        y_name: String,
        /// Its values, with units.
        y: Vec<String>,
        /// What the values are.
        name: String,
        /// Unit of the values as they stand here.
        unit: String,
        /// Row after row from the bottom, six significant digits; `None` where there is none.
        values: Vec<Option<f64>>,
    },
    /// Single points: the page tells the one that is next to the pointer.
    Points {
        /// Left, top, width and height in coordinates of the figure.
        frame: [f64; 4],
        /// The abscissa.
        x: Scale,
        /// The ordinate.
        y: Scale,
        /// The points.
        points: Vec<[f64; 2]>,
        /// What each is called.
        names: Vec<String>,
    },
}

/// An axis: where `low` and `high` stand at the ends of the frame.
#[derive(Clone, Debug, Serialize)]
pub struct Scale {
    /// What it counts, for example `distance`.
    pub name: String,
    /// Unit of the ends.
    pub unit: String,
    /// Value at the left or lower end.
    pub low: f64,
    /// Value at the right or upper end.
    pub high: f64,
    /// True where equal ratios have equal lengths.
    pub logarithmic: bool,
}

/// One curve.
#[derive(Clone, Debug, Serialize)]
pub struct Curve {
    /// Its name in the legend.
    pub name: String,
    /// Abscissa and ordinate in the units of the scales.
    pub points: Vec<[f64; 2]>,
}
