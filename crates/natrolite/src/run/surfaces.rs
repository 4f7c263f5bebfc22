//! Currents and potentials on the surfaces of a solved model.

use super::model::{Model, Role, Surface};
use algebra::{Cholesky, LinearSolver};
use fem::recover::{FacetPoint, facet_mass, numbers_at_node};
use fem::{LANES, Lanes, Point, Support};
use mesh::FacetBlock;
use transport::measures::{Distribution, distribution};

/// A solution: all unknowns, and the potential at the nodes.
pub struct Solution {
    /// Free and prescribed unknowns.
    pub all: Vec<f64>,
    /// Potential at each node \[V\].
    pub potential: Vec<f64>,
    /// Potential at each node less that at zero current \[V\].
    pub psi: Vec<f64>,
    /// All unknowns less those at zero current, which keep their digits in a good conductor far from
    /// zero.
    pub deviations: Vec<f64>,
}

/// The current through a surface.
#[derive(Clone, Debug)]
pub struct SurfaceCurrent {
    /// For each node of the surface (first side), in increasing order, the node opposite on an
    /// interface; else the node itself.
    pub opposite: Vec<u32>,
    /// Normal current density at the nodes \[A/m2\], plating positive.
    pub density: Vec<f64>,
    /// Weight \[m2\] and current density at the points of quadrature, facet after facet; none where the
    /// current is uniform.
    pub points: Vec<(f64, f64)>,
    /// Integrals over what is meshed.
    pub distribution: Distribution,
}

impl SurfaceCurrent {
    /// Largest absolute current density at the nodes \[A/m2\].
    pub fn max(&self) -> f64 {
        self.density.iter().fold(0.0, |m, i| m.max(i.abs()))
    }
}

/// Finds the current through `surface`. `reactions` are those of [`fem::System::nodal_residual`], read
/// where [`Surface::needs_reactions`]; `points` the weights of the points of a law of kinetics and the densities there.
pub fn current_through(
    model: &Model<'_>,
    surface: &Surface,
    solution: &Solution,
    (reactions, points): (&[f64], Vec<(f64, f64)>),
) -> SurfaceCurrent {
    let mesh = &model.geometry.mesh;
    let (facets, across) = (surface.facets(mesh), surface.opposite(mesh));
    let points_of = |density: &dyn Fn(&FacetPoint<'_>) -> f64| {
        let mut points = Vec::new();
        model.points(surface).each(facets, |at, weight| points.push((weight, density(at))));
        points
    };
    let nodes = model.points(surface).nodes().to_vec();
    let opposite = match surface.support {
        Support::Interface(_) => opposites(&nodes, facets, across),
        _ => nodes.clone(),
    };
    match &surface.role {
        Role::Kinetics { placement, .. } => {
            let density = density_at_nodes(model, *placement, (&nodes, &opposite), &solution.all);
            SurfaceCurrent { opposite, density, distribution: distribution(&points), points }
        }
        Role::UniformCurrent(given) => {
            let density = vec![-given; nodes.len()];
            let area = model.points(surface).area();
            // The deviation from the mean is that of nothing from nothing where there is no current.
            let nonuniformity = if *given == 0.0 { f64::NAN } else { 0.0 };
            let distribution = Distribution { area, total: -given * area, nonuniformity };
            SurfaceCurrent { opposite, density, distribution, points: Vec::new() }
        }
        Role::Potential(_) | Role::Equipotential { .. } => {
            let density = consistent_flux(model, facets, reactions);
            let at_node = |node: &u32| nodes.binary_search(node).map_or(0.0, |k| density[k]);
            let points = points_of(&|at| {
                at.nodes.iter().zip(at.shape).map(|(node, shape)| shape * at_node(node)).sum()
            });
            let mut distribution = distribution(&points);
            // The reactions themselves balance to rounding; so does their sum.
            distribution.total = -nodes.iter().map(|&n| reactions[n as usize]).sum::<f64>();
            SurfaceCurrent { opposite, density, points, distribution }
        }
    }
}

/// What a law of kinetics gives at nodes and those opposite \[A/m2\], plating positive.
fn density_at_nodes(
    model: &Model<'_>,
    placement: usize,
    (nodes, opposite): (&[u32], &[u32]),
    all: &[f64],
) -> Vec<f64> {
    let (term, space) = (model.system.term(placement), model.system.space());
    let (width, blocks) = (term.slots().len(), nodes.len().div_ceil(LANES));
    let mut points = vec![Point::default(); blocks * LANES];
    let mut numbers = vec![Lanes::default(); blocks * width];
    for (k, (&node, &other)) in nodes.iter().zip(opposite).enumerate() {
        points[k].x = model.geometry.mesh.points[node as usize];
        let block = &mut numbers[k / LANES * width..][..width];
        for (number, value) in block.iter_mut().zip(numbers_at_node(term, space, all, node, other))
        {
            number.0[k % LANES] = value;
        }
    }
    let mut r = vec![Lanes::default(); numbers.len()];
    term.residual_in_lanes(&points, &numbers, &mut r);
    // The coefficient of the electrolyte's test function is minus the anodic current density.
    (0..nodes.len()).map(|k| r[k / LANES * width].0[k % LANES]).collect()
}

/// The consistent nodal flux out of the body, see [`facet_mass`].
fn consistent_flux(model: &Model<'_>, facets: &[FacetBlock], reactions: &[f64]) -> Vec<f64> {
    let (mass, nodes) = facet_mass(&model.geometry.mesh, model.geometry.hypothesis, facets);
    let rhs: Vec<f64> = nodes.iter().map(|&n| -reactions[n as usize]).collect();
    let mut flux = vec![0.0; nodes.len()];
    let mut solver = Cholesky::default();
    let solved = solver.prepare(&mass).and_then(|()| solver.solve(&mass, &rhs, &mut flux, 1e-14));
    // The mass matrix of facets with positive area is positive definite.
    solved.expect("a mass matrix is positive definite");
    flux
}

fn opposites(nodes: &[u32], facets: &[FacetBlock], across: &[FacetBlock]) -> Vec<u32> {
    let mut opposite = nodes.to_vec();
    for (a, b) in facets.iter().zip(across) {
        for (node, other) in a.nodes.iter().zip(&b.nodes) {
            if let Ok(k) = nodes.binary_search(node) {
                opposite[k] = *other;
            }
        }
    }
    opposite
}
