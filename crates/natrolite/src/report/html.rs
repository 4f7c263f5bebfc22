//! Markup in the making: what comes from a case is always escaped.
//!
//! Markup that is not escaped is `&'static str`, so that no text of a case can be taken for it. All of it
//! is written so that XML's rules for tags hold too.

use std::fmt::Write;
use std::io;

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

    /// Writes the markup and begins anew.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write(&mut self, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(self.0.as_bytes())?;
        self.0.clear();
        Ok(())
    }

    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }
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
