//! Conduction in first-order tetrahedra, eight of them side by side.

use crate::Real;
use crate::affine::constant_tensor;
use crate::assembly::Body;
use crate::elements::Group;
use crate::geometry::{cross, dot};
use crate::lanes::{LANES, Lanes};
use algebra::{Wide, with_wide_registers};
use mesh::CellKind;

/// A tetrahedron in a matrix.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
pub(crate) struct Tetrahedron {
    /// Those of its corners, rising.
    pub(crate) unknowns: [u32; 4],
    /// Between the first corner and the others, the second and those after it, the third and the last.
    pub(crate) entries: [f64; 6],
}

/// Tetrahedra whose matrix is
///
///   K_ij = integral of grad N_i . t grad N_j
///
/// with a symmetric t that is the same everywhere. Its rows add up to zero, so that the six entries of the edges are
/// all there is to it.
pub(crate) struct Tetrahedra<'a> {
    /// Number of the first.
    first: u32,
    nodes: &'a [[u32; 4]],
    /// The unknown of each node.
    dofs: &'a [u32],
    points: &'a [[f64; 3]],
    /// t / 6: the volume of the reference cell is a sixth.
    t: [[f64; 3]; 3],
}

impl<'a> Tetrahedra<'a> {
    /// The elements of a group, numbered from `first` on; `None` where its term or they are of another kind.
    pub(crate) fn new(body: Body<'a>, group: Group<'a>, first: u32) -> Option<Self> {
        let kind = group.batch.kind();
        if kind != CellKind::Tetrahedron4 || !group.is_added {
            return None;
        }
        let t = constant_tensor(group.term, kind, body.mesh.dimension, body.hypothesis)?;
        let is_symmetric = (0..3).all(|i| (0..i).all(|j| t[i][j] == t[j][i]));
        is_symmetric.then(|| Tetrahedra {
            first,
            nodes: group.batch.all_nodes().as_chunks().0,
            dofs: body.space.field_dofs(group.slots()[0].field),
            points: &body.mesh.points,
            t: t.map(|row| row.map(|t| t / 6.0)),
        })
    }

    /// These elements in turn, each with its unknowns rising.
    pub(crate) fn add_to(&self, elements: &[u32], all: &mut Vec<Tetrahedron>) {
        with_wide_registers(Eights { tetrahedra: self, elements, all });
    }

    /// Up to eight elements, filled up with the last.
    #[inline(always)]
    fn eight(&self, elements: &[u32]) -> [Tetrahedron; LANES] {
        // Unknown and node, to be brought into the order of the unknowns.
        let mut ends = [[0_u64; LANES]; 4];
        for lane in 0..LANES {
            let element = elements[lane.min(elements.len() - 1)] - self.first;
            for (end, node) in ends.iter_mut().zip(self.nodes[element as usize]) {
                end[lane] = u64::from(self.dofs[node as usize]) << 32 | u64::from(node);
            }
        }
        // Each exchange turns the sign of det J.
        let mut is_turned = [0_u64; LANES];
        for [i, j] in [[0, 1], [2, 3], [0, 2], [1, 3], [1, 2]] {
            let (mut low, mut high) = (ends[i], ends[j]);
            for ((low, high), is_turned) in low.iter_mut().zip(&mut high).zip(&mut is_turned) {
                *is_turned ^= u64::from(*low > *high);
                (*low, *high) = ((*low).min(*high), (*low).max(*high));
            }
            (ends[i], ends[j]) = (low, high);
        }
        let nodes = ends.map(|end| end.map(|end| end as u32));
        let entries = self.entries(corners(&nodes, self.points), &is_turned);
        std::array::from_fn(|lane| Tetrahedron {
            unknowns: ends.map(|end| (end[lane] >> 32) as u32),
            entries: entries.map(|entry| entry.0[lane]),
        })
    }

    /// K_ij of the edges of tetrahedra with these corners, of which those with a 1 in `is_turned` have an odd number of
    /// exchanges behind them.
    ///
    /// With c_i = det J grad N_i, cross products of edges, it is c_i . t c_j / (6 det J), which an inverted cell makes
    /// negative, as everywhere else.
    #[inline(always)]
    fn entries(&self, x: [[Lanes; 3]; 4], is_turned: &[u64; LANES]) -> [Lanes; 6] {
        let ([c1, c2, c3], mut det) = cofactors(x);
        for (det, is_turned) in det.0.iter_mut().zip(is_turned) {
            *det = f64::from_bits(det.to_bits() ^ is_turned << 63);
        }
        let c0 = [0, 1, 2].map(|k| -(c1[k] + c2[k] + c3[k]));
        let factor = Lanes::from(1.0) / det;
        let times = |c: [Lanes; 3]| self.t.map(|t| dot(c, t.map(Lanes::from)) * factor);
        let (q1, q2, q3) = (times(c1), times(c2), times(c3));
        [dot(c0, q1), dot(c0, q2), dot(c0, q3), dot(c1, q2), dot(c1, q3), dot(c2, q3)]
    }
}

/// Elements, eight at a time.
struct Eights<'a, 'b> {
    tetrahedra: &'a Tetrahedra<'b>,
    elements: &'a [u32],
    all: &'a mut Vec<Tetrahedron>,
}

impl Wide for Eights<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.all.reserve(self.elements.len() + LANES);
        for elements in self.elements.chunks(LANES) {
            self.all.extend_from_slice(&self.tetrahedra.eight(elements)[..elements.len()]);
        }
    }
}

/// The points of eight nodes for each corner, component by component.
#[inline(always)]
pub(crate) fn corners(nodes: &[[u32; LANES]; 4], points: &[[f64; 3]]) -> [[Lanes; 3]; 4] {
    nodes.map(|nodes| {
        let points = nodes.map(|node| points[node as usize]);
        [0, 1, 2].map(|k| Lanes(points.map(|point| point[k])))
    })
}

/// Of tetrahedra with these corners the gradients of their reference coordinates times det J, and det J.
#[inline(always)]
pub(crate) fn cofactors<S: Real>(x: [[S; 3]; 4]) -> ([[S; 3]; 3], S) {
    let from_first = |x: [S; 3], o: [S; 3]| [x[0] - o[0], x[1] - o[1], x[2] - o[2]];
    let [e, f, g] = [1, 2, 3].map(|k| from_first(x[k], x[0]));
    let c = [cross(f, g), cross(g, e), cross(e, f)];
    (c, dot(e, c[0]))
}
