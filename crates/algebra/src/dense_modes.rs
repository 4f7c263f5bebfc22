//! Two symmetric matrices made diagonal together, so that any sum of them is inverted by two products.

use crate::columns::Columns;
use crate::wide::{Wide, with_wide_registers};
use crate::{DenseSymmetric, Preconditioner};
use faer::diag::DiagMut;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{cholesky_in_place, cholesky_in_place_scratch};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::{MatMut, MatRef, Par};

/// Most rows: modes cost some ten products of matrices, and a vector of them lies on the stack.
const MOST_ROWS: usize = 200;

/// The modes v of K v = m (A + K) v for symmetric A and K whose sum is positive definite.
///
/// With V the matrix of the modes, V^T (A + K) V = 1, and
///
///   (a A + k K)^-1 = V diag(1 / (a (1 - m) + k m)) V^T
///
/// Source: Golub and Van Loan, Matrix Computations, 4th ed., section 8.7.
#[derive(Clone, Debug)]
pub struct DenseModes {
    /// m, between 0 and 1 where both matrices are positive semidefinite.
    shares: Vec<f64>,
    /// V and V^T, in single precision: half of the memory stays in the first cache beside the equations. A step misses
    /// `f32::EPSILON` times the ratio of the largest and the smallest eigenvalue by that, and who asks for it looks at the
    /// residual.
    modes: Columns<f32>,
    transposed: Columns<f32>,
    /// The factors by which A and K were scaled before.
    scales: [f64; 2],
}

/// (a A + k K)^-1
#[derive(Clone, Copy, Debug)]
pub struct InverseOfSum<'a> {
    modes: &'a DenseModes,
    a: f64,
    k: f64,
}

impl DenseModes {
    /// True where so few rows have modes.
    pub fn serve(rows: usize) -> bool {
        (1..=MOST_ROWS).contains(&rows)
    }

    /// The modes of `a` and `k`, both scaled to a trace of one first; `None` where there are too many rows, or their
    /// sum is not positive definite.
    pub fn new(a: &DenseSymmetric, k: &DenseSymmetric) -> Option<DenseModes> {
        let n = a.rows();
        if !Self::serve(n) || k.rows() != n {
            return None;
        }
        let scales = [a, k].map(|x| 1.0 / (0..n).map(|i| x.row(i)[i]).sum::<f64>());
        if !scales.iter().all(|scale| scale.is_finite() && *scale > 0.0) {
            return None;
        }
        let sum = |i: usize, j: usize| scales[0] * a.row(i)[j] + scales[1] * k.row(i)[j];
        let inverse = inverse_of_factor(n, sum)?;
        // L^-1 K L^-T, column after column.
        let part = times(n, &inverse, |i, j| scales[1] * k.row(i)[j]);
        let mut shares_of = times(n, &inverse, |i, j| part[i * n + j]);
        for i in 0..n {
            for j in 0..i {
                let mean = 0.5 * (shares_of[i * n + j] + shares_of[j * n + i]);
                (shares_of[i * n + j], shares_of[j * n + i]) = (mean, mean);
            }
        }
        let (mut shares, mut q) = (vec![0.0; n], vec![0.0; n * n]);
        let scratch = self_adjoint_evd_scratch::<f64>(
            n,
            ComputeEigenvectors::Yes,
            Par::Seq,
            Default::default(),
        );
        self_adjoint_evd(
            MatRef::from_column_major_slice(&shares_of, n, n),
            DiagMut::from_slice_mut(&mut shares),
            Some(MatMut::from_column_major_slice_mut(&mut q, n, n)),
            Par::Seq,
            MemStack::new(&mut MemBuffer::try_new(scratch).ok()?),
            Default::default(),
        )
        .ok()?;
        // V = L^-T Q
        let entry =
            |i: usize, j: usize| -> f64 { (i..n).map(|l| inverse[l * n + i] * q[j * n + l]).sum() };
        let modes = Columns::new(n, entry);
        let transposed = Columns::new(n, |i, j| entry(j, i));
        Some(DenseModes { shares, modes, transposed, scales })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.shares.len()
    }

    /// (a A + k K)^-1
    pub fn inverse(&self, a: f64, k: f64) -> InverseOfSum<'_> {
        InverseOfSum { modes: self, a: a / self.scales[0], k: k / self.scales[1] }
    }
}

impl Preconditioner for InverseOfSum<'_> {
    fn apply(&self, r: &[f64], z: &mut [f64]) {
        let InverseOfSum { modes, a, k } = self;
        let (mut short, mut of_modes) = ([0.0; MOST_ROWS], [0.0; MOST_ROWS]);
        let (short, of_modes) = (&mut short[..r.len()], &mut of_modes[..r.len()]);
        let scale = with_wide_registers(Shorten { r, short });
        modes.transposed.apply(short, of_modes);
        let sum = a + k;
        with_wide_registers(Divide { x: of_modes, shares: &modes.shares, a: a / sum, k: k / sum });
        modes.modes.apply(of_modes, short);
        with_wide_registers(Lengthen { short, scale: scale / sum, z });
    }
}

/// Writes numbers over the largest of them in single precision, whose range is small; gives the largest.
struct Shorten<'a> {
    r: &'a [f64],
    short: &'a mut [f32],
}

impl Wide for Shorten<'_> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        let Shorten { r, short } = self;
        let (eights, rest) = r.as_chunks::<8>();
        // Eight side by side: the larger of two numbers waits for the one before.
        let mut most = [f64::MIN_POSITIVE; 8];
        for eight in eights {
            most = std::array::from_fn(|k| most[k].max(eight[k].abs()));
        }
        let largest = rest.iter().map(|r| r.abs()).chain(most).fold(0.0, f64::max);
        let over = 1.0 / largest;
        short.iter_mut().zip(r).for_each(|(short, r)| *short = (r * over) as f32);
        largest
    }
}

/// Divides by what the modes make of the sum.
struct Divide<'a> {
    x: &'a mut [f32],
    shares: &'a [f64],
    a: f64,
    k: f64,
}

impl Wide for Divide<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Divide { x, shares, a, k } = self;
        for (x, share) in x.iter_mut().zip(shares) {
            *x /= (a * (1.0 - share) + k * share) as f32;
        }
    }
}

/// The numbers of single precision times `scale`.
struct Lengthen<'a> {
    short: &'a [f32],
    scale: f64,
    z: &'a mut [f64],
}

impl Wide for Lengthen<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Lengthen { short, scale, z } = self;
        z.iter_mut().zip(short).for_each(|(z, x)| *z = scale * f64::from(*x));
    }
}

/// L^-1, row after row, of the Cholesky factor L of a matrix; `None` where it is not positive definite.
fn inverse_of_factor(n: usize, entry: impl Fn(usize, usize) -> f64) -> Option<Vec<f64>> {
    let mut l: Vec<f64> = (0..n * n).map(|k| entry(k % n, k / n)).collect();
    let scratch = cholesky_in_place_scratch::<f64>(n, Par::Seq, Default::default());
    cholesky_in_place(
        MatMut::from_column_major_slice_mut(&mut l, n, n),
        Default::default(),
        Par::Seq,
        MemStack::new(&mut MemBuffer::try_new(scratch).ok()?),
        Default::default(),
    )
    .ok()?;
    let mut inverse = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..=i {
            let own = if i == j { 1.0 } else { 0.0 };
            let before: f64 = (j..i).map(|m| l[m * n + i] * inverse[m * n + j]).sum();
            inverse[i * n + j] = (own - before) / l[i * n + i];
        }
    }
    Some(inverse)
}

/// (W B)^T, row after row, of a lower triangle W, row after row, and a matrix B.
fn times(n: usize, w: &[f64], b: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    let product = |i: usize, j: usize| -> f64 { (0..=i).map(|m| w[i * n + m] * b(m, j)).sum() };
    (0..n * n).map(|k| product(k % n, k / n)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(a: &DenseSymmetric) -> f64 {
        (0..a.rows()).map(|i| a.row(i)[i]).sum()
    }

    #[test]
    fn any_sum_of_both_is_inverted() {
        // A is that of a chain of springs, which leaves constants; K has entries that fall off.
        let n = 23;
        let a = DenseSymmetric::new(n, |i, j| match (i - j, i == 0 || i + 1 == n) {
            (0, true) => 1.0,
            (0, false) => 2.0,
            (1, _) => -1.0,
            _ => 0.0,
        });
        let entry = |i: usize, j: usize| 1e-9 * (-(i as f64 - j as f64).abs()).exp();
        let k = DenseSymmetric::new(n, entry);
        let modes = DenseModes::new(&a, &k).unwrap();
        let x: Vec<f64> = (0..n).map(|i| (1.0 + i as f64).sin()).collect();
        for (weight, other) in [(1.0, 1e9), (1e3, 1e9), (2.0, 1e14)] {
            let (mut of_a, mut of_k, mut back) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
            a.apply(&x, &mut of_a);
            k.apply(&x, &mut of_k);
            let y: Vec<f64> = of_a.iter().zip(&of_k).map(|(a, k)| weight * a + other * k).collect();
            modes.inverse(weight, other).apply(&y, &mut back);
            // Single precision, seen through how different the sizes of both are.
            let sizes = [weight * trace(&a), other * trace(&k)];
            let ratio = sizes[0].max(sizes[1]) / sizes[0].min(sizes[1]);
            let tolerance = f64::from(f32::EPSILON) * ratio;
            for (back, x) in back.iter().zip(&x) {
                assert!((back - x).abs() < tolerance, "{weight} {other}: {back} {x} {tolerance}");
            }
            // However large or small they are.
            for scale in [1e-200, 1e250] {
                let y: Vec<f64> = y.iter().map(|y| scale * y).collect();
                let mut scaled = vec![0.0; n];
                modes.inverse(weight, other).apply(&y, &mut scaled);
                for (scaled, back) in scaled.iter().zip(&back) {
                    assert!((scaled / scale - back).abs() < tolerance, "{scaled} {back}");
                }
            }
        }
        let mut z = vec![f64::NAN; n];
        modes.inverse(1.0, 1.0).apply(&vec![0.0; n], &mut z);
        assert_eq!(z, vec![0.0; n]);
    }

    #[test]
    fn a_sum_that_is_singular_has_no_modes() {
        let only =
            |k: usize| DenseSymmetric::new(3, move |i, j| if i == k && j == k { 2.0 } else { 0.0 });
        assert!(DenseModes::new(&only(0), &only(1)).is_none());
        let zeros = DenseSymmetric::new(3, |_, _| 0.0);
        assert!(DenseModes::new(&only(0), &zeros).is_none());
        assert!(!DenseModes::serve(0) && !DenseModes::serve(MOST_ROWS + 1));
    }
}
