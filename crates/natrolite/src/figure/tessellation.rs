//! Cells and facets cut into small straight simplices, so that curved ones look curved.

use mesh::{CellKind, reference};

/// A reference shape cut `n` times along each edge: shape functions at the points of the lattice,
/// and the simplices between them.
///
/// One construction serves every shape. A cube of the lattice falls into the d! simplices of Kuhn
/// (one for each order in which the axes are walked); the triangle is the part x >= y of the
/// square, the tetrahedron the part x >= y >= z of the cube, the prism the part x >= y of the cube,
/// and each of them is a union of small simplices.
pub struct Tessellation {
    /// Shape functions at each point, one per node.
    pub points: Vec<Vec<f64>>,
    /// Corners of each simplex: the first `dimension + 1` entries are points.
    pub simplices: Vec<[usize; 4]>,
    /// Dimension of the simplices.
    pub dimension: usize,
}

impl Tessellation {
    /// Cuts the reference shape of `kind`; `n` is at least 1.
    pub fn new(kind: CellKind, n: usize) -> Tessellation {
        let d = kind.dimension();
        let orders: &[&[usize]] = match d {
            1 => &[&[0]],
            2 => &[&[0, 1], &[1, 0]],
            _ => &[&[0, 1, 2], &[0, 2, 1], &[1, 0, 2], &[1, 2, 0], &[2, 0, 1], &[2, 1, 0]],
        };
        let side = |k: usize| if k < d { n + 1 } else { 1 };
        let index = |p: [usize; 3]| (p[2] * side(1) + p[1]) * side(0) + p[0];
        let mut simplices = Vec::new();
        let cubes = |k: usize| 0..if k < d { n } else { 1 };
        for z in cubes(2) {
            for y in cubes(1) {
                for x in cubes(0) {
                    for order in orders {
                        let mut corner = [x, y, z];
                        let mut inside = is_inside(kind, corner);
                        let mut simplex = [index(corner); 4];
                        for (step, &axis) in order.iter().enumerate() {
                            corner[axis] += 1;
                            inside &= is_inside(kind, corner);
                            simplex[step + 1] = index(corner);
                        }
                        if inside {
                            simplices.push(simplex);
                        }
                    }
                }
            }
        }
        let mut points = Vec::with_capacity(side(0) * side(1) * side(2));
        for z in 0..side(2) {
            for y in 0..side(1) {
                for x in 0..side(0) {
                    let at = [x, y, z].map(|i| i as f64 / n as f64);
                    points.push(reference::values(kind, reference_point(kind, at)));
                }
            }
        }
        Tessellation { points, simplices, dimension: d }
    }

    /// The values of `N` nodal quantities at every point of the lattice.
    pub fn interpolate<const N: usize>(
        &self,
        nodes: &[u32],
        nodal: impl Fn(usize) -> [f64; N],
        points: &mut Vec<[f64; N]>,
    ) {
        points.clear();
        points.extend(self.points.iter().map(|shape| {
            let mut sum = [0.0; N];
            for (&node, &weight) in nodes.iter().zip(shape) {
                let value = nodal(node as usize);
                for k in 0..N {
                    sum[k] += weight * value[k];
                }
            }
            sum
        }));
    }
}

/// Whether a point of the cube's lattice belongs to the shape.
fn is_inside(kind: CellKind, [x, y, z]: [usize; 3]) -> bool {
    match kind.linear() {
        CellKind::Triangle3 | CellKind::Prism6 => x >= y,
        CellKind::Tetrahedron4 => x >= y && y >= z,
        _ => true,
    }
}

/// From the unit cube to the reference shape.
fn reference_point(kind: CellKind, [x, y, z]: [f64; 3]) -> [f64; 3] {
    match kind.linear() {
        CellKind::Triangle3 => [x - y, y, 0.0],
        CellKind::Tetrahedron4 => [x - y, y - z, z],
        CellKind::Prism6 => [x - y, y, 2.0 * z - 1.0],
        linear => std::array::from_fn(|k| match k < linear.dimension() {
            true => 2.0 * [x, y, z][k] - 1.0,
            false => 0.0,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Length, area or volume of a simplex from the determinant of its edges.
    fn measure(d: usize, x: &[[f64; 3]]) -> f64 {
        let e = |k: usize, c: usize| x[k][c] - x[0][c];
        match d {
            1 => e(1, 0).abs(),
            2 => (e(1, 0) * e(2, 1) - e(1, 1) * e(2, 0)).abs() / 2.0,
            _ => {
                let minor = |i: usize, j: usize| e(2, i) * e(3, j) - e(2, j) * e(3, i);
                let sum = e(1, 0) * minor(1, 2) - e(1, 1) * minor(0, 2) + e(1, 2) * minor(0, 1);
                sum.abs() / 6.0
            }
        }
    }

    #[test]
    fn simplices_fill_the_reference_shape() {
        for kind in CellKind::ALL {
            let whole = match kind.linear() {
                CellKind::Line2 => 2.0,
                CellKind::Triangle3 => 0.5,
                CellKind::Quadrilateral4 => 4.0,
                CellKind::Tetrahedron4 => 1.0 / 6.0,
                CellKind::Prism6 => 1.0,
                _ => 8.0,
            };
            for n in [1, 2, 3] {
                let cut = Tessellation::new(kind, n);
                let nodes: Vec<u32> = (0..kind.node_count() as u32).collect();
                let mut points = Vec::new();
                cut.interpolate(&nodes, |k| reference::nodes(kind)[k], &mut points);
                let sizes: Vec<f64> = cut
                    .simplices
                    .iter()
                    .map(|s| measure(cut.dimension, &s.map(|k| points[k])))
                    .collect();
                let sum: f64 = sizes.iter().sum();
                assert!((sum - whole).abs() < 1e-13, "{kind:?} {n}: {sum}");
                let equal = whole / sizes.len() as f64;
                assert!(sizes.iter().all(|s| (s - equal).abs() < 1e-13), "{kind:?} {n}");
            }
        }
    }
}
