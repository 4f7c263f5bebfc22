//! How one cell becomes several, in reference coordinates.

use crate::CellKind::{self, *};
use crate::reference;

/// The cells (or facets) that replace one of a kind.
pub(crate) struct Pattern {
    /// Kind of the new cells.
    pub kind: CellKind,
    /// Nodes of the new cells, in reference coordinates of the old one; no two agree.
    pub points: Vec<Point>,
    /// The new cells: indices into `points`. Several ways where there is a choice; see
    /// [`Pattern::choices`].
    pub children: Vec<Vec<Vec<u8>>>,
    /// For each way a pair of corners of the new cells, the length between which decides: the shortest
    /// is taken. Empty when there is one way.
    pub choices: Vec<[u8; 2]>,
}

/// One node of the new cells.
pub(crate) struct Point {
    /// The node of the old cell that it is, if any.
    pub old: Option<u8>,
    /// Otherwise shape functions of the old cell there.
    pub values: Vec<f64>,
    /// The corners of the old cell that it lies between and their weights, in 1/64: two neighbours
    /// that share the facet with these corners see the same numbers.
    pub weights: Vec<(u8, u8)>,
}

impl Pattern {
    /// The same cell, of second order; the new nodes lie where the corners' means put them.
    pub fn second_order(kind: CellKind) -> Pattern {
        let fine = match kind.linear() {
            Line2 => Line3,
            Triangle3 => Triangle6,
            Quadrilateral4 => Quadrilateral9,
            Tetrahedron4 => Tetrahedron10,
            Prism6 => Prism18,
            _ => Hexahedron27,
        };
        let all = (0..fine.node_count() as u8).collect();
        let points = reference::nodes(fine).iter().map(|&x| Point::new(kind, x)).collect();
        Pattern { kind: fine, points, children: vec![vec![all]], choices: Vec::new() }
    }

    /// 2^d cells of the same kind, d the dimension.
    ///
    /// A tetrahedron gives four at its corners and four of the octahedron between them, cut along the
    /// shortest of its three diagonals (J. Bey, *Computing* 55 (1995) 355, fixes one instead).
    pub fn halved(kind: CellKind) -> Pattern {
        let mut positions: Vec<[f64; 3]> = Vec::new();
        let mut children = Vec::new();
        let mut choices = Vec::new();
        for (diagonal, cells) in halves(kind) {
            let cells = cells.iter().map(|corners| child(kind, corners, &mut positions)).collect();
            children.push(cells);
            choices.extend(diagonal.map(|ends| ends.map(|x| place(x, &mut positions))));
        }
        let points = positions.iter().map(|&x| Point::new(kind, x)).collect();
        Pattern { kind, points, children, choices }
    }
}

impl Point {
    fn new(kind: CellKind, x: [f64; 3]) -> Point {
        let old = reference::nodes(kind).iter().position(|&y| y == x).map(|i| i as u8);
        let linear = reference::values(kind.linear(), x);
        // The positions are multiples of 1/4 of an edge, so the weights are of 1/64.
        let weights = (linear.iter().enumerate())
            .map(|(i, w)| (i as u8, (64.0 * w).round() as u8))
            .filter(|w| w.1 != 0);
        Point { old, values: reference::values(kind, x), weights: weights.collect() }
    }
}

/// Index of a position, added when it is new. Positions are exact binary fractions.
fn place(x: [f64; 3], positions: &mut Vec<[f64; 3]>) -> u8 {
    let index = positions.iter().position(|&y| y == x).unwrap_or_else(|| {
        positions.push(x);
        positions.len() - 1
    });
    index as u8
}

/// The nodes of a new cell of `kind` with these corners.
fn child(kind: CellKind, corners: &[[f64; 3]], positions: &mut Vec<[f64; 3]>) -> Vec<u8> {
    let node = |&x: &[f64; 3]| -> [f64; 3] {
        let weights = reference::values(kind.linear(), x);
        std::array::from_fn(|k| weights.iter().zip(corners).map(|(w, c)| w * c[k]).sum())
    };
    reference::nodes(kind).iter().map(|x| place(node(x), positions)).collect()
}

/// Ends of the deciding diagonal, and the corners of the new cells.
type Way = (Option<[[f64; 3]; 2]>, Vec<Vec<[f64; 3]>>);

fn halves(kind: CellKind) -> Vec<Way> {
    let corners = reference::nodes(kind.linear());
    let middle =
        |a: [f64; 3], b: [f64; 3]| -> [f64; 3] { std::array::from_fn(|k| 0.5 * (a[k] + b[k])) };
    match kind.linear() {
        Triangle3 => vec![(None, halved_triangle(corners))],
        Prism6 => {
            let triangles = halved_triangle(&reference::nodes(Triangle3)[..3]);
            let stack = |low: f64| {
                triangles.iter().map(move |t| {
                    let at = |z: f64| t.iter().map(move |&[x, y, _]| [x, y, z]);
                    at(low).chain(at(low + 1.0)).collect()
                })
            };
            vec![(None, stack(-1.0).chain(stack(0.0)).collect())]
        }
        Tetrahedron4 => halved_tetrahedron(corners),
        // Each child of a line, quadrilateral or hexahedron lies between a corner and the centre.
        _ => {
            let shrink = |&corner: &[f64; 3]| corners.iter().map(|&c| middle(corner, c)).collect();
            vec![(None, corners.iter().map(shrink).collect())]
        }
    }
}

fn halved_triangle(corners: &[[f64; 3]]) -> Vec<Vec<[f64; 3]>> {
    let [a, b, c] = [corners[0], corners[1], corners[2]];
    let middle =
        |a: [f64; 3], b: [f64; 3]| -> [f64; 3] { std::array::from_fn(|k| 0.5 * (a[k] + b[k])) };
    let (ab, bc, ca) = (middle(a, b), middle(b, c), middle(c, a));
    vec![vec![a, ab, ca], vec![ab, b, bc], vec![ca, bc, c], vec![ab, bc, ca]]
}

fn halved_tetrahedron(corners: &[[f64; 3]]) -> Vec<Way> {
    let middle = |i: usize, j: usize| -> [f64; 3] {
        std::array::from_fn(|k| 0.5 * (corners[i][k] + corners[j][k]))
    };
    let at_corners = (0..4).map(|i| (0..4).map(|j| middle(i, j)).collect::<Vec<_>>());
    // Around a diagonal the other four middles follow each other in a ring.
    let octahedron = |ends: [[f64; 3]; 2], ring: [[f64; 3]; 4]| {
        let inner = (0..4).map(|k| vec![ends[0], ring[k], ring[(k + 1) % 4], ends[1]]);
        let cells: Vec<_> = at_corners.clone().chain(inner.map(turn_positive)).collect();
        (Some(ends), cells)
    };
    let m = middle;
    vec![
        octahedron([m(0, 1), m(2, 3)], [m(0, 2), m(1, 2), m(1, 3), m(0, 3)]),
        octahedron([m(0, 2), m(1, 3)], [m(0, 1), m(1, 2), m(2, 3), m(0, 3)]),
        octahedron([m(0, 3), m(1, 2)], [m(0, 1), m(1, 3), m(2, 3), m(0, 2)]),
    ]
}

/// Exchanges two corners of a tetrahedron that is inverted.
fn turn_positive(mut c: Vec<[f64; 3]>) -> Vec<[f64; 3]> {
    let e = |i: usize, k: usize| c[i][k] - c[0][k];
    let minor = |a: usize, b: usize| e(2, a) * e(3, b) - e(2, b) * e(3, a);
    if e(1, 0) * minor(1, 2) + e(1, 1) * minor(2, 0) + e(1, 2) * minor(0, 1) < 0.0 {
        c.swap(1, 2);
    }
    c
}
