//! Records the commit that the program is built from, where git can tell.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_PETSC").is_some() {
        // HDF5 and METIS are linked in; PETSc brings others of its own. What is linked in stays inside, or
        // PETSc's libraries would call it instead of theirs.
        println!("cargo::rustc-link-arg=-Wl,--exclude-libs,ALL");
    }
    // A source tree unpacked inside another repository must not report that one's commit.
    let own = git(&["ls-files", "--error-unmatch", "build.rs"]).is_some();
    let commit = own.then(|| git(&["rev-parse", "--short=7", "HEAD"])).flatten();
    println!("cargo::rustc-env=NATROLITE_COMMIT={}", commit.as_deref().unwrap_or("unknown"));
    if commit.is_none() {
        return;
    }
    // The log of HEAD grows with every commit and checkout. A path that does not exist would make
    // every build run this again.
    for name in ["logs/HEAD", "HEAD"] {
        let path = git(&["rev-parse", "--git-path", name]);
        if let Some(path) = path.filter(|path| Path::new(path).exists()) {
            println!("cargo::rerun-if-changed={path}");
            return;
        }
    }
}

/// What a git command prints; `None` when it fails or git is absent.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}
