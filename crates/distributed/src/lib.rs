//! Ranks of MPI, partitions and linear solvers of PETSc.
//!
//! The only crate that links either, and only with the feature `petsc`; without it it is empty. It
//! gives the rest of the program what that knows already: `Mpi` is an [`algebra::Comm`],
//! `PetscSolver` an [`algebra::LinearSolver`], and `Mpi::partition` says who owns what. Types of
//! MPI and PETSc do not appear: they stay in `shim/*.c`, and only `shim.rs` with `shim/levels.rs` calls these.

#[cfg(feature = "petsc")]
mod blocks;
#[cfg(feature = "petsc")]
mod mpi;
#[cfg(feature = "petsc")]
mod petsc;
#[cfg(feature = "petsc")]
mod shim;

#[cfg(feature = "petsc")]
pub use mpi::{Mpi, Network, PetscError, Traffic};
#[cfg(feature = "petsc")]
pub use petsc::{Defaults, PetscSolver};
