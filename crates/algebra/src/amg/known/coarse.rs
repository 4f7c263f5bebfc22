//! The matrix of a coarser level on ranks, Pᵀ A P.
//!
//! A sum over fine unknowns: each rank adds up what its own rows of A and P give, for which it needs the rows of P of its
//! copies, too. What that gives for coarse unknowns of others goes to these, who add it to their own in the order of the
//! ranks, so that the sums are the same each time.

use super::super::blocks::{Blocks, View};
use super::super::numbers::Sums;
use super::super::product::galerkin;
use super::numbers::Numbers;
use super::{KnownDivisor, KnownLevel, RowsOfRank};
use crate::{Comm, Csr, Halo};

/// How owned unknowns of a level lie between those of the next one.
pub(super) struct Interpolation {
    /// A row for each; columns are places among the numbers.
    pub p: Blocks<f32>,
    pub numbers: Numbers,
    pub divisor: KnownDivisor,
}

impl Interpolation {
    /// The level with this interpolation and the matrix `a` on the entries of `halo`, of all ranks so many. They call this
    /// together.
    pub fn level(
        self,
        comm: &dyn Comm,
        (halo, all): (&Halo, u64),
        a: RowsOfRank<'_>,
    ) -> KnownLevel {
        let Interpolation { mut p, mut numbers, divisor } = self;
        let (owned, own) = (halo.map().owned_len(), numbers.own());
        p.ncols = numbers.len();
        let r = p.transpose();
        let told = halo.tell(comm, |k, words| {
            let (columns, weights) = p.view().row(k as usize);
            let end = |(&c, w): (&u32, &f32)| [numbers.global(c), f64::from(*w).to_bits()];
            words.extend(columns.iter().zip(weights).flat_map(end));
        });
        for words in told {
            for end in words.chunks_exact(2) {
                p.columns.push(numbers.place(end[0]));
                p.values.push(f64::from_bits(end[1]) as f32);
            }
            p.start.push(p.columns.len());
        }
        p.ncols = numbers.len();
        let a = a.view(halo.map().local_len());
        let sent = for_others(&r, a, &p, comm, &numbers);
        let rows = View { start: &r.start[..=own], ..r.view() };
        let product = galerkin(rows, a, p.view());
        drop(r);
        let mut matrix = with_received(product, comm.exchange(sent), &mut numbers);
        p.start.truncate(owned + 1);
        p.columns.truncate(p.start[owned]);
        p.values.truncate(p.start[owned]);
        let all = [all, numbers.all()];
        let (places, below) = numbers.settle(comm);
        sort(&mut matrix, &places);
        sort(&mut p, &places);
        KnownLevel {
            all,
            interpolation: csr(p, &below),
            matrix: csr(matrix, &below),
            below,
            divisor,
        }
    }
}

/// A matrix with sorted rows as one of numbers.
fn csr<T: Into<f64>>(matrix: Blocks<T>, below: &Halo) -> Csr {
    let values = matrix.values.into_iter().map(Into::into).collect();
    Csr::from_sorted(matrix.start, matrix.columns, values, below.map().local_len())
}

/// What the rows of this rank give for coarse unknowns of others, in words for each rank: number, count, and so many
/// columns with their values.
///
/// A piece of A P would have to wait for these rows, which read all along the surface of the part. So they are made
/// by themselves, from a copy of the rows of A that they read.
fn for_others(
    r: &Blocks<f32>,
    a: View<f64>,
    p: &Blocks<f32>,
    comm: &dyn Comm,
    numbers: &Numbers,
) -> Vec<Vec<u64>> {
    let (own, mut words) = (numbers.own(), vec![Vec::new(); comm.size()]);
    let from = r.start[own];
    let mut read = r.columns[from..].to_vec();
    read.sort_unstable();
    read.dedup();
    let mut rows = Blocks { shape: [1, 1], start: vec![0], ncols: a.ncols, ..Blocks::default() };
    for &i in &read {
        let (columns, values) = a.row(i as usize);
        rows.columns.extend_from_slice(columns);
        rows.values.extend_from_slice(values);
        rows.start.push(rows.columns.len());
    }
    let place = |i: &u32| read.binary_search(i).expect("it is read") as u32;
    let r = Blocks {
        shape: [1, 1],
        start: r.start[own..].iter().map(|k| k - from).collect(),
        columns: r.columns[from..].iter().map(place).collect(),
        values: r.values[from..].to_vec(),
        ncols: read.len(),
    };
    let product = galerkin(r.view(), rows.view(), p.view());
    for k in 0..product.start.len() - 1 {
        let number = numbers.global((own + k) as u32);
        let words = &mut words[numbers.owner(number)];
        let (columns, values) = product.view().row(k);
        words.extend([number, columns.len() as u64]);
        let entry = |(&c, v): (&u32, &f64)| [numbers.global(c), v.to_bits()];
        words.extend(columns.iter().zip(values).flat_map(entry));
    }
    words
}

/// The sum of the own product and of what others made for its rows.
fn with_received(
    product: Blocks<f64>,
    received: Vec<Vec<u64>>,
    numbers: &mut Numbers,
) -> Blocks<f64> {
    let mut more: Vec<(u32, Vec<(u32, f64)>)> = Vec::new();
    for words in &received {
        let mut rest = &words[..];
        while let [number, count, after @ ..] = rest {
            let (entries, after) = after.split_at(2 * *count as usize);
            let entry = |entry: &[u64]| (numbers.place(entry[0]), f64::from_bits(entry[1]));
            let row = entries.chunks_exact(2).map(entry).collect();
            more.push((numbers.place(*number), row));
            rest = after;
        }
    }
    drop(received);
    if more.is_empty() {
        return product;
    }
    // In the order of the ranks still.
    more.sort_by_key(|(row, _)| *row);
    let rows = product.start.len() - 1;
    let entries = product.columns.len() + more.iter().map(|(_, row)| row.len()).sum::<usize>();
    let (mut columns, mut values) = (Vec::with_capacity(entries), Vec::with_capacity(entries));
    let (mut start, mut sums) = (vec![0], Sums::new(numbers.len()));
    let mut more = more.into_iter().peekable();
    for i in 0..rows {
        let (js, vs) = product.view().row(i);
        let row = js.iter().copied().zip(vs.iter().copied());
        sums.add_all(row);
        while let Some((_, row)) = more.next_if(|(row, _)| *row as usize == i) {
            sums.add_all(row.into_iter());
        }
        sums.end_row((&mut columns, &mut values));
        start.push(columns.len());
    }
    Blocks { start, columns, values, ..product }
}

/// Numbers the columns anew, by `places`, and sorts the rows.
fn sort<T: Copy>(matrix: &mut Blocks<T>, places: &[u32]) {
    let (mut keys, mut row) = (Vec::new(), Vec::new());
    for range in matrix.start.windows(2).map(|pair| pair[0]..pair[1]) {
        let (columns, values) = (&mut matrix.columns[range.clone()], &mut matrix.values[range]);
        keys.clear();
        let key = |(&c, k): (&u32, u64)| u64::from(places[c as usize]) << 32 | k;
        keys.extend(columns.iter().zip(0_u64..).map(key));
        keys.sort_unstable();
        row.clear();
        row.extend_from_slice(values);
        for ((key, column), value) in keys.iter().zip(columns).zip(values) {
            (*column, *value) = ((key >> 32) as u32, row[*key as u32 as usize]);
        }
    }
}
