//! x
pub mod rates;
