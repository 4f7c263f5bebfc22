use super::*;
use crate::results::{Column, Field, Profile, Quantity, Results, Status, Symmetry, sample};
use mesh::defect::{self, Anode, Defect, Shape};

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
    assert!(
        svg.contains(">1.000 everywhere</text>") && !svg.contains("NaN") && !svg.contains("inf")
    );

    results.fields[0].values.fill(f64::NAN);
    assert!(draw(&results).is_none());
}

/// Depth of the lens before loading and what is left of it \[m\].
const LENS: f64 = 2e-7;
const LEFT: f64 = 1.2e-7;

/// Two bodies over a lens that closes from LENS to LEFT: the displacement of the electrolyte is
/// 0.002 z downwards, the metal's surface rises by what the lens closes, fading over a radius. Under
/// the lens there is no pressure, beyond it 50 MPa.
fn pressed(symmetry: Symmetry) -> Results {
    let kind = match symmetry {
        Symmetry::Axisymmetric => defect::Symmetry::Axisymmetric,
        Symmetry::Planar => defect::Symmetry::Planar,
        Symmetry::ThreeDimensional => defect::Symmetry::Quarter,
    };
    let disc = Defect {
        symmetry: kind,
        shape: Shape::Disc,
        radius: sample::RADIUS,
        rim_radius: 0.0,
        width: sample::EXTENT,
        thickness: sample::EXTENT,
        anode: Some(Anode { thickness: sample::EXTENT, gap: 0.0 }),
        rim_size: 2e-6,
        order: 2,
        refinement: 0,
    };
    let mut results = sample::on(defect::build(&disc).unwrap(), symmetry);
    let mesh = &results.mesh;
    let lens = |x: [f64; 3]| (1.0 - (x[0].hypot(x[1]) / sample::RADIUS).powi(2)).max(0.0).sqrt();
    let metal = mesh.interface("void").unwrap().regions[1];
    let mut in_metal = vec![false; mesh.points.len()];
    for block in mesh.blocks.iter().filter(|b| b.region == metal) {
        block.nodes.iter().for_each(|&n| in_metal[n as usize] = true);
    }
    let displacement = mesh.points.iter().zip(&in_metal).flat_map(|(&x, &metal)| {
        let fade = (1.0 + x[2] / sample::RADIUS).max(0.0);
        [0.0, 0.0, if metal { (LENS - LEFT) * lens(x) * fade } else { -0.002 * x[2] }]
    });
    let displacement: Vec<f64> = displacement.collect();
    let stress = mesh.points.iter().flat_map(|x| [0.0, 0.0, -5e7 - 1e11 * x[0], 0.0, 0.0, 0.0]);
    let von_mises = mesh.points.iter().map(|x| 5e7 + 1e11 * x[0]).collect();
    let field = |name: &str, unit, components, values| Field {
        name: name.into(),
        unit,
        components,
        values,
    };
    let fields = [
        field("displacement", "m", 3, displacement),
        field("stress", "Pa", 6, stress.collect()),
        field("von_mises", "Pa", 1, von_mises),
    ];
    let profiles = ["anode", "void"].map(|name| {
        let nodes = mesh::nodes_of(&mesh.interface(name).unwrap().sides[0]);
        let mut points: Vec<_> = nodes.iter().map(|&n| mesh.points[n as usize]).collect();
        points.sort_by(|a, b| a[0].total_cmp(&b[0]));
        let is_solid = symmetry == Symmetry::ThreeDimensional;
        if is_solid {
            points.retain(|x| x[1].abs() < 1e-12);
        }
        let touches = |x: [f64; 3]| if lens(x) > 0.01 { 0.0 } else { 1.0 };
        let column = |name, unit, value: &dyn Fn([f64; 3]) -> f64| Column {
            name,
            unit,
            values: points.iter().map(|&x| value(x)).collect(),
        };
        let columns = vec![
            column("x", "m", &|x| x[0]),
            column("y", "m", &|x| x[1]),
            column("z", "m", &|x| x[2]),
            column("distance", "m", &|x| x[0].hypot(x[1])),
            column("current_ratio", "1", &|x| touches(x) * (1.0 + sample::RADIUS / x[0].max(1e-9))),
            column("contact_pressure", "Pa", &|x| touches(x) * 5e7),
            column("gap", "m", &|x| LEFT * lens(x)),
            column("contact_fraction", "1", &|x| 0.25 * touches(x)),
        ];
        let line = is_solid.then(|| vec!["x"; points.len()]);
        Profile { name: name.into(), suffix: "", columns, line }
    });
    results.fields.extend(fields);
    results.profiles = profiles.into();
    results
}

#[test]
fn pressure_fraction_and_gap_stand_below_the_current_on_one_axis() {
    let svg = draw(&pressed(Symmetry::Axisymmetric)).unwrap();
    for text in [
        ">current density / mean</text>",
        ">contact pressure (MPa)</text>",
        ">contact fraction</text>",
        ">gap (nm)</text>",
        ">largest 120.0 nm at 0 µm</text>",
        ">peak 2.000 at 10.00 µm</text>",
        ">open</text>",
        ">void</text>",
        ">von Mises stress (MPa)</text>",
        ">potential (mV)</text>",
        ">displacement \u{d7} 20</tspan>",
        "largest gap 120.0 nm",
    ] {
        assert!(svg.contains(text), "{text}");
    }
    // One axis, one name; and no defect called a pore between two bodies.
    assert_eq!(svg.matches("distance from the axis").count(), 1);
    assert!(!svg.contains(">pore</text>"));
    assert!(!elements(&svg).contains("NaN") && !elements(&svg).contains("inf"));
    // All references are to something defined once.
    for id in ["map", "map_bar", "deformed", "deformed_bar", "open"] {
        assert_eq!(svg.matches(&format!(r#"id="{id}""#)).count(), 1, "{id}");
        assert!(svg.contains(&format!("url(#{id})")), "{id}");
    }
}

#[test]
fn what_says_nothing_has_no_panel() {
    let mut results = pressed(Symmetry::Axisymmetric);
    for profile in &mut results.profiles {
        for column in &mut profile.columns {
            match column.name {
                "contact_pressure" => column.values.fill(5e7),
                "contact_fraction" => column.values.fill(1.0),
                "gap" => column.values.fill(0.0),
                _ => {}
            }
        }
    }
    let svg = draw(&results).unwrap();
    assert!(svg.contains(">50.00 MPa everywhere</text>") && svg.contains("closed</tspan>"));
    for text in ["contact fraction", "gap (", ">open<"] {
        assert!(!svg.contains(text), "{text}");
    }
    // Without stress there is one map and no word about it.
    results.fields.truncate(2);
    results.profiles = sample::hemisphere().profiles;
    let svg = draw(&results).unwrap();
    assert!(!svg.contains("displacement") && !svg.contains("von Mises"));
}

#[test]
fn without_a_potential_the_map_shows_the_stress() {
    let mut results = pressed(Symmetry::Axisymmetric);
    results.fields.drain(..2);
    for profile in &mut results.profiles {
        profile.columns.retain(|c| c.name != "current_ratio");
    }
    results.summary.quantities.0.clear();
    results.summary.title.clear();
    let quantity = |value| Quantity { value, unit: "Pa".into(), error_estimate: None };
    results.summary.quantities.push("max_contact_pressure.anode", quantity(5e7));
    results.summary.quantities.push("max_von_mises.anode", quantity(55e6));
    let svg = draw(&results).unwrap();
    assert_eq!(svg.matches(">von Mises stress (MPa)</text>").count(), 2);
    let numbers = "contact pressure up to 50.00 MPa \u{b7} von Mises stress up to 55.00 MPa";
    assert!(svg.contains(numbers) && svg.contains(">Stress and contact</text>"));
    assert!(svg.contains(">contact pressure (MPa)</text>"));
    assert!(!svg.contains("potential") && !svg.contains("current density"));
}

#[test]
fn the_gap_before_loading_follows_from_the_gap_and_the_jump() {
    for symmetry in [Symmetry::Axisymmetric, Symmetry::Planar, Symmetry::ThreeDimensional] {
        let results = pressed(symmetry);
        let section = section::Section::of(&results.mesh, symmetry).unwrap();
        let lines = contact_line::contact_lines(&results, &section);
        assert_eq!(lines.len(), 2, "{symmetry:?}");
        for p in lines.iter().flat_map(|l| l.segments.iter().flatten()) {
            assert_eq!(p.apart, 0.0);
            assert!((p.normal[1] + 1.0).abs() < 1e-12 && p.normal[0].abs() < 1e-12);
            // At nodes; the ends of segments between them are interpolated.
            let lens = (1.0 - (p.x[0] / sample::RADIUS).powi(2)).max(0.0).sqrt();
            if p.x[0] < 0.8 * sample::RADIUS {
                assert!((p.initial - LENS * lens).abs() < 0.01 * LENS, "{symmetry:?} {p:?}");
                assert!((p.gap - LEFT * lens).abs() < 0.01 * LENS, "{symmetry:?} {p:?}");
            }
        }
    }
}

#[test]
fn the_space_between_the_bodies_is_the_magnified_gap() {
    for symmetry in [Symmetry::Axisymmetric, Symmetry::Planar, Symmetry::ThreeDimensional] {
        let results = pressed(symmetry);
        let panel =
            deformed::DeformedPanel::new(&results, Some(sample::RADIUS), [400.0, 330.0]).unwrap();
        let (magnification, raster) = panel.drawn();
        assert_eq!(magnification, 20.0);
        // The column on the axis: what is empty, times the size of a pixel.
        let column = raster.width / 2;
        let empty = (0..raster.height)
            .filter(|row| raster.values[row * raster.width + column].is_nan())
            .count();
        let pixel = (raster.position(1)[0] - raster.position(0)[0]).abs();
        let drawn = empty as f64 * pixel;
        assert!((drawn - magnification * LEFT).abs() < 3.0 * pixel, "{symmetry:?} {drawn:e}");
        // Where the bodies touch there is no space and no overlap to see.
        let column = raster.width * 9 / 10;
        let whole =
            (0..raster.height).all(|row| raster.values[row * raster.width + column].is_finite());
        assert!(whole, "{symmetry:?}");
    }
}

#[test]
fn a_quarter_under_pressure_is_drawn_like_a_section() {
    let svg = draw(&pressed(Symmetry::ThreeDimensional)).unwrap();
    for text in
        [">displacement \u{d7} 20</tspan>", ">gap (nm)</text>", ">open</text>", ">x (µm)</text>"]
    {
        assert!(svg.contains(text), "{text}");
    }
    assert!(!elements(&svg).contains("NaN"));
}

#[test]
fn open_parts_begin_and_end_at_nodes_without_pressure() {
    let results = pressed(Symmetry::Axisymmetric);
    let surfaces = curve::surfaces(&results);
    let panels = curve::panels(&results, &surfaces, &curve::OVERVIEW, f64::INFINITY);
    let parts = curve::open_parts(&panels);
    assert_eq!(parts.len(), 1);
    let [from, to] = parts[0];
    assert!(from == 0.0 && to > 0.8 * sample::RADIUS && to < sample::RADIUS, "{to:e}");

    // A pressure across a gap, as that of rough surfaces, is a contact.
    let mut results = results;
    let void = results.profiles.iter_mut().find(|p| p.name == "void").unwrap();
    let distances = void.column("distance").unwrap().values.clone();
    let pressure = void.columns.iter_mut().find(|c| c.name == "contact_pressure").unwrap();
    for (p, d) in pressure.values.iter_mut().zip(distances) {
        *p = if d > 0.5 * sample::RADIUS { 1e6 } else { 0.0 };
    }
    let parts =
        curve::open_parts(&curve::panels(&results, &surfaces, &curve::OVERVIEW, f64::INFINITY));
    assert_eq!(parts.len(), 1);
    assert!(parts[0][1] > 0.3 * sample::RADIUS && parts[0][1] <= 0.5 * sample::RADIUS);
}

#[test]
fn distances_from_a_first_point_are_called_that() {
    let mut results = sample::hemisphere();
    assert!(draw(&results).unwrap().contains(">distance from the axis (µm)</text>"));
    let columns = &mut results.profiles[0].columns;
    let distance = columns.iter_mut().find(|c| c.name == "distance").unwrap();
    distance.values.iter_mut().for_each(|d| *d -= sample::RADIUS);
    let svg = draw(&results).unwrap();
    assert!(svg.contains(">distance from the first point (µm)</text>"));
    // The defect has no place on this axis; its name stands in the map only.
    assert_eq!(svg.matches(">pore</text>").count(), 2);
}
