//! A case from TOML to HDF5: the library behind the command line of Natrolite.

pub mod output;
pub mod picture;
pub mod results;
pub mod verify;
