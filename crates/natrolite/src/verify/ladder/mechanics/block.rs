//! A confined block with a hemispherical cavity under pressure: the built-in geometry in space.

use super::super::super::row::{Comparison, Problem, Row};
use super::problem::{Elasticity, node_at, text};
use contact::{DISPLACEMENT, Pressure, Reduction, stress};
use fem::Hypothesis;
use fem::recover::integrate_facets;
use mesh::defect::{Defect, Shape, Symmetry, build};

const SOURCE: &str =
    "another program: curved elements of orders 4 and 5, two meshes, digits agreed";

/// A box of 50 um with a cavity of 10 um under 10 MPa; 20 GPa, nu 0.3; rollers but for the top.
pub(super) fn problems() -> Vec<Problem> {
    let row = |name: &str, what: &str, tolerance, because: &str| {
        let what = format!("{what}, cavity of 10 um in a box of 50 um, 10 MPa");
        Row::new(format!("elastic.block.{name}"), what, tolerance, because, SOURCE)
    };
    let cells = "second-order cells of 1 um at the rim";
    let stress_of = "second-order cells of 1 um at the rim; stress at nodes is one order below";
    let rows = vec![
        row("top", "mean displacement of the top [m]", 1e-4, cells),
        row("pole", "displacement of the pole [m]", 1e-3, "the three digits that are given"),
        row("rim", "sigma_zz at the rim [Pa]", 5e-3, stress_of),
        row("von_mises", "von Mises stress at the rim [Pa]", 5e-3, stress_of),
    ];
    vec![Problem::new(rows, || {
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
        let mesh = build(&defect).map_err(text)?;
        let (system, u) = Elasticity::new(&mesh, Hypothesis::Spatial)
            .material(20e9, 0.3, Reduction::None)?
            .rollers(&["anode", "side", "symmetry_x", "symmetry_y"])?
            .on("counter", Pressure { pressure: 10e6 })?
            .solve()?;
        let displacement = system.space().nodal_vectors(DISPLACEMENT, &system.all_unknowns(&u));
        let stress = stress::nodal_stress(&system, &[(0, 0)], &u);
        let pole = displacement[node_at(&mesh, [0.0, 0.0, 10e-6])?][2];
        let rim = &stress[node_at(&mesh, [10e-6, 0.0, 0.0])?];
        let counter = mesh.boundary("counter").ok_or("the box has no top")?;
        let [area, sum] = integrate_facets(&mesh, Hypothesis::Spatial, &counter.facets, |at| {
            let values = at.nodes.iter().zip(at.shape);
            [1.0, values.map(|(&n, shape)| shape * displacement[n as usize][2]).sum()]
        });
        Ok(vec![
            Comparison::relative(-0.0187558e-6, sum / area),
            Comparison::relative(-0.00806e-6, pole),
            Comparison::relative(-18.271e6, rim[2][2]),
            Comparison::relative(15.938e6, stress::von_mises(rim)),
        ])
    })]
}
