//! `mpirun -n 1`, `2` and `4` of the program give what it gives alone. Built with the feature `petsc` only.

#[path = "common/bonded.rs"]
mod bonded;
#[path = "common/launched.rs"]
mod launched;
#[path = "common/near.rs"]
mod near;

use bonded::{BONDED, MATERIALS};
use launched::{PROGRAM, config, mpirun, text};
use natrolite::output::read_results;
use natrolite::results::Results;
use near::{assert_gaps, assert_near, assert_quantity};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

struct Run {
    summary: Value,
    /// Merged, where they are in pieces.
    results: Results,
    /// Cells of each piece.
    pieces: Vec<i64>,
    /// Names of the figures of the report, and how many numbers it has.
    figures: Vec<String>,
}

fn read(folder: &Path) -> Run {
    let summary = std::fs::read_to_string(folder.join("summary.json")).expect("written");
    let file = hdf5::File::open(folder.join("result.vtkhdf")).expect("written");
    let pieces = file.dataset("VTKHDF/NumberOfCells").expect("written").read_raw();
    let report = std::fs::read_to_string(folder.join("report.html")).expect("written");
    let figures = report.split("id=\"figure-").skip(1);
    Run {
        summary: serde_json::from_str(&summary).expect("JSON"),
        results: read_results(folder).expect("its own files"),
        pieces: pieces.expect("numbers"),
        figures: figures.map(|rest| rest.split('"').next().expect("a name").to_owned()).collect(),
    }
}

fn alone(case: &Path, folder: &Path) -> Run {
    refined_alone(case, "0", folder)
}

fn refined_alone(case: &Path, refinement: &str, folder: &Path) -> Run {
    let output = Command::new(PROGRAM)
        .args(["run", "--quiet", "--refine", refinement, "--output"])
        .args([folder, case])
        .output()
        .expect("the program starts");
    assert!(output.status.success(), "{}", text(&output.stderr));
    read(folder)
}

/// Quantities and profiles to 1e-10, fields to 1e-8 of their largest value, the mesh bit for bit.
fn compare(one: &Run, many: &Run, what: &str) {
    let quantities = one.summary["quantities"].as_object().expect("a table");
    assert!(quantities.len() > 5, "{what}");
    for (name, quantity) in quantities {
        let wanted = quantity["value"].as_f64().expect("a number");
        let got = many.summary["quantities"][name]["value"].as_f64().expect("a number");
        assert_quantity(name, wanted, got, what);
    }
    let [alone, spread] = [&one.results, &many.results];
    // Plain data.
    assert_eq!(format!("{:?}", alone.mesh), format!("{:?}", spread.mesh), "{what}");
    assert_eq!(alone.fields.len(), spread.fields.len(), "{what}");
    for (one, many) in alone.fields.iter().zip(&spread.fields) {
        assert_eq!(one.name, many.name, "{what}");
        assert_near(&one.values, &many.values, 1e-8, &format!("{what}: {}", one.name));
    }
    assert_eq!(alone.profiles.len(), spread.profiles.len(), "{what}");
    for (one, many) in alone.profiles.iter().zip(&spread.profiles) {
        for (a, b) in one.columns.iter().zip(&many.columns) {
            let what = format!("{what}: {} {}", one.name, a.name);
            match a.name {
                "gap" => assert_gaps(&a.values, &b.values, &what),
                _ => assert_near(&a.values, &b.values, 1e-10, &what),
            }
        }
    }
    assert_eq!(alone.surface_fields.len(), spread.surface_fields.len(), "{what}");
    for (one, many) in alone.surface_fields.iter().zip(&spread.surface_fields) {
        let what = format!("{what}: {} of {}", one.name, one.surface);
        match one.name {
            "gap" => assert_gaps(&one.values, &many.values, &what),
            _ => assert_near(&one.values, &many.values, 1e-10, &what),
        }
    }
    assert_eq!(one.figures, many.figures, "{what}");
    assert_eq!(one.summary["dofs"], many.summary["dofs"], "{what}");
    assert!(agree(&one.summary["mesh"], &many.summary["mesh"]), "{what}");
}

/// The same but for rounding, as where the ranks add up.
fn agree(one: &Value, many: &Value) -> bool {
    match (one, many) {
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| agree(a, b)))
        }
        (Value::Number(a), Value::Number(b)) if a.is_f64() && b.is_f64() => {
            let [a, b] = [a, b].map(|x| x.as_f64().expect("a number"));
            (a - b).abs() <= 1e-13 * a.abs()
        }
        (a, b) => a == b,
    }
}

/// Runs a case on these numbers of ranks, and compares with the program alone.
fn check(name: &str, ranks: &[usize], arguments: &[&str], solver: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let one = alone(&config(name), &folder.path().join("alone"));
    for &ranks in ranks {
        let what = format!("{name} {arguments:?} on {ranks} ranks");
        let target = folder.path().join(ranks.to_string());
        let mut all = vec!["run", "--quiet", "--output", target.to_str().expect("a name")];
        all.extend(arguments);
        let Some(output) = mpirun(ranks, &all, &config(name)) else { return };
        assert!(output.status.success(), "{what}: {}", text(&output.stderr));
        let printed = text(&output.stdout);
        assert_eq!(printed.matches("converged after").count(), 1, "{what}: {printed}");
        let many = read(&target);
        compare(&one, &many, &what);
        assert_eq!(many.summary["ranks"]["count"], ranks, "{what}");
        if many.summary["dofs"] != many.summary["mechanics"]["dofs"] {
            assert_eq!(many.summary["linear_solver"]["name"], solver, "{what}");
        }
        let mechanics = &many.summary["mechanics"];
        if mechanics.is_object() {
            // The same active sets, one after the other.
            assert_eq!(mechanics["exchanged"], one.summary["mechanics"]["exchanged"], "{what}");
            assert_eq!(mechanics["active"], one.summary["mechanics"]["active"], "{what}");
        }
        assert_eq!(many.pieces.len(), ranks, "{what}");
        assert!(many.pieces.iter().all(|&cells| cells > 0), "{what}: {:?}", many.pieces);
        assert_eq!(many.pieces.iter().sum::<i64>(), one.pieces[0], "{what}");
    }
}

#[test]
fn a_pore_with_kinetics() {
    check("nas_pore.toml", &[1, 2, 4], &[], "sparse direct (PETSc)");
    let cg = ["--set", "solver.linear.method=cg"];
    check("nas_pore.toml", &[1, 2, 4], &cg, "cg with geometric multigrid (PETSc)");
    // Nodes on the axis weigh next to nothing in the Euclidean norm of a residual.
    check("primary_spheroid.toml", &[2], &cg, "cg with geometric multigrid (PETSc)");
    let hypre = [&cg[..], &["--set", "solver.petsc=-pc_type hypre"]].concat();
    check("nas_pore.toml", &[2], &hypre, "cg with hypre (PETSc)");
}

#[test]
fn kinetics_at_an_interface_with_a_meshed_metal() {
    check("meshed_anode.toml", &[2, 4], &[], "sparse direct (PETSc)");
    check("contact_resistance.toml", &[1, 4], &[], "sparse direct (PETSc)");
}

#[test]
fn electrodes_that_float_as_a_whole() {
    check("equipotential_counter.toml", &[1, 2, 4], &[], "sparse direct (PETSc)");
    let cg = ["--set", "solver.linear.method=cg"];
    check("equipotential_counter.toml", &[4], &cg, "cg with geometric multigrid (PETSc)");
    check("symmetric_cell_nas.toml", &[2], &[], "sparse direct (PETSc)");
}

#[test]
fn a_mesh_file_in_space_and_options_of_a_case() {
    check("gmsh_pore_quarter.toml", &[1, 2, 4], &[], "sparse direct (PETSc)");
    let gamg = ["--set", "solver.linear.method=cg", "--set", "solver.petsc=\"-pc_type gamg\""];
    check("gmsh_pore_quarter.toml", &[2], &gamg, "cg with GAMG (PETSc)");
}

#[test]
fn a_mesh_that_ranks_refine() {
    let folder = tempfile::tempdir().expect("a folder");
    let case = folder.path().join("case.toml");
    // Of 1170 cells; two ranks get their parts when there are eight times as many, and refine these.
    let of_file = std::fs::read_to_string(config("nas_pore.toml")).expect("a case");
    let mesh = "symmetry = \"quarter\"\nrim_size = \"0.15 um\"";
    let refined = of_file.replace("symmetry  = \"axisymmetric\"", mesh);
    let refined = refined.split("[expect]").next().expect("a case");
    let solver = "[discretization]\norder = 1\n[solver]\nlinear = { method = \"cg\" }\n";
    std::fs::write(&case, format!("{refined}\n{solver}")).expect("written");
    let one = refined_alone(&case, "2", &folder.path().join("alone"));
    assert_eq!(one.summary["mesh"]["cells"], 64 * 1170);
    let target = folder.path().join("2");
    let target_name = target.to_str().expect("a name");
    let arguments = ["run", "-vv", "--refine", "2", "--output", target_name];
    let Some(output) = mpirun(2, &arguments, &case) else { return };
    let said = text(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(!said.contains("of 74880 cells") && said.contains("of 9360 cells"), "{said}");
    let many = read(&target);
    compare(&one, &many, "refined on 2 ranks");
    // PTScotch keeps to about a hundredth of what is weighed.
    let imbalance = many.summary["ranks"]["imbalance"].as_f64().expect("a number");
    assert!((1.0..1.02).contains(&imbalance), "{imbalance}");
}

#[test]
fn joined_sides_and_a_platen_that_ranks_refine() {
    let folder = tempfile::tempdir().expect("a folder");
    let case = folder.path().join("case.toml");
    let file = config("../meshes/filled_pore.msh");
    let file = file.to_str().expect("a name");
    let linear = "[discretization]\norder = 1\n[solver]\nnewton = { rtol = 1e-12 }\n";
    let text_of_case = format!("{linear}{BONDED}{MATERIALS}").replace("FILE", file);
    std::fs::write(&case, text_of_case).expect("written");
    let one = refined_alone(&case, "3", &folder.path().join("alone"));
    let target = folder.path().join("2");
    let target_name = target.to_str().expect("a name");
    let arguments = ["run", "-vv", "--refine", "3", "--output", target_name];
    let Some(output) = mpirun(2, &arguments, &case) else { return };
    let said = text(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(!said.contains("of 254464 cells") && said.contains("of 31808 cells"), "{said}");
    compare(&one, &read(&target), "bonded and refined on 2 ranks");
}

#[test]
fn pieces_are_drawn_and_compared_as_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let case = config("gmsh_pore_quarter.toml");
    alone(&case, &folder.path().join("alone"));
    let target = folder.path().join("spread");
    let arguments = ["run", "--quiet", "--output", target.to_str().expect("a name")];
    let Some(output) = mpirun(3, &arguments, &case) else { return };
    assert!(output.status.success(), "{}", text(&output.stderr));
    for arguments in [&["plot", "spread"][..], &["compare", "alone", "spread"]] {
        let output = Command::new(PROGRAM)
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .expect("the program starts");
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn a_pore_under_pressure() {
    check("nas_pore_pressed.toml", &[1, 2, 4], &[], "sparse direct (PETSc)");
}

#[test]
fn contact_in_space_by_factors_and_by_multigrid() {
    check("contact_quarter.toml", &[2, 4], &[], "sparse direct (PETSc)");
    let cg = ["--set", "solver.linear.method=cg"];
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("out");
    let mut all = vec!["run", "--quiet", "--output", target.to_str().expect("a name")];
    all.extend(cg);
    if let Some(output) = mpirun(2, &all, &config("contact_quarter.toml")) {
        assert!(output.status.success(), "{}", text(&output.stderr));
        let mechanics = &read(&target).summary["mechanics"];
        assert_eq!(mechanics["solver"], "cg with hypre (PETSc)");
        assert_eq!(mechanics["matrix"], "stored: spread over the ranks");
    }
}

#[test]
fn a_compliant_interface_an_obstacle_and_a_platen() {
    check("compliant_interface.toml", &[2], &[], "sparse direct (PETSc)");
    check("hertz_sphere.toml", &[3], &[], "sparse direct (PETSc)");
    check("pellet_force.toml", &[2], &[], "sparse direct (PETSc)");
    // Small on four ranks: MUMPS needs more room than it thinks.
    check("alloy_fixed_gap.toml", &[4], &[], "sparse direct (PETSc)");
}

#[test]
fn threads_are_shared_out_and_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("out");
    let arguments = ["run", "--threads", "64", "--output", target.to_str().expect("a name")];
    if let Some(output) = mpirun(2, &arguments, &config("contact_resistance.toml")) {
        let said = text(&output.stderr);
        assert!(said.contains("2 ranks x 64 threads; rank 0 may use cores"), "{said}");
        assert!(said.contains("PETSc 3."), "{said}");
        assert!(said.contains("2 ranks of this machine with 64 threads each share"), "{said}");
    }
}

/// HDF5 and METIS are linked into the program; PETSc brings shared ones. If the program showed its own to
/// the loader, PETSc's libraries would call functions of another version.
#[test]
fn what_is_linked_in_stays_inside() {
    let output = Command::new("nm").args(["-D", "--defined-only", PROGRAM]).output().expect("nm");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    let of_others = |line: &&str| {
        let name = line.split(' ').next_back().unwrap_or_default();
        ["H5", "METIS_", "deflate", "inflate"].iter().any(|start| name.starts_with(start))
    };
    assert_eq!(shown.lines().filter(of_others).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn scaling_over_ranks_is_told_with_what_messages_cost() {
    let folder = tempfile::tempdir().expect("a folder");
    let [json, plot] = ["a.json", "a.svg"].map(|name| folder.path().join(name));
    let arguments = ["bench", "scaling", "--cells", "3000", "--repeat", "1", "--quiet", "--json"];
    let mut arguments = arguments.to_vec();
    arguments.extend([json.to_str().expect("a name"), "--plot"]);
    let Some(output) = mpirun(4, &arguments, &plot) else { return };
    let table = text(&output.stdout);
    assert!(output.status.success(), "{table}{}", text(&output.stderr));
    assert_eq!(table.matches("the answer is the same to 1e-10").count(), 2, "{table}");
    let report = std::fs::read_to_string(&json).expect("written");
    let report: Value = serde_json::from_str(&report).expect("JSON");
    for series in report["series"].as_array().expect("two of them") {
        let rows = series["rows"].as_array().expect("rows");
        let counts: Vec<_> = rows.iter().map(|row| row["ranks"]["count"].as_u64()).collect();
        assert_eq!(counts, [Some(1), Some(2), Some(4)]);
        for row in rows {
            let (ranks, number) = (&row["ranks"], |v: &serde_json::Value| v.as_f64());
            let several = number(&ranks["count"]) > Some(1.0);
            assert_eq!(number(&ranks["most_ghosts"]) > Some(0.0), several, "{row}");
            assert_eq!(number(&ranks["most_halo_bytes"]) > Some(0.0), several, "{row}");
            assert!((1.0..1.5).contains(&number(&ranks["imbalance"]).expect("a number")), "{row}");
            assert!(number(&ranks["network"]["latency"]) > Some(0.0), "{row}");
            assert!(number(&row["stream_bytes_per_second"]) > Some(1e6), "{row}");
            // The triad's vectors alone would be 384 MiB.
            assert!(number(&row["peak_memory_bytes"]) < Some(3e8), "{row}");
        }
    }
    let predict = Command::new(PROGRAM).args(["bench", "predict"]).arg(&json).output();
    let predict = predict.expect("it starts");
    let table = text(&predict.stdout);
    assert!(predict.status.success(), "{table}{}", text(&predict.stderr));
    assert!(table.contains("predicted: 1.000e9 unknowns on nodes of 64 ranks"), "{table}");
    let nodes = |line: &str| line.trim().split(' ').next().and_then(|n| n.parse::<u32>().ok());
    let predicted = table.split("predicted").nth(1).expect("a second table");
    assert_eq!(predicted.lines().filter_map(nodes).max(), Some(4096), "{table}");
    assert!(std::fs::read_to_string(plot).expect("drawn").contains(">ranks</text>"));
    let two =
        mpirun(2, &["bench", "scaling", "--threads", "1,2", "--json"], &json).expect("it ran");
    let said = text(&two.stderr);
    assert_eq!(two.status.code(), Some(2), "{said}");
    assert_eq!(said.matches("under mpirun one number is wanted").count(), 1, "{said}");
}

#[test]
fn scaling_of_stress_has_one_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    for problem in ["elasticity", "contact"] {
        let json = folder.path().join(problem);
        let arguments = ["bench", "scaling", "--problem", problem, "--cells", "1000"];
        let arguments = [&arguments[..], &["--repeat", "1", "--quiet", "--json"]].concat();
        let Some(output) = mpirun(2, &arguments, &json) else { return };
        let table = text(&output.stdout);
        assert!(output.status.success(), "{table}{}", text(&output.stderr));
        assert!(table.contains("mean u_z of the cells (m)"), "{table}");
    }
}

const SWEEP: &str = r#"
[mesh.defect]
symmetry = "axisymmetric"
shape = "hemisphere"
radius = "10 um"
rim_size = "2 um"
[region]
electrolyte = "Na3PS4"
[boundary.anode]
butler_volmer = { exchange_current_density = "1.3 mA/cm^2", electrode_potential = "0 V" }
[boundary.counter]
current = { density = "1.3 mA/cm^2" }
[[sweep.axis]]
key = "mesh.defect.radius"
values = ["5 um", "10 um"]
[[sweep.axis]]
key = "boundary.anode.butler_volmer.exchange_current_density"
from = "0.1 mA/cm^2"
to = "10 mA/cm^2"
points = 40
scale = "log"
"#;

#[test]
fn points_of_a_sweep_are_spread_over_groups_of_ranks() {
    let folder = tempfile::tempdir().expect("a folder");
    let case = folder.path().join("sweep.toml");
    std::fs::write(&case, SWEEP).expect("written");
    let target = |name: &str| folder.path().join(name).to_str().expect("a name").to_owned();
    let table = |name: &str| {
        std::fs::read_to_string(folder.path().join(name).join("results.csv")).expect("written")
    };
    let alone = Command::new(PROGRAM)
        .args(["sweep", "--quiet", "--output", &target("alone")])
        .arg(&case)
        .output()
        .expect("it starts");
    assert!(alone.status.success(), "{}", text(&alone.stderr));
    let wanted = table("alone");
    for (ranks, each) in [(1, "1"), (3, "1"), (4, "2")] {
        let name = format!("{ranks}");
        let arguments = ["sweep", "--quiet", "--ranks-per-point", each, "--output", &target(&name)];
        let Some(output) = mpirun(ranks, &arguments, &case) else { return };
        let (printed, said) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{printed}{said}");
        assert_eq!(printed.matches("80 of 80 points converged").count(), 1, "{printed}{said}");
        let got = table(&name);
        if each == "1" {
            assert!(got == wanted, "{ranks} ranks wrote another table");
            continue;
        }
        assert_eq!(got.lines().count(), wanted.lines().count());
        let names: Vec<&str> = wanted.lines().next().expect("a head").split(',').collect();
        for (got, wanted) in got.lines().zip(wanted.lines()).skip(1) {
            for (name, (got, wanted)) in names.iter().zip(got.split(',').zip(wanted.split(','))) {
                let [got, wanted] = match [got, wanted].map(str::parse::<f64>) {
                    [Ok(got), Ok(wanted)] => [got, wanted],
                    _ => continue,
                };
                assert_quantity(name, wanted, got, "two ranks a point");
            }
        }
        // All is there: nothing is solved again.
        let again = mpirun(ranks, &arguments, &case).expect("it ran before");
        assert!(text(&again.stdout).contains("has all 80 points"), "{}", text(&again.stdout));
    }
    // What was there when a sweep was killed is not solved again, on other ranks either.
    let journal = folder.path().join("alone/sweep.journal");
    let whole = std::fs::read(&journal).expect("it is there");
    std::fs::write(&journal, &whole[..whole.len() / 2]).expect("written");
    std::fs::remove_file(folder.path().join("alone/results.csv")).expect("it was there");
    let resume = ["sweep", "--resume", "--output", &target("alone")];
    let resumed = mpirun(3, &resume, &case).expect("it ran before");
    let said = text(&resumed.stderr);
    assert!(resumed.status.success() && said.contains("of 80 points are there already"), "{said}");
    assert!(table("alone") == wanted, "the table of the resumed sweep differs");
    let many = ["sweep", "--ranks-per-point", "3", "--output", &target("none")];
    let refused = mpirun(2, &many, &case).expect("it ran before");
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(text(&refused.stderr).matches("--ranks-per-point 3: there are 2").count(), 1);
}

#[test]
fn a_checkpoint_serves_another_number_of_ranks() {
    let folder = tempfile::tempdir().expect("a folder");
    let case = config("gmsh_pore_quarter.toml");
    let one = alone(&case, &folder.path().join("alone"));
    let target = folder.path().join("out");
    let common = ["run", "--quiet", "--output", target.to_str().expect("a name")];
    let ended = ["--checkpoint", "0", "--set", "solver.newton.max_iterations=1"];
    let Some(output) = mpirun(4, &[&common[..], &ended].concat(), &case) else { return };
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    let file = folder.path().join("out.checkpoint");
    let kept = std::fs::read(&file).expect("kept");
    for ranks in [2, 1] {
        std::fs::write(&file, &kept).expect("written");
        let restart = [&common[..], &["--restart"]].concat();
        let output = mpirun(ranks, &restart, &case).expect("it ran before");
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(!file.exists());
        let many = read(&target);
        compare(&one, &many, &format!("restarted on {ranks} ranks"));
        let steps = |run: &Run| run.summary["newton"]["iterations"].as_u64().expect("a number");
        assert_eq!(steps(&many), steps(&one) - 1, "{ranks} ranks");
    }
}

#[test]
fn a_stress_side_that_was_kept_serves_another_number_of_ranks() {
    let folder = tempfile::tempdir().expect("a folder");
    let case = config("contact_quarter.toml");
    let one = alone(&case, &folder.path().join("alone"));
    let target = folder.path().join("out");
    let common = ["run", "--quiet", "--output", target.to_str().expect("a name")];
    let ended = ["--checkpoint", "0", "--set", "solver.newton.max_iterations=1"];
    let Some(output) = mpirun(2, &[&common[..], &ended].concat(), &case) else { return };
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    let file = folder.path().join("out.stress.checkpoint");
    assert!(file.is_file());
    let restart = [&common[..], &["--restart"]].concat();
    let output = mpirun(3, &restart, &case).expect("it ran before");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(!file.exists());
    let many = read(&target);
    compare(&one, &many, "a stress side that was kept");
    let mechanics = &many.summary["mechanics"];
    assert_eq!(mechanics["solver"], "an earlier run");
    assert_eq!(mechanics["exchanged"], one.summary["mechanics"]["exchanged"]);
}
