//! Numbers with their units as a printed page has them: 1.2 × 10⁻⁷, µm, mA/cm², Ω cm².

use super::display;

/// A number in the unit that people use, and that unit.
pub struct Amount {
    /// Six significant digits.
    pub number: String,
    /// The unit, empty for a pure number.
    pub unit: String,
}

impl Amount {
    /// Of a value in the SI unit `si`.
    pub fn of(value: f64, si: &str) -> Amount {
        if !value.is_finite() {
            return Amount { number: "\u{2013}".to_owned(), unit: String::new() };
        }
        let text = display(value, si);
        let (number, unit) = text.split_once(' ').unwrap_or((&text, ""));
        Amount { number: typeset_number(number), unit: typeset_unit(unit) }
    }

    /// Number and unit.
    pub fn text(&self) -> String {
        match self.unit.as_str() {
            "" => self.number.clone(),
            unit => format!("{}\u{a0}{unit}", self.number),
        }
    }
}

/// Two digits of a small number, as of an error or a residual.
pub fn rough(value: f64) -> String {
    match value.is_finite() {
        true if value == 0.0 => "0".to_owned(),
        true => typeset_number(&format!("{value:.1e}")),
        false => "\u{2013}".to_owned(),
    }
}

/// A number as the program prints it, with a true minus sign and a true exponent.
pub fn typeset_number(number: &str) -> String {
    let (mantissa, exponent) = match number.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (number, None),
    };
    let mut text = mantissa.replace('-', "\u{2212}");
    if let Some(exponent) = exponent.filter(|e| *e != "0") {
        text += "\u{a0}\u{d7}\u{a0}10";
        text.extend(exponent.chars().map(superscript));
    }
    text
}

fn superscript(c: char) -> char {
    match c {
        '-' => '\u{207b}',
        '1' => '\u{b9}',
        '2' => '\u{b2}',
        '3' => '\u{b3}',
        c => c.to_digit(10).and_then(|d| char::from_u32(0x2070 + d)).unwrap_or(c),
    }
}

/// A unit as the program prints it, with µ, Ω and raised exponents.
pub fn typeset_unit(unit: &str) -> String {
    let words = unit.split(' ').map(|word| {
        let parts = word.split('/').map(|part| {
            let part = match part {
                "ohm" => "\u{3a9}".to_owned(),
                "um" | "um2" | "um3" | "uA" | "uV" | "us" | "uN" => part.replacen('u', "\u{b5}", 1),
                other => other.replace('^', ""),
            };
            match part.chars().last() {
                Some(c @ '2'..='9') => {
                    let letters = part.trim_end_matches(c);
                    let raised = if letters.is_empty() { c } else { superscript(c) };
                    format!("{letters}{raised}")
                }
                _ => part,
            }
        });
        parts.collect::<Vec<_>>().join("/")
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_set_as_in_print() {
        let text = |value, si| Amount::of(value, si).text();
        assert_eq!(text(5.1, "A/m^2"), "0.51\u{a0}mA/cm²");
        assert_eq!(text(7.5e-13, "m^2"), "0.75\u{a0}µm²");
        assert_eq!(
            text(3.69289e-3, "ohm m^2"),
            "36.9289\u{a0}Ω\u{a0}cm²".replace('\u{a0}', " ").replacen(' ', "\u{a0}", 1)
        );
        assert_eq!(text(-1.2e-7, "1"), "−1.2\u{a0}×\u{a0}10⁻⁷");
        assert_eq!(text(f64::NAN, "V"), "–");
        assert_eq!(text(298.15, "K"), "298.15\u{a0}K");
        assert_eq!([rough(3.14e-12), rough(0.0)], ["3.1\u{a0}×\u{a0}10⁻¹²", "0"]);
        assert_eq!(typeset_unit("1/m^2"), "1/m²");
    }
}
