//! What ranks need of those who bring them.

use algebra::{AmgProblem, Comm, Halo, LinearSolver};
use mesh::CornerGraph;

/// Brings ranks, and what can be done on all of them together: MPI with PETSc, for example.
///
/// Its functions are called by all ranks together.
pub trait Engine {
    /// Who takes part.
    fn comm(&self) -> &dyn Comm;

    /// Names and versions of what is behind it.
    fn name(&self) -> String;

    /// The part, below the number of ranks, of each of this rank's vertices of a graph of `all`: parts of
    /// about one size that cut few edges. The ranks hold consecutive vertices.
    ///
    /// # Errors
    /// Why there is none.
    fn partition(&self, all: usize, graph: &CornerGraph) -> Result<Vec<u32>, String>;

    /// How many cells of a mesh for each rank make parts of about one size, also when all cells are halved
    /// afterwards.
    fn cells_each(&self) -> usize {
        4000
    }

    /// A solver for vectors and matrices with the owned entries and then the ghosts of `halo`. Of a matrix
    /// it reads the rows of the owned entries, and it leaves the ghosts of a solution as their owners have
    /// them. A factorisation if `is_direct`, else conjugate gradients with multigrid, which `problem` tells what is
    /// known of the owned entries and the ghosts.
    ///
    /// # Errors
    /// Why there is none.
    fn solver<'e>(
        &'e self,
        halo: Halo,
        is_direct: bool,
        problem: AmgProblem,
    ) -> Result<Box<dyn LinearSolver + Send + 'e>, String>;

    /// The same for the stress side, where unknowns are components of nodes: `problem` says which, for the
    /// owned ones, and how rigid motions look in them.
    ///
    /// # Errors
    /// Why there is none.
    fn mechanics_solver<'e>(
        &'e self,
        halo: Halo,
        is_direct: bool,
        problem: AmgProblem,
    ) -> Result<Box<dyn LinearSolver + Send + 'e>, String>;
}
