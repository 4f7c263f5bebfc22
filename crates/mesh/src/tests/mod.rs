//! Tests of what changes a mesh: splitting, order, refinement.

mod extent;
mod part;
mod renumber;
mod shape;
mod split;
mod subdivide;

use crate::facets::{CellIndex, sorted_facets};
use crate::gmsh::tests::read;
use crate::measure::{Extent, measures};
use crate::{Mesh, quality};

/// Two regions of second-order triangles under each other.
fn two_regions() -> Mesh {
    read(include_bytes!("../../../../meshes/two_regions.msh"), 1.0).unwrap()
}

/// Straight and curved second-order tetrahedra.
fn pore_quarter() -> Mesh {
    read(include_bytes!("../../../../meshes/pore_quarter.msh"), 1.0).unwrap()
}

/// Curved second-order tetrahedra of two regions that meet in `contact`, split.
fn filled_pore() -> Mesh {
    let file = include_bytes!("../../../../meshes/filled_pore.msh");
    let mut mesh = read(file, 1.0).unwrap();
    mesh.split("contact", ["electrolyte", "metal"]).unwrap();
    mesh
}

/// Second-order hexahedra beside prisms.
fn mixed() -> Mesh {
    read(include_bytes!("../../../../meshes/mixed.msh"), 1.0).unwrap()
}

/// Facets of all cells that only one cell has.
fn outer_facet_count(mesh: &Mesh) -> usize {
    let facets = sorted_facets(&mesh.blocks, |_| true, |_| true);
    facets.chunk_by(|a, b| a.key == b.key).filter(|same| same.len() == 1).count()
}

/// What every mesh must satisfy.
fn assert_consistent(mesh: &Mesh) {
    let cells = CellIndex::new(&mesh.blocks);
    quality::check(mesh).unwrap();
    let mut used = vec![false; mesh.points.len()];
    for block in &mesh.blocks {
        block.nodes.iter().for_each(|&n| used[n as usize] = true);
    }
    assert!(used.into_iter().all(|used| used), "a point without a cell");

    // A facet of a boundary is its owner's, in the owner's order up to a turn.
    let turned = |facet: &[u32], other: &[u32], corners: usize| {
        (0..corners).any(|s| (0..corners).all(|i| facet[i] == other[(i + s) % corners]))
    };
    let boundaries = mesh.boundaries.iter().flat_map(|b| &b.facets);
    let firsts = mesh.interfaces.iter().flat_map(|i| &i.sides[0]);
    for block in boundaries.chain(firsts) {
        assert_eq!(block.facets().len(), block.cells.len());
        for (facet, &cell) in block.facets().zip(&block.cells) {
            let other = cells.facet_with(cell, facet);
            assert!(turned(facet, &other, block.kind.corner_count()), "{facet:?} {other:?}");
        }
    }
    for block in mesh.internal.iter().flat_map(|s| &s.facets) {
        let facets = block.nodes.chunks_exact(block.kind.node_count());
        for (facet, pair) in facets.zip(&block.cells) {
            let out = cells.facet_with(pair[0], facet);
            assert!(turned(facet, &out, block.kind.corner_count()));
            let mut back = cells.facet_with(pair[1], facet)[..block.kind.corner_count()].to_vec();
            back.reverse();
            assert!(turned(facet, &back, block.kind.corner_count()));
        }
    }
    for interface in &mesh.interfaces {
        let [first, second] = &interface.sides;
        assert_eq!(first.len(), second.len());
        for (a, b) in first.iter().zip(second) {
            assert_eq!((a.kind, a.len()), (b.kind, b.len()));
            for (&i, &j) in a.nodes.iter().zip(&b.nodes) {
                assert_eq!(mesh.points[i as usize], mesh.points[j as usize]);
            }
            for (facet, &cell) in b.facets().zip(&b.cells) {
                let mut back = cells.facet_with(cell, facet)[..b.kind.corner_count()].to_vec();
                back.reverse();
                assert!(turned(facet, &back, b.kind.corner_count()));
                assert_eq!(cells.block(cell).region, interface.regions[1]);
            }
            for &cell in &a.cells {
                assert_eq!(cells.block(cell).region, interface.regions[0]);
            }
        }
    }
}

fn assert_same_measures(a: &Mesh, b: &Mesh, tolerance: f64) {
    let flat = |mesh| {
        let m = measures(mesh, Extent::AsMeshed);
        [m.regions, m.boundaries, m.interfaces, m.internal].concat()
    };
    let (a, b) = (flat(a), flat(b));
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(&b) {
        assert!((a - b).abs() <= tolerance * a.abs(), "{a} {b}");
    }
}
