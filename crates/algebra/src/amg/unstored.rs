//! A level whose entries are not stored.

use super::blocks::Blocks;
use super::diagonal::Divisor;
use super::stored::apply_diagonal;
use super::tentative::NearNull;
use crate::operator::SingleProduct;
use rayon::prelude::*;
use std::sync::Mutex;

/// Entries per task.
const PIECE: usize = 6 * 4096;

/// What takes the place of a matrix in the cycle.
pub(super) struct Nodal {
    pub nodes: usize,
    pub block: usize,
    pub product: Box<dyn SingleProduct>,
    work: Mutex<[Vec<f32>; 2]>,
}

impl Nodal {
    pub fn new(product: Box<dyn SingleProduct>, nodes: usize, block: usize) -> Self {
        let zeros = || vec![0.0; nodes * block];
        Self { nodes, block, product, work: Mutex::new([zeros(), zeros()]) }
    }

    /// r = b - A x
    pub fn residual(&self, b: &[f32], x: &[f32], r: &mut [f32]) {
        self.product.apply(x, r);
        r.par_chunks_mut(PIECE).zip(b.par_chunks(PIECE)).for_each(|(r, b)| {
            r.iter_mut().zip(b).for_each(|(r, b)| *r = b - *r);
        });
    }

    /// y = x + keep (x - y) + take W (b - A x), with a block of W per node.
    pub fn step(&self, w: &[f32], [keep, take]: [f32; 2], b: &[f32], x: &[f32], y: &mut [f32]) {
        // A poisoned lock means that a thread panicked in here; the vectors are overwritten anyway.
        let mut work = self.work.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let [r, s] = &mut *work;
        self.residual(b, x, r);
        apply_diagonal(self.block, w, take, r, s);
        let pieces = y.par_chunks_mut(PIECE).zip(x.par_chunks(PIECE)).zip(s.par_chunks(PIECE));
        pieces.for_each(|((y, x), s)| {
            for ((y, x), s) in y.iter_mut().zip(x).zip(s) {
                *y = x + (keep * (x - *y) + s);
            }
        });
    }
}

impl NearNull {
    /// The vectors at the coarse nodes, each of which is a node of this level.
    pub fn at(self, coarse: &[u32]) -> NearNull {
        let values = coarse.iter().flat_map(|&node| self.node(node as usize)).copied().collect();
        NearNull { values, ..self }
    }
}

/// The inverse of each block of `scale` times a block diagonal, or the first node where it has none.
pub(super) fn inverse_of_blocks(
    block: usize,
    diagonal: &[f64],
    scale: f64,
) -> Result<Vec<f32>, usize> {
    let nodes = diagonal.len() / (block * block);
    let matrix = Blocks {
        shape: [block; 2],
        start: (0..=nodes).collect(),
        columns: (0..nodes as u32).collect(),
        values: diagonal.to_vec(),
        ncols: nodes,
    };
    Divisor::Diagonal.inverse(matrix.view(), scale)
}
