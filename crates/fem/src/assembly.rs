//! Residuals and tangents of a placed term, summed over its elements.

use crate::elements::Group;
use crate::jacobian::Jacobian;
use crate::placement::{Batch, Kernel, Placement, State, Support};
use crate::sum::{Parts, Rows, add_in_order};
use crate::surface_table::{Table, has_table};
use crate::{Hypothesis, Space, Term};
use algebra::Csr;
use algebra::csr::place;
use mesh::Mesh;
use std::ops::Range;
use std::sync::OnceLock;

/// A term and its elements.
pub(crate) struct Placed<'m> {
    pub(crate) term: Box<dyn Term>,
    pub(crate) support: Support,
    pub(crate) batches: Vec<Batch<'m>>,
    /// Made when it is first asked for, see [`crate::System::surface_term`].
    pub(crate) table: OnceLock<Table>,
}

impl<'m> Placed<'m> {
    pub(crate) fn new(mesh: &'m Mesh, hypothesis: Hypothesis, placement: Placement) -> Self {
        let Placement { term, support } = placement;
        let batches = Batch::all(mesh, hypothesis, term.slots(), support);
        Placed { batches, support, term, table: OnceLock::new() }
    }
}

/// What elements are evaluated on.
#[derive(Clone, Copy)]
pub(crate) struct Body<'a> {
    pub(crate) mesh: &'a Mesh,
    pub(crate) hypothesis: Hypothesis,
    pub(crate) space: &'a Space,
}

/// The matrix of the linear terms among `placed`, with room for the tangents of the others.
pub(crate) fn assemble_linear(body: Body<'_>, placed: &[Placed<'_>]) -> Jacobian {
    let groups = |is_added: bool| {
        let terms = placed.iter().filter(|p| p.term.is_linear() == is_added && !p.term.is_load());
        terms
            .flat_map(|p| {
                p.batches.iter().map(move |batch| Group { term: &*p.term, batch, is_added })
            })
            .collect()
    };
    Jacobian::new(body, groups(true), groups(false))
}

/// Adds the residual of a term to `out`, one number for each unknown.
pub(crate) fn add_residual(body: Body<'_>, placed: &Placed<'_>, state: State<'_>, out: &mut [f64]) {
    let slots = placed.term.slots();
    for batch in &placed.batches {
        let width = batch.width(slots, body.space);
        add_in_order(
            Parts { elements: batch.len(), rows: width, numbers: width },
            Rows { count: out.len() as u32, start: |row| row as usize, values: out },
            |range, dofs, parts| {
                let mut kernel = Kernel::new(body, &*placed.term, batch);
                let parts = dofs.chunks_exact_mut(width).zip(parts.chunks_exact_mut(width));
                for (element, (dofs, part)) in range.zip(parts) {
                    batch.dofs(slots, body.space, element, dofs);
                    kernel.residual(element, state, part);
                }
            },
            |range, values, dofs, part| {
                for (dof, value) in dofs.iter().zip(part) {
                    if range.contains(dof) {
                        values[(dof - range.start) as usize] += value;
                    }
                }
            },
        );
    }
}

/// Adds the tangent of a term to the rows and columns that `matrix` has; its columns are the unknowns
/// from `first` on.
pub(crate) fn add_tangent(
    body: Body<'_>,
    placed: &Placed<'_>,
    state: State<'_>,
    matrix: &mut Csr,
    first: u32,
) {
    let (slots, term) = (placed.term.slots(), &*placed.term);
    if has_table(placed) {
        let table = Table::of(body, placed);
        for group in &table.groups {
            let of_group = (group.facets, table.unknowns_of(group));
            add_tangents(of_group, (&mut *matrix, first), |range, dofs, parts| {
                table.unknowns((group, range.clone()), dofs);
                table.tangents_at(term, (group, range), state, parts);
            });
        }
        return;
    }
    for batch in &placed.batches {
        let width = batch.width(slots, body.space);
        add_tangents((batch.len(), width), (&mut *matrix, first), |range, dofs, parts| {
            let mut kernel = Kernel::new(body, term, batch);
            let parts = dofs.chunks_exact_mut(width).zip(parts.chunks_exact_mut(width * width));
            for (element, (dofs, part)) in range.zip(parts) {
                batch.dofs(slots, body.space, element, dofs);
                kernel.tangent(element, state, part);
            }
        });
    }
}

/// Adds the tangents of elements of `width` unknowns each, for which `compute` finds these and the part.
fn add_tangents(
    (elements, width): (usize, usize),
    (matrix, first): (&mut Csr, u32),
    compute: impl Fn(Range<usize>, &mut [u32], &mut [f64]) + Sync,
) {
    let (rows, columns) = (matrix.nrows() as u32, first..first + matrix.ncols() as u32);
    let (pattern, values) = matrix.pattern_and_values_mut();
    add_in_order(
        Parts { elements, rows: width, numbers: width * width },
        Rows { count: rows, start: |row| pattern.row_start()[row as usize], values },
        compute,
        |range, values, dofs, part| {
            let start = pattern.row_start()[range.start as usize];
            for (i, row) in dofs.iter().zip(part.chunks_exact(width)) {
                if !range.contains(i) {
                    continue;
                }
                let (begin, in_row) = pattern.row(*i as usize);
                let values = &mut values[begin - start..][..in_row.len()];
                for (j, value) in dofs.iter().zip(row) {
                    if columns.contains(j) {
                        let at = place(in_row, j - first).expect("elements made the pattern");
                        values[at] += value;
                    }
                }
            }
        },
    );
}
