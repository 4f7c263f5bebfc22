//! Inverses of increasing functions, as implicit laws need them.

use crate::{Dual, LANES, Lanes, Real};

/// Most steps; of Newton's method some ten do, halvings are for what it leaves.
const STEPS: usize = 200;
/// Differences below that many units in the last place are rounding.
const ROUNDING: f64 = 2.0 * f64::EPSILON;

/// A strictly increasing function w, whose inverse [`Real::inverse`] finds.
pub trait Rising {
    /// w(x)
    fn at<S: Real>(&self, x: S) -> S;

    /// Where to seek the x for which w(x) is `value`: as far from zero as x or farther, if w(0) = 0, so that Newton's
    /// method comes from one side.
    fn start(&self, value: f64) -> f64;
}

/// The x for which w(x) = `value`; that itself where it is not finite. Newton's method, kept inside a shrinking
/// bracket.
pub(crate) fn inverse(w: &impl Rising, value: f64) -> f64 {
    if !value.is_finite() {
        return value;
    }
    let h = |x: f64| w.at(x) - value;
    let start = w.start(value);
    let (mut low, mut high) = (start.min(0.0), start.max(0.0));
    let mut step = 1e-3 + value.abs();
    while h(low) > 0.0 && step < 1e300 {
        low -= step;
        step *= 2.0;
    }
    step = 1e-3 + value.abs();
    while h(high) < 0.0 && step < 1e300 {
        high += step;
        step *= 2.0;
    }
    let mut x = start.clamp(low, high);
    for _ in 0..STEPS {
        let Dual { v, d } = w.at(Dual { v: x, d: 1.0 });
        let (bracket, next, is_last) = step_of([low, high], x, v - value, d);
        if is_last {
            return next;
        }
        ([low, high], x) = (bracket, next);
    }
    x
}

/// From `x`, at which the function misses its value by `above` and rises with `slope`: the smaller bracket, where to go,
/// and true where that is the end.
#[inline(always)]
fn step_of([low, high]: [f64; 2], x: f64, above: f64, slope: f64) -> ([f64; 2], f64, bool) {
    let (low, high) = (if above > 0.0 { low } else { x }, if above > 0.0 { x } else { high });
    let next = if above == 0.0 { x } else { x - above / slope };
    // What is not a number ends as that.
    let is_there = above.is_nan() || (next - x).abs() <= ROUNDING * x.abs();
    let middle = 0.5 * (low + high);
    let (is_inside, is_narrow) = (next > low && next < high, middle == low || middle == high);
    let to = if is_inside || is_there { next } else { middle };
    ([low, high], to, is_there || (!is_inside && is_narrow))
}

/// The same for several numbers at once, each with its own bracket and its own end.
#[inline(always)]
pub(crate) fn inverses(w: &impl Rising, values: Lanes) -> Lanes {
    let start = values.each(|value| if value.is_finite() { w.start(value) } else { value });
    let mut low = start.each(|x| if x < 0.0 { x } else { 0.0 });
    let mut high = start.each(|x| if x > 0.0 { x } else { 0.0 });
    let first = values.each(|value| 1e-3 + value.abs());
    let (at_low, at_high) = (w.at(low), w.at(high));
    if (0..LANES).any(|l| at_low.0[l] > values.0[l] || at_high.0[l] < values.0[l]) {
        let mut step = first;
        while (0..LANES).any(|l| w.at(low).0[l] > values.0[l] && step.0[l] < 1e300) {
            let above = w.at(low);
            for l in 0..LANES {
                low.0[l] -= if above.0[l] > values.0[l] { step.0[l] } else { 0.0 };
            }
            step = step * 2.0;
        }
        let mut step = first;
        while (0..LANES).any(|l| w.at(high).0[l] < values.0[l] && step.0[l] < 1e300) {
            let below = w.at(high);
            for l in 0..LANES {
                high.0[l] += if below.0[l] < values.0[l] { step.0[l] } else { 0.0 };
            }
            step = step * 2.0;
        }
    }
    let mut x = start;
    // What is not finite is its own inverse.
    let mut is_done = values.0.map(|value| !value.is_finite());
    for _ in 0..STEPS {
        if is_done == [true; LANES] {
            break;
        }
        let Dual { v, d } = w.at(Dual { v: x, d: Lanes::from(1.0) });
        for (l, is_done) in is_done.iter_mut().enumerate() {
            let above = v.0[l] - values.0[l];
            let bracket = [low.0[l], high.0[l]];
            let (bracket, next, is_last) = step_of(bracket, x.0[l], above, d.0[l]);
            [low.0[l], high.0[l]] = bracket;
            x.0[l] = if *is_done { x.0[l] } else { next };
            *is_done |= is_last;
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x + r (exp(a x) - less), which for `less` other than 1 does not pass through zero.
    struct Some {
        r: f64,
        a: f64,
        less: f64,
    }

    impl Rising for Some {
        #[inline(always)]
        fn at<S: Real>(&self, x: S) -> S {
            x + ((x * self.a).exp_m1() + (1.0 - self.less)) * self.r
        }

        fn start(&self, value: f64) -> f64 {
            let far = (1.0 + value.abs() / self.r).ln() / self.a * value.signum();
            if far.abs() < value.abs() { far } else { value }
        }
    }

    #[test]
    fn functions_take_inverses_back() {
        let values = [-4e3, -1.0, -1e-7, 0.0, 1e-12, 0.4, 30.0, 1e5];
        for (r, a, less) in [(1e-6, 20.0, 1.0), (3.0, 38.9, 1.0), (1e4, 5.0, 1.0), (0.3, 20.0, 0.0)]
        {
            let w = Some { r, a, less };
            let together = Lanes(values).inverse(&w);
            for (value, together) in values.into_iter().zip(together.0) {
                let x = value.inverse(&w);
                let slope = w.at(Dual { v: x, d: 1.0 }).d;
                // What rounding makes of the value and of its parts.
                let wanted = 8.0 * f64::EPSILON * (value.abs() + slope * x.abs() + r);
                for x in [x, together] {
                    assert!((w.at(x) - value).abs() <= wanted, "{r} {a} {less} {value}: {x}");
                }
                // w' times the derivative of the inverse is 1.
                let dual = Dual { v: value, d: 1.0 }.inverse(&w);
                assert!(dual.v == x && (dual.d * slope - 1.0).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn what_is_not_finite_is_its_own_inverse() {
        let w = Some { r: 1.0, a: 2.0, less: 1.0 };
        let values = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.0, 0.0, -1.0, 2.0, -2.0];
        let [none, above, below, one, ..] = Lanes(values).inverse(&w).0;
        assert!(none.is_nan() && above == f64::INFINITY && below == f64::NEG_INFINITY);
        assert!((w.at(one) - 1.0).abs() < 1e-15 && f64::NAN.inverse(&w).is_nan());
    }
}
