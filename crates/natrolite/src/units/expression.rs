//! Reading "mA/cm^2": products of powers of units with at most one `/`.

use super::UnitError;
use super::dimension::Dimension;
use super::symbols::{self, CELSIUS};

/// A product of powers of units: `numerator / denominator * 10^power` times the SI unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expression {
    pub dimension: Dimension,
    pub numerator: f64,
    pub denominator: f64,
    pub power: i32,
    /// Degrees Celsius: the value is shifted.
    pub celsius: bool,
    /// One electronvolt with any prefix: an energy per particle.
    pub electronvolt: bool,
}

/// Exponents beyond this are typing errors.
const MAX_EXPONENT: i32 = 9;

/// Reads the text of a unit. All that follows the `/` divides.
pub(super) fn read_unit(text: &str) -> Result<Expression, UnitError> {
    let text = text.trim();
    let mut product = Expression {
        dimension: Dimension::default(),
        numerator: 1.0,
        denominator: 1.0,
        power: 0,
        celsius: false,
        electronvolt: false,
    };
    if text == CELSIUS || text == "°C" {
        product.dimension = Dimension::new(0, 0, 0, 0, 1, 0);
        product.celsius = true;
        return Ok(product);
    }
    let mut parts = text.split('/');
    let above = parts.next().unwrap_or_default();
    let below = parts.next();
    if parts.next().is_some() {
        return Err(UnitError::SecondSlash { text: text.to_owned() });
    }
    multiply(&mut product, above, 1)?;
    if let Some(below) = below {
        multiply(&mut product, below, -1)?;
    }
    let eligible = |c: char| !c.is_whitespace() && !"*·/^".contains(c);
    product.electronvolt =
        text.ends_with("eV") && text.chars().all(eligible) && symbols::find_unit(text).is_some();
    Ok(product)
}

fn multiply(product: &mut Expression, factors: &str, sign: i32) -> Result<(), UnitError> {
    let mut any = false;
    for part in factors.split(['*', '·', '\u{22c5}']) {
        let mut words = part.split_whitespace().peekable();
        if words.peek().is_none() {
            return Err(UnitError::EmptyFactor { text: factors.trim().to_owned() });
        }
        for word in words {
            any = true;
            let (symbol, exponent) = split_exponent(word)?;
            if symbol == CELSIUS || symbol == "°C" {
                return Err(UnitError::CelsiusInProduct);
            }
            let unit = symbols::find_unit(symbol).ok_or_else(|| UnitError::Unknown {
                symbol: symbol.to_owned(),
                nearest: symbols::nearest_symbol(symbol),
            })?;
            let exponent = exponent * sign;
            let too_large = || UnitError::Exponent { text: word.to_owned() };
            product.dimension =
                product.dimension.times(unit.dimension, exponent).ok_or_else(too_large)?;
            product.power =
                product.power.checked_add(unit.power * exponent).ok_or_else(too_large)?;
            let factor = unit.factor.powi(exponent.abs());
            if exponent > 0 {
                product.numerator *= factor;
            } else {
                product.denominator *= factor;
            }
        }
    }
    debug_assert!(any);
    Ok(())
}

/// Splits `cm^-2`, `cm-2`, `cm2` or `cm⁻²` into symbol and exponent.
fn split_exponent(word: &str) -> Result<(&str, i32), UnitError> {
    if word == "1" {
        return Ok((word, 1));
    }
    let wrong = || UnitError::Exponent { text: word.to_owned() };
    let end = word.find(|c: char| {
        c == '^' || c == '-' || c == '+' || superscript(c).is_some() || c.is_ascii_digit()
    });
    let Some(end) = end else { return Ok((word, 1)) };
    let (symbol, exponent) = word.split_at(end);
    let digits: String = exponent
        .strip_prefix('^')
        .unwrap_or(exponent)
        .chars()
        .map(|c| superscript(c).unwrap_or(c))
        .collect();
    let exponent: i32 = digits.parse().map_err(|_| wrong())?;
    if symbol.is_empty() || exponent == 0 || exponent.abs() > MAX_EXPONENT {
        return Err(wrong());
    }
    Ok((symbol, exponent))
}

/// The plain character that a superscript stands for.
fn superscript(c: char) -> Option<char> {
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺".chars().position(|s| s == c).and_then(|i| "0123456789-+".chars().nth(i))
}
