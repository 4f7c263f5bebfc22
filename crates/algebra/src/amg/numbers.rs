//! Rows of the product of two sparse matrices of numbers.

use super::product::{Piece, ROWS, Rows};
use rayon::prelude::*;
use std::sync::Mutex;

/// Working memory of products with as many columns, for each thread that works: a vector of the length of a row, which
/// would cost more to make for each strip of a product than what the strip holds.
#[derive(Default)]
pub(super) struct Scratch(Mutex<Vec<(Terms, Sums)>>);

impl Scratch {
    /// Lends one to `work`.
    fn lend<T>(&self, columns: usize, work: impl FnOnce(&mut Terms, &mut Sums) -> T) -> T {
        let free = self.0.lock().expect("no thread panics while it holds it").pop();
        let (mut terms, mut sums) = free.unwrap_or_else(|| (Terms::default(), Sums::new(columns)));
        let done = work(&mut terms, &mut sums);
        self.0.lock().expect("no thread panics while it holds it").push((terms, sums));
        done
    }
}

/// Pieces of A B. All products of a row are written one after the other and added afterwards, so that only the end
/// of the row, not that of each short row of B, is a wrong guess of the processor.
pub(super) fn rows_of_numbers<A: Rows, B: Rows>(
    a: &A,
    b: &B,
    pieces: &[usize],
    scratch: &Scratch,
) -> Vec<Piece> {
    let n = a.nrows();
    let make = |&piece: &usize| {
        let rows = piece * ROWS..n.min((piece + 1) * ROWS);
        // Most rows of A B are somewhat shorter than those of A.
        let guess = rows.clone().map(|i| a.row(i).0.len()).sum();
        let mut made = Piece {
            start: Vec::with_capacity(rows.len() + 1),
            columns: Vec::with_capacity(guess),
            values: Vec::with_capacity(guess),
        };
        made.start.push(0);
        scratch.lend(b.ncols(), |terms, sums| {
            for i in rows {
                terms.set(a.row(i), b);
                sums.append(terms, &mut made);
            }
        });
        made.columns.shrink_to_fit();
        made.values.shrink_to_fit();
        made
    };
    pieces.par_iter().map(make).collect()
}

/// What a row of A B is the sum of: the column and value of each product.
#[derive(Default)]
struct Terms {
    columns: Vec<u32>,
    values: Vec<f64>,
    count: usize,
}

/// Entries of B that are copied at a time, the last ones of a row with some of the next row, which are overwritten.
const AT_ONCE: usize = 4;

impl Terms {
    /// The terms of a row of A.
    #[inline(never)]
    fn set<T: Into<f64> + Copy, B: Rows>(&mut self, (ks, left): (&[u32], &[T]), b: &B) {
        let (mut columns, mut values, mut count) = (&mut self.columns[..], &mut self.values[..], 0);
        for (&k, &left) in ks.iter().zip(left) {
            let left: f64 = left.into();
            let (mut js, mut right, mut length) = b.row_and_more(k as usize);
            if columns.len() < count + length + AT_ONCE {
                let room = 2 * (count + length + AT_ONCE);
                self.columns.resize(room, 0);
                self.values.resize(room, 0.0);
                (columns, values) = (&mut self.columns[..], &mut self.values[..]);
            }
            loop {
                let (c, v) = (&mut columns[count..], &mut values[count..]);
                let some = length.min(AT_ONCE);
                let from = (js.first_chunk::<AT_ONCE>(), right.first_chunk::<AT_ONCE>());
                let to = (c.first_chunk_mut::<AT_ONCE>(), v.first_chunk_mut::<AT_ONCE>());
                if let ((Some(js), Some(right)), (Some(c), Some(v))) = (from, to) {
                    (*c, *v) = (*js, right.map(|right| left * right.into()));
                } else {
                    for at in 0..some {
                        (c[at], v[at]) = (js[at], left * right[at].into());
                    }
                }
                count += some;
                if length <= AT_ONCE {
                    break;
                }
                (js, right) = (&js[AT_ONCE..], &right[AT_ONCE..]);
                length -= AT_ONCE;
            }
        }
        self.count = count;
    }
}

/// Sums by column, all zero between two rows.
struct Sums {
    /// With the number of the last row that had the column.
    of: Vec<(f64, u32)>,
    row: u32,
    /// The columns of the row in hand, and room.
    columns: Vec<u32>,
}

impl Sums {
    fn new(ncols: usize) -> Self {
        Self { of: vec![(0.0, 0); ncols], row: 0, columns: Vec::new() }
    }

    /// Appends the row that is the sum of these terms, its columns in the order in which they are first met.
    #[inline(never)]
    fn append(&mut self, terms: &Terms, made: &mut Piece) {
        if self.row == u32::MAX {
            self.of.fill((0.0, 0));
            self.row = 0;
        }
        self.row += 1;
        let (js, terms) = (&terms.columns[..terms.count], &terms.values[..terms.count]);
        if self.columns.len() <= js.len() {
            self.columns.resize(2 * js.len() + 1, 0);
        }
        let (of, columns, row, mut count) = (&mut self.of[..], &mut self.columns[..], self.row, 0);
        for (&j, &v) in js.iter().zip(terms) {
            // Without a branch, which nothing could foretell.
            let (sum, last) = &mut of[j as usize];
            columns[count] = j;
            count += usize::from(*last != row);
            *last = row;
            *sum += v;
        }
        let columns = &columns[..count];
        made.columns.extend_from_slice(columns);
        made.values.extend(columns.iter().map(|&j| std::mem::take(&mut of[j as usize].0)));
        made.start.push(made.columns.len() as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::super::blocks::View;
    use super::*;

    /// Rows of B of 0 to 11 entries, also the last one, behind which nothing is stored; a sum that is zero keeps its
    /// place, and the next row begins from zero.
    #[test]
    fn rows_of_all_lengths() {
        let n = 12_usize;
        let start: Vec<usize> = (0..=n).map(|i| i * i.saturating_sub(1) / 2).collect();
        let columns: Vec<u32> = (0..n).flat_map(|i| (0..i as u32).rev()).collect();
        let values: Vec<f64> =
            (0..n).flat_map(|i| (0..i).rev().map(move |j| (3 * i + j) as f64)).collect();
        let b = View { shape: [1, 1], start: &start, columns: &columns, values: &values, ncols: n };
        let (ks, left) = ([11, 0, 4, 5, 11, 11], [1.0, 2.0, -1.0, 0.5, -1.0, 2.0]);
        let a = View { shape: [1, 1], start: &[0, 2, 5, 6], columns: &ks, values: &left, ncols: n };
        let made = rows_of_numbers(&a, &b, &[0], &Scratch::default()).pop().unwrap();
        let row = |k: usize| {
            let range = made.start[k] as usize..made.start[k + 1] as usize;
            (&made.columns[range.clone()], &made.values[range])
        };
        let entry =
            |i: usize, j: u32| if (j as usize) < i { (3 * i) as f64 + f64::from(j) } else { 0.0 };
        let wanted =
            |js: &[u32], f: &dyn Fn(u32) -> f64| js.iter().map(|&j| f(j)).collect::<Vec<_>>();
        let down = |from: u32| (0..from).rev().collect::<Vec<_>>();
        let (js, sums) = row(0);
        assert_eq!((js, sums), (&down(11)[..], &wanted(js, &|j| entry(11, j))[..]));
        let (js, sums) = row(1);
        assert_eq!(js, [3, 2, 1, 0, 4, 10, 9, 8, 7, 6, 5]);
        let sum = |j| -entry(4, j) + 0.5 * entry(5, j) - entry(11, j);
        assert_eq!(sums, wanted(js, &sum));
        let (js, sums) = row(2);
        assert_eq!((js, sums), (&down(11)[..], &wanted(js, &|j| 2.0 * entry(11, j))[..]));
    }

    /// Row numbers run out after four thousand million rows.
    #[test]
    fn numbers_of_rows_begin_anew() {
        let terms = Terms { columns: vec![2, 0, 2], values: vec![1.0, 2.0, 3.0], count: 3 };
        let (mut sums, mut made) = (Sums::new(3), Piece::default());
        sums.append(&terms, &mut made);
        // The columns are still marked with row number 1.
        sums.row = u32::MAX;
        sums.append(&terms, &mut made);
        sums.append(&terms, &mut made);
        assert_eq!((made.columns, made.start), (vec![2, 0, 2, 0, 2, 0], vec![2, 4, 6]));
        assert_eq!((made.values, sums.row), (vec![4.0, 2.0, 4.0, 2.0, 4.0, 2.0], 2));
    }
}
