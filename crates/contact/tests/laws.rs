//! Every law's tangent against finite differences and dual numbers.

use contact::{Eigenstress, Elastic, LAWS, Pressure, Reduction, Traction};
use fem::registry::{Environment, Place, Value};
use fem::{Dual, Law, Point, Slot, Term, width};

const U: [f64; 9] = [0.3, -0.1, 0.7, 0.2, -0.5, 0.4, 0.1, 0.6, -0.2];

fn point() -> Point {
    Point { x: [1.0, 2.0, 3.0], normal: [0.6, 0.0, 0.8] }
}

/// The tangent of `law` against the derivative that dual numbers give.
fn check<L: Law>(law: &L) {
    let n = width(Law::slots(law));
    let mut tangent = vec![f64::NAN; n * n];
    Term::tangent(law, &[point()], &U[..n], &mut tangent);
    for j in 0..n {
        let u: Vec<Dual> =
            (0..n).map(|i| Dual { v: U[i], d: if i == j { 1.0 } else { 0.0 } }).collect();
        let mut r = vec![Dual::default(); n];
        law.evaluate(&point(), &u, &mut r);
        for i in 0..n {
            assert!((tangent[i * n + j] - r[i].d).abs() < 1e-13, "{i} {j}");
        }
    }
}

#[test]
fn hand_written_tangents_are_the_derivatives() {
    for reduction in [Reduction::None, Reduction::PlaneStress(1), Reduction::PlaneStress(2)] {
        let elastic = Elastic::new(2.0, 0.35, reduction).unwrap();
        check(&elastic);
        check(&Eigenstress::new(elastic, 0.01));
    }
    check(&Pressure { pressure: 3.0 });
    check(&Traction { traction: [1.0, 2.0, 3.0] });
}

#[test]
fn registered_laws_build_and_their_tangents_agree_with_differences() {
    let environment =
        Environment { temperature: 300.0, slots: vec![Slot::vector(0)], contact: None };
    // Laws on interfaces read potentials and the contact; they are tested where they stand.
    for entry in LAWS.iter().filter(|entry| !entry.places.contains(&Place::Interface)) {
        let Some(build) = entry.build else { continue };
        let values = entry.parameters.iter().map(|p| (p.name, Value::Number(0.3))).collect();
        let term = build(&values, &environment).unwrap();
        let n = width(term.slots());
        let mut tangent = vec![0.0; n * n];
        term.tangent(&[point()], &U[..n], &mut tangent);
        for j in 0..n {
            let residual = |step: f64| {
                let mut u = U;
                u[j] += step;
                let mut r = vec![0.0; n];
                term.residual(&[point()], &u[..n], &mut r);
                r
            };
            let (up, down) = (residual(1e-4), residual(-1e-4));
            for i in 0..n {
                let slope = (up[i] - down[i]) / 2e-4;
                assert!((tangent[i * n + j] - slope).abs() < 1e-9, "{} {i} {j}", entry.name);
            }
        }
    }
}

#[test]
fn plane_stress_has_no_stress_across_and_the_modulus_of_young_along() {
    // Uniaxial: e_22 = -nu e_11 gives sigma_11 = E e_11 and nothing else.
    let law = Elastic::new(2.0, 0.35, Reduction::PlaneStress(1)).unwrap();
    let u = [0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -0.035];
    let mut r = [0.0; 9];
    law.evaluate(&point(), &u, &mut r);
    assert!((r[0] - 0.2).abs() < 1e-15);
    assert!(r[1..].iter().all(|r| r.abs() < 1e-15), "{r:?}");
}
