//! A u of cells side by side: gradients at the points of quadrature, the law, and back.

use super::cells::{Cells, Geometry, MAP};
use super::lanes::{Lanes, Number, add, add_product, times, zero};
use super::tangent::{Tangent, Tensor};
use crate::sum::shares;
use rayon::prelude::*;

/// Cells whose parts are held at a time, and packs of a task.
const HELD: usize = 1024;
const TASK: usize = 8;

/// Cells, in one precision.
pub(super) struct Product<T, const L: usize> {
    pub geometry: Geometry<T, L>,
    /// Reference derivatives, point after point.
    derivatives: Vec<[T; 3]>,
    /// Weights that the one of an affine cell is multiplied with.
    weights: Vec<T>,
    tangent: Tangent<T>,
}

type Vector<T, const L: usize> = [Lanes<T, L>; 3];

impl<T: Number, const L: usize> Product<T, L> {
    /// For the law multiplied by `factor`.
    pub fn new(cells: &Cells, geometry: Geometry<T, L>, factor: f64) -> Self {
        let weights = match cells.is_affine {
            true => cells.rule.weights.iter().map(|&w| T::of(w)).collect(),
            false => vec![T::of(1.0); cells.points()],
        };
        Product {
            geometry,
            derivatives: cells.derivatives.iter().map(|d| d.map(T::of)).collect(),
            weights,
            tangent: Tangent::new(&cells.tangent, factor),
        }
    }

    /// Bytes that a product reads beside vectors.
    pub fn bytes(&self, cells: &Cells) -> usize {
        self.geometry.bytes() + 4 * cells.nodes.len()
    }

    /// y = y + A x on vectors of nodes with three components.
    ///
    /// Parts of cells are computed in parallel and added in the order of the cells, by each thread to
    /// nodes of its own.
    pub fn add_to(&self, cells: &Cells, x: &[T], y: &mut [T]) {
        let (width, count) = (cells.width, cells.len());
        let packs = count.div_ceil(L);
        let held = (HELD / L).min(packs);
        let mut parts = vec![[zero::<T, L>(); 3]; held * width];
        let nodes = (y.len() / 3) as u32;
        for first in (0..packs).step_by(held.max(1)) {
            let parts = &mut parts[..held.min(packs - first) * width];
            parts.par_chunks_mut(TASK * width).enumerate().for_each(|(task, parts)| {
                let mut own = Own::new(cells);
                for (k, part) in parts.chunks_exact_mut(width).enumerate() {
                    self.multiply(cells, first + task * TASK + k, x, &mut own, part);
                }
            });
            let cells_here = first * L..count.min(first * L + parts.len() / width * L);
            let bounds =
                shares(&cells.nodes[cells_here.start * width..cells_here.end * width], nodes);
            let mut rest = &mut *y;
            let mut own = Vec::with_capacity(bounds.len() - 1);
            for pair in bounds.windows(2) {
                let (part, others) = rest.split_at_mut(3 * (pair[1] - pair[0]) as usize);
                own.push((pair[0]..pair[1], part));
                rest = others;
            }
            let parts = &*parts;
            own.into_par_iter().for_each(|(range, y)| {
                for cell in cells_here.clone() {
                    let part = &parts[(cell / L - first) * width..][..width];
                    let l = cell % L;
                    for (&node, part) in cells.nodes_of(cell).iter().zip(part) {
                        if range.contains(&node) {
                            let y = &mut y[3 * (node - range.start) as usize..][..3];
                            for c in 0..3 {
                                y[c] = y[c] + part[c][l];
                            }
                        }
                    }
                }
            });
        }
    }

    /// The part of one pack.
    #[inline(never)]
    fn multiply(
        &self,
        cells: &Cells,
        pack: usize,
        x: &[T],
        own: &mut Own<T, L>,
        part: &mut [Vector<T, L>],
    ) {
        for l in 0..L {
            for (u, &node) in own.u.iter_mut().zip(cells.nodes_of(pack * L + l)) {
                let x = &x[3 * node as usize..][..3];
                for c in 0..3 {
                    u[c][l] = x[c];
                }
            }
        }
        part.fill([zero(); 3]);
        let values = self.geometry.of_pack(pack);
        let (width, point) = (cells.width, self.geometry.point);
        let at = |q: usize| &values[if cells.is_affine { 0 } else { q * point }..][..point];
        for q in 0..cells.points() {
            let (map, derivatives) = (at(q), &self.derivatives[q * width..(q + 1) * width]);
            own.gradients[q] = in_space(map, &gradient(derivatives, &own.u));
        }
        if cells.basis > 0 {
            own.project(cells.basis, at);
        }
        for q in 0..cells.points() {
            let map = at(q);
            let mut weight = map[9];
            weight.iter_mut().for_each(|w| *w = *w * self.weights[q]);
            let mut stress = self.tangent.apply(&own.gradients[q]);
            stress.iter_mut().for_each(|s| *s = times(s, &weight));
            own.gradients[q] = stress;
        }
        if cells.basis > 0 {
            // The projection is its own adjoint in the inner product with the weights.
            own.project_weighted(cells.basis, at);
        }
        for q in 0..cells.points() {
            let stress = back(at(q), &own.gradients[q]);
            let derivatives = &self.derivatives[q * width..(q + 1) * width];
            for (part, d) in part.iter_mut().zip(derivatives) {
                for c in 0..3 {
                    for k in 0..3 {
                        add(&mut part[c], d[k], &stress[3 * c + k]);
                    }
                }
            }
        }
    }
}

/// What a task needs to itself.
struct Own<T, const L: usize> {
    u: Vec<Vector<T, L>>,
    /// At each point.
    gradients: Vec<Tensor<T, L>>,
}

impl<T: Number, const L: usize> Own<T, L> {
    fn new(cells: &Cells) -> Self {
        let (u, gradients) = (vec![[zero(); 3]; cells.width], vec![[zero(); 9]; cells.points()]);
        Own { u, gradients }
    }

    /// Replaces the divergence by its projection: grad u -> grad u + 1/3 (P div u - div u) I.
    #[inline(always)]
    fn project<'a>(&mut self, basis: usize, at: impl Fn(usize) -> &'a [Lanes<T, L>]) {
        let mut coefficients = [zero::<T, L>(); 4];
        for (q, g) in self.gradients.iter().enumerate() {
            let map = at(q);
            let weighted = times(&map[9], &sum_of_diagonal(g));
            for (c, p) in coefficients[..basis].iter_mut().zip(&map[MAP..]) {
                add_product(c, p, &weighted);
            }
        }
        self.replace_traces(&coefficients[..basis], at, |projected, _| projected);
    }

    /// The same for stresses that are multiplied with the weights already.
    #[inline(always)]
    fn project_weighted<'a>(&mut self, basis: usize, at: impl Fn(usize) -> &'a [Lanes<T, L>]) {
        let mut coefficients = [zero::<T, L>(); 4];
        for (q, s) in self.gradients.iter().enumerate() {
            let trace = sum_of_diagonal(s);
            for (c, p) in coefficients[..basis].iter_mut().zip(&at(q)[MAP..]) {
                add_product(c, p, &trace);
            }
        }
        self.replace_traces(&coefficients[..basis], at, |projected, w| times(&projected, w));
    }

    #[inline(always)]
    fn replace_traces<'a>(
        &mut self,
        coefficients: &[Lanes<T, L>],
        at: impl Fn(usize) -> &'a [Lanes<T, L>],
        weigh: impl Fn(Lanes<T, L>, &Lanes<T, L>) -> Lanes<T, L>,
    ) {
        let third = T::of(1.0 / 3.0);
        for (q, g) in self.gradients.iter_mut().enumerate() {
            let map = at(q);
            let mut projected = zero();
            for (c, p) in coefficients.iter().zip(&map[MAP..]) {
                add_product(&mut projected, c, p);
            }
            let projected = weigh(projected, &map[9]);
            let trace = sum_of_diagonal(g);
            for i in [0, 4, 8] {
                for l in 0..L {
                    g[i][l] = g[i][l] + third * (projected[l] - trace[l]);
                }
            }
        }
    }
}

/// h_cd = sum over nodes of u_c dN/dxi_d
#[inline(always)]
fn gradient<T: Number, const L: usize>(derivatives: &[[T; 3]], u: &[Vector<T, L>]) -> Tensor<T, L> {
    let mut h = [zero(); 9];
    for c in 0..3 {
        let mut row = [zero::<T, L>(); 3];
        for (d, u) in derivatives.iter().zip(u) {
            for k in 0..3 {
                add(&mut row[k], d[k], &u[c]);
            }
        }
        h[3 * c..3 * c + 3].copy_from_slice(&row);
    }
    h
}

/// g_ck = sum over d of h_cd dxi_d/dx_k
#[inline(always)]
fn in_space<T: Number, const L: usize>(map: &[Lanes<T, L>], h: &Tensor<T, L>) -> Tensor<T, L> {
    let mut g = [zero(); 9];
    for c in 0..3 {
        for k in 0..3 {
            for d in 0..3 {
                add_product(&mut g[3 * c + k], &h[3 * c + d], &map[3 * d + k]);
            }
        }
    }
    g
}

/// t_cd = sum over k of s_ck dxi_d/dx_k
#[inline(always)]
fn back<T: Number, const L: usize>(map: &[Lanes<T, L>], s: &Tensor<T, L>) -> Tensor<T, L> {
    let mut t = [zero(); 9];
    for c in 0..3 {
        for d in 0..3 {
            for k in 0..3 {
                add_product(&mut t[3 * c + d], &s[3 * c + k], &map[3 * d + k]);
            }
        }
    }
    t
}

#[inline(always)]
fn sum_of_diagonal<T: Number, const L: usize>(g: &Tensor<T, L>) -> Lanes<T, L> {
    let mut sum = g[0];
    for l in 0..L {
        sum[l] = g[0][l] + g[4][l] + g[8][l];
    }
    sum
}
