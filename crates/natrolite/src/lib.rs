//! Natrolite: where does the current go when the interface is not perfect?
//!
//! A TOML case goes in; fields in HDF5, numbers with units, curves and pictures come out.

pub mod bench;
pub mod case;
pub mod catalogue;
pub mod cli;
pub mod commands;
pub mod failure;
pub mod figure;
pub mod formula;
pub mod launch;
pub mod manual;
pub mod materials;
pub mod output;
pub mod registry;
pub mod report;
pub mod results;
pub mod run;
pub mod schema;
pub mod sweep;
pub mod trace;
pub mod units;
pub mod verify;

/// Version of the program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Version and commit, for example `0.1.0 (abc1234)`.
pub const VERSION_AND_COMMIT: &str =
    concat!(env!("CARGO_PKG_VERSION"), " (", env!("NATROLITE_COMMIT"), ")");
