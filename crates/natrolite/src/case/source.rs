//! Where a piece of a case was written.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A text that a case is made from.
#[derive(Debug)]
pub struct Source {
    /// How a message names it: the path as the user typed it, or `--set`.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// Position among the sources of a case: messages come in this order.
    pub order: usize,
}

impl Source {
    /// A source that origins can share.
    pub fn new(name: impl Into<String>, text: impl Into<String>, order: usize) -> Arc<Source> {
        Arc::new(Source { name: name.into(), text: text.into(), order })
    }
}

/// A place in a source: a range of bytes, empty when the whole source is meant.
#[derive(Clone)]
pub struct Origin {
    /// The text.
    pub source: Arc<Source>,
    /// Bytes of it.
    pub span: Range<usize>,
}

impl Origin {
    /// The bytes `span` of `source`.
    pub fn new(source: &Arc<Source>, span: Range<usize>) -> Self {
        Origin { source: Arc::clone(source), span }
    }

    /// The source as a whole.
    pub fn whole(source: &Arc<Source>) -> Self {
        Origin::new(source, 0..0)
    }

    /// Line and column, both from 1; the column counts characters.
    pub fn line_and_column(&self) -> (usize, usize) {
        let start = self.start();
        let before = &self.source.text[..start];
        let line = before.bytes().filter(|&b| b == b'\n').count() + 1;
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (line, before[line_start..].chars().count() + 1)
    }

    /// First byte, moved back to the start of its character and into the text.
    pub(super) fn start(&self) -> usize {
        floor(&self.source.text, self.span.start)
    }

    /// End, moved likewise.
    pub(super) fn end(&self) -> usize {
        floor(&self.source.text, self.span.end).max(self.start())
    }
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.line_and_column();
        write!(f, "{}:{line}:{column}", self.source.name)
    }
}
