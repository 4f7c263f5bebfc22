//! Which bounds change sides after a step.
//!
//! Exchanging every infeasible bound at once converges in a few steps as a rule, but may cycle. When the
//! number of infeasible bounds has not fallen for a few steps, they are exchanged one at a time, always
//! the last in a fixed order, until it has: that cannot cycle for a symmetric positive definite matrix.
//!
//! Sources: Judice and Pires, Computers Ops Res. 21 (1994) 587 (block principal pivoting); Murty, Linear
//! Algebra Appl. 9 (1974) 107 (the single exchanges).

/// Steps without progress before single exchanges.
const PATIENCE: usize = 10;

/// The state of the method.
#[derive(Debug)]
pub(super) struct Pivoting {
    fewest: usize,
    patience: usize,
}

impl Pivoting {
    pub(super) fn new() -> Self {
        Pivoting { fewest: usize::MAX, patience: PATIENCE }
    }

    /// Which of the infeasible bounds (increasing numbers) to exchange.
    pub(super) fn exchange<'a>(&mut self, infeasible: &'a [usize]) -> &'a [usize] {
        if infeasible.len() < self.fewest {
            self.fewest = infeasible.len();
            self.patience = PATIENCE;
        } else if self.patience > 0 {
            self.patience -= 1;
        } else {
            return &infeasible[infeasible.len().saturating_sub(1)..];
        }
        infeasible
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cycles_when_all_are_exchanged_at_once_still_ends() {
        // Find z >= 0 with w = M z - 1 >= 0 and z w = 0, for a P-matrix on which exchanging all
        // infeasible bounds goes round a cycle of length three (Ben Gharbia and Gilbert, Math.
        // Program. 134 (2012) 349, n = 3). The solution is z = (1, 1, 1) / 3.
        let m = [[1.0, 0.0, 2.0], [2.0, 1.0, 0.0], [0.0, 2.0, 1.0]];
        let mut free = [true, false, false];
        let mut pivoting = Pivoting::new();
        for step in 0..200 {
            let z = restricted(&free);
            let w = |i: usize| (0..3).map(|j| m[i][j] * z[j]).sum::<f64>() - 1.0;
            let wrong: Vec<usize> =
                (0..3).filter(|&i| if free[i] { z[i] < 0.0 } else { w(i) < 0.0 }).collect();
            if wrong.is_empty() {
                assert_eq!(z, [1.0 / 3.0; 3]);
                assert!(step > PATIENCE, "{step}");
                return;
            }
            for &i in pivoting.exchange(&wrong) {
                free[i] = !free[i];
            }
        }
        panic!("cycled");
    }

    /// z with w = 0 where it is free and z = 0 elsewhere. Row i couples z_i to z_(i-1) alone.
    fn restricted(free: &[bool; 3]) -> [f64; 3] {
        if *free == [true; 3] {
            return [1.0 / 3.0; 3];
        }
        std::array::from_fn(|i| {
            let before = if free[(i + 2) % 3] { 1.0 } else { 0.0 };
            if free[i] { 1.0 - 2.0 * before } else { 0.0 }
        })
    }
}
