//! The same numbers to the last bit for any number of threads.

#[path = "common/datasets.rs"]
mod datasets;

use datasets::datasets;
use hdf5::File;
use std::path::{Path, PathBuf};
use std::process::Command;

fn config(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs").join(name)
}

/// `summary.json` without what belongs to the machine.
fn summary(folder: &Path) -> serde_json::Value {
    let text = std::fs::read_to_string(folder.join("summary.json")).expect("written");
    let mut summary: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    for key in ["threads", "seconds", "peak_memory_bytes"] {
        assert!(summary.as_object_mut().expect("a table").remove(key).is_some(), "{key}");
    }
    summary
}

/// Runs a case with 1, 2 and 4 threads and compares; returns the summary.
fn compare(name: &str, arguments: &[&str]) -> serde_json::Value {
    let folder = tempfile::tempdir().expect("a folder");
    let mut first: Option<(Vec<(String, String)>, serde_json::Value)> = None;
    for threads in ["1", "2", "4"] {
        let output = folder.path().join(threads);
        let status = Command::new(env!("CARGO_BIN_EXE_natrolite"))
            .args(["run", "--quiet", "--threads", threads, "--output"])
            .arg(&output)
            .arg(config(name))
            .args(arguments)
            .output()
            .expect("the program starts");
        assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stderr));
        let file = File::open(output.join("result.vtkhdf")).expect("written");
        let mut found = Vec::new();
        datasets(&file, &mut found);
        assert!(found.len() > 20, "{found:?}");
        let got = (found, summary(&output));
        match &first {
            None => first = Some(got),
            Some(first) => {
                assert_eq!(first.1, got.1, "{threads} threads");
                assert_eq!(first.0.len(), got.0.len());
                for (a, b) in first.0.iter().zip(&got.0) {
                    assert!(a == b, "{} differs with {threads} threads", a.0);
                }
            }
        }
    }
    first.expect("three runs").1
}

#[test]
fn two_dimensions_with_a_direct_solver() {
    let summary = compare("nas_pore.toml", &["--refine", "1"]);
    assert_eq!(summary["linear_solver"]["name"], "cholesky");
}

#[test]
fn three_dimensions_with_conjugate_gradients() {
    let summary = compare("nps_pore_quarter.toml", &["--set", "mesh.defect.rim_size=0.02 um"]);
    assert!(summary["dofs"].as_u64().expect("a number") > 12_000, "{summary}");
    let name = "cg with geometric and algebraic multigrid";
    assert_eq!(summary["linear_solver"]["name"], name);
}

#[test]
fn a_mesh_file() {
    let summary = compare("gmsh_pore_quarter.toml", &["--refine", "2"]);
    assert!(summary["mesh"]["cells"].as_u64().expect("a number") > 8192, "{summary}");
}

/// The active set, the stress, and the current that follows.
#[test]
fn contact_in_two_dimensions() {
    let summary = compare("anode_free_pressure.toml", &[]);
    assert!(summary["mechanics"]["active"].as_u64().expect("a number") > 10, "{summary}");
}

#[test]
fn contact_in_three_dimensions() {
    let summary = compare("contact_quarter.toml", &["--set", "solver.linear.method=cg"]);
    assert_eq!(summary["mechanics"]["solver"], "cg with algebraic multigrid");
}
