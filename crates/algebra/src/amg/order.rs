//! The numbers of unknowns in the cycle.

use super::blocks::View;
use super::sliced::LANES;
use rayon::prelude::*;

/// Rows per window: few enough that neighbours stay near, many enough to hold rows of like length.
pub(super) const WINDOW: usize = 256;

/// Where the rows of a level are in the vectors of the cycle.
#[derive(Default)]
pub(super) struct Order {
    /// Row at each place.
    pub rows: Vec<u32>,
    /// Place of each row.
    pub places: Vec<u32>,
    /// Rows and places that are equal when divided by this, for each row; 0 if there is no such number.
    pub window: usize,
}

impl Order {
    /// Each row at its own place.
    pub fn natural(n: usize) -> Self {
        let rows: Vec<u32> = (0..n as u32).collect();
        Self { places: rows.clone(), rows, window: 1 }
    }

    /// By length for numbers, natural for larger blocks, which need no company.
    pub fn of<T: Copy + Sync>(a: View<T>) -> Self {
        if a.shape == [1, 1] { Self::by_length(a) } else { Self::natural(a.nrows()) }
    }

    /// Within windows of consecutive rows the longest first, so that rows of like length are side by side.
    pub fn by_length<T: Copy + Sync>(a: View<T>) -> Self {
        let mut rows: Vec<u32> = (0..a.nrows() as u32).collect();
        let length = |&i: &u32| std::cmp::Reverse(a.start[i as usize + 1] - a.start[i as usize]);
        rows.par_chunks_mut(WINDOW).with_min_len(16).for_each(|rows| rows.sort_by_key(length));
        let mut places = vec![0; rows.len()];
        for (place, &row) in rows.iter().enumerate() {
            places[row as usize] = place as u32;
        }
        Self { rows, places, window: WINDOW }
    }

    /// Bounds of the places of rows between these two, as far as they are known without a look.
    pub fn bounds(&self, low: u32, high: u32) -> Option<(usize, usize)> {
        let (low, high) = (low as usize, high as usize);
        let first = low.checked_div(self.window)? * self.window;
        let end = (high / self.window + 1) * self.window;
        Some((first, end.min(self.places.len()) - 1))
    }

    /// The entries of `x` by place, and zeros up to a multiple of [`LANES`].
    pub fn gather(&self, x: &[f32]) -> Vec<f32> {
        let mut y: Vec<f32> = self.rows.iter().map(|&row| x[row as usize]).collect();
        y.resize(y.len().next_multiple_of(LANES), 0.0);
        y
    }

    /// f(row, place) for each row.
    pub fn each(&self, mut f: impl FnMut(usize, usize)) {
        self.rows.iter().enumerate().for_each(|(place, &row)| f(row as usize, place));
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
}
