//! What follows from a solution: fluxes at nodes, integrals over facets, consistent nodal fluxes.

use crate::affine::{cofactors, constant_tensor};
use crate::flux::add_fluxes;
use crate::geometry::{Hypothesis, Tables};
use crate::quadrature::{Rule, cell_rule, facet_rule};
use crate::sum::{Parts, Rows, add_in_order};
use crate::{Point, Space, Term};
use algebra::Csr;
use mesh::{Block, CellKind, FacetBlock, Mesh, nodes_of, reference};
use rayon::prelude::*;

/// The coefficient that `term` gives the gradient of the test function, at every node of the regions
/// paired with it: for Ohm's law sigma grad phi, minus the current density \[A/m2\].
///
/// Cells meet at a node with different gradients; they are averaged with the cells' measures as
/// weights. In first-order simplices, where the gradient is constant, the term is evaluated in the centre.
/// The first slot of each term must be a gradient. Nodes outside the regions stay zero.
pub fn nodal_flux(
    mesh: &Mesh,
    hypothesis: Hypothesis,
    terms: &[(u32, &dyn Term)],
    values: &[f64],
) -> Vec<[f64; 3]> {
    // For each node the sum of the weights, then that of the weighted flux.
    let mut sums = vec![[0.0; 4]; mesh.points.len()];
    for block in &mesh.blocks {
        if let Some((_, term)) = terms.iter().find(|(region, _)| *region == block.region) {
            add_flux(mesh, hypothesis, block, *term, values, &mut sums);
        }
    }
    let mean = |&[weight, x, y, z]: &[f64; 4]| {
        if weight > 0.0 { [x / weight, y / weight, z / weight] } else { [0.0; 3] }
    };
    sums.par_iter().with_min_len(4096).map(mean).collect()
}

fn add_flux(
    mesh: &Mesh,
    hypothesis: Hypothesis,
    block: &Block,
    term: &dyn Term,
    values: &[f64],
    sums: &mut [[f64; 4]],
) {
    if block.kind == CellKind::Tetrahedron4
        && let Some(t) = constant_tensor(term, block.kind, mesh.dimension, hypothesis)
    {
        let cells = block.nodes.as_chunks().0;
        return add_fluxes(&mesh.points, cells, t, values, sums);
    }
    let (n, dimension) = (block.kind.node_count(), block.kind.dimension());
    let is_affine = matches!(block.kind, CellKind::Triangle3 | CellKind::Tetrahedron4);
    let points = match is_affine {
        true => vec![reference::centre(block.kind)],
        false => reference::nodes(block.kind).to_vec(),
    };
    let count = points.len();
    let of_reference = cell_rule(block.kind).weights.iter().sum::<f64>();
    let weights = vec![of_reference / count as f64; count];
    let tables = Tables::new(block.kind, &Rule { weights, points });
    add_in_order(
        // The measure of a cell, then the flux at each point.
        Parts { elements: block.len(), rows: n, numbers: 1 + 3 * count },
        Rows {
            count: sums.len() as u32,
            start: |node| 4 * node as usize,
            values: sums.as_flattened_mut(),
        },
        |range, targets, parts| {
            let (mut x, mut gradients) = (vec![[0.0; 3]; n], vec![[0.0; 3]; n]);
            targets.copy_from_slice(&block.nodes[range.start * n..range.end * n]);
            let cells = targets.chunks_exact(n).zip(parts.chunks_exact_mut(1 + 3 * count));
            for (nodes, part) in cells {
                for (x, &node) in x.iter_mut().zip(nodes) {
                    *x = mesh.points[node as usize];
                }
                // A straight cell of second order has the Jacobian of its corners, too.
                let is_straight = is_affine || mesh::is_straight(block.kind, nodes, &mesh.points);
                let (c, det) = if is_straight {
                    cofactors(dimension, nodes, mesh)
                } else {
                    ([[0.0; 3]; 3], 0.0)
                };
                let (measure, fluxes) = part.split_at_mut(1);
                measure[0] = 0.0;
                for (q, flux) in fluxes.chunks_exact_mut(3).enumerate() {
                    let mut gradient = [0.0; 3];
                    let jacobian = if is_straight {
                        let mut rises = [0.0; 3];
                        if is_affine {
                            let first = values[nodes[0] as usize];
                            for (rise, &node) in rises.iter_mut().zip(&nodes[1..]) {
                                *rise = values[node as usize] - first;
                            }
                        } else {
                            for (d, &node) in tables.derivatives_at(q).iter().zip(nodes) {
                                for k in 0..3 {
                                    rises[k] += d[k] * values[node as usize];
                                }
                            }
                        }
                        for (c, rise) in c.iter().zip(rises) {
                            for k in 0..3 {
                                gradient[k] += rise / det * c[k];
                            }
                        }
                        det * tables.weights[q]
                    } else {
                        let jacobian = tables.cell_gradients(q, &x, mesh.axes, &mut gradients);
                        for (g, &node) in gradients.iter().zip(nodes) {
                            for k in 0..3 {
                                gradient[k] += g[k] * values[node as usize];
                            }
                        }
                        jacobian
                    };
                    let x = if is_affine { tables.position(q, &x) } else { x[q] };
                    let point = Point { x, normal: [0.0; 3] };
                    term.residual(&[point], &gradient, flux);
                    // Degenerate corners (on the axis of symmetry) have no weight of their own.
                    measure[0] += jacobian * hypothesis.weight(point.x, mesh.axes);
                }
            }
        },
        |range, sums, nodes, part| {
            let measure = part[0];
            for (local, &node) in nodes.iter().enumerate().filter(|(_, n)| range.contains(n)) {
                let sum = &mut sums[4 * (node - range.start) as usize..][..4];
                let flux = &part[1 + 3 * (local % count)..][..3];
                sum[0] += measure;
                for k in 0..3 {
                    sum[1 + k] += measure * flux[k];
                }
            }
        },
    );
}

/// A point of quadrature on a facet, as [`integrate_facets`] shows it.
pub struct FacetPoint<'a> {
    /// Block and facet within it.
    pub facet: (usize, usize),
    /// Nodes of the facet.
    pub nodes: &'a [u32],
    /// Their shape functions at the point.
    pub shape: &'a [f64],
    /// Position and normal.
    pub point: Point,
}

/// Integrals over facets of the `N` numbers that `integrand` gives at a point, with the weight of
/// the symmetry (2 pi r). Sums run in the order of the facets.
pub fn integrate_facets<const N: usize>(
    mesh: &Mesh,
    hypothesis: Hypothesis,
    blocks: &[FacetBlock],
    mut integrand: impl FnMut(&FacetPoint<'_>) -> [f64; N],
) -> [f64; N] {
    let mut sum = [0.0; N];
    each_facet_point(mesh, hypothesis, blocks, |at, weight| {
        for (sum, value) in sum.iter_mut().zip(integrand(at)) {
            *sum += weight * value;
        }
    });
    sum
}

/// Calls `visit` at each point of quadrature of facets with its weight \[m2\], that of the symmetry (2 pi r)
/// included, in the order of the facets.
pub fn each_facet_point(
    mesh: &Mesh,
    hypothesis: Hypothesis,
    blocks: &[FacetBlock],
    mut visit: impl FnMut(&FacetPoint<'_>, f64),
) {
    for (b, block) in blocks.iter().enumerate() {
        let tables = Tables::new(block.kind, &facet_rule(block.kind));
        let mut x = vec![[0.0; 3]; block.kind.node_count()];
        for (f, nodes) in block.facets().enumerate() {
            for (x, &node) in x.iter_mut().zip(nodes) {
                *x = mesh.points[node as usize];
            }
            for q in 0..tables.len() {
                let position = tables.position(q, &x);
                let (normal, weight) = tables.facet_normal(q, &x, mesh.axes);
                let point = Point { x: position, normal };
                let at = FacetPoint { facet: (b, f), nodes, shape: tables.values_at(q), point };
                visit(&at, weight * hypothesis.weight(position, mesh.axes));
            }
        }
    }
}

/// The points of quadrature of facets, kept for many integrals over them.
pub struct FacetPoints {
    /// For each block its shape functions and the number of its facets.
    blocks: Vec<(Tables, usize)>,
    /// Points and weights \[m2\], facet after facet.
    points: Vec<(Point, f64)>,
    /// The nodes of the facets, rising, and the integrals of their shape functions \[m2\].
    nodes: Vec<u32>,
    areas: Vec<f64>,
    area: f64,
}

impl FacetPoints {
    /// The points of `blocks`.
    pub fn new(mesh: &Mesh, hypothesis: Hypothesis, blocks: &[FacetBlock]) -> FacetPoints {
        let (mut points, mut areas) = (Vec::new(), NodalAreas::new(blocks));
        each_facet_point(mesh, hypothesis, blocks, |at, weight| {
            points.push((at.point, weight));
            areas.add(at, weight);
        });
        let tables = |b: &FacetBlock| (Tables::new(b.kind, &facet_rule(b.kind)), b.len());
        let (nodes, areas) = areas.all.into_iter().unzip();
        let area = points.iter().map(|(_, weight)| weight).sum();
        FacetPoints { blocks: blocks.iter().map(tables).collect(), points, nodes, areas, area }
    }

    /// The nodes of the facets, rising.
    pub fn nodes(&self) -> &[u32] {
        &self.nodes
    }

    /// Area of the facets \[m2\], with the weight of the symmetry.
    pub fn area(&self) -> f64 {
        self.area
    }

    /// The integral of what has these values at the nodes.
    pub fn integral(&self, value: impl Fn(u32) -> f64) -> f64 {
        self.nodes.iter().zip(&self.areas).map(|(node, area)| area * value(*node)).sum()
    }

    /// As [`each_facet_point`], of the same facets.
    pub fn each(&self, blocks: &[FacetBlock], mut visit: impl FnMut(&FacetPoint<'_>, f64)) {
        let mut points = self.points.iter();
        for (b, (block, (tables, count))) in blocks.iter().zip(&self.blocks).enumerate() {
            for (f, nodes) in block.facets().enumerate().take(*count) {
                for (q, &(point, weight)) in (0..tables.len()).zip(points.by_ref()) {
                    let at = FacetPoint { facet: (b, f), nodes, shape: tables.values_at(q), point };
                    visit(&at, weight);
                }
            }
        }
    }

    /// As [`integrate_facets`], over the same facets.
    pub fn integrate<const N: usize>(
        &self,
        blocks: &[FacetBlock],
        mut integrand: impl FnMut(&FacetPoint<'_>) -> [f64; N],
    ) -> [f64; N] {
        let mut sum = [0.0; N];
        self.each(blocks, |at, weight| {
            for (sum, value) in sum.iter_mut().zip(integrand(at)) {
                *sum += weight * value;
            }
        });
        sum
    }
}

/// The nodes of facets in increasing order, each with the integral of its shape function \[m2\], with the
/// weight of the symmetry.
pub fn nodal_areas(mesh: &Mesh, hypothesis: Hypothesis, blocks: &[FacetBlock]) -> Vec<(u32, f64)> {
    let mut areas = NodalAreas::new(blocks);
    each_facet_point(mesh, hypothesis, blocks, |at, weight| areas.add(at, weight));
    areas.all
}

/// Integrals of the shape functions of nodes of facets.
struct NodalAreas {
    /// The nodes, rising, each with its integral \[m2\].
    all: Vec<(u32, f64)>,
    /// Where they are, from the first to the last, which are few where facets are: zero, and never looked at, for others.
    places: Vec<u32>,
}

impl NodalAreas {
    fn new(blocks: &[FacetBlock]) -> NodalAreas {
        let all: Vec<(u32, f64)> = nodes_of(blocks).into_iter().map(|n| (n, 0.0)).collect();
        let first = all.first().map_or(0, |area| area.0);
        let mut places = vec![0_u32; all.last().map_or(0, |area| area.0 - first + 1) as usize];
        for (place, &(node, _)) in (0..).zip(&all) {
            places[(node - first) as usize] = place;
        }
        NodalAreas { all, places }
    }

    fn add(&mut self, at: &FacetPoint<'_>, weight: f64) {
        let first = self.all[0].0;
        for (&node, shape) in at.nodes.iter().zip(at.shape) {
            self.all[self.places[(node - first) as usize] as usize].1 += weight * shape;
        }
    }
}

/// The mass matrix of facets, integral of N_i N_j, over their nodes, and these nodes in increasing
/// order.
///
/// Consistent nodal fluxes q solve M q = R with R the reactions ([`crate::System::nodal_residual`]) at
/// these nodes: then the flux interpolated from the nodes does the same work on every test function
/// as the body does (Gresho et al., Comput. Methods Appl. Mech. Engng 61 (1987) 201).
pub fn facet_mass(mesh: &Mesh, hypothesis: Hypothesis, blocks: &[FacetBlock]) -> (Csr, Vec<u32>) {
    let nodes = nodes_of(blocks);
    let number =
        |node: &u32| nodes.binary_search(node).expect("every node of the facets is listed");
    let mut entries: Vec<(u32, u32, f64)> = Vec::new();
    each_facet_point(mesh, hypothesis, blocks, |at, weight| {
        for (i, ni) in at.nodes.iter().zip(at.shape) {
            for (j, nj) in at.nodes.iter().zip(at.shape) {
                entries.push((number(i) as u32, number(j) as u32, weight * ni * nj));
            }
        }
    });
    // A stable sort keeps the order of the facets, and with it the sums.
    entries.sort_by_key(|e| (e.0, e.1));
    let (mut start, mut columns, mut values) = (vec![0usize; nodes.len() + 1], vec![], vec![]);
    let mut last = None;
    for (i, j, value) in entries {
        if last == Some((i, j)) {
            if let Some(v) = values.last_mut() {
                *v += value;
            }
        } else {
            columns.push(j);
            values.push(value);
            start[i as usize + 1] = columns.len();
            last = Some((i, j));
        }
    }
    let mass = Csr::new(start, columns, values, nodes.len()).expect("sorted entries make a matrix");
    (mass, nodes)
}

/// What a term with value slots reads at a node (and the node opposite, on an interface).
pub fn numbers_at_node<'a>(
    term: &'a dyn Term,
    space: &'a Space,
    all: &'a [f64],
    node: u32,
    opposite: u32,
) -> impl Iterator<Item = f64> + 'a {
    use crate::At;
    term.slots().iter().map(move |slot| {
        let dof = match slot.at {
            At::Here => space.dof(slot.field, node),
            At::Across => space.dof(slot.field, opposite),
            At::Whole => space.whole_dof(slot.field),
        };
        all[dof as usize]
    })
}
