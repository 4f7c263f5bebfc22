//! Levels of multigrid that are given.

use super::{Ksp, c_int, c_void, checked};
use algebra::{KnownLevel, RowsOfRank};

/// The rows of this rank of the matrix below the last level. Columns are its own, then those of others.
pub struct RowsBelow {
    pub start: Vec<usize>,
    pub column: Vec<u32>,
    pub value: Vec<f64>,
    /// The numbers of these others among all ranks.
    pub others: Vec<u64>,
}

impl RowsBelow {
    /// The rows alone.
    pub fn rows(&self) -> RowsOfRank<'_> {
        RowsOfRank { start: &self.start, columns: &self.column, values: &self.value }
    }
}

unsafe extern "C" {
    fn shim_levels_clear(solver: *mut c_void) -> c_int;
    fn shim_levels_add(
        solver: *mut c_void,
        below: i64,
        start: *const usize,
        column: *const u64,
        weight: *const f64,
        inverse: *const f64,
    ) -> c_int;
    fn shim_levels_inverse(solver: *mut c_void, inverse: *const f64) -> c_int;
    fn shim_levels_size(
        solver: *mut c_void,
        rows: *mut i64,
        entries: *mut i64,
        others: *mut i64,
    ) -> c_int;
    fn shim_levels_rows(
        solver: *mut c_void,
        start: *mut usize,
        column: *mut u32,
        value: *mut f64,
        others: *mut u64,
    ) -> c_int;
    fn shim_levels_use(solver: *mut c_void, lower: f64) -> c_int;
}

impl Ksp<'_> {
    /// Forgets all levels.
    pub fn clear_levels(&mut self) -> Result<(), i32> {
        self.group.check_thread();
        // SAFETY: a handle that is not freed.
        checked(unsafe { shim_levels_clear(self.handle) })
    }

    /// Adds a level with so many rows here, and makes the matrix below it; `inverse` is what its smoother multiplies
    /// residuals with.
    ///
    /// # Panics
    /// If the lengths contradict each other, or are not those of the matrix.
    pub fn add_level(
        &mut self,
        rows: usize,
        level: &KnownLevel,
        inverse: Option<&[f64]>,
    ) -> Result<(), i32> {
        self.group.check_thread();
        let KnownLevel { below, all_below, start, columns, weights, .. } = level;
        assert_eq!((start.len(), self.below()?[0]), (rows + 1, rows));
        assert!(start.windows(2).all(|pair| pair[0] <= pair[1]));
        assert_eq!((columns.len(), weights.len()), (start[rows], start[rows]));
        assert!(columns.iter().all(|column| column < all_below));
        assert!(inverse.is_none_or(|inverse| inverse.len() == rows));
        // SAFETY: the lengths were just checked, and C copies what it keeps.
        checked(unsafe {
            shim_levels_add(
                self.handle,
                (below.end - below.start) as i64,
                start.as_ptr(),
                columns.as_ptr(),
                weights.as_ptr(),
                inverse.map_or(std::ptr::null(), <[f64]>::as_ptr),
            )
        })
    }

    /// What the smoother of the finest level multiplies residuals with from now on, if it did before.
    ///
    /// # Panics
    /// If there are not as many as rows of the matrix.
    pub fn set_inverse(&mut self, inverse: &[f64]) -> Result<(), i32> {
        self.group.check_thread();
        assert_eq!(self.owned, Some(inverse.len()));
        // SAFETY: as long as the vector that it is copied to.
        checked(unsafe { shim_levels_inverse(self.handle, inverse.as_ptr()) })
    }

    /// Rows, entries and columns of others in the matrix below the last level.
    fn below(&self) -> Result<[usize; 3], i32> {
        let [mut rows, mut entries, mut others] = [0i64; 3];
        // SAFETY: a handle with a matrix, which is there since the levels were cleared, and places for three numbers.
        checked(unsafe {
            shim_levels_size(self.handle, &raw mut rows, &raw mut entries, &raw mut others)
        })?;
        Ok([rows, entries, others].map(|count| count as usize))
    }

    /// The matrix below the last level, as far as it is here.
    pub fn rows_below(&self) -> Result<RowsBelow, i32> {
        self.group.check_thread();
        let [rows, entries, others] = self.below()?;
        let mut below = RowsBelow {
            start: vec![0; rows + 1],
            column: vec![0; entries],
            value: vec![0.0; entries],
            others: vec![0; others],
        };
        // SAFETY: the matrix has these sizes.
        checked(unsafe {
            shim_levels_rows(
                self.handle,
                below.start.as_mut_ptr(),
                below.column.as_mut_ptr(),
                below.value.as_mut_ptr(),
                below.others.as_mut_ptr(),
            )
        })?;
        Ok(below)
    }

    /// Makes the levels those of the preconditioner, which is multigrid; smoothers damp quotients from `lower` on.
    pub fn use_levels(&mut self, lower: f64) -> Result<(), i32> {
        self.group.check_thread();
        // SAFETY: a handle that is not freed; what is missing is seen in C.
        checked(unsafe { shim_levels_use(self.handle, lower) })
    }
}
