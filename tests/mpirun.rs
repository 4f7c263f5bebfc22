//! `mpirun -n 1`, `2` and `4` of the program give what it gives alone. Built with the feature `petsc` only.

use hdf5::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PROGRAM: &str = env!("CARGO_BIN_EXE_natrolite");

fn config(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs").join(name)
}

/// `mpirun -n ranks` of the program; nothing, and a line that says so, where there is no mpirun.
fn mpirun(ranks: usize, arguments: &[&str], case: &Path) -> Option<Output> {
    let run = Command::new("mpirun")
        .args(["--bind-to", "none", "-n", &ranks.to_string(), PROGRAM])
        .args(arguments)
        .arg(case)
        .envs([("OMPI_ALLOW_RUN_AS_ROOT", "1"), ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1")])
        .env("OMPI_MCA_rmaps_base_oversubscribe", "1")
        .env_remove("PETSC_OPTIONS")
        .output();
    match run {
        Ok(output) => Some(output),
        Err(error) => {
            println!("skipped: mpirun cannot be started ({error})");
            None
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

struct Run {
    summary: serde_json::Value,
    fields: Vec<(String, Vec<f64>)>,
}

fn read(folder: &Path) -> Run {
    let summary = std::fs::read_to_string(folder.join("summary.json")).expect("written");
    let file = File::open(folder.join("result.vtkhdf")).expect("written");
    let names = file.group("VTKHDF/PointData").expect("fields").member_names().expect("names");
    let field = |name: String| {
        let data = file.dataset(&format!("VTKHDF/PointData/{name}")).expect("a field");
        let values = data.read_raw::<f64>().expect("numbers");
        (name, values)
    };
    Run {
        summary: serde_json::from_str(&summary).expect("JSON"),
        fields: names.into_iter().map(field).collect(),
    }
}

fn alone(case: &Path, folder: &Path) -> Run {
    let output = Command::new(PROGRAM)
        .args(["run", "--quiet", "--output"])
        .args([folder, case])
        .output()
        .expect("the program starts");
    assert!(output.status.success(), "{}", text(&output.stderr));
    read(folder)
}

/// Quantities to 1e-10, fields to 1e-8 of their largest value.
fn compare(one: &Run, many: &Run, what: &str) {
    let quantities = one.summary["quantities"].as_object().expect("a table");
    assert!(quantities.len() > 5 && one.fields.len() > 1, "{what}");
    for (name, quantity) in quantities {
        let wanted = quantity["value"].as_f64().expect("a number");
        let got = many.summary["quantities"][name]["value"].as_f64().expect("a number");
        // What is zero but for rounding is compared with what it is a fraction of.
        let fractions = ["nonuniformity", "current_balance_error", "force_balance_error"];
        let is_fraction = fractions.iter().any(|fraction| name.starts_with(fraction));
        let size = if is_fraction { 1.0 } else { wanted.abs() };
        assert!((got - wanted).abs() <= 1e-10 * size, "{what}: {name} is {wanted} and {got}");
    }
    for ((name, one), (_, many)) in one.fields.iter().zip(&many.fields) {
        assert_eq!(one.len(), many.len(), "{what}");
        let largest = one.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
        let pairs = one.iter().zip(many);
        let difference = pairs.fold(0.0, |m: f64, (a, b)| m.max((a - b).abs()));
        assert!(difference <= 1e-8 * largest, "{what}: {name} differs by {difference:e}");
    }
    assert_eq!(one.summary["dofs"], many.summary["dofs"], "{what}");
    assert_eq!(one.summary["mesh"], many.summary["mesh"], "{what}");
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
        if let Some(steps) = one.summary["mechanics"]["exchanged"].as_array() {
            // The same active sets, one after the other.
            let mechanics = &many.summary["mechanics"];
            assert_eq!(mechanics["exchanged"].as_array(), Some(steps), "{what}");
            assert_eq!(mechanics["active"], one.summary["mechanics"]["active"], "{what}");
        }
        assert!(target.join("report.html").is_file(), "{what}");
    }
}

#[test]
fn a_pore_with_kinetics() {
    check("nas_pore.toml", &[1, 2, 4], &[], "sparse direct (PETSc)");
    let cg = ["--set", "solver.linear.method=cg"];
    check("nas_pore.toml", &[2], &cg, "cg with hypre (PETSc)");
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
    check("equipotential_counter.toml", &[4], &cg, "cg with hypre (PETSc)");
    check("symmetric_cell_nas.toml", &[2], &[], "sparse direct (PETSc)");
}

#[test]
fn a_mesh_file_in_space_and_options_of_a_case() {
    check("gmsh_pore_quarter.toml", &[1, 2, 4], &[], "sparse direct (PETSc)");
    let gamg = ["--set", "solver.linear.method=cg", "--set", "solver.petsc=\"-pc_type gamg\""];
    check("gmsh_pore_quarter.toml", &[2], &gamg, "cg with GAMG (PETSc)");
}

/// Two ranks that must end with this code and say this once.
fn refused(arguments: &[&str], case: &Path, code: i32, message: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("out");
    let mut all = vec![arguments[0]];
    if ["run", "sweep"].contains(&arguments[0]) {
        all.extend(["--output", target.to_str().expect("a name")]);
    }
    all.extend(&arguments[1..]);
    let Some(output) = mpirun(2, &all, case) else { return };
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert_eq!(said.matches(message).count(), 1, "{said}");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "{said}");
}

#[test]
fn errors_are_said_once_and_have_their_codes() {
    let pore = config("nas_pore.toml");
    let wrong = ["run", "--set", "boundary.counter.current.density=\"1 V\""];
    refused(&wrong, &pore, 2, "got an electric potential");
    refused(&["run"], Path::new("nowhere.toml"), 2, "cannot read the case");
    let options = ["run", "--set", "solver.petsc=\"-pc_type soap\""];
    refused(&options, &pore, 2, "solver.petsc or PETSC_OPTIONS");
    refused(&["check"], &pore, 2, "only `natrolite run` works on several ranks");
    refused(&["run", "--no-such-option"], &pore, 2, "unexpected argument");
    let missed = [
        "run",
        "--quiet",
        "--set",
        "expect.area_specific_resistance={value=\"1 ohm m2\",rtol=1e-3,source=\"none\"}",
    ];
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("out");
    let mut all = missed.to_vec();
    all.extend(["--output", target.to_str().expect("a name")]);
    if let Some(output) = mpirun(2, &all, &pore) {
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
        assert!(target.join("summary.json").is_file(), "written all the same");
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
fn bodies_that_nothing_holds() {
    // Pulled apart: nothing touches at last, and the factor of the loose body is rounding.
    let pulled = ["run", "--quiet", "--set", "boundary.collector.platen.pressure=\"-10 MPa\""];
    let said = "an eigenvalue is";
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("out");
    let mut all = pulled.to_vec();
    all.extend(["--output", target.to_str().expect("a name")]);
    if let Some(output) = mpirun(2, &all, &config("nas_pore_pressed.toml")) {
        let printed = text(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{printed}");
        assert_eq!(printed.matches(said).count(), 1, "{printed}");
        assert!(!target.exists());
    }
    let text_of = std::fs::read_to_string(config("nas_pore_pressed.toml")).expect("a case");
    let case = folder.path().join("case.toml");
    std::fs::write(&case, text_of.replace("roller  = true", "")).expect("written");
    let all = ["run", "--output", target.to_str().expect("a name")];
    let Some(output) = mpirun(2, &all, &case) else { return };
    let printed = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{printed}");
    assert_eq!(printed.matches("a body is not held: region `electrolyte`").count(), 1, "{printed}");
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
