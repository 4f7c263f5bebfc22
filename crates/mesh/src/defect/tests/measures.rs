//! Volumes and areas of the meshes against those of the geometry.

use super::super::{Anode, Shape, Symmetry, build};
use super::defect;
use super::measure::{boundary_measure, facet_measure, region_measure, worst_scaled_jacobian};
use std::f64::consts::PI;

fn near(got: f64, wanted: f64, tolerance: f64, what: &str) {
    assert!((got / wanted - 1.0).abs() < tolerance, "{what}: {got:e}, wanted {wanted:e}");
}

#[test]
fn sections_have_the_volumes_and_areas_of_the_geometry() {
    let (a, w, t) = (1e-5f64, 5e-5, 5e-5);
    let b = 4e-6f64;
    let e = (1.0 - b * b / (a * a)).sqrt();
    for (shape, volume, pore) in [
        (Shape::Disc, 0.0, PI * a * a),
        (Shape::Hemisphere, 2.0 / 3.0 * PI * a.powi(3), 2.0 * PI * a * a),
        // Area of half an oblate spheroid, e.g. Zwillinger, CRC Standard Mathematical Tables, 4.9.
        (
            Shape::Spheroid { depth: b },
            2.0 / 3.0 * PI * a * a * b,
            PI * a * a + PI * b * b / e * e.atanh(),
        ),
        (Shape::Cylinder { depth: b }, PI * a * a * b, PI * a * a + 2.0 * PI * a * b),
    ] {
        let d = defect(Symmetry::Axisymmetric, shape);
        let mesh = build(&d).unwrap();
        near(region_measure(&d, &mesh, "electrolyte"), PI * w * w * t - volume, 1e-6, "volume");
        near(boundary_measure(&d, &mesh, "pore"), pore, 1e-5, "pore");
        near(boundary_measure(&d, &mesh, "anode"), PI * (w * w - a * a), 1e-12, "anode");
        near(boundary_measure(&d, &mesh, "counter"), PI * w * w, 1e-12, "counter");
        near(boundary_measure(&d, &mesh, "side"), 2.0 * PI * w * t, 1e-12, "side");
        assert!(worst_scaled_jacobian(&mesh) > 0.2);
        assert!(mesh.cell_count() <= 1500);
    }
}

#[test]
fn boxes_have_the_volumes_and_areas_of_the_geometry() {
    let (a, w, t, m) = (1e-5f64, 5e-5, 5e-5, 2e-5);
    let ball = 2.0 / 3.0 * PI * a.powi(3);
    for (symmetry, share, sides) in [(Symmetry::Quarter, 0.25, 2.0), (Symmetry::Full, 1.0, 8.0)] {
        for (shape, volume, pore) in [
            (Shape::Disc, 0.0, PI * a * a),
            (Shape::Hemisphere, ball, 2.0 * PI * a * a),
            (Shape::Cylinder { depth: a }, PI * a.powi(3), 3.0 * PI * a * a),
        ] {
            let anode = Some(Anode { thickness: m, gap: 0.0 });
            let d = super::Defect { anode, ..defect(symmetry, shape) };
            let mesh = build(&d).unwrap();
            let quality = worst_scaled_jacobian(&mesh);
            let what = format!("{symmetry:?} {shape:?}");
            let base = 4.0 * share * w * w;
            near(region_measure(&d, &mesh, "electrolyte"), base * t - share * volume, 1e-7, &what);
            near(region_measure(&d, &mesh, "anode"), base * m, 1e-12, &what);
            near(boundary_measure(&d, &mesh, "pore"), share * pore, 1e-5, &what);
            near(boundary_measure(&d, &mesh, "pore_anode"), share * PI * a * a, 1e-5, &what);
            near(boundary_measure(&d, &mesh, "counter"), base, 1e-12, &what);
            near(boundary_measure(&d, &mesh, "collector"), base, 1e-12, &what);
            let sides = sides * w;
            near(boundary_measure(&d, &mesh, "side"), sides * t, 1e-12, &what);
            near(boundary_measure(&d, &mesh, "anode_side"), sides * m, 1e-12, &what);
            let interface = mesh.interface("anode").unwrap();
            for s in &interface.sides {
                near(facet_measure(&d, &mesh, s), base - share * PI * a * a, 1e-6, &what);
            }
            assert_eq!(mesh.boundary("symmetry_x").is_some(), symmetry == Symmetry::Quarter);
            assert!(mesh.boundary("anode").is_none());
            assert!(quality > 0.2, "{what}: {quality}");
        }
    }
}

#[test]
fn curved_walls_converge_with_the_order_of_their_cells() {
    let a = 1e-5f64;
    // Interpolation of an arc by straight and by curved sides: h^2, h^4.
    for (order, rate) in [(1, 2.0), (2, 4.0)] {
        let error = |refinement| {
            let sharp = defect(Symmetry::Axisymmetric, Shape::Hemisphere);
            let d = super::Defect { order, refinement, rim_size: 0.2 * a, ..sharp };
            let exact = PI * 125.0 * a.powi(3) - 2.0 / 3.0 * PI * a.powi(3);
            (region_measure(&d, &build(&d).unwrap(), "electrolyte") / exact - 1.0).abs()
        };
        let got = (error(0) / error(1)).log2();
        assert!((got - rate).abs() < 0.1, "order {order}: {got}, wanted {rate}");
    }
}

#[test]
fn nodes_of_the_wall_lie_on_the_exact_surface() {
    let (a, b, fillet) = (1e-5f64, 4e-6f64, 5e-7f64);
    for symmetry in [Symmetry::Axisymmetric, Symmetry::Quarter] {
        for rim_radius in [0.0, fillet] {
            let sharp = defect(symmetry, Shape::Spheroid { depth: b });
            let mesh = build(&super::Defect { rim_radius, ..sharp }).unwrap();
            let pore = mesh.boundary("pore").unwrap();
            let mouth = mesh.boundary("anode").unwrap().facets.iter().flat_map(|f| &f.nodes);
            let mouth = mouth.map(|&n| mesh.points[n as usize]).map(|[x, y, _]| x.hypot(y));
            let mouth = mouth.fold(f64::INFINITY, f64::min);
            for &n in pore.facets.iter().flat_map(|f| &f.nodes) {
                let [x, y, z] = mesh.points[n as usize];
                let r = x.hypot(y);
                let on_ellipse = ((r / a).hypot(z / b) - 1.0).abs() < 1e-13;
                let on_fillet = rim_radius > 0.0
                    && ((r - mouth).hypot(z - fillet) / fillet - 1.0).abs() < 1e-11;
                assert!(on_ellipse || on_fillet, "{r} {z}");
            }
        }
    }
    // A fillet that touches a sphere of radius a from outside is centred at sqrt(a^2 + 2 a rho).
    let d = super::Defect { rim_radius: fillet, ..defect(Symmetry::Planar, Shape::Hemisphere) };
    let mesh = build(&d).unwrap();
    let mouth = (a * a + 2.0 * a * fillet).sqrt();
    near(boundary_measure(&d, &mesh, "anode"), d.width - mouth, 1e-12, "mouth");
}

#[test]
fn refinement_halves_every_cell_and_keeps_every_corner() {
    for (symmetry, factor) in [(Symmetry::Planar, 4), (Symmetry::Quarter, 8)] {
        let coarse = super::Defect { rim_size: 2e-6, ..defect(symmetry, Shape::Hemisphere) };
        let fine = build(&super::Defect { order: 1, refinement: 1, ..coarse }).unwrap();
        let coarse = build(&coarse).unwrap();
        let wedges = |m: &crate::Mesh| {
            m.blocks.iter().filter(|b| b.kind.corner_count() == 6).map(|b| b.len()).sum::<usize>()
        };
        // A wedge becomes four wedges at the axis and four hexahedra off it.
        let (all, prisms) = (coarse.cell_count(), wedges(&coarse));
        assert_eq!(fine.cell_count(), factor * (all - prisms) + 8 * prisms);
        let bits = |m: &crate::Mesh| {
            let mut bits: Vec<[u64; 3]> =
                m.points.iter().map(|p| p.map(|x| (x + 0.0).to_bits())).collect();
            bits.sort_unstable();
            bits
        };
        // The nodes of second order are the corners of the halved cells.
        let (fine, coarse) = (bits(&fine), bits(&coarse));
        assert!(coarse.iter().all(|p| fine.binary_search(p).is_ok()));
    }
}

#[test]
fn boxes_have_nodes_on_the_diagonal_and_in_the_planes() {
    let d = defect(Symmetry::Quarter, Shape::Disc);
    let mesh = build(&d).unwrap();
    let count = |on: &dyn Fn(&[f64; 3]) -> bool| mesh.points.iter().filter(|p| on(p)).count();
    let diagonal = count(&|p| p[0] == p[1]);
    assert_eq!(diagonal, count(&|p| p[1] == 0.0));
    assert_eq!(diagonal, count(&|p| p[0] == 0.0));
    assert!(mesh.points.contains(&[d.width, d.width, 0.0]));
    assert!(
        mesh.points
            .iter()
            .all(|p| p[0] >= 0.0 && p[0] <= d.width && p[1] >= 0.0 && p[1] <= d.width)
    );
}
