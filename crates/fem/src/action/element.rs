//! Matrices of cells, four cells side by side.

use super::cells::{Cells, Geometry, MAP};
use super::lanes::{Lanes, add, add_product, times, zero};

/// Cells side by side in double precision.
pub(super) const WIDE: usize = 4;

type Four = Lanes<f64, WIDE>;

/// Computes blocks of the matrices of cells for some shape functions: those of the cells, or those of their
/// corners.
pub(super) struct Element<'a> {
    cells: &'a Cells,
    geometry: &'a Geometry<f64, WIDE>,
    /// Reference derivatives of the shape functions, point after point.
    derivatives: Vec<[f64; 3]>,
    weights: Vec<f64>,
    /// Number of shape functions.
    pub functions: usize,
    /// In space, at each point; and a third of what the projection changes the divergence by.
    gradients: Vec<[Four; 3]>,
    corrections: Vec<[Four; 3]>,
    stress: Vec<[[Four; 9]; 3]>,
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
        Element {
            cells,
            geometry,
            derivatives,
            weights,
            functions,
            gradients: vec![[zero(); 3]; count],
            corrections: vec![[zero(); 3]; corrections],
            stress: vec![[[zero(); 9]; 3]; functions],
        }
    }

    fn at(&self, pack: usize, q: usize) -> &'a [Four] {
        let values = self.geometry.of_pack(pack);
        let point = self.geometry.point;
        &values[if self.cells.is_affine { 0 } else { q * point }..][..point]
    }

    /// Gradients at all points of the cells of a pack.
    fn reach(&mut self, pack: usize) {
        let m = self.functions;
        for q in 0..self.weights.len() {
            let map = self.at(pack, q);
            let derivatives = &self.derivatives[q * m..(q + 1) * m];
            for (g, d) in self.gradients[q * m..].iter_mut().zip(derivatives) {
                for (k, g) in g.iter_mut().enumerate() {
                    *g = zero();
                    (0..3).for_each(|i| add(g, d[i], &map[3 * i + k]));
                }
            }
        }
        if self.cells.basis == 0 {
            return;
        }
        for a in 0..m {
            for c in 0..3 {
                let mut coefficients = [zero(); 4];
                for q in 0..self.weights.len() {
                    let map = self.at(pack, q);
                    let weighted = times(&map[9], &self.gradients[q * m + a][c]);
                    for (sum, p) in coefficients.iter_mut().zip(&map[MAP..]) {
                        add_product(sum, p, &weighted);
                    }
                }
                for q in 0..self.weights.len() {
                    let map = self.at(pack, q);
                    let mut difference = self.gradients[q * m + a][c].map(|g| -g);
                    for (sum, p) in coefficients.iter().zip(&map[MAP..]) {
                        add_product(&mut difference, sum, p);
                    }
                    self.corrections[q * m + a][c] = difference.map(|d| d / 3.0);
                }
            }
        }
    }

    /// The law's answer at point `q` to a unit of each component of function `b`, times the weight.
    fn answer(&self, pack: usize, q: usize, b: usize) -> [[Four; 9]; 3] {
        let (m, map) = (self.functions, self.at(pack, q));
        let weight = map[9].map(|w| w * self.weights[q]);
        let mut stress = [[zero(); 9]; 3];
        for (d, stress) in stress.iter_mut().enumerate() {
            let mut gradient = [zero(); 9];
            gradient[3 * d..3 * d + 3].copy_from_slice(&self.gradients[q * m + b]);
            if let Some(correction) = self.corrections.get(q * m + b) {
                for i in [0, 4, 8] {
                    add(&mut gradient[i], 1.0, &correction[d]);
                }
            }
            for &(i, j, t) in &self.cells.tangent {
                add(&mut stress[i], t, &gradient[j]);
            }
            stress.iter_mut().for_each(|s| *s = times(s, &weight));
        }
        stress
    }

    /// Adds what function `a` at point `q` makes of `answer`: a block, column by column.
    fn test(&self, q: usize, a: usize, answer: &[[Four; 9]; 3], block: &mut [Four]) {
        let k = q * self.functions + a;
        let gradient = &self.gradients[k];
        for (d, stress) in answer.iter().enumerate() {
            for c in 0..3 {
                for (i, g) in gradient.iter().enumerate() {
                    add_product(&mut block[3 * d + c], &stress[3 * c + i], g);
                }
                if let Some(correction) = self.corrections.get(k) {
                    let mut trace = zero();
                    [0, 4, 8].iter().for_each(|&i| add(&mut trace, 1.0, &stress[i]));
                    add_product(&mut block[3 * d + c], &correction[c], &trace);
                }
            }
        }
    }

    /// The matrices of a pack: block (a, b) is at 9 (a m + b), column by column.
    pub fn matrix(&mut self, pack: usize, out: &mut [Four]) {
        self.reach(pack);
        out.fill(zero());
        let m = self.functions;
        for q in 0..self.weights.len() {
            let mut answers = std::mem::take(&mut self.stress);
            for (b, answer) in answers.iter_mut().enumerate() {
                *answer = self.answer(pack, q, b);
            }
            for (a, row) in out.chunks_exact_mut(9 * m).enumerate() {
                for (answer, block) in answers.iter().zip(row.chunks_exact_mut(9)) {
                    self.test(q, a, answer, block);
                }
            }
            self.stress = answers;
        }
    }

    /// The blocks on the diagonal of the matrices of a pack.
    pub fn diagonal(&mut self, pack: usize, out: &mut [Four]) {
        self.reach(pack);
        out.fill(zero());
        for q in 0..self.weights.len() {
            for (a, block) in out.chunks_exact_mut(9).enumerate() {
                let answer = self.answer(pack, q, a);
                self.test(q, a, &answer, block);
            }
        }
    }
}
