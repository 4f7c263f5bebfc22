//! Lines of text that are nothing but whole numbers, as most lines of a large file are: their bytes are looked at
//! eight at a time.

/// More numbers than the line of an element has: up to 27 nodes, and what comes before them.
pub(super) const MOST: usize = 48;

/// The same byte eight times.
const fn eight(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Reads the line with which `bytes` begin, one number >= 0 of at most eight digits and one blank after the other:
/// how many numbers, and how many bytes before its end. `None` when it is anything else, or ends less than eight bytes
/// before `bytes` do.
pub(super) fn read_line(bytes: &[u8], numbers: &mut [u32; MOST]) -> Option<(usize, usize)> {
    let (mut count, mut start) = (0, 0);
    for at in (0..).step_by(8) {
        let mut others = non_digits(eight_from(bytes, at)?);
        while others != 0 {
            let end = at + others.trailing_zeros() as usize / 8;
            others &= others - 1;
            let digits = end - start;
            let is_last = matches!(bytes[end], b'\n' | b'\r');
            if digits > 0 {
                if digits > 8 || !(is_last || bytes[end] == b' ') {
                    return None;
                }
                *numbers.get_mut(count)? = value(eight_from(bytes, start)?, digits);
                count += 1;
            } else if !is_last {
                return None;
            }
            if is_last {
                return Some((count, end));
            }
            start = end + 1;
        }
    }
    None
}

fn eight_from(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// The highest bit of each byte that is no digit.
fn non_digits(bytes: u64) -> u64 {
    // A digit becomes 0 to 9, and more than that reaches the highest bit with 118 added.
    let values = bytes ^ eight(b'0');
    (((values & eight(0x7f)) + eight(0x76)) | values) & eight(0x80)
}

/// The number of which the first `digits` bytes, 1 to 8, are the digits.
fn value(bytes: u64, digits: usize) -> u32 {
    // With zeros before them there are eight; pairs of neighbours make hundreds, these ten thousands, and so on.
    let ones = (bytes ^ eight(b'0')) << (8 * (8 - digits));
    let pairs = ones.wrapping_mul(10).wrapping_add(ones >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100).wrapping_add(pairs >> 16) & 0x0000_ffff_0000_ffff;
    fours.wrapping_mul(10_000).wrapping_add(fours >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Option<(Vec<u32>, usize)> {
        let mut numbers = [0; MOST];
        let (count, bytes) = read_line(text, &mut numbers)?;
        Some((numbers[..count].to_vec(), bytes))
    }

    #[test]
    fn numbers_of_all_lengths_at_all_places() {
        let all = [7, 10, 999, 1000, 23_456, 987_654, 1_234_567, 99_999_999, 0];
        for first in 0..all.len() {
            for count in 1..all.len() {
                let line: Vec<u32> = (first..first + count).map(|i| all[i % all.len()]).collect();
                let text: Vec<String> = line.iter().map(u32::to_string).collect();
                let text = text.join(" ");
                for end in ["\n", "\r\n", " \n", " \r\n"] {
                    let bytes = text.len() + end.len() - end.trim_start_matches(' ').len();
                    let whole = text.clone() + end + "1 2 3 4 5";
                    assert_eq!(read(whole.as_bytes()), Some((line.clone(), bytes)), "{whole:?}");
                }
            }
        }
        assert_eq!(read(b"00012 3\n12345678"), Some((vec![12, 3], 7)));
    }

    #[test]
    fn all_else_is_left_to_others() {
        for text in
            ["123456789 1", " 1 2", "1  2", "1\t2", "-1 2", "1.5 2", "1 2e3", "1 2x", "1 \t"]
        {
            assert_eq!(read((text.to_owned() + "\n12345678").as_bytes()), None, "{text:?}");
        }
        for byte in (0..=255u8).filter(|b| !b.is_ascii_digit() && !b" \r\n".contains(b)) {
            for at in 0..11 {
                let mut text = *b"12 4567 99 1\n12345678";
                text[at] = byte;
                assert_eq!(read(&text), None, "{byte} at {at}");
            }
        }
        let many = "1 ".repeat(MOST) + "1\n12345678";
        assert_eq!(read(many.as_bytes()), None, "too many");
        assert_eq!(read(b"1 2 3 4 5 6 7 8"), None, "no end");
        assert_eq!(read(b"1 2\n123"), None, "too near the end");
        assert_eq!(read(b""), None);
    }
}
