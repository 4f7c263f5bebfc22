//! Second-order simplices with straight sides, most of every mesh: their map is that of the corners.

use crate::CellKind;

/// The ends of the edges of a tetrahedron in the order of its middle nodes; those of a triangle come
/// first.
const EDGES: [[usize; 2]; 6] = [[0, 1], [1, 2], [2, 0], [0, 3], [1, 3], [2, 3]];

/// True for a second-order triangle or tetrahedron all of whose middle nodes are in the middle, to
/// 1e-12 of the edge. Only worth asking because it saves time.
pub fn is_straight(kind: CellKind, nodes: &[u32], points: &[[f64; 3]]) -> bool {
    let corners = match kind {
        CellKind::Triangle6 => 3,
        CellKind::Tetrahedron10 => 4,
        _ => return false,
    };
    let at = |i: usize| points[nodes[i] as usize];
    EDGES.iter().zip(corners..kind.node_count()).all(|(&[a, b], m)| {
        let (a, b, m) = (at(a), at(b), at(m));
        let square = |f: fn(f64, f64, f64) -> f64| -> f64 {
            (0..3).map(|k| f(a[k], b[k], m[k]).powi(2)).sum()
        };
        square(|a, b, m| m - 0.5 * (a + b)) <= 1e-24 * square(|a, b, _| b - a)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference;

    #[test]
    fn each_middle_node_counts() {
        for kind in [CellKind::Triangle6, CellKind::Tetrahedron10] {
            let nodes: Vec<u32> = (0..kind.node_count() as u32).collect();
            let points = reference::nodes(kind).to_vec();
            assert!(is_straight(kind, &nodes, &points));
            for node in kind.corner_count()..kind.node_count() {
                let mut moved = points.clone();
                moved[node][1] += 1e-9;
                assert!(!is_straight(kind, &nodes, &moved), "{kind:?} {node}");
            }
        }
    }
}
