//! Fluxes in first-order tetrahedra, eight of them side by side.

use crate::geometry::dot;
use crate::lanes::{LANES, Lanes};
use crate::sum::{Parts, Rows, add_in_order};
use crate::tetrahedra::{cofactors, corners};
use algebra::{Wide, with_wide_registers};

/// Adds to the `sums` of the nodes of each cell its measure, and that times the flux t grad of `values`, which is the
/// same everywhere in it.
///
/// With c_i = det J grad N_i the measure times the gradient is a sixth of the sum of c_i values_i: det J is not divided
/// by.
pub(crate) fn add_fluxes(
    points: &[[f64; 3]],
    cells: &[[u32; 4]],
    t: [[f64; 3]; 3],
    values: &[f64],
    sums: &mut [[f64; 4]],
) {
    let t = t.map(|row| row.map(|t| t / 6.0));
    add_in_order(
        Parts { elements: cells.len(), rows: 4, numbers: 4 },
        Rows {
            count: sums.len() as u32,
            start: |node| 4 * node as usize,
            values: sums.as_flattened_mut(),
        },
        |range, targets, parts| {
            let cells = &cells[range];
            targets.copy_from_slice(cells.as_flattened());
            let parts = parts.as_chunks_mut().0;
            with_wide_registers(Fluxes { points, cells, t, values, parts });
        },
        |range, sums, nodes, part| {
            let (sums, part) = (sums.as_chunks_mut::<4>().0, part.as_chunks::<4>().0[0]);
            for &node in nodes {
                // Others are beyond all of these.
                if let Some(sum) = sums.get_mut(node.wrapping_sub(range.start) as usize) {
                    sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
                }
            }
        },
    );
}

/// What some cells add to each of their nodes.
struct Fluxes<'a> {
    points: &'a [[f64; 3]],
    cells: &'a [[u32; 4]],
    /// t / 6.
    t: [[f64; 3]; 3],
    values: &'a [f64],
    parts: &'a mut [[f64; 4]],
}

impl Wide for Fluxes<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Fluxes { points, cells, t, values, parts } = self;
        for (cells, parts) in cells.chunks(LANES).zip(parts.chunks_mut(LANES)) {
            // Filled up with the last.
            let mut nodes = [[0; LANES]; 4];
            for lane in 0..LANES {
                let cell = cells[lane.min(cells.len() - 1)];
                nodes.iter_mut().zip(cell).for_each(|(nodes, node)| nodes[lane] = node);
            }
            let (c, det) = cofactors(corners(&nodes, points));
            let mut rises = [Lanes::default(); 3];
            for lane in 0..LANES {
                let first = values[nodes[0][lane] as usize];
                for (rise, nodes) in rises.iter_mut().zip(&nodes[1..]) {
                    rise.0[lane] = values[nodes[lane] as usize] - first;
                }
            }
            let gradient =
                [0, 1, 2].map(|k| c[0][k] * rises[0] + c[1][k] * rises[1] + c[2][k] * rises[2]);
            let [x, y, z] = t.map(|t| dot(gradient, t.map(Lanes::from)));
            let measure = det / 6.0;
            for (lane, part) in parts.iter_mut().enumerate() {
                *part = [measure.0[lane], x.0[lane], y.0[lane], z.0[lane]];
            }
        }
    }
}
