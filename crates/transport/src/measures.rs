//! How the current is distributed over a surface.

use fem::recover::FacetPoint;
use fem::{Space, Term};
use mesh::FacetBlock;

/// What is integrated over a surface.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Distribution {
    /// Area of the surface \[m2\].
    pub area: f64,
    /// Current that leaves the body through it \[A\], plating positive.
    pub total: f64,
    /// Standard deviation of the current density over its mean, weighted with the area; NaN when the
    /// mean is zero.
    pub nonuniformity: f64,
}

impl Distribution {
    /// Mean current density \[A/m2\].
    pub fn mean(&self) -> f64 {
        self.total / self.area
    }
}

/// Integrates the current density over a surface, from the weights \[m2\] of its points of quadrature and
/// the densities there \[A/m2\].
///
/// With i the density and m its mean over the area: nonuniformity = sqrt(mean of (i - m)^2) / |m|,
/// computed from the squared difference from the mean, which does not cancel.
pub fn distribution(points: &[(f64, f64)]) -> Distribution {
    let (mut area, mut total, mut square) = (0.0, 0.0, 0.0);
    for (weight, density) in points {
        area += weight;
        total += weight * density;
    }
    let mean = total / area;
    for (weight, density) in points {
        square += weight * (density - mean).powi(2);
    }
    Distribution { area, total, nonuniformity: (square / area).sqrt() / mean.abs() }
}

/// The current density \[A/m2\] that a kinetics law gives at a point of a facet, plating positive.
/// `all` holds the unknowns as numbered by `space`, `opposite` the facets of the second side of an
/// interface (the same facets on a boundary).
pub fn plating_at(
    term: &dyn Term,
    space: &Space,
    all: &[f64],
    opposite: &[FacetBlock],
    at: &FacetPoint<'_>,
) -> f64 {
    let (block, facet) = at.facet;
    let n = at.nodes.len();
    let across = &opposite[block].nodes[facet * n..(facet + 1) * n];
    let mut numbers = vec![0.0; term.slots().len()];
    for ((&node, &other), shape) in at.nodes.iter().zip(across).zip(at.shape) {
        let there = fem::recover::numbers_at_node(term, space, all, node, other);
        for (sum, value) in numbers.iter_mut().zip(there) {
            *sum += shape * value;
        }
    }
    let mut r = vec![0.0; numbers.len()];
    term.residual(&[at.point], &numbers, &mut r);
    // The coefficient of the electrolyte's test function is minus the anodic current density.
    r[0]
}
