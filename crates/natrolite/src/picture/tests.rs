use super::*;
use crate::results::{Quantity, Symmetry, sample};
use mesh::defect::{self, Defect, Shape};

fn built_in(symmetry: defect::Symmetry) -> mesh::Mesh {
    let defect = Defect {
        symmetry,
        shape: Shape::Hemisphere,
        radius: sample::RADIUS,
        rim_radius: 0.0,
        width: sample::EXTENT,
        thickness: sample::EXTENT,
        anode: None,
        rim_size: 2e-6,
        order: 2,
        refinement: 0,
    };
    defect::build(&defect).unwrap()
}

/// The drawing without its image, whose letters mean nothing.
fn elements(svg: &str) -> String {
    svg.lines().filter(|l| !l.starts_with("<image")).collect()
}

#[test]
fn the_picture_says_what_it_shows() {
    let svg = draw(&sample::hemisphere()).unwrap();
    for text in [
        ">Insulating half-ball in a uniform field</text>",
        ">peak factor 1.500 \u{b7} Wagner number 17.80 \u{b7} mean 0.5400 mA/cm² \u{b7} overpotential 3.000 mV</text>",
        ">x (µm)</text>",
        ">z (µm)</text>",
        ">potential (mV)</text>",
        ">distance from the axis (µm)</text>",
        ">current density / mean</text>",
        // The value at the rim of the closed form.
        ">peak 1.500 at 10.00 µm</text>",
        ">pore</text>",
        ">anode</text>",
        ">uniform</text>",
        // Three radii on either side.
        ">\u{2212}30</text>",
        ">30</text>",
    ] {
        assert!(svg.contains(text), "{text}");
    }
    assert!(svg.len() < 300_000, "{}", svg.len());
    let open = svg.matches("<text").count();
    assert_eq!(open, svg.matches("</text>").count());
    assert!(!elements(&svg).contains("NaN") && !elements(&svg).contains("inf"));
}

#[test]
fn the_potential_is_sampled_where_it_is() {
    // phi = E z (1 + a^3 / (2 r^3)) on the axis at 2 a, seen through second-order cells and a
    // raster of a fifteenth of a micrometre.
    for (mesh, symmetry) in [
        (sample::hemisphere_section(16, 12), Symmetry::Axisymmetric),
        (built_in(defect::Symmetry::Quarter), Symmetry::ThreeDimensional),
        (built_in(defect::Symmetry::Full), Symmetry::ThreeDimensional),
    ] {
        let results = sample::on(mesh, symmetry);
        let section = section::Section::of(&results.mesh, symmetry).unwrap();
        let window = [[-3e-5, 0.0], [3e-5, 4e-5]];
        let mut raster = raster::Raster::new(window[0], window[1], 900);
        section.for_each_triangle(&results.mesh, &results.fields[0].values, window, |t| {
            raster.fill(&t);
        });
        let at = |x: f64, z: f64| {
            let column = ((x - window[0][0]) * 1.5e7) as usize;
            raster.values[(599 - (z * 1.5e7) as usize) * 900 + column]
        };
        let value = at(1e-8, 2e-5);
        let wanted = 60.0 * 2e-5 * (1.0 + 1.0 / 16.0);
        assert!((value / wanted - 1.0).abs() < 5e-3, "{value} {wanted}");
        // Nothing in the pore, and its wall within a pixel or two.
        assert!(at(1e-8, 0.5e-5).is_nan() && at(0.69e-5, 0.69e-5).is_nan());
        assert!(at(0.72e-5, 0.72e-5).is_finite());
    }
}

#[test]
fn three_dimensional_bodies_are_cut_where_the_current_is_looked_at() {
    for symmetry in [defect::Symmetry::Quarter, defect::Symmetry::Full] {
        let svg = draw(&sample::on(built_in(symmetry), Symmetry::ThreeDimensional)).unwrap();
        for text in
            [">anode, y = 0</text>", ">anode, x = y</text>", ">pore</text>", ">\u{2212}30</text>"]
        {
            assert!(svg.contains(text), "{symmetry:?} {text}");
        }
    }
}

#[test]
fn a_run_that_did_not_converge_says_so() {
    let mut results = sample::hemisphere();
    results.summary.status = Status::NotConverged;
    assert!(draw(&results).unwrap().contains("NOT CONVERGED"));
}

#[test]
fn whatever_is_missing_is_left_out() {
    let mut results = sample::hemisphere();
    results.profiles.clear();
    results.summary.quantities.0.clear();
    results.summary.title.clear();
    let svg = draw(&results).unwrap();
    assert!(svg.contains("potential (mV)") && !svg.contains("distance"));

    results.fields.clear();
    assert!(draw(&results).is_none());
    results.mesh = mesh::Mesh::default();
    assert!(draw(&results).is_none());
}

#[test]
fn values_that_are_uniform_or_not_finite_do_no_harm() {
    let mut results = sample::hemisphere();
    results.fields[0].values.fill(0.06);
    let ratio = results.profiles[0].columns.iter_mut().find(|c| c.name == "current_ratio").unwrap();
    ratio.values.fill(1.0);
    results.summary.quantities.push(
        "peak_factor.x",
        Quantity { value: f64::INFINITY, unit: "1".into(), error_estimate: None },
    );
    let svg = elements(&draw(&results).unwrap());
    assert!(svg.contains("peak 1.000") && !svg.contains("NaN") && !svg.contains("inf"));

    results.fields[0].values.fill(f64::NAN);
    assert!(draw(&results).is_none());
}
