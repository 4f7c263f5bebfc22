//! Laws and materials as text for a terminal.

use crate::case::{Diagnostic, at, describe_range, example, nearest};
use crate::failure::Failure;
use crate::materials::{LIBRARY, Mark};
use crate::registry::laws;
use fem::registry::{Entry, Kind, Parameter, Presence};
use std::fmt::Write as _;

/// Every law in a few lines each.
pub fn list_laws() -> String {
    laws().iter().map(|entry| describe(entry)).collect::<Vec<_>>().join("\n")
}

/// One law.
///
/// # Errors
/// When there is none of that name.
pub fn describe_law(name: &str) -> Result<String, Failure> {
    if let Some(entry) = laws().iter().find(|entry| entry.name == name) {
        return Ok(describe(entry));
    }
    let known = || laws().iter().map(|entry| entry.name);
    let mut error = Diagnostic::without_origin(format!("unknown law `{name}`"));
    error = error.wanted(known().collect::<Vec<_>>().join(", "));
    if let Some(near) = nearest(name, known()) {
        error = error.note(format!("did you mean `{near}`?"));
    }
    Err(Failure::Case(error.into()))
}

fn describe(entry: &Entry) -> String {
    let places: Vec<&str> = entry.places.iter().map(|place| at(*place)).collect();
    let mut out = format!("{} ({})\n", entry.name, places.join(" or "));
    let _ = writeln!(out, "  {}", entry.doc);
    let _ = writeln!(out, "  example: {}", example(entry));
    for (name, parameter) in flatten(entry.parameters, "") {
        let _ = writeln!(out, "  {name}: {}", describe_kind(parameter.kind));
        let _ = writeln!(out, "      {}; {}", parameter.doc, describe_presence(parameter));
    }
    let _ = writeln!(out, "  source: {}", entry.source);
    out
}

/// All parameters, those of groups with dotted names.
pub fn flatten(
    parameters: &'static [Parameter],
    prefix: &str,
) -> Vec<(String, &'static Parameter)> {
    let mut all = Vec::new();
    for parameter in parameters {
        let name = if prefix.is_empty() {
            parameter.name.to_owned()
        } else {
            format!("{prefix}.{}", parameter.name)
        };
        all.push((name.clone(), parameter));
        if let Kind::Group(inner) = parameter.kind {
            all.extend(flatten(inner, &name));
        }
    }
    all
}

/// The unit and range of a kind in words.
pub fn describe_kind(kind: Kind) -> String {
    let range = |range, unit| match range {
        fem::registry::Range::Any => String::new(),
        range => format!(", {}", describe_range(range, unit)),
    };
    match kind {
        Kind::Number { unit, range: r } => format!("[{unit}]{}", range(r, unit)),
        Kind::Extensive { unit, per_depth, range: r } => {
            format!("[{unit}] ([{per_depth}] in planar symmetry){}", range(r, unit))
        }
        Kind::Tensor { unit, range: r } => format!(
            "[{unit}]{}; one value, three principal values, or a symmetric 3 x 3 array",
            range(r, unit)
        ),
        Kind::Table { units } => format!("rows of [{}], two at least", units.join(", ")),
        Kind::Vector { unit } => format!("[{unit}] along x, y and z"),
        Kind::Axes => "true, or an array of some of \"x\", \"y\", \"z\"".to_owned(),
        Kind::Flag => "true".to_owned(),
        Kind::Formula { unit } => format!("a formula whose value is in [{unit}]"),
        Kind::Choice(words) => {
            words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" or ")
        }
        Kind::Group(_) => "a table".to_owned(),
    }
}

/// Whether a parameter may be left out.
pub fn describe_presence(parameter: &Parameter) -> String {
    match parameter.presence {
        Presence::Required => "required".to_owned(),
        Presence::Optional => "optional".to_owned(),
        Presence::Default(value) => format!("default {value}"),
    }
}

/// Every built-in material with the source of each value.
pub fn list_materials() -> String {
    let mut out = String::new();
    for material in LIBRARY {
        let _ = writeln!(out, "{}: {}", material.name, material.doc);
        for value in material.values {
            let _ = writeln!(out, "  {} = {}", value.path, value.value);
            let _ = writeln!(out, "      [{}] {}", value.mark.letter(), value.source);
        }
        out.push('\n');
    }
    for mark in [Mark::Read, Mark::Derived, Mark::Public, Mark::Memory] {
        let _ = writeln!(out, "[{}] {}", mark.letter(), mark.meaning());
    }
    out
}
