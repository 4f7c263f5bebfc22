//! The page around the sections: one file that needs no other, offline, with and without scripts.

use super::html::Html;
use super::section::Section;
use super::sweep_table::NUMBERS;
use std::io::{self, Write};

/// How everything looks, on screens wide and narrow, light and dark, and on paper.
const STYLE: &str = include_str!("style.css");
/// What a pointer, a finger or the keyboard reads from a figure.
const READ_FIGURES: &str = include_str!("figure.js");
/// Sorting and leafing through the table of a sweep.
const SORT_TABLE: &str = include_str!("table.js");

/// A page in the making.
pub struct Page<'a> {
    title: String,
    head: Html,
    /// Anchor, heading, contents.
    sections: Vec<(&'static str, &'static str, Section<'a>)>,
}

impl<'a> Page<'a> {
    /// With what stands at its top.
    pub fn new(title: &str, head: Html) -> Page<'a> {
        Page { title: title.to_owned(), head, sections: Vec::new() }
    }

    /// Adds a section, unless it is empty.
    pub fn section(
        &mut self,
        anchor: &'static str,
        heading: &'static str,
        contents: impl Into<Section<'a>>,
    ) {
        let contents = contents.into();
        if !contents.is_empty() {
            self.sections.push((anchor, heading, contents));
        }
    }

    /// Writes the whole document.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write(self, version: &str, out: &mut dyn Write) -> io::Result<()> {
        let mut page = Html::new();
        page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
        // The page asks for nothing from outside, and a browser is told so.
        page.raw(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\"/>\n",
        );
        page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
        page.raw("<meta name=\"color-scheme\" content=\"light dark\"/>\n");
        page.element("title", &self.title).raw("\n<style>\n").raw(STYLE).raw("</style>\n</head>\n");
        page.raw("<body>\n<header>\n").append(&self.head);
        page.raw("<nav aria-label=\"Sections\"><ul>\n");
        for (anchor, heading, _) in &self.sections {
            let target = format!("#{anchor}");
            page.raw("<li>").open("a", &[("href", &target)]).text(heading).raw("</a></li>\n");
        }
        page.raw("</ul></nav>\n</header>\n<main>\n");
        for (anchor, heading, contents) in &self.sections {
            page.open("section", &[("id", anchor)]).raw("\n").element("h2", heading).raw("\n");
            page.write(out)?;
            contents.write(out)?;
            page.raw("</section>\n");
        }
        page.raw("</main>\n<footer><p>Written by Natrolite ").text(version);
        page.raw(".</p></footer>\n<script>\n");
        page.raw(READ_FIGURES).raw("</script>\n");
        if self.sections.iter().any(|(_, _, contents)| contents.has_numbers(NUMBERS)) {
            page.raw("<script>\n").raw(SORT_TABLE).raw("</script>\n");
        }
        page.raw("</body>\n</html>\n");
        page.write(out)
    }
}
