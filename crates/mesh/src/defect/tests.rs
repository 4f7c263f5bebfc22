//! The meshes against closed forms, and their soundness over the whole range of parameters.

mod box_current;
mod current;
mod lattice;
mod measure;
mod measures;
mod messages;
mod pieces;
mod soundness;

use super::*;

/// A defect of 10 um in a box of 50 um with the default rim.
fn defect(symmetry: Symmetry, shape: Shape) -> Defect {
    Defect {
        symmetry,
        shape,
        radius: 1e-5,
        rim_radius: 0.0,
        width: 5e-5,
        thickness: 5e-5,
        anode: None,
        rim_size: default_rim_size(shape, 1e-5, Some(2e-5), 0.0),
        order: 2,
        refinement: 0,
    }
}
