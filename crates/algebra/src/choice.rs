//! Which solver suits a problem.

use crate::{AmgCg, AmgProblem, Cholesky, LinearSolver};

/// Which solver to use for a symmetric positive definite matrix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// By size and dimension.
    #[default]
    Auto,
    /// [`Cholesky`].
    Cholesky,
    /// [`AmgCg`].
    Cg,
}

/// Largest problems for which [`Method::Auto`] takes the direct solver.
///
/// Set-up and four solves with new values, timed roughly on a shared machine with second-order cells.
/// Quadrilaterals, 66 000 rows: Cholesky 1.8 s, multigrid 0.6 s; both are little, and the direct solver
/// is exact whatever the kinetics. Hexahedra: 0.2 s and 0.1 s at 5 000 rows, 4 s and 0.8 s at 36 000.
const DIRECT_2D: usize = 150_000;
const DIRECT_3D: usize = 12_000;

/// The solver for a matrix of `rows` rows from a mesh of `dimension` 1, 2 or 3; `problem` tells
/// multigrid what the rows stand for.
pub fn choose(
    rows: usize,
    dimension: usize,
    method: Method,
    problem: impl FnOnce() -> AmgProblem,
) -> Box<dyn LinearSolver + Send> {
    let limit = limit(dimension);
    let size = format_args!("{rows} unknowns in {dimension} dimensions");
    match (method, is_direct(rows, dimension, method)) {
        (Method::Auto, true) => log::info!("sparse Cholesky: {size}, {limit} at most"),
        (Method::Auto, false) => log::info!("multigrid and CG: {size}, more than {limit}"),
        (_, true) => log::info!("sparse Cholesky, as asked for: {size}"),
        (_, false) => log::info!("multigrid and CG, as asked for: {size}"),
    }
    match is_direct(rows, dimension, method) {
        true => Box::new(Cholesky::new()),
        false => Box::new(AmgCg::default().for_problem(problem())),
    }
}

/// True when [`choose`] takes the direct solver.
pub fn is_direct(rows: usize, dimension: usize, method: Method) -> bool {
    match method {
        Method::Cholesky => true,
        Method::Auto => rows <= limit(dimension),
        Method::Cg => false,
    }
}

fn limit(dimension: usize) -> usize {
    if dimension <= 2 { DIRECT_2D } else { DIRECT_3D }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auto_goes_by_size_and_dimension() {
        let name =
            |rows, dimension, method| choose(rows, dimension, method, AmgProblem::default).name();
        assert_eq!(name(100_000, 2, Method::Auto), "cholesky");
        assert_eq!(name(100_000, 3, Method::Auto), "cg with algebraic multigrid");
        assert_eq!(name(1_000_000, 2, Method::Auto), "cg with algebraic multigrid");
        assert_eq!(name(1_000_000, 3, Method::Cholesky), "cholesky");
        assert_eq!(name(10, 3, Method::Cg), "cg with algebraic multigrid");
    }
}
