//! Elements of laws that read values only, as those on surfaces do.

use crate::geometry::Tables;
use crate::{At, Of, Slot};

/// The shape functions of all unknowns of an element at each point of quadrature, where each slot reads the
/// value of a scalar. They are the same for all elements of a batch: the sums over slots, which for vectors and
/// gradients are found for each element, become those of a small dense matrix.
pub(crate) struct Values {
    /// Number of slots, which is that of the numbers that the law reads.
    numbers: usize,
    /// Slot of each unknown.
    slots: Vec<usize>,
    /// Point after point, the shape function of each unknown.
    shapes: Vec<f64>,
    /// What a point gives to a row of the tangent.
    row: Vec<f64>,
}

impl Values {
    /// `None` when a slot reads a gradient or a vector.
    pub(crate) fn new(slots: &[Slot], tables: &Tables) -> Option<Values> {
        if slots.iter().any(|slot| slot.of != Of::Value || slot.components != 1) {
            return None;
        }
        let width = |slot: &Slot| if slot.at == At::Whole { 1 } else { tables.nodes };
        let of: Vec<usize> =
            slots.iter().enumerate().flat_map(|(k, slot)| vec![k; width(slot)]).collect();
        let mut shapes = Vec::with_capacity(tables.len() * of.len());
        for q in 0..tables.len() {
            for slot in slots {
                match slot.at {
                    At::Whole => shapes.push(1.0),
                    _ => shapes.extend_from_slice(tables.values_at(q)),
                }
            }
        }
        Some(Values { numbers: slots.len(), row: vec![0.0; of.len()], slots: of, shapes })
    }

    fn points(&self) -> std::slice::ChunksExact<'_, f64> {
        self.shapes.chunks_exact(self.slots.len())
    }

    /// The numbers that the law reads at each point, from the unknowns of an element.
    pub(crate) fn interpolate(&self, unknowns: impl Fn(usize) -> f64, u: &mut [f64]) {
        u.fill(0.0);
        for (k, slot) in self.slots.iter().enumerate() {
            let unknown = unknowns(k);
            for (u, shapes) in u.chunks_exact_mut(self.numbers).zip(self.points()) {
                u[*slot] += shapes[k] * unknown;
            }
        }
    }

    /// Adds the coefficients `r` at the points, with their weights, to the residual.
    pub(crate) fn add_residual(&self, weights: &[f64], r: &[f64], out: &mut [f64]) {
        let points = weights.iter().zip(r.chunks_exact(self.numbers)).zip(self.points());
        for ((w, r), shapes) in points {
            for ((out, slot), shape) in out.iter_mut().zip(&self.slots).zip(shapes) {
                *out += w * r[*slot] * shape;
            }
        }
    }

    /// Adds the derivatives `t` of the coefficients at the points, with their weights, to the tangent.
    pub(crate) fn add_tangent(&mut self, weights: &[f64], t: &[f64], out: &mut [f64]) {
        let Values { numbers: n, slots, shapes, row } = self;
        let (n, width) = (*n, slots.len());
        let points = weights.iter().zip(t.chunks_exact(n * n)).zip(shapes.chunks_exact(width));
        for ((w, t), shapes) in points {
            let mut of_row = n;
            for ((i, out), shape) in slots.iter().zip(out.chunks_exact_mut(width)).zip(shapes) {
                if *i != of_row {
                    of_row = *i;
                    for ((row, j), trial) in row.iter_mut().zip(&*slots).zip(shapes) {
                        *row = w * t[i * n + j] * trial;
                    }
                }
                out.iter_mut().zip(&*row).for_each(|(out, row)| *out += shape * row);
            }
        }
    }
}
