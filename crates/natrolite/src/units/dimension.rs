//! The dimension of a quantity: integer exponents of six SI base units.

use std::fmt;

/// Symbols of the base units, in the order of the exponents.
const BASE: [&str; 6] = ["m", "kg", "s", "A", "K", "mol"];

/// Exponents of m, kg, s, A, K and mol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dimension([i8; 6]);

impl Dimension {
    /// The dimension with these exponents of m, kg, s, A, K, mol.
    pub const fn new(m: i8, kg: i8, s: i8, a: i8, k: i8, mol: i8) -> Self {
        Dimension([m, kg, s, a, k, mol])
    }

    /// This dimension times `factor` to the power `exponent`; `None` when an exponent leaves the
    /// range of an `i8`.
    pub fn times(self, factor: Dimension, exponent: i32) -> Option<Dimension> {
        let mut product = self;
        for (e, f) in product.0.iter_mut().zip(factor.0) {
            let raised = i32::from(f).checked_mul(exponent)?;
            *e = i8::try_from(i32::from(*e).checked_add(raised)?).ok()?;
        }
        Some(product)
    }
}

/// Base units with their exponents, for example `kg m^-1 s^-2`; `1` without dimension.
impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for (symbol, &exponent) in BASE.iter().zip(&self.0) {
            if exponent == 0 {
                continue;
            }
            if !first {
                f.write_str(" ")?;
            }
            first = false;
            f.write_str(symbol)?;
            if exponent != 1 {
                write!(f, "^{exponent}")?;
            }
        }
        if first { f.write_str("1") } else { Ok(()) }
    }
}
