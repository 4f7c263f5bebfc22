//! Elasticity, contact and rough contact. No case says what these rows need (an obstacle, a gap before
//! loading), so they put the laws together themselves.

mod balance;
mod block;
mod bodies;
mod cavity;
mod contact_patch;
mod cylinder;
mod half_space;
mod hertz;
mod line;
mod nafems;
mod patch;
mod penny;
mod problem;
mod punch;
mod rigid_motion;
mod rough;
mod summits;
mod waves;

use super::super::row::Problem;
use super::{worst, worst_of};
use mesh::CellKind;

/// Every problem, in the order of the table.
pub(super) fn problems() -> Vec<Problem> {
    let families = [
        patch::problems(),
        rigid_motion::problems(),
        cylinder::problems(),
        cavity::problems(),
        block::problems(),
        nafems::problems(),
        contact_patch::problems(),
        hertz::problems(),
        punch::problems(),
        waves::problems(),
        summits::problems(),
        penny::problems(),
        balance::problems(),
        rough::problems(),
    ];
    families.into_iter().flatten().collect()
}

/// The name of a kind of cell in the names of rows.
fn lower(kind: CellKind) -> String {
    format!("{kind:?}").to_lowercase()
}
