//! Conduction in simplices with straight sides, most of every mesh that a generator made.
//!
//! The free columns of first-order tetrahedra are summed edge by edge instead (see `rows`) where the tensor is exactly
//! symmetric; of these only prescribed columns and unsymmetric tensors come here.

use crate::At;
use crate::geometry::{Hypothesis, Tables, dot};
use crate::tetrahedra;
use crate::{Of, Point, Term};
use mesh::{CellKind, Mesh};

/// Entries that are summed at a time.
const LANES: usize = 4;

/// Tangents of a uniform law that reads the gradient of one scalar, where the Jacobian J of a cell is constant:
///
///   K_ij = sum over a, b of G_ab R_ab,ij,    G = det J  J^-1 t J^-T,
///   R_ab,ij = sum over q of w_q dN_i/dxi_a dN_j/dxi_b
///
/// t  derivative of the law's coefficient by the gradient;  w_q  weights of the quadrature on the reference cell
///
/// R is the same for all cells, and G is six numbers: a sixth of the work of the sum over points for second-order
/// tetrahedra. With first order K is G but for the row and the column of the first corner.
pub(crate) struct Affine {
    kind: CellKind,
    t: [[f64; 3]; 3],
    /// What t is as a multiple of the identity, where it is one.
    isotropic: Option<f64>,
    /// Of the reference cell.
    measure: f64,
    /// The pairs a, b; where t is symmetric those with a <= b, which stand for b, a too.
    pairs: Vec<[usize; 2]>,
    /// For [`LANES`] entries i, j after the other, filled up with zeros, R of each pair.
    integrals: Vec<[f64; LANES]>,
}

impl Affine {
    /// `None` where a term or its cells are of another kind.
    pub(crate) fn new(
        term: &dyn Term,
        kind: CellKind,
        tables: &Tables,
        hypothesis: Hypothesis,
    ) -> Option<Affine> {
        let t = constant_tensor(term, kind, tables.dimension, hypothesis)?;
        let is_symmetric = (0..3).all(|i| (0..i).all(|j| t[i][j] == t[j][i]));
        let identity = |i: usize, j: usize| if i == j { t[0][0] } else { 0.0 };
        let is_isotropic = (0..3).all(|i| (0..3).all(|j| t[i][j] == identity(i, j)));
        let isotropic = is_isotropic.then_some(t[0][0]);
        let d = kind.dimension();
        let all = (0..d).flat_map(|a| (0..d).map(move |b| [a, b]));
        let pairs: Vec<[usize; 2]> = all.filter(|[a, b]| !is_symmetric || a <= b).collect();
        let n = tables.nodes;
        let mut integrals = vec![[0.0; LANES]; (n * n).div_ceil(LANES) * pairs.len()];
        for (p, &[a, b]) in pairs.iter().enumerate() {
            for (q, w) in tables.weights.iter().enumerate() {
                let derivatives = tables.derivatives_at(q);
                for (i, di) in derivatives.iter().enumerate() {
                    for (j, dj) in derivatives.iter().enumerate() {
                        let entry = i * n + j;
                        let sum = &mut integrals[entry / LANES * pairs.len() + p][entry % LANES];
                        *sum += w * di[a] * dj[b];
                        if is_symmetric && a != b {
                            *sum += w * di[b] * dj[a];
                        }
                    }
                }
            }
        }
        let measure = tables.weights.iter().sum();
        Some(Affine { kind, t, isotropic, measure, pairs, integrals })
    }

    /// True for a cell with straight sides.
    pub(crate) fn fits(&self, nodes: &[u32], mesh: &Mesh) -> bool {
        self.kind.order() == 1 || mesh::is_straight(self.kind, nodes, &mesh.points)
    }

    /// The tangent of a cell, row by row.
    #[inline]
    pub(crate) fn tangent(&self, nodes: &[u32], mesh: &Mesh, out: &mut [f64]) {
        let g = self.metric(nodes, mesh);
        match (self.kind.order(), self.kind.dimension()) {
            (1, 2) => return self.between_corners::<3>(&g, out),
            (1, _) => return self.between_corners::<4>(&g, out),
            _ => (),
        }
        let mut of_pairs = [0.0; 9];
        for (of_pair, &[a, b]) in of_pairs.iter_mut().zip(&self.pairs) {
            *of_pair = g[a][b];
        }
        let of_pairs = &of_pairs[..self.pairs.len()];
        let mut sums = self.integrals.chunks_exact(of_pairs.len()).map(|integrals| {
            let mut sum = [0.0; LANES];
            for (g, r) in of_pairs.iter().zip(integrals) {
                for k in 0..LANES {
                    sum[k] += g * r[k];
                }
            }
            sum
        });
        // Whole chunks apart from the rest: a length that the compiler does not know would be a call each.
        let (chunks, rest) = out.as_chunks_mut::<LANES>();
        chunks.iter_mut().zip(&mut sums).for_each(|(out, sum)| *out = sum);
        if let Some(sum) = sums.next() {
            rest.iter_mut().zip(sum).for_each(|(out, sum)| *out = sum);
        }
    }

    /// G.
    #[inline(always)]
    fn metric(&self, nodes: &[u32], mesh: &Mesh) -> [[f64; 3]; 3] {
        let (c, det) = cofactors(self.kind.dimension(), nodes, mesh);
        let mut metric = [[0.0; 3]; 3];
        if let Some(t) = self.isotropic {
            let factor = t / det;
            for b in 0..3 {
                for a in 0..=b {
                    metric[a][b] = factor * dot(c[a], c[b]);
                    metric[b][a] = metric[a][b];
                }
            }
            return metric;
        }
        let inverse = 1.0 / det;
        for b in 0..3 {
            let t = [dot(self.t[0], c[b]), dot(self.t[1], c[b]), dot(self.t[2], c[b])];
            for a in 0..3 {
                metric[a][b] = inverse * dot(c[a], t);
            }
        }
        metric
    }

    /// The tangent of a first-order cell. The gradients of its reference coordinates are those of the
    /// shape functions of all of its N corners but the first, which has what makes their sum zero.
    #[inline(always)]
    fn between_corners<const N: usize>(&self, g: &[[f64; 3]; 3], out: &mut [f64]) {
        let mut rows = [[0.0; N]; N];
        for a in 0..N - 1 {
            let (mut row, mut column) = (0.0, 0.0);
            for b in 0..N - 1 {
                let value = self.measure * g[a][b];
                rows[a + 1][b + 1] = value;
                row += value;
                column += self.measure * g[b][a];
            }
            rows[a + 1][0] = -row;
            rows[0][a + 1] = -column;
            rows[0][0] += row;
        }
        out.copy_from_slice(rows.as_flattened());
    }
}

/// The derivative t of the law's coefficient by the gradient; `None` where a term is not conduction by a uniform law, or its
/// cells are no simplices whose points all weigh the same.
pub(crate) fn constant_tensor(
    term: &dyn Term,
    kind: CellKind,
    dimension: usize,
    hypothesis: Hypothesis,
) -> Option<[[f64; 3]; 3]> {
    let [slot] = term.slots() else { return None };
    let reads_gradient = (slot.of, slot.components) == (Of::Gradient, 1) && slot.at == At::Here;
    let is_simplex = kind.dimension() == dimension
        && matches!(kind.linear(), CellKind::Triangle3 | CellKind::Tetrahedron4);
    let weighs_the_same = hypothesis != Hypothesis::Axisymmetric;
    let is_constant = term.is_linear() && term.is_uniform();
    if !reads_gradient || !is_simplex || !weighs_the_same || !is_constant {
        return None;
    }
    let mut t = [[0.0; 3]; 3];
    term.tangent(&[Point::default()], &[0.0; 3], t.as_flattened_mut());
    Some(t)
}

/// Of a simplex with straight sides the gradients of its reference coordinates times det J, and det J.
#[inline(always)]
pub(crate) fn cofactors(dimension: usize, nodes: &[u32], mesh: &Mesh) -> ([[f64; 3]; 3], f64) {
    let at = |k: usize| mesh.points[nodes[k] as usize];
    if dimension == 2 {
        let ([i, j], origin) = (mesh.axes, at(0));
        let [e, f] = [at(1), at(2)].map(|x| [x[i] - origin[i], x[j] - origin[j]]);
        let mut c = [[0.0; 3]; 3];
        (c[0][i], c[0][j], c[1][i], c[1][j]) = (f[1], -f[0], -e[1], e[0]);
        (c, e[0] * f[1] - e[1] * f[0])
    } else {
        tetrahedra::cofactors([at(0), at(1), at(2), at(3)])
    }
}
