use super::super::blocks::Blocks;
use super::super::lines::tests::{Along, Cells, constants};
use super::super::product::galerkin;
use super::*;
use crate::comm::on_threads;
use crate::{IndexMap, Lattice};

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
            let (level, placed_below) = next.expect("the same as alone");
            assert_eq!(level.all_below, p.ncols as u64);
            let left: Vec<usize> = left(&p);
            owner = left.iter().map(|&i| owner[i]).collect();
            let inverse = Divisor::Sum(Left::of(&p)).inverse(a.view(), 1.0).expect("definite");
            let numbers = Shared::new(&owner, ranks).numbers();
            let own_inverse = level.divisor.inverse(rows).expect("it is definite");
            for (k, &i) in shared.0[comm.rank()].iter().enumerate() {
                let (i, range) = (i as usize, level.start[k]..level.start[k + 1]);
                let weights = level.weights[range.clone()].iter().copied();
                let got = level.columns[range].iter().copied().zip(weights);
                let (columns, weights) = p.view().row(i);
                let of = |(&j, &w): (&u32, &f32)| (numbers[j as usize], f64::from(w));
                let wanted = columns.iter().zip(weights).map(of);
                let sorted = |row: &mut dyn Iterator<Item = (u64, f64)>| {
                    let mut row: Vec<_> = row.collect();
                    row.sort_by_key(|entry| entry.0);
                    row
                };
                let [got, wanted] = [sorted(&mut got.into_iter()), sorted(&mut wanted.into_iter())];
                assert_eq!(got, wanted, "row {i} of {}", a.ncols);
                assert!((own_inverse[k] / f64::from(inverse[i]) - 1.0).abs() < 1e-6, "row {i}");
            }
            let own = (0..p.ncols).filter(|&c| level.below.contains(&numbers[c]));
            own.enumerate().for_each(|(k, c)| assert_eq!(placed_below.point(k), below.point(c)));
            sizes.push(p.ncols);
            a = galerkin(p.transpose().view(), a.view(), p.view());
            (alone, placed) = (below, placed_below);
        }
    });
    assert!(sizes.iter().all(|of_rank| *of_rank == sizes[0]));
    sizes[0].clone()
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

/// Of the nodes 0 to 4 of each of three ranks on a line the even ones are corners, with those of the neighbours.
#[test]
fn corners_of_other_ranks_have_the_numbers_that_their_owners_give() {
    let found = on_threads(3, |comm| {
        // Rank r owns 4 r to 4 r + 3 of thirteen nodes, the last one all the rest, and copies the one after these.
        let first = 4 * comm.rank() as u64;
        let (own, ghosts) = if comm.rank() < 2 { (4, vec![first + 4]) } else { (5, vec![]) };
        let halo = Halo::new(comm, IndexMap::new(first..first + own, ghosts.clone()));
        let local = own as usize + ghosts.len();
        let (mut start, mut columns, mut values) = (vec![0], vec![], vec![]);
        for i in 0..local as u32 {
            let (corners, weight) =
                if i % 2 == 0 { (i / 2..i / 2 + 1, 1.0) } else { (i / 2..i / 2 + 2, 0.5) };
            values.extend(corners.clone().map(|_| weight));
            columns.extend(corners);
            start.push(columns.len());
        }
        let corners = Csr::new(start, columns, values, local.div_ceil(2)).expect("a matrix");
        let level = from_corners(&corners, comm, &halo);
        assert!(level.divisor.0.is_none());
        (level.below, level.columns, level.weights)
    });
    assert_eq!(found[0], (0..2, vec![0, 0, 1, 1, 1, 2], vec![1.0, 0.5, 0.5, 1.0, 0.5, 0.5]));
    assert_eq!(found[1], (2..4, vec![2, 2, 3, 3, 3, 4], vec![1.0, 0.5, 0.5, 1.0, 0.5, 0.5]));
    assert_eq!((&found[2].0, &found[2].1), (&(4..7), &vec![4, 4, 5, 5, 5, 6, 6]));
}
