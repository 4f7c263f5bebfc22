//! The small problem that is left when the bulk is eliminated.

use super::{Condensed, Model};
use algebra::{Csr, Equations, Inadmissible, Operator};
use fem::SurfaceTerm;

/// c (S u - g) + N(u) = 0 for the kept unknowns.
pub(super) struct SurfaceEquations<'a, 'm> {
    condensed: &'a Condensed,
    model: &'a Model<'m>,
    kinetics: Vec<SurfaceTerm<'a>>,
    /// g
    constant: Vec<f64>,
    /// c
    size: Vec<f64>,
    /// Of all unknowns; the kept ones are those of the last call.
    deviations: Vec<f64>,
    /// N(u), of all unknowns.
    currents: Vec<f64>,
    /// For each kept unknown 0 when it belongs to a node, else 1 + the number of the whole-body unknown.
    field_of: Vec<usize>,
    /// By fields the sums of the squares of c g, of all of the bulk, and of N.
    given: Vec<f64>,
    bulk: Vec<f64>,
    surface: Vec<f64>,
    /// By fields the size of the terms that must cancel.
    scales: Vec<f64>,
    /// u less that of its body's anchor, and S times that.
    above: Vec<f64>,
    flow: Vec<f64>,
    /// Made when it is first asked for.
    matrix: Option<Csr>,
}

impl<'a, 'm> SurfaceEquations<'a, 'm> {
    /// With the right-hand side `constant` and the `size` of the conduction at each kept unknown.
    pub(super) fn new(
        condensed: &'a Condensed,
        model: &'a Model<'m>,
        constant: Vec<f64>,
        size: Vec<f64>,
    ) -> Self {
        let (system, kept) = (&model.system, &condensed.unknowns.kept);
        let field_of = fields(model, kept);
        let zeros = vec![0.0; 1 + system.space().whole().len()];
        let mut given = zeros.clone();
        for ((c, g), &field) in size.iter().zip(&constant).zip(&field_of) {
            given[field] += (c * g) * (c * g);
        }
        let deviations = system.deviations(&vec![0.0; condensed.unknowns.place.len()]);
        SurfaceEquations {
            kinetics: super::kinetics(model)
                .into_iter()
                .map(|placement| system.surface_term(placement))
                .collect(),
            currents: vec![0.0; deviations.len()],
            bulk: zeros.clone(),
            surface: zeros.clone(),
            scales: zeros,
            above: vec![0.0; kept.len()],
            flow: vec![0.0; kept.len()],
            matrix: None,
            condensed,
            model,
            constant,
            size,
            deviations,
            field_of,
            given,
        }
    }

    fn set(&mut self, u: &[f64]) {
        for (&dof, u) in self.condensed.unknowns.kept.iter().zip(u) {
            self.deviations[dof as usize] = *u;
        }
    }
}

/// For each kept unknown 0 when it belongs to a node, else 1 + the number of the whole-body unknown.
fn fields(model: &Model<'_>, kept: &[u32]) -> Vec<usize> {
    let space = model.system.space();
    let mut fields = vec![0; kept.len()];
    for whole in 0..space.whole().len() {
        if let Ok(k) = kept.binary_search(&space.whole_dof(whole)) {
            fields[k] = 1 + whole;
        }
    }
    fields
}

impl Equations for SurfaceEquations<'_, '_> {
    fn len(&self) -> usize {
        self.condensed.kept()
    }

    fn residual(&mut self, u: &[f64], r: &mut [f64]) -> Result<(), Inadmissible> {
        self.set(u);
        let condensed = self.condensed;
        // Differences keep the digits of potentials that lie far from zero and close together.
        for ((above, u_i), &anchor) in self.above.iter_mut().zip(u).zip(&condensed.anchors) {
            *above = u_i - u[anchor as usize];
        }
        condensed.schur.complement().apply(&self.above, &mut self.flow);
        self.currents.fill(0.0);
        for term in &mut self.kinetics {
            term.add_residual(&self.deviations, &mut self.currents);
        }
        let kept = condensed.unknowns.kept.iter().zip(&self.field_of).enumerate();
        self.bulk.fill(0.0);
        self.surface.fill(0.0);
        for (i, (&dof, &field)) in kept {
            let anchor = u[condensed.anchors[i] as usize];
            let flow = self.flow[i] + condensed.row_sums[i] * anchor - self.constant[i];
            let (bulk, surface) = (self.size[i] * flow, self.currents[dof as usize]);
            self.bulk[field] += bulk * bulk;
            self.surface[field] += surface * surface;
            r[i] = bulk + surface;
        }
        let squares = self.bulk.iter().zip(&self.surface).zip(&self.given);
        for (scale, ((bulk, surface), given)) in self.scales.iter_mut().zip(squares) {
            *scale = given.max(*bulk).max(*surface).sqrt();
        }
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
        let complement = condensed.schur.complement();
        for (i, (values, size)) in values.chunks_exact_mut(n.max(1)).zip(&self.size).enumerate() {
            values.iter_mut().zip(complement.row(i)).for_each(|(value, s)| *value = size * s);
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
        let mut sizes = vec![0.0; self.scales.len()];
        r.iter().zip(&self.field_of).for_each(|(r, &field)| sizes[field] += r * r);
        sizes
            .iter()
            .zip(&self.scales)
            .map(|(square, scale)| relative(square.sqrt(), *scale))
            .collect()
    }

    fn field_names(&self) -> Vec<&str> {
        let whole = self.model.system.space().whole().iter().map(String::as_str);
        std::iter::once("potential").chain(whole).collect()
    }
}

/// A residual over the size of what must cancel in it; no more than a thousand where nothing does.
fn relative(size: f64, scale: f64) -> f64 {
    if size == 0.0 { 0.0 } else { size / scale.max(size * 1e-3) }
}
