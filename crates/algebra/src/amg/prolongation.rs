//! From the aggregates to the interpolation between two levels.

use super::aggregate::{Aggregates, NONE};
use super::strength::Strength;
use crate::Csr;

/// P = (I - omega D_F^-1 A_F) T.
///
/// T is 1 where a row belongs to an aggregate; A_F is the strong part of A with the rest lumped into its
/// diagonal D_F, so that P keeps constants where A does.
pub(super) fn smoothed(s: &Strength, aggregates: &Aggregates, omega: f64) -> Csr {
    let n = s.strong.nrows();
    let (mut row_start, mut columns, mut values) = (vec![0], Vec::new(), Vec::new());
    let mut row: Vec<(u32, f64)> = Vec::new();
    for i in 0..n {
        row.clear();
        if aggregates.of[i] != NONE {
            row.push((aggregates.of[i], 1.0));
        }
        let (neighbours, entries) = s.strong.row(i);
        // Lumping may leave no positive diagonal, where positive entries or a whole-body unknown
        // dominate; the sum of the strong entries is the least that diffusion would have.
        let least: f64 = entries.iter().map(|v| -v).sum();
        let diagonal = s.lumped[i].max(least);
        if !neighbours.is_empty() {
            row[0].1 -= omega;
            for (&j, v) in neighbours.iter().zip(entries) {
                let (weight, coarse) = (-omega * v / diagonal, aggregates.of[j as usize]);
                match row.iter_mut().find(|(k, _)| *k == coarse) {
                    Some((_, sum)) => *sum += weight,
                    None => row.push((coarse, weight)),
                }
            }
        }
        row.sort_unstable_by_key(|(j, _)| *j);
        columns.extend(row.iter().map(|(j, _)| *j));
        values.extend(row.iter().map(|(_, v)| *v));
        row_start.push(columns.len());
    }
    Csr::from_sorted(row_start, columns, values, aggregates.count)
}
