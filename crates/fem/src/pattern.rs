//! Which unknowns meet in which equations.

use crate::placement::Batch;
use crate::{Slot, Space};
use algebra::Csr;
use rayon::prelude::*;

/// Elements of all terms, numbered one after the other.
pub(crate) struct Elements<'a> {
    batches: Vec<(&'a [Slot], &'a Batch<'a>)>,
    starts: Vec<u32>,
}

impl<'a> Elements<'a> {
    pub(crate) fn new(batches: Vec<(&'a [Slot], &'a Batch<'a>)>) -> Self {
        let mut starts = vec![0];
        for (_, batch) in &batches {
            starts.push(starts[starts.len() - 1] + batch.len() as u32);
        }
        Elements { batches, starts }
    }

    fn len(&self) -> u32 {
        self.starts[self.starts.len() - 1]
    }

    fn dofs(&self, element: u32, space: &Space, out: &mut Vec<u32>) {
        let b = self.starts.partition_point(|&s| s <= element) - 1;
        let (slots, batch) = self.batches[b];
        batch.dofs(slots, space, (element - self.starts[b]) as usize, out);
    }
}

/// The pattern of the equations: a row for each free unknown, a column for each unknown, zeros as
/// values. Work and memory grow with the number of elements only.
pub(crate) fn pattern(elements: &Elements<'_>, space: &Space) -> Csr {
    let rows = space.free();
    let mut start = vec![0usize; rows + 1];
    let mut dofs = Vec::new();
    for e in 0..elements.len() {
        elements.dofs(e, space, &mut dofs);
        for &d in dofs.iter().filter(|&&d| (d as usize) < rows) {
            start[d as usize + 1] += 1;
        }
    }
    for i in 0..rows {
        start[i + 1] += start[i];
    }
    let mut next = start.clone();
    let mut incident = vec![0u32; start[rows]];
    for e in 0..elements.len() {
        elements.dofs(e, space, &mut dofs);
        for &d in dofs.iter().filter(|&&d| (d as usize) < rows) {
            incident[next[d as usize]] = e;
            next[d as usize] += 1;
        }
    }
    drop(next);
    const ROWS: usize = 512;
    let pieces: Vec<(Vec<u32>, Vec<u32>)> = (0..rows.div_ceil(ROWS))
        .into_par_iter()
        .map(|piece| {
            let (mut columns, mut lengths) = (Vec::new(), Vec::new());
            let (mut dofs, mut row) = (Vec::new(), Vec::new());
            for i in piece * ROWS..((piece + 1) * ROWS).min(rows) {
                row.clear();
                // An equation without elements still has its diagonal.
                row.push(i as u32);
                for &e in &incident[start[i]..start[i + 1]] {
                    elements.dofs(e, space, &mut dofs);
                    row.extend_from_slice(&dofs);
                }
                row.sort_unstable();
                row.dedup();
                columns.extend_from_slice(&row);
                lengths.push(row.len() as u32);
            }
            (columns, lengths)
        })
        .collect();
    drop(incident);
    let mut row_start = Vec::with_capacity(rows + 1);
    row_start.push(0);
    let mut columns = Vec::with_capacity(pieces.iter().map(|(c, _)| c.len()).sum());
    for (piece, lengths) in pieces {
        columns.extend_from_slice(&piece);
        for length in lengths {
            row_start.push(row_start[row_start.len() - 1] + length as usize);
        }
    }
    let values = vec![0.0; columns.len()];
    Csr::new(row_start, columns, values, space.total()).expect("sorted rows make a matrix")
}

/// The columns of the free unknowns, which come first in each row.
pub(crate) fn square(pattern: &Csr) -> Csr {
    let free = pattern.nrows();
    let mut row_start = vec![0];
    let mut columns = Vec::new();
    for i in 0..free {
        let row = pattern.row(i).0;
        columns.extend_from_slice(&row[..row.partition_point(|&c| (c as usize) < free)]);
        row_start.push(columns.len());
    }
    let values = vec![0.0; columns.len()];
    Csr::new(row_start, columns, values, free).expect("a part of a sorted row is sorted")
}
