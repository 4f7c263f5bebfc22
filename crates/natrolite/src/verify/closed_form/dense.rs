//! A small dense linear solve, independent of the program's own solvers.

/// Solves `A x = b` by Gaussian elimination with partial pivoting; `rows` holds A row by row
/// (n x n), `b` n right-hand-side values. Returns `None` when a pivot vanishes or is not finite.
pub(super) fn solve_dense(mut rows: Vec<Vec<f64>>, mut b: Vec<f64>) -> Option<Vec<f64>> {
    let n = b.len();
    for k in 0..n {
        let pivot = (k..n).max_by(|&i, &j| rows[i][k].abs().total_cmp(&rows[j][k].abs()))?;
        let size = rows[pivot][k].abs();
        if size == 0.0 || !size.is_finite() {
            return None;
        }
        rows.swap(k, pivot);
        b.swap(k, pivot);
        let (done, below) = rows.split_at_mut(k + 1);
        let top = &done[k];
        for (offset, row) in below.iter_mut().enumerate() {
            let factor = row[k] / top[k];
            for (value, &above) in row[k + 1..].iter_mut().zip(&top[k + 1..]) {
                *value -= factor * above;
            }
            b[k + 1 + offset] -= factor * b[k];
        }
    }
    for k in (0..n).rev() {
        let known: f64 = rows[k][k + 1..].iter().zip(&b[k + 1..]).map(|(a, x)| a * x).sum();
        b[k] = (b[k] - known) / rows[k][k];
    }
    Some(b)
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    #[test]
    fn solves_a_system_that_needs_pivoting() {
        let rows = vec![vec![0.0, 2.0, 1.0], vec![1.0, 1.0, 0.0], vec![3.0, 0.0, -1.0]];
        let x = solve_dense(rows, vec![7.0, 3.0, 0.0]).expect("regular");
        for (got, wanted) in x.iter().zip([1.0, 2.0, 3.0]) {
            assert_close(*got, wanted, 1e-14);
        }
    }

    #[test]
    fn refuses_a_singular_matrix() {
        assert_eq!(solve_dense(vec![vec![1.0, 2.0], vec![2.0, 4.0]], vec![1.0, 2.0]), None);
    }
}
