//! Blocks of rows, which become one matrix.

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
    columns: Vec<u32>,
    values: Vec<f64>,
}

impl Joined {
    pub(crate) fn new(rows: usize) -> Self {
        let mut starts = Vec::with_capacity(rows + 1);
        starts.push(0);
        Joined { starts, columns: Vec::new(), values: Vec::new() }
    }

    /// Where rows of these lengths end that come next.
    fn extend(&mut self, lengths: &[u32]) -> usize {
        let mut end = self.starts[self.starts.len() - 1];
        self.starts.extend(lengths.iter().map(|length| {
            end += *length as usize;
            end
        }));
        end
    }

    /// Appends rows.
    pub(crate) fn push(&mut self, rows: &Rows) {
        self.extend(&rows.lengths);
        self.columns.extend_from_slice(&rows.columns);
        self.values.extend_from_slice(&rows.values);
    }

    /// Appends blocks, which are written side by side.
    pub(crate) fn write(&mut self, blocks: &[Made]) {
        let mut begin = self.columns.len();
        let ends: Vec<usize> = blocks.iter().map(|block| self.extend(block.lengths())).collect();
        let end = ends.last().copied().unwrap_or(begin);
        self.columns.resize(end, 0);
        self.values.resize(end, 0.0);
        let (mut columns, mut values) = (&mut self.columns[begin..], &mut self.values[begin..]);
        let mut places = Vec::with_capacity(blocks.len());
        for (block, end) in blocks.iter().zip(ends) {
            let (own_columns, other_columns) = columns.split_at_mut(end - begin);
            let (own_values, other_values) = values.split_at_mut(end - begin);
            places.push((block, own_columns, own_values));
            (columns, values, begin) = (other_columns, other_values, end);
        }
        places.into_par_iter().for_each(|(block, columns, values)| block.write(columns, values));
    }

    /// Makes room for all of `count` blocks after `done`, should the others be about as long. There is room for half as
    /// much again, as the first ones may lie at a boundary: what is not used is never touched, while who grows copies all.
    pub(crate) fn expect(&mut self, done: usize, count: usize) {
        let all = self.columns.len() / done * count;
        if all > self.columns.capacity() {
            let room = all / 2 * 3 - self.columns.len();
            self.columns.reserve(room);
            self.values.reserve(room);
        }
    }

    pub(crate) fn matrix(mut self, ncols: usize) -> Csr {
        self.columns.shrink_to_fit();
        self.values.shrink_to_fit();
        Csr::from_sorted(self.starts, self.columns, self.values, ncols)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row k of a block has this many entries: k + 1.5 in column 0, and so on.
    fn block(lengths: &[u32]) -> Rows {
        let columns = lengths.iter().flat_map(|&n| 0..n).collect();
        let row = |(k, &n): (usize, &u32)| (0..n).map(move |j| k as f64 + 1.5 + f64::from(j));
        let values = lengths.iter().enumerate().flat_map(row).collect();
        Rows { columns, values, lengths: lengths.to_vec() }
    }

    #[test]
    fn blocks_follow_one_another_whatever_their_length() {
        let lengths: [&[u32]; 4] = [&[1, 0], &[2], &[9, 70], &[3]];
        let mut joined = Joined::new(6);
        joined.write(&[Made::Rows(block(lengths[0])), Made::Rows(block(lengths[1]))]);
        joined.expect(2, 4);
        joined.push(&block(lengths[2]));
        joined.write(&[Made::Rows(block(lengths[3]))]);
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
