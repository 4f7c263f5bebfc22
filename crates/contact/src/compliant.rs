//! A rough interface as a spring that stiffens: pressure against the separation of the mean planes.
//!
//!   p = p0 exp(-g / l)
//!
//! p  contact pressure, Pa, compression positive;   g  separation, g0 + (u_across - u) . n, m
//! p0  pressure at g = 0, Pa;   l  decay length, m;   g0  separation before loading, m
//!
//! Weak form: the first side gains p n . v, the second -p n . v, with n out of the first side. The pressure
//! is never zero, and the stiffness is p / l: surfaces that carry more load approach less.
//!
//! For a self-affine surface of root mean square roughness h and lowest wave number q0 Persson finds
//! p0 = 0.375 q0 h E* and l = 0.48 h at light loads; for Greenwood and Williamson's exponential summits l is
//! the scale of their heights. Sources: Persson, Phys. Rev. Lett. 99 (2007) 125502; Greenwood and
//! Williamson, Proc. R. Soc. A 295 (1966) 300.

use crate::DISPLACEMENT;
use fem::{Law, Point, Real, Slot};
use std::sync::Arc;

/// A separation \[m\] before loading as a function of the position \[m\].
pub type Separation = Arc<dyn Fn([f64; 3]) -> f64 + Send + Sync>;

/// The law p = p0 exp(-g / l), see the [module](self).
#[derive(Clone)]
pub struct Compliant {
    /// p0 \[Pa\].
    pub pressure: f64,
    /// l \[m\].
    pub length: f64,
    /// g0 \[m\].
    pub separation: Separation,
}

impl Compliant {
    /// p \[Pa\] at a separation \[m\].
    pub fn pressure_at<S: Real>(&self, separation: S) -> S {
        separation.map(|separation| {
            let p = self.pressure * (-separation / self.length).exp();
            (p, -p / self.length)
        })
    }
}

impl Law for Compliant {
    fn slots(&self) -> &[Slot] {
        const ACROSS: Slot = Slot { components: 3, ..Slot::across(DISPLACEMENT) };
        const { &[Slot::vector(DISPLACEMENT), ACROSS] }
    }

    fn evaluate<S: Real>(&self, point: &Point, u: &[S], r: &mut [S]) {
        let mut separation = S::from((self.separation)(point.x));
        for k in 0..3 {
            separation = separation + (u[3 + k] - u[k]) * point.normal[k];
        }
        let p = self.pressure_at(separation);
        for k in 0..3 {
            r[k] = p * point.normal[k];
            r[3 + k] = -(p * point.normal[k]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fem::{Dual, Term};

    fn law() -> Compliant {
        Compliant { pressure: 5e6, length: 2e-7, separation: Arc::new(|x| 1e-7 + 0.01 * x[0]) }
    }

    #[test]
    fn pressure_falls_by_e_over_the_length() {
        let at = |g: f64| law().pressure_at(Dual { v: g, d: 1.0 });
        assert!((at(2e-7).v * 1f64.exp() / 5e6 - 1.0).abs() < 1e-14);
        assert!((at(1e-7).d * 2e-7 / at(1e-7).v + 1.0).abs() < 1e-14);
    }

    #[test]
    fn bodies_are_pushed_apart_and_the_tangent_is_the_derivative() {
        let point = Point { x: [1e-5, 0.0, 0.0], normal: [0.6, 0.0, 0.8] };
        let u = [1e-8, 2e-8, -3e-8, 5e-8, 0.0, 4e-8];
        let residual = |u: &[f64]| {
            let mut r = [0.0; 6];
            law().residual(&[point], u, &mut r);
            r
        };
        let r = residual(&u);
        // g = 1e-7 + 1e-7 + 0.6 4e-8 + 0.8 7e-8.
        let p = 5e6 * (-2.8e-7f64 / 2e-7).exp();
        for k in 0..3 {
            assert!((r[k] - p * point.normal[k]).abs() < 1e-9 * p && r[3 + k] == -r[k], "{k}");
        }
        let mut t = [0.0; 36];
        law().tangent(&[point], &u, &mut t);
        for j in 0..6 {
            let at = |h: f64| {
                let mut u = u;
                u[j] += h;
                residual(&u)
            };
            let (a, b) = (at(-1e-11), at(1e-11));
            for i in 0..6 {
                let slope = (b[i] - a[i]) / 2e-11;
                assert!((slope - t[6 * i + j]).abs() < 1e-5 * p / 2e-7, "{i} {j}");
            }
        }
    }
}
