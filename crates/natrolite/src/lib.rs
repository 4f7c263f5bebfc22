//! Natrolite: where does the current go when the interface is not perfect?
//!
//! A TOML case goes in; fields in HDF5, numbers with units, curves and pictures come out.

pub mod case;
pub mod materials;
pub mod units;
