//! Numbers of several cells side by side, so that one instruction serves all of them.

use std::ops::{Add, Mul, Sub};

/// Single or double precision.
pub(super) trait Number:
    Copy
    + Default
    + Send
    + Sync
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + 'static
{
    /// The nearest number.
    fn of(value: f64) -> Self;
}

impl Number for f32 {
    fn of(value: f64) -> Self {
        value as f32
    }
}

impl Number for f64 {
    fn of(value: f64) -> Self {
        value
    }
}

/// One number of each of `L` cells.
pub(super) type Lanes<T, const L: usize> = [T; L];

/// sum = sum + a x
#[inline(always)]
pub(super) fn add<T: Number, const L: usize>(sum: &mut Lanes<T, L>, a: T, x: &Lanes<T, L>) {
    for l in 0..L {
        sum[l] = sum[l] + a * x[l];
    }
}

/// sum = sum + x y
#[inline(always)]
pub(super) fn add_product<T: Number, const L: usize>(
    sum: &mut Lanes<T, L>,
    x: &Lanes<T, L>,
    y: &Lanes<T, L>,
) {
    for l in 0..L {
        sum[l] = sum[l] + x[l] * y[l];
    }
}

/// a x, cell by cell
#[inline(always)]
pub(super) fn times<T: Number, const L: usize>(x: &Lanes<T, L>, y: &Lanes<T, L>) -> Lanes<T, L> {
    let mut product = *x;
    for l in 0..L {
        product[l] = x[l] * y[l];
    }
    product
}

/// Zeros.
#[inline(always)]
pub(super) fn zero<T: Number, const L: usize>() -> Lanes<T, L> {
    [T::default(); L]
}
