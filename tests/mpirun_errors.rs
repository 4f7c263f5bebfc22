//! Errors of the program under `mpirun`: said once, with the code of any run. Built with the feature `petsc` only.

#[path = "common/launched.rs"]
mod launched;

use launched::{PROGRAM, config, launcher, mpirun, output, text};
use std::path::Path;
use std::process::Command;

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
    let which = "only `natrolite run`, `natrolite sweep` and `natrolite bench scaling` work";
    refused(&["check"], &pore, 2, which);
    refused(&["run", "--no-such-option"], &pore, 2, "unexpected argument");
    let too_fine = ["run", "--refine", "10", "--set", "mesh.defect.symmetry=\"quarter\""];
    refused(&too_fine, &pore, 2, "refinement 10 would give about");
    let file = config("gmsh_pore_quarter.toml");
    refused(&["run", "--refine", "10"], &file, 2, "refined 10 times the mesh would have");
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

/// In the middle of a solve the others wait for it, and nobody can tell them.
#[test]
fn an_error_on_one_rank_ends_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let (target, case) = (folder.path().join("out"), config("nas_pore.toml"));
    let rank = |command: &mut Command| {
        command.args(["-n", "1"]);
        command
            .args([PROGRAM, "run", "--quiet", "--set", "solver.linear.method=cg", "--output"])
            .args([&target, &case])
            .arg(":");
    };
    let mut command = launcher();
    command.args(["--timeout", "100"]);
    rank(&mut command);
    command.args(["-x", "PETSC_OPTIONS=-mat_type baij"]);
    rank(&mut command);
    let Some(output) = output(command) else { return };
    let printed = text(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{printed}");
    let said = "matrix: No support for this operation for this object type (code 56), on rank 1 but not on all";
    assert_eq!(printed.matches(said).count(), 1, "{printed}");
    assert!(!target.exists());
}

#[test]
fn bodies_that_nothing_holds() {
    // Pulled apart: nothing touches at last. Each number of ranks has pivots of another rounding.
    let pulled = ["run", "--quiet", "--set", "boundary.collector.platen.pressure=\"-10 MPa\""];
    let said = "an eigenvalue is";
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("out");
    let mut all = pulled.to_vec();
    all.extend(["--output", target.to_str().expect("a name")]);
    for ranks in [2, 3, 4] {
        let Some(output) = mpirun(ranks, &all, &config("nas_pore_pressed.toml")) else { return };
        let printed = text(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{ranks} ranks: {printed}");
        assert_eq!(printed.matches(said).count(), 1, "{ranks} ranks: {printed}");
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
