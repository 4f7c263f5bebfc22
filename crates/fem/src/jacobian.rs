//! The matrix of the linear terms, which becomes the tangent and back.

use crate::pattern::{Elements, pattern};
use crate::placement::Batch;
use crate::{Slot, Space};
use algebra::Csr;

/// The linear terms, and the same matrix with the tangent of the others added.
///
/// Nonlinear terms stand on surfaces and touch few rows: one matrix holds both, and the values of these
/// rows are kept apart.
pub(crate) struct Jacobian {
    /// Free rows and columns; the tangent when `is_tangent`, else the linear terms.
    matrix: Csr,
    /// Of the linear terms, free rows and prescribed columns; none when all its entries are zero.
    prescribed: Option<Csr>,
    /// Rows that nonlinear terms touch, in increasing order, and the values of the linear terms there.
    touched: Vec<u32>,
    kept: Vec<f64>,
    is_tangent: bool,
}

type Placed<'a> = (&'a [Slot], &'a Batch<'a>);

impl Jacobian {
    /// Zeros, at the places where the elements of the terms need entries.
    pub(crate) fn new(space: &Space, linear: Vec<Placed<'_>>, nonlinear: Vec<Placed<'_>>) -> Self {
        let (free, total) = (space.free() as u32, space.total() as u32);
        let reads_prescribed = linear.iter().any(|(slots, _)| reads_prescribed(slots, space));
        let all = Elements::new(linear.iter().chain(&nonlinear).copied().collect(), space);
        let matrix = pattern(&all, space, 0..free);
        let prescribed =
            reads_prescribed.then(|| pattern(&Elements::new(linear, space), space, free..total));
        let mut is_touched = vec![false; free as usize];
        Elements::new(nonlinear, space).each(space, |_, dofs| {
            dofs.iter().filter(|&&d| d < free).for_each(|&d| is_touched[d as usize] = true);
        });
        let touched = (0..free).filter(|&row| is_touched[row as usize]).collect();
        Jacobian { matrix, prescribed, touched, kept: Vec::new(), is_tangent: false }
    }

    /// To assemble the linear terms into: the free columns, and the prescribed ones.
    pub(crate) fn linear_mut(&mut self) -> (&mut Csr, Option<&mut Csr>) {
        debug_assert!(!self.is_tangent);
        (&mut self.matrix, self.prescribed.as_mut())
    }

    /// The linear terms: free rows and columns, and free rows and prescribed columns.
    pub(crate) fn into_linear(mut self) -> (Csr, Option<Csr>) {
        self.become_linear();
        (self.matrix, self.prescribed)
    }

    /// The linear terms, with a copy of what is going to change, to add the tangent of the others to.
    pub(crate) fn tangent_mut(&mut self) -> &mut Csr {
        self.become_linear();
        self.kept.clear();
        for &row in &self.touched {
            self.kept.extend_from_slice(self.matrix.row(row as usize).1);
        }
        self.is_tangent = true;
        &mut self.matrix
    }

    /// What [`Jacobian::tangent_mut`] was made to hold.
    pub(crate) fn tangent(&self) -> &Csr {
        &self.matrix
    }

    /// The linear terms at all unknowns, the free ones first, into `r`. `to_differences` when they read
    /// differences only, whose digits must not be lost in sums of unknowns far from zero.
    pub(crate) fn apply_linear(&mut self, all: &[f64], to_differences: bool, r: &mut [f64]) {
        self.become_linear();
        let (free, prescribed) = all.split_at(r.len());
        if to_differences {
            r.fill(0.0);
            self.matrix.add_apply_to_differences(free, free, r);
            if let Some(matrix) = &self.prescribed {
                matrix.add_apply_to_differences(prescribed, free, r);
            }
        } else {
            self.matrix.apply(free, r);
            if let Some(matrix) = &self.prescribed {
                matrix.add_apply(prescribed, r);
            }
        }
    }

    fn become_linear(&mut self) {
        if !std::mem::take(&mut self.is_tangent) {
            return;
        }
        let (pattern, values) = self.matrix.pattern_and_values_mut();
        let mut kept = &self.kept[..];
        for &row in &self.touched {
            let row = row as usize;
            let range = pattern.row_start()[row]..pattern.row_start()[row + 1];
            let (own, others) = kept.split_at(range.len());
            values[range].copy_from_slice(own);
            kept = others;
        }
    }
}

/// True when one of the unknowns that the slots stand for is prescribed.
fn reads_prescribed(slots: &[Slot], space: &Space) -> bool {
    let is_prescribed = |&dof: &u32| dof as usize >= space.free();
    slots.iter().any(|slot| match slot.at {
        crate::At::Whole => is_prescribed(&space.whole_dof(slot.field)),
        _ => space.field_dofs(slot.field).iter().any(is_prescribed),
    })
}
