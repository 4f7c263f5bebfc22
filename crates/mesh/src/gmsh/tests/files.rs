//! Files that Gmsh wrote (see `meshes/make.py`).

use super::read;
use crate::measure::{Extent, measures};
use crate::{CellKind, Mesh, quality};
use std::f64::consts::PI;

fn kinds(mesh: &Mesh) -> Vec<(CellKind, usize)> {
    mesh.blocks.iter().map(|b| (b.kind, b.len())).collect()
}

#[test]
fn two_regions() {
    let mesh = read(include_bytes!("../../../../../meshes/two_regions.msh"), 1e-6).unwrap();
    assert_eq!(mesh.regions, ["metal", "electrolyte"]);
    assert!(mesh.blocks.iter().all(|b| b.kind == CellKind::Triangle6));
    let m = measures(&mesh, Extent::AsMeshed);
    assert!((m.regions[0] - 4e-12).abs() < 1e-24 && (m.regions[1] - 8e-12).abs() < 1e-24, "{m:?}");
    assert!((m.internal[0] - 4e-6).abs() < 1e-18, "{m:?}");
    assert_eq!(m.boundaries.len(), 2);
    // Turned about x = 0: cylinders of radius 4 um and a disc.
    let m = measures(&mesh, Extent::Revolved);
    assert!((m.regions[1] / (PI * 32e-18) - 1.0).abs() < 1e-13, "{m:?}");
    assert!((m.internal[0] / (PI * 16e-12) - 1.0).abs() < 1e-13, "{m:?}");
    assert!(quality::minimum(&mesh) > 0.5);
}

#[test]
fn pore_quarter() {
    let mesh = read(include_bytes!("../../../../../meshes/pore_quarter.msh"), 1.0).unwrap();
    assert_eq!(kinds(&mesh), [(CellKind::Tetrahedron10, mesh.cell_count())]);
    let m = measures(&mesh, Extent::AsMeshed);
    let named =
        |name: &str| m.boundaries[mesh.boundaries.iter().position(|b| b.name == name).unwrap()];
    // Straight facets are exact; the ball is approximated by quadratic ones of about half a radius.
    assert!((named("counter") - 900.0).abs() < 1e-9);
    assert!((named("side") - 1800.0).abs() < 1e-9);
    let near = |got: f64, exact: f64, tolerance: f64| {
        assert!((got / exact - 1.0).abs() < tolerance, "{got} for {exact}");
    };
    near(named("pore"), PI * 50.0, 2e-3);
    near(named("anode"), 900.0 - PI * 25.0, 1e-4);
    near(named("symmetry_x"), 900.0 - PI * 25.0, 1e-4);
    near(m.regions[0], 27_000.0 - PI / 6.0 * 1000.0, 1e-4);
}

#[test]
fn hexahedra_beside_prisms() {
    let mesh = read(include_bytes!("../../../../../meshes/mixed.msh"), 1.0).unwrap();
    assert_eq!(kinds(&mesh), [(CellKind::Prism18, 4), (CellKind::Hexahedron27, 2)]);
    let m = measures(&mesh, Extent::AsMeshed);
    assert!((m.regions[0] - 1.0).abs() < 1e-14 && (m.regions[1] - 1.0).abs() < 1e-14, "{m:?}");
    // Bottom and top, each of 1 x 2.
    assert_eq!(mesh.boundaries.len(), 2);
    assert!(m.boundaries.iter().all(|area| (area - 2.0).abs() < 1e-14), "{m:?}");
    // Right isosceles prisms: sin 45 over sin 60.
    assert!((quality::minimum(&mesh) - (2f64 / 3.0).sqrt()).abs() < 1e-10);
}
