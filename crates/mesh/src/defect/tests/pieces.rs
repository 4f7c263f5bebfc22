//! Parts that are made by themselves are those of the whole.

use super::*;
use crate::{CornerGraphs, Halving, Part, Parts, Wanted};

/// Everything is plain data. Blocks without facets do not count: of two blocks of a kind, one for each region, a part
/// of one region has the first.
fn described(part: &Part) -> String {
    let mut part = part.clone();
    for boundary in &mut part.mesh.boundaries {
        boundary.facets.retain(|block| !block.is_empty());
    }
    format!("{part:?}")
}

/// Parts of three ranks, which have slices of the nodes, refined so many times.
fn check(defect: &Defect, refinements: u32) {
    let level = |refinement| Blueprint::new(&Defect { refinement, ..defect.clone() }).unwrap();
    let levels: Vec<Blueprint> = (0..=refinements).map(level).collect();
    let coarse = levels[0].mesh();
    assert_eq!(levels[0].cell_count(), coarse.cell_count());
    let first = coarse.first_opposite();
    let slice = |corner: &u32| first[*corner as usize] * 3 / coarse.points.len() as u32;
    let mut root: Vec<u32> = coarse.corner_of_nodes(&first);
    let mut owner: Vec<u32> = root.iter().map(slice).collect();
    let mut all = Parts::new(&coarse, 3, &Wanted::by_owners(&owner));
    let mut parts = [0, 1, 2].map(|rank| all.take(rank));
    for pair in levels.windows(2) {
        let (halved, fine) = (Halved::new(&pair[0], &pair[1]), pair[1].mesh());
        assert_eq!(halved.node_count(), fine.points.len());
        let smallest = |node: u32| {
            let corners = halved.corners_of(node);
            let roots = corners.into_iter().map(|corner| root[corner as usize]);
            roots.min_by_key(|&root| first[root as usize]).unwrap()
        };
        root = (0..fine.points.len() as u32).map(smallest).collect();
        owner = root.iter().map(slice).collect();
        let mut all = Parts::new(&fine, 3, &Wanted::by_owners(&owner));
        for (rank, part) in parts.iter_mut().enumerate() {
            let refined = halved.part(part);
            let here = |&node: &u32| owner[node as usize] == rank as u32;
            let wanted: Vec<bool> = refined.nodes.iter().map(here).collect();
            *part = refined.around(&wanted);
            let of_whole = all.take(rank);
            assert!(fine.interfaces.iter().all(|interface| {
                let nodes = |k: usize| interface.sides[k].iter().flat_map(|block| &block.nodes);
                nodes(0).zip(nodes(1)).all(|(&a, &b)| owner[a as usize] == owner[b as usize])
            }));
            assert!(part.cells.len() < fine.cell_count());
            assert_eq!(described(part), described(&of_whole), "{defect:?} on rank {rank}");
        }
    }
    // What a partition of the coarse mesh with weights is told.
    let graphs = CornerGraphs::new(&coarse, &first);
    let mut counts = vec![0.0; graphs.vertices().len()];
    let place = |root: &u32| graphs.vertices().binary_search(&first[*root as usize]).unwrap();
    root.iter().for_each(|root| counts[place(root)] += 1.0);
    assert_eq!(graphs.nodes_after(refinements, Halving::OfLattice), counts);
}

#[test]
fn parts_are_refined_without_the_whole() {
    let coarse =
        |symmetry, shape, order| Defect { order, rim_size: 4e-6, ..defect(symmetry, shape) };
    check(&coarse(Symmetry::Quarter, Shape::Hemisphere, 1), 2);
    check(&coarse(Symmetry::Full, Shape::Cylinder { depth: 2e-5 }, 2), 1);
    check(&coarse(Symmetry::Planar, Shape::Disc, 1), 2);
    let rounded = coarse(Symmetry::Quarter, Shape::Cylinder { depth: 1e-5 }, 2);
    check(&Defect { rim_radius: 2e-6, ..rounded }, 1);
    let anode = Some(Anode { thickness: 2e-5, gap: 1e-6 });
    check(&Defect { anode, ..coarse(Symmetry::Quarter, Shape::Disc, 2) }, 1);
    check(&Defect { anode, ..coarse(Symmetry::Axisymmetric, Shape::Disc, 2) }, 1);
    let anode = Some(Anode { thickness: 2e-5, gap: 0.0 });
    check(&Defect { anode, ..coarse(Symmetry::Full, Shape::Hemisphere, 1) }, 1);
}
