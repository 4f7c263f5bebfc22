//! Quadrature on the reference shapes of [`mesh::reference`].
//!
//! Lines, quadrilaterals and hexahedra use products of Gauss-Legendre rules; triangles the symmetric
//! rules of Dunavant (Int. J. Numer. Meth. Engng 21 (1985) 1129, table II); tetrahedra those of
//! Keast and Walkington (the 14-point rule of degree 5); prisms the product of triangle and line.

use mesh::CellKind;

/// Points and weights; the weights sum to the measure of the reference shape.
#[derive(Clone, Debug, Default)]
pub struct Rule {
    /// Reference coordinates.
    pub points: Vec<[f64; 3]>,
    /// Weights.
    pub weights: Vec<f64>,
}

/// The rule for the stiffness of a cell.
///
/// Degree 2 (k - 1) for cells of order k, with which the order of convergence is kept on curved cells
/// too (Ciarlet, *The Finite Element Method for Elliptic Problems*, theorems 4.1.6 and 4.4.6): gradients
/// are constant on first-order triangles and tetrahedra and linear on second-order ones. Products of
/// lines have higher terms, and so have sections with the weight 2 pi r.
pub fn cell_rule(kind: CellKind) -> Rule {
    use CellKind::*;
    match kind {
        Triangle3 | Tetrahedron4 => rule(kind, 1),
        Tetrahedron10 => rule(kind, 2),
        _ => rule(kind, 2 * kind.order()),
    }
}

/// The rule for a law on a facet, which may be exponential in the field.
pub fn facet_rule(kind: CellKind) -> Rule {
    match kind.order() {
        1 => rule(kind, 4),
        _ => rule(kind, 6),
    }
}

/// A rule that integrates polynomials of the given degree (at most 6 on triangles and prisms, 5 on
/// tetrahedra; on products of lines in each direction).
pub fn rule(kind: CellKind, degree: usize) -> Rule {
    use CellKind::*;
    let n = degree / 2 + 1;
    match kind.linear() {
        Line2 => product(1, n),
        Quadrilateral4 => product(2, n),
        Hexahedron8 => product(3, n),
        Triangle3 => triangle(degree),
        Tetrahedron4 => tetrahedron(degree),
        _ => {
            let (base, line) = (triangle(degree), product(1, n));
            let mut rule = Rule::default();
            for (z, wz) in line.points.iter().zip(&line.weights) {
                for (x, w) in base.points.iter().zip(&base.weights) {
                    rule.points.push([x[0], x[1], z[0]]);
                    rule.weights.push(w * wz);
                }
            }
            rule
        }
    }
}

/// Gauss-Legendre points and weights on \[-1, 1\], by Newton's method on the Legendre polynomial
/// (Davis and Rabinowitz, *Methods of Numerical Integration*, 2nd ed., section 2.7).
pub fn gauss_legendre(n: usize) -> (Vec<f64>, Vec<f64>) {
    let mut points = vec![0.0; n];
    let mut weights = vec![0.0; n];
    for k in 0..n {
        let mut x = -(std::f64::consts::PI * (k as f64 + 0.75) / (n as f64 + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..100 {
            let (mut p, mut before) = (1.0, 0.0);
            for j in 0..n {
                let j = j as f64;
                (p, before) = (((2.0 * j + 1.0) * x * p - j * before) / (j + 1.0), p);
            }
            slope = n as f64 * (x * p - before) / (x * x - 1.0);
            let step = p / slope;
            x -= step;
            if step.abs() < 1e-16 {
                break;
            }
        }
        points[k] = x;
        weights[k] = 2.0 / ((1.0 - x * x) * slope * slope);
    }
    (points, weights)
}

fn product(dimension: usize, n: usize) -> Rule {
    let (x, w) = gauss_legendre(n);
    let mut rule = Rule::default();
    for index in 0..n.pow(dimension as u32) {
        let mut point = [0.0; 3];
        let mut weight = 1.0;
        let mut rest = index;
        for coordinate in point.iter_mut().take(dimension) {
            *coordinate = x[rest % n];
            weight *= w[rest % n];
            rest /= n;
        }
        rule.points.push(point);
        rule.weights.push(weight);
    }
    rule
}

/// Adds the distinct permutations of barycentric coordinates `l` with weight `w` times `measure`.
fn orbit(rule: &mut Rule, l: &[f64], w: f64, measure: f64) {
    let mut order: Vec<usize> = (0..l.len()).collect();
    let mut seen: Vec<Vec<u64>> = Vec::new();
    permute(&mut order, 0, &mut |order| {
        let p: Vec<f64> = order.iter().map(|&i| l[i]).collect();
        let bits: Vec<u64> = p.iter().map(|v| v.to_bits()).collect();
        if !seen.contains(&bits) {
            seen.push(bits);
            let z = if p.len() == 4 { p[3] } else { 0.0 };
            rule.points.push([p[1], p[2], z]);
            rule.weights.push(w * measure);
        }
    });
}

fn permute(order: &mut Vec<usize>, from: usize, visit: &mut dyn FnMut(&[usize])) {
    if from == order.len() {
        return visit(order);
    }
    for k in from..order.len() {
        order.swap(from, k);
        permute(order, from + 1, visit);
        order.swap(from, k);
    }
}

fn triangle(degree: usize) -> Rule {
    let mut rule = Rule::default();
    let mut add = |l: [f64; 3], w: f64| orbit(&mut rule, &l, w, 0.5);
    let third = 1.0 / 3.0;
    match degree {
        0 | 1 => add([third; 3], 1.0),
        2 => add([2.0 * third, 0.5 * third, 0.5 * third], third),
        3 | 4 => {
            for (a, w) in [
                (0.445_948_490_915_964_9, 0.223_381_589_678_011_5),
                (0.091_576_213_509_770_7, 0.109_951_743_655_321_9),
            ] {
                add([1.0 - 2.0 * a, a, a], w);
            }
        }
        _ => {
            for (a, w) in [
                (0.249_286_745_170_910_4, 0.116_786_275_726_379_4),
                (0.063_089_014_491_502_2, 0.050_844_906_370_206_8),
            ] {
                add([1.0 - 2.0 * a, a, a], w);
            }
            let (a, b) = (0.053_145_049_844_816_9, 0.310_352_451_033_784_4);
            add([a, b, 1.0 - a - b], 0.082_851_075_618_373_6);
        }
    }
    rule
}

fn tetrahedron(degree: usize) -> Rule {
    let mut rule = Rule::default();
    let mut add = |l: [f64; 4], w: f64| orbit(&mut rule, &l, w, 1.0 / 6.0);
    match degree {
        0 | 1 => add([0.25; 4], 1.0),
        2 => {
            let a = (5.0 - 5f64.sqrt()) / 20.0;
            add([1.0 - 3.0 * a, a, a, a], 0.25);
        }
        _ => {
            for (a, w) in [
                (0.310_885_919_263_300_6, 0.112_687_925_718_015_85),
                (0.092_735_250_310_891_23, 0.073_493_043_116_361_95),
            ] {
                add([1.0 - 3.0 * a, a, a, a], w);
            }
            let a = 0.045_503_704_125_649_65;
            add([a, a, 0.5 - a, 0.5 - a], 0.042_546_020_777_081_466);
        }
    }
    rule
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factorial(n: usize) -> f64 {
        (1..=n).map(|k| k as f64).product()
    }

    /// Exact integral of x^a y^b z^c over the reference shape.
    fn exact(kind: CellKind, [a, b, c]: [usize; 3]) -> f64 {
        let line = |k: usize| if k.is_multiple_of(2) { 2.0 / (k as f64 + 1.0) } else { 0.0 };
        let simplex = |p: &[usize]| {
            p.iter().map(|&k| factorial(k)).product::<f64>()
                / factorial(p.len() + p.iter().sum::<usize>())
        };
        match kind {
            CellKind::Line2 => line(a),
            CellKind::Quadrilateral4 => line(a) * line(b),
            CellKind::Hexahedron8 => line(a) * line(b) * line(c),
            CellKind::Triangle3 => simplex(&[a, b]),
            CellKind::Tetrahedron4 => simplex(&[a, b, c]),
            _ => simplex(&[a, b]) * line(c),
        }
    }

    #[test]
    fn monomials_are_integrated_exactly() {
        use CellKind::*;
        for kind in [Line2, Quadrilateral4, Hexahedron8, Triangle3, Tetrahedron4, Prism6] {
            let top = if kind == Tetrahedron4 { 5 } else { 6 };
            for degree in 0..=top {
                let rule = rule(kind, degree);
                let d = kind.dimension();
                for a in 0..=degree {
                    for b in 0..=(if d > 1 { degree - a } else { 0 }) {
                        for c in 0..=(if d > 2 { degree - a - b } else { 0 }) {
                            let sum: f64 = rule
                                .points
                                .iter()
                                .zip(&rule.weights)
                                .map(|(x, w)| {
                                    w * x[0].powi(a as i32)
                                        * x[1].powi(b as i32)
                                        * x[2].powi(c as i32)
                                })
                                .sum();
                            let error = (sum - exact(kind, [a, b, c])).abs();
                            assert!(
                                error < 2e-14,
                                "{kind:?} degree {degree}: x^{a} y^{b} z^{c} {error:e}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn all_points_lie_inside_with_positive_weights() {
        for kind in [CellKind::Triangle3, CellKind::Tetrahedron4] {
            for degree in 0..=6 {
                let rule = rule(kind, degree);
                assert!(rule.weights.iter().all(|&w| w > 0.0));
                assert!(
                    rule.points
                        .iter()
                        .all(|x| x.iter().all(|&v| v >= 0.0) && x.iter().sum::<f64>() < 1.0)
                );
            }
        }
    }
}
