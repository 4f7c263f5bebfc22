//! A CSV file of points: the header holds the paths of the keys, each row the values of a point.

use super::diagnostic::{CaseError, Diagnostic, Diagnostics};
use super::source::{Origin, Source};
use super::sweep::{
    Axis, Sweep, SweepContext, SweepMode, check_axes, find_number, name_of, read_values,
};
use super::tree::{Content, Node};
use super::{Case, value::shorten};
use std::sync::Arc;

/// Messages of a file come after those of the case and of its arguments.
const ORDER: usize = usize::MAX / 2;

/// One cell and where it stands.
struct Cell {
    text: String,
    origin: Origin,
}

/// Reads the text of the CSV file called `name`, which the sweep of `case` names: cells are separated
/// by commas and may stand in double quotes; empty lines do not count.
///
/// # Errors
/// Unknown keys, cells that are no quantities of the key's unit, and rows of another length than the
/// header.
pub fn read_points_file(
    case: &Case,
    sweep: &Sweep,
    name: &str,
    text: &str,
) -> Result<Sweep, CaseError> {
    let source = Source::new(name, text, ORDER);
    let mut diagnostics = Diagnostics::default();
    let mut rows = rows(&source, &mut diagnostics).into_iter();
    let whole = Origin::whole(&source);
    let Some(header) = rows.next() else {
        let error = Diagnostic::new("the file of points is empty", &whole);
        return Err(error
            .wanted("a header with the paths of the keys, then a row for each point")
            .into());
    };
    let rows: Vec<Vec<Cell>> = rows.collect();
    for row in &rows {
        if row.len() != header.len() {
            let (got, wanted) = (row.len(), header.len());
            let message = format!("a row of {got} cells under a header of {wanted}");
            diagnostics.push(Diagnostic::new(message, &row[0].origin));
        }
    }
    if rows.is_empty() {
        let error = Diagnostic::new("the file of points has no row below its header", &whole);
        diagnostics.push(error);
    }
    if !diagnostics.is_empty() {
        return diagnostics.into_result(None);
    }
    let Some(root) = case.tree.as_table() else { return diagnostics.into_result(None) };
    let context = SweepContext { root, registry: crate::registry::laws(), depth: case.depth() };
    let mut axes = Vec::new();
    for (column, head) in header.iter().enumerate() {
        let (path, number) = match find_number(&head.text, &head.origin, context) {
            Ok(found) => found,
            Err(error) => {
                diagnostics.push(error);
                continue;
            }
        };
        let node = |row: &Vec<Cell>| {
            let cell = &row[column];
            let whole = number.integer.then(|| cell.text.parse().ok()).flatten();
            let content =
                whole.map_or_else(|| Content::String(cell.text.clone()), Content::Integer);
            Node { content, origin: cell.origin.clone() }
        };
        let nodes: Vec<Node> = rows.iter().map(node).collect();
        let key = name_of(&path);
        if let Some((values, unit)) = read_values(&nodes, &key, &number, &mut diagnostics) {
            axes.push(Axis { path, key, unit, values });
        }
    }
    let sweep = Sweep { mode: SweepMode::Zip, axes, ..sweep.clone() };
    let wheres: Vec<&Origin> = header.iter().map(|cell| &cell.origin).collect();
    let good = diagnostics.is_empty() && check_axes(&sweep, &wheres, &mut diagnostics);
    diagnostics.into_result(good.then_some(sweep))
}

/// The rows that are not empty, cell by cell.
fn rows(source: &Arc<Source>, diagnostics: &mut Diagnostics) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    let mut start = 0;
    for line in source.text.split_inclusive('\n') {
        // Spreadsheets begin a file with a byte-order mark and end its lines with CR LF.
        let mark =
            if start == 0 && line.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let text = line[mark..].trim_end_matches(['\n', '\r']);
        if !text.trim().is_empty() {
            match cells(source, text, start + mark) {
                Ok(row) => rows.push(row),
                Err(error) => diagnostics.push(error),
            }
        }
        start += line.len();
    }
    rows
}

fn cells(source: &Arc<Source>, line: &str, start: usize) -> Result<Vec<Cell>, Diagnostic> {
    let mut cells = Vec::new();
    let mut at = 0;
    loop {
        let indent = line[at..].len() - line[at..].trim_start().len();
        let first = at + indent;
        let (text, end) = match line[first..].strip_prefix('"') {
            Some(_) => quoted(line, first).map_err(|message| {
                Diagnostic::new(message, &Origin::new(source, start + first..start + line.len()))
            })?,
            None => {
                let end = line[first..].find(',').map_or(line.len(), |k| first + k);
                (line[first..end].trim_end().to_owned(), end)
            }
        };
        let origin = Origin::new(source, start + first..start + end.max(first + 1));
        cells.push(Cell { text, origin });
        if end == line.len() {
            return Ok(cells);
        }
        at = end + 1;
    }
}

/// The text of the quoted cell that begins at `first`, and where the cell ends.
fn quoted(line: &str, first: usize) -> Result<(String, usize), String> {
    let mut text = String::new();
    let mut chars = line[first + 1..].char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c != '"' {
            text.push(c);
        } else if chars.next_if(|(_, c)| *c == '"').is_some() {
            text.push('"');
        } else {
            let rest = &line[first + 1 + at + 1..];
            let spaces = rest.len() - rest.trim_start().len();
            return match rest.trim_start().chars().next() {
                None | Some(',') => Ok((text, first + 1 + at + 1 + spaces)),
                Some(_) => Err(format!("text after the quoted cell \"{}\"", shorten(&text))),
            };
        }
    }
    Err("a quoted cell without its closing quotation mark".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::tests::EXAMPLE;
    use std::path::Path;

    fn read_points(text: &str) -> Result<Sweep, CaseError> {
        let case = EXAMPLE.to_owned() + "[sweep]\nfile = \"points.csv\"\n";
        let case =
            crate::case::read(Path::new("case.toml"), &case, &[], crate::registry::laws()).unwrap();
        let sweep = case.sweep.clone().unwrap();
        read_points_file(&case, &sweep, "points.csv", text)
    }

    #[test]
    fn cells_are_quantities_with_units() {
        let text = "\u{feff}temperature, \"material.NAS.ohm.conductivity\" ,discretization.order\r\n\
                    25 degC, 0.9 mS/cm ,2\r\n\r\n\"300 K\",\"1 S/m\",1\r\n";
        let sweep = read_points(text).unwrap();
        assert_eq!((sweep.len(), sweep.shape()), (2, vec![2]));
        let si = |k: usize| sweep.axes[k].values.iter().map(|v| v.si).collect::<Vec<_>>();
        assert_eq!([si(0), si(1), si(2)], [vec![298.15, 300.0], vec![0.09, 1.0], vec![2.0, 1.0]]);
        let keys: Vec<&str> = sweep.axes.iter().map(|axis| axis.key.as_str()).collect();
        assert_eq!(keys[1], "material.NAS.ohm.conductivity");
    }

    #[test]
    fn mistakes_are_reported_with_their_places() {
        let complaint = |text: &str| read_points(text).unwrap_err().render(false);
        let message =
            complaint("temperature,material.NAS.ohm.conductivit\n300 K,1 S/m\n300 m,2 S/m\n");
        let wanted = "\
error: unknown key `conductivit` in `material.NAS.ohm`
 --> points.csv:1:13
  |
1 | temperature,material.NAS.ohm.conductivit
  |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  = wanted: `conductivity`, `arrhenius`
  = did you mean `conductivity`?
";
        assert!(message.starts_with(wanted), "{message}");
        assert!(message.contains("`temperature`: got a length [m]"), "{message}");
        assert!(message.contains(" --> points.csv:3:1\n"), "{message}");
        let message = complaint("temperature\n300 K, 5\n");
        assert!(message.contains("a row of 2 cells under a header of 1"), "{message}");
        for (text, what) in [
            ("", "the file of points is empty"),
            ("temperature\n\n", "no row below its header"),
            ("temperature,temperature\n1 K,2 K\n", "`temperature` is varied twice"),
            ("\"temperature\n1 K\n", "without its closing quotation mark"),
            ("\"temperature\"x\n1 K\n", "text after the quoted cell"),
            ("discretization.order\n1.5\n", "`discretization.order` is a whole number"),
        ] {
            assert!(complaint(text).contains(what), "{text}: {}", complaint(text));
        }
    }
}
