//! Nodes that are left on a coarser lattice, and sums of rows in which these count less.

use super::blocks::Blocks;

/// The entry at nodes that are left of the positive vector s whose quotients (|A| s)_i / s_i bound those of A; it is
/// 1 at nodes that go.
///
/// What the next level corrects needs no smoothing at these nodes. On needles, where it corrects all along them, a
/// cycle of two levels leaves 0.53 of the energy of an error that changes its sign from node to node across with 1, and
/// 0.38 with 0.4 (Fourier analysis, infinite lattices of one shape of cells). Plates and cubes keep their 0.22 and 0.20
/// down to 0.3, below which others lose.
const WEIGHT: f64 = 0.4;

/// Nodes of a level that the next one has, too, a bit each.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Left(Vec<u64>);

impl Left {
    /// Of an interpolation, whose coarse nodes are fine ones in the same order. A node that goes and takes all from one
    /// that stays may be taken for that one; any positive vector will do.
    pub fn of(prolongation: &Blocks<f32>) -> Self {
        let (p, mut count) = (prolongation.view(), 0);
        let is_left = |i: usize| {
            let is_left = matches!(p.row(i), ([column], [1.0]) if *column == count);
            count += u32::from(is_left);
            is_left
        };
        Self::those((0..p.nrows()).map(is_left))
    }

    /// The nodes for which this is true, of all in their order.
    pub fn those(is_left: impl ExactSizeIterator<Item = bool>) -> Self {
        let mut bits = vec![0; is_left.len().div_ceil(64)];
        is_left.enumerate().for_each(|(i, left)| bits[i / 64] |= u64::from(left) << (i % 64));
        Self(bits)
    }

    /// s_i. Looked up, because a branch at each entry of a matrix would be guessed wrong a third of the time.
    #[inline(always)]
    fn weight(&self, i: usize) -> f64 {
        [1.0, WEIGHT][(self.0[i / 64] >> (i % 64) & 1) as usize]
    }

    /// (|A| s)_i / s_i of row i with these columns and values.
    #[inline(always)]
    pub fn sum(&self, i: usize, columns: &[u32], values: &[f64]) -> f64 {
        let terms = columns.iter().zip(values).map(|(&j, v)| v.abs() * self.weight(j as usize));
        terms.sum::<f64>() / self.weight(i)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every second of five nodes on a line is left; with entries 3 beside 5 on the diagonal.
    #[test]
    fn sums_at_nodes_that_are_left_and_between() {
        let p = Blocks {
            shape: [1, 1],
            start: vec![0, 1, 3, 4, 6, 7],
            columns: vec![0, 0, 1, 1, 1, 2, 2],
            values: vec![1.0, 0.5, 0.5, 1.0, 0.5, 0.5, 1.0],
            ncols: 3,
        };
        let left = Left::of(&p);
        assert_eq!(left, Left(vec![0b10101]));
        let sum = |i: u32| left.sum(i as usize, &[i - 1, i, i + 1], &[-3.0, 5.0, -3.0]);
        assert!((sum(1) - (5.0 + 0.4 * 6.0)).abs() < 1e-14);
        assert!((sum(2) - (6.0 / 0.4 + 5.0)).abs() < 1e-13);
    }

    /// Conduction along needles, whose every second plane across goes: mass matrices (1, 4, 1) / 6 of both directions
    /// across add up to 1 in each of the planes -1, 2, -1.
    #[test]
    fn sums_of_needles() {
        let mass = [1.0, 4.0, 1.0].map(|m| m / 6.0);
        let plane = |k: f64| mass.map(|m| mass.map(|n| k * m * n)).into_iter().flatten();
        let values: Vec<f64> = [-1.0, 2.0, -1.0].into_iter().flat_map(plane).collect();
        let columns: Vec<u32> = (0..27).collect();
        let [middle_gone, middle_left] =
            [0b111_111_111_000_000_000_111_111_111, 0b111_111_111 << 9];
        let sum = |left| Left(vec![left]).sum(13, &columns, &values);
        assert!((sum(middle_gone) - (2.0 + 0.4 * 2.0)).abs() < 1e-14);
        assert!((sum(middle_left) - (2.0 / 0.4 + 2.0)).abs() < 1e-13);
    }
}
