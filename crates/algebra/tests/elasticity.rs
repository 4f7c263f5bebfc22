//! Multigrid for displacements: bounded iterations in size, Poisson's ratio and kind of support.

mod common;
use algebra::{AmgCg, AmgProblem, LinearError, LinearSolver};
use common::elasticity::{Body, Support, elastic_box};
use common::{random, relative_residual, same_for_all_threads};

fn iterations(body: &Body) -> usize {
    let b = random(body.a.nrows(), 5);
    let mut x = vec![0.0; body.a.nrows()];
    let mut solver = AmgCg::default().for_problem(body.problem.clone());
    solver.prepare(&body.a).unwrap();
    let info = solver.solve(&body.a, &b, &mut x, 1e-8).unwrap();
    assert!(relative_residual(&body.a, &b, &x) <= 1e-8);
    info.iterations
}

#[test]
fn iterations_do_not_grow_with_the_size() {
    for n in [6, 12, 20] {
        let body = elastic_box(3, [n, n, n], [1.0; 3], 0.3, Support::Clamped);
        let count = iterations(&body);

        assert!(count <= 13, "3-D, {n}: {count}");
    }
    for n in [30, 60, 120] {
        let body = elastic_box(2, [n, n, 1], [1.0; 3], 0.3, Support::Clamped);
        let count = iterations(&body);

        assert!(count <= 15, "2-D, {n}: {count}");
    }
}

#[test]
fn supports_poisson_ratios_and_slender_bodies() {
    for nu in [0.0, 0.2, 0.4] {
        for support in [Support::Clamped, Support::Rollers] {
            let count = iterations(&elastic_box(3, [14, 14, 14], [1.0; 3], nu, support));

            assert!(count <= 15, "nu {nu}: {count}");
        }
    }
    let beam = elastic_box(3, [6, 6, 120], [1.0; 3], 0.3, Support::Clamped);
    let count = iterations(&beam);

    assert!(count <= 17, "beam: {count}");
    // Without the rotations, bending is out of reach of the coarse levels.
    let blind = Body { problem: AmgProblem { near_null: vec![], ..beam.problem }, a: beam.a };
    let more = iterations(&blind);

    assert!(more > 2 * count, "{more} with translations alone, {count} with rotations");
}

#[test]
fn the_same_bits_for_any_number_of_threads() {
    let body = elastic_box(3, [12, 12, 12], [1.0; 3], 0.3, Support::Rollers);
    same_for_all_threads(|| {
        let mut x = vec![0.0; body.a.nrows()];
        let mut solver = AmgCg::default().for_problem(body.problem.clone());
        solver.prepare(&body.a).unwrap();
        solver.solve(&body.a, &random(body.a.nrows(), 2), &mut x, 1e-8).unwrap();
        x
    });
}

#[test]
fn problems_that_do_not_fit_are_refused() {
    let Body { a, problem } = elastic_box(3, [8, 8, 8], [1.0; 3], 0.3, Support::Clamped);
    let message = |problem: AmgProblem| {
        let error = AmgCg::default().for_problem(problem).prepare(&a).unwrap_err();
        assert!(matches!(error, LinearError::Size { .. }), "{error}");
        error.to_string()
    };
    let blocks_of_4 = AmgProblem { block: 4, ..problem.clone() };
    assert_eq!(message(blocks_of_4), "number of unknowns per node: got 4, wanted 3");
    let two = AmgProblem { near_null: problem.near_null[..2].to_vec(), ..problem.clone() };
    assert_eq!(message(two), "number of near-null vectors: got 2, wanted 6");
    let mut short = problem.clone();
    short.near_null[1].pop();
    assert_eq!(message(short), "length of a near-null vector: got 1943, wanted 1944");
    let mut twice = problem.clone();
    if let Some(places) = twice.places.as_mut() {
        places[5] = places[0];
    }
    assert!(message(twice).starts_with("place of a row, which is taken"));
    let plane = AmgProblem { block: 2, places: Some(vec![0; 3]), ..AmgProblem::default() };
    assert_eq!(message(plane), "number of places of rows in blocks: got 3, wanted 1944");
}
