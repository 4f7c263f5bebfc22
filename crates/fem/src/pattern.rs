//! Which unknowns meet in which equations.

use crate::placement::Batch;
use crate::{Slot, Space};
use algebra::Csr;
use rayon::prelude::*;
use std::ops::Range;

/// Elements of all terms, numbered one after the other.
pub(crate) struct Elements<'a> {
    batches: Vec<(&'a [Slot], &'a Batch<'a>)>,
    /// How many unknowns an element of each batch has.
    widths: Vec<usize>,
    starts: Vec<u32>,
}

impl<'a> Elements<'a> {
    pub(crate) fn new(batches: Vec<(&'a [Slot], &'a Batch<'a>)>, space: &Space) -> Self {
        let mut starts = vec![0];
        for (_, batch) in &batches {
            starts.push(starts[starts.len() - 1] + batch.len() as u32);
        }
        let widths = batches.iter().map(|(slots, batch)| batch.width(slots, space)).collect();
        Elements { batches, widths, starts }
    }

    fn each_dof(&self, element: u32, space: &Space, f: impl FnMut(u32)) {
        let b = self.starts.partition_point(|&s| s <= element) - 1;
        let (slots, batch) = self.batches[b];
        batch.each_dof(slots, space, (element - self.starts[b]) as usize, f);
    }

    /// Calls `f` with the number and the unknowns of every element in turn.
    pub(crate) fn each(&self, space: &Space, mut f: impl FnMut(u32, &[u32])) {
        let mut dofs = Vec::new();
        for (b, &(slots, batch)) in self.batches.iter().enumerate() {
            let start = self.starts[b];
            dofs.resize(self.widths[b], 0);
            for element in 0..batch.len() {
                batch.dofs(slots, space, element, &mut dofs);
                f(start + element as u32, &dofs);
            }
        }
    }
}

/// The matrix of zeros with a row for each free unknown and a column for each unknown in `columns`.
///
/// Each thread makes rows of its own: it walks over all elements for those that meet its rows. Work
/// and memory grow with the number of elements only.
pub(crate) fn pattern(elements: &Elements<'_>, space: &Space, columns: Range<u32>) -> Csr {
    let rows = space.free() as u32;
    let share = rows.div_ceil(rayon::current_num_threads() as u32).max(1);
    let shares: Vec<(Vec<u32>, Vec<u32>)> = (0..rows.div_ceil(share))
        .into_par_iter()
        .map(|k| {
            let range = k * share..((k + 1) * share).min(rows);
            rows_of(elements, space, range, columns.clone())
        })
        .collect();
    let mut row_start = Vec::with_capacity(rows as usize + 1);
    row_start.push(0);
    let mut all = Vec::with_capacity(shares.iter().map(|(c, _)| c.len()).sum());
    for (columns, lengths) in shares {
        all.extend_from_slice(&columns);
        for length in lengths {
            row_start.push(row_start[row_start.len() - 1] + length as usize);
        }
    }
    let values = vec![0.0; all.len()];
    Csr::new(row_start, all, values, columns.len()).expect("sorted rows make a matrix")
}

/// Columns and lengths of the rows in `range`.
fn rows_of(
    elements: &Elements<'_>,
    space: &Space,
    range: Range<u32>,
    columns: Range<u32>,
) -> (Vec<u32>, Vec<u32>) {
    let local = |dof: u32| range.contains(&dof).then(|| (dof - range.start) as usize);
    let meets = |dofs: &[u32]| dofs.iter().any(|d| columns.contains(d));
    let mut start = vec![0usize; range.len() + 1];
    elements.each(space, |_, dofs| {
        if meets(dofs) {
            dofs.iter().filter_map(|&d| local(d)).for_each(|row| start[row + 1] += 1);
        }
    });
    for row in 0..range.len() {
        start[row + 1] += start[row];
    }
    let mut incident = vec![0u32; start[range.len()]];
    let mut next = start.clone();
    elements.each(space, |element, dofs| {
        if meets(dofs) {
            for row in dofs.iter().filter_map(|&d| local(d)) {
                incident[next[row]] = element;
                next[row] += 1;
            }
        }
    });
    drop(next);
    let (mut all, mut lengths) = (Vec::new(), Vec::with_capacity(range.len()));
    // The last row in which each column was met, counted from 1.
    let mut met = vec![0u32; columns.len()];
    for (row, equation) in range.enumerate() {
        let first = all.len();
        let mut meet = |dof: u32| {
            if columns.contains(&dof) {
                let column = dof - columns.start;
                if met[column as usize] != row as u32 + 1 {
                    met[column as usize] = row as u32 + 1;
                    all.push(column);
                }
            }
        };
        // An equation without elements still has its diagonal.
        meet(equation);
        for &element in &incident[start[row]..start[row + 1]] {
            elements.each_dof(element, space, &mut meet);
        }
        all[first..].sort_unstable();
        lengths.push((all.len() - first) as u32);
    }
    (all, lengths)
}
