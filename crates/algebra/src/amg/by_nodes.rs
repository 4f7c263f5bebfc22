//! The levels of an operator that is known by nodes.

use super::coarsen::{Below, Given, Levels, descend, fill_empty};
use super::diagonal::Divisor;
use super::lattice::Placed;
use super::layout::{Layout, Matrix};
use super::level::{Level, Size, bad_diagonal, scale_to};
use super::order::Order;
use super::smoother::{Chebyshev, Smoothed};
use super::stored::Stored;
use super::tentative::NearNull;
use super::unstored::{Nodal, inverse_of_blocks};
use super::{AmgParameters, AmgProblem};
use crate::operator::{ByNodes, FinestLevels, Unstored};
use crate::{Blocks, LinearError};

/// The levels of `operator`, which has `rows` unknowns, where these are in blocks, and what values are multiplied
/// with. The factored level is by nodes too.
///
/// # Errors
/// Not positive definite; sizes in `problem` that do not fit.
pub(super) fn coarsen_by_nodes(
    operator: &dyn ByNodes,
    rows: usize,
    problem: &AmgProblem,
    p: &AmgParameters,
) -> Result<(Levels, Layout, f64), LinearError> {
    let p = problem.parameters(p);
    let layout = |nodes| match problem.layout(rows)?.with_nodes(nodes) {
        layout if layout.nodes() == nodes => Ok(layout),
        layout => {
            let what = "number of nodes of the unknowns";
            Err(LinearError::Size { what, got: layout.nodes(), wanted: nodes })
        }
    };
    if problem.lattice.is_some()
        && problem.first_prolongation.is_none()
        && let Some(couplings) = operator.couplings()
    {
        let layout = layout(couplings.start.len() - 1)?;
        let near = problem.near_null(rows, &layout)?;
        if let Some(placed) = Given::of(problem, layout.nodes()).placed
            && let Ok(mut to) = near.coarser_lattice(couplings.view(), placed, 1)
        {
            drop(couplings);
            leave_unknowns(&mut to.prolongation, &to.nodes, &layout);
            let finest = operator.levels_with(to.prolongation);
            let below = (to.near, Some(to.placed));
            let (levels, scale) = below_product(finest, rows, &layout, below, &p)?;
            return Ok((levels, layout, scale));
        }
    }
    let finest = operator.levels();
    let layout = layout(finest.nodes())?;
    let near = problem.near_null(rows, &layout)?;
    let (levels, scale) = match finest {
        FinestLevels::Matrix(a) => {
            let scale = scale_to(a.view().diagonal())?;
            let order = Order::of(a.view());
            let (matrix, given) = (Matrix::Shared(a), Given::of(problem, layout.nodes()));
            (descend(vec![], Below { matrix, order, near, given }, scale, &p)?, scale)
        }
        FinestLevels::Product(finest, coarse) => {
            below_product(*finest, rows, &layout, (near.at(&coarse), None), &p)?
        }
    };
    Ok((levels, layout, scale))
}

/// Leaves of an interpolation from these nodes what leads from an unknown to an unknown. The operator has nothing on
/// the diagonal of other places: with a column for two that are prescribed, and one unknown between them, the matrix
/// below would be singular.
fn leave_unknowns(p: &mut Blocks<f32>, nodes: &[u32], layout: &Layout) {
    let b = layout.block();
    for i in 0..p.start.len() - 1 {
        for k in p.start[i]..p.start[i + 1] {
            let from = nodes[p.columns[k] as usize] as usize;
            for (at, value) in p.values[b * b * k..b * b * (k + 1)].iter_mut().enumerate() {
                if !layout.has_row(b * from + at / b) || !layout.has_row(b * i + at % b) {
                    *value = 0.0;
                }
            }
        }
    }
}

/// The levels of one whose entries are not stored; `near` and `placed` are those of the level below it.
fn below_product(
    finest: Unstored,
    rows: usize,
    layout: &Layout,
    (near, placed): (NearNull, Option<Placed<'_>>),
    p: &AmgParameters,
) -> Result<(Levels, f64), LinearError> {
    let (block, size) = (layout.block(), layout.block() * layout.block());
    let diagonal = finest.diagonal.iter().enumerate();
    let diagonal = diagonal.filter(|(k, _)| (k % size).is_multiple_of(block + 1)).map(|(_, v)| *v);
    let scale = scale_to(diagonal)?;
    let inverse = inverse_of_blocks(block, &finest.diagonal, scale).map_err(bad_diagonal)?;
    let nodal = Nodal::new((finest.single)(scale), layout.nodes(), block);
    let matrix = Smoothed { a: Stored::Nodal(nodal), divisor: Divisor::Diagonal, inverse };
    let smoother = Chebyshev::new(&matrix.a, &matrix.inverse, &matrix.divisor, p.degree);
    let mut below: Blocks<f64> = finest.below;
    fill_empty(&mut below, 1.0 / scale);
    let (order, next) = (Order::natural(layout.nodes()), Order::of(below.view()));
    let restriction = finest.prolongation.transpose();
    let level = Level {
        unknowns: rows,
        size: Size::of(&matrix.a),
        matrix: Some(matrix),
        smoother,
        prolongation: Stored::new(finest.prolongation.view(), [&order, &next], 1.0),
        restriction: Stored::new(restriction.view(), [&next, &order], 1.0),
    };
    let given = Given { prolongation: None, placed };
    let below = Below { order: next, matrix: Matrix::Blocks(below), near, given };
    let mut levels = descend(vec![level], below, scale, p)?;
    levels.orders[0] = order;
    Ok((levels, scale))
}
