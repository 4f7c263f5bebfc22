//! A run that did not come to its end is continued from its checkpoint.

use std::path::Path;
use std::process::{Command, Output};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    run_case(folder, "nas_pore.toml", arguments)
}

fn run_case(folder: &Path, name: &str, arguments: &[&str]) -> Output {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs").join(name);
    Command::new(env!("CARGO_BIN_EXE_natrolite"))
        .current_dir(folder)
        .args(["run", "--output", "out"])
        .arg(case)
        .args(arguments)
        .output()
        .expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn summary(folder: &Path) -> serde_json::Value {
    let text = std::fs::read_to_string(folder.join("out/summary.json")).expect("written");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn a_restart_goes_on_where_the_run_ended() {
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, file) = (folder.path(), folder.path().join("out.checkpoint"));
    let alone = run(folder, &["--checkpoint", "0"]);
    assert!(alone.status.success() && !file.exists(), "{}", text(&alone.stderr));
    let wanted = summary(folder);

    // Ended before its time, it leaves its last iterate.
    let few = ["--checkpoint", "0", "--set", "solver.newton.max_iterations=1"];
    let ended = run(folder, &few);
    assert_eq!(ended.status.code(), Some(3), "{}", text(&ended.stderr));
    assert!(file.is_file());

    // On another mesh it is refused, and nothing is lost.
    let other = run(folder, &["--restart", "--set", "mesh.defect.radius=\"9 um\""]);
    let said = text(&other.stderr);
    assert_eq!(other.status.code(), Some(2), "{said}");
    assert!(said.contains("out.checkpoint: the checkpoint is of another mesh"), "{said}");
    assert!(file.is_file());

    let again = run(folder, &["--restart", "-v"]);
    let said = text(&again.stderr);
    assert!(again.status.success(), "{said}");
    assert!(said.contains("out.checkpoint, after 1 iteration"), "{said}");
    let got = summary(folder);
    let steps = |summary: &serde_json::Value| summary["newton"]["iterations"].as_u64();
    assert_eq!(steps(&got), steps(&wanted).map(|steps| steps - 1));
    for (name, quantity) in wanted["quantities"].as_object().expect("a table") {
        let [got, wanted] =
            [&got["quantities"][name], quantity].map(|q| q["value"].as_f64().expect("a number"));
        assert!((got - wanted).abs() <= 1e-10 * wanted.abs().max(1e-3), "{name}: {got} {wanted}");
    }
    assert!(!file.exists());

    // There is none any more: the run is an ordinary one.
    let anew = run(folder, &["--restart"]);
    assert!(anew.status.success());
    assert!(text(&anew.stderr).contains("there is no out.checkpoint"), "{}", text(&anew.stderr));
    assert_eq!(steps(&summary(folder)), steps(&wanted));
}

#[test]
fn a_restart_does_not_solve_the_stress_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, file) = (folder.path(), folder.path().join("out.stress.checkpoint"));
    let run = |arguments: &[&str]| run_case(folder, "nas_pore_pressed.toml", arguments);
    let alone = run(&["--checkpoint", "0"]);
    assert!(alone.status.success() && !file.exists(), "{}", text(&alone.stderr));
    let wanted = summary(folder);
    let few = run(&["--checkpoint", "0", "--set", "solver.newton.max_iterations=1"]);
    assert_eq!(few.status.code(), Some(3), "{}", text(&few.stderr));
    let kept = std::fs::read(&file).expect("kept");

    let again = run(&["--restart", "-v"]);
    let said = text(&again.stderr);
    assert!(again.status.success(), "{said}");
    assert!(said.contains("takes the stress side from out.stress.checkpoint"), "{said}");
    let got = summary(folder);
    assert_eq!(got["mechanics"]["solver"], "an earlier run");
    for name in ["steps", "exchanged", "active", "residual"] {
        assert_eq!(got["mechanics"][name], wanted["mechanics"][name], "{name}");
    }
    for (name, quantity) in wanted["quantities"].as_object().expect("a table") {
        let [got, wanted] =
            [&got["quantities"][name], quantity].map(|q| q["value"].as_f64().expect("a number"));
        assert!((got - wanted).abs() <= 1e-10 * wanted.abs().max(1e-3), "{name}: {got} {wanted}");
    }
    assert!(!file.exists());

    // Under another load it is solved.
    std::fs::write(&file, kept).expect("written");
    let other = ["--restart", "--set", "boundary.collector.platen.pressure=\"20 MPa\""];
    let other = run(&other);
    // What the case expects is missed.
    let said = text(&other.stderr);
    assert_eq!(other.status.code(), Some(1), "{said}");
    assert!(said.contains("out.stress.checkpoint is of other laws, tolerances"), "{said}");
    assert!(said.contains("the stress is solved again"), "{said}");
    let got = summary(folder);
    assert_ne!(got["mechanics"]["solver"], "an earlier run");
    let force = |summary: &serde_json::Value| {
        summary["quantities"]["normal_force.collector"]["value"].as_f64().expect("a number")
    };
    assert!(force(&got) > 1.5 * force(&wanted), "{} {}", force(&got), force(&wanted));
}
