use super::super::product::galerkin;
use super::*;
use crate::{Amg, AmgParameters, AmgProblem, CgParameters, Csr, Follows, Lattice, cg};

/// Q1 on the unit cells of a lattice with this many points: conduction along direction d of a cell that
/// begins at point p is `along(p)[d]`. Nodes go by i, then k, then j; those on the axis are one.
pub struct Cells {
    pub sizes: [usize; 3],
    pub closed: bool,
}

impl Cells {
    /// The numbers of the nodes and the lattice.
    fn numbered(&self) -> (Vec<u32>, usize, Lattice) {
        let [ni, nj, nk] = self.sizes;
        let (mut number, mut points) = (Vec::new(), Vec::new());
        for p in 0..ni * nj {
            for k in 0..nk {
                if p % ni == 0 && nk > 1 && k > 0 {
                    number.push(number[p * nk]);
                } else {
                    number.push(points.len() as u32);
                    points.push((points.len() as u32, (p * nk + k) as u32));
                }
            }
        }
        let (n, sizes) = (points.len(), [ni as u32, nk as u32]);
        (number, n, Lattice::new(sizes, self.closed, points.into_iter()))
    }

    pub fn matrix(&self, along: impl Fn([usize; 3]) -> [f64; 3]) -> (Csr, Lattice) {
        let [ni, nj, nk] = self.sizes;
        let (number, n, lattice) = self.numbered();
        let mut rows = vec![std::collections::BTreeMap::new(); n];
        let turns = if self.closed { nk } else { nk.max(2) - 1 };
        for p in (0..(ni - 1) * (nj - 1) * turns)
            .map(|c| [c % (ni - 1), c / (ni - 1) % (nj - 1), c / (ni - 1) / (nj - 1)])
        {
            let corners: Vec<[usize; 3]> =
                (0..if nk > 1 { 8 } else { 4 }).map(|c| [c & 1, c >> 1 & 1, c >> 2]).collect();
            let node = |c: [usize; 3]| {
                number[((p[1] + c[1]) * ni + p[0] + c[0]) * nk + (p[2] + c[2]) % nk]
            };
            for a in &corners {
                for b in &corners {
                    let value: f64 = (0..3)
                        .map(|d| {
                            let part = |e: usize| match (e == d, a[e] == b[e]) {
                                (true, same) => {
                                    if same {
                                        1.0
                                    } else {
                                        -1.0
                                    }
                                }
                                (_, same) => {
                                    if same {
                                        1.0 / 3.0
                                    } else {
                                        1.0 / 6.0
                                    }
                                }
                            };
                            along(p)[d] * (0..3).map(part).product::<f64>()
                        })
                        .sum();
                    *rows[node(*a) as usize].entry(node(*b)).or_insert(0.0) += value;
                }
            }
        }
        let (mut start, mut columns, mut values) = (vec![0], vec![], vec![]);
        for row in rows {
            columns.extend(row.keys());
            values.extend(row.values());
            start.push(columns.len());
        }
        (Csr::new(start, columns, values, n).expect("a matrix"), lattice)
    }
}

pub type Along<'a> = &'a dyn Fn([usize; 3]) -> [f64; 3];

pub fn constants(n: usize) -> NearNull {
    NearNull { block: 1, vectors: 1, values: vec![1.0; n] }
}

fn coarser<'a>(a: View<f64>, placed: Placed<'a>) -> (Blocks<f32>, Placed<'a>) {
    let coarser = constants(a.nrows()).coarser_lattice(a, placed, 1);
    let Coarser { prolongation: p, placed: below, .. } =
        coarser.unwrap_or_else(|_| panic!("it is worth it"));
    (p, below)
}

fn interpolation(a: &Csr, lattice: &Lattice) -> Blocks<f32> {
    let coarser = coarser(View::scalar(a), Placed::new(lattice, Follows::default(), a.nrows()));
    coarser.0
}

/// What the weights make of f at the coarse nodes, which are those with a single weight 1.
fn carry(p: &Blocks<f32>, f: &[f64]) -> Vec<f64> {
    let mut coarse = vec![f64::NAN; p.ncols];
    let row = |i: usize| p.view().row(i);
    (0..f.len()).filter(|&i| row(i).1 == [1.0]).for_each(|i| coarse[row(i).0[0] as usize] = f[i]);
    let sum =
        |i| row(i).0.iter().zip(row(i).1).map(|(&j, &w)| f64::from(w) * coarse[j as usize]).sum();
    (0..f.len()).map(sum).collect()
}

#[test]
fn lines_go_along_strong_directions_and_linear_functions_are_carried() {
    let cells = Cells { sizes: [9, 7, 1], closed: false };
    // Everywhere the same, either direction weak, and a strong direction that changes on the way.
    let turning = |p: [usize; 3]| if p[0] < 4 { [1.0, 0.1, 0.0] } else { [0.1, 1.0, 0.0] };
    let cases: [(Along, usize); 4] = [
        (&|_| [1.0, 1.0, 0.0], 5 * 4),
        (&|_| [1.0, 0.1, 0.0], 5 * 7),
        (&|_| [0.1, 1.0, 0.0], 9 * 4),
        // i = 0 and 2 whole; i = 4, where both are strong, 6 and 8 and the odd lines between them.
        (&turning, 2 * 7 + 5 * 4),
    ];
    for (along, coarse) in cases {
        let (a, lattice) = cells.matrix(along);
        let p = interpolation(&a, &lattice);
        assert_eq!(p.ncols, coarse);
        let f: Vec<f64> =
            (0..63).map(|n| 1.0 + 2.0 * (n % 9) as f64 - 3.0 * (n / 9) as f64).collect();
        for (n, (got, wanted)) in carry(&p, &f).into_iter().zip(&f).enumerate() {
            assert!((got - wanted).abs() < 1e-6, "{coarse}, node {n}: {got} for {wanted}");
        }
    }
}

#[test]
fn rays_meet_on_the_axis_and_come_round() {
    let cells = Cells { sizes: [5, 3, 8], closed: true };
    let (a, lattice) = cells.matrix(|_| [1.0; 3]);
    let p = interpolation(&a, &lattice);
    // i = 0, 2, 4; j = 0, 2; k = 0, 2, 4, 6 except on the axis.
    assert_eq!(p.ncols, 2 * (1 + 2 * 4));
    let (number, n, _) = cells.numbered();
    let node = |i: usize, j: usize, k: usize| number[(j * 5 + i) * 8 + k] as usize;
    let row = |n: usize| {
        let (columns, weights) = p.view().row(n);
        columns.iter().map(|&j| j as usize).zip(weights.iter().copied()).collect::<Vec<_>>()
    };
    let column = |n: usize| row(n)[0].0;
    // Beside the axis, on the last ray, whose neighbours are the one before and the first.
    let [axis, first, before] = [(0, 0), (2, 0), (2, 6)].map(|(i, k)| column(node(i, 0, k)));
    assert_eq!(row(node(1, 0, 7)), [(axis, 0.5), (first, 0.25), (before, 0.25)]);
    assert!(carry(&p, &vec![1.0; n]).iter().all(|one| *one == 1.0));
}

#[test]
fn prescribed_neighbours_count_as_zero_and_those_off_the_lattice_take_what_is_missing() {
    let (a, lattice) = Cells { sizes: [5, 5, 1], closed: false }.matrix(|_| [1.0, 1.0, 0.0]);
    // Without the first column of nodes.
    let kept: Vec<u32> = (0..25).filter(|n| n % 5 > 0).collect();
    let number = |n: u32| kept.iter().position(|k| *k == n).map(|k| k as u32);
    let lattice = lattice.renumbered(number);
    assert_eq!(lattice.stretches.len(), 5);
    let part = |with_one: bool| {
        let (mut start, mut columns, mut values) = (vec![0], vec![], vec![]);
        for &n in &kept {
            let (js, vs) = a.row(n as usize);
            let own = js.iter().zip(vs).filter_map(|(&j, v)| Some((number(j)?, *v)));
            own.for_each(|(j, v)| (columns.push(j), values.push(v)).0);
            // One more row, for all that were there.
            let gone: f64 = js.iter().zip(vs).filter(|(j, _)| *j % 5 == 0).map(|v| v.1).sum();
            if with_one && gone != 0.0 {
                columns.push(20);
                values.push(gone);
            }
            start.push(columns.len());
        }
        if with_one {
            columns.push(20);
            values.push(10.0);
            start.push(columns.len());
        }
        let n = start.len() - 1;
        Csr::new(start, columns, values, n).expect("a matrix")
    };
    let row_sum = |p: &Blocks<f32>, i: usize| p.view().row(i).1.iter().sum::<f32>();
    let prescribed = interpolation(&part(false), &lattice);
    let tied = interpolation(&part(true), &lattice);
    // Node 1 of each row lies halfway to the first column.
    assert_eq!((row_sum(&prescribed, 0), row_sum(&prescribed, 1)), (0.5, 1.0));
    assert_eq!((row_sum(&tied, 0), tied.view().row(20).1), (1.0, &[1.0][..]));
    assert_eq!((prescribed.ncols, tied.ncols), (2 * 3, 2 * 3 + 1));
}

/// Nodes of the lattices below a matrix, and the largest error of 1 + 2 i - 3 j on the way from each to the one
/// above it.
fn descend((a, lattice): (Csr, Lattice), levels: usize) -> Vec<(usize, f64)> {
    let mut placed = Placed::new(&lattice, Follows::default(), a.nrows());
    let mut a = crate::Blocks {
        shape: [1, 1],
        start: a.row_start().to_vec(),
        columns: a.columns().to_vec(),
        values: a.values().to_vec(),
        ncols: a.nrows(),
    };
    let f = |placed: &Placed, n: usize| -> Vec<f64> {
        let at = |i| placed.point(i).map(f64::from);
        (0..n).map(|i| 1.0 + 2.0 * at(i)[0] - 3.0 * at(i)[1]).collect()
    };
    let mut found = Vec::new();
    for _ in 0..levels {
        let fine = f(&placed, a.ncols);
        let (p, below) = coarser(a.view(), placed);
        let carried = carry(&p, &fine);
        let errors = carried.iter().zip(&fine).map(|(x, y)| (x - y).abs());
        found.push((p.ncols, errors.fold(0.0, f64::max)));
        a = galerkin(p.transpose().view(), a.view(), p.view());
        placed = below;
    }
    found
}

#[test]
fn lattices_go_on_until_their_ends() {
    let cells = |sizes| Cells { sizes, closed: false };
    let of = |sizes, levels| {
        let found = descend(cells(sizes).matrix(|_| [1.0, 1.0, 0.0]), levels);
        assert!(found.iter().all(|(_, error)| *error < 1e-6), "{found:?}");
        found.into_iter().map(|(n, _)| n).collect::<Vec<_>>()
    };
    assert_eq!(of([9, 17, 1], 3), [5 * 9, 3 * 5, 2 * 3]);
    // 0, 2 .. 10; 0, 4, 8 and the last, which has but one neighbour; 0, 8 and the last.
    assert_eq!(of([11, 9, 1], 3), [6 * 5, 4 * 3, 3 * 2]);
    // Rays 0, 2, 4, 6, then 0 and 4; those on the axis are one.
    let closed = Cells { sizes: [5, 5, 8], closed: true };
    let found = descend(closed.matrix(|_| [1.0, 1.0, 1.0]), 2);
    assert_eq!(found.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [3 * (1 + 2 * 4), 2 * (1 + 2)]);
}

#[test]
fn lines_that_ended_above_go_later() {
    // Couplings 1 to 1/16 along j for i < 8: lines along i go twice before lines along j do; beyond both go.
    let along = |p: [usize; 3]| if p[0] < 8 { [1.0, 1.0 / 16.0, 0.0] } else { [1.0, 1.0, 0.0] };
    let found = descend(Cells { sizes: [17, 17, 1], closed: false }.matrix(along), 3);
    assert!(found.iter().all(|(_, error)| *error < 1e-6), "{found:?}");
    // i = 0 to 6 keep all of j; 8 and more lose every second one.
    assert_eq!(found[0].0, 4 * 17 + 5 * 9);
    assert!(found[1].0 < 70 && found[2].0 < 30, "{found:?}");
}

#[test]
fn too_few_lines_are_left_to_aggregates() {
    // Nothing is coupled, so that no line goes.
    let (a, _) = Cells { sizes: [9, 7, 1], closed: false }.matrix(|_| [1.0, 1.0, 0.0]);
    let nowhere = Lattice::new([9, 1], false, std::iter::empty());
    let placed = Placed::new(&nowhere, Follows::default(), 63);
    assert!(constants(63).coarser_lattice(View::scalar(&a), placed, 1).is_err());
}

/// What is smoothed worst changes its sign from node to node across needles: it takes 12 iterations, and 15 where nodes
/// that are left count in full, see `Left`.
#[test]
fn needles() {
    let cells = Cells { sizes: [17, 17, 33], closed: false };
    let (mut a, lattice) = cells.matrix(|_| [1e-3, 1e-3, 1.0]);
    let n = a.nrows();
    for i in 0..n {
        let own = a.position(i, i as u32).expect("each row has a diagonal entry");
        a.values_mut()[own] *= 1.0 + 1e-6;
    }
    let b: Vec<f64> = (0..n).map(|i| (i * i % 7) as f64 - 3.0).collect();
    let problem = AmgProblem { lattice: Some(lattice), ..AmgProblem::default() };
    let amg = Amg::new(&a, &problem, &AmgParameters::default()).expect("it is definite");
    let (mut x, p) = (vec![0.0; n], CgParameters { rtol: 1e-10, max_iterations: 100 });
    let info = cg(&a, &amg, &b, &mut x, &p).expect("it converges");
    assert!(info.iterations <= 13, "{}", info.iterations);
}
