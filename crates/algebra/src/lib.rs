//! Solve A x = b and F(u) = 0.
//!
//! The crate knows matrices and vectors, no mesh and no physics. Read in this order:
//!
//! * [`Comm`] (the ranks, [`Serial`] when there is one), [`IndexMap`], [`Halo`]: what is where;
//! * [`Csr`], [`Operator`], [`vector`]: what is solved with;
//! * [`LinearSolver`]: the face of every solver of A x = b, [`choose`] picks one;
//! * [`Cholesky`] (direct), [`cg()`] and [`AmgCg`] (iterative), [`amg`] (the preconditioner);
//! * [`Schur`] (elimination of the bulk) and [`{DenseCg, DenseCholesky}`] for what is left;
//! * [`newton()`]: F(u) = 0 for the gradient of a convex energy.
//!
//! Every result is the same to the last bit for any number of threads: work is cut into pieces of a
//! fixed size, and partial sums are added in the order of the pieces.

pub mod amg;
pub mod amg_cg;
pub mod cg;
pub mod choice;
pub mod cholesky;
mod columns;
pub mod comm;
pub mod csr;
pub mod dense;
pub mod dense_modes;
pub mod dense_symmetric;
pub mod halo;
pub mod idle;
pub mod index_map;
pub mod line_search;
pub mod linear;
pub mod metered;
pub mod newton;
pub mod operator;
mod ordering;
pub mod quasi_newton;
pub mod schur;
pub mod terms;
pub mod vector;
mod wide;

pub use amg::product::csr_product as product;
pub use amg::{
    Amg, AmgParameters, AmgProblem, Blocks, Follows, Known, KnownDivisor, KnownLevel, Lattice,
    RowsOfRank, Split,
};
pub use amg_cg::AmgCg;
pub use cg::{CgParameters, Preconditioner, cg};
pub use choice::{Method, choose, is_direct};
pub use cholesky::Cholesky;
pub use comm::{Comm, Serial};
pub use csr::{Csr, CsrError, Pattern};
pub use dense::{DenseCg, DenseCholesky};
pub use dense_modes::{DenseModes, InverseOfSum};
pub use dense_symmetric::DenseSymmetric;
pub use halo::Halo;
pub use idle::Idle;
pub use index_map::IndexMap;
pub use linear::{LinearError, LinearInfo, LinearSolver};
pub use metered::{LinearWork, Metered};
pub use newton::{
    Equations, Inadmissible, Iterate, NewtonError, NewtonInfo, NewtonParameters, Stop, newton,
};
pub use operator::{ByNodes, FinestLevels, Operator, SingleProduct, Unstored};
pub use quasi_newton::QuasiNewton;
pub use schur::{Schur, Source};
pub use terms::merge_terms;
pub use wide::{Wide, with_wide_registers};
