//! Blocks of rows, written side by side to where they stay.

use crate::mirror::Complete;
use crate::rows::Rows;
use algebra::Csr;
use rayon::prelude::*;

/// A block that is to be written to its place.
pub(crate) enum Made {
    Rows(Rows),
    Edges(Complete),
}

impl Made {
    fn lengths(&self) -> &[u32] {
        match self {
            Made::Rows(rows) => &rows.lengths,
            Made::Edges(rows) => &rows.lengths,
        }
    }

    fn write(&self, columns: &mut [u32], values: &mut [f64]) {
        match self {
            Made::Rows(rows) => {
                columns.copy_from_slice(&rows.columns);
                values.copy_from_slice(&rows.values);
            }
            Made::Edges(rows) => rows.write(columns, values),
        }
    }
}

/// Rows that become a matrix, block after block.
pub(crate) struct Joined {
    /// Where each row begins, and where the next will.
    starts: Vec<usize>,
    /// With room for rows to come, where zeros are that were never written.
    columns: Vec<u32>,
    values: Vec<f64>,
}

impl Joined {
    pub(crate) fn new(rows: usize) -> Self {
        let mut starts = Vec::with_capacity(rows + 1);
        starts.push(0);
        Joined { starts, columns: Vec::new(), values: Vec::new() }
    }

    /// How many entries there are.
    fn len(&self) -> usize {
        self.starts[self.starts.len() - 1]
    }

    /// Appends blocks, with which `done` of `count` are there.
    pub(crate) fn push(&mut self, blocks: &[Made], (done, count): (usize, usize)) {
        let begin = self.len();
        let mut ends = Vec::with_capacity(blocks.len());
        for block in blocks {
            let mut end = self.len();
            self.starts.extend(block.lengths().iter().map(|length| {
                end += *length as usize;
                end
            }));
            ends.push(end);
        }
        if self.len() > self.columns.len() {
            // The others will be about as long.
            let room = self.len().max(self.len() / done * count / 16 * 17);
            (self.columns, self.values) =
                (with_room(&self.columns[..begin], room), with_room(&self.values[..begin], room));
        }
        let (mut columns, mut values) = (&mut self.columns[begin..], &mut self.values[begin..]);
        let mut places = Vec::with_capacity(blocks.len());
        let mut begin = begin;
        for (block, end) in blocks.iter().zip(ends) {
            let (own_columns, other_columns) = columns.split_at_mut(end - begin);
            let (own_values, other_values) = values.split_at_mut(end - begin);
            places.push((block, own_columns, own_values));
            (columns, values, begin) = (other_columns, other_values, end);
        }
        places.into_par_iter().for_each(|(block, columns, values)| block.write(columns, values));
    }

    pub(crate) fn matrix(mut self, ncols: usize) -> Csr {
        let count = self.len();
        self.columns.truncate(count);
        self.values.truncate(count);
        self.columns.shrink_to_fit();
        self.values.shrink_to_fit();
        Csr::from_sorted(self.starts, self.columns, self.values, ncols)
    }
}

/// A copy with `room` for numbers, which nobody has touched: the memory is found by whoever writes first.
fn with_room<T: Copy + Default>(numbers: &[T], room: usize) -> Vec<T> {
    let mut all = vec![T::default(); room];
    all[..numbers.len()].copy_from_slice(numbers);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row k of a block has this many entries: k + 1.5 in column 0, and so on.
    fn block(lengths: &[u32]) -> Made {
        let columns = lengths.iter().flat_map(|&n| 0..n).collect();
        let row = |(k, &n): (usize, &u32)| (0..n).map(move |j| k as f64 + 1.5 + f64::from(j));
        let values = lengths.iter().enumerate().flat_map(row).collect();
        Made::Rows(Rows { columns, values, lengths: lengths.to_vec() })
    }

    #[test]
    fn blocks_may_be_longer_than_those_before_let_expect() {
        let lengths: [&[u32]; 4] = [&[1, 0], &[2], &[9, 70], &[3]];
        let mut joined = Joined::new(6);
        joined.push(&[block(lengths[0]), block(lengths[1])], (2, 4));
        joined.push(&[block(lengths[2])], (3, 4));
        joined.push(&[block(lengths[3])], (4, 4));
        let matrix = joined.matrix(70);
        let lengths = lengths.concat();
        assert_eq!(matrix.nrows(), lengths.len());
        // The number of each row in its block.
        for ((i, n), k) in lengths.into_iter().enumerate().zip([0, 1, 0, 0, 1, 0]) {
            let (columns, values) = matrix.row(i);
            assert_eq!(columns, (0..n).collect::<Vec<u32>>());
            for (&j, &value) in columns.iter().zip(values) {
                assert_eq!(value, f64::from(k) + 1.5 + f64::from(j), "{i} {j}");
            }
        }
    }
}
