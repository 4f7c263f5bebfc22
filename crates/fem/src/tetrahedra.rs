//! Conduction in first-order tetrahedra, eight of them side by side.

use crate::Real;
use crate::affine::constant_tensor;
use crate::assembly::Body;
use crate::elements::Group;
use crate::geometry::{cross, dot};
use crate::lanes::{LANES, Lanes};
use crate::runs::runs_of_blocks;
use algebra::{Wide, with_wide_registers};
use mesh::CellKind;
use std::ops::Range;

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
    nodes: &'a [[u32; 4]],
    /// The unknown of each node.
    dofs: &'a [u32],
    points: &'a [[f64; 3]],
    /// t / 6: the volume of the reference cell is a sixth.
    t: [[f64; 3]; 3],
}

impl<'a> Tetrahedra<'a> {
    /// The elements of a group; `None` where its term or they are of another kind.
    pub(crate) fn new(body: Body<'a>, group: Group<'a>) -> Option<Self> {
        let kind = group.batch.kind();
        if kind != CellKind::Tetrahedron4 || !group.is_added {
            return None;
        }
        let t = constant_tensor(group.term, kind, body.mesh.dimension, body.hypothesis)?;
        let is_symmetric = (0..3).all(|i| (0..i).all(|j| t[i][j] == t[j][i]));
        is_symmetric.then(|| Tetrahedra {
            nodes: group.batch.all_nodes().as_chunks().0,
            dofs: body.space.field_dofs(group.slots()[0].field),
            points: &body.mesh.points,
            t: t.map(|row| row.map(|t| t / 6.0)),
        })
    }

    /// For each of `count` blocks of `1 << shift` rows the elements that have entries right of the diagonal there, as
    /// rising ranges.
    pub(crate) fn of_blocks(&self, blocks: (usize, u32)) -> Vec<Vec<Range<u32>>> {
        runs_of_blocks(self.nodes, self.dofs, blocks)
    }

    /// These elements in turn, each with its unknowns rising.
    pub(crate) fn add_to(&self, elements: &[u32], all: &mut Vec<Tetrahedron>) {
        with_wide_registers(Strips { tetrahedra: self, elements, all });
    }

    /// K_ij of the edges of tetrahedra with these corners, of which those with a 1 in `is_turned` have an odd number of
    /// exchanges behind them.
    ///
    /// With c_i = det J grad N_i, cross products of edges, it is c_i . t c_j / (6 det J), which an inverted cell makes
    /// negative, as everywhere else.
    #[inline(always)]
    fn entries(&self, x: [[Lanes; 3]; 4], is_turned: &[u64]) -> [Lanes; 6] {
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

/// Elements that are brought into registers by way of memory, so many at a time that what is written number by number
/// has arrived there before it is read eight at a time.
const STRIP: usize = 64;

/// Elements to be computed, of which as many as a [`Strip`] has are at hand.
struct Strips<'a, 'b> {
    tetrahedra: &'a Tetrahedra<'b>,
    elements: &'a [u32],
    all: &'a mut Vec<Tetrahedron>,
}

impl Wide for Strips<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let mut strip = Strip::default();
        self.all.reserve(self.elements.len());
        for elements in self.elements.chunks(STRIP) {
            strip.sort(self.tetrahedra, elements);
            strip.compute(self.tetrahedra, elements.len());
            self.all.extend((0..elements.len()).map(|k| strip.element(k)));
        }
    }
}

/// Elements side by side. Places behind the last hold what was there before.
struct Strip {
    /// Unknown and node of each corner, in the order of the unknowns.
    ends: [[u64; STRIP]; 4],
    /// 1 where an odd number of exchanges made that order: each turns the sign of det J.
    is_turned: [u64; STRIP],
    x: [[[f64; STRIP]; 3]; 4],
    entries: [[f64; STRIP]; 6],
}

impl Default for Strip {
    fn default() -> Strip {
        Strip {
            ends: [[0; STRIP]; 4],
            is_turned: [0; STRIP],
            x: [[[0.0; STRIP]; 3]; 4],
            entries: [[0.0; STRIP]; 6],
        }
    }
}

impl Strip {
    /// Brings the corners of elements into the order of their unknowns.
    #[inline(always)]
    fn sort(&mut self, tetrahedra: &Tetrahedra<'_>, elements: &[u32]) {
        let Strip { ends, is_turned, .. } = self;
        for (k, &element) in elements.iter().enumerate() {
            for (end, node) in ends.iter_mut().zip(tetrahedra.nodes[element as usize]) {
                end[k] = u64::from(tetrahedra.dofs[node as usize]) << 32 | u64::from(node);
            }
        }
        *is_turned = [0; STRIP];
        for [i, j] in [[0, 1], [2, 3], [0, 2], [1, 3], [1, 2]] {
            let (low, high) = ends.split_at_mut(j);
            for ((low, high), is_turned) in low[i].iter_mut().zip(&mut high[0]).zip(&mut *is_turned)
            {
                *is_turned ^= u64::from(*low > *high);
                (*low, *high) = ((*low).min(*high), (*low).max(*high));
            }
        }
    }

    /// The entries of the first `count` elements.
    #[inline(always)]
    fn compute(&mut self, tetrahedra: &Tetrahedra<'_>, count: usize) {
        let Strip { ends, is_turned, x, entries } = self;
        for (x, ends) in x.iter_mut().zip(ends) {
            for (k, end) in ends[..count].iter().enumerate() {
                let point = tetrahedra.points[*end as u32 as usize];
                x.iter_mut().zip(point).for_each(|(x, point)| x[k] = point);
            }
        }
        for first in (0..count).step_by(LANES) {
            let lanes = |numbers: &[f64; STRIP]| {
                let mut lanes = Lanes::default();
                lanes.0.copy_from_slice(&numbers[first..first + LANES]);
                lanes
            };
            let x = [0, 1, 2, 3].map(|corner| [0, 1, 2].map(|k| lanes(&x[corner][k])));
            let found = tetrahedra.entries(x, &is_turned[first..first + LANES]);
            for (entries, found) in entries.iter_mut().zip(found) {
                entries[first..first + LANES].copy_from_slice(&found.0);
            }
        }
    }

    fn element(&self, k: usize) -> Tetrahedron {
        Tetrahedron {
            unknowns: [0, 1, 2, 3].map(|corner| (self.ends[corner][k] >> 32) as u32),
            entries: [0, 1, 2, 3, 4, 5].map(|edge| self.entries[edge][k]),
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
