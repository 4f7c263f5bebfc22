//! A run that did not come to its end is continued from its checkpoint.

use std::path::Path;
use std::process::{Command, Output};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs/nas_pore.toml");
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
    let few = ["--checkpoint", "0", "--set", "solver.newton.max_iterations=2"];
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
    assert!(said.contains("out.checkpoint, after 2 iterations"), "{said}");
    let got = summary(folder);
    let steps = |summary: &serde_json::Value| summary["newton"]["iterations"].as_u64();
    assert_eq!(steps(&got), steps(&wanted).map(|steps| steps - 2));
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
