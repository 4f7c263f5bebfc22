//! One way through the levels and back.

use super::level::Level;
use super::smoother::{Smoothed, Vectors};

/// Solves A x = b roughly on the first of `levels`, with b in the first of `vectors`, where x will be; A is
/// `finest` where that level has none of its own. `solve` replaces a right-hand side of the last level, which stands in `coarse`, by the solution there.
///
/// The first two levels are visited once, each other one twice for each visit to the one above it: a level
/// has about a tenth of the unknowns of the one above, so that this costs a few percent, and the error of
/// the levels far below no longer adds up with their number. Vector fields gain nothing by it.
pub(super) fn cycle(
    levels: &[Level],
    finest: Option<&Smoothed>,
    vectors: &mut [Vectors],
    coarse: &mut [f32],
    solve: &mut dyn FnMut(&mut [f32]),
) {
    Cycle { finest, coarse, solve }.visit(levels, vectors, 0, true);
}

/// How often a visit to a level, the first of which has the depth 0, visits the next one.
fn visits_below(level: &Level, depth: usize) -> usize {
    if depth == 0 || level.size.shape != [1, 1] { 1 } else { 2 }
}

struct Cycle<'a> {
    finest: Option<&'a Smoothed>,
    coarse: &'a mut [f32],
    solve: &'a mut dyn FnMut(&mut [f32]),
}

impl Cycle<'_> {
    /// Improves x, which counts as 0 when `from_zero`.
    fn visit(&mut self, levels: &[Level], vectors: &mut [Vectors], depth: usize, from_zero: bool) {
        let [level, levels @ ..] = levels else { return };
        let [v, below @ ..] = vectors else { return };
        let Some(matrix) = level.matrix.as_ref().or(self.finest) else {
            unreachable!("whoever left it away brings it along")
        };
        level.smoother.smooth(matrix, v, from_zero);
        matrix.a.residual(&v.b, &v.x, &mut v.y);
        if below.is_empty() {
            level.restriction.apply(&v.y, self.coarse);
            (self.solve)(self.coarse);
            level.prolongation.add(self.coarse, &mut v.x);
        } else {
            level.restriction.apply(&v.y, &mut below[0].b);
            for visit in 0..visits_below(level, depth) {
                self.visit(levels, below, depth + 1, visit == 0);
            }
            level.prolongation.add(&below[0].x, &mut v.x);
        }
        level.smoother.smooth(matrix, v, false);
    }
}

/// Bytes that one cycle reads and writes on all levels but the factored one.
pub(super) fn bytes(levels: &[Level]) -> usize {
    // Visits from zero are as many as those to the level above.
    let (mut from_zero, mut visits, mut bytes) = (1, 1, 0);
    for (depth, level) in levels.iter().enumerate() {
        bytes += visits * level.cycle_bytes() + (visits - from_zero) * level.step_bytes();
        (from_zero, visits) = (visits, visits * visits_below(level, depth));
    }
    bytes
}
