//! What is wrong with a case, where, and what was wanted.

use super::source::Origin;
use std::fmt::Write as _;

/// At most this many errors are shown; the rest is counted.
const SHOWN: usize = 50;

/// Longest piece of a line that is shown \[characters\].
const LINE_WIDTH: usize = 160;

/// One error.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// What is wrong.
    pub message: String,
    /// Where; `None` when no text is to blame.
    pub origin: Option<Origin>,
    /// Lines below the marked text: what was wanted, the nearest known name.
    pub notes: Vec<String>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn new(message: impl Into<String>, origin: &Origin) -> Self {
        Diagnostic { message: message.into(), origin: Some(origin.clone()), notes: Vec::new() }
    }

    /// An error that no text is to blame for.
    pub fn without_origin(message: impl Into<String>) -> Self {
        Diagnostic { message: message.into(), origin: None, notes: Vec::new() }
    }

    /// Adds a line below.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds "wanted: ...".
    #[must_use]
    pub fn wanted(self, wanted: impl AsRef<str>) -> Self {
        self.note(format!("wanted: {}", wanted.as_ref()))
    }

    /// Adds the names that are known here and the one nearest to `name`.
    #[must_use]
    pub fn known<'a>(mut self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        if known.is_empty() {
            return self;
        }
        self = self.wanted(list(&known));
        match nearest(name, known) {
            Some(near) => self.note(format!("did you mean `{near}`?")),
            None => self,
        }
    }

    /// The error as text; with `colour`, the word `error` and the carets are red.
    pub fn render(&self, colour: bool) -> String {
        let (red, bold, plain) =
            if colour { ("\x1b[1;31m", "\x1b[1m", "\x1b[0m") } else { ("", "", "") };
        let mut out = format!("{red}error{plain}: {bold}{}{plain}\n", self.message);
        let mut margin = String::new();
        if let Some(origin) = &self.origin {
            if origin.span.is_empty() && origin.span.start == 0 {
                let _ = writeln!(out, " --> {}", origin.source.name);
            } else {
                let (line, column) = origin.line_and_column();
                let _ = writeln!(out, " --> {}:{line}:{column}", origin.source.name);
                let number = line.to_string();
                margin = " ".repeat(number.len());
                let (text, padding, carets) = excerpt(origin);
                let _ = writeln!(out, "{margin} |\n{number} | {text}");
                let _ = writeln!(out, "{margin} | {padding}{red}{carets}{plain}");
            }
        }
        for note in &self.notes {
            let _ = writeln!(out, "{margin} = {note}");
        }
        out
    }
}

/// The line of an origin, the white space below it, and the carets; a long line is cut around them.
fn excerpt(origin: &Origin) -> (String, String, String) {
    let text = &origin.source.text;
    let (start, end) = (origin.start(), origin.end());
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let before: Vec<char> = text[line_start..start].chars().collect();
    let marked = text[start..end.min(line_end).max(start)].trim_end().chars().count().max(1);
    let cut = before.len().saturating_sub(LINE_WIDTH / 2);
    let shown = text[line_start..line_end].chars().skip(cut).take(LINE_WIDTH);
    let shown: String = shown.map(|c| if c == '\t' || !c.is_control() { c } else { ' ' }).collect();
    let padding = before[cut..].iter().map(|c| if *c == '\t' { '\t' } else { ' ' }).collect();
    let carets = "^".repeat(marked.min(LINE_WIDTH - (before.len() - cut)));
    (shown.trim_end().to_owned(), padding, carets)
}

/// Names between backticks, separated by commas, at most twenty.
pub fn list(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(20).map(|name| format!("`{name}`")).collect();
    let more = names.len() - shown.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    shown.join(", ") + &more
}

/// The known name nearest to `name`, if one is near enough to be what was meant.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > 100 {
        return None;
    }
    let lower = name.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(similarity, _)| *similarity > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// All errors found so far.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Adds an error.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The errors in the order of the text, those of the case file before those of arguments.
    pub fn sorted(mut self) -> Vec<Diagnostic> {
        self.0.sort_by_key(|d| {
            d.origin.as_ref().map_or((usize::MAX, 0), |o| (o.source.order, o.span.start))
        });
        self.0
    }

    /// `value` when there is no error, else the errors.
    ///
    /// # Errors
    /// When there are errors.
    pub fn into_result<T>(self, value: Option<T>) -> Result<T, CaseError> {
        match value {
            Some(value) if self.is_empty() => Ok(value),
            None => {
                debug_assert!(!self.is_empty(), "a case failed without a message");
                Err(CaseError { diagnostics: self.sorted() })
            }
            Some(_) => Err(CaseError { diagnostics: self.sorted() }),
        }
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Diagnostics(vec![diagnostic])
    }
}

/// A case that cannot be solved as written: every error that was found, in the order of the text.
#[derive(Clone, Debug)]
pub struct CaseError {
    /// The errors; at least one.
    pub diagnostics: Vec<Diagnostic>,
}

impl CaseError {
    /// All errors as text.
    pub fn render(&self, colour: bool) -> String {
        let shown = self.diagnostics.iter().take(SHOWN).map(|d| d.render(colour));
        let mut text = shown.collect::<Vec<_>>().join("\n");
        if self.diagnostics.len() > SHOWN {
            let _ = writeln!(text, "\n... and {} more errors", self.diagnostics.len() - SHOWN);
        }
        text
    }
}

impl From<Diagnostic> for CaseError {
    fn from(diagnostic: Diagnostic) -> Self {
        CaseError { diagnostics: vec![diagnostic] }
    }
}

impl std::fmt::Display for CaseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.render(false).trim_end())
    }
}

impl std::error::Error for CaseError {}
