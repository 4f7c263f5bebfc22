//! Where the next point of a sweep is sought.

/// Highest order of the polynomial through the last solutions.
const HIGHEST: usize = 7;

/// The backward differences of the solutions of points that follow each other.
///
/// With equal steps of what is varied, the polynomial of order p through the last p + 1 solutions has at the
/// next point the sum of the differences of orders 0 to p, and it missed the last one by the difference of
/// order p + 1. The order rises while each would have halved the miss of the one below; after a jump it is
/// zero.
#[derive(Default)]
pub struct Extrapolation {
    /// Of order 0, 1, ...; the first is the last solution.
    differences: Vec<Vec<f64>>,
}

impl Extrapolation {
    /// Takes in the solution of another point.
    pub fn push(&mut self, solution: Vec<f64>) {
        let mut next = solution;
        for difference in &mut self.differences {
            // The difference of the next order is that of this one less what this one was before.
            for (next, difference) in next.iter_mut().zip(difference) {
                let before = std::mem::replace(difference, *next);
                *next -= before;
            }
        }
        if self.differences.len() <= HIGHEST {
            self.differences.push(next);
        }
    }

    /// Forgets all solutions.
    pub fn clear(&mut self) {
        self.differences.clear();
    }

    /// The solution that is to be expected next; empty before the first.
    pub fn next(&self) -> Vec<f64> {
        let missed = self.differences.iter().skip(1).map(|d| algebra::vector::norm(d));
        let missed: Vec<f64> = missed.collect();
        let order = missed.windows(2).take_while(|pair| pair[1] < 0.5 * pair[0]).count();
        let mut sum = self.differences.first().cloned().unwrap_or_default();
        for difference in self.differences.iter().skip(1).take(order) {
            sum.iter_mut().zip(difference).for_each(|(sum, d)| *sum += d);
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(values: &[f64]) -> f64 {
        let mut extrapolation = Extrapolation::default();
        values.iter().for_each(|value| extrapolation.push(vec![*value]));
        extrapolation.next().first().copied().unwrap_or(f64::NAN)
    }

    #[test]
    fn polynomials_are_continued() {
        let cubes: Vec<f64> = (0..6).map(|k| f64::from(k).powi(3)).collect();
        assert_eq!(after(&cubes), 216.0);
        assert_eq!(after(&[7.0]), 7.0);
        assert!(after(&[]).is_nan());
        // An exponential function gains digits with each order.
        let growth: Vec<f64> = (0..9).map(|k| (0.05 * f64::from(k)).exp()).collect();
        assert!((after(&growth) / (0.45_f64).exp() - 1.0).abs() < 1e-8);
    }

    #[test]
    fn a_jump_is_not_continued() {
        assert_eq!(after(&[1.0, 1.1, 1.2, 1.3, 50.0]), 50.0);
    }
}
