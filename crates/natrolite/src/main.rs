//! The program `natrolite`.

use std::process::ExitCode;

fn main() -> ExitCode {
    natrolite::cli::main()
}
