//! Unilateral contact without friction: bodies may part, they may not overlap.
//!
//!   g >= 0,    p >= 0,    p g = 0
//!
//! g  gap, m;   p  contact pressure, Pa, compression positive
//!
//! **Discretization.** The pressure is of first order, one number at each corner of a facet, whatever
//! the order of the cells; pairs with second-order displacement that way do not oscillate, and the
//! weights, integrals of the corners' shape functions, are positive on every kind of facet and on the
//! axis of symmetry. To each corner i belongs the gap averaged around it,
//!
//!   q_i = 1/D_i ( D_i g_i + sum over middles m of B_im b_m ),   D_i = int phi_i,  B_im = int phi_i N_m
//!
//! where phi are the shape functions of the corners, N those of the facet, and b_m the height of the gap
//! at the middle node m over the interpolation from the corners: the integral of phi_i g with its
//! first-order part lumped (Popp, Wohlmuth, Gee and Wall, SIAM J. Sci. Comput. 34 (2012) B421, with
//! dual functions instead of lumping).
//!
//! **Bounds.** q and b replace one displacement of each pair of nodes as unknowns (module `reduction`):
//! every condition of contact becomes a bound on a single unknown, q_i >= 0, and p_i D_i is its
//! reaction. No penalty and no multiplier: with some q held at zero the matrix stays symmetric positive
//! definite.
//!
//! **Active set.** In each step the active q are held at zero and the rest is solved for; then p < 0
//! releases and q < 0 holds: the primal-dual active set or semismooth Newton method, max(0, p - c q) = p.
//! Each solve leaves p = 0 or q = 0 exactly, so the scale c drops out. Iterative solvers solve only roughly as long as
//! fewer and fewer bounds change. Cycles cannot occur, see module `pivoting`.

mod entry;
mod iterate;
mod obstacle;
mod pivoting;
mod reduction;
mod solve;
mod surface;

pub use entry::{CONTACT, obstacle};
pub use obstacle::Obstacle;
pub use reduction::{BoundAt, Change, Reduction};
pub use solve::{ActiveSet, Outcome, Settled, Touch, amg_problem, nearest, settle, solve};
pub use surface::{ContactNode, ContactSurface, Gap};

use algebra::{Inadmissible, LinearError};

/// Why a contact problem has no solution to speak of.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ContactError {
    /// Bodies overlap before they are loaded.
    #[error("the initial gap on `{surface}` is negative: {gap:.3e} m at ({}, {}, {}) m", at[0], at[1], at[2])]
    Overlap {
        /// Boundary or interface.
        surface: String,
        /// The smallest gap \[m\].
        gap: f64,
        /// Where \[m\].
        at: [f64; 3],
    },
    /// Nodes on two contact surfaces cannot be the ones that give way on both.
    #[error("contact surfaces meet at ({}, {}, {}) m and no displacement there belongs to one of them alone", at[0], at[1], at[2])]
    Shared {
        /// Where \[m\].
        at: [f64; 3],
    },
    /// A body is not held even where all candidates touch.
    #[error("a body can move freely although it touches everywhere: {0}")]
    Unsupported(LinearError),
    /// Linear solver.
    #[error("active set, step {step}: {source}")]
    Linear {
        /// Step, from 1.
        step: usize,
        /// What the solver says.
        source: LinearError,
    },
    /// The equations cannot be evaluated.
    #[error("active set, step {step}: {source}")]
    Inadmissible {
        /// Step, from 1.
        step: usize,
        /// Why.
        source: Inadmissible,
    },
}
