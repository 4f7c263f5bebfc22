//! `natrolite completions`.

use crate::cli::print;
use crate::failure::Failure;
use clap::Command;
use clap_complete::{Shell, generate};

/// Prints the script that makes `shell` complete the commands and options of `program`.
///
/// # Errors
/// When stdout refuses.
pub fn completions(shell: Shell, mut program: Command) -> Result<(), Failure> {
    let name = program.get_name().to_owned();
    let mut script = Vec::new();
    generate(shell, &mut program, name, &mut script);
    print(&String::from_utf8_lossy(&script))
}
