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
    let b = 4e-6;
    let e = (1.0 - b * b / (a * a) as f64).sqrt();
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
        println!("{shape:?} {} cells, quality {}", mesh.cell_count(), worst_scaled_jacobian(&mesh));
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
    for (symmetry, share, side) in [(Symmetry::Quarter, 0.25, w), (Symmetry::Full, 1.0, 2.0 * w)] {
        for (shape, volume, pore) in [
            (Shape::Disc, 0.0, PI * a * a),
            (Shape::Hemisphere, ball, 2.0 * PI * a * a),
            (Shape::Cylinder { depth: a }, PI * a.powi(3), 3.0 * PI * a * a),
        ] {
            let anode = Some(Anode { thickness: m, gap: 0.0 });
            let d = super::Defect { anode, ..defect(symmetry, shape) };
            let mesh = build(&d).unwrap();
            let quality = worst_scaled_jacobian(&mesh);
            println!("{symmetry:?} {shape:?}: {} nodes, {quality}", mesh.points.len());
            let what = format!("{symmetry:?} {shape:?}");
            let base = 4.0 * share * w * w;
            near(region_measure(&d, &mesh, "electrolyte"), base * t - share * volume, 1e-7, &what);
            near(region_measure(&d, &mesh, "anode"), base * m, 1e-12, &what);
            near(boundary_measure(&d, &mesh, "pore"), share * pore, 1e-5, &what);
            near(boundary_measure(&d, &mesh, "pore_anode"), share * PI * a * a, 1e-5, &what);
            near(boundary_measure(&d, &mesh, "counter"), base, 1e-12, &what);
            near(boundary_measure(&d, &mesh, "collector"), base, 1e-12, &what);
            let sides = 8.0 * share * w;
            near(boundary_measure(&d, &mesh, "side"), sides * t, 1e-12, &what);
            near(boundary_measure(&d, &mesh, "anode_side"), sides * m, 1e-12, &what);
            let interface = mesh.interface("anode").unwrap();
            for s in &interface.sides {
                near(facet_measure(&d, &mesh, s), base - share * PI * a * a, 1e-6, &what);
            }
            assert_eq!(mesh.boundary("symmetry_x").is_some(), symmetry == Symmetry::Quarter);
            assert!(mesh.boundary("anode").is_none());
            assert!(side > 0.0);
            assert!(quality > 0.2, "{what}: {quality}");
        }
    }
}
