//! The journal of a sweep: points are appended as soon as they are solved, so that a sweep that is killed
//! loses the points in flight and no other.
//!
//! A text of lines, each of cells between tabs, the last one a checksum of the line. The first line says
//! what the sweep is; `layout` lines name quantities, `point` lines hold what a point gave. What follows
//! the first line that is not whole was being written when the process died, and is cut off. Numbers of points
//! are the bits of their doubles as sixteen hexadecimal digits: finding shortest decimals takes longer than much of
//! a point does, and `results.csv` has them.

use super::table::{PointStatus, Row};
use crate::results::Layout;
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

/// What a sweep is: only a journal of the same may be continued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Version of the program.
    pub version: String,
    /// Fingerprint of the case with its defaults.
    pub case: u64,
    /// Fingerprint of the points.
    pub points: u64,
    /// Number of points.
    pub count: usize,
}

impl Identity {
    fn line(&self) -> String {
        let Identity { version, case, points, count } = self;
        format!("natrolite sweep 3\t{}\t{case:016x}\t{points:016x}\t{count}", escape(version))
    }

    fn parse(line: &str) -> Option<Identity> {
        let cells: Vec<&str> = line.split('\t').collect();
        let ["natrolite sweep 3", version, case, points, count] = cells[..] else { return None };
        Some(Identity {
            version: unescape(version),
            case: u64::from_str_radix(case, 16).ok()?,
            points: u64::from_str_radix(points, 16).ok()?,
            count: count.parse().ok()?,
        })
    }
}

/// FNV-1a, 64 bits (Fowler, Noll and Vo): tells texts apart.
pub fn fingerprint(bytes: &[u8]) -> u64 {
    fingerprint_after(0xcbf2_9ce4_8422_2325, bytes)
}

/// That of a text whose beginning has the fingerprint `hash`.
pub fn fingerprint_after(hash: u64, bytes: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.iter().fold(hash, step)
}

/// A journal that is being written.
pub struct Journal {
    file: File,
    layouts: Vec<Arc<Layout>>,
}

/// What a journal held.
pub struct Found {
    /// What the sweep is.
    pub identity: Identity,
    /// What each point gave; none where it was not solved yet.
    pub rows: Vec<Option<Row>>,
    layouts: Vec<Arc<Layout>>,
    /// Bytes up to the end of the last whole line.
    length: u64,
}

impl Journal {
    /// Begins a journal; nobody else may write it while this one lives.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn create(path: &Path, identity: &Identity) -> io::Result<Journal> {
        let file = OpenOptions::new().write(true).create_new(true).open(path)?;
        lock(&file)?;
        let mut journal = Journal { file, layouts: Vec::new() };
        let mut head = String::new();
        push_line(&mut head, &identity.line());
        journal.file.write_all(head.as_bytes())?;
        journal.file.sync_all()?;
        Ok(journal)
    }

    /// Goes on with a journal after its last whole line; nothing when not even its first is whole.
    ///
    /// # Errors
    /// When the system refuses, or another process writes it.
    pub fn resume(path: &Path) -> io::Result<Option<(Journal, Found)>> {
        let mut file = OpenOptions::new().read(true).write(true).open(path)?;
        lock(&file)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let Some(found) = parse(&bytes) else { return Ok(None) };
        file.set_len(found.length)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Some((Journal { file, layouts: found.layouts.clone() }, found)))
    }

    /// True when a journal, of any version, has more than a beginning of its first line.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn is_begun(path: &Path) -> io::Result<bool> {
        Ok(std::fs::read(path)?.contains(&b'\n'))
    }

    /// Appends what points gave, each with its index, in one go.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn record<'r>(
        &mut self,
        rows: impl IntoIterator<Item = (usize, &'r Row)>,
    ) -> io::Result<()> {
        let mut text = String::new();
        for (index, row) in rows {
            push_row(&mut text, &mut self.layouts, index, row);
        }
        self.file.write_all(text.as_bytes())
    }

    /// Forces what was appended onto the disk.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}

/// Rows as lines of a journal, for another process.
pub fn rows_as_text<'r>(rows: impl IntoIterator<Item = (usize, &'r Row)>) -> String {
    let (mut text, mut layouts) = (String::new(), Vec::new());
    for (index, row) in rows {
        push_row(&mut text, &mut layouts, index, row);
    }
    text
}

/// The rows of such lines; nothing when one of them is not whole.
pub fn rows_of_text(text: &str) -> Option<Vec<(usize, Row)>> {
    let (mut rows, mut layouts) = (Vec::new(), Vec::new());
    for line in text.split_inclusive('\n') {
        rows.extend(read_line(whole(line.as_bytes())?, &mut layouts)?);
    }
    Some(rows)
}

/// The line of a row, after that of its layout if it is not among the `layouts` that were told.
fn push_row(text: &mut String, layouts: &mut Vec<Arc<Layout>>, index: usize, row: &Row) {
    let known = layouts.iter().position(|layout| *layout == row.layout);
    let layout = match known {
        Some(layout) => layout,
        None => {
            let id = layouts.len();
            let mut line = format!("layout\t{id}");
            for (name, unit) in &*row.layout {
                line += &format!("\t{}\t{}", escape(name), escape(unit));
            }
            push_line(text, &line);
            layouts.push(Arc::clone(&row.layout));
            id
        }
    };
    let rim_size = row.rim_size.unwrap_or(f64::NAN);
    let (status, reason) = (row.status.number(), escape(&row.reason));
    let start = text.len();
    // Writing to a text cannot fail.
    let _ = write!(text, "point\t{index}\t{status}\t{rim_size:?}\t{layout}\t{reason}");
    for value in row.values.iter().chain(&row.errors) {
        let digits = hexadecimal(*value);
        text.push('\t');
        // All of them are letters and digits of ASCII.
        text.extend(str::from_utf8(&digits));
    }
    end_line(text, start);
}

/// The bits of a double, the highest four first.
fn hexadecimal(value: f64) -> [u8; 16] {
    let bits = value.to_bits();
    std::array::from_fn(|k| b"0123456789abcdef"[(bits >> (60 - 4 * k)) as usize & 15])
}

/// The double with such bits.
fn double(digits: &str) -> Option<f64> {
    let is_whole = digits.len() == 16 && !digits.starts_with('+');
    let bits = is_whole.then(|| u64::from_str_radix(digits, 16).ok())?;
    bits.map(f64::from_bits)
}

/// A line with its checksum.
fn push_line(text: &mut String, line: &str) {
    let start = text.len();
    text.push_str(line);
    end_line(text, start);
}

/// Ends the line from `start` on with its checksum.
fn end_line(text: &mut String, start: usize) {
    let sum = checksum(&text.as_bytes()[start..]);
    let _ = writeln!(text, "\t{sum:016x}");
}

/// Tells whole lines from torn ones: as [`fingerprint`], of eight bytes at a time.
fn checksum(line: &[u8]) -> u64 {
    let (words, rest) = line.as_chunks::<8>();
    let step = |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x0100_0000_01b3).rotate_left(29);
    let hash = words.iter().map(|word| u64::from_le_bytes(*word)).fold(line.len() as u64, step);
    step(hash, fingerprint(rest))
}

/// Two processes must not append to one journal. Where the file system has no locks, nothing is done.
fn lock(file: &File) -> io::Result<()> {
    match file.try_lock() {
        Err(std::fs::TryLockError::WouldBlock) => Err(io::Error::new(
            io::ErrorKind::WouldBlock,
            "another sweep is running in this folder",
        )),
        _ => Ok(()),
    }
}

/// Reads a journal; nothing when there is none, or not even its first line is whole.
///
/// # Errors
/// When the system refuses.
pub fn read_journal(path: &Path) -> io::Result<Option<Found>> {
    match path.is_file() {
        true => Ok(parse(&std::fs::read(path)?)),
        false => Ok(None),
    }
}

/// The lines up to the first that is not whole.
fn parse(bytes: &[u8]) -> Option<Found> {
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let head = lines.next()?;
    let identity = Identity::parse(whole(head)?)?;
    let rows = vec![None; identity.count];
    let mut found = Found { identity, rows, layouts: Vec::new(), length: head.len() as u64 };
    for line in lines {
        let Some(read) = whole(line).and_then(|line| read_line(line, &mut found.layouts)) else {
            break;
        };
        if let Some((index, row)) = read {
            let Some(place) = found.rows.get_mut(index) else { break };
            *place = Some(row);
        }
        found.length += line.len() as u64;
    }
    Some(found)
}

/// A line without its checksum, when it is whole.
fn whole(line: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
    let (content, sum) = text.rsplit_once('\t')?;
    let wanted = u64::from_str_radix(sum, 16).ok()?;
    (checksum(content.as_bytes()) == wanted).then_some(content)
}

/// The row of a line, or nothing for one that adds to `layouts`; nothing at all for one that is wrong.
fn read_line(line: &str, layouts: &mut Vec<Arc<Layout>>) -> Option<Option<(usize, Row)>> {
    let mut cells = line.split('\t');
    match cells.next()? {
        "layout" => {
            let id: usize = cells.next()?.parse().ok()?;
            let mut layout = Layout::new();
            while let Some(name) = cells.next() {
                layout.push((unescape(name), unescape(cells.next()?)));
            }
            if id != layouts.len() {
                return None;
            }
            layouts.push(Arc::new(layout));
            Some(None)
        }
        "point" => {
            let index: usize = cells.next()?.parse().ok()?;
            let status: usize = cells.next()?.parse().ok()?;
            let rim_size: f64 = cells.next()?.parse().ok()?;
            let layout = layouts.get(cells.next()?.parse::<usize>().ok()?)?;
            let reason = unescape(cells.next()?);
            let numbers: Option<Vec<f64>> = cells.map(double).collect();
            let mut values = numbers?;
            let errors = values.split_off(layout.len().min(values.len()));
            let row = Row {
                status: *PointStatus::ALL.get(status)?,
                rim_size: Some(rim_size).filter(|size| !size.is_nan()),
                layout: Arc::clone(layout),
                values,
                errors,
                reason,
            };
            Some(Some((index, row)))
        }
        _ => None,
    }
}

/// Text without tabs and ends of lines.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('t') => out.push('\t'),
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some(other) => out.push(other),
                None => {}
            },
            (c, false) => out.push(c),
        }
    }
    out
}
