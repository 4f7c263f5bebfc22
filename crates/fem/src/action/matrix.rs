//! Matrices of cells by nodes.

use super::NONE;
use super::places::Kind;
use crate::sum::{Parts, Rows, add_in_order};
use algebra::Blocks;
use rayon::prelude::*;
use std::ops::Range;

/// Rows per task.
const ROWS: usize = 2048;

/// Fills the matrices of a range of cells, one after the other, each in blocks row by row.
pub(super) type Compute<'a> = Box<dyn Fn(Range<usize>, &mut [f64]) + Sync + 'a>;

/// The matrices of some cells.
pub(super) struct Part<'a> {
    /// The rows that each cell adds to, as many for each; [`NONE`] where a cell has fewer.
    pub rows: Vec<u32>,
    /// How many that is.
    pub width: usize,
    /// What it adds.
    pub compute: Compute<'a>,
}

/// The sum of the matrices of all cells, with `count` rows of blocks of this shape; each row has a diagonal, and
/// columns are sorted.
pub(super) fn assemble(parts: &[Part<'_>], shape: [usize; 2], count: usize) -> Blocks<f64> {
    let mut a = pattern(parts, shape, count);
    for part in parts {
        add(part, &mut a);
    }
    a
}

/// Which rows meet: zeros at all places that the cells need.
fn pattern(parts: &[Part<'_>], shape: [usize; 2], count: usize) -> Blocks<f64> {
    // Cells of all parts are numbered one after the other.
    let mut start = vec![0u32; count + 1];
    for &row in parts.iter().flat_map(|part| &part.rows).filter(|&&row| row != NONE) {
        start[row as usize + 1] += 1;
    }
    for row in 0..count {
        start[row + 1] += start[row];
    }
    let mut incident = vec![(0u32, 0u32); start[count] as usize];
    let mut next = start.clone();
    for (p, part) in parts.iter().enumerate() {
        for (cell, rows) in part.rows.chunks_exact(part.width).enumerate() {
            for &row in rows.iter().filter(|&&row| row != NONE) {
                incident[next[row as usize] as usize] = (p as u32, cell as u32);
                next[row as usize] += 1;
            }
        }
    }
    drop(next);
    let pieces: Vec<(Vec<u32>, Vec<u32>)> = (0..count.div_ceil(ROWS))
        .into_par_iter()
        .map(|piece| {
            let (mut columns, mut lengths) = (Vec::new(), Vec::new());
            let mut here = Vec::new();
            for row in piece * ROWS..count.min((piece + 1) * ROWS) {
                here.clear();
                here.push(row as u32);
                for &(p, cell) in &incident[start[row] as usize..start[row + 1] as usize] {
                    let (m, cell) = (parts[p as usize].width, cell as usize);
                    here.extend_from_slice(&parts[p as usize].rows[cell * m..(cell + 1) * m]);
                }
                here.sort_unstable();
                here.dedup();
                if here[here.len() - 1] == NONE {
                    here.pop();
                }
                columns.extend_from_slice(&here);
                lengths.push(here.len() as u32);
            }
            (columns, lengths)
        })
        .collect();
    let mut begin = Vec::with_capacity(count + 1);
    begin.push(0);
    let mut columns = Vec::with_capacity(pieces.iter().map(|piece| piece.0.len()).sum());
    for (own, lengths) in pieces {
        columns.extend_from_slice(&own);
        for length in lengths {
            begin.push(begin[begin.len() - 1] + length as usize);
        }
    }
    let values = vec![0.0; shape[0] * shape[1] * columns.len()];
    Blocks { shape, start: begin, columns, values, ncols: count }
}

fn add(part: &Part<'_>, a: &mut Blocks<f64>) {
    let m = part.width;
    let Blocks { shape, start, columns, values, .. } = a;
    let size = shape[0] * shape[1];
    let rows =
        Rows { count: start.len() as u32 - 1, start: |row| size * start[row as usize], values };
    add_in_order(
        Parts { elements: part.rows.len() / m, rows: m, numbers: size * m * m },
        rows,
        |range, targets, numbers| {
            targets.copy_from_slice(&part.rows[range.start * m..range.end * m]);
            (part.compute)(range, numbers);
        },
        |range, values, targets, part| {
            let before = size * start[range.start as usize];
            for (&row, part) in targets.iter().zip(part.chunks_exact(size * m)) {
                if !range.contains(&row) {
                    continue;
                }
                let begin = start[row as usize];
                let here = &columns[begin..start[row as usize + 1]];
                let blocks = targets.iter().zip(part.chunks_exact(size));
                for (column, block) in blocks.filter(|(column, _)| **column != NONE) {
                    let at = here.binary_search(column).expect("cells made the pattern");
                    let sum = &mut values[size * (begin + at) - before..][..size];
                    sum.iter_mut().zip(block).for_each(|(sum, v)| *sum += v);
                }
            }
        },
    );
}

/// The matrix of the unknowns: what is fixed has a diagonal alone, and what is tied moves with the place it
/// is tied to.
pub(super) fn constrain(mut a: Blocks<f64>, kinds: &[Kind]) -> Blocks<f64> {
    let alone = a.values.iter().fold(f64::MIN_POSITIVE, |m, v| m.max(v.abs()));
    let rows = a.start.len() - 1;
    // (row, column, value) of what is tied, by places.
    let mut moved: Vec<(u32, u32, f64)> = Vec::new();
    for i in 0..rows {
        for k in a.start[i]..a.start[i + 1] {
            let j = a.columns[k] as usize;
            let block = &mut a.values[9 * k..9 * k + 9];
            for c in 0..3 {
                for r in 0..3 {
                    let value = &mut block[3 * c + r];
                    let target = |place: usize| match kinds[place] {
                        Kind::Own => Some(place as u32),
                        Kind::Fixed => None,
                        Kind::Tied(to) => Some(to),
                    };
                    let (row, column) = (3 * i + r, 3 * j + c);
                    if (kinds[row], kinds[column]) == (Kind::Own, Kind::Own) {
                        continue;
                    }
                    if let (Some(row), Some(column)) = (target(row), target(column))
                        && *value != 0.0
                    {
                        moved.push((row, column, *value));
                    }
                    // A diagonal much larger than its row would pass for one that needs no coarse grid.
                    let stays = row == column;
                    *value = match *value {
                        own if stays && own > 0.0 => own,
                        _ if stays => alone,
                        _ => 0.0,
                    };
                }
            }
        }
    }
    if moved.is_empty() { a } else { merge(a, moved) }
}

/// The matrix with numbers added at any places.
fn merge(a: Blocks<f64>, mut moved: Vec<(u32, u32, f64)>) -> Blocks<f64> {
    // A stable sort keeps the order of the sums.
    moved.sort_by_key(|&(row, column, _)| (row / 3, column / 3));
    let mut out = Blocks { start: vec![0], columns: vec![], values: vec![], ..a };
    let mut moved = moved.chunk_by(|a, b| (a.0 / 3, a.1 / 3) == (b.0 / 3, b.1 / 3)).peekable();
    for i in 0..a.start.len() - 1 {
        let mut put = |columns: u32, own: Option<&[f64]>, group: Option<&[(u32, u32, f64)]>| {
            out.columns.push(columns);
            let at = out.values.len();
            out.values.extend_from_slice(own.unwrap_or(&[0.0; 9]));
            for &(row, column, value) in group.unwrap_or_default() {
                out.values[at + 3 * (column as usize % 3) + row as usize % 3] += value;
            }
        };
        let column_of = |group: &[(u32, u32, f64)]| group[0].1 / 3;
        let is_here = |group: &[(u32, u32, f64)]| group[0].0 as usize / 3 == i;
        for k in a.start[i]..a.start[i + 1] {
            let j = a.columns[k];
            while let Some(group) = moved.next_if(|g| is_here(g) && column_of(g) < j) {
                put(column_of(group), None, Some(group));
            }
            let group = moved.next_if(|g| is_here(g) && column_of(g) == j);
            put(j, Some(&a.values[9 * k..9 * k + 9]), group);
        }
        while let Some(group) = moved.next_if(|g| is_here(g)) {
            put(column_of(group), None, Some(group));
        }
        out.start.push(out.columns.len());
    }
    out
}
