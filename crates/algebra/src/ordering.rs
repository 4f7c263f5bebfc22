//! Nested dissection: in which order to eliminate the unknowns.

use crate::{Csr, LinearError};
use metis_sys::{METIS_NOPTIONS, METIS_NodeND, METIS_SetDefaultOptions, idx_t};
use std::sync::Mutex;

/// A permutation and its inverse: `forward[k]` is the row eliminated k-th, `inverse` undoes it.
pub(crate) struct Ordering {
    pub forward: Vec<usize>,
    pub inverse: Vec<usize>,
}

/// Orders the rows of a symmetric pattern by nested dissection (METIS; Karypis and Kumar, SIAM J. Sci.
/// Comput. 20 (1998) 359), so that a Cholesky factor fills in little.
///
/// Rows with very many entries, such as the potential of a whole body, belong to every separator:
/// they are taken out first and eliminated last.
pub(crate) fn nested_dissection(a: &Csr) -> Result<Ordering, LinearError> {
    let n = a.nrows();
    let dense = 64.max(10 * n.isqrt());
    let is_dense = |i: usize| a.row(i).0.len() > dense;
    let kept: Vec<usize> = (0..n).filter(|&i| !is_dense(i)).collect();
    let mut number = vec![idx_t::MAX; n];
    for (k, &i) in kept.iter().enumerate() {
        number[i] = k as idx_t;
    }

    let mut start: Vec<idx_t> = vec![0];
    let mut neighbours: Vec<idx_t> = Vec::new();
    for &i in &kept {
        let others = a.row(i).0.iter().map(|&j| j as usize).filter(|&j| j != i);
        neighbours.extend(others.map(|j| number[j]).filter(|&j| j != idx_t::MAX));
        start.push(neighbours.len() as idx_t);
    }
    if n > idx_t::MAX as usize || neighbours.len() > idx_t::MAX as usize {
        return Err(LinearError::TooLarge { what: "nested dissection", rows: n });
    }

    let order = dissect(start, neighbours)
        .ok_or(LinearError::TooLarge { what: "nested dissection", rows: n })?;
    let mut forward: Vec<usize> = order.iter().map(|&k| kept[k as usize]).collect();
    forward.extend((0..n).filter(|&i| is_dense(i)));
    let mut inverse = vec![0; n];
    for (k, &i) in forward.iter().enumerate() {
        inverse[i] = k;
    }
    Ok(Ordering { forward, inverse })
}

/// The vertices of a graph (compressed adjacency lists) in the order of elimination.
fn dissect(mut start: Vec<idx_t>, mut neighbours: Vec<idx_t>) -> Option<Vec<idx_t>> {
    let mut n = (start.len() - 1) as idx_t;
    if neighbours.is_empty() {
        return Some((0..n).collect());
    }
    let mut order = vec![0; n as usize];
    let mut inverse = vec![0; n as usize];
    let mut options: [idx_t; METIS_NOPTIONS as usize] = [0; METIS_NOPTIONS as usize];
    // SAFETY: `start` has n + 1 entries that never fall and end with neighbours.len(); all neighbours
    // are below n; both permutations have n entries; a null weight means weight 1. METIS keeps no
    // pointer. It starts the process's random numbers from a fixed seed: one call at a time, and the
    // answer is always the same.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let status = unsafe {
        METIS_SetDefaultOptions(options.as_mut_ptr());
        METIS_NodeND(
            &mut n,
            start.as_mut_ptr(),
            neighbours.as_mut_ptr(),
            std::ptr::null_mut(),
            options.as_mut_ptr(),
            order.as_mut_ptr(),
            inverse.as_mut_ptr(),
        )
    };
    (status == metis_sys::rstatus_et_METIS_OK).then_some(order)
}
