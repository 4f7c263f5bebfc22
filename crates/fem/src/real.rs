//! Numbers that laws are written in: plain, carrying one derivative, or several side by side ([`crate::Lanes`]).

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
    #[inline(always)]
    fn part_of(self, whole: f64) -> f64 {
        if self == 0.0 { 0.0 } else { self * whole }
    }
}

/// A dual number `v + d e` with `e * e = 0`: `d` is the derivative in one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Dual {
    /// Value.
    pub v: f64,
    /// Derivative.
    pub d: f64,
}

impl Real for Dual {
    fn map(self, f: impl Fn(f64) -> (f64, f64)) -> Dual {
        let (value, derivative) = f(self.v);
        Dual { v: value, d: derivative * self.d }
    }
    fn part_of(self, whole: Dual) -> Dual {
        if self.v == 0.0 { Dual::default() } else { self * whole }
    }
}

impl From<f64> for Dual {
    fn from(v: f64) -> Dual {
        Dual { v, d: 0.0 }
    }
}

impl Neg for Dual {
    type Output = Dual;
    fn neg(self) -> Dual {
        Dual { v: -self.v, d: -self.d }
    }
}

impl Add for Dual {
    type Output = Dual;
    fn add(self, o: Dual) -> Dual {
        Dual { v: self.v + o.v, d: self.d + o.d }
    }
}

impl Sub for Dual {
    type Output = Dual;
    fn sub(self, o: Dual) -> Dual {
        Dual { v: self.v - o.v, d: self.d - o.d }
    }
}

impl Mul for Dual {
    type Output = Dual;
    fn mul(self, o: Dual) -> Dual {
        Dual { v: self.v * o.v, d: self.v * o.d + self.d * o.v }
    }
}

impl Div for Dual {
    type Output = Dual;
    fn div(self, o: Dual) -> Dual {
        let v = self.v / o.v;
        Dual { v, d: (self.d - v * o.d) / o.v }
    }
}

impl Add<f64> for Dual {
    type Output = Dual;
    fn add(self, o: f64) -> Dual {
        Dual { v: self.v + o, d: self.d }
    }
}

impl Sub<f64> for Dual {
    type Output = Dual;
    fn sub(self, o: f64) -> Dual {
        Dual { v: self.v - o, d: self.d }
    }
}

impl Mul<f64> for Dual {
    type Output = Dual;
    fn mul(self, o: f64) -> Dual {
        Dual { v: self.v * o, d: self.d * o }
    }
}
