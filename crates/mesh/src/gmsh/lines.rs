//! Many lines of text, read in parallel.

use super::cursor::Cursor;
use crate::MeshError;
use rayon::prelude::*;

/// Bytes that are looked at together, and how many of them a task reads.
const HELD: usize = 16 << 20;
const TASK: usize = 256 << 10;
/// Fewer entries are read one by one.
const FEW: usize = 4096;

/// Reads `count` entries of text with a line for each, from the line after the one that the cursor is
/// in. `read` reads one entry into what a task collects, and `join` adds what the next task collected.
///
/// `None`, and the cursor where it was, when the entries are few, not text, not one on each line, or
/// wrong in any way: then they must be read one by one, which also finds what is wrong and where.
pub(super) fn read_lines<T: Default + Send>(
    cursor: &mut Cursor,
    count: usize,
    read: impl Fn(&mut Cursor, &mut T) -> Result<(), MeshError> + Sync,
    join: impl Fn(&mut T, T),
) -> Option<T> {
    if cursor.binary || count < FEW {
        return None;
    }
    let mut ahead = cursor.clone();
    if !ahead.line()?.is_empty() {
        return None;
    }
    let mut all = T::default();
    let mut left = count;
    while left > 0 {
        let pieces = cut(ahead.rest());
        if pieces.is_empty() {
            return None;
        }
        let lines: Vec<usize> = pieces.par_iter().map(|piece| count_lines(piece)).collect();
        let mut wanted = Vec::with_capacity(lines.len());
        for lines in lines {
            wanted.push(lines.min(left));
            left -= lines.min(left);
        }
        let read_piece = |(piece, &wanted): (&&[u8], &usize)| {
            let mut part = T::default();
            let mut cursor = ahead.within(piece);
            for _ in 0..wanted {
                read(&mut cursor, &mut part).ok()?;
                if !cursor.line()?.is_empty() {
                    return None;
                }
            }
            Some((part, piece.len() - cursor.left()))
        };
        let parts: Option<Vec<(T, usize)>> =
            pieces.par_iter().zip(&wanted).map(read_piece).collect();
        for (part, bytes) in parts? {
            join(&mut all, part);
            ahead.skip(bytes);
        }
    }
    // As after the last word of the last line.
    ahead.back();
    *cursor = ahead;
    Some(all)
}

/// The beginning of `bytes`, cut behind ends of lines; nothing when there is no end of a line.
fn cut(bytes: &[u8]) -> Vec<&[u8]> {
    let mut rest = &bytes[..bytes.len().min(HELD)];
    let mut pieces = Vec::with_capacity(HELD / TASK + 1);
    while rest.len() > TASK {
        let Some(end) = rest[TASK..].iter().position(|&b| b == b'\n') else { break };
        let (piece, others) = rest.split_at(TASK + end + 1);
        pieces.push(piece);
        rest = others;
    }
    // Less than a piece, or a very long line.
    if let Some(end) = rest.iter().rposition(|&b| b == b'\n') {
        pieces.push(&rest[..end + 1]);
    }
    pieces
}

fn count_lines(bytes: &[u8]) -> usize {
    // Pieces of 255 keep the sums in bytes, many of which fit into a register.
    let count = |bytes: &[u8]| bytes.iter().map(|&b| u8::from(b == b'\n')).sum::<u8>();
    bytes.chunks(255).map(|bytes| usize::from(count(bytes))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers in lines of text; `None` when they are not read in parallel.
    fn numbers(text: &str, count: usize) -> Option<(Vec<i32>, usize)> {
        let mut cursor = Cursor::new(text.as_bytes());
        let read = |cursor: &mut Cursor, part: &mut Vec<i32>| {
            part.push(cursor.int()?);
            Ok(())
        };
        let all = read_lines(&mut cursor, count, read, |all, part| all.extend(part))?;
        Some((all, cursor.left()))
    }

    #[test]
    fn lines_come_in_order_and_what_follows_is_left() {
        // Two waves of pieces.
        let count = 3 << 20;
        let mut text = String::from(" \n");
        (0..count).for_each(|i| text.push_str(&format!("{i}\r\n")));
        text.push_str("$End\n7\n");
        assert!(text.len() > HELD);
        let (got, left) = numbers(&text, count).unwrap();
        assert_eq!(left, "\n$End\n7\n".len());
        assert!(got.into_iter().eq(0..count as i32));
    }

    #[test]
    fn anything_odd_is_left_to_others() {
        let lines = |line: &str, count: usize| format!("\n{}$End\n", line.repeat(count));
        assert!(numbers(&lines("1\n", FEW), FEW).is_some());
        assert!(numbers(&lines("1\n", FEW - 1), FEW - 1).is_none(), "few");
        assert!(numbers(&lines("1\n", FEW), FEW + 1).is_none(), "too few");
        assert!(numbers(&lines("1 2\n", FEW), FEW).is_none(), "two in a line");
        let (got, _) = numbers(&lines("1\n\n", FEW), FEW).expect("blank lines in one piece");
        assert_eq!(got, [1; FEW]);
        let many = 4 * TASK;
        assert!(numbers(&lines("1\n\n", many), many).is_none(), "blank lines in many");
        assert!(numbers(&lines("1\n", FEW)[..100], FEW).is_none(), "cut off");
        assert!(numbers(&lines("x\n", FEW), FEW).is_none(), "no numbers");
        assert!(numbers("", FEW).is_none(), "nothing");
    }
}
