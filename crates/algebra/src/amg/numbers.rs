//! Rows of the product of two sparse matrices of numbers.

use super::product::{Piece, ROWS, Rows};
use crate::Idle;
use rayon::prelude::*;

/// Working memory of products with as many columns: a vector of the length of a row, which would cost more to make for
/// each strip of a product than what the strip holds.
pub(super) type Scratch = Idle<(Terms, Sums, Piece)>;

/// Pieces of A B. Where rows of B are short, all products of a row are written one after the other and added
/// afterwards, so that only the end of the row, not that of each row of B, is a wrong guess of the processor.
pub(super) fn rows_of_numbers<A: Rows, B: Rows>(
    a: &A,
    b: &B,
    pieces: &[usize],
    scratch: &Scratch,
) -> Vec<Piece> {
    let n = a.nrows();
    let make = |&piece: &usize| {
        let rows = piece * ROWS..n.min((piece + 1) * ROWS);
        let new = || (Terms::default(), Sums::new(b.ncols()), Piece::default());
        scratch.with(new, |(terms, sums, made)| {
            debug_assert_eq!(sums.of.len(), b.ncols());
            made.start.clear();
            made.columns.clear();
            made.values.clear();
            made.start.push(0);
            for i in rows {
                let (mut ks, mut left) = a.row(i);
                if B::ARE_LONG {
                    sums.add_rows((ks, left), b);
                } else {
                    while !ks.is_empty() {
                        let taken = terms.set((ks, left), b);
                        sums.add(terms);
                        (ks, left) = (&ks[taken..], &left[taken..]);
                    }
                }
                sums.end_row((&mut made.columns, &mut made.values));
                made.start.push(made.columns.len() as u32);
            }
            // As much memory as it takes, between others that are as small.
            made.clone()
        })
    };
    pieces.par_iter().map(make).collect()
}

/// What a row of A B is the sum of: the column and value of each product.
#[derive(Default)]
pub(super) struct Terms {
    columns: Vec<u32>,
    values: Vec<f64>,
    count: usize,
}

/// Entries of B that are copied at a time, the last ones of a row with some of the next row, which are overwritten.
const AT_ONCE: usize = 4;
/// With more terms than this they are added up before the row of A ends: that of a whole body may have millions.
const MOST: usize = 1 << 14;

impl Terms {
    /// The terms of the first entries of a row of A, and of how many.
    #[inline(never)]
    fn set<T: Into<f64> + Copy, B: Rows>(&mut self, (ks, left): (&[u32], &[T]), b: &B) -> usize {
        self.count = 0;
        let mut taken = 0;
        while taken < ks.len() && self.count <= MOST {
            taken += self.append_short((&ks[taken..], &left[taken..]), b);
            if let (Some(&k), Some(&left)) = (ks.get(taken), left.get(taken)) {
                self.append(left.into(), b.row_and_more(k as usize));
                taken += 1;
            }
        }
        taken
    }

    /// Appends the terms of entries up to the first whose row of B is long, among the last ones, or finds no room; how
    /// many these are.
    #[inline(always)]
    fn append_short<T: Into<f64> + Copy, B: Rows>(
        &mut self,
        (ks, left): (&[u32], &[T]),
        b: &B,
    ) -> usize {
        // No room beyond the most, which would be doubled again and again.
        let room = self.columns.len().min(MOST + AT_ONCE);
        let (columns, values) = (&mut self.columns[..room], &mut self.values[..room]);
        let mut count = self.count;
        let mut taken = 0;
        for (&k, &left) in ks.iter().zip(left) {
            let (js, right, length) = b.row_and_more(k as usize);
            let from = (js.first_chunk::<AT_ONCE>(), right.first_chunk::<AT_ONCE>());
            let to = (columns.get_mut(count..), values.get_mut(count..));
            if let ((Some(js), Some(right)), (Some(c), Some(v))) = (from, to)
                && let Some(c) = c.first_chunk_mut::<AT_ONCE>()
                && let Some(v) = v.first_chunk_mut::<AT_ONCE>()
                && length <= AT_ONCE
            {
                let left: f64 = left.into();
                (*c, *v) = (*js, right.map(|right| left * right.into()));
                count += length;
                taken += 1;
            } else {
                break;
            }
        }
        self.count = count;
        taken
    }

    /// Appends the terms of an entry, whose row of B may be of any length.
    #[inline(always)]
    fn append<T: Into<f64> + Copy>(&mut self, left: f64, row: (&[u32], &[T], usize)) {
        let (mut js, mut right, mut length) = row;
        let room = self.count + length + AT_ONCE;
        if self.columns.len() < room {
            self.columns.resize(2 * room, 0);
            self.values.resize(2 * room, 0.0);
        }
        let (columns, values) = (&mut self.columns[self.count..], &mut self.values[self.count..]);
        self.count += length;
        let to = columns.as_chunks_mut::<AT_ONCE>().0.iter_mut();
        for (c, v) in to.zip(values.as_chunks_mut::<AT_ONCE>().0) {
            let from = (js.first_chunk::<AT_ONCE>(), right.first_chunk::<AT_ONCE>());
            if let (Some(js), Some(right)) = from {
                (*c, *v) = (*js, right.map(|right| left * right.into()));
            } else {
                for at in 0..length {
                    (c[at], v[at]) = (js[at], left * right[at].into());
                }
            }
            if length <= AT_ONCE {
                break;
            }
            (js, right) = (&js[AT_ONCE..], &right[AT_ONCE..]);
            length -= AT_ONCE;
        }
    }
}

/// Sums by column, all zero between two rows.
#[derive(Default)]
pub(super) struct Sums {
    /// With the number of the last row that had the column.
    of: Vec<(f64, u32)>,
    row: u32,
    /// The columns of the row in hand, so many, and room for all and one more.
    columns: Vec<u32>,
    count: usize,
}

impl Sums {
    pub fn new(ncols: usize) -> Self {
        Self { of: vec![(0.0, 0); ncols], row: 1, columns: vec![0; ncols + 1], count: 0 }
    }

    /// Adds terms to the row in hand.
    #[inline(never)]
    fn add(&mut self, terms: &Terms) {
        let (js, terms) = (&terms.columns[..terms.count], &terms.values[..terms.count]);
        self.add_all(js.iter().copied().zip(terms.iter().copied()));
    }

    /// The same for columns and values.
    #[inline(always)]
    pub fn add_all(&mut self, terms: impl Iterator<Item = (u32, f64)>) {
        let Self { of, row, columns, count } = self;
        let (of, columns, row, mut end) = (&mut of[..], &mut columns[..], *row, *count);
        for (j, v) in terms {
            // Without a branch, which nothing could foretell.
            let (sum, last) = &mut of[j as usize];
            columns[end] = j;
            end += usize::from(*last != row);
            *last = row;
            *sum += v;
        }
        *count = end;
    }

    /// Adds rows of B, each times an entry of a row of A, which needs no terms.
    #[inline(never)]
    fn add_rows<T: Into<f64> + Copy, B: Rows>(&mut self, (ks, left): (&[u32], &[T]), b: &B) {
        let Self { of, row, columns, count } = self;
        let (of, columns, row, mut end) = (&mut of[..], &mut columns[..], *row, *count);
        for (&k, &left) in ks.iter().zip(left) {
            let left: f64 = left.into();
            let (js, right) = b.row(k as usize);
            for (&j, &right) in js.iter().zip(right) {
                let (sum, last) = &mut of[j as usize];
                columns[end] = j;
                end += usize::from(*last != row);
                *last = row;
                *sum += left * right.into();
            }
        }
        *count = end;
    }

    /// Appends the row in hand, its columns in the order in which they were first met, and begins the next.
    pub fn end_row(&mut self, to: (&mut Vec<u32>, &mut Vec<f64>)) {
        let (columns, of) = (&self.columns[..std::mem::take(&mut self.count)], &mut self.of);
        to.0.extend_from_slice(columns);
        to.1.extend(columns.iter().map(|&j| std::mem::take(&mut of[j as usize].0)));
        if self.row == u32::MAX {
            self.of.fill((0.0, 0));
            self.row = 0;
        }
        self.row += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::super::blocks::View;
    use super::*;

    /// Rows of B of 0 to 11 entries, also the last one, behind which nothing is stored; sums that are zero keep their
    /// places, also on the way, and the next row begins from zero.
    #[test]
    fn rows_of_all_lengths() {
        let n = 12_usize;
        let start: Vec<usize> = (0..=n).map(|i| i * i.saturating_sub(1) / 2).collect();
        let columns: Vec<u32> = (0..n).flat_map(|i| (0..i as u32).rev()).collect();
        let values: Vec<f64> =
            (0..n).flat_map(|i| (0..i).rev().map(move |j| (3 * i + j) as f64)).collect();
        let b = View { shape: [1, 1], start: &start, columns: &columns, values: &values, ncols: n };
        let ks = [11, 0, 4, 5, 11, 11, 11, 11, 7, 7];
        let left = [1.0, 2.0, -1.0, 0.5, -1.0, 1.0, -1.0, 2.0, 3.0, -3.0];
        let start = [0, 2, 5, 8, 10];
        let a = View { shape: [1, 1], start: &start, columns: &ks, values: &left, ncols: n };
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
        assert_eq!(row(3), (&down(7)[..], &[0.0; 7][..]));
        // The same without terms.
        let (mut sums, mut js, mut values) = (Sums::new(n), vec![], vec![]);
        for i in 0..4 {
            sums.add_rows(View::row(&a, i), &b);
            sums.end_row((&mut js, &mut values));
        }
        assert_eq!((js, values), (made.columns, made.values));
    }

    /// A row with more terms than are kept is the sum of all of them.
    #[test]
    fn a_row_of_many_terms() {
        let (n, count) = (6_u32, 8 * MOST as u32);
        let (ks, left) = (vec![0; count as usize], vec![1.0; count as usize]);
        let start = [0, count as usize];
        // A long row alone, and a short one with others behind it.
        for (length, ends) in [(6, &[0, 6][..]), (3, &[0, 3, 6])] {
            let b = View {
                shape: [1, 1],
                start: ends,
                columns: &[0, 1, 2, 3, 4, 5],
                values: &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
                ncols: n as usize,
            };
            let ncols = ends.len() - 1;
            let a = View { shape: [1, 1], start: &start, columns: &ks, values: &left, ncols };
            let scratch = Scratch::default();
            let made = rows_of_numbers(&a, &b, &[0], &scratch).pop().unwrap();
            assert_eq!(made.columns, (0..length).collect::<Vec<u32>>());
            let wanted: Vec<f64> = (1..=length).map(|k| f64::from(k * count)).collect();
            assert_eq!(made.values, wanted);
            let room = scratch.with(Default::default, |(terms, ..): &mut (Terms, Sums, Piece)| {
                terms.columns.len()
            });
            assert!((MOST..3 * MOST).contains(&room), "room for {room} terms of a row of {length}");
        }
    }

    /// Row numbers run out after four thousand million rows.
    #[test]
    fn numbers_of_rows_begin_anew() {
        let terms = Terms { columns: vec![2, 0, 2], values: vec![1.0, 2.0, 3.0], count: 3 };
        let (mut sums, mut columns, mut values) = (Sums::new(3), vec![], vec![]);
        let mut append = |sums: &mut Sums| {
            sums.add(&terms);
            sums.end_row((&mut columns, &mut values));
        };
        append(&mut sums);
        // The columns are still marked with row number 1, which follows.
        sums.row = u32::MAX;
        append(&mut sums);
        append(&mut sums);
        assert_eq!(columns, [2, 0, 2, 0, 2, 0]);
        assert_eq!((values, sums.row), (vec![4.0, 2.0, 4.0, 2.0, 4.0, 2.0], 2));
    }
}
