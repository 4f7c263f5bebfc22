//! A matrix in two parts of single precision beside the same in compressed rows.

mod common;

use algebra::{AmgCg, AmgProblem, Csr, LinearError, LinearInfo, LinearSolver, Operator, Split};
use common::{conductor, random, relative_residual, with_dense_row};

/// An operator that lets a solver store its entries as it likes.
struct Entries {
    rows: Option<Csr>,
    split: Option<Split>,
    n: usize,
}

impl Entries {
    fn of(a: &Csr) -> Self {
        Entries { rows: Some(a.clone()), split: None, n: a.nrows() }
    }
}

impl Operator for Entries {
    fn len(&self) -> usize {
        self.n
    }

    fn apply(&self, x: &[f64], y: &mut [f64]) {
        match (&self.rows, &self.split) {
            (Some(rows), _) => rows.apply(x, y),
            (None, Some(split)) => split.apply(x, y),
            (None, None) => unreachable!(),
        }
    }

    fn rounding(&self, x: &[f64]) -> Vec<f64> {
        self.split.as_ref().unwrap().rounding(x)
    }

    fn product_bytes(&self) -> u64 {
        self.split.as_ref().unwrap().product_bytes()
    }

    fn matrix(&self) -> Option<&Csr> {
        self.rows.as_ref()
    }

    fn can_split(&self) -> bool {
        self.rows.is_some()
    }

    fn store_split(&mut self, make: Box<dyn FnOnce(Csr) -> Split + '_>) {
        self.split = self.rows.take().map(make);
    }

    fn split(&self) -> Option<&Split> {
        self.split.as_ref()
    }
}

/// Layers that conduct 1, 1e6, 1 and 1e-6, and one unknown that is joined to all others.
fn layers() -> Csr {
    with_dense_row(&conductor([16, 16, 16], [1.0, 1.0, 0.1], |at| {
        [1.0, 1e6, 1.0, 1e-6][at[2] / 4] * (1.0 + 0.1 * (at[0] as f64).sin())
    }))
}

fn split_of(a: &Csr) -> (AmgCg, Entries) {
    let (mut solver, mut entries) = (AmgCg::default(), Entries::of(a));
    solver.prepare_in_place(&mut entries).unwrap();
    (solver, entries)
}

fn solve(solver: &mut AmgCg, a: &dyn Operator, b: &[f64]) -> (LinearInfo, Vec<f64>) {
    let mut x = vec![0.0; b.len()];
    let info = solver.solve(a, b, &mut x, 1e-11).unwrap();
    (info, x)
}

/// With a given first coarse level the compressed rows are given up in another order.
#[test]
fn both_ways_store_the_same_numbers() {
    let a =
        with_dense_row(&conductor([29, 30, 31], [1.0, 1.0, 0.1], |at| 1.0 + at[0] as f64 / 7.0));
    let n = a.nrows();
    let coarse: Vec<u32> = (0..n as u32).map(|row| row / 4).collect();
    let given = Csr::new((0..=n).collect(), coarse, vec![1.0; n], n.div_ceil(4)).unwrap();
    let problem = AmgProblem { first_prolongation: Some(given), ..AmgProblem::default() };
    let mut entries = Entries::of(&a);
    let mut solver = AmgCg::default().for_problem(problem);
    solver.prepare_in_place(&mut entries).unwrap();
    assert_eq!(solver.amg().unwrap().level_rows()[..2], [n, n.div_ceil(4)]);
    let (_, other) = split_of(&a);
    let [one, other] = [&entries, &other].map(|e| e.split.as_ref().unwrap().to_csr());
    assert!(one == other && one.same_pattern(&a));

    let b = random(n, 5);
    let (_, x) = solve(&mut solver, &entries, &b);
    assert!(relative_residual(&a, &b, &x) < 1e-10);
}

#[test]
fn each_entry_has_48_bits() {
    let a = layers();
    let (_, entries) = split_of(&a);
    assert!(entries.rows.is_none());
    let split = entries.split.unwrap();
    let back = split.to_csr();
    assert!(back.same_pattern(&a));
    let bound = 48_f64.exp2().recip();
    let mut not_single = 0;
    for (got, want) in back.values().iter().zip(a.values()) {
        assert!((got - want).abs() <= bound * want.abs(), "{got:e} {want:e}");
        not_single += usize::from(*want != f64::from(*want as f32));
    }
    assert!(not_single > a.nnz() / 2);

    let x = random(a.nrows(), 3);
    let (mut got, mut want) = (vec![0.0; a.nrows()], vec![0.0; a.nrows()]);
    split.apply(&x, &mut got);
    a.apply(&x, &mut want);
    let rounding = a.rounding(&x);
    let close = split.rounding(&x);
    for i in 0..a.nrows() {
        // 2^-48 of each term, and what rounding adds in rows of up to 4097.
        assert!((got[i] - want[i]).abs() <= 100.0 * rounding[i], "{i}");
        assert!((close[i] - rounding[i]).abs() <= 1e-12 * rounding[i], "{i}");
    }
    split.apply_to_differences(&x, &mut got);
    want.fill(0.0);
    a.add_apply_to_differences(&x, &x, &mut want);
    assert!((0..a.nrows()).all(|i| (got[i] - want[i]).abs() <= 200.0 * rounding[i]));
}

#[test]
fn jumps_of_twelve_decades_are_solved_as_in_double_precision() {
    let a = layers();
    let b = random(a.nrows(), 3);
    let mut rows = AmgCg::default();
    rows.prepare(&a).unwrap();
    let (plain, x) = solve(&mut rows, &a, &b);
    let (mut solver, entries) = split_of(&a);
    let (info, y) = solve(&mut solver, &entries, &b);
    assert!(info.iterations.abs_diff(plain.iterations) <= 1, "{info:?} {plain:?}");
    // By the matrix in double precision.
    assert!(relative_residual(&a, &b, &x) < 2e-11 && relative_residual(&a, &b, &y) < 2e-11);
    let largest = x.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
    assert!(x.iter().zip(&y).all(|(x, y)| (x - y).abs() < 1e-8 * largest));
}

#[test]
fn changed_rows_are_those_of_the_changed_matrix() {
    let mut a = layers();
    let n = a.nrows() as u32;
    let (mut solver, mut entries) = split_of(&a);
    // The last row is longer than a slice is wide.
    let changed = [0, 1, 17, 2000, n - 1];
    for &row in &changed {
        let place = a.position(row as usize, row).unwrap();
        a.values_mut()[place] *= 3.7;
    }
    entries.split.as_mut().unwrap().set_rows(&changed, &a.rows_alone(&changed));
    let fresh = split_of(&a).1;
    let (x, [mut got, mut want]) = (random(a.nrows(), 3), [(); 2].map(|()| vec![0.0; a.nrows()]));
    entries.apply(&x, &mut got);
    fresh.apply(&x, &mut want);
    // Factors of two between the scales of the two matrices change no digit.
    assert_eq!(got, want);
    solver.prepare_in_place(&mut entries).unwrap();
    assert!(relative_residual(&a, &x, &solve(&mut solver, &entries, &x).1) < 2e-11);
    // A new hierarchy for what is stored in two parts only.
    solver.rebuild();
    solver.prepare_in_place(&mut entries).unwrap();
    assert!(relative_residual(&a, &x, &solve(&mut solver, &entries, &x).1) < 2e-11);

    let place = a.position(17, 17).unwrap();
    a.values_mut()[place] *= -1.0;
    entries.split.as_mut().unwrap().set_rows(&[17], &a);
    let error = solver.prepare_in_place(&mut entries).unwrap_err();
    assert!(matches!(error, LinearError::NotPositiveDefinite { row: Some(17), .. }), "{error}");
}

#[test]
fn answers_do_not_depend_on_threads() {
    let a = conductor([40, 40, 40], [1.0; 3], |at| 1.0 + at[0] as f64);
    let b = random(a.nrows(), 3);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let (mut solver, entries) = split_of(&a);
            let x = solve(&mut solver, &entries, &b).1;
            x.into_iter().map(f64::to_bits).collect::<Vec<u64>>()
        })
    };
    let one = with(1);
    assert!(one == with(2) && one == with(3));
}

#[test]
fn what_single_precision_cannot_reach_stays_in_rows() {
    // Twenty-two decades between the largest and the smallest diagonal entry.
    let a = conductor([10, 10, 10], [1.0; 3], |at| if at[2] < 5 { 1.0 } else { 1e-22 });
    let entries = split_of(&a).1;
    assert!(entries.rows.is_some() && entries.split.is_none());
    // A matrix that is factored has no use for two parts.
    let small = conductor([5, 5, 5], [1.0; 3], |_| 1.0);
    assert!(split_of(&small).1.rows.is_some());
}
