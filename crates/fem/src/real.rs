//! Numbers that laws are written in: plain, or carrying one derivative.

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
    /// The plain value, without its derivative.
    fn value(self) -> f64;
    /// A function of the value with the given result and derivative there.
    fn chain(self, value: f64, derivative: f64) -> Self;
    /// e to the power of this number.
    fn exp(self) -> Self {
        let e = self.value().exp();
        self.chain(e, e)
    }
}

impl Real for f64 {
    fn value(self) -> f64 {
        self
    }
    fn chain(self, value: f64, _: f64) -> f64 {
        value
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
    fn value(self) -> f64 {
        self.v
    }
    fn chain(self, value: f64, derivative: f64) -> Dual {
        Dual { v: value, d: derivative * self.d }
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
