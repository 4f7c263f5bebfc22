//! A confined block with a hemispherical cavity under pressure.

use crate::problem::{Problem, node_at};
use contact::{DISPLACEMENT, Pressure, stress};
use fem::Hypothesis;
use fem::recover::integrate_facets;
use mesh::defect::{Defect, Shape, Symmetry, build};

#[test]
fn cavity_in_a_box_of_50_micrometres() {
    // Curved high-order elements, orders 4 and 5, two meshes, by another code: displacement of the top
    // -0.0187558 um and of the pole -0.00806 um; at the rim sigma_zz -18.271 MPa, von Mises 15.938 MPa.
    let defect = Defect {
        symmetry: Symmetry::Quarter,
        shape: Shape::Hemisphere,
        radius: 10e-6,
        rim_radius: 0.0,
        width: 50e-6,
        thickness: 50e-6,
        anode: None,
        rim_size: 1e-6,
        order: 2,
        refinement: 0,
    };
    let mesh = build(&defect).unwrap();
    let problem = Problem::new(&mesh, Hypothesis::Spatial)
        .elastic(20e9, 0.3)
        .roller("anode")
        .roller("side")
        .roller("symmetry_x")
        .roller("symmetry_y")
        .on("counter", Pressure { pressure: 10e6 });
    let (system, u) = problem.solve();
    let displacement = system.space().nodal_vectors(DISPLACEMENT, &system.all_unknowns(&u));
    let stress = stress::nodal_stress(&system, &[(0, 0)], &u);
    let pole = displacement[node_at(&mesh, [0.0, 0.0, 10e-6])][2];
    let rim = &stress[node_at(&mesh, [10e-6, 0.0, 0.0])];
    let counter = &mesh.boundary("counter").unwrap().facets;
    let [area, sum] = integrate_facets(&mesh, Hypothesis::Spatial, counter, |at| {
        let values = at.nodes.iter().zip(at.shape);
        [1.0, values.map(|(&n, shape)| shape * displacement[n as usize][2]).sum()]
    });
    for (name, got, want, tolerance) in [
        ("mean of the top", sum / area, -0.0187558e-6, 1e-3),
        ("pole", pole, -0.00806e-6, 1e-3),
        ("stress at the rim", rim[2][2], -18.271e6, 5e-3),
        ("von Mises at the rim", stress::von_mises(rim), 15.938e6, 5e-3),
    ] {
        assert!((got / want - 1.0).abs() < tolerance, "{name}: {got:e} {want:e}");
    }
}
