use super::*;
use crate::{CellKind, CornerGraphs, Halving, Parts, Wanted, brick};

/// Each part of a mesh that is cut into `ranks` slices of its nodes along x is consistent, has the cells
/// and facets that touch its nodes, and facets are owned by cells that have their nodes.
fn check_parts(whole: &Mesh, ranks: usize) {
    let count = whole.points.len();
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&a, &b| whole.points[a][0].total_cmp(&whole.points[b][0]));
    let mut owner = vec![0; count];
    let slice = |place: usize| (place * ranks / count) as u32;
    order.iter().enumerate().for_each(|(place, &node)| owner[node] = slice(place));
    // The last wants some nodes of others, too.
    let (last, others) = (ranks as u32 - 1, [0, 7, 3, 7]);
    let mut by_all = Wanted::by_owners(&owner);
    by_all.add(others.map(|node| [node, last]));
    let mut parts = Parts::new(whole, ranks, &by_all);
    let having = by_all.having(whole, &vec![true; count]);
    for rank in 0..ranks as u32 {
        let is_other = |node: usize| rank == last && others.contains(&(node as u32));
        let wanted: Vec<bool> =
            (0..count).map(|node| owner[node] == rank || is_other(node)).collect();
        let part = parts.take(rank as usize);
        let had = having.iter().filter(|[_, part]| *part == rank).map(|[node, _]| *node);
        assert_eq!(had.collect::<Vec<_>>(), part.nodes);
        assert_consistent(&part.mesh);
        assert!(part.nodes.is_sorted());
        let is_small = whole.cell_count() < 100;
        assert!(ranks == 1 || is_small || part.cells.len() < whole.cell_count());
        let touching = |nodes: &[u32]| nodes.iter().any(|&n| wanted[n as usize]);
        for (here, all) in part.mesh.blocks.iter().zip(&whole.blocks) {
            let wanted_cells = all.cells().filter(|c| touching(c)).count();
            assert!(here.len() >= wanted_cells);
            for cell in here.cells() {
                let whole_nodes: Vec<u32> = cell.iter().map(|&n| part.nodes[n as usize]).collect();
                assert!(all.cells().any(|c| c == whole_nodes));
            }
        }
        for (here, all) in part.mesh.boundaries.iter().zip(&whole.boundaries) {
            assert_eq!(here.name, all.name);
            let wanted_facets = all.facets.iter().flat_map(|f| f.facets()).filter(|f| touching(f));
            assert_eq!(here.facets.iter().map(|f| f.len()).sum::<usize>(), wanted_facets.count());
        }
        for (here, all) in part.mesh.interfaces.iter().zip(&whole.interfaces) {
            let [a, b] = all.sides.each_ref().map(|side| side.iter().flat_map(|f| f.facets()));
            let pairs = a.zip(b).filter(|(a, b)| touching(a) || touching(b)).count();
            for side in &here.sides {
                assert_eq!(side.iter().map(|f| f.len()).sum::<usize>(), pairs);
            }
        }
        for (k, &node) in part.nodes.iter().enumerate() {
            assert_eq!(part.mesh.points[k], whole.points[node as usize]);
        }
        assert_same_cells(whole, &part);
    }
}

/// Cells and facets of a part are those of the whole with the numbers that it tells.
fn assert_same_cells(whole: &Mesh, part: &crate::Part) {
    assert!(part.cells.is_sorted());
    let all: Vec<&[u32]> = whole.blocks.iter().flat_map(|b| b.cells()).collect();
    let in_whole = |nodes: &[u32]| -> Vec<u32> {
        nodes.iter().map(|&node| part.nodes[node as usize]).collect()
    };
    let cells = part.mesh.blocks.iter().flat_map(|b| b.cells());
    assert_eq!(cells.clone().count(), part.cells.len());
    for (nodes, &cell) in cells.zip(&part.cells) {
        assert_eq!(in_whole(nodes), all[cell as usize]);
    }
    for block in part.mesh.boundaries.iter().flat_map(|b| &b.facets) {
        for (facet, &cell) in block.facets().zip(&block.cells) {
            let owner = all[part.cells[cell as usize] as usize];
            assert!(in_whole(facet).iter().all(|node| owner.contains(node)));
        }
    }
}

#[test]
fn parts_of_cells_have_their_nodes_and_all_facets_or_none() {
    let mut split = two_regions();
    split.split("anode", ["electrolyte", "metal"]).unwrap();
    for mesh in [split, pore_quarter(), mixed()] {
        let wanted: Vec<bool> = (0..mesh.cell_count()).map(|cell| cell % 3 == 1).collect();
        let facets = |mesh: &Mesh| -> usize {
            let sides = mesh.interfaces.iter().flat_map(|i| &i.sides);
            let all = mesh.boundaries.iter().map(|b| &b.facets).chain(sides);
            all.flatten().map(|block| block.len()).sum()
        };
        let bare = mesh.with_cells(wanted.clone());
        assert_same_cells(&mesh, &bare);
        let count = wanted.iter().filter(|wanted| **wanted).count();
        assert_eq!((bare.cells.len(), facets(&bare.mesh)), (count, 0));
        let skin = mesh.with_all_facets(wanted);
        assert_same_cells(&mesh, &skin);
        assert_consistent(&skin.mesh);
        assert_eq!(facets(&skin.mesh), facets(&mesh));
        assert!(skin.cells.len() > count);
        assert!(bare.cells.iter().all(|cell| skin.cells.contains(cell)));
    }
}

#[test]
fn parts_have_all_that_touches_their_nodes() {
    let mut split = two_regions();
    split.split("anode", ["electrolyte", "metal"]).unwrap();
    for mesh in [split, pore_quarter(), mixed()] {
        check_parts(&mesh, 1);
        check_parts(&mesh, 3);
    }
}

#[test]
fn corners_of_a_square_and_what_lies_between_them() {
    // Two by two squares of nine nodes: corners at even places of a lattice of 5 x 5.
    let mesh = brick(CellKind::Quadrilateral9, 2, |x| x);
    let corners = mesh.corners();
    assert_eq!(corners, [0, 2, 4, 10, 12, 14, 20, 22, 24]);
    let opposite = mesh.first_opposite();
    assert_eq!(opposite, (0..25).collect::<Vec<u32>>());
    let near = mesh.corner_of_nodes(&opposite);
    // A corner, the middle of an edge along x and along z, the middle of the last square.
    assert_eq!([12, 1, 5, 18].map(|n: usize| near[n]), [12, 0, 0, 12]);
    let graphs = CornerGraphs::new(&mesh, &opposite);
    assert_eq!(graphs.vertices(), corners);
    let graph = graphs.rows(3..5);
    // In the middle of the left side, and in the middle of all.
    assert_eq!(graph.start, [0, 5, 13]);
    assert_eq!(graph.neighbours, [0, 1, 4, 6, 7, 0, 1, 2, 3, 5, 6, 7, 8]);
}

#[test]
fn the_sides_of_an_interface_are_one_vertex() {
    let mut mesh = two_regions();
    let graph = |mesh: &Mesh| {
        let graphs = CornerGraphs::new(mesh, &mesh.first_opposite());
        let count = graphs.vertices().len();
        (graphs.rows(0..count).neighbours.len(), count, graphs.nodes_after(0, Halving::OfCells))
    };
    let (neighbours, count, _) = graph(&mesh);
    mesh.split("anode", ["electrolyte", "metal"]).unwrap();
    let opposite = mesh.first_opposite();
    let [first, second] = &mesh.interfaces[0].sides;
    for (&a, &b) in first[0].nodes.iter().zip(&second[0].nodes) {
        assert_eq!(opposite[a as usize], opposite[b as usize]);
        assert_eq!(opposite[a as usize], a.min(b));
    }
    // As before it was split, but for what they weigh.
    let (now_neighbours, now_count, weights) = graph(&mesh);
    assert_eq!((now_neighbours, now_count), (neighbours, count));
    assert_eq!(weights.iter().sum::<f64>(), mesh.points.len() as f64);
}
