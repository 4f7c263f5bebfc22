//! The command line of Natrolite.
fn main() {}
