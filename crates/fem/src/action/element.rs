//! Matrices of cells, four cells side by side.

use super::cells::{Cells, Geometry, MAP};
use super::lanes::{Lanes, add, add_product, times, zero};
use algebra::{Wide, with_wide_registers};
use std::ops::Range;

/// Cells side by side in double precision.
pub(super) const WIDE: usize = 4;

type Four = Lanes<f64, WIDE>;

/// Computes blocks of the matrices of cells for some shape functions: those of the cells, or those of their
/// corners.
///
/// With the gradient g of a function, the law's tangent t and what the projection adds to the diagonal of the gradient
/// of a displacement along d, c_d, entry (c, d) of block (a, b) is the integral of
/// `g_a,i t_ci,dj g_b,j + c_a,c (s_d + t_kk,ll c_b,d) + s'_a,c c_b,d`, with `s_d = t_kk,dj g_b,j` and
/// `s'_a,c = g_a,i t_ci,kk`. So the tangent is needed once for each block, not at each point.
pub(super) struct Element<'a> {
    cells: &'a Cells,
    geometry: &'a Geometry<f64, WIDE>,
    /// Reference derivatives of the shape functions, point after point.
    derivatives: Vec<[f64; 3]>,
    weights: Vec<f64>,
    /// Number of shape functions.
    pub functions: usize,
    traces: Traces,
    /// In space, function after function and point after point; what the projection adds; and, with the weight of the
    /// point, the gradients and both sums with traces.
    gradients: Vec<[Four; 3]>,
    corrections: Vec<[Four; 3]>,
    weighted: Vec<[Four; 3]>,
    right: Vec<[Four; 3]>,
    left: Vec<[Four; 3]>,
}

/// What of a tangent concerns traces.
struct Traces {
    /// t_kk,dj by d and j.
    of_rows: [[f64; 3]; 3],
    /// t_ci,kk by c and i.
    of_columns: [[f64; 3]; 3],
    /// t_kk,ll
    of_both: f64,
    /// True where t_ci,dj = t_dj,ci.
    is_symmetric: bool,
}

impl Traces {
    fn of(tangent: &[(usize, usize, f64)]) -> Self {
        let is_symmetric = tangent.iter().all(|&(i, j, t)| {
            let mirrored = |&&(k, l, _): &&(usize, usize, f64)| (k, l) == (j, i);
            tangent.iter().find(mirrored).is_some_and(|other| other.2 == t)
        });
        let mut traces = Traces {
            of_rows: [[0.0; 3]; 3],
            of_columns: [[0.0; 3]; 3],
            of_both: 0.0,
            is_symmetric,
        };
        for &(i, j, t) in tangent {
            let is_trace = |k: usize| k.is_multiple_of(4);
            if is_trace(i) {
                traces.of_rows[j / 3][j % 3] += t;
            }
            if is_trace(j) {
                traces.of_columns[i / 3][i % 3] += t;
            }
            if is_trace(i) && is_trace(j) {
                traces.of_both += t;
            }
        }
        traces
    }
}

impl<'a> Element<'a> {
    pub fn new(
        cells: &'a Cells,
        geometry: &'a Geometry<f64, WIDE>,
        derivatives: &[[f64; 3]],
    ) -> Self {
        let functions = derivatives.len() / cells.points();
        let mut weights = match cells.is_affine {
            true => cells.rule.weights.clone(),
            false => vec![1.0; cells.points()],
        };
        let mut derivatives = derivatives.to_vec();
        let is_constant = derivatives.chunks_exact(functions).all(|at| {
            at.iter().zip(&derivatives).all(|(a, b)| (0..3).all(|k| (a[k] - b[k]).abs() < 1e-14))
        });
        if cells.is_affine && is_constant {
            derivatives.truncate(functions);
            weights = vec![weights.iter().sum()];
        }
        let count = weights.len() * functions;
        let corrections = if cells.basis > 0 { count } else { 0 };
        let zeros = |count| vec![[zero(); 3]; count];
        Element {
            cells,
            geometry,
            derivatives,
            weights,
            functions,
            traces: Traces::of(&cells.tangent),
            gradients: zeros(count),
            corrections: zeros(corrections),
            weighted: zeros(count),
            right: zeros(corrections),
            left: zeros(corrections),
        }
    }

    #[inline(always)]
    fn at(&self, pack: usize, q: usize) -> &'a [Four] {
        let values = self.geometry.of_pack(pack);
        let point = self.geometry.point;
        &values[if self.cells.is_affine { 0 } else { q * point }..][..point]
    }

    /// Gradients at all points of the cells of a pack, and what follows from them.
    #[inline(always)]
    fn reach(&mut self, pack: usize) {
        let (m, points) = (self.functions, self.weights.len());
        for q in 0..points {
            let map = self.at(pack, q);
            let weight = map[9].map(|w| w * self.weights[q]);
            for (a, d) in self.derivatives[q * m..(q + 1) * m].iter().enumerate() {
                let g = &mut self.gradients[a * points + q];
                for (k, g) in g.iter_mut().enumerate() {
                    *g = zero();
                    (0..3).for_each(|i| add(g, d[i], &map[3 * i + k]));
                }
                self.weighted[a * points + q] = [0, 1, 2].map(|k| times(&g[k], &weight));
            }
        }
        if self.cells.basis > 0 {
            (0..m).for_each(|a| self.correct(pack, a));
        }
    }

    /// What the projection adds to function `a`, and what follows from that.
    #[inline(always)]
    fn correct(&mut self, pack: usize, a: usize) {
        let points = self.weights.len();
        let range = a * points..(a + 1) * points;
        let gradients = &self.gradients[range.clone()];
        for c in 0..3 {
            let mut coefficients = [zero(); 4];
            for (q, g) in gradients.iter().enumerate() {
                let map = self.at(pack, q);
                let weighted = times(&map[9], &g[c]);
                for (sum, p) in coefficients.iter_mut().zip(&map[MAP..]) {
                    add_product(sum, p, &weighted);
                }
            }
            for (q, g) in gradients.iter().enumerate() {
                let mut difference = g[c].map(|g| -g);
                for (sum, p) in coefficients.iter().zip(&self.at(pack, q)[MAP..]) {
                    add_product(&mut difference, sum, p);
                }
                self.corrections[range.start + q][c] = difference.map(|d| d / 3.0);
            }
        }
        for (q, k) in range.enumerate() {
            let (g, correction) = (self.weighted[k], self.corrections[k]);
            let weight = self.at(pack, q)[9].map(|w| w * self.weights[q]);
            for (d, correction) in correction.iter().enumerate() {
                let (mut right, mut left) = (times(&weight, correction), zero());
                right.iter_mut().for_each(|v| *v *= self.traces.of_both);
                for (j, g) in g.iter().enumerate() {
                    add(&mut right, self.traces.of_rows[d][j], g);
                    add(&mut left, self.traces.of_columns[d][j], g);
                }
                (self.right[k][d], self.left[k][d]) = (right, left);
            }
        }
    }

    /// Block (a, b) of the cells of the pack that was reached, column by column.
    #[inline(always)]
    fn block(&self, a: usize, b: usize) -> [Four; 9] {
        let points = self.weights.len();
        let [of_a, of_b] = [a, b].map(|k| k * points..(k + 1) * points);
        let mut products = [zero(); 9];
        for (g, w) in self.gradients[of_a.clone()].iter().zip(&self.weighted[of_b.clone()]) {
            for i in 0..3 {
                for j in 0..3 {
                    add_product(&mut products[3 * i + j], &g[i], &w[j]);
                }
            }
        }
        let mut block = [zero(); 9];
        for &(i, j, t) in &self.cells.tangent {
            add(&mut block[3 * (j / 3) + i / 3], t, &products[3 * (i % 3) + j % 3]);
        }
        if self.cells.basis == 0 {
            return block;
        }
        let here = self.corrections[of_a.clone()].iter().zip(&self.left[of_a]);
        let there = self.corrections[of_b.clone()].iter().zip(&self.right[of_b]);
        for ((correction_a, left), (correction_b, right)) in here.zip(there) {
            for d in 0..3 {
                for c in 0..3 {
                    add_product(&mut block[3 * d + c], &correction_a[c], &right[d]);
                    add_product(&mut block[3 * d + c], &left[c], &correction_b[d]);
                }
            }
        }
        block
    }

    /// The matrices of a pack: block (a, b) is at 9 (a m + b), column by column.
    #[inline(always)]
    fn matrix(&mut self, pack: usize, out: &mut [Four]) {
        self.reach(pack);
        let m = self.functions;
        for a in 0..m {
            let first = if self.traces.is_symmetric { a } else { 0 };
            for b in first..m {
                let block = self.block(a, b);
                out[9 * (a * m + b)..][..9].copy_from_slice(&block);
                if self.traces.is_symmetric {
                    let mirrored = &mut out[9 * (b * m + a)..][..9];
                    (0..9).for_each(|k| mirrored[3 * (k % 3) + k / 3] = block[k]);
                }
            }
        }
    }

    /// The matrices of a range of cells that begins with a pack, each as `take(cell, pack, l)`: block (a, b) is at
    /// 9 (a m + b) in `pack`, column by column, and the numbers of this cell in lane l.
    pub fn each(&mut self, cells: Range<usize>, mut take: impl FnMut(usize, &[Four], usize)) {
        let mut out = vec![zero::<f64, WIDE>(); 9 * self.functions * self.functions];
        for first in cells.clone().step_by(WIDE) {
            with_wide_registers(Matrix { element: self, pack: first / WIDE, out: &mut out });
            (first..cells.end.min(first + WIDE)).for_each(|cell| take(cell, &out, cell - first));
        }
    }

    /// The blocks on the diagonal of the matrices of a pack.
    pub fn diagonal(&mut self, pack: usize, out: &mut [Four]) {
        with_wide_registers(Diagonal { element: self, pack, out });
    }
}

/// See [`Element::matrix`].
struct Matrix<'m, 'a> {
    element: &'m mut Element<'a>,
    pack: usize,
    out: &'m mut [Four],
}

impl Wide for Matrix<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.element.matrix(self.pack, self.out);
    }
}

/// See [`Element::diagonal`].
struct Diagonal<'m, 'a> {
    element: &'m mut Element<'a>,
    pack: usize,
    out: &'m mut [Four],
}

impl Wide for Diagonal<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.element.reach(self.pack);
        for (a, block) in self.out.chunks_exact_mut(9).enumerate() {
            block.copy_from_slice(&self.element.block(a, a));
        }
    }
}
