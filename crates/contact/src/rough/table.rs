//! A measured contact fraction: a curve through points that never overshoots.
//!
//! Cubic between the points, with slopes limited so that the curve rises wherever the points do.
//! Below the first point it starts at (0, 0); beyond the last it stays.
//! Source: Fritsch and Butland, SIAM J. Sci. Stat. Comput. 5 (1984) 300.

use fem::Real;
use fem::registry::ParameterError;

/// See the [module](self).
#[derive(Clone, Debug, PartialEq)]
pub struct FractionTable {
    /// p \[Pa\], from 0 on, increasing.
    pressure: Vec<f64>,
    /// f at each.
    fraction: Vec<f64>,
    /// df/dp \[1/Pa\] at each.
    slope: Vec<f64>,
}

impl FractionTable {
    /// From rows \[pressure in Pa, fraction\].
    ///
    /// # Errors
    /// When pressures do not increase or are negative, when fractions fall or leave \[0, 1\], or when
    /// there is contact without pressure.
    pub fn new(rows: &[Vec<f64>]) -> Result<Self, ParameterError> {
        let (mut pressure, mut fraction) = (vec![0.0], vec![0.0]);
        for (k, row) in rows.iter().enumerate() {
            let &[p, f] = row.as_slice() else {
                return refuse(k, "rows of two numbers, pressure and fraction, are wanted".into());
            };
            if k == 0 && p == 0.0 {
                if f != 0.0 {
                    return refuse(k, format!("the fraction without pressure is 0, got {f}"));
                }
                continue;
            }
            let last = pressure.len() - 1;
            if !(p.is_finite() && p > pressure[last]) {
                let below = pressure[last];
                return refuse(k, format!("pressures increase, got {p} Pa after {below} Pa"));
            }
            if !(f >= fraction[last] && f <= 1.0) {
                let below = fraction[last];
                return refuse(k, format!("fractions rise from 0 to 1, got {f} after {below}"));
            }
            pressure.push(p);
            fraction.push(f);
        }
        if pressure.len() < 2 {
            return refuse(0, "a row with a pressure above zero is wanted".into());
        }
        let slope = slopes(&pressure, &fraction);
        Ok(FractionTable { pressure, fraction, slope })
    }

    /// f at a contact pressure p \[Pa\] of zero or more.
    pub fn fraction<S: Real>(&self, pressure: S) -> S {
        pressure.map(|p| self.value_and_slope(p))
    }

    fn value_and_slope(&self, p: f64) -> (f64, f64) {
        let end = self.pressure.partition_point(|&x| x <= p);
        if end >= self.pressure.len() {
            return (self.fraction[self.fraction.len() - 1], 0.0);
        }
        let start = end.saturating_sub(1);
        let (h, t) = self.interval(start, p);
        let (f0, f1) = (self.fraction[start], self.fraction[start + 1]);
        let (m0, m1) = (self.slope[start] * h, self.slope[start + 1] * h);
        // Hermite's cubic by powers of t.
        let (c2, c3) = (3.0 * (f1 - f0) - 2.0 * m0 - m1, m0 + m1 - 2.0 * (f1 - f0));
        let value = f0 + t * (m0 + t * (c2 + t * c3));
        let derivative = (m0 + t * (2.0 * c2 + 3.0 * t * c3)) / h;
        (value.clamp(f0, f1), derivative.max(0.0))
    }

    fn interval(&self, start: usize, p: f64) -> (f64, f64) {
        let h = self.pressure[start + 1] - self.pressure[start];
        (h, (p - self.pressure[start]) / h)
    }
}

/// Slopes at the points: the weighted harmonic mean of those of the neighbouring intervals, zero where
/// one is flat; at the ends that of the interval.
fn slopes(x: &[f64], y: &[f64]) -> Vec<f64> {
    let chord: Vec<(f64, f64)> = x
        .windows(2)
        .zip(y.windows(2))
        .map(|(x, y)| (x[1] - x[0], (y[1] - y[0]) / (x[1] - x[0])))
        .collect();
    let inner = chord.windows(2).map(|pair| {
        let [(ha, a), (hb, b)] = [pair[0], pair[1]];
        if a == 0.0 || b == 0.0 {
            return 0.0;
        }
        let (wa, wb) = (ha + 2.0 * hb, 2.0 * ha + hb);
        (wa + wb) / (wa / a + wb / b)
    });
    let ends = [chord[0].1, chord[chord.len() - 1].1];
    std::iter::once(ends[0]).chain(inner).chain(std::iter::once(ends[1])).collect()
}

fn refuse<T>(row: usize, message: String) -> Result<T, ParameterError> {
    Err(ParameterError { parameter: "points", message: format!("row {}: {message}", row + 1) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use fem::Dual;

    fn table(rows: &[[f64; 2]]) -> Result<FractionTable, ParameterError> {
        FractionTable::new(&rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>())
    }

    #[test]
    fn goes_through_the_points_and_rises_between_them() {
        let rows = [[1e6, 0.1], [5e6, 0.6], [6e6, 0.6], [2e7, 0.95]];
        let t = table(&rows).unwrap();
        for [p, f] in rows {
            assert!((t.fraction(p) - f).abs() < 1e-15, "{p}");
        }
        assert_eq!((t.fraction(0.0), t.fraction(5.5e6), t.fraction(1e9)), (0.0, 0.6, 0.95));
        let mut last = 0.0;
        for k in 0..=2500 {
            let f = t.fraction(1e4 * f64::from(k));
            assert!(f >= last, "{k}");
            last = f;
        }
        // On a line it is the line.
        let line = table(&[[2.0, 0.2], [5.0, 0.5], [7.0, 0.7]]).unwrap();
        let f = line.fraction(Dual { v: 3.1, d: 1.0 });
        assert!((f.v - 0.31).abs() < 1e-15 && (f.d - 0.1).abs() < 1e-15);
    }

    #[test]
    fn wrong_tables_are_refused() {
        let message = |rows: &[[f64; 2]]| table(rows).unwrap_err().message;
        let falling = message(&[[1.0, 0.5], [2.0, 0.4]]);
        assert_eq!(falling, "row 2: fractions rise from 0 to 1, got 0.4 after 0.5");
        assert!(message(&[[1.0, 0.5], [2.0, 1.1]]).contains("got 1.1"));
        assert!(
            message(&[[2.0, 0.1], [2.0, 0.2]]).contains("pressures increase, got 2 Pa after 2")
        );
        assert!(message(&[[-1.0, 0.1], [2.0, 0.2]]).contains("got -1 Pa after 0 Pa"));
        assert!(message(&[[0.0, 0.1], [2.0, 0.2]]).contains("without pressure is 0, got 0.1"));
        assert!(message(&[[1.0, f64::NAN], [2.0, 0.2]]).contains("got NaN"));
        assert!(message(&[[0.0, 0.0]]).contains("a pressure above zero"));
    }
}
