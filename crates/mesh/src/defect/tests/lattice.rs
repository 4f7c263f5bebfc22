//! Where the nodes are on the lattice.

use super::*;
use crate::Mesh;

fn build_on_lattice(defect: &Defect) -> (Mesh, Option<LatticePoints>) {
    let made = Blueprint::new(defect).expect("a mesh");
    (made.mesh(), made.lattice())
}

const SHAPES: [Shape; 4] = [
    Shape::Disc,
    Shape::Hemisphere,
    Shape::Spheroid { depth: 4e-6 },
    Shape::Cylinder { depth: 6e-6 },
];

/// The nodes of a cell are one cell apart at most, in all directions; those on the axis have no ray.
#[test]
fn nodes_of_a_cell_are_neighbours_on_the_lattice() {
    let symmetries = [Symmetry::Planar, Symmetry::Axisymmetric, Symmetry::Quarter, Symmetry::Full];
    for (shape, symmetry) in SHAPES.iter().flat_map(|s| symmetries.map(|symmetry| (*s, symmetry))) {
        let metal = |gap| Some(Anode { thickness: 1e-5, gap });
        let kinds = [(1, 0.0, None), (2, 0.0, None), (1, 4e-7, None), (1, 0.0, metal(0.0))];
        for (order, rim_radius, anode) in kinds.into_iter().chain([(2, 0.0, metal(1e-6))]) {
            if shape == Shape::Disc && rim_radius > 0.0 {
                continue;
            }
            let anode =
                anode.map(|a| Anode { gap: if shape == Shape::Disc { a.gap } else { 0.0 }, ..a });
            let defect =
                Defect { order, refinement: 1, rim_radius, anode, ..defect(symmetry, shape) };
            let (mesh, lattice) = build_on_lattice(&defect);
            let LatticePoints { across, second, rays, closed, points } =
                lattice.expect("it was halved");
            assert_eq!((points.len(), closed), (mesh.points.len(), symmetry == Symmetry::Full));
            assert!(points.is_sorted_by(|a, b| a < b), "each point once");
            let some: Vec<u32> = (0..points.len() as u32).rev().step_by(3).collect();
            let there = Blueprint::new(&defect).expect("a mesh").lattice_at(&some);
            let wanted: Vec<u32> = some.iter().map(|&node| points[node as usize]).collect();
            assert_eq!(there.expect("it was halved").points, wanted);
            let at = |node: u32| {
                let (p, k) =
                    (points[node as usize] as usize / rays, points[node as usize] as usize % rays);
                [p % across, p / across, k]
            };
            for (block, cell) in mesh.blocks.iter().flat_map(|b| b.cells().map(move |c| (b, c))) {
                let is_second = |&node: &u32| at(node)[1] >= second;
                assert!(cell.iter().all(|node| is_second(node) == (block.region == 1)));
                for (a, b) in cell.iter().zip(cell.iter().skip(1)) {
                    let (x, y) = (at(*a), at(*b));
                    for d in 0..3 {
                        let apart = x[d].abs_diff(y[d]);
                        let round = closed && d == 2 && rays - apart <= order;
                        let on_axis = d == 2 && (x[0] == 0 || y[0] == 0);
                        assert!(
                            apart <= order || round || on_axis,
                            "{shape:?} {symmetry:?} {x:?} {y:?}"
                        );
                    }
                }
            }
            if rays > 1 {
                for (node, x) in mesh.points.iter().enumerate() {
                    assert_eq!(x[0] == 0.0 && x[1] == 0.0, at(node as u32)[0] == 0);
                }
            }
        }
    }
}

/// Every second point in all directions is a point of the mesh that was halved once less.
#[test]
fn every_second_point_is_one_of_the_coarser_mesh() {
    for shape in SHAPES {
        let mesh = |refinement| {
            let defect = Defect { order: 1, refinement, ..defect(Symmetry::Quarter, shape) };
            let (mesh, lattice) = build_on_lattice(&defect);
            (mesh, lattice.expect("it was halved"))
        };
        let ((coarse, _), (fine, lattice)) = (mesh(1), mesh(2));
        let is_even = |&point: &u32| {
            let (p, k) = (point as usize / lattice.rays, point as usize % lattice.rays);
            [p % lattice.across, p / lattice.across, k].iter().all(|c| c % 2 == 0)
        };
        let even = lattice.points.iter().zip(&fine.points).filter(|(point, _)| is_even(point));
        let kept: Vec<[f64; 3]> = even.map(|(_, x)| *x).collect();
        assert_eq!(kept.len(), coarse.points.len());
        for (x, y) in kept.iter().zip(&coarse.points) {
            assert!((0..3).all(|d| (x[d] - y[d]).abs() < 1e-18), "{x:?} {y:?}");
        }
    }
}

/// Nodes of the two sides of an interface that are opposite each other go along it together: what is between them along
/// the interface is the same number of lines of either region.
#[test]
fn both_sides_of_an_interface_have_lines_opposite_each_other() {
    for shape in SHAPES {
        let anode = Some(Anode { thickness: 1e-5, gap: 0.0 });
        let defect = Defect { anode, refinement: 2, ..defect(Symmetry::Quarter, shape) };
        let (mesh, lattice) = build_on_lattice(&defect);
        let LatticePoints { across, second, rays, points, .. } = lattice.expect("it was halved");
        assert!(second.is_power_of_two());
        let at = |node: u32| {
            let point = points[node as usize] as usize;
            (point / rays % across, point / rays / across, point % rays)
        };
        let [here, across_it] = &mesh.interfaces[0].sides;
        let mut pairs = 0;
        for (a, b) in here.iter().zip(across_it).flat_map(|(a, b)| a.nodes.iter().zip(&b.nodes)) {
            let ((i, j, k), (metal, depth, ray)) = (at(*a), at(*b));
            // On z = 0 the first lattice has j = 0 over a hole or a disc, or goes along j around a spheroid.
            let along = if j == 0 && !matches!(shape, Shape::Hemisphere | Shape::Spheroid { .. }) {
                i
            } else {
                j
            };
            assert_eq!((along % 4, k), (metal % 4, ray), "{shape:?}");
            assert!(depth >= second);
            pairs += 1;
        }
        assert!(pairs > 100);
    }
}

#[test]
fn cells_that_were_not_halved_have_no_coarser_lattice() {
    for anode in [None, Some(Anode { thickness: 1e-5, gap: 0.0 })] {
        let lattice = |order, refinement| {
            let defect = defect(Symmetry::Quarter, Shape::Disc);
            build_on_lattice(&Defect { anode, order, refinement, ..defect }).1
        };
        assert!(lattice(1, 0).is_none() && lattice(1, 1).is_some() && lattice(2, 0).is_some());
    }
}
