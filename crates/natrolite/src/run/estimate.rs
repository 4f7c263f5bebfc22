//! Estimates of the discretisation error from uniformly refined meshes.

use crate::results::{Named, Quantity};

/// Smallest order of convergence that an estimate relies on.
const LEAST_ORDER: f64 = 0.5;
/// Largest one: beyond, differences are rounding.
const LARGEST_ORDER: f64 = 4.0;

/// Fills `error_estimate` of the finest quantities from runs on meshes each halved once more, coarse
/// to fine.
///
/// With q the values on the two finest meshes and p the order of convergence, the error of the finer
/// is about |q1 - q2| / (2^p - 1) (Richardson's extrapolation; Roache, *Verification and Validation
/// in Computational Science and Engineering*, section 5.5). p is observed on the three finest meshes
/// when there are three; with two only, it is taken as 1.
pub fn estimate_errors(runs: &[Named<Quantity>]) -> Option<Named<Quantity>> {
    let (finest, coarser) = runs.split_last()?;
    let mut out = finest.clone();
    for (name, quantity) in &mut out.0 {
        let value = |back: usize| {
            let run = coarser.len().checked_sub(back).and_then(|k| coarser.get(k))?;
            run.get(name).map(|q| q.value)
        };
        let Some(before) = value(1) else { continue };
        let difference = (before - quantity.value).abs();
        let order = match value(2) {
            Some(first) if difference > 0.0 => ((first - before).abs() / difference).log2(),
            _ => 1.0,
        };
        let order = if order.is_nan() { 1.0 } else { order.clamp(LEAST_ORDER, LARGEST_ORDER) };
        quantity.error_estimate = Some(difference / (order.exp2() - 1.0));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(value: f64) -> Named<Quantity> {
        let quantity = Quantity { value, unit: "1".into(), error_estimate: None };
        Named(vec![("q".into(), quantity)])
    }

    #[test]
    fn estimate_is_the_error_of_a_sequence_of_second_order() {
        // q(h) = 2 + h^2 with h = 1, 1/2, 1/4: the last error is 1/16.
        let out = estimate_errors(&[run(3.0), run(2.25), run(2.0625)]).unwrap();
        assert!((out.0[0].1.error_estimate.unwrap() - 0.0625).abs() < 1e-15);
    }

    #[test]
    fn two_meshes_give_the_difference() {
        let out = estimate_errors(&[run(2.25), run(2.0625)]).unwrap();
        assert_eq!(out.0[0].1.error_estimate, Some(0.1875));
    }

    #[test]
    fn one_mesh_gives_none() {
        assert_eq!(estimate_errors(&[run(1.0)]).unwrap().0[0].1.error_estimate, None);
        assert!(estimate_errors(&[]).is_none());
    }
}
