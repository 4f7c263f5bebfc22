//! What the program tells about its work, with `-v` or as `NATROLITE_LOG` says.
//!
//! Every crate emits events through the facade `log`; without `-v` an event costs one comparison. Here
//! they become lines on stderr, above the moving line of the progress.

use crate::commands::say;
use crate::failure::Failure;
use env_filter::{Builder, Filter};
use log::{Level, LevelFilter, Log, Metadata, Record};
use std::time::Instant;

/// The variable that chooses what is told, for example `debug` or `algebra=debug,natrolite=info`.
pub const VARIABLE: &str = "NATROLITE_LOG";
/// The crates of the program; `-v` lets only them speak.
const CRATES: [&str; 7] =
    ["algebra", "mesh", "fem", "contact", "transport", "distributed", "natrolite"];

/// What speaks of a sweep as a whole.
const SWEEP: [&str; 4] =
    ["natrolite::commands", "natrolite::sweep", "natrolite::output", "natrolite::run::condensed"];

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One case.
    Case,
    /// Many cases: each of them speaks one `-v` later.
    Sweep,
}

/// Tells what `verbosity` (the number of `-v`) and [`VARIABLE`] ask for: once what is done, twice also
/// how. Where both speak, the variable wins for what it names.
///
/// # Errors
/// When the variable is not a filter.
pub fn start(verbosity: u8, scope: Scope) -> Result<(), Failure> {
    let wanted = std::env::var_os(VARIABLE).unwrap_or_default();
    let filter = filter(verbosity, scope, &wanted.to_string_lossy())?;
    log::set_max_level(filter.filter());
    // A second logger in one process cannot be set; the first one then stays.
    let _ = log::set_boxed_logger(Box::new(Lines { filter, start: Instant::now() }));
    Ok(())
}

fn filter(verbosity: u8, scope: Scope, wanted: &str) -> Result<Filter, Failure> {
    let (speakers, level) = match (verbosity, scope) {
        (0, _) => (&[][..], LevelFilter::Off),
        (1, Scope::Sweep) => (&SWEEP[..], LevelFilter::Info),
        (1, Scope::Case) | (2, Scope::Sweep) => (&CRATES[..], LevelFilter::Info),
        _ => (&CRATES[..], LevelFilter::Debug),
    };
    let mut builder = Builder::new();
    if speakers.is_empty() {
        builder.filter_level(LevelFilter::Off);
    }
    for name in speakers {
        builder.filter_module(name, level);
    }
    if !wanted.trim().is_empty() {
        let parsed = match stranger(wanted) {
            Some(name) => Err(format!("no part of the program is called `{name}`")),
            None => builder.try_parse(wanted).map(drop).map_err(|error| error.to_string()),
        };
        parsed.map_err(|error| {
            Failure::Input(format!(
                "the environment variable {VARIABLE} is \"{wanted}\": {error}; wanted: `info`, `debug` \
                 or `off`, alone or for a part of the program, for example `algebra=debug`"
            ))
        })?;
    }
    Ok(builder.build())
}

/// The first word of a filter that is neither a level nor a part of the program: to the parser it would be
/// a part that never speaks.
fn stranger(wanted: &str) -> Option<&str> {
    let words = wanted.split(',').map(|part| part.split('=').next().unwrap_or(part).trim());
    words.filter(|word| !word.is_empty()).find(|word| {
        let part = word.split("::").next().unwrap_or(word);
        word.parse::<LevelFilter>().is_err() && !CRATES.contains(&part)
    })
}

/// Writes events as lines: the time since the start of the program, and from `-vv` on who speaks.
struct Lines {
    filter: Filter,
    start: Instant,
}

impl Log for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.filter.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        if self.filter.matches(record) {
            say(&line(record, self.start.elapsed().as_secs_f64()));
        }
    }

    fn flush(&self) {}
}

fn line(record: &Record<'_>, seconds: f64) -> String {
    let speaker = match record.level() {
        Level::Debug | Level::Trace => format!("{}: ", record.target()),
        _ => String::new(),
    };
    format!("[{seconds:8.3} s] {speaker}{}", record.args())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lets_pass(filter: &Filter, target: &str, level: Level) -> bool {
        filter.enabled(&Metadata::builder().target(target).level(level).build())
    }

    #[test]
    fn each_v_tells_more_and_only_of_this_program() {
        let passes = |verbosity, target, level| {
            lets_pass(&filter(verbosity, Scope::Case, "").unwrap(), target, level)
        };
        assert!(!passes(0, "natrolite::run", Level::Error));
        assert!(passes(1, "natrolite::run", Level::Info));
        assert!(!passes(1, "algebra::amg", Level::Debug));
        assert!(passes(2, "algebra::amg", Level::Debug));
        assert!(!passes(2, "hdf5", Level::Info));
        let of_points = |verbosity| filter(verbosity, Scope::Sweep, "").unwrap();
        assert!(lets_pass(&of_points(1), "natrolite::commands::sweep", Level::Info));
        assert!(!lets_pass(&of_points(1), "natrolite::run::geometry", Level::Info));
        assert!(lets_pass(&of_points(2), "natrolite::run::geometry", Level::Info));
    }

    #[test]
    fn the_variable_chooses_parts_and_wins() {
        let one = filter(0, Scope::Case, "algebra=debug").unwrap();
        assert!(lets_pass(&one, "algebra::choice", Level::Debug));
        assert!(!lets_pass(&one, "natrolite::run", Level::Info));
        let less = filter(2, Scope::Case, "algebra=off").unwrap();
        assert!(!lets_pass(&less, "algebra", Level::Info));
        assert!(lets_pass(&less, "natrolite", Level::Debug));
        let all = filter(0, Scope::Case, "info").unwrap();
        assert!(lets_pass(&all, "mesh", Level::Info), "a level alone holds for every part");
    }

    #[test]
    fn a_filter_that_is_none_is_refused() {
        let error = filter(0, Scope::Case, "algebra=loud").map(drop).unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with("the environment variable NATROLITE_LOG is \"algebra=loud\":"),
            "{text}"
        );
        assert_eq!(error.exit_code(), 2);
        let error = filter(0, Scope::Case, "info,algebre=debug").map(drop).unwrap_err().to_string();
        assert!(error.contains("no part of the program is called `algebre`"), "{error}");
        assert!(filter(0, Scope::Case, "natrolite::run=debug,warn").is_ok());
    }

    #[test]
    fn lines_have_a_time_and_details_their_speaker() {
        let record = |level| {
            line(
                &Record::builder()
                    .level(level)
                    .target("algebra::amg")
                    .args(format_args!("x"))
                    .build(),
                1.5,
            )
        };
        assert_eq!(record(Level::Info), "[   1.500 s] x");
        assert_eq!(record(Level::Debug), "[   1.500 s] algebra::amg: x");
    }
}
