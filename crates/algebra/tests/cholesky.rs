//! Cholesky against dense elimination, and what it says of matrices it must refuse.

mod common;
use algebra::{Cholesky, Csr, LinearError, LinearSolver};
use common::{dense_solve, laplacian, random, relative_residual, with_dense_row};

#[test]
fn agrees_with_dense_elimination() {
    for (a, name) in [
        (laplacian([7, 5, 1], [1.0; 3]), "2-D"),
        (laplacian([5, 4, 6], [1.0, 30.0, 0.1]), "3-D, stretched"),
        (with_dense_row(&laplacian([9, 9, 1], [1.0; 3])), "one dense row"),
        (laplacian([1, 1, 1], [1.0; 3]), "one unknown"),
    ] {
        let b = random(a.nrows(), 1);
        let mut x = vec![0.0; a.nrows()];
        let mut solver = Cholesky::new();
        solver.prepare(&a).unwrap();
        let info = solver.solve(&a, &b, &mut x, 0.0).unwrap();
        assert!(info.residual < 1e-14, "{name}: {info:?}");
        for (x, y) in x.iter().zip(dense_solve(&a, &b)) {
            assert!((x - y).abs() < 1e-12 * (1.0 + y.abs()), "{name}: {x} {y}");
        }
    }
}

#[test]
fn refactors_new_values_and_new_patterns() {
    let mut solver = Cholesky::new();
    for (n, scale) in [(12, 1.0), (12, 5.0), (9, 1.0)] {
        let mut a = laplacian([n, n, n], [1.0; 3]);
        a.values_mut().iter_mut().for_each(|v| *v *= scale);
        let b = random(a.nrows(), 3);
        let mut x = vec![0.0; a.nrows()];
        solver.prepare(&a).unwrap();
        solver.solve(&a, &b, &mut x, 0.0).unwrap();
        assert!(relative_residual(&a, &b, &x) < 1e-14);
    }
}

#[test]
fn indefinite_matrices_are_refused_with_the_row() {
    let mut a = laplacian([20, 20, 1], [1.0; 3]);
    let k = a.position(137, 137).unwrap();
    a.values_mut()[k] = -1.0;
    let error = Cholesky::new().prepare(&a).unwrap_err();
    assert!(matches!(error, LinearError::NotPositiveDefinite { row: Some(137), .. }), "{error}");
    assert_eq!(
        error.to_string(),
        "the matrix is not positive definite: the diagonal entry of row 137 is not positive; \
         is a reference potential or support missing?"
    );
    // [1 2; 2 1] has the eigenvalues 3 and -1 and a positive diagonal.
    let a = Csr::new(vec![0, 2, 4], vec![0, 1, 0, 1], vec![1.0, 2.0, 2.0, 1.0], 2).unwrap();
    let error = Cholesky::new().prepare(&a).unwrap_err();
    assert!(matches!(error, LinearError::NotPositiveDefinite { row: Some(_), .. }), "{error}");
}

#[test]
fn a_body_without_reference_is_refused() {
    for n in [2, 5, 10, 33, 100, 200] {
        let mut a = laplacian([n, n, 1], [1.0; 3]);
        // Row sums 0: the constant vector is in the null space.
        for i in 0..a.nrows() {
            let k = a.position(i, i as u32).unwrap();
            a.values_mut()[k] = a.row(i).0.len() as f64 - 1.0;
        }
        let error = Cholesky::new().prepare(&a).unwrap_err();
        let text = error.to_string();
        assert!(
            matches!(error, LinearError::Singular { .. } | LinearError::NotPositiveDefinite { .. }),
            "{text}"
        );
        assert!(text.ends_with("is a reference potential or support missing?"), "{text}");
    }
}

#[test]
fn wrong_input_is_refused() {
    let mut a = laplacian([3, 3, 1], [1.0; 3]);
    let mut solver = Cholesky::new();
    let mut x = vec![0.0; 9];
    assert_eq!(solver.solve(&a, &[0.0; 9], &mut x, 0.0), Err(LinearError::NotPrepared));
    solver.prepare(&a).unwrap();
    let message = |e: Result<_, LinearError>| e.unwrap_err().to_string();
    let mut b = vec![1.0; 9];
    assert_eq!(
        message(solver.solve(&a, &b[..8], &mut x, 0.0)),
        "length of the right-hand side: got 8, wanted 9"
    );
    b[4] = f64::NAN;
    assert_eq!(
        message(solver.solve(&a, &b, &mut x, 0.0)),
        "the right-hand side has an entry that is not finite in row 4"
    );
    a.values_mut()[0] = f64::INFINITY;
    assert_eq!(
        solver.prepare(&a).unwrap_err().to_string(),
        "the matrix has an entry that is not finite in row 0"
    );
    let wide = Csr::new(vec![0, 1], vec![1], vec![1.0], 2).unwrap();
    assert_eq!(
        solver.prepare(&wide).unwrap_err().to_string(),
        "number of columns of a square matrix: got 2, wanted 1"
    );
}
