//! A symmetric matrix whose rows add up to zero, from what lies right of its diagonal.
//!
//! What lies left of it is the same numbers, in the order of the rows that they come from, and the diagonal is what
//! makes the row's sum zero.

use crate::edges::{Entry, Upper};

/// Some rows of which all is known, to be written to where they belong.
pub(crate) struct Complete {
    upper: Upper,
    left: Vec<Entry>,
    /// How many entries each row has.
    pub(crate) lengths: Vec<u32>,
}

impl Complete {
    /// `left` is what blocks before have for these rows, those of the same row in the order of columns.
    pub(crate) fn new(upper: Upper, left: Vec<Entry>) -> Complete {
        let mut lengths = upper.lower.clone();
        left.iter().for_each(|&(row, ..)| lengths[(row - upper.range.start) as usize] += 1);
        let mut begin = 0;
        for (length, &end) in lengths.iter_mut().zip(&upper.ends) {
            *length += 1 + end - begin;
            begin = end;
        }
        Complete { upper, left, lengths }
    }

    /// Writes the rows, one after the other, to where they belong.
    pub(crate) fn write(&self, columns: &mut [u32], values: &mut [f64]) {
        let Complete { upper, left, lengths } = self;
        let range = &upper.range;
        let local = |row: u32| (row - range.start) as usize;
        // Where the next entry of each row goes, and less the sum of those that are there.
        let mut end = 0;
        let place = |length: &u32| {
            let begin = end;
            end += *length as usize;
            (begin, 0.0)
        };
        let mut rows: Vec<(usize, f64)> = lengths.iter().map(place).collect();
        let mut put = |(next, diagonal): &mut (usize, f64), column: u32, value: f64| {
            (columns[*next], values[*next]) = (column, value);
            *next += 1;
            *diagonal -= value;
        };
        for &(row, column, value) in left {
            put(&mut rows[local(row)], column, value);
        }
        let mut begin = 0;
        for ((number, &end), sum) in range.clone().zip(&upper.ends).zip(&upper.sums) {
            let own = begin..end as usize;
            begin = own.end;
            let (own_columns, own_values) = (&upper.columns[own.clone()], &upper.values[own]);
            let row = &mut rows[local(number)];
            let diagonal = row.1 - sum;
            put(row, number, diagonal);
            for (&column, &value) in own_columns.iter().zip(own_values) {
                put(&mut rows[local(number)], column, value);
                if column < range.end {
                    put(&mut rows[local(column)], number, value);
                }
            }
        }
    }
}
