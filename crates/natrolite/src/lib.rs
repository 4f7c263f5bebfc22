//! Natrolite: where does the current go when the interface is not perfect?
//!
//! A TOML case goes in; fields in HDF5, numbers with units, curves and pictures come out.

pub mod case;
pub mod materials;
pub mod output;
pub mod picture;
pub mod results;
pub mod run;
pub mod units;
pub mod verify;

/// Version of the program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
