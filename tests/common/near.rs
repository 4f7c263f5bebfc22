//! How near numbers of several ranks must be to those of one.

/// Numbers to this part of the largest of them.
pub fn assert_near(one: &[f64], many: &[f64], part: f64, what: &str) {
    assert_eq!(one.len(), many.len(), "{what}");
    let largest = one.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    let difference = one.iter().zip(many).fold(0.0, |m: f64, (a, b)| m.max((a - b).abs()));
    assert!(difference <= part * largest, "{what} differs by {difference:e} of {largest:e}");
}

/// Gaps are small differences of displacements of some 10 nm, to 1e-8 of these.
pub fn assert_gaps(one: &[f64], many: &[f64], what: &str) {
    let near = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-16;
    assert!(one.len() == many.len() && one.iter().zip(many).all(near), "{what}");
}

/// A quantity to 1e-10; what is zero but for rounding is compared with what it is a fraction of.
pub fn assert_quantity(name: &str, one: f64, many: f64, what: &str) {
    let fractions = ["nonuniformity", "current_balance_error", "force_balance_error"];
    let is_fraction = fractions.iter().any(|fraction| name.starts_with(fraction));
    let least = if name.starts_with("max_gap") { 1e-8 } else { 0.0 };
    let size = if is_fraction { 1.0 } else { one.abs().max(least) };
    assert!((many - one).abs() <= 1e-10 * size, "{what}: {name} is {one} and {many}");
}
