//! A matrix as a sum of two in single precision, the first of which is that of multigrid.

use super::diagonal::Divisor;
use super::order::Order;
use super::sliced::{LANES, SLICES, Sliced, Values, room};
use super::smoother::Smoothed;
use super::stored::Stored;
use crate::{Csr, LinearError, Operator};
use rayon::prelude::*;

/// Diagonal entries that are smaller than the largest by more than this would lose digits.
pub(super) const SMALLEST: f64 = 1e-21;

/// A square matrix of numbers in slices of eight rows, each entry the sum of its nearest number in single
/// precision and of that of the rest: 48 bits, so that each entry is known to a relative error of 2^-48.
///
/// Multigrid smooths with the first part of these very numbers, so that its finest matrix is stored once.
/// The two parts and a column take ten bytes where double precision and the column of compressed rows
/// take twelve, and rows that are multiplied side by side take half the time.
pub struct Split {
    rows: usize,
    order: Order,
    /// A power of two that all entries are multiplied with.
    scale: f64,
    finest: Smoothed,
    rest: Values,
}

impl Split {
    /// `a` in two parts; `inverse` has the divisors of `scale` A, in this order.
    pub(super) fn new(
        (divisor, inverse): (Divisor, Vec<f32>),
        a: Csr,
        order: Order,
        scale: f64,
    ) -> Self {
        let rows = a.nrows();
        let (near, rest) = Sliced::in_two(a, &order, scale);
        let finest = Smoothed { a: Stored::Sliced(near), divisor, inverse };
        Self { rows, order, scale, finest, rest }
    }

    /// Number of rows.
    pub fn nrows(&self) -> usize {
        self.rows
    }

    /// What the cycle reads of it.
    pub(super) fn finest(&self) -> &Smoothed {
        &self.finest
    }

    pub(super) fn order(&self) -> &Order {
        &self.order
    }

    pub(super) fn scale(&self) -> f64 {
        self.scale
    }

    fn sliced(&self) -> &Sliced {
        sliced(&self.finest)
    }

    /// Takes the values of these rows of `a`, which has its entries there where the matrix has them that this
    /// one was made from.
    pub fn set_rows(&mut self, rows: &[u32], a: &Csr) {
        let Self {
            order,
            scale,
            finest: Smoothed { a: Stored::Sliced(near), divisor, inverse },
            rest,
            ..
        } = self
        else {
            unreachable!("it is made of slices")
        };
        for &row in rows {
            let (columns, values) = a.row(row as usize);
            let place = order.places[row as usize] as usize;
            let at = |&j: &u32| order.places[j as usize] as usize;
            near.set_row(rest, place, columns.iter().map(at), values, *scale);
            let own = columns.binary_search(&row).map_or(0.0, |k| values[k]);
            inverse[place] =
                (1.0 / divisor.of_row(row as usize, own, columns, values) / *scale) as f32;
        }
    }

    /// The first row whose diagonal entry is not positive.
    pub(crate) fn check_diagonal(&self) -> Result<(), LinearError> {
        let bad = |&place: &u32| {
            let inverse = self.finest.inverse[place as usize];
            !(inverse > 0.0 && inverse.is_finite())
        };
        match self.order.places.iter().position(bad) {
            None => Ok(()),
            Some(row) => {
                let where_ = format!("the diagonal entry of row {row} is not");
                Err(LinearError::NotPositiveDefinite { row: Some(row), where_ })
            }
        }
    }

    /// The same matrix in compressed rows, without entries that are zero.
    pub fn to_csr(&self) -> Csr {
        let (mut start, mut columns, mut values) = (vec![0], Vec::new(), Vec::new());
        let (unit, mut row) = (1.0 / self.scale, Vec::new());
        for &place in &self.order.places {
            row.clear();
            self.sliced().each_of_row(&self.rest, place as usize, |j, v| {
                row.push((self.order.rows[j], unit * v));
            });
            row.sort_unstable_by_key(|entry| entry.0);
            columns.extend(row.iter().map(|entry| entry.0));
            values.extend(row.iter().map(|entry| entry.1));
            start.push(columns.len());
        }
        Csr::from_sorted(start, columns, values, self.rows)
    }

    /// `x` in the order of the slices, with room.
    pub(crate) fn to_places(&self, x: &[f64]) -> Vec<f64> {
        let mut y = vec![0.0; room(self.sliced().ncols)];
        y.par_chunks_mut(4096).zip(self.order.rows.par_chunks(4096)).for_each(|(y, rows)| {
            y.iter_mut().zip(rows).for_each(|(y, &row)| *y = x[row as usize]);
        });
        y
    }

    /// Back from the order of the slices.
    pub(crate) fn to_rows(&self, x: &[f64], y: &mut [f64]) {
        y.par_chunks_mut(4096).zip(self.order.places.par_chunks(4096)).for_each(|(y, places)| {
            y.iter_mut().zip(places).for_each(|(y, &place)| *y = x[place as usize]);
        });
    }

    /// y_i = sum over j of f(a_ij, x_j, x_i), all in the order of the slices; f(0, ..) must be 0.
    #[inline(always)]
    fn each_sum(&self, x: &[f64], y: &mut [f64], f: impl Fn(f64, f64, f64) -> f64 + Sync) {
        let (near, unit) = (self.sliced(), 1.0 / self.scale);
        let y = &mut y[..near.nrows()];
        y.par_chunks_mut(LANES * SLICES).enumerate().for_each(|(piece, y)| {
            for (k, y) in y.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
                let slice = piece * SLICES + k;
                let own: &[f64] = &x[slice * LANES..][..LANES];
                let sums = near.wide_slice(&self.rest, slice, x, |a, x, lane| f(a, x, own[lane]));
                *y = sums.map(|sum| unit * sum);
            }
        });
    }

    /// The same in the order of the rows.
    fn each_sum_by_rows(&self, x: &[f64], y: &mut [f64], f: impl Fn(f64, f64, f64) -> f64 + Sync) {
        let mut sums = vec![0.0; self.sliced().nrows()];
        self.each_sum(&self.to_places(x), &mut sums, f);
        self.to_rows(&sums, y);
    }

    /// y = A x
    pub fn apply(&self, x: &[f64], y: &mut [f64]) {
        self.each_sum_by_rows(x, y, |a, x, _| a * x);
    }

    /// y_i = sum of a_ij (x_j - x_i), see [`Csr::add_apply_to_differences`].
    pub fn apply_to_differences(&self, x: &[f64], y: &mut [f64]) {
        self.each_sum_by_rows(x, y, |a, x, own| a * (x - own));
    }

    /// eps |A| |x|, row by row.
    pub fn rounding(&self, x: &[f64]) -> Vec<f64> {
        let mut y = vec![0.0; self.rows];
        self.each_sum_by_rows(x, &mut y, |a, x, _| f64::EPSILON * (a * x).abs());
        y
    }

    /// Bytes that a product reads and writes.
    pub fn product_bytes(&self) -> u64 {
        let near = self.sliced();
        (near.bytes() + near.value_bytes() + 8 * (near.ncols + near.nrows())) as u64
    }
}

fn sliced(finest: &Smoothed) -> &Sliced {
    match &finest.a {
        Stored::Sliced(near) => near,
        _ => unreachable!("it is made of slices"),
    }
}

/// The same operator on vectors in the order of the slices.
pub(crate) struct InPlaces<'a>(pub &'a Split);

impl Operator for InPlaces<'_> {
    fn len(&self) -> usize {
        self.0.sliced().nrows()
    }

    fn room(&self) -> usize {
        room(self.0.sliced().ncols)
    }

    fn apply(&self, x: &[f64], y: &mut [f64]) {
        self.0.each_sum(x, y, |a, x, _| a * x);
    }

    fn rounding(&self, x: &[f64]) -> Vec<f64> {
        let mut y = vec![0.0; self.len()];
        self.0.each_sum(x, &mut y, |a, x, _| f64::EPSILON * (a * x).abs());
        y
    }

    fn product_bytes(&self) -> u64 {
        self.0.product_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::super::blocks::{Blocks, View};
    use super::super::left::Left;
    use super::*;

    /// Divisors of rows that change are those of the changed matrix, wherever the rows are in the slices.
    #[test]
    fn divisors_of_changed_rows() {
        // A chain of which every fifth node is joined to one far away, and every second one is left.
        let n = 40_u32;
        let matrix = |own: &dyn Fn(u32) -> f64| {
            let far = |i: u32| i.is_multiple_of(5).then_some((i + 20) % n);
            let row = |i: u32| {
                let beside = i.checked_sub(1).into_iter().chain((i + 1 < n).then_some(i + 1));
                let mut row: Vec<(u32, f64)> = beside.chain(far(i)).map(|j| (j, -1.0)).collect();
                row.push((i, own(i)));
                row.sort_by_key(|entry| entry.0);
                row
            };
            let rows: Vec<_> = (0..n).map(row).collect();
            let ends = rows.iter().scan(0, |end, row| {
                *end += row.len();
                Some(*end)
            });
            let start = std::iter::once(0).chain(ends).collect();
            let (columns, values) = rows.iter().flatten().copied().unzip();
            Csr::from_sorted(start, columns, values, n as usize)
        };
        let (a, b) = (matrix(&|_| 4.0), matrix(&|i| if i % 7 == 3 { 9.0 } else { 4.0 }));
        let left = Left::of(&Blocks {
            shape: [1, 1],
            start: (0..=n as usize).collect(),
            columns: (0..n).map(|i| i / 2).collect(),
            values: (0..n).map(|i| if i % 2 == 0 { 1.0_f32 } else { 0.5 }).collect(),
            ncols: n as usize / 2,
        });
        let split = |a: &Csr| {
            let (order, divisor) = (Order::of(View::scalar(a)), Divisor::Sum(left.clone()));
            let inverse = divisor.inverse(View::scalar(a), 0.5).unwrap();
            Split::new((divisor, order.gather(&inverse)), a.clone(), order, 0.5)
        };
        let (mut changed, whole) = (split(&a), split(&b));
        assert!(changed.order.places[3] != 3 && changed.order.places[17] != 17);
        assert_ne!(changed.finest.inverse, whole.finest.inverse);
        changed.set_rows(&[3, 10, 17, 24, 31, 38], &b);
        assert_eq!(changed.finest.inverse, whole.finest.inverse);
    }
}
