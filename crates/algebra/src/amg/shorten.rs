//! Rows of the interpolation with few entries.

/// Entries that a row of numbers keeps.
pub(super) const MOST: usize = 4;
/// The most that they are enlarged or reduced by for it.
const SCALED: f64 = 2.0;
/// Relative difference of entries that count as equal.
const EQUAL: f64 = 1e-6;

/// Leaves of a row with more than [`MOST`] entries the first, that of its own aggregate, and the three largest others
/// by absolute value, scaled to the sum of the whole row, so that constants stay exact. (Where one vector is to
/// be kept, its entries on the coarse level are all 1.)
///
/// Others as large as the third of them stay with it: what is alike in all directions would become lopsided, in
/// a way that depends on how nodes are numbered. A row stays whole where scaling would turn its sign, more than
/// double or more than halve it.
#[inline(never)]
pub(super) fn shorten(ks: &mut Vec<u32>, sums: &mut Vec<f64>) {
    let mut largest = [0.0_f64; MOST - 1];
    for v in &sums[1..] {
        let mut rest = v.abs();
        for large in &mut largest {
            (*large, rest) = (large.max(rest), large.min(rest));
        }
    }
    let least = (1.0 - EQUAL) * largest[MOST - 2];
    let stays = |k: usize, v: f64| k == 0 || v.abs() >= least;
    let all: f64 = sums.iter().sum();
    let kept: f64 = sums.iter().enumerate().filter(|(k, v)| stays(*k, **v)).map(|(_, v)| v).sum();
    let factor = all / kept;
    if !(1.0 / SCALED..=SCALED).contains(&factor) {
        return;
    }
    let mut count = 0;
    for k in 0..ks.len() {
        if stays(k, sums[k]) {
            (ks[count], sums[count]) = (ks[k], factor * sums[k]);
            count += 1;
        }
    }
    ks.truncate(count);
    sums.truncate(count);
}

#[cfg(test)]
mod tests {
    use super::super::aggregate::aggregate;
    use super::super::blocks::View;
    use super::super::prolongation::smoothed;
    use super::super::strength::Strength;
    use super::super::tentative::NearNull;
    use super::*;
    use crate::Csr;

    /// What is left of a row in columns 10, 11 ...
    fn short(row: &[f64]) -> (Vec<u32>, Vec<f64>) {
        let (mut ks, mut sums) = ((10..).take(row.len()).collect(), row.to_vec());
        shorten(&mut ks, &mut sums);
        (ks, sums)
    }

    #[test]
    fn six_entries_become_four_of_the_same_sum() {
        let (ks, sums) = short(&[0.25, 0.375, -0.0625, 0.3125, 0.125, 0.0]);
        assert_eq!(ks, [10, 11, 13, 14]);
        let factor = 1.0 / 1.0625;
        assert_eq!(sums, [0.25, 0.375, 0.3125, 0.125].map(|v| factor * v));
        assert!((sums.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        // The own entry stays, however small.
        assert_eq!(short(&[0.0, 0.5, 0.25, 0.125, 0.125]).0, [10, 11, 12, 13, 14]);
        assert_eq!(short(&[0.0, 0.5, 0.25, 0.1875, 0.0625]).0, [10, 11, 12, 13]);
    }

    #[test]
    fn equal_entries_stay_together() {
        let row = [0.5, 0.1, 0.1 + 1e-16, 0.1, 0.1 - 1e-16, 0.1];
        assert_eq!(short(&row).0, [10, 11, 12, 13, 14, 15]);
        assert_eq!(short(&[0.4, 0.05, 0.15, 0.1, 0.2, 0.1]).0, [10, 12, 13, 14, 15]);
    }

    #[test]
    fn a_row_that_would_change_too_much_stays_whole() {
        // The largest four hold 0.45 of 0.99, and 0.5 of 0.9.
        let whole = [0.15, 0.1, 0.1, 0.1, 0.09, 0.09, 0.09, 0.09, 0.09, 0.09];
        assert_eq!(short(&whole), ((10..20).collect(), whole.to_vec()));
        assert_eq!(short(&[0.2, 0.1, 0.1, 0.1, 0.08, 0.08, 0.08, 0.08, 0.08]).0, [10, 11, 12, 13]);
        // -0.25 of 0.25.
        let other_sign = [-1.0, 0.25, 0.25, 0.25, 0.125, 0.125, 0.125, 0.125];
        assert_eq!(short(&other_sign).1, other_sign);
        // 0.5 of 0.1.
        let smaller = [-1.0, 0.5, 0.5, 0.5, -0.2, -0.2];
        assert_eq!(short(&smaller).1, smaller);
    }

    /// Nodes of a cube, each with its 26 neighbours, joined unlike strongly: P 1 = 1 where A 1 = 0.
    #[test]
    fn constants_are_exact() {
        let n = 12_usize;
        let places = |i: usize| [i % n, i / n % n, i / n / n];
        let coupling = |i: usize, j: usize| {
            let far = (0..3).any(|d| places(i)[d].abs_diff(places(j)[d]) > 1);
            let unlike = (i.min(j) * 7919 + i.max(j) * 104_729) % 1009;
            if far || i == j { 0.0 } else { 1.0 + unlike as f64 / 1009.0 }
        };
        let (mut start, mut columns, mut values) = (vec![0], vec![], vec![]);
        for i in 0..n * n * n {
            let diagonal: f64 = (0..n * n * n).map(|j| coupling(i, j)).sum();
            for j in 0..n * n * n {
                let v = if i == j { diagonal } else { -coupling(i, j) };
                if v != 0.0 {
                    columns.push(j as u32);
                    values.push(v);
                }
            }
            start.push(columns.len());
        }
        let a = Csr::new(start, columns, values, n * n * n).unwrap();
        let strength = Strength::new(View::scalar(&a), 1, 0.25);
        let aggregates = aggregate(&strength);
        let near = NearNull { block: 1, vectors: 1, values: vec![1.0; n * n * n] };
        let (t, below) = near.cut(&aggregates);
        let p = smoothed(View::scalar(&a), &strength, &aggregates, (&t, &below), 0.9);
        let mut full = 0;
        for i in 0..n * n * n {
            let (_, row) = p.view().row(i);
            let sum: f64 = row.iter().map(|&v| f64::from(v)).sum();
            assert!((sum - 1.0).abs() < 1e-6, "row {i}: {sum}");
            assert!(row.len() <= MOST, "row {i} has {} entries", row.len());
            full += usize::from(row.len() == MOST);
        }
        assert!(full > n * n * n / 2, "{full} rows of four entries");
    }
}
