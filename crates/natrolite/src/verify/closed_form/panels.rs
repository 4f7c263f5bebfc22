//! Integral equations on an interval with a singular left end, by graded panels.
//!
//! A density is piecewise polynomial on panels that shrink geometrically towards 0, the rim of a
//! defect, where it behaves like a smooth function plus powers times logarithms. Collocation at
//! the Gauss nodes of the panels; the kernel may be logarithmic or have a kink where source and
//! target meet (and where the source meets the target's mirror image in 0).

use super::gauss::gauss_legendre;

const NODES_PER_PANEL: usize = 12;
const NODES_PER_PIECE: usize = 18;
/// Panels shrink by this factor towards the rim.
const GRADING: f64 = 0.4;
/// Pieces next to a singular point grow by this factor away from it.
const GROWTH: f64 = 3.0;
/// A logarithm at the end of a piece is smoothed by the substitution y = x^SMOOTHING.
const SMOOTHING: i32 = 5;

/// Panels on [0, length], the Gauss nodes on them and quadrature weights.
#[derive(Debug, Clone)]
pub(super) struct Panels {
    edges: Vec<f64>,
    /// Collocation nodes, panel by panel, ascending.
    pub nodes: Vec<f64>,
    /// Quadrature weights of the nodes.
    pub weights: Vec<f64>,
    rule: Vec<(f64, f64)>,
    piece: Vec<(f64, f64)>,
    barycentric: Vec<f64>,
}

impl Panels {
    /// Panels on [0, length] whose first one, at the rim, is about `smallest` long.
    pub fn graded(length: f64, smallest: f64) -> Self {
        let mut edges = vec![length];
        let mut edge = length;
        while edge > smallest {
            edge *= GRADING;
            edges.push(edge);
        }
        edges.push(0.0);
        edges.reverse();
        let rule = gauss_legendre(NODES_PER_PANEL);
        let (mut nodes, mut weights) = (Vec::new(), Vec::new());
        for ends in edges.windows(2) {
            let width = ends[1] - ends[0];
            nodes.extend(rule.iter().map(|(x, _)| ends[0] + width * x));
            weights.extend(rule.iter().map(|(_, w)| width * w));
        }
        let barycentric = (0..rule.len())
            .map(|i| {
                let others = (0..rule.len()).filter(|&j| j != i);
                others.map(|j| rule[i].0 - rule[j].0).product::<f64>().recip()
            })
            .collect();
        Self { edges, nodes, weights, rule, piece: gauss_legendre(NODES_PER_PIECE), barycentric }
    }

    /// The matrix of `sum over j of A_ij density_j = integral of kernel(x_i, y - x_i) density(y)`.
    ///
    /// `kernel(x, d)` takes the target and the signed distance of the source from it, which near
    /// the target is known more precisely than the difference of two positions.
    pub fn matrix(&self, kernel: impl Fn(f64, f64) -> f64) -> Vec<Vec<f64>> {
        let n = self.rule.len();
        let mut rows = Vec::with_capacity(self.nodes.len());
        for &x in &self.nodes {
            let mut row = vec![0.0; self.nodes.len()];
            for (panel, ends) in self.edges.windows(2).enumerate() {
                let (left, right) = (ends[0], ends[1]);
                let width = right - left;
                let entries = &mut row[panel * n..(panel + 1) * n];
                // The mirror image of a target in 0 is never closer to a panel than the target
                // is, except to the panel that holds the target itself.
                let gap = (left - x).max(x - right);
                if gap >= 2.0 * width {
                    for (k, (at, weight)) in self.rule.iter().enumerate() {
                        entries[k] += width * weight * kernel(x, left + width * at - x);
                    }
                } else {
                    let mut add = |d: f64, weight: f64| {
                        let value = weight * kernel(x, d);
                        self.add_lagrange((x + d - left) / width, value, entries);
                    };
                    if gap > 0.0 {
                        let sign = if x < left { 1.0 } else { -1.0 };
                        self.pieces(gap, gap + width, |d, w| add(sign * d, w));
                    } else {
                        self.towards_singularity(right - x, &mut add);
                        self.towards_singularity(x - left, |d, w| add(-d, w));
                    }
                }
            }
            rows.push(row);
        }
        rows
    }

    /// Quadrature on [near, far], distances from a singular point, in pieces that grow with them.
    fn pieces(&self, near: f64, far: f64, mut add: impl FnMut(f64, f64)) {
        let mut start = near;
        while start < far {
            let end = if GROWTH * start > 0.7 * far { far } else { GROWTH * start };
            for (at, weight) in &self.piece {
                add(start + (end - start) * at, (end - start) * weight);
            }
            start = end;
        }
    }

    /// Quadrature on [0, length] with a logarithmic singularity at 0.
    fn towards_singularity(&self, length: f64, mut add: impl FnMut(f64, f64)) {
        let inner = length * GROWTH.powi(-5);
        for (at, weight) in &self.piece {
            let slope = f64::from(SMOOTHING) * at.powi(SMOOTHING - 1);
            add(inner * at.powi(SMOOTHING), inner * weight * slope);
        }
        self.pieces(inner, length, add);
    }

    /// Adds `value` times each Lagrange polynomial of a panel at `at` in [0, 1] to `entries`.
    fn add_lagrange(&self, at: f64, value: f64, entries: &mut [f64]) {
        let all: f64 = self.rule.iter().map(|(x, _)| at - x).product();
        for (k, (x, _)) in self.rule.iter().enumerate() {
            if at == *x {
                entries[k] += value;
                return;
            }
        }
        for (k, (x, _)) in self.rule.iter().enumerate() {
            entries[k] += value * all * self.barycentric[k] / (at - x);
        }
    }

    /// The density with these nodal values at `y` in [0, length].
    pub fn interpolate(&self, density: &[f64], y: f64) -> f64 {
        let n = self.rule.len();
        let panel = self.edges.partition_point(|&e| e < y).clamp(1, self.edges.len() - 1) - 1;
        let (left, right) = (self.edges[panel], self.edges[panel + 1]);
        let mut basis = vec![0.0; n];
        self.add_lagrange((y - left) / (right - left), 1.0, &mut basis);
        basis.iter().zip(&density[panel * n..]).map(|(b, v)| b * v).sum()
    }

    /// `integral of weight(y) density(y)` for a weight that is smooth on the scale of each panel.
    pub fn integrate(&self, density: &[f64], weight: impl Fn(f64) -> f64) -> f64 {
        let points = self.nodes.iter().zip(&self.weights).zip(density);
        points.map(|((&y, &w), &v)| w * v * weight(y)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    #[test]
    fn integrates_a_logarithm_where_source_meets_target() {
        let panels = Panels::graded(1.0, 1e-3);
        let rows = panels.matrix(|_, d| d.abs().ln());
        let density: Vec<f64> = panels.nodes.iter().map(|y| y * y).collect();
        for (row, &x) in rows.iter().zip(&panels.nodes) {
            let got: f64 = row.iter().zip(&density).map(|(a, v)| a * v).sum();
            let end = 1.0 - x;
            let wanted = (end.ln() + x.powi(3) * (x.ln() - end.ln())) / 3.0
                - (1.0 / 9.0 + x / 6.0 + x * x / 3.0);
            assert!((got - wanted).abs() < 1e-12, "{x}: {got} {wanted}");
        }
    }

    #[test]
    fn interpolates_polynomials() {
        let panels = Panels::graded(2.0, 1e-2);
        let density: Vec<f64> = panels.nodes.iter().map(|y| y.powi(5) - y).collect();
        for y in [0.0, 1e-3, 0.5, 1.9, 2.0_f64] {
            assert!((panels.interpolate(&density, y) - (y.powi(5) - y)).abs() < 1e-12);
        }
        assert_close(panels.integrate(&density, |_| 1.0), 64.0 / 6.0 - 2.0, 1e-13);
    }
}
