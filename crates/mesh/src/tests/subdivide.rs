use super::*;
use crate::{Block, Boundary, CellKind, FacetBlock, InternalSurface, SharedFacetBlock, reference};
use std::collections::HashSet;
use std::f64::consts::PI;

/// One cell on its reference shape, its whole boundary named.
fn single(kind: CellKind) -> Mesh {
    let facets = kind.facets().iter().map(|(kind, on)| FacetBlock {
        kind: *kind,
        nodes: on.iter().map(|&i| u32::from(i)).collect(),
        cells: vec![0],
    });
    Mesh {
        dimension: kind.dimension(),
        axes: [0, 1],
        points: reference::nodes(kind).to_vec(),
        regions: vec!["all".into()],
        blocks: vec![Block { kind, region: 0, nodes: (0..kind.node_count() as u32).collect() }],
        boundaries: vec![Boundary { name: "skin".into(), facets: facets.collect() }],
        ..Mesh::default()
    }
}

fn second_order(kind: CellKind) -> CellKind {
    let full = |k: &CellKind| k.linear() == kind.linear() && k.order() == 2;
    *CellKind::ALL.iter().rfind(|k| full(k)).unwrap()
}

#[test]
fn every_kind_gets_its_second_order_nodes_where_they_belong() {
    for kind in CellKind::ALL.into_iter().filter(|k| k.dimension() > 1 && k.order() == 1) {
        let mesh = single(kind);
        let fine = mesh.with_order(2).unwrap();
        assert_consistent(&fine);
        let want = second_order(kind);
        assert_eq!(fine.blocks[0].kind, want);
        for (&n, x) in fine.blocks[0].nodes.iter().zip(reference::nodes(want)) {
            assert_eq!(fine.points[n as usize], *x, "{want:?}");
        }
        for (block, (kind, _)) in fine.boundaries[0].facets.iter().zip(want.facets()) {
            assert_eq!(block.kind, *kind);
        }
        let back = fine.with_order(1).unwrap();
        assert_consistent(&back);
        assert_eq!(back.points, mesh.points);
        assert_eq!(back.blocks[0].nodes, mesh.blocks[0].nodes);
        assert_eq!(back.boundaries[0].facets[0].nodes, mesh.boundaries[0].facets[0].nodes);
    }
    assert_eq!(
        two_regions().with_order(3).unwrap_err().to_string(),
        "cells of order 3 do not exist: wanted 1 or 2"
    );
}

#[test]
fn every_kind_is_halved() {
    for kind in CellKind::ALL.into_iter().filter(|k| k.dimension() > 1) {
        let mesh = single(kind);
        let fine = mesh.refined().unwrap();
        assert_consistent(&fine);
        assert_same_measures(&mesh, &fine, 1e-14);
        let d = kind.dimension();
        assert_eq!(fine.cell_count(), 1 << d);
        assert_eq!(fine.blocks[0].kind, kind);
        let facets = fine.boundaries[0].facets.iter().map(|f| f.len()).sum::<usize>();
        assert_eq!(facets, kind.facets().len() << (d - 1));
        // Conforming: the named facets are all that belong to one cell only.
        assert_eq!(outer_facet_count(&fine), facets, "{kind:?}");
    }
}

/// Number of nodes of a structured grid, to see that nothing is doubled.
#[test]
fn nodes_are_shared() {
    let expected = [
        (CellKind::Quadrilateral9, 25),
        (CellKind::Quadrilateral8, 21),
        (CellKind::Triangle6, 15),
        (CellKind::Tetrahedron10, 35),
        (CellKind::Hexahedron27, 125),
        (CellKind::Hexahedron20, 81),
        (CellKind::Prism18, 75),
        (CellKind::Hexahedron8, 27),
    ];
    for (kind, count) in expected {
        assert_eq!(single(kind).refined().unwrap().points.len(), count, "{kind:?}");
    }
}

#[test]
fn interfaces_and_internal_surfaces_follow() {
    let whole = two_regions();
    let mut split = whole.clone();
    split.split("anode", ["electrolyte", "metal"]).unwrap();
    for mesh in [whole, split] {
        let linear = mesh.with_order(1).unwrap();
        let second = linear.with_order(2).unwrap();
        for changed in [&linear, &second, &second.refined().unwrap(), &linear.refined().unwrap()] {
            assert_consistent(changed);
            assert_same_measures(&mesh, changed, 1e-12);
        }
        // Euler: a refined mesh has a node for each old node and each old edge.
        assert_eq!(linear.refined().unwrap().points.len(), second.points.len());
        assert_eq!(second.points.len(), mesh.points.len());
    }
}

#[test]
fn hexahedra_and_prisms_stay_conforming() {
    let mesh = mixed();
    let outer = outer_facet_count(&mesh);
    let fine = mesh.refined().unwrap();
    assert_consistent(&fine);
    assert_same_measures(&mesh, &fine, 1e-13);
    assert_eq!(outer_facet_count(&fine), 4 * outer);
    let linear = mesh.with_order(1).unwrap();
    assert_consistent(&linear);
    assert_eq!(linear.with_order(2).unwrap().points.len(), mesh.points.len());
    assert_eq!(linear.refined().unwrap().points.len(), mesh.points.len());
}

#[test]
fn curved_cells_stay_curved() {
    let mesh = pore_quarter();
    let fine = mesh.refined().unwrap();
    assert_consistent(&fine);
    // The same curved facets, cut: their measure is the same but for the quadrature.
    assert_same_measures(&mesh, &fine, 1e-6);
    assert_eq!(fine.cell_count(), 8 * mesh.cell_count());
    assert_eq!(outer_facet_count(&fine), 4 * outer_facet_count(&mesh));
    let pore = |mesh: &Mesh| {
        let i = mesh.boundaries.iter().position(|b| b.name == "pore").unwrap();
        measures(mesh, Extent::AsMeshed).boundaries[i] / (50.0 * PI) - 1.0
    };
    // Straight facets lose a percent or more, curved ones a thousandth.
    let straight = pore(&mesh.with_order(1).unwrap());
    assert!(straight < -0.01, "{straight}");
    assert!(pore(&fine).abs() < 2e-3, "{}", pore(&fine));
}

#[test]
fn a_surface_inside_one_region_follows() {
    // The plane between two hexahedra of the same region.
    let mut mesh = mixed();
    let facets = sorted_facets(&mesh.blocks, |_| true, |_| true);
    let cells = CellIndex::new(&mesh.blocks);
    let pair = facets
        .chunk_by(|a, b| a.key == b.key)
        .find(|p| p.len() == 2 && cells.block(p[0].cell).kind == CellKind::Hexahedron27)
        .unwrap();
    let (kind, nodes) = cells.facet(pair[0].cell, pair[0].local);
    let block = SharedFacetBlock {
        kind,
        nodes: nodes.collect(),
        cells: vec![[pair[0].cell, pair[1].cell]],
    };
    mesh.internal = vec![InternalSurface { name: "plane".into(), facets: vec![block] }];
    assert_consistent(&mesh);
    let fine = mesh.refined().unwrap();
    assert_consistent(&fine);
    assert_same_measures(&mesh, &fine, 1e-13);
    assert_eq!(fine.internal[0].facets[0].cells.len(), 4);
}

#[test]
fn the_sides_of_an_interface_get_the_same_points_to_the_last_bit() {
    for order in [1, 2] {
        let mut mesh = filled_pore().with_order(order).unwrap();
        for _ in 0..2 {
            mesh = mesh.refined().unwrap();
            let [first, second] = &mesh.interfaces[0].sides;
            let nodes = |side: &[FacetBlock]| -> Vec<u32> {
                side.iter().flat_map(|block| block.nodes.iter().copied()).collect()
            };
            let [first, second] = [first, second].map(|side| nodes(side));
            assert!(first.len() > 800 && first.len() == second.len());
            for (a, b) in first.into_iter().zip(second) {
                let [x, y] = [a, b].map(|node| mesh.points[node as usize].map(f64::to_bits));
                assert!(a == b || x == y, "{x:?} {y:?}");
            }
        }
    }
    // In space every node of a facet is the same whichever of its cells is asked: a part finds it, too.
    let whole = filled_pore();
    let fine = whole.refined().unwrap();
    let half = whole.with_cells((0..whole.cell_count()).map(|cell| cell % 2 == 1).collect());
    let here = half.mesh.refined().unwrap();
    let known: HashSet<[u64; 3]> = fine.points.iter().map(|x| x.map(f64::to_bits)).collect();
    assert!(here.points.iter().all(|x| known.contains(&x.map(f64::to_bits))));
}

#[test]
fn how_many_nodes_there_will_be_is_known_before() {
    let mut split = two_regions();
    split.split("anode", ["electrolyte", "metal"]).unwrap();
    let tetrahedra = crate::brick(CellKind::Tetrahedron4, 2, |x| x);
    for mesh in [split, filled_pore(), mixed(), tetrahedra] {
        let finest = mesh.refined().unwrap().refined().unwrap();
        assert_eq!(mesh.nodes_refined(2, true).unwrap(), finest.points.len() as f64);
        assert_eq!(mesh.nodes_refined(0, true).unwrap(), mesh.points.len() as f64);
    }
    let message =
        |times, as_a_whole| filled_pore().nodes_refined(times, as_a_whole).unwrap_err().to_string();
    // 497 tetrahedra: 497 8^8 = 8.3e9.
    assert!(message(8, false).starts_with("refined 8 times the mesh would have"));
    assert!(message(8, false).contains("8.3e9 cells, 4294967295 are possible; refine less"));
    // As a whole it takes 35 points for each cell to halve it, of 497 8^7 = 1.0e9 finest.
    assert!(filled_pore().nodes_refined(7, false).is_ok());
    assert!(message(7, true).contains("refined 7 times"));
}
