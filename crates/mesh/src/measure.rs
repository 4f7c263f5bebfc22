//! Lengths, areas and volumes of what has a name, by quadrature on the curved geometry.

use crate::straight::is_straight;
use crate::{CellKind, FacetBlock, Mesh, reference};
use rayon::prelude::*;
use std::f64::consts::PI;

/// What a measure of a mesh stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// As it is: volume and area in 3-D \[m^3, m^2\]; area and length in 2-D, that is volume and area
    /// per metre of depth.
    AsMeshed,
    /// Of the body that a 2-D mesh sweeps when it is turned about the axis where the first of its
    /// coordinates, r, is zero: weight 2 pi r \[m^3, m^2\].
    Revolved,
}

/// Measures of everything that has a name, in the order of the mesh.
#[derive(Clone, Debug, PartialEq)]
pub struct Measures {
    /// Of each region.
    pub regions: Vec<f64>,
    /// Of each boundary.
    pub boundaries: Vec<f64>,
    /// Of each interface (its first side).
    pub interfaces: Vec<f64>,
    /// Of each internal surface.
    pub internal: Vec<f64>,
}

/// Measures every region, boundary, interface and internal surface.
///
/// The result is exact to rounding for straight cells and for the volume of second-order simplices
/// and hexahedra; curved facets have square roots in them, integrated with four points per direction.
pub fn measures(mesh: &Mesh, extent: Extent) -> Measures {
    let rules: Vec<Rule> = CellKind::ALL.into_iter().map(Rule::new).collect();
    let sum = |kind: CellKind, nodes: &[u32]| {
        let (rule, simple) = (&rules[kind as usize], &rules[kind.linear() as usize]);
        // Fixed chunks, added in order: the same for any number of threads.
        let parts: Vec<f64> = (nodes.par_chunks(1024 * kind.node_count()))
            .map(|cells| {
                let cells = cells.chunks_exact(kind.node_count());
                let choose =
                    |nodes| if is_straight(kind, nodes, &mesh.points) { simple } else { rule };
                cells.map(|nodes| choose(nodes).measure(nodes, mesh, extent)).sum()
            })
            .collect();
        parts.iter().sum::<f64>()
    };
    let facets = |blocks: &[FacetBlock]| blocks.iter().map(|b| sum(b.kind, &b.nodes)).sum();
    let mut regions = vec![0.0; mesh.regions.len()];
    for block in &mesh.blocks {
        regions[block.region as usize] += sum(block.kind, &block.nodes);
    }
    let internal =
        mesh.internal.iter().map(|s| s.facets.iter().map(|b| sum(b.kind, &b.nodes)).sum());
    Measures {
        regions,
        boundaries: mesh.boundaries.iter().map(|b| facets(&b.facets)).collect(),
        interfaces: mesh.interfaces.iter().map(|i| facets(&i.sides[0])).collect(),
        internal: internal.collect(),
    }
}

/// Quadrature on a reference shape: weight, shape functions and their gradients at each point.
struct Rule {
    dimension: usize,
    points: Vec<(f64, Vec<f64>, Vec<[f64; 3]>)>,
}

impl Rule {
    fn new(kind: CellKind) -> Rule {
        let points = rule(kind).into_iter();
        let tabulate = |(x, w): ([f64; 3], f64)| {
            (w, reference::values(kind, x), reference::gradients(kind, x))
        };
        Rule { dimension: kind.dimension(), points: points.map(tabulate).collect() }
    }

    fn measure(&self, nodes: &[u32], mesh: &Mesh, extent: Extent) -> f64 {
        if let (3, &[a, b, c, d]) = (self.dimension, nodes) {
            // A tetrahedron, most of every mesh.
            let [a, b, c, d] = [a, b, c, d].map(|n| mesh.points[n as usize]);
            let edge = |x: [f64; 3]| -> [f64; 3] { std::array::from_fn(|k| x[k] - a[k]) };
            return stretch(3, [edge(b), edge(c), edge(d)]) / 6.0;
        }
        let mut sum = 0.0;
        for (weight, values, gradients) in &self.points {
            let mut tangents = [[0.0; 3]; 3];
            let mut radius = 0.0;
            for ((&node, value), gradient) in nodes.iter().zip(values).zip(gradients) {
                let x = mesh.points[node as usize];
                radius += value * x[mesh.axes[0]];
                for (tangent, g) in tangents.iter_mut().zip(gradient) {
                    for c in 0..3 {
                        tangent[c] += g * x[c];
                    }
                }
            }
            let factor = match extent {
                Extent::AsMeshed => 1.0,
                Extent::Revolved => 2.0 * PI * radius,
            };
            sum += weight * factor * stretch(self.dimension, tangents);
        }
        sum
    }
}

/// Length, area or volume spanned by the first one, two or three tangents.
fn stretch(dimension: usize, [a, b, c]: [[f64; 3]; 3]) -> f64 {
    let norm = |v: [f64; 3]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
    let cross = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    match dimension {
        1 => norm(a),
        2 => norm(cross),
        _ => (0..3).map(|k| cross[k] * c[k]).sum(),
    }
}

/// Gauss-Legendre points and weights on \[-1, 1\] (Abramowitz and Stegun, table 25.4).
fn gauss(n: usize) -> &'static [(f64, f64)] {
    const SECOND: f64 = 0.577_350_269_189_625_8;
    const THIRD: f64 = 0.774_596_669_241_483_4;
    match n {
        1 => &[(0.0, 2.0)],
        2 => &[(-SECOND, 1.0), (SECOND, 1.0)],
        3 => &[(-THIRD, 5.0 / 9.0), (0.0, 8.0 / 9.0), (THIRD, 5.0 / 9.0)],
        _ => &[
            (-0.861_136_311_594_052_6, 0.347_854_845_137_453_85),
            (-0.339_981_043_584_856_26, 0.652_145_154_862_546_1),
            (0.339_981_043_584_856_26, 0.652_145_154_862_546_1),
            (0.861_136_311_594_052_6, 0.347_854_845_137_453_85),
        ],
    }
}

/// A rule that integrates the measure of this kind: products of Gauss rules, drawn together in a
/// corner for simplices (A. H. Stroud, *Approximate Calculation of Multiple Integrals*, 1971, 2.4).
fn rule(kind: CellKind) -> Vec<([f64; 3], f64)> {
    use CellKind::*;
    let n = match (kind.order(), kind.linear()) {
        (1, _) => 2,
        (_, Tetrahedron4) => 3,
        _ => 4,
    };
    let line = || gauss(n).iter().map(|&(x, w)| (x, w));
    let unit = || line().map(|(x, w)| (0.5 + 0.5 * x, 0.5 * w));
    let triangle = || {
        unit().flat_map(move |(s, ws)| {
            unit().map(move |(t, wt)| ([s, t * (1.0 - s), 0.0], ws * wt * (1.0 - s)))
        })
    };
    let square =
        || line().flat_map(move |(x, wx)| line().map(move |(y, wy)| ([x, y, 0.0], wx * wy)));
    let extrude = |([x, y, _], w): ([f64; 3], f64)| line().map(move |(z, wz)| ([x, y, z], w * wz));
    match kind.linear() {
        Line2 => line().map(|(x, w)| ([x, 0.0, 0.0], w)).collect(),
        // One point is exact where the Jacobian is constant and the radius linear.
        Triangle3 if n == 2 => vec![([1.0 / 3.0, 1.0 / 3.0, 0.0], 0.5)],
        Tetrahedron4 if n == 2 => vec![([0.25; 3], 1.0 / 6.0)],
        Triangle3 => triangle().collect(),
        Quadrilateral4 => square().collect(),
        Prism6 => triangle().flat_map(extrude).collect(),
        Tetrahedron4 => (triangle())
            .flat_map(|([x, y, _], w)| {
                let z = move |(t, wt): (f64, f64)| {
                    // The height over (x, y) is 1 - x - y.
                    let height = 1.0 - x - y;
                    ([x, y, t * height], w * wt * height)
                };
                unit().map(z)
            })
            .collect(),
        _ => square().flat_map(extrude).collect(),
    }
}
