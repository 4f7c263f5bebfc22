//! What happens on Ctrl-C: exit code 130, and nothing that is not complete under a final name.

use std::path::Path;

/// From now on an interrupt removes the unfinished `folder` and ends the process with code 130.
pub fn clean_up_on_interrupt(folder: &Path) {
    let folder = folder.to_owned();
    // A second handler in one process cannot be set; the first one then stays, and what it leaves
    // is removed by the next run.
    let _ = ctrlc::set_handler(move || {
        let _ = std::fs::remove_dir_all(&folder);
        eprintln!("interrupted");
        std::process::exit(130);
    });
}

/// From now on an interrupt says `message` and ends the process with code 130.
pub fn say_on_interrupt(message: &'static str) {
    let _ = ctrlc::set_handler(move || {
        eprintln!("{message}");
        std::process::exit(130);
    });
}
