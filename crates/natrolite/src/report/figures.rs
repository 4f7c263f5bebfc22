//! Figures on a page: the drawing, its caption, and what a pointer may read from it.

use super::html::Html;
use crate::figure::{Figure, ONE_COLUMN};

/// How much larger than in a journal a figure is shown at most.
const LARGEST: f64 = 1.3;
/// A drawing is not shown smaller than by this factor, so that its labels stay readable; on a narrow
/// screen it is moved instead.
const SMALLEST: f64 = 0.66;

/// The figures, numbered, in their order.
pub fn figures(figures: &[Figure]) -> Html {
    let mut html = Html::new();
    if figures.is_empty() {
        return html;
    }
    html.raw("<div class=\"figures\">\n");
    for (k, figure) in figures.iter().enumerate() {
        html.append(&one(figure, k + 1));
    }
    html.raw("</div>\n");
    html
}

fn one(figure: &Figure, number: usize) -> Html {
    let mut html = Html::new();
    let width = figure.size()[0];
    let [most, least] = [LARGEST, SMALLEST].map(|factor| (factor * width).round());
    let size = format!("--most:{most}px;--least:{least}px");
    let class = if width > 1.01 * ONE_COLUMN { "wide" } else { "narrow" };
    let id = format!("figure-{}", figure.name);
    html.open("figure", &[("id", &id), ("class", class), ("style", &size)]);
    html.raw("\n<div class=\"plot\">").drawing(&inline(figure)).raw("</div>\n");
    if !figure.hover.is_empty() {
        html.json("readout-data", &figure.hover).raw("\n");
    }
    html.raw("<figcaption><b>").text(&format!("Figure {number}. {}.", figure.title));
    html.raw("</b> ").text(&figure.caption).raw("</figcaption>\n</figure>\n");
    html
}

/// The drawing as a part of a page: without namespaces, which HTML knows by itself, and with its title as
/// a label, because browsers show a title wherever the pointer rests.
fn inline(figure: &Figure) -> String {
    let plain = figure
        .svg
        .trim()
        .replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1)
        .replacen(" xmlns:xlink=\"http://www.w3.org/1999/xlink\"", "", 1)
        .replacen(" role=\"img\"", "", 1)
        .replace(" xlink:href=\"", " href=\"");
    let title = plain.split_once("<title>").and_then(|(head, rest)| {
        let (title, body) = rest.split_once("</title>")?;
        Some((head, title, body))
    });
    match title {
        Some((head, title, body)) => {
            let head =
                head.replacen("<svg", &format!("<svg role=\"img\" aria-label=\"{title}\""), 1);
            format!("{}{}", head.trim_end(), body)
        }
        None => plain.replacen("<svg", "<svg role=\"img\"", 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_becomes_a_part_of_the_page() {
        let svg = concat!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" ",
            "viewBox=\"0 0 640 480\">\n<title>a &lt; &quot;b&quot;</title>\n<image xlink:href=\"data:x\"/>",
            "</svg>\n"
        );
        let figure = Figure {
            name: "potential".into(),
            title: "T".into(),
            caption: String::new(),
            svg: svg.into(),
            hover: Vec::new(),
            data: Vec::new(),
        };
        let wanted = concat!(
            "<svg role=\"img\" aria-label=\"a &lt; &quot;b&quot;\" viewBox=\"0 0 640 480\">\n",
            "<image href=\"data:x\"/></svg>"
        );
        assert_eq!(inline(&figure), wanted);
        let page = figures(&[figure]);
        assert!(page.as_str().contains("class=\"wide\" style=\"--most:832px;--least:422px\""));
    }
}
