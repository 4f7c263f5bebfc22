//! Newton's method with a derivative of somewhere else, for neighbours in a sweep.
//!
//! The equations are the gradient of a convex energy, and limited-memory BFGS lowers it with residuals
//! alone: the inverse of an earlier derivative, made better by what each step showed of the present one.
//! Source: Nocedal and Wright, Numerical Optimization, 2nd ed., algorithm 7.4.

use crate::vector::{axpy, dot};
use crate::{Equations, NewtonInfo, NewtonParameters, Preconditioner, Stop};

/// All steps that are allowed together must leave at most this part of the residual, each its share; else
/// the derivative is from too far away.
const FALL: f64 = 1.0 / 32.0;
/// What rounding leaves may be this much above `rtol`, as in [`crate::newton()`].
const ABOVE: f64 = 100.0;

/// The method, with the memory that it needs.
#[derive(Debug, Default)]
pub struct QuasiNewton {
    /// The residual, the next one, and the step between.
    r: Vec<f64>,
    next: Vec<f64>,
    d: Vec<f64>,
    before: Vec<f64>,
    pairs: Pairs,
    /// Of the first residual.
    norm: f64,
    /// The part of the residual that each of so many steps must leave at most.
    fall: (usize, f64),
}

/// Steps, with what each changed of the residual and the product of both.
#[derive(Debug, Default)]
struct Pairs {
    steps: Vec<f64>,
    changes: Vec<f64>,
    products: Vec<f64>,
    /// Of the first of the two loops over them.
    factors: Vec<f64>,
}

impl QuasiNewton {
    /// Begins with the residual at `u`, and gives its norm; `None` where it is not defined.
    pub fn begin(&mut self, f: &mut dyn Equations, u: &[f64]) -> Option<f64> {
        let QuasiNewton { r, next, d, before, .. } = self;
        [&mut *r, next, d, before].into_iter().for_each(|x| x.resize(u.len(), 0.0));
        f.residual(u, r).ok()?;
        self.norm = f.norm(&self.r);
        Some(self.norm)
    }

    /// Solves F(u) = 0 from a start `u` nearby, with which [`QuasiNewton::begin`] was called last, in at most `steps`
    /// steps, with `inverse` near the inverse of the derivative. `None` where that does not serve; `u` is then no
    /// worse than it was.
    ///
    /// Converged as in [`crate::newton()`]: the largest norm is not above `rtol`, or not above 100 `rtol` and no
    /// step makes it smaller. In either case `f` was evaluated at `u` last.
    pub fn solve(
        &mut self,
        f: &mut dyn Equations,
        inverse: &dyn Preconditioner,
        u: &mut [f64],
        p: &NewtonParameters,
        steps: usize,
    ) -> Option<NewtonInfo> {
        let steps = steps.min(p.max_iterations);
        if self.fall.0 != steps {
            self.fall = (steps, FALL.powf(1.0 / steps.max(1) as f64));
        }
        let QuasiNewton { r, next, d, before, pairs, norm, fall: (_, fall) } = self;
        pairs.clear();
        let mut norm = *norm;
        let mut residuals = Vec::with_capacity(1 + steps);
        residuals.push(norm);
        let mut is_rounding = false;
        while norm.is_finite() {
            let is_near = norm <= ABOVE * p.rtol;
            if norm <= p.rtol || pairs.len() >= if is_near { 2 * steps } else { steps } {
                break;
            }
            next.copy_from_slice(r);
            pairs.direction(inverse, next, d);
            before.copy_from_slice(u);
            axpy(1.0, d, u);
            let after = match f.residual(u, next) {
                Ok(()) => f.norm(next),
                Err(_) => f64::NAN,
            };
            let falls = after < if is_near { norm } else { *fall * norm };
            if !falls {
                is_rounding = is_near;
                u.copy_from_slice(before);
                // The scales of the norms belong to the last residual.
                f.residual(u, r).ok()?;
                break;
            }
            std::mem::swap(r, next);
            (norm, _) = (after, residuals.push(after));
            if norm > p.rtol && !pairs.push(d, r, next) {
                // An increasing function has no such pair.
                is_rounding = norm <= ABOVE * p.rtol;
                break;
            }
        }
        let stop = if norm <= p.rtol { Stop::Tolerance } else { Stop::Rounding };
        (norm <= p.rtol || is_rounding).then(|| converged(stop, residuals, f.norms(r)))
    }
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

impl Pairs {
    fn len(&self) -> usize {
        self.products.len()
    }

    fn clear(&mut self) {
        [&mut self.steps, &mut self.changes, &mut self.products].into_iter().for_each(Vec::clear);
    }

    /// Takes in the step `d` from the residual `before` to `after`; false where their product is not positive.
    fn push(&mut self, d: &[f64], after: &[f64], before: &[f64]) -> bool {
        let first = self.changes.len();
        self.steps.extend_from_slice(d);
        self.changes.extend(after.iter().zip(before).map(|(after, before)| after - before));
        let product = dot(d, &self.changes[first..]);
        self.products.push(product);
        product > 0.0
    }

    /// d = -H q, the two loops over the pairs; `q` is used up.
    fn direction(&mut self, inverse: &dyn Preconditioner, q: &mut [f64], d: &mut [f64]) {
        let n = q.len().max(1);
        let pairs =
            self.steps.chunks_exact(n).zip(self.changes.chunks_exact(n)).zip(&self.products);
        self.factors.clear();
        for ((step, change), product) in pairs.clone().rev() {
            let factor = dot(step, q) / product;
            self.factors.push(factor);
            axpy(-factor, change, q);
        }
        inverse.apply(q, d);
        for (factor, ((step, change), product)) in self.factors.iter().rev().zip(pairs) {
            axpy(factor - dot(change, d) / product, step, d);
        }
        d.iter_mut().for_each(|d| *d = -*d);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::max_norm;
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
        let mut method = QuasiNewton::default();
        assert!(method.begin(&mut f, &u).is_some_and(|norm| norm > 1.0));
        let info = method.solve(&mut f, &Over(3.2), &mut u, &parameters, 30).unwrap();
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
            let mut method = QuasiNewton::default();
            method.begin(&mut Chain(5), &u).unwrap();
            assert_eq!(method.solve(&mut Chain(5), &Over(scale), &mut u, &parameters, steps), None);
            assert!(size(&u) <= before + 1e-14, "{} {before}", size(&u));
        }
    }
}
