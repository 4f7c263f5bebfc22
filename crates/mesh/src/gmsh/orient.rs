//! Cells that are numbered the other way round.

use super::assemble::index;
use super::raw::{Raw, Run};
use crate::quality::{self, DEGENERATE, Probes};
use crate::{CellKind, Mesh, MeshError, reference};
use rayon::prelude::*;

/// Renumbers the cells of every geometric entity that is wholly inverted; refuses single inverted,
/// folded or degenerate cells.
pub(super) fn orient(
    raw: &mut Raw,
    cells: &[Run],
    groups: &[i32],
    mesh: &Mesh,
) -> Result<(), MeshError> {
    let mut runs: Vec<Run> = cells.to_vec();
    runs.sort_by_key(|run| (run.group, run.entity, run.kind, run.start));
    let same = |a: &Run, b: &Run| (a.group, a.entity, a.kind) == (b.group, b.entity, b.kind);
    for runs in runs.chunk_by(same) {
        let kind = runs[0].kind;
        let probes = Probes::new(kind);
        let census: Vec<Census> = runs.iter().map(|run| count(raw, run, &probes, mesh)).collect();
        let total = runs.iter().map(|run| run.count).sum();
        let reversed = census.iter().map(|c| c.reversed).sum::<usize>();
        if reversed == total {
            let mirror = mirror(kind);
            for run in runs {
                let n = kind.node_count();
                for nodes in raw.nodes[run.start..][..run.count * n].chunks_exact_mut(n) {
                    let before = nodes.to_vec();
                    for (slot, &from) in nodes.iter_mut().zip(&mirror) {
                        *slot = before[from];
                    }
                }
            }
            continue;
        }
        let bad = runs.iter().zip(&census).find_map(|(run, c)| Some((run, c.first?)));
        if let Some((run, (i, quality))) = bad {
            let n = kind.node_count();
            return Err(MeshError::Inverted {
                element: run.first + i as u64,
                region: mesh.regions[index(groups, run.group)].clone(),
                at: quality::position(kind, &run.nodes(raw)[i * n..][..n], &raw.points),
                quality,
                inverted: census.iter().map(|c| c.bad).sum(),
                total,
            });
        }
    }
    Ok(())
}

/// What is wrong with the cells of a run.
#[derive(Default)]
struct Census {
    /// Cells with a negative Jacobian everywhere.
    reversed: usize,
    /// Cells whose Jacobian is not positive everywhere.
    bad: usize,
    /// The first of these, with its quality.
    first: Option<(usize, f64)>,
}

fn count(raw: &Raw, run: &Run, probes: &Probes, mesh: &Mesh) -> Census {
    let n = run.kind.node_count();
    let one = |(i, nodes): (usize, &[u32])| {
        if probes.is_surely_sound(nodes, &raw.points) {
            return Census::default();
        }
        let [low, high] = probes.range(nodes, &raw.points, mesh.axes);
        let bad = low <= DEGENERATE;
        Census {
            reversed: usize::from(high < -DEGENERATE),
            bad: usize::from(bad),
            first: bad.then_some((i, low)),
        }
    };
    let join = |a: Census, b: Census| Census {
        reversed: a.reversed + b.reversed,
        bad: a.bad + b.bad,
        first: match (a.first, b.first) {
            (Some(a), Some(b)) => Some(if a.0 < b.0 { a } else { b }),
            (a, b) => a.or(b),
        },
    };
    let nodes = run.nodes(raw).par_chunks_exact(n).enumerate();
    nodes.with_min_len(1024).map(one).reduce(Census::default, join)
}

/// For each node of a mirrored cell its place in the original: a reflection of the reference shape.
fn mirror(kind: CellKind) -> Vec<usize> {
    let nodes = reference::nodes(kind);
    let reflect = |[x, y, z]: [f64; 3]| match kind.linear() {
        CellKind::Quadrilateral4 | CellKind::Hexahedron8 => [-x, y, z],
        _ => [y, x, z],
    };
    // The reference coordinates are few exact binary fractions, so equality is meant (-0 = 0).
    let place = |x: [f64; 3]| nodes.iter().position(|&y| y == x).unwrap_or(0);
    nodes.iter().map(|&x| place(reflect(x))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirrored_cell_is_the_same_cell_with_the_opposite_sign() {
        for kind in CellKind::ALL.into_iter().filter(|k| k.dimension() > 1) {
            let points = reference::nodes(kind);
            let probes = Probes::new(kind);
            let there: Vec<u32> = mirror(kind).iter().map(|&i| i as u32).collect();
            let mut sorted = there.clone();
            sorted.sort_unstable();
            let identity: Vec<u32> = (0..kind.node_count() as u32).collect();
            assert_eq!(sorted, identity, "{kind:?}");
            let [low, high] = probes.range(&identity, points, [0, 1]);
            let [mirrored_low, mirrored_high] = probes.range(&there, points, [0, 1]);
            assert!(low > 0.0, "{kind:?}: {low}");
            assert!((low + mirrored_high).abs() < 1e-14, "{kind:?}: {low} {mirrored_high}");
            assert!((high + mirrored_low).abs() < 1e-14, "{kind:?}: {high} {mirrored_low}");
        }
    }
}
