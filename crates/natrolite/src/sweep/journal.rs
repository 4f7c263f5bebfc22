//! The journal of a sweep: points are appended as soon as they are solved, so that a sweep that is killed
//! loses the points in flight and no other.
//!
//! A text of lines, each of cells between tabs, the last one a checksum of the line. The first line says
//! what the sweep is; `layout` lines name quantities, `point` lines hold what a point gave. What follows
//! the first line that is not whole was being written when the process died, and is cut off. Numbers of points
//! are the bits of their doubles as eleven digits of six bits, `0` to `o` in the order of ASCII, or nothing where they are
//! those of the `point` line before, and so is the cell size at the rim: finding shortest decimals takes longer than much of a
//! point does, and `results.csv` has them.

use super::Rows;
use super::table::{PointStatus, Row};
use crate::output::push_whole;
use crate::results::Layout;
use std::borrow::Cow;
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
        format!("natrolite sweep 5\t{}\t{case:016x}\t{points:016x}\t{count}", escape(version))
    }

    fn parse(line: &str) -> Option<Identity> {
        let cells: Vec<&str> = line.split('\t').collect();
        let ["natrolite sweep 5", version, case, points, count] = cells[..] else { return None };
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
    told: Told,
    /// Memory for lines.
    text: Vec<u8>,
}

/// What lines so far have told, which others need not say again, or not in words.
#[derive(Default)]
struct Told {
    layouts: Vec<Arc<Layout>>,
    /// The bits of the last cell size at the rim, and of the last numbers.
    rim_size: Option<u64>,
    numbers: Vec<u64>,
}

/// What lines so far have been read of.
#[derive(Default)]
struct Known {
    layouts: Vec<Arc<Layout>>,
    /// The last cell size at the rim, and the last numbers.
    rim_size: Option<f64>,
    numbers: Vec<f64>,
}

/// What a journal held.
pub struct Found {
    /// What the sweep is.
    pub identity: Identity,
    /// What each point gave; none where it was not solved yet.
    pub rows: Vec<Option<Row>>,
    known: Known,
    /// Bytes up to the end of the last whole line.
    length: u64,
}

impl Found {
    /// The rows of all points.
    pub fn into_rows(self) -> Rows {
        let mut rows = Rows::new(self.rows.len());
        let found = self.rows.into_iter().enumerate();
        found.for_each(|(point, row)| row.into_iter().for_each(|row| rows.insert(point, row)));
        rows
    }
}

impl Journal {
    /// Begins a journal; nobody else may write it while this one lives.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn create(path: &Path, identity: &Identity) -> io::Result<Journal> {
        let file = OpenOptions::new().write(true).create_new(true).open(path)?;
        lock(&file)?;
        let mut journal = Journal { file, told: Told::default(), text: Vec::new() };
        let mut head = Vec::new();
        push_line(&mut head, &identity.line());
        journal.file.write_all(&head)?;
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
        // Of numbers nothing was told yet: the first line has all of its own.
        let told = Told { layouts: found.known.layouts.clone(), ..Told::default() };
        Ok(Some((Journal { file, told, text: Vec::new() }, found)))
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
        let Journal { file, told, text } = self;
        text.clear();
        for (index, row) in rows {
            push_row(text, told, index, row);
        }
        file.write_all(text)
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
    let (mut text, mut told) = (Vec::new(), Told::default());
    for (index, row) in rows {
        push_row(&mut text, &mut told, index, row);
    }
    String::from_utf8(text).expect("lines are made of texts")
}

/// The rows of such lines; nothing when one of them is not whole.
pub fn rows_of_text(text: &str) -> Option<Vec<(usize, Row)>> {
    let (mut rows, mut known) = (Vec::new(), Known::default());
    for line in text.split_inclusive('\n') {
        rows.extend(read_line(whole(line.as_bytes())?, &mut known)?);
    }
    Some(rows)
}

/// The line of a row, after that of its layout if it was not told yet.
fn push_row(text: &mut Vec<u8>, told: &mut Told, index: usize, row: &Row) {
    let known = told.layouts.iter().position(|layout| *layout == row.layout);
    let layout = match known {
        Some(layout) => layout,
        None => {
            let id = told.layouts.len();
            let mut line = format!("layout\t{id}");
            for (name, unit) in &*row.layout {
                line += &format!("\t{}\t{}", escape(name), escape(unit));
            }
            push_line(text, &line);
            told.layouts.push(Arc::clone(&row.layout));
            id
        }
    };
    let size = row.rim_size.unwrap_or(f64::NAN).to_bits();
    let start = text.len();
    text.extend_from_slice(b"point\t");
    push_whole(text, index);
    text.push(b'\t');
    push_whole(text, row.status as usize);
    text.push(b'\t');
    if told.rim_size.replace(size) != Some(size) {
        text.extend_from_slice(&digits(size));
    }
    text.push(b'\t');
    push_whole(text, layout);
    text.push(b'\t');
    text.extend_from_slice(escape(&row.reason).as_bytes());
    told.numbers.resize(row.values.len() + row.errors.len(), UNTOLD);
    for (value, told) in row.values.iter().chain(&row.errors).zip(&mut told.numbers) {
        text.push(b'\t');
        let bits = value.to_bits();
        if bits != *told || bits == UNTOLD {
            text.extend_from_slice(&digits(bits));
            *told = bits;
        }
    }
    end_line(text, start);
}

/// Bits of numbers that are always written.
const UNTOLD: u64 = u64::MAX;

/// Characters of the bits of a number.
const LENGTH: usize = 11;
/// The first digit, eight times; the others follow it.
const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);

/// The bits as digits of six, the highest first.
fn digits(bits: u64) -> [u8; LENGTH] {
    // Eight digits of 48 bits at once: halves, quarters and eighths into places of their own.
    let eight = |x: u64| {
        let x = (x << 8 & 0x00ff_ffff_0000_0000) | (x & 0x00ff_ffff);
        let x = (x << 4 & 0x0fff_0000_0fff_0000) | (x & 0x0000_0fff_0000_0fff);
        let x = (x << 2 & 0x3f00_3f00_3f00_3f00) | (x & 0x003f_003f_003f_003f);
        (x + ZEROS).to_be_bytes()
    };
    let (high, low) = (eight(bits >> 48), eight(bits & 0xffff_ffff_ffff));
    let mut text = [0; LENGTH];
    text[..3].copy_from_slice(&high[5..]);
    text[3..].copy_from_slice(&low);
    text
}

/// The bits of such digits.
fn bits_of(digits: &str) -> Option<u64> {
    let add = |bits: u128, byte: &u8| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 64)?;
        Some(bits << 6 | u128::from(digit))
    };
    let bits = digits.as_bytes().iter().try_fold(0, add).filter(|_| digits.len() == LENGTH)?;
    u64::try_from(bits).ok()
}

/// A line with its checksum.
fn push_line(text: &mut Vec<u8>, line: &str) {
    let start = text.len();
    text.extend_from_slice(line.as_bytes());
    end_line(text, start);
}

/// Ends the line from `start` on with its checksum.
fn end_line(text: &mut Vec<u8>, start: usize) {
    let sum = checksum(&text[start..]);
    text.push(b'\t');
    text.extend_from_slice(&digits(sum));
    text.push(b'\n');
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
    let length = head.len() as u64;
    let mut found = Found { identity, rows, known: Known::default(), length };
    for line in lines {
        let Some(read) = whole(line).and_then(|line| read_line(line, &mut found.known)) else {
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
    (checksum(content.as_bytes()) == bits_of(sum)?).then_some(content)
}

/// The row of a line, or nothing for one that adds to the layouts; nothing at all for one that is wrong.
fn read_line(line: &str, known: &mut Known) -> Option<Option<(usize, Row)>> {
    let Known { layouts, rim_size: last_size, numbers: last } = known;
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
            let size = match cells.next()? {
                "" => (*last_size)?,
                digits => *last_size.insert(f64::from_bits(bits_of(digits)?)),
            };
            let layout = layouts.get(cells.next()?.parse::<usize>().ok()?)?;
            let reason = unescape(cells.next()?);
            let number = |(k, digits): (usize, &str)| match digits {
                "" => last.get(k).copied(),
                _ => bits_of(digits).map(f64::from_bits),
            };
            let mut values: Vec<f64> = cells.enumerate().map(number).collect::<Option<_>>()?;
            last.clone_from(&values);
            let errors = values.split_off(layout.len().min(values.len()));
            let row = Row {
                status: *PointStatus::ALL.get(status)?,
                rim_size: Some(size).filter(|size| !size.is_nan()),
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
fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['\\', '\t', '\n', '\r']) {
        return text.into();
    }
    let text = text.replace('\\', "\\\\").replace('\t', "\\t");
    text.replace('\n', "\\n").replace('\r', "\\r").into()
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
