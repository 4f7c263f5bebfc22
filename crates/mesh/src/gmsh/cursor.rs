//! A place in a file, and the numbers read from there.

use super::integers;
use super::lines::count_lines;
use crate::MeshError;
use std::borrow::Cow;
use std::io::{self, Read};
use std::ops::Range;

/// Bytes of a file that are held at a time.
const HELD: usize = 16 << 20;
/// More than any number or small group of them takes.
const AHEAD: usize = 4096;

/// Reads numbers as text or as binary, whichever the file holds. Every read is bounded by the bytes
/// that are left.
pub(super) struct Cursor<'a> {
    /// Some bytes of the file, and the place in them.
    window: Cow<'a, [u8]>,
    position: usize,
    outside: Option<Outside<'a>>,
    /// True when numbers are binary.
    pub binary: bool,
    /// True when binary numbers come in the other byte order.
    pub swap: bool,
    /// The section being read, for messages.
    pub section: &'static str,
}

/// What of the file is not in the window.
struct Outside<'a> {
    file: &'a mut dyn Read,
    /// Bytes after the window.
    after: u64,
    /// Bytes and ends of lines before it.
    before: u64,
    lines: usize,
    /// Why no more could be read.
    failure: Option<io::Error>,
}

impl<'a> Cursor<'a> {
    /// At the beginning of a file of so many bytes.
    pub fn new(file: &'a mut dyn Read, bytes: u64) -> Self {
        let outside = Outside { file, after: bytes, before: 0, lines: 0, failure: None };
        let (binary, swap, section) = (false, false, "MeshFormat");
        let (window, position, outside) = (Cow::default(), 0, Some(outside));
        Cursor { window, position, outside, binary, swap, section }
    }

    /// At the beginning of text that is a piece of a file.
    pub fn of_text(bytes: &'a [u8]) -> Self {
        let (binary, swap, section) = (false, false, "");
        Cursor { window: Cow::Borrowed(bytes), position: 0, outside: None, binary, swap, section }
    }

    /// Bytes not yet read.
    pub fn left(&self) -> u64 {
        let after = self.outside.as_ref().map_or(0, |outside| outside.after);
        (self.window.len() - self.position) as u64 + after
    }

    /// Why the file could not be read to its end, if that is so.
    pub fn failure(&mut self) -> Option<io::Error> {
        self.outside.as_mut()?.failure.take()
    }

    /// Some of the bytes not yet read: half of what is held at a time or more, or all.
    pub fn rest(&mut self) -> &[u8] {
        self.hold(HELD / 2);
        &self.window[self.position..]
    }

    /// Leaves out the next `count` bytes of [`Cursor::rest`].
    pub fn skip(&mut self, count: usize) {
        self.position += count.min(self.window.len() - self.position);
    }

    /// Goes to the end of the line if it is one of plain whole numbers, which `take` is given and has to find in order;
    /// else stays, and is false. At the end of a line that is the next one.
    pub fn takes_integers(&mut self, take: impl FnOnce(&[u32]) -> bool) -> bool {
        if self.binary {
            return false;
        }
        let mut numbers = [0; integers::MOST];
        let rest = &self.window[self.position..];
        let ended = usize::from(rest.first() == Some(&b'\n'));
        let line = integers::read_line(&rest[ended..], &mut numbers);
        let taken = line.filter(|&(count, _)| take(&numbers[..count]));
        self.position += taken.map_or(0, |(_, bytes)| ended + bytes);
        taken.is_some()
    }

    /// Goes back by one byte; once.
    pub fn back(&mut self) {
        self.position = self.position.saturating_sub(1);
    }

    /// Has at least `bytes` in the window from here on, unless the file ends before.
    fn hold(&mut self, bytes: usize) {
        let Some(outside) = &mut self.outside else { return };
        if self.window.len() - self.position >= bytes || outside.after == 0 {
            return;
        }
        let window = self.window.to_mut();
        // One stays, to go back to.
        let passed = self.position.saturating_sub(1);
        outside.before += passed as u64;
        outside.lines += count_lines(&window[..passed]);
        window.drain(..passed);
        self.position -= passed;
        let wanted = outside.after.min((HELD.max(bytes + 1) - window.len()) as u64);
        window.reserve_exact(wanted as usize);
        match (&mut *outside.file).take(wanted).read_to_end(window) {
            Ok(read) if read as u64 == wanted => outside.after -= wanted,
            // It has become shorter.
            Ok(_) => outside.after = 0,
            Err(error) => (outside.after, outside.failure) = (0, Some(error)),
        }
    }

    /// Where the next byte that `is_end` is, or the file ends.
    fn find(&mut self, is_end: impl Fn(u8) -> bool) -> usize {
        let mut seen = 0;
        loop {
            let rest = &self.window[self.position + seen..];
            if let Some(found) = rest.iter().position(|&b| is_end(b)) {
                return self.position + seen + found;
            }
            seen += rest.len();
            self.hold(2 * seen.max(AHEAD));
            if self.window.len() == self.position + seen {
                return self.window.len();
            }
        }
    }

    fn truncated(&self) -> MeshError {
        MeshError::Truncated { section: self.section }
    }

    /// "wanted this here, got that".
    pub fn unexpected(&self, wanted: &'static str, got: &[u8]) -> MeshError {
        let (before, lines) = self.outside.as_ref().map_or((0, 0), |o| (o.before, o.lines));
        let at = if self.binary {
            format!("byte {}", before + self.position as u64)
        } else {
            // Just behind a whole line that was read: that line is meant.
            let read = &self.window[..self.position];
            format!("line {}", 1 + lines + count_lines(read.strip_suffix(b"\n").unwrap_or(read)))
        };
        let got = String::from_utf8_lossy(&got[..got.len().min(40)]).into_owned();
        MeshError::Syntax { section: self.section, at, wanted, got }
    }

    /// The rest of the line, without its end and without blanks around it; `None` at the end of the
    /// file.
    pub fn line(&mut self) -> Option<Vec<u8>> {
        let end = self.find(|b| b == b'\n');
        if self.position == self.window.len() {
            return None;
        }
        let line = self.window[self.position..end].trim_ascii().to_vec();
        self.position = (end + 1).min(self.window.len());
        Some(line)
    }

    /// Goes to the next line if only blanks are left of this one; false where that is not so.
    pub fn end_line(&mut self) -> bool {
        let end = self.find(|b| b == b'\n' || !b.is_ascii_whitespace());
        let ends = self.window.get(end) == Some(&b'\n');
        if ends {
            self.position = end + 1;
        }
        ends
    }

    /// The next line that is not blank.
    pub fn full_line(&mut self) -> Option<Vec<u8>> {
        loop {
            let line = self.line()?;
            if !line.is_empty() {
                return Some(line);
            }
        }
    }

    /// Goes to the line `$End<section>` and beyond it.
    pub fn skip_section(&mut self, name: &[u8]) -> bool {
        let mut end = b"$End".to_vec();
        end.extend_from_slice(name);
        while let Some(line) = self.line() {
            if line.ends_with(&end) {
                return true;
            }
        }
        false
    }

    /// Checks that the section ends here.
    pub fn end_section(&mut self, wanted: &'static str) -> Result<(), MeshError> {
        let line = self.full_line().ok_or_else(|| self.truncated())?;
        if line.strip_prefix(b"$") == Some(wanted.as_bytes()) {
            return Ok(());
        }
        Err(self.unexpected("the end of the section", &line))
    }

    /// The next word of text, in the window.
    fn word(&mut self) -> Result<Range<usize>, MeshError> {
        self.position = self.find(|b| !b.is_ascii_whitespace());
        let end = self.find(|b| b.is_ascii_whitespace());
        let start = std::mem::replace(&mut self.position, end);
        if start == end { Err(self.truncated()) } else { Ok(start..end) }
    }

    /// An integer in text, whatever the rest of the file is.
    pub fn text_integer(&mut self) -> Result<i64, MeshError> {
        // Most numbers are a few digits between blanks; all else is looked at word by word.
        self.hold(AHEAD);
        let mut start = self.position;
        while self.window.get(start).is_some_and(u8::is_ascii_whitespace) {
            start += 1;
        }
        let rest = &self.window[start..];
        let (mut value, mut digits) = (0, 0);
        for byte in rest.iter().take(18) {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            (value, digits) = (10 * value + i64::from(digit), digits + 1);
        }
        // 18 digits cannot overflow.
        if digits > 0 && rest.get(digits).is_none_or(u8::is_ascii_whitespace) {
            self.position = start + digits;
            return Ok(value);
        }
        let word = self.word()?;
        let word = &self.window[word];
        let (negative, digits) = match word {
            [b'-', rest @ ..] => (true, rest),
            _ => (false, word),
        };
        if digits.is_empty() || digits.len() > 18 || !digits.iter().all(u8::is_ascii_digit) {
            return Err(self.unexpected("an integer", word));
        }
        let value = digits.iter().fold(0, |sum, d| 10 * sum + i64::from(d - b'0'));
        Ok(if negative { -value } else { value })
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], MeshError> {
        self.hold(AHEAD);
        match self.window[self.position..].first_chunk::<N>() {
            Some(&chunk) => {
                self.position += N;
                let mut chunk = chunk;
                if self.swap {
                    chunk.reverse();
                }
                Ok(chunk)
            }
            None => Err(self.truncated()),
        }
    }

    /// C's `int`.
    pub fn int(&mut self) -> Result<i32, MeshError> {
        if self.binary {
            return Ok(i32::from_le_bytes(self.take()?));
        }
        let value = self.text_integer()?;
        i32::try_from(value)
            .map_err(|_| self.unexpected("a 32-bit integer", value.to_string().as_bytes()))
    }

    /// C's `size_t`.
    pub fn size(&mut self) -> Result<u64, MeshError> {
        if self.binary {
            return Ok(u64::from_le_bytes(self.take()?));
        }
        let value = self.text_integer()?;
        u64::try_from(value)
            .map_err(|_| self.unexpected("a count or number >= 0", value.to_string().as_bytes()))
    }

    /// C's `double`.
    pub fn double(&mut self) -> Result<f64, MeshError> {
        if self.binary {
            return Ok(f64::from_le_bytes(self.take()?));
        }
        let word = self.word()?;
        let word = &self.window[word];
        let number = std::str::from_utf8(word).ok().and_then(|text| text.parse().ok());
        number.ok_or_else(|| self.unexpected("a number", word))
    }

    /// A count in text (on a line of its own) of entries of at least so many bytes, which the rest
    /// of the file must be able to hold.
    pub fn text_count(&mut self, ascii: u64, binary: u64) -> Result<usize, MeshError> {
        let value = self.text_integer()?;
        let count = u64::try_from(value)
            .map_err(|_| self.unexpected("a count >= 0", value.to_string().as_bytes()))?;
        if self.binary {
            self.line();
        }
        self.check_count(count, ascii, binary)
    }

    /// Refuses a count of entries that the bytes left cannot hold.
    pub fn check_count(&self, n: u64, ascii: u64, binary: u64) -> Result<usize, MeshError> {
        let least = if self.binary { binary } else { ascii };
        let bytes = self.left();
        if n > bytes / least {
            return Err(MeshError::Count { section: self.section, count: n, bytes });
        }
        Ok(n as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading<'a>(bytes: &'a mut &[u8]) -> Cursor<'a> {
        let length = bytes.len() as u64;
        Cursor::new(bytes, length)
    }

    #[test]
    fn integers_of_any_length_and_what_is_none() {
        let read = |text: &str| reading(&mut text.as_bytes()).text_integer().ok();
        for digits in 1..=18 {
            for number in
                [10i64.pow(digits) - 1, 10i64.pow(digits - 1), 123_456_789 % 10i64.pow(digits)]
            {
                for text in [
                    format!("{number}"),
                    format!(" \n{number}\r\n and more"),
                    format!("-{number} "),
                ] {
                    let want = if text.starts_with('-') { -number } else { number };
                    assert_eq!(read(&text), Some(want), "{text:?}");
                }
            }
        }
        assert_eq!(read("0012 "), Some(12));
        for byte in (1..=255u8).filter(|b| !b.is_ascii_digit() && !b.is_ascii_whitespace()) {
            for at in 0..8 {
                let mut text = *b"1234567 ........";
                text[at] = byte;
                let got = reading(&mut &text[..]).text_integer().ok();
                // A number ends with a blank; all else is a word that is none.
                let minus = at == 0 && byte == b'-';
                assert_eq!(got, minus.then_some(-234_567), "{byte} at {at}");
            }
        }
        assert_eq!(read("1234567890123456789 "), None, "too long");
        assert_eq!(read(" "), None);
    }

    #[test]
    fn numbers_are_read_one_after_the_other() {
        let text = "1 22\t333\n4444 55555 666666 7777777 88888888 -9\n0";
        let mut bytes = text.as_bytes();
        let mut cursor = reading(&mut bytes);
        let all: Vec<i64> = std::iter::from_fn(|| cursor.text_integer().ok()).collect();
        assert_eq!(all, [1, 22, 333, 4444, 55555, 666_666, 7_777_777, 88_888_888, -9, 0]);
        assert_eq!(cursor.left(), 0);
    }
}
