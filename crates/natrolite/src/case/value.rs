//! Reading one value of the tree, with its unit, range and type checked.

use super::diagnostic::{Diagnostic, Diagnostics};
use super::tree::{Content, Node, Table};
use crate::units;
use fem::registry::Range;

/// Reads a quantity whose SI unit is `unit`; reports and returns `None` when it is not one.
pub fn read_quantity(
    node: &Node,
    path: &str,
    unit: &str,
    range: Range,
    diagnostics: &mut Diagnostics,
) -> Option<f64> {
    let wanted = || units::describe_wanted(unit);
    let value = match &node.content {
        Content::String(text) => match units::parse(text, unit) {
            Ok(value) => value,
            Err(error) => {
                diagnostics.push(Diagnostic::new(format!("`{path}`: {error}"), &node.origin));
                return None;
            }
        },
        Content::Integer(_) | Content::Float(_) if unit != "1" => {
            let message = format!("`{path}` is a number without unit");
            diagnostics.push(Diagnostic::new(message, &node.origin).wanted(wanted()));
            return None;
        }
        #[allow(clippy::cast_precision_loss)] // A count beyond 2^53 is no physical quantity.
        Content::Integer(integer) => *integer as f64,
        Content::Float(float) => *float,
        _ => {
            diagnostics.push(wrong_type(node, path, &wanted()));
            return None;
        }
    };
    if range.contains(value) {
        return Some(value);
    }
    let got = units::display(value, unit);
    let message = format!("`{path}` is {got}, out of range");
    diagnostics.push(Diagnostic::new(message, &node.origin).wanted(describe_range(range, unit)));
    None
}

/// The range in words: "a value greater than 0".
pub fn describe_range(range: Range, unit: &str) -> String {
    let unit = if unit == "1" { String::new() } else { format!(" {unit}") };
    match range {
        Range::Any => "a finite value".to_owned(),
        Range::Positive => "a value greater than 0".to_owned(),
        Range::NonNegative => "0 or a greater value".to_owned(),
        Range::Open(a, b) => format!("a value greater than {a} and less than {b}{unit}"),
    }
}

/// The error for a value of another type.
pub fn wrong_type(node: &Node, path: &str, wanted: &str) -> Diagnostic {
    Diagnostic::new(format!("`{path}` is {}", node.type_name()), &node.origin).wanted(wanted)
}

/// Reads a text that is not empty.
pub fn read_text<'a>(
    node: &'a Node,
    path: &str,
    wanted: &str,
    diagnostics: &mut Diagnostics,
) -> Option<&'a str> {
    match &node.content {
        Content::String(text) if !text.trim().is_empty() => return Some(text),
        Content::String(_) => {
            let message = format!("`{path}` is empty");
            diagnostics.push(Diagnostic::new(message, &node.origin).wanted(wanted));
        }
        _ => diagnostics.push(wrong_type(node, path, wanted)),
    }
    None
}

/// Reads one of some words.
pub fn read_word(
    node: &Node,
    path: &str,
    words: &'static [&'static str],
    diagnostics: &mut Diagnostics,
) -> Option<&'static str> {
    let Content::String(text) = &node.content else {
        let wanted = super::diagnostic::list(words);
        diagnostics.push(wrong_type(node, path, &format!("one of {wanted}")));
        return None;
    };
    let word = words.iter().find(|word| *word == text).copied();
    if word.is_none() {
        let message = format!("`{path}` is \"{}\"", shorten(text));
        let error = Diagnostic::new(message, &node.origin);
        diagnostics.push(error.known(text, words.iter().copied()));
    }
    word
}

/// Reads a whole number from `min` to `max`.
pub fn read_integer(
    node: &Node,
    path: &str,
    (min, max): (i64, i64),
    diagnostics: &mut Diagnostics,
) -> Option<i64> {
    let wanted = format!("a whole number from {min} to {max}");
    match node.content {
        Content::Integer(integer) if (min..=max).contains(&integer) => return Some(integer),
        Content::Integer(integer) => {
            let message = format!("`{path}` is {integer}, out of range");
            diagnostics.push(Diagnostic::new(message, &node.origin).wanted(wanted));
        }
        _ => diagnostics.push(wrong_type(node, path, &wanted)),
    }
    None
}

/// Reads an array.
pub fn read_array<'a>(
    node: &'a Node,
    path: &str,
    wanted: &str,
    diagnostics: &mut Diagnostics,
) -> Option<&'a [Node]> {
    if let Content::Array(nodes) = &node.content {
        return Some(nodes);
    }
    diagnostics.push(wrong_type(node, path, wanted));
    None
}

/// Reads a table.
pub fn read_table<'a>(
    node: &'a Node,
    path: &str,
    diagnostics: &mut Diagnostics,
) -> Option<&'a Table> {
    let table = node.as_table();
    if table.is_none() {
        diagnostics.push(wrong_type(node, path, "a table"));
    }
    table
}

/// A text of the user for a message, cut when it is long, on one line.
pub fn shorten(text: &str) -> String {
    let mut short: String =
        text.chars().take(60).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(60).is_some() {
        short.push_str("...");
    }
    short
}
