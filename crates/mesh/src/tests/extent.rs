use super::*;
use crate::{Block, Boundary, CellKind, FacetBlock, reference};
use std::f64::consts::PI;

/// A ring from radius 1 to 2 as second-order cells between 0 and 90 degrees, `n` along the arc; the
/// arc of radius 1 is named.
fn quarter_ring(n: usize) -> Mesh {
    let kind = CellKind::Quadrilateral9;
    let mut mesh =
        Mesh { dimension: 2, axes: [0, 1], regions: vec!["ring".into()], ..Mesh::default() };
    for j in 0..=2 * n {
        let angle = PI / 4.0 * j as f64 / n as f64;
        mesh.points.extend([1.0, 1.5, 2.0].map(|r| [r * angle.cos(), r * angle.sin(), 0.0]));
    }
    let mut nodes = Vec::new();
    let mut arc = FacetBlock { kind: CellKind::Line3, nodes: vec![], cells: vec![] };
    for j in 0..n as u32 {
        let at = |x: &[f64; 3]| 3 * (2 * j + (x[1] + 1.0) as u32) + (x[0] + 1.0) as u32;
        nodes.extend(reference::nodes(kind).iter().map(at));
        arc.nodes.extend([6 * j + 6, 6 * j, 6 * j + 3]);
        arc.cells.push(j);
    }
    mesh.blocks = vec![Block { kind, region: 0, nodes }];
    mesh.boundaries = vec![Boundary { name: "arc".into(), facets: vec![arc] }];
    assert_consistent(&mesh);
    mesh
}

#[test]
fn curved_second_order_cells_converge_with_the_fourth_power() {
    // Area 3 pi/4 and length pi/2; turned about x = 0: half of the shell between two balls,
    // 2/3 pi (2^3 - 1), and half of a sphere, 2 pi.
    let exact = [PI * 0.75, PI / 2.0, PI * 14.0 / 3.0, 2.0 * PI];
    let errors = |n: usize| {
        let mesh = quarter_ring(n);
        let (flat, solid) = (measures(&mesh, Extent::AsMeshed), measures(&mesh, Extent::Revolved));
        let got = [flat.regions[0], flat.boundaries[0], solid.regions[0], solid.boundaries[0]];
        std::array::from_fn::<f64, 4, _>(|k| (got[k] / exact[k] - 1.0).abs())
    };
    let (coarse, fine) = (errors(4), errors(8));
    for k in 0..4 {
        let rate = (coarse[k] / fine[k]).log2();
        assert!((rate - 4.0).abs() < 0.1, "{k}: {coarse:?} {fine:?}");
    }
    assert!(fine.iter().all(|e| *e < 1e-4), "{fine:?}");
}

#[test]
fn straight_cells_are_exact_in_the_axisymmetric_sense() {
    // The cone of radius 1 and height 1: volume pi/3, its slope pi sqrt 2.
    let mesh = Mesh {
        dimension: 2,
        axes: [0, 2],
        points: vec![[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]],
        regions: vec!["cone".into()],
        blocks: vec![Block { kind: CellKind::Triangle3, region: 0, nodes: vec![0, 1, 2] }],
        boundaries: vec![Boundary {
            name: "slope".into(),
            facets: vec![FacetBlock { kind: CellKind::Line2, nodes: vec![1, 2], cells: vec![0] }],
        }],
        ..Mesh::default()
    };
    for order in [1, 2] {
        let m = measures(&mesh.with_order(order).unwrap(), Extent::Revolved);
        assert!((m.regions[0] - PI / 3.0).abs() < 1e-14, "{m:?}");
        assert!((m.boundaries[0] - PI * 2f64.sqrt()).abs() < 1e-14, "{m:?}");
    }
}
