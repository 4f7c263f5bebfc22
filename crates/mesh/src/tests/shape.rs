use super::*;
use crate::{Block, CellKind, reference};

/// One cell with these nodes.
fn cell(kind: CellKind, points: &[[f64; 3]]) -> Mesh {
    Mesh {
        dimension: kind.dimension(),
        axes: [0, 1],
        points: points.to_vec(),
        regions: vec!["all".into()],
        blocks: vec![Block { kind, region: 0, nodes: (0..points.len() as u32).collect() }],
        ..Mesh::default()
    }
}

#[test]
fn ideal_cells_have_quality_one() {
    let h = 0.75f64.sqrt();
    let triangle = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.5, h, 0.0]];
    let top = [0.5, h / 3.0, (2f64 / 3.0).sqrt()];
    let up = |[x, y, _]: [f64; 3]| [x, y, 1.0];
    let cases = [
        (CellKind::Triangle3, triangle.to_vec()),
        (CellKind::Tetrahedron4, [&triangle[..], &[top]].concat()),
        (CellKind::Prism6, [triangle, triangle.map(up)].concat()),
        (CellKind::Quadrilateral4, reference::nodes(CellKind::Quadrilateral4).to_vec()),
        (CellKind::Hexahedron8, reference::nodes(CellKind::Hexahedron8).to_vec()),
    ];
    for (kind, points) in cases {
        for order in [1, 2] {
            let mesh = cell(kind, &points).with_order(order).unwrap();
            assert!((quality::minimum(&mesh) - 1.0).abs() < 1e-14, "{kind:?} {order}");
        }
    }
}

#[test]
fn values_by_hand() {
    // A rhombus with an angle of 30 degrees: sin 30.
    let (c, s) = (0.75f64.sqrt(), 0.5);
    let rhombus = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0 + c, s, 0.0], [c, s, 0.0]];
    let q = quality::minimum(&cell(CellKind::Quadrilateral4, &rhombus));
    assert!((q - 0.5).abs() < 1e-15, "{q}");
    // A right isosceles triangle: sin 45 over sin 60.
    let q = quality::minimum(&cell(CellKind::Triangle3, reference::nodes(CellKind::Triangle3)));
    assert!((q - (2f64 / 3.0).sqrt()).abs() < 1e-15, "{q}");
    // The reference tetrahedron, at a corner with three edges 1, sqrt 2, sqrt 2: 1/2 over 1/sqrt 2.
    let tetrahedron = reference::nodes(CellKind::Tetrahedron4);
    let q = quality::minimum(&cell(CellKind::Tetrahedron4, tetrahedron));
    assert!((q - 0.5f64.sqrt()).abs() < 1e-15, "{q}");
}

#[test]
fn a_middle_node_drawn_too_far_inverts_a_curved_cell() {
    // x(s) = (4 m - 1) s + (2 - 4 m) s^2 along the side: with m < 1/4 it runs backwards at first.
    for (m, good) in [(0.3, true), (0.2, false)] {
        let mut points = reference::nodes(CellKind::Triangle6).to_vec();
        points[3][0] = m;
        let mesh = cell(CellKind::Triangle6, &points);
        assert_eq!(quality::check(&mesh).is_ok(), good, "{m}");
    }
    let mut points = reference::nodes(CellKind::Quadrilateral4).to_vec();
    points[2] = [-0.5, -0.5, 0.0];
    assert_eq!(
        quality::check(&cell(CellKind::Quadrilateral4, &points)).unwrap_err().to_string(),
        "cell 0 of region \"all\" at (-3.7500e-1, -3.7500e-1, 0.0000e0) m is inverted or degenerate: \
         its scaled Jacobian is -8.000e-1, wanted > 0"
    );
}

#[test]
fn the_worst_cell_is_found() {
    let mesh = two_regions();
    let worst = quality::assess(&mesh).unwrap();
    let values = quality::scaled_jacobians(&mesh);
    assert_eq!(values.len(), mesh.cell_count());
    assert_eq!(values[worst.cell], worst.minimum);
    assert!(values.iter().all(|&v| v >= worst.minimum));
    assert_eq!(worst.histogram.iter().sum::<usize>(), mesh.cell_count());
    assert_eq!(worst.histogram[..7], [0; 7]);
    assert_eq!(worst.minimum, quality::minimum(&mesh));
    assert!(quality::assess(&Mesh::default()).is_none());
}
