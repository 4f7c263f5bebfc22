//! The section of a mesh in characters: which regions there are, and where the boundaries run.

use super::section::Section;
use crate::results::Symmetry;
use crate::units::display;
use mesh::Mesh;

/// Characters that fill the regions, in their order: shades, or what ASCII has for them.
const SHADES: [&[char]; 2] = [&['.', ':', '%', '#', '=', '~'], &['░', '▒', '▓', '█', '▞', '▚']];
/// A character is about twice as high as it is wide.
const ASPECT: f64 = 2.0;
/// Most rows.
const ROWS: usize = 20;
/// A boundary shorter than this part of the body would be a dot: only its surroundings are drawn.
const SMALLEST: f64 = 0.05;
/// How much is drawn around such a boundary, in its own sizes.
const SURROUNDINGS: f64 = 5.0;

type Window = [[f64; 2]; 2];

/// The section of `mesh` in lines of at most `columns` characters, with a legend; nothing for a mesh
/// without points. Regions are shaded, boundaries and interfaces drawn as letters; only ASCII
/// characters are used unless `unicode`.
pub fn sketch(mesh: &Mesh, symmetry: Symmetry, columns: usize, unicode: bool) -> Option<String> {
    let section = Section::of(mesh, symmetry)?;
    let whole = window_of(mesh.points.iter().map(|x| section.project(x)))?;
    let mut traces = section.traces(mesh);
    // Interfaces first: they get the letters they would like to have, and are drawn over the faces of
    // a void that lie on them. Planes of symmetry take what is left.
    traces.sort_by_key(|trace| {
        (mesh.interface(&trace.name).is_none(), trace.name.starts_with("symmetry_"))
    });
    let keys = keys(traces.iter().map(|trace| trace.name.as_str()));
    let smallest = traces
        .iter()
        .filter_map(|trace| window_of(trace.segments.iter().flatten().copied()))
        .min_by(|a, b| largest(a).total_cmp(&largest(b)));
    let window = match smallest {
        Some(small) if largest(&small) < SMALLEST * largest(&whole) => around(&small, &whole),
        _ => whole,
    };
    let mut canvas = Canvas::new(window, columns.max(20));
    let ones = vec![1.0; mesh.points.len()];
    section.for_each_triangle(mesh, &ones, window, |triangle| {
        let shades = SHADES[usize::from(unicode)];
        canvas.fill(triangle.corners, shades[triangle.region as usize % shades.len()]);
    });
    for (trace, &key) in traces.iter().zip(&keys).rev() {
        trace.segments.iter().for_each(|&segment| canvas.draw(segment, key));
    }
    let mut out = canvas.lines();
    let named: Vec<(char, &str)> =
        keys.into_iter().zip(traces.iter().map(|trace| trace.name.as_str())).collect();
    let (drawn, covered) = named.iter().partition(|(key, _)| canvas.characters.contains(key));
    out += &legend(mesh, drawn, covered, unicode);
    let [x, y] = section.axis_names(symmetry);
    let x = if symmetry == Symmetry::Axisymmetric { "r" } else { x };
    let range =
        |k: usize| format!("{} to {}", display(window[0][k], "m"), display(window[1][k], "m"));
    let part = if window == whole { "" } else { "the part around the smallest boundary: " };
    let cut = if mesh.dimension == 3 { ", a cut" } else { "" };
    out += &format!("  {part}{x} from {}, {y} from {}{cut}\n", range(0), range(1));
    Some(out)
}

/// Region and boundary characters with their names, and what is not to be seen.
fn legend(
    mesh: &Mesh,
    drawn: Vec<(char, &str)>,
    covered: Vec<(char, &str)>,
    unicode: bool,
) -> String {
    let shades = SHADES[usize::from(unicode)];
    let regions = mesh.regions.iter().enumerate();
    let regions: Vec<String> =
        regions.map(|(k, name)| format!("{} {name}", shades[k % shades.len()])).collect();
    let lines: Vec<String> = drawn.iter().map(|(key, name)| format!("{key} {name}")).collect();
    let mut out = format!("  {}\n  {}\n", regions.join("  "), lines.join("  "));
    let all = mesh.boundaries.iter().map(|b| b.name.as_str());
    let all = all.chain(mesh.interfaces.iter().map(|i| i.name.as_str()));
    let is_named = |name: &&str| drawn.iter().chain(&covered).any(|(_, other)| other == name);
    let absent: Vec<&str> = all.filter(|name| !is_named(name)).collect();
    let covered: Vec<&str> = covered.into_iter().map(|(_, name)| name).collect();
    for (what, names) in [("outside or under others", covered), ("not in this section", absent)] {
        if !names.is_empty() {
            out += &format!("  {what}: {}\n", names.join(", "));
        }
    }
    out
}

/// A letter for each name: its first one that is still free, else a digit, else another sign.
fn keys<'a>(names: impl Iterator<Item = &'a str>) -> Vec<char> {
    let mut taken: Vec<char> = Vec::new();
    for name in names {
        let own = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase());
        let free = own.chain('1'..='9').chain('A'..='Z').find(|c| !taken.contains(c));
        taken.push(free.unwrap_or('*'));
    }
    taken
}

fn window_of(points: impl Iterator<Item = [f64; 2]>) -> Option<Window> {
    points.fold(None, |window, p| match window {
        None => Some([p, p]),
        Some([low, high]) => {
            Some([[low[0].min(p[0]), low[1].min(p[1])], [high[0].max(p[0]), high[1].max(p[1])]])
        }
    })
}

fn largest([low, high]: &Window) -> f64 {
    (high[0] - low[0]).max(high[1] - low[1])
}

/// The surroundings of `small` inside `whole`.
fn around(small: &Window, whole: &Window) -> Window {
    let reach = SURROUNDINGS * largest(small);
    let low = [0, 1].map(|k| (small[0][k] - reach).max(whole[0][k]));
    let high = [0, 1].map(|k| (small[1][k] + reach).min(whole[1][k]));
    [low, high]
}

/// Characters over a window, the first row at the top.
struct Canvas {
    window: Window,
    columns: usize,
    rows: usize,
    characters: Vec<char>,
}

impl Canvas {
    fn new(window: Window, most: usize) -> Canvas {
        let [width, height] = [0, 1].map(|k| (window[1][k] - window[0][k]).max(f64::MIN_POSITIVE));
        let per_column = (height / width / ASPECT).min(1e6);
        let columns = most.min((ROWS as f64 / per_column).round() as usize).max(8);
        let rows = ((columns as f64 * per_column).round() as usize).clamp(4, ROWS);
        Canvas { window, columns, rows, characters: vec![' '; columns * rows] }
    }

    /// Position in characters; the first one reaches from 0 to 1.
    fn place(&self, p: [f64; 2]) -> [f64; 2] {
        let [low, high] = self.window;
        let along = |k: usize| (p[k] - low[k]) / (high[k] - low[k]).max(f64::MIN_POSITIVE);
        [along(0) * self.columns as f64, (1.0 - along(1)) * self.rows as f64]
    }

    /// Fills the characters whose centres lie in a triangle.
    fn fill(&mut self, corners: [[f64; 2]; 3], with: char) {
        let p = corners.map(|corner| self.place(corner));
        let cross = |a: [f64; 2], b: [f64; 2], c: [f64; 2]| {
            (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        };
        let turn = cross(p[0], p[1], p[2]).signum();
        let range = |k: usize, end: usize| {
            let low = p.iter().map(|c| c[k]).fold(f64::INFINITY, f64::min);
            let high = p.iter().map(|c| c[k]).fold(f64::NEG_INFINITY, f64::max);
            // A float becomes the nearest whole number that there is.
            (low.floor().max(0.0) as usize).min(end)..(high.ceil().max(0.0) as usize).min(end)
        };
        for row in range(1, self.rows) {
            for column in range(0, self.columns) {
                let c = [column as f64 + 0.5, row as f64 + 0.5];
                let sides = [cross(p[0], p[1], c), cross(p[1], p[2], c), cross(p[2], p[0], c)];
                if sides.iter().all(|side| side * turn >= -1e-9) {
                    self.characters[row * self.columns + column] = with;
                }
            }
        }
    }

    /// Draws a segment over what is there.
    fn draw(&mut self, ends: [[f64; 2]; 2], with: char) {
        let [a, b] = ends.map(|end| self.place(end));
        let length = (b[0] - a[0]).abs().max((b[1] - a[1]).abs());
        if !length.is_finite() || length > 1e7 {
            return;
        }
        let steps = (3.0 * length).ceil() as usize + 1;
        for step in 0..=steps {
            let t = step as f64 / steps as f64;
            let inside = |k: usize, count: usize| {
                let x = a[k] + t * (b[k] - a[k]);
                // What runs along the edge of the window belongs to the last character.
                let slack = 1e-6 * count as f64;
                (x >= -slack && x <= count as f64 + slack)
                    .then(|| (x.max(0.0) as usize).min(count - 1))
            };
            if let (Some(column), Some(row)) = (inside(0, self.columns), inside(1, self.rows)) {
                self.characters[row * self.columns + column] = with;
            }
        }
    }

    fn lines(&self) -> String {
        let line = |row: &[char]| format!("  {}\n", row.iter().collect::<String>().trim_end());
        self.characters.chunks(self.columns).map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::read;
    use crate::registry::laws;
    use crate::run::Geometry;
    use std::path::Path;

    fn drawn(mesh: &str, unicode: bool) -> String {
        let regions = if mesh.contains("anode_thickness") { "anode = \"Na\"\n" } else { "" };
        let text = format!(
            "[mesh.defect]\nradius = \"10 um\"\n{mesh}[region]\nelectrolyte = \"Na3PS4\"\n{regions}\
             [boundary.counter]\npotential = \"0 V\"\n"
        );
        let case = read(Path::new("case.toml"), &text, &[], laws()).unwrap();
        let mesh = Geometry::of(&case, 0).unwrap().mesh;
        let symmetry = match mesh.dimension {
            3 => Symmetry::ThreeDimensional,
            _ => Symmetry::Axisymmetric,
        };
        sketch(&mesh, symmetry, 40, unicode).unwrap()
    }

    #[test]
    fn a_pore_is_a_hole_with_named_edges() {
        let text = drawn("symmetry = \"axisymmetric\"\nshape = \"hemisphere\"\n", false);
        let lines: Vec<&str> = text.lines().collect();
        // A square of 50 µm: 40 characters wide, 20 high.
        assert_eq!(lines[0], format!("  {}", "c".repeat(40)), "{text}");
        assert_eq!(lines[10], format!("  {}s", ".".repeat(39)), "{text}");
        // The pore takes a fifth of the width, and its wall ends where the anode begins.
        assert!(lines[15].starts_with("  ....") && lines[16].starts_with("  ppp"), "{text}");
        assert_eq!(lines[19], format!("  {}p{}", " ".repeat(7), "a".repeat(32)), "{text}");
        assert_eq!(lines[20], "  . electrolyte", "{text}");
        assert_eq!(lines[21], "  a anode  p pore  c counter  s side", "{text}");
        assert!(lines[22].ends_with("z from 0 m to 50 um"), "{text}");
    }

    #[test]
    fn regions_are_told_apart_in_both_alphabets() {
        let mesh = "symmetry = \"axisymmetric\"\nshape = \"disc\"\nanode_thickness = \"50 um\"\n";
        for (unicode, shades) in [(false, ['.', ':']), (true, ['░', '▒'])] {
            let text = drawn(mesh, unicode);
            let [above, below] = [text.lines().nth(5).unwrap(), text.lines().nth(15).unwrap()];
            assert!(above.contains(shades[0]) && !above.contains(shades[1]), "{text}");
            assert!(below.contains(shades[1]) && !below.contains(shades[0]), "{text}");
            assert_eq!(text.is_ascii(), !unicode, "{text}");
            // Where the bodies touch, the interfaces are seen and not the faces of the void.
            assert!(text.contains("a anode  v void") && text.contains("vvvaaa"), "{text}");
            assert!(text.contains("outside or under others: pore, pore_anode"), "{text}");
        }
    }

    #[test]
    fn of_a_small_defect_the_surroundings_are_drawn() {
        let text = drawn(
            "symmetry = \"axisymmetric\"\nshape = \"disc\"\nwidth = \"1 mm\"\nthickness = \"1 mm\"\n",
            false,
        );
        assert!(text.contains("r from 0 m to 60 um, z from 0 m to 50 um"), "{text}");
        assert!(text.contains("pppp") && text.contains("aaaa"), "{text}");
    }

    #[test]
    fn in_space_it_is_the_section_through_the_axis() {
        let text =
            drawn("symmetry = \"quarter\"\nshape = \"hemisphere\"\nrim_size = \"2 um\"\n", false);
        assert!(text.lines().nth(19).unwrap().starts_with("         p"), "{text}");
        assert!(text.contains("not in this section: symmetry_y"), "{text}");
    }

    #[test]
    fn letters_are_free_ones() {
        let names = ["anode", "anode_side", "a", "a", "pore", "µ"];
        assert_eq!(keys(names.into_iter()), ['a', 'n', '1', '2', 'p', '3']);
    }
}
