//! The first interpolation, where the mesh knows a good one.

use super::blocks::Blocks;
use super::tentative::NearNull;
use crate::{Csr, LinearError};

impl NearNull {
    /// The given interpolation between nodes for each component, and the vectors at the coarse nodes.
    pub fn interpolate(self, given: &Csr) -> Result<(Blocks<f32>, NearNull), LinearError> {
        let (b, n) = (self.block, self.vectors);
        let nodes = self.values.len() / (b * n);
        if given.nrows() != nodes {
            let what = "number of rows of the first prolongation";
            return Err(LinearError::Size { what, got: given.nrows(), wanted: nodes });
        }
        let mut values = vec![0.0; given.ncols() * b * n];
        let mut found = vec![false; given.ncols()];
        for i in 0..nodes {
            if let ([j], [1.0]) = given.row(i) {
                let j = *j as usize;
                found[j] = true;
                values[j * b * n..(j + 1) * b * n].copy_from_slice(self.node(i));
            }
        }
        if let Some(column) = found.iter().position(|found| !found) {
            let what =
                "a node with the single weight 1 for a coarse node of the first prolongation";
            return Err(LinearError::Size { what, got: 0, wanted: column });
        }
        let mut weights = vec![0.0; given.nnz() * b * b];
        for (block, &w) in weights.chunks_exact_mut(b * b).zip(given.values()) {
            (0..b).for_each(|c| block[c * b + c] = w as f32);
        }
        let prolongation = Blocks {
            shape: [b, b],
            start: given.row_start().to_vec(),
            columns: given.columns().to_vec(),
            values: weights,
            ncols: given.ncols(),
        };
        Ok((prolongation, NearNull { block: b, vectors: n, values }))
    }
}
