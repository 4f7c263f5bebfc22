//! Numbers that laws are written in: plain, carrying one derivative, or several side by side ([`crate::Lanes`]).

use crate::Rising;
use crate::inverse::inverse;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A number that a law can compute with.
pub trait Real:
    Copy
    + From<f64>
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
{
    /// The function `f`, which gives its value and its derivative.
    fn map(self, f: impl Fn(f64) -> (f64, f64)) -> Self;

    /// e to the power of this number.
    #[inline(always)]
    fn exp(self) -> Self {
        self.map(|x| {
            let e = x.exp();
            (e, e)
        })
    }

    /// exp(x) - 1, with all digits of small numbers. Its derivative, exp(x), has none of them left where x is
    /// large and negative.
    #[inline(always)]
    fn exp_m1(self) -> Self {
        self.map(|x| {
            let e = x.exp_m1();
            (e, e + 1.0)
        })
    }

    /// The hyperbolic sine.
    #[inline(always)]
    fn sinh(self) -> Self {
        self.map(|x| {
            let e = x.abs().exp_m1();
            (sinh_from(e, x), 0.5 * ((e + 1.0) + 1.0 / (e + 1.0)))
        })
    }

    /// The number for which `w` is this one: its derivative is one over that of `w` there.
    fn inverse(self, w: &impl Rising) -> Self;

    /// This number times `whole`; zero where it is zero, even if `whole` is not finite.
    fn part_of(self, whole: Self) -> Self;
}

/// sinh(x) from e = exp(|x|) - 1: half of e + 1 - exp(-|x|), written so that nothing cancels, and nothing infinite
/// is divided.
#[inline(always)]
pub(crate) fn sinh_from(e: f64, x: f64) -> f64 {
    let finite = if e > f64::MAX { f64::MAX } else { e };
    (0.5 * (e + finite / (1.0 + finite))).copysign(x)
}

impl Real for f64 {
    #[inline(always)]
    fn map(self, f: impl Fn(f64) -> (f64, f64)) -> f64 {
        f(self).0
    }
    fn inverse(self, w: &impl Rising) -> f64 {
        inverse(w, self)
    }
    #[inline(always)]
    fn part_of(self, whole: f64) -> f64 {
        if self == 0.0 { 0.0 } else { self * whole }
    }
}

/// A dual number `v + d e` with `e * e = 0`: `d` is the derivative in one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Dual<T = f64> {
    /// Value.
    pub v: T,
    /// Derivative.
    pub d: T,
}

impl Real for Dual {
    fn map(self, f: impl Fn(f64) -> (f64, f64)) -> Dual {
        let (value, derivative) = f(self.v);
        Dual { v: value, d: derivative * self.d }
    }
    fn inverse(self, w: &impl Rising) -> Dual {
        let x = self.v.inverse(w);
        Dual { v: x, d: self.d / w.at(Dual { v: x, d: 1.0 }).d }
    }
    fn part_of(self, whole: Dual) -> Dual {
        if self.v == 0.0 { Dual::default() } else { self * whole }
    }
}

impl<T: Real> From<f64> for Dual<T> {
    #[inline(always)]
    fn from(v: f64) -> Self {
        Dual { v: T::from(v), d: T::from(0.0) }
    }
}

impl<T: Real> Neg for Dual<T> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Dual { v: -self.v, d: -self.d }
    }
}

impl<T: Real> Add for Dual<T> {
    type Output = Self;
    #[inline(always)]
    fn add(self, o: Self) -> Self {
        Dual { v: self.v + o.v, d: self.d + o.d }
    }
}

impl<T: Real> Sub for Dual<T> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, o: Self) -> Self {
        Dual { v: self.v - o.v, d: self.d - o.d }
    }
}

impl<T: Real> Mul for Dual<T> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, o: Self) -> Self {
        Dual { v: self.v * o.v, d: self.v * o.d + self.d * o.v }
    }
}

impl<T: Real> Div for Dual<T> {
    type Output = Self;
    #[inline(always)]
    fn div(self, o: Self) -> Self {
        let v = self.v / o.v;
        Dual { v, d: (self.d - v * o.d) / o.v }
    }
}

impl<T: Real> Add<f64> for Dual<T> {
    type Output = Self;
    #[inline(always)]
    fn add(self, o: f64) -> Self {
        Dual { v: self.v + o, d: self.d }
    }
}

impl<T: Real> Sub<f64> for Dual<T> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, o: f64) -> Self {
        Dual { v: self.v - o, d: self.d }
    }
}

impl<T: Real> Mul<f64> for Dual<T> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, o: f64) -> Self {
        Dual { v: self.v * o, d: self.d * o }
    }
}
