use super::{assert_consistent, assert_same_measures, mixed, pore_quarter, two_regions};
use crate::{Mesh, SharedFacetBlock};

/// The same mesh, its nodes numbered by steps of a number that is prime to their count.
fn scattered(mesh: &Mesh) -> Mesh {
    let count = mesh.points.len();
    let coprime =
        |step: &usize| (2..=*step).all(|d| !(step.is_multiple_of(d) && count.is_multiple_of(d)));
    let step = (count / 3..).find(coprime).unwrap();
    let mut out = mesh.clone();
    let number: Vec<u32> = (0..count).map(|n| (n * step % count) as u32).collect();
    for (old, &new) in number.iter().enumerate() {
        out.points[new as usize] = mesh.points[old];
    }
    for nodes in out.node_lists() {
        nodes.iter_mut().for_each(|n| *n = number[*n as usize]);
    }
    out
}

/// Mean distance between the numbers of the corners of a cell.
fn mean_spread(mesh: &Mesh) -> f64 {
    let spread =
        |nodes: &[u32]| f64::from(nodes.iter().max().unwrap() - nodes.iter().min().unwrap());
    let cells =
        mesh.blocks.iter().flat_map(|b| b.cells().map(|c| spread(&c[..b.kind.corner_count()])));
    cells.sum::<f64>() / mesh.cell_count() as f64
}

#[test]
fn it_stays_the_same_mesh() {
    for mesh in [two_regions(), pore_quarter(), mixed()] {
        let mut near = mesh.clone();
        near.renumber();
        assert_eq!((near.points.len(), near.cell_count()), (mesh.points.len(), mesh.cell_count()));
        assert_consistent(&near);
        assert_same_measures(&mesh, &near, 1e-13);
        for block in &near.blocks {
            let smallest: Vec<u32> = block.cells().map(|c| *c.iter().min().unwrap()).collect();
            assert!(smallest.is_sorted());
        }
    }
}

#[test]
fn it_does_not_depend_on_the_numbers_before() {
    for mesh in [pore_quarter(), mixed()] {
        let (mut a, mut b) = (mesh.clone(), scattered(&mesh));
        assert!(a.points != b.points);
        a.renumber();
        b.renumber();
        assert_eq!(a.points, b.points);
        let nodes = |mesh: &Mesh| -> Vec<Vec<u32>> {
            let mut cells: Vec<Vec<u32>> =
                mesh.blocks.iter().flat_map(|b| b.cells().map(<[u32]>::to_vec)).collect();
            cells.sort();
            cells
        };
        assert_eq!(nodes(&a), nodes(&b));
    }
}

#[test]
fn near_nodes_have_near_numbers() {
    // A cell spans a share of the curve that shrinks with the mesh; scattered numbers span half of all.
    let mesh = pore_quarter().refined().unwrap().refined().unwrap();
    let count = mesh.points.len() as f64;
    let mut near = scattered(&mesh);
    assert!(mean_spread(&near) > 0.3 * count);
    near.renumber();
    assert!(mean_spread(&near) < 0.1 * count, "{} of {count}", mean_spread(&near));
}

#[test]
fn interfaces_and_internal_surfaces_follow() {
    let mut mesh = two_regions();
    let name = mesh.internal[0].name.clone();
    let regions = mesh.regions.clone();
    let unsplit = mesh.clone();
    mesh.split(&name, [&regions[0], &regions[1]])
        .or_else(|_| mesh.split(&name, [&regions[1], &regions[0]]))
        .unwrap();
    for mesh in [mesh, unsplit] {
        let mut near = scattered(&mesh);
        near.renumber();
        assert_consistent(&near);
        assert_same_measures(&mesh, &near, 1e-13);
    }
}

#[test]
fn a_surface_in_one_region_points_from_the_lower_cell() {
    // A facet between two cells of one region, made the wrong way round by the new numbers.
    let mut mesh = pore_quarter();
    let facets = crate::facets::sorted_facets(&mesh.blocks, |_| true, |_| true);
    let cells = crate::facets::CellIndex::new(&mesh.blocks);
    let inner = facets.windows(2).filter(|pair| pair[0].key == pair[1].key);
    let (mut nodes, mut pairs) = (Vec::new(), Vec::new());
    for pair in inner {
        nodes.extend(cells.facet(pair[0].cell, pair[0].local).1);
        pairs.push([pair[0].cell, pair[1].cell]);
    }
    let kind = cells.block(0).kind.facets()[0].0;
    assert!(pairs.len() > 100);
    let block = SharedFacetBlock { kind, nodes, cells: pairs };
    mesh.internal.push(crate::InternalSurface { name: "inside".into(), facets: vec![block] });
    assert_consistent(&mesh);
    mesh.renumber();
    assert_consistent(&mesh);
    assert!(mesh.internal[0].facets[0].cells.iter().all(|pair| pair[0] < pair[1]));
}
