//! Gmsh's element types: which kind of cell they are, and in which order their nodes come.
//!
//! Source: *Gmsh reference manual*, "MSH file format" (type numbers) and "Node ordering".

use crate::CellKind::{self, *};

/// The kind of a Gmsh element type; `Err` with its name when there is none.
pub(super) fn kind(code: i32) -> Result<CellKind, &'static str> {
    Ok(match code {
        1 => Line2,
        2 => Triangle3,
        3 => Quadrilateral4,
        4 => Tetrahedron4,
        5 => Hexahedron8,
        6 => Prism6,
        8 => Line3,
        9 => Triangle6,
        10 => Quadrilateral9,
        11 => Tetrahedron10,
        12 => Hexahedron27,
        13 => Prism18,
        16 => Quadrilateral8,
        17 => Hexahedron20,
        18 => Prism15,
        7 | 14 | 19 => return Err("pyramid"),
        20..=28 | 36..=38 | 62..=70 => return Err("order 3 or more"),
        29..=33 | 71..=75 => return Err("tetrahedron of order 3 or more"),
        90..=103 => return Err("hexahedron, prism or pyramid of order 3 or more"),
        _ => return Err("unknown"),
    })
}

/// Gmsh's type of a single point, which is read over.
pub(super) const POINT: i32 = 15;

/// For each of our nodes (VTK's order) its place in Gmsh's order; `None` where they agree.
pub(super) fn order(kind: CellKind) -> Option<&'static [u8]> {
    match kind {
        Tetrahedron10 => Some(&[0, 1, 2, 3, 4, 5, 6, 7, 9, 8]),
        Hexahedron20 => {
            Some(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 13, 9, 16, 18, 19, 17, 10, 12, 14, 15])
        }
        Hexahedron27 => Some(&[
            0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 13, 9, 16, 18, 19, 17, 10, 12, 14, 15, 22, 23, 21, 24,
            20, 25, 26,
        ]),
        Prism15 => Some(&[0, 1, 2, 3, 4, 5, 6, 9, 7, 12, 14, 13, 8, 10, 11]),
        Prism18 => Some(&[0, 1, 2, 3, 4, 5, 6, 9, 7, 12, 14, 13, 8, 10, 11, 15, 17, 16]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference;

    /// For each non-corner node of Gmsh's element the corners that it lies in the middle of, in
    /// Gmsh's order, from the pictures of the manual's "Node ordering".
    fn middles(code: i32) -> Vec<Vec<usize>> {
        let text = match code {
            1..=6 => "",
            8 => "01",
            9 => "01 12 20",
            16 => "01 12 23 30",
            10 => "01 12 23 30 0123",
            11 => "01 12 20 30 32 31",
            17 => "01 03 04 12 15 23 26 37 45 47 56 67",
            12 => {
                "01 03 04 12 15 23 26 37 45 47 56 67 0123 0145 0347 1256 2367 4567 \
                 01234567"
            }
            18 => "01 02 03 12 14 25 34 35 45",
            13 => "01 02 03 12 14 25 34 35 45 0134 0235 1245",
            _ => unreachable!(),
        };
        let digit = |c: char| c as usize - '0' as usize;
        text.split_whitespace().map(|word| word.chars().map(digit).collect()).collect()
    }

    #[test]
    fn every_kind_is_permuted_into_vtk_order() {
        let codes = [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 16, 17, 18];
        for code in codes {
            let kind = kind(code).unwrap();
            let ours = reference::nodes(kind);
            let corners = kind.corner_count();
            let mut gmsh: Vec<[f64; 3]> = ours[..corners].to_vec();
            for ends in middles(code) {
                gmsh.push(std::array::from_fn(|k| {
                    ends.iter().map(|&e| ours[e][k]).sum::<f64>() / ends.len() as f64
                }));
            }
            assert_eq!(gmsh.len(), kind.node_count(), "{kind:?}");
            for (i, &x) in ours.iter().enumerate() {
                let from = order(kind).map_or(i, |o| o[i] as usize);
                assert_eq!(gmsh[from], x, "{kind:?} node {i}");
            }
        }
        let mut kinds: Vec<_> = codes.iter().map(|&c| kind(c).unwrap()).collect();
        kinds.sort();
        assert_eq!(kinds, CellKind::ALL);
    }
}
