//! Why the program did not do what it was asked, and the exit code that says so.

use crate::case::CaseError;
use crate::cli::colours;
use crate::run::RunError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A row of `verify` failed. Exit code 1.
    #[error("{0}")]
    Check(String),
    /// Expectations of the case are missed. Exit code 1.
    #[error(transparent)]
    Missed(CaseError),
    /// The case, or a file that it names, is wrong or missing. Exit code 2.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The command line, or a file that it names, is wrong. Exit code 2.
    #[error("{0}")]
    Input(String),
    /// No convergence; everything is written. Exit code 3.
    #[error("{0}")]
    NotConverged(String),
    /// The system refused: permission, full disk, input or output. Exit code 4.
    #[error("{0}")]
    System(String),
    /// The user interrupted. Exit code 130.
    #[error("interrupted")]
    Interrupted,
    /// This is the exit code, and why has been said, here or by another rank.
    #[error("why has been said elsewhere")]
    Elsewhere(u8),
}

impl Failure {
    /// The exit code of the process.
    pub fn exit_code(&self) -> u8 {
        match self {
            Failure::Check(_) | Failure::Missed(_) => 1,
            Failure::Case(_) | Failure::Input(_) => 2,
            Failure::NotConverged(_) => 3,
            Failure::System(_) => 4,
            Failure::Interrupted => 130,
            Failure::Elsewhere(code) => *code,
        }
    }

    /// Prints the message to stderr.
    pub fn tell(&self) {
        eprint!("{}", self.render(colours(&std::io::stderr())));
    }

    /// The message for stderr; with `colour`, errors are marked red. Nothing where another rank speaks.
    pub fn render(&self, colour: bool) -> String {
        match self {
            Failure::Case(error) | Failure::Missed(error) => error.render(colour),
            Failure::Elsewhere(_) => String::new(),
            other if colour => format!("\x1b[1;31merror\x1b[0m: {other}\n"),
            other => format!("error: {other}\n"),
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Case(error) => error.into(),
            RunError::Solver(_) | RunError::Contact(_) => Failure::NotConverged(error.to_string()),
            RunError::Engine(message) => Failure::System(message),
            RunError::Elsewhere => Failure::Elsewhere(2),
        }
    }
}

impl From<crate::output::ReadError> for Failure {
    fn from(error: crate::output::ReadError) -> Self {
        Failure::Input(error.to_string())
    }
}
