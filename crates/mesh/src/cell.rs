//! Kinds of cells and facets and their local numbering.

/// The shapes that a cell or a facet can have.
///
/// Nodes are numbered as in VTK's unstructured grids (corners first, then edges, faces, centre), so
/// that a mesh can be written without renumbering; readers permute what arrives in another order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum CellKind {
    Line2,
    Line3,
    Triangle3,
    Triangle6,
    Quadrilateral4,
    Quadrilateral8,
    Quadrilateral9,
    Tetrahedron4,
    Tetrahedron10,
    Hexahedron8,
    Hexahedron20,
    Hexahedron27,
    Prism6,
    Prism15,
    Prism18,
}

use CellKind::*;

impl CellKind {
    /// Every kind, in the order of declaration.
    pub const ALL: [CellKind; 15] = [
        Line2,
        Line3,
        Triangle3,
        Triangle6,
        Quadrilateral4,
        Quadrilateral8,
        Quadrilateral9,
        Tetrahedron4,
        Tetrahedron10,
        Hexahedron8,
        Hexahedron20,
        Hexahedron27,
        Prism6,
        Prism15,
        Prism18,
    ];

    /// Number of nodes.
    pub const fn node_count(self) -> usize {
        match self {
            Line2 => 2,
            Line3 | Triangle3 => 3,
            Quadrilateral4 | Tetrahedron4 => 4,
            Triangle6 | Prism6 => 6,
            Quadrilateral8 | Hexahedron8 => 8,
            Quadrilateral9 => 9,
            Tetrahedron10 => 10,
            Prism15 => 15,
            Prism18 => 18,
            Hexahedron20 => 20,
            Hexahedron27 => 27,
        }
    }

    /// Number of corners; the corners are the first nodes.
    pub const fn corner_count(self) -> usize {
        self.linear().node_count()
    }

    /// Dimension of the shape itself: 1, 2 or 3.
    pub const fn dimension(self) -> usize {
        match self {
            Line2 | Line3 => 1,
            Triangle3 | Triangle6 | Quadrilateral4 | Quadrilateral8 | Quadrilateral9 => 2,
            _ => 3,
        }
    }

    /// Polynomial order, 1 or 2.
    pub const fn order(self) -> usize {
        match self {
            Line2 | Triangle3 | Quadrilateral4 | Tetrahedron4 | Hexahedron8 | Prism6 => 1,
            _ => 2,
        }
    }

    /// The kind of the same shape with corners only.
    pub const fn linear(self) -> CellKind {
        match self {
            Line2 | Line3 => Line2,
            Triangle3 | Triangle6 => Triangle3,
            Quadrilateral4 | Quadrilateral8 | Quadrilateral9 => Quadrilateral4,
            Tetrahedron4 | Tetrahedron10 => Tetrahedron4,
            Hexahedron8 | Hexahedron20 | Hexahedron27 => Hexahedron8,
            Prism6 | Prism15 | Prism18 => Prism6,
        }
    }

    /// The cell type of VTK (`vtkCellType.h`).
    pub const fn vtk_type(self) -> u8 {
        match self {
            Line2 => 3,
            Line3 => 21,
            Triangle3 => 5,
            Triangle6 => 22,
            Quadrilateral4 => 9,
            Quadrilateral8 => 23,
            Quadrilateral9 => 28,
            Tetrahedron4 => 10,
            Tetrahedron10 => 24,
            Hexahedron8 => 12,
            Hexahedron20 => 25,
            Hexahedron27 => 29,
            Prism6 => 13,
            Prism15 => 26,
            Prism18 => 32,
        }
    }

    /// Name in messages and summaries.
    pub const fn name(self) -> &'static str {
        match self {
            Line2 => "line (2 nodes)",
            Line3 => "line (3 nodes)",
            Triangle3 => "triangle (3 nodes)",
            Triangle6 => "triangle (6 nodes)",
            Quadrilateral4 => "quadrilateral (4 nodes)",
            Quadrilateral8 => "quadrilateral (8 nodes)",
            Quadrilateral9 => "quadrilateral (9 nodes)",
            Tetrahedron4 => "tetrahedron (4 nodes)",
            Tetrahedron10 => "tetrahedron (10 nodes)",
            Hexahedron8 => "hexahedron (8 nodes)",
            Hexahedron20 => "hexahedron (20 nodes)",
            Hexahedron27 => "hexahedron (27 nodes)",
            Prism6 => "prism (6 nodes)",
            Prism15 => "prism (15 nodes)",
            Prism18 => "prism (18 nodes)",
        }
    }

    /// The facets of a cell: kind of the facet and the cell's local nodes on it.
    ///
    /// Facets are numbered so that their normal (right-hand rule in 3-D; to the right of the
    /// direction of travel in 2-D) points out of a cell with positive Jacobian.
    pub const fn facets(self) -> &'static [(CellKind, &'static [u8])] {
        match self {
            Line2 | Line3 => &[],
            Triangle3 => &[(Line2, &[0, 1]), (Line2, &[1, 2]), (Line2, &[2, 0])],
            Triangle6 => &[(Line3, &[0, 1, 3]), (Line3, &[1, 2, 4]), (Line3, &[2, 0, 5])],
            Quadrilateral4 => {
                &[(Line2, &[0, 1]), (Line2, &[1, 2]), (Line2, &[2, 3]), (Line2, &[3, 0])]
            }
            Quadrilateral8 | Quadrilateral9 => &[
                (Line3, &[0, 1, 4]),
                (Line3, &[1, 2, 5]),
                (Line3, &[2, 3, 6]),
                (Line3, &[3, 0, 7]),
            ],
            Tetrahedron4 => &[
                (Triangle3, &[0, 2, 1]),
                (Triangle3, &[0, 1, 3]),
                (Triangle3, &[1, 2, 3]),
                (Triangle3, &[0, 3, 2]),
            ],
            Tetrahedron10 => &[
                (Triangle6, &[0, 2, 1, 6, 5, 4]),
                (Triangle6, &[0, 1, 3, 4, 8, 7]),
                (Triangle6, &[1, 2, 3, 5, 9, 8]),
                (Triangle6, &[0, 3, 2, 7, 9, 6]),
            ],
            Hexahedron8 => &[
                (Quadrilateral4, &[0, 4, 7, 3]),
                (Quadrilateral4, &[1, 2, 6, 5]),
                (Quadrilateral4, &[0, 1, 5, 4]),
                (Quadrilateral4, &[3, 7, 6, 2]),
                (Quadrilateral4, &[0, 3, 2, 1]),
                (Quadrilateral4, &[4, 5, 6, 7]),
            ],
            Hexahedron20 => &[
                (Quadrilateral8, &[0, 4, 7, 3, 16, 15, 19, 11]),
                (Quadrilateral8, &[1, 2, 6, 5, 9, 18, 13, 17]),
                (Quadrilateral8, &[0, 1, 5, 4, 8, 17, 12, 16]),
                (Quadrilateral8, &[3, 7, 6, 2, 19, 14, 18, 10]),
                (Quadrilateral8, &[0, 3, 2, 1, 11, 10, 9, 8]),
                (Quadrilateral8, &[4, 5, 6, 7, 12, 13, 14, 15]),
            ],
            Hexahedron27 => &[
                (Quadrilateral9, &[0, 4, 7, 3, 16, 15, 19, 11, 20]),
                (Quadrilateral9, &[1, 2, 6, 5, 9, 18, 13, 17, 21]),
                (Quadrilateral9, &[0, 1, 5, 4, 8, 17, 12, 16, 22]),
                (Quadrilateral9, &[3, 7, 6, 2, 19, 14, 18, 10, 23]),
                (Quadrilateral9, &[0, 3, 2, 1, 11, 10, 9, 8, 24]),
                (Quadrilateral9, &[4, 5, 6, 7, 12, 13, 14, 15, 25]),
            ],
            Prism6 => &[
                (Triangle3, &[0, 2, 1]),
                (Triangle3, &[3, 4, 5]),
                (Quadrilateral4, &[0, 1, 4, 3]),
                (Quadrilateral4, &[1, 2, 5, 4]),
                (Quadrilateral4, &[2, 0, 3, 5]),
            ],
            Prism15 => &[
                (Triangle6, &[0, 2, 1, 8, 7, 6]),
                (Triangle6, &[3, 4, 5, 9, 10, 11]),
                (Quadrilateral8, &[0, 1, 4, 3, 6, 13, 9, 12]),
                (Quadrilateral8, &[1, 2, 5, 4, 7, 14, 10, 13]),
                (Quadrilateral8, &[2, 0, 3, 5, 8, 12, 11, 14]),
            ],
            Prism18 => &[
                (Triangle6, &[0, 2, 1, 8, 7, 6]),
                (Triangle6, &[3, 4, 5, 9, 10, 11]),
                (Quadrilateral9, &[0, 1, 4, 3, 6, 13, 9, 12, 15]),
                (Quadrilateral9, &[1, 2, 5, 4, 7, 14, 10, 13, 16]),
                (Quadrilateral9, &[2, 0, 3, 5, 8, 12, 11, 14, 17]),
            ],
        }
    }
}
