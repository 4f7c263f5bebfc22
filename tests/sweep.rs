//! Points of a sweep give the numbers of full runs on the same mesh, whatever is varied.

use natrolite::case::read;
use natrolite::registry::laws;
use natrolite::run::{KineticLength, Silent, default_rim, solve_case};
use natrolite::sweep::{Crew, Plan, PointStatus, Points, Row, solve_points};
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

/// An axis of a sweep: the key, and its values as TOML.
type Axis<'a> = (&'a str, &'a str);

fn config(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs").join(name)
}

/// The points of a config with these axes in place of its own.
fn points(name: &str, axes: &[Axis<'_>], arguments: &[&str]) -> Points {
    let path = config(name);
    let mut text = fs::read_to_string(&path).expect("a config can be read");
    if let Some(own) = text.find("[sweep]") {
        text.truncate(own);
    }
    for (key, values) in axes {
        text += &format!("\n[[sweep.axis]]\nkey = \"{key}\"\nvalues = {values}\n");
    }
    let arguments: Vec<String> = arguments.iter().map(|a| (*a).to_owned()).collect();
    let case = read(&path, &text, &arguments, laws());
    Points::new(case.unwrap_or_else(|e| panic!("{name}: {e}"))).expect("the sweep is good")
}

/// The rows of all points, how many were condensed, and how many by full runs.
fn solve(points: &Points, threads: usize) -> (Plan, Vec<Row>, [usize; 2]) {
    let plan = Plan::new(points).expect("some points are good");
    let mut rows = vec![None; points.len()];
    for (index, row) in &plan.failed {
        rows[*index] = Some(row.clone());
    }
    let done = vec![false; points.len()];
    let method = solve_points(points, &plan, &done, Crew::alone(threads, 0), &mut |found| {
        found.into_iter().for_each(|(index, row)| rows[index] = Some(row));
        Ok::<(), Infallible>(())
    });
    let Ok(method) = method;
    let counts = [&method.condensed, &method.full].map(|count| count.load(Ordering::Relaxed));
    let rows = rows.into_iter().map(|row| row.expect("every point has a row")).collect();
    (plan, rows, counts)
}

/// Largest difference between the rows and full runs: relative, of pure numbers against 1 at least.
fn difference(points: &Points, plan: &Plan, rows: &[Row]) -> (f64, String) {
    let mut worst = (0.0, String::new());
    for (index, row) in rows.iter().enumerate() {
        assert_eq!(row.status, PointStatus::Converged, "{index}: {}", row.reason);
        let chunk = plan.chunks.iter().find(|c| c.points.contains(&index)).expect("it is planned");
        let case = points.case(index, plan.rim_sizes[chunk.shared.mesh]).expect("a good case");
        let full = solve_case(&case, 0, &mut Silent).expect("it can be solved");
        let quantities = &full.summary.quantities;
        assert_eq!(row.layout.len(), quantities.iter().count(), "{:?}", row.layout);
        for ((name, unit), value) in row.layout.iter().zip(&row.values) {
            let wanted = quantities.get(name).unwrap_or_else(|| panic!("no {name}"));
            assert_eq!(*unit, wanted.unit, "{name}");
            let least = if unit == "1" { 1.0 } else { f64::MIN_POSITIVE };
            let error = (value - wanted.value).abs() / wanted.value.abs().max(least);
            if error.is_nan() || error > worst.0 {
                worst = (error, format!("{name} of point {index}: {value:e} {:e}", wanted.value));
            }
        }
    }
    worst
}

/// Compares a sweep with full runs; every point must have been condensed.
fn compare(name: &str, axes: &[Axis<'_>]) -> Plan {
    compare_set(name, axes, &[])
}

/// The same with changes to the case.
fn compare_set(name: &str, axes: &[Axis<'_>], set: &[&str]) -> Plan {
    let points = points(name, axes, set);
    let (plan, rows, [condensed, full]) = solve(&points, 2);
    assert_eq!((condensed, full), (points.len(), 0), "{name}");
    let (error, place) = difference(&points, &plan, &rows);
    assert!(error < 1e-10, "{name}: {place}: {error:.1e}");
    plan
}

const CURRENT: Axis<'_> = ("boundary.counter.current.density", r#"["-0.3 mA/cm^2", "2 mA/cm^2"]"#);

#[test]
fn butler_volmer_with_and_without_a_film() {
    let plan = compare(
        "nas_pore.toml",
        &[
            ("material.NAS.ohm.conductivity", r#"["0.05 mS/cm", "0.9 mS/cm", "5 mS/cm"]"#),
            (
                "boundary.anode.butler_volmer.exchange_current_density",
                r#"["0.02 mA/cm^2", "1.3 mA/cm^2", "20 mA/cm^2"]"#,
            ),
            ("boundary.anode.butler_volmer.film_resistance", r#"["0 ohm cm^2", "40 ohm cm^2"]"#),
        ],
    );
    assert_eq!((plan.rim_sizes.len(), plan.conduction.len()), (1, 1));
}

#[test]
fn one_mesh_as_fine_as_the_finest_of_the_points() {
    let axes = [("material.NAS.ohm.conductivity", r#"["0.9 mS/cm", "0.05 mS/cm", "5 mS/cm"]"#)];
    let plan = compare("nas_disc.toml", &axes);
    let chosen = points("nas_disc.toml", &axes, &[]);
    let chosen = |index| {
        let case = chosen.case(index, None).expect("a good case");
        default_rim(&case, &KineticLength::of(&case))
    };
    assert!(chosen(1) < chosen(0) && chosen(1) < chosen(2), "the worst conductor is the finest");
    assert_eq!(plan.rim_sizes, [chosen(1)]);
    // A size that the case gives is kept.
    let given = points("nas_disc.toml", &axes, &["mesh.defect.rim_size=0.1 um"]);
    assert_eq!(Plan::new(&given).expect("good points").rim_sizes, [None]);
}

#[test]
fn transfer_coefficients_and_temperature() {
    compare(
        "nas_pore.toml",
        &[
            ("temperature", r#"["0 degC", "60 degC"]"#),
            ("boundary.anode.butler_volmer.anodic_transfer", "[0.2, 0.8]"),
            CURRENT,
        ],
    );
    // Through the activation energy of the conduction.
    compare("arrhenius.toml", &[("temperature", r#"["25 degC", "40 degC", "60 degC"]"#), CURRENT]);
}

#[test]
fn linear_tafel_and_contact_resistance_on_interfaces() {
    compare(
        "linear_kinetics.toml",
        &[
            (
                "interface.anode.linear_kinetics.charge_transfer_resistance",
                r#"["1 ohm cm^2", "300 ohm cm^2"]"#,
            ),
            ("boundary.collector.potential", r#"["0 V", "0.1 V"]"#),
            CURRENT,
        ],
    );
    let currents =
        ("boundary.counter.current.density", r#"["0.1 mA/cm^2", "0.51 mA/cm^2", "3 mA/cm^2"]"#);
    let film = r#"["0 ohm cm^2", "20 ohm cm^2"]"#;
    compare("tafel.toml", &[("interface.anode.tafel.film_resistance", film), currents]);
    let resistance = r#"["1 ohm cm^2", "5 ohm cm^2"]"#;
    compare(
        "contact_resistance.toml",
        &[("interface.anode.contact_resistance", resistance), CURRENT],
    );
}

#[test]
fn electrodes_that_float_and_counters_of_one_potential() {
    compare(
        "symmetric_cell_nas.toml",
        &[
            (
                "boundary.collector.butler_volmer.exchange_current_density",
                r#"["0.1 mA/cm^2", "1.3 mA/cm^2"]"#,
            ),
            CURRENT,
        ],
    );
    let totals = ("boundary.counter.current.total", r#"["1 nA", "40 nA", "400 nA"]"#);
    let film = r#"["0 ohm cm^2", "20 ohm cm^2"]"#;
    let film = ("boundary.anode.butler_volmer.film_resistance", film);
    compare("equipotential_counter.toml", &[totals, film]);
}

#[test]
fn an_electrode_in_the_pore_meets_the_anode_at_many_nodes() {
    let values =
        r#"["0.1 mA/cm^2", "0.2 mA/cm^2", "0.5 mA/cm^2", "1 mA/cm^2", "2 mA/cm^2", "5 mA/cm^2"]"#;
    let exchange = ("boundary.anode.butler_volmer.exchange_current_density", values);
    let set = [
        "mesh.defect.symmetry=quarter",
        "mesh.defect.rim_size=4 um",
        "discretization.order=1",
        "boundary.pore.current.total=4 nA",
        "boundary.pore.current.distribution=equipotential",
        "output.counter=counter",
    ];
    compare_set("nas_pore.toml", &[exchange, CURRENT], &set);
}

#[test]
fn a_meshed_metal_keeps_its_conductivity_while_that_of_the_electrolyte_varies() {
    let plan = compare(
        "meshed_anode.toml",
        &[
            ("material.NAS.ohm.conductivity", r#"["0.1 mS/cm", "2 mS/cm"]"#),
            (
                "interface.anode.butler_volmer.exchange_current_density",
                r#"["0.1 mA/cm^2", "1.3 mA/cm^2"]"#,
            ),
        ],
    );
    assert_eq!(plan.conduction, [4], "the bodies are eliminated once, each scaled by itself");
}

#[test]
fn given_potentials_leave_nothing_to_iterate() {
    let sigma = ("material.NAS.ohm.conductivity", r#"["0.1 mS/cm", "0.9 mS/cm"]"#);
    compare("primary_hemisphere.toml", &[sigma, CURRENT]);
}

#[test]
fn tensors_and_several_conductors() {
    let i0 = "boundary.anode.butler_volmer.exchange_current_density";
    compare("tensor_conductivity.toml", &[(i0, r#"["0.1 mA/cm^2", "1.3 mA/cm^2"]"#), CURRENT]);
    // Joined conductors: each ratio of their conductivities is eliminated by itself.
    let sigma = ("material.NPS.ohm.conductivity", r#"["0.1 mS/cm", "0.2 mS/cm"]"#);
    let total = ("boundary.top.current.total", r#"["1 uA", "10 uA", "20 uA"]"#);
    let plan = compare("mixed_cells.toml", &[sigma, total]);
    assert_eq!(plan.conduction, [3, 3]);
}

#[test]
fn three_dimensions() {
    let i0 = "boundary.anode.butler_volmer.exchange_current_density";
    compare("gmsh_pore_quarter.toml", &[(i0, r#"["0.1 mA/cm^2", "1.3 mA/cm^2", "10 mA/cm^2"]"#)]);
}

#[test]
fn stress_is_solved_once_for_each_pressure() {
    let plan = compare(
        "anode_free_pressure.toml",
        &[
            ("boundary.counter.current.density", r#"["0.1 mA/cm^2", "0.5 mA/cm^2", "1 mA/cm^2"]"#),
            ("boundary.collector.platen.pressure", r#"["5 MPa", "20 MPa"]"#),
            ("interface.void.contact_fraction.hardness", r#"["0.7 MPa", "2 MPa"]"#),
        ],
    );
    assert_eq!((plan.rim_sizes.len(), plan.mechanics, plan.conduction.len()), (1, 2, 1));
    // The conductance of a rough contact follows from the pressure too.
    let conductivity = "interface.anode.contact_conductance.conductivity";
    let values = r#"["0.18 mS/cm", "1 mS/cm"]"#;
    let plan = compare("contact_conductance.toml", &[(conductivity, values), CURRENT]);
    assert_eq!(plan.mechanics, 1);
}

#[test]
fn geometry_makes_meshes_and_few_points_on_one_are_full_runs() {
    let points = points(
        "nas_pore.toml",
        &[("mesh.defect.radius", r#"["2 um", "10 um"]"#), ("discretization.order", "[1, 2]")],
        &[],
    );
    let (plan, rows, counts) = solve(&points, 2);
    assert_eq!((plan.rim_sizes.len(), counts), (4, [0, 4]));
    assert_eq!(difference(&points, &plan, &rows).0, 0.0, "a full run is a full run");
}

#[test]
fn rows_do_not_depend_on_threads_or_on_what_was_done_before() {
    let i0 = "boundary.anode.butler_volmer.exchange_current_density";
    let values: Vec<String> = (1..=200).map(|k| format!("\"{} uA/cm^2\"", 13 * k)).collect();
    let points = points("nas_pore.toml", &[(i0, &format!("[{}]", values.join(", ")))], &[]);
    let (plan, rows, _) = solve(&points, 1);
    assert!(plan.chunks.iter().any(|chunk| chunk.points.len() > 2), "points follow each other");
    assert_eq!(rows, solve(&points, 3).1);
    // Every third point is known; the others must come out the same.
    let done: Vec<bool> = (0..points.len()).map(|k| k % 3 == 0).collect();
    let mut count = 0;
    let solved = solve_points(&points, &plan, &done, Crew::alone(2, 0), &mut |found| {
        count += found.len();
        match found.iter().find(|(index, row)| *row != rows[*index] || done[*index]) {
            Some((index, _)) => Err(*index),
            None => Ok(()),
        }
    });
    assert_eq!(solved.err(), None, "this point differs");
    assert_eq!(count, points.len() - points.len().div_ceil(3));
}

#[test]
fn a_point_that_fails_does_not_stop_the_others() {
    let points = points(
        "nas_pore.toml",
        &[
            ("mesh.defect.radius", r#"["10 um", "-1 um", "100 um"]"#),
            ("solver.newton.max_iterations", "[1, 100]"),
        ],
        &["mesh.defect.width=50 um"],
    );
    let (_, rows, _) = solve(&points, 2);
    let status: Vec<PointStatus> = rows.iter().map(|row| row.status).collect();
    use PointStatus::{Converged, Failed, NotConverged};
    assert_eq!(status, [NotConverged, Converged, Failed, Failed, Failed, Failed]);
    assert!(rows[0].reason.starts_with("Newton's method did not converge in 1"), "{:?}", rows[0]);
    assert_eq!(rows[2].reason, "`mesh.defect.radius` is -1 um, out of range");
    assert_eq!(rows[4].reason, "`mesh.defect.radius` is 100 um, not less than `width`, 50 um");
    assert!(rows[2].values.is_empty() && !rows[0].values.is_empty());
}

#[test]
fn errors_of_all_points_are_those_of_the_case() {
    let axes = [("mesh.defect.radius", r#"["-1 um", "-2 um"]"#)];
    let error =
        Plan::new(&points("nas_pore.toml", &axes, &[])).err().expect("nothing can be solved");
    assert_eq!(error.diagnostics.len(), 1);
    assert!(error.to_string().contains("`mesh.defect.radius` is -1 um, out of range"), "{error}");
}

#[test]
fn a_point_that_does_not_converge_condensed_gives_what_its_own_run_gives() {
    let values = r#"["1 mA/cm^2", "2 mA/cm^2", "3 mA/cm^2"]"#;
    const KEY: &str = "boundary.counter.current.density";
    let hasty = ["solver.newton.max_iterations=1"];
    let (_, rows, [condensed, full]) = solve(&points("nas_pore.toml", &[(KEY, values)], &hasty), 1);
    assert!(full > 0 && condensed + full == 3, "{condensed} {full}");
    assert!(rows.iter().any(|row| row.status == PointStatus::NotConverged));
    for (row, value) in rows.iter().zip(["1 mA/cm^2", "2 mA/cm^2", "3 mA/cm^2"]) {
        if row.status == PointStatus::Converged {
            continue;
        }
        let alone = format!("[\"{value}\"]");
        let (_, alone, counts) = solve(&points("nas_pore.toml", &[(KEY, &alone)], &hasty), 1);
        assert_eq!((counts, row), ([0, 1], &alone[0]));
    }
}
