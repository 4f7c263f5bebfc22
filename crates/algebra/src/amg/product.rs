//! The product of two sparse matrices.

use crate::Csr;
use rayon::prelude::*;

/// Rows per task.
const ROWS: usize = 1024;

/// A B, row by row (Gustavson, ACM Trans. Math. Softw. 4 (1978) 250).
///
/// # Panics
/// If the inner sizes differ.
pub fn product(a: &Csr, b: &Csr) -> Csr {
    assert_eq!(a.ncols(), b.nrows());
    let n = a.nrows();
    let pieces: Vec<(Vec<usize>, Vec<u32>, Vec<f64>)> = (0..n.div_ceil(ROWS))
        .into_par_iter()
        .map_init(
            || (vec![0.0; b.ncols()], vec![usize::MAX; b.ncols()]),
            |(sum, seen), piece| {
                let rows = piece * ROWS..n.min((piece + 1) * ROWS);
                let (mut lengths, mut columns, mut values) = (vec![], vec![], vec![]);
                for i in rows {
                    let start = columns.len();
                    let (ks, a) = a.row(i);
                    for (&k, a) in ks.iter().zip(a) {
                        let (js, b) = b.row(k as usize);
                        for (&j, b) in js.iter().zip(b) {
                            let place = j as usize;
                            if seen[place] == i {
                                sum[place] += a * b;
                            } else {
                                seen[place] = i;
                                sum[place] = a * b;
                                columns.push(j);
                            }
                        }
                    }
                    columns[start..].sort_unstable();
                    values.extend(columns[start..].iter().map(|&j: &u32| sum[j as usize]));
                    lengths.push(columns.len() - start);
                }
                (lengths, columns, values)
            },
        )
        .collect();

    let nnz = pieces.iter().map(|piece| piece.1.len()).sum();
    let mut row_start = Vec::with_capacity(n + 1);
    row_start.push(0);
    let (mut columns, mut values) = (Vec::with_capacity(nnz), Vec::with_capacity(nnz));
    for (lengths, js, v) in pieces {
        for length in lengths {
            row_start.push(row_start[row_start.len() - 1] + length);
        }
        columns.extend_from_slice(&js);
        values.extend_from_slice(&v);
    }
    Csr::from_sorted(row_start, columns, values, b.ncols())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_by_three_times_three_by_two() {
        // [1 0 2]   [1 0]   [9 10]
        // [0 3 0] x [2 3] = [6  9]
        //           [4 5]
        let a = Csr::new(vec![0, 2, 3], vec![0, 2, 1], vec![1.0, 2.0, 3.0], 3).unwrap();
        let b = Csr::new(vec![0, 1, 3, 5], vec![0, 0, 1, 0, 1], vec![1.0, 2.0, 3.0, 4.0, 5.0], 2);
        let c = Csr::new(vec![0, 2, 4], vec![0, 1, 0, 1], vec![9.0, 10.0, 6.0, 9.0], 2);
        assert_eq!(product(&a, &b.unwrap()), c.unwrap());
    }
}
