//! Sparse matrices, row by row.

use rayon::prelude::*;
use thiserror::Error;

/// Rows per task of a matrix-vector product.
const ROWS: usize = 1024;

/// A sparse matrix in compressed rows.
///
/// Row i has the entries `columns[row_start[i]..row_start[i + 1]]`, sorted, each column once, and
/// the `values` at the same places. Columns are u32: a rank holds fewer than 2^32 unknowns.
#[derive(Clone, Debug, PartialEq)]
pub struct Csr {
    row_start: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f64>,
    ncols: usize,
}

/// Where the entries of a [`Csr`] are.
#[derive(Clone, Copy)]
pub struct Pattern<'a> {
    row_start: &'a [usize],
    columns: &'a [u32],
}

impl<'a> Pattern<'a> {
    /// Where each row begins; one entry more than rows.
    pub fn row_start(&self) -> &'a [usize] {
        self.row_start
    }

    /// Place of the entry (i, j) among the values, None where there is none.
    pub fn position(&self, i: usize, j: u32) -> Option<usize> {
        let (start, columns) = self.row(i);
        place(columns, j).map(|k| start + k)
    }

    /// Where the row begins among the values, and its columns.
    pub fn row(&self, i: usize) -> (usize, &'a [u32]) {
        let start = self.row_start[i];
        (start, &self.columns[start..self.row_start[i + 1]])
    }
}

/// Where `column` stands among the increasing `columns` of a row.
pub fn place(columns: &[u32], column: u32) -> Option<usize> {
    // Counting beats searching in the short rows that most matrices have: it does not branch.
    let k = if columns.len() <= 64 {
        columns.iter().map(|&c| u32::from(c < column)).sum::<u32>() as usize
    } else {
        columns.partition_point(|&c| c < column)
    };
    (columns.get(k) == Some(&column)).then_some(k)
}

/// Why three arrays are not a matrix.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum CsrError {
    /// `row_start` is empty, does not begin with 0, falls, or does not end with the number of entries.
    #[error(
        "row_start[{at}] = {got}: row starts must begin with 0, never fall and end with {entries}"
    )]
    RowStart {
        /// First wrong place.
        at: usize,
        /// What is there.
        got: usize,
        /// Number of column indices.
        entries: usize,
    },
    /// A column number is not below the number of columns.
    #[error("row {row}: column {column} does not exist, the matrix has {ncols} columns")]
    Column {
        /// Row of the entry.
        row: usize,
        /// Its column.
        column: u32,
        /// Number of columns.
        ncols: usize,
    },
    /// The columns of a row do not increase.
    #[error("row {row}: column {column} comes after {before}; columns must increase")]
    Unsorted {
        /// Row of the entry.
        row: usize,
        /// Its column.
        column: u32,
        /// The column before it.
        before: u32,
    },
    /// There are not as many values as column indices.
    #[error("{values} values for {columns} column indices")]
    Lengths {
        /// Number of values.
        values: usize,
        /// Number of column indices.
        columns: usize,
    },
}

impl Csr {
    /// A matrix from its three arrays, after checking them.
    pub fn new(
        row_start: Vec<usize>,
        columns: Vec<u32>,
        values: Vec<f64>,
        ncols: usize,
    ) -> Result<Self, CsrError> {
        let entries = columns.len();
        if values.len() != entries {
            return Err(CsrError::Lengths { values: values.len(), columns: entries });
        }
        if row_start.first() != Some(&0) {
            let got = row_start.first().copied().unwrap_or(0);
            return Err(CsrError::RowStart { at: 0, got, entries });
        }
        if let Some(i) = row_start.windows(2).position(|w| w[1] < w[0] || w[1] > entries) {
            return Err(CsrError::RowStart { at: i + 1, got: row_start[i + 1], entries });
        }
        let last = row_start.len() - 1;
        if row_start[last] != entries {
            return Err(CsrError::RowStart { at: last, got: row_start[last], entries });
        }
        for (row, w) in row_start.windows(2).enumerate() {
            let row_columns = &columns[w[0]..w[1]];
            if let Some(w) = row_columns.windows(2).find(|w| w[1] <= w[0]) {
                return Err(CsrError::Unsorted { row, column: w[1], before: w[0] });
            }
            if let Some(&column) = row_columns.last().filter(|c| **c as usize >= ncols) {
                return Err(CsrError::Column { row, column, ncols });
            }
        }
        Ok(Self { row_start, columns, values, ncols })
    }

    /// n x n zeros, all of which are stored: a dense matrix for whoever wants rows.
    pub fn full(n: usize) -> Self {
        let row_start = (0..=n).map(|row| row * n).collect();
        let columns = (0..n).flat_map(|_| 0..n as u32).collect();
        Self::from_sorted(row_start, columns, vec![0.0; n * n], n)
    }

    /// A matrix from its three arrays, which are right by construction: [`Csr::new`] says what that is.
    pub fn from_sorted(
        row_start: Vec<usize>,
        columns: Vec<u32>,
        values: Vec<f64>,
        ncols: usize,
    ) -> Self {
        let matrix = Self { row_start, columns, values, ncols };
        debug_assert!(
            Self::new(
                matrix.row_start.clone(),
                matrix.columns.clone(),
                matrix.values.clone(),
                ncols
            )
            .is_ok()
        );
        matrix
    }

    /// Number of rows.
    pub fn nrows(&self) -> usize {
        self.row_start.len() - 1
    }

    /// Number of columns.
    pub fn ncols(&self) -> usize {
        self.ncols
    }

    /// Number of stored entries.
    pub fn nnz(&self) -> usize {
        self.columns.len()
    }

    /// Where each row begins in [`Csr::columns`]; one entry more than rows.
    pub fn row_start(&self) -> &[usize] {
        &self.row_start
    }

    /// Column of each entry.
    pub fn columns(&self) -> &[u32] {
        &self.columns
    }

    /// Value of each entry.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Value of each entry, to be changed; the pattern stays.
    pub fn values_mut(&mut self) -> &mut [f64] {
        &mut self.values
    }

    /// Columns and values of one row.
    pub fn row(&self, i: usize) -> (&[u32], &[f64]) {
        let range = self.row_start[i]..self.row_start[i + 1];
        (&self.columns[range.clone()], &self.values[range])
    }

    /// Place of the entry (i, j) in [`Csr::values`], None where the pattern has none.
    pub fn position(&self, i: usize, j: u32) -> Option<usize> {
        self.pattern().position(i, j)
    }

    /// Where the entries are.
    pub fn pattern(&self) -> Pattern<'_> {
        Pattern { row_start: &self.row_start, columns: &self.columns }
    }

    /// Where the entries are, and their values, to be changed.
    pub fn pattern_and_values_mut(&mut self) -> (Pattern<'_>, &mut [f64]) {
        (Pattern { row_start: &self.row_start, columns: &self.columns }, &mut self.values)
    }

    /// True if both matrices have entries at the same places.
    pub fn same_pattern(&self, other: &Csr) -> bool {
        self.ncols == other.ncols
            && self.row_start == other.row_start
            && self.columns == other.columns
    }

    /// y = A x
    ///
    /// # Panics
    /// If `x` has not [`Csr::ncols`] or `y` not [`Csr::nrows`] entries.
    pub fn apply(&self, x: &[f64], y: &mut [f64]) {
        assert_eq!(x.len(), self.ncols);
        self.each_row(y, |_, _, columns, values| {
            columns.iter().zip(values).map(|(&j, a)| a * x[j as usize]).sum()
        });
    }

    /// y = y + A x
    ///
    /// # Panics
    /// If `x` has not [`Csr::ncols`] or `y` not [`Csr::nrows`] entries.
    pub fn add_apply(&self, x: &[f64], y: &mut [f64]) {
        assert_eq!(x.len(), self.ncols);
        self.each_row(y, |_, y, columns, values| {
            y + columns.iter().zip(values).map(|(&j, a)| a * x[j as usize]).sum::<f64>()
        });
    }

    /// y_i = y_i + sum of a_ij (x_j - z_i). With z = x, and y = 0 before, this is A x for a matrix whose
    /// rows sum to zero, with the digits of small differences between entries of x that are themselves
    /// far from zero.
    ///
    /// # Panics
    /// If `x` has not [`Csr::ncols`], or `y` and `z` not [`Csr::nrows`] entries.
    pub fn add_apply_to_differences(&self, x: &[f64], z: &[f64], y: &mut [f64]) {
        assert_eq!((x.len(), z.len()), (self.ncols, self.nrows()));
        self.each_row(y, |i, y, columns, values| {
            let here = z[i];
            y + columns.iter().zip(values).map(|(&j, a)| a * (x[j as usize] - here)).sum::<f64>()
        });
    }

    /// Sets each entry of `y` from what it was and from its row, in parallel.
    fn each_row(&self, y: &mut [f64], f: impl Fn(usize, f64, &[u32], &[f64]) -> f64 + Sync) {
        assert_eq!(y.len(), self.nrows());
        let rows = |(piece, y): (usize, &mut [f64])| {
            for (k, y) in y.iter_mut().enumerate() {
                let i = piece * ROWS + k;
                let (columns, values) = self.row(i);
                *y = f(i, *y, columns, values);
            }
        };
        if self.nnz() < 32 * ROWS {
            y.chunks_mut(ROWS).enumerate().for_each(rows);
        } else {
            y.par_chunks_mut(ROWS).enumerate().for_each(rows);
        }
    }

    /// The diagonal entries, 0 where the pattern has none.
    pub fn diagonal(&self) -> Vec<f64> {
        (0..self.nrows())
            .into_par_iter()
            .with_min_len(ROWS)
            .map(|i| self.position(i, i as u32).map_or(0.0, |k| self.values[k]))
            .collect()
    }

    /// The matrix with these rows, which rise; all others are without entries.
    pub fn rows_alone(&self, rows: &[u32]) -> Csr {
        let (mut row_start, mut columns, mut values) = (vec![0; self.nrows() + 1], vec![], vec![]);
        for &i in rows {
            let (js, a) = self.row(i as usize);
            columns.extend_from_slice(js);
            values.extend_from_slice(a);
            row_start[i as usize + 1] = js.len();
        }
        for i in 0..self.nrows() {
            row_start[i + 1] += row_start[i];
        }
        Csr::from_sorted(row_start, columns, values, self.ncols)
    }

    /// Drops all rows but the first `rows`, and gives back their memory.
    pub(crate) fn keep_rows(&mut self, rows: usize) {
        self.row_start.truncate(rows + 1);
        let entries = self.row_start[self.row_start.len() - 1];
        self.columns.truncate(entries);
        self.columns.shrink_to_fit();
        self.values.truncate(entries);
        self.values.shrink_to_fit();
    }

    /// The transposed matrix; its rows are sorted because the rows here are walked in order.
    pub fn transpose(&self) -> Csr {
        let mut row_start = vec![0; self.ncols + 1];
        for &j in &self.columns {
            row_start[j as usize + 1] += 1;
        }
        for j in 0..self.ncols {
            row_start[j + 1] += row_start[j];
        }
        let mut next = row_start.clone();
        let mut columns = vec![0; self.nnz()];
        let mut values = vec![0.0; self.nnz()];
        for i in 0..self.nrows() {
            let (js, a) = self.row(i);
            for (&j, &a) in js.iter().zip(a) {
                let k = &mut next[j as usize];
                columns[*k] = i as u32;
                values[*k] = a;
                *k += 1;
            }
        }
        Csr::from_sorted(row_start, columns, values, self.nrows())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Csr {
        // [ 1 0 2 ]
        // [ 0 3 0 ]
        Csr::new(vec![0, 2, 3], vec![0, 2, 1], vec![1.0, 2.0, 3.0], 3).unwrap()
    }

    #[test]
    fn products_and_transposes() {
        let mut y = [0.0; 2];
        small().apply(&[1.0, 10.0, 100.0], &mut y);
        assert_eq!(y, [201.0, 30.0]);
        let t = small().transpose();
        assert_eq!((t.nrows(), t.ncols(), t.row(2)), (3, 2, (&[0][..], &[2.0][..])));
        assert_eq!(t.transpose(), small());
        assert_eq!(t.rows_alone(&[0, 2]).row_start(), [0, 1, 1, 2]);
        assert_eq!(t.rows_alone(&[0, 2]).row(2), t.row(2));
        assert_eq!(small().diagonal(), [1.0, 3.0]);
        assert_eq!((small().position(0, 2), small().position(0, 1)), (Some(1), None));
    }

    #[test]
    fn products_are_added() {
        let mut y = [1.0, 2.0];
        small().add_apply(&[1.0, 10.0, 100.0], &mut y);
        assert_eq!(y, [202.0, 32.0]);
        // 1 (1 - 0.5) + 2 (100 - 0.5) and 3 (10 - 4).
        let mut y = [0.0, 1.0];
        small().add_apply_to_differences(&[1.0, 10.0, 100.0], &[0.5, 4.0], &mut y);
        assert_eq!(y, [199.5, 19.0]);
    }

    #[test]
    fn entries_are_found_in_short_and_in_long_rows() {
        for count in [0u32, 1, 64, 65, 500] {
            let columns: Vec<u32> = (0..count).map(|k| 3 * k + 1).collect();
            let n = columns.len();
            let a = Csr::new(vec![0, n], columns, vec![0.0; n], 1501).unwrap();
            for j in 0..1501 {
                let want = (j % 3 == 1 && j / 3 < count).then_some((j / 3) as usize);
                assert_eq!(a.position(0, j), want, "{count} {j}");
            }
        }
    }

    #[test]
    fn wrong_arrays_are_refused() {
        let message = |row_start, columns: Vec<u32>, values: usize, ncols| {
            Csr::new(row_start, columns, vec![1.0; values], ncols).unwrap_err().to_string()
        };
        assert_eq!(
            message(vec![0, 2], vec![1, 1], 2, 3),
            "row 0: column 1 comes after 1; columns must increase"
        );
        assert_eq!(
            message(vec![0, 1], vec![3], 1, 3),
            "row 0: column 3 does not exist, the matrix has 3 columns"
        );
        assert_eq!(message(vec![0, 1], vec![0], 2, 3), "2 values for 1 column indices");
        let starts = "row starts must begin with 0, never fall and end with 1";
        assert_eq!(message(vec![], vec![0], 1, 3), format!("row_start[0] = 0: {starts}"));
        assert_eq!(message(vec![0, 2], vec![0], 1, 3), format!("row_start[1] = 2: {starts}"));
        assert_eq!(message(vec![0, 1, 0], vec![0], 1, 3), format!("row_start[2] = 0: {starts}"));
    }
}
