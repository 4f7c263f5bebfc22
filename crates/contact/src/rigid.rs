//! Rigid motions: what a multigrid solver has to be told of elasticity.

use crate::DISPLACEMENT;
use algebra::{AmgProblem, Follows};
use fem::{Hypothesis, NodePlaces, Space, interpolation_from_corners};
use mesh::{CellKind, Mesh};

/// Which couplings count in cells that may be stretched: the projected divergence couples their corners
/// across the strong direction with up to half of what is strong. At 0.3 first-order hexahedra of 1 x 100 x 1
/// took 370 iterations, at 0.5 they take 82.
const STRENGTH: f64 = 0.5;
/// The same in triangles and tetrahedra, which are seldom stretched. At 0.3 tetrahedra graded towards a pore
/// took 42 iterations.
const STRENGTH_SIMPLICES: f64 = 0.1;

/// The rows of the equations of elasticity as components of nodes, with the rigid motions as near-null
/// vectors: three in the plane, six in space, the translation alone in axial symmetry.
///
/// A platen counts as a node of its own that moves along the axis of what is tied to it.
///
/// `with_corners` tells multigrid to go from second to first order first.
pub fn amg_problem(
    mesh: &Mesh,
    hypothesis: Hypothesis,
    space: &Space,
    with_corners: bool,
) -> AmgProblem {
    amg_problem_of_size(mesh, hypothesis, space, (extent(mesh), with_corners))
}

/// The largest coordinate of a mesh \[m\], by which [`amg_problem`] scales rotations.
pub fn extent(mesh: &Mesh) -> f64 {
    mesh.points.iter().flatten().fold(0.0f64, |m, x| m.max(x.abs()))
}

/// The same on a part of a mesh, with rotations scaled by the [`extent`] of the whole: on several ranks they
/// are one motion.
pub fn amg_problem_of_size(
    mesh: &Mesh,
    hypothesis: Hypothesis,
    space: &Space,
    (size, with_corners): (f64, bool),
) -> AmgProblem {
    let axes = &space.fields()[DISPLACEMENT].axes;
    let by_nodes = NodePlaces::new(space, DISPLACEMENT);
    let sums = by_nodes.tied().map(|[place, whole]| (place, vec![(whole, 1.0)])).collect();
    let follows = Follows { sums, ..Follows::default() };
    let NodePlaces { block, nodes, places, .. } = by_nodes;
    let at = |place: u32| mesh.points.get(place as usize / block).copied().unwrap_or_default();
    let mut near_null = Vec::new();
    let mut add = |motion: &dyn Fn(usize, [f64; 3]) -> f64| {
        near_null.push(places.iter().map(|&p| motion(axes[p as usize % block], at(p))).collect());
    };
    for &axis in axes {
        add(&|along, _| f64::from(u8::from(along == axis)));
    }
    if hypothesis != Hypothesis::Axisymmetric {
        let planes: &[[usize; 2]] =
            if block == 3 { &[[0, 1], [1, 2], [2, 0]] } else { &[[axes[0], axes[1]]] };
        for &[a, b] in planes {
            add(&|along, x| match along {
                _ if along == a => -x[b] / size,
                _ if along == b => x[a] / size,
                _ => 0.0,
            });
        }
    }
    let first_prolongation = match with_corners {
        true => {
            let count = places.iter().map(|&place| place as usize / block + 1).max().unwrap_or(0);
            let row_of = |node: u32| Some(node).filter(|&node| (node as usize) < count);
            let platens: Vec<u32> = (nodes..count).map(|node| node as u32).collect();
            interpolation_from_corners(mesh, count, row_of, &platens)
        }
        false => None,
    };
    let is_simplex =
        |kind: CellKind| matches!(kind.linear(), CellKind::Triangle3 | CellKind::Tetrahedron4);
    let simplices = mesh.blocks.iter().all(|b| is_simplex(b.kind));
    let strength = Some(if simplices { STRENGTH_SIMPLICES } else { STRENGTH });
    AmgProblem {
        block,
        places: Some(places),
        near_null,
        first_prolongation,
        strength,
        follows,
        ..AmgProblem::default()
    }
}
