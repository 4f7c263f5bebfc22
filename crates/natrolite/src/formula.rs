//! Formulas in a case file: a length as a function of the position.
//!
//! Variables are the coordinates `x`, `y`, `z` and `r`, the distance from the axis x = y = 0, all in
//! metres, and the lengths `m`, `mm`, `um`, `nm`; constants are `PI` and `E`. The value has to be a
//! length: where all lengths are twice as large it must be so too, which is tried.

use exmex::{Express, FlatEx};

/// A formula whose value is a length \[m\].
#[derive(Clone, Debug)]
pub struct Formula {
    expression: FlatEx<f64>,
}

/// What is wrong with a formula.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FormulaError {
    /// It cannot be read.
    #[error("the formula cannot be read: {0}")]
    Syntax(String),
    /// It uses a name that means nothing here.
    #[error("the formula uses `{0}`, which is not one of x, y, z, r, m, mm, um, nm, PI and E")]
    Name(String),
    /// Its value is no length.
    #[error(
        "the value of the formula is not a length: with all lengths twice as large it is {ratio:.3} \
         times as large (every length needs its unit, as in 0.1*um)"
    )]
    Dimension {
        /// By how much it grew.
        ratio: f64,
    },
}

/// The lengths that a formula may use, in metres.
const UNITS: [(&str, f64); 4] = [("m", 1.0), ("mm", 1e-3), ("um", 1e-6), ("nm", 1e-9)];

impl Formula {
    /// Reads a formula and checks its names and its dimension.
    ///
    /// # Errors
    /// See [`FormulaError`].
    pub fn parse(text: &str) -> Result<Self, FormulaError> {
        let expression = FlatEx::<f64>::parse(text)
            .map_err(|error| FormulaError::Syntax(error.msg().to_owned()))?;
        for name in expression.var_names() {
            let is_unit = UNITS.iter().any(|(unit, _)| unit == name);
            if !is_unit && !["x", "y", "z", "r"].contains(&name.as_str()) {
                return Err(FormulaError::Name(name.clone()));
            }
        }
        let formula = Formula { expression };
        // Places of no special kind, at the scale of a pore.
        for place in [[1.7e-5, 0.6e-5, 0.3e-5], [0.4e-5, 3.1e-5, 0.0], [2.9e-6, 1.3e-6, 7.7e-6]] {
            let once = formula.scaled(place, place[0].hypot(place[1]), 1.0);
            let twice = formula.scaled(place, place[0].hypot(place[1]), 2.0);
            let is_length = (twice - 2.0 * once).abs() <= 1e-9 * once.abs();
            if once.is_finite() && twice.is_finite() && !is_length {
                return Err(FormulaError::Dimension { ratio: twice / once });
            }
        }
        Ok(formula)
    }

    /// The value \[m\] at a position \[m\] at this distance \[m\] from the axis; not a number where the
    /// formula has none.
    pub fn value(&self, x: [f64; 3], r: f64) -> f64 {
        self.scaled(x, r, 1.0)
    }

    /// The value where all lengths are `scale` times as large.
    fn scaled(&self, x: [f64; 3], r: f64, scale: f64) -> f64 {
        let variable = |name: &String| {
            let length = match name.as_str() {
                "x" => x[0],
                "y" => x[1],
                "z" => x[2],
                "r" => r,
                unit => UNITS.iter().find(|(u, _)| *u == unit).map_or(f64::NAN, |(_, m)| *m),
            };
            scale * length
        };
        let values: Vec<f64> = self.expression.var_names().iter().map(variable).collect();
        self.expression.eval(&values).unwrap_or(f64::NAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wave_and_a_lens_by_hand() {
        let wave = Formula::parse("0.5*um*(1 - cos(2*PI*x/(20*um)))").unwrap();
        assert!((wave.value([1e-5, 0.0, 0.0], 1e-5) - 1e-6).abs() < 1e-20);
        assert_eq!(wave.value([0.0; 3], 0.0), 0.0);
        let lens = Formula::parse("10*nm*sqrt(1 - (r/(5*um))^2)").unwrap();
        assert!((lens.value([3e-6, 0.0, 0.0], 3e-6) - 8e-9).abs() < 1e-20);
        assert!((lens.value([0.0, 4e-6, 9.0], 4e-6) - 6e-9).abs() < 1e-20);
        assert!(lens.value([6e-6, 0.0, 0.0], 6e-6).is_nan());
    }

    #[test]
    fn what_is_no_length_is_refused() {
        let error = |text| Formula::parse(text).unwrap_err().to_string();
        assert!(error("0.5*(1 - cos(x/um))").contains("not a length: with all lengths twice"));
        assert!(error("x*x").contains("4.000 times as large"));
        assert!(error("3*q").contains("uses `q`"));
        assert!(error("3*(x").contains("cannot be read"));
        assert!(error("0.1").contains("1.000 times as large"));
    }
}
