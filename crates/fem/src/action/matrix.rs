//! The matrix of cells by nodes, for the shape functions of their corners.

use super::cells::{Cells, Geometry};
use super::element::{Element, WIDE};
use super::lanes::zero;
use super::places::Kind;
use crate::sum::{Parts, Rows, add_in_order};
use algebra::Blocks;
use rayon::prelude::*;

/// Rows per task.
const ROWS: usize = 2048;

/// Cells with the rows of their functions in the matrix, one after the other.
pub(super) struct Part<'a> {
    pub rows: &'a [u32],
    pub functions: usize,
    pub cells: &'a Cells,
    pub geometry: &'a Geometry<f64, WIDE>,
    /// Reference derivatives of the functions, point after point.
    pub derivatives: &'a [[f64; 3]],
}

/// The sum of the matrices of all cells, with `count` rows of blocks; each row has a diagonal.
pub(super) fn assemble(parts: &[Part<'_>], count: usize) -> Blocks<f64> {
    let mut a = pattern(parts, count);
    for part in parts {
        add(part, &mut a);
    }
    a
}

/// Which rows meet: zeros at all places that the cells need.
fn pattern(parts: &[Part<'_>], count: usize) -> Blocks<f64> {
    // Cells of all parts are numbered one after the other.
    let mut start = vec![0u32; count + 1];
    for &row in parts.iter().flat_map(|part| part.rows) {
        start[row as usize + 1] += 1;
    }
    for row in 0..count {
        start[row + 1] += start[row];
    }
    let mut incident = vec![(0u32, 0u32); start[count] as usize];
    let mut next = start.clone();
    for (p, part) in parts.iter().enumerate() {
        for (cell, rows) in part.rows.chunks_exact(part.functions).enumerate() {
            for &row in rows {
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
                    let (m, cell) = (parts[p as usize].functions, cell as usize);
                    here.extend_from_slice(&parts[p as usize].rows[cell * m..(cell + 1) * m]);
                }
                here.sort_unstable();
                here.dedup();
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
    let values = vec![0.0; 9 * columns.len()];
    Blocks { shape: [3, 3], start: begin, columns, values, ncols: count }
}

fn add(part: &Part<'_>, a: &mut Blocks<f64>) {
    let m = part.functions;
    let Blocks { start, columns, values, .. } = a;
    let rows = Rows { count: start.len() as u32 - 1, start: |row| 9 * start[row as usize], values };
    add_in_order(
        Parts { elements: part.rows.len() / m, rows: m, numbers: 9 * m * m },
        rows,
        |range, targets, numbers| {
            targets.copy_from_slice(&part.rows[range.start * m..range.end * m]);
            let mut element = Element::new(part.cells, part.geometry, part.derivatives);
            let mut pack = vec![zero::<f64, WIDE>(); 9 * m * m];
            // Tasks begin with whole packs.
            for (first, numbers) in range.step_by(WIDE).zip(numbers.chunks_mut(WIDE * 9 * m * m)) {
                element.matrix(first / WIDE, &mut pack);
                for (l, numbers) in numbers.chunks_exact_mut(9 * m * m).enumerate() {
                    numbers.iter_mut().zip(&pack).for_each(|(to, from)| *to = from[l]);
                }
            }
        },
        |range, values, targets, part| {
            let before = 9 * start[range.start as usize];
            for (&row, part) in targets.iter().zip(part.chunks_exact(9 * m)) {
                if !range.contains(&row) {
                    continue;
                }
                let begin = start[row as usize];
                let here = &columns[begin..start[row as usize + 1]];
                for (column, block) in targets.iter().zip(part.chunks_exact(9)) {
                    let at = here.binary_search(column).expect("cells made the pattern");
                    let sum = &mut values[9 * (begin + at) - before..][..9];
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
