//! A part of a matrix that has nearly the same largest eigenvalue.

use super::aggregate::NONE;
use super::blocks::{Blocks, View};
use super::diagonal::Divisor;
use super::order::Order;
use super::smoother::largest_quotient;
use super::stored::Stored;

/// Rows that are taken of a neighbourhood.
const ROWS: usize = 2048;
/// One of so many rows is taken.
const ONE_OF: usize = 8;
/// One of so many of them is looked at first.
const FEW: usize = 8;
/// A row with more entries belongs to a whole body: its columns are no neighbours of each other.
const LONG: usize = 1000;

/// About the largest quotient of D^-1 A with `scale` A of blocks 1 x 1, from the entries between the rows of some
/// neighbourhoods. Submatrices have no larger quotients than the whole (Cauchy), and the vectors that have the largest
/// ones are oscillations from node to node, for which a neighbourhood is nearly as good as the whole. A few bad cells
/// may be missed: enough to damp an interpolation by, not to bound what a smoother does.
///
/// A few of the neighbourhoods are looked at first: where these reach `enough`, so does the whole.
///
/// # Errors
/// A row of the sample whose diagonal entry is not positive.
pub(super) fn quotient_of_sample(a: View<f64>, scale: f64, enough: f64) -> Result<f64, usize> {
    let [few, all] = [FEW * ONE_OF, ONE_OF].map(|one_of| count_of(a, one_of));
    let found = quotient_of(a, scale, few)?;
    let is_known = found >= enough || few == all;
    if is_known { Ok(found) } else { Ok(quotient_of(a, scale, all)?.max(found)) }
}

/// Neighbourhoods that have one of so many rows together.
fn count_of(a: View<f64>, one_of: usize) -> usize {
    a.nrows().div_ceil(one_of * ROWS)
}

/// The same from so many neighbourhoods.
fn quotient_of(a: View<f64>, scale: f64, count: usize) -> Result<f64, usize> {
    let some = between(a, &neighbourhoods(a, count));
    let (view, order) = (some.view(), Order::of(some.view()));
    let inverse = order.gather(&Divisor::Diagonal.inverse(view, scale)?);
    Ok(largest_quotient(&Stored::new(view, [&order; 2], scale), &inverse))
}

/// The rows of neighbourhoods, which begin in equal distances and grow from neighbour to neighbour, whatever the numbers
/// of these are. Where one has no more neighbours, it goes on with the next row.
fn neighbourhoods(a: View<f64>, count: usize) -> Vec<u32> {
    let n = a.nrows();
    let (mut rows, mut is_taken) = (Vec::<u32>::with_capacity(count * ROWS), vec![false; n]);
    for k in 0..count {
        let (mut next, most) = (rows.len(), (k + 1) * ROWS);
        let mut take = |rows: &mut Vec<u32>, j: u32| {
            if rows.len() < most && !std::mem::replace(&mut is_taken[j as usize], true) {
                rows.push(j);
            }
        };
        for seed in k * n / count..(k + 1) * n / count {
            if rows.len() >= most {
                break;
            }
            take(&mut rows, seed as u32);
            while next < rows.len() && rows.len() < most {
                let (columns, _) = a.row(rows[next] as usize);
                if columns.len() <= LONG {
                    columns.iter().for_each(|&j| take(&mut rows, j));
                }
                next += 1;
            }
        }
    }
    rows
}

/// The entries between these rows, in their order.
fn between(a: View<f64>, rows: &[u32]) -> Blocks<f64> {
    let mut place = vec![NONE; a.nrows()];
    rows.iter().zip(0..).for_each(|(&row, at)| place[row as usize] = at);
    let mut some = Blocks { shape: [1, 1], start: vec![0], ncols: rows.len(), ..Blocks::default() };
    for &row in rows {
        let (columns, values) = a.row(row as usize);
        for (j, &v) in columns.iter().map(|&j| place[j as usize]).zip(values) {
            if j != NONE {
                some.columns.push(j);
                some.values.push(v);
            }
        }
        some.start.push(some.columns.len());
    }
    some
}

#[cfg(test)]
mod tests {
    use super::*;

    /// tridiag(-1, 2, -1) of `n` rows, row i of which has the number i `step` modulo `n`.
    fn chain(n: usize, step: usize) -> Blocks<f64> {
        let number = |i: usize| (i * step % n) as u32;
        let mut place = vec![0; n];
        (0..n).for_each(|i| place[number(i) as usize] = i);
        let (mut start, mut columns, mut values) = (vec![0], vec![], vec![]);
        for &i in &place {
            for j in i.saturating_sub(1)..(i + 2).min(n) {
                columns.push(number(j));
                values.push(if i == j { 2.0 } else { -1.0 });
            }
            start.push(columns.len());
        }
        Blocks { shape: [1, 1], start, columns, values, ncols: n }
    }

    /// Of a part of n rows the largest quotient is 1 + cos(pi / (n + 1)), as near 2 as that of the whole, also where
    /// neighbours have numbers far apart.
    #[test]
    fn neighbours_of_a_chain() {
        for step in [1, 7919] {
            let a = chain(20_000, step);
            let rows = neighbourhoods(a.view(), count_of(a.view(), ONE_OF));
            assert_eq!(rows.len(), 2 * ROWS);
            let some = between(a.view(), &rows);
            let entries = 3 * rows.len() - some.columns.len();
            assert!(entries <= 4, "{entries} entries of two parts of a chain are missing");
            let found = quotient_of_sample(a.view(), 0.25, f64::INFINITY).unwrap();
            assert!((found - 2.0).abs() < 0.08, "{found}");
        }
    }

    /// A chain that has quotients up to 2 in its first rows and up to 1.5 in the others: the first of 19
    /// neighbourhoods is enough for 1.9, and all do not reach 2.5.
    #[test]
    fn a_few_neighbourhoods_may_be_enough() {
        let mut a = chain(300_000, 1);
        for i in 20_000..300_000 {
            let range = a.start[i]..a.start[i + 1];
            let entries = a.columns[range.clone()].iter().zip(&mut a.values[range]);
            entries.filter(|(j, _)| **j as usize != i).for_each(|(_, v)| *v *= 0.5);
        }
        let all = count_of(a.view(), ONE_OF);
        let few = count_of(a.view(), FEW * ONE_OF);
        assert_eq!((few, all), (3, 19));
        let [of_few, of_all] = [few, all].map(|count| quotient_of(a.view(), 0.25, count).unwrap());
        assert_eq!(quotient_of_sample(a.view(), 0.25, 1.9), Ok(of_few));
        assert_eq!(quotient_of_sample(a.view(), 0.25, 2.5), Ok(of_all.max(of_few)));
        assert_ne!(of_few, of_all);
    }

    /// Rows without neighbours, and one that has all.
    #[test]
    fn rows_alone_and_a_long_one() {
        let n = 3000_u32;
        let (mut start, mut columns) = (vec![0], vec![]);
        for i in 0..n {
            columns.extend(if i == 5 { 0..n } else { i..i + 1 });
            start.push(columns.len());
        }
        let values = vec![1.0; columns.len()];
        let a = Blocks { shape: [1, 1], start, columns, values, ncols: n as usize };
        let rows = neighbourhoods(a.view(), count_of(a.view(), ONE_OF));
        assert_eq!(rows, (0..ROWS as u32).collect::<Vec<_>>());
        assert_eq!(between(a.view(), &rows[6..8]).columns, [0, 1]);
    }
}
