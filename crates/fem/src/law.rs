//! A law is a pure function at a point.

use crate::lanes::LANES;
use crate::{Dual, Lanes, Real};
use algebra::{Wide, with_wide_registers};

/// What a law reads at a point, and tests with: the coefficient that it returns for a slot
/// multiplies the test function of the same field, at the same place, of the same kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Index of the field in the space.
    pub field: usize,
    /// Its value or its gradient.
    pub of: Of,
    /// Where it is read.
    pub at: At,
    /// 1 for a scalar, 3 for a vector, whatever the dimension of the mesh.
    pub components: usize,
}

/// The value of a field (one number per component) or its gradient (three per component, x, y, z,
/// whatever the symmetry of the case; the hoop direction is the one out of the plane). The gradient
/// of a vector has a row for each component: number 3 i + j is d u_i / d x_j.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// The value.
    Value,
    /// The gradient.
    Gradient,
    /// The gradient of a vector, its divergence replaced by the projection onto what the cells can
    /// follow when they hardly change their volume (see the source of `dilatation`).
    LockFreeGradient,
}

/// Where a slot is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// In the cell or on the facet; on an interface, on its first side.
    Here,
    /// On the second side of an interface.
    Across,
    /// A whole-body unknown, the same number at every point.
    Whole,
}

impl Slot {
    /// The value of the scalar `field` here.
    pub const fn value(field: usize) -> Self {
        Slot { field, of: Of::Value, at: At::Here, components: 1 }
    }

    /// The gradient of the scalar `field` here.
    pub const fn gradient(field: usize) -> Self {
        Slot { of: Of::Gradient, ..Self::value(field) }
    }

    /// The value of `field` on the second side of an interface.
    pub const fn across(field: usize) -> Self {
        Slot { at: At::Across, ..Self::value(field) }
    }

    /// The whole-body unknown number `unknown`.
    pub const fn whole(unknown: usize) -> Self {
        Slot { at: At::Whole, ..Self::value(unknown) }
    }

    /// The value of the vector `field` here.
    pub const fn vector(field: usize) -> Self {
        Slot { components: 3, ..Self::value(field) }
    }

    /// The gradient of the vector `field` here.
    pub const fn vector_gradient(field: usize) -> Self {
        Slot { components: 3, ..Self::gradient(field) }
    }

    /// The gradient of the vector `field` here, with a projected divergence.
    pub const fn lock_free_gradient(field: usize) -> Self {
        Slot { of: Of::LockFreeGradient, ..Self::vector_gradient(field) }
    }

    /// How many numbers are read.
    pub const fn numbers(self) -> usize {
        match self.of {
            Of::Value => self.components,
            Of::Gradient | Of::LockFreeGradient => 3 * self.components,
        }
    }
}

/// The place where a law is evaluated.
#[derive(Clone, Copy, Debug, Default)]
pub struct Point {
    /// Position \[m\].
    pub x: [f64; 3],
    /// On a facet, the unit normal out of the cell (first side); zero in a cell.
    pub normal: [f64; 3],
}

/// What the author of a law writes.
///
/// The weak form gains, for every slot `k`, the integral of `r_k` times the test function (or of
/// `r_k` dotted with its gradient).
pub trait Law: Send + Sync {
    /// What is read, in this order; each slot takes [`Slot::numbers`] numbers.
    fn slots(&self) -> &[Slot];

    /// Evaluates the coefficients `r` from the numbers `u`; both have the length that the slots say. `r` holds anything
    /// before, so that all of it is to be written.
    fn evaluate<S: Real>(&self, point: &Point, u: &[S], r: &mut [S]);

    /// Writes the derivatives dr_i/du_j at a point to `t`, row by row, and returns true, where a law has them by hand
    /// because speed asks for it. They must equal those of dual numbers, which all other laws have; so has this one where
    /// several points stand side by side, if it does not read the point.
    fn tangent_by_hand(&self, _point: &Point, _u: &[f64], _t: &mut [f64]) -> bool {
        false
    }

    /// True when `r` is linear and homogeneous in `u`, so that its matrix never changes.
    fn is_linear(&self) -> bool {
        false
    }

    /// True when `r` depends on `u` and not on the point, so that one tangent serves all points.
    fn is_uniform(&self) -> bool {
        false
    }

    /// False when `r` does not depend on the point, so that several points may be evaluated side by side.
    fn reads_point(&self) -> bool {
        true
    }

    /// True when `r` does not depend on `u`: a given load, whose tangent is zero.
    fn is_load(&self) -> bool {
        false
    }
}

/// What the machine stores: a law behind one virtual call per batch of points.
pub trait Term: Send + Sync {
    /// See [`Law::slots`].
    fn slots(&self) -> &[Slot];

    /// See [`Law::is_linear`].
    fn is_linear(&self) -> bool;

    /// See [`Law::is_uniform`].
    fn is_uniform(&self) -> bool;

    /// See [`Law::is_load`].
    fn is_load(&self) -> bool;

    /// Coefficients at each point: `u` and `r` hold `n` numbers per point, point after point.
    fn residual(&self, points: &[Point], u: &[f64], r: &mut [f64]);

    /// The same with the numbers of [`LANES`] points side by side: `u` and `r` hold `n` [`Lanes`] for as many
    /// points.
    fn residual_in_lanes(&self, points: &[Point], u: &[Lanes], r: &mut [Lanes]);

    /// Derivatives at each point: `t` holds `n * n` numbers per point, row `i` column `j` being
    /// dr_i/du_j.
    fn tangent(&self, points: &[Point], u: &[f64], t: &mut [f64]);

    /// The same with the numbers of [`LANES`] points side by side.
    fn tangent_in_lanes(&self, points: &[Point], u: &[Lanes], t: &mut [Lanes]);
}

impl<L: Law> Term for L {
    fn slots(&self) -> &[Slot] {
        Law::slots(self)
    }

    fn is_linear(&self) -> bool {
        Law::is_linear(self)
    }

    fn is_uniform(&self) -> bool {
        Law::is_uniform(self)
    }

    fn is_load(&self) -> bool {
        Law::is_load(self)
    }

    fn residual(&self, points: &[Point], u: &[f64], r: &mut [f64]) {
        let n = width(Law::slots(self));
        for ((point, u), r) in points.iter().zip(u.chunks_exact(n)).zip(r.chunks_exact_mut(n)) {
            self.evaluate(point, u, r);
        }
    }

    fn residual_in_lanes(&self, points: &[Point], u: &[Lanes], r: &mut [Lanes]) {
        let n = width(Law::slots(self));
        if !self.reads_point() {
            return with_wide_registers(Everywhere { law: self, n, u, r });
        }
        each_lane(points, (u, n), (r, n), |point, u, r| self.evaluate(point, u, r));
    }

    fn tangent(&self, points: &[Point], u: &[f64], t: &mut [f64]) {
        let n = width(Law::slots(self));
        let (mut du, mut dr) = (Vec::new(), Vec::new());
        for ((point, u), t) in points.iter().zip(u.chunks_exact(n)).zip(t.chunks_exact_mut(n * n)) {
            if self.tangent_by_hand(point, u, t) {
                continue;
            }
            du.resize(n, Dual::default());
            dr.resize(n, Dual::default());
            differentiate((self, point), u, (&mut du, &mut dr), t);
        }
    }

    fn tangent_in_lanes(&self, points: &[Point], u: &[Lanes], t: &mut [Lanes]) {
        let n = width(Law::slots(self));
        if !self.reads_point() {
            return with_wide_registers(Slopes { law: self, n, u, t });
        }
        each_lane(points, (u, n), (t, n * n), |point, u, t| {
            Term::tangent(self, std::slice::from_ref(point), u, t);
        });
    }
}

/// Calls `f` for one point after the other with its numbers, `n` of which are side by side in `u`, and what it
/// makes of them, `m` side by side in `out`.
fn each_lane(
    points: &[Point],
    (u, n): (&[Lanes], usize),
    (out, m): (&mut [Lanes], usize),
    mut f: impl FnMut(&Point, &[f64], &mut [f64]),
) {
    let (mut one, mut of_one) = (vec![0.0; n], vec![0.0; m]);
    let blocks = points.chunks_exact(LANES).zip(u.chunks_exact(n)).zip(out.chunks_exact_mut(m));
    for ((points, u), out) in blocks {
        for (lane, point) in points.iter().enumerate() {
            one.iter_mut().zip(u).for_each(|(one, u)| *one = u.0[lane]);
            f(point, &one, &mut of_one);
            out.iter_mut().zip(&of_one).for_each(|(out, one)| out.0[lane] = *one);
        }
    }
}

/// The derivatives dr_i/du_j of a law at a point by dual numbers, row by row; `du` and `dr` are room for as many of
/// these as it reads numbers.
#[inline(always)]
fn differentiate<L: Law, T: Real + From<f64>>(
    (law, point): (&L, &Point),
    u: &[T],
    (du, dr): (&mut [Dual<T>], &mut [Dual<T>]),
    t: &mut [T],
) where
    Dual<T>: Real,
{
    let n = u.len();
    for j in 0..n {
        for i in 0..n {
            du[i] = Dual { v: u[i], d: T::from(f64::from(u8::from(i == j))) };
        }
        law.evaluate(point, du, dr);
        for i in 0..n {
            t[i * n + j] = dr[i].d;
        }
    }
}

/// The derivatives of a law that does not read the point.
struct Slopes<'a, L> {
    law: &'a L,
    n: usize,
    u: &'a [Lanes],
    t: &'a mut [Lanes],
}

impl<L: Law> Wide for Slopes<'_, L> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Slopes { law, n, u, t } = self;
        let (mut du, mut dr) = (vec![Dual::default(); n], vec![Dual::default(); n]);
        for (u, t) in u.chunks_exact(n).zip(t.chunks_exact_mut(n * n)) {
            differentiate((law, &Point::default()), u, (&mut du, &mut dr), t);
        }
    }
}

/// The coefficients of a law that does not read the point.
struct Everywhere<'a, L> {
    law: &'a L,
    n: usize,
    u: &'a [Lanes],
    r: &'a mut [Lanes],
}

impl<L: Law> Wide for Everywhere<'_, L> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (u, r) in self.u.chunks_exact(self.n).zip(self.r.chunks_exact_mut(self.n)) {
            self.law.evaluate(&Point::default(), u, r);
        }
    }
}

/// How many numbers a law with these slots reads.
pub fn width(slots: &[Slot]) -> usize {
    slots.iter().map(|s| s.numbers()).sum()
}
