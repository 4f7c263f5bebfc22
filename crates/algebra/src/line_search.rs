//! The root of an increasing function that may change over hundreds of orders of magnitude.
//!
//! Along a direction d the slope g(t) = R(u + t d) . d of a convex energy never falls. With exponential
//! kinetics it may be flat up to t = 1e-10, and beyond 1e+300 or infinite right after. So the search
//! halves the bracket in log t while its upper end is infinite or far off, and then works on
//! asinh(g / |g(0)|), which is nearly linear in t where g is exponential.

/// Where a search ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Root {
    /// Step length.
    pub t: f64,
    /// g(t); within the tolerance if the search succeeded.
    pub g: f64,
}

/// Steps shorter than this are not tried: they change no digit of u.
const SHORTEST: f64 = 1e-16;
/// The longest step, in full steps. Where R is linear a step t leaves 1 - t of it, so that longer steps
/// would let the linear part of R grow.
const LONGEST: f64 = 2.0;
/// Evaluations after which a search gives up. A bracket from 1e-16 to 1 and an exponent up to 700
/// take fewer than 30.
const EVALUATIONS: usize = 80;

/// Finds t > 0 with |g(t)| <= `fraction` |g(0)|, where g never falls and `g0` = g(0) < 0.
///
/// `g1` = g(1) is known. A value that is not finite means that t is too large. If g(2) < 0 still, the
/// answer is t = 2. Returns None if there is no such t down to 1e-16, or rounding hides it. `g` is last
/// called at the t that is returned.
pub fn find_root(g0: f64, g1: f64, fraction: f64, mut g: impl FnMut(f64) -> f64) -> Option<Root> {
    let scale = g0.abs();
    let done = |g: f64| g.abs() <= fraction * scale;
    let too_far = |g: f64| g > 0.0 || !g.is_finite();
    let squeeze = |g: f64| (g / scale).asinh();

    let mut low = Root { t: 0.0, g: g0 };
    let mut high = Root { t: 1.0, g: g1 };
    if !too_far(high.g) {
        low = high;
        high = Root { t: LONGEST, g: g(LONGEST) };
        if done(high.g) || (!too_far(high.g) && high.g > low.g) {
            return Some(high);
        }
        if !too_far(high.g) {
            return None;
        }
    }

    // Weights of the Illinois variant of regula falsi, which halves the end that stays too long.
    let (mut weight_low, mut weight_high) = (1.0, 1.0);
    let mut slow = 0;
    for _ in 0..EVALUATIONS {
        let floor = low.t.max(SHORTEST);
        if high.t <= floor * (1.0 + 4.0 * f64::EPSILON) {
            return None;
        }
        let t = if !high.g.is_finite() || (slow >= 3 && high.t > 4.0 * floor) {
            (floor * high.t).sqrt()
        } else if slow >= 3 {
            0.5 * (low.t + high.t)
        } else {
            let (a, b) = (weight_low * squeeze(low.g), weight_high * squeeze(high.g));
            let t = low.t - a * (high.t - low.t) / (b - a);
            t.clamp(floor, high.t)
        };
        let next = Root { t, g: g(t) };
        if done(next.g) {
            return Some(next);
        }
        let width = high.t - low.t;
        if too_far(next.g) {
            (weight_low, weight_high) = (if slow > 0 { 0.5 * weight_low } else { 1.0 }, 1.0);
            high = next;
        } else {
            (weight_low, weight_high) = (1.0, if slow > 0 { 0.5 * weight_high } else { 1.0 });
            low = next;
        }
        slow = if high.t - low.t > 0.5 * width && slow < 3 { slow + 1 } else { 0 };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(g: impl Fn(f64) -> f64) -> (Option<Root>, usize) {
        let mut calls = 0;
        let root = find_root(g(0.0), g(1.0), 0.1, |t| {
            calls += 1;
            g(t)
        });
        (root, calls)
    }

    /// -1 + e^(c t) / m has its root at ln(m) / c; t = 1 overflows for c > 710.
    #[test]
    fn exponentials_of_any_steepness() {
        for exponent in 1..14 {
            let c = 3.0 * 10f64.powi(exponent);
            for m in [1.5, 1e3, 1e12] {
                let (root, calls) = search(|t| (c * t).exp() / m - 1.0);
                let root = root.unwrap_or_else(|| panic!("no root for c = {c:e}, m = {m:e}"));
                let wanted = f64::ln(m) / c;
                assert!((c * (root.t - wanted)).abs() < 0.4, "c = {c:e}, m = {m:e}: {root:?}");
                assert!(calls <= 20, "c = {c:e}, m = {m:e}: {calls} evaluations");
            }
        }
    }

    #[test]
    fn lines_are_met_at_once_also_beyond_the_full_step() {
        let (root, calls) = search(|t| 4.0 * t - 1.0);
        assert!((root.unwrap().t - 0.25).abs() < 0.03 && calls <= 4, "{root:?} {calls}");
        let (root, calls) = search(|t| t / 1.5 - 1.0);
        assert!((root.unwrap().t - 1.5).abs() < 0.16 && calls <= 3, "{root:?} {calls}");
        let (root, calls) = search(|t| t / 50.0 - 1.0);
        assert_eq!((root.unwrap().t, calls), (2.0, 1));
    }

    #[test]
    fn no_root_is_said_so() {
        assert_eq!(search(|_| -1.0).0, None);
        assert_eq!(search(|t| if t == 0.0 { -1.0 } else { f64::NAN }).0, None);
    }
}
