//! Where the next point of a sweep is sought.

/// Highest order of the differences that are kept; that of the polynomial through the last solutions is one less.
const HIGHEST: usize = 9;

/// The backward differences of the solutions of points that follow each other.
///
/// With equal steps of what is varied, the polynomial of order p through the last p + 1 solutions has at the
/// next point the sum of the differences of orders 0 to p, and it missed the last one by the difference of
/// order p + 1. The order rises while each would have halved the miss of the one below; after a jump it is
/// zero.
#[derive(Default)]
pub struct Extrapolation {
    /// Of order 0, 1, ...; the first is the last solution. Those that are not in use keep their memory.
    differences: Vec<Vec<f64>>,
    in_use: usize,
    next: Vec<f64>,
}

impl Extrapolation {
    /// Takes in the solution of another point.
    pub fn push(&mut self, solution: &[f64]) {
        let Extrapolation { differences, in_use, next } = self;
        next.clear();
        next.extend_from_slice(solution);
        for difference in &mut differences[..*in_use] {
            // The difference of the next order is that of this one less what this one was before.
            for (next, difference) in next.iter_mut().zip(difference) {
                let before = std::mem::replace(difference, *next);
                *next -= before;
            }
        }
        if *in_use <= HIGHEST {
            if differences.len() == *in_use {
                differences.push(Vec::new());
            }
            differences[*in_use].clone_from(next);
            *in_use += 1;
        }
    }

    /// Forgets all solutions.
    pub fn clear(&mut self) {
        self.in_use = 0;
    }

    /// Writes the solution that is to be expected next to `out`; nothing before the first.
    pub fn expect(&self, out: &mut Vec<f64>) {
        out.clear();
        let Some((last, differences)) = self.differences[..self.in_use].split_first() else {
            return;
        };
        out.extend_from_slice(last);
        let mut missed = f64::INFINITY;
        for (difference, next) in differences.iter().zip(&differences[1.min(differences.len())..]) {
            let below = if missed.is_finite() { missed } else { algebra::vector::norm(difference) };
            missed = algebra::vector::norm(next);
            if missed.is_nan() || missed >= 0.5 * below {
                break;
            }
            out.iter_mut().zip(difference).for_each(|(sum, d)| *sum += d);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(values: &[f64]) -> f64 {
        let mut extrapolation = Extrapolation::default();
        // What was forgotten leaves nothing.
        (0..20).for_each(|k| extrapolation.push(&[f64::from(k).sqrt()]));
        extrapolation.clear();
        values.iter().for_each(|value| extrapolation.push(&[*value]));
        let mut out = vec![3.0; 2];
        extrapolation.expect(&mut out);
        out.first().copied().unwrap_or(f64::NAN)
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
