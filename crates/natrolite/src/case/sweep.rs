//! `[sweep]`: which numbers of the case are varied, and through which values.

use super::diagnostic::{Diagnostic, Diagnostics};
use super::field::MAX_POINTS;
use super::fields::{Fields, join};
use super::key::{Number, number_at};
use super::law::{Depth, Registry};
use super::set::parse_path;
use super::source::{Origin, Source};
use super::tree::{Content, Key, Node, Table};
use super::value::read_quantity;
use fem::registry::Range;
use std::path::PathBuf;

/// How the values of several axes make points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SweepMode {
    /// Every combination, the last axis fastest.
    Grid,
    /// The first values of all axes, then the second ones, and so on.
    Zip,
}

/// `[sweep]`, checked as far as the case file goes.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// How the axes make points.
    pub mode: SweepMode,
    /// The axes; none when there is a file.
    pub axes: Vec<Axis>,
    /// A CSV file of points as written, and where.
    pub file: Option<(PathBuf, Origin)>,
    /// Where the table was named.
    pub origin: Origin,
}

/// A number of the case and its values.
#[derive(Clone, Debug)]
pub struct Axis {
    /// Its path.
    pub path: Vec<Key>,
    /// Its path as text, with dots.
    pub key: String,
    /// SI unit of the values.
    pub unit: &'static str,
    /// The values.
    pub values: Vec<AxisValue>,
}

/// One value of an axis.
#[derive(Clone, Debug)]
pub struct AxisValue {
    /// As it stands in a case.
    pub node: Node,
    /// In SI units.
    pub si: f64,
}

impl Sweep {
    /// The place of a point in an order in which each differs from the one before in one axis by one step:
    /// the last axis goes to and fro.
    pub fn place_to_and_fro(&self, index: usize) -> usize {
        let SweepMode::Grid = self.mode else { return index };
        (0..self.axes.len()).fold(0, |place, axis| {
            let (length, along) = (self.axes[axis].values.len(), self.place(axis, index));
            // Backwards after each odd number of steps of the axes before.
            place * length + if place % 2 == 0 { along } else { length - 1 - along }
        })
    }

    /// Shape of the results: the length of each axis, or one length when the axes go together.
    pub fn shape(&self) -> Vec<usize> {
        match self.mode {
            SweepMode::Grid => self.axes.iter().map(|a| a.values.len()).collect(),
            SweepMode::Zip => vec![self.axes.first().map_or(0, |a| a.values.len())],
        }
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.shape().iter().product()
    }

    /// True when there are no points.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of each axis at point `index`.
    pub fn point(&self, index: usize) -> Vec<&AxisValue> {
        let axes = self.axes.iter().enumerate();
        axes.map(|(k, axis)| &axis.values[self.place(k, index)]).collect()
    }

    /// The number of the value of axis number `axis` at point `index`: the last axis is the fastest.
    pub fn place(&self, axis: usize, index: usize) -> usize {
        match self.mode {
            SweepMode::Zip => index,
            SweepMode::Grid => {
                let faster = self.axes[axis + 1..].iter().map(|a| a.values.len());
                index / faster.product::<usize>() % self.axes[axis].values.len()
            }
        }
    }
}

/// What the reader of axes needs of the case.
#[derive(Clone, Copy)]
pub struct SweepContext<'a> {
    /// The case.
    pub root: &'a Table,
    /// The laws that exist.
    pub registry: Registry,
    /// How quantities of the whole cell are given.
    pub depth: Depth,
}

/// Reads `[sweep]` from its checked keys.
pub fn read_sweep(
    fields: &Fields,
    context: SweepContext<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Sweep> {
    let mode = match *fields.word("mode")? {
        "zip" => SweepMode::Zip,
        _ => SweepMode::Grid,
    };
    let origin = fields.origin.clone();
    if let Some(file) = fields.text("file") {
        let at = fields.origin_of("file").clone();
        for other in ["axis", "mode"] {
            if fields.gives(other) {
                let message = format!("`sweep` has both a `file` of points and `{other}`");
                diagnostics.push(Diagnostic::new(message, &at).wanted("one of them"));
                return None;
            }
        }
        let file = Some((PathBuf::from(file), at));
        return Some(Sweep { mode: SweepMode::Zip, axes: Vec::new(), file, origin });
    }
    let Some(tables) = fields.tables("axis").filter(|tables| !tables.is_empty()) else {
        if !fields.failed("axis") && !fields.failed("file") {
            let error = Diagnostic::new("`sweep` varies nothing", &origin);
            diagnostics.push(error.wanted("[[sweep.axis]], or file = \"points.csv\""));
        }
        return None;
    };
    let read: Vec<Option<Axis>> =
        tables.iter().map(|table| read_axis(table, context, diagnostics)).collect();
    let axes = read.into_iter().collect::<Option<Vec<Axis>>>()?;
    let sweep = Sweep { mode, axes, file: None, origin };
    let wheres: Vec<&Origin> = tables.iter().map(|table| table.origin_of("key")).collect();
    check_axes(&sweep, &wheres, diagnostics).then_some(sweep)
}

/// Each key once; equal lengths in a zip; not too many points.
pub fn check_axes(sweep: &Sweep, wheres: &[&Origin], diagnostics: &mut Diagnostics) -> bool {
    let names = |axis: &Axis| axis.path.iter().map(|key| key.text.clone()).collect::<Vec<_>>();
    for (k, axis) in sweep.axes.iter().enumerate() {
        if sweep.axes[..k].iter().any(|before| names(before) == names(axis)) {
            let message = format!("`{}` is varied twice", axis.key);
            diagnostics.push(Diagnostic::new(message, wheres[k]).wanted("each key once"));
            return false;
        }
    }
    let (first, rest) = sweep.axes.split_first().expect("a sweep has an axis");
    let wanted = first.values.len();
    for (axis, at) in rest.iter().zip(&wheres[1..]) {
        let got = axis.values.len();
        if sweep.mode == SweepMode::Zip && got != wanted {
            let message = format!(
                "`{}` has {got} values, but `{}` has {wanted}: zipped axes go together",
                axis.key, first.key
            );
            let error = Diagnostic::new(message, at);
            diagnostics.push(error.wanted(format!("{wanted} values, or mode = \"grid\"")));
            return false;
        }
    }
    let count = sweep.shape().iter().try_fold(1usize, |n, &k| n.checked_mul(k));
    if count.is_none_or(|count| count > MAX_POINTS) {
        let lengths: Vec<String> = sweep.shape().iter().map(usize::to_string).collect();
        let message = format!("the sweep has {} points", lengths.join(" x "));
        let error = Diagnostic::new(message, &sweep.origin);
        diagnostics.push(error.wanted(format!("{MAX_POINTS} at most")));
        return false;
    }
    true
}

/// The path and the number that a text names.
///
/// # Errors
/// When it is no path, or no number is there.
pub fn find_number(
    text: &str,
    origin: &Origin,
    context: SweepContext<'_>,
) -> Result<(Vec<Key>, Number), Diagnostic> {
    // Errors point at the text as a whole: it may be quoted, with escapes.
    let at = |mut error: Diagnostic| {
        error.origin = Some(origin.clone());
        error
    };
    let source = Source::new("", text, 0);
    let mut path = parse_path(&source, text).map_err(at)?;
    path.iter_mut().for_each(|key| key.origin = origin.clone());
    let number = number_at(&path, context.root, context.registry, context.depth)?;
    Ok((path, number))
}

fn read_axis(
    fields: &Fields,
    context: SweepContext<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Axis> {
    let (path, number) = match find_number(fields.text("key")?, fields.origin_of("key"), context) {
        Ok(found) => found,
        Err(error) => {
            diagnostics.push(error);
            return None;
        }
    };
    let key = &name_of(&path);
    let range = ["from", "to", "points"];
    let given = |name: &str| fields.gives(name);
    let error = match (given("values"), range.iter().any(|name| given(name))) {
        (true, true) => {
            let other = range.iter().find(|name| given(name)).copied().unwrap_or_default();
            let message = format!("the axis `{key}` has both `values` and `{other}`");
            Diagnostic::new(message, fields.origin_of(other)).wanted("one of them")
        }
        (true, false) => {
            let nodes = fields.nodes("values")?;
            if !nodes.is_empty() {
                let (values, unit) = read_values(nodes, key, &number, diagnostics)?;
                return Some(Axis { path, key: key.to_owned(), unit, values });
            }
            Diagnostic::new(format!("the axis `{key}` has no values"), fields.origin_of("values"))
                .wanted("one at least")
        }
        (false, _) => {
            if let Some(missing) = range.iter().find(|name| !given(name)) {
                let message = format!("the axis `{key}` has no `{missing}`");
                let wanted = "values = [...], or from, to and points";
                Diagnostic::new(message, &fields.origin).wanted(wanted)
            } else {
                let (values, unit) = read_range(fields, key, &number, diagnostics)?;
                return Some(Axis { path, key: key.to_owned(), unit, values });
            }
        }
    };
    diagnostics.push(error);
    None
}

/// A path as text, with dots.
pub fn name_of(path: &[Key]) -> String {
    path.iter().fold(String::new(), |name, key| join(&name, &key.text))
}

/// Reads values of one unit; their ranges are for the readers of points.
pub fn read_values(
    nodes: &[Node],
    key: &str,
    number: &Number,
    diagnostics: &mut Diagnostics,
) -> Option<(Vec<AxisValue>, &'static str)> {
    // Where the mesh decides between two units, the first value does it here.
    let reads = |unit: &&&'static str| {
        read_quantity(&nodes[0], key, unit, Range::Any, &mut Diagnostics::default()).is_some()
    };
    let unit = *number.units.iter().find(reads).unwrap_or(&number.units[0]);
    let read: Vec<Option<AxisValue>> = nodes
        .iter()
        .map(|node| {
            let si = read_quantity(node, key, unit, Range::Any, diagnostics)?;
            if number.integer && !matches!(node.content, Content::Integer(_)) {
                diagnostics.push(not_whole(key, &node.origin));
                return None;
            }
            Some(AxisValue { node: node.clone(), si })
        })
        .collect();
    read.into_iter().collect::<Option<Vec<AxisValue>>>().map(|values| (values, unit))
}

fn not_whole(key: &str, origin: &Origin) -> Diagnostic {
    let message = format!("`{key}` is a whole number");
    Diagnostic::new(message, origin).wanted("values = [1, 2], for example")
}

/// `from`, `to`, `points` and `scale`.
fn read_range(
    fields: &Fields,
    key: &str,
    number: &Number,
    diagnostics: &mut Diagnostics,
) -> Option<(Vec<AxisValue>, &'static str)> {
    let ends = [fields.nodes("from")?.first()?.clone(), fields.nodes("to")?.first()?.clone()];
    let count = usize::try_from(*fields.integer("points")?).ok()?;
    let scale = *fields.word("scale")?;
    if number.integer {
        diagnostics.push(not_whole(key, fields.origin_of("from")));
        return None;
    }
    let (ends, unit) = read_values(&ends, key, number, diagnostics)?;
    let (from, to) = (ends[0].si, ends[1].si);
    if scale == "log" && (from == 0.0 || to == 0.0 || (from > 0.0) != (to > 0.0)) {
        let at = if from == 0.0 { "from" } else { "to" };
        let message = format!("the axis `{key}` has a logarithmic scale that reaches zero");
        let error = Diagnostic::new(message, fields.origin_of(at));
        diagnostics.push(error.wanted("`from` and `to` of one sign, neither of them zero"));
        return None;
    }
    let value = |k: usize| {
        let t = k as f64 / (count - 1) as f64;
        match (k, scale) {
            (0, _) => from,
            (k, _) if k == count - 1 => to,
            (_, "log") => from * (to / from).powf(t),
            _ => from + (to - from) * t,
        }
    };
    let origin = fields.origin_of("from");
    let values = (0..count).map(|k| written(value(k), unit, origin)).collect();
    Some((values, unit))
}

/// A value in SI units as a case would have it; read again, it is the same number.
pub fn written(si: f64, unit: &str, origin: &Origin) -> AxisValue {
    let content = match unit {
        "1" => Content::Float(si),
        _ => Content::String(format!("{si:?} {unit}")),
    };
    AxisValue { node: Node { content, origin: origin.clone() }, si }
}
