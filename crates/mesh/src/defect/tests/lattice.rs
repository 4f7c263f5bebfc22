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
        for (order, rim_radius) in [(1, 0.0), (2, 0.0), (1, 4e-7)] {
            if rim_radius > 0.0 && shape == Shape::Disc {
                continue;
            }
            let defect = Defect { order, refinement: 1, rim_radius, ..defect(symmetry, shape) };
            let (mesh, lattice) = build_on_lattice(&defect);
            let LatticePoints { across, rays, closed, points } = lattice.expect("one region");
            assert_eq!((points.len(), closed), (mesh.points.len(), symmetry == Symmetry::Full));
            assert!(points.is_sorted_by(|a, b| a < b), "each point once");
            let at = |node: u32| {
                let (p, k) =
                    (points[node as usize] as usize / rays, points[node as usize] as usize % rays);
                [p % across, p / across, k]
            };
            for cell in mesh.blocks.iter().flat_map(|block| block.cells()) {
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
            (mesh, lattice.expect("one region"))
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

#[test]
fn two_regions_are_no_lattice_and_cells_that_were_not_halved_have_no_coarser_one() {
    let anode = Some(Anode { thickness: 1e-5, gap: 0.0 });
    let defect = Defect { anode, ..defect(Symmetry::Quarter, Shape::Disc) };
    assert_eq!(build_on_lattice(&defect).1, None);
    let lattice = |order, refinement| {
        let defect = Defect { anode: None, order, refinement, ..defect.clone() };
        build_on_lattice(&defect).1
    };
    assert!(lattice(1, 0).is_none() && lattice(1, 1).is_some() && lattice(2, 0).is_some());
}
