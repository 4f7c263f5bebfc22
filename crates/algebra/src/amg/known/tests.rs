use super::super::diagonal::Divisor;
use super::super::lines::tests::{Along, Cells, constants};
use super::super::product::galerkin;
use super::*;
use crate::comm::on_threads;
use crate::{IndexMap, Lattice};
use std::collections::BTreeMap;

/// The rows of a matrix that each rank owns; they are numbered one after the other, in their order.
struct Shared(Vec<Vec<u32>>);

impl Shared {
    fn new(owner: &[usize], ranks: usize) -> Self {
        let of = |rank| (0..).zip(owner).filter(move |(_, o)| **o == rank).map(|(i, _)| i);
        Self((0..ranks).map(|rank| of(rank).collect()).collect())
    }

    /// Number of each row among those of all ranks.
    fn numbers(&self) -> Vec<u64> {
        let rows = self.0.concat();
        let mut numbers = vec![0; rows.len()];
        rows.iter().zip(0..).for_each(|(&i, number)| numbers[i as usize] = number);
        numbers
    }

    /// The halo of a rank, and its rows.
    fn of_rank(&self, a: View<f64>, comm: &dyn Comm) -> (Halo, Blocks<f64>) {
        let (own, numbers) = (&self.0[comm.rank()], self.numbers());
        let first: usize = self.0[..comm.rank()].iter().map(Vec::len).sum();
        let neighbours = own.iter().flat_map(|&i| a.row(i as usize).0).copied();
        let mut others: Vec<u32> = neighbours.filter(|j| !own.contains(j)).collect();
        // Copies need no order.
        others.sort_unstable_by_key(|j| std::cmp::Reverse(*j));
        others.dedup();
        let local = [&own[..], &others].concat();
        let place = |j: u32| local.iter().position(|l| *l == j).expect("it is local") as u32;
        let mut rows = Blocks { shape: [1, 1], start: vec![0], ..Blocks::default() };
        for &i in own {
            let (js, vs) = a.row(i as usize);
            rows.columns.extend(js.iter().map(|&j| place(j)));
            rows.values.extend_from_slice(vs);
            rows.start.push(rows.columns.len());
        }
        let ghosts = others.iter().map(|&j| numbers[j as usize]).collect();
        let owned = first as u64..(first + own.len()) as u64;
        (Halo::new(comm, IndexMap::new(owned, ghosts)), rows)
    }
}

/// Which rank owns each row of a matrix with so many: stretches of seven, dealt in turn, so that most have neighbours
/// elsewhere.
fn owners(rows: usize, ranks: usize) -> Vec<usize> {
    (0..rows).map(|i| i / 7 % ranks).collect()
}

/// Goes down as far as a run alone does, on all ranks, compares each level with that of the run alone, and returns the
/// sizes.
fn descend((a, lattice): &(Csr, Lattice), ranks: usize) -> Vec<usize> {
    let sizes = on_threads(ranks, |comm| {
        let mut owner = owners(a.nrows(), ranks);
        let mut a = Blocks {
            shape: [1, 1],
            start: a.row_start().to_vec(),
            columns: a.columns().to_vec(),
            values: a.values().to_vec(),
            ncols: a.nrows(),
        };
        let mut alone = Placed::new(lattice, Follows::default(), a.ncols);
        let own = Shared::new(&owner, ranks).0.swap_remove(comm.rank());
        let local = |node: u32| own.binary_search(&node).ok().map(|k| k as u32);
        let own_lattice = lattice.renumbered(local);
        let mut placed = Placed::new(&own_lattice, Follows::default(), own.len());
        let mut sizes = Vec::new();
        loop {
            let shared = Shared::new(&owner, ranks);
            let (halo, rows) = shared.of_rank(a.view(), comm);
            let Blocks { start, columns, values, .. } = &rows;
            let rows = RowsOfRank { start, columns, values };
            let next = coarser_lattice(placed, comm, (&halo, a.ncols as u64), rows);
            let Ok(to) = constants(a.ncols).coarser_lattice(a.view(), alone, 1) else {
                assert!(next.is_none());
                return sizes;
            };
            let (p, below) = (to.prolongation, to.placed);
            let (interpolation, placed_below) = next.expect("the same as alone");
            let level = interpolation.level(comm, (&halo, a.ncols as u64), rows);
            assert_eq!(level.all, [a.ncols, p.ncols].map(|n| n as u64));
            let left: Vec<usize> = left(&p);
            owner = left.iter().map(|&i| owner[i]).collect();
            let inverse = Divisor::Sum(Left::of(&p)).inverse(a.view(), 1.0).expect("definite");
            let numbers = Shared::new(&owner, ranks).numbers();
            let own_inverse = level.divisor.inverse(rows).expect("it is definite");
            let map = level.below.map();
            for (k, &i) in shared.0[comm.rank()].iter().enumerate() {
                let i = i as usize;
                let (columns, weights) = p.view().row(i);
                let of = |(&j, &w): (&u32, &f32)| (numbers[j as usize], f64::from(w));
                let wanted = by_number(columns.iter().zip(weights).map(of));
                assert_eq!(numbered(&level.interpolation, k, map), wanted, "{i} of {}", a.ncols);
                assert!((own_inverse[k] / f64::from(inverse[i]) - 1.0).abs() < 1e-6, "row {i}");
            }
            sizes.push(p.ncols);
            a = galerkin(p.transpose().view(), a.view(), p.view());
            let own = (0..p.ncols).filter(|&c| map.owned().contains(&numbers[c]));
            for (k, c) in own.enumerate() {
                assert_eq!(placed_below.point(k), below.point(c));
                let (columns, values) = a.view().row(c);
                let of = |(&j, &v): (&u32, &f64)| (numbers[j as usize], v);
                let wanted = by_number(columns.iter().zip(values).map(of));
                let got = numbered(&level.matrix, k, map);
                assert!(got.iter().map(|entry| entry.0).eq(wanted.iter().map(|entry| entry.0)));
                let largest = values.iter().fold(0.0, |most: f64, v| most.max(v.abs()));
                let is_near = |(got, wanted): (&(_, f64), &(_, f64))| {
                    (got.1 - wanted.1).abs() < 1e-14 * largest
                };
                assert!(got.iter().zip(&wanted).all(is_near), "{got:?} {wanted:?}");
            }
            (alone, placed) = (below, placed_below);
        }
    });
    assert!(sizes.iter().all(|of_rank| *of_rank == sizes[0]));
    sizes[0].clone()
}

/// A row with columns as numbers, in their order.
fn by_number(row: impl Iterator<Item = (u64, f64)>) -> Vec<(u64, f64)> {
    let mut row: Vec<_> = row.collect();
    row.sort_by_key(|entry| entry.0);
    row
}

/// Row k of a matrix on the entries of `map`.
fn numbered(matrix: &Csr, k: usize, map: &IndexMap) -> Vec<(u64, f64)> {
    let (columns, values) = matrix.row(k);
    let number = |&c| map.global(c).expect("it is local");
    by_number(columns.iter().map(number).zip(values.iter().copied()))
}

/// The nodes that stay, in their order.
fn left(p: &Blocks<f32>) -> Vec<usize> {
    let mut left = Vec::new();
    for i in 0..p.start.len() - 1 {
        if matches!(p.view().row(i), ([column], [1.0]) if *column as usize == left.len()) {
            left.push(i);
        }
    }
    left
}

#[test]
fn levels_of_a_lattice_are_those_of_a_run_alone() {
    let open = |sizes| Cells { sizes, closed: false };
    let turning = |p: [usize; 3]| if p[0] < 8 { [1.0, 1.0 / 16.0, 0.0] } else { [1.0, 1.0, 0.0] };
    let needles = |p: [usize; 3]| [1.0, 1.0, if p[0] < 4 { 1e-3 } else { 1.0 }];
    let closed = Cells { sizes: [9, 5, 16], closed: true };
    let cases: [(Cells, Along, &[usize]); 4] = [
        (open([9, 17, 1]), &|_| [1.0, 1.0, 0.0], &[45, 15, 6, 4]),
        (open([17, 17, 1]), &turning, &[113]),
        (open([9, 9, 9]), &needles, &[]),
        (closed, &|_| [1.0; 3], &[]),
    ];
    for (cells, along, first) in cases {
        let problem = cells.matrix(along);
        for ranks in [1, 2, 3] {
            let sizes = descend(&problem, ranks);
            assert!(sizes.len() > 1 && sizes.starts_with(first), "{sizes:?}");
        }
    }
}

/// The same with all nodes of the line i = 0 as one, which is not on the lattice and comes last.
fn tied((a, lattice): (Csr, Lattice), across: u32) -> (Csr, Lattice) {
    let kept: Vec<u32> = (0..a.nrows() as u32).filter(|n| n % across > 0).collect();
    let number = |n: u32| kept.binary_search(&n).map_or(kept.len(), |k| k) as u32;
    let mut rows = vec![BTreeMap::new(); kept.len() + 1];
    for i in 0..a.nrows() as u32 {
        let (columns, values) = a.row(i as usize);
        for (&j, v) in columns.iter().zip(values) {
            *rows[number(i) as usize].entry(number(j)).or_insert(0.0) += v;
        }
    }
    let (mut start, mut columns, mut values) = (vec![0], vec![], vec![]);
    for row in rows {
        columns.extend(row.keys());
        values.extend(row.values());
        start.push(columns.len());
    }
    let n = kept.len() + 1;
    let lattice = lattice.renumbered(|node| kept.binary_search(&node).ok().map(|k| k as u32));
    (Csr::new(start, columns, values, n).expect("a matrix"), lattice)
}

#[test]
fn what_has_no_place_on_the_lattice_is_taken_from_the_rank_that_owns_it() {
    let cells = Cells { sizes: [9, 9, 1], closed: false };
    let problem = tied(cells.matrix(|_| [1.0, 1.0, 0.0]), 9);
    // i = 2 to 8, j = 0 to 8, and the one row; then every second of each.
    assert_eq!(descend(&problem, 3)[0], 4 * 5 + 1);
}

/// Of thirteen nodes on a line the even ones are corners. Conduction between neighbours, 1 / distance, is that of corners
/// alone on the next level; what one of each node adds to it is 1, and 1/4 from either side, and 1/4 beside it.
#[test]
fn corners_of_other_ranks_have_the_numbers_that_their_owners_give() {
    let found = on_threads(3, |comm| {
        // Rank r owns 4 r to 4 r + 3, the last one all the rest; it copies the one after these, then the one before.
        let first = 4 * comm.rank() as u64;
        let own = if comm.rank() < 2 { 4 } else { 5 };
        let (after, before) = (first + own, first.checked_sub(1));
        let ghosts: Vec<u64> = (after < 13).then_some(after).into_iter().chain(before).collect();
        let map = IndexMap::new(first..after, ghosts);
        let (mut start, mut columns, mut values) = (vec![0], vec![], vec![]);
        for g in (0..map.local_len() as u32).filter_map(|k| map.global(k)) {
            match g.checked_sub(first).map(|k| k as u32) {
                Some(k) if k % 2 == 0 => (columns.push(k / 2), values.push(1.0)),
                Some(k) => (columns.extend([k / 2, k / 2 + 1]), values.extend([0.5; 2])),
                // Only that it is no corner is asked for.
                None => (columns.push(0), values.push(0.5)),
            };
            start.push(columns.len());
        }
        let corners = Csr::new(start, columns, values, 3).expect("a matrix");
        let mut rows = Blocks { shape: [1, 1], start: vec![0], ..Blocks::default() };
        for g in map.owned() {
            for k in 0..map.local_len() as u32 {
                let far = map.global(k).expect("it is local").abs_diff(g);
                let own = if g == 0 || g == 12 { 1.0 + 1.0 } else { 2.0 + 1.0 };
                if far < 2 {
                    rows.columns.push(k);
                    rows.values.push(if far == 0 { own } else { -1.0 });
                }
            }
            rows.start.push(rows.columns.len());
        }
        let Blocks { start, columns, values, .. } = &rows;
        let halo = Halo::new(comm, map);
        let rows = RowsOfRank { start, columns, values };
        let level = from_corners(&corners, comm, &halo).level(comm, (&halo, 13), rows);
        assert!(level.divisor.0.is_none());
        let map = level.below.map();
        let all = |matrix: &Csr| -> Vec<_> {
            (0..matrix.nrows()).map(|k| numbered(matrix, k, map)).collect()
        };
        let matrix: Vec<_> = all(&level.matrix);
        for (row, g) in matrix.iter().zip(map.owned()) {
            let own = if g == 0 || g == 6 { 0.5 + 1.25 } else { 1.0 + 1.5 };
            let wanted = [(g.wrapping_sub(1), -0.25), (g, own), (g + 1, -0.25)];
            assert_eq!(row[..], wanted[usize::from(g == 0)..3 - usize::from(g == 6)]);
        }
        (map.owned(), matrix.len(), all(&level.interpolation))
    });
    let between = |c: u64| [vec![(c, 1.0)], vec![(c, 0.5), (c + 1, 0.5)]];
    assert_eq!(found[0], (0..2, 2, [between(0), between(1)].concat()));
    assert_eq!(found[1], (2..4, 2, [between(2), between(3)].concat()));
    let last = [&between(4)[..], &between(5), &[vec![(6, 1.0)]]].concat();
    assert_eq!(found[2], (4..7, 3, last));
}
