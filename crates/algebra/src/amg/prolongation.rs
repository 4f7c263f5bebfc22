//! From the aggregates to the interpolation between two levels.

use super::aggregate::{Aggregates, NONE};
use super::blocks::{Blocks, View};
use super::diagonal::inverse_of;
use super::strength::Strength;
use super::tentative::NearNull;
use rayon::prelude::*;

/// Rows of blocks per task.
const ROWS: usize = 4096;
/// A row with more blocks belongs to a whole body: smoothing it would couple all aggregates.
const LONG: usize = 1000;

/// P = (I - omega D^-1 A) T.
///
/// For one unknown per point, A stands for its strong part with the rest lumped into the diagonal, so
/// that P keeps constants where A does. Lumping would not keep rotations: blocks are used as they are.
pub(super) fn smoothed(
    a: View<f64>,
    s: &Strength,
    aggregates: &Aggregates,
    t: &NearNull,
    omega: f64,
) -> Blocks<f32> {
    let shape = [t.block, t.vectors];
    let size = t.block * t.vectors;
    let n = a.nrows();
    let pieces: Vec<(Vec<usize>, Vec<u32>, Vec<f32>)> = (0..n.div_ceil(ROWS))
        .into_par_iter()
        .map(|piece| {
            let rows = piece * ROWS..n.min((piece + 1) * ROWS);
            let (mut lengths, mut columns, mut values) = (vec![], vec![], vec![]);
            let (mut ks, mut sums) = (Vec::<u32>::new(), Vec::<f64>::new());
            for i in rows {
                ks.clear();
                sums.clear();
                if size == 1 {
                    scalar_row(s, i, aggregates, t, omega, &mut ks, &mut sums);
                } else {
                    block_row(a, i, aggregates, t, omega, &mut ks, &mut sums);
                }
                lengths.push(ks.len());
                columns.extend_from_slice(&ks);
                values.extend(sums.iter().map(|&v| v as f32));
            }
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

#[inline(always)]
fn scalar_row(
    s: &Strength,
    i: usize,
    aggregates: &Aggregates,
    t: &NearNull,
    omega: f64,
    ks: &mut Vec<u32>,
    sums: &mut Vec<f64>,
) {
    let own = aggregates.of[i];
    if own == NONE {
        return;
    }
    ks.push(own);
    sums.push(0.0);
    let (mut lumped, mut strong) = (0.0, 0.0);
    for (j, v) in s.row(i) {
        if s.is_strong(i, j, v) {
            strong -= v;
            let at = place(ks, sums, 1, aggregates.of[j]);
            sums[at] -= v * t.values[j];
        } else {
            lumped += v;
        }
    }
    // Lumping may leave no positive diagonal, where positive entries or a whole-body unknown
    // dominate; the sum of the strong entries is the least that diffusion would have.
    let diagonal = f64::max(lumped, strong);
    if strong == 0.0 {
        sums[0] = t.values[i];
    } else {
        sums.iter_mut().for_each(|v| *v *= omega / diagonal);
        sums[0] += (1.0 - omega) * t.values[i];
    }
}

#[inline(always)]
fn block_row(
    a: View<f64>,
    i: usize,
    aggregates: &Aggregates,
    t: &NearNull,
    omega: f64,
    ks: &mut Vec<u32>,
    sums: &mut Vec<f64>,
) {
    let (b, n) = (t.block, t.vectors);
    if aggregates.of[i] == NONE {
        return;
    }
    let (columns, blocks) = a.row(i);
    let is_long = columns.len() > LONG;
    place(ks, sums, b * n, aggregates.of[i]);
    let inverse = columns.iter().position(|&j| j as usize == i).and_then(|k| {
        let mut inverse = [0.0; 36];
        inverse_of(b, &blocks[k * b * b..(k + 1) * b * b], &mut inverse[..b * b])?;
        Some(inverse)
    });
    if let (Some(inverse), false) = (inverse, is_long) {
        for (&j, block) in columns.iter().zip(blocks.chunks_exact(b * b)) {
            let k = aggregates.of[j as usize];
            if k == NONE {
                continue;
            }
            let at = place(ks, sums, b * n, k);
            let sum = &mut sums[at * b * n..(at + 1) * b * n];
            let t = t.node(j as usize);
            for v in 0..n {
                for m in 0..b {
                    for r in 0..b {
                        sum[v * b + r] -= block[m * b + r] * t[m * n + v];
                    }
                }
            }
        }
        for column in sums.chunks_exact_mut(b) {
            let mut smoothed = [0.0; 6];
            for (m, v) in column.iter().enumerate() {
                for r in 0..b {
                    smoothed[r] += omega * inverse[m * b + r] * v;
                }
            }
            column.copy_from_slice(&smoothed[..b]);
        }
    }
    let t = t.node(i);
    for v in 0..n {
        for r in 0..b {
            sums[v * b + r] += t[r * n + v];
        }
    }
}
