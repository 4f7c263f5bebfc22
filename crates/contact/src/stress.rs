//! Stress at the nodes.

use crate::DISPLACEMENT;
use fem::{System, nodal_coefficients};

/// The stress \[Pa\] at every node of the mesh, row after row, from the terms (region, number of the
/// placement) that make it; see [`nodal_coefficients`].
pub fn nodal_stress(system: &System<'_>, terms: &[(u32, usize)], u: &[f64]) -> Vec<[[f64; 3]; 3]> {
    let terms: Vec<_> = terms.iter().map(|&(region, place)| (region, system.term(place))).collect();
    let all = system.all_unknowns(u);
    let (mesh, space) = (system.mesh(), system.space());
    let numbers = nodal_coefficients(mesh, system.hypothesis(), space, &terms, &all, 9);
    let tensor = |s: &[f64]| std::array::from_fn(|i| std::array::from_fn(|j| s[3 * i + j]));
    numbers.chunks_exact(9).map(tensor).collect()
}

/// The force \[N\] that enters the body at every node, where it is held, pressed or tied.
pub fn nodal_reactions(system: &System<'_>, u: &[f64]) -> Vec<[f64; 3]> {
    let residual = system.nodal_residual(u);
    let axes = &system.space().fields()[DISPLACEMENT].axes;
    let vector = |r: &[f64]| {
        let mut vector = [0.0; 3];
        for (&axis, r) in axes.iter().zip(r) {
            vector[axis] = *r;
        }
        vector
    };
    residual.chunks_exact(axes.len()).map(vector).collect()
}

/// Von Mises' equivalent stress \[Pa\]: the square root of 3/2 s : s, with s the deviator.
///
/// Source: Timoshenko and Goodier, *Theory of Elasticity*, 3rd ed., section 83.
pub fn von_mises(s: &[[f64; 3]; 3]) -> f64 {
    let normal =
        (s[0][0] - s[1][1]).powi(2) + (s[1][1] - s[2][2]).powi(2) + (s[2][2] - s[0][0]).powi(2);
    let shear = s[0][1] * s[1][0] + s[1][2] * s[2][1] + s[2][0] * s[0][2];
    (0.5 * normal + 3.0 * shear).max(0.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn von_mises_of_tension_shear_and_pressure() {
        let tension = [[5.0, 0.0, 0.0], [0.0; 3], [0.0; 3]];
        assert_eq!(von_mises(&tension), 5.0);
        let shear = [[0.0, 2.0, 0.0], [2.0, 0.0, 0.0], [0.0; 3]];
        assert!((von_mises(&shear) - 12f64.sqrt()).abs() < 1e-15);
        let pressure = [[-3.0, 0.0, 0.0], [0.0, -3.0, 0.0], [0.0, 0.0, -3.0]];
        assert_eq!(von_mises(&pressure), 0.0);
    }
}
