//! Many entries of a section, read in parallel where each has a line of text.

use super::cursor::Cursor;
use crate::MeshError;
use rayon::prelude::*;

/// Bytes that a task reads.
const TASK: usize = 256 << 10;
/// Longer than most lines.
const LONG: usize = 256;
/// Fewer entries are read one by one.
const FEW: usize = 4096;

/// Reads `count` entries of a section into `all`. `read` reads one entry, and `join` adds what others read
/// after it.
///
/// Many entries of text are read in parallel while each has a line of its own, from the line after the one
/// that the cursor is in. The others, and all from the first that is wrong in any way, are read one by one,
/// which also finds what is wrong and where.
///
/// # Errors
/// The first of `read`.
pub(super) fn read_entries<T: Default + Send>(
    cursor: &mut Cursor,
    count: usize,
    all: &mut T,
    read: impl Fn(&mut Cursor, &mut T) -> Result<(), MeshError> + Sync,
    join: impl Fn(&mut T, T),
) -> Result<(), MeshError> {
    let mut left = count;
    if !cursor.binary && count >= FEW && cursor.end_line() {
        while left > 0
            && let Some((parts, bytes)) = read_held(cursor, &mut left, &read)
        {
            parts.into_iter().for_each(|part| join(all, part));
            cursor.skip(bytes);
        }
        // As after the last word of the last line.
        cursor.back();
    }
    (0..left).try_for_each(|_| read(cursor, all))
}

/// Reads the whole lines among the bytes that are held: the parts of the tasks, and how many bytes these
/// are. `None` when there are none, or one has not just one entry.
fn read_held<T: Default + Send>(
    cursor: &mut Cursor,
    left: &mut usize,
    read: &(impl Fn(&mut Cursor, &mut T) -> Result<(), MeshError> + Sync),
) -> Option<(Vec<T>, usize)> {
    let rest = cursor.rest();
    // Sections may be short and many.
    let pieces = cut(&rest[..rest.len().min(left.saturating_mul(LONG))]);
    let lines: Vec<usize> = pieces.par_iter().map(|piece| count_lines(piece)).collect();
    let mut after = *left;
    let mut wanted = Vec::with_capacity(lines.len());
    for lines in lines {
        wanted.push(lines.min(after));
        after -= lines.min(after);
    }
    let read_piece = |(piece, &wanted): (&&[u8], &usize)| {
        let mut part = T::default();
        let mut cursor = Cursor::of_text(piece);
        for _ in 0..wanted {
            read(&mut cursor, &mut part).ok()?;
            if !cursor.end_line() {
                return None;
            }
        }
        Some((part, piece.len() - cursor.left() as usize))
    };
    let parts: Option<Vec<(T, usize)>> = pieces.par_iter().zip(&wanted).map(read_piece).collect();
    let parts = parts.filter(|parts| !parts.is_empty())?;
    *left = after;
    let bytes = parts.iter().map(|(_, bytes)| bytes).sum();
    Some((parts.into_iter().map(|(part, _)| part).collect(), bytes))
}

/// `bytes` cut behind ends of lines, up to the last of these.
fn cut(bytes: &[u8]) -> Vec<&[u8]> {
    let mut rest = bytes;
    let mut pieces = Vec::with_capacity(bytes.len() / TASK + 1);
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

/// Ends of lines.
pub(super) fn count_lines(bytes: &[u8]) -> usize {
    // Pieces of 255 keep the sums in bytes, many of which fit into a register.
    let count = |bytes: &[u8]| bytes.iter().map(|&b| u8::from(b == b'\n')).sum::<u8>();
    bytes.chunks(255).map(|bytes| usize::from(count(bytes))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers in lines of text and the bytes left, or what is wrong.
    fn numbers(text: &str, count: usize) -> Result<(Vec<i32>, u64), String> {
        let mut bytes = text.as_bytes();
        let mut cursor = Cursor::new(&mut bytes, text.len() as u64);
        let read = |cursor: &mut Cursor, part: &mut Vec<i32>| {
            part.push(cursor.int()?);
            Ok(())
        };
        let mut all = Vec::new();
        let read = read_entries(&mut cursor, count, &mut all, read, |all, part| all.extend(part));
        read.map(|()| (all, cursor.left())).map_err(|error| error.to_string())
    }

    #[test]
    fn lines_come_in_order_and_what_follows_is_left() {
        // More than is held at a time.
        let count = 3 << 20;
        let mut text = String::from(" \n");
        (0..count).for_each(|i| text.push_str(&format!("{i}\r\n")));
        text.push_str("$End\n7\n");
        assert!(text.len() > 17 << 20);
        let (got, left) = numbers(&text, count).unwrap();
        assert_eq!(left, "\n$End\n7\n".len() as u64);
        assert!(got.into_iter().eq(0..count as i32));
    }

    #[test]
    fn anything_odd_is_read_all_the_same() {
        let many = 1 << 20;
        let with = |odd: &str| format!("\n{}{odd}{}$End\n", "1\n".repeat(many), "1\n".repeat(9));
        for (odd, entries) in [("", 0), ("2\n", 1), ("2 2\n", 2), ("\n\n", 0), ("2 \n\n 2\n", 2)] {
            let (got, left) = numbers(&with(odd), many + entries + 9).unwrap();
            assert_eq!(left, "\n$End\n".len() as u64, "{odd:?}");
            let twos = got.iter().filter(|&&n| n != 1).count();
            assert_eq!((got.len(), twos), (many + entries + 9, entries), "{odd:?}");
        }
        let few = numbers("\n1 2\n3 4\n", 4).unwrap();
        assert_eq!(few, (vec![1, 2, 3, 4], 1));
    }

    #[test]
    fn what_is_wrong_is_found_where_it_is() {
        let many = 9 << 20;
        let mut text = "\n".to_owned() + &"1\n".repeat(many) + "x\n" + &"1\n".repeat(9);
        let message = numbers(&text, many + 9).unwrap_err();
        assert!(message.contains(&format!("line {}", many + 2)), "{message}");
        assert!(message.contains("an integer") && message.contains('x'), "{message}");
        text.truncate(text.len() - 20);
        assert!(numbers(&text, many + 1).unwrap_err().contains("ends"), "cut off");
    }
}
