//! Eight numbers side by side, so that one instruction of the processor serves several points.
//!
//! Those of several cells, in single precision too and without functions, are in `action/lanes.rs`.

use crate::inverse::inverses;
use crate::real::sinh_from;
use crate::{Dual, Real, Rising};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// How many numbers go together.
pub const LANES: usize = 8;

/// Numbers of as many points.
///
/// Operations are those of `f64`, number by number, so that the results are the same whatever the processor
/// has registers for; [`Real::exp`] and [`Real::exp_m1`] are within 2 units in the last place, [`Real::sinh`], for arguments up to 709.7, within 3.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(align(64))]
pub struct Lanes(pub [f64; LANES]);

impl Lanes {
    /// The function `f` of each number.
    #[inline(always)]
    pub fn each(self, f: impl Fn(f64) -> f64) -> Lanes {
        let mut out = self;
        for out in &mut out.0 {
            *out = f(*out);
        }
        out
    }

    /// The function `f` of the numbers of both.
    #[inline(always)]
    pub fn with(self, other: Lanes, f: impl Fn(f64, f64) -> f64) -> Lanes {
        let mut out = self;
        for (out, other) in out.0.iter_mut().zip(other.0) {
            *out = f(*out, other);
        }
        out
    }

    /// Sum of the numbers, in a fixed order.
    #[inline(always)]
    pub fn sum(self) -> f64 {
        let [a, b, c, d, e, f, g, h] = self.0;
        ((a + e) + (c + g)) + ((b + f) + (d + h))
    }
}

impl From<f64> for Lanes {
    #[inline(always)]
    fn from(value: f64) -> Lanes {
        Lanes([value; LANES])
    }
}

macro_rules! operations {
    ($($of:ident $name:ident $sign:tt),*) => {$(
        impl $of for Lanes {
            type Output = Lanes;
            #[inline(always)]
            fn $name(self, other: Lanes) -> Lanes {
                self.with(other, |a, b| a $sign b)
            }
        }
        impl $of<f64> for Lanes {
            type Output = Lanes;
            #[inline(always)]
            fn $name(self, other: f64) -> Lanes {
                self.each(|a| a $sign other)
            }
        }
    )*};
}

operations!(Add add +, Sub sub -, Mul mul *, Div div /);

impl Neg for Lanes {
    type Output = Lanes;
    #[inline(always)]
    fn neg(self) -> Lanes {
        self.each(|a| -a)
    }
}

impl Real for Lanes {
    #[inline(always)]
    fn map(self, f: impl Fn(f64) -> (f64, f64)) -> Lanes {
        self.each(|a| f(a).0)
    }

    /// Of numbers below -708 that of -708, which is 3e-308.
    #[inline(always)]
    fn exp(self) -> Lanes {
        self.each(|x| exp_less::<0>(x, -708.0))
    }

    #[inline(always)]
    fn exp_m1(self) -> Lanes {
        self.each(exp_m1)
    }

    #[inline(always)]
    fn sinh(self) -> Lanes {
        self.each(|x| sinh_from(exp_m1(x.abs()), x))
    }

    #[inline(always)]
    fn inverse(self, w: &impl Rising) -> Lanes {
        inverses(w, self)
    }

    #[inline(always)]
    fn part_of(self, whole: Lanes) -> Lanes {
        self.with(whole, |part, whole| if part == 0.0 { 0.0 } else { part * whole })
    }
}

impl Real for Dual<Lanes> {
    #[inline(always)]
    fn map(self, f: impl Fn(f64) -> (f64, f64)) -> Self {
        Dual { v: self.v.each(|a| f(a).0), d: self.v.each(|a| f(a).1) * self.d }
    }

    #[inline(always)]
    fn exp(self) -> Self {
        let e = self.v.exp();
        Dual { v: e, d: e * self.d }
    }

    #[inline(always)]
    fn exp_m1(self) -> Self {
        let e = self.v.exp_m1();
        Dual { v: e, d: (e + 1.0) * self.d }
    }

    #[inline(always)]
    fn sinh(self) -> Self {
        let e = self.v.each(|x| exp_m1(x.abs()));
        let cosh = e.each(|e| 0.5 * ((e + 1.0) + 1.0 / (e + 1.0)));
        Dual { v: e.with(self.v, sinh_from), d: cosh * self.d }
    }

    #[inline(always)]
    fn inverse(self, w: &impl Rising) -> Self {
        let x = self.v.inverse(w);
        Dual { v: x, d: self.d / w.at(Dual { v: x, d: Lanes::from(1.0) }).d }
    }

    #[inline(always)]
    fn part_of(self, whole: Self) -> Self {
        let product = self * whole;
        let or_zero = |x: Lanes| self.v.with(x, |part, x| if part == 0.0 { 0.0 } else { x });
        Dual { v: or_zero(product.v), d: or_zero(product.d) }
    }
}

#[inline(always)]
fn exp_m1(x: f64) -> f64 {
    // Below, it is -1 to all digits.
    exp_less::<1>(x, -50.0)
}

/// exp(x) - `LESS` of an x raised to `least`, without branches.
///
/// x = k ln 2 + r with a whole k and |r| at most ln(2) / 2, so that exp(x) - c = 2^k (exp(r) - 1) + (2^k - c);
/// exp(r) - 1 is its Taylor polynomial of degree 13, which misses less than 2e-17 of it. ln 2 in two parts after
/// Cody and Waite, Software Manual for the Elementary Functions, chapter 6.
#[inline(always)]
fn exp_less<const LESS: u8>(x: f64, least: f64) -> f64 {
    const LN_2: [f64; 2] = [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10];
    // Adding it rounds to a whole number, and leaves that in the last bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    const fn inverse_factorial(n: u32) -> f64 {
        let (mut product, mut k) = (1.0, 2);
        while k <= n {
            product *= k as f64;
            k += 1;
        }
        1.0 / product
    }
    // Comparisons that leave NaN as it is.
    let x = if x < least { least } else { x };
    let x = if x > 710.0 { 710.0 } else { x };
    let shifted = x * std::f64::consts::LOG2_E + ROUND;
    let k = shifted - ROUND;
    let r = (x - k * LN_2[0]) - k * LN_2[1];
    // Estrin's scheme: short chains of operations, which the processor works off side by side.
    let pair = |a: f64, b: f64| a + b * r;
    let (r2, low) = (r * r, pair(0.5, const { inverse_factorial(3) }));
    let low = low + r2 * pair(const { inverse_factorial(4) }, const { inverse_factorial(5) });
    let middle = pair(const { inverse_factorial(6) }, const { inverse_factorial(7) })
        + r2 * pair(const { inverse_factorial(8) }, const { inverse_factorial(9) });
    let high = pair(const { inverse_factorial(10) }, const { inverse_factorial(11) })
        + r2 * pair(const { inverse_factorial(12) }, const { inverse_factorial(13) });
    let r4 = r2 * r2;
    let q = low + r4 * (middle + r4 * high);
    let p = r + r2 * q;
    // 2^(k - 1): half of 2^k, which may itself be too large for a double.
    let whole = shifted.to_bits().wrapping_sub(ROUND.to_bits());
    let half = f64::from_bits(whole.wrapping_add(1022) << 52);
    2.0 * (half * p + (half - 0.5 * f64::from(LESS)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use algebra::{Wide, with_wide_registers};

    /// Largest distance of `got` from `wanted` over `xs`, in units in the last place of `wanted`.
    fn worst(xs: &[f64], got: impl Fn(Lanes) -> Lanes, wanted: impl Fn(f64) -> f64) -> f64 {
        let mut worst = 0.0_f64;
        for x in xs.chunks_exact(LANES) {
            let lanes = Lanes(std::array::from_fn(|l| x[l]));
            for (got, &x) in got(lanes).0.iter().zip(x) {
                let wanted = wanted(x);
                let unit = (wanted.abs().next_up() - wanted.abs()).max(f64::MIN_POSITIVE);
                worst = worst.max((got - wanted).abs() / unit);
            }
        }
        worst
    }

    /// Numbers of both signs from 1e-12 to `largest`, and as many between -2 and 2.
    fn numbers(largest: f64) -> Vec<f64> {
        let mut state = 1_u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        let wide = |t: f64, s: f64| (1e-12 * (largest / 1e-12).powf(t)).copysign(s - 0.5);
        let mut out: Vec<f64> = (0..40_000).map(|_| wide(random(), random())).collect();
        out.extend((0..40_000).map(|_| 4.0 * random() - 2.0));
        out
    }

    #[test]
    fn functions_are_within_two_units_of_the_last_place() {
        let x = numbers(700.0);
        assert!(worst(&x, Real::exp, f64::exp) <= 2.0);
        assert!(
            worst(&x, Real::exp_m1, f64::exp_m1) <= 2.0,
            "{}",
            worst(&x, Real::exp_m1, f64::exp_m1)
        );
        assert!(worst(&x, Real::sinh, f64::sinh) <= 3.0, "{}", worst(&x, Real::sinh, f64::sinh));
    }

    #[test]
    fn ends_and_what_is_no_number() {
        let x = Lanes([0.0, -0.0, 1e4, -1e4, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e-310]);
        let [zero, minus, large, small, above, below, none, tiny] = x.exp_m1().0;
        assert_eq!(
            [zero, minus, large, small, above, below],
            [0.0, 0.0, f64::INFINITY, -1.0, f64::INFINITY, -1.0]
        );
        assert!(none.is_nan() && (tiny - 1e-310).abs() <= 5e-324);
        let [zero, minus, large, small, _, below, none, _] = x.sinh().0;
        assert_eq!(
            [zero, large, small, below],
            [0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY]
        );
        assert!(none.is_nan() && minus == 0.0);
        let [one, _, large, small, ..] = x.exp().0;
        assert_eq!((one, large), (1.0, f64::INFINITY));
        assert!(small < 1e-307);
        // The largest that is finite.
        assert!(
            Lanes::from(709.78).exp().0[0].is_finite()
                && Lanes::from(709.79).exp().0[0] == f64::INFINITY
        );
    }

    /// Some functions of a number.
    struct Some(Lanes);

    impl Wide for Some {
        type Output = [Lanes; 4];

        #[inline(always)]
        fn run(self) -> [Lanes; 4] {
            let x = self.0;
            [x.exp(), x.exp_m1(), x.sinh(), x * x - x / (x + 1.0)]
        }
    }

    #[test]
    fn wide_registers_change_nothing() {
        for x in numbers(700.0).chunks_exact(LANES) {
            let x = Lanes(std::array::from_fn(|l| x[l]));
            assert_eq!(with_wide_registers(Some(x)), Some(x).run());
        }
    }

    #[test]
    fn a_part_of_nothing_is_nothing() {
        let part = Lanes([0.0, 0.5, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        let whole = Lanes([f64::INFINITY, 4.0, 4.0, f64::NAN, 1.0, 1.0, 1.0, 1.0]);
        assert_eq!(part.part_of(whole).0, [0.0, 2.0, 4.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    }
}
