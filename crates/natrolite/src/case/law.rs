//! Laws in the case file: which are placed where, with which values.

use super::diagnostic::{Diagnostic, Diagnostics};
use super::direction::{read_axes, read_flag, read_formula, read_vector};
use super::fields::{is_misspelt, join, unknown_key};
use super::library::Inherited;
use super::source::Origin;
use super::tree::{Content, Key, Node, Table};
use super::value::{read_array, read_quantity, read_word, shorten, wrong_type};
use crate::units;
use fem::Slot;
use fem::registry::{
    ContactSlots, Entry, Environment, Kind, Parameter, ParameterError, Place, Presence, Range,
    Value, Values,
};
use std::collections::BTreeMap;

/// The laws that a case may use.
pub type Registry = &'static [&'static Entry];

/// A law with its values, as placed by the case.
#[derive(Clone, Debug)]
pub struct LawUse {
    /// What the registry says about it.
    pub entry: &'static Entry,
    /// Its values in SI units, checked, defaults filled in.
    pub values: Values,
    /// Where the law was named.
    pub origin: Origin,
    /// Where each value was written, by its parameter's name, dotted inside a group.
    pub origins: BTreeMap<String, Origin>,
    /// True when a value of [`Kind::Extensive`] was given per metre of depth, as planar symmetry
    /// wants it.
    pub per_depth: bool,
    /// Values that the case leaves to the materials beside the law.
    pub inherited: Vec<Inherited>,
}

/// How a quantity of the whole cell is to be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Per metre: the case is planar.
    PerMetre,
    /// As it is: the case is axisymmetric or three-dimensional.
    Whole,
    /// The mesh file decides; both are accepted.
    Unknown,
}

impl LawUse {
    /// Where `parameter` (dotted inside a group) was written; the law when it was not.
    pub fn origin_of(&self, parameter: &str) -> &Origin {
        self.origins.get(parameter).unwrap_or(&self.origin)
    }

    /// True when the case gives `parameter` itself.
    pub fn gives(&self, parameter: &str) -> bool {
        self.origins.contains_key(parameter)
    }
}

/// A value of a parameter, read apart from its law.
#[derive(Clone, Debug)]
pub struct NumberRead {
    value: Value,
    /// As [`LawUse::per_depth`]; none where the value says nothing about it.
    per_depth: Option<bool>,
}

/// Reads the value in `node` of a parameter that is no group, as reading its law would; none when it is wrong.
pub fn read_parameter(
    parameter: &'static Parameter,
    (key, node): (&Key, &Node),
    depth: Depth,
) -> Option<NumberRead> {
    let mut diagnostics = Diagnostics::default();
    let origins = BTreeMap::new();
    let mut read = Parameters { origins, depth, per_depth: false, diagnostics: &mut diagnostics };
    let value = read.value(node, key, parameter, "", parameter.name)?;
    let says_depth = matches!(parameter.kind, Kind::Extensive { .. });
    Some(NumberRead { value, per_depth: says_depth.then_some(read.per_depth) })
}

impl LawUse {
    /// Gives `parameter` another value.
    pub fn vary(&mut self, parameter: &'static Parameter, read: &NumberRead) {
        self.per_depth = read.per_depth.unwrap_or(self.per_depth);
        self.values.insert(parameter.name, read.value.clone());
    }
}

/// Reads the laws in `table`, which is called `path` and lies at `place`. Keys in `others` are left
/// to the caller.
pub fn read_laws(
    table: &Table,
    path: &str,
    place: Place,
    others: &[&str],
    (registry, depth): (Registry, Depth),
    diagnostics: &mut Diagnostics,
) -> Vec<LawUse> {
    let mut laws = Vec::new();
    for (key, node) in &table.pairs {
        if others.contains(&key.text.as_str()) {
            continue;
        }
        let here = registry.iter().filter(|entry| entry.places.contains(&place));
        match here.clone().find(|entry| entry.name == key.text) {
            Some(entry) => laws.extend(read_law(entry, key, node, path, depth, diagnostics)),
            None => {
                let names = others.iter().copied().chain(here.map(|entry| entry.name));
                diagnostics.push(match registry.iter().find(|entry| entry.name == key.text) {
                    Some(entry) => misplaced(entry, key, path, place).wanted(format!(
                        "{} here",
                        super::diagnostic::list(&names.collect::<Vec<_>>())
                    )),
                    None => unknown_key(key, path, names),
                });
            }
        }
    }
    laws
}

fn misplaced(entry: &Entry, key: &Key, path: &str, place: Place) -> Diagnostic {
    let places: Vec<&str> = entry.places.iter().map(|place| at(*place)).collect();
    let message = format!(
        "`{path}.{}`: this law is placed {}, not {}",
        key.text,
        places.join(" or "),
        at(place)
    );
    Diagnostic::new(message, &key.origin)
}

/// A place with its preposition.
pub fn at(place: Place) -> &'static str {
    match place {
        Place::Material => "in a material",
        Place::Boundary => "on a boundary",
        Place::Interface => "on an interface",
    }
}

/// The parameter of a law that has only one, called `value`: such a law is written as that value,
/// without a table.
pub fn sole_parameter(entry: &Entry) -> Option<&'static Parameter> {
    match entry.parameters {
        [parameter] if parameter.name == "value" => Some(parameter),
        _ => None,
    }
}

fn read_law(
    entry: &'static Entry,
    key: &Key,
    node: &Node,
    path: &str,
    depth: Depth,
    diagnostics: &mut Diagnostics,
) -> Option<LawUse> {
    let path = join(path, &key.text);
    let mut read = Parameters { origins: BTreeMap::new(), depth, per_depth: false, diagnostics };
    let values = match (sole_parameter(entry), &node.content) {
        (Some(parameter), _) => {
            let value = read.value(node, key, parameter, &path, parameter.name)?;
            read.origins.insert(parameter.name.to_owned(), node.origin.clone());
            Values::from_iter([(parameter.name, value)])
        }
        (None, Content::Table(table)) => {
            read.group(table, &key.origin, entry.parameters, &path, "")?
        }
        (None, _) => {
            let wanted = format!("a table: {}", example(entry));
            read.diagnostics.push(wrong_type(node, &path, &wanted));
            return None;
        }
    };
    let (origins, per_depth) = (read.origins, read.per_depth);
    let (origin, inherited) = (key.origin.clone(), Vec::new());
    Some(LawUse { entry, values, origin, origins, per_depth, inherited })
}

/// Builds each law once, so that parameters that do not fit together are reported with the rest.
pub fn check_fit(
    laws: &[LawUse],
    path: &str,
    place: Place,
    temperature: f64,
    diagnostics: &mut Diagnostics,
) {
    for law in laws {
        let Some(build) = law.entry.build else {
            if let Err(error) = fits_together(law, temperature) {
                let path = join(path, law.entry.name);
                let message = format!("`{path}.{}`: {}", error.parameter, error.message);
                diagnostics.push(Diagnostic::new(message, law.origin_of(error.parameter)));
            }
            continue;
        };
        let slots = match place {
            Place::Material => vec![Slot::gradient(0)],
            Place::Boundary => vec![Slot::value(0), Slot::whole(0)],
            Place::Interface => vec![Slot::value(0), Slot::across(0)],
        };
        // Whether there is a contact is known later, when the laws are placed on the mesh.
        let contact = Some(ContactSlots { fraction: Slot::value(1), pressure: Slot::value(2) });
        if let Err(error) = build(&law.values, &Environment { temperature, slots, contact }) {
            let path = join(path, law.entry.name);
            let message = format!("`{path}.{}`: {}", error.parameter, error.message);
            diagnostics.push(Diagnostic::new(message, law.origin_of(error.parameter)));
        }
    }
}

/// Checks the parameters of a law that is no term of its own.
fn fits_together(law: &LawUse, temperature: f64) -> Result<(), ParameterError> {
    match law.entry.name {
        "contact_fraction" => contact::rough::ContactFraction::from_values(&law.values).map(drop),
        "eigenstrain" => contact::linear_strain(&law.values, temperature).map(drop),
        "contact" => match law.values.group("obstacle") {
            Some(group) => contact::unilateral::obstacle(group, (2, -1.0), [0.0; 3]).map(drop),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

/// A law as a case file could contain it: required parameters, or the first if none is.
pub fn example(entry: &Entry) -> String {
    if let Some(parameter) = sole_parameter(entry) {
        return format!("{} = {}", entry.name, example_value(parameter.kind));
    }
    format!("{} = {}", entry.name, example_table(entry.parameters))
}

fn example_table(parameters: &[Parameter]) -> String {
    let mut shown: Vec<&Parameter> =
        parameters.iter().filter(|p| p.presence == Presence::Required).collect();
    if shown.is_empty() {
        shown.extend(parameters.first());
    }
    let pairs = shown.iter().map(|p| format!("{} = {}", p.name, example_value(p.kind)));
    format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
}

/// An example of a value, as TOML.
pub fn example_value(kind: Kind) -> String {
    match kind {
        Kind::Number { unit, .. } | Kind::Tensor { unit, .. } | Kind::Extensive { unit, .. } => {
            units::example(unit)
        }
        Kind::Table { units } => {
            let row: Vec<String> = units.iter().map(|unit| units::example(unit)).collect();
            format!("[[{0}], [{0}]]", row.join(", "))
        }
        Kind::Vector { unit } => {
            format!("[{0}, {0}, {1}]", units::zero(unit), units::example(unit))
        }
        Kind::Axes => "[\"x\", \"z\"]".to_owned(),
        Kind::Flag => "true".to_owned(),
        Kind::Formula { .. } => "\"0.1*um*(1 - cos(2*PI*x/(20*um)))\"".to_owned(),
        Kind::Choice(words) => format!("\"{}\"", words.first().unwrap_or(&"")),
        Kind::Group(parameters) => example_table(parameters),
    }
}

struct Parameters<'a> {
    origins: BTreeMap<String, Origin>,
    depth: Depth,
    per_depth: bool,
    diagnostics: &'a mut Diagnostics,
}

impl Parameters<'_> {
    /// Reads a table of parameters called `path` in the file and `prefix` among the origins.
    fn group(
        &mut self,
        table: &Table,
        origin: &Origin,
        parameters: &'static [Parameter],
        path: &str,
        prefix: &str,
    ) -> Option<Values> {
        let mut values = Some(Values::default());
        let mut insert = |name, value: Option<Value>| match (values.as_mut(), value) {
            (Some(values), Some(value)) => values.insert(name, value),
            _ => values = None,
        };
        for parameter in parameters {
            let dotted = if prefix.is_empty() {
                parameter.name.to_owned()
            } else {
                format!("{prefix}.{}", parameter.name)
            };
            let name = join(path, parameter.name);
            match (table.get(parameter.name), parameter.presence) {
                (Some((key, node)), _) => {
                    self.origins.insert(dotted.clone(), node.origin.clone());
                    insert(parameter.name, self.value(node, key, parameter, &name, &dotted));
                }
                (None, Presence::Default(text)) => {
                    let value = default_value(parameter.kind, text);
                    debug_assert!(value.is_some(), "the default of `{name}` is not of its kind");
                    insert(parameter.name, value);
                }
                // A misspelt key has its own message.
                (None, Presence::Required)
                    if is_misspelt(table, parameter.name, parameters.iter().map(|p| p.name)) =>
                {
                    insert(parameter.name, None);
                }
                (None, Presence::Required) => {
                    let wanted = format!("{} = {}", parameter.name, example_value(parameter.kind));
                    let message = format!("`{name}` is missing");
                    self.diagnostics.push(Diagnostic::new(message, origin).wanted(wanted));
                    insert(parameter.name, None);
                }
                (None, Presence::Optional) => {}
            }
        }
        for (key, _) in &table.pairs {
            if !parameters.iter().any(|p| p.name == key.text) {
                let known = parameters.iter().map(|p| p.name);
                self.diagnostics.push(unknown_key(key, path, known));
                values = None;
            }
        }
        values
    }

    fn value(
        &mut self,
        node: &Node,
        key: &Key,
        parameter: &'static Parameter,
        path: &str,
        dotted: &str,
    ) -> Option<Value> {
        match parameter.kind {
            Kind::Number { unit, range } => {
                read_quantity(node, path, unit, range, self.diagnostics).map(Value::Number)
            }
            Kind::Extensive { unit, per_depth, range } => {
                self.extensive(node, path, (unit, per_depth), range).map(Value::Number)
            }
            Kind::Tensor { unit, range } => self.tensor(node, path, unit, range).map(Value::Tensor),
            Kind::Table { units } => self.rows(node, path, units).map(Value::Table),
            Kind::Choice(words) => {
                read_word(node, path, words, self.diagnostics).map(Value::Choice)
            }
            Kind::Vector { unit } => {
                read_vector(node, path, unit, self.diagnostics).map(Value::Vector)
            }
            Kind::Axes => read_axes(node, path, self.diagnostics).map(Value::Axes),
            Kind::Flag => read_flag(node, path, self.diagnostics).map(|()| Value::Flag),
            Kind::Formula { unit } => {
                read_formula(node, path, unit, self.diagnostics).map(Value::Formula)
            }
            Kind::Group(parameters) => match &node.content {
                Content::Table(table) => {
                    self.group(table, &key.origin, parameters, path, dotted).map(Value::Group)
                }
                _ => {
                    let wanted = format!("a table: {}", example_table(parameters));
                    self.diagnostics.push(wrong_type(node, path, &wanted));
                    None
                }
            },
        }
    }

    /// A quantity of the whole cell, or of a metre of it.
    fn extensive(
        &mut self,
        node: &Node,
        path: &str,
        (unit, per_depth): (&str, &str),
        range: Range,
    ) -> Option<f64> {
        let is_per_depth =
            matches!(&node.content, Content::String(text) if units::parse(text, per_depth).is_ok());
        self.per_depth =
            self.depth == Depth::PerMetre || (self.depth == Depth::Unknown && is_per_depth);
        let unit = if self.per_depth { per_depth } else { unit };
        read_quantity(node, path, unit, range, self.diagnostics)
    }

    /// A scalar, three principal values, or a symmetric 3 x 3 array.
    fn tensor(
        &mut self,
        node: &Node,
        path: &str,
        unit: &str,
        range: Range,
    ) -> Option<[[f64; 3]; 3]> {
        let Content::Array(nodes) = &node.content else {
            let scalar = read_quantity(node, path, unit, range, self.diagnostics)?;
            return Some(diagonal([scalar; 3]));
        };
        let wanted = "one value, three principal values, or three rows of three values";
        if nodes.len() != 3 {
            let message = format!("`{path}` has {} entries", nodes.len());
            self.diagnostics.push(Diagnostic::new(message, &node.origin).wanted(wanted));
            return None;
        }
        if !nodes.iter().any(|n| matches!(n.content, Content::Array(_))) {
            return self.three(nodes, path, unit, range).map(diagonal);
        }
        let mut rows = [[0.0; 3]; 3];
        for (row, node) in rows.iter_mut().zip(nodes) {
            match read_array(node, path, wanted, self.diagnostics)? {
                entries if entries.len() == 3 => {
                    *row = self.three(entries, path, unit, Range::Any)?
                }
                entries => {
                    let message = format!("a row of `{path}` has {} entries", entries.len());
                    self.diagnostics.push(Diagnostic::new(message, &node.origin).wanted(wanted));
                    return None;
                }
            }
        }
        let symmetric = (0..3).all(|i| (0..3).all(|j| rows[i][j] == rows[j][i]));
        if !symmetric || (range == Range::Positive && !is_positive_definite(&rows)) {
            let what = if symmetric { "positive definite" } else { "symmetric" };
            let message = format!("`{path}` is not {what}");
            let error = Diagnostic::new(message, &node.origin);
            self.diagnostics.push(error.wanted("a symmetric array with positive principal values"));
            return None;
        }
        Some(rows)
    }

    fn three(&mut self, nodes: &[Node], path: &str, unit: &str, range: Range) -> Option<[f64; 3]> {
        let read: Vec<Option<f64>> =
            nodes.iter().map(|n| read_quantity(n, path, unit, range, self.diagnostics)).collect();
        read.into_iter().collect::<Option<Vec<f64>>>()?.try_into().ok()
    }

    /// At least two rows of quantities, one unit for each column.
    fn rows(
        &mut self,
        node: &Node,
        path: &str,
        units: &'static [&'static str],
    ) -> Option<Vec<Vec<f64>>> {
        let wanted = format!("two rows or more, {}", example_value(Kind::Table { units }));
        let nodes = read_array(node, path, &wanted, self.diagnostics)?;
        if nodes.len() < 2 {
            let message = format!("`{path}` has too few rows ({})", nodes.len());
            self.diagnostics.push(Diagnostic::new(message, &node.origin).wanted(wanted));
            return None;
        }
        let mut rows = Vec::with_capacity(nodes.len());
        let mut complete = true;
        for node in nodes {
            let entries = read_array(node, path, &wanted, self.diagnostics)?;
            if entries.len() != units.len() {
                let message = format!("a row of `{path}` has {} entries", entries.len());
                self.diagnostics.push(Diagnostic::new(message, &node.origin).wanted(&wanted));
                return None;
            }
            let row = entries.iter().zip(units).map(|(entry, unit)| {
                read_quantity(entry, path, unit, Range::Any, self.diagnostics)
            });
            let row: Vec<Option<f64>> = row.collect();
            complete &= row.iter().all(Option::is_some);
            rows.push(row.into_iter().flatten().collect());
        }
        complete.then_some(rows)
    }
}

fn default_value(kind: Kind, text: &'static str) -> Option<Value> {
    match kind {
        Kind::Number { unit, .. } | Kind::Extensive { unit, .. } => {
            units::parse(text, unit).ok().map(Value::Number)
        }
        Kind::Tensor { unit, .. } => {
            units::parse(text, unit).ok().map(|x| Value::Tensor(diagonal([x; 3])))
        }
        Kind::Choice(words) => words.iter().find(|w| **w == text).map(|w| Value::Choice(w)),
        Kind::Table { .. }
        | Kind::Group(_)
        | Kind::Vector { .. }
        | Kind::Axes
        | Kind::Flag
        | Kind::Formula { .. } => None,
    }
}

fn diagonal(d: [f64; 3]) -> [[f64; 3]; 3] {
    [[d[0], 0.0, 0.0], [0.0, d[1], 0.0], [0.0, 0.0, d[2]]]
}

/// Sylvester's criterion: every leading minor is positive.
fn is_positive_definite(t: &[[f64; 3]; 3]) -> bool {
    // Scaled so that minors of small conductivities do not underflow.
    let scale = t.iter().flatten().fold(0.0_f64, |m, x| m.max(x.abs()));
    let t = t.map(|row| row.map(|x| x / scale));
    let second = t[0][0] * t[1][1] - t[0][1] * t[1][0];
    let third = t[0][2] * (t[1][0] * t[2][1] - t[1][1] * t[2][0])
        - t[1][2] * (t[0][0] * t[2][1] - t[0][1] * t[2][0])
        + t[2][2] * second;
    t[0][0] > 0.0 && second > 0.0 && third > 0.0
}

/// What the user called a law, for messages about several.
pub fn name_all(laws: &[&LawUse]) -> String {
    let names: Vec<String> =
        laws.iter().map(|law| format!("`{}`", shorten(law.entry.name))).collect();
    names.join(" and ")
}
