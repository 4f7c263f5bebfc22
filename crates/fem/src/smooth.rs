//! What terms compute at points of quadrature, carried to the nodes.

use crate::assembly::Body;
use crate::geometry::Hypothesis;
use crate::placement::{Batch, Kernel, State, Support};
use crate::quadrature::Rule;
use crate::{Space, Term, width};
use mesh::{CellKind, Mesh, reference};

/// The coefficients of `terms` (region, term) at the nodes, `numbers` for each, those of terms in the
/// same region added: for elasticity the nine components of the stress \[Pa\].
///
/// In each cell the values at the points of quadrature, where they are most accurate, are fitted by the
/// shape functions of the corners (first-order cells: by their mean) and carried to the nodes; where
/// cells meet, values are averaged with the cells' measures as weights. Nodes outside the regions stay
/// zero. Source: Hinton and Campbell, Int. J. Numer. Meth. Engng 8 (1974) 461.
///
/// # Panics
/// Unless every term reads `numbers` numbers and the unknowns `all` are those of `space`.
pub fn nodal_coefficients(
    mesh: &Mesh,
    hypothesis: Hypothesis,
    space: &Space,
    terms: &[(u32, &dyn Term)],
    all: &[f64],
    numbers: usize,
) -> Vec<f64> {
    let rest = vec![0.0; all.len()];
    let state = State { deviations: all, rest: &rest };
    let mut sum = vec![0.0; mesh.points.len() * numbers];
    let mut weight = vec![0.0; mesh.points.len()];
    for region in 0..mesh.regions.len() as u32 {
        let mut first = true;
        for (_, term) in terms.iter().filter(|t| t.0 == region) {
            assert_eq!(width(term.slots()), numbers);
            for batch in Batch::all(mesh, hypothesis, term.slots(), Support::Region(region)) {
                let carry = Carry::new(batch.kind(), batch.rule());
                let mut kernel = Kernel::new(Body { mesh, hypothesis, space }, *term, &batch);
                for element in 0..batch.len() {
                    let (values, weights) = kernel.coefficients(element, state);
                    let measure: f64 = weights.iter().sum();
                    for (local, &node) in batch.nodes_of(element).iter().enumerate() {
                        let node = node as usize;
                        if first {
                            weight[node] += measure;
                        }
                        let sum = &mut sum[node * numbers..(node + 1) * numbers];
                        carry.add_to_node(local, values, measure, sum);
                    }
                }
            }
            first = false;
        }
    }
    for (sum, weight) in sum.chunks_exact_mut(numbers).zip(&weight) {
        if *weight > 0.0 {
            sum.iter_mut().for_each(|s| *s /= weight);
        }
    }
    sum
}

/// From the points of quadrature of a kind to its nodes.
struct Carry {
    points: usize,
    /// A row for each node.
    matrix: Vec<f64>,
}

impl Carry {
    fn new(kind: CellKind, rule: &Rule) -> Self {
        let fit = |x: [f64; 3]| match kind.order() {
            1 => vec![1.0],
            _ => reference::values(kind.linear(), x),
        };
        let at_points: Vec<Vec<f64>> = rule.points.iter().map(|&x| fit(x)).collect();
        let n = at_points[0].len();
        // Least squares with the weights of the rule: (sum w N N^T) c = sum w N value.
        let mut normal = vec![0.0; n * n];
        for (shape, w) in at_points.iter().zip(&rule.weights) {
            for i in 0..n {
                for j in 0..n {
                    normal[i * n + j] += w * shape[i] * shape[j];
                }
            }
        }
        let mut matrix = Vec::new();
        for &x in reference::nodes(kind) {
            let c = solve(normal.clone(), fit(x));
            matrix.extend(
                at_points
                    .iter()
                    .zip(&rule.weights)
                    .map(|(shape, w)| w * shape.iter().zip(&c).map(|(s, c)| s * c).sum::<f64>()),
            );
        }
        Carry { points: rule.weights.len(), matrix }
    }

    /// Adds `measure` times the fitted values at node `local`.
    fn add_to_node(&self, local: usize, values: &[f64], measure: f64, sum: &mut [f64]) {
        let row = &self.matrix[local * self.points..(local + 1) * self.points];
        for (values, c) in values.chunks_exact(sum.len()).zip(row) {
            for (sum, value) in sum.iter_mut().zip(values) {
                *sum += measure * c * value;
            }
        }
    }
}

/// Solves the small symmetric positive definite system a x = b by elimination.
fn solve(mut a: Vec<f64>, mut b: Vec<f64>) -> Vec<f64> {
    let n = b.len();
    for k in 0..n {
        for i in k + 1..n {
            let factor = a[i * n + k] / a[k * n + k];
            for j in k..n {
                a[i * n + j] -= factor * a[k * n + j];
            }
            b[i] -= factor * b[k];
        }
    }
    for k in (0..n).rev() {
        let rest: f64 = (k + 1..n).map(|j| a[k * n + j] * b[j]).sum();
        b[k] = (b[k] - rest) / a[k * n + k];
    }
    b
}
