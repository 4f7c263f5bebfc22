//! A case from text to results: Natrolite's library behind the command line.
pub mod verify;
