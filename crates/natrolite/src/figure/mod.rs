//! Figures: drawn once, and then shown by the report, written by `natrolite plot`, or laid over each
//! other by `natrolite compare`.
//!
//! A [`Figure`] is plain SVG without scripts or fonts of its own, together with the numbers that it
//! shows and with what a page may tell when a pointer is over it. What shows it decides on the rest.

pub(crate) mod axis;
pub(crate) mod colour;
mod contact_line;
mod contour;
mod curve;
mod curve_panel;
mod deformed;
mod field_plot;
mod hover;
mod image;
mod map;
mod offset;
mod overview;
mod raster;
mod section;
mod stress;
pub(crate) mod svg;
pub mod terminal;
mod tessellation;
#[cfg(test)]
mod tests;

pub use hover::{Curve, HoverArea, Scale};
pub use overview::draw;

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
