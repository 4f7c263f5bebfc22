//! Figures on a page: the drawing, its caption, and what a pointer may read from it.

use super::html::Html;
use super::section::Section;
use crate::figure::{Figure, ONE_COLUMN};

/// How much larger than in a journal a figure is shown at most.
const LARGEST: f64 = 1.3;
/// A drawing is not shown smaller than by this factor, so that its labels stay readable; on a narrow
/// screen it is moved instead.
const SMALLEST: f64 = 0.66;

/// The figures, numbered, in their order.
pub fn figures(figures: &[Figure]) -> Section<'_> {
    let mut section = Section::default();
    if figures.is_empty() {
        return section;
    }
    let mut html = Html::new();
    html.raw("<div class=\"figures\">\n");
    for (k, figure) in figures.iter().enumerate() {
        let width = figure.size()[0];
        let [most, least] = [LARGEST, SMALLEST].map(|factor| (factor * width).round());
        let size = format!("--most:{most}px;--least:{least}px");
        let class = if width > 1.01 * ONE_COLUMN { "wide" } else { "narrow" };
        let id = format!("figure-{}", figure.name);
        html.open("figure", &[("id", &id), ("class", class), ("style", &size)]);
        html.raw("\n<div class=\"plot\">");
        section.html(std::mem::take(&mut html));
        section.drawing(figure);
        html.raw("</div>\n");
        if !figure.hover.is_empty() {
            section.html(std::mem::take(&mut html));
            section.numbers("readout-data", &figure.hover);
            html.raw("\n");
        }
        html.raw("<figcaption><b>").text(&format!("Figure {}. {}.", k + 1, figure.title));
        html.raw("</b> ").text(&figure.caption).raw("</figcaption>\n</figure>\n");
    }
    html.raw("</div>\n");
    section.html(html);
    section
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_figure_is_shown_wide() {
        let figure = Figure {
            name: "potential".into(),
            title: "T".into(),
            caption: String::new(),
            svg: "<svg viewBox=\"0 0 640 480\"></svg>".into(),
            hover: Vec::new(),
            data: Vec::new(),
        };
        let mut page = Vec::new();
        figures(&[figure]).write(&mut page).unwrap();
        let page = String::from_utf8(page).unwrap();
        assert!(page.contains("class=\"wide\" style=\"--most:832px;--least:422px\""), "{page}");
        assert!(page.contains("<div class=\"plot\"><svg role=\"img\" viewBox"), "{page}");
    }
}
