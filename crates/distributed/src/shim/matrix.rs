//! The rows of a matrix, as C gets them.

use std::marker::PhantomData;
use std::ops::Range;

/// The rows of a matrix that this rank owns.
#[derive(Clone)]
pub struct Rows<'a> {
    /// Numbers of the columns that this rank owns, which are somewhere among the local ones.
    pub columns: Range<u64>,
    /// Rows and columns of all ranks.
    pub all: [u64; 2],
    /// Where the entries of each row begin, and where those of the last end.
    pub start: &'a [usize],
    /// Local column of each entry; in a row none comes twice.
    pub column: &'a [u32],
    /// Value of each entry.
    pub value: &'a [f64],
    /// Number of each local column among those of all ranks.
    pub global: &'a [u64],
}

/// [`Rows`] for C, as long as they are borrowed.
#[repr(C)]
pub struct LaidOut<'a> {
    rows: i64,
    columns: i64,
    first_column: i64,
    all_rows: i64,
    all_columns: i64,
    start: *const usize,
    column: *const u32,
    value: *const f64,
    global: *const u64,
    locals: i64,
    of: PhantomData<&'a [u64]>,
}

impl<'a> Rows<'a> {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.start.len() - 1
    }

    /// For C, which may read all that these point at.
    ///
    /// # Panics
    /// If they contradict themselves.
    pub fn laid_out(&self) -> LaidOut<'a> {
        let Rows { ref columns, all, start, column, value, global } = *self;
        let entries = start[self.len()];
        assert!(start.windows(2).all(|pair| pair[0] <= pair[1]));
        assert!(column.len() >= entries && value.len() >= entries);
        assert!(column[..entries].iter().all(|&c| (c as usize) < global.len()));
        assert!(columns.start <= columns.end && columns.end <= all[1]);
        assert!(global.iter().all(|&number| number < all[1]));
        LaidOut {
            rows: self.len() as i64,
            columns: (columns.end - columns.start) as i64,
            first_column: columns.start as i64,
            all_rows: all[0] as i64,
            all_columns: all[1] as i64,
            start: start.as_ptr(),
            column: column.as_ptr(),
            value: value.as_ptr(),
            global: global.as_ptr(),
            locals: global.len() as i64,
            of: PhantomData,
        }
    }
}
