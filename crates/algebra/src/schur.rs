//! Elimination of most unknowns of a symmetric matrix, once for many problems.

use crate::columns::Columns;
use crate::{Cholesky, Csr, DenseSymmetric, LinearError, LinearSolver};
use rayon::prelude::*;

/// Columns that are solved for at a time.
const BLOCK: usize = 16;

/// A symmetric matrix with its unknowns split into those that are kept, B, and the others, I:
///
///   x_I = A_II^-1 (b_I - A_IB x_B),     S x_B = b_B - A_BI A_II^-1 b_I,     S = A_BB - A_BI A_II^-1 A_IB
///
/// A_II is positive definite and factored once; S is dense. Source: Golub and Van Loan, Matrix
/// Computations, 4th ed., section 3.2.11.
pub struct Schur {
    /// B, rising, and I, rising.
    kept: Vec<u32>,
    inner: Vec<u32>,
    factor: Cholesky,
    /// A_BI.
    coupling: Csr,
    /// S.
    complement: DenseSymmetric,
    /// For each unknown that is shown but not kept its number, and its place in I.
    shown: Vec<[u32; 2]>,
    /// A_II^-1 A_IB at the shown unknowns.
    response: Columns,
}

/// What a right-hand side does to the kept and the shown unknowns.
#[derive(Clone, Debug)]
pub struct Source {
    /// b_B - A_BI A_II^-1 b_I, one number for each kept unknown.
    pub reduced: Vec<f64>,
    /// A_II^-1 b_I at the shown unknowns.
    shown: Vec<f64>,
}

impl Schur {
    /// Eliminates the unknowns of `a` that are not `kept` (rising). Those that are `shown` can be found
    /// again without a solve, see [`Schur::show`].
    ///
    /// # Errors
    /// When A_II is not positive definite, or too large.
    ///
    /// # Panics
    /// If `kept` does not rise, or holds numbers that are no rows of `a`.
    pub fn new(a: &Csr, kept: &[u32], shown: &[u32]) -> Result<Schur, LinearError> {
        assert!(kept.windows(2).all(|w| w[0] < w[1]), "kept unknowns must rise");
        assert!(kept.last().is_none_or(|&k| (k as usize) < a.nrows()));
        let mut is_kept = vec![false; a.nrows()];
        kept.iter().for_each(|&k| is_kept[k as usize] = true);
        let inner: Vec<u32> = (0..a.nrows() as u32).filter(|&i| !is_kept[i as usize]).collect();
        let interior = part(a, &inner, &inner);
        let mut factor = Cholesky::new();
        factor.prepare(&interior)?;
        drop(interior);
        let coupling = part(a, kept, &inner);
        let place = |&k: &u32| inner.binary_search(&k).ok().map(|place| [k, place as u32]);
        let shown: Vec<[u32; 2]> = shown.iter().filter_map(place).collect();
        let own = part(a, kept, kept);
        let (complement, response) = complement(&own, &coupling, &factor, &shown);
        let response =
            Columns::rectangle([shown.len(), kept.len()], |i, j| response[j * shown.len() + i]);
        Ok(Schur { kept: kept.to_vec(), inner, factor, coupling, complement, shown, response })
    }

    /// The unknowns that are kept, rising.
    pub fn kept(&self) -> &[u32] {
        &self.kept
    }

    /// S.
    pub fn complement(&self) -> &DenseSymmetric {
        &self.complement
    }

    /// b_B - A_BI A_II^-1 b_I, one number for each kept unknown, from `b` for all unknowns.
    pub fn reduce(&self, b: &[f64]) -> Vec<f64> {
        let mut x: Vec<f64> = self.inner.iter().map(|&i| b[i as usize]).collect();
        self.factor.solve_columns(&mut x, 1);
        let mut out = vec![0.0; self.kept.len()];
        self.coupling.apply(&x, &mut out);
        for (out, &k) in out.iter_mut().zip(&self.kept) {
            *out = b[k as usize] - *out;
        }
        out
    }

    /// What `b`, given for all unknowns, does to those that are kept and those that are shown.
    pub fn source(&self, b: &[f64]) -> Source {
        let mut x: Vec<f64> = self.inner.iter().map(|&i| b[i as usize]).collect();
        self.factor.solve_columns(&mut x, 1);
        let shown = self.shown.iter().map(|&[_, place]| x[place as usize]).collect();
        Source { reduced: self.reduce(b), shown }
    }

    /// The unknowns that are shown and not kept, rising.
    pub fn shown(&self) -> impl Iterator<Item = u32> {
        self.shown.iter().map(|&[k, _]| k)
    }

    /// Writes the values of [`Schur::shown`], from those that are kept, to `shown`, for a right-hand side that is the
    /// sum of `sources`, each with its factor.
    pub fn show(&self, sources: &[(f64, &Source)], kept: &[f64], shown: &mut Vec<f64>) {
        shown.resize(self.shown.len(), 0.0);
        self.response.apply(kept, shown);
        shown.iter_mut().for_each(|x| *x = -*x);
        for (factor, source) in sources {
            shown.iter_mut().zip(&source.shown).for_each(|(x, s)| *x += factor * s);
        }
    }

    /// All unknowns, from `b` for all of them and the values of those that are kept.
    pub fn recover(&self, b: &[f64], kept: &[f64]) -> Vec<f64> {
        let mut x: Vec<f64> = self.inner.iter().map(|&i| b[i as usize]).collect();
        for (row, value) in kept.iter().enumerate() {
            let (columns, values) = self.coupling.row(row);
            for (&j, a) in columns.iter().zip(values) {
                x[j as usize] -= a * value;
            }
        }
        self.factor.solve_columns(&mut x, 1);
        let mut all = vec![0.0; self.kept.len() + self.inner.len()];
        let inner = self.inner.iter().zip(&x);
        inner.chain(self.kept.iter().zip(kept)).for_each(|(&k, &x)| all[k as usize] = x);
        all
    }
}

/// S, and the columns of A_II^-1 A_IB at the shown unknowns, from A_BB, A_BI and the factor of A_II.
fn complement(
    own: &Csr,
    coupling: &Csr,
    factor: &Cholesky,
    shown: &[[u32; 2]],
) -> (DenseSymmetric, Vec<f64>) {
    let (n, inner) = (coupling.nrows(), coupling.ncols());
    let (mut s, mut response) = (vec![0.0; n * n], vec![0.0; n * shown.len()]);
    if n == 0 {
        return (DenseSymmetric::default(), response);
    }
    // One place more than is shown, so that there is something to cut up.
    let wide = shown.len().max(1);
    response.resize(n * wide, 0.0);
    let blocks = s.par_chunks_mut(BLOCK * n).zip(response.par_chunks_mut(BLOCK * wide));
    blocks.enumerate().for_each(|(block, (rows, response))| {
        let count = rows.len() / n;
        let mut x = vec![0.0; inner * count];
        for k in 0..count {
            let (columns, values) = coupling.row(block * BLOCK + k);
            for (&j, a) in columns.iter().zip(values) {
                x[k * inner + j as usize] = *a;
            }
        }
        factor.solve_columns(&mut x, count);
        for (k, row) in rows.chunks_exact_mut(n).enumerate() {
            let x = &x[k * inner..(k + 1) * inner];
            coupling.apply(x, row);
            row.iter_mut().for_each(|s| *s = -*s);
            let (columns, values) = own.row(block * BLOCK + k);
            columns.iter().zip(values).for_each(|(&j, a)| row[j as usize] += a);
            let column = response[k * wide..].iter_mut();
            column.zip(shown).for_each(|(out, &[_, place])| *out = x[place as usize]);
        }
    });
    response.truncate(n * shown.len());
    (DenseSymmetric::new(n, |i, j| 0.5 * (s[i * n + j] + s[j * n + i])), response)
}

/// The rows and columns of `a` with these numbers, both rising.
fn part(a: &Csr, rows: &[u32], columns: &[u32]) -> Csr {
    let mut place = vec![u32::MAX; a.ncols()];
    columns.iter().enumerate().for_each(|(k, &j)| place[j as usize] = k as u32);
    let (mut start, mut found, mut values) = (vec![0], Vec::new(), Vec::new());
    for &i in rows {
        let (js, vs) = a.row(i as usize);
        for (&j, &v) in js.iter().zip(vs) {
            if place[j as usize] != u32::MAX {
                found.push(place[j as usize]);
                values.push(v);
            }
        }
        start.push(found.len());
    }
    Csr::new(start, found, values, columns.len()).expect("a part of sorted rows is sorted")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// -u'' on a chain of springs with rates 1, 2, 3, ... between fixed ends.
    fn chain(n: usize) -> Csr {
        let rate = |k: usize| (k + 1) as f64;
        let (mut start, mut columns, mut values) = (vec![0], vec![], vec![]);
        for i in 0..n {
            let entries =
                [(i.wrapping_sub(1), -rate(i)), (i, rate(i) + rate(i + 1)), (i + 1, -rate(i + 1))];
            for (j, v) in entries.into_iter().filter(|(j, _)| *j < n) {
                columns.push(j as u32);
                values.push(v);
            }
            start.push(columns.len());
        }
        Csr::new(start, columns, values, n).unwrap()
    }

    #[test]
    fn springs_in_series_are_one_spring() {
        // Ends fixed, nodes 1 and 3 of five kept: between them the rates 3 and 4 in series.
        let schur = Schur::new(&chain(5), &[1, 3], &[]).unwrap();
        let between = 1.0 / (1.0 / 3.0 + 1.0 / 4.0);
        let (left, right) = (1.0 / (1.0 + 0.5), 1.0 / (1.0 / 5.0 + 1.0 / 6.0));
        let want = [left + between, -between, -between, right + between];
        let entries = (0..2).flat_map(|i| schur.complement().row(i));
        for (s, want) in entries.zip(want) {
            assert!((s - want).abs() < 1e-14, "{s} {want}");
        }
    }

    #[test]
    fn what_is_reduced_and_recovered_solves_the_whole() {
        for kept in [vec![], vec![0], vec![2, 7, 8, 39], (0..40).collect()] {
            let a = chain(40);
            let shown = [0, 5, 7, 38];
            let schur = Schur::new(&a, &kept, &shown).unwrap();
            let b: Vec<f64> = (0..40).map(|i| (f64::from(i) * 0.7).sin()).collect();
            let n = kept.len();
            // Solve S x = reduced b by the dense solver.
            let rhs = schur.reduce(&b);
            let columns = (0..n * n).map(|k| (k % n) as u32).collect();
            let start = (0..=n).map(|i| i * n).collect();
            let entries = (0..n).flat_map(|i| schur.complement().row(i)).copied().collect();
            let s = Csr::new(start, columns, entries, n).unwrap();
            let mut dense = crate::DenseCholesky::new();
            let mut x = vec![0.0; n];
            dense.prepare(&s).and_then(|()| dense.solve(&s, &rhs, &mut x, 0.0)).unwrap();
            let all = schur.recover(&b, &x);
            let mut r = vec![0.0; 40];
            a.apply(&all, &mut r);
            for (r, b) in r.iter().zip(&b) {
                assert!((r - b).abs() < 1e-12, "{n} kept: {r} {b}");
            }
            // The same right-hand side as a sum of two.
            let source = schur.source(&b);
            let mut some = vec![f64::NAN; 1];
            schur.show(&[(0.75, &source), (0.25, &source)], &x, &mut some);
            assert_eq!(some.len(), shown.iter().filter(|k| !kept.contains(k)).count());
            for (k, got) in schur.shown().zip(some) {
                let want = all[k as usize];
                assert!((got - want).abs() < 1e-12, "unknown {k} of {n} kept: {got} {want}");
            }
        }
    }

    #[test]
    fn a_body_that_floats_is_refused() {
        // Two bodies; nothing of the second is kept, and nothing fixes it.
        let (start, columns) = (vec![0, 1, 3, 5], vec![0, 1, 2, 1, 2]);
        let a = Csr::new(start, columns, vec![1.0, 2.0, -2.0, -2.0, 2.0], 3).unwrap();
        assert!(Schur::new(&a, &[0], &[]).is_err());
        assert!(Schur::new(&a, &[1], &[]).is_ok());
    }
}
