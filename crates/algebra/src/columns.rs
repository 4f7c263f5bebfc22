//! Products with a dense matrix of some hundred rows, by columns.

use pulp::{Arch, Simd, WithSimd};
use std::ops::Range;

/// Columns begin this far from each other, or a multiple of it: the widest registers \[bytes\].
const WIDEST: usize = 64;
/// Most registers of sums: as many are on their way through the adders, and half of the least that processors have.
const MOST: usize = 8;

/// A number of double or of single precision, and what is done with registers of it.
pub(crate) trait Number: Copy + Default + Send + Sync + 'static {
    /// A register.
    type Register<S: Simd>: Copy;

    /// The nearest to `value`.
    fn nearest(value: f64) -> Self;

    /// A slice as registers, without what is left.
    fn registers<S: Simd>(all: &[Self]) -> &[Self::Register<S>];

    /// The same number everywhere.
    fn splat<S: Simd>(simd: S, value: Self) -> Self::Register<S>;

    /// sum + a x with two roundings, so that sums do not depend on the processor.
    fn add_product<S: Simd>(
        simd: S,
        sum: Self::Register<S>,
        a: Self::Register<S>,
        x: Self::Register<S>,
    ) -> Self::Register<S>;

    /// Writes registers to a slice, which may be shorter.
    fn store<S: Simd>(registers: &[Self::Register<S>], to: &mut [Self]);
}

macro_rules! number {
    ($number:ident $register:ident $as_simd:ident $splat:ident $mul:ident $add:ident) => {
        impl Number for $number {
            type Register<S: Simd> = S::$register;

            fn nearest(value: f64) -> $number {
                value as $number
            }

            #[inline(always)]
            fn registers<S: Simd>(all: &[$number]) -> &[S::$register] {
                S::$as_simd(all).0
            }

            #[inline(always)]
            fn splat<S: Simd>(simd: S, value: $number) -> S::$register {
                simd.$splat(value)
            }

            #[inline(always)]
            fn add_product<S: Simd>(
                simd: S,
                sum: S::$register,
                a: S::$register,
                x: S::$register,
            ) -> S::$register {
                simd.$add(sum, simd.$mul(a, x))
            }

            #[inline(always)]
            fn store<S: Simd>(registers: &[S::$register], to: &mut [$number]) {
                let numbers: &[$number] = pulp::bytemuck::cast_slice(registers);
                to.iter_mut().zip(numbers).for_each(|(to, number)| *to = *number);
            }
        }
    };
}

number!(f64 f64s as_simd_f64s splat_f64s mul_f64s add_f64s);
number!(f32 f32s as_simd_f32s splat_f32s mul_f32s add_f32s);

/// A matrix by columns.
///
/// Each column is followed by zeros up to whole registers; a product adds up columns, some registers at a time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns<T = f64> {
    rows: usize,
    /// From one column to the next.
    stride: usize,
    columns: Vec<T>,
}

impl<T: Number> Columns<T> {
    /// A square matrix from entry (i, j).
    pub(crate) fn new(rows: usize, entry: impl Fn(usize, usize) -> f64) -> Self {
        Self::rectangle([rows; 2], entry)
    }

    /// So many rows and columns from entry (i, j).
    pub(crate) fn rectangle(
        [rows, count]: [usize; 2],
        entry: impl Fn(usize, usize) -> f64,
    ) -> Self {
        let stride = rows.next_multiple_of(WIDEST / size_of::<T>());
        let mut columns = vec![T::default(); count * stride];
        for (j, column) in columns.chunks_exact_mut(stride.max(1)).enumerate() {
            for (i, value) in column[..rows].iter_mut().enumerate() {
                *value = T::nearest(entry(i, j));
            }
        }
        Columns { rows, stride, columns }
    }

    /// Number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Column `j`.
    pub(crate) fn column(&self, j: usize) -> &[T] {
        &self.columns[j * self.stride..][..self.rows]
    }

    /// All columns, each with the zeros after it, and the way from one to the next.
    pub(crate) fn padded(&mut self) -> (&mut [T], usize) {
        (&mut self.columns, self.stride)
    }

    /// y = A x
    ///
    /// # Panics
    /// If the lengths differ from the numbers of columns and rows.
    pub(crate) fn apply(&self, x: &[T], y: &mut [T]) {
        assert!(x.len() * self.stride == self.columns.len() && y.len() == self.rows);
        Arch::new().dispatch(Product { a: self, x, y });
    }
}

/// y = A x
struct Product<'a, T> {
    a: &'a Columns<T>,
    x: &'a [T],
    y: &'a mut [T],
}

impl<T: Number> WithSimd for Product<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let lanes = size_of::<T::Register<S>>() / size_of::<T>();
        let all = self.y.len().div_ceil(lanes);
        let mut first = 0;
        while first < all {
            let y = &mut self.y[first * lanes..];
            let left = first..all;
            first += match (all - first).min(MOST) {
                8.. => some_rows::<8, T, S>(simd, self.a, left, self.x, y),
                7 => some_rows::<7, T, S>(simd, self.a, left, self.x, y),
                6 => some_rows::<6, T, S>(simd, self.a, left, self.x, y),
                4.. => some_rows::<4, T, S>(simd, self.a, left, self.x, y),
                3 => some_rows::<3, T, S>(simd, self.a, left, self.x, y),
                2 => some_rows::<2, T, S>(simd, self.a, left, self.x, y),
                _ => some_rows::<1, T, S>(simd, self.a, left, self.x, y),
            };
        }
    }
}

/// The first `N` registers of rows of those that are left, to `y`; `N`.
#[inline(always)]
fn some_rows<const N: usize, T: Number, S: Simd>(
    simd: S,
    a: &Columns<T>,
    left: Range<usize>,
    x: &[T],
    y: &mut [T],
) -> usize {
    let mut sums = [T::splat(simd, T::default()); N];
    for (column, x) in a.columns.chunks_exact(a.stride).zip(x) {
        let x = T::splat(simd, *x);
        for (sum, a) in sums.iter_mut().zip(&T::registers::<S>(column)[left.start..][..N]) {
            *sum = T::add_product(simd, *sum, *a, x);
        }
    }
    T::store::<S>(&sums, y);
    N
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_by_hand() {
        fn check<T: Number + PartialEq + std::fmt::Debug>(rows: usize, count: usize) {
            // a_ij = i + j + 1: the product with ones is n (i + 1) + n (n - 1) / 2 for n columns.
            let a: Columns<T> = Columns::rectangle([rows, count], |i, j| (i + j + 1) as f64);
            let mut y = vec![T::nearest(f64::NAN); rows];
            a.apply(&vec![T::nearest(1.0); count], &mut y);
            for (i, y) in y.iter().enumerate() {
                let wanted = count * (i + 1) + count * count.saturating_sub(1) / 2;
                assert_eq!(*y, T::nearest(wanted as f64), "row {i} of {rows}");
            }
        }
        for rows in [1, 7, 8, 9, 20, 24, 33, 41, 49, 55, 64, 70, 130] {
            check::<f64>(rows, 11);
            check::<f32>(rows, 11);
        }
    }

    #[test]
    fn registers_change_nothing() {
        // By columns, from the first on, whatever the processor has.
        for rows in [8, 55, 64, 101] {
            let entry = |i: usize, j: usize| (1.3 * i as f64 + 0.7 * (j * j) as f64).sin();
            let a: Columns = Columns::new(rows, entry);
            let x: Vec<f64> = (0..rows).map(|j| (0.1 + j as f64).cos()).collect();
            let mut y = vec![0.0; rows];
            a.apply(&x, &mut y);
            for (i, y) in y.iter().enumerate() {
                let wanted = (0..rows).fold(0.0, |sum, j| sum + entry(i, j) * x[j]);
                assert_eq!(*y, wanted, "row {i} of {rows}");
            }
        }
    }
}
