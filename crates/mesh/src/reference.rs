//! Reference shapes and their Lagrange shape functions.
//!
//! Lines, quadrilaterals and hexahedra live on \[-1, 1\]^d, triangles and tetrahedra on the unit
//! simplex, prisms on triangle x \[-1, 1\]. Geometry and fields use the same functions
//! (isoparametric). The formulas are those of Zienkiewicz, Taylor and Zhu, *The Finite Element
//! Method*, 7th ed., chapter 6; derivatives come from the same formulas by forward differentiation,
//! so that there is one expression per function. They are tabulated once per rule, never in a loop
//! over cells.

use crate::CellKind;
use std::ops::{Add, Mul, Sub};

/// Value and the three derivatives of an expression in the reference coordinates.
#[derive(Clone, Copy)]
struct Jet {
    v: f64,
    d: [f64; 3],
}

impl From<f64> for Jet {
    fn from(v: f64) -> Self {
        Jet { v, d: [0.0; 3] }
    }
}

impl Add for Jet {
    type Output = Jet;
    fn add(self, o: Jet) -> Jet {
        Jet { v: self.v + o.v, d: std::array::from_fn(|k| self.d[k] + o.d[k]) }
    }
}

impl Sub for Jet {
    type Output = Jet;
    fn sub(self, o: Jet) -> Jet {
        Jet { v: self.v - o.v, d: std::array::from_fn(|k| self.d[k] - o.d[k]) }
    }
}

#[allow(clippy::suspicious_arithmetic_impl)] // the product rule
impl Mul for Jet {
    type Output = Jet;
    fn mul(self, o: Jet) -> Jet {
        Jet { v: self.v * o.v, d: std::array::from_fn(|k| self.v * o.d[k] + self.d[k] * o.v) }
    }
}

fn j(v: f64) -> Jet {
    v.into()
}

/// 1-D Lagrange polynomial of the given order with the node at `a` in {-1, 0, 1}.
fn lagrange(order: usize, a: f64, x: Jet) -> Jet {
    match (order, a) {
        (1, _) => j(0.5) * (j(1.0) + j(a) * x),
        (_, 0.0) => j(1.0) - x * x,
        _ => j(0.5) * x * (x + j(a)),
    }
}

const M: f64 = -1.0;
const P: f64 = 1.0;
const Z: f64 = 0.0;
const H: f64 = 0.5;

/// Corners, edges, faces and centre of the hexahedron in VTK's order.
const HEXAHEDRON: [[f64; 3]; 27] = [
    [M, M, M],
    [P, M, M],
    [P, P, M],
    [M, P, M],
    [M, M, P],
    [P, M, P],
    [P, P, P],
    [M, P, P],
    [Z, M, M],
    [P, Z, M],
    [Z, P, M],
    [M, Z, M],
    [Z, M, P],
    [P, Z, P],
    [Z, P, P],
    [M, Z, P],
    [M, M, Z],
    [P, M, Z],
    [P, P, Z],
    [M, P, Z],
    [M, Z, Z],
    [P, Z, Z],
    [Z, M, Z],
    [Z, P, Z],
    [Z, Z, M],
    [Z, Z, P],
    [Z, Z, Z],
];
const QUADRILATERAL: [[f64; 3]; 9] = [
    [M, M, Z],
    [P, M, Z],
    [P, P, Z],
    [M, P, Z],
    [Z, M, Z],
    [P, Z, Z],
    [Z, P, Z],
    [M, Z, Z],
    [Z, Z, Z],
];
const LINE: [[f64; 3]; 3] = [[M, Z, Z], [P, Z, Z], [Z, Z, Z]];
const TRIANGLE: [[f64; 3]; 6] = [[Z, Z, Z], [P, Z, Z], [Z, P, Z], [H, Z, Z], [H, H, Z], [Z, H, Z]];
const TETRAHEDRON: [[f64; 3]; 10] = [
    [Z, Z, Z],
    [P, Z, Z],
    [Z, P, Z],
    [Z, Z, P],
    [H, Z, Z],
    [H, H, Z],
    [Z, H, Z],
    [Z, Z, H],
    [H, Z, H],
    [Z, H, H],
];
const PRISM: [[f64; 3]; 18] = [
    [Z, Z, M],
    [P, Z, M],
    [Z, P, M],
    [Z, Z, P],
    [P, Z, P],
    [Z, P, P],
    [H, Z, M],
    [H, H, M],
    [Z, H, M],
    [H, Z, P],
    [H, H, P],
    [Z, H, P],
    [Z, Z, Z],
    [P, Z, Z],
    [Z, P, Z],
    [H, Z, Z],
    [H, H, Z],
    [Z, H, Z],
];

/// Reference coordinates of the nodes.
pub fn nodes(kind: CellKind) -> &'static [[f64; 3]] {
    use CellKind::*;
    let all: &'static [[f64; 3]] = match kind.linear() {
        Line2 => &LINE,
        Triangle3 => &TRIANGLE,
        Quadrilateral4 => &QUADRILATERAL,
        Tetrahedron4 => &TETRAHEDRON,
        Prism6 => &PRISM,
        _ => &HEXAHEDRON,
    };
    &all[..kind.node_count()]
}

/// Reference coordinates of the centre.
pub fn centre(kind: CellKind) -> [f64; 3] {
    let corners = nodes(kind.linear());
    std::array::from_fn(|k| corners.iter().map(|x| x[k]).sum::<f64>() / corners.len() as f64)
}

/// Barycentric coordinates of a simplex with `n` corners.
fn barycentric(n: usize, x: &[Jet; 3]) -> [Jet; 4] {
    let mut rest = j(1.0);
    let mut l = [j(0.0); 4];
    for k in 1..n {
        l[k] = x[k - 1];
        rest = rest - x[k - 1];
    }
    l[0] = rest;
    l
}

/// Quadratic simplex function of node `i`, whose position is `a`.
fn quadratic_simplex(n: usize, i: usize, a: [f64; 3], l: &[Jet; 4]) -> Jet {
    if i < n {
        return l[i] * (j(2.0) * l[i] - j(1.0));
    }
    let ends = barycentric(n, &a.map(j));
    let mut product = j(4.0);
    for k in 0..n {
        if ends[k].v > 0.25 {
            product = product * l[k];
        }
    }
    product
}

fn function(kind: CellKind, i: usize, x: &[Jet; 3]) -> Jet {
    use CellKind::*;
    let a = nodes(kind)[i];
    let one = j(1.0);
    let up = |k: usize| one + j(a[k]) * x[k];
    match kind {
        Line2 | Line3 | Quadrilateral4 | Quadrilateral9 | Hexahedron8 | Hexahedron27 => (0..kind
            .dimension())
            .fold(one, |product, k| product * lagrange(kind.order(), a[k], x[k])),
        Triangle3 => barycentric(3, x)[i],
        Tetrahedron4 => barycentric(4, x)[i],
        Triangle6 => quadratic_simplex(3, i, a, &barycentric(3, x)),
        Tetrahedron10 => quadratic_simplex(4, i, a, &barycentric(4, x)),
        Quadrilateral8 | Hexahedron20 => {
            let d = kind.dimension();
            let mut product = one;
            let mut sum = j(1.0 - d as f64);
            let mut edge = false;
            for k in 0..d {
                if a[k] == 0.0 {
                    edge = true;
                    product = product * (one - x[k] * x[k]);
                } else {
                    product = product * j(0.5) * up(k);
                    sum = sum + j(a[k]) * x[k];
                }
            }
            if edge { product } else { product * sum }
        }
        Prism6 => barycentric(3, x)[i % 3] * lagrange(1, a[2], x[2]),
        Prism18 => {
            let corner = (0..6).find(|&t| TRIANGLE[t][..2] == a[..2]).unwrap_or(0);
            quadratic_simplex(3, corner, TRIANGLE[corner], &barycentric(3, x))
                * lagrange(2, a[2], x[2])
        }
        Prism15 => {
            let l = barycentric(3, x);
            let bubble = one - x[2] * x[2];
            match i {
                0..6 => {
                    let l = l[i % 3];
                    j(0.5) * l * ((j(2.0) * l - one) * up(2) - bubble)
                }
                6..12 => {
                    let edge = TRIANGLE[3 + i % 3];
                    j(0.5) * quadratic_simplex(3, 3 + i % 3, edge, &l) * up(2)
                }
                _ => l[i - 12] * bubble,
            }
        }
    }
}

fn at(x: [f64; 3]) -> [Jet; 3] {
    std::array::from_fn(|k| {
        let mut d = [0.0; 3];
        d[k] = 1.0;
        Jet { v: x[k], d }
    })
}

/// Values of all shape functions at a reference point; one per node.
pub fn values(kind: CellKind, x: [f64; 3]) -> Vec<f64> {
    let x = at(x);
    (0..kind.node_count()).map(|i| function(kind, i, &x).v).collect()
}

/// Derivatives of all shape functions with respect to the reference coordinates; one triple per
/// node, zero beyond the dimension of the shape.
pub fn gradients(kind: CellKind, x: [f64; 3]) -> Vec<[f64; 3]> {
    let x = at(x);
    (0..kind.node_count()).map(|i| function(kind, i, &x).d).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn somewhere(kind: CellKind) -> [f64; 3] {
        let shift = [0.11, -0.07, 0.23];
        let c = centre(kind);
        std::array::from_fn(|k| if k < kind.dimension() { c[k] + shift[k] } else { 0.0 })
    }

    #[test]
    fn functions_are_one_at_their_node_and_zero_at_the_others() {
        for kind in CellKind::ALL {
            for (i, &x) in nodes(kind).iter().enumerate() {
                for (k, v) in values(kind, x).iter().enumerate() {
                    assert!(
                        (v - f64::from(u8::from(i == k))).abs() < 1e-14,
                        "{kind:?} {i} {k} {v}"
                    );
                }
            }
        }
    }

    #[test]
    fn complete_polynomials_are_reproduced() {
        for kind in CellKind::ALL {
            let p = |x: [f64; 3]| match kind.order() {
                1 => 1.0 + 2.0 * x[0] - x[1] + 0.5 * x[2],
                _ => 1.0 + x[0] * x[0] - x[0] * x[1] + 3.0 * x[1] * x[2] + x[2] * x[2] - x[1],
            };
            let x = somewhere(kind);
            let sum: f64 = values(kind, x).iter().zip(nodes(kind)).map(|(n, &a)| n * p(a)).sum();
            assert!((sum - p(x)).abs() < 1e-13, "{kind:?}: {sum} for {}", p(x));
        }
    }

    #[test]
    fn gradients_agree_with_differences_and_sum_to_zero() {
        for kind in CellKind::ALL {
            let x = somewhere(kind);
            let g = gradients(kind, x);
            for k in 0..kind.dimension() {
                let (mut a, mut b) = (x, x);
                a[k] += 1e-6;
                b[k] -= 1e-6;
                let (a, b) = (values(kind, a), values(kind, b));
                for i in 0..g.len() {
                    assert!((g[i][k] - (a[i] - b[i]) / 2e-6).abs() < 1e-8, "{kind:?} {i} {k}");
                }
                assert!(g.iter().map(|d| d[k]).sum::<f64>().abs() < 1e-13);
            }
        }
    }

    #[test]
    fn facets_point_outwards() {
        for kind in CellKind::ALL.into_iter().filter(|k| k.dimension() > 1) {
            let x = nodes(kind);
            let c = centre(kind);
            for (facet, local) in kind.facets() {
                assert_eq!(facet.node_count(), local.len());
                let p = |i: usize| x[local[i] as usize];
                let sub = |a: [f64; 3], b: [f64; 3]| [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
                let normal = if kind.dimension() == 2 {
                    let t = sub(p(1), p(0));
                    [t[1], -t[0], 0.0]
                } else {
                    let (s, t) = (sub(p(1), p(0)), sub(p(2), p(0)));
                    [
                        s[1] * t[2] - s[2] * t[1],
                        s[2] * t[0] - s[0] * t[2],
                        s[0] * t[1] - s[1] * t[0],
                    ]
                };
                let out = sub(p(0), c);
                assert!((0..3).map(|k| normal[k] * out[k]).sum::<f64>() > 0.1, "{kind:?}");
                // Mid-side nodes lie between the corners that they belong to.
                let corners = facet.corner_count();
                for m in corners..facet.node_count().min(2 * corners) {
                    if facet.order() == 2 && facet.dimension() == 2 {
                        let (a, b) = (p(m - corners), p((m - corners + 1) % corners));
                        for k in 0..3 {
                            assert!((p(m)[k] - 0.5 * (a[k] + b[k])).abs() < 1e-15, "{kind:?}");
                        }
                    }
                }
            }
        }
    }
}
