//! Changing a value in the tree by its dotted path, as `--set` and sweeps do.

use super::diagnostic::{Diagnostic, Diagnostics};
use super::source::{Origin, Source};
use super::tree::{self, Content, Key, MAX_DEPTH, Node, Table};
use std::sync::Arc;

/// Applies the argument of `--set`, `KEY=VALUE`, to the tree. The value is read as TOML, else as a
/// string.
///
/// # Errors
/// When the argument is not of that form, or the path leads through a value that is not a table.
pub fn apply(root: &mut Node, argument: &Arc<Source>) -> Result<(), Diagnostic> {
    let form = "KEY=VALUE, for example mesh.defect.radius=\"5 um\"";
    let text = &argument.text;
    let Some(equals) = find_equals(text) else {
        let all = Origin::new(argument, 0..text.len());
        return Err(Diagnostic::new("the argument of --set has no `=`", &all).wanted(form));
    };
    let path = parse_path(argument, &text[..equals])?;
    let start = equals + 1 + text[equals + 1..].len() - text[equals + 1..].trim_start().len();
    let mut diagnostics = Diagnostics::default();
    let value = tree::parse_value(argument, start, &mut diagnostics);
    if let Some(first) = diagnostics.sorted().into_iter().next() {
        return Err(first);
    }
    let value = value.unwrap_or_else(|| Node {
        content: Content::String(text[start..].trim_end().to_owned()),
        origin: Origin::new(argument, start..text.len().max(start)),
    });
    set(root, &path, value)
}

/// Puts `value` at `path`, creating missing tables and replacing what is there.
///
/// # Errors
/// When the path is empty or leads through a value that is not a table.
pub fn set(root: &mut Node, path: &[Key], value: Node) -> Result<(), Diagnostic> {
    let Some((last, parents)) = path.split_last() else {
        return Err(Diagnostic::new("the key is empty", &value.origin));
    };
    let mut table = match &mut root.content {
        Content::Table(table) => table,
        _ => return Err(Diagnostic::new("the case is not a table", &last.origin)),
    };
    for (depth, key) in parents.iter().enumerate() {
        let at = position_or_insert(table, key, || Content::Table(Table::default()));
        let node = &mut table.pairs[at].1;
        let kind = node.type_name();
        match &mut node.content {
            Content::Table(inner) => table = inner,
            _ => {
                let names: Vec<&str> = path[..=depth].iter().map(|k| k.text.as_str()).collect();
                let message = format!("`{}` is {kind}, not a table", names.join("."));
                return Err(Diagnostic::new(message, &key.origin));
            }
        }
    }
    let at = position_or_insert(table, last, || Content::Boolean(false));
    table.pairs[at].1 = value;
    Ok(())
}

fn position_or_insert(table: &mut Table, key: &Key, content: impl Fn() -> Content) -> usize {
    if let Some(at) = table.pairs.iter().position(|(k, _)| k.text == key.text) {
        return at;
    }
    table.pairs.push((key.clone(), Node { content: content(), origin: key.origin.clone() }));
    table.pairs.len() - 1
}

/// Position of the first `=` outside quotes.
fn find_equals(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match quote {
            Some('"') if escaped => escaped = false,
            Some('"') if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == '=' => return Some(at),
            None => {}
        }
    }
    None
}

/// Parses a dotted path at the start of `source`.
///
/// # Errors
/// When `text` is not a dotted key of TOML.
pub fn parse_path(source: &Arc<Source>, text: &str) -> Result<Vec<Key>, Diagnostic> {
    let all = Origin::new(source, 0..text.len().max(1));
    let wrong = || {
        Diagnostic::new(format!("`{}` is not a key", text.trim()), &all)
            .wanted("a dotted path as in TOML, for example material.NAS.ohm.conductivity")
    };
    if text.contains(['\n', '\r']) || text.trim_start().starts_with('[') {
        return Err(wrong());
    }
    if text.matches('.').count() >= MAX_DEPTH {
        return Err(tree::too_deep(&all));
    }
    // The path and nothing else, so that spans in it are spans in the argument.
    let document = Source::new("", format!("{text}=0"), 0);
    let mut diagnostics = Diagnostics::default();
    let root = tree::parse_document(&document, &mut diagnostics).ok_or_else(wrong)?;
    let mut path = Vec::new();
    let mut node = root;
    while let Content::Table(mut table) = node.content {
        let (key, value) = table.pairs.pop().ok_or_else(wrong)?;
        path.push(Key { text: key.text, origin: Origin::new(source, key.origin.span) });
        node = value;
    }
    Ok(path)
}
