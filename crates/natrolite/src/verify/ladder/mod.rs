//! The problems of the ladder, from the slab to Newton's method, then those of mechanics and of both together.

mod arrhenius;
mod bump;
mod butler_volmer;
mod constriction;
mod disc;
mod fourier;
mod mechanics;
mod newton;
mod pore;
mod rate;
mod slab;
mod slit;
mod sphere;
mod stress_kinetics;

use super::row::{Comparison, Problem};

/// Every problem, in the order of the table.
pub fn ladder() -> Vec<Problem> {
    let families = [
        slab::problems(),
        arrhenius::problems(),
        fourier::problems(),
        pore::problems(),
        disc::problems(),
        slit::problems(),
        bump::problems(),
        sphere::problems(),
        constriction::problems(),
        butler_volmer::problems(),
        rate::problems(),
        newton::problems(),
        mechanics::problems(),
        stress_kinetics::problems(),
    ];
    families.into_iter().flatten().collect()
}

/// The worst of pairs (expected, got), compared relative to what is expected.
fn worst(pairs: impl IntoIterator<Item = (f64, f64)>) -> Result<Comparison, String> {
    let all = pairs.into_iter().map(|(expected, got)| Comparison::relative(expected, got));
    Comparison::worst(all).ok_or_else(|| "no node to compare at".to_owned())
}

/// The worst of pairs (expected, got), their differences divided by `scale`.
fn worst_of(scale: f64, pairs: impl IntoIterator<Item = (f64, f64)>) -> Result<Comparison, String> {
    let all = pairs.into_iter().map(|(expected, got)| Comparison { expected, got, scale });
    Comparison::worst(all).ok_or_else(|| "no node to compare at".to_owned())
}
