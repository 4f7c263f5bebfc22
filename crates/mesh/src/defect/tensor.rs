//! Sections of straight lines: the electrolyte over a disc or a cylindrical hole, and the metal.

use super::grading::{Grading, join, knots, subdivide};
use super::section::Section;
use super::{Anode, Lattice};

/// Largest cell as a fraction of the stretch that it lies in.
pub(super) const CAP: f64 = 0.125;
/// Largest cell on the defect as a fraction of its radius.
const WALL_CAP: f64 = 0.2;

/// Knots on \[0, radius\], small at `radius`.
fn inner(radius: f64, grading: Grading) -> Vec<f64> {
    knots(0.0, radius, |r| grading.size(radius - r, WALL_CAP * radius))
}

/// The electrolyte over a disc (`depth` = 0) or over a hole of this depth.
pub(super) fn electrolyte(radius: f64, depth: f64, lattice: &Lattice) -> Section {
    let Lattice { width, thickness, grading, order, halvings, .. } = *lattice;
    let parts = order * halvings;
    let mut r = inner(radius, grading);
    let columns = r.len() - 1;
    join(&mut r, &knots(radius, width, |r| grading.size(r - radius, CAP * (width - radius))));
    let mut z = vec![0.0];
    if depth > 0.0 {
        join(&mut z, &knots(0.0, depth, |z| grading.size(z.min(depth - z), WALL_CAP * depth)));
    }
    let rows = z.len() - 1;
    let above = thickness - depth;
    join(&mut z, &knots(depth, thickness, |z| grading.size(z - depth, CAP * above)));
    let (r, z) = (subdivide(&r, parts), subdivide(&z, parts));
    Section::new(order, &r, &z, |r, z| [r, z]).without(columns * halvings, 0..rows * halvings)
}

/// The metal under the contact, whose nodes lie at the radii `contact` (ascending, the first at
/// the mouth of the defect), and under the mouth, where its nodes are those of the electrolyte's
/// face, `mouth`, if it has one there.
pub(super) fn metal(
    anode: Anode,
    mouth: Option<&[f64]>,
    contact: &[f64],
    lattice: &Lattice,
) -> Section {
    let Lattice { grading, order, halvings, .. } = *lattice;
    let parts = order * halvings;
    let radius = contact[0];
    let mut r = mouth.map_or_else(|| subdivide(&inner(radius, grading), parts), <[f64]>::to_vec);
    let columns = (r.len() - 1) / order;
    join(&mut r, contact);
    let Anode { thickness, gap } = anode;
    let below = thickness - gap;
    let mut z = knots(-thickness, -gap, |z| grading.size(-gap - z, CAP * below));
    let floor = z.len() - 1;
    if gap > 0.0 {
        join(&mut z, &knots(-gap, 0.0, |z| grading.size((-z).min(gap + z), WALL_CAP * gap)));
    }
    let rows = floor * halvings..(z.len() - 1) * halvings;
    let z = subdivide(&z, parts);
    Section::new(order, &r, &z, |r, z| [r, z]).without(columns, rows)
}
