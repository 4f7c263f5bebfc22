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

/// The drawing as a part of a page: without namespaces, which HTML knows by itself; with its title as a
/// label, because browsers show a title wherever the pointer rests; and with names of its elements that
/// no other figure of the page has.
fn inline(figure: &Figure) -> String {
    let prefix = format!("{}-", figure.name);
    let mut out = String::with_capacity(figure.svg.len() + 1000);
    let mut rest = figure.svg.trim();
    let mut is_first = true;
    while let Some(start) = rest.find('<') {
        out.push_str(&rest[..start]);
        let end = rest[start..].find('>').map_or(rest.len(), |end| start + end + 1);
        let tag = &rest[start..end];
        rest = &rest[end..];
        if is_first && tag.starts_with("<svg") {
            let title =
                rest.trim_start().strip_prefix("<title>").and_then(|t| t.split_once("</title>"));
            let (label, after) = title.unwrap_or(("", rest));
            let plain = tag
                .replace(" xmlns=\"http://www.w3.org/2000/svg\"", "")
                .replace(" xmlns:xlink=\"http://www.w3.org/1999/xlink\"", "")
                .replace(" role=\"img\"", "");
            out.push_str(&plain[..plain.len() - 1]);
            out += &format!(" role=\"img\" aria-label=\"{label}\">");
            rest = after;
        } else {
            out += &tag
                .replace(" id=\"", &format!(" id=\"{prefix}"))
                .replace("url(#", &format!("url(#{prefix}"))
                .replace(" xlink:href=\"#", &format!(" href=\"#{prefix}"))
                .replace(" xlink:href=\"", " href=\"");
        }
        is_first = false;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_on_one_page_do_not_meet() {
        let svg = concat!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" ",
            "viewBox=\"0 0 640 480\">\n<title>a &lt; url(#b)</title>\n<clipPath id=\"map\"/>",
            "<g clip-path=\"url(#map)\"><image xlink:href=\"data:x\"/></g><text>url(#t)</text></svg>\n"
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
            "<svg viewBox=\"0 0 640 480\" role=\"img\" aria-label=\"a &lt; url(#b)\">\n",
            "<clipPath id=\"potential-map\"/><g clip-path=\"url(#potential-map)\">",
            "<image href=\"data:x\"/></g><text>url(#t)</text></svg>"
        );
        assert_eq!(inline(&figure), wanted);
        assert!(
            figures(&[figure])
                .as_str()
                .contains("class=\"wide\" style=\"--most:832px;--least:422px\"")
        );
    }
}
