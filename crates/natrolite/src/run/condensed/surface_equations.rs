//! The small problem that is left when the bulk is eliminated.

use super::{Condensed, Model, Role};
use algebra::{Csr, Equations, Inadmissible, Operator, Wide, with_wide_registers};
use fem::{LANES, Lanes, SurfaceMemory, SurfaceTerm};
use std::ops::Range;

/// Most steps to a start from nowhere, and the part of the sum that may be left there.
const MOST_LEVELS: usize = 40;
const NEARLY: f64 = 1e-3;

/// c (S u - g) + N(u) = 0 for the kept unknowns.
pub(super) struct SurfaceEquations<'a, 'm> {
    condensed: &'a Condensed,
    model: &'a Model<'m>,
    kinetics: Vec<SurfaceTerm<'a>>,
    memory: &'a mut EquationsMemory,
    /// Made when it is first asked for.
    matrix: Option<Csr>,
}

/// What the equations write to, for those of many points.
#[derive(Debug, Default)]
pub struct EquationsMemory {
    /// g
    pub constant: Vec<f64>,
    /// c
    pub size: Vec<f64>,
    /// Of all unknowns; the kept ones are those of the last call.
    deviations: Vec<f64>,
    /// N(u), of all unknowns.
    currents: Vec<f64>,
    /// By fields the sums of the squares of c g.
    given: Vec<f64>,
    /// By fields the size of the terms that must cancel.
    scales: Vec<f64>,
    /// u less that of its body's anchor, the anchor's where there are several, and S times the first.
    above: Vec<f64>,
    anchored: Vec<f64>,
    flow: Vec<f64>,
    /// N at the kept unknowns.
    surface: Vec<f64>,
    terms: Vec<SurfaceMemory>,
}

impl<'a, 'm> SurfaceEquations<'a, 'm> {
    /// With the right-hand side and the size of the conduction at each kept unknown that `memory` holds.
    pub(super) fn new(
        condensed: &'a Condensed,
        model: &'a Model<'m>,
        memory: &'a mut EquationsMemory,
    ) -> Self {
        let (system, unknowns) = (&model.system, &condensed.unknowns);
        let EquationsMemory { constant, size, flow, given, scales, terms, deviations, .. } = memory;
        let pairs = size.iter().zip(&*constant);
        flow.clear();
        flow.extend(pairs.map(|(c, g)| c * g));
        given.clear();
        given.extend(condensed.fields.squares(flow));
        scales.clone_from(given);
        deviations.clear();
        deviations.resize(unknowns.place.len(), 0.0);
        deviations.extend_from_slice(system.prescribed_deviations());
        memory.above.resize(unknowns.kept.len(), 0.0);
        memory.surface.resize(unknowns.kept.len(), 0.0);
        memory.currents.resize(memory.deviations.len(), 0.0);
        let placed = super::kinetics(model)
            .map(|placement| system.surface_term_in(placement, terms.pop().unwrap_or_default()));
        SurfaceEquations { kinetics: placed.collect(), condensed, model, memory, matrix: None }
    }

    /// The laws of kinetics, in the order of the surfaces.
    pub(super) fn terms(&self) -> &[SurfaceTerm<'a>] {
        &self.kinetics
    }

    /// The current of all laws of kinetics into each unknown \[A\], where they were last evaluated.
    pub(super) fn currents(&self) -> &[f64] {
        &self.memory.currents
    }

    /// Makes the memory free again.
    pub(super) fn leave(self) {
        // The last is the first to be taken.
        let memory = self.kinetics.into_iter().rev().map(SurfaceTerm::into_memory);
        self.memory.terms.extend(memory);
    }

    /// Sum over the laws of kinetics of d(current density) / d(potential), each at its mean state where the equations
    /// were last evaluated \[S/m2\].
    pub(super) fn mean_slope(&self) -> f64 {
        self.kinetics.iter().map(SurfaceTerm::mean_slope).sum()
    }

    /// Writes the number to all of `u` for which the residuals add up to nothing, or nearly: a start from nowhere. False
    /// where it is not found.
    ///
    /// The residual is the gradient of a convex energy, so that its sum rises along this line; a step of Newton's method
    /// that leaves what earlier ones have enclosed is replaced by its middle. The sum rises with the conduction to
    /// prescribed potentials and with the currents to metals that have one; where both sides of a law move, its current
    /// stays as it is.
    pub(super) fn level(&mut self, u: &mut [f64]) -> bool {
        let stiffness: f64 = {
            let pairs = self.condensed.row_sums.iter().zip(&self.memory.size);
            pairs.map(|(sum, size)| sum * size).sum()
        };
        let space = self.model.system.space();
        let holds = |role: &Role| match role {
            Role::Kinetics { metal, .. } => {
                Some(metal.is_some_and(|w| space.whole_dof(w) as usize >= space.free()))
            }
            _ => None,
        };
        let hold: Vec<bool> =
            self.model.surfaces.iter().filter_map(|surface| holds(&surface.role)).collect();
        let mut r = vec![0.0; u.len()];
        let (mut low, mut high, mut at) = (f64::NEG_INFINITY, f64::INFINITY, 0.0);
        let mut first = None;
        for _ in 0..MOST_LEVELS {
            u.fill(at);
            if self.residual(u, &mut r).is_err() {
                return false;
            }
            let sum: f64 = r.iter().sum();
            let wanted = NEARLY * first.get_or_insert(sum).abs();
            if sum.abs() <= wanted {
                return true;
            }
            match sum > 0.0 {
                true => high = at,
                false => low = at,
            }
            let held = self.kinetics.iter().zip(&hold).filter(|(_, holds)| **holds);
            let slopes = held.map(|(term, _)| term.mean_slope() * term.integrals()[0]);
            let next = at - sum / (stiffness + slopes.sum::<f64>());
            at = if next > low && next < high { next } else { 0.5 * (low + high) };
            if !at.is_finite() {
                return false;
            }
        }
        false
    }

    /// By fields the size of a residual over that of what must cancel in it; no more than a thousand where
    /// nothing does.
    fn relative(&self, r: &[f64]) -> impl Iterator<Item = f64> {
        let squares = self.condensed.fields.squares(r).zip(&self.memory.scales);
        squares.map(|(square, scale)| match square.sqrt() {
            0.0 => 0.0,
            size => size / scale.max(size * 1e-3),
        })
    }

    fn set(&mut self, u: &[f64]) {
        for (places, first) in &self.condensed.unknowns.runs {
            let deviations = &mut self.memory.deviations[*first..][..places.len()];
            deviations.copy_from_slice(&u[places.clone()]);
        }
    }
}

/// Which kept unknowns have a norm in common: those at nodes, and each whole-body unknown by itself.
pub(super) struct Fields {
    /// Those at nodes, as runs.
    nodes: Vec<Range<usize>>,
    /// For each whole-body unknown its place, if it is kept.
    whole: Vec<Option<usize>>,
    /// True when all kept unknowns are at nodes.
    are_nodes: bool,
}

impl Fields {
    /// Of a model with these kept unknowns.
    pub(super) fn new(model: &Model<'_>, kept: &[u32]) -> Fields {
        let space = model.system.space();
        let place = |w| kept.binary_search(&space.whole_dof(w)).ok();
        let whole: Vec<Option<usize>> = (0..space.whole().len()).map(place).collect();
        let mut ends: Vec<usize> = whole.iter().flatten().copied().collect();
        ends.sort_unstable();
        let starts = std::iter::once(0).chain(ends.iter().map(|end| end + 1));
        let nodes = starts.zip(ends.iter().copied().chain([kept.len()])).map(|(a, b)| a..b);
        Fields { nodes: nodes.collect(), are_nodes: ends.is_empty(), whole }
    }

    /// By fields the sum of the squares.
    fn squares(&self, x: &[f64]) -> impl Iterator<Item = f64> {
        let nodes = self.nodes.iter().map(|run| with_wide_registers(Square(&x[run.clone()]))).sum();
        let whole = self.whole.iter().map(|place| place.map_or(0.0, |place| x[place] * x[place]));
        std::iter::once(nodes).chain(whole)
    }
}

impl Equations for SurfaceEquations<'_, '_> {
    fn len(&self) -> usize {
        self.condensed.kept()
    }

    fn residual(&mut self, u: &[f64], r: &mut [f64]) -> Result<(), Inadmissible> {
        self.set(u);
        let SurfaceEquations { condensed, kinetics, memory, .. } = self;
        let EquationsMemory {
            constant,
            size,
            deviations,
            currents,
            given,
            scales,
            above,
            anchored,
            flow,
            surface,
            ..
        } = &mut **memory;
        let Condensed { fields, anchors, unknowns, row_sums, .. } = condensed;
        // Differences keep the digits of potentials that lie far from zero and close together.
        let all = match condensed.anchor {
            Some(anchor) => Anchored::One(u[anchor as usize]),
            None => {
                anchored.clear();
                anchored.extend(anchors.iter().map(|&anchor| u[anchor as usize]));
                Anchored::Each(anchored)
            }
        };
        with_wide_registers(Above { u, all, above });
        condensed.schur.complement().apply(above, flow);
        currents.fill(0.0);
        for term in kinetics {
            term.add_residual(deviations, currents);
        }
        for (places, first) in &unknowns.runs {
            surface[places.clone()].copy_from_slice(&currents[*first..][..places.len()]);
        }
        let (is_finite, [bulk, at_surface]) =
            with_wide_registers(Sum { flow, all, row_sums, size, constant, surface, r });
        if fields.are_nodes {
            scales[0] = given[0].max(bulk).max(at_surface).sqrt();
        } else {
            let squares = fields.squares(flow).zip(fields.squares(surface));
            for ((scale, given), (bulk, surface)) in scales.iter_mut().zip(&*given).zip(squares) {
                *scale = given.max(bulk).max(surface).sqrt();
            }
        }
        match is_finite {
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
        for (i, (values, size)) in
            values.chunks_exact_mut(n.max(1)).zip(&self.memory.size).enumerate()
        {
            values.iter_mut().zip(complement.row(i)).for_each(|(value, s)| *value = size * s);
        }
        let place = |dof: u32| condensed.unknowns.place.get(dof as usize).map(|&k| k as usize);
        for term in &mut self.kinetics {
            term.tangent(&self.memory.deviations, |i, j, value| {
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
        self.relative(r).collect()
    }

    fn norm(&self, r: &[f64]) -> f64 {
        let larger = |norm: f64, next: f64| match norm.is_nan() || next.is_nan() {
            true => f64::NAN,
            false => norm.max(next),
        };
        self.relative(r).fold(0.0, larger)
    }

    fn field_names(&self) -> Vec<&str> {
        let whole = self.model.system.space().whole().iter().map(String::as_str);
        std::iter::once("potential").chain(whole).collect()
    }
}

/// The unknowns of the anchors.
#[derive(Clone, Copy)]
enum Anchored<'a> {
    One(f64),
    Each(&'a [f64]),
}

impl Anchored<'_> {
    #[inline(always)]
    fn of(self, i: usize) -> f64 {
        match self {
            Anchored::One(u) => u,
            Anchored::Each(u) => u[i],
        }
    }
}

/// What unknowns are above those of their anchors.
struct Above<'a> {
    u: &'a [f64],
    all: Anchored<'a>,
    above: &'a mut [f64],
}

impl Wide for Above<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Above { u, all, above } = self;
        for (i, (above, u)) in above.iter_mut().zip(u).enumerate() {
            *above = u - all.of(i);
        }
    }
}

/// r = c (S u - g) + N, whether all of it is finite, and the sums of the squares of both parts; S u is the product with
/// the differences from the anchors, and the sums of the rows times the anchors.
struct Sum<'a> {
    /// The product, then c (S u - g).
    flow: &'a mut [f64],
    all: Anchored<'a>,
    row_sums: &'a [f64],
    size: &'a [f64],
    constant: &'a [f64],
    surface: &'a [f64],
    r: &'a mut [f64],
}

impl Wide for Sum<'_> {
    type Output = (bool, [f64; 2]);

    #[inline(always)]
    fn run(self) -> (bool, [f64; 2]) {
        let Sum { flow, all, row_sums, size, constant, surface, r } = self;
        let n = r.len();
        let (flow, row_sums, size) = (&mut flow[..n], &row_sums[..n], &size[..n]);
        let (constant, surface) = (&constant[..n], &surface[..n]);
        let mut is_finite = true;
        for i in 0..n {
            flow[i] = size[i] * (flow[i] + row_sums[i] * all.of(i) - constant[i]);
            r[i] = flow[i] + surface[i];
            is_finite &= r[i].is_finite();
        }
        (is_finite, [square(flow), square(surface)])
    }
}

/// Sum of the squares.
struct Square<'a>(&'a [f64]);

impl Wide for Square<'_> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        square(self.0)
    }
}

/// Sum of the squares, in a fixed order.
#[inline(always)]
fn square(x: &[f64]) -> f64 {
    let (eights, rest) = x.as_chunks::<LANES>();
    let mut sum = Lanes::default();
    for eight in eights {
        sum = sum + Lanes(*eight) * Lanes(*eight);
    }
    sum.sum() + rest.iter().map(|x| x * x).sum::<f64>()
}
