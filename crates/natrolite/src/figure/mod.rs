//! Figures: drawn once, and then shown by the report, written by `natrolite plot`, or laid over each
//! other by `natrolite compare`.
//!
//! A [`Figure`] is plain SVG without scripts or fonts of its own, together with the numbers that it
//! shows and with what a page may tell when a pointer is over it. What shows it decides on the rest.

pub(crate) mod axis;
mod bars;
pub(crate) mod colour;
mod compare;
mod contact_line;
mod contour;
mod convergence;
mod current_density;
mod curve;
mod curve_panel;
mod cut_above;
mod deformed;
mod deformed_sheet;
mod field_plot;
mod hover;
mod image;
mod interface;
mod interface_above;
mod map;
mod map_sheet;
mod mesh_lines;
mod mesh_sheet;
mod of_run;
mod offset;
mod overview;
mod potential;
mod raster;
mod render;
mod section;
mod shown;
mod stream_function;
mod streamlines;
mod stress;
mod stress_map;
pub(crate) mod svg;
mod sweep;
pub mod terminal;
mod tessellation;
#[cfg(test)]
mod tests;
mod view;
mod voltage;

pub use compare::{MOST_RUNS, compare_runs};
pub use hover::{Curve, HoverArea, Scale};
pub use mesh_sheet::mesh as draw_mesh;
pub use of_run::{FIGURES, figures_of_run};
pub use overview::draw;
pub use render::{RenderError, to_png};
pub(crate) use shown::shown_cells;
pub use svg::ONE_COLUMN;
pub use sweep::{compare_sweeps, difference_of_axes, drawings_of_sweep, figures_of_sweep};

/// A figure with its numbers.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Stem of the files that show it: small letters, digits and underscores, for example
    /// `potential_map`.
    pub name: String,
    /// What it shows, as a heading.
    pub title: String,
    /// How to read it, in one to three sentences of plain text.
    pub caption: String,
    /// A complete `<svg>` element with `viewBox`, `role="img"` and `<title>`. Colours that differ
    /// differ in lightness too, and lines also in their dashes or markers.
    pub svg: String,
    /// Where a page can tell values, in the coordinates of the `viewBox`.
    pub hover: Vec<HoverArea>,
    /// The numbers drawn, for a file beside the figure; empty where the figure only repeats a field.
    pub data: Vec<Series>,
}

impl Figure {
    /// Width and height of the drawing in its own units; zeros where it does not say.
    pub fn size(&self) -> [f64; 2] {
        let quoted =
            self.svg.split_once("viewBox=\"0 0 ").and_then(|(_, rest)| rest.split_once('"'));
        let pair = quoted.and_then(|(numbers, _)| numbers.split_once(' '));
        let number = |text: &str| text.parse().unwrap_or(0.0);
        pair.map_or([0.0; 2], |(width, height)| [number(width), number(height)])
    }

    /// The same with names of its own for what elements refer to, so that several figures can stand in
    /// one page.
    fn with_own_names(mut self) -> Figure {
        let svg = self.svg.replace(" id=\"", &format!(" id=\"{}-", self.name));
        self.svg = svg.replace("url(#", &format!("url(#{}-", self.name));
        self
    }

    /// The drawing as it is printed, `width` \[mm\] wide, with its caption as description.
    pub fn svg_of_width(&self, width: f64) -> String {
        let [w, h] = self.size();
        let height = format!("{:.2}", width * h / w);
        let in_units = format!(r#"width="{w}" height="{h}" viewBox"#);
        let printed = format!(r#"width="{width}mm" height="{height}mm" viewBox"#);
        let caption = format!("</title>\n<desc>{}</desc>", svg::escape(&self.caption));
        self.svg.replacen(&in_units, &printed, 1).replacen("</title>", &caption, 1)
    }
}

/// One column of the numbers behind a figure. Columns of one figure may differ in length.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its heading, for example `current_density`.
    pub name: String,
    /// SI unit, `"1"` for a pure number, empty for words.
    pub unit: String,
    /// The values as they are written to a file.
    pub values: Vec<String>,
}

/// A number as it is written to a file: the shortest decimals that read back to the same double.
pub(crate) fn number_text(value: f64) -> String {
    let mut text = Vec::new();
    // Writing into memory cannot fail.
    let _ = crate::output::write_number(&mut text, value);
    String::from_utf8_lossy(&text).into_owned()
}
