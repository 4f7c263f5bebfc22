//! Currents and potentials on the surfaces of a solved model.

use super::model::{Model, Role, Surface};
use algebra::{Cholesky, LinearSolver};
use fem::recover::facet_mass;
use fem::{At, LANES, Lanes, Point, Support, SurfaceTerm, Term};
use mesh::FacetBlock;
use std::collections::BTreeSet;
use transport::measures::{Distribution, distribution};

/// A solution: all unknowns, and the potential at the nodes.
#[derive(Default)]
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
#[derive(Clone, Debug, Default)]
pub struct SurfaceCurrent {
    /// For each node of the surface (first side), in increasing order, the node opposite on an
    /// interface; else the node itself.
    pub opposite: Vec<u32>,
    /// Normal current density at the nodes \[A/m2\], plating positive; in sweeps only the least and the largest of those
    /// of a law that rises with the difference of two potentials, and one of those that are the same everywhere.
    pub density: Vec<f64>,
    /// Of a law of kinetics, a node for each unknown of nodes on either side, and the number of the unknown: several
    /// nodes may be tied to one.
    pub unknowns: Vec<[u32; 2]>,
    /// For each of these the current that leaves the body there, an integral over the surface with its shape function
    /// \[A\].
    pub into: Vec<f64>,
    /// With that, the integral of the square of the current density \[A2/m2\].
    pub square: f64,
    /// Where a law reads the state of a contact, the current density at the points of quadrature, facet after facet.
    pub points: Vec<f64>,
    /// Integrals over what is meshed.
    pub distribution: Distribution,
}

impl SurfaceCurrent {
    /// Largest absolute current density at the nodes \[A/m2\].
    pub fn max(&self) -> f64 {
        // Eight side by side: the larger of two numbers waits for the one before.
        let (wide, rest) = self.density.as_chunks::<LANES>();
        let mut most = [0.0_f64; LANES];
        for eight in wide {
            most = std::array::from_fn(|k| most[k].max(eight[k].abs()));
        }
        rest.iter().map(|i| i.abs()).chain(most).fold(0.0, f64::max)
    }

    /// Looks up the nodes opposite, and the unknowns of a law of kinetics.
    fn place(&mut self, model: &Model<'_>, surface: &Surface) {
        let mesh = &model.geometry.mesh;
        let nodes = model.points(surface).nodes();
        self.opposite = match surface.support {
            Support::Interface(_) => opposites(nodes, surface.facets(mesh), surface.opposite(mesh)),
            _ => nodes.to_vec(),
        };
        let dofs = model.system.space().field_dofs(transport::POTENTIAL);
        let mut seen = BTreeSet::new();
        let pairs = nodes.iter().chain(&self.opposite).map(|&node| [node, dofs[node as usize]]);
        self.unknowns = pairs.filter(|[_, dof]| seen.insert(*dof)).collect();
    }

    /// Takes in where a law of kinetics was last evaluated, and its part of the residual there, of all unknowns.
    fn take(&mut self, (term, residual): (&SurfaceTerm<'_>, &[f64]), has_contact: bool) {
        let [area, total, squares] = term.integrals();
        let nonuniformity = (squares / area).sqrt() / (total / area).abs();
        self.distribution = Distribution { area, total, nonuniformity };
        self.square = squares + total * (total / area);
        self.into.clear();
        self.into.extend(self.unknowns.iter().map(|[_, dof]| residual[*dof as usize]));
        self.points.clear();
        if has_contact {
            term.each_point(|_, density| self.points.push(density));
        }
    }
}

/// True where a law reads the state of a contact.
pub fn has_contact(term: &dyn Term) -> bool {
    term.slots().len() > 2
}

/// Finds the current through `surface`. `reactions` are those of [`fem::System::nodal_residual`], read
/// where [`Surface::needs_reactions`]; `law` is a law of kinetics where it was last evaluated, and its part of the
/// residual there.
///
/// # Panics
/// Without the law where there is one.
pub fn current_through(
    model: &Model<'_>,
    surface: &Surface,
    solution: &Solution,
    (reactions, law): (&[f64], Option<(&SurfaceTerm<'_>, &[f64])>),
) -> SurfaceCurrent {
    let mesh = &model.geometry.mesh;
    let facets = surface.facets(mesh);
    let nodes = model.points(surface).nodes();
    let mut through = SurfaceCurrent::default();
    through.place(model, surface);
    match &surface.role {
        Role::Kinetics { placement, .. } => {
            let places = (nodes, &through.opposite[..]);
            AtNodes::new(model, *placement, places).density(
                model,
                &solution.all,
                &mut through.density,
            );
            let law = law.expect("a law of kinetics was evaluated");
            through.take(law, has_contact(model.system.term(*placement)));
        }
        Role::UniformCurrent(given) => {
            through.density = vec![-given; nodes.len()];
            through.distribution = uniform(*given, model.points(surface).area());
        }
        Role::Potential(_) | Role::Equipotential { .. } => {
            let density = consistent_flux(model, facets, reactions);
            let at_node = |node: &u32| nodes.binary_search(node).map_or(0.0, |k| density[k]);
            let mut points = Vec::new();
            model.points(surface).each(facets, |at, weight| {
                let pairs = at.nodes.iter().zip(at.shape);
                points.push((weight, pairs.map(|(node, shape)| shape * at_node(node)).sum()));
            });
            through.distribution = distribution(&points);
            // The reactions themselves balance to rounding; so does their sum.
            through.distribution.total = -nodes.iter().map(|&n| reactions[n as usize]).sum::<f64>();
            through.density = density;
        }
    }
    through
}

/// How a current density of that size \[A/m2\] into the body is distributed over an `area` \[m2\].
fn uniform(given: f64, area: f64) -> Distribution {
    // The deviation from the mean is that of nothing from nothing where there is no current.
    let nonuniformity = if given == 0.0 { f64::NAN } else { 0.0 };
    Distribution { area, total: -given * area, nonuniformity }
}

/// Where a law of kinetics reads what it needs at the nodes of its surface, for many evaluations.
#[derive(Debug)]
pub struct AtNodes {
    placement: usize,
    nodes: usize,
    points: Vec<Point>,
    /// For [`LANES`] nodes after the other the numbers of the unknowns that each slot reads. The last ones are filled up
    /// with the last node.
    dofs: Vec<[u32; LANES]>,
    numbers: Vec<Lanes>,
    coefficients: Vec<Lanes>,
}

impl AtNodes {
    /// Of the law number `placement` at `nodes` and those `opposite`.
    fn new(model: &Model<'_>, placement: usize, (nodes, opposite): (&[u32], &[u32])) -> AtNodes {
        let (term, space) = (model.system.term(placement), model.system.space());
        let width = term.slots().len();
        let count = nodes.len().next_multiple_of(LANES);
        let (mut points, mut dofs) = (Vec::new(), vec![[0; LANES]; count / LANES * width]);
        for k in 0..count {
            let Some(at) = nodes.len().checked_sub(1).map(|last| last.min(k)) else { break };
            points.push(Point {
                x: model.geometry.mesh.points[nodes[at] as usize],
                ..Point::default()
            });
            for (slot, dofs) in term.slots().iter().zip(&mut dofs[k / LANES * width..]) {
                dofs[k % LANES] = match slot.at {
                    At::Here => space.dof(slot.field, nodes[at]),
                    At::Across => space.dof(slot.field, opposite[at]),
                    At::Whole => space.whole_dof(slot.field),
                };
            }
        }
        let memory = vec![Lanes::default(); dofs.len()];
        let (numbers, coefficients) = (memory.clone(), memory);
        AtNodes { placement, nodes: nodes.len(), points, dofs, numbers, coefficients }
    }

    /// The current density at each node \[A/m2\], plating positive, to `out`, from all unknowns.
    fn density(&mut self, model: &Model<'_>, all: &[f64], out: &mut Vec<f64>) {
        let term = model.system.term(self.placement);
        for (number, dofs) in self.numbers.iter_mut().zip(&self.dofs) {
            number.0 = dofs.map(|dof| all[dof as usize]);
        }
        term.residual_in_lanes(&self.points, &self.numbers, &mut self.coefficients);
        // The coefficient of the electrolyte's test function is minus the anodic current density.
        let first = self.coefficients.iter().step_by(term.slots().len());
        out.clear();
        out.extend(first.flat_map(|lanes| lanes.0).take(self.nodes));
    }
}

/// The currents through the surfaces of a model from point to point of a sweep, which has them in its memory.
#[derive(Debug, Default)]
pub struct Currents {
    /// In the order of [`Model::surfaces`].
    pub through: Vec<SurfaceCurrent>,
    /// Of those with kinetics.
    at_nodes: Vec<Option<AtNodes>>,
    /// Current into each unknown, of one law.
    into: Vec<f64>,
}

impl Currents {
    /// Finds the currents of another solution; each of `terms`, the laws of kinetics in the order of the surfaces, was
    /// evaluated there last, and `together` are the currents of all of them into each unknown \[A\].
    pub fn follow(
        &mut self,
        model: &Model<'_>,
        solution: &Solution,
        (terms, together): (&[SurfaceTerm<'_>], &[f64]),
        reactions: &[f64],
    ) {
        let is_only = terms.len() == 1;
        let mut terms = terms.iter();
        self.through.resize_with(model.surfaces.len(), SurfaceCurrent::default);
        self.at_nodes.resize_with(model.surfaces.len(), || None);
        for (k, surface) in model.surfaces.iter().enumerate() {
            let through = &mut self.through[k];
            let (law, placement, metal) = match &surface.role {
                Role::Kinetics { law, placement, metal } => (law, *placement, *metal),
                Role::UniformCurrent(given) => {
                    through.density.clear();
                    through.density.push(-given);
                    through.distribution = uniform(*given, model.points(surface).area());
                    continue;
                }
                _ => {
                    *through = current_through(model, surface, solution, (reactions, None));
                    continue;
                }
            };
            let nodes = model.points(surface).nodes();
            if through.opposite.len() != nodes.len() {
                through.place(model, surface);
            }
            let system = &model.system;
            // A law of kinetics rises with the difference of the potentials: its ends are those of the potential.
            let rises = transport::is_kinetics(law.entry)
                && metal.is_some()
                && !has_contact(system.term(placement));
            if let (true, Some(metal)) = (rises, metal) {
                let metal = solution.all[system.space().whole_dof(metal) as usize];
                let [low, high] = ends_of(nodes, &solution.potential);
                let mut r = [0.0; 4];
                let points = [Point::default(); 2];
                system.term(placement).residual(&points, &[low, metal, high, metal], &mut r);
                through.density.clear();
                through.density.extend([r[0], r[2]]);
            } else {
                let places = (nodes, &through.opposite[..]);
                let at = &mut self.at_nodes[k];
                let at = match at.take().filter(|at| at.placement == placement) {
                    Some(same) => at.insert(same),
                    None => at.insert(AtNodes::new(model, placement, places)),
                };
                at.density(model, &solution.all, &mut through.density);
            }
            let Some(term) = terms.next() else { continue };
            if !is_only {
                self.into.clear();
                self.into.resize(solution.all.len(), 0.0);
                term.add_last(&mut self.into);
            }
            let residual = if is_only { together } else { &self.into };
            through.take((term, residual), has_contact(system.term(placement)));
        }
    }
}

/// The least and the largest of the values at nodes.
fn ends_of(nodes: &[u32], values: &[f64]) -> [f64; 2] {
    let (eights, rest) = nodes.as_chunks::<LANES>();
    // Eight side by side: one would wait for the one before.
    let (mut low, mut high) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES]);
    for eight in eights {
        let eight = eight.map(|node| values[node as usize]);
        low = std::array::from_fn(|k| low[k].min(eight[k]));
        high = std::array::from_fn(|k| high[k].max(eight[k]));
    }
    let rest = || rest.iter().map(|&node| values[node as usize]);
    [
        rest().chain(low).fold(f64::INFINITY, f64::min),
        rest().chain(high).fold(f64::NEG_INFINITY, f64::max),
    ]
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
