//! The rows of a slice side by side.

use super::blocks::View;
use super::order::Order;
use super::sliced::{LANES, REACH, Segment, WIDEST};

/// Columns and values of the rows of a slice, without what is beyond [`WIDEST`]; nothing behind the last row.
pub(super) struct Lanes<'a, T>([(&'a [u32], &'a [T]); LANES]);

/// Memory for the entries of a slice in one of several segments.
pub(super) struct Near {
    columns: [[u16; LANES]; WIDEST + 1],
    values: [[f64; LANES]; WIDEST + 1],
}

impl Default for Near {
    fn default() -> Self {
        Near { columns: [[0; LANES]; WIDEST + 1], values: [[0.0; LANES]; WIDEST + 1] }
    }
}

impl<'a, T: Copy> Lanes<'a, T> {
    /// The rows of this slice in their order.
    #[inline(always)]
    pub fn new(a: View<'a, T>, rows: &Order, slice: usize) -> Self {
        let rows = &rows.rows[slice * LANES..];
        Lanes(std::array::from_fn(|lane| {
            let row = rows.get(lane).map(|&i| a.row(i as usize));
            let (columns, values) = row.unwrap_or((&[], &[]));
            let kept = columns.len().min(WIDEST);
            (&columns[..kept], &values[..kept])
        }))
    }

    fn lengths(&self) -> impl Iterator<Item = usize> {
        self.0.iter().map(|row| row.0.len())
    }

    /// Calls `f` with the base and the width of each segment. All columns are from `first` to `last`; `found` is memory
    /// for their places.
    pub fn each_segment(
        &self,
        columns: &Order,
        [first, last]: [u32; 2],
        found: &mut Vec<u32>,
        mut f: impl FnMut(u32, usize),
    ) {
        let longest = self.lengths().max().unwrap_or(0);
        if longest == 0 {
            return;
        }
        if let Some((low, high)) = columns.bounds(first, last)
            && high - low < REACH
        {
            f(low as u32, longest);
            return;
        }
        found.clear();
        let place = |&j: &u32| columns.places[j as usize];
        self.0.iter().for_each(|row| found.extend(row.0.iter().map(place)));
        let low = found.iter().fold(u32::MAX, |low, &j| low.min(j));
        let mut base = Some(low);
        while let Some(low) = base {
            let mut rest = &found[..];
            let width = self.lengths().map(|length| {
                let (row, others) = rest.split_at(length);
                rest = others;
                row.iter().map(|&j| u32::from(is_near(j, low))).sum::<u32>() as usize
            });
            f(low, width.max().unwrap_or(0));
            let beyond = |&j: &u32| if j >= low && !is_near(j, low) { j } else { u32::MAX };
            base = Some(found.iter().map(beyond).fold(u32::MAX, u32::min));
            base = base.filter(|&next| next != u32::MAX);
        }
    }

    /// Calls `f` with each place of these segments, of which the last is the end of the slice, and with the columns,
    /// counted from the base of their segment on, and the values that the lanes have there; zeros where a row has
    /// ended.
    #[inline(always)]
    pub fn each_place(
        &self,
        segments: &[Segment],
        places: &[u32],
        near: &mut Near,
        mut f: impl FnMut(usize, [u16; LANES], [f64; LANES]),
    ) where
        T: Into<f64>,
    {
        if let [Segment { start, base }, Segment { start: end, .. }] = *segments {
            let place = |j: u32| (places[j as usize] - base) as u16;
            // As long as all rows have entries there is nothing to ask.
            let shortest = self.lengths().min().unwrap_or(0);
            let all = self.0.map(|(columns, values)| (&columns[..shortest], &values[..shortest]));
            for k in 0..shortest {
                f(start + k, all.map(|row| place(row.0[k])), all.map(|row| row.1[k].into()));
            }
            for k in shortest..end - start {
                let columns = self.0.map(|row| row.0.get(k).map_or(0, |&j| place(j)));
                let values = self.0.map(|row| row.1.get(k).map_or(0.0, |&v| v.into()));
                f(start + k, columns, values);
            }
            return;
        }
        for pair in segments.windows(2) {
            let (start, width) = (pair[0].start, pair[1].start - pair[0].start);
            self.take_near(pair[0].base, width, places, near);
            let entries = near.columns[..width].iter().zip(&near.values);
            entries.enumerate().for_each(|(k, (columns, values))| f(start + k, *columns, *values));
        }
    }

    /// The entries in the reach of a base.
    #[inline(always)]
    fn take_near(&self, base: u32, width: usize, places: &[u32], near: &mut Near)
    where
        T: Into<f64>,
    {
        let Near { columns, values } = near;
        for (lane, row) in self.0.iter().enumerate() {
            let mut count = 0;
            for (&j, &v) in row.0.iter().zip(row.1) {
                let place = places[j as usize];
                // What is not near is overwritten by the next one.
                columns[count][lane] = place.wrapping_sub(base) as u16;
                values[count][lane] = v.into();
                count += usize::from(is_near(place, base));
            }
            for k in count..width {
                (columns[k][lane], values[k][lane]) = (0, 0.0);
            }
        }
    }
}

/// The first and the last column of a row, which is the first and the last entry if the columns `rise`.
#[inline(always)]
pub(super) fn ends(columns: &[u32], rise: bool) -> [u32; 2] {
    match columns[..columns.len().min(WIDEST)] {
        [low, .., high] if rise => [low, high],
        ref columns => {
            let low = columns.iter().fold(u32::MAX, |low, &j| low.min(j));
            [low, columns.iter().fold(0, |high, &j| high.max(j))]
        }
    }
}

/// True where 16 bits can count from the base to a place.
#[inline(always)]
fn is_near(place: u32, base: u32) -> bool {
    place.wrapping_sub(base) < REACH as u32
}
