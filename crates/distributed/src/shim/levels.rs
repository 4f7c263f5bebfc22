//! Levels of multigrid that are given.

use super::matrix::{LaidOut, Rows};
use super::{Ksp, c_int, c_void, checked};
use algebra::KnownLevel;

unsafe extern "C" {
    fn shim_levels_clear(solver: *mut c_void) -> c_int;
    fn shim_levels_add(
        solver: *mut c_void,
        interpolation: *const LaidOut<'_>,
        below: *const LaidOut<'_>,
        inverse: *const f64,
    ) -> c_int;
    fn shim_levels_inverse(solver: *mut c_void, inverse: *const f64) -> c_int;
    fn shim_levels_use(solver: *mut c_void, lower: f64) -> c_int;
}

impl Ksp<'_> {
    /// Forgets all levels.
    pub fn clear_levels(&mut self) -> Result<(), i32> {
        self.group.check_thread();
        // SAFETY: a handle that is not freed.
        checked(unsafe { shim_levels_clear(self.handle) })
    }

    /// Adds a level, and what is below it; `inverse` is what its smoother multiplies residuals with.
    ///
    /// # Panics
    /// If lengths contradict each other.
    pub fn add_level(&mut self, level: &KnownLevel, inverse: Option<&[f64]>) -> Result<(), i32> {
        self.group.check_thread();
        let KnownLevel { below, all, interpolation, matrix, .. } = level;
        assert!(inverse.is_none_or(|inverse| inverse.len() == interpolation.nrows()));
        assert_eq!(matrix.nrows(), below.map().owned_len());
        let global: Vec<u64> =
            below.map().owned().chain(below.map().ghosts().iter().copied()).collect();
        let matrices = [(interpolation, *all), (matrix, [all[1]; 2])];
        let [interpolation, matrix] = matrices.map(|(of, all)| {
            let columns = below.map().owned();
            let (start, column, value) = (of.row_start(), of.columns(), of.values());
            Rows { columns, all, start, column, value, global: &global }.laid_out()
        });
        // SAFETY: the lengths were just checked, C asks for as many rows as the level has, and copies what it keeps.
        checked(unsafe {
            shim_levels_add(
                self.handle,
                &raw const interpolation,
                &raw const matrix,
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

    /// Makes the levels those of the preconditioner, which is multigrid; smoothers damp quotients from `lower` on.
    pub fn use_levels(&mut self, lower: f64) -> Result<(), i32> {
        self.group.check_thread();
        // SAFETY: a handle that is not freed; what is missing is seen in C.
        checked(unsafe { shim_levels_use(self.handle, lower) })
    }
}
