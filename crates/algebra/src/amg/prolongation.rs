//! From the aggregates to the interpolation between two levels.

use super::aggregate::{Aggregates, NONE};
use super::blocks::{Blocks, View};
use super::diagonal::inverse_of;
use super::numbers::Sums;
use super::shorten::{MOST, shorten};
use super::strength::Strength;
use super::tentative::NearNull;
use crate::Idle;
use rayon::prelude::*;

/// Rows of blocks per task.
const ROWS: usize = 4096;
/// A row with more blocks belongs to a whole body: smoothing it would couple all aggregates.
const LONG: usize = 1000;

/// P = (I - omega D^-1 A) T.
///
/// For one unknown per point, A stands for its strong part with the rest lumped into the diagonal, so
/// that P keeps constants where A does, and a row keeps [`MOST`] entries. Lumping would not keep
/// rotations: for blocks, weak neighbours count as if they moved rigidly with the aggregate of the row, by which P
/// keeps rigid motions where A does, and rows keep all blocks.
/// `below` are the vectors of the coarse level.
pub(super) fn smoothed(
    a: View<f64>,
    s: &Strength,
    aggregates: &Aggregates,
    (t, below): (&NearNull, &NearNull),
    omega: f64,
) -> Blocks<f32> {
    let shape = [t.block, t.vectors];
    let size = t.block * t.vectors;
    let n = a.nrows();
    // Sums of numbers by aggregate, of which threads have one each.
    let idle = Idle::default();
    let by_aggregate = || Sums::new(if size == 1 { aggregates.count } else { 0 });
    let pieces: Vec<(Vec<usize>, Vec<u32>, Vec<f32>)> = (0..n.div_ceil(ROWS))
        .into_par_iter()
        .map(|piece| {
            let rows = piece * ROWS..n.min((piece + 1) * ROWS);
            let room = if size == 1 { MOST * rows.len() } else { 0 };
            let (mut lengths, mut columns, mut values) =
                (vec![], Vec::with_capacity(room), Vec::with_capacity(room));
            let (mut ks, mut sums) = (Vec::<u32>::new(), Vec::<f64>::new());
            idle.with(by_aggregate, |by_aggregate| {
                for i in rows {
                    ks.clear();
                    sums.clear();
                    if size == 1 {
                        let row = NumberRow { s, i, aggregates, t };
                        row.fill(omega, by_aggregate, &mut ks, &mut sums);
                    } else {
                        let row = BlockRow { a, s, i, aggregates, t, below };
                        row.fill(omega, &mut ks, &mut sums);
                    }
                    lengths.push(ks.len());
                    columns.extend_from_slice(&ks);
                    values.extend(sums.iter().map(|&v| v as f32));
                }
            });
            (lengths, columns, values)
        })
        .collect();

    let entries = pieces.iter().map(|piece| piece.1.len()).sum();
    let mut start = Vec::with_capacity(n + 1);
    start.push(0);
    let (mut columns, mut values) =
        (Vec::with_capacity(entries), Vec::with_capacity(entries * size));
    for (lengths, js, v) in pieces {
        for length in lengths {
            start.push(start[start.len() - 1] + length);
        }
        columns.extend_from_slice(&js);
        values.extend_from_slice(&v);
    }
    Blocks { shape, start, columns, values, ncols: aggregates.count }
}

/// Place of the aggregate `k` in the row in hand, which is short.
#[inline(always)]
fn place(ks: &mut Vec<u32>, sums: &mut Vec<f64>, size: usize, k: u32) -> usize {
    ks.iter().position(|&other| other == k).unwrap_or_else(|| {
        ks.push(k);
        sums.resize(ks.len() * size, 0.0);
        ks.len() - 1
    })
}

/// A row of numbers.
struct NumberRow<'a> {
    s: &'a Strength<'a>,
    i: usize,
    aggregates: &'a Aggregates,
    t: &'a NearNull,
}

impl NumberRow<'_> {
    /// The aggregates of the row, its own one first, and their numbers.
    #[inline(always)]
    fn fill(&self, omega: f64, by: &mut Sums, ks: &mut Vec<u32>, sums: &mut Vec<f64>) {
        let Self { s, i, aggregates, t } = *self;
        let own = aggregates.of[i];
        if own == NONE {
            return;
        }
        let mut strong = 0.0;
        let terms = s.strong(i).map(|(j, v)| {
            strong -= v;
            (aggregates.of[j], -v * t.values[j])
        });
        by.add_all(std::iter::once((own, 0.0)).chain(terms));
        by.end_row((ks, sums));
        let lumped = s.sum(i) + strong;
        // Lumping may leave no positive diagonal, where positive entries or a whole-body unknown
        // dominate; the sum of the strong entries is the least that diffusion would have.
        let diagonal = f64::max(lumped, strong);
        if strong == 0.0 {
            sums[0] = t.values[i];
        } else {
            sums.iter_mut().for_each(|v| *v *= omega / diagonal);
            sums[0] += (1.0 - omega) * t.values[i];
        }
        if ks.len() > MOST {
            shorten(ks, sums);
        }
    }
}

/// A row of blocks.
struct BlockRow<'a> {
    a: View<'a, f64>,
    s: &'a Strength<'a>,
    i: usize,
    aggregates: &'a Aggregates,
    t: &'a NearNull,
    below: &'a NearNull,
}

/// Entries of T are at most 1. Where weak neighbours, taken along by a small aggregate, would move a row
/// farther than this, they are too far away to be taken along.
const FARTHEST: f64 = 4.0;

impl BlockRow<'_> {
    /// The aggregates of the row and their blocks.
    #[inline(always)]
    fn fill(&self, omega: f64, ks: &mut Vec<u32>, sums: &mut Vec<f64>) {
        let (b, n, i) = (self.t.block, self.t.vectors, self.i);
        if self.aggregates.of[i] == NONE {
            return;
        }
        let (columns, blocks) = self.a.row(i);
        place(ks, sums, b * n, self.aggregates.of[i]);
        let mut inverse = [0.0; 36];
        let inverse = &mut inverse[..b * b];
        let own = columns.iter().position(|&j| j as usize == i);
        let found = own.and_then(|k| inverse_of(b, &blocks[k * b * b..(k + 1) * b * b], inverse));
        let is_long = columns.len() > LONG;
        if found.is_some() && !is_long && !self.add_smoothed(inverse, omega, true, ks, sums) {
            ks.truncate(1);
            sums.truncate(b * n);
            sums.fill(0.0);
            self.add_smoothed(inverse, omega, false, ks, sums);
        }
        let t = self.t.node(i);
        for v in 0..n {
            for r in 0..b {
                sums[v * b + r] += t[r * n + v];
            }
        }
    }

    /// Adds -omega D^-1 A T to the row, the weak neighbours moving along if `filtered`. False if they
    /// would go too far.
    #[inline(always)]
    fn add_smoothed(
        &self,
        inverse: &[f64],
        omega: f64,
        filtered: bool,
        ks: &mut Vec<u32>,
        sums: &mut Vec<f64>,
    ) -> bool {
        let (b, n, own) = (self.t.block, self.t.vectors, self.aggregates.of[self.i]);
        let (_, blocks) = self.a.row(self.i);
        let mut rigid = [0.0; 36];
        let rigid = &mut rigid[..b * n];
        let mut has_weak = false;
        let first = self.a.start[self.i];
        let mut strong = self.s.strong_entries(self.i).peekable();
        for (entry, block) in blocks.chunks_exact(b * b).enumerate() {
            let is_strong = strong.next_if_eq(&(first + entry)).is_some();
            let j = self.a.columns[first + entry] as usize;
            let k = self.aggregates.of[j];
            if k == NONE {
                continue;
            }
            let t = self.t.node(j);
            if filtered && k != own && !is_strong {
                add_rigid(b, block, t, self.below.node(k as usize), rigid);
                has_weak = true;
                continue;
            }
            let at = place(ks, sums, b * n, k);
            let sum = &mut sums[at * b * n..(at + 1) * b * n];
            for v in 0..n {
                for m in 0..b {
                    for r in 0..b {
                        sum[v * b + r] -= block[m * b + r] * t[m * n + v];
                    }
                }
            }
        }
        sums.chunks_exact_mut(b).for_each(|column| divide(inverse, omega, column));
        if has_weak {
            in_terms_of(b, self.below.node(own as usize), rigid);
            rigid.chunks_exact_mut(b).for_each(|column| divide(inverse, omega, column));
            sums.iter_mut().zip(&*rigid).for_each(|(sum, r)| *sum -= r);
        }
        rigid.iter().all(|r| r.abs() <= FARTHEST)
    }
}

/// column = omega D^-1 column
#[inline(always)]
fn divide(inverse: &[f64], omega: f64, column: &mut [f64]) {
    let b = column.len();
    let mut divided = [0.0; 6];
    for (v, inverse) in column.iter().zip(inverse.chunks_exact(b)) {
        for (sum, w) in divided.iter_mut().zip(inverse) {
            *sum += omega * w * v;
        }
    }
    column.copy_from_slice(&divided[..b]);
}

/// rigid = rigid + A_ij B_j, column by column, where B_j = Q_j R of the aggregate of j.
#[inline(always)]
fn add_rigid(b: usize, block: &[f64], q: &[f64], r: &[f64], rigid: &mut [f64]) {
    let n = rigid.len() / b;
    for v in 0..n {
        for m in 0..b {
            let moved: f64 = (0..=v).map(|u| q[m * n + u] * r[u * n + v]).sum();
            for row in 0..b {
                rigid[v * b + row] += block[m * b + row] * moved;
            }
        }
    }
}

/// X with X R = `rigid`, column by column; motions that the aggregate does not have are left out.
#[inline(always)]
fn in_terms_of(b: usize, r: &[f64], rigid: &mut [f64]) {
    let n = rigid.len() / b;
    for v in 0..n {
        let pivot = r[v * n + v];
        for row in 0..b {
            let before: f64 = (0..v).map(|u| rigid[u * b + row] * r[u * n + v]).sum();
            let rest = rigid[v * b + row] - before;
            rigid[v * b + row] = if pivot == 0.0 { 0.0 } else { rest / pivot };
        }
    }
}
