//! Quantities are text with a unit; here they become SI numbers, and SI numbers become text again.

mod amount;
mod dimension;
mod display;
mod expression;
mod names;
mod symbols;
#[cfg(test)]
mod tests;

pub use amount::{Amount, rough, typeset_number, typeset_unit};
pub use dimension::Dimension;
pub use display::{display, handy_unit, shorten};
pub use names::{describe_wanted, example, zero};

use expression::read_unit;

/// Avogadro's constant \[1/mol\], exact.
const AVOGADRO: f64 = 6.022_140_76e23;

/// Zero of the Celsius scale \[K\], exact.
const CELSIUS_ZERO: f64 = 273.15;

/// Why a text is not the quantity that was wanted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// The text does not start with a number.
    #[error("got \"{text}\", which does not start with a number, wanted {wanted}")]
    NoNumber {
        /// What was read.
        text: String,
        /// What should have been there.
        wanted: String,
    },
    /// A number without unit where one is needed.
    #[error("got \"{text}\", a number without unit, wanted {wanted}")]
    NoUnit {
        /// What was read.
        text: String,
        /// What should have been there.
        wanted: String,
    },
    /// The dimension is another one.
    #[error("got {found}, wanted {wanted}")]
    Dimension {
        /// What was read.
        found: String,
        /// What should have been there.
        wanted: String,
    },
    /// No such unit.
    #[error("unknown unit `{symbol}`{}", .nearest.as_ref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    Unknown {
        /// What was read.
        symbol: String,
        /// The nearest symbol, if one is near.
        nearest: Option<String>,
    },
    /// No such unit, and none that is near.
    #[error("unknown unit `{symbol}`, wanted {wanted}")]
    Foreign {
        /// What was read.
        symbol: String,
        /// What should have been there.
        wanted: String,
    },
    /// More than one `/`.
    #[error(
        "`{text}` has more than one `/`; wanted one at most, as in \"J/mol K\" (all that follows it divides)"
    )]
    SecondSlash {
        /// The unit as read.
        text: String,
    },
    /// Nothing where a unit should be.
    #[error("a unit is missing beside `*` or `/` in `{text}`")]
    EmptyFactor {
        /// The product as read.
        text: String,
    },
    /// An exponent that is not an integer from -9 to 9, or is zero.
    #[error("`{text}` is not a unit with an integer exponent, such as cm^2, cm2 or cm^-1")]
    Exponent {
        /// The factor as read.
        text: String,
    },
    /// Degrees Celsius in a product.
    #[error("degC has an offset and stands alone, as in \"25 degC\"; in products use K")]
    CelsiusInProduct,
    /// The number is too large for a double.
    #[error("\"{text}\" is not a finite number in SI units")]
    NotFinite {
        /// What was read.
        text: String,
    },
}

/// Reads a quantity such as "0.9 mS/cm" and returns its value in the SI unit `wanted`, for example
/// `S/m`. A number without unit is accepted only where `wanted` is `1`. An energy per particle in
/// electronvolt is accepted where `J/mol` is wanted, and degrees Celsius where `K` is.
///
/// The decimal number and all powers of ten are converted together, so that decimal multiples of SI
/// units are correctly rounded: "1.3 mA/cm^2" is exactly 13 A/m^2.
///
/// # Errors
/// When the text is not a number with a known unit, has another dimension, or is not finite.
///
/// ```
/// assert_eq!(natrolite::units::parse("1.3 mA/cm^2", "A/m^2"), Ok(13.0));
/// ```
pub fn parse(text: &str, wanted: &str) -> Result<f64, UnitError> {
    let whole = text;
    let text = text.trim();
    let target = read_unit(wanted)?;
    let not_a_number =
        || UnitError::NoNumber { text: whole.to_owned(), wanted: describe_wanted(wanted) };
    let (number, unit) = text.split_at(number_length(text).ok_or_else(not_a_number)?);
    let unit = unit.trim();
    if unit.is_empty() && target.dimension != Dimension::default() {
        let wanted = describe_wanted(wanted);
        return Err(UnitError::NoUnit { text: whole.to_owned(), wanted });
    }
    let unit =
        read_unit(if unit.is_empty() { "1" } else { unit }).map_err(|error| match error {
            UnitError::Unknown { symbol, nearest: None } => {
                UnitError::Foreign { symbol, wanted: describe_wanted(wanted) }
            }
            error => error,
        })?;

    let molar_energy = Dimension::new(2, 1, -2, 0, 0, -1);
    let per_particle = unit.electronvolt && target.dimension == molar_energy;
    if unit.dimension != target.dimension && !per_particle {
        return Err(UnitError::Dimension {
            found: names::describe(unit.dimension),
            wanted: describe_wanted(wanted),
        });
    }
    let not_finite = || UnitError::NotFinite { text: whole.to_owned() };
    let decimal = shift(number, unit.power - target.power).ok_or_else(not_finite)?;
    let mut value =
        decimal * (unit.numerator * target.denominator) / (unit.denominator * target.numerator);
    if per_particle {
        value *= AVOGADRO;
    }
    if unit.celsius {
        value += CELSIUS_ZERO;
    }
    if value.is_finite() { Ok(value) } else { Err(not_finite()) }
}

/// Length in bytes of the number that `text` starts with: sign, digits with `_` between them, point,
/// exponent. An `e` that no digit follows belongs to the unit.
fn number_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits = |mut at: usize| {
        let start = at;
        while at < bytes.len()
            && (bytes[at].is_ascii_digit()
                || (bytes[at] == b'_'
                    && at > start
                    && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)))
        {
            at += 1;
        }
        at
    };
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let mut end = digits(sign);
    let whole = end - sign;
    if bytes.get(end) == Some(&b'.') {
        let after = digits(end + 1);
        if whole + (after - end - 1) == 0 {
            return None;
        }
        end = after;
    } else if whole == 0 {
        return None;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let signed = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let after = digits(signed);
        if after > signed {
            end = after;
        }
    }
    Some(end)
}

/// The decimal number `number` times `10^power`, rounded once; `None` when that is not finite.
fn shift(number: &str, power: i32) -> Option<f64> {
    let plain: String = number.chars().filter(|c| *c != '_').collect();
    let (mantissa, exponent) = match plain.find(['e', 'E']) {
        // An exponent too long for an i64 saturates: the value is zero or infinite anyway.
        Some(at) => {
            let digits = &plain[at + 1..];
            let limit = if digits.starts_with('-') { -1_000_000 } else { 1_000_000 };
            (&plain[..at], digits.parse::<i64>().unwrap_or(limit))
        }
        None => (plain.as_str(), 0),
    };
    let exponent = exponent.saturating_add(i64::from(power));
    let value: f64 = format!("{mantissa}e{exponent}").parse().ok()?;
    value.is_finite().then_some(value)
}
