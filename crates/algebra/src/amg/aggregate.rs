//! Groups of strongly connected unknowns, each of which becomes one unknown of the coarser level.

use super::strength::Strength;

/// For a row that is in no aggregate.
pub(super) const NONE: u32 = u32::MAX;

/// The aggregate of each row and the number of aggregates.
pub(super) struct Aggregates {
    pub of: Vec<u32>,
    pub count: usize,
}

/// Greedy aggregation in the order of the rows (Vanek, Mandel and Brezina 1996, algorithm 5.1).
///
/// One thread walks the rows, which takes a few percent of the set-up and makes the result the same for
/// any number of threads.
pub(super) fn aggregate(s: &Strength) -> Aggregates {
    let n = s.strong.nrows();
    let mut of = vec![NONE; n];
    let mut count = 0;

    // Whole neighbourhoods that are still free.
    for i in 0..n {
        let (neighbours, _) = s.strong.row(i);
        let free = |&j: &u32| of[j as usize] == NONE;
        if of[i] == NONE && !neighbours.is_empty() && neighbours.iter().all(free) {
            of[i] = count;
            neighbours.iter().for_each(|&j| of[j as usize] = count);
            count += 1;
        }
    }
    // Rows beside such an aggregate join the one they are most strongly connected to.
    let first = of.clone();
    for i in (0..n).filter(|&i| first[i] == NONE) {
        let (neighbours, values) = s.strong.row(i);
        let candidates = neighbours.iter().zip(values).filter(|(j, _)| first[**j as usize] != NONE);
        // Strong entries are negative; of equals the first one wins.
        if let Some((&j, _)) = candidates.min_by(|x, y| x.1.total_cmp(y.1)) {
            of[i] = first[j as usize];
        }
    }
    // What is left forms aggregates of its own, single ones where all couplings are weak.
    for i in 0..n {
        if of[i] == NONE && !s.local[i] {
            of[i] = count;
            for &j in s.strong.row(i).0 {
                if of[j as usize] == NONE {
                    of[j as usize] = count;
                }
            }
            count += 1;
        }
    }
    Aggregates { of, count: count as usize }
}
