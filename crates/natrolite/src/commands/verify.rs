//! `natrolite verify`.

use super::set_threads;
use crate::cli::VerifyOptions;
use crate::failure::Failure;
use crate::verify::VerifyError;

/// Prints the pass table of the verification ladder.
///
/// # Errors
/// [`Failure::Check`] when a row fails, [`Failure::Input`] for an unknown name.
pub fn verify(options: &VerifyOptions) -> Result<(), Failure> {
    set_threads(options.threads)?;
    let outcome =
        crate::verify::verify(&options.names, &mut std::io::stdout()).map_err(|e| match e {
            VerifyError::UnknownName { .. } => Failure::Input(e.to_string()),
            VerifyError::Write(_) => Failure::System(e.to_string()),
        })?;
    if outcome.is_success() {
        return Ok(());
    }
    Err(Failure::Check(format!("{} rows of the verification failed", outcome.failed)))
}
