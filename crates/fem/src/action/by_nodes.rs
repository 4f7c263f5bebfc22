//! The matrix of first-order cells by nodes: their rows are short, and it is read in a third of the time
//! that the product from the cells takes.

use super::{NONE, PIECE};
use algebra::Blocks;
use rayon::prelude::*;
use std::sync::{Arc, Mutex};

/// A in blocks of nodes, and where the free unknowns stand.
pub(super) struct ByNodesMatrix {
    pub blocks: Arc<Blocks<f64>>,
    /// The place of each free unknown.
    places: Vec<u32>,
    /// The free unknown at each place, or [`NONE`].
    unknowns: Vec<u32>,
    work: Mutex<[Vec<f64>; 2]>,
}

impl ByNodesMatrix {
    pub fn new(blocks: Blocks<f64>, places: &[u32]) -> Self {
        let count = 3 * blocks.ncols;
        let mut unknowns = vec![NONE; count];
        places.iter().zip(0..).for_each(|(&place, dof)| unknowns[place as usize] = dof);
        let work = Mutex::new([vec![0.0; count], vec![0.0; count]]);
        ByNodesMatrix { blocks: Arc::new(blocks), places: places.to_vec(), unknowns, work }
    }

    /// y = A x for the free unknowns.
    pub fn apply(&self, x: &[f64], y: &mut [f64]) {
        // A poisoned lock means that a thread panicked in here; the vectors are overwritten anyway.
        let mut work = self.work.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let [u, f] = &mut *work;
        let unknowns = self.unknowns.par_chunks(PIECE);
        u.par_chunks_mut(PIECE).zip(unknowns).for_each(|(u, unknowns)| {
            for (u, &dof) in u.iter_mut().zip(unknowns) {
                *u = x.get(dof as usize).copied().unwrap_or(0.0);
            }
        });
        self.blocks.apply(u, f);
        let places = self.places.par_chunks(PIECE);
        y.par_chunks_mut(PIECE).zip(places).for_each(|(y, places)| {
            for (y, &place) in y.iter_mut().zip(places) {
                *y = f[place as usize];
            }
        });
    }

    /// Bytes of one product: the matrix, and two vectors read and two written with where each number goes.
    pub fn product_bytes(&self) -> usize {
        let vectors = 8 * (3 * self.unknowns.len() + 3 * self.places.len());
        self.blocks.bytes() + vectors + 4 * (self.unknowns.len() + self.places.len())
    }
}
