//! Numbers as text.

use std::io::{self, Write};

/// Writes the shortest decimals that read back to the same double: plain from 1e-3 to 1e7, else with an exponent.
///
/// # Errors
/// Those of the writer.
pub fn write_number(out: &mut dyn Write, value: f64) -> io::Result<()> {
    let mut text = Vec::with_capacity(32);
    push_number(&mut text, value);
    out.write_all(&text)
}

/// As [`write_number`], into memory.
pub fn push_number(out: &mut Vec<u8>, value: f64) {
    if value.is_nan() {
        return out.extend_from_slice(b"nan");
    }
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format(value).as_bytes();
    let is_plain = value == 0.0 || (1e-3..1e7).contains(&value.abs()) || value.is_infinite();
    if is_plain {
        return out.extend_from_slice(text.strip_suffix(b".0").unwrap_or(text));
    }
    // An exponent has three digits and a sign at most.
    let tail = text.len().saturating_sub(5);
    if let Some(at) = text[tail..].iter().position(|byte| *byte == b'e') {
        let (digits, exponent) = text.split_at(tail + at + 1);
        out.extend_from_slice(digits);
        return out.extend_from_slice(exponent.strip_prefix(b"+").unwrap_or(exponent));
    }
    // The same digits with the point behind the first.
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    out.extend_from_slice(&text[..text.len() - digits.len()]);
    let point = digits.iter().position(|byte| *byte == b'.').unwrap_or(digits.len());
    let is_digit = |byte: &u8| (b'1'..=b'9').contains(byte);
    let first = digits.iter().position(is_digit).unwrap_or(0);
    let last = digits.iter().rposition(is_digit).unwrap_or(0);
    out.push(digits[first]);
    if last > first {
        out.push(b'.');
        out.extend(digits[first + 1..=last].iter().filter(|byte| **byte != b'.'));
    }
    out.push(b'e');
    if first > point {
        out.push(b'-');
    }
    push_whole(out, if first > point { first - point } else { point - 1 - first });
}

/// Writes a whole number.
pub fn push_whole(out: &mut Vec<u8>, mut number: usize) {
    let mut digits = [0; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return out.extend_from_slice(&digits[first..]);
        }
    }
}

/// Number of significant digits of what pages show.
const DIGITS: i32 = 6;
/// Powers of ten up to this one are doubles, and so are whole numbers of six digits: one rounding is left.
const EXACT: i32 = 22;
/// These powers.
const POWERS: [f64; EXACT as usize + 1] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// `size` times 10 to the power `places`, which is at most [`EXACT`], with one rounding.
fn scaled(size: f64, places: i32) -> f64 {
    let power = POWERS[places.unsigned_abs() as usize];
    if places >= 0 { size * power } else { size / power }
}

/// By how many places the point of a positive number is to be moved so that six digits, rounded, stand before it;
/// none where that is more than [`EXACT`].
fn places(size: f64) -> Option<i32> {
    // floor(log10 2^k) for the exponent k of `size`, which is floor(log10 size) or one less.
    let exponent = (size.to_bits() >> 52) as i32 - 1023;
    let least = (exponent * 1233) >> 12;
    let places = DIGITS - 1 - least;
    if places.abs() > EXACT {
        return None;
    }
    let has_more = scaled(size, places) >= POWERS[DIGITS as usize];
    Some(if has_more { places - 1 } else { places }).filter(|places| *places >= -EXACT)
}

/// Six digits of a number that is not zero, and where its point stands: `digits` over 10 to the power `places`; none where
/// the library must find them.
fn rounded(value: f64) -> Option<(f64, i32)> {
    // Six digits and their rounding: far above it.
    const NEAR_TIE: f64 = 1e-9;
    let places = places(value.abs())?;
    let digits = scaled(value.abs(), places);
    // Seven digits before the point at most.
    let below = f64::from(digits as u32);
    let rest = digits - below;
    // That rounding may have made a tie of it, or unmade one.
    ((rest - 0.5).abs() >= NEAR_TIE)
        .then_some((if rest < 0.5 { below } else { below + 1.0 }, places))
}

/// The double nearest to the six significant digits of `value`.
pub fn six_digits(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    match rounded(value) {
        Some((digits, places)) => scaled(digits, -places).copysign(value),
        None => format!("{value:.5e}").parse().unwrap_or(value),
    }
}

/// The shortest decimals of a number that has six digits or fewer, plain, in `text`; none where it has more, or is less
/// than 1e-5, or 1e6 and more.
fn in_six_digits(value: f64, text: &mut [u8; 20]) -> Option<&[u8]> {
    let (digits, places) = rounded(Some(value).filter(|value| is_plain(*value))?)?;
    // A decimal of so few digits that reads back to the same double is the shortest.
    if scaled(digits, -places) != value.abs() {
        return None;
    }
    write_digits((value, digits, places), text)
}

/// True where six digits are written without an exponent, and some of them behind the point.
fn is_plain(value: f64) -> bool {
    (1e-5..1e6).contains(&value.abs())
}

/// Writes six digits over 10 to the power `places` with the sign of `value`; none where all stand before the point.
fn write_digits((value, digits, places): (f64, f64, i32), text: &mut [u8; 20]) -> Option<&[u8]> {
    // Rounding may have made seven digits of them.
    let (number, places) = match digits < POWERS[DIGITS as usize] {
        true => (digits as u32, places),
        false => (digits as u32 / 10, places - 1),
    };
    let places = usize::try_from(places).ok()?;
    // The first digit in the lowest byte, two more zeros behind the sixth.
    let pair = |two: u32| u64::from(u16::from_le_bytes(PAIRS[two as usize]));
    let pairs = [number / 10_000, number / 100 % 100, number % 100].map(pair);
    let all = pairs[0] | pairs[1] << 16 | pairs[2] << 32 | ZEROS << 48;
    let zeros = ((all ^ ZEROS).leading_zeros() as usize / 8 - 2).min(places);
    let first = usize::from(value < 0.0);
    text[0] = b'-';
    let length = if places < 6 {
        let point = 6 - places;
        let whole = (1 << (8 * point)) - 1;
        let with_point = all & whole | (u64::from(b'.') << (8 * point)) | (all & !whole) << 8;
        text[first..first + 8].copy_from_slice(&with_point.to_le_bytes());
        // A whole number has one decimal, a zero.
        point + 1 + (places - zeros).max(1)
    } else {
        text[first..first + 8]
            .copy_from_slice(&(ZEROS ^ u64::from(b'.' ^ b'0') << 8).to_le_bytes());
        text[first + places - 4..][..8].copy_from_slice(&all.to_le_bytes());
        2 + places - zeros
    };
    Some(&text[..first + length])
}

/// Eight zeros.
const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);
/// The digits of the numbers below a hundred.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut k = 0;
    while k < 100 {
        pairs[k] = [b'0' + k as u8 / 10, b'0' + k as u8 % 10];
        k += 1;
    }
    pairs
};

/// JSON without spaces, in which numbers of six digits are written fast: the same text as without it.
struct Compact;

impl serde_json::ser::Formatter for Compact {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        match in_six_digits(value, &mut [0; 20]) {
            Some(text) => writer.write_all(text),
            None => serde_json::ser::CompactFormatter.write_f64(writer, value),
        }
    }
}

/// The same with all numbers rounded to six digits.
struct Rounded;

impl serde_json::ser::Formatter for Rounded {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        let found = if is_plain(value) { rounded(value) } else { None };
        let mut text = [0; 20];
        match found.and_then(|(digits, places)| write_digits((value, digits, places), &mut text)) {
            Some(text) => writer.write_all(text),
            None => serde_json::ser::CompactFormatter.write_f64(writer, six_digits(value)),
        }
    }
}

/// Writes `value`, plain data with text keys, as JSON without spaces.
///
/// # Errors
/// Those of the writer.
pub fn write_json(out: &mut impl Write, value: &impl serde::Serialize) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, Compact);
    value.serialize(&mut serializer).map_err(io::Error::from)
}

/// The same with all numbers rounded to six digits.
///
/// # Errors
/// Those of the writer.
pub fn write_json_of_six_digits(
    out: &mut impl Write,
    value: &impl serde::Serialize,
) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, Rounded);
    value.serialize(&mut serializer).map_err(io::Error::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: f64) -> String {
        let mut text = Vec::new();
        write_number(&mut text, value).unwrap();
        String::from_utf8(text).unwrap()
    }

    /// Numbers of all sizes, and of few digits.
    fn numbers() -> impl Iterator<Item = f64> {
        let mut state = 1_u64;
        (0..60_000).map(move |k| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let part = (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5;
            let exponent = (state % 40) as i32 - 20;
            match k % 3 {
                0 => f64::from_bits(state),
                1 => part * 10_f64.powi(exponent),
                _ => (part * 1e4).round() * 10_f64.powi(exponent),
            }
        })
    }

    #[test]
    fn numbers_are_written_as_the_library_writes_them() {
        let ends = [
            0.0,
            -0.0,
            13.0,
            1e7,
            123_456_789.0,
            1e16,
            1e-3,
            9.99e-4,
            -2.5e-4,
            5e-324,
            f64::MAX,
            f64::INFINITY,
        ];
        for value in ends.into_iter().chain(numbers()).filter(|value| !value.is_nan()) {
            let a = value.abs();
            let plain = a == 0.0 || (1e-3..1e7).contains(&a) || a.is_infinite();
            let wanted = if plain { format!("{value}") } else { format!("{value:e}") };
            let got = written(value);
            // Of two shortest decimals that are as near, either may be written.
            let place = |text: &str| (text.len(), text.find('.'), text.find('e'));
            assert_eq!(place(&got), place(&wanted), "{got} {wanted}");
            assert_eq!(got.parse::<f64>().unwrap(), value, "{got} {wanted}");
        }
        for (value, wanted) in [(1e16, "1e16"), (-2.5e-4, "-2.5e-4"), (13.0, "13"), (1e7, "1e7")] {
            assert_eq!(written(value), wanted);
        }
        assert_eq!(written(f64::NAN), "nan");
    }

    /// Seven digits, the last a 5.
    fn ties() -> impl Iterator<Item = f64> {
        (1_000_005..10_000_000).step_by(4990).flat_map(|digits: u32| {
            (-12..6).map(move |power| format!("{digits}e{power}").parse().expect("a number"))
        })
    }

    #[test]
    fn json_is_that_of_the_library() {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        fn json(value: &impl serde::Serialize) -> Vec<u8> {
            let mut out = Vec::new();
            write_json(&mut out, value).unwrap();
            out
        }
        let some = [0.0, -0.0, 1.0, -13.0, 0.1, 1e-5, 9.99999e-6, 999_999.0, 1e6, 9_999_990.0, 1e7];
        let short = numbers().filter(|value| value.is_finite()).map(six_digits);
        for value in some.iter().copied().chain(short).chain(numbers()).chain(ties()) {
            assert_eq!(text(json(&value)), serde_json::to_string(&value).unwrap());
        }
        assert_eq!(text(json(&vec![Some(0.25), None])), "[0.25,null]");
        for value in numbers().chain(ties()).chain(some).filter(|value| value.is_finite()) {
            let wanted = serde_json::to_string(&six_digits(value)).unwrap();
            let mut out = Vec::new();
            write_json_of_six_digits(&mut out, &value).unwrap();
            assert_eq!(text(out), wanted, "{value:e}");
        }
    }

    #[test]
    fn whole_numbers_are_written_whole() {
        for number in [0, 7, 10, 12_345, usize::MAX] {
            let mut text = Vec::new();
            push_whole(&mut text, number);
            assert_eq!(String::from_utf8(text).unwrap(), number.to_string());
        }
    }

    #[test]
    fn six_digits_are_those_of_the_library() {
        for value in [0.0, 1.0, -999_999.5, 1e-7, 123_456_700.0, 1e300, 5e-324]
            .into_iter()
            .chain(numbers())
            .chain(ties())
        {
            let wanted: f64 = format!("{value:.5e}").parse().unwrap();
            if value.is_nan() {
                assert!(six_digits(value).is_nan());
            } else {
                assert_eq!(six_digits(value), wanted, "{value:e}");
            }
        }
    }
}
