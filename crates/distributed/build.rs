//! Compiles the shim against the PETSc and the MPI that pkg-config knows.

fn main() {
    #[cfg(feature = "petsc")]
    petsc();
}

#[cfg(feature = "petsc")]
fn petsc() {
    println!("cargo::rerun-if-changed=shim");
    // What the installation itself is built with, under the names that installations give it.
    let mut build = cc::Build::new();
    for names in [&["PETSc", "petsc"][..], &["ompi-c", "mpich", "mpi-c", "mpi"]] {
        for folder in found(names).include_paths {
            build.include(folder);
        }
    }
    build
        .files(["shim/petsc.c", "shim/matrix.c", "shim/levels.c"])
        .warnings(true)
        .compile("natrolite_petsc");
}

#[cfg(feature = "petsc")]
fn found(names: &[&str]) -> pkg_config::Library {
    let mut reasons = String::new();
    for name in names {
        match pkg_config::Config::new().probe(name) {
            Ok(library) => return library,
            Err(error) => reasons += &format!("{name}: {error}\n"),
        }
    }
    eprintln!(
        "the feature `petsc` needs PETSc, an MPI and pkg-config, as in Debian:\n  \
         apt-get install --no-install-recommends pkg-config libopenmpi-dev openmpi-bin petsc-dev\n\
         PKG_CONFIG_PATH names the folders of other installations.\n{reasons}"
    );
    std::process::exit(1);
}
