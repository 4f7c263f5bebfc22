//! The program `natrolite`.

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    keep_freed_memory();
    natrolite::cli::main()
}

/// Has the C library keep what is freed for what comes next: a large vector of its own pages would be touched
/// for the first time again and again, which took a tenth of some runs. The largest, whose remains could not be
/// used for anything else, are still given back.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn keep_freed_memory() {
    const LARGEST: i32 = 64 << 20;
    // Sound at any time, and nothing is wrong where it has no effect.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGEST);
        libc::mallopt(libc::M_TRIM_THRESHOLD, i32::MAX);
    }
}
