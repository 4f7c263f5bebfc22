//! Where the cell overpotential is lost: against closed forms, against the dissipation of the field, and
//! that nothing is forgotten.

use fem::{Hypothesis, Tables, quadrature::cell_rule};
use natrolite::case::read_file;
use natrolite::results::{Results, Symmetry};
use natrolite::run::{Silent, solve_case};
use std::path::Path;

fn solve(name: &str, set: &[&str]) -> Results {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs").join(name);
    let set: Vec<String> = set.iter().map(|s| (*s).to_owned()).collect();
    let case = read_file(&path, &set).unwrap_or_else(|e| panic!("{}", e.render(false)));
    solve_case(&case, 0, &mut Silent).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn value(results: &Results, name: &str) -> f64 {
    let quantity = results.summary.quantities.get(name);
    quantity.unwrap_or_else(|| panic!("no quantity {name}")).value
}

/// Names and values of the parts.
fn parts(results: &Results) -> Vec<(String, f64)> {
    let all = results.summary.quantities.iter();
    let parts = all.filter(|(name, _)| name.starts_with("overpotential_"));
    parts.map(|(name, q)| (name.to_owned(), q.value)).collect()
}

#[test]
fn the_parts_of_a_slab_are_those_of_the_closed_form() {
    // 100 um of 0.9 mS/cm, i0 1.3 mA/cm2, a film of 20 ohm cm2, 0.51 mA/cm2; the metal is next to free.
    let results = solve("film_resistance.toml", &[]);
    let (i, rt) = (5.1, 8.314_462_618 * 298.15);
    let kinetic = 2.0 * rt / 96_485.332_12 * f64::asinh(i / 26.0);
    assert!((value(&results, "overpotential_kinetic.anode") / kinetic - 1.0).abs() < 1e-9);
    assert!((value(&results, "overpotential_film.anode") / (i * 20e-4) - 1.0).abs() < 1e-9);
    let ohmic = value(&results, "cell_overpotential") - kinetic - i * 20e-4;
    assert!((value(&results, "overpotential_ohmic") / ohmic - 1.0).abs() < 1e-9);
    // i L / sigma of the electrolyte; the sodium adds a ten thousandth of a thousandth.
    let slab = 31.549_187_574_1e-3 - kinetic - i * 20e-4;
    assert!((value(&results, "overpotential_ohmic") / slab - 1.0).abs() < 1e-7);
    assert_eq!(parts(&results).len(), 3);
}

#[test]
fn the_parts_add_up_to_the_cell_overpotential() {
    for (name, set, count) in [
        ("nas_pore.toml", &[][..], 2),
        ("nps_disc.toml", &[], 2),
        ("nps_lined_pit.toml", &[], 3),
        ("nas_slit.toml", &[], 2),
        ("meshed_anode.toml", &[], 2),
        ("tafel.toml", &[], 2),
        ("symmetric_cell_nps.toml", &[], 3),
        ("equipotential_counter.toml", &[], 2),
        ("contact_resistance.toml", &[], 2),
        ("contact_conductance.toml", &[], 2),
        ("nas_pore_pressed.toml", &[], 3),
        ("gmsh_pore_quarter.toml", &[], 2),
    ] {
        let results = solve(name, set);
        let parts = parts(&results);
        assert!(parts.len() >= count, "{name}: {parts:?}");
        let sum: f64 = parts.iter().map(|p| p.1).sum();
        let cell = value(&results, "cell_overpotential");
        assert!((sum / cell - 1.0).abs() < 1e-9, "{name}: {sum:e} {cell:e} {parts:?}");
    }
}

/// The integral of sigma |grad phi|^2 over one body \[W\], from the potential at the nodes.
fn dissipation(results: &Results, conductivity: f64) -> f64 {
    let mesh = &results.mesh;
    let hypothesis = match results.symmetry {
        Symmetry::Planar => Hypothesis::Planar,
        Symmetry::Axisymmetric => Hypothesis::Axisymmetric,
        Symmetry::ThreeDimensional => Hypothesis::Spatial,
    };
    let potential = &results.field("potential").expect("a potential").values;
    let mut sum = 0.0;
    for block in &mesh.blocks {
        let tables = Tables::new(block.kind, &cell_rule(block.kind));
        let mut gradients = vec![[0.0; 3]; block.kind.node_count()];
        for nodes in block.cells() {
            let x: Vec<[f64; 3]> = nodes.iter().map(|&n| mesh.points[n as usize]).collect();
            for q in 0..tables.len() {
                let weight = tables.cell_gradients(q, &x, mesh.axes, &mut gradients);
                let mut gradient = [0.0; 3];
                for (g, &node) in gradients.iter().zip(nodes) {
                    (0..3).for_each(|k| gradient[k] += g[k] * potential[node as usize]);
                }
                let square: f64 = gradient.iter().map(|g| g * g).sum();
                let weight = weight * hypothesis.weight(tables.position(q, &x), mesh.axes);
                sum += weight * conductivity * square;
            }
        }
    }
    sum
}

#[test]
fn the_ohmic_part_is_what_the_field_dissipates() {
    // Multiplicity 1 in axisymmetry; a planar half section and a quarter show a half and a quarter.
    for (name, conductivity, multiplicity) in [
        ("nas_pore.toml", 0.09, 1.0),
        ("nps_lined_pit.toml", 0.01, 1.0),
        ("nas_slit.toml", 0.09, 2.0),
        ("nps_pore_quarter.toml", 0.01, 4.0),
    ] {
        let results = solve(name, &[]);
        let current = value(&results, "total_current.counter").abs();
        let ohmic = multiplicity * dissipation(&results, conductivity) / current;
        let got = value(&results, "overpotential_ohmic");
        assert!((got / ohmic - 1.0).abs() < 1e-8, "{name}: {got:e} {ohmic:e}");
    }
}

#[test]
fn a_contact_pressure_shifts_by_its_molar_volume() {
    // 0.2454 mV for each MPa under sodium (23.68 cm3/mol): the pressure is uniform away from the pore.
    let results = solve("nas_pore_pressed.toml", &[]);
    let shift = value(&results, "overpotential_mechanical.anode");
    let pressure = value(&results, "mean_contact_pressure.anode");
    let uniform = 23.68e-6 * pressure / 96_485.332_12;
    assert!((shift / uniform - 1.0).abs() < 0.2, "{shift:e} {uniform:e}");
    let none = ["interface.anode.butler_volmer.partial_molar_volume=\"0 cm^3/mol\""];
    let without = solve("nas_pore_pressed.toml", &none);
    assert!(parts(&without).iter().all(|(name, _)| !name.starts_with("overpotential_mechanical")));
}

#[test]
fn without_a_current_through_the_counter_there_are_no_parts() {
    let results = solve("nas_pore.toml", &["boundary.counter.current.density=\"0 mA/cm^2\""]);
    assert!(parts(&results).is_empty());
}
