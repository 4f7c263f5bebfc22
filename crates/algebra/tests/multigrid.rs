//! Multigrid and conjugate gradients: bounded iterations, whatever the size, jumps and stretching.

mod common;
use algebra::cg::Jacobi;
use algebra::{
    Amg, AmgCg, AmgParameters, AmgProblem, CgParameters, Cholesky, Csr, LinearError, LinearInfo,
    LinearSolver, Preconditioner, cg,
};
use common::{
    conductor, elements, laplacian, random, relative_residual, same_for_all_threads, with_dense_row,
};

const RTOL: f64 = 1e-8;

fn solve(a: &Csr) -> (Vec<f64>, LinearInfo) {
    let b = random(a.nrows(), 5);
    let mut x = vec![0.0; a.nrows()];
    let mut solver = AmgCg::default();
    solver.prepare(a).unwrap();
    let info = solver.solve(a, &b, &mut x, RTOL).unwrap();
    let residual = relative_residual(a, &b, &x);
    assert!(residual <= RTOL && (info.residual / residual - 1.0).abs() < 1e-6, "{info:?}");
    (x, info)
}

fn check(name: &str, a: &Csr, most: usize) {
    let iterations = solve(a).1.iterations;
    assert!(iterations <= most, "{name}, {} rows: {iterations} iterations", a.nrows());
}

#[test]
fn iterations_do_not_grow_with_the_size() {
    for n in [32, 64, 128, 256] {
        check("2-D", &laplacian([n, n, 1], [1.0; 3]), 11);
    }
    for n in [16, 32, 64] {
        check("3-D", &laplacian([n, n, n], [1.0; 3]), 11);
    }
}

#[test]
fn jumps_of_a_million() {
    for n in [50, 200] {
        let sigma = |[x, y, _]: [usize; 3]| [1.0, 1e6][(x * 5 / n + y * 5 / n) % 2];
        check("2-D", &conductor([n, n, 1], [1.0; 3], sigma), 18);
    }
    for n in [15, 40] {
        let sigma = |[x, y, z]: [usize; 3]| [1.0, 1e6][(x * 5 / n + y * 5 / n + z * 5 / n) % 2];
        check("3-D", &conductor([n, n, n], [1.0; 3], sigma), 14);
        // Thin sheets of another conductor in stretched cells.
        let sheets = |[_, _, z]: [usize; 3]| [1.0, 1e6, 1e-6][z % 3];
        check("sheets", &conductor([n, n, n], [1.0, 1.0, 25.0], sheets), 14);
    }
}

#[test]
fn cells_stretched_a_hundredfold() {
    // Cells h : 1 have couplings 1 : h^2.
    for c in [1e4, 10.0, 0.1, 1e-4] {
        check("2-D differences", &laplacian([150, 150, 1], [c, 1.0, 1.0]), 12);
        check("3-D differences", &laplacian([30, 30, 30], [1.0, 1.0, c]), 12);
    }
    for h in [0.01, 0.1, 0.3, 3.0, 10.0, 100.0] {
        for order in [1, 2] {
            check("quadrilaterals", &elements([1, 60, 60], order, [1.0, 1.0, h]), 14);
        }
        check("hexahedra", &elements([20, 20, 20], 1, [1.0, 1.0, h]), 24);
        check("second-order hexahedra", &elements([10, 10, 10], 2, [1.0, 1.0, h]), 24);
    }
    // Two strong directions and three unlike ones; more cells must not need more iterations.
    for n in [10, 20] {
        for h in [[1.0, 1.0, 30.0], [1.0, 30.0, 1.0], [1.0, 10.0, 100.0]] {
            check("second-order hexahedra", &elements([n, n, n], 2, h), 20);
        }
    }
}

#[test]
fn second_order_cells() {
    check("quadrilaterals", &elements([1, 100, 100], 2, [1.0; 3]), 13);
    check("hexahedra", &elements([14, 14, 14], 2, [1.0; 3]), 14);
}

#[test]
fn a_whole_body_unknown() {
    check("2-D", &with_dense_row(&laplacian([128, 128, 1], [1.0; 3])), 14);
    check("3-D", &with_dense_row(&laplacian([30, 30, 30], [1.0; 3])), 14);
}

#[test]
fn rows_that_need_no_coarse_level() {
    // Fixed unknowns as rows of the identity, and a matrix that is nothing but a diagonal.
    let n = 3000;
    let diagonal: Vec<f64> = (0..n).map(|i| 1.0 + i as f64).collect();
    let a = Csr::new((0..=n).collect(), (0..n as u32).collect(), diagonal, n).unwrap();
    let x = solve(&a).0;
    let b = random(n, 5);
    assert!((x[2999] * 3000.0 - b[2999]).abs() < 1e-7);
    check("few couplings", &laplacian([40, 40, 40], [1.0, 1.0, 1e-9]), 12);
}

#[test]
fn the_same_bits_for_any_number_of_threads() {
    let a = elements([1, 150, 150], 2, [1.0, 1.0, 0.5]);
    same_for_all_threads(|| solve(&a));
    let a = elements([12, 12, 12], 2, [1.0; 3]);
    same_for_all_threads(|| {
        let mut x = vec![0.0; a.nrows()];
        let mut solver = Cholesky::new();
        solver.prepare(&a).unwrap();
        solver.solve(&a, &random(a.nrows(), 2), &mut x, 0.0).unwrap();
        x
    });
}

#[test]
fn agrees_with_cholesky_near_rounding() {
    let a = elements([1, 60, 60], 2, [1.0; 3]);
    let b = random(a.nrows(), 7);
    let (mut x, mut y) = (vec![0.0; a.nrows()], vec![0.0; a.nrows()]);
    let mut direct = Cholesky::new();
    direct.prepare(&a).unwrap();
    direct.solve(&a, &b, &mut x, 0.0).unwrap();
    let mut iterative = AmgCg::default();
    iterative.prepare(&a).unwrap();
    let info = iterative.solve(&a, &b, &mut y, 1e-13).unwrap();
    assert!(info.iterations < 30, "{info:?}");
    let scale = x.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    assert!(x.iter().zip(&y).all(|(x, y)| (x - y).abs() < 1e-10 * scale));
    // A second solve from the solution has nothing left to do.
    assert_eq!(iterative.solve(&a, &b, &mut y, 1e-10).unwrap().iterations, 0);
}

#[test]
fn the_hierarchy_outlives_small_changes_and_not_large_ones() {
    let a = laplacian([80, 80, 1], [1.0; 3]);
    let mut solver = AmgCg::default();
    let mut count = |a: &Csr| {
        let mut x = vec![0.0; a.nrows()];
        solver.prepare(a).unwrap();
        let b = random(a.nrows(), 5);
        let iterations = solver.solve(a, &b, &mut x, RTOL).unwrap().iterations;
        assert!(relative_residual(a, &b, &x) <= RTOL);
        iterations
    };
    let fresh = count(&a);
    let mut near = a.clone();
    for i in 0..80 {
        let k = near.position(i, i as u32).unwrap();
        near.values_mut()[k] += 1.0;
    }
    assert!(count(&near) <= fresh + 4);
    // Another direction of strong coupling: the old hierarchy fails, and a new one is made at once.
    let far = laplacian([80, 80, 1], [1.0, 1e4, 1.0]);
    let turned = count(&far);
    assert!(turned > fresh, "{turned}");
    assert!(count(&far) <= 12);
}

#[test]
fn what_cannot_be_solved_is_said_so() {
    let n = 40;
    let mut a = laplacian([n, n, 1], [1.0; 3]);
    let (b, mut x) = (random(n * n, 1), vec![0.0; n * n]);
    let jacobi = Jacobi::new(&a.diagonal());
    let p = CgParameters { rtol: 1e-8, max_iterations: 5 };
    let error = cg(&a, &jacobi, &b, &mut x, &p).unwrap_err();
    assert!(matches!(error, LinearError::NotConverged { iterations: 5, .. }), "{error}");
    let p = CgParameters { rtol: 1e-8, max_iterations: 1000 };
    let info = cg(&a, &jacobi, &b, &mut x, &p).unwrap();
    assert!(info.iterations > 40 && relative_residual(&a, &b, &x) <= 1e-8);

    // Below rounding: the answer comes with the residual that is possible.
    let p = CgParameters { rtol: 1e-30, max_iterations: 10_000 };
    let info = cg(&a, &jacobi, &b, &mut x, &p).unwrap();
    assert!(info.residual > 1e-30 && info.residual < 1e-13, "{info:?}");

    a.values_mut().iter_mut().for_each(|v| *v = -*v);
    x.fill(0.0);
    let error = cg(&a, &jacobi, &b, &mut x, &p).unwrap_err();
    assert!(error.to_string().contains("not positive definite: d . A d = -"), "{error}");
    struct Minus;
    impl Preconditioner for Minus {
        fn apply(&self, r: &[f64], z: &mut [f64]) {
            z.iter_mut().zip(r).for_each(|(z, r)| *z = -r);
        }
    }
    let error = cg(&a, &Minus, &b, &mut x, &p).unwrap_err();
    assert!(error.to_string().contains("r . M^-1 r = -"), "{error}");

    let error = AmgCg::default().prepare(&a).unwrap_err();
    assert!(matches!(error, LinearError::NotPositiveDefinite { .. }), "{error}");
    let error = AmgCg::default().solve(&a, &b, &mut x, 1e-8).unwrap_err();
    assert_eq!(error, LinearError::NotPrepared);
}

/// Interpolation from every second point of a grid of (2n+1)^2 points to all: means of 1, 2 or 4.
fn from_every_second(n: usize) -> Csr {
    let side = 2 * n + 1;
    let (mut start, mut columns, mut values) = (vec![0], Vec::new(), Vec::new());
    for row in 0..side * side {
        let ends =
            |k: usize| if k.is_multiple_of(2) { vec![k / 2] } else { vec![k / 2, k / 2 + 1] };
        let (xs, ys) = (ends(row % side), ends(row / side));
        for y in &ys {
            for x in &xs {
                columns.push((x + (n + 1) * y) as u32);
                values.push(1.0 / (xs.len() * ys.len()) as f64);
            }
        }
        start.push(columns.len());
    }
    Csr::new(start, columns, values, (n + 1) * (n + 1)).unwrap()
}

#[test]
fn a_given_first_interpolation_is_used() {
    for n in [20, 60] {
        let a = laplacian([2 * n + 1, 2 * n + 1, 1], [1.0; 3]);
        let problem =
            AmgProblem { first_prolongation: Some(from_every_second(n)), ..AmgProblem::default() };
        let amg = Amg::new(&a, &problem, &AmgParameters::default()).unwrap();
        let b = random(a.nrows(), 5);
        let mut x = vec![0.0; a.nrows()];
        let parameters = CgParameters { rtol: RTOL, ..CgParameters::default() };
        let info = cg(&a, &amg, &b, &mut x, &parameters).unwrap();
        assert!(relative_residual(&a, &b, &x) <= RTOL);
        assert!(info.iterations <= 12, "{n}: {} iterations", info.iterations);
    }
}

#[test]
fn a_first_interpolation_of_another_size_is_refused() {
    let a = laplacian([41, 41, 1], [1.0; 3]);
    let problem =
        AmgProblem { first_prolongation: Some(from_every_second(3)), ..AmgProblem::default() };
    let error = Amg::new(&a, &problem, &AmgParameters::default()).err().unwrap();
    assert_eq!(error.to_string(), "number of rows of the first prolongation: got 49, wanted 1681");
}
