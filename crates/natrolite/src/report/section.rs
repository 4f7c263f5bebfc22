//! A section of a page: markup, drawings and numbers, which are written one after the other.
//!
//! The numbers of a large sweep are most of its page. They go from where they are into the file, and never
//! stand in memory as text.

use super::html::Html;
use crate::figure::Figure;
use crate::output::{write_json, write_json_of_six_digits};
use serde::Serialize;
use std::io::{self, Write};

/// So many bytes of numbers are handed on together, or some more.
const TOGETHER: usize = 1 << 16;

/// A section in the making.
#[derive(Default)]
pub struct Section<'a>(Vec<Part<'a>>);

enum Part<'a> {
    Html(Html),
    Drawing(&'a Figure),
    Numbers { class: &'static str, write: Box<WriteNumbers<'a>> },
}

type WriteNumbers<'a> = dyn Fn(&mut Script<'_>) -> io::Result<()> + 'a;

impl From<Html> for Section<'_> {
    fn from(html: Html) -> Self {
        Section(vec![Part::Html(html)])
    }
}

impl<'a> Section<'a> {
    /// Adds markup.
    pub fn html(&mut self, html: Html) {
        self.0.push(Part::Html(html));
    }

    /// Adds the drawing of a figure as a part of the page.
    pub fn drawing(&mut self, figure: &'a Figure) {
        self.0.push(Part::Drawing(figure));
    }

    /// Adds numbers for a script of the page.
    pub fn numbers(&mut self, class: &'static str, value: impl Serialize + 'a) {
        let write = Box::new(move |out: &mut Script<'_>| write_json(out, &value));
        self.0.push(Part::Numbers { class, write });
    }

    /// The same, rounded to six digits.
    pub fn numbers_of_six_digits(&mut self, class: &'static str, value: impl Serialize + 'a) {
        let write = Box::new(move |out: &mut Script<'_>| write_json_of_six_digits(out, &value));
        self.0.push(Part::Numbers { class, write });
    }

    /// True when there is nothing to be seen.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|part| matches!(part, Part::Html(html) if html.as_str().is_empty()))
    }

    /// True when it has numbers of this class.
    pub fn has_numbers(&self, wanted: &str) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Numbers { class, .. } if *class == wanted))
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for part in &self.0 {
            match part {
                Part::Html(html) => out.write_all(html.as_str().as_bytes())?,
                Part::Drawing(figure) => write_drawing(&figure.svg, out)?,
                Part::Numbers { class, write } => {
                    write!(out, "<script type=\"application/json\" class=\"{class}\">")?;
                    let mut script = Script { text: Vec::with_capacity(TOGETHER + 4096), out };
                    write(&mut script)?;
                    script.flush()?;
                    out.write_all(b"</script>")?;
                }
            }
        }
        Ok(())
    }
}

/// JSON on its way into an element of a script, which it must not end.
pub struct Script<'o> {
    text: Vec<u8>,
    out: &'o mut dyn Write,
}

impl Write for Script<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.text.extend_from_slice(bytes);
        if self.text.len() < TOGETHER { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> io::Result<()> {
        // What could end the script, or begin another, is written by its number.
        let mut rest = &self.text[..];
        while let Some(at) = place_of_markup(rest) {
            self.out.write_all(&rest[..at])?;
            write!(self.out, "\\u{:04x}", rest[at])?;
            rest = &rest[at + 1..];
        }
        self.out.write_all(rest)?;
        self.text.clear();
        Ok(())
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

/// Writes a drawing as a part of a page: without namespaces, which HTML knows by itself, and with its title as
/// a label, because browsers show a title wherever the pointer rests.
fn write_drawing(svg: &str, out: &mut dyn Write) -> io::Result<()> {
    let svg = svg.trim();
    // Attributes of the whole drawing stand in its first tag.
    let (tag, rest) = svg.split_at(svg.find('>').unwrap_or(svg.len()));
    let tag = tag
        .replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1)
        .replacen(" xmlns:xlink=\"http://www.w3.org/1999/xlink\"", "", 1)
        .replacen(" role=\"img\"", "", 1);
    let title = rest.split_once("<title>").and_then(|(between, rest)| {
        let (title, body) = rest.split_once("</title>")?;
        Some((between, title, body))
    });
    let label = title.map_or(String::new(), |(_, title, _)| format!(" aria-label=\"{title}\""));
    let tag = tag.replacen("<svg", &format!("<svg role=\"img\"{label}"), 1);
    let (between, mut body) =
        title.map_or(("", rest), |(between, _, body)| (between.trim_end(), body));
    write!(out, "{tag}{between}")?;
    while let Some((before, after)) = body.split_once(" xlink:href=\"") {
        write!(out, "{before} href=\"")?;
        body = after;
    }
    out.write_all(body.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_becomes_a_part_of_the_page() {
        let svg = concat!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" ",
            "role=\"img\" viewBox=\"0 0 640 480\">\n<title>a &lt; &quot;b&quot;</title>\n<image xlink:href=\"data:x\"/>",
            "<use xlink:href=\"#a\"/></svg>\n"
        );
        let wanted = concat!(
            "<svg role=\"img\" aria-label=\"a &lt; &quot;b&quot;\" viewBox=\"0 0 640 480\">\n",
            "<image href=\"data:x\"/><use href=\"#a\"/></svg>"
        );
        for (svg, wanted) in [(svg, wanted), ("<svg><g/></svg>", "<svg role=\"img\"><g/></svg>")] {
            let mut out = Vec::new();
            write_drawing(svg, &mut out).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), wanted);
        }
    }
}
