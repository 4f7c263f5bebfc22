//! The program under `mpirun`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_natrolite");

pub fn config(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs").join(name)
}

/// `mpirun -n ranks` of the program.
pub fn mpirun(ranks: usize, arguments: &[&str], case: &Path) -> Option<Output> {
    let mut command = launcher();
    command.args(["-n", &ranks.to_string(), PROGRAM]).args(arguments).arg(case);
    output(command)
}

/// `mpirun` on any machine, without the ranks.
pub fn launcher() -> Command {
    let mut command = Command::new("mpirun");
    command
        .args(["--bind-to", "none"])
        .envs([("OMPI_ALLOW_RUN_AS_ROOT", "1"), ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1")])
        .env("OMPI_MCA_rmaps_base_oversubscribe", "1")
        .env_remove("PETSC_OPTIONS");
    command
}

/// What it says; nothing, and a line that says so, where there is no mpirun.
pub fn output(mut command: Command) -> Option<Output> {
    match command.output() {
        Ok(output) => Some(output),
        Err(error) => {
            println!("skipped: mpirun cannot be started ({error})");
            None
        }
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
