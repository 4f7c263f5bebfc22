//! Every mesh over the range of parameters: oriented, conforming, completely named, paired.

use super::super::{Anode, Defect, Shape, Symmetry, build};
use super::measure::worst_scaled_jacobian;
use crate::{CellKind, FacetBlock, Mesh};

/// Checks that every facet has two cells, or one and one name, and that names point at their owner.
fn check_facets(defect: &Defect, mesh: &Mesh) {
    // Facets of cells: corners sorted, and whether a name has it.
    let mut facets: Vec<([u32; 4], u8)> = Vec::new();
    let mut cells: Vec<(CellKind, &[u32])> = Vec::new();
    let key = |corners: &[u32]| {
        let mut key = [u32::MAX; 4];
        key[..corners.len()].copy_from_slice(corners);
        key.sort_unstable();
        key
    };
    let mut used = vec![false; mesh.points.len()];
    for block in &mesh.blocks {
        for cell in block.cells() {
            cells.push((block.kind, cell));
            cell.iter().for_each(|&n| used[n as usize] = true);
            for (kind, local) in block.kind.facets() {
                let corners: Vec<u32> =
                    local[..kind.corner_count()].iter().map(|&l| cell[l as usize]).collect();
                facets.push((key(&corners), 0));
            }
        }
    }
    assert!(used.iter().all(|&u| u), "a point without a cell");
    let named = |block: &FacetBlock, oriented: bool, facets: &mut Vec<([u32; 4], u8)>| {
        for (facet, &cell) in block.facets().zip(&block.cells) {
            let (kind, nodes) = cells[cell as usize];
            if oriented {
                let found = kind.facets().iter().any(|(k, local)| {
                    *k == block.kind
                        && local.iter().map(|&l| nodes[l as usize]).eq(facet.iter().copied())
                });
                assert!(found, "a facet that is not its owner's");
            } else {
                assert!(facet.iter().all(|n| nodes.contains(n)), "a facet that is not its owner's");
            }
            facets.push((key(&facet[..block.kind.corner_count()]), 1));
        }
    };
    for boundary in &mesh.boundaries {
        boundary.facets.iter().for_each(|b| named(b, true, &mut facets));
    }
    for interface in &mesh.interfaces {
        // The faces of a void are named as boundaries too.
        let mut again = Vec::new();
        let is_void = interface.name == "void";
        let named_here = if is_void { &mut again } else { &mut facets };
        interface.sides[0].iter().for_each(|b| named(b, true, named_here));
        interface.sides[1].iter().for_each(|b| named(b, false, named_here));
        let gap = defect.anode.filter(|_| is_void).map_or(0.0, |anode| anode.gap);
        for (a, b) in interface.sides[0].iter().zip(&interface.sides[1]) {
            assert_eq!(a.nodes.len(), b.nodes.len());
            for (&p, &q) in a.nodes.iter().zip(&b.nodes) {
                assert_ne!(p, q);
                let [x, y, z] = mesh.points[p as usize];
                assert_eq!([x, y, z - gap], mesh.points[q as usize]);
            }
        }
    }
    facets.sort_unstable();
    for group in facets.chunk_by(|a, b| a.0 == b.0) {
        let (own, names) = group.iter().fold((0, 0), |(o, n), f| (o + 1 - f.1, n + f.1));
        let on_axis = defect.symmetry == Symmetry::Axisymmetric
            && group[0]
                .0
                .iter()
                .filter(|&&n| n != u32::MAX)
                .all(|&n| mesh.points[n as usize][0] == 0.0);
        let wanted = if own == 2 || on_axis { 0 } else { 1 };
        assert!(own <= 2 && names == wanted, "{own} cells and {names} names");
    }
}

fn shapes() -> Vec<Shape> {
    let mut shapes = vec![Shape::Disc, Shape::Hemisphere];
    for depth in [0.05e-5, 0.3e-5, 1e-5, 2e-5] {
        shapes.push(Shape::Spheroid { depth });
        shapes.push(Shape::Cylinder { depth });
    }
    shapes
}

/// Every combination of the parameters but the symmetry and the order.
fn everything(rims: &[f64], widths: &[f64]) -> Vec<Defect> {
    let mut all = Vec::new();
    let radius = 1e-5;
    for shape in shapes() {
        for &rim in rims {
            for &width in widths {
                // Only a disc has a gap, only the others have a fillet.
                let disc = shape == Shape::Disc;
                let fillets: &[f64] = if disc { &[0.0] } else { &[0.0, 1e-3, 0.1] };
                let anodes: &[Option<f64>] =
                    if disc { &[None, Some(0.0), Some(0.05)] } else { &[None, Some(0.0)] };
                for &fillet in fillets {
                    for &anode in anodes {
                        let gap = anode.unwrap_or(0.0) * radius;
                        let mut defect = Defect {
                            symmetry: Symmetry::Axisymmetric,
                            shape,
                            radius,
                            rim_radius: fillet * radius,
                            width: width * radius,
                            thickness: width.min(5.0) * radius,
                            anode: anode.map(|_| Anode { thickness: radius, gap }),
                            rim_size: rim * radius,
                            order: 2,
                            refinement: 0,
                        };
                        defect.thickness = defect.thickness.max(1.2 * defect.depth());
                        if let Shape::Cylinder { depth } = shape {
                            defect.rim_radius = defect.rim_radius.min(0.5 * depth);
                        }
                        all.push(defect);
                    }
                }
            }
        }
    }
    all
}

fn check(defect: &Defect) -> f64 {
    let mesh = build(defect).unwrap_or_else(|e| panic!("{e}: {defect:?}"));
    check_facets(defect, &mesh);
    let quality = worst_scaled_jacobian(&mesh);
    assert!(quality > 0.0, "{quality} {defect:?}");
    quality
}

#[test]
fn sections_are_sound() {
    for defect in everything(&[1e-4, 1e-2, 0.2], &[1.2, 5.0, 50.0]) {
        for (symmetry, order) in [(Symmetry::Planar, 1), (Symmetry::Axisymmetric, 2)] {
            check(&Defect { symmetry, order, ..defect });
        }
    }
}

#[test]
fn boxes_are_sound() {
    // One in three, a quarter of second order and the whole of first order in turn.
    for (k, defect) in everything(&[0.02, 0.2], &[1.2, 5.0]).into_iter().step_by(3).enumerate() {
        let (symmetry, order) =
            if k % 2 == 0 { (Symmetry::Quarter, 2) } else { (Symmetry::Full, 1) };
        check(&Defect { symmetry, order, ..defect });
    }
    check(&super::defect(Symmetry::Full, Shape::Hemisphere));
}

#[test]
fn ordinary_meshes_have_good_cells() {
    for shape in [
        Shape::Disc,
        Shape::Hemisphere,
        Shape::Spheroid { depth: 3e-6 },
        Shape::Cylinder { depth: 1e-5 },
    ] {
        for symmetry in [Symmetry::Planar, Symmetry::Axisymmetric, Symmetry::Quarter] {
            for fillet in [0.0, 5e-7].into_iter().filter(|&f| f == 0.0 || shape != Shape::Disc) {
                let defect = Defect { rim_radius: fillet, ..super::defect(symmetry, shape) };
                let quality = check(&defect);
                assert!(quality > 0.19, "{quality} {defect:?}");
            }
        }
    }
}
