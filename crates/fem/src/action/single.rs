//! The action in single precision: the finest level of multigrid.

use super::cells::Cells;
use super::element::WIDE;
use super::places::Kind;
use super::product::Product;
use algebra::SingleProduct;
use rayon::prelude::*;
use std::sync::{Arc, Mutex};

/// Cells side by side in single precision.
const NARROW: usize = 8;
/// Entries per task.
const PIECE: usize = 3 * 4096;

/// The same in single precision, on vectors of nodes.
pub(super) struct Single {
    parts: Vec<(Arc<Cells>, Product<f32, NARROW>)>,
    /// Places with a prescribed value, or nothing.
    fixed: Vec<u32>,
    /// Places that move with another one.
    tied: Vec<(u32, u32)>,
    moved: Mutex<Vec<f32>>,
}

impl Single {
    pub fn new(
        parts: &[(Arc<Cells>, Arc<Product<f64, WIDE>>)],
        kinds: Arc<Vec<Kind>>,
        scale: f64,
    ) -> Self {
        let parts = parts.iter().map(|(cells, product)| {
            let volume: f64 = (product.geometry.values.iter().skip(9))
                .step_by(product.geometry.point)
                .flatten()
                .sum();
            let unit = (volume / cells.len() as f64).cbrt();
            let geometry = product.geometry.narrow(cells, unit);
            (Arc::clone(cells), Product::new(cells, geometry, scale * unit))
        });
        let places = || kinds.iter().zip(0u32..);
        let fixed = places().filter(|(kind, _)| **kind == Kind::Fixed).map(|(_, k)| k).collect();
        let tied = places().filter_map(|(kind, k)| match kind {
            Kind::Tied(to) => Some((k, *to)),
            _ => None,
        });
        let tied: Vec<(u32, u32)> = tied.collect();
        let moved = if tied.is_empty() { vec![] } else { vec![0.0; kinds.len()] };
        Single { parts: parts.collect(), fixed, tied, moved: Mutex::new(moved) }
    }
}

impl SingleProduct for Single {
    fn apply(&self, x: &[f32], y: &mut [f32]) {
        let mut moved = self.moved.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let x = if self.tied.is_empty() {
            x
        } else {
            // A vector that is multiplied may be longer than it has numbers.
            let numbers = moved.len();
            moved.copy_from_slice(&x[..numbers]);
            self.tied.iter().for_each(|&(k, to)| moved[k as usize] = x[to as usize]);
            &moved[..]
        };
        y.par_chunks_mut(PIECE).for_each(|y| y.fill(0.0));
        self.parts.iter().for_each(|(cells, product)| product.add_to(cells, x, y));
        for &(k, to) in &self.tied {
            y[to as usize] += std::mem::take(&mut y[k as usize]);
        }
        self.fixed.iter().for_each(|&k| y[k as usize] = 0.0);
    }

    fn bytes(&self) -> usize {
        self.parts.iter().map(|(cells, product)| product.bytes(cells)).sum()
    }
}
