//! `natrolite man`.

use crate::cli::print;
use crate::failure::Failure;
use crate::output::OutputError;
use clap::Command;
use clap_mangen::{Man, generate_to};
use std::path::Path;

/// Prints the manual page of `program`, or writes one page for each of its commands into `folder`,
/// which is made if need be.
///
/// # Errors
/// When the system refuses.
pub fn man(folder: Option<&Path>, program: Command) -> Result<(), Failure> {
    let Some(folder) = folder else {
        let mut page = Vec::new();
        let refused = |error| Failure::System(format!("cannot write the manual page: {error}"));
        Man::new(program).render(&mut page).map_err(refused)?;
        return print(&String::from_utf8_lossy(&page));
    };
    std::fs::create_dir_all(folder).map_err(OutputError::io("create", folder))?;
    generate_to(program, folder).map_err(OutputError::io("write into", folder))?;
    print(&format!("  written to {}\n", folder.display()))
}
