//! Newton's method with a derivative of somewhere else, for neighbours in a sweep.
//!
//! The equations are the gradient of a convex energy, and limited-memory BFGS lowers it with residuals
//! alone: the inverse of an earlier derivative, made better by what each step showed of the present one.
//! Source: Nocedal and Wright, Numerical Optimization, 2nd ed., algorithm 7.4.

use crate::vector::{axpy, dot, max_norm};
use crate::{Equations, NewtonInfo, NewtonParameters, Preconditioner, Stop};

/// All steps that are allowed together must leave at most this part of the residual, each its share; else
/// the derivative is from too far away.
const FALL: f64 = 1.0 / 32.0;
/// What rounding leaves may be this much above `rtol`, as in [`crate::newton()`].
const ABOVE: f64 = 100.0;

/// Solves F(u) = 0 from a start `u` nearby in at most `steps` steps, with `inverse` near the inverse of
/// the derivative. `None` where that does not serve; `u` is then no worse than it was.
///
/// Converged as in [`crate::newton()`]: the largest norm is not above `rtol`, or not above 100 `rtol` and no
/// step makes it smaller.
pub fn quasi_newton(
    f: &mut dyn Equations,
    inverse: &dyn Preconditioner,
    u: &mut [f64],
    p: &NewtonParameters,
    steps: usize,
) -> Option<NewtonInfo> {
    let n = u.len();
    let [mut r, mut next, mut d] = [(); 3].map(|()| vec![0.0; n]);
    f.residual(u, &mut r).ok()?;
    let mut norm = max_norm(&f.norms(&r));
    let mut residuals = vec![norm];
    let steps = steps.min(p.max_iterations);
    let fall = FALL.powf(1.0 / steps.max(1) as f64);
    let mut is_rounding = false;
    // Steps, with what each changed of the residual and the product of both.
    let mut pairs: Vec<(Vec<f64>, Vec<f64>, f64)> = Vec::with_capacity(steps);
    while norm.is_finite() {
        let is_near = norm <= ABOVE * p.rtol;
        if norm <= p.rtol || pairs.len() >= if is_near { 2 * steps } else { steps } {
            break;
        }
        next.copy_from_slice(&r);
        direction(inverse, &pairs, &mut next, &mut d);
        axpy(1.0, &d, u);
        let after = match f.residual(u, &mut next) {
            Ok(()) => max_norm(&f.norms(&next)),
            Err(_) => f64::NAN,
        };
        let falls = after < if is_near { norm } else { fall * norm };
        if !falls {
            is_rounding = is_near;
            axpy(-1.0, &d, u);
            // The scales of the norms belong to the last residual.
            f.residual(u, &mut r).ok()?;
            break;
        }
        let mut change = next.clone();
        axpy(-1.0, &r, &mut change);
        let product = dot(&d, &change);
        std::mem::swap(&mut r, &mut next);
        (norm, _) = (after, residuals.push(after));
        if product <= 0.0 {
            // An increasing function has no such pair.
            is_rounding = norm <= ABOVE * p.rtol;
            break;
        }
        pairs.push((d.clone(), change, product));
    }
    let stop = if norm <= p.rtol { Stop::Tolerance } else { Stop::Rounding };
    (norm <= p.rtol || is_rounding).then(|| converged(stop, residuals, f.norms(&r)))
}

fn converged(stop: Stop, residuals: Vec<f64>, norms: Vec<f64>) -> NewtonInfo {
    NewtonInfo {
        converged: true,
        stop,
        iterations: residuals.len() - 1,
        residuals,
        norms,
        linear_iterations: Vec::new(),
        step_lengths: Vec::new(),
        rounding: 0.0,
        worst: 0,
        failure: None,
    }
}

/// d = -H q, the two loops over the pairs; `q` is used up.
fn direction(
    inverse: &dyn Preconditioner,
    pairs: &[(Vec<f64>, Vec<f64>, f64)],
    q: &mut [f64],
    d: &mut [f64],
) {
    let mut factors = vec![0.0; pairs.len()];
    for (factor, (step, change, product)) in factors.iter_mut().zip(pairs).rev() {
        *factor = dot(step, q) / product;
        axpy(-*factor, change, q);
    }
    inverse.apply(q, d);
    for (factor, (step, change, product)) in factors.iter().zip(pairs) {
        axpy(factor - dot(change, d) / product, step, d);
    }
    d.iter_mut().for_each(|d| *d = -*d);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Inadmissible, Operator};

    /// u_i + (u_i - mean) + sinh(u_i) = i / 3, whose solution it finds from residuals alone.
    struct Chain(usize);

    impl Equations for Chain {
        fn len(&self) -> usize {
            self.0
        }
        fn residual(&mut self, u: &[f64], r: &mut [f64]) -> Result<(), Inadmissible> {
            let mean = u.iter().sum::<f64>() / u.len() as f64;
            for (i, (r, u)) in r.iter_mut().zip(u).enumerate() {
                *r = u + (u - mean) + u.sinh() - i as f64 / 3.0;
            }
            Ok(())
        }
        fn linearize(&mut self, _: &[f64]) -> Result<&mut dyn Operator, Inadmissible> {
            Err(Inadmissible("no derivative is asked for".into()))
        }
        fn norms(&self, r: &[f64]) -> Vec<f64> {
            vec![max_norm(r)]
        }
        fn field_names(&self) -> Vec<&str> {
            vec!["u"]
        }
    }

    /// r over a number.
    struct Over(f64);

    impl Preconditioner for Over {
        fn apply(&self, r: &[f64], z: &mut [f64]) {
            z.iter_mut().zip(r).for_each(|(z, r)| *z = r / self.0);
        }
    }

    #[test]
    fn a_rough_inverse_is_made_better_by_the_steps() {
        let parameters = NewtonParameters { rtol: 1e-11, ..NewtonParameters::default() };
        let (mut f, mut u) = (Chain(5), vec![0.0; 5]);
        let info = quasi_newton(&mut f, &Over(3.2), &mut u, &parameters, 30).unwrap();
        let mut r = vec![0.0; 5];
        f.residual(&u, &mut r).unwrap();
        assert!(max_norm(&r) <= 1e-11, "{r:?}");
        // With the rough inverse alone each step leaves a third.
        assert!(info.residuals.len() < 14, "{:?}", info.residuals);
    }

    #[test]
    fn what_does_not_converge_is_no_worse_than_before() {
        let parameters = NewtonParameters::default();
        for (scale, steps) in [(0.1, 30), (3.2, 2)] {
            let mut u = vec![0.5; 5];
            let size = |u: &[f64]| {
                let mut r = vec![0.0; 5];
                Chain(5).residual(u, &mut r).unwrap();
                max_norm(&r)
            };
            let before = size(&u);
            assert_eq!(quasi_newton(&mut Chain(5), &Over(scale), &mut u, &parameters, steps), None);
            assert!(size(&u) <= before + 1e-14, "{} {before}", size(&u));
        }
    }
}
