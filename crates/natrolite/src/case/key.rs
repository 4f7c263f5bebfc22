//! What a dotted path of the case is: which number, in which unit.

use super::diagnostic::Diagnostic;
use super::field::{CASE, Field, FieldKind};
use super::fields::{join, unknown_key};
use super::law::{Depth, Registry, sole_parameter};
use super::tree::{Key, Table};
use super::value::shorten;
use fem::registry::{Entry, Kind, Parameter};

/// A number of the case that can be varied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    /// SI units that its value may have; the second one where the mesh file decides.
    pub units: Vec<&'static str>,
    /// True for a whole number.
    pub integer: bool,
}

/// Tables whose keys are names, and whose values are laws.
const PLACES: [&str; 3] = ["material", "boundary", "interface"];

/// The number at `path` of the case `root`. Materials, boundaries, interfaces and laws must be in the
/// case; a parameter or option that is left out is known by its default.
///
/// # Errors
/// When nothing is there, with what is, or what is there is no single number.
pub fn number_at(
    path: &[Key],
    root: &Table,
    registry: Registry,
    depth: Depth,
) -> Result<Number, Diagnostic> {
    let (first, rest) = path.split_first().expect("a path has a key");
    if PLACES.contains(&first.text.as_str()) {
        return law_number(first, rest, root, registry, depth);
    }
    let known = CASE.iter().filter(|f| f.name != "sweep").map(|f| f.name).chain(PLACES);
    match CASE.iter().find(|f| f.name == first.text && f.name != "sweep") {
        Some(field) => field_number(field, first, rest),
        None => Err(unknown_key(first, "", known)),
    }
}

fn field_number(field: &Field, key: &Key, rest: &[Key]) -> Result<Number, Diagnostic> {
    let mut path = join("", &key.text);
    let (mut field, mut key, mut rest) = (field, key, rest);
    loop {
        let one = |unit, integer| Number { units: vec![unit], integer };
        let number = match field.kind {
            FieldKind::Fields(inner) => {
                let names = || inner.iter().map(|f| f.name);
                let Some((next, after)) = rest.split_first() else {
                    return Err(is_a_table(&path, key, names()));
                };
                let found = inner.iter().find(|f| f.name == next.text);
                field = found.ok_or_else(|| unknown_key(next, &path, names()))?;
                path = join(&path, &next.text);
                (key, rest) = (next, after);
                continue;
            }
            FieldKind::Quantity { unit, .. } => one(unit, false),
            FieldKind::Integer { .. } => one("1", true),
            _ => return Err(no_number(&path, key)),
        };
        return ends_here(number, &path, rest);
    }
}

fn law_number(
    place: &Key,
    rest: &[Key],
    root: &Table,
    registry: Registry,
    depth: Depth,
) -> Result<Number, Diagnostic> {
    let empty = Table::default();
    let named = root.value(&place.text).and_then(|node| node.as_table()).unwrap_or(&empty);
    let keys = |table: &Table| -> Vec<String> {
        table.pairs.iter().map(|(key, _)| key.text.clone()).collect()
    };
    let path = place.text.clone();
    let Some((name, rest)) = rest.split_first() else {
        return Err(is_a_table(&path, place, keys(named).iter().map(String::as_str)));
    };
    let Some(laws) = named.value(&name.text).and_then(|node| node.as_table()) else {
        let message = format!("the case has no `{}`", join(&path, &name.text));
        let known = keys(named);
        let mut error = Diagnostic::new(message, &name.origin)
            .known(&name.text, known.iter().map(String::as_str));
        let is_builtin = crate::materials::LIBRARY.iter().any(|m| m.name == name.text);
        if place.text == "material" && is_builtin {
            error = error.note("to vary a built-in material, write its laws into the case");
        }
        return Err(error);
    };
    let path = join(&path, &name.text);
    let placed = || -> Vec<&'static str> {
        let here = registry.iter().filter(|entry| laws.get(entry.name).is_some());
        here.map(|entry| entry.name).collect()
    };
    let Some((law, rest)) = rest.split_first() else {
        return Err(is_a_table(&path, name, placed().into_iter()));
    };
    let entry = registry.iter().find(|entry| entry.name == law.text);
    let Some(entry) = entry.filter(|entry| laws.get(entry.name).is_some()) else {
        let message = format!("the case has no `{}`", join(&path, &law.text));
        return Err(Diagnostic::new(message, &law.origin).known(&law.text, placed()));
    };
    parameter_number(entry, law, rest, &join(&path, &law.text), depth)
}

fn parameter_number(
    entry: &Entry,
    law: &Key,
    rest: &[Key],
    path: &str,
    depth: Depth,
) -> Result<Number, Diagnostic> {
    if let Some(parameter) = sole_parameter(entry) {
        return ends_here(number_of(parameter, path, law, depth)?, path, rest);
    }
    let (mut parameters, mut path, mut key) = (entry.parameters, path.to_owned(), law);
    let mut rest = rest;
    loop {
        let names = || parameters.iter().map(|p: &Parameter| p.name);
        let Some((next, after)) = rest.split_first() else {
            return Err(is_a_table(&path, key, names()));
        };
        let found = parameters.iter().find(|p| p.name == next.text);
        let parameter = found.ok_or_else(|| unknown_key(next, &path, names()))?;
        path = join(&path, &next.text);
        (key, rest) = (next, after);
        if let Kind::Group(inner) = parameter.kind {
            parameters = inner;
            continue;
        }
        return ends_here(number_of(parameter, &path, key, depth)?, &path, rest);
    }
}

fn number_of(
    parameter: &Parameter,
    path: &str,
    key: &Key,
    depth: Depth,
) -> Result<Number, Diagnostic> {
    let units = match (parameter.kind, depth) {
        (Kind::Number { unit, .. } | Kind::Tensor { unit, .. }, _)
        | (Kind::Extensive { unit, .. }, Depth::Whole) => vec![unit],
        (Kind::Extensive { per_depth, .. }, Depth::PerMetre) => vec![per_depth],
        (Kind::Extensive { unit, per_depth, .. }, Depth::Unknown) => vec![unit, per_depth],
        _ => return Err(no_number(path, key)),
    };
    Ok(Number { units, integer: false })
}

fn ends_here(number: Number, path: &str, rest: &[Key]) -> Result<Number, Diagnostic> {
    match rest.first() {
        None => Ok(number),
        Some(key) => {
            let message = format!("`{path}` is a number, with no `{}` in it", shorten(&key.text));
            Err(Diagnostic::new(message, &key.origin))
        }
    }
}

fn is_a_table<'a>(path: &str, key: &Key, known: impl Iterator<Item = &'a str>) -> Diagnostic {
    Diagnostic::new(format!("`{path}` is a table, not a number"), &key.origin).known("", known)
}

fn no_number(path: &str, key: &Key) -> Diagnostic {
    Diagnostic::new(format!("`{path}` is not a single number"), &key.origin)
        .wanted("the path of a quantity, for example material.NAS.ohm.conductivity")
}
