//! The command line.

use crate::bench::{self, BenchCommand};
use crate::commands::Template;
use crate::failure::Failure;
use crate::launch::Launcher;
use crate::trace::{self, Scope};
use crate::{catalogue, commands, schema};
use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Where does the current go when the interface is not perfect?
#[derive(Debug, Parser)]
#[command(name = "natrolite", version = crate::VERSION_AND_COMMIT, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a commented case to start from
    Init(InitOptions),
    /// Solve a case; exit 3 without convergence, 1 when an expectation is missed
    Run(SolveOptions),
    /// Solve every point of [sweep]; exit 3 when points failed
    Sweep(SweepOptions),
    /// Read a case, mesh it, and print what would be solved
    Check(CheckOptions),
    /// Draw the figures of a finished run
    Plot(PlotOptions),
    /// Lay the figures of finished runs, or sweeps, over each other, and tell how their numbers differ
    Compare(CompareOptions),
    /// Compare with closed forms; exit 1 when a row fails
    Verify(VerifyOptions),
    /// Measure how fast a problem is solved, with how many threads; exit 1 when answers differ
    #[command(subcommand)]
    Bench(BenchCommand),
    /// List the laws, or describe one
    Laws {
        /// Name of a law, as in the case file
        name: Option<String>,
    },
    /// List the built-in materials with the source of each value
    Materials,
    /// Print the JSON Schema of the case file
    Schema,
    /// Look at mesh files
    #[command(subcommand)]
    Mesh(MeshCommand),
    /// Print what makes a shell complete the commands
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page, or write one page for each command
    Man {
        /// Folder for the pages: natrolite.1, natrolite-run.1 and so on
        #[arg(long, value_name = "DIR")]
        output: Option<PathBuf>,
    },
}

impl Command {
    /// How much the command tells about its work.
    fn verbosity(&self) -> u8 {
        match self {
            Command::Run(options) => options.run.verbosity.verbose,
            Command::Sweep(options) => options.run.verbosity.verbose,
            Command::Check(options) => options.verbosity.verbose,
            Command::Verify(options) => options.verbosity.verbose,
            _ => 0,
        }
    }
}

/// How much is told on stderr.
#[derive(Clone, Copy, Debug, Args)]
pub struct Verbosity {
    /// Tell what is done and with what numbers, on stderr; -vv tells more
    #[arg(short, long, action = ArgAction::Count)]
    pub verbose: u8,
}

/// Options of `natrolite init`.
#[derive(Clone, Debug, Args)]
pub struct InitOptions {
    /// The file to write; - for stdout
    #[arg(value_name = "CASE.toml", default_value = "case.toml")]
    pub file: PathBuf,
    /// What the case is about
    #[arg(long, value_enum, default_value_t = Template::Pore)]
    pub template: Template,
    /// Replace files that exist
    #[arg(long)]
    pub force: bool,
}

/// Commands on mesh files.
#[derive(Debug, Subcommand)]
enum MeshCommand {
    /// Print names, dimensions, counts and measures
    Info {
        /// A Gmsh file
        file: PathBuf,
    },
}

/// Options of `natrolite run`.
#[derive(Clone, Debug, Args)]
pub struct RunOptions {
    /// The case file
    #[arg(value_name = "CASE.toml")]
    pub case: PathBuf,
    /// Folder for the results; default: out/ and the name of the case without extension
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Replace a value of the case, for example material.NAS.ohm.conductivity="0.1 mS/cm"
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Number of threads; default: all cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub threads: Option<u32>,
    /// Repeat on N uniformly finer meshes and estimate the errors
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=10))]
    pub refine: u32,
    /// Replace an output folder that no earlier run made
    #[arg(long)]
    pub force: bool,
    /// No progress on stderr
    #[arg(long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// How much is told.
    #[command(flatten)]
    pub verbosity: Verbosity,
}

/// Options of `natrolite run` alone.
#[derive(Clone, Debug, Args)]
pub struct SolveOptions {
    /// Those that a sweep has, too.
    #[command(flatten)]
    pub run: RunOptions,
    /// Seconds between two checkpoints of a long run, in DIR.checkpoint until there are results; 0 keeps
    /// every iteration
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub checkpoint: u32,
    /// Go on from the checkpoint of a run that was killed, on any number of ranks
    #[arg(long)]
    pub restart: bool,
}

/// Options of `natrolite sweep`.
#[derive(Clone, Debug, Args)]
pub struct SweepOptions {
    /// Those of `natrolite run`
    #[command(flatten)]
    pub run: RunOptions,
    /// Continue a sweep that was interrupted, and nothing else: refuse to replace another one
    #[arg(long, conflicts_with = "force")]
    pub resume: bool,
    /// Under mpirun, ranks that solve a point together; more than one for meshes that need it
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub ranks_per_point: u32,
}

/// Options of `natrolite check`.
#[derive(Clone, Debug, Args)]
pub struct CheckOptions {
    /// The case file
    #[arg(value_name = "CASE.toml")]
    pub case: PathBuf,
    /// Replace a value of the case
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Draw the mesh with its names into this file, too: .svg or .png
    #[arg(long, value_name = "FILE")]
    pub picture: Option<PathBuf>,
    /// Draw the section with ASCII characters only; default: when the locale is not one of UTF-8
    #[arg(long)]
    pub ascii: bool,
    /// How much is told.
    #[command(flatten)]
    pub verbosity: Verbosity,
}

/// Options of `natrolite plot`.
#[derive(Clone, Debug, Args)]
pub struct PlotOptions {
    /// The folder of a run or of a sweep
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Folder for the figures; default: figures/ in the folder of the run
    #[arg(long, value_name = "DIR2")]
    pub output: Option<PathBuf>,
    /// Only this figure; may be repeated; default: all that the run has
    #[arg(long, value_name = "NAME")]
    pub figure: Vec<String>,
    /// How figures are written
    #[command(flatten)]
    pub sheet: SheetOptions,
}

/// Options of `natrolite compare`.
#[derive(Clone, Debug, Args)]
pub struct CompareOptions {
    /// The folders of two or more runs, or of sweeps with the same axes; differences are to the first
    #[arg(value_name = "DIR", required = true, num_args = 2..)]
    pub folders: Vec<PathBuf>,
    /// Folder for the figures; default: out/compare_ and the names of the folders
    #[arg(long, value_name = "DIR2")]
    pub output: Option<PathBuf>,
    /// How figures are written
    #[command(flatten)]
    pub sheet: SheetOptions,
}

/// How figures are written.
#[derive(Clone, Debug, Args)]
pub struct SheetOptions {
    /// Width in mm; default: 86 (one column) or 178 (two), as each figure is laid out
    #[arg(long, value_name = "MM", value_parser = in_range::<20, 2000>)]
    pub width: Option<f64>,
    /// Formats, separated by commas
    #[arg(long, value_name = "FORMATS", value_delimiter = ',', default_value = "svg,png")]
    pub format: Vec<Format>,
    /// Pixels an inch of a PNG
    #[arg(long, value_name = "N", default_value = "300", value_parser = in_range::<20, 2400>)]
    pub dpi: f64,
}

/// A format of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Vectors.
    Svg,
    /// Pixels.
    Png,
}

fn in_range<const LOW: i32, const HIGH: i32>(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value >= f64::from(LOW) && value <= f64::from(HIGH) => Ok(value),
        _ => Err(format!("wanted a number from {LOW} to {HIGH}")),
    }
}

/// Options of `natrolite verify`.
#[derive(Clone, Debug, Args)]
pub struct VerifyOptions {
    /// Names of rows; default: all
    pub names: Vec<String>,
    /// Number of threads; default: all cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub threads: Option<u32>,
    /// How much is told.
    #[command(flatten)]
    pub verbosity: Verbosity,
}

/// Does what the arguments of the process ask for.
pub fn main() -> ExitCode {
    let launcher = Launcher::of_environment();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no errors; everything else is a wrong input.
            let code = if error.use_stderr() { 2 } else { 0 };
            if launcher.speaks() {
                let _ = error.print();
            }
            launcher.leave_after_the_first();
            return ExitCode::from(code);
        }
    };
    match execute(&arguments.command, launcher) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.tell();
            launcher.leave_after_the_first();
            ExitCode::from(failure.exit_code())
        }
    }
}

fn execute(command: &Command, launcher: Launcher) -> Result<(), Failure> {
    let scope = if matches!(command, Command::Sweep(_)) { Scope::Sweep } else { Scope::Case };
    if launcher.speaks() {
        trace::start(command.verbosity(), scope)?;
    }
    let can_spread = matches!(
        command,
        Command::Run(_) | Command::Sweep(_) | Command::Bench(BenchCommand::Scaling(_))
    );
    if !can_spread {
        let which = "`natrolite run`, `natrolite sweep` and `natrolite bench scaling`";
        launcher.refuse_several(&format!("only {which} work on several ranks"))?;
    }
    match command {
        Command::Init(options) => commands::init(options),
        Command::Run(options) => commands::run(options, launcher),
        Command::Sweep(options) => commands::sweep(options, launcher),
        Command::Check(options) => commands::check(options),
        Command::Plot(options) => commands::plot(options),
        Command::Compare(options) => commands::compare(options),
        Command::Verify(options) => commands::verify(options),
        Command::Bench(command) => bench::bench(command, launcher),
        Command::Mesh(MeshCommand::Info { file }) => commands::mesh_info(file),
        Command::Laws { name: None } => print(&catalogue::list_laws()),
        Command::Laws { name: Some(name) } => print(&catalogue::describe_law(name)?),
        Command::Materials => print(&catalogue::list_materials()),
        Command::Schema => print(&schema::json_schema()),
        Command::Completions { shell } => commands::completions(*shell, Arguments::command()),
        Command::Man { output } => commands::man(output.as_deref(), Arguments::command()),
    }
}

/// True when `stream` is a terminal and the user has not asked for plain text with NO_COLOR.
pub fn colours(stream: &impl IsTerminal) -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    stream.is_terminal() && !refused
}

/// Prints to stdout; a reader that has gone away, as in `| head`, is no failure.
///
/// # Errors
/// When the system refuses.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::System(format!("cannot write to stdout: {error}")))
        }
        _ => Ok(()),
    }
}
