//! Adding up what elements contribute to rows, in parallel, always in the same order.

use rayon::prelude::*;
use std::ops::Range;

/// Elements whose parts are held at a time, unless these are more than so many numbers, and how many of them a task
/// computes.
const HELD: usize = 8192;
const NUMBERS: usize = 1 << 23;
const TASK: usize = 128;

/// How many elements there are, how many rows each adds to, and how many numbers its part has.
#[derive(Clone, Copy)]
pub(crate) struct Parts {
    pub(crate) elements: usize,
    pub(crate) rows: usize,
    pub(crate) numbers: usize,
}

/// Rows of numbers, one after the other.
pub(crate) struct Rows<'a, S> {
    pub(crate) count: u32,
    /// Where each row begins in `values`, and where the last one ends.
    pub(crate) start: S,
    pub(crate) values: &'a mut [f64],
}

/// Computes the parts of elements and adds them to `rows`.
///
/// `compute` gets a range of elements and fills the rows that each adds to, and its part. `add` gets a
/// range of rows with their values, and the rows and the part of one element, of which it adds what
/// lies in the range. Elements are computed in parallel; then each thread walks over all of them in
/// order and adds to rows of its own, so that sums do not depend on the number of threads.
pub(crate) fn add_in_order<S: Fn(u32) -> usize>(
    parts: Parts,
    rows: Rows<'_, S>,
    compute: impl Fn(Range<usize>, &mut [u32], &mut [f64]) + Sync,
    add: impl Fn(Range<u32>, &mut [f64], &[u32], &[f64]) + Sync,
) {
    let most = (NUMBERS / parts.numbers.max(1) / TASK * TASK).clamp(TASK, HELD);
    let held = parts.elements.min(most);
    let (mut targets, mut numbers) = (vec![0; held * parts.rows], vec![0.0; held * parts.numbers]);
    for first in (0..parts.elements).step_by(most) {
        let count = most.min(parts.elements - first);
        let (targets, numbers) =
            (&mut targets[..count * parts.rows], &mut numbers[..count * parts.numbers]);
        let tasks = targets
            .par_chunks_mut(TASK * parts.rows)
            .zip(numbers.par_chunks_mut(TASK * parts.numbers));
        tasks.enumerate().for_each(|(task, (targets, numbers))| {
            let start = first + task * TASK;
            compute(start..start + targets.len() / parts.rows, targets, numbers);
        });
        let bounds = shares(targets, rows.count);
        let mut rest = &mut *rows.values;
        let mut shares = Vec::with_capacity(bounds.len() - 1);
        for pair in bounds.windows(2) {
            let (own, others) = rest.split_at_mut((rows.start)(pair[1]) - (rows.start)(pair[0]));
            shares.push((pair[0]..pair[1], own));
            rest = others;
        }
        shares.into_par_iter().for_each(|(range, values)| {
            let elements =
                targets.chunks_exact(parts.rows).zip(numbers.chunks_exact(parts.numbers));
            for (targets, numbers) in elements {
                add(range.clone(), values, targets, numbers);
            }
        });
    }
}

/// Cuts the rows into one range for each thread, so that about as many `targets` lie in each.
pub(crate) fn shares(targets: &[u32], rows: u32) -> Vec<u32> {
    let count = rayon::current_num_threads();
    let mut bounds = vec![0];
    if count > 1 {
        let mut sample: Vec<u32> = targets
            .iter()
            .step_by(1 + targets.len() / 1024)
            .copied()
            .filter(|&t| t < rows)
            .collect();
        sample.sort_unstable();
        let cuts = (1..count).filter_map(|k| sample.get(k * sample.len() / count));
        for &cut in cuts {
            if cut > bounds[bounds.len() - 1] {
                bounds.push(cut);
            }
        }
    }
    bounds.push(rows);
    bounds
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1/k for k from 1 to 20 000, added to rows that jump about; every sum is of many small numbers.
    fn sums(threads: usize) -> Vec<f64> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut values = vec![0.0; 97];
        pool.install(|| {
            add_in_order(
                Parts { elements: 20_000, rows: 2, numbers: 1 },
                Rows { count: 97, start: |row| row as usize, values: &mut values },
                |range, targets, numbers| {
                    for (k, (t, n)) in range.zip(targets.chunks_exact_mut(2).zip(numbers)) {
                        // The second row of an element may lie outside.
                        t.copy_from_slice(&[(k * k % 97) as u32, (k % 120) as u32]);
                        *n = 1.0 / (k as f64 + 1.0);
                    }
                },
                |range, values, targets, numbers| {
                    for &row in targets.iter().filter(|row| range.contains(row)) {
                        values[(row - range.start) as usize] += numbers[0];
                    }
                },
            );
        });
        values
    }

    #[test]
    fn sums_are_those_of_a_loop_for_any_number_of_threads() {
        let mut want = vec![0.0; 97];
        for k in 0..20_000 {
            for row in [k * k % 97, k % 120] {
                if let Some(sum) = want.get_mut(row) {
                    *sum += 1.0 / (k as f64 + 1.0);
                }
            }
        }
        for threads in [1, 2, 3, 4, 7] {
            assert_eq!(sums(threads), want, "{threads} threads");
        }
    }
}
