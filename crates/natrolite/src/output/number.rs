//! Numbers as text.

use std::io::{self, Write};

/// Writes the shortest decimals that read back to the same double: plain from 1e-3 to 1e7, else with an exponent.
///
/// # Errors
/// Those of the writer.
pub fn write_number(out: &mut dyn Write, value: f64) -> io::Result<()> {
    if value.is_nan() {
        return out.write_all(b"nan");
    }
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format(value);
    let text = text.strip_suffix(".0").unwrap_or(text);
    let is_plain = value == 0.0 || (1e-3..1e7).contains(&value.abs()) || value.is_infinite();
    if let (Some((digits, exponent)), false) = (text.split_once("e+"), is_plain) {
        return write!(out, "{digits}e{exponent}");
    }
    if is_plain || text.contains('e') {
        return out.write_all(text.as_bytes());
    }
    // The same digits with the point behind the first.
    let (sign, digits) = text.split_at(text.len() - text.trim_start_matches('-').len());
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let zeros = decimals.len() - decimals.trim_start_matches('0').len();
    let (digits, exponent) = match whole {
        "0" => (["", &decimals[zeros..]], -1 - zeros as i32),
        _ => ([whole, decimals], whole.len() as i32 - 1),
    };
    let all = [digits[0].as_bytes(), digits[1].as_bytes()].concat();
    let last = all.iter().rposition(|digit| *digit != b'0').unwrap_or(0);
    out.write_all(sign.as_bytes())?;
    out.write_all(&all[..1])?;
    if last > 0 {
        out.write_all(b".")?;
        out.write_all(&all[1..=last])?;
    }
    write!(out, "e{exponent}")
}

/// The double nearest to the six significant digits of `value`.
pub fn six_digits(value: f64) -> f64 {
    const DIGITS: i32 = 6;
    // Powers of ten up to this one are doubles, and so are whole numbers of six digits: one rounding is left.
    const EXACT: i32 = 22;
    // Six digits and their rounding: far above it.
    const NEAR_TIE: f64 = 1e-9;
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let places = DIGITS - 1 - value.abs().log10().floor() as i32;
    if places.abs() > EXACT {
        return format!("{value:.5e}").parse().unwrap_or(value);
    }
    let power = 10_f64.powi(places.abs());
    let digits = if places >= 0 { value * power } else { value / power };
    if (digits.fract().abs() - 0.5).abs() < NEAR_TIE {
        // That rounding may have made a tie of it, or unmade one.
        return format!("{value:.5e}").parse().unwrap_or(value);
    }
    match places >= 0 {
        true => digits.round() / power,
        false => digits.round() * power,
    }
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
