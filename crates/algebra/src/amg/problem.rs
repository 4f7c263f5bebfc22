//! What multigrid can be told about a matrix.

use super::AmgParameters;
use super::follows::Follows;
use super::lattice::Lattice;
use super::layout::Layout;
use super::tentative::NearNull;
use crate::{Csr, LinearError};

/// What the rows of a matrix stand for. The default is one unknown per point whose smoothest function
/// is a constant, as in conduction.
#[derive(Clone, Debug, PartialEq)]
pub struct AmgProblem {
    /// Unknowns per node, 1 to 3: row i is component i % block of node i / block.
    pub block: usize,
    /// For rows in another order, or nodes where some unknowns are fixed and have no row: row i is
    /// component `places[i] % block` of node `places[i] / block`.
    pub places: Option<Vec<u32>>,
    /// Vectors that A would map to 0 without supports, by row: for displacements the rigid motions,
    /// 3 in the plane and 6 in space. None given: constants of each component.
    pub near_null: Vec<Vec<f64>>,
    /// The first interpolation between levels, from coarse to fine nodes, if the mesh knows a good one:
    /// from the corners to all nodes of second-order cells. Each coarse node must be a fine one, with
    /// the single weight 1 in its row.
    pub first_prolongation: Option<Csr>,
    /// Where the nodes are on a lattice, from which interpolations are made, as long as that pays, if none is given.
    pub lattice: Option<Lattice>,
    /// Where the unknown at a place is not the displacement there, for interpolations on a lattice.
    pub follows: Follows,
    /// [`AmgParameters::strength`] for this problem, where the caller knows better.
    pub strength: Option<f64>,
    /// [`AmgParameters::longer`] for this problem. With one unknown a point tetrahedra of Gmsh take two iterations of
    /// 17 less with 1.15; hexahedra and quadrilaterals take one or two more.
    pub longer: Option<f64>,
}

impl Default for AmgProblem {
    fn default() -> Self {
        Self {
            block: 1,
            places: None,
            near_null: Vec::new(),
            first_prolongation: None,
            lattice: None,
            follows: Follows::default(),
            strength: None,
            longer: None,
        }
    }
}

impl AmgProblem {
    /// A vector field with `block` unknowns per node in consecutive rows.
    pub fn of_blocks(block: usize, near_null: Vec<Vec<f64>>) -> Self {
        Self { block, near_null, ..Self::default() }
    }

    /// The parameters for this problem.
    pub(super) fn parameters(&self, p: &AmgParameters) -> AmgParameters {
        let strength = self.strength.unwrap_or(p.strength);
        AmgParameters { strength, longer: self.longer.unwrap_or(p.longer), ..*p }
    }

    /// Where the `n` rows are in blocks.
    pub(super) fn layout(&self, n: usize) -> Result<Layout, LinearError> {
        if !(1..=3).contains(&self.block) {
            let what = "number of unknowns per node";
            return Err(LinearError::Size { what, got: self.block, wanted: 3 });
        }
        Layout::new(n, self.block, self.places.as_deref())
    }

    /// The near-null vectors in blocks.
    pub(super) fn near_null(&self, n: usize, layout: &Layout) -> Result<NearNull, LinearError> {
        let (block, places) = (self.block, self.block * layout.nodes());
        let given = self.near_null.len();
        let motions = [1, 3, 6][block - 1];
        if given != 0 && given != block && given != motions {
            let what = "number of near-null vectors";
            return Err(LinearError::Size { what, got: given, wanted: motions });
        }
        let vectors = if given == 0 { block } else { given };
        let mut values = vec![0.0; places * vectors];
        if given == 0 {
            (0..places).for_each(|place| values[place * vectors + place % block] = 1.0);
        }
        for (v, vector) in self.near_null.iter().enumerate() {
            if vector.len() != n {
                let what = "length of a near-null vector";
                return Err(LinearError::Size { what, got: vector.len(), wanted: n });
            }
            if let Some(row) = vector.iter().position(|v| !v.is_finite()) {
                return Err(LinearError::NotFinite { what: "a near-null vector", row });
            }
            for (place, value) in layout.spread(vector).into_iter().enumerate() {
                values[place * vectors + v] = value;
            }
        }
        Ok(NearNull { block, vectors, values })
    }
}
