//! Reading tables that are described by [`Field`]s.

use super::diagnostic::{Diagnostic, Diagnostics, nearest};
use super::field::{CASE, Field, FieldKind};
use super::source::Origin;
use super::tree::{Content, Key, Node, Table};
use super::value::{
    read_array, read_integer, read_quantity, read_table, read_text, read_word, shorten, wrong_type,
};
use crate::units;
use fem::registry::Presence;
use std::collections::BTreeMap;

/// The value of a [`Field`].
#[derive(Clone, Debug)]
enum FieldValue {
    Text(String),
    Word(&'static str),
    Integer(i64),
    Flag(bool),
    Number(f64),
    Numbers(Vec<f64>),
    Nodes(Vec<Node>),
    Fields(Fields),
    Tables(Vec<Fields>),
}

/// The checked values of a table, with defaults filled in; what failed its check is absent.
#[derive(Clone, Debug)]
pub struct Fields {
    values: BTreeMap<&'static str, FieldValue>,
    /// Where the table was named.
    pub origin: Origin,
    /// Keys that the text gives, and where; their values may have failed their checks.
    given: BTreeMap<&'static str, Origin>,
}

macro_rules! getter {
    ($name:ident, $variant:ident, $type:ty, $doc:literal) => {
        #[doc = $doc]
        pub fn $name(&self, name: &str) -> Option<&$type> {
            match self.values.get(name) {
                Some(FieldValue::$variant(value)) => Some(value),
                _ => None,
            }
        }
    };
}

impl Fields {
    getter!(text, Text, String, "The text called `name`, if present.");
    getter!(word, Word, &'static str, "The word called `name`, if present.");
    getter!(integer, Integer, i64, "The whole number called `name`, if present.");
    getter!(flag, Flag, bool, "The flag called `name`, if present.");
    getter!(number, Number, f64, "The number called `name` in SI units, if present.");
    getter!(numbers, Numbers, Vec<f64>, "The numbers called `name` in SI units, if present.");
    getter!(nodes, Nodes, Vec<Node>, "The values called `name`, as written, if present.");
    getter!(tables, Tables, Vec<Fields>, "The tables called `name`, if present.");
    getter!(fields, Fields, Fields, "The table called `name`, if present.");

    /// Where the value called `name` was written; the table when it was not.
    pub fn origin_of(&self, name: &str) -> &Origin {
        self.given.get(name).unwrap_or(&self.origin)
    }

    /// True when the text gives `name` itself.
    pub fn gives(&self, name: &str) -> bool {
        self.given.contains_key(name)
    }

    /// True when the text gives `name` but its value failed its check, which has been reported.
    pub fn failed(&self, name: &str) -> bool {
        self.gives(name) && !self.values.contains_key(name)
    }
}

/// Reads `table`, which is called `path` (empty at the top) and was named at `origin`. Keys in
/// `others` are left to the caller; all other unknown keys are reported.
pub fn read_fields(
    table: &Table,
    path: &str,
    origin: &Origin,
    fields: &'static [Field],
    others: &[&str],
    diagnostics: &mut Diagnostics,
) -> Fields {
    let (values, given) = (BTreeMap::new(), BTreeMap::new());
    let mut read = Fields { values, given, origin: origin.clone() };
    for field in fields {
        let name = join(path, field.name);
        let value = match table.get(field.name) {
            Some((key, node)) => {
                read.given.insert(field.name, node.origin.clone());
                read_field(node, key, &name, &field.kind, diagnostics)
            }
            // A misspelt key has its own message.
            None if field.presence == Presence::Required
                && is_misspelt(table, field.name, fields.iter().map(|f| f.name)) =>
            {
                None
            }
            None => absent(field, &name, origin, diagnostics),
        };
        if let Some(value) = value {
            read.values.insert(field.name, value);
        }
    }
    for (key, _) in &table.pairs {
        let known = || fields.iter().map(|f| f.name).chain(others.iter().copied());
        if !known().any(|name| name == key.text) {
            diagnostics.push(unknown_key(key, path, known()));
        }
    }
    read
}

/// The value of a field that was not written: its default, nothing, or an error.
fn absent(
    field: &'static Field,
    name: &str,
    origin: &Origin,
    diagnostics: &mut Diagnostics,
) -> Option<FieldValue> {
    match (field.presence, field.kind) {
        (Presence::Default(text), kind) => {
            let value = default_value(text, kind);
            debug_assert!(value.is_some(), "the default of `{name}` is not of its kind");
            value
        }
        (Presence::Required, kind) => {
            let wanted = match kind {
                FieldKind::Fields(_) => format!("a table [{name}]"),
                FieldKind::Tables(_) => format!("a table [[{name}]]"),
                _ => format!("{} = {}", field.name, example(kind)),
            };
            let message = format!("`{name}` is missing");
            diagnostics.push(Diagnostic::new(message, origin).wanted(wanted));
            None
        }
        // A table that may be left out has its keys' defaults.
        (Presence::Optional, FieldKind::Fields(inner))
            if inner.iter().all(|f| f.presence != Presence::Required) =>
        {
            let read = read_fields(&Table::default(), name, origin, inner, &[], diagnostics);
            Some(FieldValue::Fields(read))
        }
        (Presence::Optional, _) => None,
    }
}

fn default_value(text: &'static str, kind: FieldKind) -> Option<FieldValue> {
    match kind {
        FieldKind::Text => Some(FieldValue::Text(text.to_owned())),
        FieldKind::Word(words) => words.iter().find(|w| **w == text).map(|w| FieldValue::Word(w)),
        FieldKind::Integer { .. } => text.parse().ok().map(FieldValue::Integer),
        FieldKind::Flag => text.parse().ok().map(FieldValue::Flag),
        FieldKind::Quantity { unit, .. } => units::parse(text, unit).ok().map(FieldValue::Number),
        _ => None,
    }
}

/// An example of a value, as TOML.
pub fn example(kind: FieldKind) -> String {
    match kind {
        FieldKind::Text => "\"...\"".to_owned(),
        FieldKind::Word(words) => {
            words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" or ")
        }
        FieldKind::Integer { min, .. } => min.to_string(),
        FieldKind::Flag => "false".to_owned(),
        FieldKind::Quantity { unit, .. } => units::example(unit),
        FieldKind::Quantities { unit, .. } => format!("[{}]", units::example(unit)),
        FieldKind::AnyQuantity => "\"...\"".to_owned(),
        FieldKind::AnyQuantities => "[\"...\"]".to_owned(),
        FieldKind::Fields(_) => "{ ... }".to_owned(),
        FieldKind::Tables(_) => "[{ ... }]".to_owned(),
    }
}

fn read_field(
    node: &Node,
    key: &Key,
    path: &str,
    kind: &FieldKind,
    diagnostics: &mut Diagnostics,
) -> Option<FieldValue> {
    match *kind {
        FieldKind::Text => {
            read_text(node, path, "a text", diagnostics).map(|t| FieldValue::Text(t.to_owned()))
        }
        FieldKind::Word(words) => read_word(node, path, words, diagnostics).map(FieldValue::Word),
        FieldKind::Integer { min, max } => {
            read_integer(node, path, (min, max), diagnostics).map(FieldValue::Integer)
        }
        FieldKind::Flag => match node.content {
            Content::Boolean(flag) => Some(FieldValue::Flag(flag)),
            _ => {
                diagnostics.push(wrong_type(node, path, "true or false"));
                None
            }
        },
        FieldKind::Quantity { unit, range } => {
            read_quantity(node, path, unit, range, diagnostics).map(FieldValue::Number)
        }
        FieldKind::Quantities { unit, range } => {
            let wanted = format!("an array such as [{}]", units::example(unit));
            let nodes = read_array(node, path, &wanted, diagnostics)?;
            let read = nodes.iter().map(|n| read_quantity(n, path, unit, range, diagnostics));
            // All are read before the first failure counts, so that every error is reported.
            let read: Vec<Option<f64>> = read.collect();
            read.into_iter().collect::<Option<Vec<f64>>>().map(FieldValue::Numbers)
        }
        FieldKind::AnyQuantity => {
            let read = read_any_quantity(node, path, diagnostics)?;
            Some(FieldValue::Nodes(vec![read]))
        }
        FieldKind::AnyQuantities => {
            let nodes = read_array(node, path, "an array of quantities", diagnostics)?;
            let read: Vec<Option<Node>> =
                nodes.iter().map(|node| read_any_quantity(node, path, diagnostics)).collect();
            read.into_iter().collect::<Option<Vec<Node>>>().map(FieldValue::Nodes)
        }
        FieldKind::Fields(inner) => {
            let table = read_table(node, path, diagnostics)?;
            let fields = read_fields(table, path, &key.origin, inner, &[], diagnostics);
            Some(FieldValue::Fields(fields))
        }
        FieldKind::Tables(inner) => {
            let wanted = format!("tables, each written as [[{path}]]");
            let nodes = read_array(node, path, &wanted, diagnostics)?;
            let read: Vec<Option<Fields>> = nodes
                .iter()
                .map(|node| {
                    let table = read_table(node, path, diagnostics)?;
                    Some(read_fields(table, path, &node.origin, inner, &[], diagnostics))
                })
                .collect();
            read.into_iter().collect::<Option<Vec<Fields>>>().map(FieldValue::Tables)
        }
    }
}

/// A text or number whose unit is checked later.
fn read_any_quantity(node: &Node, path: &str, diagnostics: &mut Diagnostics) -> Option<Node> {
    match node.content {
        Content::String(_) | Content::Integer(_) | Content::Float(_) => Some(node.clone()),
        _ => {
            let wanted = "a quantity, for example \"0.9 mS/cm\"";
            diagnostics.push(wrong_type(node, path, wanted));
            None
        }
    }
}

/// True when an unknown key of `table` is most like `name` among the `known` ones.
pub fn is_misspelt<'a>(
    table: &Table,
    name: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> bool {
    table.pairs.iter().any(|(key, _)| {
        known.clone().all(|k| k != key.text) && nearest(&key.text, known.clone()) == Some(name)
    })
}

/// The error for a key that is not known in the table called `path`.
pub fn unknown_key<'a>(key: &Key, path: &str, known: impl Iterator<Item = &'a str>) -> Diagnostic {
    let place = if path.is_empty() { String::new() } else { format!(" in `{path}`") };
    let error =
        Diagnostic::new(format!("unknown key `{}`{place}", shorten(&key.text)), &key.origin)
            .known(&key.text, known);
    match path.is_empty().then(|| home_of(&key.text, CASE)).flatten() {
        Some(home) => error.note(format!("`{home}` is such a key; paths begin at the top")),
        None => error,
    }
}

/// The path of the first field called `name` inside the tables among `fields`.
fn home_of(name: &str, fields: &[Field]) -> Option<String> {
    fields.iter().find_map(|field| {
        let FieldKind::Fields(inner) = field.kind else { return None };
        let here = || inner.iter().find(|f| f.name == name).map(|f| f.name.to_owned());
        let below = here().or_else(|| home_of(name, inner))?;
        Some(format!("{}.{below}", field.name))
    })
}

/// The dotted path of `key` in the table called `path`, quoted where TOML needs it.
pub fn join(path: &str, key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let key = shorten(key);
    let key = if !key.is_empty() && key.chars().all(bare) { key } else { format!("\"{key}\"") };
    if path.is_empty() { key } else { format!("{path}.{key}") }
}
