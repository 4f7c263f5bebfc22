//! The few SVG elements that the pictures need.

use crate::output::push_whole;

/// Where a text stands relative to its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// Size of the type.
pub const TYPE_SIZE: f64 = 11.0;
/// Width of a digit of this size, and about that of a letter.
pub const DIGIT: f64 = 0.636 * TYPE_SIZE;
/// Style of the names of axes.
pub const NAME: &str = r#"font-size="12""#;
/// Width of a figure that fills one column of a journal, 86 mm: type is then 7.9 pt large.
pub const ONE_COLUMN: f64 = 340.0;
/// Width of a figure that fills two columns, 178 mm.
pub const TWO_COLUMNS: f64 = 704.0;

/// A drawing in the making. Coordinates are pixels, y down.
pub struct Svg {
    body: String,
    size: [f64; 2],
}

impl Svg {
    /// A white sheet.
    pub fn new(width: f64, height: f64) -> Svg {
        let mut svg = Svg { body: String::new(), size: [width, height] };
        svg.rectangle([0.0, 0.0], [width, height], "fill=\"white\"");
        svg
    }

    /// Adds an element as written.
    pub fn raw(&mut self, element: &str) {
        self.body += element;
        self.body.push('\n');
    }

    pub fn rectangle(&mut self, at: [f64; 2], size: [f64; 2], style: &str) {
        self.raw(&format!(
            r#"<rect x="{}" y="{}" width="{}" height="{}" {style}/>"#,
            px(at[0]),
            px(at[1]),
            px(size[0]),
            px(size[1])
        ));
    }

    pub fn circle(&mut self, at: [f64; 2], radius: f64, style: &str) {
        let (x, y, r) = (px(at[0]), px(at[1]), px(radius));
        self.raw(&format!(r#"<circle cx="{x}" cy="{y}" r="{r}" {style}/>"#));
    }

    pub fn line(&mut self, a: [f64; 2], b: [f64; 2], style: &str) {
        self.polylines(std::iter::once(&[a, b][..]), style);
    }

    /// One path of several open polylines, without fill.
    pub fn polylines<'a>(&mut self, lines: impl Iterator<Item = &'a [[f64; 2]]>, style: &str) {
        let mut path = String::new();
        let mut last = None;
        for line in lines {
            for (k, p) in line.iter().enumerate() {
                let place = p.map(|x| (10.0 * x).round());
                // What begins where the last line ended goes on from there.
                if last != Some(place) {
                    path.push(if k == 0 { 'M' } else { 'L' });
                    push_tenths(&mut path, place[0]);
                    path.push(' ');
                    push_tenths(&mut path, place[1]);
                    last = Some(place);
                }
            }
        }
        if !path.is_empty() {
            self.raw(&format!(r#"<path d="{path}" fill="none" {style}/>"#));
        }
    }

    /// Defines a hatching that `fill="url(#id)"` uses.
    pub fn hatch(&mut self, id: &str) {
        self.raw(&format!(
            concat!(
                r#"<defs><pattern id="{id}" width="6" height="6" patternUnits="userSpaceOnUse" "#,
                r#"patternTransform="rotate(45)">"#,
                r##"<line x1="0" y1="0" x2="0" y2="6" stroke="#999" stroke-width="1.6"/>"##,
                r#"</pattern></defs>"#
            ),
            id = id
        ));
    }

    /// A closed figure.
    pub fn polygon(&mut self, corners: &[[f64; 2]], style: &str) {
        let corners: Vec<String> =
            corners.iter().map(|p| format!("{},{}", px(p[0]), px(p[1]))).collect();
        if !corners.is_empty() {
            self.raw(&format!(r#"<polygon points="{}" {style}/>"#, corners.join(" ")));
        }
    }

    pub fn text(&mut self, at: [f64; 2], anchor: Anchor, style: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let (x, y, text) = (px(at[0]), px(at[1]), escape(text));
        self.raw(&format!(r#"<text x="{x}" y="{y}" text-anchor="{anchor}" {style}>{text}</text>"#));
    }

    /// A line that begins in bold.
    pub fn text_two_weights(&mut self, at: [f64; 2], bold: &str, rest: &str) {
        let (x, y, bold, rest) = (px(at[0]), px(at[1]), escape(bold), escape(rest));
        self.raw(&format!(
            r##"<text x="{x}" y="{y}"><tspan font-weight="bold">{bold}</tspan><tspan dx="5" fill="#444">{rest}</tspan></text>"##
        ));
    }

    /// A text with a white rim, readable on any ground.
    pub fn text_on_map(&mut self, at: [f64; 2], anchor: Anchor, style: &str, text: &str) {
        let rim = r#"stroke="white" stroke-width="3" stroke-linejoin="round" stroke-opacity="0.8""#;
        self.text(at, anchor, &format!("{style} {rim}"), text);
        self.text(at, anchor, style, text);
    }

    /// A filled arrow head with its middle at a point, along a direction in the picture.
    pub fn arrow(&mut self, at: [f64; 2], direction: [f64; 2], length: f64, style: &str) {
        let size = direction[0].hypot(direction[1]);
        if !(size > 0.0 && size.is_finite()) {
            return;
        }
        let [u, v] = direction.map(|d| 0.5 * length * d / size);
        let corners = [
            [at[0] + u, at[1] + v],
            [at[0] - u - 0.7 * v, at[1] - v + 0.7 * u],
            [at[0] - u + 0.7 * v, at[1] - v - 0.7 * u],
        ];
        self.polygon(&corners, style);
    }

    /// A text that reads upwards, centred on its point.
    pub fn text_upwards(&mut self, at: [f64; 2], style: &str, text: &str) {
        let (x, y) = (px(at[0]), px(at[1]));
        let turned = format!(r#"transform="rotate(-90 {x} {y})" {style}"#);
        self.text(at, Anchor::Middle, &turned, text);
    }

    /// A text that reads upwards, with a white rim.
    pub fn text_upwards_on_map(&mut self, at: [f64; 2], style: &str, text: &str) {
        let rim = r#"stroke="white" stroke-width="3" stroke-linejoin="round" stroke-opacity="0.8""#;
        self.text_upwards(at, &format!("{style} {rim}"), text);
        self.text_upwards(at, style, text);
    }

    /// The finished document.
    pub fn finish(self, title: &str) -> String {
        let [w, h] = self.size.map(px);
        format!(
            concat!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" "#,
                r#"xmlns:xlink="http://www.w3.org/1999/xlink" "#,
                r#"width="{w}" height="{h}" viewBox="0 0 {w} {h}" "#,
                r#"font-family="'DejaVu Sans', Helvetica, Arial, sans-serif" font-size="{type_size}">"#,
                "\n<title>{title}</title>\n{body}</svg>\n"
            ),
            w = w,
            h = h,
            type_size = TYPE_SIZE,
            title = escape(title),
            body = self.body
        )
    }
}

/// Writes a coordinate of a long line, given in tenths of a unit: a tenth is a fortieth of a millimetre.
fn push_tenths(path: &mut String, tenths: f64) {
    if !(0.0..1e5).contains(&tenths) {
        return *path += &px(tenths / 10.0);
    }
    let mut text = Vec::new();
    let (number, tenth) = (tenths as usize / 10, tenths as usize % 10);
    push_whole(&mut text, number);
    path.extend(text.into_iter().map(char::from));
    if tenth > 0 {
        path.push('.');
        path.push(char::from(b'0' + tenth as u8));
    }
}

/// A coordinate with two decimals at most.
fn px(x: f64) -> String {
    let text = format!("{x:.2}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".into() } else { short.into() }
}

/// Text that may stand between tags or in an attribute; control characters become spaces.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_break_out_of_its_element() {
        let mut svg = Svg::new(10.0, 20.0);
        svg.text([1.0, 2.004], Anchor::Middle, "", "a < b & \"c\"\u{7}");
        let text = svg.finish("</title>");
        assert!(text.contains(
            r#"<text x="1" y="2" text-anchor="middle" >a &lt; b &amp; &quot;c&quot; </text>"#
        ));
        assert!(text.contains("<title>&lt;/title&gt;</title>"));
    }

    #[test]
    fn lines_that_touch_are_one() {
        let mut svg = Svg::new(10.0, 20.0);
        let [a, b, c, d] = [[0.0, 0.0], [1.04, 2.0], [1.0, 2.01], [5.0, 5.0]];
        svg.polylines([&[a, b][..], &[b, c], &[c, d], &[a, d]].into_iter(), "");
        let text = svg.finish("");
        assert!(text.contains(r#"<path d="M0 0L1 2L5 5M0 0L5 5" fill="none" />"#), "{text}");
    }

    #[test]
    fn coordinates_are_short() {
        assert_eq!(
            [px(1.0), px(-0.001), px(2.5), px(3.14259), px(100.0)],
            ["1", "0", "2.5", "3.14", "100"]
        );
    }
}
