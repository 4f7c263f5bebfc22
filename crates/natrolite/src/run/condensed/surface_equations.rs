//! The small problem that is left when the bulk is eliminated.

use super::{Condensed, Model};
use algebra::{Csr, Equations, Inadmissible, Operator, dense_dot};
use fem::SurfaceTerm;

/// c (S u - g) + N(u) = 0 for the kept unknowns.
pub(super) struct SurfaceEquations<'a, 'm> {
    pub condensed: &'a Condensed,
    pub model: &'a Model<'m>,
    pub kinetics: Vec<SurfaceTerm<'a>>,
    /// g
    pub constant: Vec<f64>,
    /// c
    pub size: Vec<f64>,
    /// Of all unknowns; the kept ones are those of the last call.
    pub deviations: Vec<f64>,
    pub field_of: Vec<usize>,
    pub scales: Vec<f64>,
    /// Made when it is first asked for.
    pub matrix: Option<Csr>,
}

impl SurfaceEquations<'_, '_> {
    fn set(&mut self, u: &[f64]) {
        for (&dof, u) in self.condensed.unknowns.kept.iter().zip(u) {
            self.deviations[dof as usize] = *u;
        }
    }

    /// Sizes of a residual: over the nodes, then of each whole-body unknown.
    fn sizes(&self, r: impl Iterator<Item = f64>) -> Vec<f64> {
        let mut squares = vec![0.0; self.scales.len()];
        r.zip(&self.field_of).for_each(|(r, &field)| squares[field] += r * r);
        squares.into_iter().map(f64::sqrt).collect()
    }
}

impl Equations for SurfaceEquations<'_, '_> {
    fn len(&self) -> usize {
        self.condensed.kept()
    }

    fn residual(&mut self, u: &[f64], r: &mut [f64]) -> Result<(), Inadmissible> {
        self.set(u);
        let (condensed, n) = (self.condensed, u.len());
        let rows = condensed.schur.complement().chunks_exact(n.max(1));
        let mut above = vec![0.0; n];
        for (i, (r, row)) in r.iter_mut().zip(rows).enumerate() {
            // Differences keep the digits of potentials that lie far from zero and close together.
            let here = u[i];
            above.iter_mut().zip(u).for_each(|(above, u)| *above = u - here);
            let flow = dense_dot(row, &above);
            *r = self.size[i] * (flow + condensed.row_sums[i] * here - self.constant[i]);
        }
        let mut other = vec![0.0; n];
        for term in &mut self.kinetics {
            term.residual(&self.deviations, |dof, value| {
                if let Some(&k) = condensed.unknowns.place.get(dof as usize) {
                    other[k as usize] += value;
                }
            });
        }
        let given = self.sizes(self.size.iter().zip(&self.constant).map(|(c, g)| c * g));
        let (bulk, surface) = (self.sizes(r.iter().copied()), self.sizes(other.iter().copied()));
        for (k, scale) in self.scales.iter_mut().enumerate() {
            *scale = given[k].max(bulk[k]).max(surface[k]);
        }
        r.iter_mut().zip(&other).for_each(|(r, other)| *r += other);
        match r.iter().all(|r| r.is_finite()) {
            true => Ok(()),
            false => Err(Inadmissible("a term is not finite".into())),
        }
    }

    fn linearize(&mut self, u: &[f64]) -> Result<&mut dyn Operator, Inadmissible> {
        self.set(u);
        let (condensed, n) = (self.condensed, u.len());
        let matrix = self.matrix.get_or_insert_with(|| condensed.dense.clone());
        let values = matrix.values_mut();
        let rows = condensed.schur.complement().chunks_exact(n.max(1));
        for ((values, row), size) in values.chunks_exact_mut(n.max(1)).zip(rows).zip(&self.size) {
            values.iter_mut().zip(row).for_each(|(value, s)| *value = size * s);
        }
        let place = |dof: u32| condensed.unknowns.place.get(dof as usize).map(|&k| k as usize);
        for term in &mut self.kinetics {
            term.tangent(&self.deviations, |i, j, value| {
                if let (Some(i), Some(j)) = (place(i), place(j)) {
                    values[i * n + j] += value;
                }
            });
        }
        match values.iter().all(|value| value.is_finite()) {
            true => Ok(matrix),
            false => Err(Inadmissible("a term is not finite".into())),
        }
    }

    fn norms(&self, r: &[f64]) -> Vec<f64> {
        let sizes = self.sizes(r.iter().copied()).into_iter().zip(&self.scales);
        let norm = |(size, scale): (f64, &f64)| match size {
            0.0 => 0.0,
            size => size / scale.max(size * 1e-3),
        };
        sizes.map(norm).collect()
    }

    fn field_names(&self) -> Vec<&str> {
        let whole = self.model.system.space().whole().iter().map(String::as_str);
        std::iter::once("potential").chain(whole).collect()
    }
}
