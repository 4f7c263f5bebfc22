//! The text of a case as a tree in which every key and value knows where it was written.

use super::diagnostic::{Diagnostic, Diagnostics};
use super::source::{Origin, Source};
use std::ops::Range;
use std::sync::Arc;
use toml::de::{DeTable, DeValue};

/// Tables and arrays nested deeper than this are refused.
pub const MAX_DEPTH: usize = 32;

/// A value and where it was written.
#[derive(Clone, Debug)]
pub struct Node {
    /// The value.
    pub content: Content,
    /// Where.
    pub origin: Origin,
}

/// A TOML value.
#[derive(Clone, Debug)]
pub enum Content {
    /// Text.
    String(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction or exponent.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A date or time, which no key of a case takes.
    Datetime,
    /// Values in order.
    Array(Vec<Node>),
    /// Keys and values.
    Table(Table),
}

/// A key and where it was written.
#[derive(Clone, Debug)]
pub struct Key {
    /// The key, unquoted.
    pub text: String,
    /// Where.
    pub origin: Origin,
}

/// Keys and values in the order of the text.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The pairs; no key occurs twice.
    pub pairs: Vec<(Key, Node)>,
}

impl Table {
    /// The pair with this key.
    pub fn get(&self, key: &str) -> Option<&(Key, Node)> {
        self.pairs.iter().find(|(k, _)| k.text == key)
    }

    /// The value of this key.
    pub fn value(&self, key: &str) -> Option<&Node> {
        self.get(key).map(|(_, node)| node)
    }
}

impl Node {
    /// The table, if it is one.
    pub fn as_table(&self) -> Option<&Table> {
        match &self.content {
            Content::Table(table) => Some(table),
            _ => None,
        }
    }

    /// What the value is, for messages: "a string", "a table".
    pub fn type_name(&self) -> &'static str {
        match self.content {
            Content::String(_) => "a string",
            Content::Integer(_) => "an integer",
            Content::Float(_) => "a number",
            Content::Boolean(_) => "a boolean",
            Content::Datetime => "a date",
            Content::Array(_) => "an array",
            Content::Table(_) => "a table",
        }
    }
}

/// Parses a whole document into a table. Every syntax error is reported.
pub fn parse_document(source: &Arc<Source>, diagnostics: &mut Diagnostics) -> Option<Node> {
    if let Err(error) = check_depth(source) {
        diagnostics.push(error);
        return None;
    }
    let (table, errors) = DeTable::parse_recoverable(&source.text);
    let failed = !errors.is_empty();
    for error in errors {
        diagnostics.push(syntax_error(&error, source));
    }
    if failed {
        return None;
    }
    let mut convert = Convert { source, shift: 0, diagnostics };
    let table = convert.table(table.into_inner(), 0)?;
    Some(Node { content: Content::Table(table), origin: Origin::whole(source) })
}

/// Parses the part of `source` that starts at `start` as one value; `None` when it is not TOML.
pub fn parse_value(
    source: &Arc<Source>,
    start: usize,
    diagnostics: &mut Diagnostics,
) -> Option<Node> {
    let value = DeValue::parse(source.text.get(start..)?).ok()?;
    let span = value.span();
    Convert { source, shift: start, diagnostics }.value(value.into_inner(), span, 0)
}

fn syntax_error(error: &toml::de::Error, source: &Arc<Source>) -> Diagnostic {
    let end = source.text.len();
    let span = error.span().unwrap_or(end..end);
    let message = format!("not TOML: {}", error.message().lines().next().unwrap_or_default());
    Diagnostic::new(message, &Origin::new(source, span))
}

/// Refuses keys with very many dots before the parser builds one table for each: it would recurse
/// through them. A dot counts outside quotes; whatever ends a key starts the count again.
fn check_depth(source: &Arc<Source>) -> Result<(), Diagnostic> {
    let (mut dots, mut quote, mut comment) = (0, None, false);
    for (at, c) in source.text.char_indices() {
        match (c, quote) {
            ('\n', _) => (dots, quote, comment) = (0, None, false),
            _ if comment => {}
            (c, Some(open)) if c == open => quote = None,
            (_, Some(_)) => {}
            ('"' | '\'', None) => quote = Some(c),
            ('#', None) => comment = true,
            ('=' | ',' | '{' | '}' | '[' | ']', None) => dots = 0,
            ('.', None) => dots += 1,
            _ => {}
        }
        if dots > 4 * MAX_DEPTH {
            return Err(too_deep(&Origin::new(source, at..at + 1)));
        }
    }
    Ok(())
}

/// The error for nesting beyond [`MAX_DEPTH`].
pub fn too_deep(origin: &Origin) -> Diagnostic {
    Diagnostic::new(format!("nested more than {MAX_DEPTH} levels deep"), origin)
}

struct Convert<'a> {
    source: &'a Arc<Source>,
    /// Added to every span.
    shift: usize,
    diagnostics: &'a mut Diagnostics,
}

impl Convert<'_> {
    fn origin(&self, span: Range<usize>) -> Origin {
        Origin::new(self.source, span.start + self.shift..span.end + self.shift)
    }

    fn table(&mut self, table: DeTable<'_>, depth: usize) -> Option<Table> {
        let mut pairs = Vec::with_capacity(table.len());
        for (key, value) in table {
            let origin = self.origin(key.span());
            let span = value.span();
            if depth >= MAX_DEPTH {
                self.diagnostics.push(too_deep(&origin));
                return None;
            }
            let node = self.value(value.into_inner(), span, depth + 1)?;
            pairs.push((Key { text: key.into_inner().into_owned(), origin }, node));
        }
        Some(Table { pairs })
    }

    fn value(&mut self, value: DeValue<'_>, span: Range<usize>, depth: usize) -> Option<Node> {
        let origin = self.origin(span);
        if depth > MAX_DEPTH {
            self.diagnostics.push(too_deep(&origin));
            return None;
        }
        let content = match value {
            DeValue::String(text) => Content::String(text.into_owned()),
            DeValue::Integer(digits) => {
                match i64::from_str_radix(digits.as_str(), digits.radix()) {
                    Ok(integer) => Content::Integer(integer),
                    Err(_) => {
                        let message = format!("the integer {digits} does not fit in 64 bits");
                        self.diagnostics.push(Diagnostic::new(message, &origin));
                        return None;
                    }
                }
            }
            // Too large a number becomes infinite here and is refused where it is used.
            DeValue::Float(digits) => Content::Float(digits.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(boolean) => Content::Boolean(boolean),
            DeValue::Datetime(_) => Content::Datetime,
            DeValue::Array(values) => {
                let mut nodes = Vec::with_capacity(values.len());
                for value in values {
                    let span = value.span();
                    nodes.push(self.value(value.into_inner(), span, depth + 1)?);
                }
                Content::Array(nodes)
            }
            DeValue::Table(table) => Content::Table(self.table(table, depth)?),
        };
        Some(Node { content, origin })
    }
}
