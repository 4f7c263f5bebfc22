//! Groups of strongly connected unknowns, each of which becomes one unknown of the coarser level.

use super::strength::Strength;
use rayon::prelude::*;

/// For a row that is in no aggregate.
pub(super) const NONE: u32 = u32::MAX;

/// The aggregate of each row and the number of aggregates.
pub(super) struct Aggregates {
    pub of: Vec<u32>,
    pub count: usize,
}

/// Greedy aggregation in the order of the rows (Vanek, Mandel and Brezina 1996, algorithm 5.1).
///
/// One thread walks the rows where the order matters, which takes a few percent of the set-up and makes
/// the result the same for any number of threads.
pub(super) fn aggregate(s: &Strength) -> Aggregates {
    let n = s.nrows();
    let mut of = vec![NONE; n];
    let mut count = 0;

    // Whole neighbourhoods that are still free.
    for i in 0..n {
        if of[i] != NONE {
            continue;
        }
        let mut neighbours = s.strong(i).map(|(j, _)| j).peekable();
        if neighbours.peek().is_some() && neighbours.all(|j| of[j] == NONE) {
            of[i] = count;
            s.strong(i).for_each(|(j, _)| of[j] = count);
            count += 1;
        }
    }
    // Rows beside such an aggregate join the one they are most strongly connected to.
    let first = of.clone();
    of.par_iter_mut().enumerate().with_min_len(4096).filter(|(_, of)| **of == NONE).for_each(
        |(i, of)| {
            let candidates = s.strong(i).filter(|(j, _)| first[*j] != NONE);
            // Strong entries are negative; of equals the first one wins.
            if let Some((j, _)) = candidates.min_by(|x, y| x.1.total_cmp(&y.1)) {
                *of = first[j];
            }
        },
    );
    // What is left forms aggregates of its own, single ones where all couplings are weak.
    for i in 0..n {
        if of[i] == NONE && !s.is_local(i) {
            of[i] = count;
            for (j, _) in s.strong(i) {
                if of[j] == NONE {
                    of[j] = count;
                }
            }
            count += 1;
        }
    }
    Aggregates { of, count: count as usize }
}
