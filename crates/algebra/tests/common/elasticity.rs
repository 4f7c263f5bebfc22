//! Linear elasticity with trilinear cells.

use algebra::{AmgProblem, Csr};

/// A body and how multigrid may see it.
pub struct Body {
    pub a: Csr,
    pub problem: AmgProblem,
}

/// Which displacements are fixed at the lowest face of the last axis.
#[derive(Clone, Copy, PartialEq)]
pub enum Support {
    /// All.
    Clamped,
    /// The normal one, and those on the other lowest faces: a corner of a symmetric body.
    Rollers,
}

/// A box of n cells of size h in `dimension` 2 (plane strain) or 3, Young's modulus 1 and Poisson's ratio
/// `nu`, without rows for fixed displacements.
///
/// sigma = lambda tr(eps) I + 2 mu eps, lambda = nu / ((1 + nu)(1 - 2 nu)), mu = 1 / (2 (1 + nu)).
/// The block of the nodes p, q is the integral of
/// lambda g_p g_q^T + mu g_q g_p^T + mu (g_p . g_q) I with the gradients g of the shape functions.
pub fn elastic_box(
    dimension: usize,
    n: [usize; 3],
    h: [f64; 3],
    nu: f64,
    support: Support,
) -> Body {
    let d = dimension;
    let lambda = nu / ((1.0 + nu) * (1.0 - 2.0 * nu));
    let mu = 0.5 / (1.0 + nu);
    let corners = 1 << d;
    let cell = cell_matrix(d, h, lambda, mu);

    let size: Vec<usize> = (0..d).map(|axis| n[axis] + 1).collect();
    let nodes: usize = size.iter().product();
    let position = |node: usize| {
        let mut rest = node;
        size.iter().map(|s| (rest % s, rest /= s).0).collect::<Vec<usize>>()
    };
    let is_fixed = |at: &[usize], c: usize| match support {
        Support::Clamped => at[d - 1] == 0,
        Support::Rollers => at[c] == 0,
    };
    let mut row_of = vec![u32::MAX; nodes * d];
    let mut places = Vec::new();
    for node in 0..nodes {
        let at = position(node);
        for c in (0..d).filter(|&c| !is_fixed(&at, c)) {
            row_of[node * d + c] = places.len() as u32;
            places.push((node * d + c) as u32);
        }
    }

    let (mut start, mut columns, mut values) = (vec![0], Vec::new(), Vec::new());
    for &place in &places {
        let (node, c) = (place as usize / d, place as usize % d);
        let at = position(node);
        let mut row = std::collections::BTreeMap::new();
        for p in 0..corners {
            // The cell in which this node is corner p.
            let low: Option<Vec<usize>> = (0..d)
                .map(|axis| at[axis].checked_sub(p >> axis & 1).filter(|&low| low < n[axis]))
                .collect();
            let Some(low) = low else { continue };
            for q in 0..corners {
                let (mut other, mut stride) = (0, 1);
                for axis in 0..d {
                    other += stride * (low[axis] + (q >> axis & 1));
                    stride *= size[axis];
                }
                for e in 0..d {
                    if row_of[other * d + e] != u32::MAX {
                        *row.entry(row_of[other * d + e]).or_insert(0.0) +=
                            cell[(p * d + c) * corners * d + q * d + e];
                    }
                }
            }
        }
        columns.extend(row.keys());
        values.extend(row.values());
        start.push(columns.len());
    }
    let rows = places.len();
    let x: Vec<Vec<f64>> = (0..nodes)
        .map(|node| position(node).iter().zip(h).map(|(&i, h)| i as f64 * h).collect())
        .collect();
    let near_null = rigid_motions(d, &x)
        .iter()
        .map(|motion| places.iter().map(|&place| motion[place as usize]).collect())
        .collect();
    let problem = AmgProblem { places: Some(places), ..AmgProblem::of_blocks(d, near_null) };
    Body { a: Csr::new(start, columns, values, rows).unwrap(), problem }
}

/// Translations and rotations of nodes at `x`: u = e_c, and u = e_c x_e - e_e x_c for each pair.
fn rigid_motions(d: usize, x: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let motion = |u: &dyn Fn(&[f64], usize) -> f64| -> Vec<f64> {
        x.iter().flat_map(|x| (0..d).map(|c| u(x, c)).collect::<Vec<_>>()).collect()
    };
    let mut all: Vec<Vec<f64>> =
        (0..d).map(|e| motion(&|_, c| f64::from(u8::from(c == e)))).collect();
    for a in 0..d {
        for b in a + 1..d {
            all.push(motion(&|x, c| match c {
                c if c == a => -x[b],
                c if c == b => x[a],
                _ => 0.0,
            }));
        }
    }
    all
}

/// Stiffness of one cell by Gauss's rule with two points along each axis.
fn cell_matrix(d: usize, h: [f64; 3], lambda: f64, mu: f64) -> Vec<f64> {
    let corners = 1 << d;
    let mut k = vec![0.0; corners * d * corners * d];
    for point in 0..corners {
        let xi: Vec<f64> = (0..d)
            .map(|axis| 0.5 + (f64::from((point >> axis & 1) as u8) - 0.5) / 3f64.sqrt())
            .collect();
        let weight: f64 = h[..d].iter().product::<f64>() / corners as f64;
        let gradient = |p: usize, along: usize| -> f64 {
            (0..d)
                .map(|axis| match (axis == along, p >> axis & 1) {
                    (true, 1) => 1.0 / h[axis],
                    (true, _) => -1.0 / h[axis],
                    (false, 1) => xi[axis],
                    (false, _) => 1.0 - xi[axis],
                })
                .product()
        };
        for p in 0..corners {
            for q in 0..corners {
                let dot: f64 = (0..d).map(|e| gradient(p, e) * gradient(q, e)).sum();
                for c in 0..d {
                    for e in 0..d {
                        k[(p * d + c) * corners * d + q * d + e] += weight
                            * (lambda * gradient(p, c) * gradient(q, e)
                                + mu * gradient(p, e) * gradient(q, c)
                                + if c == e { mu * dot } else { 0.0 });
                    }
                }
            }
        }
    }
    k
}
