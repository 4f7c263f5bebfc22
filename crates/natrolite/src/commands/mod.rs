//! What the commands of the command line do.

mod check;
mod checkpoints;
mod compare;
mod completions;
mod init;
mod interrupt;
mod man;
mod mesh_file;
mod mesh_info;
mod plot;
mod progress;
mod run;
mod sheets;
mod sweep;
mod table;
mod verify;

pub use check::check;
pub use compare::compare;
pub use completions::completions;
pub use init::{Template, init};
pub use interrupt::clean_up_on_interrupt;
pub use man::man;
pub use mesh_info::mesh_info;
pub use plot::plot;
pub use progress::say;
pub use run::{missed_expectations, report_ranks, run};
pub use sweep::sweep;
pub use table::align_numbers;
pub use verify::verify;

use crate::failure::Failure;

/// Sets the number of threads of all parallel work; all cores when none is asked for.
///
/// The calling thread is one of them: if it only waited for the others, each of many thousand
/// short parallel loops would cost two changes of context.
///
/// # Errors
/// When the system gives no threads.
pub fn set_threads(threads: Option<u32>) -> Result<(), Failure> {
    let mut pool = rayon::ThreadPoolBuilder::new().use_current_thread();
    if let Some(threads) = threads {
        pool = pool.num_threads(threads as usize);
    }
    pool.build_global().map_err(|e| Failure::System(format!("cannot start threads: {e}")))
}
