//! Markup in the making: what comes from a case is always escaped.
//!
//! Markup that is not escaped is `&'static str`, so that no text of a case can be taken for it. All of it
//! is written so that XML's rules for tags hold too.

use crate::output::{push_json, push_json_of_six_digits};
use std::fmt::Write;

/// A piece of a page.
#[derive(Clone, Debug, Default)]
pub struct Html(String);

impl Html {
    /// Nothing yet.
    pub fn new() -> Html {
        Html::default()
    }

    /// Adds markup of the program itself.
    pub fn raw(&mut self, markup: &'static str) -> &mut Html {
        self.0.push_str(markup);
        self
    }

    /// Adds a text, escaped.
    pub fn text(&mut self, text: &str) -> &mut Html {
        escape(text, &mut self.0);
        self
    }

    /// Adds an opening tag; the values of its attributes are escaped.
    pub fn open(&mut self, tag: &'static str, attributes: &[(&'static str, &str)]) -> &mut Html {
        self.0.push('<');
        self.0.push_str(tag);
        for (name, value) in attributes {
            // Writing to a string cannot fail.
            let _ = write!(self.0, " {name}=\"");
            escape(value, &mut self.0);
            self.0.push('"');
        }
        self.0.push('>');
        self
    }

    /// Adds a closing tag.
    pub fn close(&mut self, tag: &'static str) -> &mut Html {
        let _ = write!(self.0, "</{tag}>");
        self
    }

    /// Adds an element that holds a text.
    pub fn element(&mut self, tag: &'static str, text: &str) -> &mut Html {
        self.open(tag, &[]).text(text).close(tag)
    }

    /// Adds another piece.
    pub fn append(&mut self, other: &Html) -> &mut Html {
        self.0.push_str(&other.0);
        self
    }

    /// Adds numbers for a script of the page, as JSON that cannot end its element.
    pub fn json(&mut self, class: &'static str, value: &impl serde::Serialize) -> &mut Html {
        self.script(class, |out| push_json(out, value))
    }

    /// The same with all numbers rounded to six digits.
    pub fn json_of_six_digits(
        &mut self,
        class: &'static str,
        value: &impl serde::Serialize,
    ) -> &mut Html {
        self.script(class, |out| push_json_of_six_digits(out, value))
    }

    fn script(&mut self, class: &'static str, push: impl FnOnce(&mut Vec<u8>)) -> &mut Html {
        let _ = write!(self.0, r#"<script type="application/json" class="{class}">"#);
        let start = self.0.len();
        // Large tables are written in place.
        let mut bytes = std::mem::take(&mut self.0).into_bytes();
        push(&mut bytes);
        self.0 = String::from_utf8(bytes).expect("JSON is UTF-8");
        // What could end the script, or begin another, is written by its number.
        if place_of_markup(&self.0.as_bytes()[start..]).is_some() {
            let json = self.0.split_off(start);
            let mut rest = json.as_str();
            while let Some(at) = place_of_markup(rest.as_bytes()) {
                let (before, from) = rest.split_at(at);
                self.0.push_str(before);
                let _ = write!(self.0, "\\u{:04x}", from.as_bytes()[0]);
                rest = &from[1..];
            }
            self.0.push_str(rest);
        }
        self.0.push_str("</script>");
        self
    }

    /// Adds a drawing, which has escaped its texts itself.
    pub fn drawing(&mut self, svg: &str) -> &mut Html {
        self.0.push_str(svg);
        self
    }

    /// The markup, for good.
    pub fn into_text(self) -> String {
        self.0
    }

    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where the first character stands that markup is made of.
fn place_of_markup(text: &[u8]) -> Option<usize> {
    // Most of a page's numbers are free of them: many bytes are looked at without a branch.
    const MANY: usize = 64;
    let is_markup = |byte: &u8| matches!(byte, b'<' | b'>' | b'&');
    let has_none = |chunk: &&[u8]| !chunk.iter().fold(false, |any, byte| any | is_markup(byte));
    let free = MANY * text.chunks_exact(MANY).take_while(has_none).count();
    text[free..].iter().position(is_markup).map(|at| free + at)
}

/// Text that may stand between tags or in an attribute. Control characters, which no page may have, show
/// as U+FFFD; ends of lines and tabs stay.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => {}
            c if c.is_control() && c != '\n' && c != '\t' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

/// A table with a caption for readers of screens, a row of headings, and rows of cells.
pub struct Table {
    html: Html,
    numeric: Vec<bool>,
}

/// A cell of a [`Table`].
pub enum Cell<'a> {
    /// The heading of its row.
    Name(&'a str),
    /// Words.
    Text(&'a str),
    /// A number as people read it, and all its digits in SI units.
    Number(&'a str, f64),
    /// A number that is shown as it is.
    Plain(String),
    /// Markup.
    Html(&'a Html),
}

impl Table {
    /// With headings; those that begin with `#` stand over numbers, with `~` over sentences.
    pub fn new(caption: &str, headings: &[&str]) -> Table {
        let mut html = Html::new();
        html.raw("<div class=\"scroll\"><table><caption>")
            .text(caption)
            .raw("</caption><thead><tr>");
        let numeric: Vec<bool> = headings.iter().map(|h| h.starts_with('#')).collect();
        for (heading, numeric) in headings.iter().zip(&numeric) {
            let class = match heading.chars().next() {
                _ if *numeric => "n",
                Some('~') => "words",
                _ => "",
            };
            let attributes = [("scope", "col"), ("class", class)];
            html.open("th", &attributes[..1 + usize::from(!class.is_empty())]);
            html.text(heading.trim_start_matches(['#', '~'])).close("th");
        }
        html.raw("</tr></thead><tbody>\n");
        Table { html, numeric }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: &[Cell<'_>]) {
        self.html.raw("<tr>");
        for (cell, &numeric) in cells.iter().zip(&self.numeric) {
            let class = [("class", "n")];
            let class = &class[..usize::from(numeric)];
            match cell {
                Cell::Name(name) => {
                    self.html.raw("<th scope=\"row\">").text(name).close("th");
                }
                Cell::Text(text) => {
                    self.html.open("td", class).text(text).close("td");
                }
                Cell::Number(text, si) => {
                    let exact = format!("{si:?}");
                    self.html.open("td", class).open("data", &[("value", &exact)]).text(text);
                    self.html.raw("</data></td>");
                }
                Cell::Plain(text) => {
                    self.html.open("td", class).text(text).close("td");
                }
                Cell::Html(html) => {
                    self.html.open("td", class).append(html).close("td");
                }
            }
        }
        self.html.raw("</tr>\n");
    }

    /// The finished table.
    pub fn finish(mut self) -> Html {
        self.html.raw("</tbody></table></div>\n");
        self.html
    }
}
