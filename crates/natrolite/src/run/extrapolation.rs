//! Where the next point of a sweep is sought.

use algebra::{Wide, with_wide_registers};
use fem::{LANES, Lanes};

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
    /// Of order 0, 1, ..., one after the other; the first is the last solution.
    differences: Vec<f64>,
    /// Of each difference the sum of its squares.
    squares: Vec<f64>,
    /// Length of a solution.
    length: usize,
    next: Vec<f64>,
}

impl Extrapolation {
    /// Takes in the solution of another point, of the length of those before.
    pub fn push(&mut self, solution: &[f64]) {
        if self.length != solution.len() {
            self.clear();
            self.length = solution.len();
            self.differences.resize((HIGHEST + 1) * self.length, 0.0);
        }
        self.next.clear();
        self.next.extend_from_slice(solution);
        let is_full = self.squares.len() > HIGHEST;
        self.squares.resize(self.squares.len() + usize::from(!is_full), 0.0);
        let Extrapolation { differences, squares, next, .. } = self;
        with_wide_registers(Push { differences, squares, next });
    }

    /// Forgets all solutions.
    pub fn clear(&mut self) {
        self.squares.clear();
    }

    /// Writes the solution that is to be expected next to `out`; nothing before the first.
    pub fn expect(&self, out: &mut Vec<f64>) {
        out.clear();
        if self.squares.is_empty() {
            return;
        }
        let (last, differences) = self.differences.split_at(self.length);
        out.extend_from_slice(last);
        let mut norms = self.squares[1..].iter().map(|square| square.sqrt());
        let Some(mut below) = norms.next() else { return };
        for (difference, missed) in differences.chunks_exact(self.length.max(1)).zip(norms) {
            if missed.is_nan() || missed >= 0.5 * below {
                break;
            }
            with_wide_registers(Sum { sum: out, difference });
            below = missed;
        }
    }
}

/// Adds a difference.
struct Sum<'a> {
    sum: &'a mut [f64],
    difference: &'a [f64],
}

impl Wide for Sum<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.sum.iter_mut().zip(self.difference).for_each(|(sum, d)| *sum += d);
    }
}

/// Replaces the differences by those with another solution, which are as many as their squares.
struct Push<'a> {
    differences: &'a mut [f64],
    squares: &'a mut [f64],
    /// The solution, then the difference of the order at hand.
    next: &'a mut [f64],
}

impl Wide for Push<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Push { differences, squares, next } = self;
        let rows = differences.chunks_exact_mut(next.len().max(1));
        for (difference, square) in rows.zip(squares) {
            let mut sums = Lanes::default();
            let (next, next_rest) = next.as_chunks_mut::<LANES>();
            let (own, own_rest) = difference.as_chunks_mut::<LANES>();
            for (next, own) in next.iter_mut().zip(own) {
                let (now, before) = (Lanes(*next), Lanes(*own));
                sums = sums + now * now;
                *own = now.0;
                // The difference of the next order is that of this one less what this one was before.
                *next = (now - before).0;
            }
            let mut rest = 0.0;
            for (next, own) in next_rest.iter_mut().zip(own_rest) {
                rest += *next * *next;
                (*own, *next) = (*next, *next - *own);
            }
            *square = sums.sum() + rest;
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
